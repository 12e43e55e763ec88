"""Ages in years."""

import pytest

from connectors.ages import years


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("18 Years", 18),
        ("1 Year", 1),
        ("0 Years", 0),
        ("6 Months", 0.5),
        ("1 Month", 1 / 12),
        ("36 Weeks", 36 * 7 / 365.25),
        ("28 Days", 28 / 365.25),
        ("48 Hours", 2 / 365.25),
        ("30 Minutes", 1 / 48 / 365.25),
        (" 65\u00a0years ", 65),
    ],
)
def test_an_age_is_so_many_years(written: str, expected: float) -> None:
    assert years(written) == pytest.approx(expected)


@pytest.mark.parametrize(
    "written", [None, "", "N/A", "Years", "18", "18.5 Years", "-1 Years", "18 Summers", "9" * 9]
)
def test_what_is_no_age_has_no_years(written: str | None) -> None:
    assert years(written) is None
