"""What can go wrong on the way to a registry: one constructor a fault, each named as one would tell it.

``faults.status(503, on="search", times=2)`` befalls the next two searches and is gone. A fault that is not
restricted befalls the next request of any kind, once.
"""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypedDict, Unpack

from connectors.simulated.effects import (
    BrokenOff,
    CutJson,
    Duplicate,
    EmptyEnd,
    EmptyPage,
    Fault,
    Instead,
    MovesOn,
    On,
    RepeatedToken,
    Reset,
    Retyped,
    Slow,
    Thin,
    WrongTotal,
)
from connectors.simulated.exchange import Reply, html


class Where(TypedDict, total=False):
    """What every constructor takes besides its own: see ``Fault``."""

    on: On
    page: int | None
    times: int | None
    after: int


def status(
    code: int,
    *,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    retry_after: int | datetime | None = None,
    **where: Unpack[Where],
) -> Fault:
    """Another status. Without a body it is the status in words; ``retry_after`` is in seconds or an instant."""
    text = HTTPStatus(code).phrase if body is None else body
    content = text.encode() if isinstance(text, str) else text
    sent = {"Content-Type": "text/plain"} if content else {}
    if isinstance(retry_after, datetime):
        sent["Retry-After"] = email.utils.format_datetime(retry_after.astimezone(UTC), usegmt=True)
    elif retry_after is not None:
        sent["Retry-After"] = str(retry_after)
    return Fault(Instead(Reply(code, {**sent, **(headers or {})}, content)), **where)


def empty_404(**where: Unpack[Where]) -> Fault:
    """What a mistyped path gets, and never a removal."""
    return status(404, body=b"", **where)


def empty_body(**where: Unpack[Where]) -> Fault:
    """Status 200, said to be JSON, and nothing in it."""
    return Fault(Instead(Reply(200, {"Content-Type": "application/json"})), **where)


def html_wall(*, status: int = 200, **where: Unpack[Where]) -> Fault:
    """The wall in front of the registry answers, with 200 or 403."""
    page = "<!DOCTYPE html><html><head><title>Access check</title></head><body>Are you human?</body></html>"
    return Fault(Instead(html(status, page)), **where)


def reset(**where: Unpack[Where]) -> Fault:
    """The connection is torn down (RST) before a byte of the answer."""
    return Fault(Reset(), **where)


def broken_off(share: float = 0.5, **where: Unpack[Where]) -> Fault:
    """The connection ends after this share of the promised length."""
    return Fault(BrokenOff(share), **where)


def cut_json(share: float = 0.5, **where: Unpack[Where]) -> Fault:
    """A whole answer by its length, but the JSON in it stops after this share."""
    return Fault(CutJson(share), **where)


def wrong_type(content_type: str = "text/plain", **where: Unpack[Where]) -> Fault:
    """The right body under another content type."""
    return Fault(Retyped(content_type), **where)


def slow(seconds: float, **where: Unpack[Where]) -> Fault:
    """The answer comes this much later."""
    return Fault(Slow(seconds), **where)


def thin(share: float, *, on: On = "search", times: int | None = 1) -> Fault:
    """``times`` searches, with all their pages, know only this share of the trials; the total agrees."""
    return Fault(Thin(share), on, None, times)


def wrong_total(off_by: int, *, on: On = "search", times: int | None = 1) -> Fault:
    """``totalCount`` is off by so much."""
    return Fault(WrongTotal(off_by), on, None, times)


def duplicate(*, after_page: int = 1, on: On = "search", times: int | None = 1) -> Fault:
    """The last study of the page comes again on the next one, in place of another."""
    return Fault(Duplicate(), on, after_page + 1, times)


def empty_page(page: int = 2, *, on: On = "search", times: int | None = 1) -> Fault:
    """The page has no studies but a token; what it should have held comes with the next one."""
    return Fault(EmptyPage(), on, page, times)


def empty_end(*, on: On = "search", times: int | None = 1) -> Fault:
    """The last page with studies still has a token, and that leads to an empty page."""
    return Fault(EmptyEnd(), on, None, times)


def repeated_token(page: int = 2, *, on: On = "search", times: int | None = 1) -> Fault:
    """The page's token is the one that led to it; with ``times=None`` there is no way out."""
    return Fault(RepeatedToken(), on, page, times)


def moves_after_page(
    page: int, data_version: str | None = None, *, on: On = "search", times: int | None = 1
) -> Fault:
    """The registry moves to its next night (or to this data version) once the page is served."""
    return Fault(MovesOn(data_version), on, page, times)
