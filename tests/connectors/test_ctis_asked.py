"""What CTIS is asked, and what is made of its answers."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.ctis import A_PAGE, RETRIEVE, SEARCH, TRIES, Ctis
from connectors.errors import RegistryError
from connectors.http import Manners, PoliteClient
from connectors.registry import Collected, Question, Removed
from connectors.simulated.ctis import SimulatedCtis
from tests.connectors.test_isrctn_asked import Kept
from tests.ctisrecords import KETAMINE_TRIAL, OTHER, a_row, a_whole

TRIAL = KETAMINE_TRIAL[:-3]
TODAY = date(2026, 6, 1)
WATCH = Question(
    interventions=("ketamine", "S-ketamine, racemic"),
    conditions=("alcohol use disorder",),
    today=TODAY,
    last_on=TODAY,
)
UNSEEN = {"ctTitle": "A", "conditions": "B", "product": "C"}


@pytest.fixture
def ctis() -> Iterator[SimulatedCtis]:
    with SimulatedCtis() as made:
        made.put(a_row(), a_whole())
        yield made


def collect(ctis: SimulatedCtis, question: Question = WATCH) -> tuple[Collected, Kept]:
    kept = Kept()
    with PoliteClient(ctis.url, Manners("tests", 1e6, retry_s=0)) as client:
        registry = Ctis(client)
        assert registry.data_version() is None
        assert registry.parts(TODAY) == ()
        return registry.collect(question, kept, lambda *_: None), kept


def holding(*records: bytes) -> Question:
    """The watch's question by somebody who holds these records."""
    by_trial = {json.loads(each)["row"]["ctNumber"][:-3]: each for each in records}

    def shown(trial_ids: Iterable[str]) -> Mapping[str, bytes]:
        return {trial_id: by_trial[trial_id] for trial_id in trial_ids if trial_id in by_trial}

    return replace(WATCH, held=shown, followed=tuple(by_trial))


def test_each_list_of_a_watch_is_a_search_and_what_all_of_them_find_is_whole(ctis: SimulatedCtis) -> None:
    ctis.put(a_row(OTHER, conditions="Pain", ctTitle="Ketamine"), a_whole(OTHER))
    collected, kept = collect(ctis)
    assert [each["searchCriteria"] for each in ctis.asked] == [
        {"containAny": "ketamine,S-ketamine racemic"},
        {"containAny": "alcohol use disorder"},
    ]
    assert {(each["pagination"]["page"], each["sort"]["direction"]) for each in ctis.asked} == {(1, "DESC")}
    assert [(each.declared, each.fetched, each.distinct) for each in collected.searches] == [(2, 2, 2), (1, 1, 1)]
    assert collected.found_by == {TRIAL: ["ketamine OR S-ketamine racemic with alcohol use disorder"]}
    assert ctis.retrieved == [KETAMINE_TRIAL]
    assert [json.loads(each) for each in kept.records] == [{"row": a_row(), "retrieved": a_whole()}]
    assert (collected.data_version_before, collected.data_version_after, collected.requests) == (None, None, 3)


def test_what_is_held_and_as_it_was_lands_as_it_is_held(ctis: SimulatedCtis) -> None:
    _, first = collect(ctis)
    ctis.retrieved.clear()
    ctis.put(a_row(trialCountries=["Italy:4", "France:4"]), a_whole())
    _, again = collect(ctis, holding(*first.records))
    assert again.records == first.records
    assert ctis.retrieved == []
    _, moved = collect(ctis, replace(holding(*first.records), last_on=None))
    assert (moved.records, ctis.retrieved) == (first.records, [KETAMINE_TRIAL])


def test_a_trial_that_is_not_known_by_its_number_keeps_what_was_known(ctis: SimulatedCtis) -> None:
    _, first = collect(ctis)
    del ctis.whole[KETAMINE_TRIAL]
    ctis.rows[KETAMINE_TRIAL] = a_row(ctStatus=5)
    moved = first
    for _ in range(2):
        ctis.retrieved.clear()
        _, moved = collect(ctis, holding(*moved.records))
        assert json.loads(moved.records[0]) == {
            "row": a_row(ctStatus=5),
            "retrieved": a_whole(),
            "unanswered": True,
        }
        assert ctis.retrieved == [KETAMINE_TRIAL], "asked every night until it is answered"
    ctis.whole[KETAMINE_TRIAL] = a_whole(code=5)
    _, answered = collect(ctis, holding(*moved.records))
    assert json.loads(answered.records[0]) == {"row": a_row(ctStatus=5), "retrieved": a_whole(code=5)}
    del ctis.whole[KETAMINE_TRIAL]
    ctis.rows[KETAMINE_TRIAL] = a_row(ctStatus=8)
    _, new = collect(ctis)
    assert json.loads(new.records[0]) == {"row": a_row(ctStatus=8)}


