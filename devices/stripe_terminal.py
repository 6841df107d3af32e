"""A card reader that Stripe drives for us (its Terminal, server-driven): an intent to pay is made, handed to the reader,
and asked about until it has an end.

The intent is made under a key of ours that Stripe answers once, so whoever asks again after a crash or a lost answer
finds the same one. An intent that is given up is cancelled, and what is cancelled can't be charged any more, whatever
is still on its way to the reader: no other word of Stripe's or the reader's counts as *not taken*.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

import msgspec

from devices.heard import CancelCharge, CardSaid, Charge, Done, Garbled, GiveBack, Heard, LookUp, Well, Wish
from devices.line import Line, LineBroken
from devices.stripe_line import StripeLine, Told
from devices.stripe_refund import give_back, looked_up

POLL_SECONDS = 1.0
BEAT_SECONDS = 30.0
# So long the reader is not told as well again: what goes back is asked for more often than that.
TROUBLED_SECONDS = 2 * BEAT_SECONDS
# So long the reader waits for a guest; then the charge is given up.
GUEST_SECONDS_MAX = 300.0
OPEN_MAX = 50
WORDS_LENGTH_MAX = 200
# Stripe counts these in other units than ISO 4217 does, or not to the last of them.
OTHER_UNITS = frozenset({"BHD", "IQD", "ISK", "JOD", "KWD", "LYD", "MGA", "MRU", "OMR", "TND", "UGX"})
OFFLINE = "Stripe says that the reader is offline: look at its power and its network."


class Intent(msgspec.Struct):
    """Stripe's intent to pay."""

    id: str
    status: str
    amount_received: int = 0
    amount_capturable: int = 0


class Handed(msgspec.Struct):
    """What a reader was handed."""

    payment_intent: str


class Action(msgspec.Struct):
    """What a reader did last."""

    status: str = ""
    failure_message: str | None = None
    process_payment_intent: Handed | None = None


class Reader(msgspec.Struct):
    """A reader."""

    status: str | None = None
    action: Action | None = None

    def action_on(self, intent: Intent) -> Action | None:
        """What it did last, if that was with this intent."""
        handed = self.action.process_payment_intent if self.action else None
        return self.action if handed and handed.payment_intent == intent.id else None


class Found(msgspec.Struct):
    """What a search found."""

    data: list[Intent]


@dataclass(slots=True)
class Open:
    """A charge without an end. words: why it will not be taken, as far as that is known."""

    charge: Charge
    intent: str
    since: float
    given_up: bool = False
    words: str = ""
    told_waiting: bool = False


