"""The simulated registry behaves like ClinicalTrials.gov: read the test names as its specification."""

import copy
import gzip
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.simulated import DEFAULT_SYNONYMS, Fault, SimulatedRegistry, faults

SHARED = Path(__file__).parents[3] / "shared" / "registry"
needs_recordings = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded bodies of the real registry (../shared) are not here"
)
STUDIES = "/api/v2/studies"
VERSION = "/api/v2/version"


def trial(
    number: int,
    *,
    conditions: tuple[str, ...] = ("Alcohol Use Disorder",),
    interventions: tuple[str, ...] = ("Ketamine",),
    title: str = "A study",
    **status: Any,
) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": title},
            "statusModule": {"overallStatus": "RECRUITING", **status},
            "conditionsModule": {"conditions": list(conditions), "keywords": [f"keyword {number}"]},
            "armsInterventionsModule": {
                "interventions": [{"type": "DRUG", "name": name} for name in interventions]
            },
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-09-11"}},
        "hasResults": False,
    }


def name(number: int) -> str:
    return f"NCT{number:08d}"


def names(*numbers: int) -> set[str]:
    return {name(number) for number in numbers}


class Reader:
    """Asks a registry and reads its answers as a client would."""

    def __init__(self, registry: SimulatedRegistry) -> None:
        # A bare TLS context, never used: loading the certificates would take longer than most tests.
        self.http = httpx.Client(base_url=registry.url, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.http.get(path, params=params)

    def search(self, **params: Any) -> httpx.Response:
        """Dots in parameter names are written as double underscores."""
        return self.get(STUDIES, **{key.replace("__", "."): value for key, value in params.items()})

    def page(self, **params: Any) -> dict[str, Any]:
        answer = self.search(**params)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def pages(self, most: int = 50, **params: Any) -> list[dict[str, Any]]:
        found = [self.page(countTotal="true", **params)]
        while (token := found[-1].get("nextPageToken")) and len(found) < most:
            found.append(self.page(pageToken=token, **params))
        return found

    def found(self, **params: Any) -> set[str]:
        return {number for page in self.pages(**{"pageSize": 1000, **params}) for number in ids(page)}

    def refusal(self, **params: Any) -> str:
        answer = self.search(**params)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "text/plain"
        return answer.text


def ids(page: dict[str, Any]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    with SimulatedRegistry() as running:
        yield running


@pytest.fixture
def ask(registry: SimulatedRegistry) -> Iterator[Reader]:
    reader = Reader(registry)
    yield reader
    reader.http.close()


@pytest.fixture
def seven(registry: SimulatedRegistry) -> list[str]:
    registry.put(*(trial(number) for number in range(1, 8)))
    return [name(number) for number in range(1, 8)]


class TestVersion:
    def test_it_names_the_data_version(self, registry: SimulatedRegistry, ask: Reader) -> None:
        answer = ask.get(VERSION)
        assert answer.json() == {"apiVersion": "2.0.5", "dataTimestamp": "2026-09-11T09:00:04"}
        assert answer.headers["content-type"] == "application/json"

    @needs_recordings
    def test_it_is_the_recorded_body_to_the_letter(self, ask: Reader) -> None:
        assert ask.get(VERSION).content == (SHARED / "wire/version_200.body").read_bytes()

    def test_who_has_this_data_version_already_is_told_so(self, registry: SimulatedRegistry, ask: Reader) -> None:
        tag = ask.get(VERSION).headers["etag"]
        unchanged = ask.http.get(VERSION, headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        registry.night()
        assert ask.http.get(VERSION, headers={"If-None-Match": tag}).status_code == 200


class TestPaging:
    @needs_recordings
    def test_the_511_real_records_come_whole_and_once(self, registry: SimulatedRegistry, ask: Reader) -> None:
        with gzip.open(SHARED / "records/real_records.jsonl.gz", "rt") as lines:
            records = [json.loads(line) for line in lines]
        registry.put(*records)
        pages = ask.pages(pageSize=100, sort="StudyFirstPostDate:asc,LastUpdatePostDate:asc")
        assert [len(page["studies"]) for page in pages] == [100] * 5 + [11]
        assert pages[0]["totalCount"] == 511
        studies = [study for page in pages for study in page["studies"]]
        assert sorted(studies, key=_number_of) == sorted(records, key=_number_of)

    def test_a_page_has_ten_studies_unless_asked_otherwise(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(*(trial(number) for number in range(1, 13)))
        assert len(ask.page()["studies"]) == 10
        assert len(ask.page(pageSize=0)["studies"]) == 10
        assert len(ask.page(pageSize=11)["studies"]) == 11

    def test_a_page_never_has_more_than_a_thousand(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(*(trial(number) for number in range(1, 1003)))
        assert len(ask.page(pageSize=5000, fields="NCTId")["studies"]) == 1000

    def test_the_cap_on_pages_can_be_lowered(self) -> None:
        with SimulatedRegistry([trial(n) for n in range(1, 6)], page_cap=2) as registry:
            reader = Reader(registry)
            assert [len(page["studies"]) for page in reader.pages(pageSize=1000)] == [2, 2, 1]
            reader.http.close()

    @pytest.mark.parametrize("size", ["-1", "ten", "1.5"])
    def test_a_page_size_that_is_no_count_is_refused(self, ask: Reader, size: str) -> None:
        assert ask.refusal(pageSize=size) == f"Invalid value in parameter `pageSize`: `{size}`"

    def test_the_total_comes_only_when_asked_for_and_only_first(self, ask: Reader, seven: list[str]) -> None:
        assert "totalCount" not in ask.page(pageSize=3)
        assert "totalCount" not in ask.page(pageSize=3, countTotal="false")
        assert [page.get("totalCount") for page in ask.pages(pageSize=3)] == [7, None, None]
        token = ask.page(pageSize=3)["nextPageToken"]
        assert "totalCount" not in ask.page(pageSize=3, countTotal="true", pageToken=token)
        assert ask.refusal(countTotal="yes") == "Invalid value in parameter `countTotal`: `yes`"

    def test_the_last_page_has_no_token(self, ask: Reader, seven: list[str]) -> None:
        assert "nextPageToken" in ask.page(pageSize=6)
        assert "nextPageToken" not in ask.page(pageSize=7)

    def test_a_token_with_another_query_pages_that_one_at_the_old_offset(
        self, registry: SimulatedRegistry, ask: Reader, seven: list[str]
    ) -> None:
        registry.put(*(trial(n, conditions=("Gout",)) for n in range(11, 16)))
        token = ask.page(query__cond="alcohol use disorder", pageSize=3)["nextPageToken"]
        of_gout = ids(ask.page(query__cond="gout"))
        assert ids(ask.page(query__cond="gout", pageToken=token)) == of_gout[3:]

    def test_a_token_past_the_end_finds_nothing(self, ask: Reader, registry: SimulatedRegistry) -> None:
        registry.put(*(trial(n) for n in range(1, 5)))
        token = ask.page(pageSize=3)["nextPageToken"]
        assert ask.page(pageToken=token, query__cond="gout") == {"studies": []}

    @pytest.mark.parametrize("token", ["garbage", "x", "é", "Zm9v"])
    def test_a_token_that_is_none_is_refused(self, ask: Reader, token: str) -> None:
        assert ask.refusal(pageToken=token) == f"Invalid value in parameter `pageToken`: `{token}`"

    def test_every_study_is_on_a_line_of_its_own(self, ask: Reader, seven: list[str]) -> None:
        text = ask.search(pageSize=2, countTotal="true", fields="NCTId").text
        first, *studies, last = text.split("\n")
        assert first == '{"totalCount":7,"studies":['
        assert [json.loads(line.rstrip(",")).keys() for line in studies] == [{"protocolSection"}] * 2
        assert last.startswith('],"nextPageToken":"')

    @needs_recordings
    def test_an_empty_search_is_the_recorded_body_to_the_letter(self, ask: Reader) -> None:
        wanted = (SHARED / "wire/search_empty_200.body").read_bytes()
        assert ask.search(query__cond="gout", countTotal="true").content == wanted


def _number_of(record: dict[str, Any]) -> str:
    return str(record["protocolSection"]["identificationModule"]["nctId"])


class TestOrder:
    @pytest.fixture
    def dated(self, registry: SimulatedRegistry) -> None:
        for number, (posted, updated, count) in enumerate(
            [("2020-05-01", "2021-01-01", 30), ("2019-02-01", "2024-01-01", 8), ("2020-05-01", "2022-01-01", 100)],
            start=1,
        ):
            record = trial(
                number,
                studyFirstPostDateStruct={"date": posted},
                lastUpdatePostDateStruct={"date": updated},
            )
            record["protocolSection"]["designModule"] = {"enrollmentInfo": {"count": count}}
            registry.put(record)
        registry.put(trial(4))

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            ("StudyFirstPostDate:asc,LastUpdatePostDate:asc", [2, 1, 3, 4]),
            ("StudyFirstPostDate|LastUpdatePostDate:asc", [1, 3, 2, 4]),
            ("LastUpdatePostDate", [2, 3, 1, 4]),
            ("LastUpdatePostDate:asc", [1, 3, 2, 4]),
            ("EnrollmentCount", [2, 1, 3, 4]),
            ("EnrollmentCount:desc", [3, 1, 2, 4]),
        ],
    )
    @pytest.mark.usefixtures("dated")
    def test_it_sorts_by_dates_and_numbers_with_the_missing_last(
        self, ask: Reader, sort: str, order: list[int]
    ) -> None:
        assert ids(ask.page(sort=sort)) == [name(number) for number in order]

    def test_relevance_has_two_directions(self, ask: Reader, seven: list[str]) -> None:
        best_first = ids(ask.page(sort="@relevance"))
        assert ids(ask.page(sort="@relevance:asc")) == best_first[::-1]

    def test_without_sort_the_order_is_any_but_stays(self, ask: Reader, seven: list[str]) -> None:
        order = ids(ask.page())
        assert order != seven
        assert sorted(order) == seven
        assert ids(ask.page()) == order

    @pytest.mark.parametrize(
        ("sort", "said"),
        [
            ("StartDate,CompletionDate,EnrollmentCount", "Parameter `sort` has more than 2 items"),
            ("StartDate,EnrollmentCount:down", "Item 2 in parameter `sort` has incorrect format"),
            ("BriefTitle", "Invalid value in parameter `sort`: `BriefTitle`"),
        ],
    )
    def test_any_other_sort_is_refused(self, ask: Reader, sort: str, said: str) -> None:
        assert ask.refusal(sort=sort) == said


class TestFields:
    def test_whole_sections_come_as_they_are(self, registry: SimulatedRegistry, ask: Reader) -> None:
        record = {**trial(1), "resultsSection": {"moreInfoModule": {"a": 1}}, "documentSection": {"b": 2}}
        registry.put(record)
        page = ask.page(fields="ProtocolSection|DerivedSection|HasResults")
        assert page["studies"] == [trial(1)]
        assert ask.page()["studies"] == [record]

    def test_single_pieces_come_alone_and_a_date_without_its_type(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(trial(1, startDateStruct={"date": "2024-01", "type": "ESTIMATED"}))
        study = ask.page(fields="NCTId,StartDate,InterventionName")["studies"][0]
        assert study == {
            "protocolSection": {
                "identificationModule": {"nctId": name(1)},
                "statusModule": {"startDateStruct": {"date": "2024-01"}},
                "armsInterventionsModule": {"interventions": [{"name": "Ketamine"}]},
            }
        }

    def test_a_module_comes_whole_with_the_dates_type(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(trial(1, startDateStruct={"date": "2024-01", "type": "ESTIMATED"}))
        study = ask.get(f"{STUDIES}/{name(1)}", fields="StatusModule").json()
        assert study["protocolSection"].keys() == {"statusModule"}
        assert study["protocolSection"]["statusModule"]["startDateStruct"]["type"] == "ESTIMATED"

    def test_what_a_record_does_not_have_is_left_out(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(trial(1, interventions=()))
        assert ask.page(fields="InterventionName|ResultsSection|IPDSharingStatementModule")["studies"] == [{}]
        registry.edit(name(1), lambda record: record.update(protocolSection="withheld"))
        assert ask.page(fields="NCTId|HasResults")["studies"] == [{"hasResults": False}]

    @pytest.mark.parametrize(("fields", "named"), [("NCTId|StudyDesign", "StudyDesign"), ("", "")])
    def test_a_name_that_is_no_piece_is_refused(
        self, registry: SimulatedRegistry, ask: Reader, fields: str, named: str
    ) -> None:
        assert ask.refusal(fields=fields) == f"Parameter 'fields' contains invalid field name: '{named}'"
        assert ask.get(f"{STUDIES}/{name(1)}", fields=fields).status_code == 400


class TestParameters:
    def test_an_unknown_one_is_refused(self, ask: Reader) -> None:
        assert ask.refusal(foo="1") == "`foo` is unknown parameter"
        assert ask.get(f"{STUDIES}/NCT00000001", pageSize="1").text == "`pageSize` is unknown parameter"

    @pytest.mark.parametrize("wrong", ["format", "markupFormat"])
    def test_a_format_that_does_not_exist_is_refused(self, ask: Reader, wrong: str) -> None:
        assert ask.refusal(**{wrong: "xml"}) == f"Invalid value in parameter `{wrong}`: `xml`"
        assert ask.search(format="json", markupFormat="markdown").status_code == 200

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("filter.geo", "distance(39,-77,50mi)"),
            ("postFilter.synonyms", "ConditionSearch:1"),
            ("aggFilters", "results:with"),
            ("geoDecay", "func:exp"),
            ("format", "csv"),
            ("markupFormat", "legacy"),
            ("query.cond", "EXPANSION[None]pain"),
            ("query.term", "lung MISSING"),
        ],
    )
    def test_what_only_the_real_one_can_do_is_never_silently_ignored(
        self, ask: Reader, parameter: str, value: str
    ) -> None:
        answer = ask.get(STUDIES, **{parameter: value})
        assert answer.status_code == 501
        assert "simulated registry does not know" in answer.text

    def test_an_empty_query_or_filter_asks_for_everything(self, ask: Reader, seven: list[str]) -> None:
        assert ask.found(query__cond=" ", filter__ids="", filter__advanced="") == set(seven)

    def test_an_address_longer_than_8_kilobytes_is_refused(self, registry: SimulatedRegistry, ask: Reader) -> None:
        assert ask.search(query__cond="x" * 8000).status_code == 200
        too_long = ask.search(query__cond="x" * 8200)
        assert too_long.status_code == 414
        assert "html" in too_long.headers["content-type"]
        assert registry.requests[-1].status == 414


class TestIds:
    def test_they_may_be_separated_by_commas_or_bars(self, ask: Reader, seven: list[str]) -> None:
        assert ask.found(filter__ids=f"{name(1)},{name(2)}|{name(3)}") == names(1, 2, 3)
        assert ask.found(postFilter__ids="nct1,Nct0002") == names(1, 2)

    @needs_recordings
    def test_an_unknown_one_is_left_out_with_the_recorded_body(self, ask: Reader, seven: list[str]) -> None:
        assert ask.found(filter__ids=f"{name(1)},NCT99999999") == names(1)
        wanted = (SHARED / "wire/filter_ids_unknown_200.body").read_bytes()
        assert ask.search(filter__ids="NCT99999999").content == wanted

    @pytest.mark.parametrize(("text", "item"), [("NCT1,NCT0", 2), ("NCT123456789", 1), ("NCT1||NCT2", 2)])
    def test_a_misshapen_one_is_refused_by_its_place(self, ask: Reader, text: str, item: int) -> None:
        assert ask.refusal(filter__ids=text) == f"Item {item} in parameter `filter.ids` has incorrect format"

    def test_an_alias_finds_the_survivor(self, registry: SimulatedRegistry, ask: Reader, seven: list[str]) -> None:
        registry.merge(name(1), name(2))
        assert ask.found(filter__ids=name(1)) == names(2)

    def test_a_query_of_nothing_but_numbers_makes_the_registry_ignore_filters(
        self, ask: Reader, seven: list[str]
    ) -> None:
        found = ask.found(
            query__term="NCT00000001, nct00000002", filter__ids=name(7), filter__overallStatus="COMPLETED"
        )
        assert found == names(1, 2)

    def test_they_narrow_a_query(self, ask: Reader, registry: SimulatedRegistry, seven: list[str]) -> None:
        registry.put(trial(9, conditions=("Gout",)))
        assert ask.found(query__cond="gout", filter__ids=f"{name(1)},{name(9)}") == names(9)


class TestFilters:
    def test_by_status(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(trial(1), trial(2, overallStatus="COMPLETED"), trial(3, overallStatus="UNKNOWN"))
        assert ask.found(filter__overallStatus="COMPLETED|UNKNOWN") == names(2, 3)
        assert ask.found(postFilter__overallStatus="RECRUITING") == names(1)
        assert ask.refusal(filter__overallStatus="X") == "Invalid value in parameter `overallStatus`: `X`"

    @pytest.mark.parametrize(
        ("expression", "found"),
        [
            ("AREA[LastUpdatePostDate]RANGE[2024-02-01,2024-02-29]", {2}),
            ("AREA[LastUpdatePostDate]RANGE[2024-02,MAX]", {2, 3}),
            ("AREA[LastUpdatePostDate]RANGE[MIN, 2024-02]", {1, 2}),
            ("AREA[LastUpdatePostDate]RANGE[02/01/2024,2/15/2024]", {2}),
            ("AREA[LastUpdatePostDate]RANGE[MIN,MAX]", {1, 2, 3}),
            ("AREA[LastUpdatePostDate]RANGE[2023,2023]", {1}),
            ("AREA[StartDate]RANGE[2025-03-01,2025-03-31]", {1}),
            ("AREA[StartDate]2025", {1}),
            ("NOT AREA[StartDate]2025", {2, 3, 4}),
            ("AREA[EnrollmentCount]RANGE[10,MAX]", {1}),
            ("AREA[EnrollmentCount]RANGE[MIN,9.5]", {2}),
            ("AREA[OverallStatus](COMPLETED OR NOT_YET_RECRUITING)", {2, 3}),
            ("AREA[HasResults]false AND AREA[StartDate]RANGE[MIN,MAX]", {1}),
            ("AREA[ConditionSearch]alcoholism", {1, 2, 3}),
            ('AREA[ConditionMeshTerm]"gouty arthritis"', {4}),
            ("gouty arthritis", {4}),
        ],
    )
    def test_by_an_expression_over_areas_and_ranges(
        self, registry: SimulatedRegistry, ask: Reader, expression: str, found: set[int]
    ) -> None:
        first = trial(1, lastUpdatePostDateStruct={"date": "2023-12-31"}, startDateStruct={"date": "2025-03"})
        first["protocolSection"]["designModule"] = {"enrollmentInfo": {"count": 10}}
        second = trial(2, lastUpdatePostDateStruct={"date": "2024-02-15"}, overallStatus="COMPLETED")
        second["protocolSection"]["designModule"] = {"enrollmentInfo": {"count": 9}}
        third = trial(3, lastUpdatePostDateStruct={"date": "2025-01-01"}, overallStatus="NOT_YET_RECRUITING")
        registry.put(first, second, third)
        registry.put(
            {
                "protocolSection": {"identificationModule": {"nctId": name(4)}},
                "derivedSection": {"conditionBrowseModule": {"meshes": [{"term": "Gouty Arthritis"}]}},
            }
        )
        assert ask.found(filter__advanced=expression) == names(*found)
        assert ask.found(query__term=expression) == names(*found)

    @pytest.mark.parametrize(
        ("expression", "said"),
        [
            ("AREA[X]y", "Unknown area name: 'X'"),
            ("AREA[StartDate]RANGE[soon,MAX]", "Invalid date: 'soon'"),
            ("AREA[EnrollmentCount]RANGE[few,MAX]", "Invalid number: 'few'"),
            ("AREA[BriefTitle]RANGE[a,b]", "RANGE is not applicable to area 'BriefTitle'"),
        ],
    )
    def test_an_expression_that_means_nothing_is_refused(self, ask: Reader, expression: str, said: str) -> None:
        assert ask.refusal(filter__advanced=expression) == f"Error parsing query in advanced filter: {said}"


class TestQueryLanguage:
    @pytest.fixture(autouse=True)
    def _trials(self, registry: SimulatedRegistry) -> None:
        registry.put(
            trial(1, conditions=("Lung Cancer", "Pain")),
            trial(2, conditions=("Head and Neck Cancer",)),
            trial(3, conditions=("Cancer of the Lung", "Back pain")),
            trial(4, conditions=('The "big" one',)),
        )

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("lung cancer", {1}),
            ("LUNG cancers", {1}),
            ("lung AND cancer", {1, 3}),
            ("lung, cancer", {1, 3}),
            ("pain OR head AND lung", {1, 3}),
            ("(pain OR head) AND cancer", {1, 2, 3}),
            ("cancer NOT lung", {2}),
            ("cancer AND NOT (back pain)", {1, 2}),
            ("NOT cancer", {4}),
            ("lung (pain)", {1, 3}),
            ("head and neck", {2}),
            ("lung or head", set()),
            ('"lung cancer" OR "back pain"', {1, 3}),
            (r'"the \"big\" one"', {4}),
            ('"OR"', set()),
            ("pain lung", set()),
            ("--", set()),
            ("can", set()),
            ("ALL-cause pain", set()),
        ],
    )
    def test_operators_parentheses_quotations_and_concepts(self, ask: Reader, query: str, found: set[int]) -> None:
        assert ask.found(query__cond=query) == names(*found)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("(lung", "missing ')' at '<EOF>'"),
            ("lung)", "extraneous input ')' expecting <EOF>"),
            ("lung [x]", "mismatched input '[' expecting <EOF>"),
            ('lung "cancer', "mismatched input '\"' expecting <EOF>"),
            ("lung OR", "no viable alternative at input '<EOF>'"),
            ("AND lung", "no viable alternative at input 'AND'"),
            ("()", "no viable alternative at input ')'"),
        ],
    )
    def test_what_it_cannot_parse_is_refused(self, ask: Reader, query: str, said: str) -> None:
        assert ask.refusal(query__cond=query) == f"Error parsing query in Conditions or disease: {said}"

    @pytest.mark.parametrize(
        ("parameter", "called"),
        [
            ("query.cond", "Conditions or disease"),
            ("query.intr", "Intervention / treatment"),
            ("query.term", "Other terms"),
        ],
    )
    def test_twelve_alternatives_pass_and_more_are_too_complicated(
        self, ask: Reader, parameter: str, called: str
    ) -> None:
        words = [f"word{i}" for i in range(12)]
        assert ask.get(STUDIES, **{parameter: " OR ".join(words)}).status_code == 200
        answer = ask.get(STUDIES, **{parameter: " OR ".join([*words, "more"])})
        assert answer.status_code == 400
        assert answer.text == f"Error parsing query in {called}: Too complicated query"


class TestWhereItLooks:
    @pytest.mark.parametrize(
        ("area", "path", "text"),
        [
            ("cond", "protocolSection.conditionsModule.conditions", ["Gout"]),
            ("cond", "protocolSection.conditionsModule.keywords", ["gout"]),
            ("cond", "protocolSection.identificationModule.officialTitle", "On gout"),
            ("cond", "derivedSection.conditionBrowseModule.meshes", [{"id": "D1", "term": "Gout"}]),
            ("cond", "derivedSection.conditionBrowseModule.ancestors", [{"id": "D1", "term": "Gout"}]),
            ("intr", "protocolSection.armsInterventionsModule.interventions", [{"name": "Gout"}]),
            ("intr", "protocolSection.armsInterventionsModule.interventions", [{"otherNames": ["a", "gout"]}]),
            ("intr", "protocolSection.armsInterventionsModule.interventions", [{"description": "for gout."}]),
            ("intr", "protocolSection.armsInterventionsModule.armGroups", [{"label": "Gout arm"}]),
            ("intr", "protocolSection.identificationModule.briefTitle", "Gout's end"),
            ("intr", "protocolSection.conditionsModule.keywords", ["gout"]),
            ("intr", "derivedSection.interventionBrowseModule.meshes", [{"id": "D1", "term": "Gout"}]),
            ("intr", "derivedSection.interventionBrowseModule.ancestors", [{"id": "D1", "term": "Gout"}]),
            ("term", "protocolSection.eligibilityModule.eligibilityCriteria", "No gout"),
            ("titles", "protocolSection.identificationModule.acronym", "GOUT"),
            ("outc", "protocolSection.outcomesModule.primaryOutcomes", [{"measure": "Gout flares"}]),
            ("spons", "protocolSection.sponsorCollaboratorsModule.collaborators", [{"name": "Gout Society"}]),
            ("lead", "protocolSection.sponsorCollaboratorsModule.leadSponsor.name", "Gout Society"),
            ("locn", "protocolSection.contactsLocationsModule.locations", [{"city": "Gout"}]),
            ("id", "protocolSection.identificationModule.orgStudyIdInfo.id", "GOUT"),
            ("patient", "protocolSection.descriptionModule.briefSummary", "About gout"),
        ],
    )
    def test_each_query_looks_in_its_area(
        self, registry: SimulatedRegistry, ask: Reader, area: str, path: str, text: object
    ) -> None:
        registry.put(trial(1), trial(2))
        registry.edit(name(2), lambda record: _set(record, path, text))
        assert ask.found(**{f"query.{area}": "gout"}) == names(2)

    def test_a_condition_is_not_an_intervention_and_neither_is_eligibility(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(trial(1))
        registry.edit(
            name(1), lambda record: _set(record, "protocolSection.eligibilityModule.eligibilityCriteria", "gout")
        )
        assert ask.found(query__intr="alcohol use disorder") == set()
        assert ask.found(query__cond="ketamine") == set()
        assert ask.found(query__cond="gout") == ask.found(query__intr="gout") == set()

    def test_two_queries_must_both_be_met(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(trial(1), trial(2, conditions=("Gout",)), trial(3, interventions=("Aspirin",)))
        assert ask.found(query__intr="ketamine", query__cond="alcohol use disorder") == names(1)

    def test_a_phrase_does_not_reach_from_one_text_into_the_next(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(trial(1, conditions=("Lung", "Cancer")))
        assert ask.found(query__cond="lung cancer") == set()


def _set(record: dict[str, Any], path: str, value: object) -> None:
    *branches, leaf = path.split(".")
    for key in branches:
        record = record.setdefault(key, {})
    record[leaf] = value


class TestSynonyms:
    @pytest.mark.parametrize(
        ("asked", "registered"),
        [
            ("ketamine", "Ketalar"),
            ("ketamine", "Ketamine Hydrochloride 50 MG/ML"),
            ("ketamine", "CI-581"),
            ("ketalar", "ketamine"),
            ("esketamine", "Spravato"),
            ("esketamine", "S-Ketamine"),
            ("arketamine", "R-ketamine"),
            ("CI-581a", "CI-581-a"),
            ("CI-581a", "CI-581a/b (masked)"),
        ],
    )
    def test_of_drugs(self, registry: SimulatedRegistry, ask: Reader, asked: str, registered: str) -> None:
        registry.put(trial(1, interventions=(registered,)))
        assert ask.found(query__intr=asked) == names(1)

    @pytest.mark.parametrize("code", ["CI-581a", "CI-581aa", "CI-581b", "CI-581-a", "MORE+KAP"])
    def test_the_codes_that_hide_ketamine_are_found_only_when_named(
        self, registry: SimulatedRegistry, ask: Reader, code: str
    ) -> None:
        registry.put(trial(1, interventions=(code,)))
        assert ask.found(query__intr="ketamine") == ask.found(query__intr="CI-581") == set()
        assert ask.found(query__intr=f'"{code}"') == names(1)

    @pytest.mark.parametrize(
        ("asked", "registered"),
        [
            ("alcohol use disorder", "Alcohol Dependence"),
            ("alcohol use disorder", "Alcoholism"),
            ("alcohol use disorder", "Alcohol Use Disorder, Severe"),
            ("alcohol use disorder", "Alcohol Drinking"),
            ("cannabis use disorder", "Marijuana Abuse"),
            ("cannabis use disorder", "Cannabis Dependence (2016-10 snapshot)"),
            ("cocaine use disorder", "Cocaine-Related Disorders"),
            ("opioid use disorder", "Heroin Dependence"),
            ("methamphetamine use disorder", "Amphetamine-Related Disorders"),
            ("tobacco use disorder", "Smoking Cessation"),
            ("sedative use disorder", "Benzodiazepine Dependence"),
            ("substance use disorder", "Drug Addiction"),
            ("heroin dependence", "Opioid-use disorder"),
        ],
    )
    def test_of_disorders(self, registry: SimulatedRegistry, ask: Reader, asked: str, registered: str) -> None:
        registry.put(trial(1, conditions=(registered,)), trial(2, conditions=("Gout",)))
        assert ask.found(query__cond=asked) == names(1)

    def test_quoted_words_are_taken_as_they_stand(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(trial(1, interventions=("Ketalar",)))
        assert ask.found(query__intr='"ketamine"') == set()

    def test_the_vocabulary_can_be_another(self) -> None:
        assert "ketamine" in DEFAULT_SYNONYMS
        with SimulatedRegistry([trial(1, conditions=("Podagra",))], synonyms={"gout": ["podagra"]}) as registry:
            reader = Reader(registry)
            assert reader.found(query__cond="gout") == names(1)
            assert reader.found(query__intr="ketalar") == set()
            reader.http.close()


class TestOneStudy:
    def test_it_comes_whole_and_its_number_may_be_written_anyhow(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(trial(1))
        for number in ("NCT00000001", "nct00000001", "Nct1"):
            assert ask.get(f"{STUDIES}/{number}").json() == trial(1)

    def test_an_unknown_one_is_404_with_a_sentence(self, ask: Reader) -> None:
        answer = ask.get(f"{STUDIES}/NCT99999999")
        assert (answer.status_code, answer.text) == (404, "NCT number NCT99999999 not found")
        assert answer.headers["content-type"] == "text/plain"

    @needs_recordings
    def test_the_sentence_is_the_recorded_one_to_the_letter(self, ask: Reader) -> None:
        wanted = (SHARED / "wire/study_404.body").read_bytes()
        assert ask.get(f"{STUDIES}/NCT99999999").content == wanted

    def test_a_merged_one_is_301_to_the_survivor_without_the_query(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(trial(1), trial(2), trial(3))
        registry.merge(name(1), name(2))
        registry.merge(name(2), name(3))
        for old in (1, 2):
            answer = ask.get(f"{STUDIES}/{name(old)}", fields="NCTId")
            assert (answer.status_code, answer.content) == (301, b"")
            assert answer.headers["location"] == f"{STUDIES}/{name(3)}"
        identification = ask.get(f"{STUDIES}/{name(3)}").json()["protocolSection"]["identificationModule"]
        assert identification["nctIdAliases"] == [name(2), name(1)]

    def test_a_misshapen_number_is_refused(self, ask: Reader) -> None:
        answer = ask.get(f"{STUDIES}/NCT-1")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain")

    @pytest.mark.parametrize(
        "path", ["/", "/api/v2/study/NCT00000001", f"{STUDIES}/NCT00000001/", "/api/v1/version"]
    )
    def test_a_mistyped_path_is_404_with_nothing(
        self, registry: SimulatedRegistry, ask: Reader, path: str
    ) -> None:
        registry.put(trial(1))
        answer = ask.get(path)
        assert (answer.status_code, answer.content) == (404, b"")


class TestWhatItHolds:
    def test_records_are_kept_apart_from_those_given(self, registry: SimulatedRegistry, ask: Reader) -> None:
        given = trial(1)
        registry.put(given)
        given["hasResults"] = True
        assert ask.page()["studies"] == [trial(1)]

    def test_put_replaces_and_searches_see_it(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put(trial(1))
        assert ask.found(query__cond="gout") == set()
        registry.put(trial(1, conditions=("Gout",)))
        assert ask.found(query__cond="gout") == names(1)

    def test_edit_changes_the_stored_record_and_searches_see_it(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(trial(1))
        assert ask.found(query__cond="gout") == set()
        registry.edit("nct1", lambda record: _set(record, "protocolSection.conditionsModule.conditions", ["Gout"]))
        assert ask.found(query__cond="gout") == names(1)

    def test_what_is_removed_is_gone(self, registry: SimulatedRegistry, ask: Reader, seven: list[str]) -> None:
        registry.remove(name(1), name(2))
        assert ask.get(f"{STUDIES}/{name(1)}").text == f"NCT number {name(1)} not found"
        assert ask.found() == names(3, 4, 5, 6, 7)

    def test_what_is_hidden_is_found_only_by_number(
        self, registry: SimulatedRegistry, ask: Reader, seven: list[str]
    ) -> None:
        registry.hide(name(1))
        assert name(1) not in ask.found(query__cond="alcohol use disorder")
        assert ask.page(filter__ids=name(1), countTotal="true")["totalCount"] == 1
        assert ask.get(f"{STUDIES}/{name(1)}").status_code == 200
        registry.reveal(name(1))
        assert name(1) in ask.found(query__cond="alcohol use disorder")

    def test_nobody_can_change_what_is_not_held(self, registry: SimulatedRegistry) -> None:
        with pytest.raises(KeyError):
            registry.remove(name(1))
        with pytest.raises(KeyError):
            registry.edit(name(1), lambda record: None)
        with pytest.raises(KeyError):
            registry.merge(name(2), name(1))

    def test_a_merged_trial_need_not_have_been_held(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.put({"protocolSection": {"identificationModule": {"nctId": name(2)}}})
        registry.merge(name(1), name(2))
        assert ask.get(f"{STUDIES}/{name(1)}").status_code == 301

    @pytest.mark.parametrize(
        "odd",
        [
            {},
            {"protocolSection": {}},
            {"protocolSection": None, "derivedSection": None},
            {"protocolSection": {"identificationModule": {"nctId": 7}, "statusModule": []}},
            {"derivedSection": {"miscInfoModule": "odd"}},
        ],
    )
    def test_records_with_missing_or_odd_pieces_harm_nothing(
        self, registry: SimulatedRegistry, ask: Reader, odd: dict[str, Any]
    ) -> None:
        registry.put(trial(1), odd)
        registry.night()
        assert ask.found(query__cond="alcoholism", sort="StartDate,EnrollmentCount") == names(1)
        assert len(ask.page(sort="StartDate", query__term="NOT gout")["studies"]) == 2


class TestNights:
    def test_the_data_version_moves_to_the_next_weekday(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.night()  # from a Friday
        assert ask.get(VERSION).json()["dataTimestamp"] == "2026-09-14T09:00:04"
        registry.night()
        assert registry.data_version == "2026-09-15T09:00:04"

    def test_every_record_says_the_new_version_and_nothing_else_changes(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        bare = {"protocolSection": {"identificationModule": {"nctId": name(2)}}}
        registry.put(trial(1), bare)
        registry.night("2026-10-01T09:00:00")
        assert registry.data_version == "2026-10-01T09:00:00"
        misc = {"miscInfoModule": {"versionHolder": "2026-10-01"}}
        assert ask.get(f"{STUDIES}/{name(1)}").json() == {**trial(1), "derivedSection": misc}
        assert ask.get(f"{STUDIES}/{name(2)}").json() == {**bare, "derivedSection": misc}


class TestShuffle:
    def test_everything_comes_in_another_order_with_the_same_contents(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.put(*(trial(n, conditions=("a", "b", "c", "d"), title=f"t{n}") for n in range(1, 20)))
        before = ask.page(pageSize=100)["studies"]
        registry.shuffle(7)
        text = ask.search(pageSize=100).text
        after = json.loads(text)["studies"]
        assert [_number_of(study) for study in after] != [_number_of(study) for study in before]
        assert after != before
        assert any(list(study) != ["protocolSection", "derivedSection", "hasResults"] for study in after)
        assert [_with_sorted_lists(study) for study in sorted(after, key=_number_of)] == [
            _with_sorted_lists(study) for study in sorted(before, key=_number_of)
        ]
        assert ask.search(pageSize=100).text == text

    def test_another_seed_gives_another_order_and_the_same_seed_the_same(
        self, registry: SimulatedRegistry, ask: Reader, seven: list[str]
    ) -> None:
        texts = []
        for seed in (1, 2, 1):
            registry.shuffle(seed)
            texts.append(ask.search().text)
        assert texts[0] == texts[2] != texts[1]


def _with_sorted_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_sorted_lists(part) for key, part in value.items()}
    if isinstance(value, list):
        return sorted((_with_sorted_lists(part) for part in value), key=repr)
    return value


class TestTheWire:
    def test_answers_are_compressed_only_for_those_who_accept_it(self, ask: Reader) -> None:
        assert ask.get(VERSION).headers["content-encoding"] == "gzip"
        plain = ask.http.get(VERSION, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.json() == ask.get(VERSION).json()

    def test_one_connection_serves_many_requests(self, registry: SimulatedRegistry) -> None:
        host, port = registry.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            for _ in range(2):
                connection.sendall(f"GET {VERSION} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")

    def test_it_remembers_who_asked_what(self, registry: SimulatedRegistry, ask: Reader) -> None:
        ask.http.get(STUDIES, params={"query.cond": "a b"}, headers={"User-Agent": "me"})
        ask.get("/nowhere")
        first, second = registry.requests
        assert (first.method, first.path, first.params, first.status) == (
            "GET",
            STUDIES,
            {"query.cond": "a b"},
            200,
        )
        assert first.headers["user-agent"] == "me"
        assert (second.path, second.status) == ("/nowhere", 404)

    def test_it_has_an_address_only_once_started_and_then_keeps_it(self) -> None:
        registry = SimulatedRegistry()
        with pytest.raises(RuntimeError, match="once it is started"):
            _ = registry.url
        registry.stop()
        registry.start()
        url = registry.url
        registry.stop()
        assert registry.url == url
        with pytest.raises(httpx.ConnectError):
            httpx.get(url + VERSION)
        with registry:
            assert httpx.get(url + VERSION).status_code == 200

    def test_a_client_that_hangs_up_disturbs_nobody(
        self, registry: SimulatedRegistry, ask: Reader, capfd: pytest.CaptureFixture[str]
    ) -> None:
        registry.put(*(trial(number, title="x" * 100_000) for number in range(1, 100)))
        registry.fail(faults.slow(0.05))
        host, port = registry.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET {STUDIES}?pageSize=99 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert ask.get(VERSION).status_code == 200
        registry.stop()
        assert capfd.readouterr().err == ""

    def test_an_error_of_its_own_is_shown(
        self, registry: SimulatedRegistry, ask: Reader, capfd: pytest.CaptureFixture[str]
    ) -> None:
        registry.put(trial(1))
        registry.edit(name(1), lambda record: record.update(hasResults=object()))
        with pytest.raises(httpx.RemoteProtocolError):
            ask.page()
        registry.stop()
        assert "not JSON serializable" in capfd.readouterr().err


class TestFaults:
    @pytest.mark.parametrize("code", [403, 429, 500, 503])
    def test_a_status_befalls_as_many_requests_as_it_says(
        self, registry: SimulatedRegistry, ask: Reader, code: int
    ) -> None:
        registry.fail(faults.status(code, times=2))
        assert [ask.get(VERSION).status_code for _ in range(3)] == [code, code, 200]
        assert [request.status for request in registry.requests] == [code, code, 200]

    def test_a_status_has_the_body_and_headers_it_is_given(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(
            faults.status(429, retry_after=7, headers={"X-Why": "tired"}),
            faults.status(503, retry_after=datetime(2026, 9, 11, 9, 0, 4, tzinfo=UTC), body="later"),
        )
        first, second = ask.get(VERSION), ask.get(VERSION)
        assert (first.headers["retry-after"], first.headers["x-why"]) == ("7", "tired")
        assert first.text == "Too Many Requests"
        assert second.headers["retry-after"] == "Fri, 11 Sep 2026 09:00:04 GMT"
        assert second.text == "later"

    @pytest.mark.parametrize(
        ("fault", "befallen"),
        [
            (faults.status(500, on="version"), {"version"}),
            (faults.status(500, on="search"), {"search"}),
            (faults.status(500, on="ids"), {"ids"}),
            (faults.status(500, on="study"), {"study"}),
            (faults.status(500, times=None), {"version", "search", "ids", "study", "nowhere"}),
            (faults.status(500, times=0), set()),
        ],
    )
    def test_it_befalls_only_requests_of_its_kind(
        self, registry: SimulatedRegistry, ask: Reader, fault: Fault, befallen: set[str]
    ) -> None:
        registry.put(trial(1))
        registry.fail(fault)
        answers = {
            "nowhere": ask.get("/nowhere"),
            "version": ask.get(VERSION),
            "search": ask.search(query__cond="gout"),
            "ids": ask.search(filter__ids=name(1)),
            "study": ask.get(f"{STUDIES}/{name(1)}"),
        }
        assert {kind for kind, answer in answers.items() if answer.status_code == 500} == befallen

    def test_it_can_wait_for_a_page(self, registry: SimulatedRegistry, ask: Reader, seven: list[str]) -> None:
        registry.fail(faults.status(500, on="search", page=2))
        token = ask.page(pageSize=3)["nextPageToken"]
        assert ask.search(pageSize=3, pageToken="garbage").status_code == 400
        assert ask.search(pageSize=3, pageToken=token).status_code == 500
        assert ask.search(pageSize=3, pageToken=token).status_code == 200

    def test_faults_that_spoil_an_answer_come_one_after_the_other(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.fail(faults.status(500), faults.status(503), faults.status(500))
        assert [ask.get(VERSION).status_code for _ in range(4)] == [500, 503, 500, 200]

    def test_the_same_fault_can_be_queued_twice(self, registry: SimulatedRegistry, ask: Reader) -> None:
        fault = faults.wrong_total(1)
        registry.fail(fault, fault)
        assert [ask.page(countTotal="true")["totalCount"] for _ in range(2)] == [2, 0]

    def test_it_can_be_healed(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.status(500, times=None))
        assert ask.get(VERSION).status_code == 500
        registry.heal()
        assert ask.get(VERSION).status_code == 200

    def test_a_reset_tears_the_connection_down(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.reset())
        with pytest.raises(httpx.ReadError, match="reset"):
            ask.get(VERSION)
        assert registry.requests[-1].status is None
        assert ask.get(VERSION).status_code == 200

    @pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
    def test_an_answer_can_break_off(self, registry: SimulatedRegistry, ask: Reader, share: float) -> None:
        registry.fail(faults.broken_off(share))
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            ask.get(VERSION)
        assert ask.get(VERSION).status_code == 200

    def test_json_can_be_cut_behind_a_right_length(
        self, registry: SimulatedRegistry, ask: Reader, seven: list[str]
    ) -> None:
        whole = ask.search().content
        registry.fail(faults.cut_json(0.7))
        cut = ask.search()
        assert cut.status_code == 200
        assert cut.content == whole[: int(len(whole) * 0.7)]

    def test_an_answer_can_be_late(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.slow(0.5), faults.slow(0.5), faults.status(503))
        with pytest.raises(httpx.ReadTimeout):
            ask.http.get(VERSION, timeout=0.05)
        assert ask.get(VERSION).status_code == 200

    @pytest.mark.parametrize("status", [200, 403])
    def test_a_wall_of_html_can_stand_before_it(
        self, registry: SimulatedRegistry, ask: Reader, status: int
    ) -> None:
        registry.fail(faults.html_wall(status=status))
        answer = ask.get(VERSION)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")
        assert answer.text.startswith("<!DOCTYPE html>")

    def test_a_body_can_be_empty(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.empty_body(), faults.empty_404())
        first, second = ask.get(VERSION), ask.get(VERSION)
        assert (first.status_code, first.content, first.headers["content-type"]) == (200, b"", "application/json")
        assert (second.status_code, second.content) == (404, b"")

    def test_a_content_type_can_be_wrong(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.wrong_type())
        answer = ask.get(VERSION)
        assert answer.headers["content-type"] == "text/plain"
        assert answer.json()["apiVersion"] == "2.0.5"


class TestFaultsOfSearches:
    @pytest.fixture(autouse=True)
    def _ten(self, registry: SimulatedRegistry) -> None:
        registry.put(*(trial(number) for number in range(1, 11)))

    def test_a_thin_search_agrees_with_itself_on_all_its_pages(
        self, registry: SimulatedRegistry, ask: Reader
    ) -> None:
        registry.fail(faults.thin(0.6))
        thin = ask.pages(pageSize=4)
        assert [len(page["studies"]) for page in thin] == [4, 2]
        assert thin[0]["totalCount"] == 6
        assert len({number for page in thin for number in ids(page)}) == 6
        assert len(ask.found()) == 10

    def test_a_thin_search_leaves_others_alone(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.thin(0.0))
        token = ask.page(pageSize=5, query__cond="alcoholism").get("nextPageToken")
        assert token is None
        assert len(ask.found(query__intr="ketamine")) == 10
        registry.fail(faults.thin(0.5, on="ids", times=2))
        assert len(ask.found()) == 10
        assert [len(ask.found(filter__ids="NCT1,NCT2")) for _ in range(3)] == [1, 1, 2]

    def test_a_spoilt_answer_does_not_use_up_a_thin_search(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.thin(0.5), faults.cut_json())
        ask.search(pageSize=100)
        assert len(ask.page(pageSize=100)["studies"]) == 5

    def test_a_total_can_be_wrong(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.wrong_total(+3))
        ask.page()  # declares no total, so there is nothing to be wrong
        assert [page.get("totalCount") for page in ask.pages(pageSize=5)] == [13, None]
        assert ask.pages()[0]["totalCount"] == 10

    def test_a_study_can_come_again_in_place_of_another(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.duplicate(after_page=1))
        first, second, third = ask.pages(pageSize=4)
        assert [len(ids(page)) for page in (first, second, third)] == [4, 4, 2]
        assert ids(second)[0] == ids(first)[-1]
        assert len({*ids(first), *ids(second), *ids(third)}) == first["totalCount"] - 1

    def test_a_page_in_the_middle_can_be_empty(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.empty_page(2))
        pages = ask.pages(pageSize=4)
        assert [len(page["studies"]) for page in pages] == [4, 0, 4, 2]
        assert len({page["nextPageToken"] for page in pages[:-1]}) == 3
        assert len({number for page in pages for number in ids(page)}) == 10

    def test_the_last_page_can_be_empty(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.empty_end())
        pages = ask.pages(pageSize=5)
        assert [len(page["studies"]) for page in pages] == [5, 5, 0]
        assert [len(page["studies"]) for page in ask.pages(pageSize=5)] == [5, 5]

    def test_a_token_can_come_again(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.repeated_token(2))
        pages = ask.pages(pageSize=4)
        assert pages[0]["nextPageToken"] == pages[1]["nextPageToken"]
        assert [len(page["studies"]) for page in pages] == [4, 4, 4, 2]

    def test_a_token_can_lead_in_circles_for_ever(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.repeated_token(1, times=None))
        pages = ask.pages(most=4, pageSize=4)
        assert [ids(page) for page in pages] == [ids(pages[0])] * 4

    def test_the_data_version_can_move_between_two_pages(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.moves_after_page(1), faults.moves_after_page(2, "2026-12-24T09:00:00"))
        pages = ask.pages(pageSize=4)
        versions = [
            {study["derivedSection"]["miscInfoModule"]["versionHolder"] for study in page["studies"]}
            for page in pages
        ]
        assert versions == [{"2026-09-11"}, {"2026-09-14"}, {"2026-12-24"}]
        assert ask.get(VERSION).json()["dataTimestamp"] == "2026-12-24T09:00:00"

    def test_several_come_on_top_of_each_other(self, registry: SimulatedRegistry, ask: Reader) -> None:
        registry.fail(faults.thin(0.5), faults.wrong_total(-1), faults.empty_end())
        pages = ask.pages(pageSize=100)
        assert [len(page["studies"]) for page in pages] == [5, 0]
        assert pages[0]["totalCount"] == 4


def test_a_fault_is_data_that_can_be_copied_and_compared() -> None:
    assert faults.status(503, on="search", times=2) == copy.deepcopy(faults.status(503, on="search", times=2))
    assert faults.thin(0.5) != faults.thin(0.6)
