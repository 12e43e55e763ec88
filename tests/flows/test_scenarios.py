"""The nights that broke others, each by name."""

from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry, faults
from flows.endings import Code
from tests.house import WATCH, House
from tests.records import a_trial, with_status
from warehouse.store.file import locked, opened

ALCOHOL_COMPLETED = """
[watch.ketamine-sud]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "ketamine-sud"
substances = ["alcohol", "cannabis"]
kinds = ["completed", "stopped", "results_posted"]
to = ["team@example.org"]
"""


def status_changes(house: House) -> list[tuple[Any, ...]]:
    return [
        (row["kind"], row["old_value"], row["new_value"], row["cause"])
        for row in house.ask("SELECT * FROM changes WHERE field = 'overall_status' ORDER BY observed_at")
    ]


@pytest.mark.slow
def test_a_first_night_is_a_baseline_with_one_welcome(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(), a_trial(completionDateStruct={"date": "2020-01", "type": "ESTIMATED"}))
    assert house.night().ending.code is Code.DONE
    assert house.changes() == []
    (welcome,) = house.mails()
    assert b"Subject: Now watching: ketamine-sud" in welcome.read_bytes()


@pytest.mark.slow
def test_the_same_registry_twice_is_a_heartbeat_and_then_nothing(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial(), a_trial())
    house.night()
    assert house.night().certificates[0][2].outcome == "heartbeat"
    registry.night()
    registry.shuffle(3)
    assert house.night().certificates[0][2].new_versions == 0
    assert house.changes() == []
    assert len(house.mails()) == 1


