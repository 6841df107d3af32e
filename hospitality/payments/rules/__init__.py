"""What may be paid and given back, the change, and how far a card payment is. Values in, a decision out.

Every part adds up to its whole: equal parts of a bill differ by one at most, and each refund is cut of what those before it
left, so that nothing is lost to rounding.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.money import in_house_currency, portions, to_step, written
from hospitality.ground.texts import kept_text
from hospitality.payments.rules.offline import check_way

REFERENCE_LENGTH_MAX = 64
REASON_LENGTH_MAX = 200
PARTS_MAX = 99
TENDERED_MINOR_MAX = 10_000_000_000_000


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A payment as it is asked for; amounts in minor units of the order's currency. The tip comes on top of the amount.

    tendered_currency: in which cash was handed over, if not the house's; `tendered_minor` is in that one then.
    offline: how a card was taken that the acquirer has not heard of, one of `offline.WAYS`.
    """

    tender: str
    amount_minor: int
    tendered_minor: int | None = None
    reference: str | None = None
    tip_minor: int = 0
    tendered_currency: str | None = None
    offline: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is written down of a payment. For cash: tendered = change + amount + tip + rounding, in the house currency.

    given_*: what was handed over of another currency, and the house rate at which it counts.
    """

    tendered_minor: int | None
    change_minor: int
    reference: str | None
    rounding_minor: int = 0
    given_currency: str | None = None
    given_minor: int | None = None
    rate_micro: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been paid on an order, and whether a receipt of it stands.

    paid_minor: without what was reversed. refunded_minor: given back of sales. waiting: the number of a card payment of
    which nobody knows yet whether it went through; empty when there is none. receipts_minor: what its standing receipts
    say. withdrawn: number → cause of those that count no more.
    """

    paid_minor: int = 0
    settled: bool = False
    refunded_minor: int = 0
    waiting: str = ""
    receipts_minor: int = 0
    withdrawn: Mapping[str, str] = field(default_factory=dict)

    def surplus_minor(self, total_minor: int) -> int:
        """What was taken over what its receipt says (over its total without one), as far as it is still here."""
        over = self.paid_minor - (self.receipts_minor if self.settled else total_minor)
        return max(0, min(over, self.paid_minor - self.refunded_minor))


def decide(
    new: NewPayment,
    *,
    due_minor: int,
    currency: str,
    references: Collection[str],
    step_minor: int = 1,
    rate_micro: int | None = None,
) -> Decided:
    """Whether a payment can be taken, with its change.

    step_minor: the smallest coin, to which cash is rounded. rate_micro: the house rate of the currency handed over.

    references: of the card payments that the order has; the same one again is the same payment keyed in twice.
    An order of which nothing is due (any more) is settled by a payment of nothing, so that a person says so.
    """
    due_minor = max(0, due_minor)
    if new.amount_minor > due_minor:
        raise Refused(
            "PAYMENT_OVER_DUE",
            f"Only {written(due_minor, currency)} is due. Take that much, and give the rest back as change.",
            due_minor=due_minor,
            amount_minor=new.amount_minor,
        )
    if new.amount_minor < 0 or (new.amount_minor == 0 and due_minor != 0):
        raise Invalid("AMOUNT_INVALID", "Take an amount above zero.", amount_minor=new.amount_minor)
    _check_tip(new.tip_minor)
    if new.offline is not None:
        if new.tender != "card":
            raise Invalid("OFFLINE_WAY_INVALID", "Only a card is taken offline. Leave it out.", tender=new.tender)
        check_way(new.offline)
    if new.tender == "cash":
        return _cash(new, currency, step_minor, rate_micro)
    if new.tender == "card":
        return _card(new, references)
    raise Invalid("TENDER_INVALID", "Pay by cash or card.", tender=new.tender)


def _cash(new: NewPayment, currency: str, step_minor: int, rate_micro: int | None) -> Decided:
    if new.reference is not None:
        raise Invalid("REFERENCE_NOT_FOR_CASH", "Only a card payment has a reference. Leave it out.")
    exact = new.amount_minor + new.tip_minor
    wanted = to_step(exact, step_minor)
    given = new.tendered_minor
    if new.tendered_currency in (None, currency):
        # what is said to be exact is what coins can pay
        tendered = wanted if given in (None, exact) else given
    else:
        tendered = _worth(new, currency, rate_micro)
    assert tendered is not None
    if tendered < wanted:
        raise Refused(
            "TENDERED_TOO_LITTLE",
            f"{written(tendered, currency)} does not cover {written(wanted, currency)}."
            " Ask for more, or take a part payment.",
            tendered_minor=tendered,
            amount_minor=wanted,
        )
    if tendered > TENDERED_MINOR_MAX:
        raise Invalid(
            "AMOUNT_INVALID", "That is more cash than a drawer holds. Key it in again.", tendered_minor=tendered
        )
    # of another currency's worth, what is less than a coin stays with the house
    change = (tendered - wanted) // step_minor * step_minor
    decided = Decided(tendered, change, None, tendered - change - exact)
    if new.tendered_currency in (None, currency):
        return decided
    return replace(decided, given_currency=new.tendered_currency, given_minor=given, rate_micro=rate_micro)


