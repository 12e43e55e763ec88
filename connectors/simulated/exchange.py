"""What passes between the wire and the registry: a request, a reply, and what is remembered of both."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request and the status it was answered with; None when the connection was reset instead.

    Header names are in lower case. Of a parameter given twice the last counts.
    """

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    status: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and the way it goes out.

    ``ending`` is "reset" (no byte of it is sent) or "broken off" (the length promises all, but only
    ``share`` of the body is sent). The wire compresses the body when the client accepts that.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ending: Literal["whole", "broken off", "reset"] = "whole"
    share: float = 1.0
    delay_s: float = 0.0


def plain(status: int, sentence: str) -> Reply:
    return Reply(status, {"Content-Type": "text/plain"}, sentence.encode())


def html(status: int, body: str) -> Reply:
    return Reply(status, {"Content-Type": "text/html"}, body.encode())