def test_completed_then_active_then_completed_is_three_changes(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001", overallStatus="ACTIVE_NOT_RECRUITING"))
    house.night()
    for status in ("COMPLETED", "ACTIVE_NOT_RECRUITING", "COMPLETED"):
        registry.night()
        registry.edit("NCT10000001", with_status(status, posted=registry.data_version[:10]))
        house.night()
    assert status_changes(house) == [
        ("completed", "ACTIVE_NOT_RECRUITING", "COMPLETED", "sponsor"),
        ("resumed", "COMPLETED", "ACTIVE_NOT_RECRUITING", "sponsor"),
        ("completed", "ACTIVE_NOT_RECRUITING", "COMPLETED", "sponsor"),
    ]
    assert len(house.mails()) == 4, "the welcome, and one for each of the three"


@pytest.mark.slow
def test_unknown_without_a_new_posting_date_is_lapsed_by_the_registry(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001", overallStatus="NOT_YET_RECRUITING"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("UNKNOWN", lastKnownStatus="NOT_YET_RECRUITING"))
    house.night()
    (change,) = house.ask("SELECT * FROM changes")
    assert (change["kind"], change["cause"], change["old_value"], change["new_value"]) == (
        "lapsed",
        "registry",
        "NOT_YET_RECRUITING",
        "UNKNOWN",
    )
    assert "last known status NOT_YET_RECRUITING" in change["reason"]
    assert (change["registry_date"], change["registry_date_basis"]) == ("2026-09-14", "data_version")


@pytest.mark.slow
def test_a_completion_on_the_day_the_trial_leaves_the_search_is_told(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(ALCOHOL_COMPLETED)
    registry.put(a_trial("NCT10000001"), a_trial())
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
    registry.hide("NCT10000001")
    house.night()
    assert house.changes("trial_id", "kind", "watch") == [
        ("NCT10000001", "completed", None),
        ("NCT10000001", "left_watch", "ketamine-sud"),
    ]
    assert len(house.mails()) == 2
    (stay,) = house.ask("SELECT * FROM watch_members WHERE trial_id = 'NCT10000001'")
    assert stay["left_at"] is not None
    assert stay["why_left"].startswith("text changed")


@pytest.mark.slow
def test_a_completion_long_after_the_trial_left_the_search_is_still_told(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(ALCOHOL_COMPLETED)
    registry.put(a_trial("NCT10000001"), a_trial())
    house.night()
    registry.hide("NCT10000001")
    registry.night()
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    assert ("NCT10000001", "completed") in house.changes()
    assert len(house.mails()) == 2


@pytest.mark.slow
def test_a_merged_trial_leads_to_its_survivor(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"), a_trial())
    house.night()
    registry.put(a_trial("NCT10000009"))
    registry.hide("NCT10000009")
    registry.merge("NCT10000001", "NCT10000009")
    registry.night()
    house.night()
    merged, *others = house.ask("SELECT * FROM changes WHERE kind IN ('merged', 'removed', 'left_watch')")
    assert not others
    assert (merged["trial_id"], merged["new_value"], merged["cause"], merged["materiality"]) == (
        "NCT10000001",
        "NCT10000009",
        "registry",
        "medium",
    )
    members = {row["trial_id"]: row for row in house.ask("SELECT * FROM watch_members")}
    assert members["NCT10000001"]["why_left"] == "merged into NCT10000009"
    assert members["NCT10000009"]["left_at"] is None
    known = house.changes()
    assert ("NCT10000009", "discovered") in known
    # The survivor, which was not held, is compared with the one whose history it goes on with.
    assert ("NCT10000009", "title_changed") in known
    registry.night()
    house.night()
    assert house.ask("SELECT * FROM trial_identifiers WHERE is_alias") == [
        {
            "trial_id": "NCT10000009",
            "item_key": members_key(house),
            "position": 2,
            "identifier": "NCT10000001",
            "identifier_type": "NCT",
            "is_alias": True,
        }
    ]
    assert house.changes() == known, "nothing more on the night after"


def members_key(house: House) -> str:
    (row,) = house.ask("SELECT item_key FROM trial_identifiers WHERE is_alias")
    return str(row["item_key"])


@pytest.mark.slow
def test_a_removal_is_told_once_and_a_return_as_restored(house: House, registry: SimulatedRegistry) -> None:
    record = a_trial("NCT10000001")
    registry.put(record, a_trial())
    house.night()
    registry.remove("NCT10000001")
    registry.night()
    house.night()
    registry.night()
    house.night()
    assert house.changes("trial_id", "kind", "materiality") == [("NCT10000001", "removed", "high")]
    assert house.ask("SELECT trial_id, fate FROM trials WHERE fate IS NOT NULL") == [
        {"trial_id": "NCT10000001", "fate": "removed"}
    ]
    registry.put(record)
    registry.night()
    house.night()
    assert house.changes("trial_id", "kind")[1:] == [("NCT10000001", "restored")]
    assert [
        row["stay"] for row in house.ask("SELECT stay FROM watch_members WHERE left_at IS NULL ORDER BY 1")
    ] == [
        1,
        2,
    ]


@pytest.mark.slow
def test_a_mistyped_address_is_not_a_removal(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"), a_trial())
    house.night()
    registry.remove("NCT10000001")
    registry.night()
    registry.fail(faults.empty_404(on="study"))
    assert house.night().ending.code is Code.INCOMPLETE
    assert house.changes() == []


def many(registry: SimulatedRegistry, count: int) -> list[str]:
    numbers = [f"NCT2000{number:04d}" for number in range(count)]
    registry.put(*map(a_trial, numbers))
    return numbers


@pytest.mark.slow
def test_page_three_of_five_fails_and_yesterday_stays(house: House) -> None:
    with SimulatedRegistry(page_cap=2) as registry:
        house.registry_url = registry.url
        many(registry, 10)
        house.night()
        before = house.settings.published.joinpath("trialwatch.duckdb").read_bytes()
        registry.night()
        registry.edit("NCT20000003", with_status("COMPLETED"))
        registry.fail(faults.status(500, on="search", page=3, times=None))
        report = house.night()
        assert report.ending.code is Code.INCOMPLETE
        assert house.settings.published.joinpath("trialwatch.duckdb").read_bytes() == before
        registry.heal()
        assert house.night().ending.code is Code.DONE
        assert house.changes() == [("NCT20000003", "completed")]
        outcomes = [row["outcome"] for row in house.ask("SELECT outcome FROM runs ORDER BY started_at")]
        assert outcomes == ["complete", "incomplete", "complete"]


@pytest.mark.slow
def test_200_with_60_percent_of_the_trials_is_refused(house: House, registry: SimulatedRegistry) -> None:
    many(registry, 20)
    house.night()
    registry.night()
    registry.fail(faults.thin(0.6, times=None))
    report = house.night()
    assert report.ending.code is Code.REFUSED
    assert "no longer return 8 of the 20 trials" in report.ending.sentences[0]
    assert house.changes() == []
    registry.heal()
    registry.night()
    house.night()
    assert house.changes() == []


@pytest.mark.slow
def test_none_of_the_trials_is_refused_too(house: House, registry: SimulatedRegistry) -> None:
    many(registry, 20)
    house.night()
    registry.night()
    registry.fail(faults.thin(0.0, times=None))
    assert house.night().ending.code is Code.REFUSED


@pytest.mark.slow
def test_the_data_version_moves_between_pages_once_and_the_pass_is_made_again(house: House) -> None:
    with SimulatedRegistry(page_cap=2) as registry:
        house.registry_url = registry.url
        many(registry, 6)
        registry.fail(faults.moves_after_page(1))
        report = house.night()
        assert report.ending.code is Code.DONE
        assert report.certificates[0][2].data_version_before == registry.data_version


def test_the_data_version_that_moves_in_every_pass_is_refused(house: House, registry: SimulatedRegistry) -> None:
    many(registry, 6)
    registry.fail(faults.moves_after_page(1, times=None))
    report = house.night()
    assert report.ending.code is Code.REFUSED
    assert "moved" in report.ending.sentences[0]
    assert not house.settings.published.exists()


def test_a_total_that_does_not_match_is_refused(house: House, registry: SimulatedRegistry) -> None:
    many(registry, 6)
    registry.fail(faults.wrong_total(+3, times=None))
    report = house.night()
    assert report.ending.code is Code.REFUSED
    assert "declared 9 trials and sent 6" in report.ending.sentences[0]


@pytest.mark.slow
def test_a_trial_away_for_one_night_left_and_came_back(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"), a_trial())
    house.night()
    registry.night()
    registry.hide("NCT10000001")
    house.night()
    registry.night()
    registry.reveal("NCT10000001")
    house.night()
    assert house.changes("kind", "materiality") == [("left_watch", "low"), ("reentered_watch", "low")]
    assert len(house.mails()) == 1


@pytest.mark.slow
def test_a_1999_trial_found_today_is_discovered_and_a_fresh_one_registered(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial())
    house.night()
    registry.night()
    registry.put(
        a_trial("NCT00000199", studyFirstPostDateStruct={"date": "1999-11-03", "type": "ACTUAL"}),
        a_trial("NCT09999999", studyFirstPostDateStruct={"date": "2026-09-07", "type": "ACTUAL"}),
        a_trial("NCT09999998", studyFirstPostDateStruct={"date": "2026-09-03", "type": "ACTUAL"}),
    )
    house.night()
    assert house.changes("trial_id", "kind", "watch") == [
        ("NCT00000199", "discovered", "ketamine-sud"),
        ("NCT09999998", "discovered", "ketamine-sud"),
        ("NCT09999999", "registered", "ketamine-sud"),
    ]


@pytest.mark.slow
def test_an_unknown_status_value_is_kept_raw_and_flagged(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("PAUSED_FOR_REVIEW"))
    house.night()
    assert status_changes(house) == [("status_changed", "RECRUITING", "PAUSED_FOR_REVIEW", "registry")]
    (row,) = house.ask("SELECT overall_status, status_group FROM trials")
    assert row == {"overall_status": "PAUSED_FOR_REVIEW", "status_group": "unrecognised"}
    (flag,) = house.ask("SELECT value FROM trial_flags")
    assert flag == {"value": "PAUSED_FOR_REVIEW"}


@pytest.mark.slow
def test_a_record_without_any_dates_is_held_and_compared(house: House, registry: SimulatedRegistry) -> None:
    record = a_trial("NCT10000001")
    record["protocolSection"]["statusModule"] = {"overallStatus": "RECRUITING"}
    registry.put(a_trial(), record)
    house.night()
    registry.night()
    registry.edit("NCT10000001", lambda r: r["protocolSection"]["statusModule"].update(overallStatus="COMPLETED"))
    house.night()
    assert house.changes("trial_id", "kind", "cause") == [("NCT10000001", "completed", "registry")]


def test_the_sentinel_enrollment_is_no_number(house: House, registry: SimulatedRegistry) -> None:
    record = a_trial("NCT10000001")
    record["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": 99999999, "type": "ESTIMATED"}
    registry.put(record)
    house.night()
    assert house.ask("SELECT enrollment, enrollment_type FROM trials") == [
        {"enrollment": None, "enrollment_type": "ESTIMATED"}
    ]


def without_a_number(record: dict[str, Any]) -> None:
    record["protocolSection"]["identificationModule"]["nctId"] = None


def test_one_malformed_record_is_set_aside_and_the_night_goes_on(
    house: House, registry: SimulatedRegistry
) -> None:
    broken = a_trial("NCT10000001")
    registry.put(broken, a_trial("NCT10000002"))
    registry.edit("NCT10000001", without_a_number)
    report = house.night()
    assert report.ending.code is Code.DONE
    assert [row["trial_id"] for row in house.ask("SELECT trial_id FROM trials")] == ["NCT10000002"]
    (row,) = house.ask("SELECT trial_id, path, reason FROM quarantine")
    assert row == {
        "trial_id": None,
        "path": "$.protocolSection.identificationModule.nctId",
        "reason": "no trial number",
    }


@pytest.mark.slow
def test_a_known_trial_that_becomes_unreadable_is_neither_lost_nor_gone(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001"), a_trial())
    house.night()
    registry.night()
    registry.edit("NCT10000001", without_a_number)
    house.night()
    assert house.changes() == []
    assert len(house.ask("SELECT * FROM watch_members WHERE left_at IS NULL")) == 2
    registry.night()
    registry.put(a_trial("NCT10000001"))
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    assert house.changes() == [("NCT10000001", "completed")]


@pytest.mark.slow
def test_time_alone_makes_a_trial_overdue_once_on_a_heartbeat_too(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001", completionDateStruct={"date": "2026-09-12", "type": "ESTIMATED"}))
    house.night()
    assert house.ask("SELECT is_overdue FROM trials") == [{"is_overdue": False}]
    assert house.night().certificates[0][2].outcome == "heartbeat"
    house.night()
    assert house.changes("kind", "cause", "materiality") == [("overdue", "calendar", "medium")]
    assert house.ask("SELECT is_overdue, days_overdue FROM trials") == [{"is_overdue": True, "days_overdue": 2}]
    assert len(house.mails()) == 2


@pytest.mark.slow
def test_more_than_50_new_members_are_told_as_one_line(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    house.night()
    registry.night()
    registry.put(
        *(
            a_trial(f"NCT3000{number:04d}", studyFirstPostDateStruct={"date": "2026-09-11", "type": "ACTUAL"})
            for number in range(60)
        )
    )
    house.night()
    assert len(house.ask("SELECT * FROM changes WHERE kind = 'registered'")) == 60
    assert len(house.mails()) == 2
    assert any(b"60 new trials" in mail.read_bytes() for mail in house.mails())


@pytest.mark.slow
def test_two_watches_that_share_a_trial_tell_each_reader_once(house: House, registry: SimulatedRegistry) -> None:
    second = WATCH.replace("ketamine-sud", "second").replace("team", "others")
    house.configure(WATCH + second)
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    assert house.changes() == [("NCT10000001", "completed")]
    assert len(house.mails()) == 4, "two welcomes, and the completion to each of the two subscriptions"


@pytest.mark.slow
def test_a_watch_that_asks_otherwise_is_read_again_although_the_data_stand_still(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.configure(WATCH.replace('"ketamine", ', ""))
    house.night()
    assert house.ask("SELECT count(*) AS n FROM trials") == [{"n": 0}]
    house.configure(WATCH)
    house.night()
    assert house.changes("kind", "cause") == [("discovered", "watch")] * 2


def test_a_trial_that_is_only_followed_is_a_member(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.configure('[watch.one]\nfollow = ["nct10000001", "NCT19999999"]\n')
    report = house.night()
    assert report.ending.code is Code.DONE
    assert house.ask("SELECT trial_id, why_entered FROM watch_members") == [
        {"trial_id": "NCT10000001", "why_entered": "followed by the watch"}
    ]
    assert "NCT19999999" in " ".join(report.ending.sentences), "a number that the registry does not know is told"


@pytest.mark.parametrize(("low", "high"), [(3, None), (None, 1)])
def test_a_watch_outside_its_bounds_is_refused(
    house: House, registry: SimulatedRegistry, low: int | None, high: int | None
) -> None:
    bound = f"min_trials = {low}" if low else f"max_trials = {high}"
    house.configure(f'[watch.w]\ninterventions = ["ketamine"]\n{bound}\n')
    registry.put(a_trial(), a_trial())
    assert house.night().ending.code is Code.REFUSED


def test_a_watch_that_is_read_from_files_alone_is_told_and_stops_no_other(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(WATCH + '[watch.far]\nregistries = ["ictrp"]\nconditions = ["alcohol"]\n')
    registry.put(a_trial())
    report = house.night()
    assert report.ending.code is Code.DONE
    told = "far asks no registry: its trials come by `trialwatch import ictrp FILE`"
    assert report.ending.sentences[0] == told
    assert house.ask("SELECT watch, outcome FROM runs") == [{"watch": "ketamine-sud", "outcome": "complete"}]


def test_another_registrys_first_night_welcomes_nobody_again(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    with locked(house.settings.store, "test"), opened(house.settings.store) as con:
        con.execute(
            "INSERT INTO run BY NAME SELECT 'r' AS run_id, 'ketamine-sud' AS watch, 'isrctn' AS registry_name, "
            "TIMESTAMP '2026-09-11' AS started_at, started_at AS finished_at, "
            "'complete' AS outcome, '' AS sentence"
        )
    house.night()
    assert house.changes() == []
    assert house.mails() == []


@pytest.mark.slow
def test_what_a_wall_let_through_is_remembered_from_night_to_night(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial())
    registry.fail(faults.html_wall(status=403))
    assert house.night().ending.code is Code.DONE
    assert registry.requests[0].headers["user-agent"].startswith("trialwatch/")
    registry.requests.clear()
    registry.night()
    assert house.night().ending.code is Code.DONE
    assert {request.headers["user-agent"].split("/")[0] for request in registry.requests} == {"python-httpx"}


def test_a_wall_that_lets_nobody_through_says_what_to_do(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    registry.fail(faults.html_wall(status=403, times=None))
    report = house.night()
    assert report.ending.code is Code.INCOMPLETE
    assert "TRIALWATCH_CONTACT" in report.ending.sentences[0]
    agents = {request.headers["user-agent"].split("/")[0] for request in registry.requests}
    assert agents == {"trialwatch", "python-httpx"}, "never a browser's"
    assert not house.settings.published.exists()


@pytest.mark.slow
def test_landed_files_are_dropped_after_their_days(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    house.night()
    kept = list(house.settings.landed.glob("*/*"))
    assert len(kept) == 2, "what was sent, and what was asked"
    house.now = house.now.replace(year=2030)
    registry.night()
    house.night()
    assert not any(path.exists() for path in kept)
    assert house.ask("SELECT count(*) AS n FROM trials") == [{"n": 1}]
