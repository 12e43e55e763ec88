"""The shape of a trial's record, as far as it is loaded into tables.

It is ClinicalTrials.gov's own (API 2.0.5). Every part may be absent, because the registry's schema requires
nothing. What is not named here is kept in the payload, is compared from night to night, and has no column of its
own: this list *is* that decision.

The same classes say what of a record can be read (``fitting``: a value of a wrong type is left out, with its
path) and how its texts are stored (``Code``).
"""

import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

# Beyond this a count is no count; the registry's own sentinel for "unknown" is 99999999.
MOST = 2**53
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]
CODE = msgspec.Meta(title="code")
Code = Annotated[str, CODE]
"""A word of the registry's, a number or a date: stored as it is compared. Any other text keeps its typography."""
PROSE = msgspec.Meta(title="prose")
Prose = Annotated[str, PROSE]
"""A text of several paragraphs or a list of points: it keeps its lines too."""


class _Part(msgspec.Struct, omit_defaults=True):
    pass


class Date(_Part):
    date: Code | None = None
    type: Code | None = None


class SecondaryId(_Part):
    id: Code | None = None
    type: Code | None = None


class OrgStudyId(_Part):
    id: Code | None = None
    type: Code | None = None


class Identification(_Part):
    nctId: Code
    nctIdAliases: list[Code] | None = None
    orgStudyIdInfo: OrgStudyId | None = None
    secondaryIdInfos: list[SecondaryId] | None = None
    briefTitle: str | None = None
    officialTitle: str | None = None
    acronym: str | None = None


class Status(_Part):
    statusVerifiedDate: Code | None = None
    overallStatus: Code | None = None
    lastKnownStatus: Code | None = None
    whyStopped: str | None = None
    startDateStruct: Date | None = None
    primaryCompletionDateStruct: Date | None = None
    completionDateStruct: Date | None = None
    studyFirstPostDateStruct: Date | None = None
    resultsWaived: bool | None = None
    resultsFirstSubmitDate: Code | None = None
    dispFirstSubmitDate: Code | None = None
    resultsFirstPostDateStruct: Date | None = None
    lastUpdateSubmitDate: Code | None = None
    lastUpdatePostDateStruct: Date | None = None


class Sponsor(_Part):
    name: str | None = None
    sponsor_class: Code | None = msgspec.field(name="class", default=None)


class Sponsors(_Part):
    leadSponsor: Sponsor | None = None
    collaborators: list[Sponsor] | None = None


class Conditions(_Part):
    conditions: list[str] | None = None
    keywords: list[str] | None = None


class Oversight(_Part):
    oversightHasDmc: bool | None = None
    isFdaRegulatedDrug: bool | None = None
    isFdaRegulatedDevice: bool | None = None


class Description(_Part):
    briefSummary: Prose | None = None
    detailedDescription: Prose | None = None


class Enrollment(_Part):
    count: Count | None = None
    type: Code | None = None


class Masking(_Part):
    masking: Code | None = None
    whoMasked: list[Code] | None = None


class DesignInfo(_Part):
    allocation: Code | None = None
    interventionModel: Code | None = None
    primaryPurpose: Code | None = None
    observationalModel: Code | None = None
    timePerspective: Code | None = None
    maskingInfo: Masking | None = None


class Design(_Part):
    studyType: Code | None = None
    designInfo: DesignInfo | None = None
    phases: list[Code] | None = None
    enrollmentInfo: Enrollment | None = None


class Arm(_Part):
    label: str | None = None
    type: Code | None = None
    description: str | None = None
    interventionNames: list[str] | None = None


class Intervention(_Part):
    type: Code | None = None
    name: str | None = None
    description: str | None = None
    otherNames: list[str] | None = None
    armGroupLabels: list[str] | None = None


class ArmsInterventions(_Part):
    armGroups: list[Arm] | None = None
    interventions: list[Intervention] | None = None


class Outcome(_Part):
    measure: str | None = None
    description: str | None = None
    timeFrame: str | None = None


class Outcomes(_Part):
    primaryOutcomes: list[Outcome] | None = None
    secondaryOutcomes: list[Outcome] | None = None
    otherOutcomes: list[Outcome] | None = None


class Eligibility(_Part):
    eligibilityCriteria: Prose | None = None
    healthyVolunteers: bool | None = None
    sex: Code | None = None
    minimumAge: Code | None = None
    maximumAge: Code | None = None


class Site(_Part):
    facility: str | None = None
    status: Code | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None


class ContactsLocations(_Part):
    locations: list[Site] | None = None


class Reference(_Part):
    pmid: Code | None = None
    type: Code | None = None
    citation: str | None = None


class References(_Part):
    references: list[Reference] | None = None


class Sharing(_Part):
    ipdSharing: Code | None = None
    description: Prose | None = None


class ProtocolSection(_Part):
    identificationModule: Identification
    statusModule: Status | None = None
    sponsorCollaboratorsModule: Sponsors | None = None
    oversightModule: Oversight | None = None
    descriptionModule: Description | None = None
    conditionsModule: Conditions | None = None
    designModule: Design | None = None
    armsInterventionsModule: ArmsInterventions | None = None
    outcomesModule: Outcomes | None = None
    eligibilityModule: Eligibility | None = None
    contactsLocationsModule: ContactsLocations | None = None
    referencesModule: References | None = None
    ipdSharingStatementModule: Sharing | None = None


class Document(_Part):
    typeAbbrev: Code | None = None
    hasProtocol: bool | None = None
    hasSap: bool | None = None
    hasIcf: bool | None = None
    label: str | None = None
    date: Code | None = None
    uploadDate: Code | None = None
    filename: Code | None = None


class Documents(_Part):
    largeDocs: list[Document] | None = None


class DocumentSection(_Part):
    largeDocumentModule: Documents | None = None


class Mesh(_Part):
    id: Code | None = None
    term: str | None = None


class Browse(_Part):
    meshes: list[Mesh] | None = None
    ancestors: list[Mesh] | None = None


class DerivedSection(_Part):
    conditionBrowseModule: Browse | None = None
    interventionBrowseModule: Browse | None = None


class TypedRecord(_Part):
    protocolSection: ProtocolSection
    documentSection: DocumentSection | None = None
    derivedSection: DerivedSection | None = None
    hasResults: bool | None = None


def bare(kind: Any) -> Any:
    """The type of a value that is there: ``str`` for ``Code | None``."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        (kind,) = (part for part in typing.get_args(kind) if part is not type(None))
    return typing.get_args(kind)[0] if typing.get_origin(kind) is Annotated else kind


def is_code(kind: Any) -> bool:
    return CODE in getattr(kind, "__metadata__", ()) or any(map(is_code, typing.get_args(kind)))


def is_prose(kind: Any) -> bool:
    return PROSE in getattr(kind, "__metadata__", ()) or any(map(is_prose, typing.get_args(kind)))


def _named(kind: Any) -> Iterator[tuple[str, bool]]:
    """The name of every text in a struct and below, and whether it is a code."""
    for part in msgspec.structs.fields(kind):
        of = bare(part.type)
        of = bare(typing.get_args(of)[0]) if typing.get_origin(of) is list else of
        if isinstance(of, type) and issubclass(of, msgspec.Struct):
            yield from _named(of)
        elif of is str:
            yield part.encode_name, is_code(part.type)


CODES = frozenset(name for name, is_a_code in _named(TypedRecord) if is_a_code)
"""By what names codes stand in a record. No other text has such a name."""