def _worth(new: NewPayment, currency: str, rate_micro: int | None) -> int:
    """What was handed over of another currency, in the house's."""
    assert new.tendered_currency is not None
    if not rate_micro:
        raise Refused(
            "CURRENCY_NOT_TAKEN",
            f"There is no house rate for {new.tendered_currency}. Take {currency}, or ask a manager to set one.",
            currency=new.tendered_currency,
        )
    if new.tendered_minor is None or not 0 <= new.tendered_minor <= TENDERED_MINOR_MAX:
        raise Invalid("AMOUNT_INVALID", f"Key in how much {new.tendered_currency} was handed over.")
    return in_house_currency(new.tendered_minor, new.tendered_currency, rate_micro, currency)


def _card(new: NewPayment, references: Collection[str]) -> Decided:
    if new.tendered_minor is not None or new.tendered_currency is not None:
        raise Invalid("TENDERED_NOT_FOR_CARD", "A card is charged the exact amount. Leave the cash out.")
    reference = card_reference(new.reference)
    check_reference(reference, references)
    return Decided(None, 0, reference)


def check_reference(reference: str, references: Collection[str]) -> None:
    """Raises Refused CARD_REFERENCE_USED when a card payment of this reference is on the order."""
    if reference in references:
        raise Refused(
            "CARD_REFERENCE_USED",
            "A card payment with this reference is on the order already. Look at its payments.",
            reference=reference,
        )


def _check_tip(tip_minor: int) -> None:
    if not 0 <= tip_minor <= TENDERED_MINOR_MAX:
        raise Invalid("TIP_INVALID", "A tip is zero or more. Key it in again.", tip_minor=tip_minor)


def card_reference(reference: str | None) -> str:
    """The card terminal's reference as it is kept; Invalid REFERENCE_MISSING when nothing is left of it."""
    kept = kept_text(reference, what="reference", length_max=REFERENCE_LENGTH_MAX)
    if kept is None:
        raise Invalid("REFERENCE_MISSING", "Key in the reference from the card terminal's slip.")
    return kept


