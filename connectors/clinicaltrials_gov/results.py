"""The results section of a record of ClinicalTrials.gov as the tables of ``connectors.results``. Pure.

Groups have numbers of their own in each part of it (``OG000`` of one outcome is not that of the next), so a group
is told by its title beside its number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count as counting
from typing import Any, TypeVar

import msgspec

from connectors.canonical import content_hash
from connectors.clinicaltrials_gov import results_section as sent
from connectors.clinicaltrials_gov.fitting import shaped
from connectors.clinicaltrials_gov.impersonal import impersonal
from connectors.lenient import decoded
from connectors.results import (
    AdverseEvent,
    Analysis,
    Baseline,
    EventGroup,
    Flow,
    Measure,
    Measurement,
    Results,
    Value,
)
from connectors.written import bounded, count, limits, number

PARTS = {
    "outcomeMeasuresModule": "outcome measures",
    "baselineCharacteristicsModule": "baseline characteristics",
    "adverseEventsModule": "adverse events",
    "participantFlowModule": "participant flow",
    "moreInfoModule": "limitations",
}
SECTION = "resultsSection"
NO_RESULTS = frozenset({"pointOfContact", "certainAgreement"})
"""Of ``moreInfoModule``: whom to ask, and who may publish. No results, and persons."""
OUTCOME_TYPES = {
    "PRIMARY": "primary",
    "SECONDARY": "secondary",
    "OTHER_PRE_SPECIFIED": "other",
    "POST_HOC": "post hoc",
}
_sections = msgspec.json.Decoder(dict[str, msgspec.Raw])
V = TypeVar("V", bound=Value)
Section = dict[str, Any]
Groups = Mapping[str | None, sent.Group]


class Reader:
    """Reads results sections as the API sends them. Implements ``connectors.results.Reader``."""

    edition = 1

    def read(self, payload: bytes) -> "Reading":
        """As the Protocol says."""
        value, _ = decoded(payload)
        if not isinstance(value, dict):
            raise ValueError("no JSON object")
        return Reading(value)


@dataclass(frozen=True)
class Reading:
    """Results that were read. Implements ``connectors.results.Reading``."""

    section: Section

    @cached_property
    def shown(self) -> bytes:
        """Without people: whom the section names, and addresses and numbers in its texts."""
        cleared = impersonal(msgspec.json.encode({SECTION: self.section})) or b"{}"
        return bytes(_sections.decode(cleared).get(SECTION, b"{}"))

    @cached_property
    def results(self) -> Results:
        return as_results(shaped(sent.ResultsSection, msgspec.json.decode(self.shown)))

    @cached_property
    def content_hash(self) -> str:
        return content_hash(_what_counts(self.section))

    @cached_property
    def parts(self) -> Mapping[str, str]:
        counted = _what_counts(self.section)
        return {PARTS.get(name, name): content_hash(part) for name, part in counted.items()}


def _what_counts(section: Section) -> Section:
    more = section.get("moreInfoModule")
    if not isinstance(more, dict):
        return section
    return {**section, "moreInfoModule": {key: part for key, part in more.items() if key not in NO_RESULTS}}


def as_results(section: sent.ResultsSection) -> Results:
    """The section in the views' words."""
    outcomes = (section.outcomeMeasuresModule or sent.OutcomeMeasures()).outcomeMeasures or []
    measures = [_measure(outcome, place) for place, outcome in enumerate(outcomes, 1)]
    both = list(zip(outcomes, measures, strict=True))
    places, more = counting(1), counting(1)
    events = section.adverseEventsModule or sent.AdverseEvents()
    return Results(
        outcomes=measures,
        measurements=[each for outcome, told in both for each in _measurements(outcome, told, places)],
        analyses=[each for outcome, told in both for each in _analyses(outcome, told, more)],
        adverse_events=list(_events(events)),
        adverse_event_groups=list(_event_groups(events)),
        flow=list(_flow(section.participantFlowModule or sent.ParticipantFlow())),
        baseline=list(_baseline(section.baselineCharacteristicsModule or sent.BaselineCharacteristics())),
    )


