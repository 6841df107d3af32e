"""A thread that does what is to be done, rests until there is news or its time has come, and outlives what goes wrong."""

import threading
from collections.abc import Callable

import structlog

AGAIN_SECONDS = 5.0
STOP_SECONDS = 10.0
log = structlog.get_logger(__name__)


class Errand:
    """`turn` does all that is to be done now, and answers how many seconds to rest without news; None: until there is some.

    `nudge` may be called from any thread. A turn that fails is told of and tried again: a full disk or a busy writer may
    silence nothing for good.
    """

    def __init__(self, name: str, turn: Callable[[], float | None]) -> None:
        self._name = name
        self._turn = turn
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def stopping(self) -> bool:
        """Whether a turn is to come to its end."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begins with a turn."""
        self._thread.start()

    def stop(self) -> None:
        """Waits for the turn that is under way; to be called before what it works on stops."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(STOP_SECONDS)

    def nudge(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()  # before the turn, so that what comes meanwhile makes another
            try:
                rest = self._turn()
            except Exception:
                log.exception(f"{self._name}_interrupted")
                rest = AGAIN_SECONDS
            self._wake.wait(rest)
