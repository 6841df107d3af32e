"""The lock that says that a server runs.

The server inherits the locked descriptor, so the kernel keeps the lock for exactly as long as one of its
processes lives, however the one that started it ended. A process number in a file can't promise that.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.005


@contextmanager
def tried_lock(path: Path) -> Iterator[int | None]:
    """The locked descriptor, or None when somebody else holds the lock.

    Leaving closes our copy only: a child that inherited it keeps the lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def wait_until_free(path: Path, *, seconds_max: float) -> bool:
    """Whether nobody holds the lock any more, before the bound.

    The server's logger outlives the server by the moment that it takes to write the last lines.
    """
    deadline = time.monotonic() + seconds_max
    while True:
        with tried_lock(path) as lock:
            if lock is not None:
                return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
