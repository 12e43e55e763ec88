"""The rules on the hard trials: those they were written with, one by one; those held back, as a figure."""

from collections.abc import Iterable

import pytest

from tests.readings import trial_of
from tests.warehouse.judge.hard_trials import HARD, Hard
from warehouse.judge.relevance import Judgement, judge

LEAST_PRECISION = 0.95
LEAST_RECALL = 0.95
LEAST_EXACT = 0.95
MOST_LETTERS_OF_A_REASON = 200
WRITTEN_WITH = [trial for trial in HARD if not trial.is_held_back]
HELD_BACK = [trial for trial in HARD if trial.is_held_back]


def judged(trial: Hard) -> Judgement:
    return judge(trial_of(trial.record()))


def test_every_trial_stands_once() -> None:
    assert sorted(trial.number for trial in HARD) == list(range(len(HARD)))
    assert len(HELD_BACK) == len(WRITTEN_WITH)


@pytest.mark.parametrize("trial", WRITTEN_WITH, ids=lambda trial: trial.title)
def test_a_trial_that_the_rules_were_written_with_is_judged_as_labelled(trial: Hard) -> None:
    found = judged(trial)
    assert (found.is_relevant, found.drug_role) == (trial.label.is_relevant, trial.label.role), found.reason
    if found.is_relevant:
        assert found.substances == trial.label.substances, found.evidence


def share(right: Iterable[bool]) -> float:
    listed = list(right)
    return sum(listed) / len(listed)


def test_trials_held_back_are_judged_about_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    found = [(trial.label, judged(trial)) for trial in HELD_BACK]
    ours = [(label, each) for label, each in found if label.is_relevant]
    precision = share(label.is_relevant for label, each in found if each.is_relevant)
    recall = share(each.is_relevant for _, each in ours)
    exact = share(each.substances == label.substances for label, each in ours)
    role = share(each.drug_role == label.role for label, each in found)
    with capsys.disabled():
        print(
            f"\n{len(found)} hard trials held back, {len(ours)} of them ours: precision {precision:.2f}, ", end=""
        )
        print(f"recall {recall:.2f}, substances exactly right {exact:.2f}, drug's role {role:.2f}")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL
    assert min(exact, role) >= LEAST_EXACT


@pytest.mark.parametrize("trial", HARD, ids=lambda trial: str(trial.number))
def test_the_reason_is_a_short_sentence_without_names_of_views(trial: Hard) -> None:
    reason = judged(trial).reason
    assert 20 < len(reason) < MOST_LETTERS_OF_A_REASON
    assert "_" not in reason
    assert "'" not in reason.replace("registry's", "")


def test_what_makes_a_trial_ours_answers_all_three_questions() -> None:
    for trial in WRITTEN_WITH:
        found = judged(trial)
        if found.is_relevant:
            whom, given, what_for = found.reason.split("; ")
            assert "ketamine" in given
            assert "“" in whom
            assert what_for
            assert all(each.rule.startswith("to whom: ") for each in found.evidence)
