"""CTIS's records: what is read of them, what counts as a change, what its codes and reports mean."""

import copy
import itertools
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ctis import course, values
from connectors.ctis.dates import as_iso
from connectors.ctis.held import NOTHING, held, is_due
from connectors.ctis.reading import Reader, Reading
from connectors.ctis.record import joined, understood
from connectors.statuses import status_group
from connectors.trial import UnreadableError
from tests.ctisrecords import (
    DETAILS,
    INFORMATION,
    KETAMINE_TRIAL,
    PART_ONE,
    a_row,
    a_whole,
    an_event,
    reported,
)
from warehouse.judge.changes import compare

TODAY = date(2026, 6, 1)
STATES = "authorizedApplication__memberStatesConcerned"
A_SITE = "authorizedApplication__authorizedPartsII__0__trialSites__0__"
CONTACT = f"{PART_ONE}sponsors__0__publicContacts__0__functionalName"


def kept(row: Any, whole: Any) -> bytes:
    return joined(json.dumps(row).encode() if row else None, json.dumps(whole).encode() if whole else None)


def read(row: Any = None, whole: Any = None) -> Reading:
    return Reader().read(kept(row or a_row(), whole or a_whole()), TODAY)


def told(row: Any = None, whole: Any = None) -> list[tuple[str, str]]:
    """The kind and field of what changes when a usual record becomes this one, published a day later."""
    row = {**(row or a_row()), "lastPublicationUpdate": "02/06/2026"}
    found = compare(read(), read(row, whole))
    assert {each.cause for each in found} <= {"sponsor"}
    return sorted((each.kind, each.field) for each in found)


def test_a_record_is_read_whole() -> None:
    trial = read().trial
    assert (trial.trial_id, trial.url) == (
        "2025-520001-11",
        "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT=2025-520001-11-00",
    )
    assert (trial.title, trial.acronym) == ("Ketamine for people who drink", "KET-AUD")
    assert trial.official_title == "Ketamine in alcohol use disorder: a randomised trial"
    assert (trial.overall_status, trial.study_type, trial.phases) == (
        "Ongoing, recruiting",
        "INTERVENTIONAL",
        ["PHASE2"],
    )
    assert (trial.enrollment, trial.enrollment_type) == (120, "ESTIMATED")
    assert (trial.start_date, trial.start_date_type) == ("2026-01-12", "ACTUAL")
    assert (trial.completion_date, trial.completion_date_type) == ("2026-10-31", "ESTIMATED")
    assert trial.expected_end_on == date(2026, 10, 31)
    assert (trial.first_posted_on, trial.last_update_posted_on) == (date(2025, 12, 1), date(2026, 1, 13))
    assert (trial.sex, trial.minimum_age, trial.minimum_age_years, trial.maximum_age) == (
        "ALL",
        "18 Years",
        18,
        None,
    )
    assert (trial.healthy_volunteers, trial.has_results) == (False, False)
    assert [each.condition for each in trial.conditions] == ["Alcohol use disorder", "Relapse"]
    assert [(each.name, each.other_names) for each in trial.interventions] == [
        ("Ketanest 25 mg/ml", ["KETAMINE"]),
        ("Midazolam", None),
    ]
    assert [each.description for each in trial.interventions] == [
        "Test; solution for infusion; intravenous use; at most 0.8 mg/kg a day; at most 2.4 mg/kg in all",
        "Comparator",
    ]
    assert [(each.outcome_type, each.measure) for each in trial.outcomes] == [
        ("primary", "Heavy drinking days"),
        ("secondary", "Depression"),
        ("secondary", "Quality of life"),
    ]
    assert [(each.facility, each.city, each.country, each.site_status) for each in trial.sites] == [
        ("Hospital of Lyon", "Lyon", "France", None),
        ("Hospital of Turin", "Turin", "Italy", None),
        (None, None, "France", "Ongoing, recruiting"),
        (None, None, "Italy", "Ongoing, recruiting"),
    ]
    assert [(each.name, each.role) for each in trial.sponsors] == [
        ("University Hospital, of the Coast", "lead"),
        ("A Foundation", "collaborator"),
    ]
    assert [(each.identifier_type, each.identifier) for each in trial.identifiers] == [
        ("CTIS", KETAMINE_TRIAL),
        ("NCT", "NCT09999999"),
        ("EUDRACT", "2021-001234-56"),
        ("DRKS", "DRKS00000001"),
    ]
    assert [each.pmid for each in trial.publications] == ["31234567"]
    assert trial.eligibility_criteria == (
        "Inclusion Criteria:\n\nAdults\n\nAlcohol use disorder\n\nExclusion Criteria:\n\nPsychosis"
    )
    assert trial.brief_summary == "Whether ketamine lowers drinking; ask [name]."
    assert [(each.name, each.has_protocol, each.has_icf) for each in trial.documents] == [
        ("D1 Protocol", True, False),
        ("L1 ICF by [name]", False, True),
    ]
    assert read().flags() == []


