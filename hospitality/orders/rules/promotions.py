"""What promotions take off an order. Values in, a decision out.

The rule, the same at every node and whatever the order of the lines: first each piece that was ordered has one promotion
of items at most, and of all ways to share them out that which takes off most; then one promotion of the whole order, the
one that takes off most of what is left. Of equals the one that was made first. Nothing falls below zero.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from hospitality.ground.money import portions
from hospitality.menu.promotions import Promotion

UNITS_MAX = 500  # of one order, the dearest, that may be free or bought for one that is
STATES_MAX = 256  # of sets that are begun; of promotions beyond that the first made count
_WHOLE_BP = 10_000
_NEVER = -(10**15)  # what nothing that is taken off makes up for
Shares = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Sold:
    """A line as promotions see it, and which of them may take something off it.

    is_part: it came with something else that was ordered (of a set, brought by a choice), so only what is a percentage of
    that is for it.
    """

    line_id: str
    quantity: int
    unit_price_minor: int
    promotion_ids: frozenset[str]
    is_part: bool = False


class _Unit(NamedTuple):
    """One piece of a line, and the most that a promotion without others would take off it."""

    price_minor: int
    line_id: str
    promotion_ids: frozenset[str]
    plain: tuple[int, str]


def taken_off(sold: Iterable[Sold], promotions: Collection[Promotion]) -> Shares:
    """(promotion id, line id) → what it takes off the line, above zero."""
    lines = sorted((line for line in sold if line.quantity > 0), key=lambda line: line.line_id)
    of_items = [one for one in promotions if not one.is_of_order]
    shares = _of_items(lines, sorted(of_items, key=lambda one: one.id))
    shares.update(_of_order(lines, [one for one in promotions if one.is_of_order], shares))
    return shares


def _of_items(lines: Sequence[Sold], promotions: Sequence[Promotion]) -> Shares:
    shares: Shares = {}
    covered = {id for line in lines if not line.is_part for id in line.promotion_ids}
    frees = _few([one for one in promotions if one.kind == "free" and one.id in covered])
    free_ids = frozenset(one.id for one in frees)
    units: list[_Unit] = []
    for line in lines:
        plain = _plain(line, promotions)
        if free_ids.isdisjoint(line.promotion_ids) or line.is_part:
            _give(shares, plain[1], line.line_id, plain[0] * line.quantity)
        else:
            unit = _Unit(line.unit_price_minor, line.line_id, line.promotion_ids, plain)
            units += [unit] * line.quantity
    units.sort(key=lambda unit: (-unit.price_minor, unit.line_id))
    for unit in units[UNITS_MAX:]:
        _give(shares, unit.plain[1], unit.line_id, unit.plain[0])
    for unit, promotion_id, amount in _shared_out(units[:UNITS_MAX], frees):
        _give(shares, promotion_id, unit.line_id, amount)
    return shares


def _plain(line: Sold, promotions: Iterable[Promotion]) -> tuple[int, str]:
    """The most that a percentage or an amount takes off one of a line, and which does."""
    best = (0, "")
    for one in promotions:
        if one.id not in line.promotion_ids:
            continue
        if one.kind == "percent":
            amount = _part(line.unit_price_minor, one.percent_bp)
        elif one.kind == "amount" and not line.is_part:
            amount = min(one.amount_minor, line.unit_price_minor)
        else:
            continue
        if amount > best[0]:
            best = (amount, one.id)
    return best


def _few(frees: Sequence[Promotion]) -> list[Promotion]:
    found, states = [], 1
    for one in frees:
        states *= one.buy + one.free
        if states > STATES_MAX:
            break
        found.append(one)
    return found


def _shared_out(units: Sequence[_Unit], frees: Sequence[Promotion]) -> Iterable[tuple[_Unit, str, int]]:
    """(unit, promotion, what it takes off it): what takes off most altogether, each unit in one promotion at most.

    Units come dearest first, so that in each set what is free is the cheapest. A state is how far each set is begun, the
    first promotion's as its lowest digit; for each, `taken` is the most that can be taken off so far (below zero: nobody
    gets there), and `ways` says unit by unit with which promotion it was reached (the last: with none of these).
    """
    moves, plain = _moves(frees), len(frees)
    taken = [0, *[_NEVER] * (len(moves[0].to) - 1)] if frees else [0]
    ways: list[bytes] = []
    for unit in units:
        after, way = [amount + unit.plain[0] for amount in taken], bytearray([plain]) * len(taken)
        for place, (one, move) in enumerate(zip(frees, moves, strict=True)):
            if one.id in unit.promotion_ids:
                for amount, to, is_free in zip(taken, move.to, move.is_free, strict=True):
                    whole = amount + unit.price_minor if is_free else amount
                    if whole > after[to]:
                        after[to], way[to] = whole, place
        taken = after
        ways.append(bytes(way))
    state = max(range(len(taken)), key=lambda state: (taken[state], -state))
    for unit, way_there in zip(reversed(units), reversed(ways), strict=True):
        place = way_there[state]
        if place == plain:
            yield unit, unit.plain[1], unit.plain[0]
        else:
            state, is_free = moves[place].back[state]
            yield unit, frees[place].id, unit.price_minor if is_free else 0


class _Moves(NamedTuple):
    """Where one more unit of a promotion's sets leads from each state, whether it is free there, and from where it came."""

    to: list[int]
    is_free: list[bool]
    back: dict[int, tuple[int, bool]]


def _moves(frees: Sequence[Promotion]) -> list[_Moves]:
    states = prod(one.buy + one.free for one in frees)
    found, step = [], 1
    for one in frees:
        size = one.buy + one.free
        had = [state // step % size for state in range(states)]
        to = [state + ((n + 1) % size - n) * step for state, n in enumerate(had)]
        is_free = [n >= one.buy for n in had]
        found.append(_Moves(to, is_free, {to[state]: (state, is_free[state]) for state in range(states)}))
        step *= size
    return found


def _of_order(lines: Sequence[Sold], promotions: Sequence[Promotion], before: Mapping[tuple[str, str], int]) -> Shares:
    left = {line.line_id: line.quantity * line.unit_price_minor for line in lines}
    for (_, line_id), amount in before.items():
        left[line_id] -= amount
    best: tuple[int, Promotion | None, list[Sold]] = (0, None, [])
    for one in sorted(promotions, key=lambda one: one.id):
        of = [line for line in lines if one.id in line.promotion_ids]
        if sum(line.quantity * line.unit_price_minor for line in of) < one.from_minor:
            continue
        base = sum(left[line.line_id] for line in of)
        amount = _part(base, one.percent_bp) if one.kind == "order_percent" else min(one.amount_minor, base)
        if amount > best[0]:
            best = (amount, one, of)
    amount, promotion, of = best
    shares: Shares = {}
    if promotion is not None:
        cuts = portions(amount, [left[line.line_id] for line in of])
        for line, cut in zip(of, cuts, strict=True):
            _give(shares, promotion.id, line.line_id, cut)
    return shares


def _give(shares: Shares, promotion_id: str, line_id: str, amount: int) -> None:
    if amount:
        shares[promotion_id, line_id] = shares.get((promotion_id, line_id), 0) + amount


def _part(amount_minor: int, percent_bp: int) -> int:
    return (2 * amount_minor * percent_bp + _WHOLE_BP) // (2 * _WHOLE_BP)
