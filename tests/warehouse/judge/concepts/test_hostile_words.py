"""Whatever a record says, reading it ends, and what is read quotes it. A registry's text is hostile."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.trial import Arm, Intervention, Outcome, Trial
from tests.conftest import SHARED
from tests.readings import reading
from warehouse.judge.concepts import MOST, NAMES, concepts_of
from warehouse.judge.concepts.concept import MOST_QUOTED
from warehouse.judge.relevance import judge
from warehouse.words.vocabulary import rows

REAL = SHARED / "registry/records/real_records.jsonl.gz"
OURS = st.sampled_from(
    sorted(
        {
            row["word"].removesuffix("*")
            for name in ("routes.csv", "therapies.csv", "comparators.csv", "instruments.csv")
            for row in rows(name)
        }
    )
)
OTHERS = st.sampled_from(
    [
        *(
            "0.5",
            "mg/kg",
            "mg",
            "/",
            "-",
            "to",
            "or",
            "and",
            ",",
            "(",
            ")",
            ";",
            ".",
            "x",
            "\u00b5g",
            "\n",
            "\u200b",
        ),
        *(
            "six",
            "2",
            "12",
            "infusions",
            "of",
            "weekly",
            "for",
            "weeks",
            "ketamine",
            "Ketamine/placebo",
            "day",
            "once",
        ),
    ]
)
TEXT = st.lists(OURS | OTHERS, max_size=12).map(" ".join)
TRIALS = st.builds(
    Trial,
    trial_id=st.just("NCT00000001"),
    title=TEXT,
    brief_summary=TEXT,
    detailed_description=TEXT,
    intervention_model=st.sampled_from(["CROSSOVER", None]),
    interventions=st.lists(
        st.builds(
            Intervention,
            intervention_type=st.sampled_from(["DRUG", "BEHAVIORAL", "DEVICE", None]),
            name=TEXT,
            description=TEXT,
            arm_labels=st.lists(st.sampled_from(["a", "b"]), max_size=2),
        ),
        max_size=3,
    ).map(lambda listed: [Intervention(intervention_type="DRUG", name="Ketamine", arm_labels=["a"]), *listed]),
    arms=st.lists(
        st.builds(
            Arm,
            label=st.sampled_from(["a", "b", "Placebo"]),
            arm_type=st.sampled_from(["EXPERIMENTAL", "PLACEBO_COMPARATOR", "NO_INTERVENTION", "OTHER"]),
            description=TEXT,
        ),
        max_size=3,
    ),
    outcomes=st.lists(st.builds(Outcome, measure=TEXT, description=TEXT), max_size=2),
)


@given(TRIALS)
def test_what_is_read_is_of_the_six_and_short(trial: Trial) -> None:
    for each in concepts_of(trial, judge(trial)):
        assert each.concept in NAMES
        assert each.value
        assert len(each.matched_text) <= MOST_QUOTED
        assert each.mg_per_kg is None or each.mg_per_kg >= 0


@pytest.mark.parametrize(
    "piece",
    ["0.5 ", "0.5, ", "six ", "twice a week ", "(", "of ", "or placebo ", "a ", "1-", "(IV) ", "ine ", "day 1, "],
)
def test_a_text_that_goes_on_for_ever_is_read_to_an_end(piece: str) -> None:
    text = "ketamine " + piece * 100_000
    gift = Intervention(intervention_type="DRUG", name="Ketamine", description=text)
    trial = Trial("NCT00000001", interventions=[gift], detailed_description=text)
    assert len(concepts_of(trial, judge(trial))) <= MOST


@pytest.mark.skipif(not REAL.exists(), reason="the real records are not beside the repository")
def test_of_the_real_records_only_those_that_give_ketamine_are_asked() -> None:
    with gzip.open(REAL) as lines:
        trials = [reading(line).trial for line in lines]
    asked = [trial.trial_id for trial in trials if concepts_of(trial, judge(trial))]
    assert asked == ["NCT04179266", "NCT04814381"]
