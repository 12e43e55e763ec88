"""What every test may use. Nothing of ours is patched; the only thing refused is the world outside."""

import gzip
import ipaddress
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from connectors.simulated import SimulatedRegistry
from flows import own_process
from flows.cli import main
from tests.house import WATCH, House, Typed
from tests.shelf import Shelf

settings.register_profile("patient", deadline=None)  # no test asserts a time
settings.load_profile("patient")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.together import Together

    return Together(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test that is ``sampled``, `make test` plays the first parameters; those after it are slow."""
    played: set[str] = set()
    for item in items:
        if item.get_closest_marker("sampled") and not item.get_closest_marker("slow"):
            test = item.nodeid.partition("[")[0]
            if test in played:
                item.add_marker(pytest.mark.slow)
            played.add(test)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reaching anything but this machine from a test is an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def published_here() -> Iterator[None]:
    """Nights publish in the tests' own process, which is warm: half the time. test_own_process.py has the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_process, "is_wanted", False)
        yield


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    """An empty registry on loopback; put records into it."""
    with SimulatedRegistry() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, registry: SimulatedRegistry) -> House:
    """A house beside the simulated registry, with the small ketamine watch."""
    made = House(tmp_path, registry.url)
    made.configure(WATCH)
    return made


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A store to be filled by hand and published at the first question."""
    return Shelf(tmp_path)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The facts that lie beside the repository in its workshop; tests of them are skipped elsewhere."""
    if not SHARED.exists():
        pytest.skip("../shared, with the real records, is not beside this repository")
    return SHARED


@pytest.fixture(scope="session")
def real_records(shared: Path) -> list[dict[str, Any]]:
    """The 511 real records, read once: only to be looked at. The registry keeps copies of its own."""
    with gzip.open(shared / "registry/records/real_records.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture
def typed(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; returns its exit code, standard output and standard error."""

    def run(*words: str, **environment: str) -> tuple[int, str, str]:
        for name, value in {**house.variables, **environment}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(words)
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run
