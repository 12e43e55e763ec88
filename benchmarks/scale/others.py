"""Other ways to bring the same records into DuckDB."""

import itertools
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import dlt
import duckdb
import httpx
import msgspec
import orjson
from sqlmodel import Session, SQLModel, create_engine

from benchmarks.scale.records import FIRST
from benchmarks.scale.stages import Bench
from connectors.clinicaltrials_gov import EVERY_PAGE, STUDIES
from connectors.clinicaltrials_gov.reading import Reader
from connectors.trial import Trial
from warehouse.store import models
from warehouse.store.file import FILE, opened
from warehouse.store.load import ENTRIES

TODAY = date(2026, 9, 12)
NOW = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored: UTC without a zone
A_PART = 1000
"""Objects that are added and committed at a time."""


def dlt_same_tables(bench: Bench) -> int:
    """The trial as our reader makes it: dlt makes a table of each of its lists, as we do."""
    with bench.sent(FIRST).open("rb") as lines:
        return _into_duckdb(bench, "same", (msgspec.to_builtins(_trial(line)) for line in lines))


def dlt_whole_records(bench: Bench) -> int:
    """The record as it is sent, which dlt normalises into as many tables as it has lists."""
    with bench.sent(FIRST).open("rb") as lines:
        return _into_duckdb(bench, "whole", map(orjson.loads, lines))


def _into_duckdb(bench: Bench, name: str, rows: Iterator[dict[str, Any]]) -> int:
    path = bench.folder / f"dlt_{name}.duckdb"
    destination = dlt.destinations.duckdb(str(path))
    pipeline = dlt.pipeline(f"bench_{name}", pipelines_dir=str(bench.folder / "dlt"), destination=destination)
    pipeline.run(rows, table_name="trial")
    with duckdb.connect(str(path), read_only=True) as con:
        found = con.execute(f"SELECT count(*) FROM bench_{name}_dataset.trial").fetchone()
    return int(found[0]) if found else 0


def plain_loop(bench: Bench) -> int:
    """What is written first: ask for a page, make objects of it, add them all, commit."""
    folder = bench.folder / "plain"
    folder.mkdir()
    with opened(folder):
        pass  # made, and closed again
    engine = create_engine(f"duckdb:///{folder / FILE}")
    count = 0
    with httpx.Client(base_url=bench.url, timeout=60) as client, Session(engine) as session:
        for studies in _pages(client):
            for study in itertools.islice(studies, bench.size - count):
                session.add_all(_objects(json.dumps(study).encode()))
                count += 1
            session.commit()
    engine.dispose()
    return count


def _pages(client: httpx.Client) -> Iterator[list[dict[str, Any]]]:
    params: dict[str, str] = dict(EVERY_PAGE)
    while True:
        page = client.get(STUDIES, params=params).raise_for_status().json()
        yield page["studies"]
        if not page.get("nextPageToken"):
            return
        params["pageToken"] = page["nextPageToken"]


def _trial(record: bytes) -> Trial:
    return Reader().read(record, TODAY).trial


def _objects(record: bytes) -> Iterator[SQLModel]:
    """A row of each table that a new trial has one in."""
    trial = _trial(record)
    told = msgspec.structs.asdict(trial)
    common: dict[str, Any] = {"trial_id": trial.trial_id, "version_number": 1}
    seen: dict[str, Any] = {"registry_name": "clinicaltrials.gov", "first_seen_at": NOW, "last_seen_at": NOW}
    yield models.Trial(**common, **seen, url=trial.url)
    state: dict[str, Any] = {"observed_at": NOW, "source": "nightly", "content_hash": "", "run_id": "r"}
    columns = {column.name for column in models.columns(models.TrialVersion)}
    yield models.TrialVersion(**{name: told[name] for name in columns & told.keys()} | common | state)
    yield models.TrialPayload(**common, payload=record.decode())
    for lists in ENTRIES.values():
        table = _TABLES[f"trial_{lists.removesuffix('s')}"]
        names = {column.name for column in models.columns(table)}
        for position, entry in enumerate(told[lists] or [], 1):
            values = {name: value for name, value in msgspec.structs.asdict(entry).items() if name in names}
            yield table(trial_id=trial.trial_id, item_key=str(position), position=position, **values)


_TABLES: dict[str, type[SQLModel]] = {models.name_of(table): table for table in models.CHILD_TABLES}
