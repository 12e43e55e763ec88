"""The feed of changes: valid, telling what mails tell, each change under an id that it keeps for ever."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import feedparser
import pytest
from lxml import etree

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status
from tests.shelf import Shelf
from tests.warehouse.publish.test_page import HOSTILE
from warehouse.instants import naive_utc
from warehouse.publish.feed import AT_LEAST, MOST_ENTRIES, MOST_LINES, feed, render
from warehouse.store import models

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
NOW = naive_utc(datetime(2026, 9, 16, 2, 30, tzinfo=UTC))


def read(content: bytes) -> Any:
    """The feed as a reader sees it; first it must be valid."""
    SCHEMA.assertValid(etree.fromstring(content))
    seen = feedparser.parse(content)
    assert not seen.bozo, seen.get("bozo_exception")
    assert seen.version == "atom10"
    return seen


def published(house: House) -> Any:
    return read((house.settings.published / "changes.atom").read_bytes())


def a_change(**more: Any) -> dict[str, Any]:
    return {
        "change_id": "c1",
        "trial_id": "NCT10000001",
        "kind": "completed",
        "field": "overall_status",
        "old_value": "ACTIVE_NOT_RECRUITING",
        "new_value": "COMPLETED",
        "cause": "sponsor",
        "materiality": "high",
        "reason": "ACTIVE_NOT_RECRUITING → COMPLETED",
        "registry_date": date(2026, 9, 15),
        "registry_date_basis": "posted",
        "observed_at": NOW,
        "title": "Ketamine & Alcohol",
        "url": "https://clinicaltrials.gov/study/NCT10000001",
        "substances": ["alcohol"],
        **more,
    }


def a_row(change_id: str, observed_at: datetime, **more: Any) -> dict[str, Any]:
    """The same as the store keeps it."""
    change = a_change(change_id=change_id, observed_at=observed_at, **more)
    kept = {name: value for name, value in change.items() if name not in ("title", "url", "substances")}
    return {**kept, "run_id": "r", "source": "nightly", "from_version": None, "to_version": None, "watch": None}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, now=NOW)


def test_a_change_is_told_whole() -> None:
    seen = read(feed([a_change()], NOW))
    (entry,) = seen.entries
    assert entry.title == "Completed: Ketamine & Alcohol (NCT10000001)"
    assert entry.link == "https://clinicaltrials.gov/study/NCT10000001"
    assert entry.updated == "2026-09-16T02:30:00Z"
    assert [tag.term for tag in entry.tags] == ["completed", "alcohol", "high"]
    assert entry.content[0].value.splitlines() == [
        "Completed; until now active, not recruiting.",
        "Caused by the sponsor; posted 2026-09-15; first seen by us 2026-09-16 02:30 UTC.",
    ]
    assert "not medical advice" in seen.feed.subtitle
    assert "rights" not in seen.feed, "these changes come from nowhere"


def test_the_feed_says_where_it_comes_from_and_on_what_terms(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    rights = published(house).feed.rights
    assert rights.startswith(
        "From ClinicalTrials.gov, data version 2026-09-11T09:00:04. ClinicalTrials.gov asks: "
    )
    assert rights.endswith("(https://clinicaltrials.gov/about-site/terms-conditions)")


@pytest.mark.slow
def test_high_and_medium_changes_of_relevant_trials_are_told_and_no_others(
    house: House, registry: SimulatedRegistry
) -> None:
    house.configure(
        '[watch.ketamine-sud]\nterms = ["ketamine"]\n[watch.ketamine-sud.overrides]\n'
        'NCT10000002 = { relevant = false, reason = "healthy volunteers", by = "a curator" }\n'
    )
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"), a_trial("NCT10000003"))
    house.night()
    assert published(house).entries == []
    assert published(house).feed.updated == "2026-09-12T02:30:00Z"
    registry.night()
    for number in ("NCT10000001", "NCT10000002"):
        registry.edit(number, with_status("COMPLETED"))

    def renamed(record: dict[str, Any]) -> None:
        record["protocolSection"]["identificationModule"]["briefTitle"] = "Ketamine, renamed"

    registry.edit("NCT10000003", renamed)
    house.night()
    assert {"title_changed", "completed"} <= {kind for (kind,) in house.changes("kind")}
    first = published(house)
    assert [entry.title.partition(":")[0] for entry in first.entries] == ["Completed"]
    assert "NCT10000001" in first.entries[0].title
    registry.night()
    registry.edit("NCT10000001", with_status("RECRUITING"))
    house.night()
    second = published(house)
    assert [entry.title.partition(":")[0] for entry in second.entries] == [
        "Went back to an earlier stage",
        "Completed",
    ]
    assert second.entries[1] == first.entries[0], "an entry stays as it was first told"
    assert len({second.feed.id, *(entry.id for entry in second.entries)}) == 3


@pytest.mark.slow
def test_the_same_file_makes_the_same_feed(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    with duckdb.connect(str(house.settings.published / "trialwatch.duckdb"), read_only=True) as con:
        assert render(con) == render(con) == (house.settings.published / "changes.atom").read_bytes()


@pytest.mark.slow
def test_a_night_of_very_many_changes_drops_none_of_them(house: House, registry: SimulatedRegistry) -> None:
    numbers = [f"NCT1000{number:04}" for number in range(MOST_ENTRIES + 3)]
    registry.put(*map(a_trial, numbers))
    house.night()
    registry.night()
    for number in numbers:
        registry.edit(number, with_status("COMPLETED"))
    house.night()
    *entries, others = published(house).entries
    assert len(entries) == MOST_ENTRIES
    assert others.title == "3 further changes of 2026-09-13"
    titles = [entry.title for entry in entries] + others.content[0].value.splitlines()
    assert [title for title in titles if title.startswith("Completed: ")] == titles
    assert {title[-12:-1] for title in titles} == set(numbers)


def test_of_more_than_can_stand_in_one_entry_it_says_how_many_there_are() -> None:
    many = [a_change(change_id=f"c{number}") for number in range(MOST_ENTRIES + MOST_LINES + 7)]
    *entries, others = read(feed(many, NOW)).entries
    assert len(entries) == MOST_ENTRIES
    assert others.content[0].value.splitlines()[MOST_LINES:] == ["and 7 more, in the analysts' file"]


def test_the_feed_reaches_back_whole_nights_and_says_how_far(shelf: Shelf) -> None:
    shelf.trial("NCT10000001")
    member = {"watch": "w", "trial_id": "NCT10000001", "stay": 1, "is_relevant": True, "why_entered": "found"}
    shelf.put(models.WatchMember, **member, entered_at=NOW - timedelta(days=900))
    for days in (0, 29, 31, 400):
        for number in range(AT_LEAST - 2 if days == 0 else 2):
            shelf.put(models.Change, **a_row(f"{days}-{number}", NOW - timedelta(days=days)))
    with shelf.open() as con:
        seen = read(render(con))
    assert len(seen.entries) == AT_LEAST
    assert "since 2026-08-17; earlier ones are in the analysts' file" in seen.feed.subtitle


@pytest.mark.sampled
@pytest.mark.parametrize(
    ("stays", "relevance", "is_told"),
    [
        ([(True, None)], [], True),
        ([(False, None)], [], False),
        ([(True, -1)], [], True),  # it left the search; what happens to it is told all the same
        ([(False, None)], [("true", 0)], True),  # it ceased to be ours in the very night
        ([(False, None)], [("true", 1)], True),
        ([(False, None)], [("true", -1)], False),
        ([(False, None)], [("false", 1)], False),
    ],
)
def test_told_is_what_concerned_a_trial_that_was_ours_then(
    shelf: Shelf, stays: list[tuple[bool, int | None]], relevance: list[tuple[str, int]], is_told: bool
) -> None:
    shelf.trial("NCT10000001")
    for number, (is_relevant, left) in enumerate(stays):
        shelf.put(
            models.WatchMember,
            watch=f"w{number}",
            trial_id="NCT10000001",
            stay=1,
            is_relevant=is_relevant,
            entered_at=NOW - timedelta(days=5),
            why_entered="found",
            left_at=None if left is None else NOW + timedelta(days=left),
        )
    shelf.put(models.Change, **a_row("completed", NOW))
    for was, days in relevance:
        more = {"kind": "relevance_changed", "materiality": "low", "old_value": was}
        shelf.put(models.Change, **a_row(f"r{days}", NOW + timedelta(days=days), **more))
    with shelf.open() as con:
        assert len(read(render(con)).entries) == is_told


@pytest.mark.parametrize("text", [*HOSTILE, "a\x0bb\x0c\x1b[2J\ufffe\uffff\u0085", "]]>&amp;&#0;<![CDATA["])
def test_hostile_text_breaks_nothing(text: str) -> None:
    fields = (
        "trial_id",
        "title",
        "old_value",
        "new_value",
        "reason",
        "field",
        "registry_date_basis",
        "cause",
        "kind",
    )
    content = feed([a_change(**dict.fromkeys(fields, text), url=text, substances=[text])], NOW)
    (entry,) = read(content).entries
    assert entry.get("links", []) == []
    root = etree.fromstring(content)
    names = {etree.QName(element).localname for element in root.iter()}
    assert names == {
        *("feed", "id", "title", "subtitle", "updated", "author", "name"),
        "entry",
        "category",
        "content",
    }


def test_a_change_of_a_list_tells_what_went_and_what_came() -> None:
    listed = {"kind": "outcomes_changed", "field": "trial_outcomes", "title": None}
    (entry,) = read(feed([a_change(old_value='["Days"]', new_value='["Nights"]', **listed)], NOW)).entries
    assert entry.title == "Outcomes changed: NCT10000001"
    assert entry.content[0].value.splitlines()[:3] == ["Outcomes changed.", "− Outcome: Days", "+ Outcome: Nights"]


def test_what_is_appended_to_a_long_text_is_told() -> None:
    text = "Adults with alcohol use disorder. " * 60
    edited = {"kind": "eligibility_changed", "field": "eligibilityModule"}
    old, new = (f'{{"eligibilityCriteria":"{said}"}}' for said in (text, f"{text}No psychosis."))
    (entry,) = read(feed([a_change(old_value=old, new_value=new, **edited)], NOW)).entries
    assert "[+ No psychosis.]" in entry.content[0].value
    assert len(entry.content[0].value) < 400