def kept_reason(reason: str | None, *, what: str) -> str:
    """Why something was done, as it is kept; Invalid REASON_MISSING when nothing is said."""
    why = kept_text(reason, what="reason", length_max=REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", f"Say why {what}.")
    return why


# --- parts


def equal_parts(amount_minor: int, count: int) -> list[int]:
    """The amount in `count` parts that add up to it exactly; they differ by one minor unit at most, larger ones first."""
    if not 1 <= count <= PARTS_MAX:
        raise Invalid("PARTS_INVALID", f"Cut the bill into 1 to {PARTS_MAX} parts.", parts=count)
    each, over = divmod(amount_minor, count)
    return [each + 1] * over + [each] * (count - over)


# --- receipts


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt that stands, with what it says."""

    id: str
    number: str
    total_minor: int
    taxes: Sequence[Mapping[str, Any]]
    business_date: str


def check_reopen(receipts: Sequence[Issued], *, refunded_minor: int, today: str, number: str) -> None:
    """Raises Refused unless an order can be opened again: it has a receipt of the day at hand, and no refund of it."""
    if not receipts:
        raise Refused(
            "ORDER_NOT_SETTLED", f"Order {number} has no receipt that stands. Take its payment, or add to it."
        )
    if refunded_minor:
        raise Refused(
            "REOPEN_REFUNDED",
            f"Money of order {number} was given back already. Give back more of it, or take a new order.",
            refunded_minor=refunded_minor,
        )
    earlier = next((one for one in receipts if one.business_date != today), None)
    if earlier is not None:
        raise Refused(
            "REOPEN_DAY_CLOSED",
            f"Receipt {earlier.number} is of {earlier.business_date}, which is closed."
            " Take a new order, or give money back.",
            number=earlier.number,
            date=earlier.business_date,
        )


def to_withdraw(
    receipts: Sequence[Issued], *, total_minor: int, taxes: object, paid_minor: int, refunded_minor: int, left: bool
) -> dict[str, str]:
    """Receipt id → cause of those of an order that can't stand, given all that is known of it; `receipts` oldest first.

    The oldest stands that says what the order comes to, as long as that is paid: all nodes that know the same choose the
    same. One of which more was given back than the order comes to now stands too, as long as something is left of it: its
    refunds say already what was taken off.
    """
    fitting = [one.id for one in receipts if (one.total_minor, one.taxes) == (total_minor, taxes)]
    if paid_minor < total_minor:
        fitting = []
    kept = fitting[:1] or [one.id for one in receipts[:1] if left and refunded_minor > total_minor]
    return {one.id: "settled_twice" if one.id in fitting else "changed" for one in receipts if one.id not in kept}


def turns_refunds(cause: str, *, covered: bool, left: bool) -> bool:
    """Whether what was refunded of a receipt counts as reversed once it is withdrawn.

    A refund gives back part of the sale that a receipt says. Where that is undone, by a person or since another receipt says
    the same sale, what was given back of it is as if it had never been paid: the withdrawal takes back the receipt less
    that, and what is left can be reversed to the last, so that an order of which nothing stands ends at nothing in the
    books. It stays part of a sale where another receipt stands in at once: the order changed, and what was paid covers what
    is left of it.
    """
    return not (cause == "changed" and covered and left)


# --- refunds


def taxes_given_back(
    amount_minor: int, of: Issued, before: Sequence[Sequence[Mapping[str, Any]]], *, before_minor: int
) -> list[dict[str, Any]]:
    """The taxes of a refund of a receipt: its portion of what earlier refunds (their taxes, `before`, and what they gave
    back altogether) left of the receipt's, none below zero. Those of all refunds add up to the receipt's; they are of no
    line, so that nothing is said of what a tax is on beside its net. What goes back beyond the receipt, since two nodes that
    were apart gave back the same or somebody had decided that a card did not get it, is of no sale and has none.
    """
    left = {_tax_of(tax): [tax["net_minor"], tax["tax_minor"]] for tax in of.taxes}
    for tax in (tax for taxes in before for tax in taxes if _tax_of(tax) in left):
        net, owed = left[_tax_of(tax)]
        left[_tax_of(tax)] = [net - tax["net_minor"], owed - tax["tax_minor"]]
    parts = [max(0, part) for both in left.values() for part in both]
    untaxed = max(0, of.total_minor - before_minor - sum(parts))
    cut = portions(min(amount_minor, sum(parts) + untaxed), [*parts, untaxed])
    named = [{name: tax[name] for name in ("name", "rate_bp", "included")} for tax in of.taxes]
    return [{**tax, "net_minor": cut[2 * at], "tax_minor": cut[2 * at + 1]} for at, tax in enumerate(named)]


def _tax_of(tax: Mapping[str, Any]) -> tuple[str, int, bool]:
    return tax["name"], tax["rate_bp"], tax["included"]


@dataclass(frozen=True, slots=True)
class NewRefund:
    """Money to give back of one payment; `tender` None gives it back as it was paid."""

    amount_minor: int
    reason: str
    tip_minor: int = 0
    tender: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Refundable:
    """A payment with what is left of it after earlier refunds, and of its order what was taken over its total."""

    tender: str
    amount_left_minor: int
    tip_left_minor: int
    settled: bool
    surplus_minor: int = 0


@dataclass(frozen=True, slots=True)
class DecidedRefund:
    """What is written down of a refund. kind: `reversal` undoes a payment, `refund` gives back part of a sale."""

    kind: str
    tender: str
    reference: str | None
    reason: str


def decide_refund(new: NewRefund, of: Refundable, *, currency: str) -> DecidedRefund:
    """Whether money can be given back. Before an order is settled, or of what was taken over its total, that undoes the
    payment; afterwards it takes back part of the sale."""
    reason = kept_reason(new.reason, what="money is given back")
    if new.amount_minor < 0 or new.tip_minor < 0 or new.amount_minor + new.tip_minor == 0:
        raise Invalid("AMOUNT_INVALID", "Give back an amount above zero.", amount_minor=new.amount_minor)
    if new.amount_minor > of.amount_left_minor or new.tip_minor > of.tip_left_minor:
        raise Refused(
            "REFUND_OVER_PAID",
            f"Only {written(of.amount_left_minor, currency)} and {written(of.tip_left_minor, currency)} of tip are left"
            " of this payment. Give back no more than that.",
            amount_left_minor=of.amount_left_minor,
            tip_left_minor=of.tip_left_minor,
        )
    if of.settled and 0 < of.surplus_minor < new.amount_minor:
        raise Refused(
            "REFUND_SURPLUS_FIRST",
            f"{written(of.surplus_minor, currency)} too much was taken for this order. Give that back by itself first.",
            surplus_minor=of.surplus_minor,
        )
    tender = of.tender if new.tender is None else new.tender
    if tender not in ("cash", of.tender):
        raise Refused(
            "REFUND_TENDER", "Give cash back for cash; a card or a deposit gets back what it paid.", tender=tender
        )
    if tender != "card" and new.reference is not None:
        raise Invalid("REFERENCE_NOT_FOR_CASH", "Only a card payment has a reference. Leave it out.")
    reference = card_reference(new.reference) if tender == "card" else None
    return DecidedRefund(kind_of(of), tender, reference, reason)


def kind_of(of: Refundable) -> str:
    """What giving back of a payment is: part of a sale that stands, or the payment undone."""
    return "refund" if of.settled and of.surplus_minor == 0 else "reversal"


# --- card payments that go through a card terminal


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What somebody knows of a card payment: an outcome, and from where.

    source: `terminal` answered by itself, `look_up` by our number on the card terminal or at the bank, or a `decision`
    by somebody who may, who says why.
    """

    outcome: str
    source: str
    reference: str | None = None
    reason: str | None = None


OUTCOMES = ("approved", "declined", "unknown")
SOURCES = ("terminal", "look_up", "decision")


def card_state(outcomes: Collection[str]) -> str:
    """attempted, unknown, declined or approved, whatever the order in which answers came: money that was taken counts."""
    for state in OUTCOMES:
        if state in outcomes:
            return state
    return "attempted"


def check_known(waiting: str) -> None:
    """Raises Refused CARD_PAYMENT_UNKNOWN while a card payment waits of which nobody knows whether it went through."""
    if waiting:
        raise Refused(
            "CARD_PAYMENT_UNKNOWN",
            f"Nobody knows yet whether card payment {waiting} went through. Look it up on the card terminal,"
            " or ask a manager to decide.",
            number=waiting,
        )


def check_refund_known(waiting: str) -> None:
    """Raises Refused CARD_REFUND_UNKNOWN while a card refund waits of which nobody knows whether it went through."""
    if waiting:
        raise Refused(
            "CARD_REFUND_UNKNOWN",
            f"Nobody knows yet whether card refund {waiting} went through. Wait for the card terminal,"
            " or ask a manager to decide.",
            number=waiting,
        )


def check_attempt(amount_minor: int, tip_minor: int, *, due_minor: int, currency: str) -> None:
    """Raises unless a card may be charged with this amount and tip."""
    if amount_minor > due_minor:
        raise Refused(
            "PAYMENT_OVER_DUE",
            f"Only {written(due_minor, currency)} is due. Charge that much.",
            due_minor=due_minor,
            amount_minor=amount_minor,
        )
    if amount_minor <= 0:
        raise Invalid("AMOUNT_INVALID", "Take an amount above zero.", amount_minor=amount_minor)
    _check_tip(tip_minor)


def check_answer(answer: CardAnswer, *, state: str, number: str) -> CardAnswer:
    """The answer as it is kept. What was declined may turn out to have been taken; nothing else is answered again."""
    kept = _kept_answer(answer)
    if _is_answered(kept, state):
        raise Refused(
            "CARD_PAYMENT_ANSWERED",
            f"Card payment {number} was {state} already. Read the order again; give money back by a refund.",
            state=state,
        )
    return kept


def check_refund_answer(answer: CardAnswer, *, state: str, number: str) -> CardAnswer:
    """The same of what was to be given back to a card."""
    kept = _kept_answer(answer)
    if _is_answered(kept, state):
        message = f"Card refund {number} was {state} already. Read the order again."
        raise Refused("CARD_REFUND_ANSWERED", message, state=state)
    return kept


def _is_answered(answer: CardAnswer, state: str) -> bool:
    return state == "approved" or (state == "declined" and answer.outcome != "approved")


def _kept_answer(answer: CardAnswer) -> CardAnswer:
    if answer.outcome not in OUTCOMES or answer.source not in SOURCES:
        raise Invalid("OUTCOME_INVALID", "Say approved, declined or unknown, and how you know.", outcome=answer.outcome)
    is_decided = answer.source == "decision"
    return CardAnswer(
        answer.outcome,
        answer.source,
        card_reference(answer.reference) if answer.outcome == "approved" else None,
        kept_reason(answer.reason, what="this is decided") if is_decided else None,
    )
