"""Who is to be told what, and when. Pure; the rows are written with the changes, in the same transaction."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from warehouse.instants import next_at
from warehouse.judge.watch import Subscription
from warehouse.words.kinds import MATERIAL

MOST_TOLD_ONE_BY_ONE = 50
"""More new members than this in one night are told as one line."""
ARRIVALS = frozenset({"registered", "discovered"})
DIGEST_HOUR_UTC = 6
MONDAY = 0
OURSELVES = "normaliser"
"""Cause of changes that our software made: recorded, and mailed to nobody."""


@dataclass(frozen=True, slots=True)
class Tellable:
    """What a subscription looks at in a change. ``watch`` is set for changes of membership only.

    ``watches`` are those that it concerns, where it is not every watch that the trial is relevant in.
    """

    change_id: str
    trial_id: str
    kind: str
    materiality: str
    cause: str
    watch: str | None
    watches: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One change that one recipient is to be told; ``change_id`` None is the welcome."""

    subscription: Subscription
    recipient: str
    change_id: str | None
    is_arrival: bool
    due_at: datetime
    period: str

    @property
    def delivery_id(self) -> str:
        return _id(self.subscription.name, self.recipient, self.change_id or self.period)

    @property
    def watch(self) -> str:
        return self.subscription.watch


def due(
    changes: Iterable[Tellable],
    subscriptions: Iterable[Subscription],
    *,
    relevant: Mapping[str, Collection[str]],
    substances: Mapping[str, Collection[str]],
    now: datetime,
    run_id: str,
) -> Iterator[Due]:
    """What falls due because of tonight's changes.

    ``relevant`` maps a watch to the trials that are, or until tonight were, its relevant members;
    ``substances`` maps a trial to its labels before and after tonight.
    """
    changes = list(changes)
    for subscription in subscriptions:
        members = relevant.get(subscription.watch, ())
        told = [
            change
            for change in changes
            if change.trial_id in members
            and change.cause != OURSELVES
            and change.watch in (None, subscription.watch)
            and (change.watches is None or subscription.watch in change.watches)
            and _listens(subscription, change)
            and _is_about(subscription, substances.get(change.trial_id, ()))
        ]
        # Counted of what this subscription hears of: a flood for one reader may be three lines for another.
        bulk = sum(1 for change in told if change.kind in ARRIVALS) > MOST_TOLD_ONE_BY_ONE
        due_at, period = _when(subscription, now, run_id)
        for change in told:
            is_arrival = bulk and change.kind in ARRIVALS
            for recipient in subscription.recipients:
                yield Due(subscription, recipient, change.change_id, is_arrival, due_at, period)


def welcome(subscriptions: Iterable[Subscription], *, now: datetime, run_id: str) -> Iterator[Due]:
    """The one mail after the first complete night of a watch, at once whatever a subscription's rhythm."""
    for subscription in subscriptions:
        for recipient in subscription.recipients:
            yield Due(subscription, recipient, None, False, now, f"welcome {run_id}")


def _listens(subscription: Subscription, change: Tellable) -> bool:
    if subscription.kinds:
        return change.kind in subscription.kinds
    return change.materiality in MATERIAL


def _is_about(subscription: Subscription, substances: Collection[str]) -> bool:
    return not subscription.substances or not set(subscription.substances).isdisjoint(substances)


def _when(subscription: Subscription, now: datetime, run_id: str) -> tuple[datetime, str]:
    if subscription.send == "immediately":
        return now, run_id
    due_at = next_at(now, DIGEST_HOUR_UTC, MONDAY if subscription.send == "weekly" else None)
    return due_at, f"{subscription.send} {due_at:%Y-%m-%d}"


def message_id(subscription: str, recipient: str, period: str, domain: str) -> str:
    """The stable Message-ID (without brackets) of one mail: same subscription, recipient and period, same id."""
    return f"{_id(subscription, recipient, period)}@{domain}"


def _id(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
