"""Money that goes back to a card through Stripe: a refund of the intent that was paid. No reader takes part in it.

What was made is found among the intent's own refunds, by what we wrote on it, which Stripe lists for ever. Only where there
is none is one asked for, under a key of ours that Stripe answers once: whoever asks again after a crash or a lost answer
finds the same one.
"""

import msgspec

from devices import stripe_line
from devices.heard import CardSaid, GiveBack
from devices.line import LineBroken
from devices.stripe_line import StripeLine, Told

INTENT = "pi_"
REFUNDS_MAX = "100"
FOREIGN = "Stripe did not take this payment: give it back where it was taken, or in cash."


class Refund(msgspec.Struct):
    """Stripe's refund."""

    id: str
    status: str | None = None
    amount: int = 0
    failure_reason: str | None = None
    metadata: dict[str, str] = {}


class Refunds(msgspec.Struct):
    """An intent's refunds."""

    data: list[Refund]


def give_back(stripe: StripeLine, back: GiveBack) -> CardSaid:
    """Has it given back, unless it was. Raises LineBroken where nobody knows: ask again."""
    if not back.of.startswith(INTENT):
        return CardSaid(back.number, "declined", words=FOREIGN)
    made = _made(stripe, back)
    if made is None:
        form = {"payment_intent": back.of, "amount": str(back.amount_minor), "metadata[refund]": back.key}
        told = stripe.post("refunds", form, key=back.key)
        if not (told.is_done or told.came_to_nothing):
            raise LineBroken("trouble", f"Stripe does not tell ({told.status})")
        # what Stripe fell over at may have gone through all the same
        made = told.read(Refund) if told.is_done else _made(stripe, back)
        if made is None:
            return CardSaid(back.number, "declined", words=_words(told))
    return _said(back, made)


def looked_up(stripe: StripeLine, back: GiveBack) -> CardSaid:
    """Whether it was given back; moves nothing."""
    made = _made(stripe, back) if back.of.startswith(INTENT) else None
    return CardSaid(back.number, "not_known") if made is None else _said(back, made)


def _made(stripe: StripeLine, back: GiveBack) -> Refund | None:
    found = stripe.found("refunds", Refunds, payment_intent=back.of, limit=REFUNDS_MAX)
    return None if found is None else next((one for one in found.data if one.metadata.get("refund") == back.key), None)


def _said(back: GiveBack, made: Refund) -> CardSaid:
    match made.status:
        case "succeeded":
            return CardSaid(back.number, "approved", made.amount, made.id)
        case "failed" | "canceled":
            return CardSaid(
                back.number, "declined", words=f"The bank did not take it ({made.failure_reason or made.status})."
            )
        case _:
            return CardSaid(back.number, "waiting")


def _words(told: Told) -> str:
    """Why Stripe did not do it, for staff."""
    match told.problem.code:
        case stripe_line.MISSING:
            return FOREIGN
        case "charge_already_refunded":
            return "All of it was given back at Stripe already: look at its dashboard."
        case "charge_disputed":
            return "The guest's bank has taken it back already."
        case code:
            return f"Stripe does not give it back ({code or told.status})."