class StripeCardTerminal:
    """Drives one reader."""

    def __init__(self) -> None:
        self._open: dict[str, Open] = {}
        self._said: list[Heard] = []
        self._greeted_at = self._troubled_until = 0.0

    def begin(self, line: Line) -> list[Heard]:
        """Whether the reader is there."""
        return self._greet(cast(StripeLine, line))

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """What became of what is open, asked every second. Raises LineBroken when Stripe can't be asked."""
        stripe = cast(StripeLine, line)
        stripe.receive(min(seconds, POLL_SECONDS) if self._open else seconds)
        if time.monotonic() - self._greeted_at >= BEAT_SECONDS:
            self._said += self._greet(stripe)
        for one in list(self._open.values()):
            self._follow(stripe, one)
        said, self._said = self._said, []
        return said

    def do(self, line: Line, wish: Wish) -> Done:
        """Hands it on; what becomes of it comes in a later turn. Raises LineBroken."""
        stripe = cast(StripeLine, line)
        match wish:
            case Charge():
                self._charge(stripe, wish)
            case GiveBack():
                return self._go_back(stripe, partial(give_back, stripe, wish))
            case LookUp(GiveBack() as back):
                return self._go_back(stripe, partial(looked_up, stripe, back))
            case LookUp(Charge() as charge):
                self._look_up(stripe, charge)
            case CancelCharge(charge):
                self._look_up(stripe, charge)
                if charge.number in self._open:
                    self._open[charge.number].given_up = True
            case _:
                raise AssertionError("a card terminal charges, gives back, cancels and looks up")
        line.wake()
        return Well()

    def _greet(self, stripe: StripeLine) -> list[Heard]:
        self._greeted_at = time.monotonic()
        reader = stripe.get(f"terminal/readers/{stripe.reader}", Reader)
        if reader.status == "offline":
            return [Garbled(OFFLINE)]
        return [] if time.monotonic() < self._troubled_until else [Well()]

    def _go_back(self, stripe: StripeLine, ask: Callable[[], CardSaid]) -> Done:
        """The reader takes no part in it: it goes on charging where Stripe answers and does not tell."""
        try:
            said = ask()
        except LineBroken as why:
            if why.trouble not in ("trouble", "refused"):
                raise
            self._troubled_until = time.monotonic() + TROUBLED_SECONDS
            return Garbled(f"What goes back to a card waits: {why}.")
        self._troubled_until = 0.0
        self._said.append(said)
        stripe.wake()
        return Well()

    def _charge(self, stripe: StripeLine, charge: Charge) -> None:
        if charge.currency in OTHER_UNITS:
            self._say(charge, "declined", words=f"Stripe does not take {charge.currency} as the house counts it.")
            return
        made = _make(stripe, charge)
        if not made.is_done:  # without an intent nothing was handed to the reader
            self._say(charge, "declined", words=_words(made))
            return
        intent = made.read(Intent)
        one = self._open[charge.number] = Open(charge, intent.id, time.monotonic())
        form = {"payment_intent": intent.id, "process_config[skip_tipping]": "true"}
        form["process_config[enable_customer_cancellation]"] = "true"
        handed = stripe.post(
            f"terminal/readers/{stripe.reader}/process_payment_intent", form, key=f"{charge.key}-process"
        )
        if not handed.is_done:  # it may have arrived all the same: the next turn looks
            one.words = _words(handed)

    def _look_up(self, stripe: StripeLine, charge: Charge) -> None:
        if charge.number in self._open:
            return
        intent = _intent_of(stripe, charge)
        if intent is None:
            self._say(charge, "not_known")
        elif len(self._open) < OPEN_MAX:
            self._open[charge.number] = Open(charge, intent.id, time.monotonic())

    def _follow(self, stripe: StripeLine, one: Open) -> None:
        intent = stripe.get(f"payment_intents/{one.intent}", Intent)
        if intent.status == "requires_capture" and intent.amount_capturable == one.charge.amount_minor:
            taken = stripe.post(f"payment_intents/{intent.id}/capture", {})
            intent = taken.read(Intent) if taken.is_done else stripe.get(f"payment_intents/{one.intent}", Intent)
        match intent.status:
            case "succeeded":
                self._end(one, "approved", intent.amount_received, intent.id)
            case "requires_capture" if intent.amount_capturable != one.charge.amount_minor:
                self._end(one, "approved", intent.amount_capturable, intent.id)
            case "canceled":
                self._end(one, "declined")
            case "requires_payment_method" if self._is_over(stripe, one, intent):
                if stripe.post(f"payment_intents/{intent.id}/cancel", {}).is_done:
                    self._end(one, "declined")
            case _:
                self._wait(one)

    def _is_over(self, stripe: StripeLine, one: Open, intent: Intent) -> bool:
        """Whether the reader does nothing more about it; has it end what is given up."""
        action = stripe.get(f"terminal/readers/{stripe.reader}", Reader).action_on(intent)
        if action is None:
            one.words = one.words or "The reader was not asked for it."
            return True
        if action.status != "in_progress":
            one.words = action.failure_message or one.words
            return action.status == "failed"
        if not one.given_up and time.monotonic() - one.since < GUEST_SECONDS_MAX:
            return False
        # refused while a card is being asked for its money
        one.words = "It was given up."
        return stripe.post(f"terminal/readers/{stripe.reader}/cancel_action", {}).is_done

    def _wait(self, one: Open) -> None:
        if not one.told_waiting:
            one.told_waiting = True
            self._say(one.charge, "waiting")

    def _end(self, one: Open, state: str, amount_minor: int = 0, reference: str = "") -> None:
        del self._open[one.charge.number]
        self._say(one.charge, state, amount_minor, reference, one.words if state == "declined" else "")

    def _say(self, charge: Charge, state: str, amount_minor: int = 0, reference: str = "", words: str = "") -> None:
        self._said.append(CardSaid(charge.number, state, amount_minor, reference, words[:WORDS_LENGTH_MAX]))


def _make(stripe: StripeLine, charge: Charge) -> Told:
    form = {
        "amount": str(charge.amount_minor),
        "currency": charge.currency.lower(),
        "payment_method_types[]": "card_present",
        "capture_method": "manual",
        "description": charge.number,
        "metadata[charge]": charge.key,
    }
    return stripe.post("payment_intents", form, key=charge.key)


def _intent_of(stripe: StripeLine, charge: Charge) -> Intent | None:
    """The intent of a charge, whoever made it and when; None where there was none, and will be none.

    Stripe keeps what it answered to a key for a day at least. What is older is found by what we wrote on it, and an
    intent that only this look-up made is cancelled.
    """
    made = _make(stripe, charge)
    if made.is_done and made.is_old:
        return made.read(Intent)
    fresh = made.read(Intent) if made.is_done else None
    found = stripe.get("payment_intents/search", Found, query=f"metadata['charge']:'{charge.key}'").data
    older = next((one for one in found if fresh is None or one.id != fresh.id), None)
    if fresh is not None and not stripe.post(f"payment_intents/{fresh.id}/cancel", {}).is_done:
        raise LineBroken("trouble", "Stripe does not cancel what was never charged")
    if older is None and fresh is None and not made.came_to_nothing:
        raise LineBroken("trouble", f"Stripe does not tell ({made.status})")
    return older


def _words(told: Told) -> str:
    """Why Stripe did not do it, for staff."""
    match told.problem.code:
        case "terminal_reader_offline":
            return OFFLINE
        case "terminal_reader_busy":
            return "The reader is busy: end there what it does, and try again."
        case "terminal_reader_timeout":
            return "The reader does not answer Stripe."
        case code:
            return f"Stripe did not take it ({code or told.status})."
