"""One writes, everyone reads: a second run leaves at once, a delivery waits, and a dead holder holds nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from connectors.simulated import SimulatedRegistry, faults
from tests.house import House, Typed
from tests.records import a_trial, with_status
from warehouse.store.file import locked


@pytest.fixture
def slow_night(house: House, registry: SimulatedRegistry) -> None:
    """A first night is over; tonight a trial has completed, and the registry takes its time."""
    registry.put(a_trial("NCT10000001"))
    assert not house.night().ending.code
    registry.night()
    registry.edit("NCT10000001", with_status("COMPLETED"))
    registry.fail(faults.slow(600, on="search"))


@contextmanager
def command(house: House, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A command in a process of its own."""
    program = [sys.executable, "-c", f"from flows.cli import main; main({list(words)!r})"]
    environment = {**os.environ, **house.variables}
    with subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(what: Callable[[], bool]) -> None:
    while not what():
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.usefixtures("slow_night")
def test_while_a_night_runs_others_leave_or_read_and_its_death_frees_the_store(
    house: House, registry: SimulatedRegistry, typed: Typed
) -> None:
    registry.requests.clear()
    with command(house, "run", "--no-prefect") as running:
        wait_for(lambda: any(request.path.endswith("/version") for request in registry.requests))
        code, _, said = typed("run", "--no-prefect")
        assert (code, said.count("trialwatch: ")) == (6, 1)
        assert f"is held by trialwatch run, process {running.pid}, since " in said
        for words in (("status",), ("show", "NCT10000001"), ("query", "SELECT 1")):
            assert typed(*words)[0] == 0
        assert typed("changes", "--json")[:2] == (0, "[]\n")
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    assert (house.settings.store / "lock").read_text("utf-8"), "what the dead one wrote is still there"
    registry.heal()
    assert typed("run", "--no-prefect")[0] == 0
    assert house.changes() == [("NCT10000001", "completed")]


@pytest.mark.slow
@pytest.mark.sampled
@pytest.mark.parametrize("holder", ["trialwatch deliver", "trialwatch backup"])
def test_a_night_waits_for_what_is_soon_over(
    house: House, registry: SimulatedRegistry, typed: Typed, holder: str
) -> None:
    registry.put(a_trial())
    taken, free = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(house.settings.store, holder):
            taken.set()
            free.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    threading.Timer(0.3, free.set).start()
    assert typed("run", "--no-prefect")[0] == 0
    assert free.is_set(), "not before the other was done"
    thread.join()


@pytest.mark.slow
@pytest.mark.usefixtures("slow_night")
def test_a_delivery_waits_until_the_night_is_over(house: House, registry: SimulatedRegistry) -> None:
    registry.requests.clear()
    with command(house, "run", "--no-prefect") as running:
        wait_for(lambda: any(request.path.endswith("/version") for request in registry.requests))
        with command(house, "deliver") as delivery:
            with pytest.raises(subprocess.TimeoutExpired):
                delivery.wait(timeout=4)
            running.kill()
            running.wait()
            assert delivery.wait() == 0
            assert delivery.stderr
            assert "0 sent" in delivery.stderr.read()
