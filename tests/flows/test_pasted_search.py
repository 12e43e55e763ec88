"""A watch from a pasted search address: what it becomes, and what is refused."""

from pathlib import Path

import pytest

from flows.pasted_search import add, read
from flows.settings import SettingsError, configuration

SEARCH = "https://clinicaltrials.gov/search?"
CONFIGURED = '# mine\n[watch.first]\nfollow = ["NCT02649231"]\n'


def test_conditions_interventions_and_terms_become_a_watch(tmp_path: Path) -> None:
    path = tmp_path / "trialwatch.toml"
    path.write_text(CONFIGURED, "utf-8")
    address = (
        SEARCH
        + "cond=Alcohol%20Use%20Disorder%20OR%20Alcoholism&intr=(Ketamine)%20OR%20%22CI-581a%22&term=relapse"
    )
    add(path, "pasted", address)
    watch = configuration(path).watch("pasted")
    assert watch.conditions == ("Alcohol Use Disorder", "Alcoholism")
    assert watch.interventions == ("Ketamine", "CI-581a")
    assert watch.terms == ("relapse",)
    assert path.read_text("utf-8").startswith(CONFIGURED), "what the user wrote stays as it was"


def test_a_hostile_term_stays_one_text(tmp_path: Path) -> None:
    path = tmp_path / "trialwatch.toml"
    path.write_text(CONFIGURED, "utf-8")
    add(path, "pasted", SEARCH + "cond=a%22%5D%0A%5Bwatch.evil%5D%0Aeverything%20%3D%20true%0A%23%5C")
    found = configuration(path)
    assert [watch.name for watch in found.watches] == ["first", "pasted"]
    assert not found.watch("pasted").everything


def test_a_filter_by_status_is_left_out_because_a_trial_that_completes_would_drop_out() -> None:
    pasted = read(SEARCH + "intr=Ketamine&aggFilters=status:rec&viewType=Table&limit=100&page=2")
    assert pasted.lists == {"interventions": ("Ketamine",)}
    assert pasted.left_out == ["aggFilters=status:rec"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (SEARCH, "would match the whole registry"),
        (SEARCH + "cond=&intr=", "would match the whole registry"),
        (SEARCH + "cond=%20*%20", "would match the whole registry"),
        (SEARCH + "aggFilters=status:rec", "would match the whole registry"),
        (SEARCH + "cond=alcohol&locn=Boston", "also asks for locn=Boston"),
        (SEARCH + "cond=alcohol%20AND%20depression", "holds an operator"),
        (SEARCH + "term=AREA%5BStartDate%5D2022", "holds an operator"),
        ("https://example.org/search?cond=alcohol", "is no ClinicalTrials.gov search"),
        ("https://clinicaltrials.gov/study/NCT02649231", "is no ClinicalTrials.gov search"),
        ("ketamine", "is no ClinicalTrials.gov search"),
    ],
)
def test_what_no_watch_can_mean_is_refused_with_the_reason(address: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(address)
    assert said in str(error.value)


@pytest.mark.parametrize(("name", "said"), [("first", "already"), ("a b", "cannot be a watch's name")])
def test_a_name_that_cannot_be_used_is_refused_and_the_file_stays(tmp_path: Path, name: str, said: str) -> None:
    path = tmp_path / "trialwatch.toml"
    path.write_text(CONFIGURED, "utf-8")
    with pytest.raises(SettingsError, match=said):
        add(path, name, SEARCH + "cond=alcohol")
    assert path.read_text("utf-8") == CONFIGURED
    assert list(tmp_path.iterdir()) == [path]