def test_a_row_alone_and_a_whole_record_alone_are_read_too() -> None:
    row = Reader().read(kept(a_row(), None), TODAY)
    assert [each.name for each in row.trial.interventions] == ["KETAMINE"]
    assert [each.name for each in row.trial.sponsors] == ["University Hospital, of the Coast"]
    assert [flag.path for flag in row.flags()] == ["retrieved"]
    whole = Reader().read(kept(None, a_whole()), TODAY)
    assert (whole.trial.overall_status, whole.trial.enrollment) == ("Ongoing, recruiting", 120)
    assert (whole.trial.sex, whole.trial.minimum_age, whole.trial.phases) == ("ALL", "18 Years", ["PHASE2"])
    assert compare(read(), whole) == []


def test_what_a_row_could_not_tell_is_learned_and_nobodys_doing() -> None:
    """A number that is not known on a trial's first night is known later: only what both tell can have changed."""
    row = Reader().read(kept(a_row(), None), TODAY)
    learned = compare(row, read())
    assert {"outcomes_changed", "arms_changed", "sites_changed", "eligibility_changed"} <= {
        each.kind for each in learned
    }
    assert {each.cause for each in learned} == {"normaliser"}
    moved: dict[str, Any] = {"trialCountries": ["France:5"], "ctStatus": 5, "startDateEU": "13/01/2026"}
    real = [each.field for each in compare(row, read(a_row(**moved))) if each.cause != "normaliser"]
    assert sorted(real) == ["overall_status", "start_date", "trial_countries"]
    early = [reported(name, EARLY) for name in ("France", "Italy")]
    ended = Reader().read(kept(a_row(ctStatus=8, endDateEU="20/05/2026"), None), TODAY)
    how = read(a_row(ctStatus=8, endDateEU="20/05/2026"), a_whole(code=8, events__trialEvents=early))
    assert {each.cause for each in compare(ended, how)} == {"normaliser"}
    assert {each.cause for each in compare(row, Reader().read(kept(a_row(ctTitle="B"), None), TODAY))} == {
        "registry"
    }


# -- where a trial stands --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status", "group"),
    [
        (1, "Under evaluation", "planned"),
        (2, "Authorised, recruitment pending", "planned"),
        (3, "Authorised, recruiting", "recruiting"),
        (4, "Ongoing, recruiting", "recruiting"),
        ("5", "Ongoing, recruitment ended", "active"),
        (6, "Temporarily halted", "stopped"),
        (7, "Suspended", "stopped"),
        (8, "Ended", "completed"),
        (9, "Expired", "stopped"),
        (10, "Revoked", "stopped"),
        (11, "Not authorised", "stopped"),
        (12, "Cancelled", "stopped"),
        (13, "13", "unrecognised"),
        ("Paused", "Paused", "unrecognised"),
    ],
)
def test_every_code_has_its_word_and_its_group(code: Any, status: str, group: str) -> None:
    found = read(a_row(ctStatus=code), a_whole(code=3))
    assert (found.trial.overall_status, status_group(found.trial.overall_status)) == (status, group)
    assert any(flag.path == "row.ctStatus" for flag in found.flags()) == (group == "unrecognised")
    by_number = Reader().read(kept(None, a_whole(code=code)), TODAY)
    assert by_number.trial.overall_status == status


EARLY, END = an_event("EARLY_TERMINATION", "2026-05-20"), an_event("END_OF_TRIAL", "2026-05-28")


