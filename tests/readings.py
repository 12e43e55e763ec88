"""Records of ClinicalTrials.gov as the house reads them, for tests that have them as JSON."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import zstandard

from connectors import canonical
from connectors.clinicaltrials_gov.reading import Reader, Reading
from connectors.clinicaltrials_gov.what_counts import counted, what_counts
from connectors.spelling import OneSpelling
from connectors.trial import Trial
from warehouse.judge.changes import Finding, differences
from warehouse.keep import intake
from warehouse.keep.holdings import Held
from warehouse.keep.intake import Known, Read, Seen, Unreadable
from warehouse.store.landed import Frame

READER = Reader()
MARKING = intake.marking(READER)
TODAY = date(2026, 9, 12)


def reading(record: Any) -> Reading:
    return READER.read(record if isinstance(record, bytes) else json.dumps(record).encode(), TODAY)


def trial_of(record: Any) -> Trial:
    """A record that need not say its number."""
    protocol = {"identificationModule": {}, **record["protocolSection"]}
    named = {"nctId": "NCT00000000", **protocol["identificationModule"]}
    return reading({**record, "protocolSection": {**protocol, "identificationModule": named}}).trial


def read(records: Iterable[bytes], hashes: Mapping[str, str] | None = None) -> list[Read | Unreadable]:
    """What a night finds in records that land, where trials of these hashes are held."""
    held = {trial_id: Held(1, content_hash, *[None] * 5) for trial_id, content_hash in (hashes or {}).items()}
    found = intake.read([framed(records)], READER, TODAY, Known(held))
    return [each for each in found if not isinstance(each, Seen)]


def framed(records: Iterable[bytes]) -> Frame:
    listed = list(records)
    return Frame(zstandard.compress(b"".join(each + b"\n" for each in listed)), list(map(MARKING, listed)))


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[Finding]:
    alike = OneSpelling()
    return differences(counted(before, alike), counted(after, alike))


def content_hash(record: dict[str, Any]) -> str:
    return canonical.content_hash(what_counts(record))
