"""What holds for any input whatever, and not only for that which somebody thought of."""

import copy
import csv
import io
import json
import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from connectors.canonical import canonical
from connectors.clinicaltrials_gov.searches import MOST_ALTERNATIVES, expressions
from connectors.dates import day, span
from connectors.simulated.asked import asked
from connectors.simulated.synonyms import DEFAULT_SYNONYMS, Thesaurus
from connectors.spelling import compared, shown
from tests.readings import read
from tests.records import a_trial
from warehouse.judge.changes import compare
from warehouse.judge.relevance import judge
from warehouse.keep.intake import Read
from warehouse.tell.attachment import table
from warehouse.words.harmless import defused, plain, shortened, web_address
from warehouse.words.markup import breakable
from warehouse.words.values import LETTERS, MOST_LINES, old_and_new

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
JSON = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=25
)
TRIAL = a_trial("NCT00000001")


def reordered(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, reordered(part, chance)) for key, part in value.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        parts = [reordered(part, chance) for part in value]
        chance.shuffle(parts)
        return parts
    return value


def places(value: Any) -> list[tuple[Any, Any]]:
    found = []
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


@st.composite
def wounded(draw: st.DrawFn) -> dict[str, Any]:
    """A trial with anything in one or two of its places."""
    record = copy.deepcopy(TRIAL)
    for _ in range(draw(st.integers(0, 2))):
        everywhere = [(part, key) for part, key in places(record) if key != "nctId"]
        part, key = everywhere[draw(st.integers(0, len(everywhere) - 1))]
        part[key] = draw(JSON)
    return record


@given(JSON)
def test_the_canonical_form_of_a_canonical_form_is_itself(value: Any) -> None:
    once = canonical(value)
    assert canonical(once) == once


@given(JSON, st.randoms(use_true_random=False))
def test_the_canonical_form_is_blind_to_order(value: Any, chance: random.Random) -> None:
    assert canonical(reordered(value, chance)) == canonical(value)


@given(wounded(), st.randoms(use_true_random=False))
def test_a_record_is_no_change_of_itself_in_whatever_order(record: dict[str, Any], chance: random.Random) -> None:
    (found,) = read([json.dumps(record).encode()])
    (other,) = read([json.dumps(reordered(record, chance)).encode()])
    assume(isinstance(found, Read))
    assert isinstance(found, Read)
    assert isinstance(other, Read)
    assert other.content_hash == found.content_hash
    assert compare(found.reading, other.reading) == []


@pytest.mark.slow
@settings(max_examples=300)
@given(wounded(), wounded())
def test_whatever_can_be_read_can_be_judged_flagged_and_compared(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = [*read([json.dumps(before).encode()]), *read([json.dumps(after).encode()])]
    readable = [each for each in found if isinstance(each, Read)]
    for each in readable:
        judge(each.trial)
        assert all(isinstance(flag.value, str) for flag in each.reading.flags())
    if len(readable) == 2:
        for finding in compare(*(each.reading for each in readable)):
            assert finding.reason
            old_and_new(finding.field, finding.old_value, finding.new_value)
        assert bool(compare(*(each.reading for each in readable))) <= (
            readable[0].content_hash != readable[1].content_hash
        )


@given(st.text())
def test_a_spelling_is_its_own_spelling_and_the_compared_one_that_of_the_one_shown(text: str) -> None:
    assert shown(shown(text)) == shown(text)
    assert compared(compared(text)) == compared(text) == compared(shown(text))
    shown(text).encode()


@given(st.text() | st.from_regex(r"\s?-?[0-9]{1,5}-?[0-9]{0,3}-?[0-9]{0,3}\s?"))
def test_any_text_is_a_span_of_days_or_none(written: str) -> None:
    found = span(written)
    if found:
        assert found.earliest <= found.latest
    assert day(written) is None or found


@given(st.text())
def test_plain_text_is_one_line_that_can_be_sent_and_shown(text: str) -> None:
    made = plain(text)
    assert plain(made) == made
    assert "\n" not in made
    made.encode()
    assert not any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in made)
    assert not set(made) & set("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b")


