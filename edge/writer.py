"""The one writer of a node's database: a thread that runs what waits and commits it together in one fsync.

Each act runs whole under its own savepoint, stamp and journal entries; one that fails takes nothing with it. Nobody is
answered before the commit is durable. When a commit itself fails, everybody in it is told so, the connection is opened
anew (after a failed fsync the pages in memory can't be trusted), and nothing is tried again by itself.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Protocol, TypeVar

import structlog

from edge.database import DATABASE_ERRORS, is_of_storage
from edge.setup_cache import SetupCache
from hospitality.ground.clock import Clock
from hospitality.ground.errors import Unavailable
from hospitality.ground.journal import Head
from hospitality.ground.work import Caller, Place, Work
from sync.capture_sqlite import Pen, TransactionTooLargeError, hold
from sync.clock import HybridClock

T = TypeVar("T")
GROUP_MAX = 64
GATHER_SECONDS = 0.002  # what eight terminals need to ask again after their answers; an fsync's time
REOPEN_ERRORS: tuple[type[Exception], ...] = (*DATABASE_ERRORS, RuntimeError)
QUEUE_MAX = 5_000
log = structlog.get_logger(__name__)


class Promise(Protocol):
    """What of `concurrent.futures.Future` the writer needs."""

    def set_running_or_notify_cancel(self) -> bool:
        """False when whoever waited has called it off; from here on that does nothing."""
        ...

    def set_result(self, result: Any) -> None:
        """Tells what the act came to."""
        ...

    def set_exception(self, exception: BaseException) -> None:
        """Tells why nothing was done."""
        ...


class LoopPromise:
    """A promise to somebody who waits on an event loop. It is kept by `deliver`, which wakes the loop once for all that
    committed together: waking it for each by itself took a tenth of an act."""

    __slots__ = ("_kept", "future", "loop")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self._kept: tuple[Any, BaseException | None] = (None, None)

    def set_running_or_notify_cancel(self) -> bool:
        """See Promise."""
        return not self.future.cancelled()

    def set_result(self, result: Any) -> None:
        """See Promise."""
        self._kept = (result, None)

    def set_exception(self, exception: BaseException) -> None:
        """See Promise."""
        self._kept = (None, exception)

    def keep(self) -> None:
        """On the loop: wakes who waits, unless they have gone."""
        if self.future.done():
            return
        result, exception = self._kept
        if exception is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(exception)


def deliver(promises: Iterable[Promise]) -> None:
    """Keeps those of these promises that somebody waits for on a loop; to be called from any thread."""
    by_loop: dict[asyncio.AbstractEventLoop, list[LoopPromise]] = {}
    for promise in promises:
        if isinstance(promise, LoopPromise):
            by_loop.setdefault(promise.loop, []).append(promise)
    for loop, kept in by_loop.items():
        with suppress(RuntimeError):  # the loop has ended, and with it everybody who waited on it
            loop.call_soon_threadsafe(_keep, kept)


def _keep(promises: list[LoopPromise]) -> None:
    for promise in promises:
        promise.keep()


@dataclass(slots=True)
class Job:
    """What one waiter wants done, and the promise to tell it."""

    run: Callable[[Any], Any]
    promise: Promise
    result: Any = None
    refusal: Exception | None = None

    def tell(self) -> None:
        """Keeps the promise with what the act came to."""
        if self.refusal is not None:
            self.promise.set_exception(self.refusal)
        else:
            self.promise.set_result(self.result)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit brought: the end of the outbox and of the journal (its row number), and whether either moved."""

    outbox: int
    journal: int