def test_every_page_is_asked_for_and_all_rows_are_counted(ctis: SimulatedCtis) -> None:
    for each in range(A_PAGE * 2):
        number = f"2024-5{each:05d}-10-00"
        ctis.put(a_row(number), None)
    collected, kept = collect(ctis)
    assert [each["pagination"]["page"] for each in ctis.asked] == [1, 2, 3, 1, 2, 3]
    assert len(kept.records) == collected.searches[0].distinct == A_PAGE * 2 + 1


def test_a_search_of_more_than_is_shown_is_read_from_both_ends(
    ctis: SimulatedCtis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.ctis.MOST_ROWS", 300)
    ctis.most = 300
    for each in range(320):
        ctis.put(a_row(f"2024-5{each:05d}-10-00", decisionDateOverall=f"{each % 28 + 1:02d}/01/2025"), None)
    collected, kept = collect(ctis, Question(everything=True))
    assert {each["sort"]["direction"] for each in ctis.asked} == {"DESC", "ASC"}
    assert [each["searchCriteria"] for each in ctis.asked] == [{}] * len(ctis.asked)
    assert len(kept.records) == collected.searches[0].distinct == collected.searches[0].fetched == 321
    ctis.spoilt = lambda body: {**body, "pagination": {**body["pagination"], "totalRecords": 900}}
    with pytest.raises(RegistryError, match="more than it shows from both ends"):
        collect(ctis, Question(everything=True))


def test_a_page_that_repeats_is_asked_again_and_told_as_it_is(ctis: SimulatedCtis) -> None:
    for each in range(A_PAGE):
        ctis.put(a_row(f"2024-5{each:05d}-10-00"), None)
    first: list[Any] = []

    def repeated(body: Any) -> Any:
        first.append(body["data"])
        return {**body, "data": first[0]}

    ctis.spoilt = repeated
    collected, _ = collect(ctis, replace(WATCH, conditions=()))
    assert len(ctis.asked) == TRIES * 2
    assert [(each.declared, each.fetched, each.distinct) for each in collected.searches] == [(101, 200, 100)]


def test_of_two_submissions_the_later_is_the_trial(ctis: SimulatedCtis) -> None:
    ctis.rows[f"{TRIAL}-02"] = a_row(f"{TRIAL}-02")
    ctis.rows[f"{TRIAL}-01"] = a_row(f"{TRIAL}-01")
    collected, kept = collect(ctis)
    assert [json.loads(each)["row"]["ctNumber"] for each in kept.records] == [f"{TRIAL}-02"]
    assert collected.searches[0].distinct == 3


def test_rows_without_a_number_land_and_are_counted(ctis: SimulatedCtis) -> None:
    ctis.rows["a"] = a_row("NCT00000001")
    ctis.rows["b"] = a_row(7)  # type: ignore[arg-type]
    collected, kept = collect(ctis, replace(WATCH, conditions=()))
    assert (collected.unnamed, len(kept.records)) == (2, 3)
    assert (collected.searches[0].declared, collected.searches[0].distinct) == (3, 3)


def test_a_value_that_is_none_costs_no_page(ctis: SimulatedCtis) -> None:
    ctis.rows[KETAMINE_TRIAL] = a_row(ctStatus=float("nan"))
    _, kept = collect(ctis)
    assert json.loads(kept.records[0]) == {"row": {**a_row(), "ctStatus": None}, "retrieved": a_whole()}


def test_an_answer_without_end_is_none(ctis: SimulatedCtis) -> None:
    client = PoliteClient(ctis.url, Manners("tests", 1e6, retry_s=0), most_bytes=100)
    with client, pytest.raises(RegistryError, match="more than 100 bytes"):
        Ctis(client).collect(WATCH, Kept(), lambda *_: None)


def test_a_followed_trial_is_found_by_its_number_or_retrieved_by_it(ctis: SimulatedCtis) -> None:
    other = OTHER[:-3]
    ctis.put(a_row(OTHER, **UNSEEN), a_whole(OTHER))
    ctis.put(a_row("2025-520003-33-00", **UNSEEN, endPoint=f"Not in {OTHER}"), None)
    question = Question(followed=(other, "NCT00000001", "2019-001588-63", other), today=TODAY)
    collected, kept = collect(ctis, question)
    assert (collected.by_id, ctis.retrieved) == ([other], [OTHER])
    assert json.loads(kept.records[0])["row"]["ctNumber"] == OTHER
    for again in (f"{other}-01", f"{other}-04"):
        ctis.put(a_row(again, **UNSEEN), a_whole(again))
        _, kept = collect(ctis, question)
        assert json.loads(kept.records[0])["row"]["ctNumber"] == again
    assert ctis.asked[-1]["searchCriteria"] == {"containAny": ",".join(f"{other}-0{count}" for count in range(5))}
    ctis.put(a_row(OTHER, **UNSEEN), a_whole(OTHER))
    del ctis.rows[OTHER]
    collected, kept = collect(ctis, question)
    assert (collected.by_id, json.loads(kept.records[0])) == ([other], {"retrieved": a_whole(OTHER)})


def test_a_server_that_divides_numbers_is_asked_for_one_page(ctis: SimulatedCtis) -> None:
    """Its answer to a number may be every trial there is."""
    for each in range(A_PAGE * 3):
        ctis.put(a_row(f"2024-5{each:05d}-10-00", endPoint=f"{OTHER} {OTHER[:-2]}01"), None)
    ctis.whole[OTHER] = a_whole(OTHER)
    collected, kept = collect(ctis, Question(followed=(OTHER[:-3],), today=TODAY))
    assert (len(ctis.asked), ctis.retrieved, collected.by_id) == (1, [OTHER], [OTHER[:-3]])
    assert json.loads(kept.records[0]) == {"retrieved": a_whole(OTHER)}


def test_an_unknown_number_is_no_removal_of_who_is_held(ctis: SimulatedCtis) -> None:
    other = OTHER[:-3]
    collected, kept = collect(ctis, Question(followed=(other,), today=TODAY))
    assert collected.fates == {other: Removed(f"no trial answers to {other}")}
    record = json.dumps({"row": a_row(OTHER), "retrieved": a_whole(OTHER)}).encode()
    collected, kept = collect(ctis, replace(holding(record), interventions=(), conditions=()))
    assert (collected.fates, collected.by_id, kept.records) == ({}, [other], [record])
    ctis.rows.clear()
    with pytest.raises(RegistryError, match="nor any other trial"):
        collect(ctis, holding(record))


def test_the_stand_in_is_deaf_as_the_registry_is(ctis: SimulatedCtis) -> None:
    with PoliteClient(ctis.url, Manners("tests", 1e6, retry_s=0)) as client:

        def found(page: int = 1, **criteria: str) -> Any:
            asked = {"pagination": {"page": page, "size": 10}, "searchCriteria": criteria}
            return json.loads(client.post(SEARCH, json.dumps(asked).encode()).body)["pagination"]["totalRecords"]

        assert [found(decisionDateFrom="2030-01-01"), found(containAny="ketamine OR b"), found(0)] == [1, 0, 0]
        assert found(containAll="ketamine, alcohol") == 1
        assert client.get(RETRIEVE + "2020-500000-00-00").body == b"{}"
        assert client.get("/elsewhere").status == 404


def test_how_many_a_watch_has_is_what_its_searches_find_alike(ctis: SimulatedCtis) -> None:
    ctis.put(a_row(OTHER, conditions="Pain", ctTitle="Ketamine"), a_whole(OTHER))
    with PoliteClient(ctis.url, Manners("tests", 1e6, retry_s=0)) as client:
        registry = Ctis(client)
        assert registry.declared(WATCH) == [1]
        assert registry.declared(Question(everything=True)) == [2]
        assert registry.declared(Question(followed=(TRIAL,))) == []
    assert not ctis.retrieved