@pytest.mark.parametrize(
    ("countries", "events", "status"),
    [
        (
            ["France:8", "Italy:8"],
            [reported("France", EARLY), reported("Italy", EARLY)],
            "Ended, terminated early",
        ),
        (["France:8", "Italy:8"], [reported("France", EARLY), reported("Italy", END)], "Ended"),
        (["France:8", "Italy:8"], [reported("France", EARLY)], "Ended"),
        (["France:8", "Italy:11"], [reported("France", EARLY)], "Ended, terminated early"),
        (["France:11"], [], "Ended"),
        (
            ["France:8"],
            [{"mscId": 1, "events": [{"notificationType": "Early termination"}]}],
            "Ended, terminated early",
        ),
    ],
)
def test_an_end_is_early_where_every_country_says_so(countries: list[str], events: list[Any], status: str) -> None:
    found = read(a_row(ctStatus=8, trialCountries=countries), a_whole(code=8, events__trialEvents=events))
    assert found.trial.overall_status == status


def test_a_halt_tells_why_as_long_as_it_lasts() -> None:
    halts = [{"haltDate": "2026-05-01T10:00:00.123456789", "mscName": "Italy", "reasonList": [{"a": "Supply"}, 3]}]
    whole = a_whole(code=6, events__temporaryHaltList=halts)
    halted: dict[str, Any] = {"ctStatus": 6, "trialCountries": ["France:4", "Italy:6"]}
    assert read(a_row(**halted), whole).trial.why_stopped == "Supply"
    assert read(a_row(ctStatus=4), whole).trial.why_stopped is None
    assert course.basis(understood(kept(a_row(**halted), whole))) == "reported: halted in Italy from 2026-05-01"
    assert course.basis(understood(kept(a_row(**halted), a_whole()))) is None


@given(st.permutations(range(4)))
def test_only_the_latest_halt_of_a_country_that_is_halted_lasts(order: list[int]) -> None:
    halts = [
        {"haltDate": "2025-03-01", "mscId": 2, "reason": "Long over"},
        {"haltDate": "2026-05-01", "mscId": 2, "reason": "Supply", "plannedRestartDate": "2026-09-01"},
        {"haltDate": "2026-05-02", "mscId": 1, "reason": "Over in France"},
        {"haltDate": "2026-05-03", "mscId": 9, "reason": "Nowhere"},
    ]
    whole = a_whole(code=6, events__temporaryHaltList=[halts[each] for each in order])
    found = understood(kept(a_row(ctStatus=6, trialCountries=["France:4", "Italy:6"]), whole))
    assert course.why_stopped(found) == "Supply"
    assert course.basis(found) == "reported: halted in Italy from 2026-05-01, restart planned for 2026-09-01"


def test_a_reason_is_its_words_and_not_what_the_registry_counts_it_by() -> None:
    reason = {
        "id": 1,
        "uuid": "a",
        "text": "Supply",
        "textTranslations": [{"uuid": "b", "attributeTranslation": "B"}],
    }
    other = {**reason, "uuid": "c", "language": 7, "languageDescription": "Spanish", "reasonId": "d"}
    for each in (reason, other):
        event = {"reasonList": [each], "reasonTranslations": [other], "reasonUuid": each["uuid"]}
        assert course.reasons(event) == ["Supply"]


# -- what is a change ------------------------------------------------------------------------------------------


def shuffled(value: Any, chance: random.Random) -> Any:
    match value:
        case dict():
            return {key: shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}
        case list():
            return [shuffled(each, chance) for each in chance.sample(value, len(value))]
        case str():
            return f" {value} "
    return value


@pytest.mark.slow
@given(st.randoms(use_true_random=False))
def test_order_and_blanks_are_no_change(chance: random.Random) -> None:
    after = read(shuffled(a_row(), chance), shuffled(a_whole(), chance))
    assert after.content_hash == read().content_hash
    assert compare(read(), after) == []


JOINED = ("conditions", "product", "sponsor", "endPoint", "primaryEndPoint", "gender", "ageGroup")


@given(st.randoms(use_true_random=False), st.booleans())
def test_what_a_row_joins_has_no_order_though_another_value_moves(chance: random.Random, is_whole: bool) -> None:
    row = a_row(primaryEndPoint="Weight, Height", product="KETAMINE, MIDAZOLAM", sponsor="A, B")
    whole = {"ctNumber": KETAMINE_TRIAL, "ctPublicStatusCode": 4} if is_whole else None
    again = {**row, "lastPublicationUpdate": "02/06/2026"}
    for key in JOINED:
        parts = row[key].split(", ")
        again[key] = ", ".join(chance.sample(parts, len(parts)))
    before, after = (Reader().read(kept(each, whole), TODAY) for each in (row, again))
    assert after.content_hash == before.content_hash
    assert compare(before, after) == []
    moved = Reader().read(kept({**again, "product": "KETAMINE, PLACEBO"}, whole), TODAY)
    (change,) = compare(before, moved)
    assert (change.kind, "KETAMINE, PLACEBO" in (change.new_value or "")) == ("arms_changed", True)


