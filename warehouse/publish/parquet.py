"""Every view as a Parquet file, for readers without DuckDB: one folder, whole, replaced in one step.

``parquet`` is a link to the folder of its night. A link is replaced by rename, which a folder with files in it
cannot be, so a reader finds last night's folder or tonight's, never none and never a part.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import duckdb

from connectors.files import FOLDER_FOR_EVERYONE, flush, take_after
from warehouse.publish.last_night import LastNight, Written, digest_of
from warehouse.publish.parquet_footer import with_new_metadata
from warehouse.publish.views import VIEWS
from warehouse.store.connection import connect
from warehouse.store.literal import literal
from warehouse.words.sources import data_versions, source

LINK = "parquet"
A_GROUP = 20_480
"""Rows that are packed together, and held in memory until they are: a trial's texts take ten kilobytes."""


def metadata(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What every file says of itself: where it comes from, how old it is, what it is not, and what is asked of who
    passes it on.
    """
    told = con.execute(
        "SELECT registry_names, data_versions, read_times, run_id, published_at, notice FROM freshness"
    ).fetchone()
    assert told is not None  # noqa: S101 - freshness is one row
    registries, versions, read_times, run_id, published_at, notice = told
    return {
        "registry": ", ".join(registries),
        "data_version": data_versions(registries, versions, read_times),
        "run_id": run_id,
        "published_at": f"{published_at.isoformat()}Z",
        "notice": notice,
        "terms": " ".join(filter(None, (source(registry).asks for registry in registries))),
    }


def metadata_of(path: Path) -> dict[str, str]:
    """The same as it stands in one of the files."""
    with connect() as con:
        said = con.execute(f"SELECT key, value FROM parquet_kv_metadata({literal(path)})").fetchall()
    found = {bytes(key).decode(): bytes(value).decode() for key, value in said}
    return {key: found[key] for key in ("registry", "data_version", "run_id", "published_at", "notice")}


def write_parquet(
    con: duckdb.DuckDBPyConnection,
    marks: Mapping[str, str],
    folder: Path,
    before: Path,
    last: LastNight,
    told: Mapping[str, str],
) -> dict[str, Written]:
    """Write every view of the file that ``con`` has open, under a new folder. Nothing is in place yet.

    Folder and files take after those that readers have in ``before``. A view whose mark is still what it was
    ``last`` is not asked again: its file's columns are copied from there, under tonight's metadata (``told``).
    """
    clear(folder)
    folder.mkdir(exist_ok=True)
    # A view is joined as it is written. DuckDB would hold what has fewer columns, be they a trial's longest texts.
    con.execute("SET disabled_optimizers = 'build_side_probe_side'")
    written = {}
    for view, mark in marks.items():
        path, was = folder / f"{view}.parquet", last.parquet.get(view)
        digest = None
        if was and was.mark == mark:
            digest = with_new_metadata(before / path.name, path, was.digest, last.told, told)
        if not digest:
            _write(con, view, path, told)
            digest = digest_of(path)
        written[view] = Written(mark, digest)
    con.execute("RESET disabled_optimizers")
    for view in marks:  # after all are written: the disk takes them together
        path = folder / f"{view}.parquet"
        take_after(path, before / path.name)
        flush(path)
    take_after(folder, before, FOLDER_FOR_EVERYONE)
    flush(folder)
    return written


def _write(con: duckdb.DuckDBPyConnection, view: str, path: Path, told: Mapping[str, str]) -> None:
    said = ", ".join(f"{key}: {literal(value)}" for key, value in told.items())
    con.execute(
        f"COPY (FROM {view}) TO {literal(path)} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {A_GROUP}, KV_METADATA {{{said}}})"
    )


def put_in_place(folder: Path, link: Path) -> None:
    """Have ``link`` mean this folder from now on, and clear away what earlier nights or a crash left beside it.

    The folder that it meant before stays for a night: someone may be in the middle of it.
    """
    before = link.resolve().name
    aside = link.with_name(f".{link.name}.link")
    aside.unlink(missing_ok=True)
    aside.symlink_to(folder.relative_to(link.parent))
    if link.is_dir() and not link.is_symlink():
        # A copy that followed the link has made a folder of it. Out of the way in one step, not file by file:
        # whoever reads, or finds us dead, must not find half of it.
        link.rename(folder.with_name(f"{folder.name}-copied"))
    aside.replace(link)
    for other in folder.parent.glob(f"{LINK}-*"):
        if other.name not in (folder.name, before):
            clear(other)


def clear(folder: Path) -> None:
    """Remove what we write into a folder, and the folder unless somebody keeps something else in it."""
    if folder.is_symlink() or not folder.is_dir():
        return
    with suppress(OSError):
        for view in VIEWS:
            (folder / f"{view}.parquet").unlink(missing_ok=True)
        folder.rmdir()
