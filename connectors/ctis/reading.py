"""A record of CTIS as a trial, with what of it is compared. Pure."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from connectors.canonical import content_hash
from connectors.ctis import course
from connectors.ctis.dates import as_iso
from connectors.ctis.identifiers import identifiers
from connectors.ctis.impersonal import impersonal, named_in, without_people
from connectors.ctis.oddities import flags
from connectors.ctis.record import NUMBER_AT, Record, Understood, inner, objects, text, understood
from connectors.ctis.values import (
    Joined,
    age_groups,
    ages,
    areas,
    conditions,
    criteria,
    endpoints,
    enrollment,
    has_results,
    phases,
    pmids,
    population_groups,
    products,
    secondary_objectives,
    sexes,
    sites,
    sponsors,
    terms,
    titles,
)
from connectors.ctis.what_counts import content, counted, dates, posted_on
from connectors.dates import as_columns, day
from connectors.people import People
from connectors.spelling import in_lines, shown
from connectors.trial import (
    Condition,
    Counted,
    Document,
    Flag,
    Intervention,
    Keyword,
    Outcome,
    Publication,
    Site,
    Spelling,
    Sponsor,
    Trial,
    told_apart,
)

URL = "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT="
PROTOCOL, CONSENT = "protocol", "informed consent"


class Reader:
    """Reads a row of the search with what was retrieved by its number. Implements ``connectors.trial.Reader``."""

    number_at = NUMBER_AT
    edition = 4
    needs_latest = True

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        """As the Protocol says. What is as it was lands as it landed before, stamps and all."""
        return payload, None

    def impersonal(self, payload: bytes) -> bytes | None:
        """As the Protocol says."""
        return impersonal(payload)

    def read(self, payload: bytes, today: date) -> "Reading":
        """As the Protocol says."""
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
        return as_trial(self.found)

    @cached_property
    def content_hash(self) -> str:
        return content_hash(content(self.found))

    def flags(self) -> list[Flag]:
        return flags(self.found)

    def counted(self, spelling: Spelling) -> Counted:
        return counted(self.found, spelling)

    def on(self, today: date) -> "Reading":
        return self


def as_trial(found: Understood) -> Trial:
    """The trial in the views' words."""
    named = named_in(found)
    objective, count = inner(found.information, "trialObjective"), enrollment(found)
    end = _date("completion_date", found)
    ordered = [
        Sponsor(name=_line(name), sponsor_class=_line(kind), role=role) for name, kind, role in sponsors(found)
    ]
    lead = next((each for each in ordered if each.role == "lead"), Sponsor())
    return Trial(
        found.trial_id,
        url=URL + found.number,
        **_titles(found, named),
        overall_status=course.status(found),
        why_stopped=without_people(_line(course.why_stopped(found)), named),
        study_type="INTERVENTIONAL",
        phases=phases(found),
        enrollment=count,
        enrollment_type="ESTIMATED" if count else None,
        **_date("start_date", found),
        **end,
        expected_end_date=end["completion_date"],
        expected_end_date_type=end["completion_date_type"],
        expected_end_on=end["completion_date_latest"],
        first_posted_on=_first_posted_on(found),
        last_update_posted_on=day(posted_on(found)),
        has_results=has_results(found),
        results_first_posted_on=day(as_iso(found.row.get("resultsFirstReceived"))),
        lead_sponsor=lead.name,
        lead_sponsor_class=lead.sponsor_class,
        **_eligibility(found, named),
        brief_summary=_lines(text(objective.get("mainObjective")), named),
        detailed_description=_lines("\n".join(secondary_objectives(found)), named),
        conditions=told_apart([Condition(condition=_line(each)) for each in conditions(found)]),
        keywords=told_apart(
            [Keyword(keyword=_line(each)) for each in dict.fromkeys([*areas(found), *terms(found)])]
        ),
        interventions=told_apart([_intervention(each) for each in products(found)]),
        outcomes=told_apart(_outcomes(found, named)),
        sites=told_apart(_sites(found)),
        sponsors=told_apart(ordered),
        identifiers=told_apart(identifiers(found)),
        publications=told_apart([Publication(pmid=each) for each in pmids(found)]),
        documents=told_apart(_documents(found, named)),
    )