@given(st.lists(st.booleans(), min_size=3, max_size=3), st.permutations(range(3)))
def test_who_leads_does_not_hang_on_the_order_of_sponsors(leads: list[bool], order: list[int]) -> None:
    parties = [
        {"primary": is_first, "organisation": {"name": name, "type": "Industry"}}
        for name, is_first in zip(("Acme", "beta", "Cord"), leads, strict=True)
    ]
    sent: list[dict[str, Any]] = [{f"{PART_ONE}sponsors": each} for each in (parties, [parties[n] for n in order])]
    before, after = (read(None, a_whole(**each)) for each in sent)
    assert after.trial.lead_sponsor == before.trial.lead_sponsor
    assert after.content_hash == before.content_hash
    assert compare(before, after) == []


def test_ids_stamps_translations_and_fields_that_nobody_knows_are_no_change() -> None:
    changed: dict[str, Any] = {
        "publishDate": "2026-05-01T00:00:00.1",
        "newThing": {"a": 1},
        "documents": [],
        f"{PART_ONE}id": 5,
        f"{STATES}__0__mscId": 77,
        f"{INFORMATION}trialCategory__novelty": 1,
        f"{DETAILS}clinicalTrialIdentifiers__fullTitleTranslations": [{"id": 1}],
    }
    whole = a_whole(**changed)
    row = a_row(novelty="x", lastPublicationUpdate="01/05/2026", lastUpdated="01/05/2026")
    assert read(row, whole).content_hash == read().content_hash
    assert compare(read(), read(row, whole)) == []


A_BREACH = {"id": 1, "breachDate": "2026-05-01", "description": "B"}
FULL: dict[str, Any] = {
    "events__seriousBreaches": [A_BREACH],
    "events__temporaryHaltList": [{"id": 1, "mscId": 2, "haltDate": "2026-03-01", "reason": "S"}],
    "correctiveMeasures": [{"id": 1, "sponsorSubmitDate": "2026-05-02"}],
    f"{PART_ONE}sponsors__0__thirdParties": [{"organisationAddress": {"organisation": {"name": "A third"}}}],
    f"{PART_ONE}sponsors__0__contactPointForUnion": {"organisation": {"name": "A point"}},
}
"""What few records bear. Inside a reason, whose shape nobody has seen, any text is one."""


def objects_in(value: Any) -> list[dict[str, Any]]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] * isinstance(value, dict) + [each for part in parts for each in objects_in(part)]


@pytest.mark.slow
@given(
    st.data(),
    st.sampled_from(("novelty", "noveltyDate", "resultsDueDate", "resultsList", "organisationLocationStatus")),
    st.sampled_from(("x", "2026-05-01", True, 7, ["x"], [{"id": 1, "x": "y"}], {"name": "x", "email": "y"})),
)
def test_a_new_field_anywhere_is_no_change_and_no_results(data: st.DataObject, name: str, value: Any) -> None:
    row, whole = a_row(), a_whole(**copy.deepcopy(FULL))
    before = read(copy.deepcopy(row), copy.deepcopy(whole))
    places = [*objects_in(row), *objects_in(whole)]
    places[data.draw(st.integers(0, len(places) - 1))][name] = value
    after = read(row, whole)
    assert after.content_hash == before.content_hash
    assert compare(before, after) == []
    assert after.trial.has_results is False


@pytest.mark.parametrize("kind", ["summaryResults", "laypersonResults", "clinicalStudyReports"])
def test_results_are_posted_where_a_list_of_them_has_some(kind: str) -> None:
    some: dict[str, Any] = {"results": {kind: [{"id": 1, "submissionDate": "2026-05-01"}]}}
    none: dict[str, Any] = {"results": {kind: []}}
    assert told(None, a_whole(**some)) == [("record_changed", "results"), ("results_posted", "has_results")]
    assert read(None, a_whole(**none)).content_hash == read().content_hash


