"""How long to wait before the node is tried again."""

from random import Random

DELAY_SECONDS_BASE = 0.25
DELAY_SECONDS_MAX = 5.0


def delay_seconds(failures: int, chance: Random) -> float:
    """Exponential with full jitter: anything from 0 up to twice as much after each failure.

    Full jitter, so that thirty terminals do not all knock in the moment in which a node comes back.
    """
    most = min(DELAY_SECONDS_MAX, DELAY_SECONDS_BASE * 2 ** min(failures, 10))
    return chance.uniform(0.0, most)
