"""Landed records into versions and tables, set by set.

New states are staged as JSON lines in the shape of ``study``, read by DuckDB as one explicit struct, and
taken apart by the statements in ``sql/load/``: one a table. The caller holds the transaction.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb

from warehouse import models
from warehouse.intake import Read, days, expected_end, spans
from warehouse.study import Study, duckdb_type
from warehouse.tables import Lines, listed, name_of, sql

_SPAN = "STRUCT(earliest DATE, latest DATE)"
_SPANS = ", ".join(
    f"{column} {_SPAN}"
    for column in ("start_date", "primary_completion_date", "completion_date", "status_verified_date")
)
STAGED = {
    "trial_id": "VARCHAR",
    "registry_name": "VARCHAR",
    "version_number": "BIGINT",
    "registry_date": "DATE",
    "registry_date_basis": "VARCHAR",
    "observed_at": "TIMESTAMP",
    "run_id": "VARCHAR",
    "content_hash": "VARCHAR",
    "payload": "VARCHAR",
    "spans": f"STRUCT({_SPANS})",
    "days": "STRUCT(first_posted_on DATE, last_update_posted_on DATE, results_first_posted_on DATE)",
    "expected_end": 'STRUCT(date VARCHAR, type VARCHAR, "on" DATE)',
    "study": duckdb_type(Study),
}


class Stage(Lines):
    """New states of trials on their way in."""

    def __init__(self, work: Path, *, registry_name: str, run_id: str, observed_at: datetime) -> None:
        super().__init__(work / "stage.ndjson")
        self._of_all = {"registry_name": registry_name, "run_id": run_id, "observed_at": observed_at}

    def put(self, state: Read, version_number: int, registry_date: date | None, basis: str) -> None:
        self.add(
            {
                **self._of_all,
                "trial_id": state.trial_id,
                "version_number": version_number,
                "registry_date": registry_date,
                "registry_date_basis": basis,
                "content_hash": state.content_hash,
                "payload": state.payload.decode("utf-8", "replace"),
                "spans": spans(state.study),
                "days": days(state.study),
                "expected_end": expected_end(state.study),
                "study": state.study,
            }
        )


def load(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Make the staged states the present ones. Child rows are replaced, versions and payloads only added."""
    if not stage.count:
        return
    stage.read(con, STAGED, "CREATE OR REPLACE TEMP TABLE stage AS SELECT *")
    con.execute(
        "UPDATE trial_version SET superseded_at = stage.observed_at FROM stage "
        "WHERE trial_version.trial_id = stage.trial_id AND trial_version.superseded_at IS NULL"
    )
    con.execute(f"INSERT INTO trial_version BY NAME {sql('load/trial_version')}")
    con.execute("INSERT INTO trial_payload BY NAME SELECT trial_id, version_number, payload FROM stage")
    for table in map(name_of, models.CHILD_TABLES):
        con.execute(f"DELETE FROM {table} WHERE trial_id IN (SELECT trial_id FROM stage)")
        # The key comes from the entry's own words, so that it survives reordering and reloading; entries of
        # one trial with the same name are told apart by a number in the order of what else they say.
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (natural_key, tie_breaker), "
            "left(md5(natural_key), 16) || '-' || row_number() OVER "
            "(PARTITION BY trial_id, natural_key ORDER BY tie_breaker, position) AS item_key "
            f"FROM ({sql(f'load/{table}')})"
        )
    con.execute(sql("load/trial"))
    con.execute("DROP TABLE stage")


def rehash(con: duckdb.DuckDBPyConnection, hashes: Mapping[str, str], work: Path) -> None:
    """Note how we fingerprint the present states of these trials now: another version of us did so otherwise."""
    with Lines(work / "hashes.ndjson") as lines:
        for trial_id, content_hash in hashes.items():
            lines.add({"trial_id": trial_id, "content_hash": content_hash})
        columns = {"trial_id": "VARCHAR", "content_hash": "VARCHAR"}
        lines.read(con, columns, "CREATE OR REPLACE TEMP TABLE hashed AS SELECT *")
    if hashes:
        con.execute(
            "UPDATE trial_version SET content_hash = hashed.content_hash FROM hashed JOIN trial USING (trial_id) "
            "WHERE trial_version.trial_id = trial.trial_id AND trial_version.version_number = trial.version_number"
        )
        con.execute("DROP TABLE hashed")


def seen(con: duckdb.DuckDBPyConnection, trial_ids: list[str], observed_at: datetime, work: Path) -> None:
    """Note that the registry showed these trials, changed or not."""
    with listed(con, trial_ids, work):
        con.execute("UPDATE trial SET last_seen_at = ? WHERE trial_id IN (FROM listed)", [observed_at])
