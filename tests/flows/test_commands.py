"""The commands, as they are typed: what they print, and the code they end with."""

import json
import subprocess
import sys

import duckdb
import pytest

from connectors.simulated import SimulatedRegistry, faults
from tests.house import House, Typed
from tests.records import a_trial
from warehouse.publish.analysts_file import FILE


def test_run_tells_the_night_in_a_sentence_and_as_json(registry: SimulatedRegistry, typed: Typed) -> None:
    registry.put(a_trial())
    code, out, err = typed("run", "--no-prefect", "--json")
    assert code == 0
    night = json.loads(out)
    assert night["runs"][0]["outcome"] == "complete"
    assert night["runs"][0]["registry_name"] == "clinicaltrials.gov"
    assert "complete, 1 trial, 1 new version, 0 changes" in err


def test_an_unreachable_registry_is_a_sentence_and_3_and_changes_nothing(house: House, typed: Typed) -> None:
    code, out, err = typed("run", "--no-prefect", TRIALWATCH_CTGOV_URL="http://127.0.0.1:9")
    assert code == 3
    assert out == ""
    assert err.count("trialwatch: ") == 1
    assert "http://127.0.0.1:9 could not be reached" in err
    assert not house.settings.published.exists()


def test_a_wrong_request_ends_with_1_and_the_registrys_own_sentence(
    registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.fail(faults.status(400, body="`foo` is unknown parameter", on="search"))
    code, _, err = typed("run", "--no-prefect")
    assert code == 1
    assert "`foo` is unknown parameter" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--watch", "ketamine-sut", "--no-prefect"), "did you mean 'ketamine-sud'"),
        (("changes", "--kind", "complete"), "did you mean 'completed'"),
        (("changes", "--substance", "alchohol"), "did you mean 'alcohol'"),
        (("changes", "--since", "yesterday"), "--since"),
        (("show",), "trial"),
        (("dance",), "dance"),
        (("query", "SELECT 1"), "is not there yet"),
    ],
)
def test_a_mistyped_command_ends_with_2_and_says_what_would_be_right(
    typed: Typed, words: tuple[str, ...], said: str
) -> None:
    code, _, err = typed(*words)
    assert code == 2
    assert said in err


def test_a_wrong_mail_server_is_told_before_the_night(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial())
    code, _, err = typed("run", "--no-prefect", TRIALWATCH_SMTP_URL="smtp://user:hush@")
    assert code == 2
    assert "TRIALWATCH_SMTP_URL" in err
    assert "hush" not in err
    assert registry.requests == []


