"""The two files of an installation: written for a person to read, and read back before they count."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from connectors.files import FOR_EVERYONE, making, write_whole
from flows import envfile
from flows.init.interview import Answers
from flows.pasted_search import REGISTRY
from flows.settings import SettingsError, configuration, from_environment

LONGEST_LINE = 100
CONFIGURED = "trialwatch.toml"
SETTINGS = "trialwatch.env"


def must_be_free(folder: Path) -> None:
    """Raises ``SettingsError`` where a file of ours is there already."""
    there = [str(folder / name) for name in (CONFIGURED, SETTINGS) if os.path.lexists(folder / name)]
    if there:
        raise SettingsError(
            f"there already: {' and '.join(there)}; nothing was written. Edit what is there, "
            "move it away, name another folder (--folder), or have it written over (--force)"
        )


def write(folder: Path, answers: Answers) -> None:
    """Write both files, if what is read from them is what was answered. Raises ``SettingsError``, ``OSError``."""
    contents = {
        SETTINGS: (_settings(answers), envfile.OURS_ALONE),
        CONFIGURED: (_configured(answers), FOR_EVERYONE),
    }
    with making(folder):
        folder.mkdir(parents=True, exist_ok=True)
    aside = {name: folder / f".{name}.new" for name in contents}
    try:
        for name, (text, mode) in contents.items():
            aside[name].unlink(missing_ok=True)
            write_whole(aside[name], text.encode(), mode)
            _give(aside[name], folder)
        _must_read_back(aside, answers)
        for name in contents:
            aside[name].replace(folder / name)
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)


def _give(path: Path, folder: Path) -> None:
    """What root writes into another user's folder is that user's, who will run the nights."""
    whose = folder.stat()
    with suppress(PermissionError):
        os.chown(path, whose.st_uid, whose.st_gid)


def _must_read_back(aside: dict[str, Path], answers: Answers) -> None:
    read = envfile.read(aside[SETTINGS])
    from_environment(read)
    (watch,) = configuration(aside[CONFIGURED]).watches
    (subscription,) = configuration(aside[CONFIGURED]).subscriptions
    lists = {key: getattr(watch, key) for key in answers.asks.lists}
    if (read, lists, subscription.kinds) != (answers.settings, answers.asks.lists, answers.kinds):
        raise SettingsError("nothing was written: what was answered cannot be written so that it is read again")


def _settings(answers: Answers) -> str:
    try:
        lines = [envfile.line(name, value) for name, value in answers.settings.items()]
    except envfile.EnvFileError as error:
        raise SettingsError(f"nothing was written: {error}") from error
    return "\n".join([*SETTINGS_BEGIN, *lines, *SETTINGS_END, ""])


SETTINGS_BEGIN = (
    "# Settings of this installation (docs/configuration.md), from `trialwatch init`. Passwords stand here alone:",
    '# keep it readable by its user alone (chmod 600). A line is NAME=value or NAME="value with blanks".',
    "# TRIALWATCH_ENV_FILE or --env-file names it; systemd and deploy/with-settings read it too.",
)
SETTINGS_END = (
    "# TRIALWATCH_PAGE_URL=https://www.example.org/trialwatch/index.html",
    "# PREFECT_API_URL=http://127.0.0.1:4200/api",
)


WIDENS_NOTHING = (
    "# ClinicalTrials.gov widens words by synonyms, and the others do not: name each way in which a thing is said",
    '# there, such as "alcohol" beside "alcohol use disorder"; what is found too much, the rules sort out',
)


def _configured(answers: Answers) -> str:
    watch = answers.watch if re.fullmatch(r"[A-Za-z0-9_-]+", answers.watch) else _text(answers.watch)
    rules = (
        [f"relevance = {_text(answers.relevance)}  # the rules that judge what is found"]
        if answers.relevance
        else []
    )
    kinds = (
        _list("kinds", answers.kinds)
        if answers.kinds
        else ['# kinds = ["completed", "stopped"]  # absent: all of high or medium materiality']
    )
    lines = [
        "# What trialwatch watches, and who is told. docs/configuration.md explains every key.",
        "# Edit it as you like: the next run reads it anew, and `trialwatch doctor` says whether it can.",
        "",
        f"[watch.{watch}]",
        *_list("registries", answers.registries),
        "# a trial must bear one word of each list",
        *(WIDENS_NOTHING if set(answers.registries) - {REGISTRY} else ()),
        *(line for key, words in answers.asks.lists.items() if words for line in _list(key, words)),
        *rules,
        '# follow = ["NCT01234567"]  # always, by number',
        "# min_trials = 1            # outside these bounds a night is refused",
        "# max_trials = 2000",
        "",
        "[[subscription]]",
        f"name = {_text(answers.watch)}",
        f"watch = {_text(answers.watch)}",
        *kinds,
        *_list("to", answers.to),
        f'send = {_text(answers.send)}  # "immediately", "daily" (06:00 UTC) or "weekly" (Monday 06:00 UTC)',
        "",
    ]
    return "\n".join(lines)


def _list(key: str, words: Iterable[str]) -> Iterator[str]:
    texts = [_text(word) for word in words]
    line = f"{key} = [{', '.join(texts)}]"
    if len(line) <= LONGEST_LINE:
        yield line
        return
    yield f"{key} = ["
    yield from (f"    {text}," for text in texts)
    yield "]"


def _text(word: str) -> str:
    """A JSON text is a TOML text: the same quotes and the same escapes."""
    return json.dumps(word, ensure_ascii=False)
