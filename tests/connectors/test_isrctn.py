"""ISRCTN's records: what is read of them, what counts as a change, where a trial stands by the calendar."""

import json
import re
import resource
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import RegistryError
from connectors.http import Answer
from connectors.isrctn import answers
from connectors.isrctn.course import Course
from connectors.isrctn.reading import Reader, Reading
from connectors.isrctn.searches import LONGEST, expressions, of_years
from connectors.isrctn.values import conditions, drugs, people_count
from connectors.isrctn.xml import one_line, tree
from connectors.statuses import status_group
from connectors.trial import Trial, UnreadableError
from tests.isrctnrecords import MORE_KARE, a_record
from warehouse.judge.changes import compare

TODAY = date(2026, 9, 1)
NS = "{http://www.67bricks.com/isrctn}"


def kept(record: str) -> bytes:
    """A record as it lands."""
    return one_line(tree(record.encode()))


def read(today: date = TODAY, **changed: Any) -> Reading:
    return Reader().read(kept(a_record(**changed)), today)


def told(**changed: Any) -> list[tuple[str, str]]:
    """The kind and field of what changes when a usual record is edited so."""
    found = compare(read(), read(**changed, edited="2026-08-02T00:00:00Z"))
    assert {each.cause for each in found} <= {"sponsor"}
    return [(each.kind, each.field) for each in found]


def test_more_kare_is_read_whole() -> None:
    trial = read().trial
    assert (trial.trial_id, trial.url) == (MORE_KARE, f"https://www.isrctn.com/{MORE_KARE}")
    assert (trial.overall_status, trial.study_type, trial.phases) == ("Completed", "INTERVENTIONAL", ["PHASE3"])
    assert (trial.enrollment, trial.enrollment_type) == (280, "ESTIMATED")
    assert (trial.start_date, trial.start_date_type) == ("2024-08-01", None)
    assert (trial.completion_date, trial.completion_date_type) == ("2026-07-31", "ESTIMATED")
    assert trial.expected_end_on == trial.completion_date_latest == date(2026, 7, 31)
    assert [each.condition for each in trial.conditions] == ["Alcohol use disorder", "Relapse"]
    assert [each.name for each in trial.interventions] == ["Ketamine hydrochloride (0.8 mg/kg, slow)", "placebo"]
    assert [(each.identifier_type, each.identifier) for each in trial.identifiers] == [("IRAS", "1008179")]
    assert [(each.outcome_type, each.measure) for each in trial.outcomes] == [
        ("primary", "Heavy drinking days"),
        ("secondary", "Depression"),
        ("secondary", "Quality of life"),
    ]
    assert (trial.minimum_age_years, trial.maximum_age, trial.sex) == (18, None, "ALL")
    assert trial.ipd_sharing_description is None, "'not provided' is no value"
    assert trial.eligibility_criteria == (
        "Inclusion Criteria:\n\n1. Adults\n2. Alcohol use disorder\n\nExclusion Criteria:\n\n1. Psychosis"
    )
    assert trial.brief_summary == "Infusions.\n\nWho is the main contact?\n[name]"
    assert read().flags() == []


# -- where a trial stands --------------------------------------------------------------------------------------

START, END, OVERALL = date(2026, 3, 1), date(2026, 5, 31), date(2026, 8, 31)
USUAL = Course(START, END, OVERALL, None)


