"""As of a day in a history that is made up by SQL: nights would take years to bring it about."""

from benchmarks import cookbook
from benchmarks.scale.stages import Bench, as_of


def many_versions(bench: Bench) -> int:
    """A published file of ``bench.size`` versions, made up by SQL."""
    cookbook.made(bench.size // cookbook.VERSIONS, bench.folder)
    return bench.size


def as_of_many(bench: Bench) -> int:
    """As of a day in the middle of that history."""
    assert as_of(bench, "2026-06-01") > 0
    return bench.size
