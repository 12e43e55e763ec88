"""Every stored table, once. Comments here become the comments in the file and the data dictionary.

Instants are ``TIMESTAMP`` in UTC and end in ``_at``; dates are ``DATE`` and end in ``_on``; a date as the
registry wrote it is ``VARCHAR`` and ends in ``_date``, with its type, earliest and latest day beside it.
These classes only define the tables: rows are written and read by SQL, in ``tables``, ``load`` and the rooms.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlmodel import Field, SQLModel


@compiles(CreateColumn, "duckdb")
def _with_compression(element: CreateColumn, compiler: Any, **options: Any) -> Any:
    """Long text is stored with ZSTD: a third less file, and short columns read as fast as before."""
    column = compiler.visit_create_column(element, **options)
    compression = element.element.info.get("compression")
    return f"{column} USING COMPRESSION {compression}" if column and compression else column


@compiles(sa.PrimaryKeyConstraint, "duckdb")
def _with_index(element: sa.PrimaryKeyConstraint, compiler: Any, **options: Any) -> Any:
    """The key of a table that is only loaded and read whole is not kept as an index.

    An index stays in memory while rows come, half a gigabyte at 200,000 trials, and makes a checkpoint write the
    last hundred thousand rows anew. What makes the keys of these tables unique stands beside each.
    """
    return (
        None
        if element.table.info.get("is_unindexed")
        else compiler.visit_primary_key_constraint(element, **options)
    )


UNINDEXED = {"info": {"is_unindexed": True}}


def _column(comment: str, kind: Any = None, *, key: bool = False, long: bool = False, **more: Any) -> Any:
    extras: dict[str, Any] = {"comment": comment}
    if long:
        extras["info"] = {"compression": "zstd"}
    if key:
        extras["autoincrement"] = False
    if kind is not None:
        more["sa_type"] = kind
    return Field(primary_key=key, sa_column_kwargs=extras, **more)


def text(comment: str, *, key: bool = False, long: bool = False) -> Any:
    return _column(comment, key=key, long=long) if key else _column(comment, long=long, default=None)


def text_list_column(comment: str) -> Any:
    return _column(comment, sa.ARRAY(sa.String), default=None)


def instant(comment: str) -> Any:
    return _column(comment, sa.TIMESTAMP, default=None)


def int_column(comment: str, *, key: bool = False) -> Any:
    return _column(comment, sa.BigInteger, key=True) if key else _column(comment, sa.BigInteger, default=None)


def real_column(comment: str) -> Any:
    return _column(comment, sa.DOUBLE, default=None)


TRIAL_ID = "The registry's number of the trial, in its own spelling, upper case, no blanks."
POSITION = "Place in the record, from 1."
ITEM_KEY = "Key of this entry that stays the same when the record is loaded again or its lists are reordered."


class Trial(SQLModel, table=True):
    """One trial that some watch has seen, and what is known of it beside its versions."""

    trial_id: str = text(TRIAL_ID, key=True)
    registry_name: str = text("clinicaltrials.gov, isrctn, ctis or ictrp.")
    url: str | None = text("The record at the registry.")
    version_number: int = int_column("The version it was last seen in.")
    first_seen_at: datetime = instant("When trialwatch first held it (UTC).")
    last_seen_at: datetime = instant("When the registry last showed it to us (UTC).")
    fate: str | None = text("removed or merged, once the registry has said so by id; else NULL.")
    merged_into: str | None = text("The surviving trial, when merged.")
    fingerprint: str | None = text("Of the bytes that it was last seen in, without the registry's stamp.")
    reads_otherwise_from: date | None = _column(
        "The first day on which these bytes will be read otherwise, where a status follows the calendar.",
        default=None,
    )
    overdue_since: date | None = _column(
        "The day on which its being overdue was first noted; NULL while it is not overdue.", default=None
    )
    loaded_as: str | None = text("What was loaded of its record, and how it was read; NULL: something older.")


class TrialVersion(SQLModel, table=True):
    """One state of a trial's record. A version is added when anything in it that counts has changed."""

    __tablename__ = "trial_version"
    trial_id: str = text(TRIAL_ID, key=True)
    version_number: int = int_column("Given once, from 1, never renumbered.", key=True)
    registry_date: date | None = _column("The registry's date of this state.", default=None)
    registry_date_basis: str | None = text("posted, submitted or data_version: what registry_date is.")
    observed_at: datetime = instant("When we first held this state (UTC).")
    superseded_at: datetime | None = instant("When a later state replaced it (UTC); NULL for the latest.")
    source: str = text("nightly, history or inferred.")
    content_hash: str = text("BLAKE2b of what counts in the record, in canonical form.")
    run_id: str = text("The run that brought it.")
    title: str | None = text("Brief title.")
    official_title: str | None = text("Official title.")
    acronym: str | None = text("Acronym.")
    overall_status: str | None = text("Recruitment status as the registry sent it.")
    last_known_status: str | None = text("The status before the registry turned it to UNKNOWN.")
    why_stopped: str | None = text("The sponsor's reason for stopping.")
    study_type: str | None = text("INTERVENTIONAL, OBSERVATIONAL or EXPANDED_ACCESS.")
    phases: list[str] | None = text_list_column("Phases as sent; NA means not applicable, NULL means not said.")
    enrollment: int | None = int_column("Participants; NULL where the registry writes its sentinel 99999999.")
    enrollment_type: str | None = text("ACTUAL or ESTIMATED.")
    start_date: str | None = text("Start, as written.")
    start_date_type: str | None = text("ACTUAL or ESTIMATED.")
    start_date_earliest: date | None = _column("First day the start can mean.", default=None)
    start_date_latest: date | None = _column("Last day the start can mean.", default=None)
    primary_completion_date: str | None = text("Primary completion, as written.")
    primary_completion_date_type: str | None = text("ACTUAL or ESTIMATED.")
    primary_completion_date_earliest: date | None = _column("First day it can mean.", default=None)
    primary_completion_date_latest: date | None = _column("Last day it can mean.", default=None)
    completion_date: str | None = text("Completion, as written.")
    completion_date_type: str | None = text("ACTUAL or ESTIMATED.")
    completion_date_earliest: date | None = _column("First day it can mean.", default=None)
    completion_date_latest: date | None = _column("Last day it can mean.", default=None)
    expected_end_date: str | None = text(
        "Its end, as written: its completion date, or its primary one where that is absent or no date."
    )
    expected_end_date_type: str | None = text("ACTUAL or ESTIMATED.")
    expected_end_on: date | None = _column("Last day that its end can mean.", default=None)
    status_verified_date: str | None = text("When the sponsor last verified the record, as written.")
    status_verified_date_earliest: date | None = _column("First day it can mean.", default=None)
    status_verified_date_latest: date | None = _column("Last day it can mean.", default=None)
    first_posted_on: date | None = _column("When the registry first posted it.", default=None)
    last_update_posted_on: date | None = _column("When its last update was posted.", default=None)
    results_first_posted_on: date | None = _column("When results were first posted.", default=None)
    has_results: bool | None = _column("Whether results are posted.", default=None)
    lead_sponsor: str | None = text("Lead sponsor.")
    lead_sponsor_class: str | None = text("Class of the lead sponsor, as sent.")


