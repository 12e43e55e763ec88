"""A trial's number as people type it, and as trials bear it."""

import pytest

from connectors.numbers import as_typed


@pytest.mark.parametrize(
    ("typed", "borne"),
    [
        ("nct0123 4567", "NCT01234567"),
        ("EUCT 2025-521234-12", "2025-521234-12"),
        ("EU CT number: 2025-521234-12-00", "2025-521234-12"),
        ("CTIS2025-521234-12-01", "2025-521234-12"),
        ("EudraCT No. 2015-000222-11", "2015-000222-11"),
        ("EUCTR2015-000222-11-GB", "2015-000222-11-GB"),
        ("JPRN-UMIN000051234", "UMIN000051234"),
        ("CTIS", "CTIS"),
        ("JPRN-", "JPRN-"),
    ],
)
def test_a_register_before_a_number_is_no_part_of_it(typed: str, borne: str) -> None:
    assert as_typed(typed) == borne
