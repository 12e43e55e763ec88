"""The nights that broke others, each by name."""

from typing import Any

from connectors.simulated import SimulatedRegistry
from flows.endings import Code
from tests.house import House
from tests.records import a_trial


def test_a_first_night_is_a_baseline_with_one_welcome(house: House, registry: SimulatedRegistry) -> None:
    registry.put(a_trial(), a_trial())
    assert house.night().ending.code is Code.DONE
    assert house.changes() == []
    assert len(house.mails()) == 1
