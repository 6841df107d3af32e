"""The menu's tables: records that the property and head office may both edit, each field merging by itself, and the
facts about how many portions there are, which are the property's."""

from hospitality.ground.tables import (
    AMOUNT,
    COUNT,
    DAY,
    DOCUMENT,
    ELEMENTS,
    FLAG,
    ID,
    INSTANT,
    WORDS,
    Row,
    column,
    described,
)

BY_NAME = {"name": ("property_id", "name")}


class Station(Row, table=True):
    """Where items are made; `printer` names the printer of its tickets in the node's settings, None for none.

    When none of its screens is heard, its tickets are shown by the screens of `backup_station_id`, else printed by
    `backup_printer`. No foreign key leads to the former: one that is not here shows nothing.
    """

    __tablename__ = "stations"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]], keys=BY_NAME)

    name: str = column(WORDS)
    sort: int = column(COUNT)
    printer: str | None = column(WORDS, optional=True)
    backup_station_id: str | None = column(ID, optional=True)
    backup_printer: str | None = column(WORDS, optional=True)


class TaxRate(Row, table=True):
    """A tax in basis points (1000 = 10 %), included in prices or put on top of them.

    Which rate the law asks for is head office's to edit, for every total of the property follows it; a property adds one.
    away_rate_id: the rate that stands in for it on what leaves the house (`rules.AWAY`). No foreign key leads there: what
    names a rate that is not here is sold at its own.
    with_rate_ids: the rates that what names this one is taxed at, too. compound: it is on the price with the taxes before
    it (`rules.in_turn`), where there are any.
    """

    __tablename__ = "tax_rates"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]], keys=BY_NAME)

    name: str = column(WORDS)
    rate_bp: int = column(COUNT, writer="group")
    included: bool = column(FLAG, writer="group")
    away_rate_id: str | None = column(ID, optional=True, writer="group")
    with_rate_ids: str = column(ELEMENTS, merge="set", writer="group", otherwise="[]")
    compound: bool = column(FLAG, default=False, writer="group", otherwise="0")


class ServingPeriod(Row, table=True):
    """Breakfast, lunch: hours on some weekdays (none: all) in which what names it is served; see `hours`."""

    __tablename__ = "serving_periods"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]], keys=BY_NAME)

    name: str = column(WORDS)
    weekdays: str = column(ELEMENTS, merge="set")
    from_time: str = column(WORDS)
    to_time: str = column(WORDS)
    active: bool = column(FLAG)


class MenuCategory(Row, table=True):
    """A heading of the menu. `parent_id`: the heading that it stands under, which has none itself; no foreign key leads
    there, and what names one that is not here stands by itself. period_ids: the serving periods in which it is on."""

    __tablename__ = "menu_categories"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]], keys=BY_NAME)

    name: str = column(WORDS)
    sort: int = column(COUNT)
    parent_id: str | None = column(ID, optional=True)
    period_ids: str = column(ELEMENTS, merge="set", default="[]")


class MenuItem(Row, table=True):
    """Something that is sold; `available` False is an 86. Two people who each add an allergen while apart add both.

    sold_as: one of `rules.SOLD_AS`.
    plu: the short number by which staff key it in; barcodes: what is printed on it. Two nodes that are apart may give one
    number to two items, and both are found by it. photo_id: no foreign key leads there, for photos come behind.
    period_ids: the serving periods in which it is on; of none, those of its heading.
    """

    __tablename__ = "menu_items"
    __table_args__ = described(
        "record",
        writer="both",
        refers={"category_id": "menu_categories", "station_id": "stations", "tax_rate_id": "tax_rates"},
        indexes=[["property_id", "id"]],
    )

    name: str = column(WORDS)
    category_id: str = column(ID)
    price_minor: int = column(AMOUNT)
    station_id: str = column(ID)
    tax_rate_id: str | None = column(ID, optional=True)
    available: bool = column(FLAG)
    prep_seconds: int = column(COUNT)
    allergens: str = column(ELEMENTS, merge="set")
    diets: str = column(ELEMENTS, merge="set", default="[]")
    description: str | None = column(WORDS, optional=True)
    plu: str | None = column(WORDS, optional=True)
    barcodes: str = column(ELEMENTS, merge="set", default="[]")
    sold_as: str = column(WORDS, default="piece", otherwise="piece")
    photo_id: str | None = column(ID, optional=True)
    period_ids: str = column(ELEMENTS, merge="set", default="[]")


