"""What a Dockerfile makes, made in a folder: no engine, no root. The folder stands for ``/``.

All stages share the folder, so what a stage copies from another is there. The base image is a virtual environment
of this Python. In the last stage, commands are not run: they make the user, which asks for root.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.installation import REPOSITORY

FOLDERS = ("/opt/trialwatch", "/var/lib/trialwatch", "/etc/trialwatch", "/src")
# Slower in every respect, and the same for who uses it.
NOT_HERE = {"UV_COMPILE_BYTECODE": "0", "UV_LINK_MODE": "hardlink"}


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction of a Dockerfile: its name, and what follows on however many lines."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line:
            name, _, rest = line.partition(" ")
            yield name, rest.strip()


@dataclass
class Image:
    root: Path
    workdir: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def here(self, text: str) -> str:
        return re.sub(rf"(?<![\w.])({'|'.join(FOLDERS)})\b", rf"{self.root}\1", text)

    def variables(self, **more: str) -> dict[str, str]:
        path = f"{self.root}/base/bin:/usr/bin:/bin"
        said = {name: self.here(value) for name, value in self.environment.items()}
        said["PATH"] = said.get("PATH", "$PATH").replace("$PATH", path)
        return {"HOME": str(self.root), **said, **more}

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """What ``docker run`` does with these words after the image's name."""
        return self.execute([*self.words["ENTRYPOINT"], *words], **more)

    def execute(self, words: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        environment = self.variables(**more)
        return subprocess.run(
            self.typed(words, environment),
            env=environment,
            cwd=self.here(self.workdir),
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )

    def typed(self, words: list[str], environment: dict[str, str]) -> list[str]:
        program = shutil.which(words[0], path=environment["PATH"])
        return [program or words[0], *map(self.here, words[1:])]

    def build(self, dockerfile: str) -> None:
        parts = list(instructions(dockerfile))
        last = max(number for number, (name, _) in enumerate(parts) if name == "FROM")
        for number, (name, rest) in enumerate(parts):
            if name == "FROM":
                self.environment, self.workdir, self.user, self.words = {}, "/", "root", {}
            elif name == "RUN" and number < last:
                self._do(rest)
            elif name == "COPY":
                self._copy(shlex.split(rest))
            elif name == "ENV":
                self.environment |= dict(each.split("=", 1) for each in shlex.split(rest))
            elif name == "WORKDIR":
                self.workdir = rest
                Path(self.here(rest)).mkdir(parents=True, exist_ok=True)
            elif name == "USER":
                self.user = rest
            elif name in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
                self.words[name] = json.loads(rest[rest.index("[") :])

    def _do(self, command: str) -> None:
        """A command of the build, with this machine's package index, and its cache for the one that is mounted."""
        command = command.replace("--mount=type=cache,target=/root/.cache/uv ", "")
        index = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
        more = {"UV_CACHE_DIR": str(Path.home() / ".cache/uv"), **index, "UV_SYSTEM_CERTS": "true", **NOT_HERE}
        done = self.execute(["/bin/sh", "-c", command], **more)
        assert done.returncode == 0, done.stderr

    def _copy(self, words: list[str]) -> None:
        *sources, target = [word for word in words if not word.startswith("--")]
        if len(sources) < len(words) - 1:  # from another stage, which has the same folder
            assert sources == [target]
            return
        for source in sources:
            for found in REPOSITORY.glob(source.removeprefix("./")):
                assert is_in_the_context(found.relative_to(REPOSITORY).as_posix()), found
                self._put(found, target)

    def _put(self, found: Path, target: str) -> None:
        to = Path(self.here(target)) if target.startswith("/") else Path(self.here(self.workdir)) / target
        if found.is_dir():
            shutil.copytree(found, to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copy(found, to)


def is_in_the_context(path: str) -> bool:
    """Whether an engine is given the file: .dockerignore leaves out everything but what it names."""
    lines = [
        line for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in "#"
    ]
    assert lines[0] == "*"
    return any(path == line[1:] or path.startswith(f"{line[1:]}/") for line in lines if line.startswith("!"))


def built(root: Path) -> Image:
    subprocess.run([sys.executable, "-m", "venv", root / "base"], check=True, timeout=200)
    image = Image(root)
    image.build((REPOSITORY / "deploy/docker/Dockerfile").read_text("utf-8"))
    return image
