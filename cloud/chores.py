"""Head office's own work by the clock, each kind in a thread of its own and never twice at once in one process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler


class Chores:
    """What is done again and again while head office runs."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def add(self, chore: Callable[[], None], *, every: timedelta, first: timedelta) -> None:
        """Plans one; `first` is how soon after the start it is done, so that a short life does it too."""
        seconds, begins = every.total_seconds(), datetime.now(UTC) + first
        self._scheduler.add_job(chore, "interval", seconds=seconds, next_run_time=begins, coalesce=True)

    def start(self) -> None:
        """Begins."""
        self._scheduler.start()

    def stop(self) -> None:
        """Begins nothing more; what is under way ends by itself."""
        self._scheduler.shutdown(wait=False)
