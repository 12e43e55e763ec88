"""The feed of changes (Atom 1.0, RFC 4287), made from the published file.

It tells what mails tell by default: changes of high or medium materiality of trials that count as ours, or did
then. It reads the contract's views and no clock, so the same file makes the same feed; an entry keeps its id for
ever. Nothing is dropped unsaid: the feed says from which night on it tells, and a night of very many changes tells
the most material ones in entries of their own and the others in one more, a line each.
"""

import uuid
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import duckdb

from warehouse.store.tables import sql
from warehouse.words import phrases
from warehouse.words.harmless import plain, shortened, web_address
from warehouse.words.sentences import saying
from warehouse.words.sources import origin, source

DAYS = 30
"""A reader that looks at least as often misses nothing."""
AT_LEAST = 50
"""Changes, when there were fewer in those days: a new reader sees what the feed is like."""
MOST_ENTRIES = 200
"""Of one night."""
MOST_LINES = 2000
TITLE_LETTERS = 200
ATOM = "http://www.w3.org/2005/Atom"
NAMES = uuid.UUID("6d3f6a0e-0b39-5c0c-9a6b-2f1c7f0f5a41")
"""Under which our ids are named; another value would make every entry a new one to every reader."""
Row = dict[str, Any]


def render(con: duckdb.DuckDBPyConnection, page_url: str | None = None) -> bytes:
    """The whole feed, from an open published file. ``page_url`` is where the page is served, if anywhere."""
    fresh = con.execute("SELECT published_at, registry_names, data_versions, read_times FROM freshness").fetchone()
    published_at, registries, *dated = fresh or (None, [], [], [])
    result = con.execute(sql("publish/page/feed"), [DAYS, AT_LEAST])
    columns = [column[0] for column in result.description or []]
    changes = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    rights = " ".join(filter(None, (origin(registries, *dated), *(source(name).asks for name in registries))))
    return feed(changes, published_at, page_url, rights)


def feed(changes: list[Row], published_at: datetime, page_url: str | None = None, rights: str = "") -> bytes:
    """The feed of these changes, the latest night first, in it the most material.

    A change is a row of ``changes`` with its trial's own facts. ``rights`` say where they come from, and on what
    terms they may be passed on.
    """
    since = min((published_at - timedelta(days=DAYS), *(change["observed_at"] for change in changes)))
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(root, "id", _urn("feed"))
    _text(root, "title", "trialwatch: changes of the trials watched")
    _text(
        root,
        "subtitle",
        f"{phrases.NOT_ADVICE} Changes of high or medium materiality since {since:%Y-%m-%d}; earlier ones are in "
        "the analysts' file.",
    )
    if rights:
        _text(root, "rights", plain(rights))
    _text(
        root,
        "updated",
        phrases.iso_instant(max((change["observed_at"] for change in changes), default=published_at)),
    )
    author = ElementTree.SubElement(root, "author")
    _text(author, "name", "trialwatch")
    for observed_at, night in groupby(changes, key=lambda change: change["observed_at"]):
        told = list(night)
        for change in told[:MOST_ENTRIES]:
            _entry(root, change, page_url)
        if others := told[MOST_ENTRIES:]:
            _rest(root, observed_at, others)
    # A parser must be told the encoding; ElementTree would write it in single quotes and no line break after it.
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _entry(root: ElementTree.Element, change: Row, page_url: str | None) -> None:
    """It leads to the change on our page, where that is served, and to the record at the registry."""
    entry = _begun(root, change["change_id"], _title(change), change["observed_at"])
    on_the_page = f"{page_url}#change-{quote(change['change_id'])}" if page_url else None
    for rel, url in zip(
        ("alternate", "related"), filter(None, (on_the_page, web_address(change["url"]))), strict=False
    ):
        ElementTree.SubElement(entry, "link", {"rel": rel, "href": url})
    for term in (change["kind"], *(change["substances"] or ()), change["materiality"]):
        ElementTree.SubElement(entry, "category", {"term": plain(term)})
    _content(entry, _told(change))


def _rest(root: ElementTree.Element, observed_at: datetime, others: list[Row]) -> None:
    """What one night told beyond what has an entry of its own."""
    count = phrases.counted_noun(len(others), "further change")
    entry = _begun(root, f"others {observed_at.isoformat()}", f"{count} of {observed_at:%Y-%m-%d}", observed_at)
    lines = [_title(change) for change in others[:MOST_LINES]]
    if len(others) > MOST_LINES:
        lines.append(f"and {len(others) - MOST_LINES:,} more, in the analysts' file")
    _content(entry, "\n".join(lines))


def _begun(root: ElementTree.Element, name: str, title: str, at: datetime) -> ElementTree.Element:
    entry = ElementTree.SubElement(root, "entry")
    _text(entry, "id", _urn(name))
    _text(entry, "title", title)
    _text(entry, "updated", phrases.iso_instant(at))
    return entry


def _content(entry: ElementTree.Element, text: str) -> None:
    """Without a link an entry must have a content (RFC 4287, 4.1.2), so each has one."""
    ElementTree.SubElement(entry, "content", {"type": "text"}).text = text


def _title(change: Row) -> str:
    kind = phrases.kind_words(change["kind"]).capitalize()
    trial_id = plain(change["trial_id"])
    title, _ = shortened(plain(change["title"]), TITLE_LETTERS)
    return f"{kind}: {title} ({trial_id})" if title else f"{kind}: {trial_id}"


def _told(change: Row) -> str:
    said = saying(change)
    cut = f"({said.cut} not shown here; the record and the analysts' file have them)" if said.cut else ""
    when = phrases.dated(change["registry_date"], change["registry_date_basis"], change["observed_at"])
    by = f"Caused by {phrases.cause_words(change['cause'])}; {when}."
    return "\n".join(filter(None, (str(said), *map(str, said.lines), cut, by)))


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _urn(name: str) -> str:
    return uuid.uuid5(NAMES, name).urn