class StatusTurn(SQLModel, table=True):
    """A status that a version's record told by its dates alone, before or when we first held it.

    All of them since the record was edited last, where there is more than one (``connectors.trial.StatusTurn``).
    """

    __tablename__ = "status_turn"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    version_number: int = int_column("The version whose record it is.", key=True)
    turned_on: date = _column("The first day of this status: the last edit, or the day that turned it.", key=True)
    overall_status: str | None = text("The status, in the registry's words.")


class TrialDetail(SQLModel, table=True):
    """What else a trial's latest version says, once each: its design, who may take part, what it is about."""

    __tablename__ = "trial_detail"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    allocation: str | None = text("RANDOMIZED, NON_RANDOMIZED or NA, as sent.")
    intervention_model: str | None = text("PARALLEL, CROSSOVER, SINGLE_GROUP, …, as sent.")
    masking: str | None = text("NONE, SINGLE, DOUBLE, TRIPLE or QUADRUPLE, as sent.")
    who_masked: list[str] | None = text_list_column(
        "PARTICIPANT, CARE_PROVIDER, INVESTIGATOR, OUTCOMES_ASSESSOR, as sent."
    )
    primary_purpose: str | None = text("What its sponsor says that it is for: TREATMENT, PREVENTION, …, as sent.")
    observational_model: str | None = text("COHORT, CASE_CONTROL, …, as sent; of observational studies.")
    time_perspective: str | None = text("PROSPECTIVE, RETROSPECTIVE, …, as sent; of observational studies.")
    sex: str | None = text("ALL, FEMALE or MALE, as sent.")
    minimum_age: str | None = text("The least age to take part, as written; NULL where there is none.")
    minimum_age_years: float | None = real_column("The same in years; NULL too where it cannot be read.")
    maximum_age: str | None = text("The greatest age to take part, as written; NULL where there is none.")
    maximum_age_years: float | None = real_column("The same in years; NULL too where it cannot be read.")
    healthy_volunteers: bool | None = _column("Whether healthy people may take part.", default=None)
    eligibility_criteria: str | None = text("Who may take part and who may not, line by line.", long=True)
    brief_summary: str | None = text("Brief summary.", long=True)
    detailed_description: str | None = text("Detailed description.", long=True)
    has_dmc: bool | None = _column("Whether a data monitoring committee watches over it.", default=None)
    is_fda_regulated_drug: bool | None = _column("Whether it studies a drug that the FDA regulates.", default=None)
    is_fda_regulated_device: bool | None = _column(
        "Whether it studies a device that the FDA regulates.", default=None
    )
    ipd_sharing: str | None = text("Whether data of single participants will be shared: YES, NO or UNDECIDED.")
    ipd_sharing_description: str | None = text("Which of them, or why not.", long=True)
    results_first_submitted_on: date | None = _column(
        "When its sponsor first submitted results; the registry posts them later.", default=None
    )
    results_delay_requested_on: date | None = _column(
        "When its sponsor first asked for more time to submit results (a certificate of delay, or an extension).",
        default=None,
    )
    results_waived: bool | None = _column("Whether the duty to submit results was waived, as sent.", default=None)