@pytest.mark.parametrize(
    ("course", "today", "status", "turns_on"),
    [
        (USUAL, date(2026, 2, 28), "Not yet recruiting", START),
        (USUAL, START, "Recruiting", date(2026, 6, 1)),
        (USUAL, END, "Recruiting", date(2026, 6, 1)),
        (USUAL, date(2026, 6, 1), "No longer recruiting", date(2026, 9, 1)),
        (USUAL, OVERALL, "No longer recruiting", date(2026, 9, 1)),
        (USUAL, date(2026, 9, 1), "Completed", None),
        (Course(START, END, OVERALL, "Suspended"), date(2026, 9, 1), "Suspended", None),
        (Course(START, date(2026, 12, 31), OVERALL, None), date(2026, 9, 1), "Completed", None),
        (Course(None, None, OVERALL, None), OVERALL, "Recruiting", date(2026, 9, 1)),
        (Course(None, None, date.max, None), OVERALL, "Recruiting", None),
        (Course(None, None, None, None), OVERALL, None, None),
    ],
)
def test_the_status_follows_the_calendar(course: Course, today: date, status: str, turns_on: date) -> None:
    assert course.status(today) == status
    assert course.turns_on(today) == turns_on
    assert status_group(status) != "unrecognised"


dates = st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(dates, dates, dates, st.dates(date(2026, 1, 1), date(2026, 3, 1)))
def test_between_two_turns_the_status_stays(
    start: date | None, end: date | None, overall: date | None, today: date
) -> None:
    course = Course(start, end, overall, None)
    turns_on = course.turns_on(today)
    last = turns_on.toordinal() if turns_on else date(2026, 4, 1).toordinal()
    days = [date.fromordinal(each) for each in range(today.toordinal(), last)]
    assert {course.status(each) for each in days} == {course.status(today)}
    assert turns_on is None or course.status(turns_on) != course.status(today)


# -- what is a change ------------------------------------------------------------------------------------------


def shuffled(record: str, draw: st.DataObject) -> bytes:
    """The record with what stands in it in another order, with other blanks and other ids."""
    root = ET.fromstring(record)  # noqa: S314 - our own
    for element in root.iter():
        element[:] = draw.draw(st.permutations(list(element)))
        if element.get("id"):
            element.set("id", element.get("id", "") + "x")
        element.text = f"\t {element.text or ''} \n" if not len(element) else "\n   \t"
        element.tail = "  "
    return kept(ET.tostring(root, encoding="unicode"))


@pytest.mark.slow
@given(st.data())
def test_order_blanks_and_ids_are_no_change(data: st.DataObject) -> None:
    record = a_record(sponsors=[("A", "Charity"), ("B", "Industry")])
    before = Reader().read(kept(record), TODAY)
    after = Reader().read(shuffled(record, data), TODAY)
    assert after.content_hash == before.content_hash
    assert compare(before, after) == []


def test_countries_of_recruitment_are_told_where_no_centre_is() -> None:
    trial = read(centres=[], countries=["Latvia", "Canada"]).trial
    assert [(each.facility, each.country) for each in trial.sites] == [(None, "Canada"), (None, "Latvia")]


def test_stamps_are_no_change() -> None:
    after = read(edited="2026-08-30T10:00:00Z", version="8")
    assert after.content_hash == read().content_hash
    assert compare(read(), after) == []


