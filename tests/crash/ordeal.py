"""One ordeal: a night is killed, what it left is looked at, it is run again, and the end is compared.

Judged from outside alone: the published file as an analyst opens it, ``status.json``, the mails that a real
SMTP server took, exit codes. Nothing here knows how the store keeps its books.
"""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import duckdb

from tests.crash.scene import RECIPIENTS, Scene
from warehouse.publish.views import VIEWS
from warehouse.words.sentences import saying

RUN = ["run", "--no-prefect"]
CHANGE = (
    *("trial_id", "watch", "kind", "field", "old_value", "new_value", "cause", "materiality", "reason"),
    *("registry_date", "registry_date_basis", "from_version", "to_version", "source"),
)
"""Of a change, all that must not depend on when we died: its run and the instant it was seen may."""
WHOLE = {"index.html": b"</html>", "changes.atom": b"</feed>", "coming-up.ics": b"END:VCALENDAR"}
"""How that which stands beside the published file ends."""
Change = tuple[Any, ...]
Told = dict[tuple[str, str, str], int]
"""By recipient, trial and sentence: in how many different mails (by Message-ID) it is told."""


class Victim:
    """The process that forks nights (``tests.crash.victim``)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )

    def night(
        self, environment: dict[str, str], stderr: Path, *, words: Sequence[str] = RUN, **die: Any
    ) -> dict[str, Any]:
        """Run a command, by default a night, until it ends or dies as told (``tests.crash.victim``)."""
        order = {"words": words, "environment": environment, "stderr": str(stderr), **die}
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.stdout
        self._process.stdout.close()
        self._process.wait()


@contextmanager
def victim() -> Iterator[Victim]:
    made = Victim()
    try:
        yield made
    finally:
        made.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What an analyst finds published: the changes, and how many rows each view has."""

    changes: tuple[Change, ...]
    rows: dict[str, int]


