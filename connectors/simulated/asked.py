"""The parameters of a search, read and checked as the registry does: everything it refuses is refused here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.simulated import paging
from connectors.simulated.pieces import DATES, PIECES, SORTABLE
from connectors.simulated.refusal import Refusal, invalid, misshapen, not_simulated
from connectors.simulated.search import Predicate, meaning_of, only_numbers
from connectors.simulated.synonyms import Thesaurus

QUERIES = {
    "query.cond": ("ConditionSearch", "Conditions or disease"),
    "query.term": ("BasicSearch", "Other terms"),
    "query.locn": ("LocationSearch", "Location terms"),
    "query.titles": ("TitleSearch", "Title / acronym"),
    "query.intr": ("InterventionSearch", "Intervention / treatment"),
    "query.outc": ("OutcomeSearch", "Outcome measure"),
    "query.spons": ("SponsorSearch", "Sponsor / collaborator"),
    "query.lead": ("LeadSponsorName", "Lead sponsor"),
    "query.id": ("IdSearch", "Study IDs"),
    "query.patient": ("PatientSearch", "Patient"),
}
"""Each with the area it looks in and the name by which refusals call it."""

_FILTERS = tuple(
    f"{when}.{what}"
    for when in ("filter", "postFilter")
    for what in ("overallStatus", "geo", "ids", "advanced", "synonyms")
)
_PAGING = ("countTotal", "pageSize", "pageToken")
_PARAMETERS = frozenset(
    {"format", "markupFormat", *QUERIES, *_FILTERS, "aggFilters", "geoDecay", "fields", "sort", *_PAGING}
)
_PARAMETERS_OF_ONE = frozenset({"format", "markupFormat", "fields"})
_NOT_SIMULATED = ("aggFilters", "geoDecay", *(name for name in _FILTERS if name.endswith(("geo", "synonyms"))))
_STATUSES = frozenset(
    {
        "ACTIVE_NOT_RECRUITING",
        "COMPLETED",
        "ENROLLING_BY_INVITATION",
        "NOT_YET_RECRUITING",
        "RECRUITING",
        "SUSPENDED",
        "TERMINATED",
        "WITHDRAWN",
        "AVAILABLE",
        "NO_LONGER_AVAILABLE",
        "TEMPORARILY_NOT_AVAILABLE",
        "APPROVED_FOR_MARKETING",
        "WITHHELD",
        "UNKNOWN",
    }
)
_NUMBER = re.compile(r"NCT0*([1-9]\d{0,7})", re.IGNORECASE | re.ASCII)
_SORTING = re.compile(r"([A-Za-z][A-Za-z0-9\-. ]*|@relevance)(?::(asc|desc))?")
DEFAULT_PAGE_SIZE = 10
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Sorting:
    piece: str
    descending: bool


@dataclass(frozen=True, slots=True)
class AskedSearch:
    """A search the registry understood. A trial is found when it passes every test.

    ``ids`` are tests by number, kept apart because they also reach trials that no query returns.
    ``first`` is the offset of the page, ``page`` counts from 1.
    """

    has_query: bool
    tests: tuple[Predicate, ...]
    ids: tuple[frozenset[str], ...]
    fields: tuple[str, ...]
    sort: tuple[Sorting, ...]
    wants_total: bool
    page_size: int
    token: str | None
    page: int
    first: int


def nct_number(text: str) -> str | None:
    """The number in the registry's own spelling ("nct1" is NCT00000001), None for what is none."""
    found = _NUMBER.fullmatch(text)
    return f"NCT{int(found[1]):08d}" if found else None


