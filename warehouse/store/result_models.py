"""The stored tables of posted results: what was read when, and the rows of the latest reading.

The rows are those of ``connectors.results``, which a test compares with these classes. Like a trial's other rows
they are replaced together; what makes their keys unique is ``position``, which counts them.
"""

from datetime import date, datetime

from sqlmodel import SQLModel

from warehouse.store.models import (
    POSITION,
    TRIAL_ID,
    UNINDEXED,
    _column,
    instant,
    int_column,
    real_column,
    text,
    text_list_column,
)

RESULTS_VERSION = "Given once, from 1: which state of the trial's results this is."
GROUP_ID = "The group's number in this part of the results (OG000, EG000, …)."
GROUP_TITLE = "The group's name."
GROUP_DESCRIPTION = "What the group was given, as told in this part of the results."


class TrialResultVersion(SQLModel, table=True):
    """One state of a trial's posted results. Another is added when anything in them that counts has changed."""

    __tablename__ = "trial_result_version"
    trial_id: str = text(TRIAL_ID, key=True)
    results_version_number: int = int_column(RESULTS_VERSION, key=True)
    observed_at: datetime = instant("When we first read it (UTC).")
    superseded_at: datetime | None = instant("When we read another (UTC); NULL for the latest.")
    content_hash: str = text("BLAKE2b of what counts in the results, in canonical form.")
    run_id: str = text("The run that read it.")


class TrialResultPayload(SQLModel, table=True):
    """The results section of a version as the registry sent it. Private: it names whom to ask."""

    __tablename__ = "trial_result_payload"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    results_version_number: int = int_column(RESULTS_VERSION, key=True)
    payload: str = text("The results section, JSON as sent.", long=True)


class TrialResultRecord(SQLModel, table=True):
    """The latest results of a trial in the registry's own shape, without people. A row a trial, replaced whole."""

    __tablename__ = "trial_result_record"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    results: str = text("The results section, JSON, without what a person is called or reached by.", long=True)


class TrialResultReading(SQLModel, table=True):
    """When a trial's results were last asked for, and what came of it. Private. A row a trial, replaced whole."""

    __tablename__ = "trial_result_reading"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    asked_at: datetime = instant("When they were last asked for (UTC).")
    read_at: datetime | None = instant("When they were last read (UTC); NULL while they never were.")
    version_number: int | None = int_column("The trial's version when they were last read.")
    posted_on: date | None = _column("When its last update was posted, as it stood then.", default=None)
    edition: int | None = int_column("Which edition of our reader made the rows.")
    failures: int = int_column("Nights in a row in which they could not be read.")
    last_error: str | None = text("Why not, the last time.")


class _Row(SQLModel):
    """A row of the latest results of a trial. All of a trial's are replaced together."""

    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    position: int = int_column(POSITION, key=True)


class TrialResultOutcome(_Row, table=True):
    """An outcome in a trial's posted results."""

    __tablename__ = "trial_result_outcome"
    outcome_type: str | None = text("primary, secondary, other (pre-specified) or post hoc.")
    outcome: str | None = text("What was measured.")
    description: str | None = text("How, in the sponsor's words.", long=True)
    time_frame: str | None = text("When.")
    population: str | None = text("Who was looked at.", long=True)
    reporting_status: str | None = text("POSTED, or NOT_POSTED where its results are only announced.")
    expected_posting_date: str | None = text("When announced results are expected, as written.")
    param_type: str | None = text("What its values are: MEAN, MEDIAN, COUNT_OF_PARTICIPANTS, …, as sent.")
    dispersion_type: str | None = text("What its spreads or limits are: Standard Deviation, …, as sent.")
    unit: str | None = text("Unit of its values.")
    units_analyzed: str | None = text("What was looked at where that is not participants (eyes, lesions).")


class _Value(_Row):
    """A cell of a table of results: what was measured in one group."""

    param_type: str | None = text("What the value is: MEAN, MEDIAN, COUNT_OF_PARTICIPANTS, …, as sent.")
    dispersion_type: str | None = text("What spread or limits are: Standard Deviation, …, as sent.")
    unit: str | None = text("Unit of the value.")
    class_title: str | None = text("Row of the table, where it has several: a time point, a subscale, …")
    category_title: str | None = text("Category within the row.")
    group_id: str | None = text(GROUP_ID)
    group_title: str | None = text(GROUP_TITLE)
    group_description: str | None = text(GROUP_DESCRIPTION, long=True)
    denominator: int | None = int_column("How many in this group were looked at.")
    denominator_unit: str | None = text("Of what that is the number: Participants, …")
    value: float | None = real_column("The value; NULL where what is written is no single number (NA).")
    value_as_written: str | None = text("The value, as written.")
    spread: float | None = real_column("The spread, of the kind that dispersion_type says.")
    spread_as_written: str | None = text("The spread, as written; a range stands in the limits too.")
    lower_limit: float | None = real_column("Lower limit, of the kind that dispersion_type says.")
    lower_limit_as_written: str | None = text("Lower limit, as written.")
    upper_limit: float | None = real_column("Upper limit.")
    upper_limit_as_written: str | None = text("Upper limit, as written.")
    comment: str | None = text("Why it is NA, or what else the sponsor says of it.")


class TrialResult(_Value, table=True):
    """A measurement: the value of an outcome in one group, row and category."""

    __tablename__ = "trial_result"
    outcome_position: int | None = int_column(
        "Its outcome's place in the results (trial_result_outcomes.position)."
    )
    outcome_type: str | None = text("primary, secondary, other (pre-specified) or post hoc.")
    outcome: str | None = text("What was measured.")
    time_frame: str | None = text("When.")
    population: str | None = text("Who was looked at.", long=True)


