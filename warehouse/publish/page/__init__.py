"""The page that people look at: one file that asks the network for nothing, made from the published file.

It reads the contract's views (``facts``) and no clock: the same file makes the same bytes. Registry text is
hostile: every value is made plain and escaped on its way into the templates, and the page's own policy lets no
script, style or address in but the page's own.
"""

import base64
import hashlib
from pathlib import Path

import duckdb

from connectors.statuses import UNRECOGNISED, status_group
from warehouse.publish.page.facts import facts
from warehouse.templates import environment
from warehouse.words import phrases
from warehouse.words.doubts import answer, asked
from warehouse.words.harmless import plain, web_address
from warehouse.words.markup import breakable, marked, short
from warehouse.words.outcomes import COMPLETE, outcome_words
from warehouse.words.sentences import once, saying

FOLDER = Path(__file__).parent
SCRIPTS = ("elements", "trials", "table", "facets", "card", "timeline", "saving", "address", "page")
"""In the order in which they stand in the page."""

templates = environment(FOLDER)
templates.globals.update(complete_outcomes=COMPLETE, asked=asked, answer=answer)
templates.filters.update(
    plain=plain,
    breakable=breakable,
    short=short,
    marked=marked,
    saying=saying,
    once=once,
    status=lambda status: phrases.status_words(status) if status else "no status given",
    group=lambda status: status_group(status) or UNRECOGNISED,
    kind=lambda kind: phrases.kind_words(kind).capitalize(),
    cause=phrases.cause_words,
    outcome=outcome_words,
    instant=phrases.instant,
    day=lambda day: f"{day.day} {day:%b %Y}" if day else "",
    web=web_address,
    number=phrases.counted_noun,
    pair=lambda doubt: (doubt["trial_id"], doubt["other_id"]),
    dated=lambda change: phrases.dated(
        change["registry_date"], change["registry_date_basis"], change["observed_at"]
    ),
)


def render(con: duckdb.DuckDBPyConnection) -> bytes:
    """The whole page, from an open published file."""
    told = facts(con)
    style = templates.get_template("style.css").render(told)
    script, library = _script(), _text("vendor/table-core.js")
    page = templates.get_template("page.html").render(
        told,
        style=style,
        script=script,
        library=library,
        style_hash=_hash(style),
        script_hashes=[_hash(script), _hash(library)] if told["trials"] else [_hash(script)],
    )
    return page.encode()


def _script() -> str:
    """The page's own script: its files in order, in one scope. No template: its braces are its own."""
    return '"use strict";\n{\n' + "\n".join(_text(f"script/{name}.js") for name in SCRIPTS) + "\n}\n"


def _text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls the one style or script that it lets in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
