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
from warehouse.words.harmless import plain, web_address
from warehouse.words.markup import breakable, marked, short
from warehouse.words.outcomes import COMPLETE, outcome_words
from warehouse.words.sentences import once, saying

templates = environment(Path(__file__).parent)
templates.globals["complete_outcomes"] = COMPLETE
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
    number=phrases.number,
    dated=lambda change: phrases.dated(
        change["registry_date"], change["registry_date_basis"], change["observed_at"]
    ),
)


def render(con: duckdb.DuckDBPyConnection) -> bytes:
    """The whole page, from an open published file."""
    told = facts(con)
    style = templates.get_template("style.css").render(told)
    script = templates.get_template("page.js").render()
    page = templates.get_template("page.html").render(
        told, style=style, script=script, style_hash=_hash(style), script_hash=_hash(script)
    )
    return page.encode()


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls the one style or script that it lets in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
