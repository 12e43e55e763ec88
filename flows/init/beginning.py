"""From a few answers to a ``trialwatch.toml`` and an environment file, checked and ready to run."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from flows import delivery, envfile
from flows.init import writing
from flows.init.asking import Asking
from flows.init.given import GivenAnswers
from flows.init.interview import Answers, answers
from flows.registries import SERVED
from flows.settings import configuration, from_environment


def write(folder: Path, given: GivenAnswers, *, is_attended: bool, may_replace: bool) -> Answers:
    """Ask for what is not given, and write both files. Raises ``SettingsError``; nothing is written then."""
    folder = folder.expanduser().absolute()
    if not may_replace:
        writing.must_be_free(folder)
    found = answers(Asking(is_attended), given, folder)
    writing.write(folder, found)
    return found


def test_mail(folder: Path) -> str:
    """Send a test mail to the operator, with the settings that were written; the sentence for it."""
    settings = from_environment(envfile.read(folder.expanduser().absolute() / writing.SETTINGS))
    assert settings.operator  # noqa: S101 - every installation of ours has one
    return delivery.send_test(settings, settings.operator)


def farewell(folder: Path) -> Iterator[str]:
    """What to type next."""
    file = folder.expanduser().absolute() / writing.SETTINGS
    yield "Next, in this shell:"
    yield f"  export {envfile.NAMED_BY}={shlex.quote(str(file))}"
    yield "  trialwatch doctor   # would a night succeed?"
    (watch,) = configuration(file.with_name(writing.CONFIGURED)).watches
    if not SERVED.keys() & set(watch.registries):
        yield "  trialwatch import ictrp FILE   # a file that you saved: no registry of this watch can be asked"
        return
    yield "  trialwatch run      # the first night, now"
    yield "  trialwatch serve    # and from now on every night"