EDITS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "title": ({"title": "Other"}, [("title_changed", "title")]),
    "official title": ({"scientificTitle": "Other"}, [("title_changed", "official_title")]),
    "acronym": ({"acronym": None}, [("title_changed", "acronym")]),
    "start": ({"recruitmentStart": "2024-09-01"}, [("date_slipped", "start_date")]),
    "earlier end": ({"overallEndDate": "2026-07-01"}, [("date_advanced", "completion_date")]),
    "end of recruitment": ({"recruitmentEnd": "2026-01-31"}, [("record_changed", "participants")]),
    "override": (
        {"overallStatusOverride": "Stopped", "reasonAbandoned": "No money"},
        [("stopped", "overall_status"), ("why_stopped_changed", "why_stopped"), ("record_changed", "trialDesign")],
    ),
    "target": ({"targetEnrolment": "300"}, [("enrollment_changed", "enrollment")]),
    "final count": ({"totalFinalEnrolment": "271"}, [("enrollment_changed", "enrollment")]),
    "primary outcome": ({"primary": ["Relapse"]}, [("outcomes_changed", "trial_outcomes")]),
    "outcomes in one text": ({"secondaryOutcome": "Cost"}, [("outcomes_changed", "trial_outcomes")]),
    "secondary outcome": ({"secondary": ["Depression"]}, [("outcomes_changed", "trial_outcomes")]),
    "drugs": ({"drugNames": "Ketamine"}, [("arms_changed", "trial_interventions")]),
    "dose": ({"intervention": "0.5 mg/kg"}, [("arms_changed", "trial_interventions")]),
    "phase": ({"phase": "Phase II"}, [("record_changed", "interventions")]),
    "criteria": ({"inclusion": "1. Adults"}, [("eligibility_changed", "participants")]),
    "oldest": ({"upperAgeLimit": "65 Years"}, [("eligibility_changed", "participants")]),
    "sponsor": ({"sponsors": [("A University", None)]}, [("sponsor_changed", "trial_sponsors")]),
    "funder": ({"funder": "A Trust"}, [("sponsor_changed", "trial_sponsors")]),
    "centre": ({"centres": [("University of Exeter", "Exeter")]}, [("sites_changed", "trial_sites")]),
    "country": ({"countries": ["England"]}, [("sites_changed", "trial_countries")]),
    "condition": ({"condition": "Alcoholism"}, [("conditions_changed", "trial_conditions")]),
    "disease class": ({"diseaseClass1": "Other"}, [("record_changed", "conditions")]),
    "results": ({"basicReport": "See file"}, [("results_posted", "has_results"), ("record_changed", "results")]),
    "publication": ({"publicationDetails": "2026 Protocol"}, [("publication_added", "trial_publications")]),
    "number": ({"numbers": [("iras", "1")]}, [("record_changed", "externalRefs")]),
    "masking": ({"masking": "Open"}, [("record_changed", "trialDesign")]),
    "hypothesis": ({"studyHypothesis": "Other"}, [("record_changed", "trialDescription")]),
    "summary": ({"plainEnglishSummary": "Other"}, [("record_changed", "plainEnglishSummary")]),
    "contact": ({"surname": "Other"}, [("record_changed", "contacts")]),
    "sharing": ({"ipdSharingPlan": "No"}, [("record_changed", "miscellaneous")]),
    "unheard of": ({"more_trial": "<novelty>1</novelty>"}, [("record_changed", "novelty")]),
}


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_is_a_change_of_its_kind(edit: str) -> None:
    changed, kinds = EDITS[edit]
    assert sorted(told(**changed)) == sorted(kinds)
    assert read(**changed).content_hash != read().content_hash


@pytest.mark.parametrize("hidden", ["summary", "contact", "unheard of"])
def test_what_may_name_people_is_told_without_its_values(hidden: str) -> None:
    (change,) = compare(read(), read(**EDITS[hidden][0]))
    assert (change.old_value, change.new_value) == (None, None)


# -- single values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "count"),
    [
        *(("280", 280), ("1,200", 1200), ("0", None), ("", None), (None, None), ("about 40", None)),
        *(("group a:49;group b:49;", 98), ("Group A: 10; Group B: 5", 15), ("9" * 40, None), ("-5", None)),
    ],
)
def test_how_many_people(written: str | None, count: int | None) -> None:
    assert people_count(written) == count


def test_lists_that_are_texts_are_divided_where_their_parts_end() -> None:
    assert drugs({"drugNames": "A (1 mg, slow); B,\nC"}) == ["A (1 mg, slow)", "B", "C"]
    assert conditions([{"description": "1. Alcohol\n2. Drugs\n\n"}, {"description": "Drugs"}]) == [
        "Alcohol",
        "Drugs",
    ]


