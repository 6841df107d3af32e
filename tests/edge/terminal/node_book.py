"""What the node's double knows and reckons: a small restaurant, its orders, tickets and payments."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

Json = dict[str, Any]

PROPERTY = "0198a000-0000-7000-8000-000000000001"
TAX_BP = 1500
OPEN_STATES = ("placed", "in_preparation")
STATE_AFTER = {
    "start": "in_preparation",
    "bump": "ready",
    "serve": "served",
    "recall": "in_preparation",
    "return": "ready",
}
EVERYTHING = [
    "orders.place",
    "orders.void",
    "payments.take",
    "kitchen.bump",
    "people.manage",
    "orders.despite_pause",
    "menu.manage",
    "cash.drawer",
    "menu.count",
]


class Refused(Exception):
    """Answered as an error envelope."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: dict[str, str] | None = None,
        details: Json | None = None,
    ) -> None:
        super().__init__(code)
        self.details = details or {}
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def an_id(kind: int, number: int) -> str:
    return str(UUID(int=(0x0198A000 << 96) | (0x7 << 76) | (0x8 << 60) | (kind << 32) | number))


def _group(number: int, name: str, least: int, most: int, options: list[tuple[str, int]]) -> Json:
    shown = [
        {"id": an_id(60 + number, place), "name": words, "price_delta_minor": delta}
        for place, (words, delta) in enumerate(options)
    ]
    return {"id": an_id(6, number), "name": name, "choices_min": least, "choices_max": most, "options": shown}


COOKED = _group(1, "Cooked", 1, 1, [("Rare", 0), ("Medium", 0), ("Well done", 0)])
EXTRAS = _group(2, "Extras", 0, 2, [("Bacon", 1500), ("Egg", 1000), ("Cheese", 800), ("No onion", 0)])
MILK = _group(3, "Milk", 1, 1, [("Full cream", 0), ("Oat", 500)])

_MENU: list[tuple[str, str, int, str, list[Json]]] = [
    ("Starters", "Oysters, half a dozen", 14500, "Kitchen", []),
    ("Starters", "Kapana skewers", 8500, "Kitchen", []),
    ("Starters", "Soup of the day", 6500, "Kitchen", []),
    ("Mains", "Beef burger", 9800, "Kitchen", [COOKED, EXTRAS]),
    ("Mains", "Cheeseburger", 10500, "Kitchen", [COOKED, EXTRAS]),
    ("Mains", "Grilled kingklip", 18500, "Kitchen", []),
    ("Mains", "Game steak", 21000, "Kitchen", [COOKED]),
    ("Mains", "Wild mushroom risotto", 13500, "Kitchen", []),
    ("Sides", "Chips", 3500, "Kitchen", []),
    ("Sides", "Garden salad", 4500, "Kitchen", []),
    ("Desserts", "Malva pudding", 6000, "Kitchen", []),
    ("Desserts", "Crème brûlée", 6500, "Kitchen", []),
    ("Drinks", "Windhoek Lager", 3200, "Bar", []),
    ("Drinks", "Rock shandy", 3000, "Bar", []),
    ("Drinks", "Cappuccino", 3000, "Bar", [MILK]),
    ("Drinks", "Still water", 2200, "Bar", []),
]
_PEOPLE = [
    ("Anna", "staff", "1234"),
    ("Ben", "service_manager", "246810"),
    ("Carla", "kitchen", "5555"),
    ("Dan", "staff", ""),
    ("Elsa", "owner", "135790"),
]
_ROLES = {
    "staff": EVERYTHING[:1] + EVERYTHING[2:4] + EVERYTHING[-1:],
    "service_manager": EVERYTHING,
    "kitchen": ["kitchen.bump"],
    "owner": ["*"],
}


