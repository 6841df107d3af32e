"""The menu's bodies over HTTP, asked and answered."""

from hospitality.ground.http import IdText, Shape
from hospitality.menu.rules import PREP_SECONDS_USUAL


class PauseShape(Shape):
    """Since and until when a station takes no orders, and why."""

    reason: str
    since: str
    until: str


class NewPause(Shape):
    """Why a station is to take no orders, and for how many minutes; left out, until it is lifted, at most twelve hours."""

    reason: str
    minutes: int | None = None


class StationShape(Shape):
    """A prep station; `printer` names its ticket printer in the node's settings. When none of its screens is heard, the
    screens of `backup_station_id` show its tickets, else `backup_printer` prints them."""

    id: str
    name: str
    sort: int
    printer: str | None
    backup_station_id: str | None = None
    backup_printer: str | None = None
    pause: PauseShape | None = None


class Stations(Shape):
    """All stations."""

    items: list[StationShape]


class NewStation(Shape):
    """A station to set up."""

    name: str
    sort: int = 0
    printer: str | None = None


class StationChange(Shape):
    """What of a station changes; what is left out stays."""

    name: str = ""
    sort: int = 0
    printer: str | None = None
    backup_station_id: IdText | None = None
    backup_printer: str | None = None


class TaxRateShape(Shape):
    """A tax in basis points (1000 is 10 %), included in prices or on top of them.

    `away_rate_id`: the rate that stands in for it on what is taken away or delivered. `with_rate_ids`: the rates at which
    the same is taxed, too. `compound`: on the price with the taxes before it.
    """

    id: str
    name: str
    rate_bp: int
    included: bool
    away_rate_id: str | None
    with_rate_ids: list[str]
    compound: bool


class TaxRates(Shape):
    """All taxes."""

    items: list[TaxRateShape]


class NewTaxRate(Shape):
    """A tax to set up."""

    name: str
    rate_bp: int
    included: bool
    away_rate_id: IdText | None = None
    with_rate_ids: list[IdText] = []
    compound: bool = False


class TaxRateChange(Shape):
    """What is reckoned beside or instead of a tax; what is left out stays."""

    away_rate_id: IdText | None = None
    with_rate_ids: list[IdText] = []
    compound: bool = False


class CategoryShape(Shape):
    """A heading; `parent_id`: the one that it stands under; `period_ids`: when its items are on that name none."""

    id: str
    name: str
    sort: int
    parent_id: str | None
    period_ids: list[str]


class Categories(Shape):
    """All headings."""

    items: list[CategoryShape]


class NewCategory(Shape):
    """A heading to add."""

    name: str
    sort: int = 0
    parent_id: IdText | None = None
    period_ids: list[IdText] = []


class CategoryChange(Shape):
    """The fields to edit; one that is left out stays, `parent_id` null has it stand by itself."""

    name: str = ""
    sort: int = 0
    parent_id: IdText | None = None
    period_ids: list[IdText] = []


class OptionShape(Shape):
    """One choice and what it adds to the price of one, in minor units.

    `menu_item_id`: the item that it brings, a line of its own with its own choices. `preset`: taken where nobody says
    otherwise. `groups`: what it leads to.
    """

    id: str
    name: str
    price_delta_minor: int
    menu_item_id: str | None
    preset: bool
    groups: list["GroupShape"]


class GroupShape(Shape):
    """A modifier group: from `choices_min` to `choices_max` of its options are taken, on halves where it has `halves`.

    `course` and `held` are of the items that its options bring.
    """

    id: str
    name: str
    choices_min: int
    choices_max: int
    halves: bool
    course: int | None
    held: bool
    options: list[OptionShape]


class Groups(Shape):
    """All modifier groups."""

    items: list[GroupShape]


class NewOptionShape(Shape):
    """A choice to add; one that brings an item has its name where it has none of its own."""

    name: str = ""
    price_delta_minor: int = 0
    menu_item_id: IdText | None = None
    preset: bool = False
    group_ids: list[IdText] = []


class NewGroup(Shape):
    """A modifier group to add."""

    name: str
    choices_min: int
    choices_max: int
    options: list[NewOptionShape]
    halves: bool = False
    course: int | None = None
    held: bool = False


class GroupChange(Shape):
    """The fields to edit; one that is left out stays."""

    name: str = ""
    choices_min: int = 0
    choices_max: int = 1
    halves: bool = False
    course: int | None = None
    held: bool = False


class OptionChange(Shape):
    """The fields to edit; one that is left out stays. `active` false withdraws the option; `group_ids` is the whole list."""

    name: str = ""
    price_delta_minor: int = 0
    sort: int = 0
    preset: bool = False
    active: bool = True
    group_ids: list[IdText] = []


class ItemShape(Shape):
    """Something that is sold; `version` changes with any of its fields.

    `portions_left` is null where nobody counts; an item is sold out when it is switched off (`available`) or when none is
    left. `sold_as`: piece; set, made of what its choices bring alone; open, whose name and price are keyed in; or the unit
    (kg, lb, litre) that its price is of. `heading_name`: of the heading above its category, if there is one. `plu`: the
    number that staff key in. `photo_id`: of the picture at `menu-photos/{photo_id}`. `period_ids`: the serving periods in
    which it is on; of none, those of its category or else of the heading.
    """

    id: str
    name: str
    category_id: str
    category_name: str
    heading_id: str | None
    heading_name: str | None
    price_minor: int
    currency: str | None
    station_id: str
    tax_rate_id: str | None
    available: bool
    portions_left: int | None
    sold_out: bool
    prep_seconds: int
    allergens: list[str]
    diets: list[str]
    description: str | None
    plu: str | None
    barcodes: list[str]
    sold_as: str
    photo_id: str | None
    period_ids: list[str]
    version: str
    modifier_groups: list[GroupShape]


class Items(Shape):
    """A page of the menu, in the order in which items were added."""

    items: list[ItemShape]
    next_cursor: str | None
    currency: str | None


class NewItemShape(Shape):
    """An item to add."""

    name: str
    category_id: IdText
    price_minor: int
    station_id: IdText
    tax_rate_id: IdText | None = None
    prep_seconds: int = PREP_SECONDS_USUAL
    modifier_group_ids: list[IdText] = []
    allergens: list[str] = []
    diets: list[str] = []
    description: str | None = None
    plu: str | None = None
    barcodes: list[str] = []
    sold_as: str = "piece"
    period_ids: list[IdText] = []


class ItemChange(Shape):
    """The fields to edit; one that is left out stays, `tax_rate_id` null takes the tax away, `photo_id` null the photo.

    `allergens`, `diets`, `barcodes`, `period_ids` and `modifier_group_ids` are the whole list; what it adds to or takes
    from the list that stands merges with what others do.
    """

    name: str = ""
    category_id: IdText = ""
    price_minor: int = 0
    available: bool = True
    station_id: IdText = ""
    prep_seconds: int = 0
    tax_rate_id: IdText | None = None
    allergens: list[str] = []
    diets: list[str] = []
    description: str | None = None
    plu: str | None = None
    barcodes: list[str] = []
    photo_id: IdText | None = None
    period_ids: list[IdText] = []
    modifier_group_ids: list[IdText] = []


class Portions(Shape):
    """How many portions of an item there are; 0 is an 86, null no limit."""

    portions: int | None
