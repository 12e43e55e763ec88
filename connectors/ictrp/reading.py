"""A record of ICTRP as a trial, with what of it is compared. Pure."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from connectors.ages import years
from connectors.canonical import content_hash
from connectors.dates import as_columns, span
from connectors.ictrp.identifiers import identifiers
from connectors.ictrp.impersonal import impersonal, without_people
from connectors.ictrp.oddities import flags
from connectors.ictrp.record import NUMBER_AT, Understood, understood
from connectors.ictrp.values import (
    address,
    age,
    as_iso,
    day_of,
    enrollment,
    has_results,
    listed,
    phases,
    sex,
    status,
    study_type,
)
from connectors.ictrp.what_counts import DATES, OUTCOMES, content, counted
from connectors.spelling import shown
from connectors.trial import (
    Condition,
    Counted,
    Flag,
    Intervention,
    Outcome,
    Site,
    Spelling,
    Sponsor,
    Trial,
    told_apart,
)


class Reader:
    """Reads records as a file has them. Implements ``connectors.trial.Reader``.

    Of two exports the later counts, and only its own bytes say when it was made: so the latest are kept.
    """

    number_at = NUMBER_AT
    edition = 2
    needs_latest = True

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        """As the Protocol says. The stamps of an export are left in: they say which of two is the later."""
        return payload, None

    def impersonal(self, payload: bytes) -> bytes | None:
        """As the Protocol says."""
        return impersonal(payload)

    def read(self, payload: bytes, today: date) -> "Reading":
        """As the Protocol says. The calendar changes nothing: a status is a word in the file."""
        return Reading(without_people(understood(payload)))


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
    refreshed_on = day_of(found["ictrp_date_str"])
    count, kind = enrollment(found)
    dates = {
        name: value
        for column in DATES
        for name, value in _date(column, found[DATES[column]], refreshed_on).items()
    }
    sponsors = _sponsors(found)
    return Trial(
        found.trial_id,
        url=address(found["url"], found["trial_id"]),
        title=_line(found["public_title"]),
        official_title=_line(found["scientific_title"]),
        acronym=_line(found["acronym"]),
        overall_status=status(found["recruitment_status"]),
        study_type=study_type(found["study_type"]),
        phases=phases(found["phase"]),
        enrollment=count,
        enrollment_type=kind,
        **dates,
        expected_end_date=dates["completion_date"],
        expected_end_date_type=dates["completion_date_type"],
        expected_end_on=dates["completion_date_latest"],
        first_posted_on=day_of(found["registered_on"]) or day_of(found["registration_date_str"]),
        last_update_posted_on=refreshed_on,
        results_first_posted_on=day_of(found["results_posted_date_str"]),
        has_results=has_results(found),
        lead_sponsor=next((each.name for each in sponsors if each.role == "lead"), None),
        **_eligibility(found),
        ipd_sharing=_line(found["results_ipd_plan"]),
        ipd_sharing_description=found["results_ipd_description"] or None,
        conditions=told_apart([Condition(condition=each) for each in listed(found["conditions"])]),
        interventions=told_apart([Intervention(name=each) for each in listed(found["interventions"])]),
        outcomes=told_apart(
            [
                Outcome(outcome_type=kind, measure=each)
                for kind, name in OUTCOMES.items()
                for each in listed(found[name])
            ]
        ),
        sites=told_apart([Site(country=each, is_country=True) for each in listed(found["countries"])]),
        sponsors=told_apart(sponsors),
        identifiers=told_apart(identifiers(found)),
    )


def _line(written: str) -> str | None:
    return shown(written) or None


def _date(column: str, written: str, refreshed_on: date | None) -> dict[str, Any]:
    """A date, and the days that it can mean. After the day WHO took it, it is expected; of others nobody knows."""
    iso = as_iso(written)
    days = span(iso)
    is_expected = bool(days and refreshed_on and days.earliest > refreshed_on)
    return as_columns(column, iso) | {f"{column}_type": "ESTIMATED" if is_expected else None}


def _eligibility(found: Understood) -> dict[str, Any]:
    least, most = age(found["age_min"]), age(found["age_max"])
    heads = {"Inclusion Criteria": "inclusion_criteria", "Exclusion Criteria": "exclusion_criteria"}
    told = [f"{head}:\n\n{lines}" for head, name in heads.items() if (lines := found[name])]
    return {
        "sex": sex(found["gender"]),
        "minimum_age": least,
        "minimum_age_years": years(least),
        "maximum_age": most,
        "maximum_age_years": years(most),
        "eligibility_criteria": "\n\n".join(told) or None,
    }


def _sponsors(found: Understood) -> list[Sponsor]:
    """The primary sponsor leads; the others, and who pays, work with it."""
    lead = _line(found["primary_sponsor"])
    others = [*listed(found["secondary_sponsors"]), *listed(found["source_support"])]
    named = [Sponsor(name=each, role="collaborator") for each in dict.fromkeys(others) if each != lead]
    return [*([Sponsor(name=lead, role="lead")] if lead else []), *named]
