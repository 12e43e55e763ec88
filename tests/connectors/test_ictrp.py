"""Records of WHO's ICTRP: what is read of them, in whichever form they came, and what counts as a change."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ictrp.export import Pass, looked_at
from connectors.ictrp.numbers import read_at
from connectors.ictrp.reading import Reader, Reading
from connectors.ictrp.record import COLUMNS
from connectors.ictrp.values import age, as_iso, exported_at, people_count, phases, sex, status
from connectors.statuses import status_group
from connectors.trial import UnreadableError
from tests.ictrprecords import TRIAL_ID, a_record, a_row, as_landed, kept
from warehouse.judge.changes import compare

TODAY = date(2026, 11, 1)


def read(number: str = "JPRN-UMIN000051234", **changed: Any) -> Reading:
    return Reader().read(kept(a_record(number, **changed)), TODAY)


def told(**changed: Any) -> list[tuple[str, str]]:
    """The kind and field of what changes when a usual record comes so."""
    return [(each.kind, each.field) for each in compare(read(), read(**changed))]


def test_a_record_is_read_whole() -> None:
    trial = read().trial
    assert (trial.trial_id, trial.title) == (TRIAL_ID, "Ketamine in alcohol use disorder")
    assert (trial.overall_status, trial.study_type, trial.sex) == ("Recruiting", "INTERVENTIONAL", "ALL")
    assert trial.phases == ["PHASE2", "PHASE3"]
    assert (trial.enrollment, trial.enrollment_type) == (99, "ESTIMATED")
    assert (trial.start_date, trial.start_date_type) == ("2026-09-01", "ESTIMATED")
    assert trial.first_posted_on == date(2026, 8, 5)
    assert trial.last_update_posted_on == date(2026, 8, 24)
    assert (trial.minimum_age, trial.minimum_age_years, trial.maximum_age) == ("20 Years", 20, None)
    assert [each.condition for each in trial.conditions] == ["Alcohol use disorder", "Depression"]
    assert [each.name for each in trial.interventions] == ["Ketamine 0.5 mg/kg", "Midazolam"]
    assert [(each.outcome_type, each.measure) for each in trial.outcomes] == [
        ("primary", "Heavy drinking days"),
        ("secondary", "Craving"),
        ("secondary", "Mood"),
    ]
    assert [each.country for each in trial.sites] == ["Japan", "Kenya"]
    assert [(each.role, each.name) for each in trial.sponsors] == [
        ("lead", "Tohoku University Hospital"),
        ("collaborator", "Ministry of Health"),
    ]
    assert [(each.identifier_type, each.identifier) for each in trial.identifiers] == [
        ("WHO UTN", "U1111-1234-5678")
    ]
    assert trial.eligibility_criteria == (
        "Inclusion Criteria:\n\nAdults;\ndrinks >4 a day. Write to [name]\n\nExclusion Criteria:\n\nPsychosis"
    )
    assert read().flags() == []


def test_either_form_of_a_file_is_the_same_trial() -> None:
    changed = {"Condition": "Alcohol, or\nopioid use;\nPain", "Phase": "Human (Phase I): no\n (Phase II): yes"}
    xml = read(**changed)
    csv = Reader().read(as_landed(a_row(**changed)), TODAY)
    assert csv.trial == xml.trial
    assert csv.content_hash == xml.content_hash


# -- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("08/07/2026", "2026-07-08"),
        ("8/7/2026", "2026-07-08"),
        ("20260805", "2026-08-05"),
        ("2020-04-10", "2020-04-10"),
        ("2021/07/05", "2021-07-05"),
        ("August 15, 2026", "2026-08-15"),
        ("Sept 2026", "2026-09"),
        ("24 August 2026", "2026-08-24"),
        ("2026", "2026"),
        ("Jan  1 1900 12:00AM", None),
        ("1900-01-01", None),
        ("", None),
        ("08/25/2026", "08/25/2026"),
        ("Augst 15, 2026", "Augst 15, 2026"),
        ("soon", "soon"),
    ],
)
def test_each_way_to_write_a_day(written: str, iso: str | None) -> None:
    assert as_iso(written) == iso


def test_the_day_of_an_export_alone_is_month_first() -> None:
    assert str(exported_at("09/08/2026 10:42:00")) == "2026-09-08 10:42:00"
    assert exported_at("18/09/2026 10:42:00") is exported_at("soon") is None


def test_every_value_that_was_seen_is_known(shared: Path) -> None:
    seen = json.loads((shared / "registry/ictrp/vocabulary.json").read_text("utf-8"))
    odd = [each for each in seen["phase_values_2023"] for name in phases(each) or () if not name.isupper()]
    assert sorted(odd) == ["Other", "Post Marketing Surveillance"]
    ages = filter(None, map(age, seen["age_min_values_2023"]))
    assert all(re.fullmatch(r"\d+ (Year|Month|Day)s?", each) for each in ages)
    for words in seen["status_by_register_2023_export_315_trials"].values():
        assert {status_group(status(word)) for word in words} <= {"recruiting", "unknown", None}
    for written in seen["countries_examples_2023"]:
        trial = read(Countries=written).trial
        assert [each.country for each in trial.sites] == list(dict.fromkeys(written.split(";")))


def test_the_columns_are_those_that_were_seen(shared: Path) -> None:
    assert list(COLUMNS) == (shared / "registry/ictrp/full_csv_columns.txt").read_text("utf-8").split()


@pytest.mark.parametrize("name", ["export_ChiCTR2600132949.xml", "export_truncated_no_root_close.xml"])
def test_a_real_export_is_read(shared: Path, name: str) -> None:
    through = Pass(looked_at(shared / "registry/ictrp" / name))
    (record,) = through.records()
    assert through.is_cut == ("truncated" in name)
    reading = Reader().read(record, TODAY)
    trial = reading.trial
    assert (trial.trial_id, trial.enrollment, trial.first_posted_on) == (
        "CHICTR2600132949",
        147,
        date(2026, 9, 20),
    )
    assert (trial.overall_status, trial.phases) == ("Not Recruiting", ["NA"])
    assert reading.flags() == []


def test_odd_values_are_told_and_kept() -> None:
    changed = {
        "Recruitment_Status": "Paused",
        "Date_enrollement": "08/25/2026",
        "Target_size": "about 40",
        "Inclusion_agemin": "adults",
        "Phase": "Other",
        "Export_date": "soon",
        "A_new_field": "1",
    }
    reading = read(**changed)
    assert {(each.path, each.value) for each in reading.flags()} == {
        ("recruitment_status", "Paused"),
        ("enrollment_date_str", "08/25/2026"),
        ("target_size", "about 40"),
        ("age_min", "adults"),
        ("phase", "Other"),
        ("export_date", "soon"),
        ("a_new_field", ""),
    }
    assert (reading.trial.start_date, reading.trial.start_date_latest) == ("08/25/2026", None)
    assert (sex("-"), sex("Female: no Male: no"), people_count("0")) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "group"),
    [
        ("NOT RECRUITING", "unknown"),
        ("Authorised", "unknown"),
        ("Completed", "completed"),
        ("Complete: follow-up complete", "completed"),
        ("Main results already published", "completed"),
        ("Stopped early", "stopped"),
        ("Not yet recruiting", "planned"),
    ],
)
def test_only_words_that_say_so_are_an_end(word: str, group: str) -> None:
    assert status_group(read(Recruitment_Status=word).trial.overall_status) == group


# -- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "trial_id", "there"),
    [
        ("EUCTR2015-000222-11-GB", "2015-000222-11-GB", None),
        ("EUCTR2015-000222-11-Outside-EU/EEA", "2015-000222-11-OUTSIDE-EU/EEA", None),
        ("CTIS2023-503698-40-00", "2023-503698-40", "ctis"),
        ("NCT02649231", "NCT02649231", "clinicaltrials.gov"),
        ("ISRCTN85955128", "ISRCTN85955128", "isrctn"),
        ("JPRN-jRCT1031200043", "JRCT1031200043", None),
        ("CTRI/2023/01/049000", "CTRI/2023/01/049000", None),
        ("ACTRN12623000001234p", "ACTRN12623000001234P", None),
        ("NL-OMON51234", "NL-OMON51234", None),
    ],
)
def test_a_number_is_its_registrys(written: str, trial_id: str, there: str | None) -> None:
    trial = read(written).trial
    assert (trial.trial_id, read_at(trial.trial_id)) == (trial_id, there)
    bare = [each.identifier for each in trial.identifiers if each.identifier_type == "EUDRACT"]
    assert bare == (["2015-000222-11"] if written.startswith("EUCTR") else [])


def test_numbers_elsewhere_are_known_by_their_form() -> None:
    written = "NCT02649231;Nil known; EudraCT: 2015-000222-11-DE,\nCTIS2023-503698-40-00;JPRN-UMIN000000001"
    assert [(each.identifier_type, each.identifier) for each in read(Secondary_ID=written).trial.identifiers] == [
        ("NCT", "NCT02649231"),
        ("EUDRACT", "2015-000222-11"),
        ("CTIS", "2023-503698-40-00"),
        ("other", "UMIN000000001"),
    ]


# -- what counts -----------------------------------------------------------------------------------------------

STAMPS = {"Export_date": "10/04/2026 04:51:51", "Last_Refreshed_on": "21 September 2026", "Internal_Number": "2"}


def test_another_export_of_the_same_is_no_change() -> None:
    again = read(**STAMPS, Countries="Kenya;Japan", Condition="Depression ; Alcohol use disorder", Acronym="KET")
    assert again.content_hash == read().content_hash
    assert compare(read(), again) == []


@pytest.mark.parametrize(
    ("changed", "change"),
    [
        ({"Recruitment_Status": "Completed"}, ("completed", "overall_status")),
        ({"Recruitment_Status": "Not Recruiting"}, ("status_changed", "overall_status")),
        ({"Date_enrollement": "2026/10/01"}, ("date_slipped", "start_date")),
        ({"results_date_completed": "01/02/2027"}, ("date_refined", "completion_date")),
        ({"results_url_link": "https://example.org"}, ("results_posted", "has_results")),
        ({"Target_size": "120"}, ("enrollment_changed", "enrollment")),
        ({"Primary_sponsor": "Another"}, ("sponsor_changed", "trial_sponsors")),
        ({"Public_title": "Ketamine"}, ("title_changed", "title")),
        ({"Countries": "Japan"}, ("sites_changed", "trial_countries")),
        ({"Condition": "Alcohol use disorder"}, ("conditions_changed", "trial_conditions")),
        ({"Intervention": "Ketamine 1 mg/kg;Midazolam"}, ("arms_changed", "trial_interventions")),
        ({"Primary_outcome": "Days"}, ("outcomes_changed", "trial_outcomes")),
        ({"Exclusion_Criteria": "None"}, ("eligibility_changed", "criteria")),
        ({"Inclusion_agemin": "18"}, ("eligibility_changed", "criteria")),
        ({"Study_design": "Single arm"}, ("record_changed", "study_design")),
        ({"Secondary_ID": "NCT02649231"}, ("record_changed", "secondary_ids")),
    ],
)
def test_what_changes_is_told_as_what_it_is(changed: dict[str, str], change: tuple[str, str]) -> None:
    assert change in told(**changed)
    assert {kind for kind, _ in told(**changed)} <= {change[0], "results_posted", "record_changed"}
    assert read(**changed).content_hash != read().content_hash


def test_not_recruiting_any_more_is_a_low_change_and_no_lapse() -> None:
    (found,) = compare(read(), read(Recruitment_Status="NOT RECRUITING", **STAMPS))
    assert (found.kind, found.materiality, found.cause) == ("status_changed", "low", "sponsor")
    assert found.reason == (
        "Recruiting → Not Recruiting; the word says neither whether it is still to begin nor whether it has ended"
    )


def test_nobody_is_published() -> None:
    clear = Reader().impersonal(kept(a_record())) or b""
    assert json.loads(clear)["public_title"] == "Ketamine in alcohol use disorder"
    for word in (b"Hanako", b"Yamadagawa", b"hanako@", b"+81"):
        assert word not in clear
    assert Reader().impersonal(b"<Trial/>") is None


def test_a_sponsor_who_is_a_person_is_not_told_and_an_organisation_is() -> None:
    trial = read(
        Primary_sponsor="Hanako Yamadagawa",
        Source_Support="Hanako Yamadagawa Foundation; Hanako Yamadagawa",
        Public_title="Ketamine (ask Hanako Yamadagawa)",
    ).trial
    assert (trial.lead_sponsor, trial.title) == ("[name]", "Ketamine (ask [name])")
    assert [each.name for each in trial.sponsors] == ["[name]", "Hanako Yamadagawa Foundation"]


@pytest.mark.parametrize("written", ["javascript:alert(1)", "", "www.example.org", 'https://a.org/"onclick="x'])
def test_only_an_address_of_the_web_is_followed(written: str) -> None:
    assert read(web_address=written).trial.url == (
        "https://trialsearch.who.int/Trial2.aspx?TrialID=JPRN-UMIN000051234"
    )
    assert read("CTRI/2023/01/049000", web_address=written).trial.url == (
        "https://trialsearch.who.int/Trial2.aspx?TrialID=CTRI%2F2023%2F01%2F049000"
    )


def test_every_field_that_was_seen_is_known(shared: Path) -> None:
    seen = json.loads((shared / "registry/ictrp/vocabulary.json").read_text("utf-8"))
    filled = seen["export_2026-10-04_pancreatic_cancer"]["filled"]
    names = {name: "2" for name in filled if name != "TrialID"}
    assert len(names) > 40
    assert [each for each in read(**names).flags() if "field that" in each.reason] == []


# -- what cannot be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"<Trial><TrialID>NCT1", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Trial><TrialID>NCT02649231</TrialID></Trial>', "document type"),
        (b"<Trial><TrialID>&lol;</TrialID></Trial>", "not XML"),
        (b"<Trial><Phase>1</Phase></Trial>", "no trial's number: none"),
        (b"<Trial><TrialID>none</TrialID></Trial>", "no trial's number: none"),
        (b"<Trial><TrialID>UMIN000051234</TrialID><TrialID/></Trial>", "comes twice"),
        (b"<Trial><TrialID><b>UMIN000051234</b></TrialID></Trial>", "elements within"),
        (b'["UMIN000051234", "1"]', "a row of 2 columns, where 63 belong"),
        (b"[]", "a row of 0 columns"),
        (b"[1]", "no row"),
    ],
)
def test_a_record_that_cannot_be_read_says_why(payload: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=re.escape(reason)):
        Reader().read(payload, TODAY)


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(payload: bytes) -> None:
    for form in (payload, b"[" + payload, b"<Trial>" + payload + b"</Trial>"):
        try:
            number = Reader().read(form, TODAY).trial_id
        except UnreadableError:
            continue
        assert number == number.strip().upper()
