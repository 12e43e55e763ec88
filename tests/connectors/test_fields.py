"""The words that a registry brings for its own fields, and that nobody else knows them."""

import re
from pathlib import Path
from typing import Any

import msgspec

from connectors.clinicaltrials_gov import record
from connectors.fields import fields
from connectors.lists import read_rows

ROOT = Path(__file__).parents[2]
LISTS = sorted((ROOT / "connectors").glob("*/fields.csv"))
OWN_WORD = re.compile(r"[a-z]+[A-Z]\w*")
"""A word that is nobody's but the registry's: ``timeFrame``, and not ``name``."""


def keys_of(shape: Any) -> set[str]:
    """Every key that the shape of a record names."""
    structs = [each for each in vars(record).values() if isinstance(each, type) and issubclass(each, shape)]
    return {field.encode_name for each in structs for field in msgspec.structs.fields(each)}


def test_every_list_is_read_and_no_two_give_a_field_different_words() -> None:
    said: dict[str, tuple[str, ...]] = {}
    for path in LISTS:
        for row in read_rows(path):
            words = tuple(row.values())
            assert said.setdefault(row["field"], words) == words, path
    assert said.keys() == fields().keys()


def test_the_warehouse_has_none_of_a_registrys_own_words() -> None:
    own = {key for key in keys_of(msgspec.Struct) | fields().keys() if OWN_WORD.fullmatch(key)}
    own |= {"versionHolder", "resultsSection", "annotationSection", "documentSection"}
    assert {"protocolSection", "derivedSection", "nctId", "statusModule", "timeFrame"} <= own
    theirs = re.compile(rf"\b(?:{'|'.join(sorted(own))}|\w+[a-z]Module)\b")
    there = [path for path in (ROOT / "warehouse").rglob("*") if path.is_file()]
    files = [path for path in there if not {"__pycache__", "vendor"}.intersection(path.parts)]
    assert len(files) > 100
    assert {(str(path), found) for path in files for found in theirs.findall(path.read_text("utf-8"))} == set()


def test_clinicaltrials_govs_words_are_of_fields_that_it_has(shared: Path) -> None:
    described = (shared / "registry/openapi-2.0.5.yaml").read_text("utf-8")
    known = set(re.findall(r"^\s+(\w+):", described, re.MULTILINE))
    listed = {row["field"] for row in read_rows(ROOT / "connectors/clinicaltrials_gov/fields.csv")}
    assert listed <= known
