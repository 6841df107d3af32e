"""What can happen to a menu."""

from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("menu.station_added")
@dataclass(frozen=True, slots=True)
class StationAdded:
    """A prep station was set up."""

    station_id: str


@journal_kind("menu.station_changed")
@dataclass(frozen=True, slots=True)
class StationChanged:
    """Fields of a station were edited; `before` and `after` hold those fields alone."""

    station_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.tax_rate_added")
@dataclass(frozen=True, slots=True)
class TaxRateAdded:
    """A tax rate was set up; `rate_bp` in basis points."""

    tax_rate_id: str
    rate_bp: int
    included: bool
    away_rate_id: str | None = None
    with_rate_ids: list[str] | None = None
    compound: bool = False


@journal_kind("menu.tax_rate_changed")
@dataclass(frozen=True, slots=True)
class TaxRateChanged:
    """What is reckoned instead of a tax on what leaves the house, or beside it, is another; `before` and `after` hold the
    fields that changed."""

    tax_rate_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.category_added")
@dataclass(frozen=True, slots=True)
class CategoryAdded:
    """A category was added."""

    category_id: str


@journal_kind("menu.category_changed")
@dataclass(frozen=True, slots=True)
class CategoryChanged:
    """Fields of a category were edited; `before` and `after` hold those fields alone."""

    category_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.serving_period_added")
@dataclass(frozen=True, slots=True)
class ServingPeriodAdded:
    """A serving period was set up."""

    serving_period_id: str


@journal_kind("menu.serving_period_changed")
@dataclass(frozen=True, slots=True)
class ServingPeriodChanged:
    """Fields of a serving period were edited; `before` and `after` hold those fields alone."""

    serving_period_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.serving_period_removed")
@dataclass(frozen=True, slots=True)
class ServingPeriodRemoved:
    """A serving period was taken away."""

    serving_period_id: str


@journal_kind("menu.modifier_group_added")
@dataclass(frozen=True, slots=True)
class ModifierGroupAdded:
    """A modifier group was added with its options."""

    modifier_group_id: str


@journal_kind("menu.modifier_group_changed")
@dataclass(frozen=True, slots=True)
class ModifierGroupChanged:
    """Fields of a modifier group were edited; `before` and `after` hold those fields alone."""

    modifier_group_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.modifier_option_added")
@dataclass(frozen=True, slots=True)
class ModifierOptionAdded:
    """A group has an option more."""

    modifier_group_id: str
    modifier_option_id: str


@journal_kind("menu.modifier_option_changed")
@dataclass(frozen=True, slots=True)
class ModifierOptionChanged:
    """Fields of an option were edited, or it was withdrawn; `before` and `after` hold those fields alone."""

    modifier_group_id: str
    modifier_option_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.item_added")
@dataclass(frozen=True, slots=True)
class ItemAdded:
    """An item can be sold at a price of minor units."""

    menu_item_id: str
    price_minor: int


@journal_kind("menu.price_rule_added")
@dataclass(frozen=True, slots=True)
class PriceRuleAdded:
    """A price that holds at some times or for a way of ordering was set up."""

    price_rule_id: str


@journal_kind("menu.price_rule_changed")
@dataclass(frozen=True, slots=True)
class PriceRuleChanged:
    """Fields of a price rule were edited; `before` and `after` hold those fields alone."""

    price_rule_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.price_rule_removed")
@dataclass(frozen=True, slots=True)
class PriceRuleRemoved:
    """A price that held at some times was taken away."""

    price_rule_id: str


@journal_kind("menu.station_route_added")
@dataclass(frozen=True, slots=True)
class StationRouteAdded:
    """What is made at another station than its own at some times, for a way of ordering or in an area was set up."""

    station_route_id: str


@journal_kind("menu.station_route_changed")
@dataclass(frozen=True, slots=True)
class StationRouteChanged:
    """Fields of a route were edited; `before` and `after` hold those fields alone."""

    station_route_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.station_route_removed")
@dataclass(frozen=True, slots=True)
class StationRouteRemoved:
    """A route was taken away; what it said is made at its own station."""

    station_route_id: str


@journal_kind("menu.promotion_added")
@dataclass(frozen=True, slots=True)
class PromotionAdded:
    """Something that is taken off orders by itself was set up."""

    promotion_id: str


@journal_kind("menu.promotion_changed")
@dataclass(frozen=True, slots=True)
class PromotionChanged:
    """Fields of a promotion were edited; `before` and `after` hold those fields alone."""

    promotion_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.promotion_removed")
@dataclass(frozen=True, slots=True)
class PromotionRemoved:
    """A promotion was taken away."""

    promotion_id: str


@journal_kind("menu.portions_counted")
@dataclass(frozen=True, slots=True)
class PortionsCounted:
    """So many portions of an item are there; 0 is an 86, None no limit."""

    menu_item_id: str
    portions: int | None


@journal_kind("menu.portions_changed")
@dataclass(frozen=True, slots=True)
class PortionsChanged:
    """So many portions are left of an item that is counted, after a sale or a void; None where none counts any more."""

    menu_item_id: str
    portions_left: int | None


@journal_kind("menu.item_changed")
@dataclass(frozen=True, slots=True)
class ItemChanged:
    """Fields of an item were edited; `before` and `after` hold those fields alone."""

    menu_item_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("menu.station_paused")
@dataclass(frozen=True, slots=True)
class StationPaused:
    """A station takes no orders until then; the reason stands in the entry."""

    station_id: str
    until: str


@journal_kind("menu.station_resumed")
@dataclass(frozen=True, slots=True)
class StationResumed:
    """A station takes orders again, before its pause was over."""

    station_id: str
