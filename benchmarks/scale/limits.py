"""The limits that no way of loading can beat: parsing or counting the same bytes.

They stand apart from dlt, which is slow to import.
"""

import duckdb
import msgspec
import orjson

from benchmarks.scale.records import FIRST
from benchmarks.scale.stages import Bench


def orjson_parse(bench: Bench) -> int:
    with bench.sent(FIRST).open("rb") as lines:
        return sum(1 for line in lines if orjson.loads(line))


def msgspec_decode(bench: Bench) -> int:
    with bench.sent(FIRST).open("rb") as lines:
        return sum(1 for line in lines if msgspec.json.decode(line))


def duckdb_count(bench: Bench) -> int:
    found = duckdb.execute(
        "SELECT count(json ->> '$.protocolSection.identificationModule.nctId') FROM read_ndjson_objects(?)",
        [str(bench.sent(FIRST))],
    ).fetchone()
    return int(found[0]) if found else 0