def test_status_is_stale_before_the_first_night_and_after_a_day_and_a_half(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    assert typed("status")[0] == 7
    registry.put(a_trial())
    house.night()
    code, out, _ = typed("status", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["nights"][0]["last_complete_at"] == "2026-09-12T02:30:00Z"
    assert facts["runs"][0]["outcome"] == "complete"
    code, out, err = typed("status", TRIALWATCH_NOW="2026-09-13T15:00:00Z")
    assert code == 7
    assert "36 hours old" in err
    assert "ketamine-sud on clinicaltrials.gov" in out
    assert typed("status", "--max-age", "48", TRIALWATCH_NOW="2026-09-13T15:00:00Z")[0] == 0


@pytest.mark.parametrize("hours", ["nan", "inf", "1e12", "-1"])
@pytest.mark.parametrize("command", ["status", "watchdog"])
def test_hours_that_cannot_be_meant_are_refused(house: House, typed: Typed, command: str, hours: str) -> None:
    house.night()
    code, _, err = typed(command, "--max-age", hours)
    assert code == 2
    assert "write a number of hours from 0 to 876000" in err


@pytest.mark.usefixtures("two_nights")
def test_changes_as_a_table_as_csv_and_as_json(typed: Typed) -> None:
    code, out, _ = typed("changes")
    assert code == 0
    assert "completed" in out
    _, out, _ = typed("changes", "--format", "csv")
    assert out.splitlines()[0].startswith("change_id,trial_id,watch,kind,field,old_value,new_value,cause")
    _, out, _ = typed(
        "changes", "--json", "--since", "2026-09-13", "--kind", "completed", "--substance", "alcohol"
    )
    (change,) = json.loads(out)
    assert (change["trial_id"], change["registry_date"], change["observed_at"]) == (
        "NCT10000001",
        "2026-09-14",
        "2026-09-13T02:30:00Z",
    )
    assert json.loads(typed("changes", "--json", "--since", "2026-09-14")[1]) == []
    assert json.loads(typed("changes", "--json", "--kind", "stopped")[1]) == []
    assert json.loads(typed("changes", "--json", "--substance", "cannabis")[1]) == []


@pytest.mark.usefixtures("two_nights")
def test_show_tells_one_trial_whole(typed: Typed) -> None:
    code, out, _ = typed("show", " nct10000001 ", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["trial"]["overall_status"] == "COMPLETED"
    assert facts["memberships"][0]["why_entered"].startswith("found by search: ")
    assert [change["kind"] for change in facts["changes"]] == ["completed"]
    assert [stay["overall_status"] for stay in facts["status_history"]] == ["RECRUITING", "COMPLETED"]
    _, out, _ = typed("show", "NCT10000001")
    assert "why it is in the watch" in out
    assert "Completed; until now recruiting. (sponsor)" in out
    code, _, err = typed("show", "NCT99999999")
    assert code == 2
    assert "no watch has ever held a trial NCT99999999" in err


@pytest.mark.usefixtures("two_nights")
@pytest.mark.parametrize("lacking", ["DROP VIEW doubtful_ties", "DROP VIEW freshness"])
def test_what_another_trialwatch_published_is_asked_for_anew(house: House, typed: Typed, lacking: str) -> None:
    with duckdb.connect(str(house.settings.published / FILE)) as con:
        con.execute(lacking)
    code, out, err = typed("show", "NCT10000001")
    assert (code, out) == (2, "")
    assert "made by another version of trialwatch" in err
    assert "`trialwatch run` publishes it anew" in err
    assert "Catalog" not in err
    assert typed("query", "FROM doubtful_ties, freshness")[2].count("Catalog Error") == 1, (
        "an analyst's own question"
    )


@pytest.mark.usefixtures("two_nights")
def test_query_reads_the_published_file_and_nothing_else(house: House, typed: Typed) -> None:
    code, out, _ = typed("query", "SELECT trial_id, phases FROM trials ORDER BY 1", "--json")
    assert code == 0
    assert json.loads(out)[0] == {"trial_id": "NCT10000001", "phases": ["PHASE2"]}
    assert "PHASE2" in typed("query", "SELECT phases FROM trials")[1]
    secret = house.settings.store / "store.duckdb"
    for sql in (
        f"ATTACH '{secret}' AS store",
        f"SELECT * FROM read_text('{house.settings.config}')",
        f"COPY trials TO '{house.folder / 'out.csv'}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "DELETE FROM kept.trial",
        "SELECT nonsense",
    ):
        code, out, err = typed("query", sql)
        assert (code, out) == (2, ""), sql
        assert err.strip()


@pytest.mark.usefixtures("two_nights")
def test_deliver_says_what_it_did(typed: Typed) -> None:
    code, out, err = typed("deliver", "--json")
    assert (code, json.loads(out)) == (0, {"sent": 0, "given_up": 0, "mail_waiting": 0, "channels": {}})
    assert "0 sent" in err


def test_a_second_run_says_who_holds_the_store(house: House, registry: SimulatedRegistry, typed: Typed) -> None:
    from warehouse.store.file import locked

    registry.put(a_trial())
    with locked(house.settings.store, "a night of another process"):
        code, _, err = typed("run", "--no-prefect")
    assert code == 6
    assert "a night of another process" in err


def test_help_lists_the_commands_there_are(typed: Typed) -> None:
    code, out, _ = typed("--help")
    assert code == 0
    listed = {word for word in out.split() if word.isalpha()}
    assert {"run", "deliver", "status", "changes", "show", "query", "demo", "init", "serve", "doctor"} <= listed
    assert {"backfill", "rebuild"} <= listed


@pytest.mark.sampled
@pytest.mark.parametrize(
    "command",
    ["status", "changes", "show NCT10000001", "query 'SELECT 1'", "deliver", "run --no-prefect", "rebuild"],
)
def test_no_command_imports_prefect_or_the_models_that_can_do_without(
    house: House, registry: SimulatedRegistry, typed: Typed, command: str
) -> None:
    forbidden = {"prefect", "sqlmodel", "sqlalchemy", "pydantic", "urllib3", *(["duckdb"] * (command == "status"))}
    registry.put(a_trial("NCT10000001"))
    house.night()
    typed("status")  # sets the environment
    script = f"""
import shlex, sys
from flows.cli import main
try:
    main(shlex.split({command!r}))
except SystemExit as ended:
    print(ended.code, sorted({forbidden!r} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0 []"
