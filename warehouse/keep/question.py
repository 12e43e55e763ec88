"""What a night asks a registry, from what the store holds. Nothing is written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import duckdb

from connectors.registry import Part, Question
from warehouse.judge.parts import A_SMALL_REGISTRY, OVERLAP, due, is_in
from warehouse.judge.watch import Watch
from warehouse.keep import holdings
from warehouse.keep.certificate import LastComplete
from warehouse.words.outcomes import IS_A_NIGHT


def tonight(
    con: duckdb.DuckDBPyConnection,
    watch: Watch,
    registry_name: str,
    parts: Sequence[Part],
    last: LastComplete | None,
    now: datetime,
    *,
    small: int = A_SMALL_REGISTRY,
) -> Question:
    """The watch's question, with every trial that it has ever held and that tonight's parts reach.

    ``parts`` are all of the registry's, ``last`` is the last complete night, ``now`` naive UTC. A watch of
    everything asks for all of it at first, when its question has changed, and where it holds no more than
    ``small`` trials.
    """
    held = holdings.followed(con, watch.name, registry_name)
    last_on = last.data_on if last else None
    asked_parts = tuple(parts) if watch.everything else ()
    whole = replace(watch.question(tuple(held)), parts=asked_parts, last_on=last_on, today=now.date())
    if not whole.parts or last is None or not last.asked_the_same(watch) or len(held) <= small:
        return whole
    asked = due(parts, _read_at(con, watch, registry_name, parts), now)
    if asked == whole.parts:
        return whole
    reached = (trial_id for trial_id, posted_on in held.items() if posted_on is None or is_in(asked, posted_on))
    return replace(
        whole, followed=watch.question(tuple(reached)).followed, parts=asked, updated_since=last.data_on - OVERLAP
    )


def _read_at(
    con: duckdb.DuckDBPyConnection, watch: Watch, registry_name: str, parts: Sequence[Part]
) -> dict[str, datetime]:
    """When each part was last read whole, by a night that asked the same question."""
    rows = con.execute(
        "SELECT part, max(started_at) FROM ("
        "SELECT started_at, unnest(coalesce(asked_parts, ?::VARCHAR[])) AS part FROM run "
        "WHERE watch = ? AND registry_name = ? AND outcome = 'complete' AND starts_with(watch_hash, ?) "
        f"AND {IS_A_NIGHT}"
        ") GROUP BY part",
        [[part.name for part in parts], watch.name, registry_name, watch.query_hash()],
    ).fetchall()
    return dict(rows)
