"""S22: whatever differs between a node and head office is found by checksums, healed, and never silent."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Float, MetaData, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from hospitality.ground.ids import new_id
from hospitality.ground.tables import AMOUNT, COUNT, DAY, DOCUMENT, FLAG, ID, INSTANT, WORDS
from hospitality.menu.service import add_station, edit_item
from hospitality.orders.models import Order
from sync.capture_sqlite import Pen, hold
from sync.checksum import checksum
from sync.hub.postgres import Connection, PostgresStore
from sync.hub.store import Sender
from sync.merge import set_text
from sync.node.healer import REFERENCES_MS
from sync.schema import TableSpec, attach_engine_columns, read_schema
from sync.wire import LISTED_MAX
from tests.simulation.memory import in_memory
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.ends import Head, House, Node
from tests.sync.faults import before
from tests.sync.menus import Menu, add_menu, place

COMPARE, GIVE = "/sync/v1/compare", "/sync/v1/give"
TYPES = {
    "ref": (ID, st.uuids().map(str)),
    "at": (INSTANT, st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0"))),
    "day": (DAY, st.dates().map(str)),
    "amount": (AMOUNT, st.integers(-(2**63), 2**63 - 1)),
    "count": (COUNT, st.integers(-(2**31), 2**31 - 1)),
    "words": (WORDS, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
    "flag": (FLAG, st.booleans()),
    "document": (DOCUMENT, st.just('{"a": [1, 2.50]}')),
    "share": (Float(), st.floats(allow_nan=False, allow_infinity=False)),
}
ELEMENTS = st.sampled_from(["blue", "naïve", "dark blue", 'the "best"', "a,b@1.2", "\U0001f33f", "\uff5e"])
STAMPS = st.tuples(st.integers(1, 2**62), st.integers(0, 99))


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know."""
    menu = node.act(add_menu)
    node.sync()
    return menu


# --- both databases make the same number of a row


def samples(kind: str) -> tuple[Table, TableSpec]:
    """A table with a column of every type."""
    metadata = MetaData()
    columns: list[Column[Any]] = [Column(name, cast(Any, type), nullable=True) for name, (type, _) in TYPES.items()]
    if kind == "record":
        columns.append(Column("tags", Text(), nullable=False, info={"merge": "set"}))
    keys: list[Column[Any]] = [
        Column(name, cast(Any, ID), primary_key=name == "id", nullable=name == "property_id")
        for name in ("org_id", "id", "property_id")
    ]
    table = Table(f"sample_{kind}s", metadata, *keys, *columns, info={"kind": kind, "writer": "both"})
    attach_engine_columns(metadata)
    return table, read_schema(metadata).tables[table.name]


@st.composite
def sample(draw: Callable[[Any], Any], kind: str) -> dict[str, Any]:
    """A row of such a table, every field of which may be null or have a stamp of its own."""
    row = {name: draw(st.none() | values) for name, (_, values) in TYPES.items()}
    hlc, node = draw(STAMPS)
    of_tags = ELEMENTS.map("tags/{}".format)
    later = draw(st.dictionaries(st.sampled_from([*TYPES, "_deleted"]) | of_tags, STAMPS)) if kind == "record" else {}
    if kind == "record":
        row["tags"] = set_text(draw(st.sets(ELEMENTS)))
    fv = msgspec.json.encode(later).decode() if later else None
    deleted = kind == "record" and draw(st.booleans())
    return {**row, "_hlc": hlc, "_node": node, "_fv": fv, "_deleted": deleted, "_x": None}


@pytest.fixture(scope="module")
def superuser(office: Any) -> Iterator[Connection]:
    """A connection with the samples' tables, which end with it."""
    head = Head(office[0], office[1], cast(Any, None), cast(Any, None))
    with head.superuser() as connection:
        for kind in ("fact", "record"):
            made = str(CreateTable(samples(kind)[0]).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
            connection.execute(made.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
        yield connection


@pytest.mark.parametrize("kind", ["fact", "record"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_databases_make_the_same_number_of_any_row(superuser: Connection, kind: str, data: st.DataObject) -> None:
    table, spec = samples(kind)
    org, property_id = new_id(), new_id()
    found = [
        {"org_id": org, "id": new_id(), "property_id": property_id, **row}
        for row in data.draw(st.lists(sample(kind), min_size=1, max_size=4))
    ]
    names = ", ".join(f'"{name}"' for name in found[0])
    superuser.cursor().executemany(
        f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(['%s'] * len(found[0]))})",
        [tuple(row.values()) for row in found],
    )
    there = PostgresStore(superuser, Sender(org, new_id(), 1, property_id))
    here = in_memory()
    here.row_factory = sqlite3.Row
    here.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    here.executemany(
        f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(found[0]))})",
        [tuple(row.values()) for row in found],
    )
    ours = here.execute(f"SELECT * FROM {table.name} ORDER BY id").fetchall()
    here.close()
    numbers = [(row["id"], checksum(spec, list(spec.fields), row)) for row in ours]
    assert there.row_numbers(spec, list(spec.fields), None, None, 10) == numbers


# --- what differs is found, healed and told


def check(node: Node) -> tuple[int, int]:
    """Compares in quiet times; how many rows differed, and how many still do."""
    before_it = node.engine.current().differed
    assert node.engine.check(node.link)
    node.pull()  # what head office says of it
    found = node.engine.current()
    assert found.checked_at is not None
    return found.differed - before_it, found.standing


def there(node: Node, sql: str, *parameters: Any) -> None:
    """Head office's rows are changed by a hand from outside, which nothing captures."""
    with node.house.group.head.superuser() as connection, connection.transaction():
        connection.execute("SELECT set_config('session_replication_role', 'replica', true)")  # no trigger, no key
        connection.execute(sql, parameters)


