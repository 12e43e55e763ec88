"""One trial in the words of the views, whatever registry it comes from, and what of its record is compared. Pure.

A registry's reader makes these of a record; everything behind it knows a trial in this form only. A text stands
as it is stored: ``spelling.compared`` where it is a code, a date or a number, ``spelling.in_lines`` where it has
lines, ``spelling.shown`` everywhere else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

E = TypeVar("E", bound="Entry")
Spelling = Callable[[str], str]
"""How a text is spelt when it is compared."""
MOST_PEOPLE = 2**31 - 1
"""A trial of more than that has written something else where its participants are counted."""


class Entry(msgspec.Struct, omit_defaults=True):
    """One row of a child table.

    ``NAMED_BY`` are the parts that name it among the entries of its trial: all of them together, or, with
    ``BY_THE_FIRST``, the first that is there. ``copy`` counts those of one name, in the order of ``TOLD_BY``.
    """

    NAMED_BY: ClassVar[tuple[str, ...]] = ()
    BY_THE_FIRST: ClassVar[bool] = False
    TOLD_BY: ClassVar[tuple[str, ...]] = ()
    copy: int = 1


class Condition(Entry):
    NAMED_BY = ("condition",)
    condition: str | None = None


class Keyword(Entry):
    NAMED_BY = ("keyword",)
    keyword: str | None = None


class MeshTerm(Entry):
    """``side`` is condition or intervention."""

    NAMED_BY = ("side", "is_ancestor", "mesh_id", "term")
    side: str | None = None
    mesh_id: str | None = None
    term: str | None = None
    is_ancestor: bool | None = None


class Intervention(Entry):
    """``arm_labels`` are the arms that it says it is given in."""

    NAMED_BY = ("intervention_type", "name")
    TOLD_BY = ("description", "other_names")
    intervention_type: str | None = None
    name: str | None = None
    other_names: list[str] | None = None
    description: str | None = None
    arm_labels: list[str] | None = None


class Arm(Entry):
    NAMED_BY = ("label",)
    TOLD_BY = ("arm_type", "description", "intervention_names")
    label: str | None = None
    arm_type: str | None = None
    intervention_names: list[str] | None = None
    description: str | None = None


class ArmIntervention(Entry):
    """That an intervention is given in an arm."""

    NAMED_BY = ("arm_label", "intervention_type", "intervention_name")
    arm_label: str | None = None
    intervention_name: str | None = None
    intervention_type: str | None = None


class Outcome(Entry):
    """``outcome_type`` is primary, secondary or other."""

    NAMED_BY = ("outcome_type", "measure", "time_frame")
    TOLD_BY = ("description",)
    outcome_type: str | None = None
    measure: str | None = None
    time_frame: str | None = None
    description: str | None = None


class Site(Entry):
    """A place of the trial; ``is_country`` where the registry tells a country and means no site by it."""

    NAMED_BY = ("facility", "city", "state", "country")
    TOLD_BY = ("site_status",)
    facility: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    site_status: str | None = None
    is_country: bool | None = None


class Sponsor(Entry):
    """``role`` is lead or collaborator."""

    NAMED_BY = ("role", "name")
    TOLD_BY = ("sponsor_class",)
    name: str | None = None
    sponsor_class: str | None = None
    role: str | None = None


class Identifier(Entry):
    """``place``: 1 for the sponsor's own number, 2 for others, 3 for a former number of the registry's."""

    NAMED_BY = ("place", "identifier_type", "identifier")
    identifier: str | None = None
    identifier_type: str | None = None
    is_alias: bool | None = None
    place: int | None = None


class Publication(Entry):
    NAMED_BY = ("pmid", "citation")
    BY_THE_FIRST = True
    TOLD_BY = ("citation", "publication_type")
    pmid: str | None = None
    citation: str | None = None
    publication_type: str | None = None


class Document(Entry):
    """A document that stands at the registry: a protocol, a plan of analysis, a form of consent."""

    NAMED_BY = ("document_type", "name", "document_date", "url")
    TOLD_BY = ("uploaded_on", "has_protocol", "has_sap", "has_icf")
    document_type: str | None = None
    name: str | None = None
    document_date: str | None = None
    uploaded_on: date | None = None
    url: str | None = None
    has_protocol: bool | None = None
    has_sap: bool | None = None
    has_icf: bool | None = None


class StatusTurn(msgspec.Struct):
    """A status that a record tells by its dates, and the day from which on it does."""

    turned_on: date
    overall_status: str | None


class Trial(msgspec.Struct, omit_defaults=True):
    """A trial's columns as in ``trial_version`` and ``trial_detail``, and the rows of its child tables.

    A written date has its type, and the first and last day that it can mean, beside it; an age has its years.
    ``primary_purpose`` is what the sponsor says that the trial is for. ``reads_otherwise_from`` is the first day
    on which the same record will be read otherwise, at a registry whose status follows the calendar;
    ``status_turns`` are the statuses that it has told there since it was edited last, up to the day on which it is
    read, and none where that was one only.
    ``documents`` are shown, and never count as a change.
    """

    trial_id: str
    url: str | None = None
    title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    overall_status: str | None = None
    last_known_status: str | None = None
    why_stopped: str | None = None
    study_type: str | None = None
    phases: list[str] | None = None
    enrollment: int | None = None
    enrollment_type: str | None = None
    start_date: str | None = None
    start_date_type: str | None = None
    start_date_earliest: date | None = None
    start_date_latest: date | None = None
    primary_completion_date: str | None = None
    primary_completion_date_type: str | None = None
    primary_completion_date_earliest: date | None = None
    primary_completion_date_latest: date | None = None
    completion_date: str | None = None
    completion_date_type: str | None = None
    completion_date_earliest: date | None = None
    completion_date_latest: date | None = None
    expected_end_date: str | None = None
    expected_end_date_type: str | None = None
    expected_end_on: date | None = None
    status_verified_date: str | None = None
    status_verified_date_earliest: date | None = None
    status_verified_date_latest: date | None = None
    first_posted_on: date | None = None
    last_update_posted_on: date | None = None
    results_first_posted_on: date | None = None
    has_results: bool | None = None
    lead_sponsor: str | None = None
    lead_sponsor_class: str | None = None
    allocation: str | None = None
    intervention_model: str | None = None
    masking: str | None = None
    who_masked: list[str] | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    sex: str | None = None
    minimum_age: str | None = None
    minimum_age_years: float | None = None
    maximum_age: str | None = None
    maximum_age_years: float | None = None
    healthy_volunteers: bool | None = None
    eligibility_criteria: str | None = None
    brief_summary: str | None = None
    detailed_description: str | None = None
    has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    ipd_sharing: str | None = None
    ipd_sharing_description: str | None = None
    results_first_submitted_on: date | None = None
    results_delay_requested_on: date | None = None
    results_waived: bool | None = None
    reads_otherwise_from: date | None = None
    status_turns: list[StatusTurn] = []
    conditions: list[Condition] = []
    keywords: list[Keyword] = []
    mesh_terms: list[MeshTerm] = []
    interventions: list[Intervention] = []
    arms: list[Arm] = []
    arm_interventions: list[ArmIntervention] = []
    outcomes: list[Outcome] = []
    sites: list[Site] = []
    sponsors: list[Sponsor] = []
    identifiers: list[Identifier] = []
    publications: list[Publication] = []
    documents: list[Document] = []


def told_apart(entries: list[E]) -> list[E]:
    """The entries, those of one name counted: the order in which they were sent decides between equals."""
    if len(entries) < 2:
        return entries
    names = _names(entries)
    if len(set(names)) < len(names):
        by_name: dict[str, list[E]] = {}
        for name, entry in zip(names, entries, strict=True):
            by_name.setdefault(name, []).append(entry)
        for alike in by_name.values():
            for copy, entry in enumerate(sorted(alike, key=_details) if len(alike) > 1 else (), 1):
                entry.copy = copy
    return entries


def _names(entries: Sequence[Entry]) -> list[str]:
    named_by, by_the_first = entries[0].NAMED_BY, entries[0].BY_THE_FIRST
    told = map(attrgetter(*named_by), entries)
    parts: Iterable[tuple[Any, ...]] = zip(told, strict=True) if len(named_by) == 1 else told
    names = ([each if type(each) is str else _written(each) for each in of if each is not None] for of in parts)
    return [there[0] if there else "" for there in names] if by_the_first else list(map("|".join, names))


def _details(entry: Entry) -> str:
    parts = (getattr(entry, name) for name in entry.TOLD_BY)
    return "|".join(_written(part) for part in parts if part is not None)


def _written(part: Any) -> str:
    match part:
        case str():
            return part
        case bool():
            return str(part).lower()
        case list():
            return f"[{', '.join(sorted(part))}]"
    return str(part)


@dataclass(frozen=True, slots=True)
class Flag:
    """A value that is not as it should be: where it stands, what it is, what is odd about it."""

    path: str
    value: str
    reason: str


class UnreadableError(ValueError):
    """Bytes that are no record: why, where (``$`` is the whole), and the number that stands there all the same."""

    def __init__(self, reason: str, path: str, trial_id: str | None) -> None:
        super().__init__(reason)
        self.path = path
        self.trial_id = trial_id


@dataclass(frozen=True, slots=True)
class Sent:
    """A part of a record as the registry sends it, and where: its module and its key there."""

    module: str
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Entries:
    """A list that has a kind of change of its own.

    ``whole`` is what is compared, ``told`` what of it is told, ``by_noun`` the entries told of, by what each is.
    """

    whole: Any
    told: Any
    by_noun: Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is compared of a record, in canonical form.

    ``columns`` are columns of the views, ``dates`` those that are dates, with what was sent (date and type);
    ``enrollment`` likewise. ``lists`` stand by child view. ``criteria`` say who may take part. ``rest`` is what
    has no kind of its own, by the registry's own module; of modules in ``shown`` its values may be told, while
    others may name people. ``registrys_own`` are parts that the registry adds, not the sponsor. ``posted`` moves
    whenever the sponsor's hand is in a new state. ``status_from`` says what the status follows from, where it
    stands nowhere in the record. ``known`` are the fields of which a record that came in part tells what the whole
    one will; None where it came whole.
    """

    columns: Mapping[str, Any]
    dates: Mapping[str, Sent] = field(default_factory=dict)
    enrollment: Sent | None = None
    lists: Mapping[str, Entries] = field(default_factory=dict)
    publications: Sent | None = None
    criteria: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rest: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    registrys_own: Mapping[str, Any] = field(default_factory=dict)
    posted: Any = None
    status_from: str | None = None
    known: frozenset[str] | None = None


