"""A node's real writer on a disk that loses power again and again, and what must be there each time.

One seed is one disk's whole history: in each of its lives the writer takes orders and payments, edits the menu, applies
head office's feed, hands its outbox over and forgets what was acknowledged, until the power goes at some operation of the
disk (or the process is killed, or both). Then the next life begins as a node's does and everything is compared.
"""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as driver

from edge.database import CONSTRAINT_ERRORS
from edge.database import connect as connect_file
from edge.identity import begin_life
from edge.schema import SCHEMA
from edge.writer import Writer
from hospitality.checks.service import pay
from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Place, Work
from hospitality.menu.service import edit_item
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment
from sync.clock import HybridClock, at_ms
from sync.node.apply import apply_page
from sync.node.outbox import acknowledge, next_draft
from sync.wire import Entry, EntryChange, Page
from tests.edge.node_fixture import BEER, CURRENCY, ORG, PROPERTY, SOUP, WAIT_SECONDS, ZONE, manager
from tests.torture.apsw_connection import DATABASE, Connection, connect
from tests.torture.crash_disk import Disk
from tests.torture.promises import Known, Verdict, compare

LIVES = 20
STEPS_MAX = 8
OPERATIONS_MAX = 600
BEGUN_AT = datetime(2026, 3, 1, 18, tzinfo=UTC)
ORDER = NewOrder("dine_in", (NewLine(SOUP, 1), NewLine(BEER, 2)), "12", 2)


class _Outside:
    """The counts of starts that a node keeps outside its database."""

    def __init__(self) -> None:
        self.count = 0

    def lives(self) -> int:
        return self.count

    def keep_lives(self, lives: int) -> None:
        self.count = lives

    def incarnation(self) -> int:
        return 1

    def keep_incarnation(self, incarnation: int) -> None:
        pass


def plain_file(furnished: Path, folder: Path) -> bytes:
    """A furnished node's file as the crash disk takes it: without encryption, which apsw does not have."""
    copied, plain = folder / "copied.db", folder / "plain.db"
    key = (furnished / "database.key").read_text()
    for suffix in ("", "-wal"):
        if (furnished / f"{DATABASE}{suffix}").exists():
            shutil.copyfile(furnished / f"{DATABASE}{suffix}", folder / f"copied.db{suffix}")
    with closing(connect_file(copied, key)) as connection:
        connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        connection.execute("SELECT sqlcipher_export('plain')").fetchone()
    return plain.read_bytes()