@dataclass
class Ordeals:
    """A scene, its undisturbed night, and every ordeal that is put to it."""

    scene: Scene
    victim: Victim
    before: Seen | None = None
    after: Seen | None = None
    told: Told = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0
    acts: list[tuple[str, bool]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def undisturbed(self) -> None:
        """Run the night once as it should be; everything else is compared with this."""
        heard = self.scene.folder / "heard.json"
        listened_to = self.scene.data("listened-to")
        self._run(listened_to, listen=str(heard))
        facts = json.loads(heard.read_text("utf-8"))
        self.calls, self.acts = facts["calls"], [tuple(act) for act in facts["acts"]]
        shutil.rmtree(listened_to)

        data = self.scene.data("undisturbed")
        self.before = look(data)
        self.scene.office.mails.clear()
        answer = self._run(data)
        self.seconds = answer["seconds"]
        assert answer["code"] == self.scene.code, _words(data)
        assert self._run(data, hours_later=1)["code"] == self.scene.code, _words(data)
        self.after = look(data)
        self.told = told(self.scene.office.mails, self.after)

    def ordeal(self, *deaths: dict[str, Any]) -> int:
        """Kill a night, and each of the nights that mend it, as told; then let one be. How many were killed?

        Raises ``AssertionError`` that says what was lost, doubled or halved, and by which deaths.
        """
        data = self.scene.data(f"ordeal-{next(self._numbers)}")
        self.scene.office.mails.clear()
        killed = 0
        try:
            for number, death in enumerate(deaths):
                code = self._run(data, hours_later=number, **death)["code"]
                killed += code == -signal.SIGKILL
                assert code in (-signal.SIGKILL, self.scene.code), (
                    f"a night to be killed ended with {code}: {_words(data)}"
                )
                self._look_at_the_wreck(data)
            code = self._run(data, hours_later=len(deaths))["code"]
            assert code == self.scene.code, f"the night after ended with {code}: {_words(data)}"
            self._compare(data)
        except AssertionError as error:
            raise AssertionError(f"{self.scene.name}, {deaths}, left in {data}: {error}") from error
        shutil.rmtree(data)
        _stderr(data).unlink()
        return killed

    def _run(self, data: Path, *, hours_later: int = 0, **die: Any) -> dict[str, Any]:
        if "under_prefect_s" in die:
            return {"code": self._under_prefect(data, die["under_prefect_s"])}
        return self.victim.night(self.scene.environment_of(data, hours_later=hours_later), _stderr(data), **die)

    def _under_prefect(self, data: Path, after_s: float) -> int:
        """The command as typed, its Prefect server and all, killed so long after it first asked the registry."""
        home = self.scene.folder / "home"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        environment |= self.scene.environment_of(data) | {"HOME": str(home), "PREFECT_HOME": str(home / "prefect")}
        asked = len(self.scene.registry.requests)
        with _stderr(data).open("ab") as said:
            typed = [sys.executable, "-c", "from flows.cli import main; main(['run'])"]
            process = subprocess.Popen(typed, env=environment, stderr=said, stdout=said, start_new_session=True)
        while process.poll() is None and len(self.scene.registry.requests) == asked:
            time.sleep(0.01)
        with suppress(subprocess.TimeoutExpired):
            process.wait(after_s)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()

    def _look_at_the_wreck(self, data: Path) -> None:
        """At every instant what is published is yesterday's or tonight's, and whole."""
        seen = look(data)
        changes = seen and seen.changes
        expected = [each and each.changes for each in (self.before, self.after)]
        assert changes in expected, f"published is neither yesterday's nor tonight's: {changes}"
        for name, end in WHOLE.items():
            path = data / "published" / name
            assert not path.exists() or path.read_bytes().rstrip().endswith(end), f"{name} is half there"
        if (columns := data / "published" / "parquet").exists():
            files = {path.stem: path.read_bytes() for path in columns.iterdir()}
            assert files.keys() == set(VIEWS), "some Parquet is missing"
            assert all(content.endswith(b"PAR1") for content in files.values()), "some Parquet is half there"
        status = data / "status.json"
        if self.before:
            assert status.exists(), "status.json is gone"
        if status.exists():
            assert json.loads(status.read_text("utf-8"))["nights"], "status.json says nothing"

    def _compare(self, data: Path) -> None:
        seen = look(data)
        assert seen is not None or self.after is None, "nothing is published"
        if seen and self.after:
            assert seen.changes == self.after.changes, "the changes are not those of an undisturbed night"
            differing = {
                view: (count, seen.rows[view])
                for view, count in self.after.rows.items()
                if seen.rows[view] != count and view not in ("runs", "quarantine")
            }
            assert not differing, f"views of another length than after an undisturbed night: {differing}"
        mails = self.scene.office.mails
        by_id: dict[str, set[bytes]] = defaultdict(set)
        for _, content in mails:
            by_id[_id(content)].add(content)
        twofold = [name for name, contents in by_id.items() if len(contents) > 1]
        assert not twofold, f"mails of one Message-ID and different bytes: {twofold}"
        assert told(mails, self.after) == self.told, "not everyone was told everything in exactly one mail"
        generations = [path.stat().st_ino for path in (data / "published").rglob("*.duckdb")]
        assert len(generations) == len(set(generations)), "a generation is kept twice"
        hidden = [path for path in data.rglob(".*") if path.parts[-2] != "clinicaltrials.gov"]
        assert not hidden, f"left lying: {hidden}"


def look(data: Path) -> Seen | None:
    """Open what is published as an analyst would; None when there is nothing yet."""
    path = data / "published" / "trialwatch.duckdb"
    if not path.exists():
        return None
    assert not path.with_name(f"{path.name}.wal").exists(), "a log lies beside the published file"
    with duckdb.connect(str(path), read_only=True) as con:
        views = con.execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
        ).fetchall()
        rows = {view: len(con.execute(f'FROM "{view}"').fetchall()) for (view,) in views}
        changes = con.execute(f"SELECT {', '.join(CHANGE)} FROM changes ORDER BY ALL").fetchall()
        (unlike,) = con.execute(
            "SELECT count(*) FROM trials ANTI JOIN trial_versions USING (trial_id, version_number)"
        ).fetchone() or (None,)
        assert unlike == 0, f"{unlike} trials without their version"
        ids = con.execute("SELECT count(*), count(DISTINCT change_id) FROM changes").fetchone()
        assert ids == (len(changes), len(changes)), "a change_id stands twice"
    assert rows["trials"] > 0, "the file is empty"
    assert rows["freshness"] == 1
    return Seen(tuple(changes), rows)


def told(mails: list[tuple[list[str], bytes]], seen: Seen | None) -> Told:
    """In how many different mails each reader is told each change, and each welcome."""
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for recipients, content in mails:
        message = message_from_bytes(content, policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        text = " ".join(body.get_content().split())
        for recipient in recipients:
            assert recipient in RECIPIENTS, f"a mail for {recipient}"
            if "Now watching" in message["Subject"]:
                found[recipient, message["Subject"], "welcome"].add(message["Message-ID"])
            for change in seen.changes if seen else ():
                sentence = " ".join(str(saying(dict(zip(CHANGE, change, strict=True)))).split())
                if change[0] in text and sentence in text:
                    found[recipient, change[0], sentence].add(message["Message-ID"])
    return {what: len(ids) for what, ids in found.items()}


def _id(content: bytes) -> str:
    return str(message_from_bytes(content, policy=policy.default)["Message-ID"])


def _stderr(data: Path) -> Path:
    return data.with_name(f"{data.name}.stderr")


def _words(data: Path) -> str:
    with suppress(FileNotFoundError):
        return _stderr(data).read_text("utf-8")[-2000:]
    return ""
