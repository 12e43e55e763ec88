"""What the screen lets pass unread, no rule would have said anything of."""

import gzip
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.trial import Arm, Condition, Intervention, Keyword, MeshTerm, Trial
from tests.conftest import SHARED
from tests.readings import reading
from warehouse.judge.relevance import judge
from warehouse.judge.relevance import wording as rules
from warehouse.judge.relevance.disorders import any_word
from warehouse.judge.relevance.given import gift
from warehouse.judge.relevance.population import evidence_of
from warehouse.judge.relevance.purpose import role_of
from warehouse.judge.relevance.verdict import Judgement, verdict
from warehouse.judge.relevance.words import Words, folded_text
from warehouse.words.vocabulary import rows

REAL = SHARED / "registry/records/real_records.jsonl.gz"


def judged_unscreened(trial: Trial) -> Judgement:
    words = Words(trial)
    ketamine, people = gift(words), evidence_of(words)
    return verdict(words, ketamine, people, role_of(words, ketamine, people))


VOCABULARY = sorted(
    {row.get("word") or row.get("name") or row.get("term") or "" for name in
     ("substances.csv", "disorder_words.csv", "disorder_terms.csv", "drugs.csv", "contexts.csv")
     for row in rows(name)}
)  # fmt: skip
OURS = st.sampled_from(VOCABULARY).map(lambda word: word.removesuffix("*"))
OTHERS = st.sampled_from(
    ["of", "placebo", "cancer", "in", "pain", "adults", "Drug A", "μ", "≥", "é", "use", "-", "("]
)
TEXT = st.lists(OURS | OTHERS | OTHERS, max_size=4).flatmap(
    lambda words: st.sampled_from([" ", "-", ", ", "/"]).map(lambda between: between.join(words) or None)
)
CASES: list[Callable[[str], str]] = [str, str.lower, str.upper, str.title]
CASED = st.tuples(TEXT, st.sampled_from(CASES)).map(lambda each: each[1](each[0]) if each[0] else None)
HEADING = st.sampled_from(["D007649", "D000437", "D000000437", "D009369", None])
TRIALS = st.builds(
    Trial,
    trial_id=st.just("NCT00000001"),
    title=CASED,
    official_title=CASED,
    study_type=st.sampled_from(["INTERVENTIONAL", "OBSERVATIONAL", None]),
    primary_purpose=st.sampled_from(["TREATMENT", "BASIC_SCIENCE", None]),
    conditions=st.lists(st.builds(Condition, condition=CASED), max_size=2),
    keywords=st.lists(st.builds(Keyword, keyword=CASED), max_size=2),
    mesh_terms=st.lists(
        st.builds(
            MeshTerm,
            side=st.sampled_from(["condition", "intervention"]),
            mesh_id=HEADING,
            term=CASED,
            is_ancestor=st.booleans(),
        ),
        max_size=2,
    ),
    interventions=st.lists(
        st.builds(
            Intervention,
            intervention_type=st.sampled_from(["DRUG", "DIAGNOSTIC_TEST", None]),
            name=CASED,
            other_names=st.lists(TEXT.map(lambda text: text or "x"), max_size=1),
            description=CASED,
        ),
        max_size=2,
    ),
    arms=st.lists(st.builds(Arm, label=CASED, arm_type=st.sampled_from(["EXPERIMENTAL", None])), max_size=2),
)


@given(TRIALS)
def test_a_trial_is_judged_alike_with_the_screen_and_without(trial: Trial) -> None:
    assert judge(trial) == judged_unscreened(trial)


@pytest.mark.parametrize("condition", ["Behavior, Addictive®", "Behavior • Addictive", "Alkohol‑Use", "Smoking™"])
def test_a_condition_between_foreign_marks_is_judged_alike(condition: str) -> None:
    trial = Trial("NCT00000001", title="Kétamine", conditions=[Condition(condition=condition)])
    assert judge(trial) == judged_unscreened(trial)


def finders() -> Iterator[rules.Finder]:
    yield from (rules.drug_name(), rules.drug_abbreviation(), any_word())
    yield from map(rules.context, sorted({row["context"] for row in rows("contexts.csv")}))


@given(CASED)
def test_where_a_finder_does_not_look_there_is_nothing_to_be_found(text: str | None) -> None:
    spelt = folded_text(text)
    for finder in finders():
        assert bool(finder.search(spelt)) == bool(finder._regex.search(spelt))
        assert [each.span() for each in finder.finditer(spelt)] == [
            each.span() for each in finder._regex.finditer(spelt)
        ]
        assert finder.without(spelt) == finder._regex.sub(" ", spelt)


def test_every_entry_is_found_by_its_own_finder() -> None:
    for row in rows("contexts.csv"):
        assert rules.context(row["context"]).may_be_in(folded_text(row["word"].removesuffix("*")))


@pytest.mark.skipif(not REAL.exists(), reason="the real records are not beside the repository")
def test_the_real_records_are_judged_alike_with_the_screen_and_without() -> None:
    with gzip.open(REAL) as lines:
        for line in lines:
            trial = reading(line).trial
            assert judge(trial) == judged_unscreened(trial)
