"""Three registries on loopback whose answers to a search can be bent, and a house that watches them all.

Each is the one that the demo and other tests use; what is bent is the answer that it would have given.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from connectors.simulated import SimulatedRegistry
from connectors.simulated.ctis import SimulatedCtis
from connectors.simulated.exchange import Reply, Request
from connectors.simulated.isrctn import SimulatedIsrctn
from tests.ctisrecords import a_row, a_whole
from tests.house import House
from tests.isrctnrecords import a_record
from tests.records import a_trial

WATCH = """
[watch.ketamine-sud]
registries = ["clinicaltrials.gov", "isrctn", "ctis"]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "ketamine-sud"
to = ["team@example.org"]
"""
SETTING = {
    "clinicaltrials.gov": "TRIALWATCH_CTGOV_URL",
    "isrctn": "TRIALWATCH_ISRCTN_URL",
    "ctis": "TRIALWATCH_CTIS_URL",
}
REGISTRIES = tuple(SETTING)
OF_EACH = 4
"""As few as can collapse: one or two that leave a search are believed."""
CTGOV = [f"NCT1000000{place}" for place in range(OF_EACH)]
ISRCTN = [f"ISRCTN1000000{place}" for place in range(OF_EACH)]
CTIS = [f"2025-52000{place}-11" for place in range(OF_EACH)]
EDITED = dict(zip(REGISTRIES, (CTGOV[0], ISRCTN[0], CTIS[0]), strict=True))
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Wire:
    """How a registry writes the answer to a search: its total, and its records."""

    total: re.Pattern[bytes]
    split: Callable[[bytes], tuple[bytes, list[bytes], bytes]]
    joint: bytes
    hostile: bytes

    def bent(self, body: bytes, bend: Callable[[int, list[bytes]], tuple[int, list[bytes]]]) -> bytes:
        """The answer with another total and other records."""
        head, records, tail = self.split(body)
        found = self.total.search(body)
        assert found, "an answer without a total"
        total, others = bend(int(found[2]), records)
        joined = head + self.joint.join(others) + tail
        return self.total.sub(lambda each: each[1] + str(total).encode(), joined, count=1)


def _of_json(key: str) -> Callable[[bytes], tuple[bytes, list[bytes], bytes]]:
    def split(body: bytes) -> tuple[bytes, list[bytes], bytes]:
        whole = json.loads(body)
        records = [json.dumps(each).encode() for each in whole[key]]
        head, tail = json.dumps({**whole, key: []}).encode().split(f'"{key}": []'.encode())
        return head + f'"{key}": ['.encode(), records, b"]" + tail

    return split


def _of_xml(body: bytes) -> tuple[bytes, list[bytes], bytes]:
    records = re.findall(rb"<fullTrial .*?</fullTrial>", body, re.DOTALL)
    head, _, rest = body.partition(b"<fullTrial ")
    return head, records, rest[rest.rindex(b"</fullTrial>") + len(b"</fullTrial>") :]


ENTITIES = b"""<!DOCTYPE allTrials [<!ENTITY a "ketamine"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><allTrials totalCount="0" xmlns="http://www.67bricks.com/isrctn">&c;</allTrials>"""
WIRES = {
    "clinicaltrials.gov": Wire(re.compile(rb'("totalCount": ?)(\d+)'), _of_json("studies"), b",", b"[" * 100_000),
    "isrctn": Wire(re.compile(rb'(totalCount=")(\d+)'), _of_xml, b"", ENTITIES),
    "ctis": Wire(re.compile(rb'("totalRecords": ?)(\d+)'), _of_json("data"), b",", b'{"a":' * 100_000),
}


class _Bent:
    """Bends the answers to searches; what is asked by number is answered as it is."""

    bend: Callable[[Reply], Reply] | None = None

    def _respond(self, request: Request, address_length: int) -> Reply:
        reply: Reply = super()._respond(request, address_length)  # type: ignore[misc]
        return self.bend(reply) if self.bend and _is_a_search(request) else reply


class BentRegistry(_Bent, SimulatedRegistry): ...


class BentIsrctn(_Bent, SimulatedIsrctn): ...


class BentCtis(_Bent, SimulatedCtis): ...


def _is_a_search(request: Request) -> bool:
    return (
        "ketamine" in unquote_plus(str(request.params))
        or b"ketamine" in request.body
        or b"alcohol" in request.body
    )


@dataclass
class Three:
    """The three, by name, and the house."""

    ctgov: BentRegistry
    isrctn: BentIsrctn
    ctis: BentCtis
    house: House
    day: int = 0

    @property
    def by_name(self) -> dict[str, _Bent]:
        return dict(zip(REGISTRIES, (self.ctgov, self.isrctn, self.ctis), strict=True))

    def heal(self) -> None:
        for name, registry in self.by_name.items():
            registry.bend = None
            self.house.environment[SETTING[name]] = registry.url  # type: ignore[attr-defined]
        self.house.registry_url = self.ctgov.url

    def edit(self) -> None:
        """A day passes, on which a trial of each registry is given another title."""
        self.day += 1
        title, stamp = f"Ketamine in alcohol use disorder, day {self.day}", self.house.now
        self.ctgov.edit(
            CTGOV[0], lambda record: record["protocolSection"]["identificationModule"].update(briefTitle=title)
        )
        self.ctgov.night(f"{stamp:%Y-%m-%d}T01:00:00")
        self.isrctn.trials[ISRCTN[0]] = in_isrctn(ISRCTN[0], title=title, edited=f"{stamp:%Y-%m-%dT00:00:00}Z")
        self.ctis.put(*in_ctis(CTIS[0], f"{stamp:%d/%m/%Y}", title))


def in_isrctn(number: str, **changed: Any) -> str:
    return a_record(number, overallEndDate="2028-12-31", **changed)


def in_ctis(number: str, published: str = "13/01/2026", title: str = "Ketamine") -> tuple[Any, Any]:
    place = "authorizedApplication__authorizedPartI__trialDetails__clinicalTrialIdentifiers__publicTitle"
    row = a_row(f"{number}-00", lastPublicationUpdate=published)
    titled: dict[str, Any] = {place: title}
    return row, a_whole(f"{number}-00", **titled)


@contextmanager
def three(folder: Path, page_cap: int = 1000) -> Iterator[Three]:
    """All of them, each with trials of its own, and no night yet."""
    with ExitStack() as open_while:
        made = Three(
            open_while.enter_context(BentRegistry(map(a_trial, CTGOV), page_cap=page_cap)),
            open_while.enter_context(BentIsrctn({number: in_isrctn(number) for number in ISRCTN})),
            open_while.enter_context(BentCtis()),
            House(folder, NOWHERE),
        )
        for number in CTIS:
            made.ctis.put(*in_ctis(number))
        made.heal()
        made.house.configure(WATCH)
        yield made


def answering(**changed: Any) -> Callable[[Reply], Reply]:
    """A bend to another status, body, ending or type."""
    return lambda reply: replace(reply, **changed)


def records(
    wire: Wire, bend: Callable[[int, Sequence[bytes]], tuple[int, list[bytes]]]
) -> Callable[[Reply], Reply]:
    """A bend of the total and the records, under what the answer was."""
    return lambda reply: replace(reply, body=wire.bent(reply.body, bend))
