"""Changes told between versions of the past against the registry's own patches between them (trialdiff, CC BY).

Each of 95 real pairs is put together again from the earlier version's status and the old and new value at every
path that the patch touches. Which fields differ, letters compared alone, is its word; what is told is ours.
"""

import csv
import gzip
import html
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.clinicaltrials_gov.past_records import as_in_a_night, counted_alike, stamp, to_be_kept, words_of
from connectors.clinicaltrials_gov.reading import Reader
from warehouse.judge.changes import Finding, differences

Pair = dict[str, Any]
ABSENT = {"__missing__": True}
NO_CHANGE = re.compile(
    r"statusModule/(statusVerified|lastUpdate|studyFirst|resultsFirst|dispFirst|lastKnown)|/reviewUnit$"
    r"|^/(results|document|annotation)Section"
)
FIELDS = (
    *(("/hasResults$", "has_results"), ("/overallStatus$", "overall_status"), ("/whyStopped$", "why_stopped")),
    *(("/startDateStruct", "start_date"), ("/primaryCompletionDateStruct", "primary_completion_date")),
    *(("/completionDateStruct", "completion_date"), ("/enrollmentInfo", "enrollment")),
    *(("/briefTitle$", "title"), ("/officialTitle$", "official_title"), ("/acronym$", "acronym")),
    *(("/outcomesModule/", "trial_outcomes"), ("/armGroups", "trial_arms")),
    *((r"Module/interventions(/|$)", "trial_interventions"), ("/eligibilityModule", "eligibilityModule")),
    *(("/contactsLocationsModule/locations", "trial_sites"), ("Module/conditions(/|$)", "trial_conditions")),
    *(("/sponsorCollaboratorsModule/(leadSponsor|collaborators)", "trial_sponsors"),),
    ("/referencesModule/references", "trial_publications"),
)
"""Where a difference at a path is told; elsewhere by its module."""


