"""What a child prints before it has a log, kept in memory: a full disk can't swallow its complaint."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TAIL_BYTES_MAX = 16_384


@contextmanager
def printing() -> Iterator[int]:
    """A descriptor for a child to print to."""
    descriptor = os.memfd_create("buffr-postgres")
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def printed(descriptor: int) -> str:
    """The end of what was printed so far."""
    return _tail(descriptor)


def logged(folder: Path) -> str:
    """The end of the newest file in the log folder; empty when there is none."""
    files = log_files(folder)
    if not files:
        return ""
    descriptor = os.open(files[-1], os.O_RDONLY | os.O_NOFOLLOW)
    try:
        return _tail(descriptor)
    finally:
        os.close(descriptor)


def log_files(folder: Path) -> list[Path]:
    """The server's log files, oldest first: their names begin with the time."""
    return sorted(folder.glob("postgres-*.log"))


def _tail(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, TAIL_BYTES_MAX, max(0, size - TAIL_BYTES_MAX)).decode(errors="replace")
