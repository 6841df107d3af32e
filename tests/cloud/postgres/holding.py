"""A process of its own that has a cluster open, as the tests see it (holder.py is what runs in it)."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WAIT_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Holder:
    """A process that has a cluster open, and what it said of it."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    @property
    def server_pid(self) -> int:
        """The server that it started or attached to."""
        return int(self.said["pid"])

    def leave(self) -> None:
        """Lets it close its cluster and end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(WAIT_SECONDS_MAX) == 0


HoldOpen = Callable[..., Holder]
StartHolder = Callable[..., subprocess.Popen[str]]
WaitUntil = Callable[[Callable[[], bool]], None]
IsAlive = Callable[[int], bool]
