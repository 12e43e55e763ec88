"""A made-up registry for the demo: sixty trials as rich as real ones (``trials.csv``, ``parts.toml``), and a year
of what happens to them (``year.toml``). Nothing of it exists.
"""

from connectors.simulated.made_up.records import record, records
from connectors.simulated.made_up.year import FIRST_DATA_VERSION, MadeUpNight, at_first, nights

__all__ = ["FIRST_DATA_VERSION", "MadeUpNight", "at_first", "nights", "record", "records"]
