"""Posted results, night by night: read when they are due, told when they differ, never a night's undoing."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from connectors.clinicaltrials_gov.results import Reader
from connectors.simulated import SimulatedRegistry, faults
from flows import results
from flows.endings import Code
from flows.nightly import Report, Steps, night
from flows.results import BoundsOfResults, Errand
from flows.settings import configuration
from flows.steps import RunContext
from flows.terminal.progress import silent
from tests.house import WATCH, House
from tests.records import a_trial, some_results, with_results
from warehouse.keep.results import KeptResults
from warehouse.store.file import opened

A, B = "NCT10000001", "NCT10000002"
RESULTS = (
    *("trial_results", "trial_result_outcomes", "trial_result_analyses", "trial_adverse_events"),
    *("trial_adverse_event_groups", "trial_participant_flow", "trial_baseline_measurements"),
)
Record = dict[str, Any]


def cell(record: Record) -> Record:
    (outcome, *_) = record["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    found: Record = outcome["classes"][0]["categories"][0]["measurements"][0]
    return found


def measured(value: str, posted: str | None = None) -> Callable[[Record], None]:
    """An edit: another value in the results; with ``posted`` in another posted version."""

    def edit(record: Record) -> None:
        cell(record)["value"] = value
        if posted:
            record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = posted

    return edit


def shown(yes: bool) -> Callable[[Record], None]:
    def edit(record: Record) -> None:
        record["hasResults"] = yes
        if yes:
            record["resultsSection"] = some_results()

    return edit


@dataclass
class Night:
    """What was seen of a night: how it ended, whose results were asked for, and what was new."""

    report: Report
    asked: list[str]
    changes: list[Record]

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(each["trial_id"], each["kind"]) for each in self.changes]


@dataclass
class Story:
    house: House
    registry: SimulatedRegistry
    nights: dict[str, Night] = field(default_factory=dict)

    def play(self, name: str, *edits: tuple[str, Callable[[Record], None]], is_new: bool = True) -> Night:
        if is_new:
            self.registry.night()
        for trial_id, edit in edits:
            self.registry.edit(trial_id, edit)
        self.registry.requests.clear()
        report = self.house.night()
        asked = [
            seen.path.rsplit("/", 1)[-1]
            for seen in self.registry.requests
            if seen.params.get("fields") == "ResultsSection"
        ]
        changes = self.house.ask("SELECT * FROM changes WHERE run_id = ? ORDER BY trial_id, kind", report.run_id)
        self.nights[name] = Night(report, asked, changes)
        return self.nights[name]

    def rows(self) -> list[Any]:
        return [self.house.ask(f"SELECT * FROM {view} ORDER BY ALL") for view in RESULTS]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with SimulatedRegistry([with_results(A), a_trial(B)]) as registry:
        house = House(tmp_path_factory.mktemp("results"), registry.url)
        house.configure(WATCH)
        story = Story(house, registry)
        story.play("first", is_new=False)
        story.play("heartbeat", is_new=False)
        story.play("posted", (B, shown(True)))
        story.play("corrected in silence", (A, measured("11.9")))
        house.now = house.now.replace(day=20)
        story.play("seen a week later")
        story.play("corrected back", (A, measured("12.3", posted="2026-09-18")))
        registry.shuffle(3)
        house.now = house.now.replace(day=29)
        story.play("in another order")
        registry.fail(faults.status(500, on="study", times=1))
        story.play("unwell", (B, measured("10", posted="2026-09-28")))
        story.play("made up for", is_new=False)
        story.play("withdrawn", (A, shown(False)))
        story.play("back", (A, shown(True)))
        yield story


def test_the_first_reading_is_no_change(story: Story) -> None:
    assert (story.nights["first"].asked, story.nights["first"].told) == ([A], [])
    assert story.nights["posted"].asked == [B]
    assert story.nights["posted"].told == [(B, "results_posted")]


def test_what_was_read_is_not_asked_for_again_before_its_time(story: Story) -> None:
    assert story.nights["heartbeat"].asked == []
    assert story.nights["corrected in silence"].asked == []
    assert story.nights["seen a week later"].asked == [A]


def test_a_correction_is_one_change_that_says_what_differs(story: Story) -> None:
    (change,) = story.nights["seen a week later"].changes
    assert (change["kind"], change["field"], change["materiality"]) == (
        "results_changed",
        "trial_results",
        "medium",
    )
    assert (change["cause"], change["registry_date_basis"]) == ("registry", "data_version")
    assert change["reason"] == "1 outcome measure changed"
    assert json.loads(change["old_value"]) == {
        "outcomeMeasures": [{"measure": "Heavy drinking days", "values": ["Ketamine: 12.3 ± 4.5, n = 48"]}]
    }
    assert json.loads(change["new_value"]) == {
        "outcomeMeasures": [{"measure": "Heavy drinking days", "values": ["Ketamine: 11.9 ± 4.5, n = 48"]}]
    }


def test_there_and_back_are_two_changes(story: Story) -> None:
    (change,) = [each for each in story.nights["corrected back"].changes if each["kind"] == "results_changed"]
    assert (change["cause"], str(change["registry_date"])) == ("sponsor", "2026-09-18")
    assert (change["from_version"], change["to_version"]) == (1, 2)


def test_another_order_is_no_change(story: Story) -> None:
    assert set(story.nights["in another order"].asked) == {A, B}
    assert story.nights["in another order"].told == []


def test_what_could_not_be_read_is_told_and_made_up_for_though_nothing_is_new(story: Story) -> None:
    unwell = story.nights["unwell"]
    assert unwell.report.ending.code is Code.DONE
    assert [certificate.outcome for *_, certificate in unwell.report.certificates] == ["complete"]
    assert any(
        "1 could not be read and will be asked for again" in each for each in unwell.report.ending.sentences
    )
    assert unwell.told == []
    later = story.nights["made up for"]
    assert [certificate.outcome for *_, certificate in later.report.certificates] == ["heartbeat"]
    assert later.told == [(B, "results_changed")]


def test_results_that_go_and_come_back_are_told_by_the_record_alone(story: Story) -> None:
    assert story.nights["withdrawn"].told == [(A, "results_withdrawn")]
    assert story.nights["back"].told == [(A, "results_posted")]
    assert (story.nights["withdrawn"].asked, story.nights["back"].asked) == ([], [A])


def test_analysts_find_the_latest_results_of_each_trial(story: Story) -> None:
    (row,) = story.house.ask(f"SELECT * FROM trial_results WHERE trial_id = '{B}' AND value IS NOT NULL")
    assert (row["value"], row["value_as_written"], row["group_title"]) == (10, "10", "Ketamine")
    counts = {view: story.house.ask(f"SELECT count(*) AS n FROM {view}")[0]["n"] for view in RESULTS}
    assert counts == dict(zip(RESULTS, (4, 4, 2, 4, 4, 8, 4), strict=True))
    versions = story.house.ask(
        "SELECT trial_id, results_version_number, superseded_at IS NULL AS is_latest FROM trial_result_versions "
        "ORDER BY ALL"
    )
    assert [tuple(row.values()) for row in versions] == [
        *((A, 1, False), (A, 2, False), (A, 3, True)),
        *((B, 1, False), (B, 2, True)),
    ]


def test_what_has_no_column_is_in_the_latest_record_of_results(story: Story) -> None:
    rows = story.house.ask(
        "SELECT trial_id, results_version_number, "
        "results->>'$.moreInfoModule.limitationsAndCaveats.description' AS limits, "
        "results->'$.moreInfoModule.pointOfContact' AS whom, "
        "results->'$.outcomeMeasuresModule'->>"
        "'$.outcomeMeasures[0].classes[0].categories[0].measurements[0].value' AS value "
        "FROM trial_result_records ORDER BY trial_id"
    )
    assert [tuple(row.values()) for row in rows] == [
        (A, 3, "Few people", None, "12.3"),
        (B, 2, "Few people", None, "10"),
    ]


def test_whom_to_ask_is_not_published(story: Story) -> None:
    published = story.house.settings.published
    for path in [each for each in published.rglob("*") if each.is_file() and not each.is_symlink()]:
        assert not any(word in path.read_bytes() for word in (b"Jane Roe", b"555-0199", b"jane.roe")), path


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_the_mail_says_what_differs(story: Story, kind: str) -> None:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in story.house.mails()]
    bodies = [found.get_content() for mail in mails if (found := mail.get_body((kind,)))]
    told = [" ".join(body.split()) for body in bodies if "Posted results changed" in body]
    assert len(told) == 3, "A there and back, and B"
    for body in told:
        values = ("12.3", "11.9") if A in body else ("12.3", "10")
        assert all(value in body for value in values)


# -- what goes wrong -----------------------------------------------------------------------------------


@pytest.fixture
def operated(house: House, registry: SimulatedRegistry) -> House:
    """A house with an operator, beside a registry that says of a trial that it has results and shows none."""
    registry.put({**a_trial(A), "hasResults": True}, with_results(B))
    house.environment["TRIALWATCH_OPERATOR"] = "operator@example.org"
    return house


def troubles(house: House) -> list[str]:
    with opened(house.settings.store) as con:
        return [
            subject for (subject,) in con.execute("SELECT subject FROM trouble ORDER BY noticed_at").fetchall()
        ]


@pytest.mark.slow
def test_the_operator_hears_of_it_from_the_third_night_on_and_every_third(operated: House) -> None:
    seen = []
    for _ in range(6):
        assert operated.night().ending.code is Code.DONE
        seen.append(len(troubles(operated)))
    assert seen == [0, 0, 1, 1, 1, 2]
    assert set(troubles(operated)) == {f"clinicaltrials.gov: cannot read the results of {A}"}
    assert operated.ask("SELECT DISTINCT trial_id FROM trial_results") == [{"trial_id": B}]


@pytest.mark.slow
def test_trials_that_show_no_results_keep_nobody_elses_from_being_read(
    house: House, registry: SimulatedRegistry
) -> None:
    hollow = [f"NCT1000000{place}" for place in range(1, 5)]
    last = "NCT10000009"
    registry.put(*({**a_trial(trial_id), "hasResults": True} for trial_id in hollow), with_results(last))
    for value in ("11.9", "11.8"):
        house.night()
        registry.night()
        registry.edit(last, measured(value))
        house.now += timedelta(days=8)
    house.night()
    told = house.ask("SELECT trial_id, kind FROM changes WHERE kind = 'results_changed'")
    assert told == [{"trial_id": last, "kind": "results_changed"}] * 2


@pytest.mark.slow
def test_sections_that_are_no_json_are_asked_for_again(house: House, registry: SimulatedRegistry) -> None:
    registry.put(with_results(A))
    broken = b'{"resultsSection": {"a": nonsense}}'
    headers = {"Content-Type": "application/json"}
    registry.fail(faults.status(200, body=broken, headers=headers, on="study", times=1))
    (_, sentence, *_) = house.night().ending.sentences
    assert "1 could not be read" in sentence
    assert house.night().ending.code is Code.DONE
    assert len(house.ask("FROM trial_results")) == 2


def test_a_step_that_breaks_breaks_no_night(house: House, registry: SimulatedRegistry) -> None:
    registry.put(with_results(A))
    settings = house.settings
    configured = configuration(settings.config)

    def breaks(*_: object) -> KeptResults:
        raise OSError(28, "No space left on device")

    report = night(settings, configured, configured.watches, silent, Steps(results=breaks))
    assert report.ending.code is Code.DONE
    assert any(each.startswith("posted results could not be read tonight") for each in report.ending.sentences)
    assert house.ask("SELECT has_results FROM trials") == [{"has_results": True}]


@pytest.mark.slow
def test_a_night_goes_only_so_far(house: House, registry: SimulatedRegistry) -> None:
    registry.put(*(with_results(f"NCT1000000{place}") for place in range(1, 6)))
    settings = house.settings
    configured = configuration(settings.config)
    errands: list[tuple[RunContext, Errand]] = []

    def postpone(context: RunContext, errand: Errand) -> KeptResults:
        errands.append((context, errand))
        return KeptResults(0, 0, {})

    night(settings, configured, configured.watches, silent, Steps(results=postpone))
    ((context, errand),) = errands
    for bounds, read, failed in (
        (BoundsOfResults(seconds=-1), 0, 0),
        (BoundsOfResults(bytes_of_one=1000), 0, 3),
        (BoundsOfResults(bytes_of_one=1000, failures_in_a_row=4), 0, 4),
        (BoundsOfResults(bytes_of_all=2000), 1, 0),
    ):
        kept = results.read(context, errand, bounds)
        assert (kept.read, len(kept.failed)) == (read, failed), bounds
    assert house.night().ending.code is Code.DONE
    assert len(house.ask("FROM trial_result_versions")) == 5, "the rest is made up for"


@pytest.mark.slow
def test_what_another_edition_of_the_reader_read_is_read_anew_without_news(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(with_results(A))
    house.night()
    with opened(house.settings.store) as con:
        con.execute("UPDATE trial_result_reading SET edition = 0")
        con.execute("UPDATE trial_result SET value = NULL")
        con.execute("UPDATE trial_result_version SET content_hash = 'of another'")
    registry.requests.clear()
    house.night()
    assert not [seen for seen in registry.requests if seen.params.get("fields") == "ResultsSection"]
    assert [row["value"] for row in house.ask("FROM trial_results ORDER BY position")] == [12.3, None]
    assert house.changes() == []
    (version,) = house.ask("FROM trial_result_versions")
    assert version["content_hash"] == Reader().read(json.dumps(some_results()).encode()).content_hash


@pytest.mark.slow
def test_another_hash_of_the_same_results_is_no_change(house: House, registry: SimulatedRegistry) -> None:
    registry.put(with_results(A))
    house.night()
    with opened(house.settings.store) as con:
        con.execute("UPDATE trial_result_version SET content_hash = 'of another'")
        con.execute("UPDATE trial_result_reading SET read_at = read_at - INTERVAL 8 DAY")
    registry.night()
    house.night()
    assert house.changes() == []
    assert len(house.ask("FROM trial_result_versions")) == 1


@pytest.mark.slow
def test_dates_of_submission_alone_are_kept_and_no_change(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(A))
    house.night()

    def submitted(record: Record) -> None:
        dates = {"resultsFirstSubmitDate": "2026-09-10", "dispFirstSubmitDate": "2026-05-02"}
        record["protocolSection"]["statusModule"].update(dates)

    registry.night()
    registry.edit(A, submitted)
    house.night()
    assert house.changes() == []
    assert house.ask("SELECT results_first_submitted_on, results_delay_requested_on FROM trials") == [
        {"results_first_submitted_on": "2026-09-10", "results_delay_requested_on": "2026-05-02"}
    ]


@pytest.mark.slow
def test_only_what_is_relevant_is_asked_for(house: House, registry: SimulatedRegistry) -> None:
    house.configure(
        f'{WATCH}\n[watch.ketamine-sud.overrides]\n{B} = {{ relevant = false, reason = "x", by = "y" }}\n'
    )
    registry.put(with_results(A), with_results(B))
    house.night()
    assert house.ask("SELECT DISTINCT trial_id FROM trial_results") == [{"trial_id": A}]
