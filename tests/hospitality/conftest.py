"""A property with a small menu, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller, Place
from hospitality.menu.service import NewItem, add_category, add_item, add_station
from hospitality.menu.service.choices import NewOption, add_modifier_group
from hospitality.menu.service.taxes import add_tax_rate
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import add_organisation, add_property
from tests.hospitality.node import (
    EVERYTHING,
    Node,
    Restaurant,
    Store,
    postgres_store,
    postgres_tables,
    sqlite_store,
    sqlite_template,
)
from tests.hospitality.served import Served, serve
from tests.postgres_fixture import Databases


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file with the trades' tables."""
    return sqlite_template(tmp_path_factory.mktemp("hospitality") / "template.db")


@pytest.fixture(scope="session")
def postgres_node(postgres_databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    """Empty tables of the trades on PostgreSQL."""
    yield from postgres_tables(postgres_databases)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, sqlite_tables: Path) -> Iterator[Store]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield from sqlite_store(sqlite_tables, tmp_path / "node.db")
    else:
        yield from postgres_store(request.getfixturevalue("postgres_node"))


@pytest.fixture
def node(store: Store) -> Node:
    """A property with its organisation, asked by someone who may do everything."""
    org_id = new_id()
    group = Place(side="group", node=0, code="Z", incarnation=1)
    cloud = Node(store, Caller(org_id=org_id, permissions=EVERYTHING), group)
    cloud.act(add_organisation, name="Namib Lodges")
    made = cloud.act(add_property, name="Dune House", zone="Africa/Windhoek", currency="NAD", cut_off_hour=4)
    caller = Caller(org_id, made["id"], terminal_id=new_id(), permissions=EVERYTHING)
    place = Place(side="property", node=1, code="A", incarnation=1, zone="Africa/Windhoek", currency="NAD")
    node = Node(store, caller, place)
    person = node.act(add_person, display_name="Selma", role="owner")
    node.caller = replace(caller, person_id=person["id"], name="Selma")
    return node


@pytest.fixture
def restaurant(node: Node) -> Restaurant:
    """Steak (25.00, sauce needed, up to two sides) and soup from the kitchen, beer from the bar."""
    kitchen = node.act(add_station, name="Kitchen", printer="kitchen")["id"]
    bar = node.act(add_station, name="Bar", sort=1)["id"]
    vat = node.act(add_tax_rate, name="VAT", rate_bp=1500, included=True)["id"]
    levy = node.act(add_tax_rate, name="Levy", rate_bp=200, included=False)["id"]
    category = node.act(add_category, name="Dinner")["id"]
    sauces = node.act(
        add_modifier_group,
        name="Sauce",
        choices_min=1,
        choices_max=1,
        options=[NewOption("Pepper"), NewOption("Mushroom", 500)],
    )
    sides = node.act(
        add_modifier_group,
        name="Sides",
        choices_min=0,
        choices_max=2,
        options=[NewOption("Chips", 1500), NewOption("No starch", -200)],
    )

    def item(name: str, price: int, station: str, tax: str | None, groups: tuple[str, ...] = ()) -> str:
        new = NewItem(name, category, price, station, tax, modifier_group_ids=groups)
        return str(node.act(add_item, new)["id"])

    steak = item("Steak", 2500, kitchen, vat, (sauces["id"], sides["id"]))
    beer = item("Beer", 333, bar, levy)
    soup = item("Soup", 900, kitchen, None)
    return Restaurant(node, kitchen, bar, category, vat, levy, sauces, sides, steak, beer, soup)


@pytest.fixture
def served(restaurant: Restaurant) -> Iterator[Served]:
    """The restaurant's API over HTTP."""
    served = serve(restaurant.node)
    with served.client:
        yield served
