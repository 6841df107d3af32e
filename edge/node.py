"""A property's node, put together: keys, database, writer, sync, live screens and printing."""

import random
import sys
import time
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, Self

import structlog

from devices.fiscal import SoftwareSigner
from edge.backup import Backups
from edge.conflicts import kept_count
from edge.database import connect, empty_log
from edge.fiscal import Fiscal
from edge.folder import held
from edge.hardware import Hardware
from edge.host import EdgeHost, EngineStore
from edge.identity import begin_life, check_not_moved, incarnation, keep_beside_keys, read_identity
from edge.keys import open_keys
from edge.live import LiveBoard
from edge.printing import Printing
from edge.receipts import TABLES as OF_RECEIPTS
from edge.receipts import Receipts
from edge.requests import Requests
from edge.schema import SCHEMA, prepare
from edge.screens import Screens
from edge.settings import EdgeSettings
from hospitality.conflicts.loading import open_conflicts, open_troubles
from hospitality.ground.clock import Clock, instant_text, utc_now
from hospitality.menu.portions import rebuild_portions
from hospitality.properties.service import current_business_date
from sync.clock import HybridClock
from sync.node.loops import Engine
from sync.node.rotation import rotate
from sync.node.transport import Link
from sync.wire import FORGET

VERSION = "0.1.0"
ONLINE_SECONDS = 45
COUNTED = frozenset({"portion_counts", "portion_moves"})
log = structlog.get_logger(__name__)


