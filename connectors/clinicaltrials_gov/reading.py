"""A record of ClinicalTrials.gov as a trial, with what of it is compared. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote

from connectors.ages import years
from connectors.clinicaltrials_gov import record as sent
from connectors.clinicaltrials_gov.fitting import NUMBER_AT, Understood, understood
from connectors.clinicaltrials_gov.impersonal import impersonal
from connectors.clinicaltrials_gov.oddities import flags
from connectors.clinicaltrials_gov.past_records import as_in_a_night
from connectors.clinicaltrials_gov.persons import Named, persons_within
from connectors.clinicaltrials_gov.what_counts import UNKNOWN_ENROLLMENT, counted
from connectors.dates import as_columns, day, span, version_day
from connectors.trial import (
    Arm,
    ArmIntervention,
    Condition,
    Counted,
    Document,
    Flag,
    Identifier,
    Intervention,
    Keyword,
    MeshTerm,
    Outcome,
    Publication,
    Site,
    Spelling,
    Sponsor,
    Trial,
    told_apart,
)

STAMP = re.compile(rb'"versionHolder"\s*:\s*"([^"\\]*)"')
"""The day of the data version, which the registry writes into every record every day."""
URL = "https://clinicaltrials.gov/study/"
DOCUMENTS_URL = "https://cdn.clinicaltrials.gov/large-docs"


class Reader:
    """Reads whole records as the API sends them, and as its history of records showed them.

    Implements ``connectors.trial.Reader``.
    """

    number_at = f"$.{NUMBER_AT}"
    edition = 2
    needs_latest = False

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        """As the Protocol says. Outside of strings these quotation marks stand nowhere else."""
        place = payload.rfind(b'"versionHolder"')  # it stands near the end
        found = STAMP.match(payload, place) if place >= 0 else None
        if not found:
            return payload, None
        stamped_on = version_day(found[1].decode("utf-8", "replace"))
        return payload[: found.start(1)] + payload[found.end(1) :], stamped_on

    def impersonal(self, payload: bytes) -> bytes | None:
        """As the Protocol says."""
        return impersonal(as_in_a_night(payload))

    def read(self, payload: bytes, today: date) -> "Reading":
        """As the Protocol says. ``today`` changes nothing: here the registry itself writes every status."""
        return Reading(understood(as_in_a_night(payload)))


@dataclass(frozen=True)
class Reading:
    """A record that was read. Implements ``connectors.trial.Reading``."""

    found: Understood

    @property
    def trial_id(self) -> str:
        return self.found.trial_id

    @cached_property
    def trial(self) -> Trial:
        return as_trial(self.found.trial_id, self.found.typed, self.found.named)

    @property
    def content_hash(self) -> str:
        return self.found.content_hash

    def flags(self) -> list[Flag]:
        return [] if self.found.is_usual else flags(self.found.record, self.found.odd)

    def counted(self, spelling: Spelling) -> Counted:
        return counted(self.found.record, spelling)

    def on(self, today: date) -> "Reading":
        return self


def as_trial(trial_id: str, typed: sent.TypedRecord, named: Named = ()) -> Trial:
    """The trial in the views' words; its texts as ``typed`` spells them, without whom it ``named``."""
    protocol = typed.protocolSection
    names = protocol.identificationModule
    status = protocol.statusModule or sent.Status()
    design = protocol.designModule or sent.Design()
    enrollment = design.enrollmentInfo or sent.Enrollment()
    sponsor = (protocol.sponsorCollaboratorsModule or sent.Sponsors()).leadSponsor or sent.Sponsor()
    return Trial(
        trial_id,
        url=URL + trial_id,
        title=names.briefTitle,
        official_title=names.officialTitle,
        acronym=names.acronym,
        overall_status=status.overallStatus,
        last_known_status=status.lastKnownStatus,
        why_stopped=status.whyStopped,
        study_type=design.studyType,
        phases=design.phases,
        enrollment=None if enrollment.count == UNKNOWN_ENROLLMENT else enrollment.count,
        enrollment_type=enrollment.type,
        **_date("start_date", status.startDateStruct),
        **_date("primary_completion_date", status.primaryCompletionDateStruct),
        **_date("completion_date", status.completionDateStruct),
        **_expected_end(status),
        **_date("status_verified_date", sent.Date(status.statusVerifiedDate), typed=False),
        first_posted_on=day(_written(status.studyFirstPostDateStruct)),
        last_update_posted_on=day(_written(status.lastUpdatePostDateStruct)),
        results_first_posted_on=day(_written(status.resultsFirstPostDateStruct)),
        has_results=typed.hasResults,
        lead_sponsor=sponsor.name,
        lead_sponsor_class=sponsor.sponsor_class,
        results_first_submitted_on=day(status.resultsFirstSubmitDate),
        results_delay_requested_on=day(status.dispFirstSubmitDate),
        results_waived=status.resultsWaived,
        **_design(design.designInfo or sent.DesignInfo()),
        **_eligibility(protocol.eligibilityModule or sent.Eligibility()),
        **_explained(protocol),
        **_told(protocol, named),
        conditions=told_apart([Condition(condition=each) for each in _conditions(protocol).conditions or []]),
        keywords=told_apart([Keyword(keyword=each) for each in _conditions(protocol).keywords or []]),
        mesh_terms=told_apart(_mesh_terms(typed.derivedSection or sent.DerivedSection())),
        interventions=told_apart(_interventions(protocol.armsInterventionsModule or sent.ArmsInterventions())),
        arms=told_apart(_arms(protocol.armsInterventionsModule or sent.ArmsInterventions())),
        arm_interventions=told_apart(
            _arm_interventions(protocol.armsInterventionsModule or sent.ArmsInterventions())
        ),
        outcomes=told_apart(_outcomes(protocol.outcomesModule or sent.Outcomes())),
        sites=told_apart(_sites(protocol.contactsLocationsModule or sent.ContactsLocations())),
        sponsors=told_apart(_sponsors(protocol.sponsorCollaboratorsModule or sent.Sponsors())),
        identifiers=told_apart(_identifiers(names)),
        publications=told_apart(_publications(protocol.referencesModule or sent.References())),
        documents=told_apart(_documents(trial_id, typed.documentSection)),
    )


