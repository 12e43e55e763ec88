"""The registry's own names for the parts of a record ("pieces"), and how to reach them.

A path is written with dots; lists on the way are walked through. Names and paths are those of
``/studies/metadata`` of API 2.0.5. Not every leaf is here, only those that someone asks for by name.
"""

from collections.abc import Iterable, Iterator
from typing import Any

_MODULES = {
    "protocolSection": (
        "identificationModule",
        "statusModule",
        "sponsorCollaboratorsModule",
        "oversightModule",
        "descriptionModule",
        "conditionsModule",
        "designModule",
        "armsInterventionsModule",
        "outcomesModule",
        "eligibilityModule",
        "contactsLocationsModule",
        "referencesModule",
        "ipdSharingStatementModule",
    ),
    "resultsSection": (
        "participantFlowModule",
        "baselineCharacteristicsModule",
        "outcomeMeasuresModule",
        "adverseEventsModule",
        "moreInfoModule",
    ),
    "annotationSection": ("annotationModule",),
    "documentSection": ("largeDocumentModule",),
    "derivedSection": ("miscInfoModule", "conditionBrowseModule", "interventionBrowseModule"),
}
_IDENTIFICATION = "protocolSection.identificationModule"
_STATUS = "protocolSection.statusModule"
_DESIGN = "protocolSection.designModule"
_ARMS = "protocolSection.armsInterventionsModule"
_CONDITION_TERMS = "derivedSection.conditionBrowseModule"
_INTERVENTION_TERMS = "derivedSection.interventionBrowseModule"

DATES = {
    "StatusVerifiedDate": f"{_STATUS}.statusVerifiedDate",
    "StartDate": f"{_STATUS}.startDateStruct.date",
    "PrimaryCompletionDate": f"{_STATUS}.primaryCompletionDateStruct.date",
    "CompletionDate": f"{_STATUS}.completionDateStruct.date",
    "StudyFirstSubmitDate": f"{_STATUS}.studyFirstSubmitDate",
    "StudyFirstSubmitQCDate": f"{_STATUS}.studyFirstSubmitQcDate",
    "StudyFirstPostDate": f"{_STATUS}.studyFirstPostDateStruct.date",
    "ResultsFirstSubmitDate": f"{_STATUS}.resultsFirstSubmitDate",
    "ResultsFirstPostDate": f"{_STATUS}.resultsFirstPostDateStruct.date",
    "LastUpdateSubmitDate": f"{_STATUS}.lastUpdateSubmitDate",
    "LastUpdatePostDate": f"{_STATUS}.lastUpdatePostDateStruct.date",
    "VersionHolder": "derivedSection.miscInfoModule.versionHolder",
}
NUMBERS = {"EnrollmentCount": f"{_DESIGN}.enrollmentInfo.count"}
TEXTS = {
    "NCTId": f"{_IDENTIFICATION}.nctId",
    "NCTIdAlias": f"{_IDENTIFICATION}.nctIdAliases",
    "OrgStudyId": f"{_IDENTIFICATION}.orgStudyIdInfo.id",
    "SecondaryId": f"{_IDENTIFICATION}.secondaryIdInfos.id",
    "BriefTitle": f"{_IDENTIFICATION}.briefTitle",
    "OfficialTitle": f"{_IDENTIFICATION}.officialTitle",
    "Acronym": f"{_IDENTIFICATION}.acronym",
    "OverallStatus": f"{_STATUS}.overallStatus",
    "LastKnownStatus": f"{_STATUS}.lastKnownStatus",
    "WhyStopped": f"{_STATUS}.whyStopped",
    "LeadSponsorName": "protocolSection.sponsorCollaboratorsModule.leadSponsor.name",
    "LeadSponsorClass": "protocolSection.sponsorCollaboratorsModule.leadSponsor.class",
    "CollaboratorName": "protocolSection.sponsorCollaboratorsModule.collaborators.name",
    "BriefSummary": "protocolSection.descriptionModule.briefSummary",
    "Condition": "protocolSection.conditionsModule.conditions",
    "Keyword": "protocolSection.conditionsModule.keywords",
    "StudyType": f"{_DESIGN}.studyType",
    "Phase": f"{_DESIGN}.phases",
    "EnrollmentType": f"{_DESIGN}.enrollmentInfo.type",
    "ArmGroupLabel": f"{_ARMS}.armGroups.label",
    "InterventionType": f"{_ARMS}.interventions.type",
    "InterventionName": f"{_ARMS}.interventions.name",
    "InterventionOtherName": f"{_ARMS}.interventions.otherNames",
    "InterventionDescription": f"{_ARMS}.interventions.description",
    "PrimaryOutcomeMeasure": "protocolSection.outcomesModule.primaryOutcomes.measure",
    "LocationCountry": "protocolSection.contactsLocationsModule.locations.country",
    "ConditionMeshTerm": f"{_CONDITION_TERMS}.meshes.term",
    "ConditionAncestorTerm": f"{_CONDITION_TERMS}.ancestors.term",
    "InterventionMeshTerm": f"{_INTERVENTION_TERMS}.meshes.term",
    "InterventionAncestorTerm": f"{_INTERVENTION_TERMS}.ancestors.term",
    "HasResults": "hasResults",
}


def _piece_name(key: str) -> str:
    return "IPDSharingStatementModule" if key == "ipdSharingStatementModule" else key[0].upper() + key[1:]


SECTIONS_AND_MODULES = {_piece_name(section): section for section in _MODULES} | {
    _piece_name(module): f"{section}.{module}" for section, modules in _MODULES.items() for module in modules
}
PIECES = {**SECTIONS_AND_MODULES, **DATES, **NUMBERS, **TEXTS}
SORTABLE = {**DATES, **NUMBERS}


def values(record: object, path: str) -> Iterator[object]:
    """Every value at the path. Missing pieces and pieces of another shape are simply not there."""
    if isinstance(record, list):
        for item in record:
            yield from values(item, path)
    elif not path:
        yield record
    elif isinstance(record, dict):
        key, _, rest = path.partition(".")
        if key in record:
            yield from values(record[key], rest)


def selected(record: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The record with only these pieces. Raises ``KeyError`` with the first name that is no piece."""
    wanted: dict[str, Any] = {}
    for name in names:
        branch = wanted
        for key in PIECES[name].split("."):
            branch = branch.setdefault(key, {})
        branch["*"] = {}
    kept = _pruned(record, wanted)
    return kept if isinstance(kept, dict) else {}


def _pruned(value: object, wanted: dict[str, Any]) -> object:
    """What is left; None when nothing is, because the registry omits what it does not have."""
    if "*" in wanted:
        return value
    if isinstance(value, list):
        return [part for part in (_pruned(item, wanted) for item in value) if part is not None] or None
    if not isinstance(value, dict):
        return None
    kept = {key: _pruned(value[key], wanted[key]) for key in value if key in wanted}
    return {key: part for key, part in kept.items() if part is not None} or None
