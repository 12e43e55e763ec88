"""The page in a real Chromium: it asks for nothing, says no error, fits a phone, and works by keyboard.

Debian's `chromium` package is enough; where there is none these tests skip.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from connectors.simulated import SimulatedRegistry
from tests.house import WATCH, House
from tests.records import a_trial, with_status
from tests.warehouse.publish.test_page import HOSTILE, hostile, overdue

STATUSES = ("RECRUITING", "COMPLETED", "TERMINATED", "UNKNOWN", "ACTIVE_NOT_RECRUITING", "NOT_YET_RECRUITING")


@dataclass
class Sight:
    """A page that is open, with all that it asked for and all that it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def rows(self) -> list[str]:
        """Numbers of the trials that the table shows, in its order."""
        numbers: list[str] = self.page.locator("#table tbody tr:visible").evaluate_all(
            "rows => rows.map((row) => row.dataset.trial)"
        )
        return numbers


Look = Callable[..., Sight]


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Open a file or an address; at the end nothing else may have been asked for, and nothing been said."""
    opened: list[tuple[str, Sight]] = []

    def look(address: Path | str, width: int = 1440, scheme: Any = "light", fragment: str = "") -> Sight:
        url = address.as_uri() if isinstance(address, Path) else address
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        sight = Sight(page)
        page.on("request", lambda request: sight.requests.append(request.url))
        page.on("console", lambda message: sight.complaints.append(message.text))
        page.on("pageerror", lambda error: sight.complaints.append(str(error)))
        page.on("dialog", lambda dialog: sight.complaints.append(f"a dialog: {dialog.message}"))
        page.goto(url + fragment)
        opened.append((url, sight))
        return sight

    yield look
    for url, sight in opened:
        sight.page.close()
        assert sight.complaints == []
        assert {request for request in sight.requests if not request.startswith("data:")} == {url}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A published folder: thirty trials of every status and several substances, an overdue one, a completion."""
    with SimulatedRegistry() as registry:
        house = House(tmp_path_factory.mktemp("told"), registry.url)
        house.configure(WATCH)
        for number in range(29):
            record = a_trial(
                f"NCT2000{number:04}",
                overallStatus=STATUSES[number % len(STATUSES)],
                startDateStruct={"date": f"{2014 + number % 12}-03", "type": "ACTUAL"},
                completionDateStruct={"date": f"{2027 + number % 4}-12", "type": "ESTIMATED"},
            )
            record["protocolSection"]["designModule"]["enrollmentInfo"] = {"count": (number * 37) % 200}
            if number % 3 == 0:
                record["protocolSection"]["identificationModule"]["briefTitle"] = (
                    f"Ketamine in Opioid Use Disorder {number}"
                )
                record["protocolSection"]["conditionsModule"] = {"conditions": ["Opioid Use Disorder"]}
            registry.put(record)
        registry.put(overdue("NCT20009999"))
        house.night()
        registry.night()
        registry.edit("NCT20000000", with_status("COMPLETED", posted="2026-09-11"))
        registry.edit("NCT20000001", with_status("TERMINATED", whyStopped="Funding"))
        house.night()
        yield house.settings.published


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (320, "dark"),
        (1440, "light"),
        pytest.param(320, "light", marks=pytest.mark.slow),
        pytest.param(768, "dark", marks=pytest.mark.slow),
    ],
)
def test_it_fits_and_can_be_read_by_everyone(look: Look, told: Path, width: int, scheme: str) -> None:
    sight = look(told / "index.html", width, scheme)
    sight.page.locator("details").evaluate_all("all => { for (const each of all) each.open = true }")
    assert sight.page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(sight.page).response["violations"]
    assert [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]] == []


def test_it_is_served_without_asking_the_server_for_anything_else(look: Look, told: Path) -> None:
    asked: list[str] = []

    class Server(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(told))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        look(f"http://127.0.0.1:{server.server_port}/index.html").page.wait_for_timeout(200)
        server.shutdown()
    assert asked == ["/index.html"]


