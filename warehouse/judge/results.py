"""What differs between two readings of a trial's posted results. Pure.

It is one change, however much differs. Its values hold what differs and no more, a few thousand letters of it at
most: whole results are megabytes. What differs is known by the canonical form: order and whitespace never count.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from connectors.results import Analysis, EventGroup, Measure, Reading, Results, Value
from warehouse.judge.changes import Finding
from warehouse.words.lists import lacking

MOST_LETTERS = 6000
"""Of what differs, on either side. One difference is always told."""
LETTERS_OF_A_TEXT = 300
MOST_VALUES = 12
"""Of one entry; how many more there are is said."""

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the results as it is told: the view and the key it stands under, a noun for one entry of it.

    ``of`` is what the reader calls the part of the record that it is from; ``named_by`` tells two entries apart.
    """

    view: str
    key: str
    noun: str
    of: str
    named_by: tuple[str, ...]
    entries: Callable[[Results], Iterator[Entry]]


class _Difference(NamedTuple):
    part: _Part
    old: Entry | None
    new: Entry | None


def difference(before: Reading, after: Reading, cause: str) -> Finding:
    """The change from one reading to the next, which must differ. ``cause`` is whose doing it is."""
    found = [each for part in _PARTS for each in _differences(part, before.results, after.results)]
    old, new, left_out = _values(found)
    field = found[0].part.view if found else "trial_results"
    return Finding("results_changed", field, old, new, cause, _reason(found, before, after, left_out))


def _differences(part: _Part, before: Results, after: Results) -> Iterator[_Difference]:
    old, new = (list(part.entries(results)) for results in (before, after))
    gone, came = lacking(old, new, msgspec.json.encode), lacking(new, old, msgspec.json.encode)
    waiting: dict[tuple[Any, ...], list[Entry]] = {}
    for entry in came:
        waiting.setdefault(_name(part, entry), []).append(entry)
    for entry in gone:
        if namesakes := waiting.get(_name(part, entry)):
            yield _Difference(part, *_what_differs(part, entry, namesakes.pop(0)))
        else:
            yield _Difference(part, _shortened(entry), None)
    for entry in (each for namesakes in waiting.values() for each in namesakes):
        yield _Difference(part, None, _shortened(entry))


def _name(part: _Part, entry: Entry) -> tuple[Any, ...]:
    return tuple(entry.get(key) for key in part.named_by)


def _what_differs(part: _Part, old: Entry, new: Entry) -> tuple[Entry, Entry]:
    """Both entries with what names them and what differs; of a list only what the other one lacks."""
    sides: tuple[Entry, Entry] = ({}, {})
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if before == after:
            if key == part.named_by[0]:
                sides[0][key] = sides[1][key] = before
            continue
        if isinstance(before, list) and isinstance(after, list):
            before, after = (
                lacking(before, after, msgspec.json.encode),
                lacking(after, before, msgspec.json.encode),
            )
        for side, value in zip(sides, (before, after), strict=True):
            if value is not None:
                side[key] = value
    return _shortened(sides[0]), _shortened(sides[1])


def _shortened(entry: Entry) -> Entry:
    return {key: _cut(value) for key, value in entry.items()}


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        more = [f"and {len(value) - MOST_VALUES} more"] if len(value) > MOST_VALUES else []
        return [*map(_cut, value[:MOST_VALUES]), *more]
    if isinstance(value, str) and len(value) > LETTERS_OF_A_TEXT:
        return f"{value[:LETTERS_OF_A_TEXT]}…"
    return value


def _values(found: list[_Difference]) -> tuple[str | None, str | None, int]:
    """Old and new value as JSON, and how many differences they leave out."""
    sides: tuple[dict[str, list[Entry]], dict[str, list[Entry]]] = ({}, {})
    room = MOST_LETTERS
    for place, each in enumerate(found):
        room -= max(len(msgspec.json.encode(entry)) for entry in (each.old, each.new))
        if room < 0 and place:
            return _written(sides[0]), _written(sides[1]), len(found) - place
        for side, entry in zip(sides, (each.old, each.new), strict=True):
            if entry is not None:
                side.setdefault(each.part.key, []).append(entry)
    return _written(sides[0]), _written(sides[1]), 0


def _written(side: Mapping[str, list[Entry]]) -> str | None:
    return msgspec.json.encode(side, order="deterministic").decode() if side else None


def _reason(found: list[_Difference], before: Reading, after: Reading, left_out: int) -> str:
    said = [each for part in _PARTS for each in _counted([one for one in found if one.part is part])]
    told = {each.part.of for each in found}
    parts = {**before.parts, **after.parts}
    others = [name for name in parts if before.parts.get(name) != after.parts.get(name) and name not in told]
    said += [f"{name} reworded" for name in others]
    said += [f"{left_out} of these not shown"] if left_out else []
    return ", ".join(said) or "reworded"


def _counted(found: list[_Difference]) -> Iterator[str]:
    ways = {
        "changed": [each for each in found if each.old and each.new],
        "new": [each for each in found if not each.old],
        "gone": [each for each in found if not each.new],
    }
    for way, those in ways.items():
        if those:
            noun = those[0].part.noun
            yield f"{len(those)} {noun if len(those) == 1 else _PLURALS.get(noun, f'{noun}s')} {way}"


