"""What a promotion may say, and when it holds. Values in, a decision out; what it takes off is `orders.rules.promotions`'."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hospitality.ground.errors import Invalid
from hospitality.menu.hours import Hours, Period, check_hours
from hospitality.menu.rules import AMOUNT_MINOR_MAX, Ordering, check_channel

# a part or an amount off each of what is named; some of it free with others; a part or an amount off the whole order
KINDS = ("percent", "amount", "free", "order_percent", "order_amount")
OF_ORDER = ("order_percent", "order_amount")
NAMED_MAX = 200
SET_MAX = 20  # of what is bought together, and of what is free with it
_WHOLE_BP = 10_000
SAYS = {
    "percent": ("percent_bp",),
    "amount": ("amount_minor",),
    "free": ("buy", "free"),
    "order_percent": ("percent_bp", "from_minor"),
    "order_amount": ("amount_minor", "from_minor"),
}
# from, to, and what people are asked for
_BOUNDS = {
    "percent_bp": (1, _WHOLE_BP, "a part above 0, up to 100 % (2000 basis points are 20 %)"),
    "amount_minor": (1, AMOUNT_MINOR_MAX, "an amount above zero"),
    "buy": (1, SET_MAX, f"how many are paid, 1 to {SET_MAX}"),
    "free": (1, SET_MAX, f"how many are free, 1 to {SET_MAX}"),
    "from_minor": (0, AMOUNT_MINOR_MAX, "from which amount on it holds, zero for every order"),
}
TERMS = tuple(_BOUNDS)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion that is on. kind: one of KINDS, which says what of the rest it has.

    item_ids, category_ids: what it is about, a heading with all that stands under it; nothing where it is about the order.
    buy, free: with so many so many are free. from_minor: what the order comes to as priced, at least.
    """

    id: str
    name: str
    kind: str
    hours: Hours
    item_ids: frozenset[str] = frozenset()
    category_ids: frozenset[str] = frozenset()
    percent_bp: int = 0
    amount_minor: int = 0
    buy: int = 0
    free: int = 0
    from_minor: int = 0
    channel: str | None = None
    area_id: str | None = None
    periods: tuple[Period, ...] = ()

    @property
    def is_of_order(self) -> bool:
        """Whether it is about the whole order."""
        return self.kind in OF_ORDER

    def holds(self, ordering: Ordering) -> bool:
        """Whether what is ordered so, there and then may have it."""
        here = self.channel in (None, ordering.channel) and self.area_id in (None, ordering.area_id)
        served = not self.periods or any(period.is_on(ordering.when) for period in self.periods)
        return here and served and self.hours.hold(ordering.when)

    def names(self, item_id: str, headings: Collection[str]) -> bool:
        """Whether it is about an item that stands under these headings."""
        return item_id in self.item_ids or not self.category_ids.isdisjoint(headings)


def is_complete(row: Mapping[str, Any]) -> bool:
    """Whether a row says all that its kind needs, as the verbs see to."""
    return all(row[name] is not None for name in SAYS.get(row["kind"], ()))


def check_promotion(fields: Mapping[str, Any]) -> None:
    """Raises Invalid unless it says what its kind needs and no more, and what it is about."""
    kind = fields["kind"]
    if kind not in KINDS:
        raise Invalid("PROMOTION_INVALID", f"Choose one of {', '.join(KINDS)}.", kind=str(kind)[:20], field="kind")
    for name, (least, most, asked) in _BOUNDS.items():
        value = fields[name]
        if name in SAYS[kind] and (value is None or not least <= value <= most):
            raise Invalid("PROMOTION_INVALID", f"Give {asked}.", kind=kind, **{name: value}, field=name)
        if name not in SAYS[kind] and value is not None:
            words = f"Give {' and '.join(SAYS[kind])} alone: this kind has no {name}."
            raise Invalid("PROMOTION_INVALID", words, kind=kind, field=name)
    named = len(fields["item_ids"]) + len(fields["category_ids"])
    if kind in OF_ORDER and named:
        words = "A promotion of the whole order names no items or categories."
        raise Invalid("PROMOTION_INVALID", words, kind=kind, field="item_ids")
    if kind not in OF_ORDER and not 1 <= named <= NAMED_MAX:
        words = f"Name 1 to {NAMED_MAX} items and categories."
        raise Invalid("PROMOTION_INVALID", words, named=named, field="item_ids")
    check_channel(fields["channel"])
    check_hours(fields)
