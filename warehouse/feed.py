"""The feed of changes (Atom 1.0, RFC 4287), made from the published file.

It tells what mails tell by default: changes of high or medium materiality of trials that count as ours. It reads
the contract's views and no clock, so the same file makes the same feed; an entry keeps its id for ever.
"""

import uuid
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import duckdb

from warehouse import phrases
from warehouse.foreign import plain, shortened, web_address
from warehouse.oldnew import old_and_new
from warehouse.tables import sql

MOST_ENTRIES = 200
TITLE_LETTERS = 200
ATOM = "http://www.w3.org/2005/Atom"
NAMES = uuid.UUID("6d3f6a0e-0b39-5c0c-9a6b-2f1c7f0f5a41")
"""Under which our ids are named; another value would make every entry a new one to every reader."""
Row = dict[str, Any]


def render(con: duckdb.DuckDBPyConnection) -> bytes:
    """The whole feed, from an open published file."""
    (published_at,) = con.execute("SELECT published_at FROM freshness").fetchone() or (None,)
    result = con.execute(sql("page/feed"), [MOST_ENTRIES])
    columns = [column[0] for column in result.description or []]
    return feed([dict(zip(columns, row, strict=True)) for row in result.fetchall()], published_at)


def feed(changes: list[Row], published_at: datetime) -> bytes:
    """The feed of these changes, the latest first; a change is a row of ``changes`` with its trial's own facts."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(root, "id", _urn("feed"))
    _text(root, "title", "trialwatch: changes of the trials watched")
    _text(root, "subtitle", "What registries say of trials; not medical advice.")
    _text(root, "updated", _instant(max((change["observed_at"] for change in changes), default=published_at)))
    author = ElementTree.SubElement(root, "author")
    _text(author, "name", "trialwatch")
    for change in changes:
        _entry(root, change)
    # A parser must be told the encoding; ElementTree would write it in single quotes and no line break after it.
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _entry(root: ElementTree.Element, change: Row) -> None:
    entry = ElementTree.SubElement(root, "entry")
    kind = phrases.kind_words(change["kind"]).capitalize()
    number = plain(change["trial_id"])
    title, _ = shortened(plain(change["title"]), TITLE_LETTERS)
    _text(entry, "id", _urn(change["change_id"]))
    _text(entry, "title", f"{kind}: {title} ({number})" if title else f"{kind}: {number}")
    _text(entry, "updated", _instant(change["observed_at"]))
    url = web_address(change["url"])
    if url:
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "href": url})
    for term in (change["kind"], *(change["substances"] or ()), change["materiality"]):
        ElementTree.SubElement(entry, "category", {"term": plain(term)})
    # Without a link an entry must have a content (RFC 4287, 4.1.2), so each has one.
    ElementTree.SubElement(entry, "content", {"type": "text"}).text = _told(change)


def _told(change: Row) -> str:
    lines = []
    told = old_and_new(change["field"], change["old_value"], change["new_value"])
    if told and told.old is not None:
        lines.append(f"{told.label}: {told.old} → {told.new}")
    elif told:
        lines += [f"− {entry}" for entry in told.gone] + [f"+ {entry}" for entry in told.came]
    if told and told.cut:
        lines.append(f"({told.cut} left out here)")
    when = phrases.dated(change["registry_date"], change["registry_date_basis"], change["observed_at"])
    lines += [plain(change["reason"]), f"Caused by {phrases.cause_words(change['cause'])}; {when}."]
    return "\n".join(filter(None, lines))


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def _urn(name: str) -> str:
    return uuid.uuid5(NAMES, name).urn


def _instant(at: datetime) -> str:
    return phrases.utc(at).isoformat().replace("+00:00", "Z")
