"""`trialwatch import ictrp FILE`, as it is typed: what is kept, published and told, and what a wrong file does."""

import email
import email.policy
import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from flows.steps import note_trouble
from tests.house import House, Typed
from tests.ictrprecords import OURS, TRIAL_ID, a_record, a_row, an_export
from tests.records import a_trial
from warehouse.store.file import locked

WATCH = """
[watch.ketamine-sud]
registries = ["ictrp"]
interventions = ["ketamine", "esketamine"]
conditions = ["alcohol use disorder", "cannabis use disorder"]
relevance = "ketamine-substance-use"
min_trials = 40

[[subscription]]
name = "team"
watch = "ketamine-sud"
to = ["team@example.org"]
"""
OTHER = "ACTRN12623000001234"
NEXT = {"Export_date": "10/04/2026 04:51:51", "Last_Refreshed_on": "21 September 2026"}
THEN = {"Export_date": "11/04/2026 04:51:51", "Last_Refreshed_on": "21 October 2026"}
Bring = Callable[..., tuple[int, str]]


@pytest.fixture
def house(house: House) -> House:
    house.configure(WATCH)
    return house


@pytest.fixture
def bring(house: House, typed: Typed) -> Bring:
    """Import a file of this text; returns the exit code and what was said. A day passes."""

    def bring(sent: str | bytes) -> tuple[int, str]:
        file = house.folder / "export"
        file.write_bytes(sent if isinstance(sent, bytes) else sent.encode())
        code, out, err = typed("import", "ictrp", str(file))
        assert out == ""
        house.now += timedelta(days=1)
        return code, err

    return bring


def statuses(house: House) -> dict[str, str]:
    rows = house.ask("SELECT trial_id, overall_status FROM trials ORDER BY trial_id")
    return {row["trial_id"]: row["overall_status"] for row in rows}


@pytest.mark.slow
def test_a_first_import_is_a_baseline_that_is_published(house: House, bring: Bring) -> None:
    code, said = bring(an_export(a_record(), a_record(OTHER), a_record("UMIN000000009", Condition="Pain")))
    assert code == Code.DONE, said
    assert "trialwatch: ketamine-sud on ictrp: complete, 3 trials, 3 new versions, 0 changes\n" in said
    assert statuses(house).keys() == {OTHER, TRIAL_ID, "UMIN000000009"}
    assert house.ask("FROM trial_sites") == [], "countries are all that it tells"
    assert len(house.ask("SELECT DISTINCT trial_id FROM trial_countries")) == 3
    assert house.changes() == []
    (run,) = house.ask(
        "SELECT watch, registry_name, outcome, declared_total, distinct_trials, quarantined FROM runs"
    )
    assert run == {
        "watch": "ketamine-sud",
        "registry_name": "ictrp",
        "outcome": "complete",
        "declared_total": None,
        "distinct_trials": 3,
        "quarantined": 0,
    }
    (found,) = house.ask("SELECT * FROM trials WHERE trial_id = ?", TRIAL_ID)
    assert (found["registry_name"], found["status_group"], found["substances"]) == (
        "ictrp",
        "recruiting",
        ["alcohol"],
    )
    assert (found["is_relevant"], str(found["first_posted_on"])) == (True, "2026-08-05")
    record = house.ask("SELECT record FROM trial_records WHERE trial_id = ?", TRIAL_ID)[0]["record"]
    assert json.loads(record)["public_title"] == "Ketamine in alcohol use disorder"
    assert "Yamadagawa" not in record
    assert len(house.mails()) == 1, "the welcome"


@pytest.mark.slow
def test_the_same_file_again_is_no_change_in_either_form(house: House, bring: Bring) -> None:
    for sent in (an_export(a_record(), a_record(OTHER)), an_export(a_record(OTHER), a_record())) * 2:
        assert bring(sent)[0] == Code.DONE
    assert (
        bring(an_export(*(a_record(each, **NEXT, Internal_Number="7") for each in (OURS, OTHER))))[0] == Code.DONE
    )
    assert bring(a_row(**THEN) + a_row(OTHER, **THEN))[0] == Code.DONE
    assert house.changes() == []
    assert house.ask("SELECT DISTINCT version_number FROM trial_versions") == [{"version_number": 1}]
    assert len(house.mails()) == 1


def test_an_end_is_told_by_mail(house: House, bring: Bring) -> None:
    bring(an_export(a_record(), a_record(OTHER)))
    before = set(house.mails())
    bring(an_export(a_record(**NEXT, Recruitment_Status="Main results already published"), a_record(OTHER)))
    assert house.changes("trial_id", "kind", "materiality", "cause") == [
        (TRIAL_ID, "completed", "high", "sponsor")
    ]
    (mail,) = set(house.mails()) - before
    told = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert TRIAL_ID in str(told.get_body(("plain",)))


