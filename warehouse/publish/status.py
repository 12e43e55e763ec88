"""Where things stand after a night: what ``status.json`` says, for readers who never open the store."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from connectors.files import write_whole
from warehouse.errors import DamagedError
from warehouse.words.outcomes import IS_A_NIGHT, IS_COMPLETE

if TYPE_CHECKING:  # `status` reads what is said here without DuckDB, which takes long to import
    import duckdb

RUNS_SHOWN = 10
"""At least, where there are so many: a run is shown with all its watches and registries."""
NO_NIGHT_YET = "no night has been complete yet: run `trialwatch run`"
NO_FILE_YET = "no file has been brought yet, and no watch asks a registry: run `trialwatch import ictrp FILE`"
RUN_COLUMNS = (
    "run_id",
    "watch",
    "registry_name",
    "started_at",
    "finished_at",
    "outcome",
    "sentence",
    "distinct_trials",
    "new_versions",
    "quarantined",
    "data_version_after",
)


def gather(
    con: "duckdb.DuckDBPyConnection",
    pairs: Iterable[tuple[str, str]],
    *,
    now: datetime,
    mail: Mapping[str, Any],
) -> dict[str, Any]:
    """The facts of ``status.json``. ``pairs`` are the watches and registries that should have nights;
    ``mail`` is how the mail stands (``mail_status``).

    ``trouble`` is what ended the last night before its time, for ``with_trouble`` to say.
    """
    nights = []
    for watch, registry_name in pairs:
        row = con.execute(
            "SELECT finished_at, data_version_after FROM run WHERE watch = ? AND registry_name = ? "
            f"AND {IS_COMPLETE} AND {IS_A_NIGHT} ORDER BY rowid DESC LIMIT 1",
            [watch, registry_name],
        ).fetchone()
        nights.append(
            {
                "watch": watch,
                "registry_name": registry_name,
                "last_complete_at": _iso(row[0]) if row else None,
                "data_version": row[1] if row else None,
            }
        )
    runs = con.execute(
        f"SELECT {', '.join(RUN_COLUMNS)} FROM run "
        f"WHERE run_id IN (SELECT run_id FROM run ORDER BY rowid DESC LIMIT {RUNS_SHOWN}) ORDER BY rowid DESC"
    ).fetchall()
    (published_at,) = con.execute("SELECT max(published_at) FROM publication").fetchone() or (None,)
    return {
        "written_at": _iso(now),
        "published_at": published_at and _iso(published_at),
        "unpublished_since": _unpublished_since(con),
        "trouble": None,
        "nights": nights,
        **mail,
        "runs": [
            {
                name: _iso(value) if isinstance(value, datetime) else value
                for name, value in zip(RUN_COLUMNS, row, strict=True)
            }
            for row in runs
        ],
    }


def _unpublished_since(con: "duckdb.DuckDBPyConnection") -> str | None:
    """When the last complete night ended, if what it stored has not been published."""
    row = con.execute(
        f"SELECT finished_at FROM run WHERE {IS_COMPLETE} "
        "AND NOT EXISTS (FROM publication AS p WHERE p.run_id = run.run_id OR p.published_at >= run.finished_at) "
        "ORDER BY rowid DESC LIMIT 1"
    ).fetchone()
    return _iso(row[0]) if row else None


def with_trouble(facts: dict[str, Any] | None, sentence: str, now: datetime) -> dict[str, Any]:
    """The facts of the night before, and what ended this one."""
    nothing = {"published_at": None, "unpublished_since": None, "mail_waiting": 0, "mail_given_up": 0}
    return {**nothing, "nights": [], "runs": [], **(facts or {}), "written_at": _iso(now), "trouble": sentence}


def elsewhere(
    facts: Mapping[str, Any] | None, came: Mapping[str, str | None], run_id: str, now: datetime
) -> list[dict[str, Any]]:
    """How each place stands that is published to elsewhere, after what ``came`` of it: the trouble, or None.

    ``run_id`` and ``published_at`` are of the night that readers find there, ``failing_since`` of the first night
    in a row that did not come there. A place that is no longer named is left out.
    """
    before = {each["place"]: each for each in (facts or {}).get("elsewhere") or []}
    nothing = {"run_id": None, "published_at": None, "failing_since": None}
    found = []
    for place, trouble in came.items():
        known = {**nothing, **before.get(place, {}), "place": place, "trouble": trouble}
        if trouble is None:
            known |= {"run_id": run_id, "published_at": _iso(now), "failing_since": None}
        else:
            known["failing_since"] = known["failing_since"] or _iso(now)
        found.append(known)
    return found


def elsewhere_troubles(facts: Mapping[str, Any] | None) -> list[str]:
    """What is wrong with publishing elsewhere, a sentence a place; nothing where all is well."""
    return [
        f"not published to {each['place']}: {each['trouble']}; readers there find {_night_there(each)}"
        for each in (facts or {}).get("elsewhere") or []
        if each["trouble"]
    ]


def _night_there(known: Mapping[str, Any]) -> str:
    return f"the night of {known['published_at'][:10]}" if known["published_at"] else "nothing yet"


def is_all_complete(con: "duckdb.DuckDBPyConnection", pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether the last run of each watch on each registry was complete."""
    last = con.execute(
        f"SELECT watch, registry_name, arg_max({IS_COMPLETE}, rowid) FROM run WHERE {IS_A_NIGHT} GROUP BY ALL"
    ).fetchall()
    complete = {(watch, registry_name) for watch, registry_name, is_complete in last if is_complete}
    return all(pair in complete for pair in pairs)