class TrialPayload(SQLModel, table=True):
    """The record of a version as the registry sent it. Private: it names people."""

    __tablename__ = "trial_payload"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    version_number: int = int_column("The version it is the record of.", key=True)
    payload: str = text("The record, JSON as sent.", long=True)
    revision: int | None = int_column(
        "How often other bytes of the same state took its place: what is shown in it and counts as no change."
    )


class _Child(SQLModel):
    """An entry of a trial's latest version. Its rows are replaced together; those of one name are counted."""

    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    item_key: str = text(ITEM_KEY, key=True)
    position: int = int_column(POSITION)


class TrialCondition(_Child, table=True):
    """A condition of a trial."""

    __tablename__ = "trial_condition"
    condition: str | None = text("Condition, as registered.")


class TrialKeyword(_Child, table=True):
    """A keyword of a trial."""

    __tablename__ = "trial_keyword"
    keyword: str | None = text("Keyword, as registered.")


class TrialMeshTerm(_Child, table=True):
    """A MeSH term that the registry gave a trial."""

    __tablename__ = "trial_mesh_term"
    side: str = text("condition or intervention.")
    mesh_id: str | None = text("MeSH unique id.")
    term: str | None = text("MeSH heading.")
    is_ancestor: bool | None = _column("Whether it is only an ancestor of a term.", default=None)


class TrialIntervention(_Child, table=True):
    """An intervention of a trial."""

    __tablename__ = "trial_intervention"
    intervention_type: str | None = text("DRUG, BEHAVIORAL, …, as sent.")
    name: str | None = text("Name.")
    other_names: list[str] | None = text_list_column("Other names.")
    description: str | None = text("Description.", long=True)


class TrialArm(_Child, table=True):
    """An arm of a trial."""

    __tablename__ = "trial_arm"
    label: str | None = text("Label.")
    arm_type: str | None = text("EXPERIMENTAL, PLACEBO_COMPARATOR, …, as sent.")
    intervention_names: list[str] | None = text_list_column("Its interventions, as the registry names them.")
    description: str | None = text("Description.", long=True)


class TrialArmIntervention(_Child, table=True):
    """An intervention in an arm in which it is given."""

    __tablename__ = "trial_arm_intervention"
    arm_label: str | None = text("The arm's label.")
    intervention_name: str | None = text("The intervention's name.")
    intervention_type: str | None = text("DRUG, BEHAVIORAL, …, as sent.")


