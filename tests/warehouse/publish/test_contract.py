"""What analysts may rely on: every view of the contract with every column it names, and every macro."""

from pathlib import Path

import duckdb
import pytest
from icalendar import Calendar

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House
from tests.records import a_trial
from warehouse.publish.analysts_file import FILE, VIEWS
from warehouse.publish.views import MACROS

CONTRACT = """
trials: trial_id registry_name title official_title acronym overall_status last_known_status status_group
    why_stopped study_type phases enrollment enrollment_type start_date primary_completion_date completion_date
    status_verified_date first_posted_on last_update_posted_on results_first_posted_on has_results lead_sponsor
    lead_sponsor_class countries substances drug_role is_relevant is_overdue days_overdue lapses_on url
    first_seen_at last_seen_at version_number
trial_conditions: trial_id position condition
trial_mesh_terms: trial_id side mesh_id term is_ancestor
trial_interventions: trial_id position intervention_type name other_names description
trial_arms: trial_id position label arm_type intervention_names description
trial_outcomes: trial_id position outcome_type measure time_frame description
trial_sites: trial_id position facility city state country site_status
trial_countries: trial_id position country country_status
trial_sponsors: trial_id position name sponsor_class role
trial_identifiers: trial_id position identifier identifier_type is_alias
trial_publications: trial_id position pmid citation publication_type
trial_substances: trial_id substance field matched_text rule confidence
trial_concepts: trial_id concept value mg_per_kg field matched_text rule confidence
trial_versions: trial_id version_number registry_date observed_at superseded_at source overall_status content_hash
status_history: trial_id overall_status from_date to_date days
changes: change_id trial_id watch kind field old_value new_value cause materiality reason from_version to_version
    registry_date registry_date_basis observed_at run_id source
watch_members: watch trial_id is_relevant entered_at left_at why_entered why_left
studies: study_id trial_ids matched_by
runs: run_id watch registry_name started_at finished_at outcome declared_total fetched distinct_trials new_versions
    quarantined data_version_before data_version_after requests checks
quarantine: run_id registry_name trial_id path reason
freshness: data_as_of published_at run_id is_complete
data_dictionary: view_name column_name column_type description
"""
MOMENTS = {
    "trials_as_of": ["known_at", "valid_on, known_at"],
}
DAYS_OF_VERSIONS = {"registry_date", "from_date", "to_date"}
"""Days that we work out, not what a registry wrote, although the contract gives them such a name."""
LISTS = {"phases", "countries", "substances", "other_names", "intervention_names", "trial_ids"}


def promised() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word in CONTRACT.split():
        if word.endswith(":"):
            view = words.setdefault(word[:-1], [])
        else:
            view.append(word)
    return words


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A published file, only to be looked at."""
    with SimulatedRegistry([a_trial("NCT10000001")]) as registry:
        house = House(tmp_path_factory.mktemp("house"), registry.url)
        house.configure(WATCH)
        house.night()
    return str(house.settings.published / FILE)


@pytest.mark.slow
def test_every_view_macro_and_column_of_the_contract_is_there_and_explained(file: str) -> None:
    with duckdb.connect(file, read_only=True) as con:
        types = {
            (view, column): kind
            for view, column, kind in con.execute(
                "SELECT view_name, column_name, column_type FROM data_dictionary"
            ).fetchall()
        }
        for view, columns in promised().items():
            assert [column for column in columns if (view, column) not in types] == [], view
        for (view, column), kind in types.items():
            if column in LISTS:
                assert kind == "VARCHAR[]", (view, column)
            elif column.endswith("_at"):
                assert kind == "TIMESTAMP", (view, column)
            elif column.endswith("_on") or column in DAYS_OF_VERSIONS:
                assert kind == "DATE", (view, column)
            elif column.endswith(("_date", "old_value", "new_value")):
                assert kind == "VARCHAR", (view, column)

        assert {view for view, _ in types} == set(VIEWS)
        for view in VIEWS:
            described = con.execute(f"DESCRIBE {view}").fetchall()
            assert [(view, row[0], row[1]) for row in described] == [
                (view, column, kind) for (of, column), kind in types.items() if of == view
            ]
        assert (
            con.execute(
                "SELECT view_name, column_name FROM data_dictionary WHERE description IS NULL OR description = ''"
            ).fetchall()
            == []
        )
        assert (
            con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL").fetchall()
            == []
        )

        macros = con.execute(
            "SELECT function_name, array_to_string(parameters, ', '), comment FROM duckdb_functions() "
            "WHERE database_name = current_database() AND NOT internal ORDER BY ALL"
        ).fetchall()
        assert {name for name, *_ in macros} == set(MACROS) == set(MOMENTS)
        for name, parameters, comment in macros:
            assert parameters in MOMENTS[name]
            assert comment, f"{name} says what it is"
        assert len(macros) == sum(map(len, MOMENTS.values()))


def test_it_can_be_attached_under_any_name(file: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{file}' AS mine (READ_ONLY)")
        for view in VIEWS:
            con.execute(f"SELECT count(*) FROM mine.{view}").fetchall()
        assert con.execute("SELECT status_group FROM mine.trials").fetchall() == [("recruiting",)]
        assert con.execute("SELECT count(*) > 200 FROM mine.data_dictionary").fetchall() == [(True,)]
        # A macro's tables are looked up where the reader stands, not where the macro is.
        con.execute("USE mine")
        assert con.execute("SELECT status_group FROM trials_as_of(TIMESTAMP '2026-10-01')").fetchall() == [
            ("recruiting",)
        ]
        assert con.execute(
            "SELECT count(*) FROM trials_as_of(DATE '2026-09-01', TIMESTAMP '2026-10-01')"
        ).fetchall() == [(1,)]


def test_the_file_itself_says_where_it_comes_from_and_what_it_is_not(file: str) -> None:
    with duckdb.connect(file, read_only=True) as con:
        names, versions, notice = con.execute(
            "SELECT registry_names, data_versions, notice FROM freshness"
        ).fetchone() or ((), (), "")
        asked = con.execute("SELECT registry_name, terms_address, errors_to FROM registry_terms").fetchall()
        (comment,) = con.execute(
            "SELECT comment FROM duckdb_views() WHERE view_name = 'freshness'"
        ).fetchone() or ("",)
    assert names == ["clinicaltrials.gov"]
    assert versions == ["2026-09-11T09:00:04"]
    assert "not medical advice" in notice
    assert "Not medical advice" in comment
    assert (
        "clinicaltrials.gov",
        "https://clinicaltrials.gov/about-site/terms-conditions",
        "register@clinicaltrials.gov",
    ) in asked


def test_the_calendar_beside_it_says_so_too(file: str) -> None:
    told = Calendar.from_ical(Path(file).with_name("coming-up.ics").read_bytes())
    assert told["x-wr-caldesc"] == (
        "What registries say of trials, as trialwatch read it. This is not medical advice. "
        "From ClinicalTrials.gov, data version 2026-09-11T09:00:04."
    )
