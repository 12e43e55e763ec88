"""The usual record takes a shorter way than the odd one. Both ways come to the same, whatever the record."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from connectors import spelling
from connectors.canonical import RareError, canonical, content_hash, stored_in_place
from connectors.clinicaltrials_gov import fitting
from connectors.clinicaltrials_gov.fitting import Understood, understood
from connectors.clinicaltrials_gov.oddities import flags
from connectors.clinicaltrials_gov.reading import Reading, as_trial
from connectors.spelling import compared, plain, shown
from connectors.trial import UnreadableError
from tests.records import a_trial
from tests.warehouse.test_properties import JSON, wounded

LETTERS = st.sampled_from(
    [*'aZ 9\t\n"\\\u00a0\u00ad\u200b\u200d\u2028\ufe0f’“–‑²½™µéﬁ１＂（≥Ωдא가가', "e\u0301", "\u0338"]
)
TEXTS = st.lists(LETTERS, max_size=8).map("".join)


def the_long_way(found: Understood) -> Understood:
    value, odd = fitting._decoded(found.payload)
    return fitting._odd(found.trial_id, found.payload, value, odd)


def spelt_anew(record: Any, text: st.DataObject) -> Any:
    """The record with other texts in some of its places."""
    if isinstance(record, dict):
        return {key: part if key == "nctId" else spelt_anew(part, text) for key, part in record.items()}
    if isinstance(record, list):
        return [spelt_anew(part, text) for part in record]
    return record + text.draw(TEXTS) if isinstance(record, str) and text.draw(st.integers(0, 9)) == 0 else record


def see_that_both_ways_agree(record: Any) -> None:
    try:
        found = understood(json.dumps(record).encode())
    except UnreadableError:
        reject()
    slow = the_long_way(found)
    assert found.content_hash == slow.content_hash
    assert as_trial(found.trial_id, found.typed) == as_trial(slow.trial_id, slow.typed)
    assert Reading(found).flags() == flags(slow.record, slow.odd)


@given(wounded())
def test_a_record_with_anything_in_any_place_is_read_alike_both_ways(record: Any) -> None:
    see_that_both_ways_agree(record)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.data())
def test_a_record_with_any_letters_is_read_alike_both_ways(text: st.DataObject) -> None:
    see_that_both_ways_agree(spelt_anew(a_trial("NCT00000001"), text))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("statusModule.overallStatus", "NEVER_HEARD_OF"),
        ("statusModule.overallStatus", "\u00a0RECRUITING"),
        ("statusModule.startDateStruct", {"date": "2026-02-31", "type": "ACTUAL"}),
        ("statusModule.startDateStruct", {"date": "2026-02", "type": "MEANT"}),
        ("designModule.enrollmentInfo", {"count": 99999999, "type": "ACTUAL"}),
        ("designModule.enrollmentInfo", {"count": 60.0, "type": "ACTUAL"}),
        ("designModule.phases", ["PHASE2", "PHASE9"]),
        ("designModule.phases", ["‑", "PHASE2"]),
        ("contactsLocationsModule.locations", [{"status": "RECRUITING"}, {"status": "CLOSED"}, {}]),
        ("identificationModule.secondaryIdInfos", [{"id": "2019–001’a", "type": "EUDRACT_NUMBER"}]),
        ("designModule.phases", ["\ufe0f", "PHASE1"]),
        ("conditionsModule.keywords", ["a", "\ufe0f", "\u200d\ufe0e", "a\ufe0f"]),
        ("statusModule.statusVerifiedDate", "\ufe0f"),
        ("identificationModule.nctIdAliases", ["NCT0000000２"]),
        ("eligibilityModule.minimumAge", "18 Summers"),
        ("eligibilityModule.maximumAge", "６５\u00a0Years"),
        (
            "eligibilityModule.eligibilityCriteria",
            "Inclusion:\n\n* Adults\u00a0\n  * who “drink”\n\n\n\nExclusion:",
        ),
        ("descriptionModule.detailedDescription", "\ufe0f"),
        ("descriptionModule.briefSummary", ["a", "list"]),
        ("designModule.designInfo", {"allocation": "BY_LOT", "maskingInfo": {"whoMasked": ["PARTICIPANT", None]}}),
        ("oversightModule.oversightHasDmc", "true"),
        ("ipdSharingStatementModule.ipdSharing", "PERHAPS"),
        ("ipdSharingStatementModule.description", " a\n b "),
    ],
)
def test_what_needs_a_flag_or_another_spelling_is_read_alike_both_ways(place: str, value: Any) -> None:
    record = copy.deepcopy(a_trial("NCT00000001"))
    module, key = place.split(".")
    record["protocolSection"].setdefault(module, {})[key] = value
    see_that_both_ways_agree(record)


@pytest.mark.parametrize(
    "section",
    [
        None,
        {},
        "Prot",
        {"largeDocumentModule": {"largeDocs": [{"typeAbbrev": "Prot‑SAP", "label": " Plan “A”", "size": 3.0}]}},
        {"largeDocumentModule": {"largeDocs": [{"hasSap": "true", "uploadDate": ""}, None, "ICF"]}},
    ],
)
def test_documents_are_read_alike_both_ways_and_are_no_part_of_what_counts(section: Any) -> None:
    record = a_trial("NCT00000001")
    without = understood(json.dumps(record).encode())
    record["documentSection"] = section
    see_that_both_ways_agree(record)
    assert understood(json.dumps(record).encode()).content_hash == without.content_hash


def test_a_record_that_closes_in_a_text_what_it_never_opened_is_no_less_deep() -> None:
    deep: Any = []
    for _ in range(150):
        deep = [deep]
    record = {"title": "]" * 900, **copy.deepcopy(a_trial("NCT00000001"))}
    record["protocolSection"]["deep"] = deep
    found = understood(json.dumps(record).encode())
    assert [flag.path for flag in Reading(found).flags()] == ["protocolSection.deep" + "[0]" * 98]
    see_that_both_ways_agree(record)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_a_value_in_place_has_the_hash_of_its_canonical_form(value: Any) -> None:
    expected, is_rare = content_hash(value), canonical(value) != canonical(value, str) or _has_nothing(value)
    try:
        assert stored_in_place(copy.deepcopy(value)).content_hash() == expected
    except RareError:
        assert is_rare


def _has_nothing(value: Any) -> bool:
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return any(part in (None, "", [], {}) or _has_nothing(part) for part in parts)
    return isinstance(value, float) and value.is_integer()


@given(TEXTS)
def test_a_stored_text_is_compared_as_the_text_that_was_sent(text: str) -> None:
    assert plain(shown(text)) == compared(text)


def test_a_letter_that_stands_alone_is_spelt_alike_in_any_company() -> None:
    """Every letter that we spell by itself, beside those that compose with others."""
    company = ("", "a", "e\u0301", "\u0338", "\u1161", "\u200d", "א", "x y")
    alone = [chr(code) for code in range(0x3100) if spelling.compared_alone(chr(code)) is not None]
    assert len(alone) > 2000
    for letter in alone:
        for other in company:
            for text in (other + letter, letter + other):
                stored = spelling._dressed(" ".join(text.split()))
                assert shown(text) == stored
                assert compared(text) == (stored if stored.isascii() else spelling._plain(stored))


def test_a_text_of_nothing_is_shown_as_it_is_compared_as_none_at_all() -> None:
    status = {"overallStatus": "", "whyStopped": "", "startDateStruct": {"date": "", "type": ""}}
    empty = understood(json.dumps(a_trial("NCT00000001", **status)).encode())
    without = a_trial("NCT00000001")
    for key in status:
        without["protocolSection"]["statusModule"].pop(key, None)
    absent = understood(json.dumps(without).encode())

    assert empty.content_hash == absent.content_hash
    assert as_trial(empty.trial_id, empty.typed) == as_trial(absent.trial_id, absent.typed)
