"""Mutants among healthy neighbours, through three real nights: none does harm, and each is accounted for.

In the test suite there are forty of them. ``make fuzz`` sends 10,000; FUZZ_MUTANTS and FUZZ_SEED choose
how many and which, and a failure says both.
"""

import gzip
import json
import os
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import made_up
from connectors.trial import UnreadableError
from flows.cli import main
from flows.endings import Code
from tests.conftest import SHARED
from tests.house import House
from tests.mutants import Record, mutants, renumbered
from tests.rawregistry import RawRegistry
from tests.readings import reading
from tests.records import a_trial
from warehouse.judge.checks import Acceptance
from warehouse.publish import questions
from warehouse.publish.analysts_file import FILE, VIEWS

MUTANTS = int(os.environ.get("FUZZ_MUTANTS", "40"))
SEED = int(os.environ.get("FUZZ_SEED", "4"))
A_BATCH = 1250
NEIGHBOURS = 60
BATCHES = [(SEED + start, min(A_BATCH, MUTANTS - start)) for start in range(0, MUTANTS, A_BATCH)]

WATCH = """
[watch.everything]
everything = true
relevance = "ketamine-substance-use"

[[subscription]]
name = "team"
watch = "everything"
to = ["team@example.org"]

[[subscription]]
name = "all kinds"
watch = "all"
to = ["other@example.org"]
kinds = KINDS

[watch.all]
everything = true
"""
OF_A_NIGHT = ("run_id", "version_number", "first_seen_at", "last_seen_at", "is_overdue", "days_overdue")


def kept_records() -> list[Record]:
    """The real records where they lie beside the repository, else the made-up ones within it."""
    real = SHARED / "registry/records/real_records.jsonl.gz"
    if real.exists():
        with gzip.open(real, "rt", encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines]
    else:
        found = [*made_up.records(), a_trial("NCT00000001")]
    return [
        {part: record[part] for part in ("protocolSection", "derivedSection", "hasResults") if part in record}
        for record in found
    ]


RECORDS = kept_records()


