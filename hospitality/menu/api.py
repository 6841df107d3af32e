"""The menu over HTTP, at a node and at head office alike."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from hospitality.ground.http import (
    Asking,
    AskingAnywhere,
    Cursor,
    ErrorEnvelope,
    Id,
    IdText,
    Limit,
    Shape,
    act,
    host_of,
    read,
)
from hospitality.ground.statements import Reading
from hospitality.menu import reading as menu
from hospitality.menu import service
from hospitality.menu.for_sale import prices_now
from hospitality.menu.pauses import pause_station, resume_station, stations_now
from hospitality.menu.photos import photo_bytes, set_photo
from hospitality.menu.pictures import photo_of
from hospitality.menu.portions import count_portions
from hospitality.menu.rules import PREP_SECONDS_USUAL, Ordering
from hospitality.menu.service import NewItem, choices, prices
from hospitality.menu.service.choices import NewOption
from hospitality.properties.service import property_view

Channel = Literal["dine_in", "takeaway", "delivery", "room_service", "counter"]
Code = Annotated[str | None, Query(max_length=20, pattern="^[0-9]+$")]
PHOTO_KEPT = "private, max-age=31536000, immutable"
_PICTURE = {"schema": {"type": "string", "format": "binary"}}
PHOTO_BODY = {"requestBody": {"required": True, "content": {"image/*": _PICTURE}}}
PHOTO_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {"image/webp": _PICTURE}}, 304: {}}

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["menu"], responses={"4XX": {"model": ErrorEnvelope}}
)


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
    """A prep station; `printer` names its ticket printer in the node's settings."""

    id: str
    name: str
    sort: int
    printer: str | None
    pause: PauseShape | None = None


class Stations(Shape):
    """All stations."""

    items: list[StationShape]


class NewStation(Shape):
    """A station to set up."""

    name: str
    sort: int = 0
    printer: str | None = None


class TaxRateShape(Shape):
    """A tax in basis points (1000 is 10 %), included in prices or on top of them.

    `away_rate_id`: the rate that stands in for it on what is taken away or delivered.
    """

    id: str
    name: str
    rate_bp: int
    included: bool
    away_rate_id: str | None


class TaxRates(Shape):
    """All taxes."""

    items: list[TaxRateShape]


class NewTaxRate(Shape):
    """A tax to set up."""

    name: str
    rate_bp: int
    included: bool
    away_rate_id: IdText | None = None


class AwayRate(Shape):
    """Which rate stands in for a tax on what leaves the house; null for none."""

    away_rate_id: IdText | None


class CategoryShape(Shape):
    """A heading; `parent_id`: the one that it stands under."""

    id: str
    name: str
    sort: int
    parent_id: str | None


class Categories(Shape):
    """All headings."""

    items: list[CategoryShape]


class NewCategory(Shape):
    """A heading to add."""

    name: str
    sort: int = 0
    parent_id: IdText | None = None


class CategoryChange(Shape):
    """The fields to edit; one that is left out stays, `parent_id` null has it stand by itself."""

    name: str = ""
    sort: int = 0
    parent_id: IdText | None = None


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


class ItemShape(Shape):
    """Something that is sold; `version` changes with any of its fields.

    `portions_left` is null where nobody counts; an item is sold out when it is switched off (`available`) or when none is
    left. `sold_as`: piece; set, made of what its choices bring alone; open, whose name and price are keyed in; or the unit
    (kg, lb, litre) that its price is of. `heading_name`: of the heading above its category, if there is one. `plu`: the
    number that staff key in. `photo_id`: of the picture at `menu-photos/{photo_id}`.
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


class ItemChange(Shape):
    """The fields to edit; one that is left out stays, `tax_rate_id` null takes the tax away, `photo_id` null the photo.

    `allergens`, `diets` and `barcodes` are the whole list; what it adds to or takes from the list that stands merges with
    what others do.
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


