"""A worker's share of the ordeals of one scene, in a process of its own."""

import random
import sys
import warnings
from collections import Counter
from pathlib import Path

from tests.crash import scene as scenes
from tests.crash.ordeal import Ordeals, victim
from tests.crash.plan import COMPLETE, deaths

SEED = 20260912
WORKERS = 2


def share(folder: Path, name: str, number: int, seed: int) -> tuple[Counter[str], list[str]]:
    """A worker's share of a scene's ordeals; returns the kills by scene and way, and what went wrong."""
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="aiosmtpd")
    kills: Counter[str] = Counter()
    failures = []
    own = folder / f"{name}-{number}"
    own.mkdir()
    with victim() as forks, getattr(scenes, name)(own) as scene:
        ordeals = Ordeals(scene, forks)
        ordeals.undisturbed()
        plan = deaths(
            COMPLETE[name], random.Random(seed), acts=ordeals.acts, calls=ordeals.calls, seconds=ordeals.seconds
        )
        for each in list(plan)[number::WORKERS]:
            way = "+".join(way for death in each for way in death)
            try:
                kills[f"{name} {way}"] += ordeals.ordeal(*each)
            except AssertionError as error:
                failures.append(str(error))
                print(failures[-1], file=sys.stderr, flush=True)
    return kills, failures
