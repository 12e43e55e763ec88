"""The feed of changes: valid, telling what mails tell, each change under an id that it keeps for ever."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import feedparser
import pytest
from lxml import etree

from connectors.simulated import SimulatedRegistry
from tests.house import House
from tests.records import a_trial, with_status
from tests.warehouse.test_page import HOSTILE
from warehouse.dates import naive_utc
from warehouse.feed import MOST_ENTRIES, feed, render

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


def test_a_change_is_told_whole() -> None:
    seen = read(feed([a_change()], NOW))
    (entry,) = seen.entries
    assert entry.title == "Completed: Ketamine & Alcohol (NCT10000001)"
    assert entry.link == "https://clinicaltrials.gov/study/NCT10000001"
    assert entry.updated == "2026-09-16T02:30:00Z"
    assert [tag.term for tag in entry.tags] == ["completed", "alcohol", "high"]
    assert entry.content[0].value.splitlines() == [
        "Overall status: Active, not recruiting → Completed",
        "ACTIVE_NOT_RECRUITING → COMPLETED",
        "Caused by the sponsor; posted 2026-09-15; first seen by us 2026-09-16 02:30 UTC.",
    ]
    assert "not medical advice" in seen.feed.subtitle


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


def test_the_same_file_makes_the_same_feed(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    with duckdb.connect(str(house.settings.published / "trialwatch.duckdb"), read_only=True) as con:
        assert render(con) == render(con) == (house.settings.published / "changes.atom").read_bytes()


def test_only_the_latest_are_told(house: House, registry: SimulatedRegistry) -> None:
    numbers = [f"NCT1000{number:04}" for number in range(MOST_ENTRIES + 3)]
    registry.put(*map(a_trial, numbers))
    house.night()
    registry.night()
    for number in numbers:
        registry.edit(number, with_status("COMPLETED"))
    house.night()
    assert len(published(house).entries) == MOST_ENTRIES


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
    content = feed(
        [a_change(field="trial_outcomes", old_value='["Days"]', new_value='["Nights"]', title=None)], NOW
    )
    (entry,) = read(content).entries
    assert entry.title == "Completed: NCT10000001"
    assert entry.content[0].value.splitlines()[:2] == ["− Days", "+ Nights"]
