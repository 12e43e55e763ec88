"""Everything of a registry, asked for by year of first posting."""

import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from connectors.clinicaltrials_gov import MOST_ONE_BY_ONE, ClinicalTrialsGov
from connectors.clinicaltrials_gov.searches import FAR_OFF, LONG_AGO, years
from connectors.errors import RegistryError
from connectors.http import Manners, PoliteClient
from connectors.registry import Collected, Part, Question, Search
from connectors.simulated import SimulatedRegistry, faults
from tests.connectors.test_clinicaltrials_gov import AGENT, STUDIES, Kept
from tests.records import a_trial

TODAY = date(2026, 9, 11)
YEARS = years(TODAY)
EVERYTHING = Question(everything=True, parts=YEARS)
ALL = 12
"""Three trials are first posted in each of four years; two of them fit on a page."""


def number(year: int, n: int) -> str:
    return f"NCT{year:04d}{n:04d}"


def posted(year: int, n: int, **status: Any) -> dict[str, Any]:
    return a_trial(number(year, n), studyFirstPostDateStruct={"date": f"{year}-0{n}-03"}, **status)


NUMBERS = [number(year, n) for year in (1999, 2007, 2025, 2026) for n in (1, 2, 3)]


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    records = [posted(int(each[3:7]), int(each[7:])) for each in NUMBERS]
    with SimulatedRegistry(records, page_cap=2, data_version="2026-09-11T09:00:04") as running:
        yield running


def collected(registry: SimulatedRegistry, question: Question, *, at_once: int = 5) -> tuple[Collected, Kept]:
    kept = Kept()
    with PoliteClient(registry.url, Manners(AGENT, requests_per_second=1e6), sleep=lambda _: None) as client:
        return ClinicalTrialsGov(client, at_once).collect(question, kept, lambda *_: None), kept


def ranges(registry: SimulatedRegistry) -> list[str]:
    """What each search was narrowed to, in order, each once."""
    told = (seen.params.get("filter.advanced", "") for seen in registry.requests if seen.path == STUDIES)
    return list(dict.fromkeys(told))


def test_the_parts_are_the_years_without_a_gap_and_without_an_end() -> None:
    assert (YEARS[0].name, YEARS[0].first_on) == ("1999", LONG_AGO)
    assert (YEARS[-1].name, YEARS[-1].last_on) == ("2026", FAR_OFF)
    assert [(after.first_on - before.last_on).days for before, after in itertools.pairwise(YEARS)] == (
        [1] * (len(YEARS) - 1)
    )
    assert years(date(1970, 1, 1)) == (Part("1999", LONG_AGO, FAR_OFF),)


def test_everything_is_taken_part_by_part(registry: SimulatedRegistry) -> None:
    found, kept = collected(registry, EVERYTHING)
    assert kept.numbers == sorted(found.found_by) == NUMBERS
    assert [search.declared for search in found.searches if search.declared] == [3, 3, 3, 3]
    assert found.found_by[number(2007, 2)] == ["everything first posted in 2007"]
    assert found.asked is None
    assert len(ranges(registry)) == 1 + len(YEARS)
    assert ranges(registry)[-1] == "AREA[StudyFirstPostDate]RANGE[2026-01-01,2099-12-31]"


def test_what_fits_on_a_page_is_asked_for_at_once(registry: SimulatedRegistry) -> None:
    found, kept = collected(registry, EVERYTHING, at_once=ALL)
    assert kept.numbers == NUMBERS
    assert found.searches == [Search("everything", ALL, ALL, ALL)]


def test_trials_without_a_date_are_in_no_part_and_are_found_all_the_same(registry: SimulatedRegistry) -> None:
    registry.edit(number(2007, 2), lambda record: record["protocolSection"]["statusModule"].pop(
        "studyFirstPostDateStruct"
    ))  # fmt: skip
    found, kept = collected(registry, EVERYTHING)
    assert found.searches == [Search("everything", ALL, ALL, ALL)]
    assert found.found_by == {each: ["everything"] for each in NUMBERS}
    assert kept.numbers == NUMBERS


def test_one_part_that_does_not_add_up_is_asked_for_again_and_no_other(registry: SimulatedRegistry) -> None:
    registry.fail(faults.duplicate(after_page=1))
    found, kept = collected(registry, EVERYTHING)
    assert kept.numbers == NUMBERS
    assert kept.restarts == 1
    assert all(search.declared == search.distinct for search in found.searches)


def test_of_the_parts_that_are_not_due_only_what_was_updated_is_asked_for(registry: SimulatedRegistry) -> None:
    registry.put(posted(2025, 1, lastUpdatePostDateStruct={"date": "2026-09-10", "type": "ACTUAL"}))
    due = tuple(part for part in YEARS if part.name in ("2006", "2007"))
    question = Question(everything=True, parts=due, updated_since=date(2026, 9, 4))
    found, kept = collected(registry, question)
    assert found.asked == list(due)
    assert kept.numbers == [number(2007, 1), number(2007, 2), number(2007, 3), number(2025, 1)]
    assert ranges(registry) == [
        "AREA[LastUpdatePostDate]RANGE[2026-09-04,2099-12-31]",
        "AREA[StudyFirstPostDate]RANGE[2006-01-01,2006-12-31]",
        "AREA[StudyFirstPostDate]RANGE[2007-01-01,2007-12-31]",
    ]


def test_of_an_index_in_pieces_nobody_asks_trial_by_trial(registry: SimulatedRegistry) -> None:
    gone = tuple(f"NCT3{n:07}" for n in range(MOST_ONE_BY_ONE + 1))
    with pytest.raises(RegistryError, match="shows 1001 of the trials that we hold neither by search nor"):
        collected(registry, Question(followed=gone))
    assert len(registry.requests) < 100


def test_a_registry_that_takes_no_heed_of_dates_is_read_once(registry: SimulatedRegistry) -> None:
    """Every part of it is all of it: seen by the second, and left for one search."""
    kept = Kept()
    with PoliteClient(registry.url, Manners(AGENT, requests_per_second=1e6), sleep=lambda _: None) as client:
        heedless = Question(everything=True, parts=(Part("a", LONG_AGO, FAR_OFF), Part("b", LONG_AGO, FAR_OFF)))
        found = ClinicalTrialsGov(client, 5).collect(heedless, kept, lambda *_: None)
    assert found.searches == [Search("everything", ALL, ALL, ALL)]
    assert kept.numbers == NUMBERS
