"""The bars that loading is held to, and how far a run meets them. Pure: costs in, sentences out."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.scale.measuring import Cost

Costs = Mapping[int, Mapping[str, Cost]]
"""By size, then by the name of the stage."""

OF_A_SIZE = 200_000
"""The size that the bars are meant for."""
MOST_MB = 2048 * 1024 * 1024 / 1_000_000


@dataclass(frozen=True, slots=True)
class Bar:
    """What is asked, and what a run came to at the size ``at``: by the clock on the wall and by processor time.

    None where that was not measured.
    """

    asked: str
    at: int
    by_wall: str | None
    by_cpu: str | None
    verdict: str


def bars(costs: Costs) -> list[Bar]:
    """Each bar at the largest size at which what it needs was measured."""
    return list(_bars(costs))


def _bars(costs: Costs) -> Iterator[Bar]:
    at = max(costs)
    yield _ratio(
        "first load at least 0.10 of the speed of orjson", costs, "orjson_parse", "first_load", least=0.10
    )
    yield _ratio(
        "first load at least 20 × dlt on the same tables", costs, "dlt_same_tables", "first_load", least=20
    )
    yield _memory("at most 2 GB of memory at any size", costs)
    yield _ratio(
        "a night of stamps at most 1/20 of the first load", costs, "stamped_night", "first_load", most=1 / 20
    )
    yield _ratio("a night of 1 % at most 1/8 of the first load", costs, "changed_night", "first_load", most=1 / 8)
    yield _ratio("publication at most the first load", costs, "publication", "first_load", most=1)
    yield _ratio(
        "publication incremental: again after a night of stamps, of the first",
        costs,
        "publication_again",
        "publication",
    )
    yield _ratio("a first load that workers have read, of one alone", costs, "shard_load", "first_load")
    if "as_of_many" in costs[at]:
        spent = costs[at]["as_of_many"].wall_s
        yield Bar(f"as-of over {at:,} versions at most 1 s", at, f"{spent:.2f} s", None, _verdict(spent <= 1))
    else:
        yield Bar("as-of over 5,000,000 versions at most 1 s", at, None, None, "not measured in this run")
    yield _doubling("doubling the trials at most 2.2 × the time", costs)


def _ratio(asked: str, costs: Costs, stage: str, other: str, *, least: float = 0.0, most: float = math.inf) -> Bar:
    """``stage`` in parts of ``other``."""
    sizes = [size for size, spent in costs.items() if stage in spent and other in spent]
    if not sizes:
        return Bar(asked, max(costs), None, None, "not measured in this run")
    at = max(sizes)
    one, two = costs[at][stage], costs[at][other]
    by_wall, by_cpu = one.wall_s / two.wall_s, one.cpu_s / two.cpu_s
    is_asked = least > 0 or most < math.inf
    met = [least <= ratio <= most for ratio in (by_wall, by_cpu)]
    return Bar(asked, at, _short(by_wall), _short(by_cpu), _verdict(*met) if is_asked else "no figure is asked")


def _memory(asked: str, costs: Costs) -> Bar:
    at, stage = max(
        ((size, name) for size, spent in costs.items() for name in spent if name in OURS),
        key=lambda each: costs[each[0]][each[1]].peak_mb,
    )
    peak = costs[at][stage].peak_mb
    verdict = _verdict(peak <= MOST_MB)
    smaller = [size for size, spent in costs.items() if size < at and stage in spent]
    if smaller and peak <= MOST_MB and at < OF_A_SIZE:
        each_mb = (peak - costs[max(smaller)][stage].peak_mb) / (at - max(smaller))
        if peak + each_mb * (OF_A_SIZE - at) > MOST_MB:
            verdict = f"met here, but not at {OF_A_SIZE:,}: it grows by {each_mb * 1000:.0f} kB a trial"
    return Bar(asked, at, f"{peak:,.0f} MB ({stage.replace('_', ' ')})", None, verdict)


OURS = (
    *("collect", "land", "first_load", "shard_read", "shard_load", "publication", "page_and_feed", "as_of"),
    *("stamped_night", "publication_again", "changed_night"),
)
"""The program's own stages."""


def _doubling(asked: str, costs: Costs) -> Bar:
    """From the two largest sizes: what the growth between them comes to for a doubling."""
    sizes = sorted(size for size, spent in costs.items() if "first_load" in spent)[-2:]
    if len(sizes) < 2:
        return Bar(asked, max(costs), None, None, "not measured in this run")
    doublings = math.log2(sizes[1] / sizes[0])
    small, large = (costs[size]["first_load"] for size in sizes)
    by_wall = (large.wall_s / small.wall_s) ** (1 / doublings)
    by_cpu = (large.cpu_s / small.cpu_s) ** (1 / doublings)
    return Bar(asked, sizes[1], _short(by_wall), _short(by_cpu), _verdict(by_wall <= 2.2, by_cpu <= 2.2))


def _verdict(*met: bool) -> str:
    """By the wall first, then by processor time, where that was told too."""
    if all(met):
        return "met"
    if not any(met):
        return "missed"
    return "met by wall, missed by CPU" if met[0] else "missed by wall, met by CPU"


def _short(ratio: float) -> str:
    return f"{ratio:.3f}" if ratio < 1 else f"{ratio:.1f}"