class TrialOutcome(_Child, table=True):
    """An outcome measure of a trial."""

    __tablename__ = "trial_outcome"
    outcome_type: str = text("primary, secondary or other.")
    measure: str | None = text("What is measured.")
    time_frame: str | None = text("When.")
    description: str | None = text("Description.", long=True)


class TrialSite(_Child, table=True):
    """A site of a trial, or a country that it concerns."""

    __tablename__ = "trial_site"
    facility: str | None = text("Facility.")
    city: str | None = text("City.")
    state: str | None = text("State or province.")
    country: str | None = text("Country.")
    site_status: str | None = text("Recruitment status of the site, as sent.")
    is_country: bool | None = _column(
        "Whether it is a country concerned, told by itself, and no site; NULL means that it is not.", default=None
    )


class TrialSponsor(_Child, table=True):
    """A sponsor of a trial."""

    __tablename__ = "trial_sponsor"
    name: str | None = text("Name.")
    sponsor_class: str | None = text("Class, as sent.")
    role: str = text("lead or collaborator.")


class TrialIdentifier(_Child, table=True):
    """Another number of a trial."""

    __tablename__ = "trial_identifier"
    identifier: str | None = text("The number.")
    identifier_type: str | None = text("Its type as sent; ORG for the sponsor's own; NCT for an alias.")
    is_alias: bool | None = _column("Whether the registry once used it for this same trial.", default=None)


class TrialPublication(_Child, table=True):
    """A publication that a trial's record names."""

    __tablename__ = "trial_publication"
    pmid: str | None = text("PubMed id.")
    citation: str | None = text("Citation.", long=True)
    publication_type: str | None = text("BACKGROUND, RESULT or DERIVED, as sent.")


class TrialDocument(_Child, table=True):
    """A document that the registry holds of a trial."""

    __tablename__ = "trial_document"
    document_type: str | None = text("Prot, SAP, ICF, or several of them: Prot_SAP, …, as sent.")
    name: str | None = text("What it is called.")
    document_date: str | None = text("The date that it bears, as written.")
    uploaded_on: date | None = _column("When it was uploaded.", default=None)
    url: str | None = text("Where it stands at the registry.")
    has_protocol: bool | None = _column("Whether it holds the protocol.", default=None)
    has_sap: bool | None = _column("Whether it holds the statistical analysis plan.", default=None)
    has_icf: bool | None = _column("Whether it holds a form of informed consent.", default=None)


class TrialSubstance(SQLModel, table=True):
    """A substance label of a trial, with its evidence."""

    __tablename__ = "trial_substance"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    substance: str = text("alcohol, cannabis, cocaine, …", key=True)
    field: str = text("Where in the record the evidence stands.", key=True)
    matched_text: str = text("The words that were found there.", key=True)
    rule: str = text("Which question these words answer, and how.", key=True)
    confidence: str = text("high, medium or low.")


class TrialConcept(SQLModel, table=True):
    """One value of what a reader asks a trial for, with its evidence."""

    __tablename__ = "trial_concept"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    concept: str = text("route, dose, doses_given, comparator, psychotherapy or outcome_instrument.", key=True)
    value: str = text(
        "What was found, in the words of docs/concepts.md; a dose as written, in one spelling.", key=True
    )
    mg_per_kg: float | None = real_column(
        "A dose in mg/kg, where it is one; a range has a row for each of its ends."
    )
    field: str = text("Where in the record the evidence stands.", key=True)
    matched_text: str = text("The words that were found there.")
    rule: str = text("What made these words count.")
    confidence: str = text("high, medium or low.")


class TrialJudgement(SQLModel, table=True):
    """The rules' word on a trial: what the drug does in it, and whether it is ours."""

    __tablename__ = "trial_judgement"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    drug_role: str = text("treatment, comparator, adjunct, anaesthetic, abused or none.")
    is_relevant: bool = _column("Whether ketamine is part of treating a substance use disorder in it.")
    reason: str = text("Why, in words.")
    rules_version: str = text("Fingerprint of the rules that said so.")


class TrialFlag(SQLModel, table=True):
    """A value that is not as it should be: unknown and kept as sent, or of a wrong type and left out."""

    __tablename__ = "trial_flag"
    __table_args__ = UNINDEXED
    trial_id: str = text(TRIAL_ID, key=True)
    path: str = text("Where in the record.", key=True)
    value: str = text("The value, as sent; what kind of value it is where it may name people.", key=True)
    reason: str = text("What is odd about it, and what became of it.")


