"""The two loops of a node: one pushes what waits in the outbox, one pulls the feed; neither waits for the other.

They write only through the host's one writer, in slices short enough that a till never waits, and decide nothing by
themselves: what the two ends agree on is in `terms`, which `greeting` begins and `pushing` moves on; application comes
from `apply`, delays from `retry`.
"""

import threading
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import msgspec

from sync.clock import HybridClock
from sync.node.apply import SLICE_CHANGES, SLICE_ENTRIES, goes_on, retry_kept
from sync.node.arrivals import Arrivals
from sync.node.bootstrap import Taking
from sync.node.cursors import position_of
from sync.node.greeting import SUPERSEDED, Greeting
from sync.node.healer import Healer
from sync.node.outbox import is_ours
from sync.node.pace import Pace
from sync.node.pushing import Pushing
from sync.node.resting import Resting
from sync.node.status import Care, Status, care_of
from sync.node.store import Store
from sync.node.terms import Terms
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.schema import Schema
from sync.wire import PROTOCOL, PullAnswer, Snapshot, SnapshotRequest, pack, pack_json

T = TypeVar("T")
WAIT_SECONDS = 20  # how long the hub may hold a pull that has nothing to say yet
POLL_SECONDS = 5.0
REFUSED_SECONDS = 60.0  # how long a refused node rests before it asks again
HEALING_SECONDS = 0.5
SNAPSHOT_PROTOCOL = 2  # an older hub hands out no rows as they stand: its feeds are pulled from their beginning
TURN_EVERY_MS = 3_600_000  # how often the age of the key is looked at


