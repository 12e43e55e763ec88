"""Page tokens and the body of a page, to the letter of recorded answers (``search_empty_200`` and others)."""

import base64
import binascii
import re
from collections.abc import Sequence

from connectors.simulated.refusal import invalid

_PLACE = re.compile(rb"p(\d{1,9})o(\d{1,9})")


def token(page: int, first: int) -> str:
    """The token that leads to a page. It holds the place and nothing of the query, as the real ones do:
    used with another query it is not refused but pages that query at the old offset."""
    return base64.urlsafe_b64encode(f"p{page}o{first}".encode()).decode().rstrip("=")


def place(token: str | None) -> tuple[int, int]:
    """Which page (from 1) a token leads to and the offset of its first study. Raises ``Refusal``."""
    if token is None:
        return 1, 0
    try:
        found = _PLACE.fullmatch(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise invalid("pageToken", token)
    return int(found[1]), int(found[2])


def body(studies: Sequence[str], total: int | None, next_token: str | None) -> bytes:
    """A page. Every study is on a line of its own; without a total an empty list is written differently."""
    head = "" if total is None else f'"totalCount":{total},'
    nothing = "  " if total is None else "\n\n"
    lines = "\n" + ",\n".join(studies) + "\n" if studies else nothing
    tail = "" if next_token is None else f',"nextPageToken":"{next_token}"'
    return f'{{{head}"studies":[{lines}]{tail}}}'.encode()
