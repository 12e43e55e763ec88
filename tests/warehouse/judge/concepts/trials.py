"""The labelled trials, written down here or beside the repository, and what a reader finds in each.

By the last digit of their number they fall in two: with the even ones, and those without a number, rules may be
written; the odd ones are held back, to measure what the rules do with trials they were not written with.
"""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.lists import read_rows

HERE = Path(__file__).parent
_ARM = re.compile(r"(?P<type>[A-Z]) (?P<label>[^=]*?) = ?(?P<gives>[^|]*)(?:\| (?P<description>.*))?")
_GIFT = re.compile(r"(?P<type>[^:]*): (?P<name>[^|]*?)(?: \| (?P<description>.*))?")
_ARM_TYPES = {
    "E": "EXPERIMENTAL",
    "A": "ACTIVE_COMPARATOR",
    "P": "PLACEBO_COMPARATOR",
    "O": "OTHER",
    "N": "NO_INTERVENTION",
}
COLUMNS = {
    "route": "routes",
    "dose": "doses",
    "doses_given": "doses_given",
    "comparator": "comparators",
    "psychotherapy": "psychotherapies",
    "outcome_instrument": "outcome_instruments",
}


@dataclass(frozen=True)
class Labelled:
    """A trial and what a reader finds in it: by concept its values, and its doses in mg/kg."""

    number: str
    record: dict[str, Any]
    values: dict[str, frozenset[str]]
    mg_per_kg: frozenset[float] = field(default=frozenset())

    @property
    def is_held_back(self) -> bool:
        digits = re.findall(r"\d", self.number)
        return bool(digits) and int(digits[-1]) % 2 == 1


def labelled(shared: Path | None = None) -> list[Labelled]:
    """Those written down here, and those of ``shared`` where it is given."""
    records = dict(_written_down())
    if shared:
        records |= _beside(shared)
    return [
        Labelled(
            row["trial"],
            records[row["trial"]],
            {concept: _listed(row[column]) for concept, column in COLUMNS.items()},
            frozenset(map(float, _listed(row["mg_per_kg"]))),
        )
        for row in read_rows(HERE / "labels.csv")
        if row["trial"] in records
    ]


def _listed(words: str) -> frozenset[str]:
    return frozenset(each.strip() for each in words.split(";") if each.strip())


def _beside(shared: Path) -> dict[str, dict[str, Any]]:
    from tests.warehouse.judge.test_cohort import cases, rebuilt

    found: dict[str, dict[str, Any]] = {}
    listed = (("treatment_trials", "trials"), ("other_ketamine_trials", "trials"), ("borderline", "cases"))
    for name, key in listed:
        for facts in cases(shared, f"{name}.json", key):
            found.setdefault(facts.get("registry_id") or "", rebuilt(facts))
    with gzip.open(shared / "registry" / "records" / "real_records.jsonl.gz", "rt", encoding="utf-8") as lines:
        named = (json.loads(line) for line in lines if "etamin" in line)
        found |= {record["protocolSection"]["identificationModule"]["nctId"]: record for record in named}
    return found


def _written_down() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("in_substance_use.txt", "elsewhere.txt"):
        for block in (HERE / name).read_text("utf-8").strip().split("\n\n"):
            lines = [tuple(line.split(": ", 1)) for line in block.splitlines()]
            told: dict[str, list[str]] = {}
            for key, words in lines:
                told.setdefault(key, []).append(words)
            yield told["number"][0], _record(told)


def _record(told: dict[str, list[str]]) -> dict[str, Any]:
    gifts = [_gift(words) for words in told.get("gift", [])]
    outcomes = [_outcome(words) for words in told.get("outcome", [])]
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT777{int(told['number'][0]):05}",
                "briefTitle": told["title"][0],
                "officialTitle": told.get("official", [None])[0],
            },
            "designModule": {"studyType": "INTERVENTIONAL"},
            "descriptionModule": {
                "briefSummary": told.get("summary", [None])[0],
                "detailedDescription": told.get("detail", [None])[0],
            },
            "armsInterventionsModule": {
                "armGroups": [_arm(words, gifts) for words in told.get("arm", [])],
                "interventions": gifts,
            },
            "outcomesModule": {
                f"{kind}Outcomes": [outcome for of, outcome in outcomes if of == kind]
                for kind in ("primary", "secondary")
            },
            "eligibilityModule": {"eligibilityCriteria": told.get("criteria", [None])[0]},
        }
    }


def _arm(words: str, gifts: list[dict[str, Any]]) -> dict[str, Any]:
    read = _ARM.fullmatch(words)
    assert read, words
    names = [name.strip() for name in read["gives"].split(" + ") if name.strip()]
    kinds = {each["name"]: each["type"].replace("_", " ").title() for each in gifts}
    return {
        "type": _ARM_TYPES[read["type"]],
        "label": read["label"],
        "description": read["description"],
        "interventionNames": [f"{kinds[name]}: {name}" for name in names],
    }


def _gift(words: str) -> dict[str, Any]:
    read = _GIFT.fullmatch(words)
    assert read, words
    return {"type": read["type"].upper(), "name": read["name"], "description": read["description"]}


def _outcome(words: str) -> tuple[str, dict[str, Any]]:
    kind, rest = words.split(" ", 1)
    measure, frame, *description = rest.split(" | ")
    said = {"measure": measure, "timeFrame": frame, "description": description[0] if description else None}
    return ("primary" if kind == "P" else "secondary"), said
