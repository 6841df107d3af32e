"""What the journal tells screens: each entry as events, with views of what they are about as of now, and the places from
which a screen resumes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.checks.reading import order_views
from hospitality.ground.statements import Reading
from hospitality.kitchen.tickets import ticket_views
from hospitality.menu.reading import menu_items_of

ORDER_EVENTS = frozenset({"order_created", "order_updated"})
RESTORED = "conflicts.conflict_restored"
REVOKED = "people.terminal_revoked"
ROOM_CHANGED = "rooms.room_changed"  # its number is another one, or it was taken away
TABLES = ("tables.", "parties.")  # of which trades the floor is told
ITEM = "menu_item_id"
ITEMS_TOLD_MAX = 50  # where more change at once, screens read the menu anew
# of the terminal's own devices, and of this moment alone
OF_DEVICES = frozenset({"barcode_scanned", "key_pressed", "drawer_moved", "card_told"})
EVENTS = ORDER_EVENTS | OF_DEVICES
OF_ROOMS = frozenset({"room_updated", "room_menu_updated"})  # all that a guest's terminal hears
EVENTS |= OF_ROOMS | {"ticket_updated", "menu_updated", "station_updated", "table_updated", "sync_status"}
PAUSES = frozenset({"menu.station_paused", "menu.station_resumed"})
ENTRIES_MAX = 200

_ENTRIES = """
    SELECT rowid AS place, kind, data FROM journal NOT INDEXED
    WHERE org_id = :org_id AND property_id = :property_id AND rowid > :after ORDER BY rowid LIMIT :limit
"""


Place = tuple[int, int]
"""The journal's row number and, since one entry may make several events, which of them."""
END_OF_ENTRY = 1 << 30
_POSITION = re.compile(r"(?P<life>[0-9]{1,9}):(?P<entry>[0-9]{1,18})(:(?P<which>[0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Event:
    """One message to screens: its name, its place in the journal, and the JSON text as sent; for which terminal or of which
    room it is, where it is not everybody's."""

    name: str
    place: Place
    text: str
    terminal_id: str | None = None
    room: str | None = None


def journal_position(reading: Reading, incarnation: int) -> str:
    """The position of everything that the journal holds in this look at the rows."""
    return f"{incarnation}:{reading.value('SELECT coalesce(max(rowid), 0) FROM journal')}"


def events_after(
    reading: Reading, after: int, incarnation: int, names: frozenset[str] = EVENTS
) -> tuple[list[Event], int]:
    """The events of these names of the next entries of the journal, and the last entry's row number; views are as of
    now."""
    entries = reading.rows(_ENTRIES, after=after, limit=ENTRIES_MAX)
    wanted = [(row["place"], row["kind"], msgspec.json.decode(row["data"])) for row in entries]
    # nothing is looked up that nobody would be told: a kitchen screen wants tickets alone
    of_orders, of_tickets = bool(names & (ORDER_EVENTS | OF_ROOMS)), "ticket_updated" in names
    order_ids = list({id for _, kind, data in wanted for id in _orders(kind, data)}) if of_orders else []
    ticket_ids = list({ticket for _, _, data in wanted for ticket in _tickets(data)}) if of_tickets else []
    orders = {order["id"]: order for order in order_views(reading, order_ids)} if order_ids else {}
    tickets = {ticket["id"]: ticket for ticket in ticket_views(reading, ticket_ids)} if ticket_ids else {}
    item_ids = {data[ITEM] for _, _, data in wanted if ITEM in data} if "menu_updated" in names else set()
    many = len(item_ids) > ITEMS_TOLD_MAX
    items = {item["id"]: item for item in menu_items_of(reading, set() if many else item_ids)}
    last_of_menu = max((place for place, kind, _ in wanted if _is_of_menu(kind)), default=0)
    found: list[Event] = []
    for place, kind, data in wanted:
        of_this = _tickets(data)
        told: list[tuple[int, str, dict[str, Any]]] = [
            (n, "ticket_updated", {"ticket": tickets[ticket_id]})
            for n, ticket_id in enumerate(of_this, start=1)
            if ticket_id in tickets
        ]
        for n, order_id in enumerate(_orders(kind, data), start=len(of_this) + 1):
            if order_id in orders:
                name = "order_created" if kind == "orders.order_placed" else "order_updated"
                told.append((n, name, {"order": orders[order_id]}))
        if _is_of_menu(kind) and (place == last_of_menu or not many):  # here or at head office
            told.append((1, "menu_updated", _of_menu(data, items)))
            told.append((2, "room_menu_updated", {}))
        if kind in PAUSES:  # what it is now, screens read; this costs the writer nothing
            told.append((1, "station_updated", {"station_id": data["station_id"]}))
        if _is_of_order(kind, data) or kind.startswith(TABLES) or kind == RESTORED:
            # names what it is about and looks nothing up: a floor is read whole, and not by the writer
            about = {name: data[name] for name in ("table_id", "order_id") if name in data}
            told.append((len(of_this) + len(_orders(kind, data)) + 1, "table_updated", about))
        for n, room in enumerate(_rooms(kind, data, orders), start=len(of_this) + len(_orders(kind, data)) + 2):
            told.append((n, "room_updated", {"room": room}))
        if kind == REVOKED:
            told.append((1, kind, {"revoked_terminal_id": data["revoked_terminal_id"]}))
        if kind == ROOM_CHANGED:
            told.append((1, kind, {}))
        for n, name, about in told:
            found.append(event_of(name, (place, n), f"{incarnation}:{place}:{n}", about))
    return found, entries[-1]["place"] if entries else after


def _is_of_menu(kind: str) -> bool:
    return (kind.startswith("menu.") and kind not in PAUSES) or kind == RESTORED


def _of_menu(data: dict[str, Any], items: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The item that changed, as it is now; `whole` where more than one may have, and the menu is to be read anew."""
    item = items.get(data.get(ITEM, ""))
    return {"items": [] if item is None else [item], "whole": item is None}


def place_of(position: str, incarnation: int) -> Place | None:
    """Where a screen got to by its position (`2:1041:1`, or `2:1041` for all of that entry); None if it is not ours."""
    found = _POSITION.fullmatch(position)
    if found is None or int(found["life"]) != incarnation:
        return None
    return int(found["entry"]), int(found["which"]) if found["which"] else END_OF_ENTRY


def _is_of_order(kind: str, data: dict[str, Any]) -> bool:
    return "order_id" in data and kind.split(".")[0] in ("orders", "kitchen", "payments")


def _orders(kind: str, data: dict[str, Any]) -> Sequence[str]:
    """The orders that an entry is about; where lines went from one to another, both."""
    return [data["order_id"], *data.get("other_order_ids", ())] if _is_of_order(kind, data) else []


def _rooms(kind: str, data: dict[str, Any], orders: dict[str, dict[str, Any]]) -> Sequence[str]:
    """The numbers of the rooms that an entry is about: what goes to one, or what happens between it and the house."""
    if kind.startswith("room_service."):
        return [data["number"]]
    of = (orders.get(order_id) for order_id in _orders(kind, data))
    return [order["table"] for order in of if order and order["channel"] == "room_service" and order["table"]]


def _tickets(data: dict[str, Any]) -> Sequence[str]:
    if "ticket_ids" in data:
        return list(data["ticket_ids"])
    return [data["ticket_id"]] if "ticket_id" in data else []


def event_of(name: str, place: Place, position: str | None, data: dict[str, Any]) -> Event:
    text = msgspec.json.encode({"event": name, "position": position, "data": data}).decode()
    return Event(name, place, text, data.get("revoked_terminal_id"), data.get("room"))
