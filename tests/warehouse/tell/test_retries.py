"""How often a mail is offered, and when: the schedule as a mail server's operator would read it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from warehouse.tell.retries import JITTER, LONGEST_PAUSE, MOST_ATTEMPTS, next_attempt

NOW = datetime(2026, 9, 12, 2, 30, tzinfo=UTC)


def pauses(name: str) -> list[timedelta]:
    found = []
    for attempts in range(1, MOST_ATTEMPTS):
        then = next_attempt(name, attempts, NOW)
        assert then is not None
        found.append(then - NOW)
    return found


def test_the_first_retries_come_with_the_next_delivery_and_then_it_takes_longer_and_longer() -> None:
    first, second, *later = pauses("a@b")
    assert first == second == timedelta(0)
    assert timedelta(minutes=4) <= later[0] <= timedelta(minutes=6)
    assert all(earlier < next_one for earlier, next_one in pairwise(later[:5]))


def test_all_of_it_takes_four_to_five_days() -> None:
    assert timedelta(days=3.5) <= sum(pauses("a@b"), timedelta(0)) <= timedelta(days=5.5)


def test_mails_of_one_bad_hour_come_back_apart() -> None:
    assert len({next_attempt(f"{number}@b", 6, NOW) for number in range(50)}) > 40


@given(st.text(), st.integers(1, MOST_ATTEMPTS - 1))
def test_no_pause_is_longer_than_the_longest(name: str, attempts: int) -> None:
    then = next_attempt(name, attempts, NOW)
    assert then is not None
    assert NOW <= then <= NOW + LONGEST_PAUSE * (1 + JITTER)
    assert then == next_attempt(name, attempts, NOW), "chance is drawn from the mail itself"
