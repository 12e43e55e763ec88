"""A record of ClinicalTrials.gov as a trial, with what of it is compared. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from connectors.clinicaltrials_gov import record as sent
from connectors.clinicaltrials_gov.counting import UNKNOWN_ENROLLMENT, counted
from connectors.clinicaltrials_gov.fitting import NUMBER_AT, Understood, understood
from connectors.clinicaltrials_gov.oddities import flags
from connectors.dates import day, span, version_day
from connectors.trial import (
    Arm,
    Condition,
    Counted,
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


class Reader:
    """Reads whole records as the API sends them. Implements ``connectors.trial.Reader``."""

    number_at = f"$.{NUMBER_AT}"
    edition = 1

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        """As the Protocol says. Outside of strings these quotation marks stand nowhere else."""
        place = payload.rfind(b'"versionHolder"')  # it stands near the end
        found = STAMP.match(payload, place) if place >= 0 else None
        if not found:
            return payload, None
        stamped_on = version_day(found[1].decode("utf-8", "replace"))
        return payload[: found.start(1)] + payload[found.end(1) :], stamped_on

    def read(self, payload: bytes, today: date) -> "Reading":
        """As the Protocol says. ``today`` changes nothing: here the registry itself writes every status."""
        return Reading(understood(payload))


@dataclass(frozen=True)
class Reading:
    """A record that was read. Implements ``connectors.trial.Reading``."""

    found: Understood

    @property
    def trial_id(self) -> str:
        return self.found.trial_id

    @cached_property
    def trial(self) -> Trial:
        return as_trial(self.found.trial_id, self.found.typed)

    @property
    def content_hash(self) -> str:
        return self.found.content_hash

    def flags(self) -> list[Flag]:
        return [] if self.found.is_usual else flags(self.found.record, self.found.odd)

    def counted(self, spelling: Spelling) -> Counted:
        return counted(self.found.record, spelling)


def as_trial(trial_id: str, typed: sent.TypedRecord) -> Trial:
    """The trial in the views' words; its texts as ``typed`` spells them."""
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
        purpose=design.designInfo.primaryPurpose if design.designInfo else None,
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
        conditions=told_apart([Condition(condition=each) for each in _conditions(protocol).conditions or []]),
        keywords=told_apart([Keyword(keyword=each) for each in _conditions(protocol).keywords or []]),
        mesh_terms=told_apart(_mesh_terms(typed.derivedSection or sent.DerivedSection())),
        interventions=told_apart(_interventions(protocol.armsInterventionsModule or sent.ArmsInterventions())),
        arms=told_apart(_arms(protocol.armsInterventionsModule or sent.ArmsInterventions())),
        outcomes=told_apart(_outcomes(protocol.outcomesModule or sent.Outcomes())),
        sites=told_apart(_sites(protocol.contactsLocationsModule or sent.ContactsLocations())),
        sponsors=told_apart(_sponsors(protocol.sponsorCollaboratorsModule or sent.Sponsors())),
        identifiers=told_apart(_identifiers(names)),
        publications=told_apart(_publications(protocol.referencesModule or sent.References())),
    )


def _written(struct: sent.Date | None) -> str | None:
    return struct.date if struct else None


def _date(column: str, struct: sent.Date | None, *, typed: bool = True) -> dict[str, Any]:
    """A written date with its type, and the first and last day that it can mean."""
    days = span(_written(struct))
    kind = {f"{column}_type": struct.type if struct else None} if typed else {}
    return {
        column: _written(struct),
        **kind,
        f"{column}_earliest": days.earliest if days else None,
        f"{column}_latest": days.latest if days else None,
    }


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
