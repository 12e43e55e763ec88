"""API v2, answered: from a request to a reply, given what the registry holds and which faults are due.

Paths and sentences are those of the real one (openapi 2.0.5 and recorded bodies). Anything it has besides
``/version``, ``/studies``, ``/studies/{number}`` and the history of records is a mistyped path here.
"""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace

from connectors.simulated import paging, past
from connectors.simulated.asked import AskedSearch, asked, fields_of_one, nct_number
from connectors.simulated.effects import (
    BrokenOff,
    CutJson,
    Duplicate,
    EmptyEnd,
    EmptyPage,
    FaultQueue,
    Instead,
    MovesOn,
    Occasion,
    On,
    RepeatedToken,
    Reset,
    Retyped,
    Slow,
    Spoiling,
    Thin,
    WrongTotal,
)
from connectors.simulated.exchange import Reply, Request, html, plain
from connectors.simulated.holdings import Holdings
from connectors.simulated.pieces import selected
from connectors.simulated.refusal import Refusal, invalid
from connectors.simulated.synonyms import Thesaurus

VERSION = "/api/v2/version"
STUDIES = "/api/v2/studies"
LONGEST_ADDRESS = 8192
_ONE = re.compile(rf"{STUDIES}/([^/]+)")


class Api:
    """Answers requests one at a time."""

    def __init__(self, holdings: Holdings, thesaurus: Thesaurus, page_cap: int) -> None:
        self.faults = FaultQueue()
        self._holdings = holdings
        self._thesaurus = thesaurus
        self._page_cap = page_cap
        self._known_share: dict[frozenset[tuple[str, str]], float] = {}

    def reply(self, request: Request) -> Reply:
        occasion = _occasion(request)
        delay_s = sum(effect.seconds for effect in self.faults.take(occasion, Slow))
        spoiling = self.faults.take_spoiling(occasion)
        if isinstance(spoiling, Instead):
            return replace(spoiling.reply, delay_s=delay_s)
        # A request whose answer is spoilt leaves the other faults to the request that will be made instead.
        reply = self._sound(request, occasion, self.faults if spoiling is None else FaultQueue())
        return replace(_spoilt(reply, spoiling), delay_s=delay_s)

    def _sound(self, request: Request, occasion: Occasion, faults: FaultQueue) -> Reply:
        try:
            reply = self._answer(request, occasion, faults)
        except Refusal as refusal:
            return plain(refusal.status, str(refusal))
        if reply.status != 200:
            return reply
        tag = f'"{self._holdings.data_version}"'  # one for the whole data set
        if request.headers.get("if-none-match") == tag:
            return Reply(304, {"ETag": tag})
        return replace(reply, headers={**reply.headers, "ETag": tag})

    def _answer(self, request: Request, occasion: Occasion, faults: FaultQueue) -> Reply:
        if request.path == VERSION:
            version = {"apiVersion": "2.0.5", "dataTimestamp": self._holdings.data_version}
            return _json(json.dumps(version, indent=2, separators=(",", " : ")).encode())
        if request.path == STUDIES:
            return self._page(request.params, occasion, faults)
        if found := past.OF_ONE.fullmatch(request.path):
            return past.one(self._holdings, found[1], int(found[2]))
        if (found := past.OF_VERSIONS.fullmatch(request.path)) and request.params.get("history") == "true":
            return past.listed(self._holdings, found[1])
        one = _ONE.fullmatch(request.path)
        return self._one(one[1], request.params) if one else Reply(404)

    def _one(self, text: str, params: Mapping[str, str]) -> Reply:
        number = nct_number(text)
        if number is None:
            raise invalid("nctId", text)
        pieces = fields_of_one(params)
        if self._holdings.holds(number):
            return _json(self._text(number, pieces).encode())
        survivor = self._holdings.survivor(number)
        if survivor:
            return Reply(301, {"Location": f"{STUDIES}/{survivor}"})  # without our query: so does the real one
        return plain(404, f"NCT number {number} not found")

    def _page(self, params: Mapping[str, str], occasion: Occasion, faults: FaultQueue) -> Reply:
        search = asked(params, self._thesaurus, self._page_cap)
        found = self._sorted(search, self._found(search))
        found = self._known(found, params, search, occasion, faults)
        first, end = search.first, search.first + search.page_size
        if faults.take(occasion, EmptyPage):
            end = first
        names = found[first:end]
        if names and first and faults.take(occasion, Duplicate):
            names = [found[first - 1], *names[1:]]
        is_last = end >= len(found)
        has_more = not is_last or bool(names and faults.take(occasion, EmptyEnd))
        token = paging.token(search.page + 1, end) if has_more else None
        if faults.take(occasion, RepeatedToken):
            token = search.token or paging.token(1, 0)
        total = None
        if search.wants_total and search.token is None:
            total = len(found) + sum(effect.off_by for effect in faults.take(occasion, WrongTotal))
        body = paging.body([self._text(name, search.fields) for name in names], total, token)
        for effect in faults.take(occasion, MovesOn):
            self._holdings.night(effect.data_version)
        return _json(body)

    def _found(self, search: AskedSearch) -> list[str]:
        return [name for name in self._holdings.in_order() if self._passes(name, search)]

    def _passes(self, name: str, search: AskedSearch) -> bool:
        if search.has_query and self._holdings.is_hidden(name):
            return False
        trial = self._holdings.trial(name)
        if search.ids:
            numbers = {name, *map(nct_number, trial.aliases)}
            if not all(ids & numbers for ids in search.ids):
                return False
        return all(test(trial) for test in search.tests)

    def _sorted(self, search: AskedSearch, names: list[str]) -> list[str]:
        """Trials without the sort field are always last. Relevance is not simulated: it is any order."""
        for sorting in reversed(search.sort):
            if sorting.piece == "@relevance":
                names = names if sorting.descending else names[::-1]
                continue
            keys = {name: key for name in names if (key := self._sort_key(name, sorting.piece)) is not None}
            with_key = sorted(keys, key=lambda name: keys[name], reverse=sorting.descending)
            names = with_key + [name for name in names if name not in keys]
        return names

    def _sort_key(self, name: str, piece: str) -> tuple[float, str] | None:
        trial = self._holdings.trial(name)
        numbers, dates = trial.numbers(piece), trial.texts(piece)
        return (numbers[0], "") if numbers else (0.0, dates[0]) if dates else None

    def _known(
        self,
        found: list[str],
        params: Mapping[str, str],
        search: AskedSearch,
        occasion: Occasion,
        faults: FaultQueue,
    ) -> list[str]:
        """What the search knows of what it should find: all of it, unless it is a thin one."""
        without_paging = frozenset(
            (name, value) for name, value in params.items() if name not in ("pageToken", "pageSize", "countTotal")
        )
        if search.token is None:
            shares = [effect.share for effect in faults.take(occasion, Thin)]
            self._known_share[without_paging] = min(shares, default=1.0)
        keep = round(len(found) * self._known_share.get(without_paging, 1.0))
        known = set(sorted(found, key=lambda name: zlib.crc32(f"known {name}".encode()))[:keep])
        return [name for name in found if name in known]

    def _text(self, name: str, pieces: tuple[str, ...]) -> str:
        record = self._holdings.trial(name).record
        sent = self._holdings.as_sent(name, selected(record, pieces) if pieces else record)
        return json.dumps(sent, ensure_ascii=False, separators=(",", ":"))


def too_long() -> Reply:
    return html(414, "<html><head><title>414 Request-URI Too Large</title></head></html>")


def _occasion(request: Request) -> Occasion:
    if request.path == VERSION:
        return Occasion("version")
    if request.path != STUDIES:
        paths: dict[On, re.Pattern[str]] = {"study": _ONE, "history": past.OF_VERSIONS, "past": past.OF_ONE}
        return Occasion(next((on for on, path in paths.items() if path.fullmatch(request.path)), None))
    try:
        page, _ = paging.place(request.params.get("pageToken") or None)
    except Refusal:
        page = 1
    return Occasion("ids" if request.params.get("filter.ids") else "search", page)


def _spoilt(reply: Reply, spoiling: Spoiling | None) -> Reply:
    match spoiling:
        case Reset():
            return replace(reply, ending="reset")
        case BrokenOff(share):
            return replace(reply, ending="broken off", share=share)
        case CutJson(share):
            return replace(reply, body=reply.body[: int(len(reply.body) * share)])
        case Retyped(content_type):
            return replace(reply, headers={**reply.headers, "Content-Type": content_type})
    return reply


def _json(body: bytes) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, body)
