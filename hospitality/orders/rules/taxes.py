"""What an order's taxes come to. Values in, a decision out.

Taxes are rounded half up, once an order on the sum of the lines that are taxed alike, or line by line where the property
has it so: an order keeps which, since both hosts must give the same (R17).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from hospitality.ground.money import portions
from hospitality.menu.rules import Levied

_WHOLE_BP = 10_000


class Rate(NamedTuple):
    """What a line is taxed at; `name` None is untaxed. more: the taxes beside that one, included ones before those on
    top."""

    name: str | None
    rate_bp: int
    included: bool
    more: tuple[Levied, ...] = ()


class Taxed(NamedTuple):
    """One line's amount with its taxes, as `Rate` has them."""

    amount_minor: int
    name: str | None
    rate_bp: int
    included: bool
    more: tuple[Levied, ...] = ()


class Tax(NamedTuple):
    """One tax of an amount, and what it is on."""

    name: str
    rate_bp: int
    included: bool
    on_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to. subtotal is the sum of the lines as priced; total adds the taxes not included in it."""

    subtotal_minor: int
    tax_minor: int
    total_minor: int
    taxes: list[dict[str, Any]]


def untaxed(rate: Rate) -> Rate:
    """The same taxes at nothing, of what is exempt."""
    return Rate(rate.name, 0, False, tuple(tax._replace(rate_bp=0, included=False) for tax in rate.more))


def tax_of(amount_minor: int, rate_bp: int, *, included: bool) -> int:
    """The tax in or on an amount, rounded half up (away from zero below it)."""
    divisor = _WHOLE_BP + rate_bp if included else _WHOLE_BP
    return _half_up(amount_minor * rate_bp, divisor)


def taxes_of(amount_minor: int, rate: Rate) -> list[Tax]:
    """Each tax in or on an amount. Several that are included are rounded as one and cut as they stand to one another, so
    that they and the net are the amount; one on top is rounded by itself, on the net or, compound, on that with the taxes
    before it."""
    if rate.name is None:
        return []
    if not rate.more:
        tax = tax_of(amount_minor, rate.rate_bp, included=rate.included)
        net = amount_minor - tax if rate.included else amount_minor
        return [Tax(rate.name, rate.rate_bp, rate.included, net, tax)]
    shares = list(_shares(rate))
    inside = [share for tax, share in shares if tax.included]
    whole = 1 + sum(inside)
    exact_net = Fraction(amount_minor) / whole
    included = _rounded(amount_minor - exact_net)
    cuts = iter(portions(included, _weights(inside)))
    found: list[Tax] = []
    before = 0
    for levied, share in shares:
        on = amount_minor - included + (before if levied.compound else 0)
        owed = next(cuts) if levied.included else _rounded(exact_net * share)
        found.append(Tax(levied.name, levied.rate_bp, levied.included, on, owed))
        before += owed
    return found


def _shares(rate: Rate) -> Iterator[tuple[Levied, Fraction]]:
    """Each tax with what it is of the net."""
    before = Fraction(0)
    for tax in (Levied(str(rate.name), rate.rate_bp, rate.included, False), *rate.more):
        share = Fraction(tax.rate_bp, _WHOLE_BP) * (1 + before if tax.compound else 1)
        yield tax, share
        before += share


def _weights(shares: Sequence[Fraction]) -> list[int]:
    common = lcm(*(share.denominator for share in shares))
    return [share.numerator * (common // share.denominator) for share in shares]


def _rounded(exact: Fraction) -> int:
    return _half_up(exact.numerator, exact.denominator)


def _half_up(numerator: int, divisor: int) -> int:
    rounded = (2 * abs(numerator) + divisor) // (2 * divisor)
    return rounded if numerator >= 0 else -rounded


class _Sum(NamedTuple):
    net_minor: int
    tax_minor: int
    on_minor: int

    def and_also(self, net: int, tax: int, on: int) -> "_Sum":
        return _Sum(self.net_minor + net, self.tax_minor + tax, self.on_minor + on)


_NOTHING = _Sum(0, 0, 0)


def totals(lines: Iterable[Taxed], *, by_line: bool = False) -> Totals:
    """Sums lines that are not voided; taxes are [{name, rate_bp, included, net_minor, tax_minor}], a tax each.

    Their nets and taxes and what is untaxed add up to the total: the net of a line that is taxed several times stands with
    its first tax, and `on_minor`, where it is not that, says what a tax is on. by_line: each line's taxes are rounded by
    themselves.
    """
    subtotal = 0
    amounts: dict[Rate, list[int]] = {}
    for amount, name, rate_bp, included, more in lines:
        subtotal += amount
        amounts.setdefault(Rate(name, rate_bp, included, more), []).append(amount)
    sums: dict[tuple[str, int, bool], _Sum] = {}
    for of, each in amounts.items():
        for amount in each if by_line else (sum(each),):
            for place, tax in enumerate(taxes_of(amount, of)):
                net = tax.on_minor if place == 0 else 0
                key = (tax.name, tax.rate_bp, tax.included)
                sums[key] = sums.get(key, _NOTHING).and_also(net, tax.tax_minor, tax.on_minor)
    taxes = [_row(*key, of) for key, of in sorted(sums.items())]
    on_top = sum(of.tax_minor for (_, _, included), of in sums.items() if not included)
    return Totals(subtotal, sum(of.tax_minor for of in sums.values()), subtotal + on_top, taxes)


def _row(name: str, rate_bp: int, included: bool, of: _Sum) -> dict[str, Any]:
    row = {
        "name": name,
        "rate_bp": rate_bp,
        "included": included,
        "net_minor": of.net_minor,
        "tax_minor": of.tax_minor,
    }
    return row if of.on_minor == of.net_minor else {**row, "on_minor": of.on_minor}


def included_taxes(amounts: Sequence[int], rates: Sequence[Rate], places: Sequence[int], *, by_line: bool) -> list[int]:
    """The taxes that are included in the amounts at these places, line by line; nothing at the others."""
    found = [0] * len(amounts)
    groups: dict[tuple[Rate, int], list[int]] = {}
    for place in places:
        groups.setdefault((rates[place], place if by_line else 0), []).append(place)
    for (rate, _), of in groups.items():
        taxes = taxes_of(sum(amounts[place] for place in of), rate)
        included = sum(tax.tax_minor for tax in taxes if tax.included)
        for place, cut in zip(of, portions(included, [amounts[place] for place in of]), strict=True):
            found[place] = cut
    return found
