"""Made-up registries for the demo: sixty trials of ClinicalTrials.gov as rich as real ones (``trials.csv``,
``parts.toml``), a few of ISRCTN and CTIS (``elsewhere.toml``), and a year of what happens to them (``year.toml``).
Nothing of it exists.
"""

from connectors.simulated.made_up.records import record, records
from connectors.simulated.made_up.year import MadeUpNight, Registries, nights, registries

__all__ = ["MadeUpNight", "Registries", "nights", "record", "records", "registries"]