@pytest.mark.slow
def test_not_recruiting_any_more_is_low_and_never_an_end(house: House, bring: Bring) -> None:
    bring(an_export(a_record()))
    bring(an_export(a_record(**NEXT, Recruitment_Status="Not Recruiting")))
    assert house.changes("kind", "materiality", "field") == [("status_changed", "low", "overall_status")]
    assert house.ask("SELECT status_group, is_overdue FROM trials") == [
        {"status_group": "unknown", "is_overdue": False}
    ]
    assert len(house.mails()) == 1


EXPORTS = (
    an_export(a_record()),
    an_export(a_record(**NEXT)),
    an_export(a_record(**THEN, Recruitment_Status="Completed")),
)


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_an_older_export_never_turns_a_newer_one_back(house: House, bring: Bring, order: tuple[int, ...]) -> None:
    latest = -1
    for place in order:
        assert bring(EXPORTS[place])[0] == Code.DONE
        latest = max(latest, place)
        assert statuses(house) == {TRIAL_ID: "Completed" if latest == 2 else "Recruiting"}
    assert len(house.changes()) == (order[0] != 2)


@pytest.mark.slow
def test_an_older_export_between_two_that_are_alike_turns_nothing_back(house: House, bring: Bring) -> None:
    bring(EXPORTS[0])
    bring(an_export(a_record(**THEN)))
    code, said = bring(an_export(a_record(**NEXT, Recruitment_Status="Not Recruiting")))
    assert (code, house.changes()) == (Code.DONE, [])
    assert "ketamine-sud: of 1 trial a later record is held than that in the file" in said


@pytest.mark.slow
def test_nothing_follows_from_what_is_not_in_a_file(house: House, bring: Bring) -> None:
    bring(an_export(a_record(), a_record(OTHER), a_record("UMIN000000002"), a_record("UMIN000000003")))
    changed = {"Condition": "Pain", "Public_title": "A trial", "Scientific_title": "A trial"}
    code, _ = bring(an_export(a_record(**NEXT, **changed)))
    assert code == Code.DONE
    assert {kind for _, kind in house.changes()} == {"conditions_changed", "title_changed", "relevance_changed"}
    assert house.ask("SELECT count(*) AS n FROM watch_members WHERE left_at IS NULL") == [{"n": 4}]
    code, _ = bring(an_export(a_record("UMIN000000004")))
    assert ("UMIN000000004", "discovered") in house.changes()
    assert house.ask("SELECT count(*) AS n FROM watch_members WHERE left_at IS NULL") == [{"n": 5}]


def test_a_file_cut_short_is_taken_as_far_as_it_goes_and_says_so(house: House, bring: Bring) -> None:
    code, said = bring(an_export(a_record(), a_record(OTHER))[:-300])
    assert code == Code.DONE
    assert "the file ends before its end: whole trials were taken as far as they go" in said
    assert statuses(house).keys() == {TRIAL_ID}
    (run,) = house.ask("SELECT outcome, checks FROM runs")
    (check,) = [each for each in json.loads(run["checks"]) if each["name"] == "whole"]
    assert (run["outcome"], check["passed"], check["blocking"]) == ("complete", False, False)


def test_a_record_that_cannot_be_read_is_set_aside_and_stops_no_other(house: House, bring: Bring) -> None:
    broken = a_row("UMIN000000002").replace(",Japan", ",,Japan")
    code, said = bring(a_row() + broken + a_row(OTHER))
    assert (code, set(statuses(house))) == (Code.DONE, {TRIAL_ID, OTHER})
    assert "1 in quarantine" in said
    assert house.ask("SELECT trial_id, path, reason FROM quarantine") == [
        {
            "trial_id": "UMIN000000002",
            "path": "$",
            "reason": "a row of 64 columns, where 63 belong: it is misaligned",
        }
    ]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x1f\x8b\x08\x00",
        b"\x7fELF\x00\x01",
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><Trials_downloaded_from_ICTRP/>",
        b"<?xml version='1.0'?><allTrials/>",
        b'{"studies": []}',
        an_export(a_record())[:500].encode(),
    ],
)
def test_a_wrong_file_is_one_sentence_and_changes_nothing(house: House, bring: Bring, sent: bytes) -> None:
    bring(an_export(a_record()))
    before = {path: path.read_bytes() for path in (house.folder / "data").rglob("*") if path.is_file()}
    code, said = bring(sent)
    assert (code, said.count("\n"), said.startswith("trialwatch: ")) == (Code.USAGE, 1, True)
    assert before == {path: path.read_bytes() for path in (house.folder / "data").rglob("*") if path.is_file()}


