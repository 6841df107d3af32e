"""What was chosen, weighed and ordered as one, in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from edge.terminal.amounts import decimal
from edge.terminal.choices import Chosen
from edge.terminal.days import weekday
from edge.terminal.shapes.menu import UNITS, NotServed
from edge.terminal.shapes.orders import LineOption, OrderLine, SoldAs
from edge.terminal.words import _


def option_words(option: LineOption) -> str:
    """An option as it was sold: how often, left out, on which half, under what."""
    return _words(option.name, option.quantity, option.half, option.depth)


def chosen_words(chosen: Sequence[Chosen], depth: int = 0) -> Iterable[tuple[str, int]]:
    """What is chosen of an unsent line, with what each adds to the price."""
    for one in chosen:
        delta = one.option.price_delta_minor
        each = (delta + 1) // 2 if one.half else delta
        yield _words(one.option.name, one.quantity, one.half, depth), one.quantity * each
        yield from chosen_words(one.under, depth + 1)


def _words(name: str, quantity: int, half: str | None, depth: int) -> str:
    if quantity == 0:
        return _("no {item}").format(item=name)
    words = f"{quantity} x {name}" if quantity > 1 else name
    if half:
        words = (_("left half: {item}") if half == "left" else _("right half: {item}")).format(item=words)
    return f"{'› ' * depth}{words}"


def measure_words(sold_as: SoldAs | None) -> str:
    """How much was weighed or measured: "0.312 kg"; nothing for what is sold by the piece."""
    if sold_as is None or sold_as.thousandths is None:
        return ""
    return thousandths_words(sold_as.thousandths, sold_as.kind)


def thousandths_words(thousandths: int, unit: str) -> str:
    """Thousandths of a unit: "0.312 kg"."""
    return f"{decimal(f'{thousandths // 1000}.{thousandths % 1000:03}')} {UNITS.get(unit, unit)}"


def served_words(off: NotServed, now: datetime) -> str:
    """When what is off is on again, in a price's width: "> 18:00", "Sat 10:00"."""
    if off.next_at is None:
        return _("not now")
    at = off.next_at.astimezone(now.tzinfo)
    return f"> {at:%H:%M}" if at.date() == now.date() else f"{weekday(at)} {at:%H:%M}"


def read_thousandths(text: str) -> int | None:
    """The thousandths that were typed: "0.312", "1,5" and "2"; None for anything else."""
    whole, _point, rest = text.strip().replace(",", ".").partition(".")
    typed = (whole + rest).isascii() and (whole or "0").isdigit() and (rest or "0").isdigit() and (whole or rest)
    if not typed or len(rest) > 3 or len(whole) > 3:
        return None
    return int(whole or "0") * 1000 + int(rest.ljust(3, "0") or "0") or None


def as_sold(lines: Iterable[OrderLine]) -> list[list[OrderLine]]:
    """An order's lines, those together that were ordered as one."""
    sold: dict[str, list[OrderLine]] = {}
    for line in lines:
        sold.setdefault(line.part_of.id if line.part_of else line.id, []).append(line)
    return list(sold.values())


def head_of(lines: Sequence[OrderLine]) -> tuple[int, str]:
    """How many of what was ordered, where its lines stand together."""
    part = lines[0].part_of
    return (part.quantity, part.name) if part else (lines[0].quantity, lines[0].name)
