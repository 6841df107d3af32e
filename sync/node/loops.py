"""The two loops of a node: one pushes what waits in the outbox, one pulls the feed; neither waits for the other.

They write only through the host's one writer, in slices short enough that a till never waits, and decide nothing by
themselves: drafts come from `outbox`, application from `apply`, delays from `retry`.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import msgspec

from sync.clock import HybridClock
from sync.node.apply import SLICE_CHANGES, SLICE_ENTRIES, goes_on, retry_kept
from sync.node.arrivals import Arrivals
from sync.node.bootstrap import Taking
from sync.node.cursors import all_cursors, position_of, seals_of
from sync.node.healer import Healer
from sync.node.outbox import Draft, acknowledge, get, is_ours, last_number, next_draft, put, whole_until
from sync.node.pace import Pace, within
from sync.node.resting import Resting
from sync.node.status import Care, Status, care_of
from sync.node.store import Store
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.schema import Schema
from sync.wire import (
    BATCH_BYTES_MAX,
    CHANGES_MAX,
    PROTOCOL,
    PROTOCOL_MIN,
    TOLD_CHARS_MAX,
    BatchLimits,
    Hello,
    HelloAnswer,
    PullAnswer,
    PushAnswer,
    Snapshot,
    SnapshotRequest,
    Told,
    agreed,
    pack,
    pack_json,
)

T = TypeVar("T")
WAIT_SECONDS = 20  # how long the hub may hold a pull that has nothing to say yet
POLL_SECONDS = 5.0
REFUSED_SECONDS = 60.0  # how long a refused node rests before it asks again
HEALING_PULL_SECONDS = 0.5
SKEW_MS = 2_000
SNAPSHOT_PROTOCOL = 2  # an older hub hands out no rows as they stand: its feeds are pulled from their beginning
TELL_EVERY_MS = 5_000  # how often a push says how the node is
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
    incarnation: int
    chance: Callable[[], float]
    changed: Callable[[frozenset[str]], None] = lambda tables: None
    turn: Callable[[Link], object] = lambda link: None
    trouble: Callable[[], str | None] = lambda: None
    status: Status = field(default_factory=Status)
    slice_entries: int = SLICE_ENTRIES
    slice_changes: int = SLICE_CHANGES
    check_seconds: float = 3_600.0

    def __post_init__(self) -> None:
        self._stop, self._work, self._greeted = (threading.Event() for _ in range(3))
        self._lock, self._resting = threading.Lock(), Resting(self.chance)
        self._acked = int(self.store.read(lambda c: get(c, "acked")) or 0)
        self._last = self.store.read(last_number)
        self._scopes: list[str] = []
        self._turn_at_ms = self._told_at_ms = 0
        self._limits = BatchLimits()
        self.protocol = PROTOCOL_MIN  # until the hub has said which
        self._links: list[Link] = []
        self._threads: list[threading.Thread] = []
        self._wire = ThreadPoolExecutor(1, thread_name_prefix="sync-wire")
        self._ahead: Draft | None = None  # what follows `_acked`, read while the push before was under way
        self._is_kept = True  # whether the database knows of `_acked`
        sizes = (self.slice_entries, self.slice_changes)
        self._arrivals = Arrivals(self.store, self.schema, self.clock, self._tell, self._greet_again, *sizes)
        self._taking = Taking(self.schema, self.store.errors, self.store.read, self._arrivals.take)
        self._pace = Pace()
        self._life = self.store.read(lambda c: get(c, "life")) or ""  # the hub's seal of that
        self._look()
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
        self._wire.shutdown(wait=False, cancel_futures=True)

    def nudge(self, last: int) -> None:
        """Called after a commit: the outbox now ends at this number."""
        if last > self._last:
            self._last = last
            self._work.set()

    @property
    def waiting(self) -> int:
        """How many changes the hub has not acknowledged."""
        return max(0, self._last - self._acked)

    def current(self) -> Status:
        """The status as of now."""
        return replace(self.status, waiting=self.waiting, offset_ms=self.clock.offset_ms)

    def care(self) -> Care:
        """What waits and what is kept, as the database has it."""
        return self.store.read(lambda c: care_of(c, self._acked))

    def told(self) -> Told:
        """How this node is, for the hub."""
        care, error = self.care(), self.status.push_error or self.status.pull_error or ""
        storage = (self.trouble() or "")[:TOLD_CHARS_MAX]
        oldest = care.oldest_ms if self.waiting else None
        return Told(self._now(), self.waiting, oldest, care.kept, error[:TOLD_CHARS_MAX], storage)

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
            self._keep_acknowledged()
            self._healer.step(link)
            return True
        ahead, self._ahead = self._ahead, None
        draft = ahead or self._draft(self._acked)
        if draft is None:
            self._keep_acknowledged()
            return False
        self._push(link, draft)
        return True

    def _draft(self, after: int) -> Draft | None:
        at_most = self._limits
        return self.store.read(lambda c: next_draft(c, after, changes_max=at_most.changes, bytes_max=at_most.bytes))

    def _turn_key(self, link: Link) -> None:
        """Looks now and then whether the key is due; a hub that can't take one now holds no change back."""
        if self._now() < self._turn_at_ms:
            return
        self._turn_at_ms = self._now() + TURN_EVERY_MS
        try:
            self.turn(link)
        except LinkDown as error:
            self._note(push_error=f"the node's key could not be turned: {error}")

    def _greet(self, link: Link) -> None:
        # of a transaction under way in parts the hub may know nothing any more
        self._acked, self._ahead = self.store.read(lambda c: whole_until(c, self._acked)), None
        answer = self._say_hello(link)
        if answer.status == "new_incarnation" and answer.incarnation != self.incarnation:
            answer = self._begin_anew(link, answer.incarnation)
        elif answer.status == "ok" and answer.acked > self._acked:
            if self.store.read(lambda c: is_ours(c, answer.acked, answer.mark, answer.stamp)):
                self._acknowledge(answer.acked)
            else:  # what the hub has under our numbers is not ours: this disk was rolled back, and wrote on since
                answer = self._begin_anew(link, self.incarnation + 1)
        if answer.status == "superseded":
            raise TurnedAway("SUPERSEDED", "another machine goes on with this node's identity")
        if answer.acked < self._acked:
            raise LinkDown(f"the hub has {answer.acked} of {self._acked} that it acknowledged, and can't tell why")
        self._scopes = answer.scopes
        self._healer.begin(answer, self.incarnation)
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
        return self._healer.check(link, self.incarnation, self._scopes)

    def _say_hello(self, link: Link) -> HelloAnswer:
        fingerprint, now = self.schema.fingerprint, self._now()
        cursors, seals = self.store.read(lambda c: (all_cursors(c), seals_of(c)))
        hello = Hello(PROTOCOL_MIN, self.incarnation, self._last, self._acked, fingerprint, self.version, now, PROTOCOL)
        hello.told, hello.life, hello.cursors, hello.seals = self.told(), self._life, cursors, seals
        answer = link.call("/sync/v1/hello", pack(hello), HelloAnswer)
        if agreed(answer.protocol, answer.protocol) is None:
            raise TurnedAway(
                "PROTOCOL", f"Head office speaks protocol {answer.protocol}. Update head office or this node."
            )
        self.protocol, self._life = answer.protocol, answer.life or self._life
        told = answer.limits or BatchLimits()
        self._limits = BatchLimits(within(told.changes, CHANGES_MAX), within(told.bytes, BATCH_BYTES_MAX))
        self._keep_time(now, answer.now_ms)
        return answer

    def _begin_anew(self, link: Link, incarnation: int) -> HelloAnswer:
        # the database was rolled back: its later life gets its own numbers, and hears what it forgot, since its cursors
        # were rolled back with it. It knows that before it tells the hub, so that an answer lost on the way back leaves
        # no life that nobody leads
        self.store.write(lambda c: put(c, "incarnation", str(incarnation)))
        self.incarnation = incarnation
        self.changed(frozenset({"incarnation"}))
        return self._say_hello(link)

    def _push(self, link: Link, draft: Draft) -> None:
        sent_at = self._now()
        body = pack_json(self._batch(draft, sent_at))
        ahead, answer = self._send(link, body, draft)
        if answer.status == "superseded":
            raise TurnedAway("SUPERSEDED", "another machine goes on with this node's identity")
        self._keep_time(sent_at, answer.now_ms)
        if answer.status == "gap":  # it does not know what it acknowledged
            self._greet_again()
            return
        if answer.ceiling is not None:
            self.clock.lower(answer.ceiling)
        self._life = answer.life or self._life
        if answer.acked > self._acked:
            if ahead is not None and answer.acked == draft.last:
                self._acked, self._is_kept, self._ahead = answer.acked, False, ahead
            else:
                self._acknowledge(answer.acked)
        self._note(push_error=None, stopped=None, pushed_at=self._now())

    def _send(self, link: Link, body: bytes, draft: Draft) -> tuple[Draft | None, PushAnswer]:
        """Sends a draft; when more waits, the next is read and the last acknowledgement kept while it is under way.

        An acknowledgement that is lost with the machine is asked for again by the next greeting.
        """
        if self._last <= draft.last:
            return None, link.call("/sync/v1/push", body, PushAnswer)
        call = self._wire.submit(link.call, "/sync/v1/push", body, PushAnswer)
        try:
            self._keep_acknowledged()
            ahead = self._draft(draft.last)
        finally:
            wait([call])
        return ahead, call.result()

    def _batch(self, draft: Draft, now_ms: int) -> bytes:
        head = {
            "protocol": self.protocol,
            "incarnation": self.incarnation,
            "prev": self._acked,
            "last": draft.last,
            "schema": self.schema.fingerprint,
            "now_ms": now_ms,
            "waiting": self.waiting,
            "version": self.version,
            "part": draft.part,
            "life": self._life,
            "cursors": self._shown[0],
            "seals": self._shown[1],
        }
        if now_ms - self._told_at_ms > TELL_EVERY_MS:  # a backlog goes in many pushes
            head["told"] = self.told()
            self._told_at_ms = now_ms
        return b"".join((msgspec.json.encode(head)[:-1], b',"changes":[', ",".join(draft.changes).encode(), b"]}"))

    def _acknowledge(self, acked: int) -> None:
        self.store.write(lambda c: acknowledge(c, acked, self.clock.high, self._life))
        self._acked, self._is_kept = acked, True

    def _keep_acknowledged(self) -> None:
        if not self._is_kept:
            self._acknowledge(self._acked)

    # --- pulling

    def _pull_loop(self) -> None:
        link = self._connect()
        while not self._stop.is_set():
            if self._greeted.wait(POLL_SECONDS):
                self._attempt("pull", partial(self._pull, link))

    def _pull(self, link: Link) -> bool:
        self._stop.wait(HEALING_PULL_SECONDS if self._healer.is_on else 0)  # answers come at once meanwhile
        # the first answers come at once, news or not: they tell when the feeds' ends are reached, or that the hub is back
        at_once = not self.status.caught_up or self._resting.is_failing("pull")
        return self.pull_next(link, 0 if at_once else WAIT_SECONDS)

    def pull_next(self, link: Link, wait_seconds: float) -> bool:
        """Takes what service needs; else asks for news, which the hub may wait for, and applies it; else takes of
        history. False when all is here and the feeds' ends are reached.

        The hub must have been greeted. Raises LinkDown, TurnedAway, or what the store raises, as `push_next` does.
        """
        ask = partial(self._ask_rows, link)
        asks = self.protocol >= SNAPSHOT_PROTOCOL and self.status.taking != "nothing" and not self._healer.is_on
        place = self._taking.where(self._scopes, ask) if asks else None
        if place is not None and not place.history:
            self._taking.take(place, ask)
            self._note(pull_error=None, stopped=None, pulled_at=self._now(), taking="first rows")
            return True
        if asks:
            self._note(taking="nothing" if place is None else "history")
        if self._pull_feed(link, wait_seconds if place is None else 0):
            return True
        if place is not None:
            self._taking.take_behind(place, ask, partial(position_of, self.store))
        return place is not None

    def _ask_rows(self, link: Link, scope: str, table: str, after: str) -> Snapshot:
        seen = (self._life, *self._look())  # what was taken a moment ago proves how much the hub knew
        request = SnapshotRequest(PROTOCOL, self.incarnation, scope, table, after, self._pace.bytes, *seen)
        call = partial(link.call, "/sync/v1/snapshot", pack(request), Snapshot)
        answer = self._paced(call, lambda found: found.next is not None)
        if answer.status != "ok":
            self._greet_again()
            known = "knows another life of this database" if answer.status == "superseded" else "was put back"
            raise LinkDown(f"head office {known}: we greet it anew")
        ours = partial(is_ours, seq=answer.acked, mark=answer.mark)
        if answer.mark and answer.acked > self._acked and not self.store.read(ours):
            self._greet_again()
            raise LinkDown("head office has something else under our numbers: we greet it anew")
        return answer

    def _paced(self, call: Callable[[], T], is_full: Callable[[T], bool]) -> T:
        sent_at = self._now()
        try:
            answer = call()
        except LinkDown:
            self._pace.failed()
            raise
        self._pace.took((self._now() - sent_at) / 1000, full=is_full(answer))
        return answer

    def _pull_feed(self, link: Link, wait_seconds: float) -> bool:
        cursors, seals = self._look()
        request = {
            "protocol": self.protocol,
            "incarnation": self.incarnation,
            "cursors": cursors,
            "wait": wait_seconds,
            "bytes": self._pace.bytes,
            "told": self.told(),
            "seals": seals,
            "life": self._life,
        }
        call = partial(link.call, "/sync/v1/pull", pack_json(msgspec.json.encode(request)), PullAnswer)
        answer = call() if wait_seconds else self._paced(call, goes_on)
        if answer.status == "superseded":
            raise TurnedAway("SUPERSEDED", "another machine goes on with this node's identity")
        if answer.status == "greet" or (answer.recovering and not self._healer.is_on):
            self._greet_again()
            return False
        if answer.status == "bootstrap":
            self._taking.forget()
            self._note(taking="first rows", caught_up=False)
            return True
        for page in answer.pages:
            self._arrivals.page(page, int(cursors[page.scope][1]))
        if any(page.to != page.after for page in answer.pages):
            self._look()
        if not self._greeted.is_set():
            return False
        more = goes_on(answer)
        caught_up = self.status.caught_up or not more
        self._note(pull_error=None, stopped=None, pulled_at=self._now(), caught_up=caught_up)
        return more

    def _look(self) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
        """The cursors with their seals; a push shows what was last seen of them."""
        none = dict.fromkeys(self._scopes, (0, 0))
        self._shown = self.store.read(lambda c: ({**none, **all_cursors(c)}, seals_of(c)))
        return self._shown

    # --- both

    def _now(self) -> int:
        return self.clock.wall_ms()

    def _keep_time(self, sent_ms: int, hub_ms: int) -> None:
        offset = hub_ms - (sent_ms + self._now()) // 2
        self.clock.offset_ms = offset if abs(offset) > SKEW_MS else 0

    def _turned_away(self, error: TurnedAway) -> None:
        self._greeted.clear()  # whether it is still so, and what to speak by now, the next greeting tells
        self._note(stopped=error.code, push_error=str(error), pull_error=str(error))

    def _tell(self, tables: frozenset[str]) -> None:
        self.changed(tables)

    def _note(self, **changes: Any) -> None:
        with self._lock:
            before = self.status
            self.status = replace(before, **changes)
        self.changed(frozenset())