@pytest.mark.parametrize(
    ("kind", "written", "found"),
    [
        ("nct", "NCT05057013", ("NCT", "NCT05057013")),
        ("nct", "Nil known", None),
        ("ctis", "2020-005891-36", ("EUDRACT", "2020-005891-36")),
        ("ctis", "CTIS2023-505613-24-00", ("CTIS", "2023-505613-24-00")),
        ("ctis", "N/A", None),
        ("cpms", "49816", ("CPMS", "49816")),
        ("Grant", "THCS2025-404", ("Grant", "THCS2025-404")),
    ],
)
def test_a_number_is_known_by_its_form(kind: str, written: str, found: tuple[str, str] | None) -> None:
    numbers = read(numbers=[(kind, written)]).trial.identifiers
    assert [(each.identifier_type, each.identifier) for each in numbers] == ([found] if found else [])


@pytest.mark.parametrize(
    ("own", "listed", "found"),
    [
        ("CPMS: 49816, CRUKD/22/002", [("cpms", "49816")], ["49816", "CRUKD/22/002"]),
        ("0422.12/2013", [("ctis", "Nil known")], ["0422.12/2013"]),
        ("GA 1, THCS2025-404", [("A council", "THCS2025-404"), ("EU", "GA 1")], ["GA 1", "THCS2025-404"]),
        ("Nil known", [], []),
    ],
)
def test_a_sponsors_number_is_told_once_whether_it_is_listed_or_not(
    own: str, listed: list[tuple[str, str]], found: list[str]
) -> None:
    numbers = read(protocolSerialNumber=own, numbers=listed).trial.identifiers
    assert sorted(each.identifier or "" for each in numbers) == found


def test_what_is_odd_is_flagged_and_kept_as_sent() -> None:
    odd = read(
        recruitmentStatusOverride="Dreaming",
        targetEnrolment="many",
        phase="Phase V",
        upperAgeLimit="old",
        overallEndDate="soon",
        numbers=[("nct", "NCT12")],
    )
    assert odd.trial.overall_status == "Dreaming"
    assert odd.trial.phases == ["Phase V"]
    assert {flag.value for flag in odd.flags()} == {
        "Dreaming",
        "many",
        "Phase V",
        "old",
        "soonT00:00:00.000Z",
        "NCT12",
    }
    lost = read(recruitmentStart=None, recruitmentEnd=None, overallEndDate=None)
    assert [flag.reason for flag in lost.flags()] == ["no date and no word from which a status follows"]


OUTPUTS = """
<output id="1" outputType="protocolfile" dateCreated="2024-08-01T00:00:00.000Z"
dateUploaded="2025-01-06T00:00:00.000Z"><localFile fileId="f1" originalFilename="plan.pdf"/></output>
<output id="2" outputType="resultsarticle"><externalLink url="https://pubmed.ncbi.nlm.nih.gov/12345/"/></output>
"""
FILES = (
    '<attachedFiles><attachedFile downloadUrl="https://x.example/f1"><id>f1</id></attachedFile></attachedFiles>'
)


def test_files_are_documents_and_links_publications() -> None:
    trial = read(
        outputs=OUTPUTS, more_trial=FILES, publicationDetails="2026 Results in https://doi.example/1"
    ).trial
    (document,) = trial.documents
    assert (document.name, document.url, document.has_protocol) == ("plan.pdf", "https://x.example/f1", True)
    assert (document.document_date, document.uploaded_on) == ("2024-08-01", date(2025, 1, 6))
    assert [each.pmid for each in trial.publications] == [None, "12345"]
    assert trial.has_results


def test_a_link_to_what_is_no_publication_is_a_document() -> None:
    outputs = """<output outputType="pis"><externalLink url="https://x.example/pis"/><description>For Vera Invented
    </description></output><output outputType="pis"><externalLink url="See study outputs table"/></output>"""
    trial = read(outputs=outputs).trial
    assert trial.publications == []
    assert [(each.document_type, each.name, each.url) for each in trial.documents] == [
        ("pis", "For [name]", "https://x.example/pis"),
        ("pis", "See study outputs table", None),
    ]