class Mark(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """By what a record is known, and the day of the data version that is written into it, if any."""

    fingerprint: str
    stamped_on: date | None = None


class Reading(Protocol):
    """A record that was read, once: everything that is asked of it afterwards."""

    @property
    def trial_id(self) -> str: ...

    @property
    def trial(self) -> Trial: ...

    @property
    def content_hash(self) -> str:
        """BLAKE2b of what counts in the record, in canonical form."""

    def flags(self) -> list[Flag]:
        """What is odd about it, once a path and value."""

    def counted(self, spelling: Spelling) -> Counted:
        """What is compared of it, its texts in one spelling."""

    def on(self, today: date) -> "Reading":
        """The same record, as it is read on another day."""


class Reader(Protocol):
    """Reads the records of one registry. Pure: it asks nobody, and the calendar only by ``today``.

    ``number_at`` is where in a record the trial's number stands, as a path. ``edition`` is raised whenever the
    same bytes are read otherwise than before: then every record is read once more. ``needs_latest`` where the
    next night looks at the bytes of this one (``Question.held``), be the state of their trial the same.
    """

    number_at: str
    edition: int
    needs_latest: bool

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        """The bytes but for the registry's stamp, and the day of the data version that the stamp names, if any.

        They are not parsed: of what is known by them nothing more is asked.
        """

    def impersonal(self, payload: bytes) -> bytes | None:
        """The record as it may be published, without people, as JSON; None for what is no record at all."""

    def read(self, payload: bytes, today: date) -> Reading:
        """Raises ``UnreadableError``."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a version of a record is known beside its contents: when it was submitted, and with which status.

    ``number`` is the registry's own, where the record came from its history.
    """

    submitted_on: date | None
    status: str | None
    number: int | None = None


class PastReader(Protocol):
    """Tells apart, and compares, records of nights and those that a registry's record history showed. Pure."""

    def stamp(self, payload: bytes) -> Stamp:
        """By what a record is known, wherever it came from."""

    def counted_alike(self, before: bytes, after: bytes) -> tuple[Counted, Counted]:
        """What is compared of two records, one of the past at least: only what both hold, in one spelling."""
