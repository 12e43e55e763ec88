"""Keeping a night: everything that one watch's night on one registry changes, in one transaction.

Either all of it is there afterwards (versions, tables, membership, changes, what is due to whom, the run's
certificate) or none of it. What changed, who moved and whether to believe it is decided by pure modules; here
it is gathered and put.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import duckdb

from connectors.dates import Span, version_day
from connectors.registry import Collected, Merged, Removed, Search
from warehouse.judge import alerts
from warehouse.judge.changes import Finding, overdue
from warehouse.judge.checks import Tonight, verdict
from warehouse.judge.membership import Before, Entry, Exit, moves, unreadable
from warehouse.judge.parts import PostedOn, unreached
from warehouse.keep import again, former, holdings, labels
from warehouse.keep.certificate import (
    Certificate,
    LastComplete,
    Night,
    keep_certificate,
    last_complete,
    put_certificate,
)
from warehouse.keep.comparison import Comparison
from warehouse.keep.holdings import Held
from warehouse.keep.intake import Unreadable
from warehouse.keep.journal import Journal
from warehouse.keep.shown import Shown
from warehouse.store.file import transaction
from warehouse.store.landed import Landed
from warehouse.store.load import Stage, load, note_fingerprints, note_seen
from warehouse.store.tables import insert, listed


def keep_heartbeat(con: duckdb.DuckDBPyConnection, night: Night, data_version: str) -> Certificate:
    """Keep a night without new data: only what the calendar alone changed."""
    certificate = Certificate("heartbeat", f"no new data since {data_version}", data_version, data_version)
    due = holdings.turned_by_calendar(con, night)
    held = holdings.latest(con, night.registry_name) if due else {}
    with again.staged(night) as stage, Journal(con, night, version_day(data_version)) as journal:
        comparison = Comparison(con, night, held, {}, stage, journal)
        shown = Shown(comparison)
        shown.turn(night, holdings.latest_records(con, due, night))
        comparison.finish()
        certificate.new_versions = stage.count
        with transaction(con):
            if due:
                _put_states(con, night, shown, stage, journal)
            _note_overdue(con, night, journal)
            journal.put()
            certificate.changes = len(journal)
            put_certificate(con, night, certificate)
    return certificate


def _put_states(
    con: duckdb.DuckDBPyConnection, night: Night, shown: Shown, stage: Stage, journal: Journal
) -> None:
    """The new states with their flags and labels, and whom they make ours."""
    labels.remember(con)
    load(con, stage)
    note_fingerprints(con, shown.comparison.known_by, night.work)
    again.put_flags(con, night, shown.flags)
    labels.put(con, night, shown.judgements, shown.concepts)
    labels.mark_members(con, night)
    labels.note_relevance_changes(con, journal, shown.comparison.changed)


def keep_night(con: duckdb.DuckDBPyConnection, night: Night, landed: Landed) -> Certificate:
    """Judge what has landed and keep all of it, or, when a check refuses it, only the certificate."""
    collected = landed.collected()
    held = holdings.latest(con, night.registry_name)
    heirs = former.heirs(collected, held)
    last = last_complete(con, night.watch.name, night.registry_name)
    before = holdings.before(con, night, last)
    with (
        again.staged(night) as stage,
        again.staged(night, again.RELOAD_STAGE) as aside,
        Journal(con, night, version_day(collected.data_version_after)) as journal,
    ):
        beside = again.DocumentUpdate(con, night, aside)
        comparison = Comparison(con, night, held, heirs, stage, journal, beside.look_at)
        shown = Shown(comparison)
        shown.look_through(night, landed, stage, journal.data_version_on)
        due = holdings.turned_by_calendar(con, night).difference(shown.trial_ids)
        shown.turn(night, holdings.latest_records(con, due, night))
        comparison.finish()
        changed = comparison.changed
        restored = sorted(trial_id for trial_id in shown.trial_ids if trial_id in held and held[trial_id].fate)
        before = replace(before, unasked=unreached(before.members(), collected.asked, shown.posted_on))
        entries, exits = moves(
            before,
            collected,
            follow=night.watch.named(),
            changed=changed,
            readable=set(shown.trial_ids),
            first_posted_on=shown.posted_on,
            restored=restored,
            heirs=heirs,
        )
        elsewhere = holdings.members_of(con, night.watch, set(night.watch.registries) - {night.registry_name})
        certificate = _judge(night, collected, held, shown, before, elsewhere, last, entries, exits)
        if certificate.outcome == "refused":
            return keep_certificate(con, night, certificate)

        certificate.new_versions = stage.count
        anew = labels.judged_anew(con, night, shown.judgements)
        with transaction(con):
            labels.remember(con)
            inheriting = [heir for trial_id, heir in heirs.items() if trial_id in changed]
            for heir in inheriting:
                former.inherit(con, heir, night)
                labels.inherit(con, heir)
                journal.inherit(heir)
            load(con, stage)
            insert(con, "status_turn", comparison.turns, night.work)
            beside.put()
            note_fingerprints(con, comparison.known_by, night.work)
            for heir in inheriting:
                former.inherit_lateness(con, heir)
            note_seen(con, shown.trial_ids, night.now, night.work)
            again.put_flags(con, night, shown.flags)
            labels.put(con, night, shown.judgements, shown.concepts)
            anew.put(con, night, journal)
            _put_quarantine(con, night, shown.unreadable)
            _settle_fates(con, collected, held, restored, journal)
            _move(con, night, entries, exits, journal, shown.posted_on)
            labels.mark_members(con, night)
            labels.note_relevance_changes(con, journal, changed)
            untold = None if before.is_baseline else frozenset(shown.new)
            _note_overdue(con, night, journal, untold=untold)
            journal.put(_welcomes(con, night) if before.is_baseline else ())
            certificate.changes = len(journal)
            put_certificate(con, night, certificate)
    return certificate


def _judge(
    night: Night,
    collected: Collected,
    held: Mapping[str, Held],
    shown: Shown,
    before: Before,
    elsewhere: int,
    last: LastComplete | None,
    entries: list[Entry],
    exits: list[Exit],
) -> Certificate:
    members = before.members()
    looked_for = members - before.unasked.difference(shown.trial_ids)
    reasons = {each.trial_id: f"{each.path}: {each.reason}" for each in shown.unreadable if each.trial_id}
    lost = unreadable(before, collected, shown.trial_ids, reasons)
    records = len(shown.trial_ids) + len(shown.unreadable)
    checks = verdict(
        Tonight(
            collected,
            fetched_records=records,
            unreadable=len(shown.unreadable),
            unreadable_members=tuple(lost),
            in_watch=len(members) - len(exits) + len(entries),
            members=len(looked_for),
            thinned_out=sum(leaving.kind == "left_watch" for leaving in exits),
            same_question=bool(last and last.asked_the_same(night.watch)),
            removed=sum(isinstance(collected.fates.get(leaving.trial_id), Removed) for leaving in exits),
            changed=len(shown.comparison.changed),
            changed_unposted=shown.comparison.unposted,
            stamped=shown.stamped,
            min_trials=night.watch.min_trials,
            max_trials=night.watch.max_trials,
            elsewhere=elsewhere,
            earlier_data_version=last.data_version if last else None,
            unheard_of=tuple(
                trial_id
                for trial_id in night.watch.follow
                if trial_id not in held and isinstance(collected.fates.get(trial_id), Removed)
            ),
        ),
        night.accepted,
    )
    refusals = [check.sentence for check in checks if check.refuses]
    return Certificate(
        "refused" if refusals else "complete",
        f"refused: {'; '.join(refusals)}" if refusals else "complete",
        collected.data_version_before,
        collected.data_version_after,
        declared_total=_declared(collected.searches),
        fetched=sum(search.fetched for search in collected.searches),
        distinct_trials=records,
        quarantined=len(shown.unreadable),
        requests=collected.requests,
        asked_parts=None if collected.asked is None else [part.name for part in collected.asked],
        checks=checks,
        unreadable_members=lost,
    )


def _declared(searches: Iterable[Search]) -> int | None:
    """The sum of what the registry declared; None where it was asked and gave no total, as a file gives none."""
    given = [search.declared for search in searches]
    return None if given and not any(each is not None for each in given) else sum(each or 0 for each in given)


def _put_quarantine(con: duckdb.DuckDBPyConnection, night: Night, unreadable: list[Unreadable]) -> None:
    rows = (
        {
            "run_id": night.run_id,
            "watch": night.watch.name,
            "registry_name": night.registry_name,
            "item": item,
            "trial_id": record.trial_id,
            "path": record.path,
            "reason": record.reason,
            "payload": record.payload.decode("utf-8", "replace"),
        }
        for item, record in enumerate(unreadable, 1)
    )
    insert(con, "quarantine", rows, night.work)


def _settle_fates(
    con: duckdb.DuckDBPyConnection,
    collected: Collected,
    held: Mapping[str, Held],
    restored: Iterable[str],
    journal: Journal,
) -> None:
    """What the registry said by id of trials that are gone, and of those that are there again."""

    def settle(trial_id: str, fate: str | None, survivor: str | None, finding: Finding) -> None:
        con.execute("UPDATE trial SET fate = ?, merged_into = ? WHERE trial_id = ?", [fate, survivor, trial_id])
        version = held[trial_id].version_number
        journal.add(trial_id, finding, versions=(version, version))

    for trial_id, fate in sorted(collected.fates.items()):
        known = held[trial_id].fate if trial_id in held else "unheld"
        if known and not (known == "removed" and isinstance(fate, Merged)):
            continue
        if isinstance(fate, Merged):
            reason = f"the registry now answers with {fate.survivor}, into which it was merged"
            finding = Finding("merged", "trial_id", trial_id, fate.survivor, "registry", reason)
            settle(trial_id, "merged", fate.survivor, finding)
        else:
            reason = f"the registry says: {fate.said}"
            settle(trial_id, "removed", None, Finding("removed", "trial_id", trial_id, None, "registry", reason))
    for trial_id in restored:
        reason = f"it had been {held[trial_id].fate} and is there again"
        settle(trial_id, None, None, Finding("restored", "trial_id", None, trial_id, "registry", reason))


def _move(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    entries: list[Entry],
    exits: list[Exit],
    journal: Journal,
    first_posted_on: PostedOn,
) -> None:
    name = night.watch.name
    rows = (
        {
            "watch": name,
            "trial_id": entry.trial_id,
            "stay": entry.stay,
            "is_relevant": False,  # until it has been judged, a few lines from here
            "entered_at": night.now,
            "why_entered": entry.why,
        }
        for entry in entries
    )
    insert(con, "watch_member", rows, night.work)
    for leaving in exits:
        con.execute(
            "UPDATE watch_member SET left_at = ?, why_left = ? WHERE watch = ? AND trial_id = ? AND stay = ?",
            [night.now, leaving.why, name, leaving.trial_id, leaving.stay],
        )
    for entry in entries:
        if entry.kind:
            # That a trial is registered is its sponsor's doing; that we see any other is our query's.
            cause = "sponsor" if entry.kind == "registered" else "watch"
            finding = Finding(entry.kind, "watch_members", None, name, cause, entry.why)
            journal.add(entry.trial_id, finding, watch=name, posted_on=first_posted_on(entry.trial_id))
    for leaving in exits:
        if leaving.kind:
            finding = Finding(leaving.kind, "watch_members", name, None, "watch", leaving.why)
            journal.add(leaving.trial_id, finding, watch=name)


def _note_overdue(
    con: duckdb.DuckDBPyConnection, night: Night, journal: Journal, *, untold: frozenset[str] | None = frozenset()
) -> None:
    """Note who has become overdue and who no longer is. ``untold`` are noted in silence; None: all of them."""
    turned: dict[bool, list[str]] = {True: [], False: []}
    for each in holdings.perhaps_late(con, night.watch.name, night.registry_name, night.today):
        span = Span(each.latest, each.latest) if each.latest else None
        late = overdue(each.overall_status, span, each.type, night.today)
        if (late is None) == (each.overdue_since is None):
            continue
        turned[late is not None].append(each.trial_id)
        if late and untold is not None and each.trial_id not in untold:
            reason = f"still {each.overall_status}, though expected to end by {each.written}: {late} days overdue"
            finding = Finding("overdue", "is_overdue", "false", "true", "calendar", reason)
            journal.add(each.trial_id, finding, versions=(each.version_number, each.version_number))
    for is_late, trial_ids in turned.items():
        if trial_ids:
            since = night.today if is_late else None
            with listed(con, trial_ids, night.work):
                con.execute("UPDATE trial SET overdue_since = ? WHERE trial_id IN (FROM listed)", [since])


def _welcomes(con: duckdb.DuckDBPyConnection, night: Night) -> Iterable[alerts.Due]:
    """A welcome for the watch's subscriptions, unless another registry's first night has sent it already."""
    if holdings.has_been_complete(con, night.watch.name):
        return ()
    welcomed = [each for each in night.subscriptions if each.watch == night.watch.name]
    return alerts.welcome(welcomed, now=night.now, run_id=night.run_id)
