"""ISRCTN on loopback as it behaves: one address, no pages, the newest first, deaf to what it does not know."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import OnLoopback

QUERY = "/api/query/format/default"
XML = {"Content-Type": "application/xml;charset=UTF-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
WHERE = {"title": "trialDescription", "condition": "conditions", "intervention": "interventions"}
DEFAULT_LIMIT = 10
_TOKEN = re.compile(
    r'lastEdited (GE|LT) (\S+?)(?=[)\s]|$)|(?:(\w+):)?"([^"]*)"|(?:(\w+):)?([^\s()":]+)|([()])', re.ASCII
)
Holds = Callable[[ET.Element], bool]


@dataclass
class SimulatedIsrctn(OnLoopback):
    """Serves ``trials``, each the text of a ``fullTrial`` by its number.

    ``reply`` is what it answers instead, ``overstated`` by how many its totals are wrong. ``asked`` are the
    queries that came, with their limits.
    """

    trials: dict[str, str] = field(default_factory=dict)
    reply: Reply | None = None
    overstated: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)

    def _respond(self, request: Request, address_length: int) -> Reply:
        if self.reply:
            return self.reply
        if request.path != QUERY:
            return Reply(500, HTML, b"<html><body>Oops, an error occured</body></html>")
        query, limit = request.params.get("q", ""), request.params.get("limit", "")
        most = int(limit) if limit.isdecimal() else DEFAULT_LIMIT
        self.asked.append((query, most))
        holds = _meaning(query)
        records = [(text, ET.fromstring(text)) for text in reversed(self.trials.values())]  # noqa: S314 - our own
        found = [text for text, record in records if holds(record)]
        total = len(found) + self.overstated
        body = f'<allTrials totalCount="{total}" xmlns="http://www.67bricks.com/isrctn">{"".join(found[:most])}</allTrials>'
        return Reply(200, XML, body.encode())


def _meaning(query: str) -> Holds:
    """Whether a trial answers to a query; the empty one means every trial."""
    tokens = [found for found in _TOKEN.finditer(query) if found[0].strip()]
    return _either(tokens) if tokens else lambda _: True


def _either(tokens: list[re.Match[str]]) -> Holds:
    found = [_both(tokens)]
    while tokens and tokens[0][0] == "OR":
        tokens.pop(0)
        found.append(_both(tokens))
    return lambda trial: any(each(trial) for each in found)


def _both(tokens: list[re.Match[str]]) -> Holds:
    found = [_one(tokens)]
    while tokens and tokens[0][0] not in ("OR", ")"):
        if tokens[0][0] == "AND":
            tokens.pop(0)
        found.append(_one(tokens))
    return lambda trial: all(each(trial) for each in found)


def _one(tokens: list[re.Match[str]]) -> Holds:
    token = tokens.pop(0)
    if token[0] == "(":
        inner = _either(tokens)
        tokens.pop(0)
        return inner
    if token[1]:
        return _edited(token[1], token[2])
    return _in_field(token[3] or token[5], (token[4] or token[6] or "").lower())


def _edited(sign: str, bound: str) -> Holds:
    if "T" not in bound:  # dropped in silence
        return lambda _: True

    def holds(trial: ET.Element) -> bool:
        edited = trial[0].attrib["lastUpdated"]
        return edited >= bound if sign == "GE" else edited < bound

    return holds


def _in_field(name: str | None, words: str) -> Holds:
    """Whether words stand in a field; one that it does not know finds nothing."""

    def holds(trial: ET.Element) -> bool:
        if name is None:
            return words in ET.tostring(trial, encoding="unicode").lower()
        return name in WHERE and any(
            words in " ".join(part.itertext()).lower()
            for part in trial.iter()
            if part.tag.rpartition("}")[2] == WHERE[name]
        )

    return holds