def test_a_file_that_is_not_there_and_a_watch_that_takes_none_are_told(house: House, typed: Typed) -> None:
    code, _, said = typed("import", "ictrp", str(house.folder / "none"))
    assert (code, "cannot be read (No such file" in said) == (Code.USAGE, True)
    house.configure('[watch.w]\nconditions = ["alcohol"]\n')
    code, _, said = typed("import", "ictrp", str(house.folder / "none"))
    assert (code, "no watch lists ictrp: write registries = " in said) == (Code.USAGE, True)
    assert typed("import", "ictrp")[0] == Code.USAGE
    assert not (house.folder / "data").exists()


def test_an_import_gives_way_to_a_night(house: House, bring: Bring) -> None:
    bring(an_export(a_record()))
    with locked(house.settings.store, "trialwatch run"):
        assert bring(an_export(a_record(**NEXT, Recruitment_Status="Completed")))[0] == Code.HELD
    assert house.changes() == []


def test_a_house_of_files_alone_is_not_stale(house: House, bring: Bring, typed: Typed) -> None:
    assert typed("status")[0] == Code.STALE
    assert house.night().ending.code is Code.DONE  # as a timer runs it: it has nothing to do
    code, _, said = typed("status")
    assert (code, "run `trialwatch import ictrp FILE`" in said) == (Code.STALE, True)
    bring(an_export(a_record()))
    house.now += timedelta(days=90)
    assert typed("status")[0] == Code.DONE


def test_it_is_told_as_one_document(house: House, typed: Typed) -> None:
    (house.folder / "export").write_text(an_export(a_record()), "utf-8")
    code, out, _ = typed("import", "ictrp", str(house.folder / "export"), "--json")
    told = json.loads(out)
    assert (code, told["exit_code"], told["runs"][0]["registry_name"]) == (0, 0, "ictrp")


# -- beside registries that are asked --------------------------------------------------------------------------

NCT = "NCT02649231"
OF_BOTH = WATCH.replace('["ictrp"]', '["clinicaltrials.gov", "ictrp"]').replace("min_trials = 40\n", "")


@pytest.fixture
def both(house: House, registry: SimulatedRegistry) -> SimulatedRegistry:
    house.configure(OF_BOTH)
    registry.put(a_trial(NCT))
    return registry


@pytest.mark.slow
def test_a_night_leaves_what_came_by_a_file_as_it_is(house: House, bring: Bring, both: SimulatedRegistry) -> None:
    bring(an_export(a_record()))
    for _ in range(2):
        assert house.night().ending.code is Code.DONE
    assert statuses(house).keys() == {TRIAL_ID, NCT}
    assert {kind for _, kind in house.changes()} <= {"registered", "discovered"}
    assert {each["registry_name"] for each in house.ask("SELECT registry_name FROM runs")} == {
        "ictrp",
        "clinicaltrials.gov",
    }


@pytest.mark.slow
def test_a_file_is_no_night_to_whoever_guards_them(
    house: House, bring: Bring, both: SimulatedRegistry, typed: Typed
) -> None:
    house.night()
    note_trouble(house.settings, "the disk is full")
    house.now += timedelta(days=9)
    bring(an_export(a_record()))
    assert "the last night broke off: the disk is full" in typed("status")[2]
    house.night()
    house.now += timedelta(days=9)
    bring(an_export(a_record()))
    assert "the last complete night of ketamine-sud on clinicaltrials.gov is " in typed("status")[2]


@pytest.mark.slow
def test_numbers_are_of_who_gave_them_and_not_of_who_shows_them(
    house: House, bring: Bring, both: SimulatedRegistry
) -> None:
    countries = [f"EUCTR2015-000222-11-{country}" for country in ("GB", "DE")]
    naming = [a_record(each, Secondary_ID=NCT) for each in (OURS, OTHER)]
    house.night()
    bring(an_export(*naming, *map(a_record, countries)))
    assert house.ask("SELECT trial_ids FROM studies ORDER BY study_id") == [
        {"trial_ids": ["2015-000222-11-DE", "2015-000222-11-GB"]},
        {"trial_ids": [OTHER, NCT, TRIAL_ID]},
    ]
    assert house.ask("FROM doubtful_ties") == []
    before = len(house.mails())
    ended = [a_record(each, **NEXT, Recruitment_Status="Completed") for each in countries]
    bring(an_export(*naming, *ended))
    told = house.changes("trial_id", "kind", "materiality")
    assert [each for each in told if each[1] == "completed"] == [
        ("2015-000222-11-DE", "completed", "low"),
        ("2015-000222-11-GB", "completed", "high"),
    ]
    assert len(house.mails()) == before + 1


