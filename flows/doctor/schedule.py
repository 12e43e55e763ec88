"""What starts the nights: Prefect, its server where one is set, and whether nights have come about lately.

Prefect is not imported: its version stands in its package, its server is asked over HTTP.
"""

import os
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import httpx

from connectors.causes import masked
from flows.doctor.case import Case
from flows.doctor.finding import Diagnosis, of_error, warning, well
from flows.with_prefect.orchestration import homeless
from flows.with_prefect.own_prefect import is_reachable
from warehouse.errors import OperatorError
from warehouse.publish import status

OURS = ("nightly", "deliver", "watchdog")
"""The deployments of prefect.yaml, and of ``trialwatch serve``."""
TIMEOUT_S = 20.0
HOURS = 36.0


def prefect(case: Case) -> Iterator[Diagnosis]:
    """Whether Prefect can be had. It is never what a night depends on, so that nothing here fails one."""
    try:
        ours = version("prefect")
    except PackageNotFoundError:
        yield warning(
            "prefect", "it is not installed: nights run without it", "install trialwatch with all it needs"
        )
        return
    url = _named(case.environment)
    if not url:
        trouble = homeless(only_looking=True)
        if trouble:
            yield warning(
                "prefect",
                f"{trouble}; nights run without it",
                "have PREFECT_HOME name a folder that can be written",
            )
        else:
            yield well(
                "prefect", f"version {ours}; no server is set (PREFECT_API_URL), so that each run starts its own"
            )
        return
    os.environ.update(case.settings.network.for_others())
    if not is_reachable(url):
        told = f"no server answers at {masked(url)} (PREFECT_API_URL): nights run without it"
        yield warning("prefect", told, "start it, or unset PREFECT_API_URL")
        return
    server = _Server(url, _login(case.environment))
    yield _same_version(server, ours)
    yield from _late(server)


def _named(environment: Mapping[str, str]) -> str | None:
    """The server's address, by the environment or else by Prefect's profile that is in force."""
    if url := environment.get("PREFECT_API_URL"):
        return url
    home = environment.get("PREFECT_HOME") or os.path.expanduser("~/.prefect")  # noqa: PTH111 - never raises
    written = Path(environment.get("PREFECT_PROFILES_PATH") or f"{home}/profiles.toml")
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):  # whatever stands there instead
        profiles = tomllib.loads(written.read_text("utf-8"))
        name = environment.get("PREFECT_PROFILE") or profiles["active"]
        return str(profiles["profiles"][name]["PREFECT_API_URL"])
    return None


def _login(environment: Mapping[str, str]) -> dict[str, str]:
    """What Prefect's own client would show at the door, of what the environment holds."""
    if login := environment.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
    if key := environment.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    return {}


@dataclass(frozen=True, slots=True)
class _Server:
    url: str
    headers: dict[str, str]

    def asked(self, method: str, path: str, body: Any = None) -> Any:
        """What it answers; None where it does not, or not with what was asked for."""
        with suppress(httpx.HTTPError, ValueError):
            url = f"{self.url.rstrip('/')}/{path}"
            answer = httpx.request(method, url, json=body, headers=self.headers, timeout=TIMEOUT_S)
            if answer.is_success:
                return answer.json()
        return None


def _same_version(server: _Server, ours: str) -> Diagnosis:
    url, theirs = server.url, server.asked("GET", "admin/version")
    if theirs is None:
        told = f"the server at {masked(url)} would not tell its version"
        return warning("prefect", told, "where it asks for a login, set PREFECT_API_AUTH_STRING")
    if theirs == ours:
        return well("prefect", f"its server at {masked(url)} is of our version, {ours}")
    told = f"the server at {masked(url)} is of version {theirs}, and what is installed here of {ours}"
    return warning("prefect", told, "install the same version on both")


def _late(server: _Server) -> Iterator[Diagnosis]:
    """Planned runs whose time has come and that nobody has taken up."""
    asked = {"flow_runs": {"state": {"name": {"any_": ["Late"]}}}, "deployments": {"name": {"any_": list(OURS)}}}
    late = server.asked("POST", "flow_runs/filter", asked)
    if isinstance(late, list) and late:
        told = f"{len(late)} planned runs are late: nothing takes them up"
        yield warning("schedule", told, "start a worker for their work pool, or trialwatch serve")


def nights(case: Case) -> Iterator[Diagnosis]:
    """Whether the nights go on, by what they left."""
    try:
        facts = status.read(case.settings.status_file)
    except (OSError, OperatorError) as error:
        yield _no_failure(of_error("schedule", error, "run trialwatch run, which writes it anew"))
        return
    if not case.pairs and case.configuration.watches and not (facts or {}).get("runs"):
        yield warning("schedule", status.NO_FILE_YET, "docs/operating.md says where such a file comes from")
    elif facts is None:
        yield warning(
            "schedule",
            "no night has been yet",
            "run trialwatch run; then have trialwatch serve, or a timer, run it daily",
        )
    elif stale := status.staleness(facts, case.settings.now(), HOURS):
        yield warning(
            "schedule",
            stale,
            "see that trialwatch serve, a timer or a Prefect worker runs; trialwatch status says more",
        )
    else:
        yield well("schedule", "the last complete nights are fresh enough")
    if trouble := (facts or {}).get("mail_trouble"):
        yield warning("mail", str(trouble), "see to the mail server; the next delivery tries again")
    for trouble in status.elsewhere_troubles(facts):
        yield warning(
            "elsewhere", trouble, "mend it there; the next night, or trialwatch run, brings what was missed"
        )


def _no_failure(finding: Diagnosis) -> Diagnosis:
    return warning(finding.name, finding.sentence, finding.what_to_do or "")
