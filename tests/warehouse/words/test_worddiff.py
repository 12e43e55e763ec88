"""Two texts told as one: whatever they are, what differs is seen, named and short."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.words.harmless import plain
from warehouse.words.worddiff import CONTEXT_LETTERS, PLACES, Stretch, differences, in_text

CRITERIA = "Adults with alcohol use disorder, aged 18 to 65 years. Able to give consent."
FILLER = " ".join(f"Sentence {number} says nothing of any weight." for number in range(300))
LETTERS = 400


def told(old: str, new: str) -> str:
    return in_text(differences(old, new, LETTERS)[0])


def side(parts: tuple[Stretch, ...], how: str) -> str:
    return "".join(part.text for part in parts if part.how in ("kept", how))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            CRITERIA,
            f"{CRITERIA} No psychosis.",
            "… aged 18 to 65 years. Able to give consent. [+ No psychosis.]",
        ),
        (f"Stable. {CRITERIA}", CRITERIA, "[− Stable.] Adults with alcohol use disorder, aged 18 to 65 …"),
        ("aged 18 to 65 years", "aged 18 to 70 years", "aged 18 to [65 → 70] years"),
        ("2026-03", "2026-04", "[2026-03 → 2026-04]"),
        (
            "Ketamine for Alcohol Use Disorder",
            "Esketamine for Cannabis Use Disorder",
            "[Ketamine for Alcohol → Esketamine for Cannabis] Use Disorder",
        ),
        (
            f"aged 18 {FILLER} with consent",
            f"aged 21 {FILLER} with written consent",
            "aged [18 → 21] Sentence 0 says nothing of any weight. Sentence … "
            "Sentence 299 says nothing of any weight. with [+ written] consent",
        ),
        ("日本" * 60, "日本" * 30 + "語" + "日本" * 30, f"… {'日本' * 24}[+ 語]{'日本' * 24}…"),
        ("a\u200bb", "ab", "[a⟨U+200B⟩b → ab]"),
        ("a  b ", "a b", "[a⟨blank⟩⟨blank⟩b⟨blank⟩ → a b]"),
        ("e\u0301", "é", "[e⟨U+0301⟩ → é]"),
        ("\ud800", "\ud801", "[⟨U+D800⟩ → ⟨U+D801⟩]"),
        ("", "came", "[+ came]"),
        ("gone", "", "[− gone]"),
        ("same", "same", ""),
    ],
)
def test_a_reader_sees_the_words_that_differ_among_those_that_stayed(old: str, new: str, said: str) -> None:
    assert told(old, new) == said


ANY = st.text(st.characters(exclude_categories=[]), max_size=40) | st.lists(
    st.sampled_from(["ketamine", "of", "0.5", "mg/kg", "the", "\u200b", "é", "x" * 50, "e\u0301", "\ufe0f"]),
    max_size=60,
).map(" ".join)


@settings(deadline=None, database=None, max_examples=400)
@given(ANY, ANY, st.integers(0, 600))
@example("", " ", 0)
@example("\u00a0\u00a0", "  ", 0)
@example("⟨U+200B⟩", "\u200b", 0)
@example("a", "a\ufe0f", 0)
def test_texts_that_differ_never_look_alike(old: str, new: str, letters: int) -> None:
    parts, _ = differences(old, new, letters)
    if old == new:
        assert parts == ()
        return
    assert {part.how for part in parts} & {"gone", "came"}
    gone, came = side(parts, "gone"), side(parts, "came")
    assert gone != came
    assert all(part.text == plain(part.text) or part.text == f"{plain(part.text)} " for part in parts)
    assert len(in_text(parts)) <= letters + PLACES * (2 * 80 + 3 * CONTEXT_LETTERS + 20)


@settings(deadline=None, database=None, max_examples=200)
@given(st.lists(st.sampled_from(CRITERIA.split()), max_size=80), st.data())
def test_the_words_shown_as_gone_and_come_are_words_of_the_texts(words: list[str], data: st.DataObject) -> None:
    new = data.draw(st.permutations(words)) if words else ["one"]
    parts, cut = differences(" ".join(words), " ".join(new), 10_000)
    for how, text in (("gone", words), ("came", new)):
        shown = [word for part in parts if part.how == how for word in part.text.split()]
        assert set(shown) <= set(text)
    if not cut and len(words) < 8 and parts:
        assert side(parts, "gone").strip(" …") in " ".join(words)


def _texts_of_200_kb() -> list[tuple[str, str]]:
    chance = random.Random(9)
    letters = [" ".join(chance.choice("abcdefgh") for _ in range(100_000)) for _ in range(2)]
    numbers = [str(number) for number in range(33_000)]
    mixed = [" ".join(str(chance.randrange(9000)) for _ in range(33_000)) for _ in range(2)]
    every_other = [" ".join(f"{number} {way}{number}" for number in range(16_000)) for way in "uv"]
    return [
        (letters[0], letters[1]),
        ("a b " * 50_000, "b b a " * 33_000),
        (" ".join(numbers), " ".join(reversed(numbers))),
        (mixed[0], mixed[1]),
        (every_other[0], every_other[1]),
        ("x" * 200_000, "y" * 200_000),
        (FILLER * 20, f"New. {FILLER * 20} Newer."),
    ]


@pytest.mark.parametrize("pair", range(7))
def test_texts_of_200_kb_are_told_within_the_bound(pair: int) -> None:
    """A comparison of each word with each would take minutes for some of these."""
    old, new = _texts_of_200_kb()[pair]
    parts, cut = differences(old, new, LETTERS)
    assert len(in_text(parts)) < 1500
    assert side(parts, "gone") != side(parts, "came")
    assert cut or pair == 6
