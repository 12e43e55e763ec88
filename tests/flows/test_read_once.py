"""How often a record is parsed on its way: once when it is new, twice when it changed, never when it is known."""

from datetime import date

import pytest

from connectors.clinicaltrials_gov.reading import Reader, Reading
from connectors.simulated import SimulatedRegistry
from flows.registries import SERVED, Served
from tests.house import House
from tests.records import a_trial

NAME = "clinicaltrials.gov"
NUMBERS = [f"NCT3000000{n}" for n in range(5)]


class Counting(Reader):
    """The registry's reader, that also counts what it parses."""

    def __init__(self) -> None:
        self.parsed: list[str] = []

    def read(self, payload: bytes, today: date) -> Reading:
        found = super().read(payload, today)
        self.parsed.append(found.trial_id)
        return found


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    served = SERVED[NAME]
    monkeypatch.setitem(SERVED, NAME, Served(served.asks, counting, served.address))
    return counting


def parsed(reader: Counting, house: House, registry: SimulatedRegistry) -> list[str]:
    reader.parsed.clear()
    registry.night()
    house.night()
    return sorted(reader.parsed)


def test_a_record_is_parsed_once_when_new_twice_when_changed_and_never_when_known(
    house: House, registry: SimulatedRegistry, reader: Counting
) -> None:
    trials = [a_trial(number) for number in NUMBERS]
    registry.put(*trials)
    assert parsed(reader, house, registry) == NUMBERS
    assert parsed(reader, house, registry) == []
    assert house.ask("SELECT count(*) AS seen FROM trials WHERE last_seen_at > first_seen_at") == [{"seen": 5}]

    trials[1]["protocolSection"]["statusModule"]["overallStatus"] = "COMPLETED"
    registry.put(*trials)
    assert parsed(reader, house, registry) == [NUMBERS[1]] * 2
    assert house.changes("trial_id", "kind") == [(NUMBERS[1], "completed")]
    assert parsed(reader, house, registry) == []


@pytest.mark.slow
def test_a_record_in_another_order_is_parsed_once_more_and_then_known(
    house: House, registry: SimulatedRegistry, reader: Counting
) -> None:
    trial = a_trial(NUMBERS[0])
    registry.put(trial)
    parsed(reader, house, registry)
    registry.put(dict(reversed(trial.items())))
    assert parsed(reader, house, registry) == NUMBERS[:1]
    assert parsed(reader, house, registry) == []
    assert house.changes() == []


@pytest.mark.slow
def test_a_reader_of_another_edition_reads_what_is_held_and_what_comes_once_more_and_tells_nothing(
    house: House, registry: SimulatedRegistry, reader: Counting
) -> None:
    registry.put(*map(a_trial, NUMBERS))
    parsed(reader, house, registry)
    reader.edition = Reader.edition + 1
    assert parsed(reader, house, registry) == sorted(NUMBERS * 2)
    assert parsed(reader, house, registry) == []
    assert house.changes() == []