class Writer:
    """Owns the writing connection. `connect` opens it, so that a crash file system can stand in for tests.

    `committed` is called after each commit. `foresee` is called before it, with what it will bring and the connection to
    read that from; what it answers is called once those who waited are told, and not at all when the commit fails. All
    of it happens in the writer's thread, which does nothing else meanwhile.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        *,
        clock: HybridClock,
        now: Clock,
        node: int,
        place: Callable[[], Place],
        org_id: str,
        committed: Callable[[Committed], None] = lambda done: None,
        foresee: Callable[[Committed, Any], Callable[[], None] | None] = lambda done, connection: None,
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._now = now
        self._place = place
        self._org_id = org_id
        self._committed = committed
        self._foresee = foresee
        self._pen = Pen(node=node)
        self._cache = SetupCache()
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._connection: Any = None
        self._heads: dict[str, Head] = {}
        self._door = threading.Lock()
        self._closed = False
        self._crowd = 1  # how many asked at once when last looked at
        self.trouble: str | None = None

    def start(self) -> None:
        """Opens the connection and begins; raises what opening raises."""
        self._open()
        self._thread.start()

    def stop(self) -> None:
        """Finishes what waits, then closes; what comes later is refused."""
        with self._door:
            self._closed = True
        self._queue.put(None)
        self._thread.join(timeout=30)

    def act(self, caller: Caller, verb: Callable[[Work], T]) -> Future[T]:
        """Queues a verb as one act; the future is done after the commit is durable."""
        promise: Future[T] = Future()
        self._put(lambda connection: self._act(connection, caller, verb), promise)
        return promise

    def act_from_loop(self, caller: Caller, verb: Callable[[Work], T]) -> "asyncio.Future[T]":
        """As `act`, for whoever waits on the running event loop."""
        promise = LoopPromise()
        self._put(lambda connection: self._act(connection, caller, verb), promise)
        return promise.future

    def apply(self, job: Callable[[Any], T]) -> Future[T]:
        """Queues what sync applies: rows as they come from elsewhere, not captured again."""
        promise: Future[T] = Future()
        self._put(lambda connection: self._apply(connection, job), promise)
        return promise

    def _put(self, run: Callable[[Any], Any], promise: Promise) -> None:
        with self._door:  # nothing may get in behind the end
            if self._closed:
                refusal = Unavailable("NODE_STOPPING", "The node is stopping. Try again in a moment.")
            elif self._queue.qsize() >= QUEUE_MAX:
                refusal = Unavailable("NODE_BUSY", "The node has too much to do. Try again in a moment.")
            else:
                self._queue.put(Job(run, promise))
                return
        promise.set_exception(refusal)
        deliver([promise])

    def _open(self) -> None:
        self._connection = self._connect()
        hold(self._connection, self._pen)
        self._cache.hold(self._connection)
        self._heads = self._read_heads()
        high = self._connection.execute(
            "SELECT max(coalesce((SELECT max(hlc) FROM sync_outbox), 0),"
            " coalesce((SELECT CAST(v AS INTEGER) FROM sync_meta WHERE k = 'high'), 0))"
        ).fetchone()[0]
        self._clock.resume(high)

    def _read_heads(self) -> dict[str, Head]:
        place = self._place()
        row = self._connection.execute(
            "SELECT number, hash FROM journal WHERE org_id = ? AND node = ? AND incarnation = ?"
            " ORDER BY number DESC LIMIT 1",
            (self._org_id, place.node, place.incarnation),
        ).fetchone()
        return {self._chain(place): Head(row[0], row[1]) if row else Head()}

    @staticmethod
    def _chain(place: Place) -> str:
        return f"{place.node}:{place.incarnation}"

    def _loop(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                break
            jobs, last = self._gathered(first)
            # from here on a waiter can't call it off; what was called off before it began is not done
            self._group([job for job in jobs if job.promise.set_running_or_notify_cancel()])
            if last:
                break
        self._connection.close()

    def _gathered(self, first: Job) -> tuple[list[Job], bool]:
        """Those that commit together, and whether the end stands behind them. As many as asked at once the last time are
        given a moment to ask again: one fsync for all of them, and a loop that need not fight for the interpreter with
        the act of the first. Whoever asks alone never waits."""
        jobs, until = [first], monotonic() + GATHER_SECONDS
        while len(jobs) < GROUP_MAX:
            wait = until - monotonic() if len(jobs) < self._crowd else 0.0
            try:
                job = self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _group(self, jobs: list[Job]) -> None:
        heads = dict(self._heads)
        try:
            self._cache.watch()
            self._begin()
            if not self._run_together(jobs):
                self._heads = dict(heads)
                self._begin_again()
                for job in jobs:
                    self._run_apart(job)
            outbox = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'sync_outbox'").fetchone()
            journal = self._connection.execute("SELECT max(rowid) FROM journal").fetchone()
            done = Committed(outbox[0] if outbox else 0, journal[0] or 0)
            then = self._foreseen(done)
            self._connection.execute("COMMIT")
        except Exception as error:  # whatever ended it, nothing of it is kept, and the next group must find a writer
            self._heads = heads
            self._failed(jobs, error)
            return
        self.trouble = None
        self._crowd = len(jobs) + self._queue.qsize()
        try:
            self._committed(done)
        except Exception:  # a listener's trouble is not the writer's: the commit stands
            log.exception("listener_failed")
        for job in jobs:
            job.tell()
        deliver(job.promise for job in jobs)
        if then is not None:
            then()

    def _foreseen(self, done: Committed) -> Callable[[], None] | None:
        try:
            return self._foresee(done, self._connection)
        except Exception:
            log.exception("listener_failed")
            return None

    def _run_together(self, jobs: list[Job]) -> bool:
        """Without savepoints, whose copies of pages cost a tenth of an act. False when one failed after it had written:
        then all must be done again, each under its own."""
        for job in jobs:
            heads, written = dict(self._heads), self._connection.total_changes
            try:
                job.result = job.run(self._connection)
            except Exception as error:  # whatever a verb raises belongs to its own caller alone
                self._heads = heads
                self._refuse(job, error)
                if self._connection.total_changes != written:
                    if len(jobs) > 1:
                        return False
                    self._begin_again()
        return True

    def _run_apart(self, job: Job) -> None:
        heads, job.refusal = dict(self._heads), None
        self._connection.execute("SAVEPOINT act")
        try:
            job.result = job.run(self._connection)
        except Exception as error:
            self._heads = heads
            self._refuse(job, error)
            self._connection.execute("ROLLBACK TO act")
        self._connection.execute("RELEASE act")

    def _refuse(self, job: Job, error: Exception) -> None:
        if not self._connection.in_transaction or is_of_storage(error):
            raise error  # a full disk or a failed write is everybody's
        job.refusal = self._told(error)  # told after the commit: it may rest on what commits with it

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._cache.begin()

    def _begin_again(self) -> None:
        self._connection.execute("ROLLBACK")
        self._begin()

    @staticmethod
    def _told(error: Exception) -> Exception:
        if isinstance(error, TransactionTooLargeError):
            return Unavailable("TOO_MUCH_AT_ONCE", "This changes too many rows at once. Do it in smaller parts.")
        return error

    def _failed(self, jobs: list[Job], error: Exception) -> None:
        full = "full" in str(error)
        self.trouble = str(error)
        log.error("commit_failed", error=str(error), acts=len(jobs))
        told = (
            Unavailable(
                "DISK_FULL", "The node's disk is full: nothing new can be taken until there is space. Make some."
            )
            if full
            else Unavailable(
                "NODE_STORAGE_FAILED", "The node could not write to its disk. Nothing was kept; try again."
            )
        )
        try:
            self._connection.close()
            self._open()
        except REOPEN_ERRORS as again:
            log.error("reopen_failed", error=str(again))
        for job in jobs:
            job.promise.set_exception(told)
        deliver(job.promise for job in jobs)

    def _act(self, connection: Any, caller: Caller, verb: Callable[[Work], T]) -> T:
        place = self._place()
        chain = self._chain(place)
        moment: datetime = self._now()
        head = self._heads.get(chain, Head())
        work = Work(connection, "sqlite", caller=caller, place=place, now=moment, head=head, cache=self._cache)
        self._pen.begin(self._clock.stamp())
        try:
            result = verb(work)
            work.finish()
        except DATABASE_ERRORS as error:
            if self._pen.too_large:  # SQLite tells only that some function failed
                raise TransactionTooLargeError(str(error)) from error
            raise
        finally:
            self._pen.end()
        self._heads[chain] = work.head
        return result

    def _apply(self, connection: Any, job: Callable[[Any], T]) -> T:
        self._pen.applying = True
        try:
            return job(connection)
        finally:
            self._pen.applying = False