@given(st.text() | st.from_regex(r"\A[\s\x00\ufeff]*[=+\-@＝＋－＠]"))
def test_no_cell_begins_a_formula_behind_whatever_it_begins_with(text: str) -> None:
    cell = defused(plain(text))
    if cell.lstrip()[:1] and cell.lstrip()[0] in "=+-@＝＋－＠":
        float(cell)  # only a number may


def test_numbers_and_dates_stay_what_they_are() -> None:
    for cell in ("-5", "+1", "-1.5", "-1e-3", "2026-01-02", "0", "NCT00000001", "", "1-2"):
        assert defused(cell) == cell
    for cell in ("-5+1", "--1", "-", "+", "-1.", "- 1", "+cmd|'x'!A0", "−1", " =1", "\ufeff=1", "\x00=1", "-٥"):
        assert defused(cell) == f"'{cell}"


@given(st.lists(st.tuples(st.text(), st.text(), st.none() | st.integers()), max_size=5))
def test_an_attached_table_is_read_back_cell_by_cell(rows: list[tuple[str, str, int | None]]) -> None:
    made = table("t", ("a", "b", "c"), rows)
    head, *lines = csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline=""))
    assert head == ["a", "b", "c"]
    assert [len(line) for line in lines] == [3] * len(rows)
    for line, (a, b, c) in zip(lines, rows, strict=True):
        assert line == [defused(plain(a)), defused(plain(b)), "" if c is None else str(c)]


@given(st.text(), st.integers(1, 50))
def test_a_shortened_text_is_no_longer_than_it_may_be(text: str, limit: int) -> None:
    kept, cut = shortened(text, limit)
    assert len(kept) <= limit
    assert (cut == 0) == (kept == text)


@given(st.text() | st.from_regex(r"https?://.*"))
def test_an_address_to_follow_holds_nothing_that_ends_an_attribute(text: str) -> None:
    found = web_address(text)
    assert found is None or (found == text and not set(found) & set("<>\"'` \n\\{}"))


@given(st.none() | TEXT | JSON.map(json.dumps), st.none() | TEXT | JSON.map(json.dumps))
def test_any_two_values_can_be_told_in_few_words(old: str | None, new: str | None) -> None:
    told = old_and_new("arms", old, new)
    if told:
        assert len(told.lines) <= MOST_LINES
        for line in told.lines:
            assert sum(len(part.text) for part in line.parts) <= LETTERS + len(line.parts)
            assert all(plain(part.text).strip() == part.text.strip() for part in line.parts)


WORDS = st.text(min_size=1, max_size=20).filter(lambda words: bool(words.split()))


@given(st.lists(WORDS, max_size=20), st.lists(WORDS, max_size=20))
def test_any_terms_make_searches_that_a_registry_takes_for_words(some: list[str], others: list[str]) -> None:
    thesaurus = Thesaurus(DEFAULT_SYNONYMS)
    for expression in expressions(some, others):
        asked({**expression.params, "pageSize": "10"}, thesaurus, 1000)
        assert 0 <= sum(query.count(" OR ") for query in expression.params.values()) < MOST_ALTERNATIVES * 12


_WORDS = st.one_of(
    st.text(st.sampled_from("ab<&é-2024015T:"), min_size=1, max_size=40),
    st.dates().map(str),
    st.sampled_from(["2026-09", "2026-09-12T02:30", "12026-09", "2026-09-", "a" * 26, "a" * 27]),
)


@given(st.lists(_WORDS, max_size=6))
def test_a_text_is_broken_and_escaped_word_by_word_whatever_stands_beside_a_word(words: list[str]) -> None:
    assert breakable(" ".join(words)) == Markup(" ").join(map(breakable, words))
    assert str(breakable("A plain text <of> words")) == "A plain text &lt;of&gt; words"
