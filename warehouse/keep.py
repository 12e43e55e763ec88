"""Keeping a night: everything that one watch's night on one registry changes, in one transaction.

Either all of it is there afterwards (versions, tables, membership, changes, what is due to whom, the run's
certificate) or none of it. What has changed is decided by the pure modules; here it is only gathered and put.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from connectors.registry import Merged
from warehouse import alerts, models, relevance
from warehouse.changes import (
    Finding,
    Record,
    compare,
    materiality,
    overdue,
    posted_anew,
    registry_date,
)
from warehouse.checks import Check, Tonight, verdict
from warehouse.dates import Span, day, version_day
from warehouse.intake import Flag, Read, Unreadable, flags, read
from warehouse.landed import Landed
from warehouse.load import Stage, load, seen
from warehouse.membership import Before, Entry, Exit, Stay, moves
from warehouse.store import transaction
from warehouse.tables import insert
from warehouse.watch import Subscription, Watch


@dataclass(frozen=True, slots=True)
class Night:
    """Which night this is. ``now`` is its one instant and ``clock`` tells its end: naive UTC, as stored."""

    run_id: str
    watch: Watch
    registry_name: str
    now: datetime
    clock: Callable[[], datetime]
    work: Path
    subscriptions: tuple[Subscription, ...] = ()


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
    changes: int = 0
    checks: list[Check] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LastComplete:
    """The last complete night (a heartbeat is one) of a watch on a registry."""

    data_version: str | None
    watch_hash: str | None


def last_complete(con: duckdb.DuckDBPyConnection, watch: str, registry_name: str) -> LastComplete | None:
    row = con.execute(
        "SELECT data_version_after, watch_hash FROM run WHERE watch = ? AND registry_name = ? "
        "AND outcome IN ('complete', 'heartbeat') ORDER BY rowid DESC LIMIT 1",
        [watch, registry_name],
    ).fetchone()
    return LastComplete(*row) if row else None


def followed(con: duckdb.DuckDBPyConnection, watch: str, registry_name: str) -> tuple[str, ...]:
    """Every trial of a registry that the watch has ever held: none is forgotten because a search lost it."""
    rows = con.execute(
        "SELECT DISTINCT trial_id FROM watch_member JOIN trial USING (trial_id) "
        "WHERE watch = ? AND registry_name = ? ORDER BY trial_id",
        [watch, registry_name],
    ).fetchall()
    return tuple(row[0] for row in rows)


def keep_certificate(con: duckdb.DuckDBPyConnection, night: Night, certificate: Certificate) -> None:
    """Keep the certificate of a night that changed nothing else."""
    with transaction(con):
        _put_certificate(con, night, certificate)


def keep_heartbeat(con: duckdb.DuckDBPyConnection, night: Night, data_version: str | None) -> Certificate:
    """Keep a night without new data: only what the calendar alone changed."""
    keeping = _Keeping(con, night, version_day(data_version))
    certificate = Certificate("heartbeat", f"no new data since {data_version}", data_version, data_version)
    with transaction(con):
        keeping.find_overdue(is_baseline=False)
        keeping.put_changes()
        certificate.changes = len(keeping.changes)
        _put_certificate(con, night, certificate)
    return certificate


def keep_night(con: duckdb.DuckDBPyConnection, night: Night, landed: Landed) -> Certificate:
    """Judge what has landed and keep all of it, or, when a check refuses it, only the certificate."""
    return _Keeping(con, night, version_day(landed.collected().data_version_after)).keep(landed)


class _Keeping:
    """One night on its way into the store."""

    def __init__(self, con: duckdb.DuckDBPyConnection, night: Night, data_version_on: date | None) -> None:
        self.con = con
        self.night = night
        self.data_version_on = data_version_on
        self.changes: list[dict[str, Any]] = []
        self.new_trials: set[str] = set()
        self.judgements: dict[str, relevance.Judgement] = {}
        self.flags: list[Flag] = []
        self.substances_before = self._substances()

    # -- a whole night ---------------------------------------------------------------------------------

    def keep(self, landed: Landed) -> Certificate:
        con, night = self.con, self.night
        collected = landed.collected()
        latest = {
            trial_id: (version, content_hash, fate)
            for trial_id, version, content_hash, fate in con.execute(
                "SELECT trial_id, version_number, content_hash, fate FROM trial "
                "JOIN trial_version USING (trial_id, version_number) WHERE registry_name = ?",
                [night.registry_name],
            ).fetchall()
        }
        known = {trial_id: content_hash for trial_id, (_, content_hash, _) in latest.items()}
        shown: list[str] = []
        changed: list[Read] = []
        unreadable: list[Unreadable] = []
        first_posted_on: dict[str, date | None] = {}
        with Stage(
            night.work, registry_name=night.registry_name, run_id=night.run_id, observed_at=night.now
        ) as stage:
            for found in read(landed.records(), known):
                if isinstance(found, Unreadable):
                    unreadable.append(found)
                    continue
                shown.append(found.trial_id)
                if not found.is_new:
                    continue
                self.flags += flags(found)
                self.judgements[found.trial_id] = relevance.judge(found.study)
                first_posted_on[found.trial_id] = _first_posted_on(found)
                if found.trial_id in latest:
                    changed.append(found)
                else:
                    self.new_trials.add(found.trial_id)
                    stage.put(found, 1, *registry_date("sponsor", found.record, self.data_version_on))

            before = self._before()
            restored = {number for number in shown if number in latest and latest[number][2]}
            entries, exits = moves(
                before,
                collected,
                follow=night.watch.follow,
                readable=set(shown),
                first_posted_on=self._first_posted_on() | first_posted_on,
                restored=restored,
            )
            last = last_complete(con, night.watch.name, night.registry_name)
            staying = sum(stay.goes_on for stay in before.stays.values()) - len(exits)
            checks = verdict(
                Tonight(
                    collected,
                    fetched_records=len(shown) + len(unreadable),
                    unreadable=len(unreadable),
                    in_watch=staying + len(entries),
                    members=staying + len(exits),
                    thinned_out=sum(leaving.kind == "left_watch" for leaving in exits),
                    same_question=bool(last and last.watch_hash)
                    and str(last and last.watch_hash).startswith(night.watch.query_hash()),
                    min_trials=night.watch.min_trials,
                    max_trials=night.watch.max_trials,
                    earlier_data_version=last.data_version if last else None,
                )
            )
            certificate = Certificate(
                "complete",
                "complete",
                collected.data_version_before,
                collected.data_version_after,
                declared_total=sum(search.declared or 0 for search in collected.searches),
                fetched=sum(search.fetched for search in collected.searches),
                distinct_trials=len(set(shown)) + len(unreadable),
                new_versions=stage.count + len(changed),
                quarantined=len(unreadable),
                requests=collected.requests,
                checks=checks,
            )
            refusals = [check.sentence for check in checks if check.blocking and not check.passed]
            if refusals:
                certificate.outcome = "refused"
                certificate.sentence = f"refused: {'; '.join(refusals)}"
                certificate.new_versions = 0
                keep_certificate(con, night, certificate)
                return certificate

            self._compare(changed, {number: latest[number][0] for number in known}, stage)
            with transaction(con):
                load(con, stage)
                seen(con, shown, night.now, night.work)
                self._put_judgements_and_flags()
                self._put_quarantine(unreadable)
                self._settle_fates(collected.fates, restored, latest)
                self._move(before, entries, exits)
                self._judge_anew(last)
                self.find_overdue(before.is_baseline)
                self.put_changes()
                if before.is_baseline:
                    self._put_due(
                        alerts.welcome(self._subscriptions_to_welcome(), now=night.now, run_id=night.run_id)
                    )
                certificate.changes = len(self.changes)
                _put_certificate(con, night, certificate)
        return certificate

    def _before(self) -> Before:
        con, night = self.con, self.night
        last = last_complete(con, night.watch.name, night.registry_name)
        stays = {
            trial_id: Stay(number, left_at is None)
            for trial_id, number, left_at in con.execute(
                "SELECT trial_id, stay, left_at FROM watch_member JOIN trial USING (trial_id) "
                "WHERE watch = ? AND registry_name = ? "
                "QUALIFY row_number() OVER (PARTITION BY trial_id ORDER BY stay DESC) = 1",
                [night.watch.name, night.registry_name],
            ).fetchall()
        }
        survivors = con.execute(
            "SELECT DISTINCT merged_into FROM trial JOIN watch_member USING (trial_id) "
            "WHERE fate = 'merged' AND watch = ?",
            [night.watch.name],
        ).fetchall()
        return Before(
            stays,
            frozenset(row[0] for row in survivors),
            version_day(last.data_version) if last else None,
            is_baseline=last is None,
        )

    def _first_posted_on(self) -> dict[str, date | None]:
        return dict(
            self.con.execute(
                "SELECT trial_id, first_posted_on FROM trial JOIN trial_version USING (trial_id, version_number)"
            ).fetchall()
        )

    # -- what changed ----------------------------------------------------------------------------------

    def _compare(self, changed: list[Read], versions: dict[str, int], stage: Stage) -> None:
        payloads = self._payloads([state.trial_id for state in changed])
        for state in changed:
            version = versions[state.trial_id]
            before, after = payloads[state.trial_id], state.record
            for finding in compare(before, after):
                self._add(finding, state.trial_id, after, version, version + 1)
            stage.put(state, version + 1, *registry_date(_hand(before, after), after, self.data_version_on))

    def _payloads(self, trial_ids: list[str]) -> dict[str, Record]:
        rows = self.con.execute(
            "SELECT trial_id, payload FROM trial_payload JOIN trial USING (trial_id, version_number) "
            "WHERE trial_id IN (SELECT unnest(?::VARCHAR[]))",
            [trial_ids],
        ).fetchall()
        return {trial_id: msgspec.json.decode(payload) for trial_id, payload in rows}

    def _add(
        self,
        finding: Finding,
        trial_id: str,
        record: Record | None = None,
        from_version: int | None = None,
        to_version: int | None = None,
        watch: str | None = None,
    ) -> None:
        night = self.night
        dated, basis = registry_date(finding.cause, record or {}, self.data_version_on)
        naming = (night.run_id, trial_id, watch, finding.kind, finding.field, from_version, to_version)
        self.changes.append(
            {
                "change_id": hashlib.blake2b(repr(naming).encode(), digest_size=12).hexdigest(),
                "trial_id": trial_id,
                "watch": watch,
                "kind": finding.kind,
                "field": finding.field,
                "old_value": finding.old_value,
                "new_value": finding.new_value,
                "cause": finding.cause,
                "materiality": finding.materiality,
                "reason": finding.reason,
                "from_version": from_version,
                "to_version": to_version,
                "registry_date": dated,
                "registry_date_basis": basis,
                "observed_at": night.now,
                "run_id": night.run_id,
                "source": "nightly",
            }
        )

    def _settle_fates(
        self, fates: dict[str, Any], restored: Iterable[str], latest: dict[str, tuple[int, str, str | None]]
    ) -> None:
        for number, fate in sorted(fates.items()):
            if number not in latest or latest[number][2]:
                continue
            version = latest[number][0]
            survivor = fate.survivor if isinstance(fate, Merged) else None
            kind = "merged" if survivor else "removed"
            reason = (
                f"the registry now answers with {survivor}, into which it was merged"
                if survivor
                else f"the registry says: {fate.said}"
            )
            self._add(
                Finding(kind, "trial_id", number, survivor, "registry", reason),
                number,
                None,
                version,
                version,
            )
            self.con.execute(
                "UPDATE trial SET fate = ?, merged_into = ? WHERE trial_id = ?", [kind, survivor, number]
            )
        for number in sorted(restored):
            said = latest[number][2]
            finding = Finding(
                "restored", "trial_id", None, number, "registry", f"it had been {said} and is there again"
            )
            self._add(finding, number, None, latest[number][0], latest[number][0])
            self.con.execute("UPDATE trial SET fate = NULL, merged_into = NULL WHERE trial_id = ?", [number])

    def _move(self, before: Before, entries: list[Entry], exits: list[Exit]) -> None:
        night = self.night
        insert(
            self.con,
            models.WatchMember,
            (
                {
                    "watch": night.watch.name,
                    "trial_id": entry.trial_id,
                    "stay": entry.stay,
                    "is_relevant": True,
                    "entered_at": night.now,
                    "why_entered": entry.why,
                }
                for entry in entries
            ),
            night.work,
        )
        for leaving in exits:
            self.con.execute(
                "UPDATE watch_member SET left_at = ?, why_left = ? WHERE watch = ? AND trial_id = ? AND stay = ?",
                [night.now, leaving.why, night.watch.name, leaving.trial_id, leaving.stay],
            )
        moved: list[Entry | Exit] = [*entries, *exits]
        for move in moved:
            if move.kind:
                self._add(self._membership(move), move.trial_id, watch=night.watch.name)

    def _membership(self, move: Entry | Exit) -> Finding:
        assert move.kind  # noqa: S101 - the caller has looked
        name = self.night.watch.name
        old, new = (None, name) if isinstance(move, Entry) else (name, None)
        # A registered trial is the sponsor's doing; whether any other is ours to see is our query's.
        cause = "sponsor" if move.kind == "registered" else "watch"
        return Finding(move.kind, "watch_members", old, new, cause, move.why, materiality(move.kind))

    def find_overdue(self, is_baseline: bool) -> None:
        """Note who has become overdue since the last night and who no longer is."""
        today = self.night.now.date()
        rows = self.con.execute(
            """
            SELECT trial_id, version_number, overall_status, overdue_since,
                coalesce(completion_date, primary_completion_date) AS written,
                CASE WHEN completion_date IS NULL THEN primary_completion_date_type
                    ELSE completion_date_type END AS type,
                CASE WHEN completion_date IS NULL THEN primary_completion_date_latest
                    ELSE completion_date_latest END AS latest
            FROM trial
            JOIN trial_version USING (trial_id, version_number)
            WHERE fate IS NULL AND trial_id IN (
                SELECT trial_id FROM watch_member WHERE watch = ? AND left_at IS NULL)
            """,
            [self.night.watch.name],
        ).fetchall()
        for trial_id, version, status, since, written, kind, latest in rows:
            days = overdue(status, Span(latest, latest) if latest else None, kind, today)
            if (days is None) == (since is None):
                continue
            self.con.execute(
                "UPDATE trial SET overdue_since = ? WHERE trial_id = ?", [today if days else None, trial_id]
            )
            if days and not is_baseline and trial_id not in self.new_trials:
                reason = f"still {status}, though expected to end by {written}: {days} days overdue"
                finding = Finding("overdue", "is_overdue", "false", "true", "calendar", reason)
                self._add(finding, trial_id, None, version, version)

    # -- what is written -------------------------------------------------------------------------------

    def _substances(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for trial_id, substance in self.con.execute(
            "SELECT DISTINCT trial_id, substance FROM trial_substance"
        ).fetchall():
            found.setdefault(trial_id, set()).add(substance)
        return found

    def _put_judgements_and_flags(self) -> None:
        con, work = self.con, self.night.work
        judged = list(self.judgements)
        for table in ("trial_substance", "trial_role", "trial_flag"):
            con.execute(f"DELETE FROM {table} WHERE trial_id IN (SELECT unnest(?::VARCHAR[]))", [judged])
        insert(
            con,
            models.TrialSubstance,
            (
                {"trial_id": trial_id, **asdict(evidence)}
                for trial_id, judgement in self.judgements.items()
                for evidence in judgement.evidence
            ),
            work,
        )
        insert(
            con,
            models.TrialRole,
            (
                {"trial_id": trial_id, "drug_role": judgement.drug_role, "reason": judgement.reason}
                for trial_id, judgement in self.judgements.items()
            ),
            work,
        )
        insert(con, models.TrialFlag, map(asdict, dict.fromkeys(self.flags)), work)

    def _judge_anew(self, last: LastComplete | None) -> None:
        """Set whether the watch's members are relevant: the rules' word, and a person's over it."""
        night = self.night
        if night.watch.relevance:
            verdict_sql = (
                "EXISTS (FROM trial_role AS role JOIN trial_substance USING (trial_id) "
                "WHERE role.trial_id = watch_member.trial_id AND role.drug_role <> 'none')"
            )
        else:
            verdict_sql = "true"
        self.con.execute(
            f"UPDATE watch_member SET is_relevant = {verdict_sql} WHERE watch = ?", [night.watch.name]
        )
        for trial_id, override in night.watch.overrides.items():
            self.con.execute(
                "UPDATE watch_member SET is_relevant = ? WHERE watch = ? AND trial_id = ?",
                [override.relevant, night.watch.name, trial_id],
            )

    def _put_quarantine(self, unreadable: list[Unreadable]) -> None:
        night = self.night
        insert(
            self.con,
            models.Quarantine,
            (
                {
                    "run_id": night.run_id,
                    "registry_name": night.registry_name,
                    "item": item,
                    "trial_id": record.trial_id,
                    "path": record.path,
                    "reason": record.reason,
                    "payload": record.payload.decode("utf-8", "replace"),
                }
                for item, record in enumerate(unreadable, 1)
            ),
            night.work,
        )

    def put_changes(self) -> None:
        """Keep the changes and, in the same breath, what is due to whom because of them."""
        night = self.night
        insert(self.con, models.Change, self.changes, night.work)
        labels = self._substances()
        for trial_id, earlier in self.substances_before.items():
            labels.setdefault(trial_id, set()).update(earlier)
        relevant: dict[str, set[str]] = {}
        for watch, trial_id in self.con.execute(
            "SELECT DISTINCT watch, trial_id FROM watch_member WHERE is_relevant"
        ).fetchall():
            relevant.setdefault(watch, set()).add(trial_id)
        tellable = [
            alerts.Tellable(
                change["change_id"],
                change["trial_id"],
                change["kind"],
                change["materiality"],
                change["watch"],
            )
            for change in self.changes
        ]
        self._put_due(
            alerts.due(
                tellable,
                night.subscriptions,
                relevant=relevant,
                substances=labels,
                now=night.now,
                run_id=night.run_id,
            )
        )

    def _subscriptions_to_welcome(self) -> list[Subscription]:
        """Those of this watch, unless another registry's first night has already welcomed them."""
        (complete,) = self.con.execute(
            "SELECT count(*) FROM run WHERE watch = ? AND outcome = 'complete'", [self.night.watch.name]
        ).fetchone() or (0,)
        return [each for each in self.night.subscriptions if each.watch == self.night.watch.name and not complete]

    def _put_due(self, rows: Iterable[alerts.Due]) -> None:
        night = self.night
        insert(
            self.con,
            models.Delivery,
            (
                {
                    "delivery_id": row.delivery_id,
                    "subscription": row.subscription.name,
                    "watch": row.watch,
                    "recipient": row.recipient,
                    "change_id": row.change_id,
                    "run_id": night.run_id,
                    "period": row.period,
                    "is_arrival": row.is_arrival,
                    "due_at": row.due_at,
                }
                for row in rows
            ),
            night.work,
        )


def _hand(before: Record, after: Record) -> str:
    return "sponsor" if posted_anew(before, after) else "registry"


def _first_posted_on(state: Read) -> date | None:
    status = state.study.protocolSection.statusModule
    posted = status and status.studyFirstPostDateStruct
    return day(posted.date) if posted else None


def _put_certificate(con: duckdb.DuckDBPyConnection, night: Night, certificate: Certificate) -> None:
    row = {
        "run_id": night.run_id,
        "watch": night.watch.name,
        "registry_name": night.registry_name,
        "started_at": night.now,
        "finished_at": night.clock(),
        "watch_hash": night.watch.hash(),
        "checks": msgspec.json.encode(certificate.checks).decode(),
        **{
            name: getattr(certificate, name) for name in Certificate.__slots__ if name not in ("changes", "checks")
        },
    }
    insert(con, models.Run, [row], night.work)
