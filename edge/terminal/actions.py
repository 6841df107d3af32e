"""The table of what staff may do with an order, a line and the till: key, words, right, what it asks, where it goes.

One mechanism serves all of them: the menu of actions is made from this table, the form from what an action asks, and
the request from its path and the answers. A new verb of the node is a new row in `order_actions`,
`card_actions` or `till_actions`. Pure.
"""

from collections.abc import Callable, Iterable

from edge.terminal.action import Action, Scope
from edge.terminal.amounts import written_with_currency
from edge.terminal.card_actions import CARD_ACTIONS
from edge.terminal.order_actions import ORDER_ACTIONS
from edge.terminal.subject import Subject
from edge.terminal.till_actions import TILL_ACTIONS
from edge.terminal.words import _

ACTIONS = (*ORDER_ACTIONS, *CARD_ACTIONS, *TILL_ACTIONS)


def offered(subject: Subject, scopes: Iterable[Scope], may: Callable[[str], bool]) -> list[Action]:
    """The rows that fit: those that the role allows, or that a manager's PIN lends."""
    wanted = tuple(scopes)
    fitting = (action for action in ACTIONS if action.scope in wanted and action.offered(subject))
    return [action for action in fitting if action.lent or may(action.right)]


def action_named(name: str) -> Action | None:
    """The row with this name; None for one of another release."""
    return next((action for action in ACTIONS if action.name == name), None)


def count_words(counted: Iterable[tuple[str, int]]) -> str:
    """What a blind count found: over, short or exact, by currency."""
    parts = []
    for currency, over_minor in counted:
        amount = written_with_currency(abs(over_minor), currency)
        words = _("{amount} over") if over_minor > 0 else _("{amount} short") if over_minor else _("{amount}: exact")
        parts.append(words.format(amount=amount if over_minor else currency))
    return ", ".join(parts)