class History:
    """One seed's disk and what was promised on it."""

    def __init__(self, seed: int, content: bytes, synchronous: str = "FULL") -> None:
        self.chance = Random(seed)
        self.disk = Disk(self.chance, {DATABASE: content})
        self.verdict = Verdict(seed)
        self.known = Known()
        self._synchronous = synchronous
        self._outside = _Outside()
        self._moment = BEGUN_AT
        self._place = Place("property", 1, "A", 1, ZONE, CURRENCY)
        self._pages = self.chance.choice((8, 30, 120))
        self.writer: Writer

    def close(self) -> None:
        """Takes the disk off SQLite's hands."""
        self.disk.unregister()

    def run(self, lives: int = LIVES) -> Verdict:
        """So many lives, each ended by a crash; stops at the first problem."""
        while self.verdict.crashes < lives and not self.verdict.problems:
            self._live()
            self.verdict.crashes += 1
            if self.chance.random() < 0.25:
                self.disk.killed()
                continue
            self.disk.power_cut()
        if not self.verdict.problems:
            self.begin()
        self.verdict.acknowledged = len(self.known.orders) + len(self.known.payments)
        self.close()
        return self.verdict

    def _live(self) -> None:
        self.disk.cut_at(1 + int(self.chance.random() * OPERATIONS_MAX))
        if not self.begin():
            return
        try:
            with self.writing():
                for _ in range(1 + self.chance.randrange(STEPS_MAX)):
                    step: Callable[[], None] = self.chance.choice((self._till, self._till, self.feed, self.push))
                    step()
                    if self.disk.is_off:
                        break
                if self.chance.random() < 0.8:
                    self.disk.is_off = True  # else the writer stops in peace, and only then the power goes
        except driver.Error:
            return  # the power went before the writer had begun

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The writer is at work for the length of the block."""
        self.writer = self._writer()
        self.writer.start()
        try:
            yield
        finally:
            self.writer.stop()

    def begin(self) -> bool:
        """Opens the file as a starting node does, and compares; False when the power went meanwhile."""
        try:
            with closing(self._connect()) as connection:
                if begin_life(connection, self._outside):  # type: ignore[arg-type]
                    self.verdict.lost.append("a start of the node: the database went back in time")
                compare(connection, self.known, self.verdict)
        except driver.OperationalError as error:
            if not self.disk.is_off:
                self.verdict.broken.append(f"it does not open: {error}")
            return False
        except driver.DatabaseError as error:
            self.verdict.broken.append(f"it does not open: {error}")
            return False
        return not self.verdict.problems

    def _connect(self) -> Connection:
        return connect(self.disk, synchronous=self._synchronous, checkpoint_pages=self._pages)

    def _writer(self) -> Writer:
        return Writer(
            self._connect,
            clock=HybridClock(lambda: int(self._now().timestamp() * 1000)),
            now=self._now,
            node=1,
            place=lambda: self._place,
            org_id=ORG,
        )

    def _now(self) -> datetime:
        self._moment += timedelta(milliseconds=7)
        return self._moment

    # --- what happens in a life

    def _till(self) -> None:
        """A few acts that wait together, as behind busy tills."""
        acts = [self._act() for _ in range(1 + self.chance.randrange(3))]
        begun, release = Event(), Event()

        def hold(work: Work) -> None:
            begun.set()
            assert release.wait(WAIT_SECONDS)

        held = self.writer.act(manager(), hold)
        while not begun.wait(0.01) and not held.done():
            pass
        promises = [(self.writer.act(manager(), verb), then) for verb, then in acts]
        release.set()
        for promise, then in promises:
            if promise.exception(WAIT_SECONDS) is None:
                then(promise.result())

    def order(self) -> str:
        """One order; what its terminal is told: its number, or the code of the refusal."""
        return self._told((lambda work: place_order(work, ORDER)), self._placed)

    def pay(self) -> str:
        """Pays the last order."""
        order_id = self.known.unpaid.pop()
        due = self.known.orders[order_id]
        return self._told(lambda work: pay(work, order_id, NewPayment("cash", due, due)), self._paid)

    def _told(self, verb: Callable[[Work], Any], then: Callable[[Any], None]) -> str:
        promise = self.writer.act(manager(), verb)
        error = promise.exception(WAIT_SECONDS)
        if error is not None:
            return str(getattr(error, "code", repr(error)))
        then(promise.result())
        return str(promise.result().get("number", "paid"))

    def _act(self) -> tuple[Callable[[Work], Any], Callable[[Any], None]]:
        kind = self.chance.random()
        if kind < 0.3 and self.known.unpaid:
            order_id = self.known.unpaid.pop()
            due = self.known.orders[order_id]
            return (lambda work: pay(work, order_id, NewPayment("cash", due, due))), self._paid
        if kind < 0.4:
            price = 100 + self.chance.randrange(10_000)
            self.known.prices.add(price)
            return (lambda work: edit_item(work, BEER, {"price_minor": price})), lambda _: self._priced(price)
        if kind < 0.5:
            return _second_thoughts, lambda _: None
        return (lambda work: place_order(work, ORDER)), self._placed

    def _placed(self, answer: dict[str, Any]) -> None:
        self.known.orders[answer["id"]] = answer["total_minor"]
        self.known.unpaid.append(answer["id"])

    def _paid(self, answer: dict[str, Any]) -> None:
        self.known.payments.add(answer["payment"]["id"])

    def _priced(self, price: int) -> None:
        self.known.prices = {price}

    def feed(self) -> None:
        """A slice of head office's feed: whole transactions of a tax rate and a station each."""
        while len(self.known.feed) < self.known.position + 3:
            self.known.feed.append(_entry(len(self.known.feed) + 1))
        upto = self.known.position + 1 + self.chance.randrange(3)
        entries = self.known.feed[self.known.position : upto]
        page = Page(PROPERTY, 1, self.known.position, upto, upto, entries)
        done = self.writer.apply(lambda c: apply_page(c, SCHEMA, page, CONSTRAINT_ERRORS))
        if done.exception(WAIT_SECONDS) is None:
            self.known.position = upto

    def push(self) -> None:
        """Hands what waits to head office, and perhaps forgets it."""
        read: Future[Any] = self.writer.apply(lambda c: next_draft(c, self.known.acked))
        if read.exception(WAIT_SECONDS) is not None or read.result() is None:
            return
        draft = read.result()
        for text in draft.changes:
            change = msgspec.json.decode(text)
            if change["o"] == "i":
                self.known.pushed.add((change["t"], change["k"]))
        self.known.pushed_upto = draft.last
        if self.chance.random() < 0.7:
            high = at_ms(int(self._moment.timestamp() * 1000))
            done = self.writer.apply(lambda c: acknowledge(c, draft.last, high))
            if done.exception(WAIT_SECONDS) is None:
                self.known.acked = draft.last


def _second_thoughts(work: Work) -> None:
    place_order(work, ORDER)
    raise Refused("SECOND_THOUGHTS", "Never mind.")


def _entry(position: int) -> Entry:
    def insert(table: str, **fields: Any) -> EntryChange:
        row = {"id": new_id(), "property_id": PROPERTY, "name": f"Fed {position}", **fields}
        return EntryChange(table, "i", row["id"], msgspec.Raw(msgspec.json.encode(row)))

    changes = [
        insert("tax_rates", rate_bp=1500, included=1),
        insert("stations", sort=position, printer=None),
    ]
    return Entry(position, at_ms(1_700_000_000_000 + position), 0, changes)
