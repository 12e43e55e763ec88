"""The table of kinds is whole: each has its words, its materiality and its occasion, in the order readers want."""

import re

import pytest

from warehouse.words.kinds import KINDS, MATERIALITIES, Kind, document, materiality, weight


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_has_its_words(kind: Kind) -> None:
    assert kind.name == plain_words(kind.name)
    assert kind.sentence[:1].isupper() or kind.sentence.startswith("{field} ")
    assert kind.sentence[-1].isalpha() or kind.sentence[-1] == "}"
    assert kind.when
    assert kind.materiality in MATERIALITIES
    if kind.materiality != "low" or kind.medium_from:
        assert kind.trials, "the page sums it up"


def plain_words(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+", text))


def test_the_most_material_kinds_stand_first() -> None:
    bare = [materiality(kind) for kind in KINDS]
    assert bare == sorted(bare, key=MATERIALITIES.index)


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [
        ("date_slipped", 89, "low"),
        ("date_slipped", 90, "medium"),
        ("date_advanced", 900, "low"),
        ("enrollment_changed", 0.24, "low"),
        ("enrollment_changed", 0.25, "medium"),
        ("completed", 0, "high"),
        ("a_kind_of_2031", 900, "low"),
    ],
)
def test_some_kinds_matter_by_their_size(kind: str, size: float, expected: str) -> None:
    assert materiality(kind, size) == expected


def test_what_nobody_knows_comes_last() -> None:
    known = [weight(each, kind) for each in MATERIALITIES for kind in KINDS]
    assert known == sorted(known)
    assert weight("low", "a_kind_of_2031") > max(known)
    assert weight("grave", "completed") > weight("low", "a_kind_of_2031")


def test_the_document_has_a_row_a_kind_and_no_gaps() -> None:
    lines = document().splitlines()
    assert [re.match(r"\| `(\w+)` \|", line)[1] for line in lines[2:]] == list(KINDS)  # type: ignore[index]
    assert {line.count("|") for line in lines} == {5}
    assert "{" not in document()
