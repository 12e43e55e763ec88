"""The page over 250 trials as rich as real ones: no word is broken, and nothing is wider than the window."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from connectors.simulated import SimulatedRegistry
from tests.house import House
from warehouse.words.markup import LONGEST_WORD

EVERYTHING = "[watch.everything]\neverything = true\n"
ROWS = 250
OPENED = 12
STATUSES = (
    *("RECRUITING", "COMPLETED", "TERMINATED", "UNKNOWN", "ACTIVE_NOT_RECRUITING", "NOT_YET_RECRUITING"),
    *("WITHDRAWN", "SUSPENDED", "ENROLLING_BY_INVITATION", "NO_LONGER_AVAILABLE"),
)
TITLES = (
    "Electroencephalographic Biomarkers of Ketamine-Assisted Psychotherapy in Alcohol Use Disorder",
    "Psychopharmacotherapy With Repeated Intravenous Ketamine for Methamphetamine Dependence (KETMETH-2)",
    "A Randomised, Double-Blind, Midazolam-Controlled Trial of Ketamine for Buprenorphine/Naloxone Induction",
    "Neurocognitive and Electrophysiological Effects of Esketamine in Treatment-Resistant Depression With AUD",
    "Ketamine for Cannabis Use Disorder: a Pilot",
)
SPONSORS = (
    "Universitätsklinikum Hamburg-Eppendorf",
    "University of Exeter",
    "National Institute on Drug Abuse (NIDA)",
    "Assistance Publique - Hôpitaux de Paris",
    "Pontificia Universidade Católica do Rio Grande do Sul",
)
WHY = "Slow accrual; sponsor's decision (re-prioritisation of the portfolio), not safety-related."
CRITERIA = (
    "Inclusion: DSM-5 alcohol use disorder, moderate or severe; 18-65 years; gamma-glutamyltransferase below 300 "
    "U/L. Exclusion: uncontrolled hypertension (>160/100 mmHg); schizophrenia-spectrum disorder; "
    "phosphatidylethanol-negative. "
)
BROKEN_WORDS = """(longest) => {
    const word = /(?<![\\w-])\\d{4}-\\d\\d(?:-\\d\\d)?(?![\\w-])|[\\p{L}\\p{N}\\p{M}]+(?:[.,'’]\\p{N}+)*/gu;
    const broken = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.parentElement.closest("script, style") || !node.parentElement.checkVisibility()) continue;
        for (const found of node.data.matchAll(word)) {
            const range = document.createRange();
            range.setStart(node, found.index);
            range.setEnd(node, found.index + found[0].length);
            const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.bottom / 4)));
            const before = node.data.slice(0, found.index).match(/\\S*$/)[0];  // an address may break
            if (lines.size > 1 && found[0].length <= longest && !before.includes("://"))
                broken.push(`${found[0]} in ${node.parentElement.closest("[class]")?.className}`);
        }
    }
    return broken;
}"""


def a_rich_trial(number: int) -> dict[str, Any]:
    """Invented, as long and as odd as real ones are."""
    chance = random.Random(number)
    year = chance.choice((2009, 2010, 2014, 2015, 2019, 2021, 2022, 2024, 2025))  # not every year
    conditions = chance.sample(
        ["Alcohol Use Disorder", "Methamphetamine Dependence", "Opioid Use Disorder", "Cannabis Use Disorder",
         "Cocaine Dependence", "Sedative, Hypnotic, or Anxiolytic Use Disorder", "Tobacco Use Disorder"], 3
    )  # fmt: skip
    return {
        "hasResults": number % 7 == 0,
        "protocolSection": {
            "identificationModule": {
                "nctId": f"NCT4000{number:04}",
                "briefTitle": f"{TITLES[number % 5]} in {', '.join(conditions)}",
                "acronym": "KET-METH",
            },
            "statusModule": {
                "statusVerifiedDate": f"{year + 1}-06",
                "overallStatus": STATUSES[number % len(STATUSES)],
                "whyStopped": WHY if number % 5 == 0 else None,
                "startDateStruct": {"date": f"{year}-03-01", "type": "ACTUAL"},
                "completionDateStruct": {"date": f"{year + 2}-12-31", "type": "ESTIMATED"},
                "studyFirstPostDateStruct": {"date": f"{year}-01-15", "type": "ACTUAL"},
                "lastUpdatePostDateStruct": {"date": f"{year + 1}-06-04", "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": SPONSORS[number % 5], "class": "OTHER"}},
            "conditionsModule": {"conditions": conditions},
            "designModule": {"phases": ["PHASE2"], "enrollmentInfo": {"count": chance.randrange(12, 2400)}},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Ketamine Hydrochloride"}]},
            "eligibilityModule": {"eligibilityCriteria": CRITERIA * 6},
            "contactsLocationsModule": {
                "locations": [
                    {"city": "Hamburg", "country": "Germany"},
                    {"city": "Exeter", "country": "United Kingdom"},
                ]
            },
        },
    }


def edited(record: dict[str, Any]) -> None:
    """A night's edits: a status, a long text, a date."""
    protocol = record["protocolSection"]
    protocol["statusModule"]["overallStatus"] = "ACTIVE_NOT_RECRUITING"
    protocol["statusModule"]["completionDateStruct"] = {"date": "2031-12-31", "type": "ESTIMATED"}
    protocol["statusModule"]["lastUpdatePostDateStruct"] = {"date": "2026-09-11", "type": "ACTUAL"}
    criteria = protocol.setdefault("eligibilityModule", {}).get("eligibilityCriteria", "")
    protocol["eligibilityModule"]["eligibilityCriteria"] = (
        f"{criteria} Electroencephalographically verified abstinence."
    )


def published(house: House, registry: SimulatedRegistry, records: list[dict[str, Any]]) -> Path:
    house.configure(EVERYTHING)
    registry.put(*records)
    house.night()
    registry.night()
    for record in records[::6]:
        registry.edit(record["protocolSection"]["identificationModule"]["nctId"], edited)
    house.night()
    return house.settings.published / "index.html"


def look_at(browser: Browser, file: Path) -> None:
    for width in (320, 768, 1440):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{file.as_uri()}#rows=500")
        assert page.locator("#table tbody tr[data-trial]").count() == ROWS
        for opener in page.locator("#table .open").all()[:OPENED]:
            opener.press("Enter")
        page.locator("details").evaluate_all("all => { for (const each of all) each.open = true }")
        assert page.evaluate(BROKEN_WORDS, LONGEST_WORD) == [], f"at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.close()


@pytest.mark.slow
def test_no_word_of_invented_trials_is_broken(browser: Browser, house: House, registry: SimulatedRegistry) -> None:
    file = published(house, registry, [a_rich_trial(number) for number in range(ROWS)])
    look_at(browser, file)
    page = browser.new_page()
    page.goto(file.as_uri())
    named = page.locator("#figure-by-year svg.chart text").all_text_contents()
    years = [text for text in named if len(text) == 4]
    assert years == [str(year) for year in range(2009, 2026, 2)], "also the years without a trial"
    page.close()


@pytest.mark.slow
def test_250_trials_take_six_screens_and_four_sheets(
    browser: Browser, house: House, registry: SimulatedRegistry
) -> None:
    file = published(house, registry, [a_rich_trial(number) for number in range(ROWS)])
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollHeight") <= 6 * 900
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(sheets) <= 4
    page.close()


@pytest.mark.slow
def test_no_word_of_real_trials_is_broken(
    browser: Browser, house: House, registry: SimulatedRegistry, real_records: list[dict[str, Any]]
) -> None:
    look_at(browser, published(house, registry, real_records[:ROWS]))