class NewPriceRule(Shape):
    """A price rule to set up, about an item or a category, with a price or a part of the item's own (8000 is 80 %)."""

    name: str
    menu_item_id: IdText | None = None
    category_id: IdText | None = None
    channel: str | None = None
    weekdays: list[str] = []
    from_time: str = "00:00"
    to_time: str = "00:00"
    price_minor: int | None = None
    percent_bp: int | None = None
    priority: int = 0


class PriceRuleShape(NewPriceRule):
    """What an item or a category costs at some local times, on some weekdays (none: all), or on a channel."""

    id: str
    active: bool


class PriceRules(Shape):
    """All price rules."""

    items: list[PriceRuleShape]


class PriceNow(Shape):
    """What one of an item costs now, by a price rule."""

    menu_item_id: str
    price_minor: int


class PricesNow(Shape):
    """Items whose price is another one now; read it anew at `until`."""

    items: list[PriceNow]
    until: str | None


class PriceRuleChange(Shape):
    """The fields to edit; one that is left out stays."""

    name: str = ""
    channel: str | None = None
    weekdays: list[str] = []
    from_time: str = ""
    to_time: str = ""
    price_minor: int | None = None
    percent_bp: int | None = None
    priority: int = 0
    active: bool = True


class Portions(Shape):
    """How many portions of an item there are; 0 is an 86, null no limit."""

    portions: int | None


@router.get("/stations", response_model=Stations)
async def stations(request: Request, asking: Asking) -> Response:
    """The prep stations in their order, and which take no orders now."""
    now = host_of(request).now()
    return await read(request, asking, lambda reading: {"items": stations_now(reading, now)})


@router.post("/stations", status_code=201, response_model=StationShape)
async def new_station(request: Request, asking: Asking, new: NewStation) -> Response:
    """Sets up a station; needs menu.manage."""
    return await act(request, asking, service.add_station, name=new.name, sort=new.sort, printer=new.printer)


@router.post("/stations/{station_id}/pause", status_code=201, response_model=StationShape)
async def pause(request: Request, asking: Asking, station_id: Id, new: NewPause) -> Response:
    """Takes no more orders for a station that drowns; needs kitchen.pause."""
    return await act(request, asking, pause_station, station_id, reason=new.reason, minutes=new.minutes)


@router.post("/stations/{station_id}/resume", status_code=201, response_model=StationShape)
async def resume(request: Request, asking: Asking, station_id: Id) -> Response:
    """Takes orders for a station again; needs kitchen.pause."""
    return await act(request, asking, resume_station, station_id)


@router.get("/tax-rates", response_model=TaxRates)
async def tax_rates(request: Request, asking: Asking) -> Response:
    """The taxes by name."""
    return await read(request, asking, _all, menu.tax_rates_list)


@router.post("/tax-rates", status_code=201, response_model=TaxRateShape)
async def new_tax_rate(request: Request, asking: Asking, new: NewTaxRate) -> Response:
    """Sets up a tax; needs menu.manage."""
    return await act(request, asking, service.add_tax_rate, **new.model_dump())


@router.patch("/tax-rates/{tax_rate_id}", response_model=TaxRateShape)
async def away_rate(request: Request, asking: Asking, tax_rate_id: Id, new: AwayRate) -> Response:
    """Says which rate what is taken away or delivered is taxed at; needs menu.manage, at head office."""
    return await act(request, asking, service.set_away_rate, tax_rate_id, away_rate_id=new.away_rate_id)


@router.get("/menu-categories", response_model=Categories)
async def categories(request: Request, asking: Asking) -> Response:
    """The headings in their order."""
    return await read(request, asking, _all, menu.categories_list)


@router.post("/menu-categories", status_code=201, response_model=CategoryShape)
async def new_category(request: Request, asking: Asking, new: NewCategory) -> Response:
    """Adds a heading; needs menu.manage."""
    return await act(request, asking, service.add_category, **new.model_dump())


@router.patch("/menu-categories/{category_id}", response_model=CategoryShape)
async def edit_category(request: Request, asking: Asking, category_id: Id, change: CategoryChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, service.edit_category, category_id, change.model_dump(exclude_unset=True))


@router.get("/modifier-groups", response_model=Groups)
async def modifier_groups(request: Request, asking: Asking) -> Response:
    """The modifier groups by name, each with its options."""
    return await read(request, asking, _all, menu.modifier_groups_list)


