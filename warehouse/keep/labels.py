"""Labels into tables: substances with their evidence, the drug's role, and who in a watch is relevant.

What a trial is labelled is decided in ``relevance``; a person's word in trialwatch.toml stands over it. Whoever
becomes ours, or is ours no longer, is a change: a later silence is to be explained.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import Any

import duckdb
import msgspec

from warehouse.judge.changes import Finding
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.judge.relevance import Evidence, Judgement, judge, rules_version
from warehouse.judge.watch import Override, Watch
from warehouse.keep import former, holdings
from warehouse.keep.certificate import Night
from warehouse.keep.comparison import Changed
from warehouse.keep.holdings import A_BATCH
from warehouse.keep.journal import Changes
from warehouse.store.tables import insert, listed, sql
from warehouse.words.lists import batches

BY_A_PERSON = "trialwatch.toml"
OVERRULED = "overruled as "
"""How the reason begins where a person's word decides."""


def put(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    judgements: Mapping[str, Judgement],
    concepts: Mapping[str, tuple[Concept, ...]],
) -> None:
    """Replace the labels of these trials, and what else is read out of their words, in the caller's transaction.

    The rules' new word is that of every watch that went by their last one, not of tonight's watch alone. A
    person's word, of whatever watch, is evidence until the rules find some.
    """
    with listed(con, judgements, night.work):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE judged_before AS "
            "SELECT trial_id, reason FROM trial_judgement WHERE trial_id IN (FROM listed)"
        )
        for table in ("trial_judgement", "trial_concept"):
            con.execute(f"DELETE FROM {table} WHERE trial_id IN (FROM listed)")
        con.execute("DELETE FROM trial_substance WHERE trial_id IN (FROM listed) AND field <> ?", [BY_A_PERSON])
    evidence = (
        {"trial_id": trial_id, **asdict(each)}
        for trial_id, judgement in judgements.items()
        for each in judgement.evidence
    )
    words = (
        {
            "trial_id": trial_id,
            "drug_role": judgement.drug_role,
            "is_relevant": judgement.is_relevant,
            "reason": judgement.reason,
            "rules_version": rules_version(),
        }
        for trial_id, judgement in judgements.items()
    )
    insert(con, "trial_substance", evidence, night.work)
    con.execute(
        "DELETE FROM trial_substance WHERE field = $person "
        "AND trial_id IN (SELECT trial_id FROM trial_substance WHERE field <> $person)",
        {"person": BY_A_PERSON},
    )
    insert(con, "trial_judgement", words, night.work)
    found = ({"trial_id": trial_id, **asdict(each)} for trial_id, told in concepts.items() for each in told)
    insert(con, "trial_concept", found, night.work)
    con.execute(
        "UPDATE watch_member SET is_relevant = judgement.is_relevant, why_relevant = judgement.reason "
        "FROM judged_before JOIN trial_judgement AS judgement USING (trial_id) "
        "WHERE judgement.trial_id = watch_member.trial_id AND why_relevant = judged_before.reason"
    )
    con.execute("DROP TABLE judged_before")


@dataclass(frozen=True, slots=True)
class Anew:
    """What tonight's rules say of trials that other rules have judged, and what that changes in their labels.

    Other concepts than before are no change of the trial, and are not told.
    """

    judgements: dict[str, Judgement] = field(default_factory=dict)
    concepts: dict[str, tuple[Concept, ...]] = field(default_factory=dict)
    findings: list[tuple[str, int, Finding]] = field(default_factory=list)

    def put(self, con: duckdb.DuckDBPyConnection, night: Night, journal: Changes) -> None:
        """Store it. What it changes has cause ``normaliser`` and mails nobody."""
        for trial_id, version, finding in self.findings:
            journal.add(trial_id, finding, versions=(version, version))
        put(con, night, self.judgements, self.concepts)


def judged_anew(con: duckdb.DuckDBPyConnection, night: Night, but: Collection[str]) -> Anew:
    """Judge again what other rules have judged, ``but`` for those that tonight's rules judge anyway.

    Nothing is written, and no more than some thousand records are in memory at once.
    """
    rows = con.execute(
        "SELECT trial_id FROM trial JOIN trial_judgement USING (trial_id) "
        "WHERE rules_version <> ? AND registry_name = ? ORDER BY trial_id",
        [rules_version(), night.registry_name],
    ).fetchall()
    anew = Anew()
    for some in batches((trial_id for (trial_id,) in rows if trial_id not in but), A_BATCH):
        for trial_id, version, payload, role, substances in _judged(con, night, some):
            trial = night.reader.read(payload.encode(), night.today).trial
            judgement = anew.judgements[trial_id] = judge(trial)
            if concepts := concepts_of(trial, judgement):
                anew.concepts[trial_id] = concepts
            anew.findings.extend(
                (trial_id, version, finding) for finding in _relabelled(role, sorted(substances), judgement)
            )
    return anew