def here(node: Node, sql: str, *parameters: Any) -> None:
    """The same at the node."""
    with closing(node.raw()) as connection:
        hold(connection, Pen(applying=True))
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(sql, parameters)


def alarms(node: Node) -> int:
    """What head office counted of this node."""
    return int(node.house.group.value("SELECT differed FROM sync_nodes WHERE number = %s", node.number))


def test_nothing_differs_in_an_ordinary_evening(node: Node, house: House, menu: Menu) -> None:
    for n in range(3):
        node.act(place, menu)
        house.act(edit_item, menu.items[0], {"price_minor": 100 + n})
        node.act(edit_item, menu.items[0], {"price_minor": 200 + n})
        node.sync()
    assert check(node) == (0, 0)
    assert alarms(node) == 0
    assert node.house.group.value("SELECT checked_at IS NOT NULL FROM sync_nodes")


@pytest.mark.parametrize("where", [here, there])
def test_a_flipped_value_is_healed_by_its_authors_copy(node: Node, house: House, menu: Menu, where: Any) -> None:
    """Head office set this price, so its copy counts; the node placed this order, so the node's does."""
    mine = house.act(add_station, name="Pass")["id"]
    order = node.act(place, menu)
    node.sync()
    if where is here:
        here(node, "UPDATE stations SET name = 'Fla6' WHERE id = ?", mine)
    else:
        there(node, "UPDATE orders SET note = 'flipped' WHERE id = %s", order)
    assert check(node) == (1, 0)
    assert_agree(node)
    assert node.value("SELECT name FROM stations WHERE id = :id", id=mine) == "Pass"
    assert house.group.value("SELECT note FROM orders WHERE id = %s", order) is None
    assert alarms(node) == 1
    (kept,) = node.house.group.conflicts()
    assert kept["rule"] == "authors_copy"
    assert kept["lost_value"] == ('"Fla6"' if where is here else '"flipped"')
    node.sync()
    assert check(node) == (0, 0)


@pytest.mark.parametrize("table", ["orders", "order_lines", "menu_items"])
def test_a_row_that_is_missing_at_one_end_comes_back(node: Node, menu: Menu, table: str) -> None:
    node.act(place, menu)
    node.sync()
    before_it = node.house.group.rows(f"SELECT * FROM {table} ORDER BY id")
    for n, remove in enumerate((there, here), 1):
        remove(node, f"DELETE FROM {table}")  # and what leans on it stays, as after a damaged page
        assert check(node) == (len(before_it), 0)
        assert_agree(node)
        assert node.house.group.rows(f"SELECT * FROM {table} ORDER BY id") == before_it
        assert alarms(node) == n * len(before_it)


def test_what_is_set_aside_is_no_difference(node: Node, menu: Menu) -> None:
    node.act(lambda work: work.add(Order, rows.order(node.house, note="a\0b")))
    node.sync()
    assert check(node) == (0, 0)
    assert len(node.house.group.quarantine()) == 1


def test_what_only_head_office_may_write_and_only_the_node_has_stands_as_an_alarm(node: Node, house: House) -> None:
    id = house.act(add_station, name="Pass")["id"]
    node.sync()
    there(node, "DELETE FROM stations WHERE id = %s", id)
    assert check(node) == (1, 1)
    assert check(node) == (1, 1)
    assert house.group.value("SELECT standing FROM sync_nodes") == 1
    house.group.rows("UPDATE sync_scopes SET epoch = epoch + 1")  # a person says that the node is to be believed
    for _ in range(3):
        node.sync()
    assert_agree(node)
    assert house.group.value("SELECT count(*) FROM stations WHERE id = %s", id) == 1


def test_rows_that_lean_on_one_that_is_not_here_are_counted_once_a_day_and_told(node: Node, menu: Menu) -> None:
    order = node.act(place, menu)
    node.sync()
    healer = node.engine._healer
    healer.check_references()
    assert node.engine.current().broken_references == 0
    here(node, "DELETE FROM orders WHERE id = ?", order)
    leaning = "order_id = :id"
    broken = node.value(f"SELECT count(*) FROM order_lines WHERE {leaning}", id=order)
    healer.check_references()
    assert node.engine.current().broken_references == 0, "it was looked at today"
    healer._references_at -= REFERENCES_MS
    healer.check_references()
    assert node.engine.current().broken_references == broken > 0


def test_nothing_is_compared_while_something_moves(node: Node, house: House, menu: Menu) -> None:
    node.act(place, menu)
    assert not node.engine.check(node.link), "something waits"
    node.push()
    house.act(edit_item, menu.items[0], {"price_minor": 1})
    assert not node.engine.check(node.link), "head office is ahead"
    node.sync()
    node.wire.fail(COMPARE, before(lambda: house.act(edit_item, menu.items[0], {"price_minor": 2})))
    assert not node.engine.check(node.link), "it moved meanwhile"
    assert node.engine.current().differed == 0
    node.sync()
    assert check(node) == (0, 0)


def test_more_than_one_answer_tells_is_healed_too(node: Node, house: House) -> None:
    count = LISTED_MAX + 1_500
    house.group.rows(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " SELECT %s, gen_random_uuid(), %s, 'Station ' || n, n FROM generate_series(1, %s) AS n",
        house.group.org_id,
        house.id,
        count,
    )
    node.sync()
    here(node, "DELETE FROM stations WHERE sort > 100")
    assert check(node) == (count - 100, 0)
    assert_agree(node)