class MenuPhoto(Row, table=True):
    """A picture, WebP as base64; its id follows from it, so that one that is given twice is one. Never changed: an item
    names another. Large, so that a new node takes all that it sells before."""

    __tablename__ = "menu_photos"
    __table_args__ = described("fact", writer="both", large=True, indexes=[["property_id"]])

    picture: str = column(DOCUMENT)
    width: int = column(COUNT)
    height: int = column(COUNT)


class ModifierGroup(Row, table=True):
    """A set of choices, of which a guest takes from `choices_min` to `choices_max`.

    halves: an option may be on one half. course, held: of the items that its options bring; a course of none is the line's.
    """

    __tablename__ = "modifier_groups"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    name: str = column(WORDS)
    choices_min: int = column(COUNT)
    choices_max: int = column(COUNT)
    halves: bool = column(FLAG, default=False, otherwise="0")
    course: int | None = column(COUNT, optional=True)
    held: bool = column(FLAG, default=False, otherwise="0")


class ModifierOption(Row, table=True):
    """One choice of a group and what it adds to the price of one. menu_item_id: the item that it brings; no foreign key
    leads there, and one that is not here is no choice. preset: taken where nobody says otherwise. One that was withdrawn is
    not active."""

    __tablename__ = "modifier_options"
    __table_args__ = described("record", writer="both", refers={"group_id": "modifier_groups"}, indexes=[["group_id"]])

    group_id: str = column(ID)
    name: str = column(WORDS)
    price_delta_minor: int = column(AMOUNT)
    sort: int = column(COUNT)
    menu_item_id: str | None = column(ID, optional=True)
    preset: bool = column(FLAG, default=False, otherwise="0")
    active: bool = column(FLAG, default=True, otherwise="1")


class OptionGroup(Row, table=True):
    """An option leads to a group, unless that was taken away again; its id follows from both."""

    __tablename__ = "option_groups"
    __table_args__ = described(
        "record",
        writer="both",
        refers={"option_id": "modifier_options", "group_id": "modifier_groups"},
        indexes=[["option_id"]],
    )

    option_id: str = column(ID)
    group_id: str = column(ID)
    sort: int = column(COUNT)
    active: bool = column(FLAG, default=True, otherwise="1")


class MenuItemGroup(Row, table=True):
    """An item offers a group, unless that was taken away again; its id follows from both."""

    __tablename__ = "menu_item_groups"
    __table_args__ = described(
        "record",
        writer="both",
        refers={"menu_item_id": "menu_items", "group_id": "modifier_groups"},
        indexes=[["menu_item_id"]],
    )

    menu_item_id: str = column(ID)
    group_id: str = column(ID)
    sort: int = column(COUNT)
    active: bool = column(FLAG, default=True, otherwise="1")


class PriceRule(Row, table=True):
    """What an item, or every item of a category, costs at some times (see `hours`), for a way of ordering or in an area
    of the floor: a price, or a part of the item's own in basis points. No weekdays are all of them."""

    __tablename__ = "price_rules"
    __table_args__ = described("record", writer="both", indexes=[["menu_item_id"], ["category_id"], ["property_id"]])

    name: str = column(WORDS)
    menu_item_id: str | None = column(ID, optional=True)
    category_id: str | None = column(ID, optional=True)
    channel: str | None = column(WORDS, optional=True)
    weekdays: str = column(ELEMENTS, merge="set")
    from_time: str = column(WORDS)
    to_time: str = column(WORDS)
    price_minor: int | None = column(AMOUNT, optional=True)
    percent_bp: int | None = column(COUNT, optional=True)
    priority: int = column(COUNT)
    active: bool = column(FLAG)
    area_id: str | None = column(ID, optional=True)