EDITS: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = {
    "title": ({}, {f"{DETAILS}clinicalTrialIdentifiers__publicTitle": "B"}, [("title_changed", "title")]),
    "full title": (
        {},
        {f"{DETAILS}clinicalTrialIdentifiers__fullTitle": "B"},
        [("title_changed", "official_title")],
    ),
    "short title": ({}, {f"{DETAILS}clinicalTrialIdentifiers__shortTitle": "B"}, [("title_changed", "acronym")]),
    "start": ({"startDateEU": "12/02/2026"}, {}, [("date_slipped", "start_date")]),
    "expected end": (
        {},
        {f"{INFORMATION}trialDuration__estimatedEndDate": "2026-09-30"},
        [("date_advanced", "completion_date")],
    ),
    "end everywhere": (
        {},
        {f"{INFORMATION}trialDuration__estimatedGlobalEndDate": "2027-09-30"},
        [("record_changed", "trialDuration")],
    ),
    "status": ({"ctStatus": 5}, {}, [("status_changed", "overall_status")]),
    "a country": ({"trialCountries": ["France:4"]}, {}, [("sites_changed", "trial_countries")]),
    "a country's status": (
        {"trialCountries": ["France:4", "Italy:5"]},
        {},
        [("sites_changed", "trial_countries")],
    ),
    "a site": (
        {},
        {f"{A_SITE}organisationAddressInfo__address__city": "Nice"},
        [("sites_changed", "trial_sites")],
    ),
    "target": ({"totalNumberEnrolled": "130"}, {}, [("enrollment_changed", "enrollment")]),
    "results": ({"resultsFirstReceived": "Yes"}, {}, [("results_posted", "has_results")]),
    "an outcome": (
        {},
        {f"{INFORMATION}endPoint__primaryEndPoints__0__endPoint": "Relapse"},
        [("outcomes_changed", "trial_outcomes")],
    ),
    "a dose": (
        {},
        {f"{PART_ONE}products__0__maxDailyDoseAmount": "0.5"},
        [("arms_changed", "trial_interventions")],
    ),
    "criteria": (
        {},
        {f"{INFORMATION}eligibilityCriteria__principalExclusionCriteria": []},
        [("eligibility_changed", "eligibilityCriteria")],
    ),
    "ages": ({"ageGroup": "18-64 years"}, {}, [("eligibility_changed", "eligibilityCriteria")]),
    "sponsor": ({}, {f"{PART_ONE}sponsors__0__organisation__name": "B"}, [("sponsor_changed", "trial_sponsors")]),
    "who pays": ({}, {f"{INFORMATION}sourceOfMonetarySupport": []}, [("sponsor_changed", "trial_sponsors")]),
    "condition": (
        {},
        {f"{INFORMATION}medicalCondition__partIMedicalConditions__1__medicalCondition": "B"},
        [("conditions_changed", "trial_conditions")],
    ),
    "phase": ({"trialPhase": "Therapeutic confirmatory (Phase III)"}, {}, [("record_changed", "trialCategory")]),
    "publication": (
        {},
        {f"{DETAILS}pubmedCode": ["31234567", "4"]},
        [("publication_added", "trial_publications")],
    ),
    "a number": (
        {},
        {"authorizedApplication__eudraCt__eudraCtCode": "2021-001234-57"},
        [("record_changed", "clinicalTrialIdentifiers")],
    ),
    "a report": (
        {},
        {"events__trialEvents__0__events": [an_event("START_OF_TRIAL", "2026-02-12")]},
        [("record_changed", "events")],
    ),
    "a breach": ({}, {"events__seriousBreaches": [{"id": 1, "text": "B"}]}, [("record_changed", "reports")]),
    "a measure": (
        {},
        {"correctiveMeasures": [{"id": 1}]},
        [("record_changed", "correctiveMeasures")],
    ),
    "a third party": (
        {},
        {f"{PART_ONE}sponsors__0__thirdParties": [{"organisationAddress": {"organisation": {"name": "B"}}}]},
        [("record_changed", "sponsorContacts")],
    ),
    "contact": ({}, {CONTACT: "Wanda Invented"}, [("record_changed", "sponsorContacts")]),
    "investigator": (
        {},
        {f"{A_SITE}personInfo__lastName": "B"},
        [("record_changed", "investigators")],
    ),
    "objective": (
        {},
        {f"{INFORMATION}trialObjective__mainObjective": "B"},
        [("record_changed", "trialObjective")],
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_is_a_change_of_its_kind(edit: str) -> None:
    in_row, in_whole, kinds = EDITS[edit]
    row, whole = a_row(**in_row), a_whole(**in_whole)
    assert told(row, whole) == kinds
    assert read(row, whole).content_hash != read().content_hash


def test_which_decision_was_the_first_is_told_by_name() -> None:
    first, last = "2025-12-01", "2026-02-01"
    days = {"firstDecisionDate": first, "lastDecisionDate": last}
    swapped = {"firstDecisionDate": last, "lastDecisionDate": first}
    sent: list[dict[str, Any]] = [{STATES: [{"mscName": "France", **each}]} for each in (days, swapped)]
    before, after = (read(None, a_whole(**each)) for each in sent)
    (change,) = compare(before, after)
    assert json.loads(change.new_value or "") == {"decisions": [{"country": "France", **swapped}]}
    events = [reported("France", an_event("EARLY_TERMINATION", "2026-05-20", reason="No money"))]
    (change,) = compare(
        read(None, a_whole(events__trialEvents=[])), read(None, a_whole(events__trialEvents=events))
    )
    assert json.loads(change.new_value or "")["trialEvents"] == [
        {"country": "France", "report": "EARLY_TERMINATION", "date": "2026-05-20", "reasons": ["No money"]}
    ]


@pytest.mark.parametrize("hidden", ["contact", "investigator", "a breach", "objective"])
def test_what_may_name_people_is_told_without_its_values(hidden: str) -> None:
    (change,) = compare(read(), read(None, a_whole(**EDITS[hidden][1])))
    assert (change.old_value, change.new_value) == (None, None)


NAMES = ("Vera Invented", "INVENTED Vera", "Invented, Vera", "Imagined Otto", "IMAGINED, Otto", "o@example.org")
TOLD_TEXTS = {
    "title": f"{DETAILS}clinicalTrialIdentifiers__publicTitle",
    "official_title": f"{DETAILS}clinicalTrialIdentifiers__fullTitle",
    "acronym": f"{DETAILS}clinicalTrialIdentifiers__shortTitle",
    "trial_outcomes": f"{INFORMATION}endPoint__primaryEndPoints__0__endPoint",
    "eligibilityCriteria": (
        f"{INFORMATION}eligibilityCriteria__principalExclusionCriteria__0__principalExclusionCriteria"
    ),
}


@pytest.mark.parametrize("field", TOLD_TEXTS)
@given(st.sampled_from(NAMES))
def test_nobody_is_named_in_what_is_told_or_read(field: str, name: str) -> None:
    asked: dict[str, Any] = {TOLD_TEXTS[field]: f"Ask {name} of it"}
    after = read(None, a_whole(**asked))
    (change,) = compare(read(), after)
    assert change.field == field
    assert "Ask [" in (change.new_value or "")
    shown = repr((change, after.trial))
    assert [each for each in ("Vera", "Otto", "VENTED", "IMAGINED", "@example.org") if each in shown] == []


def test_nobody_is_named_in_a_reason() -> None:
    early = [
        reported(name, an_event("EARLY_TERMINATION", "2026-05-20", reason="Imagined, Otto left"))
        for name in ("France", "Italy")
    ]
    after = read(a_row(ctStatus=8), a_whole(code=8, events__trialEvents=early))
    assert after.trial.why_stopped == "[name] left"
    assert "Imagined" not in repr(compare(read(), after))


# -- single values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "phases"),
    [
        ("Human pharmacology (Phase I)- First administration to humans", ["PHASE1"]),
        ("Phase I and Phase II (Integrated)- Other", ["PHASE1", "PHASE2"]),
        ("Phase III and phase IV (Integrated)", ["PHASE3", "PHASE4"]),
        ("Something else", ["Something else"]),
    ],
)
def test_phases_are_read_from_their_label(label: str, phases: list[str]) -> None:
    found = read(a_row(trialPhase=label))
    assert found.trial.phases == phases
    assert bool(found.flags()) == (phases == ["Something else"])


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("288", 288),
        ("1,000", 1000),
        (40, 40),
        ("0", None),
        ("", None),
        ("-", None),
        ("many", None),
        ("9" * 12, None),
    ],
)
def test_people_are_counted_or_not_known(written: Any, count: int | None) -> None:
    assert values.people_count(written) == count