def test_nobody_is_in_what_is_published() -> None:
    asking = "Ask Prof Vera Invented, vera@example.org, or +44 1632 960001."
    shown = Reader().impersonal(kept(a_record(inclusion=asking, studyHypothesis=asking)))
    assert shown is not None
    assert not re.search(r"Invented|vera@|960001", shown.decode())
    assert json.loads(shown)["trial"]["participants"]["targetEnrolment"] == "280"
    trial = read(inclusion=asking, studyHypothesis=asking).trial
    assert not re.search(r"Invented|vera@|960001", f"{trial.eligibility_criteria}{trial.detailed_description}")
    assert Reader().impersonal(b"<p>") is None


# -- what cannot be read -----------------------------------------------------------------------------------------


@given(st.data())
def test_whatever_a_record_holds_it_is_read_or_refused(data: st.DataObject) -> None:
    root = ET.fromstring(a_record(outputs=OUTPUTS, more_trial=FILES))  # noqa: S314 - our own
    parents = [each for each in root.iter() if len(each)]
    for _ in range(data.draw(st.integers(1, 8))):
        parent = data.draw(st.sampled_from(parents))
        if not len(parent):
            continue
        child = data.draw(st.sampled_from(list(parent)))
        match data.draw(st.sampled_from(["twice", "gone", "empty", "text", "elsewhere", "bare"])):
            case "twice":
                parent.append(child)
            case "gone":
                parent.remove(child)
            case "empty":
                child.clear()
            case "text":
                child.text = data.draw(st.sampled_from(["-", "0", "9" * 30, "2026-13-45", "x" * 300]))
            case "elsewhere":
                child.append(ET.Element(f"{NS}novelty", {"kind": "x"}))
            case "bare":
                parent[:], parent.text = [], "only a text"
    try:
        reading = Reader().read(kept(ET.tostring(root, encoding="unicode")), TODAY)
    except UnreadableError:
        return
    assert reading.trial.trial_id == MORE_KARE
    compare(read(), reading)
    reading.flags()
    assert Reader().impersonal(kept(ET.tostring(root, encoding="unicode")))


TRIAL = '<trial publicIdentifierCanonical="{0}"><isrctn>{1}</isrctn></trial>'


