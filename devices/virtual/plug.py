"""A device's plug without metal: a pseudo-terminal that looks like a serial port, under a name that stays.

The name is a link, as `/dev/serial/by-id` has them, so that a device that is pulled out and put back is found again.
"""

import contextlib
import os
import select
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

STOP_SECONDS = 5.0
_READ_BYTES = 4_096


class Plug:
    """What is written to it reaches `hear`, whose answer is sent back; `say` sends by itself."""

    def __init__(self, path: Path, hear: Callable[[bytes], bytes] = lambda data: b"") -> None:
        self.path = path
        self._hear = hear
        self._lock = threading.Lock()
        self._ours = self._theirs = -1
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull_out()

    def plug_in(self) -> None:
        """There it is, under its name."""
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        with self._lock:
            self._ours, self._theirs = ours, theirs
        self.path.symlink_to(os.ttyname(theirs))
        self._thread = threading.Thread(target=self._serve, args=(ours,), name=f"plug {self.path.name}", daemon=True)
        self._thread.start()

    def pull_out(self) -> None:
        """It is gone, and whoever has it open hears so."""
        with self._lock:
            ours, theirs, self._ours, self._theirs = self._ours, self._theirs, -1, -1
        if ours < 0:
            return
        self.path.unlink(missing_ok=True)
        os.close(theirs)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_SECONDS)
        os.close(ours)

    def say(self, data: bytes) -> None:
        """Sends it all, as fast as it is taken; nothing where nobody takes it for long."""
        while data:
            with self._lock:
                ours = self._ours
                if ours < 0:
                    return
                with contextlib.suppress(BlockingIOError):
                    data = data[os.write(ours, data) :]
                    continue
            poll = select.poll()
            poll.register(ours, select.POLLOUT)
            if not poll.poll(STOP_SECONDS * 1000):
                return

    def _serve(self, ours: int) -> None:
        poll = select.poll()
        poll.register(ours, select.POLLIN)
        while self._ours == ours:
            if not poll.poll(50):
                continue
            try:
                data = os.read(ours, _READ_BYTES)
            except OSError:  # pulled out
                return
            if answer := self._hear(data):
                self.say(answer)
