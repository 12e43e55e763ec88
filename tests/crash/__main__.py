"""``make crash``: kill nights at every boundary and at random instants, on two cores, and tell how it went."""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.crash.plan import COMPLETE
from tests.crash.share import SEED, WORKERS, share

MEMORY = Path("/dev/shm")  # noqa: S108 - whose folder in it is our own
ROOM = 2_000_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or SEED))
    seed = parser.parse_args().seed
    print(f"seed {seed} (another: make crash SEED=…)", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="trialwatch-crash-", dir=_where_it_is_fast()))
    started = time.monotonic()
    kills: Counter[str] = Counter()
    failures: list[str] = []
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        work = [pool.submit(share, folder, name, number, seed) for name in COMPLETE for number in range(WORKERS)]
        for done in as_completed(work):
            share_of_kills, share_of_failures = done.result()
            kills += share_of_kills
            failures += share_of_failures
            print(f"{kills.total()} kills in {time.monotonic() - started:.0f} s", flush=True)
    told = ", ".join(f"{count} {what}" for what, count in sorted(kills.items()))
    print(f"{kills.total()} kills ({told}), {len(failures)} failures, seed {seed}")
    if failures:
        print(f"what they left is in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return bool(failures)


def _where_it_is_fast() -> Path | None:
    """In memory where there is room: a kill asks nothing of the disk, and an fsync there costs nothing."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


if __name__ == "__main__":
    sys.exit(main())
