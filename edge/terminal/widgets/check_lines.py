"""What a check says: its lines sent and unsent, its title and its sums, as rows and texts."""

from collections.abc import Iterable, Sequence

from textual.content import Content

from edge.terminal.acts import channel_words, place_words
from edge.terminal.amounts import percent, written, written_with_currency
from edge.terminal.asks import adjustment_words
from edge.terminal.draft import Draft, DraftLine
from edge.terminal.shapes.orders import Order, OrderLine
from edge.terminal.sold_words import as_sold, chosen_words, head_of, measure_words, option_words, thousandths_words
from edge.terminal.widgets.rows import Cell, Row
from edge.terminal.words import _, n_

NEW = "new:"
SENT = "sent:"


def sent_rows(order: Order | None) -> Iterable[Row]:
    """The lines of an order as the node has them; those that were ordered as one are one row."""
    for lines in as_sold(order.lines if order else ()):
        first = lines[0]
        quantity, name = head_of(lines)
        tone = "quiet" if first.void_reason else "plain"
        amount = sum(line.amount_minor for line in lines)
        cells = (
            Cell(str(quantity), tone),
            Cell(seated(name, first.seat), tone),
            # A voided line keeps its amount at the node, and is in no sum.
            Cell("" if first.void_reason else written(amount, order.currency if order else ""), tone),
        )
        yield Row(f"{SENT}{first.id}", cells, tuple(_sent_details(lines)))


def _sent_details(lines: Sequence[OrderLine]) -> Iterable[tuple[Cell, ...]]:
    first, (quantity, name) = lines[0], head_of(lines)
    if first.void_reason:
        yield _detail(_("VOID: {reason}").format(reason=first.void_reason), "bad")
        return
    for line in lines:
        if line.name != name:
            times = line.quantity // quantity
            yield _detail(f"{times} x {line.name}" if times > 1 else line.name, "plain")
        indent = "  " if line.name != name else ""
        for words, tone in (*_course(line.course, held=line.kitchen_state == "held"), *_said(line)):
            yield _detail(f"{indent}{words}", tone)
    if first.note:
        yield _detail(f"» {first.note}", "warn")


def _said(line: OrderLine) -> Iterable[tuple[str, str]]:
    if measured := measure_words(line.sold_as):
        yield measured, "quiet"
    for option in line.options:
        yield option_words(option), "quiet"


def new_rows(draft: Draft, currency: str) -> Iterable[Row]:
    """The lines of a draft, priced by the menu."""
    for place, line in enumerate(draft.lines):
        cells = (
            Cell(str(line.quantity), "accent"),
            Cell(seated(line.words, line.seat), "strong"),
            Cell(written(line.amount_minor, currency), "strong"),
        )
        yield Row(f"{NEW}{place}", cells, tuple(_new_details(line, currency)))


def seated(name: str, seat: int | None) -> str:
    """An item with the seat that it is for."""
    return f"{name} @{seat}" if seat else name


def _course(course: int | None, *, held: bool) -> Iterable[tuple[str, str]]:
    """Of which course, and loudly that the kitchen has it not yet."""
    words = _("Course {n}").format(n=course) if course else ""
    if held:
        yield " · ".join(part for part in (words, _("HELD")) if part), "warn"
    elif words:
        yield words, "quiet"


def _new_details(line: DraftLine, currency: str) -> Iterable[tuple[Cell, ...]]:
    for words, tone in _course(line.course, held=line.hold):
        yield _detail(words, tone)
    if line.measured is not None:
        yield _detail(thousandths_words(line.measured, line.item.sold_as), "quiet")
    for words, delta in chosen_words(line.options):
        price = f" +{written(delta, currency)}" if delta > 0 else f" {written(delta, currency)}" if delta else ""
        yield _detail(f"{words}{price}", "quiet")
    if line.note:
        yield _detail(f"» {line.note}", "warn")


def _detail(words: str, tone: str) -> tuple[Cell, ...]:
    return (Cell(""), Cell(words, tone, across=2))


def title(order: Order | None, draft: Draft) -> Content:
    """Which order: its number when the node has it, and where it goes."""
    table, covers = (order.table, order.covers) if order else (draft.table, draft.covers)
    channel = order.channel if order else draft.channel
    # A table says by itself that it is eaten in, a room that it is brought there.
    parts = [] if table and channel in ("dine_in", "room_service") else [channel_words(channel)]
    if table:
        parts.append(place_words(table, channel))
    if covers:
        parts.append(n_("{n} guest", "{n} guests", covers))
    if order and order.tab:
        parts.append(order.tab)
    if order and order.server_name and order.server_name != order.opened_by_name:
        parts.append(order.server_name)
    if draft.seat:
        parts.append(f"@{draft.seat}")
    if draft.course:
        parts.append(f"#{draft.course}")
    number = order.number if order else _("New order")
    return Content.assemble((number, "bold $accent"), "  ", " · ".join(parts))


def order_totals(order: Order) -> list[tuple[str, int, str]]:
    """The node's figures of an order: words, amount, style."""
    lines: list[tuple[str, int, str]] = []
    for one in order.adjustments:
        lines.append((adjustment_words(one, order), one.amount_minor, "$warning"))
    for tax in order.taxes:
        words = _("incl. {name} {percent}") if tax.included else _("{name} {percent}")
        lines.append((words.format(name=tax.name, percent=percent(tax.rate_bp)), tax.tax_minor, "$quiet"))
    lines.append((_("Total"), order.total_minor, "bold"))
    if order.paid_minor:
        lines.append((_("Paid"), order.paid_minor, ""))
    if order.due_minor != order.total_minor:
        lines.append((_("To pay"), order.due_minor, "bold"))
    if order.refunded_minor:
        lines.append((_("Given back"), order.refunded_minor, ""))
    return lines


def totals_content(lines: list[tuple[str, int, str]], currency: str, width: int) -> Content:
    """Amounts under each other; the last, which counts, with its currency."""
    shown = []
    for place, (words, amount_minor, style) in enumerate(lines):
        last = place == len(lines) - 1
        amount = written_with_currency(amount_minor, currency) if last else written(amount_minor, currency)
        room = max(1, width - len(words) - len(amount) - 2)
        shown.append(Content.styled(f"{words}{' ' * room}{amount}", style))
    return Content("\n").join(shown)


def withdrawn_words(order: Order) -> str:
    """Which receipt counts no more, and why."""
    last = order.withdrawn_receipts[-1]
    why = {
        "reopened": _("opened again"),
        "changed": _("the order was changed elsewhere"),
        "settled_twice": _("settled twice"),
    }
    cause = why.get(last.cause, last.cause)
    return _("▲ Receipt {number} counts no more: {cause}").format(number=last.number, cause=cause)


def kitchen_words(state: str) -> str:
    """A kitchen state in words."""
    words = {
        "held": _("held"),
        "placed": _("in the kitchen"),
        "in_preparation": _("being made"),
        "ready": _("ready"),
        "served": _("served"),
        "voided": _("voided"),
    }
    return words.get(state, state.replace("_", " "))
