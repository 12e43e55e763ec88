"""A person's word on twins, from trialwatch.toml to mail, page, terminal and published file."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from connectors.simulated.isrctn import SimulatedIsrctn
from flows.endings import Code
from tests.house import House, Typed
from tests.isrctnrecords import MORE_KARE, a_record
from tests.records import a_trial, with_status
from warehouse.store.file import opened

WATCH = """
[watch.ketamine-sud]
registries = ["clinicaltrials.gov", "isrctn"]
interventions = ["ketamine", "esketamine"]
conditions = ["alcohol use disorder", "cannabis use disorder"]
relevance = "ketamine-substance-use"

[[subscription]]
name = "all"
watch = "ketamine-sud"
to = ["all@example.org"]
"""
NCT, OTHER = "NCT02649231", "NCT03344419"
SOON = {"overallEndDate": "2026-07-31"}
LATER = {"overallEndDate": "2027-07-31"}
OPERATOR = "operator@example.org"


@pytest.fixture
def isrctn() -> Iterator[SimulatedIsrctn]:
    with SimulatedIsrctn({MORE_KARE: a_record(**LATER)}) as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, isrctn: SimulatedIsrctn, registry: SimulatedRegistry) -> House:
    made = House(tmp_path, registry.url, {"TRIALWATCH_ISRCTN_URL": isrctn.url, "TRIALWATCH_OPERATOR": OPERATOR})
    made.configure(WATCH)
    made.now = datetime(2026, 9, 11, 9, 30, tzinfo=UTC)
    return made


def said(kind: str, one: str, other: str, reason: str = "the protocol names both") -> str:
    return f'\n[[{kind}]]\ntrials = ["{one}", "{other}"]\nreason = "{reason}"\nby = "A. Curator"\n'


def naming(trial_id: str, number: str, **status: Any) -> dict[str, Any]:
    record = a_trial(trial_id, **status)
    record["protocolSection"]["identificationModule"]["secondaryIdInfos"] = [
        {"id": number, "type": "REGISTRY", "domain": "ISRCTN"}
    ]
    return record


def edit(registry: SimulatedRegistry, status: str, day: int, trial_id: str = NCT) -> None:
    registry.edit(trial_id, with_status(status, posted=f"2026-09-{day:02}"))
    registry.night()


def mails(house: House, recipient: str) -> list[str]:
    """The mails to one, subject first, but for the welcome."""
    found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in house.mails()]
    return [
        f"{mail['Subject']}\n{body.get_content()}"
        for mail in found
        if (body := mail.get_body(("plain",)))
        and mail["To"] == recipient
        and "Now watching" not in mail["Subject"]
    ]


def endings(house: House) -> list[tuple[Any, ...]]:
    told = house.changes("trial_id", "kind", "materiality", "reason")
    return [(trial, kind, weight, "already told by" in reason) for trial, kind, weight, reason in told]


def page(house: House) -> str:
    return (house.settings.published / "index.html").read_text("utf-8").replace("<wbr>", "")


def test_trials_that_a_person_ties_end_once(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    registry.put(a_trial(NCT))
    house.night()
    assert house.ask("FROM studies") == []
    house.configure(WATCH + said("tie", NCT, MORE_KARE))
    registry.night()
    house.night()
    (study,) = house.ask("FROM studies")
    assert study["trial_ids"] == [MORE_KARE, NCT]
    assert "tied by A. Curator: the protocol names both" in study["matched_by"]
    assert (house.changes(), mails(house, "all@example.org")) == ([], []), (
        "that two are one is no change of either"
    )

    edit(registry, "COMPLETED", 13)
    house.night()
    isrctn.trials[MORE_KARE] = a_record(**SOON, edited="2026-09-13T12:00:00.1Z")
    house.night()
    (mail,) = mails(house, "all@example.org")
    assert NCT in mail
    assert f"Also registered as: {MORE_KARE}" in mail
    assert (NCT, "completed", "high", False) in endings(house)
    assert (MORE_KARE, "completed", "low", True) in endings(house)


@pytest.mark.slow
def test_an_old_end_is_not_told_when_a_tie_comes_or_goes(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    isrctn.trials[MORE_KARE] = a_record(**SOON)
    registry.put(a_trial(NCT, overallStatus="COMPLETED"))
    house.night()
    for configured in (WATCH + said("tie", NCT, MORE_KARE), WATCH, WATCH + said("part", NCT, MORE_KARE)):
        house.configure(configured)
        registry.night()
        house.night()
    assert (house.changes(), mails(house, "all@example.org"), mails(house, OPERATOR)) == ([], [], [])


@pytest.mark.slow
def test_trials_that_a_person_parts_end_twice(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    registry.put(naming(NCT, MORE_KARE))
    house.configure(WATCH + said("part", MORE_KARE, NCT))
    house.night()
    edit(registry, "COMPLETED", 12)
    house.night()
    isrctn.trials[MORE_KARE] = a_record(**SOON, edited="2026-09-12T12:00:00.1Z")
    house.night()
    assert [each for each in endings(house) if each[1] == "completed"] == [
        (NCT, "completed", "high", False),
        (MORE_KARE, "completed", "high", False),
    ]
    assert len(mails(house, "all@example.org")) == 2
    assert not any("Also registered as" in mail for mail in mails(house, "all@example.org"))
    (doubt,) = house.ask("FROM doubtful_ties")
    assert (doubt["trial_id"], doubt["other_id"]) == (MORE_KARE, NCT)
    assert doubt["matched_by"] == f"{NCT} names {MORE_KARE}"
    assert doubt["settled_by"].endswith("they were parted by A. Curator: the protocol names both")
    assert mails(house, OPERATOR) == [], "nobody is asked what he has answered"
    assert "Perhaps one study" not in page(house)


@pytest.mark.slow
def test_a_ruling_that_is_taken_back_counts_no_more_and_stays_on_record(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial(NCT))
    nights = (
        WATCH + said("tie", NCT, MORE_KARE),
        WATCH + said("tie", NCT, MORE_KARE),
        WATCH + said("tie", NCT, MORE_KARE, "the sponsor wrote to us"),
        WATCH,
        WATCH + said("part", NCT, MORE_KARE),
    )
    tied = []
    for configured in nights:
        house.configure(configured)
        house.night()
        tied.append(len(house.ask("FROM studies")))
    assert tied == [1, 1, 1, 0, 0]
    rows = house.ask("SELECT * FROM study_rulings ORDER BY ruled_at")
    assert {(each["trial_id"], each["other_id"], each["ruled_by"]) for each in rows} == {
        (MORE_KARE, NCT, "A. Curator")
    }
    assert [
        (each["is_one_study"], each["reason"], each["ruled_at"][:10], (each["withdrawn_at"] or "")[:10])
        for each in rows
    ] == [
        (True, "the protocol names both", "2026-09-11", "2026-09-13"),
        (True, "the sponsor wrote to us", "2026-09-13", "2026-09-14"),
        (False, "the protocol names both", "2026-09-15", ""),
    ]


@pytest.mark.slow
def test_a_doubtful_tie_is_asked_about_once_and_shown_until_it_is_settled(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(naming(NCT, MORE_KARE), naming(OTHER, MORE_KARE))
    house.night()
    registry.night()
    house.night()
    assert house.ask("FROM studies") == []
    (mail,) = mails(house, OPERATOR)
    told = " ".join(mail.split())
    assert "2 pairs of trials may be one study" in told
    for trial_id in (NCT, OTHER):
        asked = f"{MORE_KARE} and {trial_id} may be one study: {trial_id} names {MORE_KARE}; it is not followed"
        assert asked in told
        assert asked in page(house)
        assert asked in " ".join(typed("show", trial_id)[1].split())
    assert "[[tie]]" in told
    assert "[[tie]]" in page(house)
    assert f'trials = ["{MORE_KARE}", "{NCT}"]' in " ".join(typed("show", NCT)[1].split()), "to be copied"

    house.configure(WATCH + said("tie", OTHER, MORE_KARE))
    registry.night()
    house.night()
    assert [each["trial_ids"] for each in house.ask("FROM studies")] == [[MORE_KARE, OTHER]]
    assert "Perhaps one study" not in page(house)
    assert "perhaps one study" not in typed("show", NCT)[1]
    assert len(mails(house, OPERATOR)) == 1


@pytest.mark.slow
def test_a_tie_of_a_number_that_nobody_bears_is_told_to_the_operator(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial(NCT))
    house.configure(WATCH + said("tie", NCT, "ISRCTN00000009"))
    house.night()
    house.night()
    (mail,) = mails(house, OPERATOR)
    assert "no trial with the number ISRCTN00000009 is held" in " ".join(mail.split())


@pytest.mark.slow
def test_of_many_doubtful_ties_the_page_shows_the_first(house: House, registry: SimulatedRegistry) -> None:
    registry.put(*(naming(f"NCT000000{place:02}", MORE_KARE) for place in range(60)))
    house.night()
    assert "60 pairs of trials that a person must judge" in page(house)
    assert page(house).count("may be one study:") == 50
    assert "The first 50; the analysts' file has all of them." in page(house)
    house.night()
    assert len(mails(house, OPERATOR)) == 1, "nor are those asked about that the mail had no room for"


@pytest.mark.slow
def test_a_night_that_cannot_ask_is_whole_all_the_same(house: House, registry: SimulatedRegistry) -> None:
    registry.put(naming(NCT, MORE_KARE), naming(OTHER, MORE_KARE))
    house.night()
    with opened(house.settings.store) as con:
        con.execute("DROP TABLE doubt_told")
    edit(registry, "COMPLETED", 12)
    report = house.night()
    assert report.ending.code is Code.DONE
    assert any("was not asked about doubtful twins" in each for each in report.ending.sentences)
    assert (NCT, "completed", "high", False) in endings(house)
    assert len(mails(house, "all@example.org")) == 1


def test_in_one_registry_alone_nothing_is_asked(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH.replace(', "isrctn"', ""))
    registry.put(naming(NCT, MORE_KARE), naming(OTHER, MORE_KARE))
    house.night()
    assert house.ask("FROM doubtful_ties") == []
    assert mails(house, OPERATOR) == []


@pytest.mark.slow
def test_what_a_person_wrote_is_shown_as_mere_text(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial(NCT))
    house.configure(WATCH + said("tie", NCT, "ISRCTN00000009", "<script>alert(1)</script>\\u001b[31m"))
    house.night()
    assert "&lt;script&gt;alert(1)" in page(house)
    assert "<script>alert(1)" not in page(house)
    assert "\x1b" not in typed("show", NCT)[1]


def test_what_concerns_no_trial_of_ours_is_listed_and_not_asked(
    house: House, registry: SimulatedRegistry, isrctn: SimulatedIsrctn
) -> None:
    words = 'relevant = false, reason = "another drug", by = "A. Curator"'
    overrides = "".join(f"{each} = {{ {words} }}\n" for each in (NCT, OTHER, MORE_KARE))
    registry.put(naming(NCT, MORE_KARE), naming(OTHER, MORE_KARE))
    house.configure(f"{WATCH}\n[watch.ketamine-sud.overrides]\n{overrides}")
    house.night()
    assert len(house.ask("FROM doubtful_ties WHERE settled_by IS NULL")) == 2
    assert mails(house, OPERATOR) == []
    assert "Perhaps one study" not in page(house)
