"""The bodies of what holds at some times, asked and answered: serving periods, prices, routes, promotions."""

from hospitality.ground.http import IdText, Shape


class AtHours(Shape):
    """What holds at local hours (equal ones are the whole day) on weekdays, none for all."""

    name: str
    weekdays: list[str] = []
    from_time: str = "00:00"
    to_time: str = "00:00"


class AtHoursChange(Shape):
    """The fields to edit; one that is left out stays. `version`: what the editor saw, refused where it is another by now;
    left out, nothing is asked."""

    name: str = ""
    weekdays: list[str] = []
    from_time: str = ""
    to_time: str = ""
    active: bool = True
    version: str | None = None


class Removal(Shape):
    """What is to be taken away; `version` as in an edit."""

    version: str | None = None


class NewServingPeriod(AtHours):
    """A serving period to set up, with the items and headings that are served in it."""

    item_ids: list[IdText] = []
    category_ids: list[IdText] = []


class Somewhere(AtHours):
    """What holds at such hours, and on a channel or at the tables of an area alone."""

    channel: str | None = None
    area_id: IdText | None = None


class ServingPeriodShape(NewServingPeriod):
    """Breakfast, lunch: when what names it is served; `version` changes with any of that."""

    id: str
    active: bool
    version: str


class ServingPeriods(Shape):
    """All serving periods."""

    items: list[ServingPeriodShape]


class ServingPeriodChange(AtHoursChange):
    """The fields to edit; one that is left out stays."""

    item_ids: list[IdText] = []
    category_ids: list[IdText] = []


class SomewhereChange(AtHoursChange):
    """The fields to edit; one that is left out stays."""

    channel: str | None = None
    area_id: IdText | None = None


class Occasion(Somewhere):
    """For what a rule holds, when and where; of several the highest priority counts."""

    menu_item_id: IdText | None = None
    category_id: IdText | None = None
    priority: int = 0


class OccasionChange(SomewhereChange):
    """The fields to edit; one that is left out stays."""

    menu_item_id: IdText | None = None
    category_id: IdText | None = None
    priority: int = 0


class NewRoute(Occasion):
    """A route to set up: where an item, a category or with neither all that is sold is made."""

    station_id: IdText


class RouteShape(NewRoute):
    """Where something is made on some occasion."""

    id: str
    active: bool
    version: str


class Routes(Shape):
    """All routes to stations."""

    items: list[RouteShape]


class RouteChange(OccasionChange):
    """The fields to edit; one that is left out stays."""

    station_id: IdText = ""


class NewPriceRule(Occasion):
    """A price rule to set up, about an item or a category, with a price or a part of the item's own (8000 is 80 %)."""

    price_minor: int | None = None
    percent_bp: int | None = None


class PriceRuleShape(NewPriceRule):
    """What an item or a category costs at some local times, on some weekdays (none: all), on a channel or at
    the tables of an area."""

    id: str
    active: bool
    version: str


class PriceRules(Shape):
    """All price rules."""

    items: list[PriceRuleShape]


class PriceNow(Shape):
    """What one of an item costs now, by a price rule."""

    menu_item_id: str
    price_minor: int


class NotServed(Shape):
    """An item that is out of its serving periods, and when one of them is on again."""

    menu_item_id: str
    period_ids: list[str]
    next_at: str | None


class PricesNow(Shape):
    """Items whose price is another one now, and those that are not served; read it anew at `until`."""

    items: list[PriceNow]
    not_served: list[NotServed]
    until: str | None


class PriceRuleChange(OccasionChange):
    """The fields to edit; one that is left out stays."""

    price_minor: int | None = None
    percent_bp: int | None = None


class NewPromotion(Somewhere):
    """Something to take off orders by itself. percent: `percent_bp` off each of what is named; amount: `amount_minor` off
    each; free: of `buy` + `free` of what is named the cheapest `free` cost nothing; order_percent and order_amount: off a
    whole order that comes to `from_minor` or more."""

    kind: str
    item_ids: list[IdText] = []
    category_ids: list[IdText] = []
    percent_bp: int | None = None
    amount_minor: int | None = None
    buy: int | None = None
    free: int | None = None
    from_minor: int | None = None
    period_ids: list[IdText] = []


class PromotionShape(NewPromotion):
    """A promotion; one that is not active takes nothing off what changes from now on."""

    id: str
    active: bool
    version: str


class Promotions(Shape):
    """All promotions."""

    items: list[PromotionShape]


class PromotionChange(SomewhereChange):
    """The fields to edit; one that is left out stays, and so does the kind."""

    item_ids: list[IdText] = []
    category_ids: list[IdText] = []
    percent_bp: int | None = None
    amount_minor: int | None = None
    buy: int | None = None
    free: int | None = None
    from_minor: int | None = None
    period_ids: list[IdText] = []


class PeriodInForce(ServingPeriodShape):
    """A serving period, and whether it is on at this moment."""

    in_force: bool


class PriceRuleInForce(PriceRuleShape):
    """A price rule, and whether its hours hold at this moment."""

    in_force: bool


class RouteInForce(RouteShape):
    """A route, and whether its hours hold at this moment."""

    in_force: bool


class PromotionInForce(PromotionShape):
    """A promotion, and whether its hours and serving periods hold at this moment."""

    in_force: bool


class Named(Shape):
    """Something that a rule can name."""

    id: str
    name: str


class NamedItem(Named):
    """An item, with what it costs as the menu says."""

    category_id: str
    price_minor: int
    period_ids: list[str]


class NamedCategory(Named):
    """A heading."""

    parent_id: str | None
    period_ids: list[str]


class MenuRules(Shape):
    """All that holds at some times, for whoever sets it up; read it anew at `until`, and when the menu changes. What it
    can name and say stands beside it; `kinds`: of each kind of promotion the terms that it has. `position`: the place in
    the journal from which to hear of more."""

    price_rules: list[PriceRuleInForce]
    serving_periods: list[PeriodInForce]
    station_routes: list[RouteInForce]
    promotions: list[PromotionInForce]
    until: str | None
    items: list[NamedItem]
    categories: list[NamedCategory]
    stations: list[Named]
    areas: list[Named]
    channels: list[str]
    weekdays: list[str]
    kinds: dict[str, list[str]]
    position: str | None
