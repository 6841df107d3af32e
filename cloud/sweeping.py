"""The daily sweep at head office: drops what the rule of retention no longer keeps, group by group."""

from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from cloud.database import Database
from cloud.schema import SCHEMA
from hospitality.ground.clock import Clock
from sync.hub.postgres import PostgresStore
from sync.hub.retention import Retention, sweep
from sync.hub.store import head_office

FIRST_MINUTES = 10
EVERY_HOURS = 24
SWEEP_LOCK = 0x73776570
log = structlog.get_logger(__name__)


class Sweeper:
    """Sweeps by day in a thread of its own; of several processes one does a group's work at a time."""

    def __init__(self, database: Database, rule: Retention, now: Clock) -> None:
        self._database = database
        self._rule = rule
        self._now = now
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Plans the first sweep for soon after the start, so that a process that lives less than a day sweeps too."""
        first = datetime.now(UTC) + timedelta(minutes=FIRST_MINUTES)
        self._scheduler.add_job(self.sweep_all, "interval", hours=EVERY_HOURS, next_run_time=first, coalesce=True)
        self._scheduler.start()

    def stop(self) -> None:
        """Ends the thread; a sweep under way ends with its transaction."""
        self._scheduler.shutdown(wait=False)

    def sweep_all(self) -> None:
        """Sweeps every group now."""
        for group in self._database.before_sign_in("groups", "every"):
            steps = 0
            while self._step(group["org"]):
                steps += 1
            log.info("swept", org_id=group["org"], steps=steps)

    def _step(self, org_id: str) -> bool:
        with self._database.transaction(org_id) as connection:
            row = connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS mine", (SWEEP_LOCK,)).fetchone()
            if row is None or not row["mine"]:  # another process is at it
                return False
            now_ms = int(self._now().timestamp() * 1000)
            return sweep(PostgresStore(connection, head_office(org_id)), SCHEMA, self._rule, now_ms)