@dataclass(slots=True)
class _Labels:
    """What is stored of one trial: the rules' word, its evidence but a person's, and its concepts, as rows."""

    version_number: int
    word: tuple[Any, ...]
    evidence: list[tuple[Any, ...]] = field(default_factory=list)
    concepts: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def role(self) -> str:
        return str(self.word[0])

    @property
    def substances(self) -> list[str]:
        return sorted({substance for substance, *_ in self.evidence})

    def are_of(self, judgement: Judgement, concepts: tuple[Concept, ...]) -> bool:
        word = (judgement.drug_role, judgement.is_relevant, judgement.reason, rules_version())
        return (self.word, Counter(self.evidence), Counter(self.concepts)) == (
            word,
            Counter(map(astuple, judgement.evidence)),
            Counter(map(astuple, concepts)),
        )


def judged_otherwise(
    con: duckdb.DuckDBPyConnection,
    night: Night,
    judgements: Mapping[str, Judgement],
    concepts: Mapping[str, tuple[Concept, ...]],
) -> Anew:
    """Of these judgements those that are not what is stored, whichever rules said that. Nothing is written."""
    stored = _stored(con, night, judgements)
    anew = Anew()
    for trial_id, judgement in judgements.items():
        labels, told = stored.get(trial_id), concepts.get(trial_id, ())
        if labels and labels.are_of(judgement, told):
            continue
        anew.judgements[trial_id] = judgement
        anew.concepts[trial_id] = told
        if labels:
            found = _relabelled(labels.role, labels.substances, judgement)
            anew.findings.extend((trial_id, labels.version_number, finding) for finding in found)
    return anew


def _stored(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: Iterable[str]) -> dict[str, _Labels]:
    with listed(con, trial_ids, night.work):
        words = con.execute(
            "SELECT trial_id, version_number, drug_role, is_relevant, reason, rules_version "
            "FROM trial_judgement JOIN trial USING (trial_id) WHERE trial_id IN (FROM listed)"
        ).fetchall()
        evidence = con.execute(
            f"SELECT trial_id, {_named(Evidence)} FROM trial_substance "
            "WHERE trial_id IN (FROM listed) AND field <> ?",
            [BY_A_PERSON],
        ).fetchall()
        concepts = con.execute(
            f"SELECT trial_id, {_named(Concept)} FROM trial_concept WHERE trial_id IN (FROM listed)"
        ).fetchall()
    stored = {trial_id: _Labels(version, tuple(word)) for trial_id, version, *word in words}
    for trial_id, *each in evidence:
        if trial_id in stored:
            stored[trial_id].evidence.append(tuple(each))
    for trial_id, *each in concepts:
        if trial_id in stored:
            stored[trial_id].concepts.append(tuple(each))
    return stored


def _named(of: type[Evidence] | type[Concept]) -> str:
    return ", ".join(part.name for part in fields(of))


def _judged(con: duckdb.DuckDBPyConnection, night: Night, trial_ids: Iterable[str]) -> list[tuple[Any, ...]]:
    with listed(con, trial_ids, night.work):
        return con.execute(
            "SELECT trial_id, version_number, payload, drug_role, "
            "(SELECT coalesce(list(DISTINCT substance), []) FROM trial_substance AS label "
            "WHERE label.trial_id = trial.trial_id AND label.field <> ?) "
            "FROM trial JOIN trial_payload USING (trial_id, version_number) JOIN trial_judgement USING (trial_id) "
            "WHERE trial_id IN (FROM listed)",
            [BY_A_PERSON],
        ).fetchall()


def _relabelled(role: str, substances: list[str], judgement: Judgement) -> Iterator[Finding]:
    for what, old, new in (
        ("trial_substances", substances, list(judgement.substances)),
        ("drug_role", role, judgement.drug_role),
    ):
        if old != new:
            yield Finding("record_changed", what, _said(old), _said(new), "normaliser", judgement.reason)