@pytest.mark.parametrize(
    ("groups", "span"),
    [
        (["0-17 years"], (None, 17)),
        (["18-64 years", "65+ years"], (18, None)),
        (["In utero", "0-17 years"], (None, None)),
        ([], (None, None)),
    ],
)
def test_ages_span_their_groups(groups: list[str], span: tuple[int | None, int | None]) -> None:
    assert values.ages(groups) == span


def test_odd_dates_stand_as_they_were_sent_and_are_flagged() -> None:
    found = read(a_row(startDateEU="31/02/2026"))
    assert found.trial.start_date == "2026-02-31"
    assert [(flag.value, flag.reason) for flag in found.flags()] == [("2026-02-31", "a date that is none")]
    assert (as_iso(None), as_iso(5)) == (None, None)


@pytest.mark.parametrize(
    "payload",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"row": {"ctNumber": "NCT00000001"}}',
        b'{"row": {"ctNumber": "2025-520001-11-00"',
    ],
)
def test_what_is_no_record_is_set_aside(payload: bytes) -> None:
    with pytest.raises(UnreadableError):
        Reader().read(payload, TODAY)
    assert Reader().impersonal(payload) is None


def test_two_numbers_are_none() -> None:
    with pytest.raises(UnreadableError):
        read(a_row(), a_whole("2025-520009-99-00"))
    assert read(a_row(), a_whole("2025-520001-11-01")).trial.url.endswith("-01")  # type: ignore[union-attr]


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_a_record_of_any_values_is_read(value: Any) -> None:
    row = dict.fromkeys(a_row(), value) | {"ctNumber": KETAMINE_TRIAL}
    whole = copy.deepcopy(a_whole())
    for part in (whole, whole["authorizedApplication"], whole["events"]):
        part |= dict.fromkeys(list(part)[1:], value)
    whole["ctNumber"] = KETAMINE_TRIAL
    found = read(row, whole)
    assert found.trial.trial_id == KETAMINE_TRIAL[:-3]
    assert found.content_hash == read(copy.deepcopy(row), whole).content_hash
    found.flags()
    assert Reader().impersonal(kept(row, whole))


