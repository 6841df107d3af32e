"""What a room's terminal shows, and what staff see of the rooms."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hospitality.checks.reading import order_views
from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.menu.hours import When
from hospitality.menu.on_now import menu_now
from hospitality.menu.reading import categories_list, menu_items_page, tax_rates_list
from hospitality.menu.rules import Ordering
from hospitality.orders.loading import TABLE_LABEL
from hospitality.orders.rules import PARTY_MIN
from hospitality.properties.service import property_view
from hospitality.rooms.reading import room_view

CHANNEL = "room_service"
ITEMS_MAX = 1_000
ORDERS_MAX = 50
ASKS_MAX = 50
OPEN_ASKS_MAX = 200
A_DAY_AND_MORE = timedelta(days=2)  # a business day began before what is opened in it
OFFERED = ("piece", "set")
_STAY = """
    SELECT MAX(begun) FROM (
        SELECT d.until AS begun FROM room_departures d WHERE d.org_id = :org_id AND d.room_id = :room_id
        UNION ALL
        SELECT t.enrolled_at FROM terminals t WHERE t.org_id = :org_id AND t.id = :terminal_id
        UNION ALL
        SELECT r.numbered_at FROM rooms r WHERE r.org_id = :org_id AND r.id = :room_id
    ) AS begins
"""
_ORDERS = f"""
    SELECT o.id, o.opened_at FROM orders o
    WHERE o.org_id = :org_id AND o.property_id = :property_id AND o.business_date >= :day AND o.channel = '{CHANNEL}'
      AND {TABLE_LABEL} = :number AND o.opened_at > :since
    ORDER BY o.id DESC LIMIT :limit
"""
_ASKS = """
    SELECT k.id, k.room_id, r.number, k.about, k.wishes, k.text, k.at,
           a.text AS answer, a.at AS answered_at, p.display_name AS answered_by
    FROM room_asks k
    JOIN rooms r ON r.org_id = k.org_id AND r.id = k.room_id
    LEFT JOIN room_answers a ON a.org_id = k.org_id AND a.ask_id = k.id AND NOT EXISTS (
        SELECT 1 FROM room_answers b WHERE b.org_id = a.org_id AND b.ask_id = a.ask_id AND (b.at, b.id) < (a.at, a.id))
    LEFT JOIN people p ON p.org_id = a.org_id AND p.id = a.person_id
    WHERE k.org_id = :org_id AND k.property_id = :property_id
"""
_OF_ROOM = f"{_ASKS} AND k.room_id = :room_id AND k.at > :since ORDER BY k.at, k.id LIMIT :limit"
_OPEN = f"""
    {_ASKS} AND a.id IS NULL AND NOT EXISTS (
        SELECT 1 FROM room_departures d WHERE d.org_id = k.org_id AND d.room_id = k.room_id AND d.until >= k.at)
    ORDER BY k.at, k.id LIMIT :limit
"""


_BY_STAFF = "SELECT id FROM order_lines WHERE org_id = :org_id AND id IN (:ids) AND placed_by IS NOT NULL"


def stay_of(reading: Reading, room_id: str, terminal_id: str | None) -> str:
    """Since when what happens is the present guest's, as far as a terminal may know: that also names the stay.

    A terminal shows nothing from before it was enrolled, nor from before its room had its number.
    """
    begun = reading.value(_STAY, room_id=room_id, terminal_id=terminal_id)
    assert begun is not None, "a room's terminal was enrolled at some time"
    return instant_text(instant(begun))


def orders_since(reading: Reading, number: str, since: str, *, limit: int = ORDERS_MAX) -> list[Found]:
    """{id, opened_at} of the orders that went to a room since then, newest first."""
    day = (instant(since) - A_DAY_AND_MORE).date().isoformat()
    return list(reading.rows(_ORDERS, number=number, since=since, day=day, limit=limit))


def asked_since(reading: Reading, room_id: str, since: str) -> list[dict[str, Any]]:
    """What a room asked for since then, oldest first."""
    return [_ask(row) for row in reading.rows(_OF_ROOM, room_id=room_id, since=since, limit=ASKS_MAX)]


def open_asks(reading: Reading) -> list[dict[str, Any]]:
    """What rooms ask for and nobody answered, oldest first; not of guests who left."""
    return [_ask(row) for row in reading.rows(_OPEN, limit=OPEN_ASKS_MAX)]


def ask_view(reading: Reading, ask_id: str) -> dict[str, Any]:
    """One ask; NotFound when the property doesn't have it."""
    row = reading.one(f"{_ASKS} AND k.id = :id", id=ask_id)
    if row is None:
        raise NotFound.of("room ask", ask_id)
    return _ask(row)