@pytest.fixture(scope="session")
def pairs(shared: Path) -> list[Pair]:
    with gzip.open(shared / "registry/history/patches_95_old_new.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def counted(shared: Path) -> dict[tuple[str, int], dict[str, str]]:
    with (shared / "registry/history/status_and_results_changes.csv").open(encoding="utf-8") as lines:
        return {(row["nct"], int(row["from"])): row for row in csv.DictReader(lines)}


def bodies(pair: Pair) -> Iterator[bytes]:
    """What is kept of the earlier and the later version, as far as the patch tells them."""
    for number, side in ((pair["from"], "old_value"), (pair["to"], "new_value")):
        status = json.loads(json.dumps(pair["from_status"]["status_module"]))
        study: Any = {
            "protocolSection": {"identificationModule": {"nctId": pair["nctId"]}, "statusModule": status}
        }
        study["hasResults"] = False
        for step in pair["patch"]:
            put(study, step["path"].strip("/").split("/"), step[side])
        yield to_be_kept(json.dumps({"studyVersion": number, "study": study}).encode(), pair["nctId"], number)


def put(part: Any, steps: list[str], value: Any) -> None:
    """Put a value where a path leads; what a list holds before that place is the same on both sides."""
    for step, below in zip(steps, [*steps[1:], ""], strict=True):
        key: Any = int(step) if isinstance(part, list) else step
        while isinstance(part, list) and len(part) <= key:
            part.append({"same": len(part)})
        if below == "":
            part[key] = value
            if value == ABSENT:
                del part[key]
        elif isinstance(part, list):
            part[key] = part[key] if isinstance(part[key], dict) else {}
        else:
            part.setdefault(key, [] if below.isdigit() else {})
        part = part[key] if below else part


def told(pair: Pair) -> list[Finding]:
    return differences(*counted_alike(*bodies(pair)), "sponsor")


def letters(value: Any) -> Any:
    """The letters of a value alone, without tags and escapes; nothing of what is not there."""
    match value:
        case str():
            return re.sub(r"\W+", "", html.unescape(re.sub(r"</?(p|ul|ol|li)>", " ", value)))
        case {"__missing__": True}:
            return ""
        case dict():
            kept = {key: letters(part) for key, part in value.items() if key not in ("reviewUnit", "geoPoint")}
            return {key: part for key, part in kept.items() if part not in ("", {}, [])}
        case list():
            return sorted((part for part in map(letters, value) if part not in ("", {}, [])), key=repr)
    return value


def differing(pair: Pair) -> set[str]:
    """The fields in which the versions differ, as the patch has it. Lists have no order."""
    sides: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for step in pair["patch"]:
        if NO_CHANGE.search(step["path"]):
            continue
        field = next(
            (field for path, field in FIELDS if re.search(path, step["path"])), step["path"].split("/")[2]
        )
        where = re.sub(r"/\d+(?=/|$)", "/#", step["path"])
        for side, name in zip(sides[field], ("old_value", "new_value"), strict=True):
            side.append(repr((where, letters(step[name]))))
    lapsed = any(step["path"].endswith("/lastKnownStatus") for step in pair["patch"])
    found = {field for field, (old, new) in sides.items() if sorted(old) != sorted(new)}
    return found - {"overall_status"} if lapsed else found


def texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict() | list():
            for part in value.values() if isinstance(value, dict) else value:
                yield from texts(part)


def test_no_word_of_a_real_text_is_lost_with_its_layout(pairs: list[Pair], shared: Path) -> None:
    with gzip.open(shared / "registry/history/patches_142_raw.jsonl.gz", "rt", encoding="utf-8") as lines:
        patches = [json.loads(line)["patch"] for line in lines] + [pair["patch"] for pair in pairs]
    found = {text for patch in patches for text in texts(patch) if "<li>" in text or "<p>" in text}
    assert len(found) > 100
    for text in found:
        modules = {"identificationModule": {"nctId": "NCT00000001"}, "descriptionModule": {"briefSummary": text}}
        body = json.dumps({"studyVersion": 0, "study": {"protocolSection": modules}}).encode()
        kept = json.loads(as_in_a_night(to_be_kept(body, "NCT00000001", 0)))
        written = kept["protocolSection"]["descriptionModule"]["briefSummary"]
        as_words, as_sent = letters(words_of(written)), letters(unicodedata.normalize("NFKC", text))
        assert re.sub(r"\d", "", as_words) == re.sub(r"\d", "", as_sent), "but for the numbers of lists"


def test_status_changes_are_those_of_the_patches(
    pairs: list[Pair], counted: dict[tuple[str, int], dict[str, str]]
) -> None:
    changed = 0
    for pair in pairs:
        row = counted.get((pair["nctId"], pair["from"]), {"new_status": "", "lastKnownStatus": ""})
        expected = []
        if row["new_status"] and not row["lastKnownStatus"]:
            expected = [(pair["from_status"]["status_module"]["overallStatus"], row["new_status"])]
        found = [(each.old_value, each.new_value) for each in told(pair) if each.field == "overall_status"]
        assert found == expected, pair["nctId"]
        changed += len(found)
    assert (len(pairs), changed) == (95, 30)


def test_submitted_and_posted_days_are_those_of_the_patches(
    pairs: list[Pair], counted: dict[tuple[str, int], dict[str, str]]
) -> None:
    for pair in pairs:
        _, later = bodies(pair)
        assert str(stamp(later).submitted_on) == pair["submitted"]
        if row := counted.get((pair["nctId"], pair["from"])):
            posted_on = Reader().read(later, date(2026, 9, 12)).trial.last_update_posted_on
            assert (row["submitted"], row["posted"]) == (pair["submitted"], str(posted_on))


def test_fields_told_are_those_in_which_the_patches_differ(pairs: list[Pair]) -> None:
    """In 92 of 95 pairs all of them, 390 of 391 fields; in none anything that looks like a change and is none.

    A start date that vanished is told of its module; two texts differ in blanks within a line alone, as in
    ``ALTTO(Adjuvant``, which the letters do not show.
    """
    expected = agreed = alike = 0
    others = {}
    for pair in pairs:
        found = {each.field.removesuffix("_type") for each in told(pair)}
        wanted = differing(pair)
        expected, agreed, alike = expected + len(wanted), agreed + len(found & wanted), alike + (found == wanted)
        if found != wanted:
            others[pair["nctId"]] = found ^ wanted
    assert (alike, agreed, expected) == (92, 390, 391)
    assert others == {
        "NCT00337649": {"statusModule", "start_date"},
        "NCT00490139": {"title"},
        "NCT02642094": {"contactsLocationsModule"},
    }
