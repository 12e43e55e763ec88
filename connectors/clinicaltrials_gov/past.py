"""The registry's record history: undocumented, and not always open to whom its API is open to.

It is asked only for what its list of a trial's versions names: it answers a number beyond the last with 403, as
the wall in front of it answers everything. So where one version does not come, the list is asked for once more.
"""

from datetime import date

import msgspec

from connectors.clinicaltrials_gov import answers
from connectors.clinicaltrials_gov.past_records import counted_alike, stamp, submitted_on, to_be_kept
from connectors.errors import NotShownError, RegistryError
from connectors.http import PoliteClient, must_be_json
from connectors.registry import PastVersion
from connectors.trial import Counted, Stamp

STUDIES = "/api/int/studies"


class _Listed(msgspec.Struct):
    version: int
    date: str | None = None
    status: str | None = None


class _Changes(msgspec.Struct):
    changes: list[_Listed]


class _History(msgspec.Struct):
    history: _Changes


_history = msgspec.json.Decoder(_History)


class Past:
    """Implements ``connectors.registry.Past``."""

    def __init__(self, client: PoliteClient) -> None:
        self.client = client

    def versions(self, trial_id: str) -> list[PastVersion]:
        """As the Protocol says."""
        answer = self.client.get(f"{STUDIES}/{trial_id}", {"history": "true"})
        if answers.is_gone(answer, trial_id) or 300 <= answer.status < 400:
            raise NotShownError(f"{answer.where} answered {answer.status}: {answer.text}")
        try:
            listed = _history.decode(must_be_json(answer).body).history.changes
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NotShownError(f"{answer.where} answered no list of versions") from error
        return _in_order(listed)

    def version(self, trial_id: str, number: int) -> bytes:
        """As the Protocol says."""
        path = f"{STUDIES}/{trial_id}/history/{number}"
        try:
            answer = must_be_json(self.client.get(path))
        except RegistryError as error:
            self.versions(trial_id)  # where this does not come either, it is all of the history that does not
            raise NotShownError(f"it is listed, and not shown: {error}") from error
        return to_be_kept(answer.body, trial_id, number)


def _in_order(listed: list[_Listed]) -> list[PastVersion]:
    found: list[PastVersion] = []
    on = date.min
    for each in sorted(listed, key=lambda each: each.version):
        on = submitted_on(each.date, on)
        found.append(PastVersion(each.version, on, each.status))
    return found


class Reader:
    """Implements ``connectors.trial.PastReader``."""

    def stamp(self, payload: bytes) -> Stamp:
        """As the Protocol says."""
        return stamp(payload)

    def counted_alike(self, before: bytes, after: bytes) -> tuple[Counted, Counted]:
        """As the Protocol says."""
        return counted_alike(before, after)
