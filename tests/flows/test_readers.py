"""Readers who ask again and again while nights are published: never an error, never half a night."""

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status

READING = """
import json, sys, xml.etree.ElementTree as xml
from pathlib import Path
import duckdb

published = Path(sys.argv[1])
CONSISTENT = '''
    SELECT (SELECT count(*) FROM runs WHERE outcome = 'complete') AS nights,
           (SELECT count(*) FROM changes WHERE kind = 'completed') AS completed,
           (SELECT count(*) FROM trials WHERE overall_status = 'COMPLETED') AS complete_now,
           (SELECT run_id FROM freshness) = (SELECT max(run_id) FROM runs) AS is_fresh
'''
reads = last = 0
while not (published.parent / "enough").exists():
    with duckdb.connect(str(published / "trialwatch.duckdb"), read_only=True) as con:
        nights, completed, complete_now, is_fresh = con.execute(CONSISTENT).fetchone()
    assert completed == complete_now == nights - 1, (nights, completed, complete_now)
    assert is_fresh
    assert nights >= last, "a later reader never sees an earlier night"
    last = nights
    # The link is resolved once, as `cp -L` does: a folder of parquet stays whole while it is read.
    folder = str((published / "parquet").resolve())
    done, told = duckdb.connect().execute(
        f"SELECT (SELECT count(*) FROM '{folder}/trials.parquet' WHERE overall_status = 'COMPLETED'), "
        f"(SELECT count(*) FROM '{folder}/changes.parquet' WHERE kind = 'completed')"
    ).fetchone()
    assert done == told, (done, told)
    assert (published / "index.html").read_text("utf-8").rstrip().endswith("</html>")
    xml.fromstring((published / "changes.atom").read_text("utf-8"))
    assert (published / "coming-up.ics").read_bytes().endswith(b"END:VCALENDAR\\r\\n")
    status = published.parent / "status.json"
    if status.exists():
        json.loads(status.read_text("utf-8"))
    reads += 1
print(reads)
"""


def nights_are_read_whole(house: House, registry: SimulatedRegistry, nights: int) -> None:
    numbers = [f"NCT1000{number:04}" for number in range(1, nights + 1)]
    registry.put(*(a_trial(number) for number in numbers))
    house.night()
    command = [sys.executable, "-c", READING, str(house.settings.published)]
    readers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        for number in numbers:
            registry.night()
            registry.edit(number, with_status("COMPLETED"))
            house.night()
    finally:
        Path(house.settings.data_dir / "enough").touch()
    for reader in readers:
        out, err = reader.communicate(timeout=120)
        assert err == ""
        assert int(out) > 0


@pytest.mark.slow
def test_four_nights_are_read_whole(house: House, registry: SimulatedRegistry) -> None:
    nights_are_read_whole(house, registry, 4)


@pytest.mark.slow
def test_sixty_nights_are_read_whole(house: House, registry: SimulatedRegistry) -> None:
    nights_are_read_whole(house, registry, 60)