def asked(params: Mapping[str, str], thesaurus: Thesaurus, page_cap: int) -> AskedSearch:
    """A search from its parameters. Raises ``Refusal``, as the registry does, for the first wrong one."""
    _refuse_unknown(params, _PARAMETERS)
    for name in _NOT_SIMULATED:
        if name in params:
            raise not_simulated(f"the parameter {name}")
    queries = {name: params[name] for name in QUERIES if params.get(name, "").strip()}
    numbers = {name: only_numbers(query) for name, query in queries.items()}
    ignores_filters = any(numbers.values())
    filters = {} if ignores_filters else {name: params[name] for name in _FILTERS if params.get(name)}
    tests = [meaning_of(query, *QUERIES[name], thesaurus) for name, query in queries.items() if not numbers[name]]
    tests += [_filter(name, value, thesaurus) for name, value in filters.items() if not name.endswith("ids")]
    ids = [frozenset(_numbers(name, value)) for name, value in filters.items() if name.endswith("ids")]
    ids += [frozenset(filter(None, map(nct_number, found))) for found in numbers.values() if found]
    token = params.get("pageToken") or None
    page, first = paging.place(token)
    return AskedSearch(
        has_query=bool(queries),
        tests=tuple(tests),
        ids=tuple(ids),
        fields=fields(params),
        sort=_sort(params.get("sort", "")),
        wants_total=_yes_or_no("countTotal", params.get("countTotal", "false")),
        page_size=min(_page_size(params.get("pageSize") or "0"), page_cap),
        token=token,
        page=page,
        first=first,
    )


def fields_of_one(params: Mapping[str, str]) -> tuple[str, ...]:
    """The pieces asked for of a single study. Raises ``Refusal``."""
    _refuse_unknown(params, _PARAMETERS_OF_ONE)
    return fields(params)


def fields(params: Mapping[str, str]) -> tuple[str, ...]:
    """The pieces asked for, none for all. A wrong name is refused with the live API's words (seen 2026-04)."""
    for name, allowed in (("format", ("json",)), ("markupFormat", ("markdown",))):
        value = params.get(name, allowed[0])
        if value in ("csv", "legacy"):
            raise not_simulated(f"the {name} {value}")
        if value not in allowed:
            raise invalid(name, value)
    if "fields" not in params:
        return ()
    names = _items(params["fields"])
    for name in names or [""]:
        if name not in PIECES:
            raise Refusal(f"Parameter 'fields' contains invalid field name: '{name}'")
    return tuple(names)


def _refuse_unknown(params: Mapping[str, str], known: frozenset[str]) -> None:
    for name in params:
        if name not in known:
            raise Refusal(f"`{name}` is unknown parameter")


def _items(text: str) -> list[str]:
    return [item.strip() for item in re.split(r"[,|]", text) if item.strip()]


def _numbers(parameter: str, text: str) -> list[str]:
    numbers: list[str] = []
    for position, item in enumerate(re.split(r"[,|]", text), start=1):
        number = nct_number(item.strip())
        if number is None:
            raise misshapen(parameter, position)
        numbers.append(number)
    return numbers


def _filter(name: str, value: str, thesaurus: Thesaurus) -> Predicate:
    if name.endswith("advanced"):
        return meaning_of(value, "BasicSearch", "advanced filter", thesaurus)
    statuses = _items(value)
    for status in statuses:
        if status not in _STATUSES:
            raise invalid("overallStatus", status)
    return lambda trial: any(status in statuses for status in trial.texts("OverallStatus"))


def _sort(text: str) -> tuple[Sorting, ...]:
    items = _items(text)
    if len(items) > 2:
        raise Refusal("Parameter `sort` has more than 2 items")
    sortings = []
    for position, item in enumerate(items, start=1):
        found = _SORTING.fullmatch(item)
        if found is None:
            raise misshapen("sort", position)
        piece, direction = found.groups()
        if piece not in SORTABLE and piece != "@relevance":
            raise invalid("sort", item)
        is_descending = direction == "desc" if direction else piece in DATES or piece == "@relevance"
        sortings.append(Sorting(piece, is_descending))
    return tuple(sortings)


def _yes_or_no(name: str, value: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(name, value)
    return value == "true"


def _page_size(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise invalid("pageSize", text)
    return min(int(text) or DEFAULT_PAGE_SIZE, LARGEST_PAGE)
