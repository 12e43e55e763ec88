"""A ClinicalTrials.gov of one's own: change what it holds, let nights pass, make it fail, see who asked."""

import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from connectors.simulated.api import LONGEST_ADDRESS, Api, too_long
from connectors.simulated.effects import Fault
from connectors.simulated.exchange import Reply, Request, SeenRequest
from connectors.simulated.holdings import Holdings
from connectors.simulated.server import LoopbackServer
from connectors.simulated.synonyms import DEFAULT_SYNONYMS, Thesaurus


class SimulatedRegistry:
    """Serves on loopback while it is entered (or started). Everything may be changed while it serves.

    Records are kept and sent as they were given; only ``night`` writes a data version into them.
    A number that is not held raises ``KeyError`` wherever one is to be changed.
    """

    def __init__(
        self,
        records: Iterable[dict[str, Any]] = (),
        *,
        data_version: str = "2026-09-11T09:00:04",
        page_cap: int = 1000,
        synonyms: Mapping[str, Iterable[str]] = DEFAULT_SYNONYMS,
    ) -> None:
        self.requests: list[SeenRequest] = []
        self._lock = threading.RLock()
        self._holdings = Holdings(data_version)
        self._api = Api(self._holdings, Thesaurus(synonyms), page_cap)
        self._server = LoopbackServer(self._respond)
        self.put(*records)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """From now on connections are refused. Started again it has the same address."""
        self._server.stop()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``. Raises ``RuntimeError`` before the first start."""
        if not self._server.port:
            raise RuntimeError("a simulated registry has an address only once it is started")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def data_version(self) -> str:
        return self._holdings.data_version

    def put(self, *records: dict[str, Any]) -> None:
        """Add the records, or replace those of the same number."""
        with self._lock:
            self._holdings.put(records)

    def remove(self, *nct_ids: str) -> None:
        with self._lock:
            self._holdings.remove(nct_ids)

    def merge(self, old: str, survivor: str) -> None:
        """The old number leads to the survivor, for as long as the survivor's record names it as an alias."""
        with self._lock:
            self._holdings.merge(old, survivor)

    def hide(self, *nct_ids: str) -> None:
        """No ``query.*`` finds them any more; by number, or without a query, they are still there."""
        with self._lock:
            self._holdings.hide(nct_ids)

    def reveal(self, *nct_ids: str) -> None:
        with self._lock:
            self._holdings.reveal(nct_ids)

    def edit(self, nct_id: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Let ``change`` work on the stored record itself; what it returns does not matter."""
        with self._lock:
            self._holdings.edit(nct_id, change)

    def night(self, data_version: str | None = None) -> None:
        """Move to this data version, by default the next weekday's, and write its date into every record."""
        with self._lock:
            self._holdings.night(data_version)

    def shuffle(self, seed: int) -> None:
        """From now on send keys, lists and studies in another order, the same for the same seed."""
        with self._lock:
            self._holdings.shuffle(seed)

    def fail(self, *faults: Fault) -> None:
        """Queue faults behind those still to come."""
        with self._lock:
            self._api.faults.add(*faults)

    def heal(self) -> None:
        """Forget every fault still to come."""
        with self._lock:
            self._api.faults.clear()

    def _respond(self, request: Request, address_length: int) -> Reply:
        with self._lock:
            reply = too_long() if address_length > LONGEST_ADDRESS else self._api.reply(request)
            status = None if reply.ending == "reset" else reply.status
            self.requests.append(
                SeenRequest(request.method, request.path, request.params, request.headers, status)
            )
            return reply
