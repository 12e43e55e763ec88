"""A night into a DuckLake: every view a table, one snapshot a night, and of each table only what differs.

The night is read from its Parquet folder, which is whole, and compared row by row with what the lake holds; a
table whose mark is last night's is not looked at. Analysts see all of it at the commit, or nothing:
``AT (VERSION => n)`` is a night for as long as its snapshot is kept.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from connectors.errors import PlaceError
from connectors.places.address import S3, Lake
from connectors.places.order import is_overtaken
from warehouse.publish.lake_access import NAME, attached, in_words
from warehouse.publish.lake_tables import LakeTable, columns_of, comments, write
from warehouse.publish.parquet import A_GROUP
from warehouse.publish.views import VIEWS
from warehouse.store.file import transaction
from warehouse.store.literal import literal
from warehouse.words.sources import dated

log = logging.getLogger("trialwatch")

AUTHOR = "trialwatch"
OLD_ENOUGH = timedelta(hours=1)
"""A file that no snapshot names is rubbish from then on: another writer's may be about to be named."""
SPILLED = "spilled"
"""A folder beside the night's, for what has no room in memory."""
OURS = re.compile(rf"/main/({'|'.join(VIEWS)})/ducklake-[0-9a-f-]+\.parquet$")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A night in the lake. ``tables`` are those that it changed, each with its rows removed and added.

    ``version`` is 0 where it could not be asked for any more, and ``is_cleared`` false where what is past its time
    could not be removed: the night stands all the same.
    """

    version: int
    message: str
    tables: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_cleared: bool = True


def publish(
    lake: Lake, folder: Path, marks: Mapping[str, str], s3: S3 | None = None, old_enough: timedelta = OLD_ENOUGH
) -> Snapshot:
    """Bring the lake to the night whose views' Parquet files are in ``folder``; ``marks`` are those of the views.

    Raises ``PlaceError``; the lake then stands at the night that it had.
    """
    with attached(lake, s3, folder.with_name(SPILLED)) as con:
        _settle(con, lake)
        last = _last(con)
        told = _told(con, folder)
        there = last.facts.get("published_at") if last else None
        # A retry of what had gone well, or a night that waited longer than the one after it.
        if last and (there == told["published_at"] or is_overtaken(told["published_at"], there)):
            return Snapshot(last.version, last.message)
        before = last.facts.get("marks", {}) if last else {}
        changed = {}
        with transaction(con):
            columns = columns_of(con)
            for view in VIEWS:
                if marks.get(view) is None or marks[view] != before.get(view):
                    changed[view] = write(con, LakeTable(view, folder / f"{view}.parquet"), columns.get(view, {}))
            for statement in comments(con, folder):
                con.execute(statement)
            message = _message(told)
            facts = json.dumps({**told, "marks": dict(marks)})
            con.execute(
                f"CALL {NAME}.set_commit_message({literal(AUTHOR)}, {literal(message)}, "
                f"extra_info => {literal(facts)})"
            )
        version, is_cleared = _after(con, lake, s3, old_enough)
        tables = {view: counts for view, counts in changed.items() if any(counts)}
        return Snapshot(version, message, tables, is_cleared)


def _after(con: duckdb.DuckDBPyConnection, lake: Lake, s3: S3 | None, old_enough: timedelta) -> tuple[int, bool]:
    """What follows the commit, none of which undoes it: the night's version, and whether all was cleared away."""
    version = 0
    try:
        ((version,),) = con.execute(f"FROM {NAME}.current_snapshot()").fetchall()
        _forget(con, lake)
        _clear(con, old_enough)
    except duckdb.Error as error:
        log.warning("the night is in the lake, and clearing up there failed: %s", in_words(error, lake, s3))
        return version, False
    return version, True


@dataclass(frozen=True, slots=True)
class _Last:
    version: int
    message: str
    facts: dict[str, Any]


def _last(con: duckdb.DuckDBPyConnection) -> _Last | None:
    """The newest snapshot; None in a lake that was only just made. One that is not ours tells us no facts."""
    version, author, message, said = con.execute(
        f"SELECT snapshot_id, author, commit_message, commit_extra_info FROM {NAME}.snapshots() "
        "ORDER BY snapshot_id DESC LIMIT 1"
    ).fetchall()[0]
    if version == 0:
        return None
    return _Last(version, message or "", json.loads(said) if author == AUTHOR and said else {})


def _settle(con: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Make a new catalog ours: from then on the files under its data's path are.

    Over another's files it would take them for rubbish, and remove them. One whose first night died is not new.
    """
    said = dict(con.execute(f"SELECT option_name, value FROM {NAME}.options()").fetchall())
    if "parquet_compression" not in said:
        if con.execute(f"FROM glob({literal(f'{lake.data_path}/**/*.parquet')}) LIMIT 1").fetchall():
            raise PlaceError("its catalog is new, and data_path holds Parquet files already: name an empty folder")
        con.execute(f"CALL {NAME}.set_option('parquet_compression', 'zstd')")
    if said.get("parquet_row_group_size") != str(A_GROUP):
        con.execute(f"CALL {NAME}.set_option('parquet_row_group_size', {A_GROUP})")


def _told(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """What is said of a night: its run, its instant, its watches and how old its data is."""
    run_id, published_at, registries, versions, read_times = con.execute(
        "SELECT run_id, published_at, registry_names, data_versions, read_times "
        f"FROM read_parquet({literal(folder / 'freshness.parquet')})"
    ).fetchall()[0]
    watches = con.execute(
        f"SELECT DISTINCT watch FROM read_parquet({literal(folder / 'runs.parquet')}) "
        "WHERE run_id = ? ORDER BY ALL",
        [run_id],
    ).fetchall()
    return {
        "run_id": run_id,
        "published_at": f"{published_at.isoformat()}Z",
        "watches": [watch for (watch,) in watches],
        "data_versions": dict(zip(registries, versions, strict=True)),
        "data": list(dated(registries, versions, read_times)),
    }


def _message(told: Mapping[str, Any]) -> str:
    return f"run {told['run_id']}: {', '.join(told['watches'])}; data of {', '.join(told['data'])}"


def _forget(con: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Let go of nights that are past their days, where the lake keeps them for a time only."""
    if lake.keep_days is None:
        return
    con.execute(f"CALL ducklake_expire_snapshots('{NAME}', older_than => now() - INTERVAL {lake.keep_days} DAY)")
    con.execute(f"CALL ducklake_cleanup_old_files('{NAME}', older_than => now() - INTERVAL 1 DAY)")


def _clear(con: duckdb.DuckDBPyConnection, old_enough: timedelta) -> None:
    """Remove what a run that died has left among the data; nothing where something there is not ours."""
    older = f"older_than => now() - to_seconds({old_enough // timedelta(seconds=1)})"
    rubbish = con.execute(f"CALL ducklake_delete_orphaned_files('{NAME}', dry_run => true, {older})").fetchall()
    strange = [path for (path,) in rubbish if not OURS.search(path)]
    if strange:
        log.warning("nothing is cleared away in the lake's data: %d files there are not ours", len(strange))
    elif rubbish:
        con.execute(f"CALL ducklake_delete_orphaned_files('{NAME}', {older})")
