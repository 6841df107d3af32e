"""A receipt as it reads on paper, in 42 columns."""

from datetime import tzinfo

from edge.terminal.acts import place_words
from edge.terminal.amounts import written, written_with_currency
from edge.terminal.days import long_day_words
from edge.terminal.shapes.money import Payment, Receipt
from edge.terminal.shapes.orders import Order
from edge.terminal.sold_words import as_sold, head_of, measure_words, option_words
from edge.terminal.widgets.check_lines import order_totals
from edge.terminal.widgets.painted import fitted
from edge.terminal.words import _, about, n_

COLUMNS = 42


def receipt_lines(receipt: Receipt, property_name: str, zone: tzinfo | None) -> list[str]:
    """The receipt, line by line, none longer than COLUMNS cells, its time in `zone`."""
    order, issued = receipt.order, receipt.issued_at.astimezone(zone)
    lines = [(receipt.property.name or property_name).center(COLUMNS).rstrip(), ""]
    lines.append(_sides(_("Receipt {number}").format(number=receipt.number), order.number))
    lines.append(_sides(f"{long_day_words(issued)} {issued:%H:%M}", order.opened_by_name or ""))
    where = [place_words(order.table, order.channel)] if order.table else []
    where += [n_("{n} guest", "{n} guests", order.covers)] if order.covers else []
    lines += [" · ".join(where)] if where else []
    lines.append("─" * COLUMNS)
    lines += _items(order)
    lines.append("─" * COLUMNS)
    totals = order_totals(order)
    shown = [
        (words, amount) for words, amount, style in totals if words in {_("Total")} or style in ("$quiet", "$warning")
    ]
    lines += [_sides(words, written(amount, order.currency)) for words, amount in shown[:-1]]
    lines += [_sides(words, written_with_currency(amount, order.currency)) for words, amount in shown[-1:]]
    for payment in receipt.payments:
        lines += _payment(payment)
    return lines


def _items(order: Order) -> list[str]:
    lines = []
    for sold in as_sold(line for line in order.lines if not line.void_reason):
        quantity, name = head_of(sold)
        amount = written(sum(line.amount_minor for line in sold), order.currency)
        lines.append(_sides(f"{quantity} {name}", amount))
        for line in sold:
            lines += [f"  {line.name}"] if line.name != name else []
            lines += [f"  {measure_words(line.sold_as)}"] if measure_words(line.sold_as) else []
            lines += [f"  {option_words(option)}" for option in line.options]
    return lines


def _payment(payment: Payment) -> list[str]:
    words = {"cash": _("Cash"), "card": _("Card"), "deposit": _("Deposit")}.get(payment.tender, payment.tender)
    if payment.reference:
        words = f"{words} {payment.reference}"
    taken = payment.amount_minor + payment.tip_minor
    given = payment.tendered_minor if payment.tendered_minor is not None else taken
    lines = [_sides(_("Tip"), written(payment.tip_minor, payment.currency))] if payment.tip_minor else []
    lines += [_sides(words, written(given, payment.currency))]
    if payment.change_minor:
        lines.append(_sides(_(about("money", "Change")), written(payment.change_minor, payment.currency)))
    return lines


def _sides(left: str, right: str) -> str:
    return f"{fitted(left, COLUMNS - len(right) - 1)} {right}".rstrip()
