"""Waiting for a condition, with a bound."""

import time
from collections.abc import Callable

WAIT_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.005


def until(holds: Callable[[], object]) -> None:
    """Returns as soon as the condition holds; fails when it does not within WAIT_SECONDS_MAX."""
    ends_at = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():
        assert time.monotonic() < ends_at, "the condition never held"
        time.sleep(LOOK_SECONDS)
