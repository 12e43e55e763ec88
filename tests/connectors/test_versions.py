"""Data versions are instants, however they are written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.versions import instant, is_known_to_be, is_older, moved, normal

WRITTEN = [
    *("2026-09-11T09:00:04", "2026-09-11 09:00:04", "2026-09-11t09:00:04z", " 2026-09-11  09:00:04 "),
    *("2026-09-11T09:00:04.000", "2026-09-11T09:00:04,000000000Z", "2026-09-11T11:00:04+02:00"),
    *("20260911T090004", "2026-09-11 9:00:04"),
    *("2026-09-11T09:00:04 UTC", "2026-09-11T09:00:04 GMT", "2026-09-11T05:00:04 -0400", "2026-09-11T09:00:04+00"),
]  # fmt: skip
NONE = [
    *("", " ", "soon", "2026", "2026-09", "2026-13-01", "2026-09-11T25:00", "11/09/2026 09:00", "1789117204"),
    *("2026-09-11T09:00:04X", "٢٠٢٦-٠٩-١١", "0000-01-01", "2026-09-11T09:00:04+99:00", None),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_one_instant_has_one_form(written: str) -> None:
    assert normal(written) == "2026-09-11T09:00:04"
    assert is_known_to_be(written, "2026-09-11T09:00:04")
    assert not moved(written, "2026-09-11T09:00:04")
    assert not is_older(written, "2026-09-11T09:00:04")
    assert is_older(written, "2026-09-11 09:00:05")
    assert is_older("2026-09-11", written)


@pytest.mark.parametrize("written", NONE)
def test_what_is_no_instant_says_nothing(written: str | None) -> None:
    assert instant(written) is None
    for other in (written, "2026-09-11T09:00:04"):
        assert not is_known_to_be(written, other)
        assert not moved(written, other)
        assert not is_older(written, other)
        assert not is_older(other, written)


def test_without_seconds_and_without_a_time_of_day() -> None:
    assert normal("2026-09-11 09:00") == "2026-09-11T09:00:00"
    assert normal("2026-09-11") == "2026-09-11T00:00:00"
    assert normal("9999-12-31T23:59:59-23:00") == "9999-12-31T23:59:59-23:00"


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - given its zone below
    st.integers(-1439, 1439),
    st.sampled_from("T \t"),
    st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]),
)
def test_any_instant_is_read_back(at: datetime, minutes: int, between: str, precision: str) -> None:
    there = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = instant(there.isoformat(between, precision))
    assert found is not None
    error = there.astimezone(UTC).replace(tzinfo=None) - found
    assert timedelta(0) <= error < timedelta(seconds=1)


@given(st.text())
def test_any_text_has_a_form_that_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert normal(text).isprintable()
