"""Greeting the hub: whether this is still the life that it goes by, what it has of ours, and what to speak."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.node.cursors import all_cursors, seals_of
from sync.node.healing import NOTE
from sync.node.outbox import is_ours, put, whole_until
from sync.node.pace import within
from sync.node.terms import Terms
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.schema import Schema
from sync.wire import (
    BATCH_BYTES_MAX,
    CHANGES_MAX,
    PROTOCOL,
    PROTOCOL_MIN,
    BatchLimits,
    Hello,
    HelloAnswer,
    agreed,
    pack,
)

SUPERSEDED = "another machine goes on with this node's identity"


@dataclass
class Greeting:
    """`changed` is told of a new life."""

    terms: Terms
    schema: Schema
    version: str
    changed: Callable[[frozenset[str]], None]

    def greet(self, link: Link) -> HelloAnswer:
        """Greets until the two ends agree on the life and on what is acknowledged. Raises LinkDown, TurnedAway."""
        terms = self.terms
        terms.keep_acknowledged()  # else what is acknowledged already looks like parts
        # of a transaction under way in parts the hub may know nothing any more
        terms.acked = terms.store.read(lambda c: whole_until(c, terms.acked))
        answer = self._say_hello(link)
        if answer.status == "new_incarnation" and answer.incarnation != terms.incarnation:
            answer = self._begin_anew(link, answer.incarnation)
        elif answer.status == "ok" and answer.acked > terms.acked:
            if terms.store.read(lambda c: is_ours(c, answer.acked, answer.mark, answer.stamp)):
                terms.acknowledge(answer.acked)
            else:  # what the hub has under our numbers is not ours: this disk was rolled back, and wrote on since
                answer = self._begin_anew(link, terms.incarnation + 1)
        if answer.status == "superseded":
            raise TurnedAway("SUPERSEDED", SUPERSEDED)
        if answer.acked < terms.acked:
            raise LinkDown(f"the hub has {answer.acked} of {terms.acked} that it acknowledged, and can't tell why")
        terms.scopes = answer.scopes
        if answer.visit > terms.visit:  # on the disk before it is named
            terms.store.write(lambda c: put(c, "visit", str(answer.visit)))
            terms.visit = answer.visit
        return answer

    def _say_hello(self, link: Link) -> HelloAnswer:
        terms, now = self.terms, self.terms.now()
        cursors, seals = terms.store.read(lambda c: (all_cursors(c), seals_of(c)))
        said = (terms.last, terms.acked, self.schema.fingerprint, self.version, now)
        hello = Hello(PROTOCOL_MIN, terms.incarnation, *said, PROTOCOL)
        hello.told, hello.life, hello.cursors, hello.seals = terms.told(), terms.life, cursors, seals
        hello.visit = terms.visit
        answer = link.call("/sync/v1/hello", pack(hello), HelloAnswer)
        if agreed(answer.protocol, answer.protocol) is None:
            raise TurnedAway(
                "PROTOCOL", f"Head office speaks protocol {answer.protocol}. Update head office or this node."
            )
        terms.protocol, terms.life = answer.protocol, answer.life or terms.life
        told = answer.limits or BatchLimits()
        terms.limits = BatchLimits(within(told.changes, CHANGES_MAX), within(told.bytes, BATCH_BYTES_MAX))
        terms.keep_time(now, answer.now_ms)
        return answer

    def _begin_anew(self, link: Link, incarnation: int) -> HelloAnswer:
        # the database was rolled back: its later life gets its own numbers, and hears what it forgot, since its cursors
        # were rolled back with it. It knows that before it tells the hub, so that an answer lost on the way back leaves
        # no life that nobody leads. A copy of the disk may have written under the life before what this one was not told
        # as its own: comparing finds it
        def job(connection: Any) -> None:
            put(connection, "incarnation", str(incarnation))
            put(connection, NOTE, "1")

        self.terms.store.write(job)
        self.terms.incarnation = incarnation
        self.changed(frozenset({"incarnation"}))
        return self._say_hello(link)