def _line(written: str | None) -> str | None:
    told = written.told() if isinstance(written, Joined) else written
    return shown(str(told)) or None if told else None


def _lines(written: str, named: People) -> str | None:
    return without_people(in_lines(written), named) or None


def _titles(found: Understood, named: People) -> dict[str, Any]:
    return {column: without_people(_line(each), named) for column, each in titles(found).items()}


def _date(column: str, found: Understood) -> dict[str, Any]:
    _, _, sent = dates(found)[column]
    return as_columns(column, sent["date"]) | {f"{column}_type": sent["type"]}


def _first_posted_on(found: Understood) -> date | None:
    """The day of the first decision: nothing is published before it."""
    states = objects(found.application.get("memberStatesConcerned"))
    decided = [on for each in states if (on := day(as_iso(each.get("firstDecisionDate"))))]
    said = (found.row.get("decisionDateOverall"), found.retrieved.get("decisionDate"))
    return next(filter(None, (day(as_iso(each)) for each in said)), min(decided, default=None))


def _eligibility(found: Understood, named: People) -> dict[str, Any]:
    youngest, oldest = ages(age_groups(found))
    kinds = {kind: "\n\n".join(criteria(found, kind)) for kind in ("Inclusion", "Exclusion")}
    told = [f"{kind} Criteria:\n\n{_lines(words, named)}" for kind, words in kinds.items() if words]
    groups = [each.lower() for each in population_groups(found)]
    return {
        "sex": {("Female", "Male"): "ALL", ("Female",): "FEMALE", ("Male",): "MALE"}.get(tuple(sexes(found))),
        "minimum_age": _years(youngest),
        "minimum_age_years": youngest,
        "maximum_age": _years(oldest),
        "maximum_age_years": oldest,
        "healthy_volunteers": any("healthy" in each for each in groups) if groups else None,
        "eligibility_criteria": "\n\n".join(told) or None,
    }


def _years(age: int | None) -> str | None:
    return None if age is None else f"{age} Years"


def _intervention(product: Record) -> Intervention:
    """What is known of how a product is given stands in its description, with its role in the trial."""
    daily, total = product.get("highestDailyDose"), product.get("highestTotalDose")
    said = [
        product.get("role", ""),
        product.get("form", "").lower(),
        *(each.lower() for each in product.get("routes", ())),
        f"at most {daily} a day" if daily else "",
        f"at most {total} in all" if total else "",
    ]
    others = [shown(each) for each in product.get("otherNames", ())]
    return Intervention(
        name=_line(product["name"]),
        intervention_type="DRUG",
        other_names=others or None,
        description="; ".join(shown(each) for each in said if each) or None,
    )


def _outcomes(found: Understood, named: People) -> list[Outcome]:
    return [
        Outcome(outcome_type=kind, measure=without_people(_line(each), named))
        for kind, measured in endpoints(found).items()
        for each in measured
    ]


def _sites(found: Understood) -> list[Site]:
    """Sites, and each country concerned as a place of its own: ``trial_countries`` is made of those."""
    places = [
        Site(facility=_line(each["name"]), city=_line(each["city"]), country=_line(each["country"]))
        for each in sites(found)
        if each["name"] or each["city"]
    ]
    concerned = course.countries(found)
    return places + [
        Site(country=_line(each.name), site_status=each.status, is_country=True) for each in concerned
    ]


def _documents(found: Understood, named: People) -> list[Document]:
    """In an order of ours: which of them stand there is told, not in which order they were sent."""
    told = [
        Document(
            document_type=_line(kind),
            name=without_people(_line(text(each.get("title"))), named),
            has_protocol=kind.lower().startswith(PROTOCOL),
            has_sap=False,
            has_icf=CONSENT in kind.lower(),
        )
        for each in objects(found.retrieved.get("documents"))
        if (kind := text(each.get("documentTypeLabel")) or text(each.get("documentType")))
    ]
    return sorted(told, key=lambda each: (each.document_type or "", each.name or ""))
