"""How much faster set by set is than row by row: the same made-up records both ways, as a ratio within one run.

uv run python benchmarks/loading.py [records]
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from sqlmodel import Session, create_engine

from connectors.clinicaltrials_gov.reading import Reader
from connectors.simulated import made_up
from warehouse.keep.intake import Known, Read, read
from warehouse.store import models
from warehouse.store.file import opened, transaction
from warehouse.store.load import Stage, load

NOW = datetime(2026, 9, 12)  # noqa: DTZ001 - as stored: UTC without a zone
FEWER = 20
"""Row by row is tried on this fraction of the records; the ratio is per record."""


def many(count: int) -> Iterator[bytes]:
    records = list(made_up.records())
    for number in range(count):
        record = records[number % len(records)]
        record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08d}"
        yield msgspec.json.encode(record)


@contextmanager
def seconds(told: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    told.append(time.perf_counter() - began)


def states(count: int) -> list[Read]:
    return [each for each in read(many(count), Reader(), NOW.date(), Known({})) if isinstance(each, Read)]


def main(count: int) -> None:
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        by_sets, by_rows = Path(folder) / "sets", Path(folder) / "rows"
        by_sets.mkdir()
        by_rows.mkdir()
        stage = Stage(by_sets, registry_name="clinicaltrials.gov", run_id="r", observed_at=NOW)
        with opened(by_sets) as con, seconds(spent), stage:
            for state in states(count):
                stage.put(state, 1, (None, "data_version"))
            with transaction(con):
                load(con, stage)
        with opened(by_rows):
            pass  # made, and closed again
        engine = create_engine(f"duckdb:///{by_rows / 'store.duckdb'}")
        with seconds(spent), Session(engine) as session:
            for state in states(count // FEWER):
                session.add(models.TrialPayload(trial_id=state.trial_id, version_number=1, payload="x"))
                for position, outcome in enumerate(state.trial.outcomes, 1):
                    session.add(
                        models.TrialOutcome(
                            trial_id=state.trial_id,
                            item_key=str(position),
                            position=position,
                            outcome_type="primary",
                            measure=outcome.measure,
                        )
                    )
            session.commit()
        engine.dispose()
    sets, rows = spent[0] / count, spent[1] / (count // FEWER)
    print(f"{count} records, every table, set by set: {1 / sets:,.0f} a second")
    print(f"{count // FEWER} records, two tables of eleven, row by row: {1 / rows:,.0f} a second")
    print(f"ratio at least {rows / sets:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