def write(path: Path, facts: dict[str, Any]) -> None:
    """Write the facts where readers look, whole or not at all."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(facts), indent=2) + b"\n")


def read(path: Path) -> dict[str, Any] | None:
    """What the last night left there; None when no night has. Raises ``DamagedError`` for anything else."""
    try:
        facts: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise DamagedError(f"{path} is damaged: `trialwatch run` writes it anew") from error
    return facts


def left_as(published: Path) -> str:
    """By what a published file is known: whoever writes into it, or puts another in its place, changes that."""
    at = published.stat()
    return f"{at.st_ino}-{at.st_size}-{at.st_mtime_ns}"


def is_as_left(published: Path, facts: Mapping[str, Any] | None) -> bool:
    """Whether a published file is the one that a night has opened and looked through, and nobody touched since.

    False also for one that whoever asks may not read.
    """
    try:
        return (
            os.access(published, os.R_OK)
            and bool(facts)
            and left_as(published) == (facts or {}).get("published_file")
        )
    except OSError:
        return False


def staleness(facts: dict[str, Any] | None, now: datetime, most_hours: float) -> str | None:
    """Why the last complete nights are too old, in a sentence; None when they are not. ``now`` is aware.

    One that lies as far ahead tells nothing: a clock was wrong, and the guard must not sleep until that day.
    """
    if facts and facts.get("trouble"):  # a status.json of an earlier version does not say
        return f"the last night broke off: {facts['trouble']}"
    if facts is None or not (facts["nights"] or facts.get("runs")):  # files alone have no nights
        return NO_FILE_YET if (facts or {}).get("from_files_alone") else NO_NIGHT_YET
    most = timedelta(hours=most_hours)
    for night in facts["nights"]:
        name = f"{night['watch']} on {night['registry_name']}"
        if night["last_complete_at"] is None:
            return f"{name} has never had a complete night: run `trialwatch run` and read what it says"
        age = now - datetime.fromisoformat(night["last_complete_at"])
        if age > most:
            return (
                f"the last complete night of {name} is {_long(age)} old, more than {_long(most)}: "
                "see that the schedule runs, or run `trialwatch run`"
            )
        if -age > most:
            return (
                f"the last complete night of {name} lies {_long(-age)} ahead: see that "
                "the clock of this machine is right, then run `trialwatch run`"
            )
    if since := facts.get("unpublished_since"):
        return (
            f"what the night that ended at {since} stored is not published: "
            "run `trialwatch run` and read what it says"
        )
    return None


def _long(span: timedelta) -> str:
    """A span as one says it: hours for two days, then days."""
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours <= 48 else f"{hours / 24:.0f} days"


def _iso(instant: datetime) -> str:
    return instant.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