@pytest.mark.parametrize(
    ("record", "path", "number"),
    [
        ("<cut", "$", None),
        ('<trial publicIdentifierCanonical="ISRCTN00000001"', "$", "ISRCTN00000001"),
        ("", "trial", None),
        (TRIAL.format("ISRCTN00000001", "00000001") * 2, "trial", None),
        (TRIAL.format("ISRCTN1", "1"), "trial/@publicIdentifierCanonical", None),
        (TRIAL.format("ISRCTN00000001", "00000002"), "trial/@publicIdentifierCanonical", None),
    ],
)
def test_what_is_no_record_says_where_it_fails(record: str, path: str, number: str | None) -> None:
    whole = f'<fullTrial xmlns="http://www.67bricks.com/isrctn">{record}</fullTrial>'
    with pytest.raises(UnreadableError) as refused:
        Reader().read(whole.encode(), TODAY)
    assert (refused.value.path, refused.value.trial_id) == (path, number)


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
ROOT = '<allTrials totalCount="1" xmlns="http://www.67bricks.com/isrctn">'
SPIED = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><allTrials totalCount="1">&b;</allTrials>'
DISGUISED = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>{ROOT}'.encode("utf-16")
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE a [<!ENTITY a0 "ha">{BOMB}]>{ROOT}<fullTrial>&a11;</fullTrial>'.encode(),
    "an outside file": SPIED,
    "another encoding": DISGUISED,
    "without a bottom": f"{ROOT}<fullTrial>{'<a>' * 100_000}".encode(),
    "a monstrous text": f"{ROOT}<fullTrial>{'x' * 30_000_000}</fullTrial></allTrials>".encode(),
    "an unknown entity": f"{ROOT}<fullTrial>&nbsp;</fullTrial></allTrials>".encode(),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_xml_is_refused_in_a_sentence_and_costs_nothing(case: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RegistryError, match="cannot be read"):
        answers.found(Answer(200, {"content-type": "text/xml"}, HOSTILE[case], "https://isrctn.example/q"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kB"


# -- what is asked -----------------------------------------------------------------------------------------------


def test_a_watch_is_one_query_of_phrases_in_fields() -> None:
    (one,) = expressions(["ketamine", 'CI "581" \\'], ["alcohol"], ["relapse"])
    assert one.query == (
        '(intervention:"ketamine" OR title:"ketamine" OR intervention:"CI 581" OR title:"CI 581")'
        ' AND (condition:"alcohol" OR title:"alcohol") AND ("relapse")'
    )
    assert one.name == "ketamine OR CI 581 with alcohol with relapse"
    assert list(expressions(['"'], [])) == [], "what is nothing but quotation marks is not asked"


def test_a_long_watch_is_several_queries_of_which_each_pair_is_in_one() -> None:
    drugs, illnesses = [f"drug number {n}" for n in range(80)], [f"illness number {n}" for n in range(90)]
    asked = list(expressions(drugs, illnesses))
    assert max(len(each.query) for each in asked) < LONGEST
    pairs = [
        (d, i)
        for each in asked
        for d in drugs
        if f'"{d}"' in each.query
        for i in illnesses
        if f'"{i}"' in each.query
    ]
    assert len(pairs) == len(set(pairs)) == 80 * 90


def test_everything_is_asked_for_by_year_with_a_time_of_day() -> None:
    years = [each.query for each in of_years(2002)]
    assert years == [
        "lastEdited LT 2001-01-01T00:00:00",
        "lastEdited GE 2001-01-01T00:00:00 AND lastEdited LT 2002-01-01T00:00:00",
        "lastEdited GE 2002-01-01T00:00:00",
    ]


# -- the real bodies ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bodies(shared: Path) -> list[Path]:
    return sorted((shared / "registry/isrctn").glob("query_default__*.xml"))


def plain_reading(trial: ET.Element) -> Iterator[tuple[str, Any]]:
    """What a record says, read by another hand: a path at a time, as the registry writes it."""

    def at(path: str) -> str | None:
        text = trial.findtext("/".join(f"{NS}{step}" for step in path.split("/")))
        return " ".join(text.split()) if text and text.strip() else None

    yield "trial_id", trial.get("publicIdentifierCanonical")
    yield "title", at("trialDescription/title")
    yield "official_title", at("trialDescription/scientificTitle")
    yield "acronym", at("trialDescription/acronym")
    yield "first_posted_on", trial.get("publicIdentifierDateAssigned", "")[:10]
    yield "last_update_posted_on", trial.get("lastUpdated", "")[:10]
    yield "study_type", (at("trialDesign/primaryStudyDesign") or "").upper()
    yield "allocation", at("trialDesign/interventionalTrialDesign/allocation")
    yield "masking", at("trialDesign/interventionalTrialDesign/masking")
    yield "intervention_model", at("trialDesign/interventionalTrialDesign/assignment")
    yield "start_date", (at("participants/recruitmentStart") or "")[:10]
    yield "completion_date", (at("trialDesign/overallEndDate") or "")[:10]
    final = int(at("participants/totalFinalEnrolment") or 0)
    yield "enrollment", final or int(at("participants/targetEnrolment") or 0)
    yield "enrollment_type", "ACTUAL" if final else "ESTIMATED"
    yield "minimum_age", at("participants/lowerAgeLimit")
    yield "sex", (at("participants/gender") or "").upper()
    yield "ipd_sharing", at("miscellaneous/ipdSharingPlan")
    yield (
        "phases",
        {"Phase III": ["PHASE3"], "Phase I/II": ["PHASE1", "PHASE2"], "Not Applicable": ["NA"]}.get(
            at("interventions/intervention/phase") or ""
        ),
    )
    centres = trial.findall(f"{NS}participants/{NS}trialCentres/{NS}trialCentre")
    yield "sites", [each.findtext(f"{NS}name") for each in centres]
    countries = trial.findall(f"{NS}participants/{NS}recruitmentCountries/{NS}country")
    yield "countries", sorted(each.text or "" for each in countries)
    for kind in ("primary", "secondary"):
        outcomes = trial.findall(f".//{NS}{kind}Outcomes/{NS}outcomeMeasure/{NS}variable")
        in_one_text = at(f"trialDescription/{kind}Outcome")
        measures = [" ".join((each.text or "").split()) for each in outcomes]
        yield kind, measures + ([in_one_text] if in_one_text else [])


def as_plain(trial: Trial, name: str) -> Any:
    match name:
        case "sites":
            return [each.facility for each in trial.sites if each.facility]
        case "countries":
            return [each.country for each in trial.sites if not each.facility]
        case "primary" | "secondary":
            return [each.measure for each in trial.outcomes if each.outcome_type == name]
    value = getattr(trial, name)
    return value.isoformat() if isinstance(value, date) else value


def test_real_bodies_say_what_another_reading_of_them_says(bodies: list[Path]) -> None:
    compared = 0
    for body in bodies:
        found = answers.found(Answer(200, {}, body.read_bytes(), str(body)))
        trials = ET.fromstring(body.read_bytes()).findall(f"{NS}fullTrial/{NS}trial")  # noqa: S314 - real, harmless
        assert len(found.records) == len(trials)
        for (number, record), trial in zip(found.records, trials, strict=True):
            reading = Reader().read(record, date(2026, 11, 26))
            assert number == reading.trial_id
            assert reading.flags() == []
            for name, value in plain_reading(trial):
                assert (as_plain(reading.trial, name) or None) == (value or None), (number, name)
                compared += 1
    assert compared >= 100


def test_real_bodies_bear_their_statuses_and_numbers(bodies: list[Path]) -> None:
    records = [each for body in bodies for each in answers.found(Answer(200, {}, body.read_bytes(), "")).records]
    read = {number: Reader().read(record, date(2026, 10, 15)).trial for number, record in records}
    statuses = {number: trial.overall_status for number, trial in read.items()}
    assert statuses == {
        "ISRCTN15375673": "Recruiting",
        "ISRCTN16025168": "Recruiting",
        "ISRCTN16132141": "Completed",
        "ISRCTN38597726": "Not yet recruiting",
        "ISRCTN41823570": "Recruiting",
        "ISRCTN54285094": "Completed",
        "ISRCTN62918594": "Completed",
    }
    assert [(each.identifier_type, each.identifier) for each in read["ISRCTN62918594"].identifiers] == [
        ("Protocol serial number", "CRUKD/22/002"),
        ("NCT", "NCT05057013"),
        ("EUDRACT", "2020-005891-36"),
        ("IRAS", "298897"),
        ("CPMS", "49816"),
    ]
    assert len(read["ISRCTN62918594"].conditions) >= 10
    assert read["ISRCTN62918594"].has_results
    assert [each.role for each in read["ISRCTN16025168"].sponsors].count("lead") == 1
    assert read["ISRCTN38597726"].reads_otherwise_from == date(2026, 11, 2)


def test_a_real_record_of_the_older_shape_is_read(shared: Path) -> None:
    text = (shared / "registry/isrctn/fragments_older_records.xml").read_text("utf-8")
    (trial,) = re.findall(r"<trial lastUpdated.*?</trial>", text, re.DOTALL)
    reading = Reader().read(kept(f'<fullTrial xmlns="http://www.67bricks.com/isrctn">{trial}</fullTrial>'), TODAY)
    assert reading.trial_id == "ISRCTN14757012"
    assert (reading.trial.enrollment, reading.trial.enrollment_type) == (40, "ACTUAL")
    assert [each.identifier for each in reading.trial.identifiers] == ["0422.12/2013"]
    assert reading.trial.first_posted_on == date(2020, 5, 24)
    assert reading.trial.overall_status == "Completed"
    assert reading.trial.documents == []
