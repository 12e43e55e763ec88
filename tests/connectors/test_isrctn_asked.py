"""What ISRCTN is asked, and what is made of its answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from connectors.errors import OurBugError, RegistryError
from connectors.http import Manners, PoliteClient
from connectors.isrctn import FIRST_LIMIT, TRIES, Isrctn
from connectors.registry import Collected, Question, Removed
from connectors.simulated.exchange import Reply
from connectors.simulated.isrctn import XML, SimulatedIsrctn
from tests.isrctnrecords import MORE_KARE, a_record

WATCH = Question(interventions=("ketamine",), conditions=("alcohol use disorder",))
OTHER = "ISRCTN00000002"
UNSEEN = {"title": "A", "scientificTitle": "A", "condition": "B"}


@dataclass
class Kept:
    """Where records land in these tests."""

    records: list[bytes] = field(default_factory=list)

    def write(self, record: bytes) -> None:
        self.records.append(record)

    def mark(self) -> int:
        return len(self.records)

    def rewind(self, mark: int) -> None:
        del self.records[mark:]


@pytest.fixture
def isrctn() -> Iterator[SimulatedIsrctn]:
    with SimulatedIsrctn({MORE_KARE: a_record()}) as made:
        yield made


def collect(isrctn: SimulatedIsrctn, question: Question = WATCH) -> tuple[Collected, Kept]:
    kept = Kept()
    with PoliteClient(isrctn.url, Manners("tests", 1e6, retry_s=0)) as client:
        registry = Isrctn(client)
        registry.data_version()
        return registry.collect(question, kept, lambda *_: None), kept


def test_a_watch_is_one_call_and_lands_each_record_on_a_line(isrctn: SimulatedIsrctn) -> None:
    collected, kept = collect(isrctn)
    assert [most for _, most in isrctn.asked] == [FIRST_LIMIT]
    assert list(collected.found_by) == [MORE_KARE]
    (search,) = collected.searches
    assert (search.declared, search.fetched, search.distinct) == (1, 1, 1)
    assert (collected.data_version_before, collected.data_version_after, collected.requests) == (None, None, 1)
    assert b"\n" not in kept.records[0]
    assert b"1. Adults&#10;2. Alcohol" in kept.records[0]


def test_a_search_that_declares_more_than_it_was_asked_for_is_asked_once_more(isrctn: SimulatedIsrctn) -> None:
    isrctn.trials = {f"ISRCTN{n:08d}": a_record(f"ISRCTN{n:08d}") for n in range(FIRST_LIMIT + 1)}
    collected, kept = collect(isrctn)
    assert [most for _, most in isrctn.asked] == [FIRST_LIMIT, FIRST_LIMIT + 1 + 100]
    assert len(kept.records) == collected.searches[0].distinct == FIRST_LIMIT + 1


def test_a_total_that_is_not_met_is_asked_for_again_and_returned_as_it_is(isrctn: SimulatedIsrctn) -> None:
    isrctn.overstated = 1
    collected, _ = collect(isrctn)
    assert len(isrctn.asked) == TRIES
    assert (collected.searches[0].declared, collected.searches[0].distinct) == (2, 1)


def test_everything_is_asked_for_in_years_and_landed_once(isrctn: SimulatedIsrctn) -> None:
    isrctn.trials[OTHER] = a_record(OTHER, **UNSEEN, edited="2004-05-06T07:08:09Z")
    collected, kept = collect(isrctn, Question(everything=True))
    assert sum(search.declared or 0 for search in collected.searches) == 2
    assert len(kept.records) == 2
    assert [name[-4:] for name in collected.found_by[OTHER]] == ["2004"]


def test_a_followed_trial_is_the_one_that_bears_the_number(isrctn: SimulatedIsrctn) -> None:
    isrctn.trials[OTHER] = a_record(OTHER, **UNSEEN)
    isrctn.trials["ISRCTN00000003"] = a_record("ISRCTN00000003", **UNSEEN, inclusion=f"Not in {OTHER}")
    collected, kept = collect(isrctn, Question(followed=(OTHER, "NCT00000001", OTHER)))
    assert collected.by_id == [OTHER]
    assert len(kept.records) == 1
    del isrctn.trials[OTHER]
    collected, kept = collect(isrctn, Question(followed=(OTHER,)))
    assert collected.fates == {OTHER: Removed(f"no trial answers to {OTHER} (1 name it)")}
    assert (kept.records, collected.by_id) == ([], [])


def test_a_record_that_gives_two_numbers_is_no_removal(isrctn: SimulatedIsrctn) -> None:
    isrctn.trials[OTHER] = a_record(OTHER, **UNSEEN).replace(f">{OTHER[6:]}<", ">00000009<")
    collected, kept = collect(isrctn, Question(followed=(OTHER,)))
    assert (collected.fates, collected.by_id, collected.unnamed) == ({}, [OTHER], 1)
    assert len(kept.records) == 1


def test_a_registry_that_finds_nothing_at_all_removes_nobody(isrctn: SimulatedIsrctn) -> None:
    isrctn.trials.clear()
    with pytest.raises(RegistryError, match="nor any other trial"):
        collect(isrctn, Question(followed=(OTHER,)))


def test_records_without_a_number_and_two_of_one_number_land_and_are_counted(isrctn: SimulatedIsrctn) -> None:
    nameless = '<fullTrial xmlns="http://www.67bricks.com/isrctn"><trial/></fullTrial>'
    records = [a_record(), a_record(title="Another"), nameless, nameless, "<fullTrial/>"]
    body = f'<allTrials totalCount="5" xmlns="http://www.67bricks.com/isrctn">{"".join(records)}</allTrials>'
    isrctn.reply = Reply(200, XML, body.encode())
    collected, kept = collect(isrctn)
    assert collected.unnamed == 3
    assert len(kept.records) == 4
    assert (collected.searches[0].fetched, collected.searches[0].distinct) == (5, 5)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_question_of_thousands_of_letters_is_not_told_in_the_sentence_of_its_failure(
    isrctn: SimulatedIsrctn, status: int
) -> None:
    isrctn.reply = Reply(status, {"Content-Type": "text/html"}, b"<html>no</html>")
    long = Question(interventions=("ketamine",), conditions=tuple(f"disorder number {n}" for n in range(100)))
    with pytest.raises((RegistryError, OurBugError)) as told:
        collect(isrctn, long)
    assert len(str(told.value)) < 400