class StationRoute(Row, table=True):
    """Where an item, every item of a category, or with neither all that is sold is made at some times (see `hours`), for a
    way of ordering or in an area of the floor, instead of at its own station. No weekdays are all of them."""

    __tablename__ = "station_routes"
    __table_args__ = described("record", writer="both", refers={"station_id": "stations"}, indexes=[["property_id"]])

    name: str = column(WORDS)
    station_id: str = column(ID)
    menu_item_id: str | None = column(ID, optional=True)
    category_id: str | None = column(ID, optional=True)
    channel: str | None = column(WORDS, optional=True)
    area_id: str | None = column(ID, optional=True)
    weekdays: str = column(ELEMENTS, merge="set")
    from_time: str = column(WORDS)
    to_time: str = column(WORDS)
    priority: int = column(COUNT)
    active: bool = column(FLAG)


class Promotion(Row, table=True):
    """What is taken off orders by itself at some times (see `hours`): off named items and headings, or off a whole order.

    kind: one of `promotions.KINDS`, which says which of the terms it has. period_ids: the serving periods in which it is
    on; none for always. No foreign key leads to what it names: what is not here is in nobody's order.
    """

    __tablename__ = "promotions"
    __table_args__ = described("record", writer="both", indexes=[["property_id"]])

    name: str = column(WORDS)
    kind: str = column(WORDS)
    item_ids: str = column(ELEMENTS, merge="set")
    category_ids: str = column(ELEMENTS, merge="set")
    percent_bp: int | None = column(COUNT, optional=True)
    amount_minor: int | None = column(AMOUNT, optional=True)
    buy: int | None = column(COUNT, optional=True)
    free: int | None = column(COUNT, optional=True)
    from_minor: int | None = column(AMOUNT, optional=True)
    channel: str | None = column(WORDS, optional=True)
    area_id: str | None = column(ID, optional=True)
    weekdays: str = column(ELEMENTS, merge="set")
    from_time: str = column(WORDS)
    to_time: str = column(WORDS)
    period_ids: str = column(ELEMENTS, merge="set")
    active: bool = column(FLAG)


class PortionCount(Row, table=True):
    """Somebody counted an item's portions: None for no limit, 0 for an 86. The highest `count_no` of an item counts, since
    a wall clock can go backwards."""

    __tablename__ = "portion_counts"
    __table_args__ = described("fact", indexes=[["menu_item_id", "count_no"]])

    menu_item_id: str = column(ID)
    count_no: int = column(COUNT)
    portions: int | None = column(COUNT, optional=True)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str | None = column(DAY, optional=True)


class PortionMove(Row, table=True):
    """A line took portions of a count (above zero), or gave them back (below). Its id follows from the line's and from how
    many it gave back, so that one line does either once, and twice only where two nodes that were apart each had another
    number of it; no foreign key leads from it, since an order must not wait for a count. line_id: the line that took
    them, also where a part of it gives them back."""

    __tablename__ = "portion_moves"
    __table_args__ = described("fact", indexes=[["count_id"]])

    count_id: str = column(ID)
    menu_item_id: str = column(ID)
    line_id: str = column(ID)
    portions: int = column(COUNT)
    at: str = column(INSTANT)


class PortionsLeft(Row, table=True):
    """What is left of each counted item (`id` is the item's): the newest count less its moves, kept so that an order
    reads it with its items; `portions.rebuild` makes it from the facts."""

    __tablename__ = "portions_left"
    __table_args__ = described("local")

    count_id: str = column(ID)
    portions: int = column(COUNT)


class StationPause(Row, table=True):
    """A station takes no orders until then, or until the pause is ended before."""

    __tablename__ = "station_pauses"
    __table_args__ = described("fact", refers={"station_id": "stations"}, indexes=[["property_id", "until"]])

    station_id: str = column(ID)
    reason: str = column(WORDS, pii="indirect")
    until: str = column(INSTANT)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)


class StationPauseEnd(Row, table=True):
    """A pause was lifted before its time, by two where they were apart."""

    __tablename__ = "station_pause_ends"
    __table_args__ = described("fact", refers={"pause_id": "station_pauses"}, indexes=[["pause_id"]])

    pause_id: str = column(ID)
    person_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    at: str = column(INSTANT)
    business_date: str = column(DAY)
