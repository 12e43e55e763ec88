"""Labels into tables: substances with their evidence, the drug's role, and who in a watch is relevant.

What a trial is labelled is decided in ``relevance``; a person's word in trialwatch.toml stands over it.
"""

from collections.abc import Mapping
from dataclasses import asdict

import duckdb
import msgspec

from warehouse import models
from warehouse.certificate import Night
from warehouse.changes import Finding
from warehouse.journal import Journal
from warehouse.record import understood, worded
from warehouse.relevance import Judgement, judge, rules_version
from warehouse.tables import insert, listed

BY_A_PERSON = "trialwatch.toml"


def put(con: duckdb.DuckDBPyConnection, night: Night, judgements: Mapping[str, Judgement]) -> None:
    """Replace the labels of these trials, in the caller's transaction."""
    with listed(con, judgements, night.work):
        for table in ("trial_substance", "trial_judgement"):
            con.execute(f"DELETE FROM {table} WHERE trial_id IN (FROM listed)")
    evidence = (
        {"trial_id": number, **asdict(each)}
        for number, judgement in judgements.items()
        for each in judgement.evidence
    )
    words = (
        {
            "trial_id": number,
            "drug_role": judgement.drug_role,
            "is_relevant": judgement.is_relevant,
            "reason": judgement.reason,
            "rules_version": rules_version(),
        }
        for number, judgement in judgements.items()
    )
    insert(con, models.TrialSubstance, evidence, night.work)
    insert(con, models.TrialJudgement, words, night.work)


def judge_anew(con: duckdb.DuckDBPyConnection, night: Night, journal: Journal) -> None:
    """Judge again what other rules have judged; what that changes has cause ``normaliser`` and mails nobody."""
    rows = con.execute(
        "SELECT trial_id, version_number, payload, drug_role, is_relevant, "
        "(SELECT coalesce(list_sort(list(DISTINCT substance)), []) FROM trial_substance AS label "
        "WHERE label.trial_id = trial.trial_id AND label.field <> ?) "
        "FROM trial JOIN trial_payload USING (trial_id, version_number) JOIN trial_judgement USING (trial_id) "
        "WHERE rules_version <> ?",
        [BY_A_PERSON, rules_version()],
    ).fetchall()
    judgements = {}
    for number, version, payload, role, was_relevant, substances in rows:
        judgement = judgements[number] = judge(worded(understood(payload.encode()).study))
        for field, old, new in (
            ("trial_substances", sorted(substances), list(judgement.substances)),
            ("drug_role", role, judgement.drug_role),
            ("is_relevant", was_relevant, judgement.is_relevant),
        ):
            if old != new:
                finding = Finding("record_changed", field, _said(old), _said(new), "normaliser", judgement.reason)
                journal.add(number, finding, versions=(version, version))
    put(con, night, judgements)


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
    for number, override in watch.overrides.items():
        verdict = "ours" if override.relevant else "not ours"
        con.execute(
            "UPDATE watch_member SET is_relevant = ?, why_relevant = ? WHERE watch = ? AND trial_id = ?",
            [
                override.relevant,
                f"overruled as {verdict} by {override.by}: {override.reason}",
                watch.name,
                number,
            ],
        )
        if override.relevant:
            # A person's word is evidence like any other; where nothing names a substance, nor does this.
            con.execute(
                "INSERT INTO trial_substance SELECT trial_id, 'unspecified', ?, ?, ?, 'high' FROM trial "
                "WHERE trial_id = ? AND trial_id NOT IN (SELECT trial_id FROM trial_substance)",
                [BY_A_PERSON, override.reason, f"overruled by {override.by} ({watch.name})", number],
            )


def _said(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
