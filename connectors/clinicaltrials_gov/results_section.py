"""The shape of the results section of a record, as far as it is loaded into tables.

It is ClinicalTrials.gov's own (API 2.0.5); every part may be absent. Whom to ask about the results
(``pointOfContact``) is not named here: it is a person.
"""

import msgspec

from connectors.clinicaltrials_gov.record import Code, Count


class Part(msgspec.Struct, omit_defaults=True):
    pass


class Group(Part):
    id: Code | None = None
    title: str | None = None
    description: str | None = None


class DenomCount(Part):
    groupId: Code | None = None
    value: Code | None = None


class Denom(Part):
    units: str | None = None
    counts: list[DenomCount] | None = None


class Measurement(Part):
    groupId: Code | None = None
    value: Code | None = None
    spread: Code | None = None
    lowerLimit: Code | None = None
    upperLimit: Code | None = None
    comment: str | None = None


class Category(Part):
    title: str | None = None
    measurements: list[Measurement] | None = None


class MeasureClass(Part):
    title: str | None = None
    denoms: list[Denom] | None = None
    categories: list[Category] | None = None


class Measure(Part):
    title: str | None = None
    description: str | None = None
    populationDescription: str | None = None
    paramType: Code | None = None
    dispersionType: str | None = None
    unitOfMeasure: str | None = None
    denomUnitsSelected: str | None = None
    denoms: list[Denom] | None = None
    classes: list[MeasureClass] | None = None


class Analysis(Part):
    groupIds: list[Code] | None = None
    groupDescription: str | None = None
    otherAnalysisDescription: str | None = None
    statisticalMethod: str | None = None
    statisticalComment: str | None = None
    pValue: Code | None = None
    pValueComment: str | None = None
    paramType: str | None = None
    paramValue: Code | None = None
    estimateComment: str | None = None
    dispersionType: Code | None = None
    dispersionValue: Code | None = None
    ciPctValue: Code | None = None
    ciNumSides: Code | None = None
    ciLowerLimit: Code | None = None
    ciUpperLimit: Code | None = None
    ciLowerLimitComment: str | None = None
    ciUpperLimitComment: str | None = None
    testedNonInferiority: bool | None = None
    nonInferiorityType: Code | None = None
    nonInferiorityComment: str | None = None


class Outcome(Measure):
    type: Code | None = None
    timeFrame: str | None = None
    reportingStatus: Code | None = None
    anticipatedPostingDate: Code | None = None
    typeUnitsAnalyzed: str | None = None
    groups: list[Group] | None = None
    analyses: list[Analysis] | None = None


class OutcomeMeasures(Part):
    outcomeMeasures: list[Outcome] | None = None


class BaselineCharacteristics(Part):
    populationDescription: str | None = None
    groups: list[Group] | None = None
    denoms: list[Denom] | None = None
    measures: list[Measure] | None = None


class EventGroup(Group):
    deathsNumAffected: Count | None = None
    deathsNumAtRisk: Count | None = None
    seriousNumAffected: Count | None = None
    seriousNumAtRisk: Count | None = None
    otherNumAffected: Count | None = None
    otherNumAtRisk: Count | None = None


class EventStats(Part):
    groupId: Code | None = None
    numAffected: Count | None = None
    numAtRisk: Count | None = None
    numEvents: Count | None = None


class Event(Part):
    term: str | None = None
    organSystem: str | None = None
    sourceVocabulary: str | None = None
    assessmentType: Code | None = None
    notes: str | None = None
    stats: list[EventStats] | None = None


class AdverseEvents(Part):
    frequencyThreshold: Code | None = None
    timeFrame: str | None = None
    description: str | None = None
    eventGroups: list[EventGroup] | None = None
    seriousEvents: list[Event] | None = None
    otherEvents: list[Event] | None = None


class FlowStats(Part):
    groupId: Code | None = None
    numSubjects: Code | None = None
    numUnits: Code | None = None
    comment: str | None = None


class Milestone(Part):
    type: str | None = None
    comment: str | None = None
    achievements: list[FlowStats] | None = None


class DropWithdraw(Part):
    type: str | None = None
    comment: str | None = None
    reasons: list[FlowStats] | None = None


class Period(Part):
    title: str | None = None
    milestones: list[Milestone] | None = None
    dropWithdraws: list[DropWithdraw] | None = None


class ParticipantFlow(Part):
    typeUnitsAnalyzed: str | None = None
    groups: list[Group] | None = None
    periods: list[Period] | None = None


class ResultsSection(Part):
    outcomeMeasuresModule: OutcomeMeasures | None = None
    baselineCharacteristicsModule: BaselineCharacteristics | None = None
    adverseEventsModule: AdverseEvents | None = None
    participantFlowModule: ParticipantFlow | None = None
