"""A lake that is read while it is written: readers in processes of their own find whole nights, and only those."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connectors.places.access import resolved
from connectors.places.address import Lake, places
from tests.bucket import KEYS, open_bucket
from tests.database import PASSWORD, open_database
from tests.warehouse.publish.test_lake import made, marks, rows_of
from warehouse.publish import lake, parquet

READS = """
import json, sys
from pathlib import Path
from typing import Any
from connectors.places.access import resolved
from connectors.places.address import places
from warehouse.publish.lake_access import attached

(there,) = places(sys.argv[1])
s3 = resolved(there.s3) if there.s3 else None
found = []
asks = [
    "SELECT published_at::VARCHAR FROM lake.freshness",
    "SELECT count(*) FROM lake.trials",
    "SELECT count(*) FROM lake.trial_states",
    "SELECT overall_status FROM lake.trials WHERE trial_id = 'NCT10000001'",
]
together = "SELECT " + ", ".join(f"({each})" for each in asks)
while not Path(sys.argv[2]).exists():
    # As a new session every time, and as one that stays.
    with attached(there, s3, Path(sys.argv[2]).parent) as con:
        for _ in range(3):
            found.append(con.execute(together).fetchone())
        con.execute("BEGIN")
        found.append([con.execute(each).fetchone()[0] for each in asks])
        con.execute("COMMIT")
    print(flush=True)
print(json.dumps(found))
"""
SWITCHES = 6


@pytest.fixture(params=["sqlite", "postgres", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with ExitStack() as stack:
        catalog, data = f"sqlite:{tmp_path}/catalog", f"{tmp_path}/data"
        if request.param == "postgres":
            monkeypatch.setenv("PGPASSWORD", PASSWORD)
            catalog = f"postgres:{stack.enter_context(open_database()).make('nights')}"
        if request.param == "bucket":
            for name, value in KEYS.items():
                monkeypatch.setenv(name, value)
            bucket = stack.enter_context(open_bucket())
            data = f"s3://{bucket.name}/lake&endpoint_url={bucket.endpoint_url}"
        yield f"ducklake:{catalog}?data_path={data}"


@pytest.mark.slow
def test_two_readers_beside_a_writer_only_ever_find_whole_nights(address: str, tmp_path: Path) -> None:
    nights = [made(tmp_path / "first", 0), made(tmp_path / "third", 2, completed=True)]
    whole = {night_as_read(night) for night in nights}
    (there,) = places(address)
    assert isinstance(there, Lake)
    s3 = resolved(there.s3) if there.s3 else None

    def write(night: Path) -> None:
        lake.publish(there, night / parquet.LINK, marks(night), s3)

    write(nights[0])
    stop = tmp_path / "stop"
    words = [sys.executable, "-c", READS, address, str(stop)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "env": {**os.environ}}
    readers = [subprocess.Popen(words, **pipes) for _ in range(2)]
    try:
        for each in readers:
            assert each.stdout is not None
            each.stdout.readline()  # it has begun to read
        for switch in range(1, SWITCHES + 1):
            write(nights[switch % 2])
        stop.touch()
        said = [each.communicate(timeout=120)[0] for each in readers]
    finally:
        for each in readers:
            each.kill()
            each.wait()
    assert [each.returncode for each in readers] == [0, 0]
    found = [tuple(each) for text in said for each in json.loads(text.splitlines()[-1])]
    assert set(found) == whole, "both nights were read, and nothing between them"


def night_as_read(night: Path) -> tuple[object, ...]:
    trials = rows_of(night, "trials")
    (status,) = [row for row in rows_of(night, "trial_states") if row[0] == "NCT10000001"]
    is_completed = "COMPLETED" in status
    counts = (len(trials), len(rows_of(night, "trial_states")))
    return (str(rows_of(night, "freshness")[0][1]), *counts, "COMPLETED" if is_completed else "RECRUITING")
