"""The environment file: settings as lines ``NAME=value``, read alike by systemd, ``deploy/with-settings`` and us.

``TRIALWATCH_ENV_FILE`` names it. What the environment itself says wins, as with every such file. It is never
sourced: a value is no shell, and nothing in it is expanded.
"""

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from connectors.files import read_text

NAMED_BY = "TRIALWATCH_ENV_FILE"
OURS_ALONE = 0o600
"""The rights of such a file: a mail server's password may stand in it."""
_LINE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>.*)")
_given: set[str] = set()
"""What of the environment comes from the file, so that it can be read anew."""


class EnvFileError(Exception):
    """An environment file that cannot be read or written; the text quotes no value."""


def read(path: Path) -> dict[str, str]:
    """What an environment file says. Raises ``EnvFileError`` with the place, and without what stands there."""
    try:
        lines = read_text(path).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise EnvFileError(f"{path} cannot be read ({why}); {NAMED_BY} or --env-file names it") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line[0] in "#;":
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise EnvFileError(f"{path}, line {number}: write NAME=value, or # for a remark")
        found[match["name"]] = _unquoted(match["value"].rstrip())
    return found


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value


def line(name: str, value: str) -> str:
    """One setting as every reader of such a file takes it. Raises ``EnvFileError`` for what would not survive."""
    if not value.isprintable():
        raise EnvFileError(f"{name} holds a line break or another character that does not print")
    if not re.search(r"[\s\"'\\]", value):
        return f"{name}={value}"
    # systemd takes a backslash for itself everywhere but between single quotes.
    quote = next((quote for quote in "\"'" if quote not in value and (quote == "'" or "\\" not in value)), None)
    if quote is None:
        raise EnvFileError(f"{name} holds quotes that an environment file cannot hold; leave one kind out")
    return f"{name}={quote}{value}{quote}"


def adopted(environment: MutableMapping[str, str] = os.environ) -> Mapping[str, str]:
    """The environment with what the file says that it names, if it does: read anew at each call.

    Raises ``EnvFileError``.
    """
    for name in _given & environment.keys():
        del environment[name]
    _given.clear()
    if path := environment.get(NAMED_BY, "").strip():
        for name, value in read(Path(path)).items():
            if name not in environment:
                environment[name] = value
                _given.add(name)
    return environment


def forget(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take out of the environment what came from the file, so that other processes read the file for themselves.

    What Prefect's settings are made of stays: they are this process's too.
    """
    for name in list(_given):
        if not name.startswith("PREFECT_"):
            environment.pop(name, None)
            _given.discard(name)