def sent(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def a_house(folder: Path, registry: RawRegistry) -> House:
    from warehouse.words.kinds import KINDS

    folder.mkdir()
    house = House(folder, registry.url)
    house.configure(WATCH.replace("KINDS", json.dumps(list(KINDS))))
    return house


def a_night(
    house: House, registry: RawRegistry, records: dict[str, bytes], day: int, accepted: str = "unreadable"
) -> None:
    registry.records = list(records.values())
    registry.named = {number: record for number, record in records.items() if b'"protocolSection"' in record}
    registry.served.clear()
    registry.data_version = f"2026-09-{day}T09:00:04"
    # So many of the watch's trials are mutants that no operator would believe the night; this one lets it pass.
    report = house.night(accepted=Acceptance(accepted, "mutants", "test"))
    assert report.ending.code is Code.DONE, report.ending.sentences
    assert [certificate.outcome for *_, certificate in report.certificates] == ["complete", "complete"]


OF_A_VERSION = ("trial_versions", "trial_states", "trial_records")
"""A record stays as it was first sent in that state, in whatever order it comes later."""


def facts(house: House, numbers: list[str]) -> dict[str, list[Any]]:
    """Everything that is published of these trials, but for what depends on when and as which version it came."""
    found = {}
    with questions.published(house.settings.published / FILE) as con:
        for view in VIEWS:
            columns = questions.ask(con, f"DESCRIBE {view}").rows
            kept = [name for name, *_ in columns if name not in OF_A_NIGHT]
            if view.startswith("trial") and view not in OF_A_VERSION:
                sql = f"SELECT {', '.join(kept)} FROM {view} WHERE list_contains($1, trial_id) ORDER BY ALL"
                found[view] = questions.ask(con, sql, [numbers]).rows
    return found


def accounted(house: House, registry: RawRegistry, records: dict[str, bytes]) -> None:
    """Each record that was sent is loaded or set aside, and whatever is set aside says where and why."""
    latest = house.ask("SELECT max(started_at) AS at FROM runs")[0]["at"]
    runs = house.ask("SELECT * FROM runs WHERE started_at = ?", latest.removesuffix("Z"))
    aside = house.ask("SELECT * FROM quarantine WHERE run_id = ?", runs[0]["run_id"])
    loaded = house.ask("SELECT trial_id FROM trials WHERE last_seen_at = ?", latest.removesuffix("Z"))
    for run in runs:
        mine = [row for row in aside if row["watch"] == run["watch"]]
        assert len(mine) == run["quarantined"]
        assert len(loaded) + len(mine) == run["distinct_trials"] == len(registry.served)
    for row in aside:
        assert row["path"].startswith("$"), row
        assert 0 < len(row["reason"]) < 300, row
        assert row["reason"].isprintable(), row
    known = {row["trial_id"] for row in (*loaded, *aside)}
    for number, record in records.items():
        if number not in known:  # then nothing in it says the number where a number stands
            assert b'"identificationModule":{"nctId":"%s"' % number.encode() not in record, record[:300]


def say_the_same(one: bytes, other: bytes) -> bool:
    """Whether only what does not count, or cannot be read, tells them apart: what came first stays."""
    try:
        return reading(one).content_hash == reading(other).content_hash
    except UnreadableError:
        return False


def answers(house: House) -> None:
    """Every view answers, and what it answers is JSON."""
    with questions.published(house.settings.published / FILE) as con:
        for view in VIEWS:
            rows = questions.ask(con, f"SELECT * FROM {view}").documents()
            assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def mails_parse(house: House) -> None:
    for path in house.mails():
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert not mail.defects
        assert mail["To"] in ("team@example.org", "other@example.org")
        assert set(map(str.lower, mail.keys())) <= {
            *("from", "to", "reply-to", "date", "message-id", "subject", "auto-submitted", "mime-version"),
            *("list-id", "content-type", "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post"),
        }
        for part in mail.walk():
            assert not part.defects
            if not part.is_multipart():
                part.get_content()


def typed(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setenv("TRIALWATCH_DATA_DIR", str(house.folder / "data"))
    monkeypatch.setenv("TRIALWATCH_CONFIG", str(house.folder / "trialwatch.toml"))
    with pytest.raises(SystemExit) as ended:
        main(words)
    printed = capsys.readouterr()
    assert ended.value.code == 0, printed.err
    assert all(letter.isprintable() or letter in "\r\n" for letter in printed.err)
    return printed.out


def commands_print(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def strict(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    for words in (
        ("changes",),
        ("changes", "--format", "csv"),
        ("query", "SELECT * FROM trials"),
        ("query", "SELECT * FROM quarantine"),
    ):
        out = typed(house, monkeypatch, capsys, *words)
        assert "\x1b" not in out
        assert not any("\x7f" <= letter <= "\x9f" or letter == "\x00" for letter in out)
    for words in (("changes", "--json"), ("query", "SELECT * FROM changes", "--json")):
        json.loads(typed(house, monkeypatch, capsys, *words), parse_constant=strict)
    for row in house.ask("SELECT trial_id FROM trials USING SAMPLE reservoir(6 ROWS) REPEATABLE (1)"):
        assert row["trial_id"] in typed(house, monkeypatch, capsys, "show", row["trial_id"])
        json.loads(typed(house, monkeypatch, capsys, "show", row["trial_id"], "--json"), parse_constant=strict)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "count"), BATCHES)
def test_mutants_do_no_harm_and_each_is_accounted_for(
    seed: int, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    print(f"FUZZ_SEED={seed} FUZZ_MUTANTS={count}")
    numbers = [f"NCT7{place:07d}" for place in range(count)]
    names = [f"NCT6{place:07d}" for place in range(NEIGHBOURS)]
    neighbours = {name: sent(renumbered(RECORDS[-1 - n % len(RECORDS)], name)) for n, name in enumerate(names)}
    first, second = (list(mutants(RECORDS, numbers, hour)) for hour in (seed, seed + 1_000_000))
    healthy = {number: sent(record) for number, record, _ in first} | neighbours
    before = {number: healthy[number] for number in (*numbers[count // 2 :], *names)}

    with RawRegistry() as registry, RawRegistry() as undisturbed:
        house, control = a_house(tmp_path / "a", registry), a_house(tmp_path / "b", undisturbed)
        a_night(control, undisturbed, before, 11)
        a_night(control, undisturbed, healthy, 14)
        as_ever = facts(control, names)

        nights = (
            # Half of the mutants are the first that is ever seen of a trial, beside healthy trials …
            {number: mutant for number, _, mutant in first[: count // 2]} | before,
            # … then all of them are: those that were healthy, and those that were wounded otherwise …
            {number: mutant for number, _, mutant in second} | neighbours,
            # … and then all is well again.
            healthy,
        )
        # That all of them heal at once, and nothing new was posted of any, is as hard to believe.
        what_fails = ("unreadable", "unreadable", "share_changed")
        for day, records, accepted in zip((11, 14, 15), nights, what_fails, strict=True):
            a_night(house, registry, records, day, accepted)
            accounted(house, registry, records)
            answers(house)
            assert facts(house, names) == as_ever
            if day == 14:
                commands_print(house, monkeypatch, capsys)
        odd = {number for number, _, one in (*first, *second) if say_the_same(one, healthy[number])}
        assert len(odd) < 0.2 * len(numbers)
        healed = [number for number in healthy if number not in odd]
        assert facts(house, healed) == facts(control, healed)
        mails_parse(house)
