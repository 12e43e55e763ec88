"""A night and its certificate: which night it was, how it ended, and what the last complete one stood on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import msgspec

from connectors.dates import version_day
from connectors.trial import Reader
from warehouse.judge import trouble
from warehouse.judge.checks import Acceptance, Check
from warehouse.judge.watch import Subscription, Watch
from warehouse.keep import operator_mail
from warehouse.store.file import transaction
from warehouse.store.tables import insert, sql
from warehouse.words.outcomes import COMPLETE, IS_A_NIGHT, IS_COMPLETE

_LIKE_A_NUMBER = re.compile("[A-Z0-9][A-Z0-9./-]+")
"""What may be a trial's number among the words of a mail."""


@dataclass(frozen=True, slots=True)
class Night:
    """Which night this is. ``now`` is its one instant and ``clock`` tells its end: naive UTC, as stored.

    ``reader`` reads the registry's records; ``operator`` is who hears of trouble; ``accepted`` is a check that
    may fail tonight. ``processes`` is how many read at once: where that is not
    said, one, or as many as there are processors when there is very much to read. ``afar`` is a folder in
    which lies what other machines have read for tonight.
    """

    run_id: str
    watch: Watch
    registry_name: str
    now: datetime
    clock: Callable[[], datetime]
    work: Path
    reader: Reader
    subscriptions: tuple[Subscription, ...] = ()
    operator: str | None = None
    accepted: Acceptance | None = None
    processes: int | None = None
    afar: Path | None = None

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(slots=True)
class Certificate:
    """How a night ended, in the words of the ``runs`` view."""

    outcome: str
    sentence: str
    data_version_before: str | None = None
    data_version_after: str | None = None
    declared_total: int | None = None
    fetched: int | None = None
    distinct_trials: int | None = None
    new_versions: int = 0
    quarantined: int = 0
    requests: int | None = None
    asked_parts: list[str] | None = None
    changes: int = 0
    checks: list[Check] = field(default_factory=list)
    unreadable_members: dict[str, str] = field(default_factory=dict)
    """Members of the watch whose record could not be read tonight, each with the reason."""


@dataclass(frozen=True, slots=True)
class LastComplete:
    """The last complete night (a heartbeat is one) of a watch on a registry."""

    data_version: str | None
    watch_hash: str | None
    began_at: datetime

    @property
    def data_on(self) -> date:
        """The day of its data; the night's own day is the best that is known where its version cannot be read."""
        return version_day(self.data_version) or self.began_at.date()

    def asked_the_same(self, watch: Watch) -> bool:
        return bool(self.watch_hash) and str(self.watch_hash).startswith(watch.query_hash())


def last_complete(con: duckdb.DuckDBPyConnection, watch: str, registry_name: str) -> LastComplete | None:
    # In the order in which they were kept: a clock that was set back must not make an older night the last.
    row = con.execute(
        "SELECT data_version_after, watch_hash, started_at FROM run WHERE watch = ? AND registry_name = ? "
        f"AND {IS_COMPLETE} AND {IS_A_NIGHT} ORDER BY rowid DESC LIMIT 1",
        [watch, registry_name],
    ).fetchone()
    return LastComplete(*row) if row else None


def keep_certificate(con: duckdb.DuckDBPyConnection, night: Night, certificate: Certificate) -> Certificate:
    """Keep the certificate of a night that changed nothing else."""
    with transaction(con):
        put_certificate(con, night, certificate)
    return certificate


def put_certificate(con: duckdb.DuckDBPyConnection, night: Night, certificate: Certificate) -> None:
    """Put it beside what the night changed, with what the operator is to hear of it; the caller's transaction."""
    _tell_the_operator(con, night, certificate)
    told = {
        name: getattr(certificate, name)
        for name in Certificate.__slots__
        if name not in ("changes", "checks", "unreadable_members")
    }
    row = {
        "run_id": night.run_id,
        "watch": night.watch.name,
        "registry_name": night.registry_name,
        "started_at": night.now,
        "finished_at": night.clock(),
        "watch_hash": night.watch.hash(),
        "checks": msgspec.json.encode(certificate.checks).decode(),
        **told,
    }
    insert(con, "run", [row], night.work)


def _tell_the_operator(con: duckdb.DuckDBPyConnection, night: Night, certificate: Certificate) -> None:
    if night.operator is None:
        return
    if certificate.unreadable_members:
        _tell_of_members(con, night, night.operator, certificate.unreadable_members)
    if certificate.outcome in COMPLETE:
        return
    which = {"watch": night.watch.name, "registry_name": night.registry_name}
    earlier = trouble.Earlier(*con.execute(sql("keep/earlier"), which).fetchall()[0])
    if trouble.is_to_be_told(certificate.outcome, earlier, night.now):
        told = trouble.of_night(
            **which,
            outcome=certificate.outcome,
            sentence=certificate.sentence,
            checks=certificate.checks,
            earlier=earlier,
        )
        operator_mail.put(con, told, operator=night.operator, run_id=night.run_id, now=night.now, **which)


def _tell_of_members(
    con: duckdb.DuckDBPyConnection, night: Night, operator: str, unreadable: Mapping[str, str]
) -> None:
    """Tell at once of a member that cannot be read, and again every third night while that lasts."""
    which = (night.watch.name, night.registry_name)
    told_before = operator_mail.told_lately(con, trouble.members_subject(*which), night.now)
    told_lately = {each for told in told_before for each in _LIKE_A_NUMBER.findall(" ".join(told.sentences))}
    news = {trial_id: why for trial_id, why in unreadable.items() if trial_id not in told_lately}
    if news:
        told = trouble.of_members(*which, news)
        operator_mail.put(con, told, operator=operator, run_id=night.run_id, now=night.now)