def test_its_policy_stops_what_is_not_its_own(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    page = sight.page
    stopped = page.evaluate(
        """() => new Promise((resolve) => {
            const stopped = new Set();
            document.addEventListener("securitypolicyviolation", (event) => {
                stopped.add(event.effectiveDirective);
                if (stopped.size === 3) resolve([...stopped].sort());
            });
            for (const html of ["<img src='/x.png'>", "<p style='color:red'>"])
                document.body.insertAdjacentHTML("beforeend", html);
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken'";
            document.body.append(script);
        })"""
    )
    assert stopped == ["img-src", "script-src-elem", "style-src-attr"]
    assert "taken" not in page.title()
    assert sight.complaints, "the browser says so where a developer looks"
    sight.complaints.clear()
    sight.requests.remove("file:///x.png")  # stopped before it left


def test_the_headings_sort_by_keyboard_both_ways_and_say_so(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    heading = sight.page.locator("#table thead th", has_text="Participants")
    heading.locator("button").focus()
    sight.page.keyboard.press("Enter")

    def shown() -> list[int]:
        return [int(text) for text in sight.page.locator("#table tbody td:nth-child(5)").all_inner_texts()]

    assert heading.get_attribute("aria-sort") == "ascending"
    assert shown() == sorted(shown())
    assert len(set(shown())) > 20
    sight.page.keyboard.press("Space")
    assert heading.get_attribute("aria-sort") == "descending"
    assert shown() == sorted(shown(), reverse=True)
    other = sight.page.locator("#table thead th", has_text="Start")
    other.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") is None
    assert other.get_attribute("aria-sort") == "ascending"


def test_filters_narrow_the_table_and_the_trials_below_and_say_how_many_are_left(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    page = sight.page
    assert page.locator("#shown").inner_text() == "30 of 30 trials shown"
    page.locator("#words").focus()
    page.keyboard.type("USE nct2000000 OPIOID")
    assert sight.rows() == ["NCT20000000", "NCT20000003", "NCT20000006", "NCT20000009"]
    assert page.locator("#shown").inner_text() == "4 of 30 trials shown"
    page.locator("#words").fill("nobody has this")
    assert sight.rows() == []
    assert page.locator("#shown").inner_text() == "0 of 30 trials shown"
    assert page.locator(".trial:visible").count() == 0
    page.locator("#clear").press("Enter")
    assert len(sight.rows()) == 30
    page.locator("#substance").select_option("opioid")
    page.locator("#group").select_option("completed")
    assert sorted(sight.rows()) == ["NCT20000000"]
    assert page.locator(".trial:visible").count() == 1
    page.locator("#clear").click()
    page.locator("#late-only").press("Space")
    assert sight.rows() == ["NCT20009999"]


def test_a_link_to_a_trial_opens_it_also_where_a_filter_hid_it(look: Look, told: Path) -> None:
    sight = look(told / "index.html", fragment="#NCT20000004")
    sight.requests[:] = [url.partition("#")[0] for url in sight.requests]
    assert sight.page.locator("#NCT20000004[open]").count() == 1
    sight.page.locator("#words").fill("nobody has this")
    sight.page.locator("#changes .news a").first.press("Enter")
    sight.page.wait_for_selector("#NCT20000000[open]", state="visible")


def test_an_old_page_says_so_by_the_readers_own_clock(look: Look, told: Path) -> None:
    """The page was made in September 2026; whoever reads it later must see that."""
    age = look(told / "index.html").page.locator("#age")
    assert re.fullmatch(r"\(\d+ days ago\)", age.inner_text().strip())
    assert "warn" in (age.get_attribute("class") or "")


def test_without_a_script_everything_is_there_to_read(browser: Browser, told: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 800})
    page = context.new_page()
    page.goto((told / "index.html").as_uri())
    assert page.locator("#table tbody tr:visible").count() == 30
    assert page.locator(".trial summary:visible").count() == 30
    assert not page.locator("#controls").is_visible()
    context.close()


def test_hostile_text_does_nothing(look: Look, house: House, registry: SimulatedRegistry) -> None:
    registry.put(*(hostile(f"NCT1000{number:04}", text) for number, text in enumerate(HOSTILE[:-1])))
    house.night()
    sight = look(house.settings.published / "index.html", 320)
    assert "taken" not in sight.page.title()
    assert sight.page.locator("#table tbody tr:visible").count() == len(HOSTILE) - 1
    assert "<script>document.title='taken'</script>" in sight.page.locator("#table").inner_text()
    assert sight.page.evaluate("document.documentElement.scrollWidth") == 320


def test_an_empty_watch_has_a_page_too(look: Look, house: House) -> None:
    house.night()
    for width, scheme in ((320, "dark"), (1440, "light")):
        sight = look(house.settings.published / "index.html", width, scheme)
        assert sight.page.locator("main").inner_text().startswith("What changed lately")
        assert sight.page.evaluate("document.documentElement.scrollWidth") == width
        assert Axe().run(sight.page).violations_count == 0


@pytest.mark.slow
def test_a_thousand_trials_are_drawn_sorted_and_filtered(
    look: Look, house: House, registry: SimulatedRegistry
) -> None:
    registry.put(*(a_trial(f"NCT3000{number:04}") for number in range(1000)))
    house.night()
    file = house.settings.published / "index.html"
    assert file.stat().st_size < 5_000_000
    sight = look(file, 320)
    assert sight.page.evaluate("document.documentElement.scrollWidth") == 320
    sight.page.locator("#table thead button").first.press("Enter")
    sight.page.locator("#words").fill("NCT30000777")
    assert sight.rows() == ["NCT30000777"]