@dataclass
class Book:
    """The property's things. `now` is its clock, moved by the test alone."""

    now: datetime = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
    people: list[Json] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    stations: list[Json] = field(default_factory=list)
    menu: list[Json] = field(default_factory=list)
    prices: list[Json] = field(default_factory=list)
    not_served: list[Json] = field(default_factory=list)
    orders: dict[str, Json] = field(default_factory=dict)
    tickets: dict[str, Json] = field(default_factory=dict)
    payments: dict[str, list[Json]] = field(default_factory=dict)
    cash_step_minor: int = 1
    sync: Json = field(default_factory=lambda: {"state": "online", "waiting": 0, "last_error": None})
    printers: list[Json] = field(default_factory=list)
    journal: list[tuple[str, Json]] = field(default_factory=list)
    made: int = 0
    locale: str = ""
    """Of the property; empty as of a node that does not say it."""

    def __post_init__(self) -> None:
        self.stations = [{"id": an_id(1, n), "name": name, "sort": n} for n, name in enumerate(["Kitchen", "Bar"])]
        for number, (name, role, pin) in enumerate(_PEOPLE):
            self.people.append({"id": an_id(2, number), "display_name": name, "role": role, "has_pin": bool(pin)})
            self.pins[an_id(2, number)] = pin
        by_name = {station["name"]: station["id"] for station in self.stations}
        for number, (category, name, price, station, groups) in enumerate(_MENU):
            self.menu.append(
                {
                    "id": an_id(3, number),
                    "name": name,
                    "category_id": an_id(4, len(category)),
                    "category_name": category,
                    "price_minor": price,
                    "currency": "NAD",
                    "station_id": by_name[station],
                    "tax_rate_id": None,
                    "available": True,
                    "prep_seconds": 600,
                    "version": 1,
                    "modifier_groups": groups,
                }
            )
        self.sync["last_success_at"] = self.text(self.now)
        self.printers = [
            {"name": name, "state": "ready", "jobs_waiting": 0, "detail": None} for name in ("Kitchen", "Receipts")
        ]

    def text(self, moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def fresh_id(self) -> str:
        self.made += 1
        return an_id(9, self.made)

    def person(self, person_id: str) -> Json:
        return next(person for person in self.people if person["id"] == person_id)

    def permissions(self, person_id: str) -> list[str]:
        return _ROLES[self.person(person_id)["role"]]

    def about(self) -> Json:
        named = {"property_name": "Harbour Kitchen", "locale": self.locale}
        return {"property_id": PROPERTY, **named, "node_code": "A1", "version": "0.1.0"}

    def status(self) -> Json:
        return {
            **self.about(),
            "business_date": "2026-11-22",
            "sync": self.sync,
            "printers": self.printers,
            "server_time": self.text(self.now),
        }

    def event(self, name: str, data: Json) -> None:
        self.journal.append((name, data))

    def check_paused(self, lines: list[Json]) -> None:
        items = {item["id"]: item for item in self.menu}
        for station in self.stations:
            asked = [line for line in lines if items[line["menu_item_id"]]["station_id"] == station["id"]]
            meant = all(line.get("despite_pause") or line.get("pause_approval_id") for line in asked)
            if station.get("pause") and not meant:
                words = f"{station['name']} takes no orders until 21:30: {station['pause']['reason']}."
                needs = {"action": "orders.despite_pause", "record_id": an_id(12, 1), "value": None}
                raise Refused(409, "STATION_PAUSED", words, details={**needs, "station_id": station["id"]})

    def place_order(self, body: Json, person_id: str) -> Json:
        self.check_paused(body["lines"])
        order: Json = {
            "id": self.fresh_id(),
            "number": f"A1-{101 + len(self.orders)}",
            "channel": body["channel"],
            "table": body.get("table"),
            "covers": body.get("covers"),
            "note": body.get("note"),
            "business_date": "2026-11-22",
            "opened_at": self.text(self.now),
            "opened_by": person_id,
            "opened_by_name": self.person(person_id)["display_name"],
            "currency": "NAD",
            "lines": [],
            "paid_minor": 0,
            "payment_state": "open",
            "kitchen_state": "placed",
        }
        lines = [self._line(order, line) for line in body["lines"]]
        self.orders[order["id"]] = order
        self._take_lines(order, lines)
        self.event("order_created", {"order": order})
        return order

    def add_lines(self, order_id: str, body: Json) -> Json:
        order = self.order(order_id)
        self._take_lines(order, [self._line(order, line) for line in body["lines"]])
        self.event("order_updated", {"order": order})
        return order

    def order(self, order_id: str) -> Json:
        if order_id not in self.orders:
            raise Refused(404, "ORDER_UNKNOWN", "There is no such order. Look in the list of open orders.")
        return self.orders[order_id]

    def _line(self, order: Json, line: Json) -> Json:
        item = next((item for item in self.menu if item["id"] == line["menu_item_id"]), None)
        if item is None or not item["available"]:
            name = item["name"] if item else "This item"
            raise Refused(409, "ITEM_SOLD_OUT", f"{name} is sold out. Take it off the order.")
        options = self._options(item, line)
        unit = item["price_minor"] + sum(option["price_delta_minor"] * option["quantity"] for option in options)
        return {
            "id": self.fresh_id(),
            "line_no": len(order["lines"]) + 1,
            "menu_item_id": item["id"],
            "name": item["name"],
            "quantity": line["quantity"],
            "unit_price_minor": unit,
            "amount_minor": unit * line["quantity"],
            "options": options,
            "note": line.get("note"),
            "seat": line.get("seat"),
            "station_id": item["station_id"],
            "ticket_id": None,
            "kitchen_state": "placed",
            "void_reason": None,
        }

    def _options(self, item: Json, line: Json) -> list[Json]:
        wanted = {option["option_id"]: option.get("quantity", 1) for option in line.get("options", [])}
        options = []
        for group in item["modifier_groups"]:
            chosen = [option for option in group["options"] if option["id"] in wanted]
            if not group["choices_min"] <= len(chosen) <= group["choices_max"]:
                raise Refused(409, "BAD_CHOICE", f"Choose {group['name'].lower()} for {item['name']}.")
            options += [
                {
                    "option_id": option["id"],
                    "group_name": group["name"],
                    "name": option["name"],
                    "price_delta_minor": option["price_delta_minor"],
                    "quantity": wanted[option["id"]],
                }
                for option in chosen
            ]
        return options

    def _take_lines(self, order: Json, lines: list[Json]) -> None:
        order["lines"] = [*order["lines"], *lines]
        for station in self.stations:
            for_it = [line for line in lines if line["station_id"] == station["id"]]
            if for_it:
                self._fire(order, station, for_it)
        self._reckon(order)

    def _fire(self, order: Json, station: Json, lines: list[Json]) -> None:
        ticket = {
            "id": self.fresh_id(),
            "order_id": order["id"],
            "order_number": order["number"],
            "channel": order["channel"],
            "table": order["table"],
            "covers": order["covers"],
            "order_note": order["note"],
            "station_id": station["id"],
            "station_name": station["name"],
            "server": order["opened_by_name"],
            "placed_at": self.text(self.now),
            "prep_seconds": 600,
            "state": "placed",
            "lines": [
                {
                    "id": line["id"],
                    "name": line["name"],
                    "quantity": line["quantity"],
                    "options": [{"name": o["name"], "quantity": o["quantity"]} for o in line["options"]],
                    "note": line["note"],
                    "seat": line["seat"],
                    "state": "placed",
                    "void_reason": None,
                }
                for line in lines
            ],
        }
        for line in lines:
            line["ticket_id"] = ticket["id"]
        self.tickets[ticket["id"]] = ticket
        self.event("ticket_updated", {"ticket": ticket})

    def _reckon(self, order: Json) -> None:
        total = sum(line["amount_minor"] for line in order["lines"] if not line["void_reason"])
        tax = round(total * TAX_BP / (10000 + TAX_BP))
        order |= {
            "subtotal_minor": total,
            "tax_minor": tax,
            "taxes": [{"name": "VAT", "rate_bp": TAX_BP, "included": True, "net_minor": total - tax, "tax_minor": tax}],
            "total_minor": total,
            "due_minor": total - order["paid_minor"],
        }
        order["payment_state"] = "settled" if order["due_minor"] == 0 and order["id"] in self.payments else "open"

    def server(self) -> Json:
        taken = [payment for payments in self.payments.values() for payment in payments]
        total = sum(payment["amount_minor"] for payment in taken)
        figure = {"section": "payments", "name": "cash", "count": len(taken), "amount_minor": total, "currency": "NAD"}
        return {"date": "2026-11-22", "figures": [figure]}

    def server_text(self) -> str:
        day = self.server()
        (cash,) = day["figures"]
        taken = f"{cash['count']} × {cash['amount_minor'] / 100:.2f}"
        return "\n".join([f"{'Ben':<32}{day['date']}", "─" * 42, "", "Taken", f"  cash{taken:>36}"])

    def pay(self, order_id: str, body: Json) -> Json:
        order = self.order(order_id)
        if body["amount_minor"] > order["due_minor"]:
            raise Refused(409, "PAYMENT_OVER_DUE", "That is more than is due. Take what is due.")
        if body["tender"] == "card" and not body.get("reference"):
            raise Refused(422, "REFERENCE_NEEDED", "Type the reference that the card terminal printed.")
        tendered = body.get("tendered_minor") if body["tender"] == "cash" else None
        counts = (body["amount_minor"] if tendered is None else tendered) * (20 if "tendered_currency" in body else 1)
        payment = {
            "id": self.fresh_id(),
            "tender": body["tender"],
            "amount_minor": body["amount_minor"],
            "tendered_minor": tendered,
            "tip_minor": body.get("tip_minor", 0),
            "change_minor": counts - self._in_coins(body["amount_minor"] + body.get("tip_minor", 0)),
            "reference": body.get("reference"),
            "currency": "NAD",
            "taken_at": self.text(self.now),
        }
        self.payments.setdefault(order_id, []).append(payment)
        order["paid_minor"] += body["amount_minor"]
        self._reckon(order)
        self.event("order_updated", {"order": order})
        settled = order["payment_state"] == "settled"
        receipt = {"id": an_id(8, len(self.payments)), "number": f"A1-R{len(self.payments):05}"} if settled else None
        return {"payment": payment, "order": order, "receipt": receipt}

    def _in_coins(self, amount_minor: int) -> int:
        step = self.cash_step_minor
        return (2 * amount_minor + step) // (2 * step) * step

    def receipt(self, order_id: str) -> Json:
        order = self.order(order_id)
        settled = [one for one in self.orders.values() if one["payment_state"] == "settled"]
        return {
            "number": f"A1-R{settled.index(order) + 1:05}",
            "issued_at": self.text(self.now),
            "order": order,
            "payments": self.payments[order_id],
            "property": {"name": "Harbour Kitchen"},
        }

    def at_pass(self, verb: str, ticket_ids: list[str], line_ids: list[str] | None = None) -> Json:
        for ticket_id in ticket_ids:
            lines = self.tickets[ticket_id]["lines"]
            ready = [line["id"] for line in lines if line["state"] == "ready"] if verb == "serve" else None
            self.step(ticket_id, verb, ready if line_ids is None else line_ids)
        return {"items": [self.tickets[ticket_id] for ticket_id in ticket_ids]}

    def step(self, ticket_id: str, verb: str, line_ids: list[str] | None = None) -> Json:
        ticket = self.tickets[ticket_id]
        state = STATE_AFTER[verb]
        left = [line for line in ticket["lines"] if not line["void_reason"]]
        moving = [line for line in left if line_ids is None or line["id"] in line_ids]
        if all(line["state"] == state for line in moving):
            return ticket
        for line in moving:
            line["state"] = state
        of_lines = {line["state"] for line in left}
        ticket["state"] = of_lines.pop() if len(of_lines) == 1 else "in_preparation"
        order = self.orders[ticket["order_id"]]
        states = {one["state"] for one in self.tickets.values() if one["order_id"] == order["id"]}
        order["kitchen_state"] = states.pop() if len(states) == 1 else "in_preparation"
        self.event("ticket_updated", {"ticket": ticket})
        self.event("order_updated", {"order": order})
        return ticket