@pytest.mark.slow
def test_a_trial_of_a_registry_that_is_asked_is_not_doubled(
    house: House, bring: Bring, both: SimulatedRegistry
) -> None:
    house.night()
    before = house.ask("SELECT * FROM trials")
    code, said = bring(an_export(a_record(NCT, Recruitment_Status="Completed"), a_record("ISRCTN85955128")))
    assert code == Code.DONE
    assert (
        "ketamine-sud: 2 trials of registries that are read by themselves not taken; "
        "1 of them not held from there: ISRCTN85955128\n"
    ) in said
    assert house.ask("SELECT * FROM trials") == before
    assert house.changes() == []


@pytest.mark.slow
def test_a_trial_that_names_one_of_another_registry_is_its_twin(
    house: House, bring: Bring, both: SimulatedRegistry
) -> None:
    house.night()
    bring(an_export(a_record(Secondary_ID=f"Nil known;{NCT}")))
    assert house.ask("SELECT study_id, trial_ids, matched_by FROM studies") == [
        {"study_id": NCT, "trial_ids": [NCT, TRIAL_ID], "matched_by": f"{TRIAL_ID} names {NCT}"}
    ]


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.parametrize(
    ("bearer", "named"),
    [
        (OURS, "UMIN000051234"),
        (OURS, "JPRN-UMIN000051234"),
        ("JPRN-jRCT1031200043", "JPRN-jRCT1031200043"),
        ("NL-OMON20345", "NL-OMON20345"),
        ("ITMCTR2024000100", "ITMCTR2024000100"),
        ("TCTR20200101001", "TCTR20200101001"),
    ],
)
def test_a_trial_that_another_registry_names_is_its_twin(
    house: House, bring: Bring, both: SimulatedRegistry, bearer: str, named: str
) -> None:
    trial = a_trial(NCT)
    trial["protocolSection"]["identificationModule"]["secondaryIdInfos"] = [{"id": named, "type": "REGISTRY"}]
    both.put(trial)
    house.night()
    bring(an_export(a_record(bearer, Secondary_ID=None)))
    ((trial_ids,),) = (row.values() for row in house.ask("SELECT trial_ids FROM studies"))
    assert set(trial_ids) == {NCT, bearer.removeprefix("JPRN-").upper()}


@pytest.mark.slow
def test_a_number_may_be_typed_as_who_writes_it(
    house: House, bring: Bring, both: SimulatedRegistry, typed: Typed
) -> None:
    told = 'reason = "the protocol names both"\nby = "A. Curator"\n'
    tie = f'[[tie]]\ntrials = ["{OURS}", "{NCT}"]\n{told}'
    follow = f'follow = ["{OURS}"]'
    house.configure(OF_BOTH.replace("conditions =", f"{follow}\nconditions =", 1) + tie)
    house.night()
    bring(an_export(a_record(Condition="Pain", Public_title="A trial", Scientific_title="A trial")))
    assert house.ask("SELECT trial_ids FROM studies") == [{"trial_ids": [NCT, TRIAL_ID]}]
    code, out, err = typed("show", OURS)
    assert (code, err, out.split()[0]) == (Code.DONE, "", TRIAL_ID)


@pytest.mark.slow
def test_every_watch_that_lists_it_takes_its_own(house: House, bring: Bring) -> None:
    more = '\n[watch.pain]\nregistries = ["ictrp"]\nconditions = ["pain"]\n[watch.no]\nconditions = ["pain"]\n'
    house.configure(WATCH + more)
    quiet = {"Public_title": "A trial", "Scientific_title": "A trial"}
    both_ways = a_record(OTHER, Condition="Pain;Alcohol use disorder", **quiet)
    bring(an_export(a_record(), both_ways, a_record("UMIN000000002", Condition="Pain", **quiet)))
    members: dict[str, set[Any]] = {}
    for row in house.ask("SELECT watch, trial_id FROM watch_members"):
        members.setdefault(row["watch"], set()).add(row["trial_id"])
    assert members == {"ketamine-sud": {TRIAL_ID, OTHER}, "pain": {OTHER, "UMIN000000002"}}
