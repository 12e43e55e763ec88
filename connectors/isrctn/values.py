"""What single values of ISRCTN mean: numbers of people, phases, drugs, conditions, publications. Pure."""

import re
from typing import Any

from connectors.ages import years
from connectors.isrctn.record import Record
from connectors.spelling import compared, shown
from connectors.trial import MOST_PEOPLE

PHASES = {
    **{f"phase {roman}": [f"PHASE{number}"] for number, roman in enumerate(("i", "ii", "iii", "iv"), 1)},
    "phase i/ii": ["PHASE1", "PHASE2"],
    "phase ii/iii": ["PHASE2", "PHASE3"],
    "phase iii/iv": ["PHASE3", "PHASE4"],
    "phase 0": ["EARLY_PHASE1"],
    "not applicable": ["NA"],
}
"""As the views call them; one that is not here stands as it was sent."""
A_FILLER = 99
"""From so many years on an upper age only fills its field."""
RESULTS = frozenset({"basicresults", "resultsarticle", "resultsabstract", "results", "abstract", "posterresults"})
"""Kinds of output that hold results."""
OF_HOW_IT_IS_DONE = frozenset({"pis", "protocolfile", "sap", "icf", "otherfiles", "trialwebsite"})
"""Kinds of output that are no publication, wherever they stand: documents for who takes part, and plans."""
_COUNT = re.compile(r"\d{1,3}(?:[, ]\d{3})+|\d+", re.ASCII)
_OF_GROUPS = re.compile(r"(?:[^:;]*:\s*\d+\s*;?\s*)+", re.ASCII)
_OF_A_GROUP = re.compile(r":\s*(\d+)\s*(?:;|$)", re.ASCII)
_BESIDES_BRACKETS = re.compile(r"[,;\n](?![^(]*\))")
_ENUMERATED = re.compile(r"^\s*(?:\d{1,2}[.)]|[•*-])\s+")
_PUBMED = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,9})", re.ASCII)


def people_count(written: Any) -> int | None:
    """How many people ``40``, ``1,000`` or ``group a:49;group b:49;`` are; 0 and anything else is not known."""
    text = compared(written) if isinstance(written, str) else ""
    if _OF_GROUPS.fullmatch(text):
        count = sum(int(each[:12]) for each in _OF_A_GROUP.findall(text))
    elif _COUNT.fullmatch(text):
        count = int(re.sub(r"\D", "", text)[:12])
    else:
        return None
    return count if 0 < count <= MOST_PEOPLE else None


def enrollment(participants: Record) -> tuple[int | None, str | None]:
    """The final count, else what is aimed at, and which of both it is."""
    for key, kind in (("totalFinalEnrolment", "ACTUAL"), ("targetEnrolment", "ESTIMATED")):
        count = people_count(participants.get(key))
        if count is not None:
            return count, kind
    return None, None


def phases(interventions: list[Any]) -> list[str] | None:
    """The phases of all interventions, in their order, once."""
    found = [each["phase"] for each in objects(interventions) if isinstance(each.get("phase"), str)]
    named = [phase for each in found for phase in PHASES.get(compared(each).lower(), [compared(each)])]
    return list(dict.fromkeys(named)) or None


def drugs(intervention: Record) -> list[str]:
    """The drugs that an intervention names; a comma in brackets divides none."""
    return _each(_BESIDES_BRACKETS.split(text(intervention.get("drugNames"))))


def conditions(entries: list[Any]) -> list[str]:
    """The conditions: several may be lines of one description."""
    return _each(line for each in objects(entries) for line in text(each.get("description")).splitlines())


def _each(parts: Any) -> list[str]:
    bare = (shown(_ENUMERATED.sub("", part)).strip(" ;,") for part in parts)
    return list(dict.fromkeys(filter(None, bare)))


def age(limit: Any) -> str | None:
    """An age as written: ``40 Years``."""
    if isinstance(limit, dict):
        limit = limit.get("text") or " ".join(filter(None, (limit.get("value"), limit.get("unit"))))
    return compared(limit) or None if isinstance(limit, str) else None


def upper_age(limit: Any) -> str | None:
    """An age above which nobody may take part; None for one that only fills its field."""
    found = age(limit)
    oldest = years(found)
    return None if oldest is not None and oldest >= A_FILLER else found


def has_results(trial: Record) -> bool:
    results, outputs = part(trial, "results"), objects(trial.get("outputs"))
    kinds = {text(each.get("outputType")).lower() for each in outputs}
    return bool(results.get("basicReport") or text(results.get("publicationStage")).lower() == "results") or bool(
        kinds & RESULTS
    )


def publications(trial: Record) -> list[Record]:
    """What was published: lines of one text, and outputs that stand elsewhere."""
    lines = text(part(trial, "results").get("publicationDetails")).splitlines()
    found = [_publication(line, None) for line in lines if line.strip()]
    for each in objects(trial.get("outputs")):
        link = part(each, "externalLink")
        if link and text(each.get("outputType")) not in OF_HOW_IT_IS_DONE:
            told = [text(link.get("url")), text(each.get("description"))]
            found.append(_publication(" ".join(filter(None, told)), text(each.get("outputType")) or None))
    return [each for each in found if each.get("citation")]


def _publication(citation: str, kind: str | None) -> Record:
    pmid = _PUBMED.search(citation)
    entry = {"pmid": pmid[1] if pmid else None, "citation": shown(citation), "type": kind}
    return {name: value for name, value in entry.items() if value}


def part(record: Record, name: str) -> Record:
    """An object in a record; empty where there is none."""
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def objects(entries: Any) -> list[Record]:
    """The objects in a list; a lone one is a list too."""
    found = entries if isinstance(entries, list) else [entries]
    return [each for each in found if isinstance(each, dict)]


def texts(entries: Any) -> list[str]:
    found = entries if isinstance(entries, list) else [entries]
    return [each for each in found if isinstance(each, str)]


def text(value: Any) -> str:
    """A text; of anything else nothing."""
    return value if isinstance(value, str) else ""
