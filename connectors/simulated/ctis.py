"""CTIS on loopback as it behaves: rows by POST, a hundred a page and 10,000 in all, whole records by number.

It is deaf in the same way: filters that it does not know are dropped in silence, a sort that it does not keep is
accepted, page 0 finds nothing, and an unknown number is an empty object.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import OnLoopback

SEARCH, RETRIEVE = "/ctis-public-api/search", "/ctis-public-api/retrieve/"
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
MOST_ROWS = 10_000
Json = dict[str, Any]


@dataclass
class SimulatedCtis(OnLoopback):
    """Serves ``rows`` and ``whole`` records, each by its whole number.

    ``reply`` is what it answers instead to whatever is asked, ``reply_to_retrieve`` to a number only; ``spoilt``
    makes another answer to a search of the right one. ``most`` rows are shown of one search. ``asked`` are the
    searches that came, ``retrieved`` the numbers.
    """

    rows: dict[str, Json] = field(default_factory=dict)
    whole: dict[str, Json] = field(default_factory=dict)
    reply: Reply | None = None
    reply_to_retrieve: Reply | None = None
    spoilt: Callable[[Json], Any] | None = None
    most: int = MOST_ROWS
    asked: list[Json] = field(default_factory=list)
    retrieved: list[str] = field(default_factory=list)

    def put(self, row: Json, whole: Json | None) -> None:
        """Hold a trial, in place of an earlier submission of it."""
        number = row["ctNumber"]
        for held in (self.rows, self.whole):
            for each in [each for each in held if each[:-3] == number[:-3]]:
                del held[each]
        self.rows[number] = row
        if whole is not None:
            self.whole[number] = whole

    def _respond(self, request: Request, address_length: int) -> Reply:
        if self.reply:
            return self.reply
        if request.path == SEARCH:
            return (
                self._search(request) if request.method == "POST" else Reply(403, HTML, b"<html>Forbidden</html>")
            )
        if not request.path.startswith(RETRIEVE):
            return Reply(404, HTML, b"<html>Not found</html>")
        number = request.path.removeprefix(RETRIEVE)
        self.retrieved.append(number)
        return self.reply_to_retrieve or _as_json(self.whole.get(number, {}))

    def _search(self, request: Request) -> Reply:
        asked = json.loads(request.body)
        self.asked.append(asked)
        page, size = asked["pagination"]["page"], asked["pagination"]["size"]
        found = [row for row in self.rows.values() if _answers_to(row, asked.get("searchCriteria") or {})]
        sort = asked.get("sort") or {}
        if sort.get("property") == "decisionDate":
            found.sort(key=_decided_on, reverse=sort.get("direction") == "DESC")
        pages = -(-len(found) // size)
        shown = found[: self.most][(page - 1) * size : page * size] if page > 0 else []
        told = {
            "totalRecords": len(found) if page > 0 else 0,
            "currentPage": page,
            "totalPages": pages,
            "nextPage": 0 < page < pages,
            "prevPage": page > 1,
        }
        body = {"showWarning": len(found) > self.most, "pagination": told, "data": shown}
        return _as_json(self.spoilt(body) if self.spoilt else body)


def _as_json(body: Any) -> Reply:
    return Reply(200, JSON, json.dumps(body, ensure_ascii=False).encode())


def _decided_on(row: Json) -> str:
    day = str(row.get("decisionDateOverall", ""))
    return day[6:] + day[3:5] + day[:2]


def _answers_to(row: Json, criteria: Json) -> bool:
    """Whether a row answers; words are divided by commas, and a filter that is not known finds everything."""
    text = json.dumps(row, ensure_ascii=False).lower()
    every = _words(criteria.get("containAll"))
    some = _words(criteria.get("containAny"))
    return all(word in text for word in every) and (not some or any(word in text for word in some))


def _words(written: Any) -> list[str]:
    return [word.strip().lower() for word in str(written or "").split(",") if word.strip()]
