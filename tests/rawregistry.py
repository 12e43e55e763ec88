"""A registry on loopback whose records are mere bytes: what no encoder would write can be sent all the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import OnLoopback

JSON = {"Content-Type": "application/json"}
_PAGE = re.compile(r"from-([0-9]+)")


@dataclass
class RawRegistry(OnLoopback):
    """Serves ``records`` in their order, a page of ``page_cap`` at a time, to whoever asks for everything.

    ``named`` are those that it can find by number. It declares as many trials as it holds records.
    """

    records: Sequence[bytes] = ()
    named: dict[str, bytes] = field(default_factory=dict)
    data_version: str = "2026-09-11T09:00:04"
    page_cap: int = 100
    served: set[bytes] = field(default_factory=set)
    """Every record that was sent, by search or by number, since this was last emptied."""

    def _respond(self, request: Request, address_length: int) -> Reply:
        if request.path == "/api/v2/version":
            return Reply(200, JSON, f'{{"dataTimestamp":"{self.data_version}"}}'.encode())
        if request.path == "/api/v2/studies":
            return self._page(request.params)
        number = unquote(request.path).rsplit("/", 1)[-1]
        if number in self.named:
            self.served.add(self.named[number])
            return Reply(200, JSON, self.named[number])
        return Reply(404, {"Content-Type": "text/plain"}, f"NCT number {number} not found".encode())

    def _page(self, params: dict[str, Any]) -> Reply:
        wanted = self.records
        if "filter.ids" in params:
            wanted = [self.named[each] for each in params["filter.ids"].split("|") if each in self.named]
        place = _PAGE.fullmatch(params.get("pageToken", "from-0"))
        assert place, "a token that this registry did not give"
        start = int(place[1])
        end = start + min(self.page_cap, int(params["pageSize"]))
        self.served.update(wanted[start:end])
        total = b'"totalCount":%d,' % len(wanted) if start == 0 else b""
        token = b',"nextPageToken":"from-%d"' % end if end < len(wanted) else b""
        return Reply(200, JSON, b'{%s"studies":[\n%s\n]%s}' % (total, b",\n".join(wanted[start:end]), token))
