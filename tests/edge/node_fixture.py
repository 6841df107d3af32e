"""A property's node on an encrypted database of its own: migrated, enrolled and seeded as the cloud would have it.

What is there by fixed ids: Dune House in Windhoek (NAD), its manager Selma, the stations Kitchen and Bar, and a small
menu. `manager()` is Selma at a till; `act` runs a verb and waits for its commit.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from time import time_ns
from typing import Any, Concatenate, ParamSpec, TypeVar

from edge.database import connect
from edge.host import EdgeHost
from edge.identity import Identity, keep_identity, read_identity
from hospitality.ground.clock import Clock, utc_now
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Work
from sync.clock import HybridClock, at_ms
from tests.empty_node import DATABASE, DATABASE_KEY, put_empty_node

P = ParamSpec("P")
T = TypeVar("T")
ZONE = "Africa/Windhoek"
CURRENCY = "NAD"
WAIT_SECONDS = 30.0


def _id(name: str) -> str:
    return derived_id("0198a000-0000-7000-8000-000000000000", name)


ORG, PROPERTY, NODE, TILL = _id("org"), _id("property"), _id("node"), _id("till")
SELMA, TOIVO = _id("selma"), _id("toivo")
KITCHEN, BAR = _id("kitchen"), _id("bar")
VAT, LEVY, DINNER, DRINKS = _id("vat"), _id("levy"), _id("dinner"), _id("drinks")
SAUCE, PEPPER, MUSHROOM = _id("sauce"), _id("pepper"), _id("mushroom")
SIDES, CHIPS, NO_STARCH = _id("sides"), _id("chips"), _id("no starch")
STEAK, SOUP, BEER = _id("steak"), _id("soup"), _id("beer")
_IDENTITY = Identity("http://127.0.0.1:1", NODE, 1, "A", ORG, PROPERTY)

_ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("organisations", {"id": ORG, "property_id": None, "name": "Namib Lodges"}),
    (
        "properties",
        {"id": PROPERTY, "name": "Dune House", "zone": ZONE, "currency": CURRENCY, "cut_off_hour": 4, "locale": "en"},
    ),
    ("people", {"id": SELMA, "display_name": "Selma", "role": "hospitality_manager", "active": True}),
    ("people", {"id": TOIVO, "display_name": "Toivo", "role": "staff", "active": True}),
    ("stations", {"id": KITCHEN, "name": "Kitchen", "sort": 0, "printer": None}),
    ("stations", {"id": BAR, "name": "Bar", "sort": 1, "printer": None}),
    ("tax_rates", {"id": VAT, "name": "VAT", "rate_bp": 1500, "included": True}),
    ("tax_rates", {"id": LEVY, "name": "Levy", "rate_bp": 200, "included": False}),
    ("menu_categories", {"id": DINNER, "name": "Dinner", "sort": 0}),
    ("menu_categories", {"id": DRINKS, "name": "Drinks", "sort": 1}),
    ("modifier_groups", {"id": SAUCE, "name": "Sauce", "choices_min": 0, "choices_max": 1}),
    ("modifier_options", {"id": PEPPER, "group_id": SAUCE, "name": "Pepper", "price_delta_minor": 0, "sort": 0}),
    ("modifier_options", {"id": MUSHROOM, "group_id": SAUCE, "name": "Mushroom", "price_delta_minor": 500, "sort": 1}),
    ("modifier_groups", {"id": SIDES, "name": "Sides", "choices_min": 0, "choices_max": 3}),
    ("modifier_options", {"id": CHIPS, "group_id": SIDES, "name": "Chips", "price_delta_minor": 1500, "sort": 0}),
    ("modifier_options", {"id": NO_STARCH, "group_id": SIDES, "name": "No starch", "price_delta_minor": 0, "sort": 1}),
)


def _item(id: str, name: str, category: str, price: int, station: str, tax: str | None) -> tuple[str, dict[str, Any]]:
    own = {"id": id, "name": name, "category_id": category, "price_minor": price, "station_id": station}
    return "menu_items", {**own, "tax_rate_id": tax, "available": True, "prep_seconds": 600}


def _offer(item: str, group: str, sort: int) -> tuple[str, dict[str, Any]]:
    return "menu_item_groups", {"id": derived_id(item, group), "menu_item_id": item, "group_id": group, "sort": sort}


_MENU = (
    _item(STEAK, "Rump steak 300 g", DINNER, 18500, KITCHEN, VAT),
    _item(SOUP, "Butternut soup", DINNER, 7500, KITCHEN, VAT),
    _item(BEER, "Draught lager", DRINKS, 3500, BAR, LEVY),
    _offer(STEAK, SAUCE, 0),
    _offer(STEAK, SIDES, 1),
)


@contextmanager
def node(folder: Path, *, now: Clock = utc_now) -> Iterator[EdgeHost]:
    """A running node in the folder: a new one, seeded, or the one that is there already."""
    path = folder / DATABASE
    is_new = not path.exists()
    key = put_empty_node(folder, folder) if is_new else (folder / DATABASE_KEY).read_text()
    with closing(connect(path, key)) as connection:
        if is_new:
            keep_identity(connection, _IDENTITY)
        identity = read_identity(connection)
    clock = HybridClock(lambda: time_ns() // 1_000_000)
    host = EdgeHost(path, key, identity, clock=clock, now=now, readers=2)
    host.start()
    try:
        if is_new:
            seed(host, *_ROWS, *_MENU)
        yield host
    finally:
        host.stop()


def seed(host: EdgeHost, *rows: tuple[str, Mapping[str, Any]]) -> None:
    """Adds rows as sync does what comes from the cloud: not captured, with the cloud's stamps."""

    def insert(connection: Any) -> None:
        for table, row in rows:
            whole = {"org_id": ORG, "property_id": PROPERTY, **row, "_hlc": at_ms(1), "_node": 0}
            names = ", ".join(f'"{name}"' for name in whole)
            binds = ", ".join("?" for _ in whole)
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({binds})', tuple(whole.values()))

    host.writer.apply(insert).result(WAIT_SECONDS)
    host.refresh_place()


def manager(*permissions: str) -> Caller:
    """Selma, signed in at a till; with all permissions unless some are named."""
    return Caller(ORG, PROPERTY, SELMA, TILL, frozenset(permissions or {"*"}), "Selma")


def act(host: EdgeHost, verb: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a verb as the manager and waits for its commit."""
    done: Future[T] = host.writer.act(manager(), lambda work: verb(work, *args, **kwargs))
    return done.result(WAIT_SECONDS)


def ask(host: EdgeHost, question: Callable[Concatenate[Reading, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Asks a question of what is committed."""
    return host.ask(lambda reading: question(reading, *args, **kwargs)).result(WAIT_SECONDS)
