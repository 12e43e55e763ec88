"""What the warehouse knows of a watch and its subscriptions: plain values, read from trialwatch.toml elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.registry import Question


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word on one trial, over the rules'."""

    relevant: bool
    reason: str
    by: str


@dataclass(frozen=True, slots=True, order=True)
class Ruling:
    """A person's word on two numbers, over any record's: they are one study, or they are not.

    Numbers are spelt for comparison, and stand in alphabetical order.
    """

    trial_id: str
    other_id: str
    is_one_study: bool
    reason: str
    by: str

    @property
    def words(self) -> str:
        return f"{'tied' if self.is_one_study else 'parted'} by {self.by}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Watch:
    """A named question to registries. ``relevance`` names the rules; without any, all of it is relevant."""

    name: str
    registries: tuple[str, ...]
    interventions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    relevance: str | None = None
    min_trials: int | None = None
    max_trials: int | None = None
    everything: bool = False
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def named(self) -> dict[str, str]:
        """The trials that the watch names itself, whatever a search says, each with the reason."""
        wanted = {
            trial_id: f"overruled by {override.by}: {override.reason}"
            for trial_id, override in self.overrides.items()
            if override.relevant
        }
        return wanted | dict.fromkeys(self.follow, "followed by the watch")

    def question(self, followed: tuple[str, ...]) -> "Question":
        """What is asked of a registry; ``followed`` are the trials it has ever held."""
        from connectors.registry import Question  # late, as all that only a night needs

        asked = dict.fromkeys((*self.named(), *followed))
        return Question(self.interventions, self.conditions, tuple(asked), self.everything, self.terms)

    def query_hash(self) -> str:
        """Fingerprint of what is asked: when it moves, trials come and go because of us."""
        terms = (self.interventions, self.conditions, self.terms)
        return _hash(*terms, sorted(self.named()), self.everything)

    def hash(self) -> str:
        """Fingerprint of what is asked and of how it is judged."""
        from warehouse.judge.relevance import rules_version  # late: whoever only names a watch needs no rules

        overrides = sorted(self.overrides.items())
        return f"{self.query_hash()}-{_hash(self.relevance, overrides, rules_version())}"


CHANNEL = "notify:"
"""What a channel's name in the ledger begins with. Its address is secret and stands in the environment alone."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told what of a watch. Empty ``substances``: any. Empty ``kinds``: high and medium materiality.

    ``to`` are addresses, ``notify`` names of channels.
    """

    name: str
    watch: str
    to: tuple[str, ...]
    substances: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    send: str = "immediately"
    notify: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone and everything that is told, once each, as the ledger calls them."""
        return tuple(dict.fromkeys((*self.to, *(f"{CHANNEL}{name}" for name in self.notify))))


def _hash(*parts: object) -> str:
    import hashlib

    import msgspec

    return hashlib.blake2b(msgspec.json.encode(parts, order="deterministic"), digest_size=8).hexdigest()