def _written(struct: sent.Date | None) -> str | None:
    return struct.date if struct else None


def _date(column: str, struct: sent.Date | None, *, typed: bool = True) -> dict[str, Any]:
    """A written date with its type, and the first and last day that it can mean."""
    kind = {f"{column}_type": struct.type if struct else None} if typed else {}
    return as_columns(column, _written(struct)) | kind


def _expected_end(status: sent.Status) -> dict[str, Any]:
    """When a trial ends, as its record has it: its completion date, or its primary one where that is no date.

    Decided here and stored, and decided nowhere else.
    """
    given = [each for each in (status.completionDateStruct, status.primaryCompletionDateStruct) if _written(each)]
    end = next((each for each in given if span(_written(each))), given[0] if given else None) or sent.Date()
    days = span(end.date)
    return {
        "expected_end_date": end.date,
        "expected_end_date_type": end.type,
        "expected_end_on": days.latest if days else None,
    }


def _design(design: sent.DesignInfo) -> dict[str, Any]:
    masking = design.maskingInfo or sent.Masking()
    return {
        "allocation": design.allocation,
        "intervention_model": design.interventionModel,
        "masking": masking.masking,
        "who_masked": masking.whoMasked,
        "primary_purpose": design.primaryPurpose,
        "observational_model": design.observationalModel,
        "time_perspective": design.timePerspective,
    }


def _eligibility(module: sent.Eligibility) -> dict[str, Any]:
    return {
        "sex": module.sex,
        "minimum_age": module.minimumAge,
        "minimum_age_years": years(module.minimumAge),
        "maximum_age": module.maximumAge,
        "maximum_age_years": years(module.maximumAge),
        "healthy_volunteers": module.healthyVolunteers,
    }


def _explained(protocol: sent.ProtocolSection) -> dict[str, Any]:
    """Who watches over a trial, and whether its data will be shared."""
    oversight = protocol.oversightModule or sent.Oversight()
    return {
        "has_dmc": oversight.oversightHasDmc,
        "is_fda_regulated_drug": oversight.isFdaRegulatedDrug,
        "is_fda_regulated_device": oversight.isFdaRegulatedDevice,
        "ipd_sharing": (protocol.ipdSharingStatementModule or sent.Sharing()).ipdSharing,
    }


def _told(protocol: sent.ProtocolSection, named: Named) -> dict[str, Any]:
    """What the sponsor tells at length, without people; they are looked for in all of it at once."""
    description = protocol.descriptionModule or sent.Description()
    texts = {
        "eligibility_criteria": (protocol.eligibilityModule or sent.Eligibility()).eligibilityCriteria,
        "brief_summary": description.briefSummary,
        "detailed_description": description.detailedDescription,
        "ipd_sharing_description": (protocol.ipdSharingStatementModule or sent.Sharing()).description,
    }
    there = persons_within("\n".join(filter(None, texts.values())), named)
    return {name: there.removed_from(text) if there and text else text for name, text in texts.items()}


def _conditions(protocol: sent.ProtocolSection) -> sent.Conditions:
    return protocol.conditionsModule or sent.Conditions()


