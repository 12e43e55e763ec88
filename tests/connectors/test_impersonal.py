"""A record as it may be published: whom it names is nowhere in it, and all else stands as it was sent."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.clinicaltrials_gov.impersonal import OF_A_PERSON, SECTIONS, impersonal
from tests.records import a_trial
from tests.warehouse.test_properties import JSON, wounded

NUMBER = "NCT00000001"
FIRST = st.sampled_from(["Jane", "Anna-Maria", "Ø.", "José", "Xiu"])
FAMILY = st.sampled_from(["Roedean", "Øster", "van den Berghe", "Muñoz", "Quimby"])
NAMES = st.builds("{} {}".format, FIRST, FAMILY)
DEGREES = st.sampled_from(["", ", MD", ", MD, PhD", ", Prof."])
PHONES = st.builds(
    str.format,
    st.sampled_from(["+44 1392 {}", "(0) 1392/{}", "617-555-{}", "1392.{}", "+8613800{}", "ext. {}", "٠١٢ {}"]),
    st.integers(10_000, 999_999),
)
MAILS = st.builds("{}.{}@clinic.example".format, st.sampled_from(["jane", "a-b", "x_y"]), st.integers(1, 99))
PERSONS = st.fixed_dictionaries({"name": NAMES, "phone": PHONES, "email": MAILS})
PLACES = (
    ("identificationModule", "officialTitle"),
    ("descriptionModule", "briefSummary"),
    ("descriptionModule", "detailedDescription"),
    ("eligibilityModule", "eligibilityCriteria"),
    ("ipdSharingStatementModule", "description"),
    ("aModuleOfTomorrow", "note"),
)


def shown(record: Any) -> Any:
    cleared = impersonal(record if isinstance(record, bytes) else json.dumps(record).encode())
    return None if cleared is None else json.loads(cleared)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, part in value.items() for text in (key, *strings(part))]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=40)
@given(st.lists(PERSONS, min_size=5, max_size=5), DEGREES, st.data())
def test_nobody_whom_a_record_names_is_in_what_is_published(
    persons: list[dict[str, str]], degrees: str, data: st.DataObject
) -> None:
    record = a_trial(NUMBER)
    protocol = record["protocolSection"]
    one, two, three, four, five = ({**person, "name": person["name"] + degrees} for person in persons)
    places = protocol["contactsLocationsModule"]
    places |= {"centralContacts": [one], "overallOfficials": [{**two, "affiliation": "A University"}]}
    places["locations"][0]["contacts"] = [three, four]
    protocol["sponsorCollaboratorsModule"]["responsibleParty"] = {"investigatorFullName": four["name"]}
    record["resultsSection"] = {"moreInfoModule": {"pointOfContact": {**five, "title": five["name"]}}}
    for module, key in PLACES:
        told = data.draw(st.sampled_from(persons))
        said = data.draw(st.sampled_from(["{name}", "Ask {name} ({email}).", "or call {phone} now", "{email}"]))
        protocol.setdefault(module, {})[key] = f"Before; {said.format(**told)} and after"
    for ascii_only in (True, False):
        text = "\n".join(strings(shown(json.dumps(record, ensure_ascii=ascii_only).encode())))
        for person in persons:
            for secret in person.values():
                assert secret not in text
        assert text.count("Before; ") == len(PLACES) - 1, "what nobody knows yet is left out"
        assert text.count(" and after") == len(PLACES) - 1


def test_all_else_stands_as_it_was_sent() -> None:
    record = a_trial(NUMBER)
    record["protocolSection"]["designModule"]["designInfo"] = {"allocation": "RANDOMIZED", "a": [1.5, None, "µ"]}
    record["documentSection"] = {"largeDocumentModule": {"largeDocs": [{"filename": "Prot_000.pdf"}]}}
    record["protocolSection"]["contactsLocationsModule"]["locations"][0] |= {
        "geoPoint": {"lat": 50.7, "lon": -3.5}
    }
    assert shown(record) == record
    named = copy.deepcopy(record)
    named["protocolSection"]["contactsLocationsModule"]["centralContacts"] = [{"name": "Jane Roedean"}]
    named["protocolSection"]["aModuleOfTomorrow"] = {"who": "Jane Roedean"}
    named["aSectionOfTomorrow"] = {"who": "Jane Roedean"}
    named["hasResults"] = False
    assert shown(named) == record


def test_a_sponsor_that_is_a_person_is_named_as_the_sponsor_and_an_office_is_nobody() -> None:
    record = a_trial(NUMBER)
    protocol = record["protocolSection"]
    protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "Jane Roedean"
    protocol["contactsLocationsModule"]["overallOfficials"] = [
        {"name": "Jane Roedean", "role": "PRINCIPAL_INVESTIGATOR"},
        {"name": "Study Director"},
    ]
    protocol["descriptionModule"]["briefSummary"] = "The Study Director decides."
    found = shown(record)["protocolSection"]
    assert found["sponsorCollaboratorsModule"]["leadSponsor"]["name"] == "Jane Roedean"
    assert found["descriptionModule"]["briefSummary"] == "The Study Director decides."


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'"text"', b"7", b"null", b"\xff"])
def test_what_is_no_record_is_none(payload: bytes) -> None:
    assert shown(payload) is None


@settings(max_examples=40)
@given(wounded())
def test_whatever_stands_anywhere_comes_out_as_json_of_what_is_shown(record: Any) -> None:
    see_that_it_is_of_what_is_shown(shown(record))


@settings(max_examples=40)
@given(JSON, st.sampled_from(["protocolSection", "resultsSection", "documentSection", "hasResults", "x"]))
def test_any_value_as_a_section_is_shown_or_left_out(value: Any, section: str) -> None:
    see_that_it_is_of_what_is_shown(shown({**a_trial(NUMBER), section: value}))


def see_that_it_is_of_what_is_shown(found: Any) -> None:
    assert found is None or found.keys() <= SECTIONS.keys() | {"hasResults"}
    for section, modules in (found or {}).items():
        if section != "hasResults":
            assert modules.keys() <= SECTIONS[section].keys()
    assert OF_A_PERSON.isdisjoint(strings(found))


def test_a_record_with_a_value_that_is_no_json_is_mended() -> None:
    payload = json.dumps(a_trial(NUMBER)).replace('"count": 60', '"count": NaN').encode()
    assert shown(payload)["protocolSection"]["designModule"]["enrollmentInfo"]["count"] is None


@pytest.mark.parametrize("odd", ["1e999", "-1e999", "NaN", "[" * 3000 + "]" * 3000, '"\\ud800"', "1" * 5000])
@pytest.mark.parametrize(
    "place",
    [
        '"sponsorCollaboratorsModule": {"responsibleParty": {"investigatorFullName": "Jane Roe", "age": ODD}}',
        '"contactsLocationsModule": {"overallOfficials": [{"name": "Jane Roe", "age": ODD}], "locations": ODD}',
        '"descriptionModule": {"briefSummary": "Ask Jane Roe.", "pages": ODD}',
    ],
)
def test_no_value_anywhere_keeps_a_record_from_being_shown(odd: str, place: str) -> None:
    official = (
        '"contactsLocationsModule": {"overallOfficials": [{"name": "Jane Roe"}]}, ' if "Ask" in place else ""
    )
    record = f'{{"protocolSection": {{"identificationModule": {{"nctId": "{NUMBER}"}}, {official}{place}}}}}'
    found = shown(record.replace("ODD", odd).encode())
    assert found["protocolSection"]["identificationModule"] == {"nctId": NUMBER}
    assert "Roe" not in json.dumps(found)
