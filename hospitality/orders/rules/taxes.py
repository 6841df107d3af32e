"""What an order's taxes come to. Values in, a decision out.

Taxes are rounded half up, once for each rate of an order on the sum of that rate's lines, or line by line where the
property has it so: an order keeps which, since both hosts must give the same (R17).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hospitality.ground.money import portions

_WHOLE_BP = 10_000


class Rate(NamedTuple):
    """A line's tax; `name` None is untaxed."""

    name: str | None
    rate_bp: int
    included: bool


class Taxed(NamedTuple):
    """One line's amount with its tax; `name` None is untaxed."""

    amount_minor: int
    name: str | None
    rate_bp: int
    included: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to. subtotal is the sum of the lines as priced; total adds the taxes not included in it."""

    subtotal_minor: int
    tax_minor: int
    total_minor: int
    taxes: list[dict[str, Any]]


def tax_of(amount_minor: int, rate_bp: int, *, included: bool) -> int:
    """The tax in or on an amount, rounded half up (away from zero below it)."""
    divisor = _WHOLE_BP + rate_bp if included else _WHOLE_BP
    tax = (2 * abs(amount_minor) * rate_bp + divisor) // (2 * divisor)
    return tax if amount_minor >= 0 else -tax


def totals(lines: Iterable[Taxed], *, by_line: bool = False) -> Totals:
    """Sums lines that are not voided; taxes are [{name, rate_bp, included, net_minor, tax_minor}], a rate each.

    by_line: each line's tax is rounded by itself.
    """
    subtotal = 0
    by_rate: dict[tuple[str, int, bool], int] = {}
    line_taxes: dict[tuple[str, int, bool], int] = {}
    for amount, name, rate_bp, included in lines:
        subtotal += amount
        if name is not None:
            rate = (name, rate_bp, included)
            by_rate[rate] = by_rate.get(rate, 0) + amount
            if by_line:
                line_taxes[rate] = line_taxes.get(rate, 0) + tax_of(amount, rate_bp, included=included)
    all_tax = on_top = 0
    taxes = []
    for (name, rate_bp, included), amount in sorted(by_rate.items()) if len(by_rate) > 1 else by_rate.items():
        tax = line_taxes[name, rate_bp, included] if by_line else tax_of(amount, rate_bp, included=included)
        all_tax += tax
        if not included:
            on_top += tax
        net = amount - tax if included else amount
        taxes.append({"name": name, "rate_bp": rate_bp, "included": included, "net_minor": net, "tax_minor": tax})
    return Totals(subtotal, all_tax, subtotal + on_top, taxes)


def included_taxes(amounts: Sequence[int], rates: Sequence[Rate], places: Sequence[int], *, by_line: bool) -> list[int]:
    """The tax that is included in the amounts at these places, line by line; nothing at the others."""
    found = [0] * len(amounts)
    groups: dict[tuple[Rate, int], list[int]] = {}
    for place in places:
        if rates[place].name is not None and rates[place].included:
            groups.setdefault((rates[place], place if by_line else 0), []).append(place)
    for (rate, _), of in groups.items():
        tax = tax_of(sum(amounts[place] for place in of), rate.rate_bp, included=True)
        for place, cut in zip(of, portions(tax, [amounts[place] for place in of]), strict=True):
            found[place] = cut
    return found
