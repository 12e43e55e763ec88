"""What is configured and cannot be served: a place that nothing here knows, a package that not everyone has."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec

from flows import elsewhere
from flows.doctor.case import Case
from flows.doctor.finding import Diagnosis, failure
from flows.settings import NOTIFY, SettingsError

OF_CHANNELS = "apprise"


def extras(case: Case) -> Iterator[Diagnosis]:
    """What is missing for what the settings name; nothing where all is there."""
    yield from _places(case)
    named = sorted(name for name in case.environment if name.startswith(NOTIFY))
    if named and find_spec(OF_CHANNELS) is None:
        told = f"{', '.join(named)} needs {OF_CHANNELS}, which is not installed"
        yield failure("extras", told, "`make extras` in a clone, or trialwatch's wheel with [notify]")


def _places(case: Case) -> Iterator[Diagnosis]:
    """Each place of TRIALWATCH_PUBLISH_URL that a night would begin with refusing."""
    for place in case.settings.publish_to:
        try:
            elsewhere.check(replace(case.settings, publish_to=(place,)))
        except SettingsError as error:
            yield failure(
                "extras", str(error), "install what is missing, or take it out of TRIALWATCH_PUBLISH_URL"
            )
