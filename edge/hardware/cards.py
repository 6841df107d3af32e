"""Card terminals charge what was written down, and what became of it is asked until they know (R12).

An attempt is on disk before anything is sent. It is sent once, by this life of the node; after a restart, or where the
line broke, its number is only looked up. Nothing is known but what the card terminal says of the number; while it says
nothing the order shows unknown and takes no other payment.

What is to go back to a card is asked for under its number until its end is known, by later lives as well, for so long as
whoever moves the money is sure to know the number; a person's decision, or a later day, leaves it at looking it up.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import inf
from time import monotonic
from typing import Any

import structlog

from devices.heard import CardSaid, CardWish, Charge, Done, GiveBack, LookUp
from edge.database import DATABASE_ERRORS
from edge.hardware.devices import Setup
from edge.hardware.thread import DeviceThread
from edge.host import EdgeHost
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Refused, Unavailable
from hospitality.ground.statements import Reading
from hospitality.payments.rules import CardAnswer
from hospitality.payments.service.card import answer_card
from hospitality.payments.service.card_refund import answer_card_refund

CARD_TERMINAL = "card_terminal"
LOOK_UP_SECONDS = 5.0
# A number that was sent this moment may not have arrived; after so long it has, or never will.
ARRIVED_SECONDS = 10.0
ATTEMPTS_MAX = 50
DECIDED_WITHIN = timedelta(days=2)
LOOKED_UP_WITHIN = timedelta(days=7)  # so long a card terminal must keep what became of a number
ASKED_AGAIN_WITHIN = timedelta(hours=23)  # Stripe keeps the keys of what it made for a day at least
PASSING: tuple[type[Exception], ...] = (Unavailable, TimeoutError, *DATABASE_ERRORS)
DATABASE_SECONDS = 30.0
log = structlog.get_logger(__name__)

# {of}: of which payment's reference money is to go back; NULL of a charge
_OPEN = """
    SELECT a.id, a.number, a.amount_minor + a.tip_minor AS amount_minor, a.currency, a.terminal_id, a.at, {of} AS of_reference,
           EXISTS (SELECT 1 FROM {answers} n WHERE n.org_id = a.org_id AND n.{asked} = a.id
                   AND n.outcome = 'declined') AS is_decided
    FROM {table} a
    WHERE a.org_id = :org_id AND a.property_id = :property_id AND a.business_date >= :first
      AND a.terminal_id IN (:terminals)
      AND NOT EXISTS (SELECT 1 FROM {answers} n WHERE n.org_id = a.org_id AND n.{asked} = a.id
                      AND (n.outcome = 'approved' OR n.outcome = 'declined' AND n.person_id IS NULL))
      AND (a.at >= :since OR NOT EXISTS (SELECT 1 FROM {answers} n WHERE n.org_id = a.org_id
                                         AND n.{asked} = a.id AND n.outcome = 'declined'))
    ORDER BY a.id DESC LIMIT :limit
"""
_OPEN_CHARGES = _OPEN.format(table="card_attempts", answers="card_answers", asked="attempt_id", of="NULL")
_REFERENCE = "COALESCE((SELECT p.reference FROM payments p WHERE p.org_id = a.org_id AND p.id = a.payment_id), '')"
_OPEN_REFUNDS = _OPEN.format(table="card_refunds", answers="card_refund_answers", asked="card_refund_id", of=_REFERENCE)


@dataclass(slots=True)
class Asked:
    """What nobody knows the end of: a charge, whose key is the attempt's id, or what is to go back, whose key is the card
    refund's. `mine`: this life of the node sent it, to this card terminal. may_ask: a refund may be asked for once more."""

    errand: Charge | GiveBack
    terminal_id: str
    thread: DeviceThread
    mine: bool
    since: float
    looked_at: float
    lost_count: int
    may_ask: bool = False
    differs: bool = False  # it was done for another amount, which was told

    @property
    def again(self) -> CardWish:
        """What tells its end."""
        return self.errand if self.may_ask and isinstance(self.errand, GiveBack) else LookUp(self.errand)

    @property
    def named(self) -> dict[str, str]:
        """Its names, for terminals."""
        id = "attempt_id" if isinstance(self.errand, Charge) else "card_refund_id"
        return {id: self.errand.key, "number": self.errand.number}


def open_attempts(reading: Reading, terminals: Sequence[str], *, since: str, first: str) -> list[Mapping[str, Any]]:
    """The attempts and card refunds of these terminals that nobody knows the end of, each newest first; a person's word
    that nothing was taken or given counts as an end for those before `since` alone, for it may turn out to have been.
    `first`: the first business day that is looked at."""
    named = {"terminals": list(terminals), "since": since, "first": first, "limit": ATTEMPTS_MAX}
    return [row for sql in (_OPEN_CHARGES, _OPEN_REFUNDS) for row in reading.rows(sql, **named)]


