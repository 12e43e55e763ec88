"""What counts in a record of ICTRP, sorted by what it is told as. Pure.

The stamps of an export do not: when it was made, when WHO took the record, WHO's own number of it. Nor does what
stands in one form of a file alone, for a trial does not change by being exported otherwise. Days count as days,
lists in no order.
"""

from typing import Any

from connectors.canonical import canonical
from connectors.ictrp.identifiers import identifiers
from connectors.ictrp.record import Understood
from connectors.ictrp.values import (
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
from connectors.spelling import compared
from connectors.trial import Counted, Entries, Sent, Spelling

DATES = {"start_date": "enrollment_date_str", "completion_date": "results_completed_date_str"}
OUTCOMES = {"primary": "primary_outcome", "secondary": "secondary_outcomes"}
AS_THEY_STAND = (
    *("study_design", "results_summary", "results_ipd_plan", "results_ipd_description", "results_url_link"),
    *("results_url_protocol", "results_baseline_char", "results_participant_flow", "results_adverse_events"),
    *("results_outcome_measures", "ethics_status"),
)
"""Fields that are told by themselves."""
SHOWN = frozenset({*AS_THEY_STAND, "study_type", "phase", "secondary_ids", "ethics_approval_date_str"})


def content(found: Understood) -> Any:
    """All that counts, as it is compared: a state of a trial is what can be told of it."""
    told = counted(found, compared)
    lists = {view: entries.whole for view, entries in told.lists.items()}
    values = {name: each.value for name, each in {**told.dates, "enrollment": told.enrollment}.items() if each}
    return [told.columns, values, lists, told.criteria, told.rest]


def counted(found: Understood, spelling: Spelling) -> Counted:
    """The same parts in canonical form, each with the view or the field that it is told of."""

    def told(value: Any) -> Any:
        return canonical(value, spelling)

    count, kind = enrollment(found)
    criteria = {
        **{name: found[name] for name in ("inclusion_criteria", "exclusion_criteria")},
        **{name: age(found[name]) for name in ("age_min", "age_max")},
        "gender": sex(found["gender"]) or found["gender"],
    }
    return Counted(
        columns={
            "overall_status": status(found["recruitment_status"]),
            "has_results": has_results(found),
            "enrollment": count,
            "lead_sponsor": told(found["primary_sponsor"]) or None,
            "title": told(found["public_title"]) or None,
            "official_title": told(found["scientific_title"]) or None,
        },
        dates={column: Sent(name, name, told({"date": as_iso(found[name])})) for column, name in DATES.items()},
        enrollment=Sent("target_size", "target_size", told({"count": count, "type": kind})),
        lists={view: Entries(*map(told, entries)) for view, entries in _lists(found).items()},
        criteria={"criteria": told(criteria)},
        rest={name: {name: value} for name, value in told(_rest(found)).items()},
        shown=SHOWN,
        posted=str(day_of(found["ictrp_date_str"])),
    )


def _lists(found: Understood) -> dict[str, tuple[Any, Any, Any]]:
    """By view: what is compared, what of it is told, and the entries by what each is."""
    outcomes = {kind: listed(found[name]) for kind, name in OUTCOMES.items()}
    sponsors = {name: listed(found[name]) for name in ("primary_sponsor", "secondary_sponsors", "source_support")}
    interventions, conditions = listed(found["interventions"]), listed(found["conditions"])
    countries = listed(found["countries"])
    return {
        "trial_outcomes": (
            outcomes,
            {OUTCOMES[kind]: entries for kind, entries in outcomes.items()},
            {f"{kind} outcome": entries for kind, entries in outcomes.items()},
        ),
        "trial_interventions": (interventions, interventions, {"intervention": interventions}),
        "trial_sponsors": (sponsors, sponsors, {}),
        "trial_countries": (countries, countries, {"country": countries}),
        "trial_conditions": (conditions, conditions, {"condition": conditions}),
    }


def _rest(found: Understood) -> dict[str, Any]:
    """What has no kind of its own, by field."""
    return {
        **{name: found[name] for name in AS_THEY_STAND},
        "study_type": study_type(found["study_type"]),
        "phase": phases(found["phase"]),
        "secondary_ids": [each.identifier for each in identifiers(found)],
        "ethics_approval_date_str": as_iso(found["ethics_approval_date_str"]),
    }
