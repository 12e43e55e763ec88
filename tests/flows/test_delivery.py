"""Mail from end to end: a night, a real SMTP server, and what a reader then holds in hand."""

from collections.abc import Iterator

import pytest

from connectors.simulated import SimulatedRegistry
from flows import delivery
from flows.endings import Code
from flows.settings import configuration
from tests.house import House
from tests.postoffice import PostOffice, open_post_office
from tests.records import a_trial, with_status

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

WATCH = """
[watch.w]
interventions = ["ketamine"]
conditions = ["alcohol use disorder", "opioid use disorder"]
relevance = "ketamine-substance-use"
"""
TO_TWO = """
[[subscription]]
name = "two"
watch = "w"
substances = ["alcohol"]
kinds = ["completed"]
to = ["one@example.org", "other@example.org"]
"""


def subscription(name: str, send: str) -> str:
    return f'[[subscription]]\nname = "{name}"\nwatch = "w"\nto = ["{name}@example.org"]\nsend = "{send}"\n'


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    with open_post_office() as running:
        house.environment["TRIALWATCH_SMTP_URL"] = running.url
        house.environment["TRIALWATCH_MAIL_FROM"] = "trialwatch <watch@example.org>"
        yield running


def deliver(house: House) -> delivery.Delivered:
    return delivery.deliver(house.settings, configuration(house.settings.config))


@pytest.mark.slow
def test_a_completed_alcohol_trial_arrives_once(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    house.configure(WATCH + TO_TWO)
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()
    office.mails.clear()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED", posted="2026-09-14"))
    house.night()
    assert sorted(recipients[0] for recipients, _ in office.mails) == ["one@example.org", "other@example.org"]
    mail = office.messages()[0]
    assert (
        mail["Subject"] == "Completed: ketamine in alcohol use disorder; 60 people planned, Exeter (NCT10000001)"
    )
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    for words in (
        "Completed; until now recruiting.",
        "posted 2026-09-14",
        "https://clinicaltrials.gov/study/NCT10000001",
        "data version 2026-09-14T09:00:04",
        "The night was complete.",
    ):
        assert words in text
    deliver(house)
    house.night()
    assert len(office.mails) == 2


@pytest.mark.slow
def test_a_hostile_title_does_no_harm(house: House, registry: SimulatedRegistry, office: PostOffice) -> None:
    house.configure(WATCH + TO_TWO)
    record = a_trial("NCT10000001")
    record["protocolSection"]["identificationModule"]["briefTitle"] = (
        "Ketamine\r\nBcc: everyone@example.com\r\n\r\n<script>alert(1)</script>"
    )
    registry.put(record)
    house.night()
    office.mails.clear()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    for recipients, content in office.mails:
        assert recipients in (["one@example.org"], ["other@example.org"])
        head = content.split(b"\r\n\r\n", 1)[0]
        assert b"\nbcc:" not in head.lower()
    page = office.messages()[0].get_body(("html",))
    assert page is not None
    assert "<script>" not in page.get_content()
    assert "&lt;script&gt;" in page.get_content()


@pytest.mark.slow
def test_a_trial_on_another_substance_is_not_told(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    house.configure(WATCH + TO_TWO)
    opioid = a_trial("NCT10000001")
    opioid["protocolSection"]["conditionsModule"]["conditions"] = ["Opioid Use Disorder"]
    names = opioid["protocolSection"]["identificationModule"]
    names.update(briefTitle="Ketamine for Opioid Use Disorder", officialTitle="Ketamine in Opioid Dependence")
    opioid["derivedSection"]["conditionBrowseModule"]["meshes"] = [{"id": "D009293", "term": "Opioid-Related"}]
    registry.put(opioid, a_trial())
    house.night()
    office.mails.clear()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    assert house.changes() == [("NCT10000001", "completed")]
    assert [mail["Subject"] for mail in office.messages()] == []


def test_a_silent_server_costs_an_exit_code_and_no_mail(house: House, registry: SimulatedRegistry) -> None:
    house.configure(WATCH + TO_TWO)
    house.environment["TRIALWATCH_SMTP_URL"] = "smtp://127.0.0.1:9"
    registry.put(a_trial("NCT10000001"))
    report = house.night()
    assert report.ending.code is Code.MAIL_DUE
    assert "2 still due" in report.ending.sentences[-1]
    with open_post_office() as office:
        house.environment["TRIALWATCH_SMTP_URL"] = office.url
        assert deliver(house).waiting == 0
        assert len(office.mails) == 2


def test_a_dead_recipient_neither_delays_nor_repeats_the_other(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    house.configure(WATCH + TO_TWO)
    office.refused["one@example.org"] = "550 no such person"
    registry.put(a_trial("NCT10000001"))
    report = house.night()
    assert report.ending.code is Code.DONE, "given up is not due"
    assert [recipients for recipients, _ in office.mails] == [["other@example.org"]]
    again = deliver(house)
    assert (again.sent, again.waiting) == (0, 0)


@pytest.mark.slow
def test_a_mail_that_is_tried_again_is_the_same_to_the_byte(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    house.configure(WATCH + subscription("slow", "immediately"))
    office.refused["slow@example.org"] = "450 later"
    registry.put(a_trial("NCT10000001"))
    assert house.night().ending.code is Code.MAIL_DUE
    office.refused.clear()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.environment["TRIALWATCH_MAIL_FROM"] = "another@example.org"
    house.night()
    subjects = [mail["Subject"] for mail in office.messages()]
    assert subjects[0].startswith("Now watching")
    assert office.messages()[0]["From"] == "trialwatch <watch@example.org>", "frozen before its first attempt"
    assert subjects[1].startswith("Completed")


@pytest.mark.slow
def test_a_daily_digest_waits_for_six_o_clock_and_a_weekly_for_monday(
    house: House, registry: SimulatedRegistry, office: PostOffice
) -> None:
    house.configure(WATCH + subscription("daily", "daily") + subscription("weekly", "weekly"))
    registry.put(a_trial("NCT10000001"), a_trial("NCT10000002"))
    house.night()  # Saturday 2026-09-12, 02:30
    office.mails.clear()
    house.now = house.now.replace(day=15)  # Tuesday
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    assert [mail["Subject"] for mail in office.messages()] == []
    house.now = house.now.replace(day=15, hour=6, minute=5)
    assert deliver(house).sent == 1
    house.now = house.now.replace(day=16, hour=2)
    registry.night()
    registry.edit("NCT10000002", with_status("TERMINATED"))
    house.night()
    house.now = house.now.replace(day=21, hour=6, minute=5)  # the Monday after
    assert deliver(house).sent == 2
    digest = next(mail for mail in office.messages() if mail["To"] == "weekly@example.org")
    assert digest["Subject"].startswith("2 changes: ")
    assert [recipients[0] for recipients, _ in office.mails].count("daily@example.org") == 2


def test_without_a_mail_server_mails_are_files(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial())
    house.night()
    (mail,) = house.mails()
    assert b"To: team@example.org" in mail.read_bytes()


def test_a_new_subscription_starts_now(house: House, registry: SimulatedRegistry, office: PostOffice) -> None:
    house.configure(WATCH)
    registry.put(a_trial("NCT10000001"))
    house.night()
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    house.night()
    house.configure(WATCH + TO_TWO)
    registry.night()
    house.night()
    assert [mail["Subject"] for mail in office.messages()] == []
