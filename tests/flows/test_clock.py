"""The clock goes back, or nobody looked for a week: nothing is lost, nothing told twice, the dates are right."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from connectors.simulated import SimulatedRegistry
from flows import delivery
from flows.nightly import night
from flows.settings import Settings, configuration
from flows.terminal.progress import silent
from tests.house import FIRST_NIGHT, House, Typed
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

WATCH = """
[watch.w]
interventions = ["ketamine"]
"""


def subscription(name: str, send: str) -> str:
    return f'[[subscription]]\nname = "{name}"\nwatch = "w"\nto = ["{name}@example.org"]\nsend = "{send}"\n'


@pytest.fixture
def office(house: House, registry: SimulatedRegistry) -> Iterator[PostOffice]:
    """A first night, on Saturday 2026-09-12, is over, and its welcomes are read."""
    house.configure(WATCH + "".join(subscription(send, send) for send in ("immediately", "daily", "weekly")))
    with open_post_office() as running:
        house.environment["TRIALWATCH_SMTP_URL"] = running.url
        registry.put(*(a_trial(f"NCT1000000{number}") for number in range(1, 9)))
        assert not house.night().ending.code
        running.mails.clear()
        yield running


def deliver(house: House, at: datetime) -> delivery.Delivered:
    house.now = at
    return delivery.deliver(house.settings, configuration(house.settings.config))


def at(day: int, hour: int = 2, minute: int = 30) -> datetime:
    return FIRST_NIGHT.replace(day=day, hour=hour, minute=minute)


def told(office: PostOffice) -> dict[str, list[str]]:
    """The subjects that each reader got, in their order."""
    found: dict[str, list[str]] = {}
    for message in office.messages():
        found.setdefault(message["To"].split("@")[0], []).append(message["Subject"])
    return found


def completes(registry: SimulatedRegistry, number: int, posted: str | None = None) -> None:
    registry.edit(f"NCT1000000{number}", with_status("COMPLETED", posted=posted or registry.data_version[:10]))


@pytest.mark.slow
def test_a_clock_that_was_put_back_between_two_nights_loses_nothing(
    house: House, registry: SimulatedRegistry, office: PostOffice, typed: Typed
) -> None:
    for day, number in ((16, 1), (10, 2), (11, 1)):
        registry.night()
        house.now = at(day)
        if (day, number) == (11, 1):
            registry.edit("NCT10000001", with_status("RECRUITING", posted=registry.data_version[:10]))
        else:
            completes(registry, number)
        assert not house.night().ending.code
    versions = house.ask(
        "SELECT version_number, overall_status, superseded_at IS NULL AS is_latest FROM trial_versions "
        "WHERE trial_id = 'NCT10000001' ORDER BY version_number"
    )
    assert [tuple(version.values()) for version in versions] == [
        (1, "RECRUITING", False),
        (2, "COMPLETED", False),
        (3, "RECRUITING", True),
    ]
    assert house.ask("SELECT overall_status FROM trials WHERE trial_id = 'NCT10000001'") == [
        {"overall_status": "RECRUITING"}
    ]
    assert sorted(house.changes("trial_id", "kind")) == [
        ("NCT10000001", "completed"),
        ("NCT10000001", "resumed"),
        ("NCT10000002", "completed"),
    ]
    assert len(told(office)["immediately"]) == 3
    house.now = at(11, 12)
    assert house.night().certificates[0][2].outcome == "heartbeat", "the last night kept is the last night"
    house.now = at(12, 12)
    assert typed("status")[0] == 0


@pytest.mark.slow
def test_a_digest_whose_hour_comes_a_second_time_is_a_second_mail(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    registry.night()
    completes(registry, 1)
    house.now = at(15)
    house.night()
    assert deliver(house, at(15, 6, 5)).waiting == 0
    registry.night()
    completes(registry, 2)
    house.now = at(15, 3)
    house.night()
    assert deliver(house, at(15, 6, 10)).waiting == 0
    daily = [message for message in office.messages() if message["To"] == "daily@example.org"]
    assert ["NCT10000001" in daily[0]["Subject"], "NCT10000002" in daily[1]["Subject"]] == [True, True]
    assert len({message["Message-ID"] for message in daily}) == len(daily) == 2
    assert deliver(house, at(21, 6, 5)).sent == 1
    assert told(office)["weekly"][0].startswith("2 changes: ")


class Falling(Settings):
    """Settings whose clock goes back an hour whenever it is looked at."""

    _looks = 0

    def now(self) -> datetime:
        Falling._looks += 1
        return super().now() - timedelta(hours=Falling._looks)


@pytest.mark.slow
def test_a_clock_that_goes_back_during_a_night_loses_nothing(
    house: House, registry: SimulatedRegistry, office: PostOffice, typed: Typed
) -> None:
    registry.night()
    completes(registry, 1)
    house.now = at(16)
    settings = house.settings
    falling = Falling(**{field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)})
    configured = configuration(settings.config)
    assert not night(falling, configured, configured.watches, silent).ending.code
    (run,) = house.ask(
        "SELECT outcome, finished_at < started_at AS backwards FROM runs WHERE started_at > '2026-09-13'"
    )
    assert run == {"outcome": "complete", "backwards": True}
    deliver(house, at(16, 3))
    assert len(told(office)["immediately"]) == 1
    assert typed("status")[0] == 0
    house.now = at(17)
    assert house.night().certificates[0][2].outcome == "heartbeat"


@pytest.mark.slow
def test_a_night_far_ahead_is_no_reason_to_sleep_until_then(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.put(a_trial())
    house.now = house.now.replace(year=2031)
    assert not house.night().ending.code
    house.now = at(12, 4)
    code, _, said = typed("status")
    assert code == 7
    assert "ahead: see that the clock of this machine is right" in said
    registry.night()
    assert not house.night().ending.code
    assert typed("status")[0] == 0


@pytest.mark.slow
def test_a_missed_week_is_caught_up_by_one_night_with_the_registrys_own_dates(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    posted = []
    for number in range(1, 8):
        registry.night()
        posted.append(registry.data_version[:10])
        completes(registry, number)
    registry.edit("NCT10000008", with_status("UNKNOWN", lastKnownStatus="RECRUITING"))
    assert (posted[0], posted[-1]) == ("2026-09-14", "2026-09-22")
    house.now = at(23)
    assert not house.night().ending.code
    assert house.changes("trial_id", "kind", "registry_date", "registry_date_basis") == [
        *((f"NCT1000000{number}", "completed", day, "posted") for number, day in enumerate(posted, 1)),
        ("NCT10000008", "lapsed", posted[-1], "data_version"),
    ]
    assert told(office) == {"immediately": ["8 changes: 7 completed, 1 status lapsed to unknown"]}
    assert deliver(house, at(23, 6, 5)).sent == 1
    assert deliver(house, at(28, 6, 5)).sent == 1, "the Monday after, not one for each week that was missed"
    assert {reader: len(subjects) for reader, subjects in told(office).items()} == {
        "immediately": 1,
        "daily": 1,
        "weekly": 1,
    }
    body = office.messages()[0].get_body(("plain",))
    assert body is not None
    for day in posted:
        assert f"posted {day}" in body.get_content()
