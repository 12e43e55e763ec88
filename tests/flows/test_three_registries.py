"""Three registries, each failing in turn in fourteen ways, and four nights that only look different."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.simulated.exchange import Reply
from connectors.simulated.isrctn import HTML
from flows.endings import Code
from tests.ctisrecords import shuffled
from tests.isrctnrecords import shuffled as shuffled_xml
from tests.records import a_trial
from tests.threeregistries import (
    EDITED,
    NOWHERE,
    REGISTRIES,
    SETTING,
    WATCH,
    WIRES,
    Three,
    Wire,
    answering,
    records,
    three,
)

WALL = b"<!DOCTYPE html><html><head><title>Access check</title></head><body>Are you human?</body></html>"
Bend = Callable[[Reply], Reply]

INCOMPLETE: dict[str, Callable[[Wire], Bend | None]] = {
    "connections refused": lambda _: None,
    "reset in the midst of a body": lambda _: answering(ending="broken off", share=0.5),
    "a wall with 403": lambda _: answering(status=403, headers=HTML, body=WALL),
    "404": lambda _: answering(status=404, headers={"Content-Type": "text/plain"}, body=b""),
    "429 for ever": lambda _: answering(status=429, headers={"Retry-After": "1"}, body=b""),
    "500 with HTML": lambda _: answering(status=500, headers=HTML, body=WALL),
    "503": lambda _: answering(status=503, headers={}, body=b"Service Unavailable"),
    "a body cut off under a length that agrees": lambda _: (
        lambda reply: answering(body=reply.body[: len(reply.body) // 2])(reply)
    ),
    "nothing with 200": lambda _: answering(body=b""),
    "a wall with 200": lambda _: answering(headers=HTML, body=WALL),
    "a hostile body": lambda wire: answering(body=wire.hostile),
}
REFUSED: dict[str, Callable[[Wire], Bend | None]] = {
    "a total that is not met": lambda wire: records(wire, lambda total, sent: (total + 1, list(sent))),
    "a record twice and another not at all": lambda wire: records(
        wire, lambda total, sent: (total, [sent[1], *sent[1:]])
    ),
    "a smaller answer that says nothing": lambda wire: records(wire, lambda _, sent: (1, list(sent[-1:]))),
}
WAYS = {**INCOMPLETE, **REFUSED}


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    with three(tmp_path_factory.mktemp("settled")) as made:
        assert made.house.night().ending.code is Code.DONE
        yield made


def test_there_are_fourteen_ways() -> None:
    assert len(WAYS) == 14


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.parametrize("way", WAYS)
def test_a_registry_that_fails_leaves_the_others_night_whole_and_changes_nothing_of_its_own(
    settled: Three, way: str
) -> None:
    """Each in turn: on the night after, while the next one fails, the one before is heard again."""
    for failing in REGISTRIES:
        settled.heal()
        fail(settled, failing, WAYS[way](WIRES[failing]))
        of_failing = "refused" if way in REFUSED else "incomplete"
        expected = {name: of_failing if name == failing else "complete" for name in REGISTRIES}
        a_night_that_ends(settled, Code.INCOMPLETE, expected)


@pytest.mark.slow
def test_bounds_are_of_the_watch_and_not_of_each_registry(tmp_path: Path) -> None:
    with three(tmp_path) as made:
        made.ctgov.put(a_trial("NCT10000009"))
        for bounds, code in (("min_trials = 5\nmax_trials = 13", Code.DONE), ("min_trials = 14", Code.REFUSED)):
            made.house.configure(WATCH.replace("interventions", f"{bounds}\ninterventions"))
            made.edit()
            report = made.house.night()
            assert report.ending.code is code, report.ending.sentences
        for _ in range(2):
            made.house.night()
        shown = json.loads((tmp_path / "data/status.json").read_bytes())["runs"]
    assert len(shown) == 12, "four nights, each of them whole"
    said = [each.sentence for _, _, each in report.certificates]
    assert (
        said
        == ["refused: the watch holds 13 trials, outside its bounds of 14 to any number (trialwatch.toml)"] * 3
    )


def test_the_night_after_the_last_is_whole(settled: Three) -> None:
    settled.heal()
    a_night_that_ends(settled, Code.DONE, dict.fromkeys(REGISTRIES, "complete"))


def a_night_that_ends(settled: Three, code: Code, expected: dict[str, str]) -> None:
    """A night over three edited trials: what was heard of is told once, what was not stays as it was held."""
    house = settled.house
    settled.edit()
    mails, before, held = house.mails(), house.changes(), as_held(settled)
    report = house.night()
    assert report.ending.code is code, report.ending.sentences
    assert {name: each.outcome for _, name, each in report.certificates} == expected
    assert certified(settled, report.run_id) == expected
    heard = {name for name, outcome in expected.items() if outcome == "complete"}
    told = house.changes()[len(before) :]
    assert sorted(told) == sorted((EDITED[name], "title_changed") for name in heard)
    now = as_held(settled)
    assert {name for name in REGISTRIES if now[name] != held[name]} == heard
    assert house.mails() == mails, "a title is nobody's news, and nothing else happened"


def fail(settled: Three, failing: str, bend: Bend | None) -> None:
    settled.by_name[failing].bend = bend
    if bend is None:
        settled.house.environment[SETTING[failing]] = NOWHERE


def as_held(settled: Three) -> dict[str, list[Any]]:
    """What is published of each registry's trials, but for when we looked."""
    rows = settled.house.ask("SELECT * EXCLUDE (last_seen_at) FROM trials ORDER BY trial_id")
    return {name: [row for row in rows if row["registry_name"] == name] for name in REGISTRIES}


def certified(settled: Three, run_id: str) -> dict[str, str]:
    rows = settled.house.ask("SELECT registry_name, outcome FROM runs WHERE run_id = ?", run_id)
    return {row["registry_name"]: row["outcome"] for row in rows}


# -- nights on which nothing happens -------------------------------------------------------------------


@pytest.mark.slow
def test_four_shuffled_nights_change_nothing_and_send_nothing(tmp_path: Path) -> None:
    """The same records, with keys, lists, rows, pages and white space in other orders, night after night."""
    with three(tmp_path, page_cap=3) as made:
        house, chance = made.house, random.Random(13)
        assert house.night().ending.code is Code.DONE
        mails, held = house.mails(), as_held(made)
        trials, rows, whole = made.isrctn.trials, made.ctis.rows, made.ctis.whole
        sent: set[str] = set()
        for seed in range(4):
            made.ctgov.shuffle(seed)
            made.ctgov.night(f"{house.now:%Y-%m-%d}T01:00:00")
            made.isrctn.trials = {
                number: shuffled_xml(trials[number], chance) for number in chance.sample(list(trials), len(trials))
            }
            made.ctis.rows, made.ctis.whole = shuffled(rows, chance), shuffled(whole, chance)
            sent |= set(made.isrctn.trials.values())
            report = house.night()
            assert report.ending.code is Code.DONE
            assert [each.outcome for *_, each in report.certificates] == ["complete"] * 3
        assert len(sent) == 4 * len(trials), "no two nights sent the same letters"
        assert house.changes() == []
        assert house.mails() == mails
        assert as_held(made) == held
