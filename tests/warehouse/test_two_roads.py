"""The road of a record that knew one registry's JSON, held against the one that knows any registry's trials."""

import random
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from connectors.clinicaltrials_gov.reading import Reader
from connectors.trial import UnreadableError
from tests.flows.test_mutants import RECORDS, sent
from tests.house import FIRST_NIGHT
from tests.mutants import mutants
from warehouse import changes as old_changes
from warehouse import intake, load, models, record, stage
from warehouse.judge import changes
from warehouse.store import opened
from warehouse.tables import name_of

pytestmark = pytest.mark.slow

TODAY = date(2026, 9, 12)
NUMBERS = [f"NCT7{place:07d}" for place in range(1200)]


def payloads() -> list[bytes]:
    wounded = [mutant for seed in (1, 2, 3) for _, _, mutant in mutants(RECORDS, NUMBERS, seed)]
    return [*map(sent, RECORDS), *wounded]


PAYLOADS = payloads()


def test_hashes_flags_dates_and_what_is_set_aside_are_the_same() -> None:
    reader = Reader()
    for payload in PAYLOADS:
        (before,) = intake.read(iter([payload]), {})
        if isinstance(before, intake.Unreadable):
            with pytest.raises(UnreadableError) as raised:
                reader.read(payload, TODAY)
            said = (raised.value.trial_id, raised.value.path, str(raised.value))
            assert said == (before.trial_id, before.path, before.reason)
            continue
        after = reader.read(payload, TODAY)
        assert after.trial.trial_id == before.trial_id
        assert after.content_hash == before.content_hash
        assert after.stamped_on == before.stamped_on
        was = [(flag.path, flag.value, flag.reason) for flag in intake.flags(before)]
        assert [(flag.path, flag.value, flag.reason) for flag in after.flags()] == was


def test_changes_are_the_same() -> None:
    reader = Reader()
    readable: list[tuple[Any, Any]] = []
    for payload in PAYLOADS:
        try:
            readable.append((record.understood(payload).record, reader.read(payload, TODAY)))
        except record.NoRecordError:
            continue
    by_number: dict[str, list[tuple[Any, Any]]] = {}
    for old, new in readable:
        by_number.setdefault(new.trial.trial_id, []).append((old, new))
    pairs = [pair for of_one in by_number.values() for pair in pairwise(of_one)]
    random.Random(7).shuffle(readable)
    pairs += pairwise(readable)
    assert len(pairs) > 1000
    for (old_before, before), (old_after, after) in pairs:
        found = [
            (f.kind, f.field, f.old_value, f.new_value, f.cause, f.reason, f.materiality)
            for f in changes.compare(before, after)
        ]
        was = [
            (f.kind, f.field, f.old_value, f.new_value, f.cause, f.reason, f.materiality)
            for f in old_changes.compare(old_before, old_after)
        ]
        assert found == was


TABLES = [
    name_of(table) for table in (models.Trial, models.TrialVersion, models.TrialPayload, *models.CHILD_TABLES)
]
OF_ALL = {"registry_name": "clinicaltrials.gov", "run_id": "r", "observed_at": FIRST_NIGHT.replace(tzinfo=None)}
DATED = (TODAY, "posted")


def test_tables_are_the_same(tmp_path: Path) -> None:
    reads = [each for each in intake.read(iter(PAYLOADS), {}) if isinstance(each, intake.Read)]
    assert len(reads) > 1000
    with opened(folder(tmp_path / "a")) as one, load.Stage(tmp_path, **OF_ALL) as before:  # type: ignore[arg-type]
        for each in reads:
            before.put(each, 1, *DATED)
        load.load(one, before)
        was = {table: one.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES}
    with opened(folder(tmp_path / "b")) as other, stage.Stage(tmp_path, **OF_ALL) as after:  # type: ignore[arg-type]
        for each in reads:
            found = Reader().read(each.payload, TODAY)
            after.put(found.trial, each.payload, 1, found.content_hash, DATED)
        stage.load(other, after)
        for table in TABLES:
            assert other.execute(f"FROM {table} ORDER BY ALL").fetchall() == was[table], table


def folder(path: Path) -> Path:
    path.mkdir()
    return path
