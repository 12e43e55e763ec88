"""The page as a file: the right facts, the same bytes, nobody's name, nothing hostile, kind when it is empty."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from lxml import html

from connectors.simulated import SimulatedRegistry, faults
from connectors.statuses import GROUPS, UNRECOGNISED, status_groups
from tests.house import WATCH, House
from tests.records import a_trial, with_status
from tests.shelf import Shelf
from tests.warehouse.publish.published import as_tables
from warehouse.publish.page import render
from warehouse.publish.page.facts import MOST_TRIALS
from warehouse.store import models

PEOPLE = ("Jane Roe", "+44 1392 000000", "jane@clinic.example", "Prof Q. Principal")
HOSTILE = (
    "<script>document.title='taken'</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "<!-- <base href=//evil.example>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egnp.exe \x1b[31mred\x00\u2028line\ufeff",
    "\ud83d half a pair",
)


def page_of(house: House) -> bytes:
    return (house.settings.published / "index.html").read_bytes()


def parsed(house: House) -> Any:
    return html.document_fromstring(page_of(house).decode())


def text_of(house: House, selector: str) -> str:
    return " ".join(" ".join(each.text_content().split()) for each in parsed(house).cssselect(selector))


def data_of(tree: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page's script works on: the table's rows and the cards, both by the trial's number."""
    (rows,), (cards,) = (tree.cssselect(f"#data-{name}") for name in ("trials", "cards"))
    trials = json.loads(rows.text)["trials"]
    whole = map(json.loads, cards.text.split("\n"))
    return {row["id"]: row for row in trials}, dict(zip((row["id"] for row in trials), whole, strict=True))


