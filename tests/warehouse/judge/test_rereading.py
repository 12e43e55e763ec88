"""What a record is read as otherwise: a change a column and child view, ours, low, and without anybody's name."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from connectors.trial import Condition, Identifier, Intervention, Publication, Site, Trial
from warehouse.judge.changes import Finding
from warehouse.judge.rereading import NO_CHANGE, NOT_TOLD, read_otherwise, without_people
from warehouse.store.load import ENTRIES, table_of
from warehouse.store.tables import columns

READ = Trial(
    "NCT10000001",
    title="Ketamine in alcohol use disorder",
    overall_status="COMPLETED",
    phases=["PHASE2"],
    enrollment=40,
    completion_date="2026-03",
    completion_date_type="ACTUAL",
    completion_date_earliest=date(2026, 3, 1),
    completion_date_latest=date(2026, 3, 31),
    expected_end_date="2026-03",
    expected_end_on=date(2026, 3, 31),
    has_results=True,
    sex="ALL",
    conditions=[Condition(condition="Alcohol use disorder"), Condition(condition="Relapse")],
    sites=[Site(city="Lyon", country="France"), Site(country="Italy", is_country=True)],
    publications=[Publication(pmid="1")],
)
WAS: Callable[..., Trial] = lambda **other: msgspec.structs.replace(READ, **other)  # noqa: E731 - a word for it


@pytest.mark.parametrize(
    ("before", "kind", "field", "old", "new"),
    [
        (WAS(overall_status="RECRUITING"), "completed", "overall_status", "RECRUITING", "COMPLETED"),
        (WAS(overall_status="UNKNOWN"), "completed", "overall_status", "UNKNOWN", "COMPLETED"),
        (WAS(title="Ketamin"), "title_changed", "title", "Ketamin", READ.title),
        (WAS(why_stopped="no"), "why_stopped_changed", "why_stopped", "no", None),
        (WAS(phases=None), "record_changed", "phases", None, '["PHASE2"]'),
        (WAS(enrollment=4), "enrollment_changed", "enrollment", "4", "40"),
        (WAS(enrollment_type="ACTUAL"), "enrollment_changed", "enrollment_type", "ACTUAL", None),
        (WAS(has_results=None), "results_posted", "has_results", None, "true"),
        (WAS(has_results=False), "results_posted", "has_results", "false", "true"),
        (WAS(sex=None), "eligibility_changed", "sex", None, "ALL"),
        (WAS(lead_sponsor="A"), "sponsor_changed", "lead_sponsor", "A", None),
        (WAS(completion_date="2026-04"), "date_advanced", "completion_date", "2026-04", "2026-03"),
        (WAS(completion_date_type="ESTIMATED"), "date_actual", "completion_date", "2026-03", "2026-03"),
        (WAS(start_date="2026-01"), "record_changed", "start_date", "2026-01", None),
        (
            WAS(completion_date_latest=None),
            *("record_changed", "completion_date"),
            '{"completion_date_earliest":"2026-03-01","completion_date_latest":null}',
            '{"completion_date_earliest":"2026-03-01","completion_date_latest":"2026-03-31"}',
        ),
        (
            WAS(expected_end_on=None),
            *(
                "record_changed",
                "expected_end_date",
                '{"expected_end_on":null}',
                '{"expected_end_on":"2026-03-31"}',
            ),
        ),
        (
            WAS(conditions=[Condition(condition="Relapse")]),
            *("conditions_changed", "trial_conditions", '[{"condition":"Relapse"}]'),
            '[{"condition":"Alcohol use disorder"},{"condition":"Relapse"}]',
        ),
        (
            WAS(sites=READ.sites[1:]),
            *("sites_changed", "trial_sites", "[]", '[{"city":"Lyon","country":"France"}]'),
        ),
        (
            WAS(sites=READ.sites[:1]),
            *("sites_changed", "trial_countries", "[]", '[{"country":"Italy","is_country":true}]'),
        ),
        (WAS(publications=[]), "publication_added", "trial_publications", "[]", '[{"pmid":"1"}]'),
        (
            WAS(publications=[*READ.publications, Publication(pmid="2")]),
            *("record_changed", "trial_publications", '[{"pmid":"1"},{"pmid":"2"}]', '[{"pmid":"1"}]'),
        ),
    ],
)
def test_what_is_read_otherwise_is_one_change_of_ours(
    before: Trial, kind: str, field: str, old: str | None, new: str | None
) -> None:
    (finding,) = read_otherwise(before, READ, is_more_read=False)
    assert (finding.kind, finding.field, finding.old_value, finding.new_value) == (kind, field, old, new)
    assert (finding.cause, finding.materiality) == ("normaliser", "low")
    assert finding.reason.startswith("trialwatch reads the same record otherwise")


def test_a_vanished_result_is_withdrawn() -> None:
    (finding,) = read_otherwise(READ, WAS(has_results=None), is_more_read=False)
    assert (finding.kind, finding.new_value) == ("results_withdrawn", None)
    (finding,) = read_otherwise(WAS(has_results=None), WAS(has_results=False), is_more_read=False)
    assert finding.kind == "record_changed", "neither said that there are any"


def test_an_end_that_follows_from_a_date_is_not_told_beside_it() -> None:
    before = WAS(completion_date="2026-04", expected_end_date="2026-04")
    assert [finding.field for finding in read_otherwise(before, READ, is_more_read=False)] == ["completion_date"]


@pytest.mark.parametrize(
    "before",
    [
        READ,
        WAS(conditions=READ.conditions[::-1]),
        WAS(identifiers=[]),
        WAS(last_update_posted_on=date(2020, 1, 1), status_verified_date="2020-01", url="elsewhere"),
        WAS(last_known_status="RECRUITING", reads_otherwise_from=date(2020, 1, 1)),
    ],
)
def test_order_and_what_counts_as_no_change_are_none(before: Trial) -> None:
    assert read_otherwise(before, READ, is_more_read=False) == []
    assert read_otherwise(READ, before, is_more_read=True) == []


def test_what_no_earlier_trialwatch_loaded_is_learned_and_no_change() -> None:
    before = WAS(sex=None, phases=["PHASE1"], conditions=[])
    assert [each.field for each in read_otherwise(before, READ, is_more_read=True)] == ["phases"]
    assert len(read_otherwise(before, READ, is_more_read=False)) == 3


def test_parts_that_stand_in_no_view_are_not_compared() -> None:
    unseen = {
        part.name
        for entry, lists in ENTRIES.items()
        for part in msgspec.structs.fields(entry)
        if part.name not in {column.name for column in columns(table_of(lists))}
    }
    assert unseen == set(NOT_TOLD)
    before, after = Identifier(identifier="X", place=2, copy=2), Identifier(identifier="X")
    assert read_otherwise(WAS(identifiers=[before]), WAS(identifiers=[after]), is_more_read=False) == []
    given = Intervention(name="Ketamine", arm_labels=["A"])
    kept = Intervention(name="Ketamine")
    assert read_otherwise(WAS(interventions=[kept]), WAS(interventions=[given]), is_more_read=False) == []


def test_every_part_of_a_trial_is_compared_or_knowingly_not() -> None:
    parts = {part.name for part in msgspec.structs.fields(Trial)}
    assert parts >= NO_CHANGE
    for part in msgspec.structs.fields(Trial):
        if part.name in NO_CHANGE - {"expected_end_on"}:
            continue
        found = read_otherwise(WAS(**{part.name: _another(part.name)}), READ, is_more_read=False)
        assert len(found) == 1, part.name


def _another(name: str) -> Any:
    entries = {lists: entry for entry, lists in ENTRIES.items()}
    return [*getattr(READ, name), entries[name]()] if name in entries else "another"


@pytest.mark.parametrize(
    ("old", "is_shown"),
    [
        ("Led by Jane Doe", False),
        ("Led by Müller", False),
        ("Call +44 1392 555 019", False),
        ("Ketamine in alcohol dependence", True),
        ("Words that stand nowhere", True),
        (None, True),
    ],
)
def test_an_old_value_that_may_name_somebody_is_not_repeated(old: str | None, is_shown: bool) -> None:
    record = rb'{"title":"Ketamine","lead":"Jane Doe","other":"M\u00fcller","phone":"+44 1392 555 019"}'
    shown = b'{"title":"Ketamine"}'
    finding = Finding("title_changed", "title", old, "Ketamine", "normaliser", "why", "low")
    told = without_people(finding, record, lambda: shown, READ)
    assert (told == finding) is is_shown
    if not is_shown:
        assert (told.old_value, told.new_value) == (None, None)
        assert told.reason == "why (not shown: it may name people)"
    assert without_people(finding, record, lambda: None, READ) == told, "what cannot be shown shows nobody"
