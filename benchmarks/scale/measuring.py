"""What a stage costs. Each is played in a process of its own, so that no stage inherits another's memory.

Time is told from after the imports to the end; processor time with that of its children and theirs, whoever waits
for them; memory is the most that all of them held together.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.stages import Bench

BETWEEN_LOOKS_S = 0.05
A_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took to deal with ``count`` records. Times in seconds, memory in megabytes."""

    count: int
    wall_s: float
    cpu_s: float
    peak_mb: float

    @property
    def each_s(self) -> float:
        """Wall time of one record."""
        return self.wall_s / self.count


class StageFailedError(Exception):
    """A stage did not come to its end, or not with all the records."""


def measured(stage: str, bench: Bench) -> Cost:
    """Play a stage (``module:function`` in this package). Raises ``StageFailedError``."""
    command = [sys.executable, "-m", "benchmarks.scale.measuring", stage]
    command += [str(bench.folder), str(bench.size), bench.url]
    quiet = os.environ | {"RUNTIME__DLTHUB_TELEMETRY": "false", "DO_NOT_TRACK": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=quiet) as process:
        peak = 0.0
        spent: dict[int, float] = {}
        while process.poll() is None:
            family = list(_family(process.pid))
            peak = max(peak, sum(map(_held_mb, family)))
            spent |= {pid: cpu_s for pid in family[1:] if (cpu_s := _spent_s(pid))}
            time.sleep(BETWEEN_LOOKS_S)
        assert process.stdout
        said = process.stdout.read().splitlines()
    if process.returncode:
        raise StageFailedError(f"{stage} of {bench.size:,} records ended with {process.returncode}")
    told = json.loads(said[-1])
    if told["count"] != bench.size:
        raise StageFailedError(f"{stage} dealt with {told['count']:,} records of {bench.size:,}")
    return Cost(told["count"], told["wall_s"], told["cpu_s"] + sum(spent.values()), max(peak, told["peak_mb"]))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = tasks.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in children:
            yield from _family(int(child))


def _held_mb(pid: int, line: str = "VmRSS:") -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    kilobytes = [row.split()[1] for row in status.splitlines() if row.startswith(line)]
    return int(kilobytes[0]) * 1024 / A_MEGABYTE if kilobytes else 0.0


def _spent_s(pid: int) -> float:
    """Processor time of a process so far, without that of its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(stage: str, folder: str, size: str, url: str) -> None:
    module, name = stage.split(":")
    play = getattr(importlib.import_module(f"benchmarks.scale.{module}"), name)
    began, cpu_before = time.perf_counter(), _cpu_s()
    count = play(Bench(Path(folder), int(size), url))
    wall_s, cpu_s = time.perf_counter() - began, _cpu_s() - cpu_before
    peak_mb = _held_mb(os.getpid(), "VmHWM:")
    print(json.dumps({"count": count, "wall_s": wall_s, "cpu_s": cpu_s, "peak_mb": peak_mb}))


if __name__ == "__main__":
    main(*sys.argv[1:])