def overdue(number: str) -> dict[str, Any]:
    return a_trial(
        number,
        primaryCompletionDateStruct={"date": "2026-01", "type": "ESTIMATED"},
        completionDateStruct={"date": "2026-03", "type": "ESTIMATED"},
        statusVerifiedDate="2024-11",
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two nights: a baseline of four trials, then a completion. Only to be looked at."""
    cannabis = a_trial("NCT10000003")
    cannabis["protocolSection"]["conditionsModule"] = {
        "conditions": ["Cannabis Use Disorder", "Cocaine Dependence"]
    }
    cannabis["protocolSection"]["identificationModule"].update(
        briefTitle="Ketamine for Cannabis Use Disorder and Cocaine Dependence", officialTitle="The Same"
    )
    cannabis["derivedSection"]["conditionBrowseModule"] = {}
    with SimulatedRegistry() as registry:
        house = House(tmp_path_factory.mktemp("told"), registry.url)
        house.configure(WATCH)
        registry.put(a_trial("NCT10000001"), overdue("NCT10000002"), cannabis, a_trial("NCT10000004"))
        house.night()
        registry.night()
        registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-11"))
        house.night()
        yield house


def test_the_head_says_what_happened_how_the_night_went_and_how_old_it_is(told: House) -> None:
    assert text_of(told, "h1") == "In the last 30 days, 1 trial completed"
    assert text_of(told, ".lead") == "4 trials watched."
    verdict = text_of(told, ".verdict")
    assert "Complete night. Page made 2026-09-13 02:30 UTC, from data as of 2026-09-14 09:00 UTC" in verdict
    assert (
        "clinicaltrials.gov for ketamine-sud: complete; data version 2026-09-14T09:00:04; 4 trials read" in verdict
    )
    assert "Not medical advice" in text_of(told, "footer")
    assert "clinicaltrials.gov, data version 2026-09-14T09:00:04." in text_of(told, "footer")
    assert "write to them, or to register@clinicaltrials.gov" in text_of(told, "footer")
    assert "To pass this on: ClinicalTrials.gov, kept by U.S. National Library of Medicine." in text_of(
        told, "footer"
    )


def test_a_change_is_told_with_what_it_was_what_it_is_whose_doing_and_when(told: House) -> None:
    news = text_of(told, "#changes .news")
    assert "Ketamine for Alcohol Use Disorder (NCT10000001)" in news
    assert "Completed; until now recruiting." in news
    assert "Caused by the sponsor; posted 2026-09-11; first seen by us 2026-09-13 02:30 UTC" in news


def test_each_trial_has_its_row_with_what_it_is_about_and_its_course(told: House) -> None:
    rows, _ = data_of(parsed(told))
    assert {number: row["about"] for number, row in rows.items()} == {
        "NCT10000001": ["alcohol"],
        "NCT10000002": ["alcohol"],
        "NCT10000003": ["cannabis", "cocaine"],
        "NCT10000004": ["alcohol"],
    }
    first = rows["NCT10000001"]
    assert next(iter(rows)) == "NCT10000001", "it moved last"
    assert (first["status"], first["group"], first["phase"]) == ("Completed", "completed", "Phase 2")
    assert (first["changed"], first["change"], first["kinds"]) == ("2026-09-13", "Completed", ["Completed"])
    assert first["course"] == (
        "Start 2025-03-01; Recruiting since 2026-06-04; Completed since 2026-09-11; expected to end 2027-12"
    )
    assert (rows["NCT10000004"]["changed"], rows["NCT10000004"]["change"]) == ("2026-06-04", "Updated")


def test_the_overdue_and_the_lapsing_are_named(told: House) -> None:
    rows, cards = data_of(parsed(told))
    assert {number: row["late"] for number, row in rows.items() if row["late"]} == {"NCT10000002": 166}
    assert ["Completion", ["2026-03 (expected)", "166 days overdue"]] in cards["NCT10000002"]["facts"]
    assert text_of(told, ".tiles .alarm") == "Overdue 1"
    # Last verified in November 2024: unknown 25 months later.
    (lapsing,) = (each for each in parsed(told).cssselect(".due li") if "unknown" in each.text_content())
    assert lapsing.cssselect("time")[0].attrib["datetime"] == "2026-12-01"
    assert lapsing.cssselect("a")[0].attrib["href"] == "#trial-NCT10000002"


def test_every_trial_is_found_by_all_that_it_holds(told: House) -> None:
    places: dict[str, list[int]] = {}
    for line in parsed(told).cssselect("#data-words")[0].text.split("\n"):
        word, *distances = line.split(" ")
        places[word] = [sum(map(int, distances[: at + 1])) for at in range(len(distances))]
    rows = list(data_of(parsed(told))[0])
    for word in ("exeter", "kingdom", "clinic", "relapse", "alcoholism", "university", "heavy", "org-nct10000003"):
        assert word in places, word
    assert [rows[place] for place in places["cannabis"]] == ["NCT10000003"]
    assert places["exeter"] == [0, 1, 2, 3]


def test_a_chart_has_its_figures_beside_it_as_a_table(told: House) -> None:
    substance, year, *_ = parsed(told).cssselect("#figures figure")
    assert [
        [" ".join(cell.text_content().split()) for cell in row.cssselect("th, td")]
        for row in substance.cssselect("tr")
    ] == [
        ["Substance", "Recruiting", "Completed", "All"],
        ["alcohol", "2", "1", "3"],
        ["cannabis", "1", "", "1"],
        ["cocaine", "1", "", "1"],
    ]
    assert substance.cssselect("[role=img]")[0].attrib["aria-label"] == (
        "Status by substance. The table below has the same figures."
    )
    assert [cell.text_content() for cell in year.cssselect("tbody tr")[0].cssselect("th, td")] == [
        "2025",
        "3",
        "1",
        "4",
    ]
    for figure in (substance, year):
        assert figure.cssselect("svg rect"), "a chart is drawn"


def test_a_trial_tells_its_history_and_why_it_is_here(told: House) -> None:
    card = data_of(parsed(told))[1]["NCT10000001"]
    assert card["why"] == ["ketamine-sud: the watch has no rules: all of it is."]
    assert card["evidence"][0].startswith("ketamine-sud: entered 12 Sep 2026: found by search: ketamine OR")
    assert card["evidence"][1].startswith("alcohol: “Alcohol Use Disorder” – to whom: ")
    assert [entry["on"] for entry in card["history"]] == ["2026-09-11", "2026-06-04"], "the latest first"
    assert dict(card["facts"])["Design"] == ["Phase 2, 60 people planned"]
    assert card["links"][0][1] == "https://clinicaltrials.gov/study/NCT10000001"


def test_a_change_can_be_cited_by_its_id_and_the_data_it_was_seen_in(told: House) -> None:
    (stored,) = told.ask("SELECT change_id FROM changes")
    latest, first = data_of(parsed(told))[1]["NCT10000001"]["history"]
    (change,) = latest["changes"]
    assert change == {
        "id": stored["change_id"],
        "lead": "Completed",
        "rest": "; until now recruiting.",
        "cause": "the sponsor",
        "dated": "posted 2026-09-11; first seen by us 2026-09-13 02:30 UTC",
        "data": "2026-09-14T09:00:04",
    }
    assert (latest["version"], latest["status"], latest["past"], first["changes"]) == (2, "Completed", False, [])
    cites = [link.attrib["href"] for link in parsed(told).cssselect("#changes .news .cite")]
    assert cites == [f"#change-{stored['change_id']}"]


def test_without_a_script_the_trials_are_named(told: House) -> None:
    named = [" ".join(each.text_content().split()) for each in parsed(told).cssselect("noscript li")]
    assert len(named) == 4
    assert named[0] == "Ketamine for Alcohol Use Disorder (NCT10000001) NCT10000001 · Completed · ends 2027-12"


def test_a_trial_that_is_set_aside_is_named_with_the_reason(house: House, registry: SimulatedRegistry) -> None:
    house.configure(
        '[watch.ketamine-sud]\nterms = ["ketamine"]\n[watch.ketamine-sud.overrides]\n'
        'NCT10000002 = { relevant = false, reason = "healthy volunteers", by = "a curator" }\n'
    )
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()
    assert text_of(house, ".lead") == "1 trial watched, of 2 found."
    assert list(data_of(parsed(house))[0]) == ["NCT10000001"]
    told = text_of(house, "#aside li")
    assert "NCT10000002" in told
    assert "overruled as not ours by a curator: healthy volunteers" in told


def test_nothing_found_is_said_kindly(house: House) -> None:
    house.night()
    assert text_of(house, "h1") == "No trial found yet"
    assert "it stands here the morning after" in text_of(house, ".lead")
    assert "Nothing has changed since this watch began" in text_of(house, "#changes")
    assert [section.attrib["id"] for section in parsed(house).cssselect("section")] == ["changes"]


@pytest.mark.slow
def test_a_night_that_did_not_come_off_is_told_by_the_next_page(house: House, registry: SimulatedRegistry) -> None:
    house.configure('[watch.first]\nterms = ["ketamine"]\n[watch.second]\nterms = ["alcohol"]\n')
    registry.put(a_trial())
    house.night()
    registry.night()
    registry.fail(faults.status(500, on="search"))
    house.night()
    verdict = text_of(house, ".verdict")
    assert "Not a complete night. Page made 2026-09-13 02:30 UTC" in verdict
    assert "for first: not complete: the registry could not be read to its end" in verdict
    assert "Last complete 2026-09-12 02:30 UTC" in verdict
    assert "for second: complete" in verdict


def test_the_same_file_makes_the_same_page(told: House) -> None:
    with duckdb.connect(str(told.settings.published / "trialwatch.duckdb"), read_only=True) as con:
        assert render(con) == render(con) == page_of(told)


@pytest.mark.slow
def test_nobody_is_named(house: House, registry: SimulatedRegistry) -> None:
    record = a_trial("NCT10000001")
    contact = {"name": PEOPLE[0], "phone": PEOPLE[1], "email": PEOPLE[2], "role": "CONTACT"}
    contacts = record["protocolSection"]["contactsLocationsModule"]
    contacts["centralContacts"] = [contact]
    contacts["overallOfficials"] = [{"name": PEOPLE[3], "role": "PRINCIPAL_INVESTIGATOR"}]
    registry.put(record)
    house.night()
    registry.night()

    def another(record: dict[str, Any]) -> None:
        record["protocolSection"]["contactsLocationsModule"]["centralContacts"][0]["name"] = "Jane Doe"

    registry.edit("NCT10000001", another)
    house.night()
    page = page_of(house).decode()
    assert "Contacts and locations changed" in page, "what was looked through tells of the change"
    for name in (*PEOPLE, "Jane Doe", "team@example.org"):
        assert name not in page


def hostile(number: str, text: str) -> dict[str, Any]:
    """A record whose every text that the page shows is hostile."""
    record = a_trial(number, overallStatus="COMPLETED", whyStopped=text)
    protocol = record["protocolSection"]
    protocol["identificationModule"].update(briefTitle=f"Ketamine {text}", officialTitle=text, acronym=text)
    protocol["sponsorCollaboratorsModule"]["leadSponsor"] = {"name": text, "class": text}
    protocol["conditionsModule"] = {"conditions": [f"Alcohol Use Disorder {text}"], "keywords": [text]}
    protocol["contactsLocationsModule"]["locations"] = [{"facility": text, "city": text, "country": text}]
    protocol["designModule"]["phases"] = [text]
    protocol["statusModule"]["overallStatus"] = text
    return record


@pytest.mark.slow
def test_hostile_text_is_only_text(house: House, registry: SimulatedRegistry) -> None:
    records = [hostile(f"NCT1000{number:04}", text) for number, text in enumerate(HOSTILE[:-1])]
    registry.put(*records)
    house.night()
    registry.night()
    for number, text in enumerate(HOSTILE[:-1]):

        def renamed(record: dict[str, Any], text: str = text) -> None:
            record["protocolSection"]["identificationModule"]["briefTitle"] = f"{text} ketamine"
            record["protocolSection"]["statusModule"]["whyStopped"] = f"{text}!"
            record["protocolSection"]["outcomesModule"] = {"primaryOutcomes": [{"measure": text}]}

        registry.edit(f"NCT1000{number:04}", renamed)
    house.night()
    page = page_of(house).decode()
    tree = parsed(house)
    assert "document.title=&#39;taken&#39;" in page, "the hostile text is on the page"
    assert "\\u003cscript\\u003edocument.title='taken'" in page, "and among what its script works on"
    scripts = tree.cssselect("script")
    kinds = [each.attrib.get("type") for each in scripts]
    assert kinds == ["application/json", "application/x-ndjson", "text/plain", None, None]
    for each in scripts[:3]:
        assert "<" not in each.text
    assert len(tree.cssselect("style")) == 1
    assert tree.cssselect("img, iframe, object, embed, base, form") == []
    attributes = {(name, value) for each in tree.iter("*") for name, value in each.attrib.items()}
    assert [name for name, _ in attributes if name.startswith("on") or name == "style"] == []
    for name, value in attributes:
        if name in ("href", "src", "xlink:href"):
            assert re.match(
                r"(#|https://clinicaltrials\.gov/(study/|about-site/terms-conditions$)|changes\.atom$|coming-up\.ics$|trialwatch\.duckdb$|data:image/svg)",
                value,
            )
    rows, cards = data_of(tree)
    assert len(rows) == len(cards) == len(records)
    assert all(row["url"].startswith("https://clinicaltrials.gov/study/") for row in rows.values())
    steering = r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
    shown = page.replace(tree.cssselect("script")[3].text, "")  # the library's own
    assert re.search(steering, shown) is None
    assert re.search(steering, json.dumps([rows, cards], ensure_ascii=False)) is None, "nor is it once it is read"


@pytest.mark.slow
def test_after_a_quiet_month_the_last_news_are_shown_as_such(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    house.now += timedelta(days=40)
    house.night()
    assert text_of(house, "h1") == "Nothing material changed in the last 30 days"
    assert "Nothing in the last 30 days. The last changes before that:" in text_of(house, "#changes")
    assert "Completed; until now recruiting." in text_of(house, "#changes .news")


def test_it_reads_only_views(told: House) -> None:
    """With the stored tables out of reach, it is the same page."""
    with duckdb.connect() as con:
        as_tables(told.settings.published, con)
        assert render(con) == page_of(told)


@pytest.mark.slow
def test_a_watch_too_large_for_a_page_shows_what_moved_last_and_says_so(told: House) -> None:
    with duckdb.connect() as con:
        as_tables(told.settings.published, con)
        con.execute(
            "INSERT INTO trials SELECT trials.* REPLACE (printf('NCT9%07d', number) AS trial_id) "
            "FROM trials, range(3000) AS more (number) WHERE trial_id = 'NCT10000004'"
        )
        tree = html.document_fromstring(render(con).decode())
    rows, _ = data_of(tree)
    assert len(rows) == MOST_TRIALS
    assert "The 2,000 that moved last, of 3,004" in tree.cssselect("#trials")[0].text_content()
    assert next(iter(rows)) == "NCT10000001", "it moved last"
    assert " ".join(tree.cssselect(".tiles li")[0].text_content().split()) == "Recruiting 3,003", "all of them"


def test_every_status_group_has_its_colour_and_its_place() -> None:
    assert set(GROUPS) == {*status_groups().values(), UNRECOGNISED}


@pytest.mark.slow
def test_the_trials_of_the_2018_review_say_how_sure_it_is_that_they_are(
    house: House, registry: SimulatedRegistry
) -> None:
    registry.put(a_trial("NCT02649231"), a_trial("NCT03344419"))
    house.night()
    registry.night()
    registry.edit("NCT02649231", with_status("COMPLETED", posted="2026-09-14"))
    house.night()
    rows = [" ".join(row.text_content().split()) for row in parsed(house).cssselect("#review tbody tr")]
    assert len(rows) == 13
    (kare,) = (row for row in rows if "NCT02649231" in row)
    assert "Completed" in kare
    assert "probably this one" in kare
    assert "Completed, seen 13 Sep 2026" in kare
    (cocaine,) = (row for row in rows if "NCT03344419" in row)
    assert "perhaps this one" in cocaine
    assert "NCT01535937" in cocaine, "the other that it may be"
    (cannabis,) = (row for row in rows if "NCT02946489" in row)
    assert "not in a watch here" in cannabis


def test_a_watch_without_any_of_them_says_nothing_of_the_review(told: House) -> None:
    assert not parsed(told).cssselect("#review")


def test_a_year_that_cannot_be_is_no_reason_to_draw_ten_thousand(
    house: House, registry: SimulatedRegistry
) -> None:
    def posted(number: str, day: str) -> dict[str, Any]:
        return a_trial(number, studyFirstPostDateStruct={"date": day, "type": "ACTUAL"})

    registry.put(posted("NCT10000001", "0001-01-01"), posted("NCT10000002", "9999-12-31"), a_trial("NCT10000003"))
    house.night()
    years = text_of(house, "#figure-by-year tbody th")
    assert years == "2025 impossible"


def test_a_trial_that_ceased_to_be_ours_tonight_is_still_in_the_news(shelf: Shelf) -> None:
    url = "https://clinicaltrials.gov/study/NCT10000001"
    shelf.trial("NCT10000001", title="Ketamine for Alcohol Use Disorder", overall_status="COMPLETED")
    stay = {"watch": "w", "trial_id": "NCT10000001", "stay": 1, "is_relevant": False, "why_entered": "found"}
    shelf.put(models.WatchMember, **stay, entered_at=shelf.now - timedelta(days=90))
    common = {
        "trial_id": "NCT10000001",
        "cause": "sponsor",
        "observed_at": shelf.now,
        "registry_date_basis": "posted",
        "run_id": "r",
        "source": "nightly",
    }
    for kind, old, new, reason in (
        ("completed", "RECRUITING", "COMPLETED", "RECRUITING → COMPLETED"),
        ("relevance_changed", "true", "false", "healthy volunteers are the only population now"),
    ):
        field = {"completed": "overall_status"}.get(kind, "is_relevant")
        values = {"field": field, "old_value": old, "new_value": new, "materiality": "high", "reason": reason}
        shelf.put(models.Change, change_id=kind, kind=kind, **values, **common)
    with shelf.open() as con:
        page = html.document_fromstring(render(con).decode())
    (news,) = page.cssselect(".news")
    text = " ".join(news.text_content().split())
    assert "Completed; until now recruiting." in text
    assert "No longer counts as relevant. Healthy volunteers are the only population now." in text
    assert [link.attrib["href"] for link in news.cssselect("a")] in ([url], [])
    assert not page.cssselect("#table"), "it is in no list of ours"