class Change(SQLModel, table=True):
    """One change of one trial, told once."""

    change_id: str = text("Stable id of the change.", key=True)
    trial_id: str = text(TRIAL_ID)
    watch: str | None = text("The watch, for changes of membership; else NULL.")
    kind: str = text("What happened, in the vocabulary of the documentation.")
    field: str | None = text("The trials column, the child view or the registry's module that changed.")
    old_value: str | None = text("Before; sets and lists as JSON.", long=True)
    new_value: str | None = text("After; sets and lists as JSON.", long=True)
    cause: str = text("sponsor, registry, normaliser, calendar or watch.")
    materiality: str = text("high, medium or low.")
    reason: str = text("Why, in words.")
    from_version: int | None = int_column("The version before.")
    to_version: int | None = int_column("The version after.")
    registry_date: date | None = _column("The registry's date of the change.", default=None)
    registry_date_basis: str | None = text("posted, submitted or data_version.")
    observed_at: datetime = instant("When we saw it (UTC).")
    run_id: str = text("The run that saw it.")
    source: str = text("nightly, history or inferred.")


class WatchMember(SQLModel, table=True):
    """One stay of a trial in a watch."""

    __tablename__ = "watch_member"
    watch: str = text("The watch.", key=True)
    trial_id: str = text(TRIAL_ID, key=True)
    stay: int = int_column("Which of its stays, from 1.", key=True)
    is_relevant: bool = _column("Whether it counts as ours: by the watch's rules, or by a person's word.")
    why_relevant: str | None = text("Why it does or does not, in words.")
    entered_at: datetime = instant("When it entered (UTC).")
    left_at: datetime | None = instant("When it left (UTC); NULL while it is in.")
    why_entered: str = text("Why it entered, in words.")
    why_left: str | None = text("Why it left, in words.")


class StudyRuling(SQLModel, table=True):
    """A person's word that two numbers are one study, or are not. A withdrawn one stays, and counts no more."""

    __tablename__ = "study_ruling"
    __table_args__ = UNINDEXED
    trial_id: str = text("The first of the two numbers in alphabetical order, as spelt for comparison.", key=True)
    other_id: str = text("The other one.", key=True)
    ruled_at: datetime = _column("From which night on it counts (UTC).", sa.TIMESTAMP, key=True)
    is_one_study: bool = _column("Whether they are one study (a tie) or are not (a parting).")
    reason: str = text("Why, as that person wrote it.")
    ruled_by: str = text("Who said so.")
    withdrawn_at: datetime | None = instant("The first night on which it stood in trialwatch.toml no more (UTC).")


class DoubtTold(SQLModel, table=True):
    """Two trials of which the operator has been told that they may be one study. Private."""

    __tablename__ = "doubt_told"
    trial_id: str = text("The first of the two numbers in alphabetical order.", key=True)
    other_id: str = text("The other one.", key=True)
    told_at: datetime = instant("When (UTC).")


class Run(SQLModel, table=True):
    """A night's certificate: one run, one watch, one registry."""

    run_id: str = text("The run.", key=True)
    watch: str = text("The watch.", key=True)
    registry_name: str = text("The registry.", key=True)
    started_at: datetime = instant("Start (UTC).")
    finished_at: datetime = instant("End (UTC).")
    outcome: str = text("complete, heartbeat, incomplete, refused or failed.")
    sentence: str = text("The outcome in words.")
    declared_total: int | None = int_column("Sum of the totals that the registry declared.")
    fetched: int | None = int_column("Records that the searches returned.")
    distinct_trials: int | None = int_column("Different trials collected, by search and by id.")
    new_versions: int | None = int_column("Versions added.")
    quarantined: int | None = int_column("Records set aside.")
    data_version_before: str | None = text("The registry's data version at the start.")
    data_version_after: str | None = text("And at the end.")
    requests: int | None = int_column("Requests made.")
    checks: str | None = text("The named checks with their figures, JSON.", long=True)
    watch_hash: str | None = text("Fingerprint of what the watch asked for and of the rules that judged it.")
    asked_parts: list[str] | None = text_list_column(
        "The parts of a registry that were asked for whole, by year of first posting, where a watch of everything "
        "asks for some each night; NULL: all of it."
    )


