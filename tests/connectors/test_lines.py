"""Texts cut between their lines."""

import pytest

from connectors.lines import fitted

TEXT = "\n".join(
    ["6 changes", *(f"• change {number}\n  https://example.org/{number}" for number in range(6)), "All: x"]
)


def test_a_text_that_fits_is_as_it_was() -> None:
    assert fitted(TEXT, len(TEXT)) == TEXT


@pytest.mark.parametrize("most", range(60, len(TEXT)))
def test_whole_lines_are_left_out_and_told(most: int) -> None:
    cut = fitted(TEXT, most)
    *shown, last = cut.split("\n")
    assert len(cut) <= most
    assert last == "All: x"
    told = [line for line in shown if not line.startswith("… and")]
    assert told == TEXT.split("\n")[: len(told)]
    entries = sum(line.startswith("•") for line in told)
    assert entries == 6 or shown[-1] == f"… and {6 - entries} more."


def test_cut_twice_it_tells_of_both_cuts() -> None:
    assert fitted(fitted(TEXT, 150), 80) == fitted(TEXT, 80)
    assert "… and 4 more." in fitted(TEXT, 100)


def test_where_not_even_the_first_line_fits_it_is_told_as_far_as_it_goes() -> None:
    subject, last = "Completed: ketamine " + "x" * 100, "not advice. All of it: https://x.example/" + "y" * 150
    cut = fitted(f"{subject}\n• {'z' * 300}\n{last}", 280)
    first, rest = cut.split("\n")
    assert first == subject
    assert last.startswith(rest)
    assert len(cut) == 280
    assert fitted(TEXT, 6) == "6 …\nAl"
    assert fitted("one line alone", 3) == "one"
