"""The night's verdict from end to end: refused, told to the operator, let pass once by a person's word."""

import json
from collections.abc import Iterator

import pytest

from connectors.simulated import SimulatedRegistry, faults
from flows.endings import Code
from tests.house import House, Typed
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

BOUNDED = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder"]
min_trials = {least}

[[subscription]]
name = "team"
watch = "w"
to = ["team@example.org"]
"""
THE_OPERATOR = "operator@example.org"


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    with open_post_office() as running:
        house.environment["TRIALWATCH_SMTP_URL"] = running.url
        house.environment["TRIALWATCH_OPERATOR"] = THE_OPERATOR
        yield running


def told(office: PostOffice) -> list[str]:
    """The subjects of what the operator was told."""
    return [str(mail["Subject"]) for mail in office.messages() if mail["To"] == THE_OPERATOR]


@pytest.fixture
def refused(house: House, registry: SimulatedRegistry) -> None:
    """A watch that has had a good night and is now outside its bounds."""
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.configure(BOUNDED.format(least=1))
    house.night()
    house.configure(BOUNDED.format(least=3))
    registry.night()


@pytest.mark.slow
def test_a_named_check_is_accepted_once_with_who_and_why_in_the_certificate(
    house: House, registry: SimulatedRegistry, refused: None, typed: Typed
) -> None:
    code, _, err = typed("run", "--no-prefect")
    assert code == 4
    assert "the watch holds 2 trials, outside its bounds of 3" in err
    code, _, err = typed(
        *("run", "--no-prefect", "--watch", "w", "--accept", "bounds"),
        *("--because", "two were\nmerged", "--json"),
        LOGNAME="ada",
    )
    assert code == 0
    assert "(accepted by ada: two were merged)" in err
    *_, accepted = house.ask("SELECT * FROM runs ORDER BY started_at, outcome DESC")
    (bounds,) = (check for check in json.loads(accepted["checks"]) if check["name"] == "bounds")
    assert bounds["passed"] is False
    assert bounds["accepted"] == {"check": "bounds", "because": "two were merged", "by": "ada"}
    registry.night()
    house.night()
    code, _, err = typed("run", "--no-prefect")
    assert code == 4, "once is once"


@pytest.mark.slow
def test_a_check_that_passes_needs_no_acceptance_and_says_so(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial())
    code, _, err = typed("run", "--no-prefect", "--accept", "collapse", "--because", "I can")
    assert code == 0
    assert "nothing had to be accepted: no check collapse failed tonight" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--accept", "bound", "--because", "x"), "did you mean 'bounds'?"),
        (("--accept", "bounds"), "go together"),
        (("--accept", "bounds", "--because", "  "), "go together"),
        (("--because", "x"), "go together"),
    ],
)
def test_an_acceptance_that_cannot_be_meant_is_told_before_the_night(
    registry: SimulatedRegistry, typed: Typed, words: tuple[str, ...], said: str
) -> None:
    code, _, err = typed("run", "--no-prefect", *words)
    assert code == 2
    assert said in err
    assert registry.requests == []


@pytest.mark.slow
def test_the_operator_hears_of_a_refusal_once_and_again_when_it_lasts(
    house: House, registry: SimulatedRegistry, office: PostOffice, refused: None
) -> None:
    office.mails.clear()
    subject = "trialwatch: w on clinicaltrials.gov: night refused"
    for nights, heard in ((1, 1), (2, 1), (3, 1), (4, 2)):
        assert house.night().ending.code is Code.REFUSED
        registry.night()
        assert len(told(office)) == heard, f"after {nights} nights"
    assert told(office) == [subject, f"{subject} (4 nights now)"]
    body = office.messages()[0].get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "Check bounds: the watch holds 2 trials, outside its bounds of 3 to any number" in text
    assert "trialwatch run --watch w --accept bounds --because 'what I looked at, and why it is right'" in text
    house.configure(BOUNDED.format(least=1))
    assert house.night().ending.code is Code.DONE
    house.configure(BOUNDED.format(least=3))
    registry.night()
    house.night()
    assert told(office)[2:] == [subject], "a new trouble is told at once"
    assert {mail["To"] for mail in office.messages()} == {THE_OPERATOR}, "readers hear nothing of it"


@pytest.mark.slow
def test_one_night_without_the_registry_is_no_news_and_a_second_one_is(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    registry.put(a_trial())
    house.night()
    registry.night()
    registry.fail(faults.status(503, on="search", times=None))
    house.night()
    assert told(office) == []
    house.night()
    assert told(office) == ["trialwatch: ketamine-sud on clinicaltrials.gov: night incomplete (2 nights now)"]


@pytest.mark.slow
def test_a_night_of_mixed_data_versions_is_refused_and_the_next_catches_up(
    house: House, registry: SimulatedRegistry
) -> None:
    trials = [a_trial(f"NCT100000{number}") for number in range(10, 35)]
    registry.put(*trials)
    house.night()
    registry.night("2026-09-14T09:00:04")

    def stays_behind(record: dict[str, dict[str, dict[str, str]]]) -> None:
        record["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-09-11"

    registry.edit("NCT10000010", stays_behind)
    report = house.night()
    assert report.ending.code is Code.REFUSED
    assert "1 of 25 records are not of the declared data version of 2026-09-14" in report.ending.sentences[0]
    registry.night()
    assert house.night().ending.code is Code.DONE


@pytest.mark.slow
def test_the_registrys_yearly_revision_of_its_terms_does_not_jam_us(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(*(a_trial(f"NCT100001{number}") for number in range(10, 70)))
    house.night()
    registry.night()

    def reworded(record: dict[str, dict[str, dict[str, list[dict[str, str]]]]]) -> None:
        record["derivedSection"]["conditionBrowseModule"]["meshes"][0]["term"] = "Alcohol Use Disorder"

    for number in range(10, 70):
        registry.edit(f"NCT100001{number}", reworded)
    assert house.night().ending.code is Code.REFUSED
    code, _, err = typed("run", "--no-prefect", "--accept", "share_changed", "--because", "MeSH 2027")
    assert code == 0
    assert "60 of the 60 trials of the watch changed although nothing new was posted" in err
    assert house.ask("SELECT DISTINCT kind, cause FROM changes") == [
        {"kind": "record_changed", "cause": "registry"}
    ]
    registry.night()
    assert house.night().ending.code is Code.DONE


@pytest.mark.slow
def test_many_statuses_that_move_in_one_night_are_believed(house: House, registry: SimulatedRegistry) -> None:
    numbers = [f"NCT100002{number}" for number in range(10, 70)]
    registry.put(*map(a_trial, numbers))
    house.night()
    registry.night()
    for number in numbers:
        registry.edit(number, with_status("UNKNOWN", lastKnownStatus="RECRUITING"))
    assert house.night().ending.code is Code.DONE
    assert set(house.changes("kind")) == {("lapsed",)}


@pytest.mark.slow
@pytest.mark.parametrize("status", ["", "ON_THE_MOON"])
def test_statuses_that_all_become_nonsense_are_not(house: House, registry: SimulatedRegistry, status: str) -> None:
    numbers = [f"NCT100002{number}" for number in range(10, 70)]
    registry.put(*map(a_trial, numbers))
    house.night()
    registry.night()
    for number in numbers:
        registry.edit(number, with_status(status))
    assert house.night().ending.code is Code.REFUSED
    assert house.changes() == []
