"""The menu over HTTP, at a node and at head office alike."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from hospitality.ground.http import (
    Asking,
    AskingAnywhere,
    Cursor,
    ErrorEnvelope,
    Id,
    Limit,
    act,
    host_of,
    read,
    with_position,
)
from hospitality.ground.statements import Reading
from hospitality.menu import reading as menu
from hospitality.menu import service, shapes
from hospitality.menu.hours import When
from hospitality.menu.on_now import menu_now
from hospitality.menu.pauses import pause_station, resume_station
from hospitality.menu.periods import serving_periods_list
from hospitality.menu.photos import photo_bytes, set_photo
from hospitality.menu.pictures import photo_of
from hospitality.menu.portions import count_portions
from hospitality.menu.rules import Ordering
from hospitality.menu.service import NewItem, choices, periods, prices, promotions, routes, taxes
from hospitality.menu.service.choices import NewOption
from hospitality.menu.service.standing import standing
from hospitality.menu.service.stations import edit_station
from hospitality.menu.shapes import occasions
from hospitality.properties.service import property_view

Channel = Literal["dine_in", "takeaway", "delivery", "room_service", "counter"]
TableLabel = Annotated[str | None, Query(max_length=40)]
Code = Annotated[str | None, Query(max_length=20, pattern="^[0-9]+$")]
PHOTOS = ThreadPoolExecutor(1, thread_name_prefix="photos")  # one after the other: each may take 200 MB on its way
PHOTO_KEPT = "private, max-age=31536000, immutable"
_PICTURE = {"schema": {"type": "string", "format": "binary"}}
PHOTO_BODY = {"requestBody": {"required": True, "content": {"image/*": _PICTURE}}}
PHOTO_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {"image/webp": _PICTURE}}, 304: {}}

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["menu"], responses={"4XX": {"model": ErrorEnvelope}}
)


@router.get("/stations", response_model=shapes.Stations)
async def stations(request: Request, asking: Asking) -> Response:
    """The prep stations in their order, and which take no orders now."""
    now = host_of(request).now()
    return await read(request, asking, lambda reading: {"items": menu.stations_now(reading, now)})


@router.post("/stations", status_code=201, response_model=shapes.StationShape)
async def new_station(request: Request, asking: Asking, new: shapes.NewStation) -> Response:
    """Sets up a station; needs menu.manage."""
    return await act(request, asking, service.add_station, name=new.name, sort=new.sort, printer=new.printer)


@router.patch("/stations/{station_id}", response_model=shapes.StationShape)
async def change_station(request: Request, asking: Asking, station_id: Id, change: shapes.StationChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, edit_station, station_id, change.model_dump(exclude_unset=True))


@router.post("/stations/{station_id}/pause", status_code=201, response_model=shapes.StationShape)
async def pause(request: Request, asking: Asking, station_id: Id, new: shapes.NewPause) -> Response:
    """Takes no more orders for a station that drowns; needs kitchen.pause."""
    return await act(request, asking, pause_station, station_id, reason=new.reason, minutes=new.minutes)


@router.post("/stations/{station_id}/resume", status_code=201, response_model=shapes.StationShape)
async def resume(request: Request, asking: Asking, station_id: Id) -> Response:
    """Takes orders for a station again; needs kitchen.pause."""
    return await act(request, asking, resume_station, station_id)


@router.get("/tax-rates", response_model=shapes.TaxRates)
async def tax_rates(request: Request, asking: Asking) -> Response:
    """The taxes by name."""
    return await read(request, asking, _all, menu.tax_rates_list)


@router.post("/tax-rates", status_code=201, response_model=shapes.TaxRateShape)
async def new_tax_rate(request: Request, asking: Asking, new: shapes.NewTaxRate) -> Response:
    """Sets up a tax; needs menu.manage."""
    return await act(request, asking, taxes.add_tax_rate, **new.model_dump())


@router.patch("/tax-rates/{tax_rate_id}", response_model=shapes.TaxRateShape)
async def edit_tax_rate(request: Request, asking: Asking, tax_rate_id: Id, change: shapes.TaxRateChange) -> Response:
    """Says what is reckoned instead of a tax on what leaves the house, and what beside it; needs menu.manage, at head
    office."""
    return await act(request, asking, taxes.edit_tax_rate, tax_rate_id, change.model_dump(exclude_unset=True))


@router.get("/serving-periods", response_model=occasions.ServingPeriods)
async def serving_periods(request: Request, asking: Asking) -> Response:
    """The serving periods in the order of the day."""
    return await read(request, asking, _all, serving_periods_list)


@router.post("/serving-periods", status_code=201, response_model=occasions.ServingPeriodShape)
async def new_serving_period(request: Request, asking: Asking, new: occasions.NewServingPeriod) -> Response:
    """Sets up a serving period; needs menu.manage."""
    return await act(request, asking, periods.add_serving_period, new.model_dump())


@router.patch("/serving-periods/{period_id}", response_model=occasions.ServingPeriodShape)
async def edit_serving_period(
    request: Request, asking: Asking, period_id: Id, change: occasions.ServingPeriodChange
) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    fields = change.model_dump(exclude_unset=True, exclude={"version"})
    return await act(request, asking, periods.edit_serving_period, period_id, fields, version=change.version)


@router.post("/serving-periods/{period_id}/removal", status_code=201, response_model=occasions.ServingPeriodShape)
async def remove_serving_period(
    request: Request, asking: Asking, period_id: Id, removal: occasions.Removal
) -> Response:
    """Takes a serving period away for good; needs menu.manage."""
    return await act(request, asking, periods.remove_serving_period, period_id, version=removal.version)


@router.get("/menu-categories", response_model=shapes.Categories)
async def categories(request: Request, asking: Asking) -> Response:
    """The headings in their order."""
    return await read(request, asking, _all, menu.categories_list)


@router.post("/menu-categories", status_code=201, response_model=shapes.CategoryShape)
async def new_category(request: Request, asking: Asking, new: shapes.NewCategory) -> Response:
    """Adds a heading; needs menu.manage."""
    return await act(request, asking, service.add_category, **new.model_dump())


@router.patch("/menu-categories/{category_id}", response_model=shapes.CategoryShape)
async def edit_category(request: Request, asking: Asking, category_id: Id, change: shapes.CategoryChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, service.edit_category, category_id, change.model_dump(exclude_unset=True))


@router.get("/modifier-groups", response_model=shapes.Groups)
async def modifier_groups(request: Request, asking: Asking) -> Response:
    """The modifier groups by name, each with its options."""
    return await read(request, asking, _all, menu.modifier_groups_list)


@router.post("/modifier-groups", status_code=201, response_model=shapes.GroupShape)
async def new_modifier_group(request: Request, asking: Asking, new: shapes.NewGroup) -> Response:
    """Adds a modifier group with its options; needs menu.manage."""
    options = [_new_option(one) for one in new.options]
    return await act(request, asking, choices.add_modifier_group, **{**new.model_dump(), "options": options})


@router.patch("/modifier-groups/{group_id}", response_model=shapes.GroupShape)
async def edit_modifier_group(request: Request, asking: Asking, group_id: Id, change: shapes.GroupChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, choices.edit_modifier_group, group_id, change.model_dump(exclude_unset=True))


@router.post("/modifier-groups/{group_id}/options", status_code=201, response_model=shapes.GroupShape)
async def new_option(request: Request, asking: Asking, group_id: Id, new: shapes.NewOptionShape) -> Response:
    """Adds an option, or has one of its name again that was withdrawn; needs menu.manage."""
    return await act(request, asking, choices.add_option, group_id, _new_option(new))


@router.patch("/modifier-options/{option_id}", response_model=shapes.GroupShape)
async def edit_option(request: Request, asking: Asking, option_id: Id, change: shapes.OptionChange) -> Response:
    """Edits the fields given, or withdraws it; needs menu.manage. Answers its group."""
    return await act(request, asking, choices.edit_option, option_id, change.model_dump(exclude_unset=True))


def _new_option(new: shapes.NewOptionShape) -> NewOption:
    return NewOption(**{**new.model_dump(), "group_ids": tuple(new.group_ids)})


@router.get("/menu-items", response_model=shapes.Items)
async def menu_items(
    request: Request, asking: Asking, limit: Limit = 100, cursor: Cursor = None, code: Code = None
) -> Response:
    """A page of the menu; with a `code` what has this PLU or barcode."""
    return await read(request, asking, menu.menu_items_page, limit=limit, cursor=cursor, code=code)


@router.post("/menu-items", status_code=201, response_model=shapes.ItemShape)
async def new_menu_item(request: Request, asking: Asking, new: shapes.NewItemShape) -> Response:
    """Adds an item; needs menu.manage."""
    fields = new.model_dump()
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    item = NewItem(**{**fields, **lists})
    return await act(request, asking, service.add_item, item)


@router.patch("/menu-items/{item_id}", response_model=shapes.ItemShape)
async def edit_menu_item(request: Request, asking: Asking, item_id: Id, change: shapes.ItemChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    return await act(request, asking, service.edit_item, item_id, change.model_dump(exclude_unset=True))


@router.post("/menu-items/{item_id}/photo", status_code=201, response_model=shapes.ItemShape, openapi_extra=PHOTO_BODY)
async def new_photo(request: Request, asking: Asking, item_id: Id) -> Response:
    """Gives an item the photo in the body (a PNG, JPEG or WebP), made smaller; needs menu.manage."""
    asking.require(service.MANAGE)  # before a picture of anybody's is opened
    running, given = asyncio.get_running_loop(), await request.body()
    photo = await running.run_in_executor(PHOTOS, photo_of, given)  # not in an act, for which tills would wait
    return await act(request, asking, set_photo, item_id, photo)


@router.get("/menu-photos/{photo_id}", response_class=Response, responses=PHOTO_ANSWERS)
async def menu_photo(request: Request, asking: AskingAnywhere, photo_id: Id) -> Response:
    """A photo, also for a terminal in a room. It never changes: another photo has another id."""
    headers = {"ETag": f'"{photo_id}"', "Cache-Control": PHOTO_KEPT}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    webp = await host_of(request).read(asking, photo_bytes, photo_id)
    return Response(webp, media_type="image/webp", headers=headers)


@router.get("/menu-rules", response_model=occasions.MenuRules)
async def menu_rules(request: Request, asking: Asking) -> Response:
    """All that holds at some times, what of it is in force now, and what it can name."""
    return await read(request, asking, with_position(request, standing, host_of(request).now()))


@router.get("/price-rules", response_model=occasions.PriceRules)
async def price_rules(request: Request, asking: Asking) -> Response:
    """The price rules by name."""
    return await read(request, asking, _all, menu.price_rules_list)


@router.get("/menu-prices", response_model=occasions.PricesNow)
async def menu_prices(
    request: Request, asking: Asking, channel: Channel = "dine_in", table: TableLabel = None
) -> Response:
    """What costs something else than the menu says, now, on a channel and at a table, and what is not served."""
    now = host_of(request).now()

    def asked(reading: Reading) -> dict[str, Any]:
        here = property_view(reading)
        return menu_now(reading, Ordering(channel, When(now, here["zone"], here["cut_off_hour"]), table))

    return await read(request, asking, asked)


@router.post("/price-rules", status_code=201, response_model=occasions.PriceRuleShape)
async def new_price_rule(request: Request, asking: Asking, new: occasions.NewPriceRule) -> Response:
    """Sets up a price rule; needs menu.manage."""
    return await act(request, asking, prices.add_price_rule, new.model_dump())


@router.patch("/price-rules/{rule_id}", response_model=occasions.PriceRuleShape)
async def edit_price_rule(request: Request, asking: Asking, rule_id: Id, change: occasions.PriceRuleChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    fields = change.model_dump(exclude_unset=True, exclude={"version"})
    return await act(request, asking, prices.edit_price_rule, rule_id, fields, version=change.version)


@router.post("/price-rules/{rule_id}/removal", status_code=201, response_model=occasions.PriceRuleShape)
async def remove_price_rule(request: Request, asking: Asking, rule_id: Id, removal: occasions.Removal) -> Response:
    """Takes a price rule away for good; needs menu.manage."""
    return await act(request, asking, prices.remove_price_rule, rule_id, version=removal.version)


@router.get("/station-routes", response_model=occasions.Routes)
async def station_routes(request: Request, asking: Asking) -> Response:
    """The routes to stations by name."""
    return await read(request, asking, _all, menu.routes_list)


@router.post("/station-routes", status_code=201, response_model=occasions.RouteShape)
async def new_station_route(request: Request, asking: Asking, new: occasions.NewRoute) -> Response:
    """Sets up a route; needs menu.manage."""
    return await act(request, asking, routes.add_route, new.model_dump())


@router.patch("/station-routes/{route_id}", response_model=occasions.RouteShape)
async def edit_station_route(request: Request, asking: Asking, route_id: Id, change: occasions.RouteChange) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    fields = change.model_dump(exclude_unset=True, exclude={"version"})
    return await act(request, asking, routes.edit_route, route_id, fields, version=change.version)


@router.post("/station-routes/{route_id}/removal", status_code=201, response_model=occasions.RouteShape)
async def remove_route(request: Request, asking: Asking, route_id: Id, removal: occasions.Removal) -> Response:
    """Takes a route away for good; needs menu.manage."""
    return await act(request, asking, routes.remove_route, route_id, version=removal.version)


@router.get("/promotions", response_model=occasions.Promotions)
async def all_promotions(request: Request, asking: Asking) -> Response:
    """The promotions by name."""
    return await read(request, asking, _all, promotions.promotions_list)


@router.post("/promotions", status_code=201, response_model=occasions.PromotionShape)
async def new_promotion(request: Request, asking: Asking, new: occasions.NewPromotion) -> Response:
    """Sets up a promotion; needs menu.manage."""
    return await act(request, asking, promotions.add_promotion, new.model_dump())


@router.patch("/promotions/{promotion_id}", response_model=occasions.PromotionShape)
async def edit_promotion(
    request: Request, asking: Asking, promotion_id: Id, change: occasions.PromotionChange
) -> Response:
    """Edits the fields given, each by itself; needs menu.manage."""
    fields = change.model_dump(exclude_unset=True, exclude={"version"})
    return await act(request, asking, promotions.edit_promotion, promotion_id, fields, version=change.version)


@router.post("/promotions/{promotion_id}/removal", status_code=201, response_model=occasions.PromotionShape)
async def remove_promotion(request: Request, asking: Asking, promotion_id: Id, removal: occasions.Removal) -> Response:
    """Takes a promotion away for good; needs menu.manage."""
    return await act(request, asking, promotions.remove_promotion, promotion_id, version=removal.version)


@router.post("/menu-items/{item_id}/portions", status_code=201, response_model=shapes.ItemShape)
async def new_portions(request: Request, asking: Asking, item_id: Id, counted: shapes.Portions) -> Response:
    """Counts the portions of an item, and has it for sale again unless there are none; needs menu.count."""
    return await act(request, asking, count_portions, item_id, portions=counted.portions)


def _all(reading: Reading, listed: menu.Listed) -> object:
    return {"items": listed(reading)}