# -- what is held ----------------------------------------------------------------------------------------------


def test_a_row_in_another_order_is_the_row_that_is_held() -> None:
    payload = kept(a_row(), a_whole())
    known = held(payload)
    again = a_row(trialCountries=["Italy:4", "France:4"], gender="Male, Female")
    assert known.has_row(json.dumps(again).encode())
    assert not known.has_row(json.dumps(a_row(ctStatus=5)).encode())
    assert not NOTHING.has_row(json.dumps(a_row()).encode())
    assert known.whole(json.dumps(again).encode(), json.dumps(a_whole(), indent=1).encode()) == payload


def test_a_record_that_is_not_answered_stands_beside_a_row_that_moved_and_an_end_waits_for_it() -> None:
    this_week, later = date(2026, 1, 20), date(2026, 1, 21)
    known = held(kept(a_row(), a_whole()))
    assert known.is_whole
    assert known.unanswered(json.dumps(a_row(gender="Male, Female")).encode(), this_week) == known.payload
    moved = held(known.unanswered(json.dumps(a_row(ctStatus=5)).encode(), this_week))
    assert (moved.row, moved.retrieved, moved.is_whole) == (a_row(ctStatus=5), a_whole(), False)
    ended = json.dumps(a_row(ctStatus=8)).encode()
    waiting = held(moved.unanswered(ended, this_week))
    assert (waiting.row, waiting.is_whole) == (a_row(ctStatus=5), False)
    assert waiting.unanswered(ended, this_week) == waiting.payload, "another such night is no other record"
    (flag,) = [each for each in Reader().read(waiting.payload, TODAY).flags() if each.path == "retrieved"]
    assert "older" in flag.reason
    in_vain = held(waiting.unanswered(ended, later))
    assert (in_vain.row, in_vain.retrieved) == (a_row(ctStatus=8), a_whole()), "a week is long enough"
    answered = held(waiting.whole(ended, json.dumps(a_whole(code=8)).encode()))
    assert (answered.row, answered.is_whole) == (a_row(ctStatus=8), True)
    again = held(answered.unanswered(json.dumps(a_row(ctStatus=8, endDateEU="01/05/2026")).encode(), this_week))
    assert again.row["endDateEU"] == "01/05/2026", "who has ended has nothing to wait for"
    alone = held(NOTHING.unanswered(ended, this_week))
    assert (alone.row, alone.retrieved, alone.is_whole) == (a_row(ctStatus=8), {}, False)
    by_number = held(held(kept(None, a_whole())).unanswered(ended, this_week))
    assert (by_number.row, by_number.is_whole) == ({}, False)


