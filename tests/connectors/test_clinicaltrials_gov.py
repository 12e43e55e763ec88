"""ClinicalTrials.gov collected from a registry that behaves, and from one that does not."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.clinicaltrials_gov import ClinicalTrialsGov, answers
from connectors.errors import OurBugError, RefusedError, RegistryError
from connectors.http import Answer, Manners, PoliteClient
from connectors.registry import Collected, Merged, Question, Removed, Search
from connectors.simulated import Fault, SimulatedRegistry, faults
from connectors.simulated.effects import On
from tests.records import a_trial

AGENT = "trialwatch/9 (contact: team@example.org)"
STUDIES = "/api/v2/studies"
WHOLE_MODULES = "ProtocolSection|DerivedSection|HasResults|DocumentSection"
TONIGHT = "2026-09-11T09:00:04"
NEXT_NIGHT = "2026-09-14T09:00:04"
KETAMINE = Question(("ketamine",), ("alcohol use disorder",))
SEARCH = "ketamine with alcohol use disorder"


def number(n: int) -> str:
    return f"NCT{n:08d}"


def numbers(*ns: int) -> list[str]:
    return [number(n) for n in ns]


SEVEN = numbers(1, 2, 3, 4, 5, 6, 7)


@dataclass
class Kept:
    """A sink that remembers, and knows how often it had to forget."""

    records: list[bytes] = field(default_factory=list)
    restarts: int = 0

    def write(self, record: bytes) -> None:
        self.records.append(record)

    def mark(self) -> int:
        return len(self.records)

    def rewind(self, mark: int) -> None:
        self.restarts += len(self.records) > mark
        del self.records[mark:]

    @property
    def contents(self) -> list[Any]:
        return [json.loads(record) for record in self.records]

    @property
    def numbers(self) -> list[str]:
        return sorted(each["protocolSection"]["identificationModule"]["nctId"] for each in self.contents)


@dataclass
class Night:
    """A connector at the registry, with all that it writes and tells. Waiting takes it no time."""

    client: PoliteClient
    kept: Kept = field(default_factory=Kept)
    told: list[tuple[str, int, int | None]] = field(default_factory=list)

    def collect(self, question: Question) -> Collected:
        return ClinicalTrialsGov(self.client).collect(question, self.kept, lambda *told: self.told.append(told))


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    """Seven trials, three on a page."""
    with SimulatedRegistry(map(a_trial, SEVEN), page_cap=3, data_version=TONIGHT) as running:
        yield running


def night_at(registry: SimulatedRegistry) -> Iterator[Night]:
    with PoliteClient(registry.url, Manners(AGENT, requests_per_second=1e6), sleep=lambda _: None) as client:
        yield Night(client)


@pytest.fixture
def night(registry: SimulatedRegistry) -> Iterator[Night]:
    yield from night_at(registry)


def asked(registry: SimulatedRegistry, on: On) -> list[dict[str, str]]:
    """The parameters of every search ("search"), every request by ids ("ids")."""
    lists = [seen.params for seen in registry.requests if seen.path == STUDIES]
    return [params for params in lists if ("filter.ids" in params) == (on == "ids")]


def asked_one_by_one(registry: SimulatedRegistry) -> list[str]:
    return [seen.path.removeprefix(f"{STUDIES}/") for seen in registry.requests if f"{STUDIES}/" in seen.path]


def page(body: str | bytes, **where: Any) -> Fault:
    """This body, said to be JSON, in place of what should have come."""
    return faults.status(200, body=body, headers={"Content-Type": "application/json"}, **where)


class TestSearches:
    def test_every_page_is_read_and_every_sum_returned(self, registry: SimulatedRegistry, night: Night) -> None:
        assert night.collect(KETAMINE) == Collected(
            registry_name="clinicaltrials.gov",
            data_version_before=TONIGHT,
            data_version_after=TONIGHT,
            searches=[Search(SEARCH, declared=7, fetched=7, distinct=7)],
            found_by={each: [SEARCH] for each in SEVEN},
            requests=5,
        )
        assert night.kept.numbers == SEVEN
        assert len(registry.requests) == 5

    def test_records_land_as_sent_without_their_results(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.remove(*SEVEN[1:])
        registry.edit(SEVEN[0], lambda record: record.update(resultsSection={"megabytes": "of them"}))
        night.collect(KETAMINE)
        assert night.kept.contents == [a_trial(SEVEN[0])]

    def test_every_parameter_is_repeated_on_every_page(self, registry: SimulatedRegistry, night: Night) -> None:
        night.collect(KETAMINE)
        pages = asked(registry, "search")
        tokens = [params.pop("pageToken", None) for params in pages]
        assert len(tokens) == len(set(tokens)) == 3
        assert tokens[0] is None
        assert (
            pages
            == [
                {
                    "query.intr": "ketamine",
                    "query.cond": "alcohol use disorder",
                    "fields": WHOLE_MODULES,
                    "sort": "StudyFirstPostDate:asc,LastUpdatePostDate:asc",
                    "countTotal": "true",
                    "pageSize": "1000",
                }
            ]
            * 3
        )

    def test_a_registry_that_knows_no_documents_is_asked_without_them(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        said = "Parameter 'fields' contains invalid field name: 'DocumentSection'"
        registry.fail(faults.status(400, body=said, on="search"))
        night.collect(KETAMINE)
        assert night.kept.numbers == sorted(SEVEN)
        first, *others = (params["fields"] for params in asked(registry, "search"))
        assert first == WHOLE_MODULES
        assert set(others) == {WHOLE_MODULES.removesuffix("|DocumentSection")}

    def test_any_other_refusal_is_ours(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(faults.status(400, body="Too complicated query", on="search"))
        with pytest.raises(OurBugError, match="Too complicated"):
            night.collect(KETAMINE)
        assert len(asked(registry, "search")) == 1

    def test_a_long_list_is_several_searches_and_a_trial_of_several_lands_once(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        def also_placebo(record: dict[str, Any]) -> None:
            record["protocolSection"]["armsInterventionsModule"]["interventions"].append({"name": "Placebo"})

        registry.edit(SEVEN[3], also_placebo)
        fillers = tuple(f"substance {n}" for n in range(11))
        collected = night.collect(Question(("ketamine", *fillers, "placebo")))
        first, second = collected.searches
        assert (first.distinct, second) == (7, Search("placebo", 1, 1, 1))
        assert collected.found_by[SEVEN[3]] == [first.name, "placebo"]
        assert collected.found_by[SEVEN[4]] == [first.name]
        assert night.kept.numbers == SEVEN

    def test_the_longest_searches_there_are_do_not_overstrain_the_registry(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        drugs = ("ketamine", *(f"substance {n}" for n in range(20)))
        disorders = ("alcohol use disorder", *(f"disorder {n}" for n in range(20)))
        collected = night.collect(Question(drugs, disorders))
        assert sorted(collected.found_by) == SEVEN
        assert {seen.status for seen in registry.requests} == {200}

    def test_everything_is_asked_for_without_a_query(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.put(a_trial(number(8)), {"protocolSection": {"identificationModule": {"nctId": number(9)}}})
        collected = night.collect(Question(everything=True))
        assert collected.searches == [Search("everything", 9, 9, 9)]
        assert not any("query" in name for params in asked(registry, "search") for name in params)

    def test_nothing_asked_is_nothing_searched(self, registry: SimulatedRegistry, night: Night) -> None:
        assert night.collect(Question()) == Collected("clinicaltrials.gov", TONIGHT, TONIGHT, requests=2)
        assert asked(registry, "search") == []

    def test_what_was_asked_before_is_not_counted(self, registry: SimulatedRegistry, night: Night) -> None:
        night.client.get("/api/v2/version")
        assert night.collect(KETAMINE).requests == 5

    def test_the_order_of_pages_means_nothing(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.shuffle(7)
        assert sorted(night.collect(KETAMINE).found_by) == SEVEN
        assert night.kept.numbers == SEVEN

    @pytest.mark.parametrize(
        "words",
        ['the "dissociative" one', "ketamine OR water", "NOT", "AREA[Phase]PHASE2", "K (racemic)", "a\\b", "NCT5"],
    )
    def test_hostile_words_are_only_words(self, registry: SimulatedRegistry, night: Night, words: str) -> None:
        def called_so(record: dict[str, Any]) -> None:
            record["protocolSection"]["armsInterventionsModule"]["interventions"] = [{"name": words}]

        registry.edit(SEVEN[2], called_so)
        assert list(night.collect(Question((words,), ("alcohol use disorder",))).found_by) == [SEVEN[2]]

    def test_progress_is_told_page_by_page(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.hide(SEVEN[6])
        night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, (SEVEN[6],)))
        assert night.told == [
            ("search 1 of 1", 0, None),
            ("search 1 of 1", 3, 6),
            ("search 1 of 1", 6, 6),
            ("followed trials, by id", 7, None),
        ]


class TestPagesThatDoNotAddUp:
    def test_an_empty_page_in_the_middle_is_not_the_end(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(faults.empty_page(2))
        assert night.collect(KETAMINE).searches == [Search(SEARCH, 7, 7, 7)]
        assert night.kept.restarts == 0

    def test_an_empty_page_at_the_end_is_nothing(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(faults.empty_end())
        assert night.collect(KETAMINE).searches == [Search(SEARCH, 7, 7, 7)]

    def test_twenty_empty_pages_are_borne(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(*(faults.empty_page(n) for n in range(2, 22)))
        assert night.collect(KETAMINE).searches == [Search(SEARCH, 7, 7, 7)]

    def test_more_are_a_registry_that_leads_nowhere(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(*(faults.empty_page(n) for n in range(2, 23)))
        with pytest.raises(RegistryError, match="leads in a circle"):
            night.collect(KETAMINE)

    @pytest.mark.parametrize("times", [1, None])
    def test_a_token_that_comes_again_is_a_circle(
        self, registry: SimulatedRegistry, night: Night, times: int | None
    ) -> None:
        registry.fail(faults.repeated_token(2, times=times))
        with pytest.raises(RegistryError, match=r"clinicaltrials\.gov leads in a circle: page token '"):
            night.collect(KETAMINE)

    def test_pages_without_end_end(self, registry: SimulatedRegistry, night: Night) -> None:
        for n in range(3):
            body = {"totalCount": 7, "studies": [{}] * 500, "nextPageToken": f"token {n}"}
            registry.fail(page(json.dumps(body), on="search"))
        with pytest.raises(RegistryError, match="declared 7 trials and goes on after 1500"):
            night.collect(KETAMINE)

    def test_a_record_that_came_twice_is_fetched_anew(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(faults.duplicate())
        collected = night.collect(KETAMINE)
        assert collected.searches == [Search(SEARCH, 7, 7, 7)]
        assert collected.requests == len(registry.requests) == 8
        assert night.kept.restarts == 1
        assert night.kept.numbers == SEVEN

    def test_one_that_always_comes_twice_lands_once_and_is_left_to_the_verdict(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.duplicate(times=None))
        assert night.collect(KETAMINE).searches == [Search(SEARCH, declared=7, fetched=7, distinct=6)]
        assert night.kept.restarts == 2
        assert len(set(night.kept.numbers)) == len(night.kept.numbers) == 6

    @pytest.mark.parametrize("off_by", [1, -1, -7])
    def test_a_wrong_total_is_asked_for_again(
        self, registry: SimulatedRegistry, night: Night, off_by: int
    ) -> None:
        registry.fail(faults.wrong_total(off_by, times=2))
        assert night.collect(KETAMINE).searches == [Search(SEARCH, 7, 7, 7)]
        assert night.kept.restarts == 2

    def test_after_three_answers_it_is_returned_for_the_verdict(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.wrong_total(1, times=None))
        assert night.collect(KETAMINE).searches == [Search(SEARCH, declared=8, fetched=7, distinct=7)]
        assert night.kept.restarts == 2
        assert night.kept.numbers == SEVEN
        assert len(registry.requests) == 2 + 3 * 3

    def test_a_search_without_a_total_is_not_an_empty_search(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(page('{"studies":[]}', on="search"))
        with pytest.raises(RegistryError, match="does not say how many trials"):
            night.collect(KETAMINE)

    def test_a_thin_answer_that_agrees_with_itself_is_returned_for_the_verdict(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.thin(3 / 7))
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, tuple(SEVEN)))
        assert collected.searches == [Search(SEARCH, 3, 3, 3)]
        assert len(collected.by_id) == 4
        assert sorted([*collected.found_by, *collected.by_id]) == night.kept.numbers == SEVEN
        assert night.kept.restarts == 0


class TestAnswersThatAreNone:
    @pytest.mark.parametrize(
        "fault",
        [
            faults.status(503, on="search", times=3),
            faults.status(429, on="search", retry_after=30),
            faults.reset(on="search", page=2),
            faults.broken_off(on="search", page=3),
            faults.status(500, on="version"),
            faults.status(502, on="ids"),
            faults.status(504, on="study"),
        ],
        ids=["503", "429", "a reset", "half an answer", "500", "502", "504"],
    )
    def test_what_heals_does_no_harm(self, registry: SimulatedRegistry, night: Night, fault: Fault) -> None:
        registry.fail(fault)
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, (number(8),)))
        assert collected.searches == [Search(SEARCH, 7, 7, 7)]
        assert list(collected.fates) == [number(8)]
        assert night.kept.numbers == SEVEN
        assert collected.requests == len(registry.requests)

    @pytest.mark.parametrize(
        "fault",
        [
            faults.status(503, on="search", page=2, times=None),
            faults.reset(on="search", page=2, times=None),
            faults.broken_off(on="search", page=2, times=None),
            faults.html_wall(on="search", page=2),
            faults.wrong_type(on="search", page=2),
            faults.empty_body(on="search", page=2),
            faults.cut_json(0.9, on="search", page=2),
            faults.empty_404(on="search", page=2),
            faults.status(301, headers={"Location": "/elsewhere"}, on="search", page=2),
            faults.status(503, on="version", times=None),
            faults.html_wall(on="version"),
            faults.empty_body(on="ids"),
            faults.cut_json(on="ids"),
            faults.html_wall(on="ids"),
        ],
        ids=lambda fault: f"{fault.on}: {type(fault.effect).__name__}",
    )
    def test_what_does_not_heal_is_an_incomplete_night(
        self, registry: SimulatedRegistry, night: Night, fault: Fault
    ) -> None:
        registry.hide(SEVEN[6])
        registry.fail(fault)
        with pytest.raises(RegistryError):
            night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, (SEVEN[6],)))

    @pytest.mark.parametrize(
        "body",
        [
            "Service Unavailable",
            "<html></html>",
            "[]",
            "{}",
            '{"studies":null}',
            '{"totalCount":"1","studies":[]}',
            '{"totalCount":1,"studies":[{]}',
            '{"totalCount":1,"studies":[{}]}{}',
            b'{"totalCount":1,"studies":[],"nextPageToken":"\xff"}',
            '{"totalCount":1,"studies":[' + "[" * 100_000 + "]" * 99_999 + "]}",
        ],
        ids=lambda body: str(body)[:40],
    )
    def test_a_page_that_is_none_is_an_incomplete_night(
        self, registry: SimulatedRegistry, night: Night, body: str | bytes
    ) -> None:
        registry.fail(page(body, on="search"))
        with pytest.raises(RegistryError, match="answered something unreadable"):
            night.collect(KETAMINE)

    def test_a_400_is_told_in_the_registrys_own_sentence(self, registry: SimulatedRegistry, night: Night) -> None:
        said = "Error parsing query in Conditions or disease: Too complicated query"
        registry.fail(faults.status(400, body=said, on="search"))
        with pytest.raises(OurBugError, match=said):
            night.collect(KETAMINE)
        assert registry.requests[-1].status == 400

    def test_a_wall_that_refuses_everybody_is_the_operators_to_climb(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.html_wall(status=403, times=None))
        with pytest.raises(RefusedError, match="TRIALWATCH_CONTACT"):
            night.collect(KETAMINE)

    def test_a_wall_in_the_middle_is_passed_another_way(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(faults.status(403, on="search", page=2))
        assert night.collect(KETAMINE).searches == [Search(SEARCH, 7, 7, 7)]
        assert night.client.voice == 1


class TestDataVersion:
    def test_it_is_the_registrys_timestamp(self, registry: SimulatedRegistry, night: Night) -> None:
        assert ClinicalTrialsGov(night.client).data_version() == TONIGHT

    @pytest.mark.parametrize(
        "body",
        [
            *["[]", "{}", '{"dataTi', '{"dataTimestamp":null}', '{"dataTimestamp":" "}', '{"dataTimestamp":[]}'],
            b'{"dataTimestamp":"\xff"}',
        ],
    )
    def test_anything_else_is_none(self, registry: SimulatedRegistry, night: Night, body: str | bytes) -> None:
        registry.fail(page(body, on="version"))
        with pytest.raises(RegistryError, match="answered something unreadable"):
            ClinicalTrialsGov(night.client).data_version()

    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            ('"2026-09-11 09:00:04"', TONIGHT),
            ('"2026-09-11T09:00:04Z"', TONIGHT),
            ('" 20260911T090004 "', TONIGHT),
            ('"2026-09-11T09:00"', "2026-09-11T09:00:00"),
            ('"soon"', "soon"),
            ("1789117204", "1789117204"),
            ('"\\u001b[31m\\nred"', "[31m red"),
        ],
    )
    def test_it_is_read_leniently_and_what_is_no_instant_is_kept(
        self, registry: SimulatedRegistry, night: Night, sent: str, read: str
    ) -> None:
        registry.fail(page(f'{{"dataTimestamp":{sent}}}', on="version"))
        assert ClinicalTrialsGov(night.client).data_version() == read

    def test_when_it_moves_everything_is_collected_again(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(faults.moves_after_page(2))
        collected = night.collect(KETAMINE)
        assert (collected.data_version_before, collected.data_version_after) == (NEXT_NIGHT, NEXT_NIGHT)
        held = {each["derivedSection"]["miscInfoModule"]["versionHolder"] for each in night.kept.contents}
        assert held == {NEXT_NIGHT[:10]}
        assert night.kept.numbers == SEVEN
        assert night.kept.restarts == 1
        assert collected.requests == len(registry.requests) == 10

    def test_when_it_moves_while_trials_are_asked_for_by_id_too(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.hide(*SEVEN)
        registry.fail(faults.moves_after_page(1, on="ids"))
        collected = night.collect(Question(followed=tuple(SEVEN)))
        assert (collected.data_version_before, collected.data_version_after) == (NEXT_NIGHT, NEXT_NIGHT)
        assert collected.by_id == night.kept.numbers == SEVEN

    def test_when_it_moves_every_time_the_third_pass_is_returned_for_the_verdict(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.moves_after_page(1, times=None))
        collected = night.collect(KETAMINE)
        assert collected.data_version_before == "2026-09-15T09:00:04"
        assert collected.data_version_after == "2026-09-16T09:00:04"
        assert night.kept.restarts == 2
        assert night.kept.numbers == SEVEN


class TestFollowedTrials:
    def test_those_that_a_search_returned_are_not_asked_for_again(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, tuple(SEVEN)))
        assert collected.by_id == []
        assert asked(registry, "ids") == []
        assert asked_one_by_one(registry) == []

    def test_one_that_left_the_search_is_still_read(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.hide(SEVEN[4])
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, tuple(SEVEN)))
        assert collected.by_id == [SEVEN[4]]
        assert SEVEN[4] not in collected.found_by
        assert collected.fates == {}
        assert night.kept.numbers == SEVEN
        [params] = asked(registry, "ids")
        assert (params["filter.ids"], params["fields"]) == (SEVEN[4], WHOLE_MODULES)

    def test_many_are_asked_for_a_hundred_at_a_time_and_page_by_page(self) -> None:
        many = numbers(*range(1, 251))
        with SimulatedRegistry(map(a_trial, many), page_cap=60) as registry:
            for night in night_at(registry):
                collected = night.collect(Question(followed=tuple(many)))
                assert collected.by_id == night.kept.numbers == many
            pages = asked(registry, "ids")
            batches = [params["filter.ids"].split("|") for params in pages if "pageToken" not in params]
            assert batches == [many[:100], many[100:200], many[200:]]
            assert len(pages) == 5
            assert all(params["fields"] == WHOLE_MODULES for params in pages)

    def test_one_named_twice_is_asked_for_once(self, registry: SimulatedRegistry, night: Night) -> None:
        gone = number(8)
        night.collect(Question(followed=(gone, SEVEN[0], gone, SEVEN[0])))
        assert [params["filter.ids"] for params in asked(registry, "ids")] == [f"{gone}|{SEVEN[0]}"]
        assert asked_one_by_one(registry) == [gone]
        assert night.kept.numbers == [SEVEN[0]]

    def test_those_of_another_registry_are_not_asked_for_here(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        collected = night.collect(Question(followed=("ISRCTN85955128", SEVEN[0], "2015-000222-11", "NCT123")))
        assert collected.by_id == [SEVEN[0]]
        assert collected.fates == {}
        assert [params["filter.ids"] for params in asked(registry, "ids")] == [SEVEN[0]]

    def test_those_that_the_batch_left_out_are_asked_for_one_by_one(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.thin(0.0, on="ids"))
        collected = night.collect(Question(followed=(SEVEN[1], SEVEN[0])))
        assert collected.by_id == [SEVEN[1], SEVEN[0]]
        assert asked_one_by_one(registry) == [SEVEN[1], SEVEN[0]]
        assert night.kept.contents == [a_trial(SEVEN[1]), a_trial(SEVEN[0])]


class TestMergedTrials:
    def test_the_survivor_lands_and_is_named(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.merge(SEVEN[0], SEVEN[1])
        registry.hide(SEVEN[1])
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, (SEVEN[0],)))
        assert collected.fates == {SEVEN[0]: Merged(SEVEN[1])}
        assert collected.by_id == [SEVEN[1]]
        assert night.kept.numbers == SEVEN[1:]

    def test_a_survivor_that_a_search_returned_lands_once(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.merge(SEVEN[0], SEVEN[1])
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, (SEVEN[0],)))
        assert collected.fates == {SEVEN[0]: Merged(SEVEN[1])}
        assert collected.by_id == []
        assert asked_one_by_one(registry) == [SEVEN[0]]
        assert night.kept.numbers == SEVEN[1:]

    def test_a_survivor_that_the_batch_left_out_is_asked_for_anew_with_our_parameters(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.merge(SEVEN[0], SEVEN[2])
        registry.merge(SEVEN[1], SEVEN[2])
        registry.fail(faults.thin(0.0, on="ids"))
        collected = night.collect(Question(followed=(SEVEN[0], SEVEN[1])))
        assert collected.fates == {SEVEN[0]: Merged(SEVEN[2]), SEVEN[1]: Merged(SEVEN[2])}
        assert collected.by_id == night.kept.numbers == [SEVEN[2]]
        assert asked_one_by_one(registry) == [SEVEN[0], SEVEN[2], SEVEN[1]]
        assert {seen.params["fields"] for seen in registry.requests if f"{STUDIES}/" in seen.path} == {
            WHOLE_MODULES
        }

    def test_a_redirect_for_ever_of_the_newer_kind_says_the_same(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.status(308, headers={"Location": f"{STUDIES}/{SEVEN[3]}?fields=x"}, on="study"))
        assert night.collect(Question(followed=(number(8),))).fates == {number(8): Merged(SEVEN[3])}
        assert night.kept.numbers == [SEVEN[3]]

    def test_an_answer_that_is_another_trial_says_the_same(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(page(json.dumps(a_trial(SEVEN[3])), on="study"))
        collected = night.collect(Question(followed=(number(8),)))
        assert collected.fates == {number(8): Merged(SEVEN[3])}
        assert collected.by_id == night.kept.numbers == [SEVEN[3]]

    @pytest.mark.parametrize("length", [2, 3, 7])
    def test_a_chain_of_mergers_leads_to_its_end(
        self, registry: SimulatedRegistry, night: Night, length: int
    ) -> None:
        for hop in range(9, 8 + length):
            registry.fail(faults.status(301, headers={"Location": f"{STUDIES}/{number(hop)}"}, on="study"))
        registry.fail(faults.status(301, headers={"Location": f"{STUDIES}/{SEVEN[3]}"}, on="study"))
        collected = night.collect(Question(followed=(number(8),)))
        assert collected.fates == {number(8): Merged(SEVEN[3])}
        assert collected.by_id == night.kept.numbers == [SEVEN[3]]

    def test_a_chain_may_end_at_an_answer_that_is_another_trial(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.status(301, headers={"Location": f"{STUDIES}/{number(9)}"}, on="study"))
        registry.fail(page(json.dumps(a_trial(SEVEN[3])), on="study"))
        fates = night.collect(Question(followed=(number(8),))).fates
        assert fates == {number(8): Merged(SEVEN[3]), number(9): Merged(SEVEN[3])}

    @pytest.mark.parametrize("circle", [[8, 9, 8], [8, 9, 10, 8], [8, 9, 10, 9], [8, 9, 9]])
    def test_a_circle_of_mergers_is_an_incomplete_night(
        self, registry: SimulatedRegistry, night: Night, circle: list[int]
    ) -> None:
        for hop in circle[1:]:
            registry.fail(faults.status(301, headers={"Location": f"{STUDIES}/{number(hop)}"}, on="study"))
        with pytest.raises(RegistryError, match="leads in a circle: " + " → ".join(map(number, circle))):
            night.collect(Question(followed=(number(8),)))

    def test_a_survivor_found_by_search_is_not_by_id_as_well(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(page(json.dumps(a_trial(SEVEN[3])), on="study"))
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, (number(8),)))
        assert collected.fates == {number(8): Merged(SEVEN[3])}
        assert collected.by_id == []
        assert night.kept.numbers == SEVEN

    def test_a_survivor_that_is_not_there_is_an_incomplete_night(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.fail(faults.status(301, headers={"Location": f"{STUDIES}/{number(9)}"}, on="study"))
        with pytest.raises(RegistryError, match=f"{number(9)}.* answered 404: NCT number {number(9)} not found"):
            night.collect(Question(followed=(number(8),)))

    @pytest.mark.parametrize(
        ("status", "location"),
        [
            (301, "/elsewhere"),
            (301, f"{STUDIES}/{number(8)}"),
            (301, f"{STUDIES}/{number(1)}/"),
            (301, None),
            (302, f"{STUDIES}/{number(1)}"),
            (307, f"{STUDIES}/{number(1)}"),
        ],
    )
    def test_a_redirect_to_no_survivor_is_an_incomplete_night(
        self, registry: SimulatedRegistry, night: Night, status: int, location: str | None
    ) -> None:
        registry.fail(faults.status(status, headers={"Location": location} if location else {}, on="study"))
        with pytest.raises(RegistryError, match=f"{number(8)}.* answered {status}"):
            night.collect(Question(followed=(number(8),)))


class TestRemovedTrials:
    def test_only_the_registrys_own_sentence_makes_one(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.remove(SEVEN[0])
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, tuple(SEVEN)))
        assert collected.fates == {SEVEN[0]: Removed(f"NCT number {SEVEN[0]} not found")}
        assert collected.by_id == []
        assert night.kept.numbers == SEVEN[1:]

    @pytest.mark.parametrize(
        "fault",
        [
            faults.empty_404(on="study"),
            faults.status(404, body="Not Found", on="study"),
            faults.status(404, body=f"NCT number {number(9)} not found", on="study"),
            faults.status(404, body=f"<p>NCT number {number(8)} not found</p>", on="study"),
            faults.status(410, body=f"NCT number {number(8)} not found", on="study"),
            faults.status(200, body=f"NCT number {number(8)} not found", on="study"),
            faults.status(204, body=b"", on="study"),
            faults.status(503, on="study", times=None),
            faults.reset(on="study", times=None),
            faults.html_wall(on="study"),
            faults.html_wall(on="study", status=403, times=None),
            faults.empty_body(on="study"),
            page("{}", on="study"),
            page("[]", on="study"),
            page('{"protocolSection":{}}}', on="study"),
            page(json.dumps(a_trial(number(8)))[:400], on="study"),
        ],
        ids=[
            *["a mistyped path", "another sentence", "another number", "more than the sentence", "410", "200"],
            *["204", "503", "a reset", "a wall with 200", "a wall with 403", "an empty body"],
            *["an empty object", "a list", "a brace too many", "half a record"],
        ],
    )
    def test_anything_else_is_an_incomplete_night(
        self, registry: SimulatedRegistry, night: Night, fault: Fault
    ) -> None:
        registry.fail(fault)
        with pytest.raises(RegistryError):
            night.collect(Question(followed=(number(8),)))
        assert night.kept.records == []


class TestRecordsWithoutANumber:
    @pytest.mark.parametrize(
        "record",
        [
            b'{"protocolSection":{}}',
            b'{"protocolSection":{"identificationModule":{"nctId":true}}}',
            b'{"protocolSection":{"identificationModule":{}},"n":NaN}',
            b'{"protocolSection":' + b"[" * 5000 + b"]" * 5000 + b"}",
        ],
        ids=["an empty one", "a number that is true", "not a number", "five thousand lists deep"],
    )
    def test_one_that_is_asked_for_by_number_lands_and_is_there_still(
        self, registry: SimulatedRegistry, night: Night, record: bytes
    ) -> None:
        registry.fail(page(record, on="study"))
        collected = night.collect(Question(followed=(number(8),)))
        assert (collected.by_id, collected.fates, collected.unnamed) == ([number(8)], {}, 1)
        assert night.kept.records == [record]

    def test_two_that_say_the_same_nothing_are_two(self, registry: SimulatedRegistry, night: Night) -> None:
        registry.fail(page('{"totalCount":3,"studies":[{},{},[]]}', on="search"))
        collected = night.collect(KETAMINE)
        assert collected.searches == [Search(SEARCH, 3, 3, 3)]
        assert night.kept.records == [b"{}", b"[]"]

    def test_two_of_one_number_that_are_not_the_same_both_land(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        one, other = (json.dumps(a_trial(number(8), whyStopped=why)) for why in ("", "money"))
        registry.fail(page(f'{{"totalCount":2,"studies":[{one},{other}]}}', on="search"))
        collected = night.collect(KETAMINE)
        assert collected.searches == [Search(SEARCH, 2, 2, 2)]
        assert collected.found_by == {number(8): [SEARCH]}
        assert night.kept.records == [one.encode(), other.encode()]

    def test_they_land_and_are_counted(self, registry: SimulatedRegistry, night: Night) -> None:
        nameless = [a_trial(number(8)), a_trial(number(9))]
        for each in nameless:
            del each["protocolSection"]["identificationModule"]["nctId"]
        registry.put(*nameless)
        collected = night.collect(KETAMINE)
        assert collected.searches == [Search(SEARCH, 9, 9, 9)]
        assert collected.unnamed == 2
        assert sorted(collected.found_by) == SEVEN
        assert [each for each in night.kept.contents if each in nameless] in (nameless, nameless[::-1])
        assert len(night.kept.records) == 9

    def test_one_that_two_searches_return_lands_once(self, registry: SimulatedRegistry, night: Night) -> None:
        nameless = a_trial(number(8))
        del nameless["protocolSection"]["identificationModule"]["nctId"]
        nameless["protocolSection"]["armsInterventionsModule"]["interventions"].append({"name": "Placebo"})
        registry.put(nameless)
        collected = night.collect(Question(("ketamine", *(f"substance {n}" for n in range(11)), "placebo")))
        assert [search.distinct for search in collected.searches] == [8, 1]
        assert collected.unnamed == 1
        assert night.kept.contents.count(nameless) == 1

    def test_one_is_not_counted_again_in_another_pass(self, registry: SimulatedRegistry, night: Night) -> None:
        nameless = a_trial(number(8))
        del nameless["protocolSection"]["identificationModule"]["nctId"]
        registry.put(nameless)
        registry.fail(faults.wrong_total(1))
        assert night.collect(KETAMINE).unnamed == 1
        assert len(night.kept.records) == 8

    @pytest.mark.parametrize(
        ("record", "read"),
        [
            (b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"}}}', "NCT00000001"),
            (b'{"protocolSection":{"identificationModule":{"nctId":" nct00000001\\n"}}}', "NCT00000001"),
            (b'{"protocolSection":[{"identificationModule": { "x": 1, "nctId": "NCT00000001"}}]}', "NCT00000001"),
            (b'{"protocolSection":{"identificationModule":{"nctId":"NCT1"}}}', None),
            ('{"protocolSection":{"identificationModule":{"nctId":"NCT٠٠٠٠٠٠٠١"}}}'.encode(), None),
            (b'{"protocolSection":{"identificationModule":{"nctId":1}}}', "NCT00000001"),
            (b'{"protocolSection":{"identificationModule":{"nctId":"00000001"}}}', "NCT00000001"),
            (b'{"protocolSection":{"identificationModule":{"nctId":["NCT00000001"]}}}', "NCT00000001"),
            (
                b'{"protocolSection":{"identificationModule":{"o":{"id":{}},"nctId":"NCT00000001"}},"n":01}',
                "NCT00000001",
            ),
            (
                b'{"protocolSection":{"identificationModule":{"o":{},"nctId":"NCT00000001"},"n":NaN}}',
                "NCT00000001",
            ),
            (b'{"protocolSection":{"identificationModule":{"nctId":["NCT00000001","NCT00000002"]}}}', None),
            (b'{"protocolSection":{"identificationModule":{"nctId":1e999}}}', None),
            (b'{"protocolSection":{"identificationModule":{"nctId":-1}}}', None),
            (b'{"protocolSection":{"identificationModule":{"nctId":"NCT0000000\xff"}}}', None),
            (b'{"protocolSection":{"identificationModule":null}}', None),
            (b'{"protocolSection":null}', None),
            (b"{}", None),
            (b'"NCT00000001"', None),
        ],
    )
    def test_a_number_is_read_strictly_and_also_from_an_odd_record(self, record: bytes, read: str | None) -> None:
        assert answers.trial_id(record) == read

    def test_the_number_of_its_expanded_access_is_not_the_trials_own(self) -> None:
        record = {
            "protocolSection": {
                "identificationModule": {"briefTitle": "A trial that has lost its number"},
                "statusModule": {"expandedAccessInfo": {"hasExpandedAccess": True, "nctId": "NCT00000001"}},
            }
        }
        assert answers.trial_id(json.dumps(record).encode()) is None

    def test_a_body_is_a_record_only_when_it_is_whole(self) -> None:
        whole = json.dumps(a_trial(), indent=2).encode()
        assert answers.single_record(Answer(200, {}, whole, "u")) == whole
        for end in range(0, len(whole), 97):
            with pytest.raises(RegistryError, match=r"^u answered something unreadable"):
                answers.single_record(Answer(200, {}, whole[:end], "u"))


class TestGoodManners:
    def test_only_the_addresses_of_the_contract_are_asked_and_always_by_our_name(
        self, registry: SimulatedRegistry, night: Night
    ) -> None:
        registry.merge(SEVEN[0], SEVEN[1])
        registry.remove(SEVEN[2])
        registry.hide(SEVEN[1], SEVEN[3])
        registry.fail(faults.thin(0.0, on="ids"), faults.wrong_total(1), faults.status(503))
        collected = night.collect(Question(KETAMINE.interventions, KETAMINE.conditions, tuple(SEVEN)))
        assert sorted([*collected.found_by, *collected.by_id, *collected.fates]) == SEVEN
        one = re.compile(rf"{STUDIES}/NCT\d{{8}}")
        pages = {"query.cond", "query.intr", "filter.ids", "fields", "sort", "countTotal", "pageSize", "pageToken"}
        for seen in registry.requests:
            allowed = pages if seen.path == STUDIES else {"fields"} if one.fullmatch(seen.path) else set()
            assert seen.path in ("/api/v2/version", STUDIES) or one.fullmatch(seen.path)
            assert seen.params.keys() <= allowed
            assert seen.method == "GET"
            assert seen.headers["user-agent"] == AGENT
        assert asked_one_by_one(registry)
        assert collected.requests == len(registry.requests)


class TestPagesWithOneRecordThatIsNoJson:
    """One odd record must not cost the page its neighbours."""

    @staticmethod
    def answer(body: bytes) -> Answer:
        return Answer(200, {"content-type": "application/json"}, body, "https://registry.test/api/v2/studies")

    @pytest.mark.parametrize(
        "odd",
        [
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"n":NaN}',
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"n":-Infinity}',
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"t":"\\ud800"}',
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"t":"\xff\xfe"}',
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"t":"tab\there"}',
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"t":"a \\"]}, b\\\\"}NaN',
            b'\xef\xbb\xbf{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}}}',
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000002"}},"x":'
            + b"[" * 100_000
            + b"]" * 100_000
            + b"}",
        ],
        ids=lambda odd: repr(odd[68:90]),
    )
    def test_each_record_comes_with_its_bytes_as_sent(self, odd: bytes) -> None:
        neighbour = b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000001"}}}'
        body = (
            b'{"totalCount":3,"studies":[\n'
            + neighbour
            + b",\n"
            + odd
            + b",\n"
            + neighbour
            + b'\n],"nextPageToken":"t"}'
        )
        page = answers.page(self.answer(body))
        assert [bytes(record) for record in page.studies] == [neighbour, odd, neighbour]
        assert (page.totalCount, page.nextPageToken) == (3, "t")
        assert answers.trial_id(odd) == "NCT00000002"

    @pytest.mark.parametrize(
        "body",
        [
            b'{"studies":[{"n":NaN},{"cut',
            b'{"studies":[{"n":NaN}],"totalCount":"many"}',
            b'{"totalCount":NaN}',
            b"[NaN]",
            b'{"studies":NaN}',
            b'{"studies":[NaN,]}',
            b'{"studies":[NaN}]',
            b'{"studies":[NaN]]}',
            b'{"studies":[NaN]}{}',
            b'{"studies":[NaN],"totalCount"}',
            b'{"studies":[NaN]1}',
            b'{"studies":{"a":NaN}}',
            b'{"studies":[NaN],"nextPageToken":"\xff"}',
            b'{"totalCount":1,"studies":[{"n":NaN,"t":"never ends}]}',
            b'NaN{"studies":[]}',
            b"}",
            b"",
            b'{"studies":[' + b"[" * 100_000 + b"NaN",
        ],
    )
    def test_what_is_no_page_even_so_is_a_failure(self, body: bytes) -> None:
        with pytest.raises(RegistryError, match="something unreadable"):
            answers.page(self.answer(body))
