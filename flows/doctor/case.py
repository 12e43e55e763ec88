"""What the doctor examines: the settings and the configuration as far as they can be understood.

A setting that is wrong is told and left out, and so is a watch or a subscription: what is beside it is examined.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.registry import Progress
from flows import envfile
from flows.doctor.finding import Diagnosis, failure, well
from flows.nightly import FROM_FILES_ALONE
from flows.settings import Configuration, Settings, SettingsError, from_environment, understood
from flows.steps import pairs
from warehouse.judge.watch import Watch

CORRECT_IT = "correct it, or take it away; docs/configuration.md lists what there is"


@dataclass(slots=True)
class Case:
    """``environment`` is what the settings were read from, with all that is wrong in it left out."""

    settings: Settings
    configuration: Configuration
    environment: Mapping[str, str]
    progress: Progress
    found: list[Diagnosis] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[Watch, str]]:
        """Each watch with each of its registries that can be read."""
        return pairs(self.configuration.watches)


def taken_in(environment: Mapping[str, str] | None, progress: Progress) -> Case:
    """The case, with what was found while it was taken in."""
    found: list[Diagnosis] = []
    settings, read = _settings(environment, found)
    configuration, troubles = understood(settings.config)
    found += [failure("configuration", each, CORRECT_IT) for each in troubles]
    found += _from_files_alone(configuration)
    return Case(settings, configuration, read, progress, found)


def _settings(given: Mapping[str, str] | None, found: list[Diagnosis]) -> tuple[Settings, Mapping[str, str]]:
    """The settings without those that are wrong, each of which is told."""
    try:
        read = dict(envfile.adopted() if given is None else given)
    except envfile.EnvFileError as error:
        found.append(failure("settings", str(error), "name the file that `trialwatch init` wrote"))
        read = {name: value for name, value in os.environ.items() if name != envfile.NAMED_BY}
    while True:
        try:
            return from_environment(read), read
        except SettingsError as error:
            wrong = next((name for name in re.findall(r"\w+", str(error)) if name in read), None)
            if wrong is None:
                raise
            del read[wrong]
            found.append(failure("settings", str(error), CORRECT_IT))


def _from_files_alone(configuration: Configuration) -> Iterator[Diagnosis]:
    for watch in configuration.watches:
        if not pairs((watch,)):
            yield well("configuration", f"{watch.name} {FROM_FILES_ALONE}")