class Quarantine(SQLModel, table=True):
    """A record that could not be read and was set aside."""

    run_id: str = text("The run.", key=True)
    watch: str = text("The watch.", key=True)
    registry_name: str = text("The registry.", key=True)
    item: int = int_column("Running number within the run, watch and registry.", key=True)
    trial_id: str | None = text("Its number, where even that could be read.")
    path: str = text("Where in the record reading failed.")
    reason: str = text("Why.")
    payload: str = text("The record as sent.", long=True)


class Trouble(SQLModel, table=True):
    """Something that the operator has been, or is to be, told once. Private."""

    trouble_id: str = text("Stable id.", key=True)
    run_id: str = text("The run that met it.")
    watch: str | None = text("The watch it befell; NULL when it is about the mail.")
    registry_name: str | None = text("The registry, likewise.")
    noticed_at: datetime = instant("When (UTC).")
    subject: str = text("What happened, in one line.")
    sentences: list[str] | None = text_list_column("What happened and what to do, a paragraph each.")


class Delivery(SQLModel, table=True):
    """One change (or welcome, or trouble) that one recipient of one subscription is to be told. Private.

    Its state is that of the mail it went into (``Message.state``); until that is written it is due. The view
    ``delivery_ledger`` of the store puts both side by side.
    """

    delivery_id: str = text("Stable id.", key=True)
    subscription: str = text("The subscription's name; for trouble the operator's.")
    watch: str = text("Its watch.")
    recipient: str = text("The address.")
    topic: str = text("change, welcome or trouble.")
    change_id: str | None = text("The change; NULL for a welcome or trouble.")
    trouble_id: str | None = text("The trouble; NULL for a change or welcome.")
    run_id: str = text("The run that made it due.")
    period: str = text("What goes into one mail: the run, or the digest's day.")
    is_arrival: bool = _column("One of more than 50 new members, told as one line.")
    due_at: datetime = instant("When it is to go out (UTC).")
    message_id: str | None = text("The mail it went into, once that is written.")


class Message(SQLModel, table=True):
    """A mail, frozen before its first attempt. Private."""

    message_id: str = text("Message-ID, without angle brackets.", key=True)
    subscription: str = text("The subscription's name.")
    recipient: str = text("The address.")
    topic: str = text("change, welcome or trouble: what it is about.")
    sender: str = text("The envelope's sender.")
    written_at: datetime = instant("The instant it is dated: when it fell due (UTC).")
    mail: str = text("The whole message, as sent.", long=True)
    state: str = text(
        "due (not offered yet, or no server took any mail), leased (being offered, or we died offering it), "
        "failed (to be offered again), sent, given_up, or withdrawn (not subscribed any more)."
    )
    attempts: int = int_column("How often it was offered to a mail server.")
    leased_at: datetime | None = instant("When the last offer began (UTC).")
    next_attempt_at: datetime | None = instant("Not to be offered again before this (UTC).")
    settled_at: datetime | None = instant("When it was sent or given up (UTC).")
    last_error: str | None = text("What the last attempt said.")


class Publication(SQLModel, table=True):
    """One time the published file was replaced."""

    run_id: str = text("The run that published.", key=True)
    published_at: datetime = instant("When (UTC).")


class StoreSchema(SQLModel, table=True):
    """Which version of these tables the file holds."""

    __tablename__ = "store_schema"
    version: int = int_column("Version of the tables.", key=True)
    created_at: datetime = instant("When this file got them (UTC).")


CHILD_TABLES: tuple[type[_Child], ...] = (
    TrialCondition,
    TrialKeyword,
    TrialMeshTerm,
    TrialIntervention,
    TrialArm,
    TrialArmIntervention,
    TrialOutcome,
    TrialSite,
    TrialSponsor,
    TrialIdentifier,
    TrialPublication,
    TrialDocument,
)


def name_of(table: type[SQLModel]) -> str:
    return str(table.__tablename__)


def columns(table: type[SQLModel]) -> list[sa.Column[Any]]:
    """The columns of a stored table, in order."""
    return list(SQLModel.metadata.tables[str(table.__tablename__)].columns)