@dataclass
class Engine:
    """A node's engine. `changed` is called after the status or (with tables) rows have changed by sync; `turn` now and
    then with a link, to have the node's key follow another when that is due. `trouble` says what is wrong with the
    node's disk."""

    store: Store
    schema: Schema
    clock: HybridClock
    link: Callable[[], Link]
    version: str
    life: InitVar[int]
    chance: Callable[[], float]
    changed: Callable[[frozenset[str]], None] = lambda tables: None
    turn: Callable[[Link], object] = lambda link: None
    trouble: Callable[[], str | None] = lambda: None
    status: Status = field(default_factory=Status)
    slice_entries: int = SLICE_ENTRIES
    slice_changes: int = SLICE_CHANGES
    check_seconds: float = 3_600.0

    def __post_init__(self, life: int) -> None:
        self._stop, self._work = threading.Event(), threading.Event()
        self._lock, self._resting = threading.Lock(), Resting(self.chance)
        self._links: list[Link] = []
        self.terms = Terms(self.store, self.clock, life, self._error, lambda: self.trouble(), self._carried)
        self._greeted = self.terms.greeted
        self._greeting = Greeting(self.terms, self.schema, self.version, self._tell)
        self._pushing = Pushing(self.terms, self.schema.fingerprint, self.version, self._pushed, self._greet_again)
        self._turn_at_ms = 0
        self._threads: list[threading.Thread] = []
        sizes = (self.slice_entries, self.slice_changes)
        self._arrivals = Arrivals(self.store, self.schema, self.clock, self._tell, self._greet_again, *sizes)
        self._taking = Taking(self.schema, self.store.errors, self.store.read, self._arrivals.take)
        self._pace = Pace()
        every, ends = self.check_seconds, (self.store, self.schema)
        self._healer = Healer(
            *ends, self.clock, self.chance, self._tell, self._note, self._greet_again, every, self._stop
        )

    def start(self) -> None:
        """Starts both loops."""
        for name, loop in (("sync-push", self._push_loop), ("sync-pull", self._pull_loop)):
            thread = threading.Thread(target=loop, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stops both loops; a request under way is cut off, which loses nothing."""
        self._stop.set()
        self._resting.stop()
        self._work.set()
        self._greeted.set()
        for link in self._links:
            link.close()
        for thread in self._threads:
            thread.join(timeout=10)
        self._pushing.stop()

    def nudge(self, last: int) -> None:
        """Called after a commit: the outbox now ends at this number."""
        if last > self.terms.last:
            self.terms.last = last
            self._work.set()

    @property
    def incarnation(self) -> int:
        """Which life of the node's database this is."""
        return self.terms.incarnation

    @property
    def protocol(self) -> int:
        """What is spoken with the hub."""
        return self.terms.protocol

    @property
    def waiting(self) -> int:
        """How many changes the hub has not acknowledged."""
        return self.terms.waiting

    def current(self) -> Status:
        """The status as of now."""
        return replace(self.status, waiting=self.waiting, offset_ms=self.clock.correction_ms())

    def care(self) -> Care:
        """What waits and what is kept, as the database has it."""
        return self.store.read(lambda c: care_of(c, self.terms.acked))

    @property
    def sent_bytes(self) -> int:
        """Bodies sent to the hub since the start."""
        return sum(link.sent_bytes for link in self._links)

    @property
    def received_bytes(self) -> int:
        """Bodies received from the hub since the start."""
        return sum(link.received_bytes for link in self._links)

    def _connect(self) -> Link:
        link = self.link()
        self._links.append(link)
        return link

    # --- pushing

    def _push_loop(self) -> None:
        link = self._connect()
        while not self._stop.is_set():
            self._work.clear()  # before the outbox is read, so that what is written meanwhile wakes us again
            if not self._attempt("push", partial(self._push_or_check, link)):
                self._work.wait(POLL_SECONDS)

    def _push_or_check(self, link: Link) -> bool:
        if self.push_next(link):
            return True
        if self._healer.is_due() and self.check(link):
            self._healer.check_references()
        return False

    def _attempt(self, name: str, step: Callable[[], bool]) -> bool:
        """One step of a loop, False when there was nothing to do; whatever goes wrong is told and tried again after a
        while, and ends no loop."""
        self._resting.begins(name)
        try:
            more = step()
        except LinkDown as error:
            self._note(**{f"{name}_error": str(error)})
            self._resting.failed(name, error.retry_after)
        except TurnedAway as error:
            self._turned_away(error)
            self._resting.refused(name, REFUSED_SECONDS)
        except Exception as error:  # a full disk, a page that doesn't join on: none may silence the loop for good
            self._note(**{f"{name}_error": f"{type(error).__name__}: {error}"})
            self._resting.failed(name)
        else:
            self._resting.worked(name)
            return more
        return True

    def push_next(self, link: Link) -> bool:
        """Sends the next draft, greeting the hub first when it wasn't yet; False when nothing waits.

        Raises LinkDown, TurnedAway, or what the store raises; then nothing is lost and it may be called again.
        """
        if not self._greeted.is_set():
            self._greet(link)
        self._turn_key(link)
        if self._healer.is_on:
            self.terms.keep_acknowledged()
            self._healer.step(link)
            return True
        return self._pushing.next(link)

    def _turn_key(self, link: Link) -> None:
        """Looks now and then whether the key is due; a hub that can't take one now holds no change back."""
        if self.terms.now() < self._turn_at_ms:
            return
        self._turn_at_ms = self.terms.now() + TURN_EVERY_MS
        try:
            self.turn(link)
        except LinkDown as error:
            self._note(push_error=f"the node's key could not be turned: {error}")

    def _greet(self, link: Link) -> None:
        self._pushing.forget()
        answer = self._greeting.greet(link)
        self._healer.begin(answer, self.incarnation, self.terms.visit)
        self._try_kept()
        self._greeted.set()

    def _try_kept(self) -> None:
        """Once a start: this may be the release that knows what an earlier one kept."""
        if self.store.read(lambda c: c.execute("SELECT 1 FROM sync_kept LIMIT 1").fetchone()):
            tables = self.store.write(lambda c: retry_kept(c, self.schema, self.store.errors))
            self.changed(tables)

    def _greet_again(self) -> None:
        self._greeted.clear()
        self._work.set()

    def check(self, link: Link) -> bool:
        """Compares the rows with the hub's in quiet times; False when something was written meanwhile, or waits."""
        if not self._greeted.is_set() or self._healer.is_on or self.waiting or not self.status.caught_up:
            return False
        return self._healer.check(link, self.incarnation, self.terms.scopes, self.terms.visit)

    # --- pulling

    def _pull_loop(self) -> None:
        link = self._connect()
        while not self._stop.is_set():
            if self._greeted.wait(POLL_SECONDS):
                self._attempt("pull", partial(self._pull, link))

    def _pull(self, link: Link) -> bool:
        if self._healer.is_on:
            self._stop.wait(HEALING_SECONDS)
        # the first answers come at once, news or not: they tell when the feeds' ends are reached, or that the hub is back
        at_once = not self.status.caught_up or self._resting.is_failing("pull")
        return self.pull_next(link, 0 if at_once else WAIT_SECONDS)

    def pull_next(self, link: Link, wait_seconds: float) -> bool:
        """Takes what service needs; else asks for news, which the hub may wait for, and applies it; else takes of
        history. False when all is here and the feeds' ends are reached, or while the node heals: what is edited at a hub
        that was put back must not take the place of what it has yet to be given.

        The hub must have been greeted. Raises LinkDown, TurnedAway, or what the store raises, as `push_next` does.
        """
        if self._healer.is_on:
            return False
        ask = partial(self._ask_rows, link)
        asks = self.terms.protocol >= SNAPSHOT_PROTOCOL and self.status.taking != "nothing"
        place = self._taking.where(self.terms.scopes, ask) if asks else None
        if place is not None and not place.history:
            self._taking.take(place, ask)
            self._note(pull_error=None, stopped=None, pulled_at=self.terms.now(), taking="first rows")
            return True
        if asks:
            self._note(taking="nothing" if place is None else "history")
        if self._pull_feed(link, wait_seconds if place is None else 0):
            return True
        if place is not None:
            self._taking.take_behind(place, ask, partial(position_of, self.store))
        return place is not None

    def _ask_rows(self, link: Link, scope: str, table: str, after: str, then: list[str]) -> Snapshot:
        seen = (
            self.terms.life,
            *self.terms.look(),
            self.terms.visit,
        )  # what was taken a moment ago proves how much the hub knew
        request = SnapshotRequest(PROTOCOL, self.incarnation, scope, table, after, self._pace.bytes, *seen, then)
        call = partial(link.call, "/sync/v1/snapshot", pack(request), Snapshot)
        answer = self._paced(call, lambda found: found.next is not None)
        if answer.status != "ok":
            self._greet_again()
            known = "knows another life of this database" if answer.status == "superseded" else "was put back"
            raise LinkDown(f"head office {known}: we greet it anew")
        ours = partial(is_ours, seq=answer.acked, mark=answer.mark)
        if answer.mark and answer.acked > self.terms.acked and not self.store.read(ours):
            self._greet_again()
            raise LinkDown("head office has something else under our numbers: we greet it anew")
        self.terms.keep_acknowledged()
        return answer

    def _paced(self, call: Callable[[], T], is_full: Callable[[T], bool]) -> T:
        sent_at = self.terms.now()
        try:
            answer = call()
        except LinkDown:
            self._pace.failed()
            raise
        self._pace.took((self.terms.now() - sent_at) / 1000, full=is_full(answer))
        return answer

    def _pull_feed(self, link: Link, wait_seconds: float) -> bool:
        cursors, seals = self.terms.look()
        visit = self.terms.visit
        request = {
            "protocol": self.terms.protocol,
            "incarnation": self.incarnation,
            "cursors": cursors,
            "wait": wait_seconds,
            "bytes": self._pace.bytes,
            "told": self.terms.told(),
            "seals": seals,
            "life": self.terms.life,
            "visit": visit,
        }
        call = partial(link.call, "/sync/v1/pull", pack_json(msgspec.json.encode(request)), PullAnswer)
        answer = call() if wait_seconds else self._paced(call, goes_on)
        if answer.status == "superseded":
            raise TurnedAway("SUPERSEDED", SUPERSEDED)
        if answer.status == "greet" or answer.recovering:
            if visit == self.terms.visit:  # else the hub was greeted while we asked
                self._greet_again()
            return False
        if answer.status == "bootstrap":
            self._taking.forget()
            self._note(taking="first rows", caught_up=False)
            return True
        if any(page.entries for page in answer.pages):
            self.terms.keep_acknowledged()
        for page in answer.pages:
            self._arrivals.page(page, int(cursors[page.scope][1]))
        if any(page.to != page.after for page in answer.pages):
            self.terms.look()
        if not self._greeted.is_set():
            return False
        more = goes_on(answer)
        if wait_seconds and not any(page.entries for page in answer.pages):  # a short word, said just now
            self.terms.keep_time(self.terms.now(), answer.now_ms)
        caught_up = self.status.caught_up or not more
        self._note(pull_error=None, stopped=None, pulled_at=self.terms.now(), caught_up=caught_up)
        return more

    def _turned_away(self, error: TurnedAway) -> None:
        self._greeted.clear()  # whether it is still so, and what to speak by now, the next greeting tells
        self._note(stopped=error.code, push_error=str(error), pull_error=str(error))

    def _pushed(self) -> None:
        self._note(push_error=None, stopped=None, pushed_at=self.terms.now())

    def _carried(self) -> tuple[int, int]:
        return self.sent_bytes, self.received_bytes

    def _error(self) -> str:
        return self.status.push_error or self.status.pull_error or ""

    def _tell(self, tables: frozenset[str]) -> None:
        self.changed(tables)

    def _note(self, **changes: Any) -> None:
        with self._lock:
            before = self.status
            self.status = replace(before, **changes)
        self.changed(frozenset())
