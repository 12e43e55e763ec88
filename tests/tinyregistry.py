"""A registry of another shape: XML, and statuses that follow the calendar. All that one more takes."""

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from connectors.canonical import content_hash
from connectors.dates import day, span
from connectors.http import PoliteClient
from connectors.registry import Collected, Part, Progress, Question, RegistryName, Search, Sink
from connectors.simulated.exchange import Reply, Request
from connectors.simulated.server import OnLoopback
from connectors.spelling import compared, shown
from connectors.trial import (
    Condition,
    Counted,
    Entries,
    Flag,
    Intervention,
    Spelling,
    Trial,
)

XML = {"Content-Type": "text/xml"}


@dataclass(slots=True)
class TinyRegistry:
    """Asks it. Implements ``connectors.registry.Registry``."""

    client: PoliteClient
    name: RegistryName = "isrctn"

    def data_version(self) -> str | None:
        return self.client.get("/version").text

    def parts(self, today: date) -> tuple[Part, ...]:
        return ()

    def collect(self, question: Question, sink: Sink, progress: Progress) -> Collected:
        version = self.data_version()
        found = ET.fromstring(self.client.get("/trials").body)  # noqa: S314 - our own, on loopback
        for trial in found:
            sink.write(ET.tostring(trial))
        numbers = {trial.get("number", ""): ["all"] for trial in found}
        search = Search("all", len(found), len(found), len(numbers))
        return Collected(self.name, version, self.data_version(), [search], numbers, requests=3)

    def declared(self, question: Question) -> list[int]:
        return [len(ET.fromstring(self.client.get("/trials").body))]  # noqa: S314 - our own, on loopback


class TinyReader:
    """Reads its records. Implements ``connectors.trial.Reader``."""

    number_at = "trial/@number"
    edition = 1
    needs_latest = False

    def unstamped(self, payload: bytes) -> tuple[bytes, date | None]:
        return payload, None

    def impersonal(self, payload: bytes) -> bytes | None:
        return json.dumps({"number": self.read(payload, date.min).trial_id}).encode()

    def read(self, payload: bytes, today: date) -> "TinyReading":
        return TinyReading(ET.fromstring(payload), today)  # noqa: S314 - as above


@dataclass(frozen=True)
class TinyReading:
    record: ET.Element
    today: date

    @property
    def trial_id(self) -> str:
        return self.record.get("number", "")

    @cached_property
    def trial(self) -> Trial:
        end = self._text("end")
        days = span(end)
        return Trial(
            self.trial_id,
            url=f"https://tiny.example/{self.trial_id}",
            title=self._text("name"),
            overall_status=self._status,
            completion_date=end,
            completion_date_earliest=days.earliest if days else None,
            completion_date_latest=days.latest if days else None,
            last_update_posted_on=day(self._text("edited")),
            reads_otherwise_from=min((on for on, _ in self._phases if on > self.today), default=None),
            conditions=[Condition(condition=shown(each.text or "")) for each in self.record.iter("illness")],
            interventions=[Intervention(name=shown(each.text or "")) for each in self.record.iter("drug")],
        )

    @property
    def content_hash(self) -> str:
        return content_hash(
            {"status": self._status, "parts": sorted(ET.tostring(each).decode() for each in self.record)}
        )

    def flags(self) -> list[Flag]:
        return [Flag(each.tag, each.text or "", "unheard of") for each in self.record.iter("riddle")]

    def counted(self, spelling: Spelling) -> Counted:
        illnesses = sorted(spelling(each.text or "") for each in self.record.iter("illness"))
        return Counted(
            columns={"overall_status": self._status, "title": spelling(self._text("name") or "")},
            lists={"trial_conditions": Entries(illnesses, illnesses, {"condition": illnesses})},
            rest={"notes": {"note": self._text("note")}},
            shown=frozenset({"notes"}),
            posted=self._text("edited"),
        )

    def on(self, today: date) -> "TinyReading":
        return TinyReading(self.record, today)

    def _text(self, tag: str) -> str | None:
        text = self.record.findtext(tag)
        return compared(text) if text else None

    @property
    def _phases(self) -> list[tuple[date, str]]:
        return sorted(
            (date.fromisoformat(each.attrib["from"]), each.text or "") for each in self.record.iter("phase")
        )

    @property
    def _status(self) -> str | None:
        return next((word for on, word in reversed(self._phases) if on <= self.today), None)


@dataclass
class TinyServer(OnLoopback):
    """Serves it on loopback."""

    trials: dict[str, str] = field(default_factory=dict)
    version: str = "2026-09-11"

    def _respond(self, request: Request, address_length: int) -> Reply:
        if request.path == "/version":
            return Reply(200, XML, self.version.encode())
        return Reply(200, XML, f"<all>{''.join(self.trials.values())}</all>".encode())
