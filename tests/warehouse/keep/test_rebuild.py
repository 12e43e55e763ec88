"""Records of every registry, real ones and ones gone wrong: read again, they are what they were."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.clinicaltrials_gov.reading import Reader as ClinicalTrialsGovReader
from connectors.ctis.reading import Reader as CtisReader
from connectors.http import Answer
from connectors.ictrp.export import Pass, looked_at
from connectors.ictrp.reading import Reader as IctrpReader
from connectors.isrctn import answers
from connectors.isrctn.reading import Reader as IsrctnReader
from connectors.registry import Collected, RegistryName, Search
from connectors.trial import Reader, UnreadableError
from flows.terminal.progress import silent
from tests.connectors.test_ctis import kept as as_landed
from tests.connectors.test_ctis import real as of_ctis
from tests.ctisrecords import a_row, a_whole
from tests.ictrprecords import a_record as of_who
from tests.ictrprecords import kept as as_taken
from tests.isrctnrecords import a_record as of_isrctn
from tests.mutants import mutants
from tests.records import a_trial
from warehouse.judge.watch import Watch
from warehouse.keep import holdings
from warehouse.keep.certificate import Night
from warehouse.keep.intake import marking
from warehouse.keep.night import keep_night
from warehouse.keep.rebuild import rebuild
from warehouse.store.file import opened
from warehouse.store.landed import Landed, Landing

NOW = datetime(2026, 9, 12, 2, 30)  # noqa: DTZ001 - as stored
NUMBERS = [f"NCT4000{number:04d}" for number in range(600)]


def night_of(name: RegistryName, reader: Reader, work: Path, days: int = 0) -> Night:
    watch = Watch("everything", (name,), everything=True, relevance="ketamine-substance-use")
    now = NOW + timedelta(days=days)
    return Night(f"night-{now:%d}", watch, name, now, partial(datetime.replace, now), work, reader, processes=1)


def landed(folder: Path, name: RegistryName, records: Iterable[bytes], reader: Reader, today: date) -> Landed:
    """Those of the records that can be read, one of each trial."""
    sent: dict[str, bytes] = {}
    for each in records:
        try:
            sent.setdefault(reader.read(each, today).trial_id, each)
        except UnreadableError:
            continue
    found_by = {trial_id: ["everything"] for trial_id in sent}
    search = Search("everything", len(sent), len(sent), len(sent))
    with Landing(folder / f"{today}.ndjson.zst", marking(reader)) as landing:
        for each in sent.values():
            landing.write(each)
        return landing.finish(Collected(name, str(today), str(today), [search], found_by))


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    names = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
    return {name: con.execute(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in names}


def see_that_nothing_differs(
    folder: Path, name: RegistryName, reader: Reader, *nights: list[bytes]
) -> dict[str, list[tuple[Any, ...]]]:
    """Keep some nights, and read again what they stored; returns what is stored."""
    work = folder / "work"
    with opened(folder) as con:
        for days, records in enumerate(nights):
            night = night_of(name, reader, work, days)
            keep_night(con, night, landed(folder, name, records, reader, night.today))
        before = tables(con)
        again = rebuild(con, night_of(name, reader, work, 9), silent)
        assert (again.restated, again.changes, again.unread) == (0, 0, [])
        assert again.records == len(before["trial_payload"]) > 0
        assert tables(con) == before
        for table in before:
            if table in ("trial_condition", "trial_site", "trial_outcome", "trial_judgement", "trial_flag"):
                con.execute(f"DELETE FROM {table}")
        con.execute("UPDATE trial_version SET title = 'x', enrollment = -1, phases = ['x'], completion_date = 'x'")
        other = rebuild(con, night_of(name, reader, work, 9), silent)
        assert other.restated == again.records
        assert {table for table, rows in tables(con).items() if rows != before[table]} == {"change"}
        assert list(work.iterdir()) == []
    return before


def sent(*records: Any) -> list[bytes]:
    return [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]


@pytest.mark.slow
def test_real_records_of_clinicaltrials_gov_are_what_they_were(
    tmp_path: Path, real_records: list[dict[str, Any]]
) -> None:
    see_that_nothing_differs(tmp_path, "clinicaltrials.gov", ClinicalTrialsGovReader(), sent(*real_records))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_records_gone_wrong_are_what_they_were(tmp_path: Path, seed: int) -> None:
    found = list(mutants([a_trial(), a_trial()], NUMBERS, seed))
    healthy, wrong = [sent(record)[0] for _, record, _ in found], [record for *_, record in found]
    stored = see_that_nothing_differs(
        *(tmp_path, "clinicaltrials.gov", ClinicalTrialsGovReader()), healthy[:400] + wrong[400:], wrong
    )
    assert len(stored["trial_version"]) > len(NUMBERS)
    assert stored["trial_flag"]


def test_real_records_of_isrctn_are_what_they_were(tmp_path: Path, shared: Path) -> None:
    bodies = sorted((shared / "registry/isrctn").glob("query_default__*.xml"))
    found = [each for path in bodies for each in answers.found(Answer(200, {}, path.read_bytes(), "")).records]
    see_that_nothing_differs(tmp_path, "isrctn", IsrctnReader(), [record for _, record in found])


def test_real_records_of_ctis_are_what_they_were(tmp_path: Path, shared: Path) -> None:
    see_that_nothing_differs(tmp_path, "ctis", CtisReader(), [as_landed(*each) for each in of_ctis(shared)])


def test_real_records_of_who_are_what_they_were(tmp_path: Path, shared: Path) -> None:
    files = sorted((shared / "registry/ictrp").glob("*.xml"))
    records = [record for file in files for record in Pass(looked_at(file)).records()]
    see_that_nothing_differs(tmp_path, "ictrp", IctrpReader(), records)


@pytest.mark.slow
def test_made_up_records_of_the_others_are_what_they_were(tmp_path: Path) -> None:
    for place, (name, reader, first, second) in enumerate(
        (
            ("isrctn", IsrctnReader(), of_isrctn().encode(), of_isrctn(acronym="K").encode()),
            ("ctis", CtisReader(), as_landed(a_row(), None), as_landed(a_row(), a_whole())),
            ("ictrp", IctrpReader(), as_taken(of_who()), as_taken(of_who(Public_title="Another"))),
        )
    ):
        folder = tmp_path / str(place)
        folder.mkdir()
        stored = see_that_nothing_differs(folder, name, reader, [first], [second])  # type: ignore[arg-type]
        assert len(stored["trial_version"]) == 2


@pytest.mark.slow
def test_the_records_of_one_trial_are_read_together_however_many(tmp_path: Path) -> None:
    """Two thousand at a time but for those of one trial; what one batch has done stays."""
    name: RegistryName = "clinicaltrials.gov"
    reader = ClinicalTrialsGovReader()
    with opened(tmp_path) as con:
        night = night_of(name, reader, tmp_path / "work")
        keep_night(con, night, landed(tmp_path, name, sent(*map(a_trial, NUMBERS[:5])), reader, NOW.date()))
        con.execute(
            "INSERT INTO trial_version SELECT * EXCLUDE (n) REPLACE (version_number + n AS version_number) "
            f"FROM trial_version, range(1, {holdings.A_BATCH}) AS more(n) WHERE trial_id = '{NUMBERS[2]}'"
        )
        con.execute(
            "INSERT INTO trial_payload SELECT * EXCLUDE (n) REPLACE (version_number + n AS version_number) "
            f"FROM trial_payload, range(1, {holdings.A_BATCH}) AS more(n) WHERE trial_id = '{NUMBERS[2]}'"
        )
        told: list[int] = []
        again = rebuild(con, night, lambda what, so_far, of: told.append(so_far))
    assert told == [2, 2 + holdings.A_BATCH, 4 + holdings.A_BATCH]
    assert (again.trials, again.records, again.restated) == (5, 4 + holdings.A_BATCH, 0)
