"""A copy of the node's file on a second disk every few minutes, for what is lost with the first one while offline.

While online head office has everything within seconds. A disk that is gone or full is told and harms nothing; the last
two copies are kept.
"""

import re
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog
from prometheus_client import Counter, Gauge

from edge.copies import copy_to
from edge.database import DATABASE_ERRORS, CannotOpen
from edge.writer import Committed
from hospitality.ground.clock import Clock, instant_text

KEPT = 2
STOP_SECONDS = 60.0
TROUBLES: tuple[type[Exception], ...] = (OSError, CannotOpen, *DATABASE_ERRORS)
MADE_AT = Gauge("buffr_edge_backup_made_at_seconds", "When the last copy on the second disk was made (Unix time)")
FAILURES = Counter("buffr_edge_backup_failures", "Copies to the second disk that failed")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BackupState:
    """How the copies are: when the last one was made, how many bytes it has, and why the last try failed."""

    at: datetime | None = None
    bytes: int = 0
    error: str | None = None


class Backups:
    """Makes the copies, on a thread of its own. `changed` must be called after each commit."""

    def __init__(self, folder: Path, minutes: float, database: Path, key: str, *, code: str, now: Clock) -> None:
        self._folder, self._seconds = folder, minutes * 60
        self._database, self._key, self._code, self._now = database, key, code, now
        self._stop = threading.Event()
        self._is_behind = threading.Event()
        self._is_behind.set()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)
        self._turn = threading.Lock()
        self.state = BackupState()

    def start(self) -> None:
        """Begins, with a copy at once."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the copy under way."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)

    def committed(self, done: Committed) -> None:
        """There is something that the last copy lacks."""
        self._is_behind.set()

    def copy(self) -> None:
        """Makes a copy now, unless the last one still says it all; what goes wrong stands in the state."""
        with self._turn:
            self._copy(self._now())

    def _copy(self, at: datetime) -> None:
        if not self._is_behind.is_set():
            self._made(at, self.state.bytes)
            return
        self._is_behind.clear()  # before copying: what is committed meanwhile is for the next one
        target = self._folder / f"node-{self._code}-{at:%Y%m%dT%H%M%S}.db"
        try:
            if not self._folder.is_dir():  # a disk that is not mounted: its folder is not made on the first one
                raise CannotOpen(f"The folder {self._folder} is not there. Is the second disk connected?")
            copy_to(self._database, self._key, target, instant_text(at))
            self._drop_older(target)
            self._made(at, target.stat().st_size)
        except TROUBLES as error:
            self._is_behind.set()
            FAILURES.inc()
            log.error("backup_failed", error=str(error))
            self.state = replace(self.state, error=str(error))

    def _made(self, at: datetime, size: int) -> None:
        self.state = BackupState(at, size)
        MADE_AT.set(at.timestamp())

    def _drop_older(self, newest: Path) -> None:
        others = [copy for copy in copies_in(self._folder, self._code) if copy != newest]
        for copy in others[: -(KEPT - 1)]:
            copy.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.copy()
            self._stop.wait(self._seconds)


def copies_in(folder: Path, code: str = "") -> list[Path]:
    """The copies in a folder (of one node), oldest first."""
    name = re.compile(rf"node-{re.escape(code) if code else '[A-Z]+'}-[0-9T]+\.db")
    return sorted((path for path in folder.iterdir() if name.fullmatch(path.name)), key=lambda path: path.name[-18:])
