"""What happens to the made-up trials in a year (``year.toml``), done to simulated registries night by night."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from connectors.simulated.ctis import SimulatedCtis
from connectors.simulated.isrctn import SimulatedIsrctn
from connectors.simulated.made_up.elsewhere import Entry, entries, in_ctis, in_isrctn
from connectors.simulated.made_up.records import Record, nct_id, record, records, with_its_results
from connectors.simulated.registry import SimulatedRegistry

FIRST_DATA_VERSION = "2025-10-14T09:00:04"
OUTSIDE_OF_THE_PROTOCOL = ("hasResults", "derivedSection", "resultsSection")
ELSEWHERE = ("isrctn", "ctis")
Event = dict[str, Any]


@dataclass(slots=True)
class Registries:
    """The three registries of the demo; of ISRCTN and CTIS also what their records are written from."""

    ctgov: SimulatedRegistry
    isrctn: SimulatedIsrctn
    ctis: SimulatedCtis
    written_from: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def put(self, registry: str, entry: Entry) -> None:
        """Hold a trial of ISRCTN or CTIS as it stands now."""
        self.written_from.setdefault(registry, {})[entry["number"]] = entry
        if registry == "isrctn":
            self.isrctn.trials[entry["number"]] = in_isrctn(entry)
        else:
            self.ctis.put(*in_ctis(entry))

    def reorder(self) -> None:
        self.ctgov.shuffle(7)
        self.isrctn.trials = dict(reversed(self.isrctn.trials.items()))
        self.ctis.rows = {number: dict(reversed(row.items())) for number, row in reversed(self.ctis.rows.items())}


@contextmanager
def registries() -> Iterator[Registries]:
    """They serve on loopback while the block lasts, with what they hold before the first night."""
    with ExitStack() as open_while:
        made = Registries(
            open_while.enter_context(SimulatedRegistry(at_first(), data_version=FIRST_DATA_VERSION)),
            open_while.enter_context(SimulatedIsrctn()),
            open_while.enter_context(SimulatedCtis()),
        )
        for name in ELSEWHERE:
            for entry in entries(name).values():
                made.put(name, entry)
        yield made


@dataclass(frozen=True, slots=True)
class MadeUpNight:
    """One night: when we look, what there is to tell of it, and what the registries hold by then.

    ``data_version`` is None where ClinicalTrials.gov has nothing new.
    """

    at: datetime
    sentence: str
    data_version: str | None
    is_reordered: bool
    events: list[Event]

    def falls_on(self, there: Registries) -> None:
        """Do to the registries what happened since the night before."""
        for event in self.events:
            name = next((name for name in ELSEWHERE if name in event), None)
            if name is None:
                _happen(there.ctgov, event)
            else:
                there.put(name, {**there.written_from[name][event[name]], **event["set"]})
        if self.is_reordered:
            there.reorder()
        if self.data_version:
            there.ctgov.night(self.data_version)


def nights() -> Iterator[MadeUpNight]:
    """The year's nights, in order."""
    year = tomllib.loads((files(__package__) / "year.toml").read_text("utf-8"))
    for each in year["night"]:
        yield MadeUpNight(
            each["at"], each["sentence"], each.get("data"), each.get("reordered", False), each["events"]
        )


def at_first() -> Iterator[Record]:
    """What ClinicalTrials.gov holds before the first night."""
    later = _entering()
    return (each for number, each in enumerate(records(), 1) if number not in later)


def _entering() -> frozenset[int]:
    """The trials that come into being in the course of the year; one that comes back was there before."""
    events = [event for night in nights() for event in night.events]
    left = {event["trial"] for event in events if event.get("registry") == "leaves"}
    return frozenset(event["trial"] for event in events if event.get("registry") == "enters") - left


def _happen(registry: SimulatedRegistry, event: Event) -> None:
    number: int = event["trial"]
    if does := event.get("registry"):
        _OF_THE_REGISTRY[does](registry, number, event)
    else:
        registry.edit(nct_id(number), lambda kept: _edit(kept, event))


_OF_THE_REGISTRY: dict[str, Callable[[SimulatedRegistry, int, Event], None]] = {
    "enters": lambda registry, number, _: registry.put(record(number)),
    "leaves": lambda registry, number, _: registry.remove(nct_id(number)),
    "hides": lambda registry, number, _: registry.hide(nct_id(number)),
    "shows": lambda registry, number, _: registry.reveal(nct_id(number)),
    "merges": lambda registry, number, event: registry.merge(nct_id(number), nct_id(event["into"])),
}


def _edit(kept: Record, event: Event) -> None:
    changes = {**_status(event), **_stamps(event), **event.get("set", {})}
    for way, value in changes.items():
        place, name = _place(kept, way)
        place[name] = value
    for way, value in event.get("add", {}).items():
        place, name = _place(kept, way)
        place[name] = [*place.get(name, []), value]
    for way, text in event.get("append", {}).items():
        place, name = _place(kept, way)
        place[name] = f"{place[name]}\n\n{text}"
    for way in event.get("drop", ()):
        place, name = _place(kept, way)
        del place[name]
    with_its_results(kept)


def _status(event: Event) -> Event:
    changes: Event = {}
    if "becomes" in event:
        changes["statusModule.overallStatus"] = event["becomes"]
    if "why" in event:
        changes["statusModule.whyStopped"] = event["why"]
    if "ended" in event:
        end = {"date": event["ended"], "type": "ACTUAL"}
        changes |= {f"statusModule.{name}DateStruct": end for name in ("primaryCompletion", "completion")}
    if "enrolled" in event:
        changes["designModule.enrollmentInfo"] = {"count": event["enrolled"], "type": "ACTUAL"}
    return changes


def _stamps(event: Event) -> Event:
    """What every update of a sponsor leaves in the record."""
    if "posted" not in event:
        return {}
    posted = event["posted"]
    return {
        "statusModule.statusVerifiedDate": posted[:7],
        "statusModule.lastUpdateSubmitDate": posted,
        "statusModule.lastUpdatePostDateStruct": {"date": posted, "type": "ACTUAL"},
    }


def _place(kept: Record, way: str) -> tuple[Any, Any]:
    """Where a way leads: the table or list that holds its last part, and that part."""
    parts: list[Any] = [int(part) if part.isdigit() else part for part in way.split(".")]
    place: Any = kept if parts[0] in OUTSIDE_OF_THE_PROTOCOL else kept["protocolSection"]
    for part in parts[:-1]:
        place = place[part]
    return place, parts[-1]