_PLURALS = {"analysis": "analyses"}


# -- how results are told ------------------------------------------------------------------------------


def _there(**parts: Any) -> Entry:
    return {key: value for key, value in parts.items() if value not in (None, [], "")}


def _outcomes(results: Results) -> Iterator[Entry]:
    values: dict[int | None, list[str]] = {}
    for each in results.measurements:
        values.setdefault(each.outcome_position, []).append(_value(each))
    for outcome in results.outcomes:
        yield _outcome(outcome, sorted(values.get(outcome.position, [])))


def _outcome(outcome: Measure, values: list[str]) -> Entry:
    return _there(
        measure=outcome.outcome,
        time_frame=outcome.time_frame,
        type=outcome.outcome_type,
        population=outcome.population,
        unit=outcome.unit,
        paramType=outcome.param_type,
        dispersionType=outcome.dispersion_type,
        reportingStatus=outcome.reporting_status,
        values=values,
    )


def _value(each: Value) -> str:
    """One cell: its row, category and group; then the value, its spread and limits, and of how many it is."""
    where = ", ".join(filter(None, (each.class_title, each.category_title, each.group_title or each.group_id)))
    spread = f" ± {each.spread_as_written}" if each.spread_as_written else ""
    ends = (each.lower_limit_as_written, each.upper_limit_as_written)
    limits = f" ({ends[0] or '…'} to {ends[1] or '…'})" if any(ends) else ""
    people = f", n = {each.denominator}" if each.denominator is not None else ""
    return f"{where}: {each.value_as_written or 'no value'}{spread}{limits}{people}"


def _analyses(results: Results) -> Iterator[Entry]:
    for each in results.analyses:
        yield _there(
            measure=each.outcome,
            time_frame=each.time_frame,
            groups=" / ".join(each.group_titles or []),
            method=each.method,
            pValue=each.p_value_as_written,
            estimate=_estimate(each),
            nonInferiorityType=each.non_inferiority_type,
        )


def _estimate(each: Analysis) -> str | None:
    if not each.estimate_as_written:
        return None
    ends = (each.lower_limit_as_written, each.upper_limit_as_written)
    percent = f"{each.interval_percent:g} % " if each.interval_percent else ""
    interval = f" ({percent}CI {ends[0] or '…'} to {ends[1] or '…'})" if any(ends) else ""
    return f"{each.estimate_type or 'estimate'} {each.estimate_as_written}{interval}"


def _events(results: Results) -> Iterator[Entry]:
    events: dict[tuple[Any, ...], list[str]] = {}
    for each in results.adverse_events:
        times = f", {each.events} events" if each.events is not None else ""
        said = f"{each.group_title or each.group_id}: {_of(each.affected, each.at_risk)}{times}"
        events.setdefault((each.term, each.event_type, each.organ_system), []).append(said)
    for (term, kind, system), groups in events.items():
        yield _there(term=term, type=kind, organSystem=system, groups=sorted(groups))


def _event_groups(results: Results) -> Iterator[Entry]:
    yield from map(_event_group, results.adverse_event_groups)


def _event_group(each: EventGroup) -> Entry:
    return _there(
        label=each.group_title or each.group_id,
        deaths=_of(each.deaths, each.deaths_at_risk),
        serious=_of(each.serious_affected, each.serious_at_risk),
        other=_of(each.other_affected, each.other_at_risk),
    )


def _of(count: int | None, among: int | None) -> str | None:
    if count is None and among is None:
        return None
    return f"{'?' if count is None else count} of {'?' if among is None else among}"


def _flow(results: Results) -> Iterator[Entry]:
    periods: dict[tuple[int | None, str | None], list[str]] = {}
    for each in results.flow:
        said = f"{each.step}, {each.group_title or each.group_id}: {each.participants_as_written or '?'}"
        periods.setdefault((each.period_position, each.period), []).append(said)
    for (_, period), steps in periods.items():
        yield _there(label=period, steps=sorted(steps))


def _baseline(results: Results) -> Iterator[Entry]:
    values: dict[tuple[str | None, str | None], list[str]] = {}
    for each in results.baseline:
        values.setdefault((each.measure, each.unit), []).append(_value(each))
    for (measure, unit), cells in values.items():
        yield _there(measure=measure, unit=unit, values=sorted(cells))


_PARTS = (
    _Part(
        "trial_results",
        "outcomeMeasures",
        "outcome measure",
        "outcome measures",
        ("measure", "time_frame", "type"),
        _outcomes,
    ),
    _Part(
        "trial_result_analyses",
        "statisticalAnalyses",
        "analysis",
        "outcome measures",
        ("measure", "groups", "method"),
        _analyses,
    ),
    _Part(
        "trial_adverse_event_groups",
        "eventGroups",
        "total of adverse events",
        "adverse events",
        ("label",),
        _event_groups,
    ),
    _Part("trial_adverse_events", "adverseEvents", "adverse event", "adverse events", ("term", "type"), _events),
    _Part("trial_participant_flow", "flowPeriods", "period", "participant flow", ("label",), _flow),
    _Part(
        "trial_baseline_measurements",
        "baselineMeasures",
        "baseline characteristic",
        "baseline characteristics",
        ("measure",),
        _baseline,
    ),
)
"""Those that a reader asks for first stand first."""