def test_a_row_that_no_search_shows_stays_but_for_what_is_retrieved() -> None:
    known = held(kept(a_row(), a_whole()))
    assert known.by_number(json.dumps(a_whole(), indent=1).encode()) == known.payload
    ended = a_whole(code=8, endDateEU="2026-05-29", publishDate="2026-06-01T03:39:42.5")
    found = held(known.by_number(json.dumps(ended).encode()))
    assert found.row == {
        **a_row(),
        "ctStatus": 8,
        "trialCountries": ["France:8", "Italy:8"],
        "endDateEU": "2026-05-29",
        "lastPublicationUpdate": "2026-06-01T03:39:42.5",
    }
    assert held(found.by_number(json.dumps(ended).encode())) == found
    few = {"ctNumber": KETAMINE_TRIAL, "ctPublicStatusCode": 5}
    trimmed = Reader().read(known.by_number(json.dumps(few).encode()), TODAY).trial
    assert (trimmed.overall_status, trimmed.enrollment) == ("Ongoing, recruitment ended", 120)
    assert all((trimmed.interventions, trimmed.outcomes, trimmed.sites, trimmed.lead_sponsor))


@given(st.text(), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_every_trial_has_one_day_of_each_week(trial_id: str, today: date) -> None:
    days = [date.fromordinal(today.toordinal() + ahead) for ahead in range(8)]
    turns = [is_due(trial_id, before, day) for before, day in itertools.pairwise(days)]
    assert sum(turns) == 1
    assert is_due(trial_id, days[0], days[7])
    assert is_due(trial_id, None, today)
    assert not is_due(trial_id, today, today)


# -- real records ----------------------------------------------------------------------------------------------


def real(shared: Path) -> list[tuple[Any, Any]]:
    folder = shared / "registry/ctis"
    rows = {
        row["ctNumber"]: row
        for path in folder.glob("search_*.json")
        for row in json.loads(path.read_bytes())["data"]
    }
    whole = {path.name[9:26]: json.loads(path.read_bytes()) for path in folder.glob("retrieve_2*.json")}
    return [(rows.get(number), whole.get(number)) for number in sorted({*rows, *whole})]


def test_real_records_are_read_without_an_oddity(shared: Path) -> None:
    found = [Reader().read(kept(*each), TODAY) for each in real(shared)]
    assert len(found) >= 10
    assert {flag.path for each in found for flag in each.flags()} <= {"retrieved"}
    assert all(each.trial.conditions and each.trial.outcomes and each.trial.first_posted_on for each in found)
    assert {status_group(each.trial.overall_status) for each in found} == {"planned", "recruiting", "completed"}


def test_nobody_is_named_in_a_real_record(shared: Path) -> None:
    for each in real(shared):
        shown = (Reader().impersonal(kept(*each)) or b"").decode()
        assert [word for word in ("Invented", "example.org", "44163296") if word in shown] == []
        assert each[1] is None or '"ctPublicStatusCode"' in shown


def test_our_rows_and_records_have_the_shape_of_real_ones(shared: Path) -> None:
    rows = [row for row, _ in real(shared) if row]
    assert set(a_row()) <= {key for row in rows for key in row}
    whole = [each for _, each in real(shared) if each and "events" in each]
    assert paths(a_whole()) - {path for each in whole for path in paths(each)} <= INVENTED


INVENTED = {
    "authorizedApplication.authorizedPartI.trialDetails.clinicalTrialIdentifiers.secondaryIdentifyingNumbers.isrctnNumber",
    "authorizedApplication.authorizedPartI.trialDetails.pubmedCode[]",
}
"""What the registry is known to send and no real record at hand has."""


def paths(value: Any, at: str = "") -> set[str]:
    match value:
        case dict():
            return {path for key, part in value.items() for path in paths(part, f"{at}.{key}".lstrip("."))}
        case list() if value:
            return {path for part in value for path in paths(part, f"{at}[]")}
    return {at}
