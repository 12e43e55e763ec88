"""What a trial's card says: each fact once, in the words of a reader; a fact that nobody gave is left out.

Pure. ``trial`` is a row of ``trials`` with what is gathered of its parts (``sql/page/parts``) and with its
``brief``. A column that a file does not have is a fact that nobody gave. It does not know how a card looks.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from warehouse.words import brief
from warehouse.words.brief import TrialFacts
from warehouse.words.harmless import plain, shortened, web_address
from warehouse.words.phrases import counted_noun, status_words

Row = Mapping[str, Any]
Fact = tuple[str, list[str]]
"""Its name, and what is said under it, a line each."""

DRUGS = frozenset({"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT", "DIETARY_SUPPLEMENT", "GENETIC", None})
COMPARING = {
    "PLACEBO_COMPARATOR": "placebo",
    "ACTIVE_COMPARATOR": "active comparator",
    "SHAM_COMPARATOR": "sham",
    "NO_INTERVENTION": "no intervention",
}
TYPES = {"ESTIMATED": "expected", "ACTUAL": "actual"}
MOST_LETTERS = 240


def phase(trial: Row) -> str:
    """``Phase 2``, ``Phase 1/2``, ``Early phase 1``; empty where it is not said or does not apply."""
    said = brief.phase(trial.get("phases") or ())
    return f"{said[:1].upper()}{said[1:]}"


def dated(trial: Row, which: str) -> str:
    """A date as written, and whether it is expected or actual."""
    written = plain(trial.get(which))
    kind = TYPES.get(trial.get(f"{which}_type") or "", "")
    return f"{written} ({kind})" if written and kind else written


def facts(trial: Row) -> list[Fact]:
    """Every fact that is known, in the order in which a reader asks."""
    known: TrialFacts = trial["brief"]
    told = [
        ("In brief", [brief.headline(known)] if known.drugs else []),
        ("Design", [brief.design(known)]),
        ("Drug", _drug(trial, brief.drug(known))),
        ("Comparator", _comparator(trial)),
        ("Beside it", _named(trial, "interventions", lambda kind: kind not in DRUGS)),
        ("Psychotherapy", _listed(trial, "psychotherapies")),
        ("Conditions", [", ".join(_listed(trial, "conditions"))]),
        ("Substances", [", ".join(_listed(trial, "substances"))]),
        ("Role of the drug", [_role(trial)]),
        ("Primary outcome", _outcomes(trial)),
        ("Where", _where(trial)),
        ("Sponsor", [plain(trial.get("lead_sponsor")), _with(trial)]),
        ("Start", [dated(trial, "start_date")]),
        ("Primary completion", [dated(trial, "primary_completion_date")]),
        ("Completion", [dated(trial, "completion_date"), _overdue(trial)]),
        ("Results", [_results(trial)]),
        ("Why stopped", [plain(trial.get("why_stopped"))]),
        ("Last verified", [plain(trial.get("status_verified_date"))]),
        (
            "Last known status",
            [status_words(trial["last_known_status"])] if trial.get("last_known_status") else [],
        ),
        ("Becomes unknown", [_on(trial.get("lapses_on"), "unless verified before")]),
        ("Also numbered", [", ".join(_listed(trial, "identifiers"))]),
    ]
    short = ((name, [shortened(line, MOST_LETTERS)[0] for line in lines if line]) for name, lines in told)
    return [(name, lines) for name, lines in short if lines]


def publications(trial: Row) -> list[tuple[str, str]]:
    """What was published of it: the citation, and where PubMed has it (or nothing)."""
    return [
        (
            shortened(plain(each["citation"]) or f"PubMed {plain(each['pmid'])}", MOST_LETTERS)[0],
            _pubmed(each["pmid"]),
        )
        for each in trial.get("publications") or ()
        if each["citation"] or each["pmid"]
    ]


def links(trial: Row) -> list[tuple[str, str]]:
    """Where the registry shows the record, and its history where we know how that is asked for."""
    address = web_address(trial.get("url"))
    if not address:
        return []
    named = plain(trial.get("registry_name"))
    record = (f"The record at {named}", address)
    if named != "clinicaltrials.gov":
        return [record]
    return [record, ("Its history there", f"{address}?tab=history")]


def comparison(trial: Row, before: int | None, after: int | None) -> str:
    """Where the registry itself compares two of its versions, by its own numbers of them; empty without."""
    address = web_address(trial.get("url"))
    if not address or before is None or after is None or trial.get("registry_name") != "clinicaltrials.gov":
        return ""
    return f"{address}?tab=history&a={before}&b={after}#version-content-panel"


def _drug(trial: Row, line: str) -> list[str]:
    """The drug with its dose and road, where that is known, then what the record lists as drugs."""
    registered = _named(trial, "interventions", lambda kind: kind in DRUGS)
    if not line or [line.casefold()] == [each.casefold() for each in registered]:
        return [", ".join(registered)]
    return [line, f"registered: {', '.join(registered)}" if registered else ""]


def _comparator(trial: Row) -> list[str]:
    known = _listed(trial, "comparators")
    if known:
        return [", ".join(known)]
    arms = ((COMPARING.get(arm["type"] or ""), plain(arm["label"])) for arm in trial.get("arms") or ())
    return [f"{label} ({kind})" if label else kind for kind, label in arms if kind]


def _named(trial: Row, part: str, fits: Any) -> list[str]:
    return [plain(each["name"]) for each in trial.get(part) or () if each["name"] and fits(each["type"])]


def _role(trial: Row) -> str:
    role = plain(trial.get("drug_role"))
    return "" if role == "none" else role


def _outcomes(trial: Row) -> list[str]:
    told = [
        f"{plain(each['measure'])} ({plain(each['time_frame'])})" if each["time_frame"] else plain(each["measure"])
        for each in trial.get("outcomes") or ()
    ]
    more = (trial.get("outcome_count") or 0) - len(told)
    return [*told, f"and {more:,} more"] if more > 0 else told


def _where(trial: Row) -> list[str]:
    countries = ", ".join(_listed(trial, "countries"))
    cities = _listed(trial, "cities")
    more = (trial.get("city_count") or 0) - len(cities)
    sites = counted_noun(trial["site_count"], "site") if trial.get("site_count") else ""
    named = ", ".join(cities) + (f" and {more:,} more" if more > 0 else "")
    return [": ".join(filter(None, (sites, countries))), named]


def _with(trial: Row) -> str:
    others = ", ".join(_listed(trial, "collaborators"))
    return f"with {others}" if others else ""


def _overdue(trial: Row) -> str:
    return f"{counted_noun(trial['days_overdue'], 'day')} overdue" if trial.get("is_overdue") else ""


def _results(trial: Row) -> str:
    if trial.get("has_results"):
        return _on(trial.get("results_first_posted_on"), before="posted") or "posted"
    if submitted_on := trial.get("results_first_submitted_on"):
        return _on(submitted_on, "(not posted yet)", "submitted")
    due = _on(trial.get("results_due_on"), "(our estimate)", "due about")
    return f"none posted; {due}" if due else "none posted"


def _on(day: date | None, after: str = "", before: str = "") -> str:
    return " ".join(filter(None, (before, f"{day.day} {day:%b %Y}", after))) if day else ""


def _listed(trial: Row, part: str) -> list[str]:
    values: Iterable[Any] = trial.get(part) or ()
    return [plain(str(each)) for each in values if each]


def _pubmed(pmid: str | None) -> str:
    known = plain(pmid)
    return f"https://pubmed.ncbi.nlm.nih.gov/{known}/" if known.isascii() and known.isdigit() else ""
