"""What the store holds of a watch, beside what its registry says now: too few, and a night would be refused."""

from contextlib import suppress

import duckdb

from connectors.versions import is_known_to_be
from flows.doctor.case import Case
from flows.doctor.store import looked_into
from warehouse.errors import StoreHeldError
from warehouse.judge.checks import has_collapsed
from warehouse.judge.watch import Watch
from warehouse.keep.certificate import last_complete
from warehouse.keep.holdings import members_of
from warehouse.store.file import FILE, SCHEMA_VERSION, version_of


def lost(
    case: Case, watch: Watch, registry_name: str, data_version: str | None, most: int
) -> tuple[int, int] | None:
    """How many members a registry's searches have lost, at least, of how many, where a night would be refused.

    ``most`` is what they find now. None also where the store cannot be asked, which is told by itself.
    """
    folder = case.settings.store
    with suppress(OSError, duckdb.Error, MemoryError, StoreHeldError):
        if not (folder / FILE).exists():
            return None
        with looked_into(folder) as con:
            return _lost(con, watch, registry_name, data_version, most)
    return None


def _lost(
    con: duckdb.DuckDBPyConnection, watch: Watch, registry_name: str, data_version: str | None, most: int
) -> tuple[int, int] | None:
    if version_of(con) != SCHEMA_VERSION:
        return None
    last = last_complete(con, watch.name, registry_name)
    if not last or not last.asked_the_same(watch) or is_known_to_be(last.data_version, data_version):
        return None
    members = members_of(con, watch, [registry_name])
    missing = members - most - len(watch.named())
    return (missing, members) if has_collapsed(members, missing) else None
