"""Which tests of a run on several workers stay together: those of a file that makes something once for them.

xdist has groups for this (``--dist=loadgroup``). On pytest 9.2 they are lost without a word: xdist 3.8 notes a
test's group in an attribute that is not read any more. And that a file makes something once is plain in its text.
"""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parents[1]
ONCE = re.compile('scope="module"|browser: Browser|StandingPrefect')
"""A standing Prefect is made for each test, but takes minutes: begun last, it would keep one worker waiting."""


class Together(LoadScopeScheduling):
    """Hands out whole files of that kind, the largest first, then all other tests one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if _makes_something_once(file) else nodeid


@cache
def _makes_something_once(file: str) -> bool:
    return bool(ONCE.search((ROOT / file).read_text("utf-8")))
