"""Devices without metal, plugged in where a node may look for devices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import pytest

from devices.virtual.plug import Plug

PLUGS = Path("/dev/shm")
WAIT_SECONDS = 20.0


@contextmanager
def folder_of_plugs() -> Iterator[Path]:
    """A folder below /dev, where alone a node opens devices."""
    if not PLUGS.is_dir():
        pytest.skip("no /dev/shm to plug virtual devices in")
    with TemporaryDirectory(dir=PLUGS, prefix="plug") as folder:
        yield Path(folder)


@contextmanager
def plugged(hear: Callable[[bytes], bytes] = lambda data: b"") -> Iterator[Plug]:
    """A device that is plugged in."""
    with folder_of_plugs() as folder, Plug(folder / "tty", hear) as plug:
        yield plug


def until(holds: Callable[[], object]) -> None:
    """Waits until it holds."""
    ends = monotonic() + WAIT_SECONDS
    while not holds():
        assert monotonic() < ends, "it did not come to hold"
