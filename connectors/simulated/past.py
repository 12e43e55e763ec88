"""The record history of ClinicalTrials.gov, answered: the list of a trial's versions, and each of them.

A version is not drawn as it was sent: texts are escaped, layouts stand in tags, nothing is derived, and a few
parts are today's whatever the version (recorded bodies of 2026).
"""

import copy
import html
import json
import re
from collections.abc import Iterator
from typing import Any

from connectors.simulated.exchange import Reply, plain
from connectors.simulated.holdings import Holdings
from connectors.simulated.trial import Record

STUDIES = "/api/int/studies"
OF_VERSIONS = re.compile(rf"{STUDIES}/(NCT\d{{8}})")
OF_ONE = re.compile(rf"{STUDIES}/(NCT\d{{8}})/history/(\d+)")
_IN_TAGS = ("eligibilityCriteria", "detailedDescription")
"""Two of the texts that the real one draws in tags."""


def listed(holdings: Holdings, number: str) -> Reply:
    """The list of the versions of a trial."""
    if not holdings.holds(number):
        return plain(404, f"NCT number {number} not found")
    trial = holdings.trial(number)
    changes = [
        {"version": place, "date": _status(record).get("lastUpdateSubmitDate"), **_named(record)}
        for place, record in enumerate((*trial.past, trial.record))
    ]
    return _json({"study": _drawn(trial.record, trial.record), "history": {"changes": changes}, "topics": []})


def one(holdings: Holdings, number: str, place: int) -> Reply:
    """A version of a trial; behind the last one there is a wall."""
    trial = holdings.trial(number) if holdings.holds(number) else None
    versions = (*trial.past, trial.record) if trial else ()
    if not trial or place >= len(versions):
        return Reply(403, {"Content-Type": "text/html"}, b"<html><body>Forbidden</body></html>")
    return _json({"studyVersion": place, "study": _drawn(versions[place], trial.record)})


def _named(record: Record) -> Record:
    return {"status": _status(record).get("overallStatus"), "studyType": "INTERVENTIONAL", "moduleLabels": []}


def _status(record: Record) -> Record:
    found: Record = record.get("protocolSection", {}).get("statusModule", {})
    return found


def _drawn(record: Record, today: Record) -> Record:
    """A record without what is derived, and with the publications that the registry has added until today."""
    protocol = copy.deepcopy(record["protocolSection"])
    added = [each for each in _references(today["protocolSection"]) if each.get("type") == "DERIVED"]
    of_then = [each for each in _references(protocol) if each.get("type") != "DERIVED"]
    if references := [*of_then, *added]:
        protocol["referencesModule"] = {**protocol.get("referencesModule", {}), "references": references}
    return {"protocolSection": _escaped(protocol, ""), "hasResults": record.get("hasResults", False)}


def _references(protocol: Record) -> list[Record]:
    found: list[Record] = protocol.get("referencesModule", {}).get("references", [])
    return found


def _escaped(value: Any, name: str) -> Any:
    match value:
        case dict():
            return {key: _escaped(part, key) for key, part in value.items()}
        case list():
            return [_escaped(part, name) for part in value]
        case str():
            return "".join(_in_tags(value)) if name in _IN_TAGS else _once(value)
    return value


def _once(text: str) -> str:
    return html.escape(text).replace("/", "&#x2F;")


def _in_tags(text: str) -> Iterator[str]:
    """Paragraphs, and lists of lines that begin with an asterisk; without the backslashes of Markdown."""
    for block in re.split(r"\n\s*\n", re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text)):
        lines = block.split("\n")
        if all(line.startswith("* ") for line in lines):
            yield f"<ul>{''.join(f'<li>{_once(line[2:])}</li>' for line in lines)}</ul>"
        else:
            yield f"<p>{_once(block)}</p>"


def _json(value: Any) -> Reply:
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(value, ensure_ascii=False).encode())