def room_now(reading: Reading, room_id: str, terminal_id: str | None) -> dict[str, Any]:
    """{stay, room, orders, asks} of the present guest, orders newest first."""
    room, stay = room_view(reading, room_id), stay_of(reading, room_id, terminal_id)
    orders = order_views(reading, [row["id"] for row in orders_since(reading, room["number"], stay)])
    lines = [line["id"] for order in orders for line in order["lines"]]
    by_staff = {row["id"] for row in reading.rows(_BY_STAFF, ids=lines)} if lines else set()
    return {
        "stay": stay,
        "room": {name: room[name] for name in ("number", "name")},
        "orders": [guests_order(order, by_staff) for order in orders],
        "asks": [guests_ask(ask) for ask in asked_since(reading, room_id, stay)],
    }


def guests_order(order: Mapping[str, Any], by_staff: Collection[str] = ()) -> dict[str, Any]:
    """An order as a guest sees it: without who served it and what staff write about it and about their lines (by_staff)."""
    told = ("id", "number", "opened_at", "promised_at", "promise", "covers", "currency", "kitchen_state")
    sums = ("subtotal_minor", "total_minor", "paid_minor", "due_minor", "payment_state")
    return {
        **{name: order[name] for name in (*told, *sums)},
        "note": order["note"] if order["opened_by"] is None else None,
        "lines": [_guests_line(line, is_staffs=line["id"] in by_staff) for line in order["lines"]],
        "adjustments": [{name: one[name] for name in ("kind", "name", "amount_minor")} for one in order["adjustments"]],
        "taxes": [{name: one[name] for name in ("name", "included", "tax_minor")} for one in order["taxes"]],
    }


def guests_ask(ask: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked as a guest sees it: without who answered."""
    return {name: value for name, value in ask.items() if name != "answered_by"}


def _guests_line(line: Mapping[str, Any], *, is_staffs: bool) -> dict[str, Any]:
    told = ("name", "quantity", "amount_minor", "kitchen_state")
    options = [{name: one[name] for name in ("name", "quantity")} for one in line["options"]]
    part = line["part_of"]
    shown = {**{name: line[name] for name in told}, "note": None if is_staffs else line["note"]}
    return {**shown, "options": options, "part_of": part and part["name"]}


def room_menu(reading: Reading, now: datetime) -> dict[str, Any]:
    """The menu as a room may order from it now: headings, what is under them at room service's price, when what is not served
    now is again, and what is chosen of each thing; every group stands in `groups` once."""
    place = property_view(reading)
    page = menu_items_page(reading, limit=ITEMS_MAX)
    at_present = menu_now(reading, Ordering(CHANNEL, When(now, place["zone"], place["cut_off_hour"])))
    prices = {one["menu_item_id"]: one["price_minor"] for one in at_present["items"]}
    closed = {one["menu_item_id"]: one["next_at"] for one in at_present["not_served"]}
    offered = [item for item in page["items"] if item["sold_as"] in OFFERED]
    groups: dict[str, dict[str, Any]] = {}
    for item in offered:
        _collect(item["modifier_groups"], groups)
    headings = categories_list(reading)
    return {
        "currency": place["currency"],
        "headings": [{name: one[name] for name in ("id", "name", "parent_id")} for one in headings],
        "items": [_guests_item(item, prices, closed) for item in offered],
        "groups": list(groups.values()),
        "until": at_present["until"],
        "taxed_on_top": any(not rate["included"] for rate in tax_rates_list(reading)),
        "party_min": PARTY_MIN,
    }


def _guests_item(
    item: Mapping[str, Any], prices: Mapping[str, int], closed: Mapping[str, str | None]
) -> dict[str, Any]:
    told = ("id", "name", "category_id", "description", "allergens", "diets", "sold_out", "photo_id")
    return {
        **{name: item[name] for name in told},
        "price_minor": prices.get(item["id"], item["price_minor"]),
        "served": item["id"] not in closed,
        "next_at": closed.get(item["id"]),
        "group_ids": [group["id"] for group in item["modifier_groups"]],
    }


def _collect(found: Iterable[Mapping[str, Any]], groups: dict[str, dict[str, Any]]) -> None:
    for group in found:
        if group["id"] not in groups:
            told = {name: group[name] for name in ("id", "name", "choices_min", "choices_max")}
            groups[group["id"]] = {**told, "options": [_guests_option(option) for option in group["options"]]}
            for option in group["options"]:
                _collect(option["groups"], groups)


def _guests_option(option: Mapping[str, Any]) -> dict[str, Any]:
    told = ("id", "name", "price_delta_minor", "menu_item_id", "preset")
    groups: Sequence[Mapping[str, Any]] = option["groups"]
    return {**{name: option[name] for name in told}, "group_ids": [group["id"] for group in groups]}


def _ask(row: Mapping[str, Any] | Found) -> dict[str, Any]:
    return {**dict(row), "wishes": words_of(row["wishes"])}
