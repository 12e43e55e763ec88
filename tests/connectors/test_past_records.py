"""A version as the record history shows it is read as a night would have read it; only what both hold counts."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.clinicaltrials_gov.past_records import as_in_a_night, counted_alike, stamp, to_be_kept, words_of
from connectors.clinicaltrials_gov.reading import Reader
from connectors.simulated import past
from connectors.simulated.holdings import Holdings
from connectors.trial import Stamp, UnreadableError
from tests.mutants import mutants
from tests.records import a_trial, with_results
from warehouse.judge.changes import differences

T = "NCT50000001"
TODAY = date(2026, 9, 12)


def drawn(record: dict[str, Any]) -> bytes:
    """What is kept of a record that the history shows as its only version."""
    holdings = Holdings("2026-09-11T09:00:04")
    holdings.put([record])
    trial_id = record["protocolSection"]["identificationModule"]["nctId"]
    return to_be_kept(past.one(holdings, trial_id, 0).body, trial_id, 0)


def sent(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode()


def body(**study: Any) -> bytes:
    """A body of the history whose protocol has these modules."""
    modules = {"identificationModule": {"nctId": T}, **study}
    return json.dumps({"studyVersion": 0, "study": {"protocolSection": modules}}).encode()


def read(**study: Any) -> dict[str, Any]:
    """The modules of a version as every night sends them."""
    protocol: dict[str, Any] = json.loads(as_in_a_night(to_be_kept(body(**study), T, 0)))["protocolSection"]
    return protocol


def test_it_is_read_as_the_night_read_it() -> None:
    record = a_trial(T)
    before, then = (Reader().read(payload, TODAY).trial for payload in (sent(record), drawn(record)))
    assert before.mesh_terms
    before.mesh_terms = []
    assert then == before


@pytest.mark.slow
def test_real_records_are_read_alike_and_show_no_difference(real_records: list[dict[str, Any]]) -> None:
    for record in real_records:
        payload, kept = sent(record), drawn(record)
        assert differences(*counted_alike(kept, payload)) == []
        then, night = stamp(kept), stamp(payload)
        assert (then.submitted_on, then.status, then.number) == (night.submitted_on, night.status, 0)
        assert night.number is None
        of_then, tonight = (Reader().read(each, TODAY).trial for each in (kept, payload))
        assert of_then.overall_status == (tonight.last_known_status or tonight.overall_status)
        assert (of_then.title, of_then.lead_sponsor) == (tonight.title, tonight.lead_sponsor)
        assert of_then.last_update_posted_on == tonight.last_update_posted_on


def test_texts_are_unescaped_once() -> None:
    found = read(
        descriptionModule={"briefSummary": "a &lt;/= b &amp;lt; &#x2F; &#x27;c&#x27; &quot;d&quot; &nbsp; &#39;"}
    )
    assert found["descriptionModule"]["briefSummary"] == "a </= b &lt; / 'c' \"d\" &nbsp; &#39;"


def test_tags_become_the_markdown_of_every_night() -> None:
    criteria = (
        "<p>Inclusion &lt; 5:</p>"
        "<ol><li>Age</li><li><p>Any of:</p><ul><li>Drinks</li><li>Smokes</li></ul></li></ol>"
        "<p>Exclusion:</p><ul><li>None</li></ul>"
    )
    found = read(eligibilityModule={"eligibilityCriteria": criteria})["eligibilityModule"]["eligibilityCriteria"]
    assert found == ("Inclusion < 5:\n\n1. Age\n2. Any of:\n\n  * Drinks\n  * Smokes\n\nExclusion:\n\n* None")
    assert words_of(found) == "Inclusion < 5: Age Any of: Drinks Smokes Exclusion: None"


def test_a_tag_in_a_text_without_a_layout_is_a_text() -> None:
    assert (
        read(identificationModule={"nctId": T, "briefTitle": "&lt;p&gt; <p>"})["identificationModule"][
            "briefTitle"
        ]
        == "<p> <p>"
    )


@pytest.mark.parametrize("text", ["</ul>x", "<li>x</li>", "<p><p><ol>x", "<ul></ol></ul><li>x"])
def test_tags_that_do_not_match_lose_no_word(text: str) -> None:
    found = read(descriptionModule={"detailedDescription": text})["descriptionModule"]["detailedDescription"]
    assert words_of(found) == "x"


@pytest.mark.parametrize(
    "part", ["\n", " ", "* ", "1. ", "\n* ", "\\", "&amp;", "<li>", "<p>", "<ul>", "<ul><li>", "1"]
)
def test_a_text_without_end_takes_no_time_without_end(part: str) -> None:
    """What looked through the rest of a text at each of its lines would take hours here."""
    found = read(descriptionModule={"detailedDescription": "<p>" + part * 100_000 + "x"})
    assert words_of(found["descriptionModule"]["detailedDescription"]).endswith("x")


def test_what_is_of_today_in_every_version_is_left_out() -> None:
    found = read(
        referencesModule={"references": [{"pmid": "1", "type": "DERIVED"}, {"pmid": "2", "type": "BACKGROUND"}]},
        contactsLocationsModule={"locations": [{"city": "Exeter", "geoPoint": {"lat": 50.7}}, "odd"]},
        outcomesModule={"primaryOutcomes": [{"measure": "m", "reviewUnit": "x"}], "secondaryOutcomes": "odd"},
    )
    assert found["referencesModule"] == {"references": [{"pmid": "2", "type": "BACKGROUND"}]}
    assert found["contactsLocationsModule"] == {"locations": [{"city": "Exeter"}, "odd"]}
    assert found["outcomesModule"] == {"primaryOutcomes": [{"measure": "m"}], "secondaryOutcomes": "odd"}


def test_the_status_is_the_one_that_was_submitted() -> None:
    module = {"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING", "lastUpdateSubmitDate": "2022-04-21"}
    assert read(statusModule=module)["statusModule"]["overallStatus"] == "RECRUITING"
    assert stamp(to_be_kept(body(statusModule=module), T, 0)) == Stamp(date(2022, 4, 21), "RECRUITING", 0)
    assert stamp(sent(a_trial(T, **module))) == Stamp(date(2022, 4, 21), "RECRUITING")
    before = sent(a_trial(T, overallStatus="RECRUITING"))
    assert differences(*counted_alike(before, sent(a_trial(T, **module)))) == []


@pytest.mark.parametrize(
    "payload", [b'{"protocolSection": {"statusModule": []}}', b'{"protocolSection": 1}', b"{}"]
)
def test_what_says_nothing_of_its_status_bears_no_stamp(payload: bytes) -> None:
    assert stamp(payload) == Stamp(None, None)


def test_a_layout_is_no_change_and_another_word_is() -> None:
    record = a_trial(T)
    protocol = record["protocolSection"]
    protocol["eligibilityModule"]["eligibilityCriteria"] = "Inclusion:\n\n* Age \\> 18\n* Drinks\\_much"
    other = copy.deepcopy(record)
    other["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = "Inclusion: Age > 18 Drinks_much"
    assert differences(*counted_alike(drawn(record), sent(other))) == []
    assert differences(*counted_alike(sent(other), drawn(record))) == []
    other["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] += " daily"
    (change,) = differences(*counted_alike(drawn(record), sent(other)))
    assert (change.kind, change.new_value) == (
        "eligibility_changed",
        '{"eligibilityCriteria":"Inclusion: Age > 18 Drinks_much daily"}',
    )
    assert change.old_value == '{"eligibilityCriteria":"Inclusion: * Age > 18 * Drinks_much"}'


def test_a_backslash_in_a_title_is_a_letter_of_it() -> None:
    record, other = a_trial(T), a_trial(T)
    other["protocolSection"]["identificationModule"]["acronym"] = "K\\-1"
    record["protocolSection"]["identificationModule"]["acronym"] = "K-1"
    assert [change.field for change in differences(*counted_alike(drawn(record), sent(other)))] == ["acronym"]


def test_neither_mesh_terms_nor_added_publications_nor_coordinates_are_a_change() -> None:
    record = a_trial(T)
    later = copy.deepcopy(record)
    later["derivedSection"] = {}
    protocol = later["protocolSection"]
    protocol["referencesModule"] = {"references": [{"pmid": "1", "type": "DERIVED"}]}
    protocol["contactsLocationsModule"]["locations"][0]["geoPoint"] = {"lat": 50.7, "lon": -3.5}
    assert differences(*counted_alike(drawn(record), sent(later))) == []


def test_results_are_told_and_their_section_is_not_kept() -> None:
    record = with_results(T)
    kept = drawn(record)
    assert b"Heavy drinking days" in kept
    assert b"outcomeMeasuresModule" not in kept
    assert Reader().read(kept, TODAY).trial.has_results is True
    found = differences(*counted_alike(drawn({**record, "hasResults": False}), kept), "sponsor")
    assert [(change.kind, change.cause) for change in found] == [("results_posted", "sponsor")]


def test_it_may_be_published_without_the_people_that_it_names() -> None:
    record = a_trial(T)
    record["protocolSection"]["contactsLocationsModule"]["centralContacts"] = [{"name": "Jane & Roe"}]
    record["protocolSection"]["descriptionModule"]["briefSummary"] = "Ask Jane & Roe / others"
    published = Reader().impersonal(drawn(record))
    assert published
    assert b"Jane" not in published
    assert json.loads(published)["protocolSection"]["conditionsModule"]["conditions"] == ["Alcohol Use Disorder"]
    assert Reader().unstamped(drawn(record)) == (drawn(record), None)


@pytest.mark.slow
def test_whatever_is_wrong_in_a_version_it_is_read_or_unreadable() -> None:
    read_all_the_same = 0
    for number, healthy, mutant in mutants([a_trial()], [f"NCT7{place:07}" for place in range(1500)], seed=7):
        try:
            payload = to_be_kept(b'{"studyVersion": 0, "study": %s}' % mutant, number, 0)
            Reader().read(payload, TODAY)
        except UnreadableError:
            continue
        read_all_the_same += 1
        stamp(payload)
        Reader().impersonal(payload)
        for pair in ((payload, sent(healthy)), (sent(healthy), payload), (mutant, payload)):
            differences(*counted_alike(*pair), "sponsor")
    assert read_all_the_same > 300


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"<html>", "no version of a record"),
        (b'{"studyVersion": 0, "study": {"protocolSection": {"identificationModule"', "no version of a record"),
        (b'{"studyVersion": 0}', "no version of a record"),
        (b'{"studyVersion": 0, "study": {"protocolSection": {}}}', "version 0 of None"),
        (body().replace(T.encode(), b"NCT50000002"), "version 0 of NCT50000002"),
        (body().replace(b'"studyVersion": 0', b'"studyVersion": 7'), "version 7 of NCT50000001"),
        (body(x="deep").replace(b'"deep"', b"[" * 3000), "no version of a record"),
    ],
)
def test_what_is_no_version_of_the_trial_is_unreadable(sent: bytes, told: str) -> None:
    with pytest.raises(UnreadableError, match=told) as refused:
        to_be_kept(sent, T, 0)
    assert refused.value.trial_id == T


def test_a_real_version_is_read(shared: Path) -> None:
    found = (shared / "registry/history/NCT04280705_history_0.json").read_bytes()
    kept = to_be_kept(found, "NCT04280705", 0)
    trial = Reader().read(kept, TODAY).trial
    assert (trial.overall_status, trial.last_update_posted_on) == ("NOT_YET_RECRUITING", date(2020, 2, 21))
    assert trial.publications == [], "those of 2024 are none of 2020"
    assert trial.eligibility_criteria
    assert "\n5. Male or non-pregnant" not in trial.eligibility_criteria
    assert "\n4. Male or non-pregnant female adult >/=18 years" in trial.eligibility_criteria
    assert "&" not in trial.eligibility_criteria
    assert stamp(kept) == Stamp(date(2020, 2, 20), "NOT_YET_RECRUITING", 0)
    assert stamp(kept).submitted_on != trial.last_update_posted_on
