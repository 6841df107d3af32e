"""What staff do with the card terminal that the node asks: rows of the table of actions. Pure.

Of what nobody answered, the node looks up the number by itself; a person who has the slip in hand tells what it says, and
only who may decides without one.
"""

from collections.abc import Callable

from edge.terminal.action import Action
from edge.terminal.amounts import written, written_with_currency
from edge.terminal.asks import why
from edge.terminal.forms import Choice, Field
from edge.terminal.subject import Subject
from edge.terminal.words import _, later

_ANSWERS = "/card-attempts/{attempt}/answers"
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


def slip_asks(subject: Subject) -> tuple[Field, ...]:
    """Which one, and the reference on its slip."""
    needed = _("Type the reference on the card terminal's slip; without one, a manager decides.")
    return *which_asks(subject), Field("reference", _("Reference"), needed=needed)


def decision_asks(subject: Subject) -> tuple[Field, ...]:
    """Which one, and why."""
    hints = (_("The card terminal says it was not taken"), _("The guest paid another way"))
    return *which_asks(subject), why(*hints)


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
)
