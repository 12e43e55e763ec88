"""Registries that run on loopback and behave: the demo and the tests use the same ones."""

from connectors.simulated import faults
from connectors.simulated.effects import Fault
from connectors.simulated.exchange import SeenRequest
from connectors.simulated.registry import SimulatedRegistry
from connectors.simulated.synonyms import DEFAULT_SYNONYMS

__all__ = ["DEFAULT_SYNONYMS", "Fault", "SeenRequest", "SimulatedRegistry", "faults"]
