"""Numbers as people write them among results."""

import pytest

from connectors.written import bounded, count, limits, number


@pytest.mark.parametrize(
    ("text", "read"),
    [
        *[
            ("12", 12),
            ("-0.5", -0.5),
            (".51", 0.51),
            ("1e-4", 0.0001),
            ("1,234", 1234),
            ("1,234,567.8", 1234567.8),
        ],
        *[("−3", -3), ("0,003", 0.003), ("2,5", 2.5), ("12 %", 12), ("0", 0)],
        *[("NA", None), ("", None), (None, None), ("3-5", None), ("<5", None), ("1e999", None), ("5*", None)],
        *[("1,23,456", None), ("NaN", None), ("infinity", None)],
    ],
)
def test_a_number_is_read_and_nothing_is_guessed(text: str | None, read: float | None) -> None:
    assert number(text) == read


def test_bounds_and_ranges_are_told_apart_from_numbers() -> None:
    assert bounded("<0.001") == bounded("p < 0.001") == ("<", 0.001)
    assert bounded("≤.05") == ("<=", 0.05)
    assert bounded("0.42") == ("=", 0.42)
    assert bounded("NS") == bounded(None) == (None, None)
    assert limits("12 to 45") == limits("[12, 45]") == limits("12–45") == (12, 45)
    assert limits("-3--1") == (-3, -1)
    assert limits("45 to 12") is limits("12") is limits("1,234") is limits("a to b") is limits(None) is None
    assert (count("1,049"), count("1.5"), count("NA"), count("1e300")) == (1049, None, None, None)