# -- outcomes ------------------------------------------------------------------------------------------


def _measure(outcome: sent.Outcome, position: int) -> Measure:
    return Measure(
        position,
        outcome_type=OUTCOME_TYPES.get(outcome.type or "", outcome.type),
        outcome=outcome.title,
        description=outcome.description,
        time_frame=outcome.timeFrame,
        population=outcome.populationDescription,
        reporting_status=outcome.reportingStatus,
        expected_posting_date=outcome.anticipatedPostingDate,
        param_type=outcome.paramType,
        dispersion_type=outcome.dispersionType,
        unit=outcome.unitOfMeasure,
        units_analyzed=outcome.typeUnitsAnalyzed,
    )


def _measurements(outcome: sent.Outcome, told: Measure, places: Iterator[int]) -> Iterator[Measurement]:
    for value in _values(Measurement, outcome, outcome.groups, outcome.denoms, places):
        value.outcome_position = told.position
        value.outcome_type, value.outcome = told.outcome_type, told.outcome
        value.time_frame, value.population = told.time_frame, told.population
        yield value


def _values(
    kind: type[V],
    measure: sent.Measure,
    groups: list[sent.Group] | None,
    denoms: list[sent.Denom] | None,
    places: Iterator[int],
) -> Iterator[V]:
    """Every cell of a measure's table. Of how many people it is: its class's number, else its measure's."""
    known = _by_id(groups)
    of_all = _denominators(denoms, measure.denomUnitsSelected)
    for each in measure.classes or []:
        of_class = of_all | _denominators(each.denoms, measure.denomUnitsSelected)
        for category in each.categories or []:
            for cell in category.measurements or []:
                value = _value(kind(next(places)), cell, known)
                value.param_type, value.dispersion_type = measure.paramType, measure.dispersionType
                value.unit = measure.unitOfMeasure
                value.class_title, value.category_title = each.title, category.title
                value.denominator_unit, value.denominator = of_class.get(cell.groupId, (None, None))
                yield value


def _value(value: V, cell: sent.Measurement, groups: Groups) -> V:
    group = groups.get(cell.groupId) or sent.Group()
    value.group_id, value.group_title, value.group_description = cell.groupId, group.title, group.description
    value.value, value.value_as_written = number(cell.value), cell.value
    value.spread, value.spread_as_written = number(cell.spread), cell.spread
    value.lower_limit, value.lower_limit_as_written = number(cell.lowerLimit), cell.lowerLimit
    value.upper_limit, value.upper_limit_as_written = number(cell.upperLimit), cell.upperLimit
    value.comment = cell.comment
    if cell.lowerLimit is None and cell.upperLimit is None and (ends := limits(cell.spread)):
        value.lower_limit, value.upper_limit = ends
    return value


def _by_id(groups: list[sent.Group] | None) -> Groups:
    return {group.id: group for group in groups or []}


def _denominators(
    denoms: list[sent.Denom] | None, selected: str | None
) -> dict[str | None, tuple[str | None, int | None]]:
    """Of each group how many were looked at, in the unit that the measure is told in, else the first."""
    there = denoms or [sent.Denom()]
    told = next((denom for denom in there if denom.units == selected), there[0])
    return {each.groupId: (told.units, count(each.value)) for each in told.counts or []}


