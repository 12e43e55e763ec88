"""The ids of runs: when each began, and what tells it from others of that second."""

import re
from datetime import datetime

OF_A_NIGHT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


def id_of_run(now: datetime, *parts: str) -> str:
    """The id of what began then, in UTC: later ones come later, whatever the parts behind it say."""
    return "-".join((f"{now:%Y%m%dT%H%M%SZ}", *parts))