@router.post("/modifier-groups", status_code=201, response_model=GroupShape)
async def new_modifier_group(request: Request, asking: Asking, new: NewGroup) -> Response:
    """Adds a modifier group with its options; needs menu.manage."""
    options = [NewOption(**{**one.model_dump(), "group_ids": tuple(one.group_ids)}) for one in new.options]
    return await act(request, asking, choices.add_modifier_group, **{**new.model_dump(), "options": options})


@router.get("/menu-items", response_model=Items)
async def menu_items(
    request: Request, asking: Asking, limit: Limit = 100, cursor: Cursor = None, code: Code = None
) -> Response:
    """A page of the menu; with a `code` what has this PLU or barcode."""
    return await read(request, asking, menu.menu_items_page, limit=limit, cursor=cursor, code=code)


@router.post("/menu-items", status_code=201, response_model=ItemShape)
async def new_menu_item(request: Request, asking: Asking, new: NewItemShape) -> Response:
    """Adds an item; needs menu.manage."""
    fields = new.model_dump()
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    item = NewItem(**{**fields, **lists})
    return await act(request, asking, service.add_item, item)


@router.patch("/menu-items/{item_id}", response_model=ItemShape)
async def edit_menu_item(request: Request, asking: Asking, item_id: Id, change: ItemChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, service.edit_item, item_id, change.model_dump(exclude_unset=True))


@router.post("/menu-items/{item_id}/photo", status_code=201, response_model=ItemShape, openapi_extra=PHOTO_BODY)
async def new_photo(request: Request, asking: Asking, item_id: Id) -> Response:
    """Gives an item the photo in the body (a PNG, JPEG or WebP), made smaller; needs menu.manage."""
    photo = await asyncio.to_thread(photo_of, await request.body())  # not in an act, for which tills would wait
    return await act(request, asking, set_photo, item_id, photo)


@router.get("/menu-photos/{photo_id}", response_class=Response, responses=PHOTO_ANSWERS)
async def menu_photo(request: Request, asking: AskingAnywhere, photo_id: Id) -> Response:
    """A photo, also for a terminal in a room. It never changes: another photo has another id."""
    headers = {"ETag": f'"{photo_id}"', "Cache-Control": PHOTO_KEPT}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    webp = await host_of(request).read(asking, photo_bytes, photo_id)
    return Response(webp, media_type="image/webp", headers=headers)


@router.get("/price-rules", response_model=PriceRules)
async def price_rules(request: Request, asking: Asking) -> Response:
    """The price rules by name."""
    return await read(request, asking, _all, menu.price_rules_list)


@router.get("/menu-prices", response_model=PricesNow)
async def menu_prices(request: Request, asking: Asking, channel: Channel = "dine_in") -> Response:
    """What costs something else than the menu says, now and on a channel, and until when that holds for sure."""
    now = host_of(request).now()
    return await read(
        request, asking, lambda reading: prices_now(reading, Ordering(channel, now, property_view(reading)["zone"]))
    )


@router.post("/price-rules", status_code=201, response_model=PriceRuleShape)
async def new_price_rule(request: Request, asking: Asking, new: NewPriceRule) -> Response:
    """Sets up a price rule; needs menu.manage."""
    return await act(request, asking, prices.add_price_rule, new.model_dump())


@router.patch("/price-rules/{rule_id}", response_model=PriceRuleShape)
async def edit_price_rule(request: Request, asking: Asking, rule_id: Id, change: PriceRuleChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, prices.edit_price_rule, rule_id, change.model_dump(exclude_unset=True))


@router.post("/menu-items/{item_id}/portions", status_code=201, response_model=ItemShape)
async def new_portions(request: Request, asking: Asking, item_id: Id, counted: Portions) -> Response:
    """Counts the portions of an item, and has it for sale again unless there are none; needs menu.count."""
    return await act(request, asking, count_portions, item_id, portions=counted.portions)


def _all(reading: Reading, listed: menu.Listed) -> object:
    return {"items": listed(reading)}