def _analyses(outcome: sent.Outcome, told: Measure, places: Iterator[int]) -> Iterator[Analysis]:
    groups = _by_id(outcome.groups)
    for each in outcome.analyses or []:
        ids = each.groupIds or []
        relation, p_value = bounded(each.pValue)
        comments = (each.ciLowerLimitComment, each.ciUpperLimitComment)
        yield Analysis(
            next(places),
            outcome_position=told.position,
            outcome_type=told.outcome_type,
            outcome=told.outcome,
            time_frame=told.time_frame,
            group_ids=ids,
            group_titles=[title for name in ids if name in groups and (title := groups[name].title)],
            description=_joined(each.groupDescription, each.otherAnalysisDescription),
            method=each.statisticalMethod,
            comment=each.statisticalComment,
            p_value=p_value,
            p_value_relation=relation,
            p_value_as_written=each.pValue,
            p_value_comment=each.pValueComment,
            estimate_type=each.paramType,
            estimate=number(each.paramValue),
            estimate_as_written=each.paramValue,
            estimate_comment=each.estimateComment,
            dispersion_type=each.dispersionType,
            dispersion=number(each.dispersionValue),
            dispersion_as_written=each.dispersionValue,
            interval_percent=number(each.ciPctValue),
            interval_sides=each.ciNumSides,
            lower_limit=number(each.ciLowerLimit),
            lower_limit_as_written=each.ciLowerLimit,
            upper_limit=number(each.ciUpperLimit),
            upper_limit_as_written=each.ciUpperLimit,
            interval_comment=_joined(*comments),
            is_non_inferiority_tested=each.testedNonInferiority,
            non_inferiority_type=each.nonInferiorityType,
            non_inferiority_comment=each.nonInferiorityComment,
        )


def _joined(*texts: str | None) -> str | None:
    return " ".join(filter(None, texts)) or None


# -- people --------------------------------------------------------------------------------------------


def _baseline(module: sent.BaselineCharacteristics) -> Iterator[Baseline]:
    places = counting(1)
    for measure in module.measures or []:
        denoms = measure.denoms or module.denoms
        for value in _values(Baseline, measure, module.groups, denoms, places):
            value.measure, value.description = measure.title, measure.description
            value.population = measure.populationDescription or module.populationDescription
            yield value


def _events(module: sent.AdverseEvents) -> Iterator[AdverseEvent]:
    groups: Groups = {group.id: group for group in module.eventGroups or []}
    places = counting(1)
    for kind, events in (("serious", module.seriousEvents), ("other", module.otherEvents)):
        for event in events or []:
            for stat in event.stats or []:
                yield AdverseEvent(
                    next(places),
                    event_type=kind,
                    term=event.term,
                    organ_system=event.organSystem,
                    vocabulary=event.sourceVocabulary,
                    assessment=event.assessmentType,
                    notes=event.notes,
                    group_id=stat.groupId,
                    group_title=(groups.get(stat.groupId) or sent.Group()).title,
                    affected=stat.numAffected,
                    at_risk=stat.numAtRisk,
                    events=stat.numEvents,
                )


def _event_groups(module: sent.AdverseEvents) -> Iterator[EventGroup]:
    for place, group in enumerate(module.eventGroups or [], 1):
        yield EventGroup(
            place,
            group_id=group.id,
            group_title=group.title,
            group_description=group.description,
            deaths=group.deathsNumAffected,
            deaths_at_risk=group.deathsNumAtRisk,
            serious_affected=group.seriousNumAffected,
            serious_at_risk=group.seriousNumAtRisk,
            other_affected=group.otherNumAffected,
            other_at_risk=group.otherNumAtRisk,
            time_frame=module.timeFrame,
            frequency_threshold=module.frequencyThreshold,
            description=module.description,
        )


def _flow(module: sent.ParticipantFlow) -> Iterator[Flow]:
    groups = _by_id(module.groups)
    places = counting(1)
    for period_position, period in enumerate(module.periods or [], 1):
        for kind, step, comment, stats in _steps(period):
            for stat in stats or []:
                group = groups.get(stat.groupId) or sent.Group()
                yield Flow(
                    next(places),
                    period_position=period_position,
                    period=period.title,
                    step_type=kind,
                    step=step,
                    group_id=stat.groupId,
                    group_title=group.title,
                    group_description=group.description,
                    participants=count(stat.numSubjects),
                    participants_as_written=stat.numSubjects,
                    units=count(stat.numUnits),
                    units_analyzed=module.typeUnitsAnalyzed,
                    comment=_joined(stat.comment, comment),
                )


def _steps(
    period: sent.Period,
) -> Iterator[tuple[str, str | None, str | None, list[sent.FlowStats] | None]]:
    for milestone in period.milestones or []:
        yield "milestone", milestone.type, milestone.comment, milestone.achievements
    for reason in period.dropWithdraws or []:
        yield "drop-out", reason.type, reason.comment, reason.reasons
