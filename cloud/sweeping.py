"""The daily sweep at head office: drops what the rule of retention no longer keeps, group by group."""

from datetime import timedelta

import structlog

from cloud.database import Database
from cloud.schema import SCHEMA
from hospitality.ground.clock import Clock
from sync.hub.postgres import PostgresStore
from sync.hub.retention import Retention, sweep
from sync.hub.store import head_office

SWEEP_FIRST, SWEEP_EVERY = timedelta(minutes=10), timedelta(days=1)
SWEEP_LOCK = 0x73776570
log = structlog.get_logger(__name__)


class Sweeper:
    """Sweeps by day; of several processes one does a group's work at a time."""

    def __init__(self, database: Database, rule: Retention, now: Clock) -> None:
        self._database = database
        self._rule = rule
        self._now = now

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
