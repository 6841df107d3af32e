"""What staff do with the card terminal that the node asks: rows of the table of actions. Pure.

Of what nobody answered, the node looks up the number by itself; a person who has the slip in hand tells what it says, and
only who may decides without one.
"""

from collections.abc import Callable

from edge.terminal.action import Action
from edge.terminal.amounts import written, written_with_currency
from edge.terminal.asks import card_refund_asks, why
from edge.terminal.forms import Choice, Field
from edge.terminal.subject import Subject
from edge.terminal.words import _, later

_ANSWERS = "/card-attempts/{attempt}/answers"
_REFUND_ANSWERS = "/card-refunds/{card_refund}/answers"
_PAID: Callable[[Subject], bool] = lambda subject: subject.order is not None and subject.order.paid_minor > 0  # noqa: E731
_UNKNOWN: Callable[[Subject], bool] = lambda subject: subject.unknown  # noqa: E731


def charge_asks(subject: Subject) -> tuple[Field, ...]:
    """How much, and the tip on top."""
    due = written(max(0, subject.order.due_minor if subject.order else 0), subject.currency)
    label = _("On {terminal}").format(terminal=subject.card_terminal)
    amount = Field("amount_minor", label, "amount", _("Type the amount."), value=due, currency=subject.currency)
    return amount, Field("tip_minor", _("Tip"), "amount", currency=subject.currency)


def which_asks(subject: Subject) -> tuple[Field, ...]:
    """Which card payment."""
    words = _("Card payment {number}, {amount}")
    choices = []
    for one in subject.attempts:
        amount = written_with_currency(one.amount_minor + one.tip_minor, one.currency)
        choices.append(Choice(words.format(number=one.number, amount=amount), one.id))
    return (Field("attempt", _("Which"), "pick", choices=tuple(choices)),)


def which_refund_asks(subject: Subject) -> tuple[Field, ...]:
    """Which of what was to go back to a card."""
    words = _("Card refund {number}, {amount}")
    choices = []
    for one in subject.card_refunds:
        amount = written_with_currency(one.amount_minor + one.tip_minor, one.currency)
        choices.append(Choice(words.format(number=one.number, amount=amount), one.id))
    return (Field("card_refund", _("Which"), "pick", choices=tuple(choices)),)


def slip_asks(subject: Subject) -> tuple[Field, ...]:
    """Which one, and the reference on its slip."""
    return *which_asks(subject), _of_slip()


def refund_slip_asks(subject: Subject) -> tuple[Field, ...]:
    """Which one, and the reference on its slip."""
    return *which_refund_asks(subject), _of_slip()


def _of_slip() -> Field:
    needed = _("Type the reference on the card terminal's slip; without one, a manager decides.")
    return Field("reference", _("Reference"), needed=needed)


def decision_asks(subject: Subject) -> tuple[Field, ...]:
    """Which one, and why."""
    hints = (_("The card terminal says it was not taken"), _("The guest paid another way"))
    return *which_asks(subject), why(*hints)


def refund_decision_asks(subject: Subject) -> tuple[Field, ...]:
    """Which one, and why."""
    return *which_refund_asks(subject), why(_("The card terminal says it gave nothing back"))


CARD_ACTIONS: tuple[Action, ...] = (
    Action(
        "charge_card",
        "q",
        later("Charge at the card terminal"),
        "order",
        "payments.take",
        "/orders/{order}/card-attempts",
        later("The card terminal is asked."),
        offered=lambda subject: (
            subject.order is not None and subject.order.due_minor > 0 and not subject.settled and not subject.unknown
        ),
        asks=charge_asks,
    ),
    Action(
        "give_up_card",
        "j",
        later("Have the card terminal give up"),
        "order",
        "payments.take",
        "/card-attempts/{attempt}/cancel",
        later("It is asked to give up; what it says follows."),
        offered=_UNKNOWN,
        asks=which_asks,
    ),
    Action(
        "card_was_charged",
        "y",
        later("Its slip says it was charged"),
        "order",
        "payments.take",
        _ANSWERS,
        later("The card payment counts."),
        offered=_UNKNOWN,
        asks=slip_asks,
        says={"outcome": "approved", "source": "look_up"},
    ),
    Action(
        "card_was_not",
        "z",
        later("Decide: it was not charged"),
        "order",
        "payments.decide",
        _ANSWERS,
        later("It counts as not charged. Should it turn out otherwise, it is booked."),
        lent=True,
        offered=_UNKNOWN,
        asks=decision_asks,
        says={"outcome": "declined", "source": "decision"},
    ),
    Action(
        "give_back_to_card",
        "2",
        later("Give back at the card terminal"),
        "order",
        "payments.refund",
        "/payments/{payment}/card-refunds",
        later("The card terminal is asked; the refund is printed once it has given it back."),
        lent=True,
        offered=_PAID,
        asks=card_refund_asks,
    ),
    Action(
        "card_went_back",
        "3",
        later("Its slip says it was given back"),
        "order",
        "payments.take",
        _REFUND_ANSWERS,
        later("It is given back."),
        offered=_PAID,
        asks=refund_slip_asks,
        says={"outcome": "approved", "source": "look_up"},
    ),
    Action(
        "card_was_not_given_back",
        "4",
        later("Decide: it was not given back"),
        "order",
        "payments.decide",
        _REFUND_ANSWERS,
        later("It counts as not given back. Should it turn out otherwise, it is booked."),
        lent=True,
        offered=_PAID,
        asks=refund_decision_asks,
        says={"outcome": "declined", "source": "decision"},
    ),
)