def mark_members(con: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Set who in the night's watch is relevant, and why: the word of its rules, and a person's over it."""
    watch = night.watch
    if watch.relevance:
        con.execute(
            "UPDATE watch_member SET is_relevant = judgement.is_relevant, why_relevant = judgement.reason "
            "FROM trial_judgement AS judgement WHERE judgement.trial_id = watch_member.trial_id AND watch = ?",
            [watch.name],
        )
    else:
        con.execute(
            "UPDATE watch_member SET is_relevant = true, why_relevant = 'the watch has no rules: all of it is' "
            "WHERE watch = ?",
            [watch.name],
        )
    con.execute("DELETE FROM trial_substance WHERE field = ? AND rule LIKE ?", [BY_A_PERSON, f"%({watch.name})"])
    for trial_id, override in (_overrides(con, watch) if watch.overrides else {}).items():
        verdict = "ours" if override.relevant else "not ours"
        con.execute(
            "UPDATE watch_member SET is_relevant = ?, why_relevant = ? WHERE watch = ? AND trial_id = ?",
            [
                override.relevant,
                f"{OVERRULED}{verdict} by {override.by}: {override.reason}",
                watch.name,
                trial_id,
            ],
        )
        if override.relevant:
            # A person's word is evidence like any other; where nothing names a substance, nor does this.
            con.execute(
                "INSERT INTO trial_substance SELECT trial_id, 'unspecified', ?, ?, ?, 'high' FROM trial "
                "WHERE trial_id = ? AND trial_id NOT IN (SELECT trial_id FROM trial_substance)",
                [BY_A_PERSON, override.reason, f"overruled by {override.by} ({watch.name})", trial_id],
            )


def _overrides(con: duckdb.DuckDBPyConnection, watch: Watch) -> dict[str, Override]:
    """What a person said of a number holds for the trial that bears it, under each of its numbers.

    Where a number was spoken of by itself, that counts.
    """
    merged = con.execute("SELECT trial_id FROM trial WHERE merged_into IS NOT NULL").fetchall()
    bearers = former.bearers(con, [*watch.overrides, *(trial_id for (trial_id,) in merged)])
    said = {bearers[trial_id]: override for trial_id, override in watch.overrides.items() if trial_id in bearers}
    under_each = {trial_id: said[bearer] for trial_id, bearer in bearers.items() if bearer in said}
    return said | under_each | dict(watch.overrides)


@dataclass(frozen=True, slots=True)
class MemberRelevance:
    """Whether a member counts as ours, and why."""

    is_relevant: bool
    why: str

    @property
    def is_a_persons(self) -> bool:
        return self.why.startswith(OVERRULED)


@dataclass(frozen=True, slots=True)
class RelevanceChange:
    """A trial that has become ours, or is ours no longer, in some of its watches."""

    trial_id: str
    before: MemberRelevance
    after: MemberRelevance
    watches: frozenset[str]

    def finding(self, cause: str | None) -> Finding:
        """The change to tell. ``cause`` is whose new state of the record it came with, if with any."""
        turned = "now ours" if self.after.is_relevant else "no longer ours"
        by_a_person = self.before.is_a_persons or self.after.is_a_persons
        return Finding(
            "relevance_changed",
            "is_relevant",
            _said(self.before.is_relevant),
            _said(self.after.is_relevant),
            "watch" if by_a_person else cause or "normaliser",
            f"{turned}: {self.after.why}; until now: {self.before.why}",
        )


def remember(con: duckdb.DuckDBPyConnection) -> None:
    """Keep who counts as ours now, for ``relevance_changes`` to compare with: as long as the connection lives."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE word_before AS {sql('keep/words')}")


def inherit(con: duckdb.DuckDBPyConnection, heir: former.Heir) -> None:
    """What was said of a trial was said of the one that now bears another number."""
    con.execute(
        "INSERT INTO word_before SELECT * REPLACE (? AS trial_id) FROM word_before WHERE trial_id = ?",
        [heir.trial_id, heir.forerunner],
    )


def relevance_changes(con: duckdb.DuckDBPyConnection) -> list[RelevanceChange]:
    """Who was ours and is not, or the reverse, since that was remembered: once a trial, whatever its watches.

    Only where watches disagree, because a person overruled the rules in one of them, are there two.
    """
    rows = con.execute(sql("keep/turns"), {"overruled": OVERRULED}).fetchall()
    return [
        RelevanceChange(
            trial_id, MemberRelevance(was_ours, why_before), MemberRelevance(ours, why), frozenset(watches)
        )
        for trial_id, was_ours, why_before, ours, why, watches in rows
    ]


def note_relevance_changes(
    con: duckdb.DuckDBPyConnection, journal: Changes, changed: Mapping[str, Changed]
) -> None:
    """Note who has become ours and who is ours no longer, each with the new state of its record, if it has one."""
    for change in relevance_changes(con):
        version = holdings.present_version(con, change.trial_id)
        state = changed.get(change.trial_id)
        journal.add(
            change.trial_id,
            change.finding(state.cause if state else None),
            versions=(version - 1 if state else version, version),
            posted_on=state.posted_on if state else None,
            watches=change.watches,
        )


def _said(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
