"""What Prefect's pages show of a night: the run's name and tags, a table, and the night in words.

Nothing here may undo a night that is over: what Prefect does not take costs a warning.
"""

import logging
from asyncio import CancelledError
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flows.nightly import Report
from flows.with_prefect import current_run
from flows.with_prefect.told_to_prefect import discreet
from warehouse.keep.certificate import Certificate
from warehouse.words.outcomes import COMPLETE

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

log = logging.getLogger("trialwatch")


def at_first() -> str:
    """A night's name while nobody knows of when its data are: its watch."""
    from prefect.runtime import flow_run

    return str(flow_run.parameters.get("watch") or "all watches")


def of_night(report: Report) -> None:
    """Name and tag the present flow run after what the night found, and leave its artifacts."""
    try:
        if run := current_run.flow_run():
            _name(run, report)
        _leave_artifacts(report)
    except (Exception, CancelledError) as error:
        log.warning("Prefect did not take what it would show of the night (%s)", error)


def _name(run: "FlowRun", report: Report) -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, name=name(report), tags=sorted({*run.tags, *tags(report)}))


def name(report: Report) -> str:
    """The watches, and of when each registry's data are: ``ketamine-sud · clinicaltrials.gov of 2026-10-28``.

    Of a registry that names no version that is the day of the night.
    """
    watches = dict.fromkeys(watch for watch, _, _ in report.certificates)
    certificates = {registry: certificate for _, registry, certificate in report.certificates}
    told = [f"{registry} {_age(report, each)}" for registry, each in certificates.items()]
    return f"{', '.join(watches) or 'no watch'} · {', '.join(told)}".removesuffix(" · ")


def _age(report: Report, certificate: Certificate) -> str:
    if certificate.data_version_after:
        return f"of {certificate.data_version_after}"
    return f"read {date.fromisoformat(report.run_id[:8])}" if certificate.outcome in COMPLETE else "unread"


def tags(report: Report) -> Iterator[str]:
    """What runs are looked for by: watch, registry, outcome."""
    for watch, registry, certificate in report.certificates:
        yield from (f"watch:{watch}", f"registry:{registry}", f"outcome:{certificate.outcome}")


def _leave_artifacts(report: Report) -> None:
    from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

    create_table_artifact(key="night", table=_table(report), description=f"run {report.run_id}")
    create_markdown_artifact(key="night-in-words", markdown=discreet(_markdown(report)))
    create_link_artifact(key="page", link=_page(report), link_text="The page of this night")


def _page(report: Report) -> str:
    """Where people read it: its address, or the file on this machine."""
    return report.settings.page_url or (report.settings.published / "index.html").resolve().as_uri()


def _table(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "watch": watch,
            "registry": registry_name,
            "outcome": certificate.outcome,
            "data version": certificate.data_version_after,
            "trials": certificate.distinct_trials,
            "new versions": certificate.new_versions,
            "changes": certificate.changes,
            "quarantined": certificate.quarantined,
            "requests": certificate.requests,
        }
        for watch, registry_name, certificate in report.certificates
    ]


def _markdown(report: Report) -> str:
    lines = [f"# Run {report.run_id}", "", *(f"- {sentence}" for sentence in report.ending.sentences)]
    lines += ["", f"[The page]({_page(report)})"]
    for watch, registry_name, certificate in report.certificates:
        lines += ["", f"## {watch} on {registry_name}", ""]
        lines += [
            f"- {'passed' if check.passed else '**not passed**'}: {check.name} {check.figures}"
            for check in certificate.checks
        ]
    return "\n".join(lines)
