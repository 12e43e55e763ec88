"""The page in a real Chromium: it asks for nothing, says no error, fits a phone, and works by keyboard.

Debian's `chromium` package is enough; where there is none these tests skip.
"""

import csv
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
from lxml import etree
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
        """Numbers of the trials that the table's page shows, in its order."""
        numbers: list[str] = self.page.locator("#table tbody tr[data-trial]").evaluate_all(
            "rows => rows.map((row) => row.dataset.trial)"
        )
        return numbers

    @property
    def fragment(self) -> str:
        return self.page.url.partition("#")[2]

    @property
    def shown(self) -> str:
        return self.page.locator("#shown").inner_text()

    def left(self, trials: int) -> list[str]:
        """The table's numbers once its filters leave so many: the browser follows a link in its own time."""
        self.page.locator("#shown", has_text=re.compile(rf"^{trials} of ")).wait_for()
        return self.rows()

    def choose(self, facet: str, value: str) -> None:
        """Tick a value of a facet, as a hand would."""
        room = self.page.locator("details.facet", has=self.page.locator("summary", has_text=facet))
        if room.get_attribute("open") is None:
            room.locator("summary").click()
        room.locator("label", has_text=value).locator("input").click()

    def saved(self, button: str) -> str:
        """What a button saves."""
        with self.page.expect_download() as download:
            self.page.locator(button).click()
        return Path(download.value.path()).read_text("utf-8-sig")


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
        asked = {request.partition("#")[0] for request in sight.requests}
        assert {request for request in asked if not request.startswith(("data:", "blob:"))} == {url}


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
            if number == 7:
                protocol = record["protocolSection"]
                protocol["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = '=HYPERLINK(1) Hôpital, "Zürich"'
                protocol["armsInterventionsModule"]["interventions"].append(
                    {"type": "DRUG", "name": "A sedative", "otherNames": ["Midazolam"]}
                )
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
    sight = look(told / "index.html", width, scheme, "#trial-NCT20000000")
    sight.page.locator(".card").wait_for()
    unfold = "all => { for (const each of all) each.open = true }"
    sight.page.locator("details:not(.facet)").evaluate_all(unfold)
    sight.page.locator("details.facet summary").nth(1).click()
    assert sight.page.locator(".card .history li").count() == 2
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
    sight = look(told / "index.html", fragment="#rows=50")
    heading = sight.page.locator("#table thead th", has_text="People")
    heading.locator("button").focus()
    sight.page.keyboard.press("Enter")

    def shown() -> list[int]:
        cells = sight.page.locator("#table tbody td:nth-child(5)").all_inner_texts()
        return [int(text.split()[0]) for text in cells]

    assert heading.get_attribute("aria-sort") == "descending", "the largest are asked for first"
    assert shown() == sorted(shown(), reverse=True)
    assert len(set(shown())) > 20
    sight.page.keyboard.press("Space")
    assert heading.get_attribute("aria-sort") == "ascending", "it keeps the focus"
    assert shown() == sorted(shown())
    other = sight.page.locator("#table thead th", has_text="End")
    other.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") is None
    assert other.get_attribute("aria-sort") == "ascending"
    assert sight.fragment == "sort=end&rows=50"


def test_the_table_has_pages_and_a_trial_opens_by_keyboard(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    first = sight.rows()
    assert len(first) == 15
    sight.page.locator("#pages button", has_text="Next").press("Enter")
    assert len({*first, *sight.rows()}) == 30
    assert sight.page.locator("#pages span").inner_text() == "Page 2 of 2"
    assert sight.fragment == "page=2"
    opener = sight.page.locator("#table .open").first
    opener.press("Enter")
    assert sight.page.locator("#table .open").first.get_attribute("aria-expanded") == "true"
    assert sight.page.evaluate("document.activeElement.className") == "open"
    assert sight.page.locator(".card .facts").count() == 1
    sight.page.keyboard.press("Enter")
    assert sight.page.locator(".card").count() == 0


def test_a_search_finds_all_words_wherever_a_trial_holds_them(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    find = sight.page.locator("#find")
    for words, numbers in (
        ("MIDAZOLAM", ["NCT20000007"]),
        ("zurich hôpi", ["NCT20000007"]),
        ("exeter 20000007, a sedative", ["NCT20000007"]),
        ("nobody has this", []),
    ):
        find.fill(words)
        assert sight.rows() == numbers, words
    assert sight.shown == "0 of 30 trials"
    assert "No trial is left" in sight.page.locator("#lines").inner_text()
    find.fill("exeter")
    assert sight.shown == "30 of 30 trials"
    find.fill("USE nct2000000 OPIOID")
    assert sorted(sight.rows()) == ["NCT20000000", "NCT20000003", "NCT20000006", "NCT20000009"]
    assert sight.fragment == "find=USE+nct2000000+OPIOID"
    sight.page.locator("#clear").press("Enter")
    assert (sight.shown, sight.fragment) == ("30 of 30 trials", "")


def test_facets_narrow_table_and_timeline_and_the_address_brings_them_back(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    sight.choose("Substance", "Opioid")
    sight.choose("Status", "Completed")
    assert sight.rows() == ["NCT20000000"]
    assert sight.page.locator("#lines .name a").count() == 1
    sight.choose("Status", "Stopped")
    assert sight.fragment == "substance=opioid&status=completed&status=stopped"
    narrowed = sight.rows()
    counts = sight.page.locator("details.facet[open] label").all_inner_texts()
    assert "Completed\n1" in [text.strip() for text in counts], "a value says how many it would leave"
    sight.page.keyboard.press("Escape")
    assert sight.page.locator("details.facet[open]").count() == 0
    sight.page.go_back()
    assert sight.left(1) == ["NCT20000000"]
    sight.page.go_forward()
    assert sight.left(len(narrowed)) == narrowed
    again = look(
        told / "index.html", fragment="#substance=opioid&status=completed&status=stopped&trial=NCT20000000"
    )
    assert again.rows() == narrowed
    assert again.page.locator(".card").count() == 1
    again.page.locator("#clear").click()
    again.page.locator(".tiles .alarm a").click()
    assert again.left(1) == ["NCT20009999"]
    assert again.page.locator("#facets input[type=checkbox]:checked").count() == 1
    again.choose("Kind of change", "Completed")
    assert again.rows() == []


def test_the_timeline_shows_open_trials_first_below_years_that_stay(look: Look, told: Path) -> None:
    page = look(told / "index.html").page
    room = page.locator("#lines")
    assert [text.split()[0] for text in room.locator("h3").all_inner_texts()] == ["Open", "Not"]
    assert page.locator("#lines .name").count() == 30
    top = page.evaluate("document.querySelector('.axis').getBoundingClientRect().top")
    room.evaluate("room => room.scrollTo(0, 300)")
    assert page.evaluate("document.querySelector('.axis').getBoundingClientRect().top") == top
    room.locator(".name a").first.click()
    page.locator("#table .card").wait_for()


def test_a_link_opens_a_trial_or_a_change_wherever_the_table_has_it(look: Look, told: Path) -> None:
    sight = look(told / "index.html", fragment="#trial-NCT20000004")
    sight.page.locator("#trial-NCT20000004 + .opened .card").wait_for()
    assert sight.page.evaluate("document.activeElement.closest('tr').id") == "trial-NCT20000004"
    sight.page.locator("#find").fill("nobody has this")
    sight.page.locator("#changes .news .cite").first.press("Enter")
    cited = sight.page.locator(".what.cited")
    cited.wait_for(state="visible")
    assert "Completed; until now recruiting." in cited.inner_text()
    assert sight.fragment == cited.get_attribute("id")
    cited.locator("summary").click()
    text = cited.locator(".citation p").inner_text()
    assert text.startswith(
        "NCT20000000, “Ketamine in Opioid Use Disorder 0”: Completed; until now recruiting. Change"
    )
    assert "clinicaltrials.gov data version 2026-09-14T09:00:04" in text
    assert text.endswith("trialwatch, page of 2026-09-13 02:30 UTC"), "without the place on a reader's own disk"
    sight.page.evaluate("location.hash = '#trial-NCT99999999'")
    sight.page.locator("#shown", has_text="trial NCT99999999 is not on this page").wait_for()


def test_what_is_shown_can_be_taken_away(look: Look, told: Path) -> None:
    sight = look(told / "index.html", fragment="#find=midazolam")
    header, row, *others = csv.reader(sight.saved("#csv").splitlines())
    assert others == []
    told_of = dict(zip(header, row, strict=True))
    assert told_of["trial_id"] == "NCT20000007"
    assert told_of["lead_sponsor"] == '\'=HYPERLINK(1) Hôpital, "Zürich"', "no formula"
    assert (told_of["enrollment"], told_of["substances"]) == ("59", "alcohol")
    drawing = etree.fromstring(sight.saved(".save[data-figure=by-subject]").encode())
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    rectangles = drawing.findall(".//{*}rect")
    assert {"rgb", "url"} <= {each.attrib["fill"].partition("(")[0] for each in rectangles}, (
        "with colours and hatches"
    )


def test_an_old_page_says_so_by_the_readers_own_clock(look: Look, told: Path) -> None:
    """The page was made in September 2026; whoever reads it later must see that."""
    age = look(told / "index.html").page.locator("#age")
    assert re.fullmatch(r"\(\d+ days ago\)", age.inner_text().strip())
    assert "warn" in (age.get_attribute("class") or "")


def test_without_a_script_what_matters_is_there_to_read(browser: Browser, told: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 800})
    page = context.new_page()
    page.goto((told / "index.html").as_uri())
    assert page.locator("noscript li:visible").count() == 30
    assert page.locator("#changes .news:visible").count() == 2
    assert page.locator("#coming .due li:visible").count() > 0
    assert page.locator("#figures svg.chart:visible").count() >= 2
    for needing in ("#table", "#find", "#lines", ".save"):
        assert not page.locator(needing).first.is_visible()
    context.close()


@pytest.mark.slow
def test_hostile_text_does_nothing(look: Look, house: House, registry: SimulatedRegistry) -> None:
    registry.put(*(hostile(f"NCT1000{number:04}", text) for number, text in enumerate(HOSTILE[:-1])))
    house.night()
    sight = look(house.settings.published / "index.html", 320)
    assert "taken" not in sight.page.title()
    assert len(sight.rows()) == len(HOSTILE) - 1
    for number in sight.rows():
        sight.page.locator(f"#trial-{number} .open").click()
    assert "taken" not in sight.page.title()
    assert sight.page.locator(".card").count() == len(HOSTILE) - 1
    assert "<script>document.title='taken'</script>" in sight.page.locator("#table").inner_text()
    assert sight.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.slow
def test_an_empty_watch_has_a_page_too(look: Look, house: House) -> None:
    house.night()
    for width, scheme in ((320, "dark"), (1440, "light")):
        sight = look(house.settings.published / "index.html", width, scheme)
        assert sight.page.locator("main").inner_text().startswith("What changed lately")
        assert sight.page.evaluate("document.documentElement.scrollWidth") == width
        assert Axe().run(sight.page).violations_count == 0


@pytest.mark.slow
def test_two_thousand_trials_are_drawn_sorted_and_filtered(
    look: Look, house: House, registry: SimulatedRegistry
) -> None:
    registry.put(*(a_trial(f"NCT3000{number:04}") for number in range(2000)))
    house.night()
    file = house.settings.published / "index.html"
    assert file.stat().st_size < 8_000_000
    sight = look(file, 320)
    assert sight.page.evaluate("document.documentElement.scrollWidth") == 320
    sight.page.locator("#table thead button").first.press("Enter")
    sight.page.locator("#find").fill("NCT30000777")
    assert sight.rows() == ["NCT30000777"]
    sight.page.evaluate("location.hash = '#trial-NCT30001999'")
    sight.page.locator("#trial-NCT30001999 + .opened .card").wait_for()


def test_back_and_forward_show_what_the_address_says(look: Look, told: Path) -> None:
    sight = look(told / "index.html")
    sight.page.locator("#find").fill("midazolam")
    sight.page.locator("#trial-NCT20000007 .open").click()
    sight.page.locator("#clear").click()
    shown = sight.page.locator("#shown")
    everything = shown.inner_text()
    sight.page.go_back()
    shown.filter(has_text="1 of ").wait_for()
    assert "find=midazolam" in sight.fragment
    sight.page.go_forward()
    shown.filter(has_text=everything).wait_for()
    assert sight.fragment == "trial=NCT20000007"
    assert sight.page.locator("#table .card").count() == 1
