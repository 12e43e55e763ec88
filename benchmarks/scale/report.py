"""What a run came to, told: a table on the terminal, docs/performance.md and its plot."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import jinja2

from benchmarks.scale import records
from benchmarks.scale.bars import OF_A_SIZE, Costs, bars
from benchmarks.scale.plot import plotted

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=False,  # noqa: S701 - all of it is ours
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A stage's name and what it is called."""

    name: str
    words: str


STAGES = (
    Told("orjson_parse", "limit: orjson parse"),
    Told("msgspec_decode", "limit: msgspec decode"),
    Told("duckdb_count", "limit: DuckDB counting"),
    Told("collect", "collect"),
    Told("land", "land"),
    Told("first_load", "first load"),
    Told("shard_read", "shard: reading"),
    Told("shard_load", "shard: loading"),
    Told("publication", "publication"),
    Told("page_and_feed", "page and feed"),
    Told("as_of", "as-of"),
    Told("stamped_night", "night of stamps"),
    Told("publication_again", "publication again"),
    Told("changed_night", "night of 1 %"),
    Told("plain_loop", "SQLModel, plain loop"),
    Told("dlt_same_tables", "dlt, same tables"),
    Told("dlt_whole_records", "dlt, whole records"),
)
DRAWN = (
    ("plain_loop", "SQLModel, plain loop", "#8a5a00"),
    ("dlt_same_tables", "dlt, same tables", "#a3283c"),
    ("first_load", "first load", "#0b5394"),
    ("publication", "publication", "#38761d"),
    ("changed_night", "night of 1 %", "#6a3d9a"),
    ("stamped_night", "night of stamps", "#00798c"),
    ("orjson_parse", "orjson parse", "#555"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """All that a run measured. ``versions`` is the size of the as-of with history; 0 where it was left out."""

    costs: Costs
    day: date
    bytes_each: float
    versions: int = 0

    @property
    def sizes(self) -> list[int]:
        return sorted(size for size in self.costs if size != self.versions)


def multiple(run: Run, size: int, name: str) -> str:
    """A stage's processor time in parts of the parse at the same size; nothing where it was not measured."""
    spent = run.costs[size]
    if name not in spent:
        return ""
    ratio = spent[name].cpu_s / spent["orjson_parse"].cpu_s
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def steadiness(run: Run) -> str:
    """The least and the most that the one same parse took, in microseconds a record; empty for a single size."""
    parses = (run.costs[size].get("orjson_parse") for size in run.sizes)
    each = [round(1e6 * cost.cpu_s / cost.count) for cost in parses if cost]
    return f"{min(each)} to {max(each)}" if len(each) > 1 else ""


def document(run: Run) -> str:
    """docs/performance.md."""
    ours = [cost for size in run.sizes for cost in run.costs[size].values()]
    return _templates.get_template("performance.md.jinja").render(
        day=run.day,
        cores=os.cpu_count(),
        python=platform.python_version(),
        duckdb=duckdb.__version__,
        kind=records.kind(),
        is_real=records.REAL.exists(),
        bytes_each=f"{run.bytes_each:,.0f}",
        crowding=sum(cost.wall_s for cost in ours) / sum(cost.cpu_s for cost in ours),
        steadiness=steadiness(run),
        meant_for=OF_A_SIZE,
        largest=run.sizes[-1],
        versions=run.versions,
        sizes=run.sizes,
        stages=STAGES,
        costs=run.costs,
        multiple=lambda size, name: multiple(run, size, name),
        bars=bars(run.costs),
    )


def drawing(run: Run) -> str:
    """docs/performance.svg."""
    costs = {size: run.costs[size] for size in run.sizes}
    return _templates.get_template("performance.svg.jinja").render(plot=plotted(costs, DRAWN))


def table(run: Run, size: int) -> Iterator[str]:
    """One size on the terminal, a line a stage."""
    yield f"{size:,} trials".ljust(26) + "   wall s    CPU s  peak MB  × orjson (CPU)"
    for stage in STAGES:
        if cost := run.costs[size].get(stage.name):
            spent = f"{cost.wall_s:9.2f}{cost.cpu_s:9.2f}{cost.peak_mb:9,.0f}"
            yield f"  {stage.words:24}{spent}{multiple(run, size, stage.name):>16}"


def verdicts(run: Run) -> Iterator[str]:
    """The bars on the terminal."""
    for bar in bars(run.costs):
        came_to = ", ".join(filter(None, (bar.by_wall, bar.by_cpu and f"by CPU {bar.by_cpu}")))
        yield f"{bar.asked} ({bar.at:,}): {came_to or '-'}: {bar.verdict}"
