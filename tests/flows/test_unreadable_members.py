"""Members whose record cannot be read: each is told at once, and a night of many of them is none."""

import json
from collections.abc import Iterator

import pytest

from flows.endings import Code
from tests.house import WATCH, House
from tests.rawregistry import RawRegistry
from tests.records import a_trial, with_status


def number(n: int) -> str:
    return f"NCT{10000000 + n}"


def sent(n: int, status: str = "RECRUITING") -> bytes:
    record = a_trial(number(n))
    with_status(status, posted="2026-09-14")(record)
    return json.dumps(record).encode()


def nameless(n: int) -> bytes:
    """A record that nobody can read: it is a trial's, and does not say which."""
    return b'{"protocolSection": {"identificationModule": {"nctId": null}, "n": %d}}' % n


@pytest.fixture
def raw(house: House) -> Iterator[RawRegistry]:
    with RawRegistry() as running:
        house.registry_url = running.url
        house.configure(WATCH)
        house.environment["TRIALWATCH_OPERATOR"] = "operator@example.org"
        yield running


def hold(raw: RawRegistry, records: dict[int, bytes], day: int) -> None:
    raw.records = list(records.values())
    raw.named = {number(n): record for n, record in records.items()}
    raw.data_version = f"2026-09-{day}T09:00:04"


def to_the_operator(house: House) -> list[str]:
    return [text for path in house.mails() if "\nTo: operator@example.org" in (text := path.read_text())]


@pytest.mark.slow
def test_one_member_is_told_at_once_and_refuses_no_night(house: House, raw: RawRegistry) -> None:
    trials = {n: sent(n) for n in range(25)}
    hold(raw, trials, 11)
    house.night()
    hold(raw, trials | {7: nameless(7), 8: sent(8, "COMPLETED")}, 14)
    report = house.night()
    assert report.ending.code is Code.DONE
    assert f"among them 1 of the 25 trials of the watch: {number(7)}" in " ".join(report.ending.sentences)
    (mail,) = to_the_operator(house)
    assert f"cannot read {number(7)}" in mail
    assert house.changes() == [(number(8), "completed")]
    hold(raw, trials | {7: nameless(7), 8: sent(8, "COMPLETED")}, 15)
    house.night()
    assert len(to_the_operator(house)) == 1, "once, and again only as long as it lasts"
    hold(raw, trials | {7: sent(7, "COMPLETED"), 8: sent(8, "COMPLETED")}, 16)
    house.night()
    assert house.changes()[-1] == (number(7), "completed")


@pytest.mark.slow
@pytest.mark.parametrize(("members", "unreadable"), [(1, 1), (2, 2), (9, 2), (20, 2)])
def test_from_a_tenth_of_the_members_the_night_is_refused(
    house: House, raw: RawRegistry, members: int, unreadable: int
) -> None:
    trials = {n: sent(n) for n in range(members)}
    hold(raw, trials, 11)
    house.night()
    hold(raw, {n: sent(n, "COMPLETED") for n in trials} | {n: nameless(n) for n in range(unreadable)}, 14)
    report = house.night()
    assert report.ending.code is Code.REFUSED
    assert report.certificates[0][2].outcome == "refused"
    (mail,) = to_the_operator(house)
    assert all(number(n) in mail for n in range(unreadable))
    assert house.changes() == []


def test_a_first_night_of_which_nothing_can_be_read_is_not_complete(house: House, raw: RawRegistry) -> None:
    hold(raw, {1: nameless(1)}, 11)
    assert house.night().ending.code is Code.REFUSED
