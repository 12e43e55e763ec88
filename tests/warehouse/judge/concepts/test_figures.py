"""The rules on the labelled trials: those they were written with, one by one; those held back, as figures.

docs/concepts.md tells the figures; here they are computed, and are to be no worse than it says.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.readings import trial_of
from tests.warehouse.judge.concepts.trials import COLUMNS, Labelled, labelled
from warehouse.judge.concepts import Concept, concepts_of
from warehouse.judge.relevance import EDITION, judge

PAGE = Path(__file__).parents[4] / "docs" / "concepts.md"
WRITTEN_DOWN = labelled()
HELD_BACK = [trial for trial in WRITTEN_DOWN if trial.is_held_back]
_ROW = re.compile(r"^\| `(?P<concept>\w+)` \| (?P<said>\d+) \| (?P<found>\d+) \| (?P<both>\d+) \|", re.MULTILINE)


def found_in(trial: Labelled) -> tuple[Concept, ...]:
    record = trial_of(trial.record)
    return concepts_of(record, judge(record))


def spelt(value: str) -> str:
    """A dose as the rules spell it."""
    value = re.sub(r"(?<=\d) to (?=\d)", "-", value)
    return re.sub(r"(\d)\.0\b", r"\1", value)


def values(found: Iterable[Concept], concept: str) -> set[str]:
    return {each.value for each in found if each.concept == concept}


def wanted(trial: Labelled, concept: str) -> set[str]:
    return {spelt(value) if concept == "dose" else value for value in trial.values[concept]}


@dataclass
class Figures:
    """Of one concept, over some trials: the values a reader found, those the rules found, and those both did."""

    said: int = 0
    found: int = 0
    both: int = 0

    def add(self, said: set[str], found: set[str]) -> None:
        self.said += len(said)
        self.found += len(found)
        self.both += len(said & found)

    def row(self, concept: str) -> str:
        precision, recall = self.both / self.found, self.both / self.said
        return f"| `{concept}` | {self.said} | {self.found} | {self.both} | {precision:.2f} | {recall:.2f} |"


def measured(trials: Iterable[Labelled]) -> dict[str, Figures]:
    figures = {concept: Figures() for concept in COLUMNS}
    for trial in trials:
        found = found_in(trial)
        for concept, of in figures.items():
            of.add(wanted(trial, concept), values(found, concept))
    return figures


def claimed(heading: str) -> dict[str, Figures]:
    """The figures of a table of the page, the one after a heading."""
    table = PAGE.read_text("utf-8").partition(heading)[2].partition("\n\n#")[0]
    return {row["concept"]: Figures(*map(int, row.group("said", "found", "both"))) for row in _ROW.finditer(table)}


def compare(told: str, figures: dict[str, Figures], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{told}\n" + "\n".join(of.row(concept) for concept, of in figures.items() if of.said))
    claims = claimed(told)
    assert claims.keys() == {concept for concept, of in figures.items() if of.said}
    for concept, claim in claims.items():
        of = figures[concept]
        assert claim.said == of.said, concept
        assert of.both >= claim.both, concept
        assert of.found - of.both <= claim.found - claim.both, concept


@pytest.mark.parametrize(
    "trial", [trial for trial in WRITTEN_DOWN if not trial.is_held_back], ids=lambda trial: trial.number
)
def test_a_trial_that_the_rules_were_written_with_is_read_as_labelled(trial: Labelled) -> None:
    found = found_in(trial)
    for concept in COLUMNS:
        assert values(found, concept) == wanted(trial, concept), [
            each for each in found if each.concept == concept
        ]
    assert {each.mg_per_kg for each in found} - {None} == trial.mg_per_kg


def test_trials_written_down_and_held_back_are_read_as_well_as_we_say(capsys: pytest.CaptureFixture[str]) -> None:
    compare("Trials written down here", measured(HELD_BACK), capsys)


def test_trials_of_the_cohort_held_back_are_read_as_well_as_we_say(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written_down = {trial.number for trial in WRITTEN_DOWN}
    beside = [trial for trial in labelled(shared) if trial.number not in written_down and trial.is_held_back]
    compare("Registered trials", measured(beside), capsys)


def test_whatever_is_found_quotes_the_record() -> None:
    for trial in WRITTEN_DOWN:
        record = re.sub(r"\W+", " ", str(trial.record)).casefold()
        for each in found_in(trial):
            parts = each.matched_text.split("; ") if each.value == "none" else [each.matched_text]
            assert all(re.sub(r"\W+", " ", part).casefold().strip() in record for part in parts), each
            assert each.confidence in ("high", "medium", "low")
            assert each.field in ("title", "official_title", "brief_summary", "detailed_description") or (
                each.field in ("trial_interventions", "trial_arms", "trial_outcomes")
            )


READ = {3: "fa8138533b00e052"}
"""What each edition of the rules reads in the trials written down here."""


def test_rules_that_read_otherwise_are_another_edition() -> None:
    said = repr([found_in(trial) for trial in WRITTEN_DOWN])
    assert hashlib.blake2b(said.encode(), digest_size=8).hexdigest() == READ[EDITION], (
        "raise EDITION of the rules of relevance, and note what both sets say; of a new word note only this"
    )