class Cards:
    """Asks card terminals. `tell` tells a terminal what its card terminal says; called by the thread of the devices."""

    def __init__(self, host: EdgeHost, tell: Callable[[str, str, dict[str, Any]], None]) -> None:
        self._host, self._tell = host, tell
        self._lock = threading.Lock()
        self._asked: dict[str, Asked] = {}  # by number
        self._ended: set[str] = set()  # numbers whose decision the card terminal bears out
        self._known: set[str] = set()  # card terminals whose older attempts are taken note of

    def asked_of(self, attempt_id: str) -> Asked | None:
        """What the card terminal was asked for an attempt or a card refund whose end is not known."""
        with self._lock:
            return next((one for one in self._asked.values() if one.errand.key == attempt_id), None)

    def look(self, threads: Sequence[DeviceThread]) -> None:
        """Sends what is new, and looks up what is not known."""
        of_terminals = {
            thread.setup.terminal_id: thread
            for thread in threads
            if thread.setup.kind == CARD_TERMINAL and thread.setup.terminal_id is not None
        }
        if not of_terminals:
            self._known = set()
            return
        now = self._host.now()
        since, first = instant_text(now - DECIDED_WITHIN), (now - LOOKED_UP_WITHIN).date().isoformat()
        found = self._host.ask(lambda r: open_attempts(r, list(of_terminals), since=since, first=first)).result(
            DATABASE_SECONDS
        )
        found = [row for row in found if row["number"] not in self._ended]
        fresh = {thread.setup.id for thread in of_terminals.values()} - self._known
        numbers = {row["number"] for row in found}
        with self._lock:
            self._asked = {number: one for number, one in self._asked.items() if number in numbers}
        for row in found:
            thread = of_terminals[row["terminal_id"]]
            with self._lock:
                known = self._asked.get(row["number"])
            if known is not None:
                known.may_ask = self._may_ask(row)
                self._look_up(known)
            else:
                # what was there before the card terminal was is a person's, or a former life's: never sent again
                self._begin(row, thread, mine=thread.setup.id not in fresh)
        self._known = {thread.setup.id for thread in of_terminals.values()}

    def heard(self, setup: Setup, said: CardSaid) -> None:
        """A card terminal said what became of a number; called by its own thread."""
        with self._lock:
            one = self._asked.get(said.number)
        if one is None or one.thread.setup.id != setup.id:
            return  # of another life, or answered by a person meanwhile
        state, words = said.state, said.words
        if said.state == "approved" and said.amount_minor != one.errand.amount_minor:
            if one.differs:
                return
            one.differs = True
            log.error("card_amount_differs", number=said.number, asked=one.errand.amount_minor, done=said.amount_minor)
            did = "took" if isinstance(one.errand, Charge) else "gave back"
            state, words = "unknown", f"The card terminal {did} another amount: look at its slip, and decide."
        elif said.state == "approved":
            words = self._answer(one, "approved", said.reference, words)
        elif said.state == "declined":
            words = self._answer(one, "declined", None, words)
        elif said.state == "not_known" and (not one.mine or monotonic() - one.since > ARRIVED_SECONDS):
            words = self._answer(one, "declined", None, words or "The card terminal was never asked.")
        about = {**one.named, "state": state, "words": words}
        self._tell(one.terminal_id, "card_told", {"device_id": setup.id, **about})

    def _begin(self, row: Mapping[str, Any], thread: DeviceThread, *, mine: bool) -> None:
        now, lost = monotonic(), thread.standing.lost_count
        errand: Charge | GiveBack = Charge(row["number"], row["amount_minor"], row["currency"], row["id"])
        if row["of_reference"] is not None:
            errand = GiveBack(row["number"], row["amount_minor"], row["currency"], row["id"], of=row["of_reference"])
        one = Asked(errand, row["terminal_id"], thread, mine, now, now if mine else -inf, lost, self._may_ask(row))
        with self._lock:
            self._asked[errand.number] = one
        if mine:
            thread.ask(errand).add_done_callback(partial(self._sent, one))
        else:
            self._look_up(one)

    def _may_ask(self, row: Mapping[str, Any]) -> bool:
        return not row["is_decided"] and row["at"] >= instant_text(self._host.now() - ASKED_AGAIN_WITHIN)

    def _look_up(self, one: Asked) -> None:
        came_back = one.thread.standing.lost_count != one.lost_count
        due = came_back or monotonic() - one.looked_at >= LOOK_UP_SECONDS
        if due and not one.thread.ask(one.again).done():
            one.looked_at, one.lost_count = monotonic(), one.thread.standing.lost_count

    def _sent(self, one: Asked, done: Future[Done]) -> None:
        """Nothing of it reached the card terminal: nothing was charged, and it can be tried again at once."""
        error = done.exception()
        if isinstance(error, Unavailable) and error.details.get("sent") is False:
            words = self._answer(one, "declined", None, error.message)
            about = {**one.named, "state": "declined", "words": words}
            self._tell(one.terminal_id, "card_told", {"device_id": one.thread.setup.id, **about})

    def _answer(self, one: Asked, outcome: str, reference: str | None, words: str) -> str:
        """Keeps the answer; the words for staff. What can't be kept now is looked up again."""
        number = one.errand.number
        kept = CardAnswer(outcome, "terminal" if one.mine else "look_up", reference)
        answer = answer_card if isinstance(one.errand, Charge) else answer_card_refund
        try:
            self._host.writer.act(self._host.system(), lambda work: answer(work, one.errand.key, kept)).result(
                DATABASE_SECONDS
            )
        except Refused as error:
            log.warning("card_answer_refused", number=number, outcome=outcome, why=error.message)
            self._ended.add(number)
            return error.message
        except PASSING as error:
            log.warning("card_answer_waits_for_database", number=number, error=str(error))
            return words
        with self._lock:
            self._asked.pop(number, None)
        return words
