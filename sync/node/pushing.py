"""Sending what waits in the outbox: one draft at a time, the next one read while the push before is under way."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import msgspec

from sync.node.greeting import SUPERSEDED
from sync.node.outbox import Draft, next_draft
from sync.node.terms import Terms
from sync.node.transport import Link, TurnedAway
from sync.wire import PushAnswer, pack_json

TELL_EVERY_MS = 5_000  # how often a push says how the node is


@dataclass
class Pushing:
    """`pushed` is told of each push that was taken; `greet_again` has the hub greeted anew."""

    terms: Terms
    schema: str
    version: str
    pushed: Callable[[], None]
    greet_again: Callable[[], None]
    wire: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="sync-wire"))
    _ahead: Draft | None = None  # what follows what is acknowledged, read while the push before was under way
    _told_at_ms: int = 0

    def forget(self) -> None:
        """What was read ahead may follow something else by now."""
        self._ahead = None

    def stop(self) -> None:
        """Nothing is sent any more."""
        self.wire.shutdown(wait=False, cancel_futures=True)

    def next(self, link: Link) -> bool:
        """Sends the next draft; False when nothing waits."""
        ahead, self._ahead = self._ahead, None
        draft = ahead or self._draft(self.terms.acked)
        if draft is None:
            self.terms.keep_acknowledged()
            return False
        self._push(link, draft)
        return True

    def _draft(self, after: int) -> Draft | None:
        at_most = self.terms.limits
        return self.terms.store.read(
            lambda c: next_draft(c, after, changes_max=at_most.changes, bytes_max=at_most.bytes)
        )

    def _push(self, link: Link, draft: Draft) -> None:
        terms, sent_at = self.terms, self.terms.now()
        body = pack_json(self._batch(draft, sent_at))
        ahead, answer = self._send(link, body, draft)
        if answer.status == "superseded":
            raise TurnedAway("SUPERSEDED", SUPERSEDED)
        terms.keep_time(sent_at, answer.now_ms)
        if answer.status == "gap":  # it does not know what it acknowledged
            self.greet_again()
            return
        if answer.ceiling is not None:
            terms.clock.lower(answer.ceiling)
        terms.life = answer.life or terms.life
        if answer.acked > terms.acked:
            if ahead is not None and answer.acked == draft.last:
                terms.acknowledge_later(answer.acked)
                self._ahead = ahead
            else:
                terms.acknowledge(answer.acked)
        self.pushed()

    def _send(self, link: Link, body: bytes, draft: Draft) -> tuple[Draft | None, PushAnswer]:
        """Sends a draft; when more waits, the next is read and the last acknowledgement kept while it is under way.

        An acknowledgement that is lost with the machine is asked for again by the next greeting.
        """
        if self.terms.last <= draft.last:
            return None, link.call("/sync/v1/push", body, PushAnswer)
        call = self.wire.submit(link.call, "/sync/v1/push", body, PushAnswer)
        try:
            self.terms.keep_acknowledged()
            ahead = self._draft(draft.last)
        finally:
            wait([call])
        return ahead, call.result()

    def _batch(self, draft: Draft, now_ms: int) -> bytes:
        terms = self.terms
        head = {
            "protocol": terms.protocol,
            "incarnation": terms.incarnation,
            "prev": terms.acked,
            "last": draft.last,
            "schema": self.schema,
            "now_ms": now_ms,
            "waiting": terms.waiting,
            "version": self.version,
            "part": draft.part,
            "life": terms.life,
            "cursors": terms.shown[0],
            "seals": terms.shown[1],
            "visit": terms.visit,
        }
        if now_ms - self._told_at_ms > TELL_EVERY_MS:  # a backlog goes in many pushes
            head["told"] = terms.told()
            self._told_at_ms = now_ms
        return b"".join((msgspec.json.encode(head)[:-1], b',"changes":[', ",".join(draft.changes).encode(), b"]}"))
