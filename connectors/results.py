"""A trial's posted results in the words of the views, whatever registry they come from. Pure.

Each list is a table of its own, its entries rows in the order of the record; ``position`` counts them from 1. A
value stands there as written and, where it is a single number, as that number.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Row(msgspec.Struct, omit_defaults=True):
    """One row of a table of results."""

    position: int


class Measure(Row):
    """An outcome for which results are posted, or announced."""

    outcome_type: str | None = None
    outcome: str | None = None
    description: str | None = None
    time_frame: str | None = None
    population: str | None = None
    reporting_status: str | None = None
    expected_posting_date: str | None = None
    param_type: str | None = None
    dispersion_type: str | None = None
    unit: str | None = None
    units_analyzed: str | None = None


class Value(Row):
    """What was measured in one group: a cell of a table of results."""

    param_type: str | None = None
    dispersion_type: str | None = None
    unit: str | None = None
    class_title: str | None = None
    category_title: str | None = None
    group_id: str | None = None
    group_title: str | None = None
    group_description: str | None = None
    denominator: int | None = None
    denominator_unit: str | None = None
    value: float | None = None
    value_as_written: str | None = None
    spread: float | None = None
    spread_as_written: str | None = None
    lower_limit: float | None = None
    lower_limit_as_written: str | None = None
    upper_limit: float | None = None
    upper_limit_as_written: str | None = None
    comment: str | None = None


class Measurement(Value):
    """A value of an outcome. ``outcome_position`` is its outcome's ``position``."""

    outcome_position: int | None = None
    outcome_type: str | None = None
    outcome: str | None = None
    time_frame: str | None = None
    population: str | None = None


class Baseline(Value):
    """A value of what participants were like at the start."""

    measure: str | None = None
    description: str | None = None
    population: str | None = None


class Analysis(Row):
    """An analysis of an outcome. ``p_value_relation`` says how the true p value stands to ``p_value``."""

    outcome_position: int | None = None
    outcome_type: str | None = None
    outcome: str | None = None
    time_frame: str | None = None
    group_ids: list[str] | None = None
    group_titles: list[str] | None = None
    description: str | None = None
    method: str | None = None
    comment: str | None = None
    p_value: float | None = None
    p_value_relation: str | None = None
    p_value_as_written: str | None = None
    p_value_comment: str | None = None
    estimate_type: str | None = None
    estimate: float | None = None
    estimate_as_written: str | None = None
    estimate_comment: str | None = None
    dispersion_type: str | None = None
    dispersion: float | None = None
    dispersion_as_written: str | None = None
    interval_percent: float | None = None
    interval_sides: str | None = None
    lower_limit: float | None = None
    lower_limit_as_written: str | None = None
    upper_limit: float | None = None
    upper_limit_as_written: str | None = None
    interval_comment: str | None = None
    is_non_inferiority_tested: bool | None = None
    non_inferiority_type: str | None = None
    non_inferiority_comment: str | None = None


class AdverseEvent(Row):
    """How many of one group had an adverse event. ``event_type`` is serious or other."""

    event_type: str | None = None
    term: str | None = None
    organ_system: str | None = None
    vocabulary: str | None = None
    assessment: str | None = None
    notes: str | None = None
    group_id: str | None = None
    group_title: str | None = None
    affected: int | None = None
    at_risk: int | None = None
    events: int | None = None


class EventGroup(Row):
    """A group in which adverse events were counted, with its totals and its deaths."""

    group_id: str | None = None
    group_title: str | None = None
    group_description: str | None = None
    deaths: int | None = None
    deaths_at_risk: int | None = None
    serious_affected: int | None = None
    serious_at_risk: int | None = None
    other_affected: int | None = None
    other_at_risk: int | None = None
    time_frame: str | None = None
    frequency_threshold: str | None = None
    description: str | None = None


class Flow(Row):
    """How many of one group came to a point of the trial. ``step_type`` is milestone or drop-out."""

    period_position: int | None = None
    period: str | None = None
    step_type: str | None = None
    step: str | None = None
    group_id: str | None = None
    group_title: str | None = None
    group_description: str | None = None
    participants: int | None = None
    participants_as_written: str | None = None
    units: int | None = None
    units_analyzed: str | None = None
    comment: str | None = None


class Results(msgspec.Struct):
    """All of it. Each list is stored in the table of ``TABLES``."""

    outcomes: list[Measure] = []
    measurements: list[Measurement] = []
    analyses: list[Analysis] = []
    adverse_events: list[AdverseEvent] = []
    adverse_event_groups: list[EventGroup] = []
    flow: list[Flow] = []
    baseline: list[Baseline] = []


TABLES = {
    "outcomes": "trial_result_outcome",
    "measurements": "trial_result",
    "analyses": "trial_result_analysis",
    "adverse_events": "trial_adverse_event",
    "adverse_event_groups": "trial_adverse_event_group",
    "flow": "trial_participant_flow",
    "baseline": "trial_baseline_measurement",
}


class Reading(Protocol):
    """Results that were read, once."""

    @property
    def results(self) -> Results: ...

    @property
    def shown(self) -> bytes:
        """All of them as they may be published, JSON: in the registry's own shape, without people."""

    @property
    def content_hash(self) -> str:
        """BLAKE2b of what counts in them, in canonical form: order and whitespace do not, nor whom to ask."""

    @property
    def parts(self) -> Mapping[str, str]:
        """The same of each of their parts, by its name in words."""


class Reader(Protocol):
    """Reads the results of one registry. Pure.

    ``edition`` is raised whenever the same bytes are read otherwise than before: then what is held is read anew.
    """

    edition: int

    def read(self, payload: bytes) -> Reading:
        """Raises ``ValueError`` for bytes that are no results at all."""
