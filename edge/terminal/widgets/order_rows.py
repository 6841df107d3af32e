"""Orders as rows of a list: those of the node, and what it has not accepted yet."""

from datetime import datetime

from edge.terminal.acts import place_words
from edge.terminal.amounts import written
from edge.terminal.kept import KeptAction
from edge.terminal.shapes.orders import Order
from edge.terminal.widgets.check_lines import kitchen_words
from edge.terminal.widgets.rows import Cell, Column, Row
from edge.terminal.words import _

KEPT = "kept:"

COLUMNS = (Column(8), Column(), Column(14), Column(7, right=True), Column(10, right=True))
COLUMNS_WIDE = (
    Column(8),
    Column(),
    Column(12),
    Column(3, right=True),
    Column(14),
    Column(7, right=True),
    Column(11, right=True),
)


def kept_row(action: KeptAction, *, wide: bool) -> Row:
    """Something that the node has not accepted, and how things stand with it."""
    kinds = {
        "order": _("Order: {title}"),
        "lines": _("More for an order"),
        "void": _("Void: {title}"),
        "act": "{title}",
        "payment": _("Payment of {title}"),
    }
    state, tone = (_("REFUSED"), "bad") if action.refusal else (_("NOT ACCEPTED"), "alarm")
    title = kinds[action.kind].format(title=action.title)
    amount = written(action.amount_minor, action.currency)
    middle = (Cell(action.person_name), Cell("")) if wide else ()
    cells = (Cell("▲", "warn"), Cell(title, "strong"), *middle, Cell(state, tone), Cell(""), Cell(amount))
    return Row(KEPT + action.key, cells, _refusal_detail(action, wide))


def order_row(order: Order, *, wide: bool, now: datetime, amount_minor: int) -> Row:
    """An order of the node's."""
    where = place_words(order.table, order.channel)
    minutes = int((now - order.opened_at).total_seconds() // 60)
    age = _("{n} min").format(n=minutes) if minutes < 120 else _("{n} h").format(n=minutes // 60)
    guests = Cell(str(order.covers or ""))
    middle = (Cell(order.opened_by_name or "", "quiet"), guests) if wide else ()
    return Row(
        order.id,
        (
            Cell(order.number, "accent"),
            Cell(where, "strong"),
            *middle,
            Cell(kitchen_words(order.kitchen_state), "good" if order.kitchen_state == "ready" else "plain"),
            Cell(age, "quiet"),
            Cell(written(amount_minor, order.currency), "strong"),
        ),
    )


def _refusal_detail(action: KeptAction, wide: bool) -> tuple[tuple[Cell, ...], ...]:
    if not action.refusal:
        return ()
    return ((Cell(""), Cell(action.refusal, "bad", across=5 if wide else 4)),)
