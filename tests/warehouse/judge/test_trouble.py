"""When the operator is told of a night, and in which words."""

import shlex
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from warehouse.judge.checks import Acceptance, Check
from warehouse.judge.trouble import Earlier, as_command, is_to_be_told, of_doubts, of_mail, of_night
from warehouse.judge.twins import Doubt

NOW = datetime.fromisoformat("2026-09-20T02:30")
A_DAY = timedelta(days=1)
NEVER = Earlier(0, NOW - A_DAY, None)


@pytest.mark.parametrize(
    ("outcome", "earlier", "told"),
    [
        ("complete", NEVER, False),
        ("heartbeat", NEVER, False),
        ("refused", NEVER, True),
        ("failed", NEVER, True),
        ("incomplete", NEVER, False),
        ("incomplete", Earlier(1, NOW - 2 * A_DAY, None), True),
        ("refused", Earlier(1, NOW - 2 * A_DAY, NOW - A_DAY), False),
        ("refused", Earlier(2, NOW - 3 * A_DAY, NOW - 2 * A_DAY), False),
        ("refused", Earlier(3, NOW - 4 * A_DAY, NOW - 3 * A_DAY), True),
        ("refused", Earlier(3, NOW - 4 * A_DAY, NOW - 3 * A_DAY + timedelta(hours=1)), True),
        ("refused", Earlier(1, None, NOW + 30 * A_DAY), True),
    ],
    ids=[
        *(
            "nothing to tell",
            "no news is no trouble",
            "refused once",
            "our own fault",
            "one night without registry",
        ),
        *("two nights without", "told yesterday", "told the day before", "it lasts", "it lasts, an hour early"),
        "told by a clock that ran ahead",
    ],
)
def test_the_operator_is_told_once_and_again_as_long_as_it_lasts(
    outcome: str, earlier: Earlier, told: bool
) -> None:
    assert is_to_be_told(outcome, earlier, NOW) is told


def check(name: str, accepted: Acceptance | None = None) -> Check:
    return Check(name, False, True, {"trials": 3}, f"{name} went wrong", accepted)


def test_a_refusal_is_told_with_its_figures_and_the_command_that_lets_it_pass() -> None:
    told = of_night("w", "clinicaltrials.gov", "refused", "refused: too few", [check("bounds")], NEVER)
    assert told.subject == "w on clinicaltrials.gov: night refused"
    text = "\n".join(told.sentences)
    for words in (
        "The night of w on clinicaltrials.gov was refused: too few.",
        "The last complete one was 2026-09-19 02:30 UTC; what was published then stands as it is.",
        "Check bounds: bounds went wrong. Figures: trials 3.",
    ):
        assert words in text
    (line,) = filter(None, map(as_command, told.sentences))
    assert shlex.split(line) == [
        *("trialwatch", "run", "--watch", "w", "--accept", "bounds"),
        *("--because", "what I looked at, and why it is right"),
    ]


@pytest.mark.parametrize("watch", ["w", "my watch", "o'brien", "a;b", "$HOME"])
def test_the_command_is_one_that_a_shell_takes_whatever_the_watch_is_called(watch: str) -> None:
    told = of_night(watch, "clinicaltrials.gov", "refused", "refused: too few", [check("bounds")], NEVER)
    (line,) = filter(None, map(as_command, told.sentences))
    assert shlex.split(line)[3] == watch
    assert line.isascii()


def test_figures_are_words_and_never_a_programs_own() -> None:
    figures = {
        "share_changed": 0.25,
        "most": None,
        "missing": ["NCT1", "NCT2"],
        "stamps": {"2026-09-11": 3},
        "same_question": True,
        "none_of": [],
        "trials": 12345,
    }
    odd = replace(check("bounds"), figures=figures)
    told = of_night("w", "clinicaltrials.gov", "refused", "refused: too few", [odd], NEVER)
    (line,) = (each for each in told.sentences if each.startswith("Check"))
    assert line.partition("Figures: ")[2] == (
        "share changed 0.25; missing NCT1, NCT2; stamps 2026-09-11 3; same question yes; none of none; "
        "trials 12,345."
    )


def test_two_refusing_checks_cannot_both_be_accepted_and_none_is_offered() -> None:
    told = of_night("w", "r", "refused", "refused", [check("bounds"), check("totals")], NEVER)
    assert "--accept" not in "\n".join(told.sentences)
    accepted = check("bounds", Acceptance("bounds", "why", "who"))
    told = of_night("w", "r", "refused", "refused", [accepted, check("totals")], NEVER)
    assert "--accept totals" in "\n".join(told.sentences)
    assert "bounds" not in "\n".join(told.sentences)


def test_what_lasts_says_how_long() -> None:
    told = of_night("w", "r", "incomplete", "incomplete: no answer", [], Earlier(4, None, None))
    assert told.subject == "w on r: night incomplete (5 nights now)"
    assert "There has been no complete night of it yet." in told.sentences
    assert "the log of the run" in of_night("w", "r", "failed", "failed: x", [], NEVER).sentences[-1]


def test_a_mail_given_up_names_whose_it_was() -> None:
    told = of_mail("team", "gone@example.org", "550 no such person")
    assert told.subject == "a mail of team was given up"
    assert "gone@example.org" in told.sentences[0]
    assert "550 no such person" in told.sentences[0]


def test_of_many_doubts_fifty_are_asked_and_the_others_counted() -> None:
    many = [Doubt("ISRCTN00000001", f"NCT000000{place:02}", "they are named", "of a doubt") for place in range(60)]
    told = of_doubts(many)
    assert told.subject == "60 pairs of trials may be one study"
    assert sum("may be one study: they are named; it is not" in each for each in told.sentences) == 50
    assert "And 10 more (view doubtful_ties)." in told.sentences
    one = of_doubts(many[:1])
    assert one.subject == "ISRCTN00000001 and NCT00000000 may be one study"
    assert not any("more (view" in each for each in one.sentences)
