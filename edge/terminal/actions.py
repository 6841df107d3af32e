"""The table of what staff may do with an order, a line and the till: key, words, right, what it asks, where it goes.

One mechanism serves all of them: the menu of actions is made from this table, the form from what an action asks, and
the request from its path and the answers. A new verb of the node is a new row here. Pure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from edge.terminal.amounts import written_with_currency
from edge.terminal.asks import (
    amount_field,
    charge_asks,
    close_asks,
    comp_asks,
    count_asks,
    covers_asks,
    exempt_asks,
    fire_asks,
    merge_asks,
    move_asks,
    own_check_asks,
    party_asks,
    promise_asks,
    refund_asks,
    reopen_asks,
    reprint_asks,
    seat_asks,
    server_asks,
    share_asks,
    split_asks,
    tab_asks,
    table_asks,
    tip_asks,
    void_asks,
    withdraw_asks,
)
from edge.terminal.forms import Field, nested
from edge.terminal.subject import Subject
from edge.terminal.words import _, later

Scope = Literal["line", "order", "till"]
Report = Literal["x", "day", "server"]
MANAGES = "cash.manage"


@dataclass(frozen=True)
class Action:
    """One row of the table. `path` names parts in braces: of the subject, else of the answers."""

    name: str
    key: str
    label: str
    scope: Scope
    right: str
    path: str
    done: str
    """What is said when the node has done it."""
    lent: bool = False
    """Whether a manager's PIN lends the right for once."""
    offered: Callable[[Subject], bool] = lambda _subject: True
    asks: Callable[[Subject], tuple[Field, ...]] = lambda _subject: ()
    says: Mapping[str, Any] = field(default_factory=dict)
    """What goes into the request beside the answers."""
    shows: Report | None = None
    """The report that is opened afterwards, or, without a path, instead."""

    def request(self, subject: Subject, answers: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The path below the property's, and the body."""
        parts = _parts(subject) | {name: str(value) for name, value in answers.items()}
        taken = {name for name in answers if "{" + name + "}" in self.path}
        said = {name: value.format(**parts) if isinstance(value, str) else value for name, value in self.says.items()}
        return self.path.format(**parts), said | nested({n: v for n, v in answers.items() if n not in taken})


def _parts(subject: Subject) -> dict[str, str]:
    return {
        "order": subject.order.id if subject.order else "",
        "line": subject.line.id if subject.line else "",
        "drawer": subject.drawer.id if subject.drawer else "",
        "session": subject.session_id,
        "day": subject.business_date,
        "person": subject.person_id,
        "terminal": subject.terminal_id,
    }


def offered(subject: Subject, scopes: Iterable[Scope], may: Callable[[str], bool]) -> list[Action]:
    """The rows that fit: those that the role allows, or that a manager's PIN lends."""
    wanted = tuple(scopes)
    fitting = (action for action in ACTIONS if action.scope in wanted and action.offered(subject))
    return [action for action in fitting if action.lent or may(action.right)]


def action_named(name: str) -> Action | None:
    """The row with this name; None for one of another release."""
    return next((action for action in ACTIONS if action.name == name), None)


def _can_refund(subject: Subject) -> bool:
    order = subject.order
    return order is not None and order.paid_minor > 0


_OPEN: Callable[[Subject], bool] = lambda subject: subject.order is not None and not subject.settled  # noqa: E731
_LINE: Callable[[Subject], bool] = lambda subject: (  # noqa: E731
    subject.line is not None and not subject.line.void_reason and not subject.settled
)
_DRAWER: Callable[[Subject], bool] = lambda subject: bool(subject.session_id)  # noqa: E731
_ADJUST = "/orders/{order}/adjustments"
_MOVE = "/drawer-sessions/{session}/moves"


def _adjusting(kind: str, key: str, label: str, done: str, asks: Callable[[Subject], tuple[Field, ...]]) -> Action:
    """Takes something off the whole of an order, or puts it on."""
    return Action(
        kind,
        key,
        label,
        "order",
        f"orders.{kind}",
        _ADJUST,
        done,
        lent=True,
        offered=lambda subject: _OPEN(subject) and bool(subject.left),
        asks=asks,
        says={"kind": kind},
    )


ACTIONS: tuple[Action, ...] = (
    Action(
        "void",
        "v",
        later("Void this line"),
        "line",
        "orders.void",
        "/orders/{order}/lines/{line}/void",
        later("Voided."),
        lent=True,
        offered=_LINE,
        asks=void_asks,
    ),
    Action(
        "comp_line",
        "x",
        later("Comp this line"),
        "line",
        "orders.comp",
        _ADJUST,
        later("It is on the house."),
        lent=True,
        offered=_LINE,
        asks=comp_asks,
        says={"kind": "comp", "line_id": "{line}"},
    ),
    Action(
        "discount_line",
        "i",
        later("Discount this line"),
        "line",
        "orders.discount",
        _ADJUST,
        later("The discount is off."),
        lent=True,
        offered=_LINE,
        asks=share_asks,
        says={"kind": "discount", "line_id": "{line}"},
    ),
    Action(
        "own_check",
        "l",
        later("This line to a check of its own"),
        "line",
        "orders.place",
        "/orders/{order}/split",
        later("It is on a check of its own: F3 lists it."),
        offered=lambda subject: _LINE(subject) and len(subject.left) > 1,
        asks=own_check_asks,
    ),
    Action(
        "fire",
        "f",
        later("Fire what is held"),
        "order",
        "orders.place",
        "/orders/{order}/fire",
        later("Fired: the kitchen has it."),
        offered=lambda subject: bool(subject.held),
        asks=fire_asks,
    ),
    Action(
        "rush",
        "u",
        later("Rush"),
        "order",
        "orders.place",
        "/orders/{order}/rush",
        later("The kitchen is asked to hurry."),
        offered=lambda subject: any(line.kitchen_state in ("placed", "in_preparation") for line in subject.left),
    ),
    Action(
        "repeat",
        "a",
        later("The last round again"),
        "order",
        "orders.place",
        "/orders/{order}/repeat",
        later("Ordered again."),
        offered=lambda subject: _OPEN(subject) and bool(subject.left),
    ),
    Action(
        "table",
        "t",
        later("To another table"),
        "order",
        "orders.place",
        "/orders/{order}/changes",
        later("Moved."),
        offered=_OPEN,
        asks=table_asks,
    ),
    Action(
        "server",
        "s",
        later("To another server"),
        "order",
        "orders.place",
        "/orders/{order}/changes",
        later("Handed over."),
        offered=lambda subject: _OPEN(subject) and bool(subject.people),
        asks=server_asks,
    ),
    Action(
        "covers",
        "g",
        later("Guests"),
        "order",
        "orders.place",
        "/orders/{order}/changes",
        later("Counted anew."),
        offered=_OPEN,
        asks=covers_asks,
    ),
    Action(
        "tab",
        "b",
        later("Name the tab"),
        "order",
        "orders.place",
        "/orders/{order}/changes",
        later("The tab is named."),
        offered=_OPEN,
        asks=tab_asks,
    ),
    Action(
        "split",
        "k",
        later("Split by seat"),
        "order",
        "orders.place",
        "/orders/{order}/split",
        later("Split: F3 lists the checks."),
        offered=lambda subject: _OPEN(subject) and bool(split_asks(subject)[0].choices),
        asks=split_asks,
    ),
    Action(
        "merge",
        "m",
        later("Merge another order into this"),
        "order",
        "orders.place",
        "/orders/{order}/merges",
        later("Merged: all of it is here."),
        offered=lambda subject: _OPEN(subject) and bool(subject.others),
        asks=merge_asks,
    ),
    Action(
        "promise",
        "h",
        later("Promise a time"),
        "order",
        "orders.place",
        "/orders/{order}/changes",
        later("Promised."),
        offered=_OPEN,
        asks=promise_asks,
    ),
    _adjusting("discount", "d", later("Discount the order"), later("The discount is off."), share_asks),
    _adjusting("comp", "c", later("Comp the order"), later("It is on the house."), comp_asks),
    _adjusting("service_charge", "e", later("Service charge"), later("The service charge is on."), charge_asks),
    _adjusting("exempt", "n", later("No taxes: exempt guest"), later("No taxes are owed on it."), exempt_asks),
    Action(
        "withdraw",
        "w",
        later("Take one of these back"),
        "order",
        "orders.discount",
        _ADJUST + "/{adjustment}/withdraw",
        later("It counts no more."),
        lent=True,
        offered=lambda subject: _OPEN(subject) and subject.order is not None and bool(subject.order.adjustments),
        asks=withdraw_asks,
    ),
    Action(
        "reopen",
        "o",
        later("Open it again"),
        "order",
        "orders.reopen",
        "/orders/{order}/reopen",
        later("It is open again: its receipt counts no more."),
        lent=True,
        offered=lambda subject: subject.settled,
        asks=reopen_asks,
    ),
    Action(
        "refund",
        "r",
        later("Give money back"),
        "order",
        "payments.refund",
        "/payments/{payment}/refunds",
        later("Given back: note it on the slip."),
        lent=True,
        offered=_can_refund,
        asks=refund_asks,
    ),
    Action(
        "reprint",
        "p",
        later("Print a slip again"),
        "order",
        "orders.place",
        "/print-jobs/{slip}/print-again",
        later("It is printed again, marked REPRINT."),
        offered=lambda subject: subject.order is not None,
        asks=reprint_asks,
    ),
    Action(
        "set_up_drawer",
        "n",
        later("Set up a drawer for this terminal"),
        "till",
        MANAGES,
        "/drawers",
        later("The drawer is set up. Open it with its float."),
        offered=lambda subject: subject.drawer is None,
        asks=lambda _subject: (Field("name", _("Name"), needed=_("Name the drawer.")),),
        says={"terminal_id": "{terminal}"},
    ),
    Action(
        "open_drawer",
        "o",
        later("Open the drawer with its float"),
        "till",
        "cash.drawer",
        "/drawers/{drawer}/sessions",
        later("The drawer is open."),
        offered=lambda subject: subject.drawer is not None and not subject.session_id,
        asks=lambda subject: (amount_field("float_minor", _("Float"), _("Count the float, 0 for none."), subject),),
    ),
    Action(
        "paid_in",
        "i",
        later("Paid in"),
        "till",
        "cash.drawer",
        _MOVE,
        later("Written down."),
        offered=_DRAWER,
        asks=move_asks(later("Change from the bank"), later("Float topped up")),
        says={"kind": "paid_in"},
    ),
    Action(
        "paid_out",
        "u",
        later("Paid out"),
        "till",
        "cash.pay_out",
        _MOVE,
        later("Written down."),
        lent=True,
        offered=_DRAWER,
        asks=move_asks(later("Bought for the kitchen"), later("Delivery")),
        says={"kind": "paid_out"},
    ),
    Action(
        "drop",
        "d",
        later("Drop to the safe"),
        "till",
        "cash.drawer",
        _MOVE,
        later("Written down."),
        offered=_DRAWER,
        asks=move_asks(later("To the safe")),
        says={"kind": "drop"},
    ),
    Action(
        "tip_out",
        "t",
        later("Pay tips out"),
        "till",
        "cash.pay_out",
        _MOVE,
        later("Written down."),
        lent=True,
        offered=_DRAWER,
        asks=tip_asks,
        says={"kind": "tip_out"},
    ),
    Action(
        "count",
        "c",
        later("Count the drawer, blind"),
        "till",
        "cash.drawer",
        "/drawer-sessions/{session}/count",
        later("Counted."),
        offered=_DRAWER,
        asks=count_asks,
    ),
    Action(
        "x",
        "x",
        later("X report: the day so far"),
        "till",
        "reports.read",
        "",
        "",
        shows="x",
    ),
    Action(
        "close_day",
        "z",
        later("Z report: close the day"),
        "till",
        "days.close",
        "/business-days/{day}/close",
        later("The day is closed."),
        offered=lambda subject: bool(subject.business_date),
        asks=close_asks,
        shows="day",
    ),
    Action(
        "wait",
        "y",
        later("Put guests on the waitlist"),
        "till",
        "tables.seat",
        "/parties",
        later("They wait; the floor's screen quotes them a time."),
        asks=party_asks,
    ),
    Action(
        "seat",
        "e",
        later("Seat who waits or has reserved"),
        "till",
        "tables.seat",
        "/parties/{party}/seatings",
        later("They are seated."),
        offered=lambda subject: bool(subject.parties),
        asks=seat_asks,
    ),
    Action(
        "check_out",
        "s",
        later("Server checkout"),
        "till",
        "payments.take",
        "/servers/{person}/checkouts",
        later("Handed in."),
        asks=lambda subject: (Field("declared_tip_minor", _("Cash tips kept"), "amount", currency=subject.currency),),
        shows="server",
    ),
)


def count_words(counted: Iterable[tuple[str, int]]) -> str:
    """What a blind count found: over, short or exact, by currency."""
    parts = []
    for currency, over_minor in counted:
        amount = written_with_currency(abs(over_minor), currency)
        words = _("{amount} over") if over_minor > 0 else _("{amount} short") if over_minor else _("{amount}: exact")
        parts.append(words.format(amount=amount if over_minor else currency))
    return ", ".join(parts)
