"""How long a mail waits before it is offered again, and how often it is. Pure, chance included.

It counts offers of one mail to a server that could be reached: a server that cannot be is no word about anybody's
mail, and is tried at every delivery.
"""

import hashlib
from datetime import datetime, timedelta

FREE_RETRIES = 2
"""The first retries come with the next delivery: a greylisting server, or one just mended, is the usual case."""
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
MOST_ATTEMPTS = 16
"""With an hourly delivery four and a half days; RFC 5321, 4.5.4.1, asks for four or five."""
JITTER = 0.2


def next_attempt(name: str, attempts: int, now: datetime) -> datetime:
    """When a mail that was offered ``attempts`` times may be offered again, if it may (``fates``).

    ``name`` tells mails apart, so that those of one bad hour do not all come back in the same minute.
    """
    retry = attempts - FREE_RETRIES - 1
    if retry < 0:
        return now
    pause = min(FIRST_PAUSE * int(3 ** min(retry, 10)), LONGEST_PAUSE)
    return now + pause * (1 + JITTER * (2 * _chance(name, attempts) - 1))


def _chance(name: str, attempts: int) -> float:
    """From 0 to 1, the same for the same mail and attempt."""
    drawn = hashlib.blake2b(f"{name} {attempts}".encode(), digest_size=4).digest()
    return int.from_bytes(drawn, "big") / 0xFFFF_FFFF
