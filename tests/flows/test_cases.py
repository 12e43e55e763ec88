"""What went wrong elsewhere, case by case: the smallest nights that show a kind of fault, with the right answer.

The cases lie beside the repository in its workshop (``../shared/cases``, README there). Each is played as its user
would play it: one process a night, within a time in which it must end, then questions, mails and commands.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated import SimulatedRegistry
from tests.conftest import SHARED
from tests.house import House
from tests.readings import read
from warehouse.judge.relevance import judge
from warehouse.keep.intake import Read

OR_SOMEBODY_IS_TOLD = {"nothing_readable_is_complete", "relevance_lost_leaves_no_trace"}
"""Cases whose README leaves a choice: the answer, or a mail of the last night to whoever has to know."""


def cases(part: str) -> list[Any]:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(SHARED.glob("cases/*.json"))]
    return [pytest.param(case, id=case["case"]) for case in found if part in case]


def typed(house: House, words: Iterable[str], limit_s: float) -> subprocess.CompletedProcess[str]:
    """Type a command in a process of its own, which must have ended within its time."""
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *words],
        env={**os.environ, **house.variables},
        capture_output=True,
        text=True,
        timeout=limit_s,
    )


def play(house: House, night: dict[str, Any], limit_s: float) -> list[Path]:
    """One night on the registry as the case has it; returns the mails that it brought."""
    with SimulatedRegistry(night["records"], data_version=night["stamp"]) as registry:
        house.registry_url = registry.url
        return lived(house, night, limit_s)


def lived(house: House, night: dict[str, Any], limit_s: float) -> list[Path]:
    house.now = datetime.fromisoformat(night["now"])
    before = set(house.mails())
    ended = typed(house, ["run", "--no-prefect"], limit_s)
    assert "Traceback" not in ended.stderr, ended.stderr
    return [mail for mail in house.mails() if mail not in before]


def body(mail: Path) -> str:
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    return "\n".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")


@pytest.mark.parametrize("case", cases("nights"))
@pytest.mark.slow
def test_nights(case: dict[str, Any], house: House) -> None:
    house.configure(case["config"])
    house.environment["TRIALWATCH_OPERATOR"] = "operator@example.org"
    for night in case["nights"]:
        mails = play(house, night, case["limit_s"])
    for question in case["ask"]:
        answers = [list(row.values()) for row in house.ask(question["sql"])]
        is_told = case["case"] in OR_SOMEBODY_IS_TOLD and mails
        assert is_told or answers == question["right"], question["sql"]
    said = "\n".join(map(body, mails))
    assert [words for words in case["mail_last_night"].get("has", []) if words not in said] == []
    for command in case["commands"]:
        assert command["right_contains"] in typed(house, command["args"], case["limit_s"]).stdout


@pytest.mark.parametrize("case", cases("judge"))
def test_judgements(case: dict[str, Any]) -> None:
    wrong = []
    for labelled in case["judge"]:
        (record,) = read([json.dumps(labelled["record"]).encode()])
        assert isinstance(record, Read)
        judgement = judge(record.trial)
        said = (judgement.is_relevant, list(judgement.substances) if judgement.is_relevant else "any")
        right = (labelled["relevant"], labelled["substances"] if labelled["relevant"] else "any")
        if said != right:
            wrong.append((record.trial_id, judgement.reason, said, right))
    assert wrong == []


def test_the_cases_are_there(shared: Path) -> None:
    """Where they are not, the tests above are none at all; this one says so by being skipped."""
    assert list((shared / "cases").glob("*.json"))