class Node:
    """A property's resources; a context manager that opens them in order and closes them in reverse."""

    def __init__(self, settings: EdgeSettings, *, now: Clock = utc_now) -> None:
        self.settings = settings
        self.now = now
        self._stack = ExitStack()
        self._log_to_empty = False
        self._portions_stale = False
        self._receipts_begun = False

    def __enter__(self) -> Self:
        """Opens the database, brings it to this release, and starts writing, printing and syncing.

        Raises CannotOpen, TamperedError or NotEnrolled with a sentence that says what to do.
        """
        settings = self.settings
        settings.data.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            stack.enter_context(held(settings.data))
            self._open(settings)
            self._start(settings, stack)
            self._stack = stack.pop_all()
        return self

    def _open(self, settings: EdgeSettings) -> None:
        keys = open_keys(settings.keys_folder)
        connection = connect(settings.database, keys.database)
        try:
            prepare(connection)
            self.identity = read_identity(connection)
            check_not_moved(connection)
            keep_beside_keys(keys, self.identity)
            if begin_life(connection, keys):
                log.warning("database_was_rolled_back", incarnation=incarnation(connection))
            self._life = incarnation(connection)
        finally:
            connection.close()
        self.keys = keys
        self.keys.ring.days = settings.key_days
        self.clock = HybridClock(lambda: int(self.now().timestamp() * 1000), steady_ms=since_boot_ms)

    def _start(self, settings: EdgeSettings, stack: ExitStack) -> None:
        self.host = EdgeHost(
            settings.database,
            self.keys.database,
            self.identity,
            clock=self.clock,
            now=self.now,
            readers=settings.readers,
        )
        self.host.start()
        stack.callback(self.host.stop)
        self.engine = self._engine(self._life)
        self.screens = Screens(self.host, on_change=lambda: self.live.status_changed())
        self.live = LiveBoard(self.host, status=self.status, hello=self._hello, ears=self.screens)
        self.printing = Printing(self.host, on_change=self._printers_changed, guests_url=self.cloud_url)
        self.hardware = Hardware(
            self.host,
            tell=self.live.tell_terminal,
            on_change=self.live.status_changed,
            printers=lambda: {id: state.shown() for id, state in self.printing.by_id().items()},
            printer=self.printing.driver,
            stripe=settings.stripe,
        )
        self.printing.start()
        stack.callback(self.printing.stop)
        self.hardware.start()
        stack.callback(self.hardware.stop)
        self.screens.start()
        stack.callback(self.screens.stop)
        self.requests = Requests(
            self.host, caught_up=lambda: self.engine.status.caught_up, on_change=self.live.status_changed
        )
        self.requests.start()
        self._follow_portions()
        stack.callback(self.requests.stop)
        self.receipts = Receipts(self.host, caught_up=lambda: self.engine.status.caught_up)
        self.receipts.start()
        stack.callback(self.receipts.stop)
        if settings.fiscal == "software":
            self.fiscal = Fiscal(
                self.host, SoftwareSigner(self.keys.fiscal), caught_up=lambda: self.engine.status.caught_up
            )
            self.fiscal.start()
            stack.callback(self.fiscal.stop)
            self.host.on_commit.append(lambda done: self.fiscal.nudge())
        self.host.on_commit.append(lambda done: self.engine.nudge(done.outbox))
        self.engine.start()
        stack.callback(self.engine.stop)
        self.backups = self._backups(settings)
        if self.backups is not None:
            self.host.on_commit.append(self.backups.committed)
            self.backups.start()
            stack.callback(self.backups.stop)

    def _printers_changed(self) -> None:
        self.live.status_changed()
        self.hardware.printers_changed()

    def _backups(self, settings: EdgeSettings) -> Backups | None:
        if settings.backup is None:
            return None
        code, minutes, key = self.identity.code, settings.backup_minutes, self.keys.database
        return Backups(settings.backup, minutes, settings.database, key, code=code, now=self.now)

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _engine(self, life: int) -> Engine:
        url = self.cloud_url
        return Engine(
            EngineStore(self.host),
            SCHEMA,
            self.clock,
            lambda: Link(url, self.identity.node_id, self.keys.ring),
            VERSION,
            life,
            random.Random().random,
            self._synced,
            trouble=lambda: self.host.writer.trouble,
            check_seconds=60.0 * self.settings.check_minutes,
            turn=lambda link: rotate(link, self.keys.ring, self.identity.node_id) if self.keys.ring.is_due() else None,
        )

    def _synced(self, tables: frozenset[str]) -> None:
        if "incarnation" in tables:
            self.keys.keep_incarnation(self.engine.incarnation)
        if tables & {"properties", "incarnation"}:
            self.host.refresh_place()
        if "people" in tables:
            self.host.forget_tokens()
        if tables & COUNTED:
            self._portions_stale = True
        if self._portions_stale and self.engine.status.caught_up:
            self._follow_portions()
        if "requests" in tables or not self.requests.begun:
            self.requests.nudge()
        if tables & OF_RECEIPTS or not self._receipts_begun:
            self._receipts_begun = self.engine.status.caught_up
            self.receipts.nudge()
        if FORGET in tables or self._log_to_empty:
            self._log_to_empty = not empty_log(self.settings.database, self.keys.database)
        self.live.status_changed()

    def _follow_portions(self) -> None:
        """What is kept of portions left follows the facts again, however those came here."""
        self._portions_stale = False
        self.host.writer.act(self.host.system(), rebuild_portions).add_done_callback(_tell_failure)

    def _hello(self) -> dict[str, Any]:
        return {
            "node_code": self.identity.code,
            "version": VERSION,
            "property_name": self.property_name(),
        }

    @property
    def cloud_url(self) -> str:
        """Head office's address, for the node and for guests."""
        return self.settings.cloud_url or self.identity.cloud_url

    def property_name(self) -> str:
        """The property's name, or its node's letter until the cloud has told it."""
        name = self.host.ask(
            lambda r: r.value("SELECT name FROM properties WHERE org_id = :org_id AND id = :property_id")
        ).result(10)
        return str(name or f"Node {self.identity.code}")

    def locale(self) -> str:
        """The language of its screens; English until the cloud has told it."""
        found = self.host.ask(
            lambda r: r.value("SELECT locale FROM properties WHERE org_id = :org_id AND id = :property_id")
        ).result(10)
        return str(found or "en")

    def status(self) -> dict[str, Any]:
        """What staff are told of the node, its link and its printers."""
        date = self.host.ask(current_business_date).result(10)
        return {
            "property_name": self.property_name(),
            "locale": self.locale(),
            "node_code": self.identity.code,
            "business_date": date,
            "version": VERSION,
            "sync": self._sync(),
            "printers": self.printing.states(),
            "paper_alarms": self.printing.alarms(),
            "unheard_stations": self.screens.unheard(),
            "devices": self.hardware.states(),
            "requests_to_confirm": self.requests.to_confirm,
            "storage": self.host.writer.trouble,
            "backup": self._backup_status(),
            "server_time": instant_text(self.host.now()),
        }

    def _backup_status(self) -> dict[str, Any] | None:
        if self.backups is None:
            return None
        state = self.backups.state
        age = (self.now() - state.at).total_seconds() if state.at else None
        return {
            "last_at": instant_text(state.at) if state.at else None,
            "age_seconds": None if age is None else int(age),
            "bytes": state.bytes,
            "error": state.error,
        }

    def _sync(self) -> dict[str, Any]:
        sync = self.engine.current()
        heard = max(sync.pushed_at or 0, sync.pulled_at or 0)
        fresh = heard and self.clock.wall_ms() - heard < ONLINE_SECONDS * 1000
        online = bool(fresh) and sync.push_error is None and sync.pull_error is None
        return {
            "state": "online" if online else "property_only",
            "waiting": sync.waiting,
            "last_success_at": _at(heard + sync.offset_ms) if heard else None,
            "last_error": sync.push_error or sync.pull_error,
            "stopped": sync.stopped,
            "clock_offset_ms": sync.offset_ms,
            "taking": sync.taking,
            "set_aside": self.host.ask(open_troubles).result(10),
            "conflicts": self.host.ask(open_conflicts).result(10),
            "kept": self.host.ask(kept_count).result(10),
            "healing": sync.healing,
            "checked_at": _at(sync.checked_at + sync.offset_ms) if sync.checked_at else None,
            "differed": sync.differed,
            "standing": sync.standing,
            "broken_references": sync.broken_references,
        }

    def sync_status(self) -> dict[str, Any]:
        """The same of its link, with what whoever watches machines wants beside it."""
        found, care = self._sync(), self.engine.care()
        engine, now_ms = self.engine, self.clock.now_ms()
        oldest = care.oldest_ms if engine.waiting and care.oldest_ms is not None else now_ms
        heard = max(engine.status.pushed_at or 0, engine.status.pulled_at or 0)
        heard += engine.clock.correction_ms() if heard else 0
        return {
            **found,
            "node_code": self.identity.code,
            "version": VERSION,
            "protocol": engine.protocol,
            "oldest_waiting_seconds": max(0, now_ms - oldest) / 1000,
            "last_success_seconds": heard / 1000,
            "sent_bytes": engine.sent_bytes,
            "received_bytes": engine.received_bytes,
            "storage": self.host.writer.trouble,
            "backup_age_seconds": (self._backup_status() or {}).get("age_seconds"),
        }


def _tell_failure(done: Future[Any]) -> None:
    error = done.exception()
    if error is not None:  # the next start tries again
        log.error("portions_not_rebuilt", error=repr(error))


def since_boot_ms() -> int:
    """Milliseconds since the machine was started, which nobody sets; it goes on while the machine sleeps, where that can
    be told."""
    of = time.CLOCK_BOOTTIME if sys.platform == "linux" else time.CLOCK_MONOTONIC
    return time.clock_gettime_ns(of) // 1_000_000


def _at(ms: int) -> str:
    return instant_text(datetime.fromtimestamp(ms / 1000, UTC))