class TrialResultAnalysis(_Row, table=True):
    """A statistical analysis of an outcome."""

    __tablename__ = "trial_result_analysis"
    outcome_position: int | None = int_column(
        "Its outcome's place in the results (trial_result_outcomes.position)."
    )
    outcome_type: str | None = text("primary, secondary, other (pre-specified) or post hoc.")
    outcome: str | None = text("What was measured.")
    time_frame: str | None = text("When.")
    group_ids: list[str] | None = text_list_column(
        "The groups that were compared, by their numbers in this outcome."
    )
    group_titles: list[str] | None = text_list_column("The same by name.")
    description: str | None = text("What was compared, in the sponsor's words.", long=True)
    method: str | None = text("Statistical method, as written.")
    comment: str | None = text("What the sponsor says of the method.", long=True)
    p_value: float | None = real_column("p value, or the bound that is given for it: see p_value_relation.")
    p_value_relation: str | None = text("= where p_value is the p value; <, <=, > or >= where it is a bound.")
    p_value_as_written: str | None = text("p value, as written: <0.001.")
    p_value_comment: str | None = text("What the sponsor says of the p value.", long=True)
    estimate_type: str | None = text("What is estimated, as written: Mean Difference, Odds Ratio, …")
    estimate: float | None = real_column("The estimate.")
    estimate_as_written: str | None = text("The estimate, as written.")
    estimate_comment: str | None = text("What the sponsor says of the estimate.", long=True)
    dispersion_type: str | None = text("What the dispersion is, as sent.")
    dispersion: float | None = real_column("Dispersion of the estimate.")
    dispersion_as_written: str | None = text("The same, as written.")
    interval_percent: float | None = real_column("Of which per cent the confidence interval is: 95.")
    interval_sides: str | None = text("ONE_SIDED or TWO_SIDED.")
    lower_limit: float | None = real_column("Lower limit of the confidence interval.")
    lower_limit_as_written: str | None = text("The same, as written.")
    upper_limit: float | None = real_column("Upper limit of the confidence interval.")
    upper_limit_as_written: str | None = text("The same, as written.")
    interval_comment: str | None = text("What the sponsor says of the limits.", long=True)
    is_non_inferiority_tested: bool | None = _column("Whether it tests non-inferiority, as sent.", default=None)
    non_inferiority_type: str | None = text("SUPERIORITY, NON_INFERIORITY, EQUIVALENCE, …, as sent.")
    non_inferiority_comment: str | None = text("Margin and reasons, in the sponsor's words.", long=True)


class TrialAdverseEvent(_Row, table=True):
    """How many of one group had an adverse event."""

    __tablename__ = "trial_adverse_event"
    event_type: str | None = text("serious or other.")
    term: str | None = text("The event.")
    organ_system: str | None = text("Organ system, as sent.")
    vocabulary: str | None = text("Where the term is from: MedDRA 21.0, …")
    assessment: str | None = text("SYSTEMATIC_ASSESSMENT or NON_SYSTEMATIC_ASSESSMENT, as sent.")
    notes: str | None = text("What the sponsor says of it.")
    group_id: str | None = text(GROUP_ID)
    group_title: str | None = text(GROUP_TITLE)
    affected: int | None = int_column("People who had it.")
    at_risk: int | None = int_column("People who could have had it; NULL where only the group's total is given.")
    events: int | None = int_column("How often it happened.")


class TrialAdverseEventGroup(_Row, table=True):
    """A group in which adverse events were counted: its totals and its deaths."""

    __tablename__ = "trial_adverse_event_group"
    group_id: str | None = text(GROUP_ID)
    group_title: str | None = text(GROUP_TITLE)
    group_description: str | None = text(GROUP_DESCRIPTION, long=True)
    deaths: int | None = int_column("Deaths of any cause.")
    deaths_at_risk: int | None = int_column("People of whom that is the number.")
    serious_affected: int | None = int_column("People with any serious adverse event.")
    serious_at_risk: int | None = int_column("People of whom that is the number.")
    other_affected: int | None = int_column("People with any other adverse event above the threshold.")
    other_at_risk: int | None = int_column("People of whom that is the number.")
    time_frame: str | None = text("Over which time they were counted.")
    frequency_threshold: str | None = text("Other events are told from this per cent of a group on, as written.")
    description: str | None = text("How they were counted, in the sponsor's words.", long=True)


class TrialParticipantFlow(_Row, table=True):
    """How many of one group reached a milestone of a period, or left the trial in it."""

    __tablename__ = "trial_participant_flow"
    period_position: int | None = int_column("The period's place, from 1.")
    period: str | None = text("The period: Overall Study, …")
    step_type: str | None = text("milestone or drop-out.")
    step: str | None = text("STARTED, COMPLETED, NOT COMPLETED, …; or the reason for dropping out.")
    group_id: str | None = text(GROUP_ID)
    group_title: str | None = text(GROUP_TITLE)
    group_description: str | None = text(GROUP_DESCRIPTION, long=True)
    participants: int | None = int_column("How many people.")
    participants_as_written: str | None = text("The same, as written.")
    units: int | None = int_column("How many units, where units were assigned and not people.")
    units_analyzed: str | None = text("What these units are.")
    comment: str | None = text("What the sponsor says of it.", long=True)


class TrialBaselineMeasurement(_Value, table=True):
    """What participants were like at the start: a value in one group, row and category."""

    __tablename__ = "trial_baseline_measurement"
    measure: str | None = text("What was looked at: Age, Continuous; Sex: Female, Male; …")
    description: str | None = text("How, in the sponsor's words.", long=True)
    population: str | None = text("Who was looked at.", long=True)
