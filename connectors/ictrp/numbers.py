"""A trial's number as WHO writes it, and as its registry does. Pure.

WHO sets a register's name before some numbers. That of the EU's old register is the number with a country: each
country has a record of its own there, and two of them must not pass for one trial that goes to and fro.
"""

import re

from connectors.numbers import as_typed, giver_of, is_a_trials_number

_EU_NUMBER = re.compile(r"([0-9]{4}-[0-9]{6}-[0-9]{2})(?:-.*)?")
READ_THERE = frozenset({"clinicaltrials.gov", "isrctn", "ctis"})
"""Registries that are asked by themselves: their trials are never taken from WHO."""


def number(written: str) -> str | None:
    """The registry's own spelling, in capitals and without blanks; None for what is no trial's number.

    >>> number("EUCTR2015-000222-11-GB"), number("JPRN-jRCT1031200043"), number("ChiCTR2600132949 ")
    ('2015-000222-11-GB', 'JRCT1031200043', 'CHICTR2600132949')
    >>> number("CTIS2023-503698-40-00"), number("none")
    ('2023-503698-40', None)
    """
    bare = as_typed(written)
    return bare if is_a_trials_number(bare) else None


def read_at(trial_id: str) -> str | None:
    """The registry that is asked for this trial itself, if there is one."""
    giver = giver_of(trial_id)
    return giver if giver in READ_THERE else None


def eu_number(trial_id: str) -> str | None:
    """The number of the EU's old register without its country.

    >>> eu_number("2015-000222-11-GB"), eu_number("ACTRN12620001234567")
    ('2015-000222-11', None)
    """
    found = _EU_NUMBER.fullmatch(trial_id)
    return found[1] if found and found[1] != trial_id else None
