"""Turns at what several threads talk with: one at a time, and who waits goes before whoever has had a turn.

A lock alone gives it to whoever asks at the right moment, which is mostly the thread that has just let it go.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Busy(Exception):
    """Somebody else has the turn."""


class Turns:
    """Who waits holds `_next`, so that nobody else can ask for the turn before it is theirs."""

    def __init__(self) -> None:
        self._next, self._turn = threading.Lock(), threading.Lock()

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for a turn."""
        return self._next.locked()

    @contextmanager
    def taken(self, seconds: float = -1) -> Iterator[None]:
        """A turn, waited for; raises Busy after so many seconds at each of the two doors."""
        if not self._next.acquire(timeout=seconds):
            raise Busy
        try:
            mine = self._turn.acquire(timeout=seconds)
        finally:
            self._next.release()
        if not mine:
            raise Busy
        try:
            yield
        finally:
            self._turn.release()
