"""The schedules as one process: the night, the hourly delivery and the watchdog, on Prefect's runner.

Each run is a process of its own that reads settings and ``trialwatch.toml`` for itself, when it begins. So a
changed file is used by the next run, and one that is wrong fails that run alone.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from connectors.causes import masked
from flows import envfile
from flows.settings import Settings, SettingsError
from flows.with_prefect import missed_runs, own_prefect
from flows.with_prefect.orchestration import TELLS_NOBODY
from warehouse.errors import StoreHeldError
from warehouse.store.file import locked

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

log = logging.getLogger("trialwatch")

OF_PREFECT = TELLS_NOBODY | {
    # A server that is busy (SQLite: "database is locked") answers 500; asked again it would have done.
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
}
FOLDER = "prefect"
"""In the data directory: what Prefect keeps, where PREFECT_HOME names no other place."""


@dataclass(frozen=True, slots=True)
class Schedules:
    """When each job runs, as cron says it, in UTC; prefect.yaml says why then."""

    night: str = "30 2 * * *"
    deliver: str = "5 * * * *"
    watchdog: str = "15 9 * * *"


def serve(settings: Settings, schedules: Schedules, port: int | None = None) -> None:
    """Run the schedules until a signal ends them; ``port`` is that of Prefect's server, where it is our own.

    Raises ``SettingsError`` for a schedule that is none, and ``StoreHeldError`` where another one serves.
    """
    for name, value in OF_PREFECT.items():
        os.environ.setdefault(name, value)
    os.environ.update(settings.network.for_others())
    folder, named = settings.data_dir / FOLDER, os.environ.get("PREFECT_API_URL")
    with _alone(folder):
        is_over = False
        while not is_over:
            with _prefect_server(folder, named, port) as url:
                is_over = _serve_from(url, settings, schedules, is_our_own=url != named)


def _serve_from(url: str, settings: Settings, schedules: Schedules, *, is_our_own: bool) -> bool:
    """Serve until a signal, which is the end, or until the server is gone, which is none."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: url}):  # Prefect has read the environment once, for the first server
        deployments = _deployments(schedules)
        envfile.forget()  # each run reads the file for itself
        log.info("serving the night (%s), delivery (%s) and watchdog (%s), in UTC", *astuple(schedules))
        log.info("Prefect's pages are at %s; Ctrl-C ends it", masked(url.removesuffix("/api")))
        try:
            _run(deployments, missed_runs.missed_night(settings, schedules.night), is_alone=is_our_own)
        except Exception as error:
            if not _is_of_the_server(error) and own_prefect.is_reachable(url):
                raise
            log.warning("Prefect's server at %s is gone; it all starts again", masked(url))
            return False
    return True


def _is_of_the_server(error: BaseException) -> bool:
    """Whether it says that the server did not answer, which Prefect's runner bears for half a minute."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_of_the_server, error.exceptions))
    return isinstance(error, httpx.TransportError) or "exceeded error threshold" in str(error)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two that serve the same data would run each night twice."""
    try:
        with locked(folder, "trialwatch serve"):
            yield
    except StoreHeldError as error:
        if error.holder.startswith("trialwatch serve"):
            raise StoreHeldError(f"another one serves these data already: {error.holder}", error.holder) from error
        raise


@contextmanager
def _prefect_server(home: Path, named: str | None, port: int | None) -> Iterator[str]:
    """The address of the Prefect server that was set up, or else of one of our own."""
    if named and own_prefect.is_reachable(named):
        os.environ["PREFECT_API_URL"] = named
        yield named
        return
    if named:
        log.warning(
            "no Prefect server answers at %s (PREFECT_API_URL); one of our own does its work", masked(named)
        )
    home = Path(os.environ.setdefault("PREFECT_HOME", str(home.absolute())))
    log.info("Prefect's server is starting (10 to 20 seconds)")
    with own_prefect.started(home, port) as ours:
        os.environ["PREFECT_API_URL"] = ours
        yield ours


def _deployments(schedules: Schedules) -> "list[RunnerDeployment]":
    """Named as those of prefect.yaml: where both are on one server, the later takes the other's place."""
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows import served

    found = []
    for name, flow, function, cron in (
        ("nightly", served.nightly, "nightly", schedules.night),
        ("deliver", served.deliver, "deliver", schedules.deliver),
        ("watchdog", served.watch, "watch", schedules.watchdog),
    ):
        try:
            when = Cron(cron, timezone="UTC")
            deployment: Any = flow.to_deployment(name, schedule=when, entrypoint_type=EntrypointType.MODULE_PATH)
        except ValueError:
            how = "write it as cron does: 30 2 * * *"
            raise SettingsError(f"{cron!r} is no schedule for {name}; {how}") from None
        deployment.entrypoint = f"flows.served.{function}"  # Prefect takes the function's own name for it
        found.append(deployment)
    return found


def _run(deployments: "list[RunnerDeployment]", missed: datetime | None, *, is_alone: bool) -> None:
    """What ``prefect.serve`` does, but that SIGTERM ends it as Ctrl-C does, and a missed night is made up for.

    Where it is alone on its server, whatever seems to be at work there is dead.
    """
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner

    class Serving(Runner):
        end: Callable[[], object]

        def handle_sigterm(self, *_: Any, **__: Any) -> None:
            self.end()

    async def until_a_signal() -> None:
        loop, serving = asyncio.get_running_loop(), asyncio.ensure_future(runner.start())

        async def end() -> None:
            """Have runs end and be told so; at a second signal, or before there are any, at once."""
            if runner.started and not runner.stopping:
                await runner.astop()
            else:
                serving.cancel()

        runner.end = lambda: asyncio.run_coroutine_threadsafe(end(), loop)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, runner.handle_sigterm)
        with suppress(asyncio.CancelledError):
            await serving

    # Planned runs are left standing when we end: another one that serves from the same server takes them up.
    runner: Any = Serving(pause_on_shutdown=False)
    nightly, *others = [runner.add_deployment(each) for each in deployments]
    if is_alone:
        missed_runs.told_as_crashed([nightly, *others])
    if missed:
        log.info("the night of %s has not been; it runs now", f"{missed:%Y-%m-%d %H:%M} UTC")
        with get_client(sync_client=True) as client:
            client.create_flow_run_from_deployment(nightly)  # a new one: an earlier start's may have died
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(until_a_signal())
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
