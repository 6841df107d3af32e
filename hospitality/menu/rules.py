"""What a menu may say, and what a line of it costs. Values in, a decision out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from stdnum import ean

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Invalid, Refused, in_field
from hospitality.menu.hours import Hours, Period, When, check_hours, hours_words, next_on

AMOUNT_MINOR_MAX = 10_000_000_000
RATE_BP_MAX = 10_000
CHOICES_MAX = 100
OPTIONS_MAX = 200
OPTION_QUANTITY_MAX = 99
GROUPS_PER_ITEM_MAX = 50
PORTIONS_MAX = 100_000
PERCENT_BP_MAX = 100_000
_WHOLE_BP = 10_000
_OF_ALL = 3  # how near a rule of all that is sold is to an item
CHANNELS = ("dine_in", "takeaway", "delivery", "room_service", "counter")
PREP_SECONDS_MAX = 86_400
PREP_SECONDS_USUAL = 600
SORT_MAX = 1_000_000
TAXES_MAX = 5  # of one item
AWAY = ("takeaway", "delivery")  # channels of what leaves the house, which the law may tax at another rate
# the fourteen that must be declared in the European Union
ALLERGENS = (
    *("celery", "crustaceans", "eggs", "fish", "gluten", "lupin", "milk"),
    *("molluscs", "mustard", "nuts", "peanuts", "sesame", "soya", "sulphites"),
)
# what a house says of an item by itself; a mark is the house's word, nothing follows from another
DIETS = ("vegan", "vegetarian", "halal", "kosher", "gluten_free", "lactose_free", "nut_free")
DESCRIPTION_LENGTH_MAX = 500
# what is weighed or measured: its price is of one such unit
UNITS = ("kg", "lb", "litre")
# a piece; a set, which is made of what its choices bring; open, whose name and price are keyed in; or by a unit
SOLD_AS = ("piece", "set", "open", *UNITS)
THOUSANDTHS_MAX = 1_000_000
MEASURED_BY = ("keyed", "scale")
OPEN_NAME_LENGTH_MAX = 60
COURSE_MAX = 20
BARCODES_MAX = 20
_PLU = re.compile("[0-9]{2,6}")  # one digit alone picks a row of the staff app's list


@dataclass(frozen=True, slots=True)
class Group:
    """A modifier group as an item offers it. halves: its options may be on one half. course, held: of the items that its
    options bring. has_presets: some of its options are taken where nobody says otherwise."""

    id: str
    name: str
    choices_min: int
    choices_max: int
    halves: bool = False
    course: int | None = None
    held: bool = False
    has_presets: bool = False


class Levied(NamedTuple):
    """A tax as an order keeps it; compound: on the price with the taxes before it."""

    name: str
    rate_bp: int
    included: bool
    compound: bool


def in_turn(taxes: Iterable[Levied]) -> list[Levied]:
    """The taxes of one price as they are reckoned: those that it includes before those on top of it, and what is compound
    last of either."""
    return sorted(taxes, key=lambda tax: (not tax.included, tax.compound, tax.name, tax.rate_bp))


@dataclass(frozen=True, slots=True)
class ItemForSale:
    """What an order needs to know of an item; without a tax `tax_rate_name` is None and the rate 0. Of an item whose
    portions are counted, by which count and how many are left. station_id: where it is made now. period_ids: of the
    serving periods in which it is on. more_taxes: those beside its first."""

    id: str
    name: str
    price_minor: int
    available: bool
    station_id: str
    prep_seconds: int
    tax_rate_name: str | None
    tax_rate_bp: int
    tax_included: bool
    groups: tuple[Group, ...]
    count_id: str | None = None
    portions_left: int | None = None
    sold_as: str = "piece"
    period_ids: frozenset[str] = frozenset()
    more_taxes: tuple[Levied, ...] = ()

    def at(self, price_minor: int) -> "ItemForSale":
        """The item at another price."""
        return replace(self, price_minor=price_minor)

    @property
    def is_set(self) -> bool:
        """Whether it is made of what its choices bring alone."""
        return self.sold_as == "set"

    @property
    def is_open(self) -> bool:
        """Whether name and price are keyed in."""
        return self.sold_as == "open"

    @property
    def unit(self) -> str | None:
        """What its price is of, where it is weighed or measured."""
        return self.sold_as if self.sold_as in UNITS else None


@dataclass(frozen=True, slots=True)
class Ordering:
    """How, when and at which table somebody orders; area_id: the part of the floor where that table stands."""

    channel: str
    when: When
    table: str | None = None
    area_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuRule:
    """Something that is otherwise than the menu says for some hours, a channel or an area. nearness: how near it is to an
    item, 0 of the item itself, 1 of its category, 2 of the heading above, 3 of all that is sold."""

    id: str
    nearness: int
    hours: Hours
    priority: int = 0
    channel: str | None = None
    area_id: str | None = None

    def holds(self, ordering: Ordering) -> bool:
        """Whether it is about this way of ordering, there and at this time."""
        here = self.channel in (None, ordering.channel) and self.area_id in (None, ordering.area_id)
        return here and self.hours.hold(ordering.when)


AnyRule = TypeVar("AnyRule", bound=MenuRule)


def foremost(rules: Iterable[AnyRule], ordering: Ordering) -> AnyRule | None:
    """Of the rules that hold the one of the highest priority, then the nearest to the item, then the one made first."""
    holding = (rule for rule in rules if rule.holds(ordering))
    return min(holding, key=lambda rule: (-rule.priority, rule.nearness, rule.id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule(MenuRule):
    """A price, or a part of an item's own."""

    price_minor: int | None
    percent_bp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRoute(MenuRule):
    """Where it is made instead of at the item's own station."""

    station_id: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a group. menu_item_id: the item that it brings; preset: taken where nobody says otherwise; leads: to
    further groups."""

    id: str
    group_id: str
    name: str
    price_delta_minor: int
    menu_item_id: str | None = None
    preset: bool = False
    leads: bool = False


def price_by_rules(price_minor: int, rules: Iterable[PriceRule], ordering: Ordering) -> int:
    """What one costs now: by the foremost rule that holds, by none the price as it stands. A part of a price is rounded
    half up."""
    # edits made apart may leave neither of price and part, or neither of item and category
    whole = (one for one in rules if one.nearness < _OF_ALL and not one.price_minor is one.percent_bp is None)
    rule = foremost(whole, ordering)
    if rule is None:
        return price_minor
    if rule.price_minor is not None:
        return rule.price_minor
    return (2 * price_minor * (rule.percent_bp or 0) + _WHOLE_BP) // (2 * _WHOLE_BP)


def check_price_rule(fields: Mapping[str, Any]) -> None:
    """Raises Invalid unless a rule is about an item or a category and says one price."""
    if (fields["menu_item_id"] is None) is (fields["category_id"] is None):
        said = "A price rule is about one item, or about one category."
        raise Invalid("PRICE_RULE_INVALID", said, field="menu_item_id")
    if (fields["price_minor"] is None) is (fields["percent_bp"] is None):
        said = "A price rule gives a price, or a part of the item's own."
        raise Invalid("PRICE_RULE_INVALID", said, field="price_minor")
    if fields["price_minor"] is not None:
        with in_field("price_minor"):
            check_price(fields["price_minor"])
    if fields["percent_bp"] is not None and not 0 <= fields["percent_bp"] <= PERCENT_BP_MAX:
        said = f"A part is 0 to {PERCENT_BP_MAX // 100} % of the item's own price (8000 basis points are 80 %)."
        raise Invalid("PRICE_RULE_INVALID", said, field="percent_bp")
    check_occasion(fields)


def check_route(fields: Mapping[str, Any]) -> None:
    """Raises Invalid unless a route is about an item, a category or all that is sold."""
    if None not in (fields["menu_item_id"], fields["category_id"]):
        said = "A route is about one item, one category, or all that is sold."
        raise Invalid("ROUTE_INVALID", said, field="menu_item_id")
    check_occasion(fields)


def check_occasion(fields: Mapping[str, Any]) -> None:
    """Raises Invalid unless a rule can hold at some time and on some channel."""
    check_channel(fields["channel"])
    check_hours(fields)
    with in_field("priority"):
        check_sort(fields["priority"])


def check_channel(channel: str | None) -> None:
    """Raises Invalid unless it is a way of ordering, or none for all."""
    if channel not in (None, *CHANNELS):
        said = f"Choose one of {', '.join(CHANNELS)}."
        raise Invalid("CHANNEL_INVALID", said, channel=channel, field="channel")


def check_served(item: ItemForSale, periods: Sequence[Period], when: When) -> None:
    """Refused NOT_SERVED_NOW where an item is of serving periods of which none is on."""
    if not periods or any(period.is_on(when) for period in periods):
        return
    on = "; ".join(f"{period.name} is {hours_words(period.hours)}" for period in periods if period.active)
    again = next_on(periods, when)
    raise Refused(
        "NOT_SERVED_NOW",
        f"{item.name} is not served now: {on or 'none of its serving periods is on'}. Offer something else, or order it then.",
        menu_item_id=item.id,
        period_ids=[period.id for period in periods],
        next_at=again and instant_text(again),
    )


def portions_after(item: ItemForSale, wanted: int) -> int:
    """What is left of a counted item once so many are sold; refused beyond what there is."""
    left = item.portions_left or 0
    if wanted > left:
        raise Refused(
            "NOT_ENOUGH_LEFT",
            f"Of {item.name} only {left} {'is' if left == 1 else 'are'} left. Order fewer, or something else.",
            menu_item_id=item.id,
            portions_left=left,
            wanted=wanted,
        )
    return left - wanted


def check_portions(portions: int | None) -> int | None:
    """How many portions there are; None is no limit."""
    if portions is not None and not 0 <= portions <= PORTIONS_MAX:
        raise Invalid("PORTIONS_INVALID", f"Count 0 to {PORTIONS_MAX} portions.", portions=portions)
    return portions


def check_price(price_minor: int) -> int:
    """The price; Invalid when negative or beyond what a till holds."""
    if not 0 <= price_minor <= AMOUNT_MINOR_MAX:
        raise Invalid("PRICE_INVALID", "Give a price of zero or more.", price_minor=price_minor)
    return price_minor


def check_delta(price_delta_minor: int) -> int:
    """What a choice adds to the price; may be negative."""
    if abs(price_delta_minor) > AMOUNT_MINOR_MAX:
        raise Invalid(
            "PRICE_INVALID",
            "That price is beyond what a till holds. Give a smaller one.",
            price_minor=price_delta_minor,
        )
    return price_delta_minor


def check_rate(rate_bp: int) -> int:
    """The rate in basis points, from nothing to the whole."""
    if not 0 <= rate_bp <= RATE_BP_MAX:
        raise Invalid("RATE_INVALID", "Give the rate in basis points, 0 to 10000 (1000 is 10 %).", rate_bp=rate_bp)
    return rate_bp


def check_prep(prep_seconds: int) -> int:
    """How long an item takes to make, at most a day."""
    if not 0 <= prep_seconds <= PREP_SECONDS_MAX:
        raise Invalid("PREP_SECONDS_INVALID", "Give 0 to 86400 seconds to make it.", prep_seconds=prep_seconds)
    return prep_seconds


def check_allergens(allergens: Iterable[str]) -> list[str]:
    """The allergens, each once and sorted; Invalid for one that is not of the list."""
    found = sorted(set(allergens))
    unknown = [name for name in found if name not in ALLERGENS]
    if unknown:
        raise Invalid("ALLERGEN_UNKNOWN", f"Name allergens of this list: {', '.join(ALLERGENS)}.", unknown=unknown)
    return found


def check_diets(diets: Iterable[str]) -> list[str]:
    """The diet marks, each once and sorted; Invalid for one that is not of the list."""
    found = sorted(set(diets))
    unknown = [name for name in found if name not in DIETS]
    if unknown:
        raise Invalid("DIET_UNKNOWN", f"Name diet marks of this list: {', '.join(DIETS)}.", unknown=unknown)
    return found


def check_plu(plu: str | None) -> str | None:
    """The number by which staff key an item in, as it was given; none for an empty one."""
    plu = (plu or "").strip() or None
    if plu is not None and _PLU.fullmatch(plu) is None:
        raise Invalid("PLU_INVALID", "Give a PLU of 2 to 6 digits.", plu=plu[:20])
    return plu


def check_barcodes(barcodes: Iterable[str]) -> list[str]:
    """GTINs of 8, 12, 13 or 14 digits, each once and sorted; Invalid where a check digit says that one was misread."""
    found = sorted({ean.compact(code) for code in barcodes})
    if len(found) > BARCODES_MAX:
        raise Invalid("BARCODE_INVALID", f"An item has at most {BARCODES_MAX} barcodes.")
    wrong = [code[:20] for code in found if not ean.is_valid(code)]
    if wrong:
        raise Invalid(
            "BARCODE_INVALID", "Scan the barcode again: 8, 12, 13 or 14 digits, the last a check.", wrong=wrong
        )
    return found


def check_parent(*, category_id: str | None, parent: Mapping[str, Any], has_children: bool) -> None:
    """Raises Invalid unless a heading may stand under another: two levels, and none under itself."""
    if parent["id"] == category_id or parent["parent_id"] is not None or has_children:
        raise Invalid(
            "PARENT_INVALID",
            "A heading stands under one that stands by itself, and then has none under it. Choose another.",
            parent_id=parent["id"],
        )


def check_sold_as(sold_as: str) -> str:
    """How an item is sold."""
    if sold_as not in SOLD_AS:
        raise Invalid("SOLD_AS_INVALID", f"Choose one of {', '.join(SOLD_AS)}.", sold_as=sold_as[:20])
    return sold_as


def check_measured(item: ItemForSale, thousandths: int | None, by: str) -> None:
    """Raises Invalid unless what is sold by a unit says how much of it, and nothing else does."""
    if (thousandths is None) is not (item.unit is None):
        what = f"Weigh or measure {item.name}" if item.unit else f"{item.name} is sold by the piece; leave that out"
        raise Invalid("MEASURE_INVALID", f"{what}.", menu_item_id=item.id)
    if thousandths is not None and not 1 <= thousandths <= THOUSANDTHS_MAX:
        raise Invalid("MEASURE_INVALID", f"Give 1 to {THOUSANDTHS_MAX} thousandths of a unit.", measured=thousandths)
    if by not in MEASURED_BY:
        raise Invalid("MEASURE_INVALID", f"Say by what it was measured: {', '.join(MEASURED_BY)}.", measured_by=by[:20])


def price_measured(price_minor: int, thousandths: int) -> int:
    """What so many thousandths of a unit cost, rounded half up."""
    return (2 * price_minor * thousandths + 1000) // 2000


def check_group_course(course: int | None) -> int | None:
    """The course of what a group's options bring; None leaves it to the line."""
    if course is not None and not 1 <= course <= COURSE_MAX:
        raise Invalid("COURSE_INVALID", f"Give a course from 1 to {COURSE_MAX}.", course=course)
    return course


def check_sort(sort: int) -> int:
    """A place in a list."""
    if not 0 <= sort <= SORT_MAX:
        raise Invalid("SORT_INVALID", f"Give a place from 0 to {SORT_MAX}.", sort=sort)
    return sort


def check_choices(choices_min: int, choices_max: int, *, options: int) -> None:
    """Raises Invalid unless a guest can meet the limits with the options there are."""
    if not (0 <= choices_min <= choices_max <= CHOICES_MAX and choices_max >= 1):
        raise Invalid(
            "CHOICES_INVALID",
            f"The least choices can't exceed the most, and the most is 1 to {CHOICES_MAX}.",
            choices_min=choices_min,
            choices_max=choices_max,
        )
    if not 1 <= options <= OPTIONS_MAX:
        raise Invalid("OPTIONS_INVALID", f"Give the group 1 to {OPTIONS_MAX} options.", options=options)
