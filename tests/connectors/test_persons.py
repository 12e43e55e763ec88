"""What a sponsor tells at length is read without the people whom the record names, as records are published."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.clinicaltrials_gov.impersonal import impersonal
from connectors.clinicaltrials_gov.persons import persons, persons_within
from connectors.spelling import shown
from tests.readings import content_hash, reading
from tests.records import a_trial

TEXTS = {
    "eligibility_criteria": ("eligibilityModule", "eligibilityCriteria"),
    "brief_summary": ("descriptionModule", "briefSummary"),
    "detailed_description": ("descriptionModule", "detailedDescription"),
    "ipd_sharing_description": ("ipdSharingStatementModule", "description"),
}
CONTACT = {"name": "Anna-Maria Øster, MD", "phone": "ext. 5557/81", "email": "a.oster@clinic.example"}
OFFICIAL = {"name": "Prof. Jane Roedean", "affiliation": "A University"}
AT_A_SITE = {"name": "José Muñoz", "phone": "1392 555 019 2"}
INVESTIGATOR, IN_RESULTS = "Xiu Quimby", "Bo Lindqvist"
SAID = (
    "Ask Anna-Maria Øster (ext. 5557/81),\nJane  Roedean, Dr. Muñoz on 1392-555-0192,\n"
    "Xiu Quimby, Bo Lindqvist or a.oster@clinic.example; 0.5 mg/kg."
)
SHOWN = (
    "Ask [name] ([phone number]),\n[name], Dr. [name] on [phone number],\n"
    "[name], [name] or [mail address]; 0.5 mg/kg."
)


def named(text: str) -> dict[str, Any]:
    record = a_trial("NCT00000001")
    protocol = record["protocolSection"]
    places = protocol["contactsLocationsModule"]
    places |= {"centralContacts": [CONTACT], "overallOfficials": [OFFICIAL]}
    places["locations"][0]["contacts"] = [AT_A_SITE]
    protocol["sponsorCollaboratorsModule"]["responsibleParty"] = {"investigatorFullName": INVESTIGATOR}
    record["resultsSection"] = {"moreInfoModule": {"pointOfContact": {"title": IN_RESULTS}}}
    for module, key in TEXTS.values():
        protocol.setdefault(module, {})[key] = text
    return record


@pytest.mark.parametrize("column", TEXTS)
def test_each_long_text_is_read_without_whom_the_record_names(column: str) -> None:
    assert getattr(reading(named(SAID)).trial, column) == SHOWN


def test_columns_and_published_records_follow_one_rule() -> None:
    said = SAID.replace("  ", " ")
    trial = reading(named(said)).trial
    published = json.loads(impersonal(json.dumps(named(said)).encode()) or b"")["protocolSection"]
    for column, (module, key) in TEXTS.items():
        assert getattr(trial, column) == published[module][key]


def test_to_look_for_people_changes_neither_hash_nor_flags() -> None:
    found = reading(named(SAID))
    assert found.content_hash == content_hash(named(SAID))
    assert found.flags() == []


def test_an_office_and_a_name_that_a_place_bears_stay() -> None:
    text = "The Study Director of the Jane Roedean decides; Contact the Study Director."
    record = named(text)
    record["protocolSection"]["contactsLocationsModule"] = {
        "overallOfficials": [{"name": "Study Director"}, {"name": "Jane Roedean"}],
        "locations": [{"facility": "Jane Roedean"}],
    }
    assert reading(record).trial.brief_summary == text


@pytest.mark.parametrize("odd", [7, None, [], {}, "Somebody", [7, None, "x", []], {"name": ["Bo"]}])
@pytest.mark.parametrize("part", ["centralContacts", "overallOfficials"])
def test_a_person_of_a_wrong_type_costs_nobody_else_the_cover(part: str, odd: Any) -> None:
    record = named("Ask José Muñoz.")
    record["protocolSection"]["contactsLocationsModule"][part] = odd
    found = reading(record)
    assert found.trial.brief_summary == "Ask [name]."
    assert found.flags() == []


@pytest.mark.parametrize("key", ["name", "phone", "email", "affiliation"])
@pytest.mark.parametrize("odd", [7, None, ["x"], {"name": "Bo"}])
def test_a_persons_part_of_a_wrong_type_is_as_good_as_absent(key: str, odd: Any) -> None:
    record = named("Ask José Muñoz.")
    record["protocolSection"]["contactsLocationsModule"]["centralContacts"] = [{**CONTACT, key: odd}]
    assert reading(record).trial.brief_summary == "Ask [name]."


NAMES = ["Jane Roedean", "Dr. Roedean", "Roedean", "A. Øster, MD", "Øster", "Study Director", "x", "", "  ", ","]
REACHED = ["+44 1392 555 019", "1392/555-019", "12", "ext 5", "j.roedean@clinic.example", "j at clinic", "(at)"]
WORDS = st.sampled_from([*NAMES, *REACHED, "0.5 mg/kg"])
KINDS = st.sampled_from(["name", "phone", "email", "place"])


@settings(max_examples=200)
@given(st.lists(st.tuples(KINDS, WORDS), max_size=6), st.lists(WORDS, max_size=8).map(" ".join))
def test_a_quick_look_sees_whom_a_whole_one_sees(whom: list[tuple[str, str]], text: str) -> None:
    quick = persons_within(text, whom)
    whole = persons([(kind, shown(each)) for kind, each in whom]).within(text.encode())
    cleared = [found.removed_from(text) if found else text for found in (quick, whole)]
    assert cleared[0] == cleared[1]