def _mesh_terms(derived: sent.DerivedSection) -> list[MeshTerm]:
    sides = {"condition": derived.conditionBrowseModule, "intervention": derived.interventionBrowseModule}
    return [
        MeshTerm(side=side, mesh_id=mesh.id, term=mesh.term, is_ancestor=is_ancestor)
        for side, browse in sides.items()
        if browse
        for is_ancestor, meshes in ((False, browse.meshes), (True, browse.ancestors))
        for mesh in meshes or []
    ]


def _interventions(module: sent.ArmsInterventions) -> list[Intervention]:
    return [
        Intervention(
            intervention_type=each.type,
            name=each.name,
            other_names=each.otherNames,
            description=each.description,
            arm_labels=each.armGroupLabels,
        )
        for each in module.interventions or []
    ]


def _arms(module: sent.ArmsInterventions) -> list[Arm]:
    return [
        Arm(
            label=each.label,
            arm_type=each.type,
            intervention_names=each.interventionNames,
            description=each.description,
        )
        for each in module.armGroups or []
    ]


def _arm_interventions(module: sent.ArmsInterventions) -> list[ArmIntervention]:
    """Which intervention is given in which arm, as the interventions say it; then what only an arm says.

    An arm names its interventions with their type before them, as words: ``Drug: Ketamine``.
    """
    told: list[tuple[str | None, str | None, str | None]] = [
        (label, each.name, each.type) for each in module.interventions or [] for label in each.armGroupLabels or []
    ]
    alike = set(told)
    named = {
        f"{(each.type or '').replace('_', ' ')}: {each.name}".casefold(): each
        for each in module.interventions or []
    }
    for arm in module.armGroups or []:
        for name in arm.interventionNames or []:
            found = named.get(name.casefold(), sent.Intervention(name=name))
            if (pair := (arm.label, found.name, found.type)) not in alike:
                told.append(pair)
    return [
        ArmIntervention(arm_label=label, intervention_name=name, intervention_type=kind)
        for label, name, kind in told
    ]


def _outcomes(module: sent.Outcomes) -> list[Outcome]:
    kinds = {
        "primary": module.primaryOutcomes,
        "secondary": module.secondaryOutcomes,
        "other": module.otherOutcomes,
    }
    return [
        Outcome(outcome_type=kind, measure=each.measure, time_frame=each.timeFrame, description=each.description)
        for kind, outcomes in kinds.items()
        for each in outcomes or []
    ]


def _sites(module: sent.ContactsLocations) -> list[Site]:
    return [
        Site(
            facility=each.facility, city=each.city, state=each.state, country=each.country, site_status=each.status
        )
        for each in module.locations or []
    ]


def _sponsors(module: sent.Sponsors) -> list[Sponsor]:
    lead = [module.leadSponsor] if module.leadSponsor else []
    return [
        Sponsor(name=each.name, sponsor_class=each.sponsor_class, role=role)
        for role, sponsors in (("lead", lead), ("collaborator", module.collaborators or []))
        for each in sponsors
    ]


def _identifiers(names: sent.Identification) -> list[Identifier]:
    """The sponsor's own number, then other ones, then those that the registry used before for this trial."""
    own = names.orgStudyIdInfo
    found: list[tuple[int, str | None, str | None]] = []
    found += [(1, own.id, own.type or "ORG")] if own and own.id is not None else []
    found += [(2, each.id, each.type) for each in names.secondaryIdInfos or []]
    found += [(3, alias, "NCT") for alias in names.nctIdAliases or []]
    return [
        Identifier(identifier=number, identifier_type=kind, is_alias=place == 3, place=place)
        for place, number, kind in found
    ]


def _publications(module: sent.References) -> list[Publication]:
    return [
        Publication(pmid=each.pmid, citation=each.citation, publication_type=each.type)
        for each in module.references or []
    ]


def _documents(trial_id: str, section: sent.DocumentSection | None) -> list[Document]:
    module = (section and section.largeDocumentModule) or sent.Documents()
    return [
        Document(
            document_type=each.typeAbbrev,
            name=each.label,
            document_date=each.date,
            uploaded_on=day((each.uploadDate or "").partition("T")[0]),
            url=_document_url(trial_id, each.filename) if each.filename else None,
            has_protocol=each.hasProtocol,
            has_sap=each.hasSap,
            has_icf=each.hasIcf,
        )
        for each in module.largeDocs or []
    ]


def _document_url(trial_id: str, filename: str) -> str:
    """Where the registry keeps it: in a folder named by the last two digits of its trial's number."""
    return f"{DOCUMENTS_URL}/{trial_id[-2:]}/{trial_id}/{quote(filename, safe='')}"
