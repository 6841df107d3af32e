"""The node's folder: one process at a time, and files that are put in their place whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.database import CannotOpen


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Nobody else runs or changes this node meanwhile; raises CannotOpen when somebody does.

    The kernel lets go of the lock when the process ends, however that happens.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotOpen(f"A node runs on {folder}. Stop it first.") from error
        yield
    finally:
        os.close(descriptor)


def put_in_place(part: Path, target: Path) -> None:
    """The file gets its name once all of it is on the disk; a crash leaves the old one or the new one."""
    _to_disk(part, os.O_RDWR)
    os.replace(part, target)
    _to_disk(target.parent, os.O_RDONLY)


def _to_disk(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
