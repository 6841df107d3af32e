"""S27: a value of every column type arrives as it was: node → outbox → hub → PostgreSQL → feed → another node."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.ground.ids import new_id
from hospitality.ground.journal import ChainBroken, verify_chain
from hospitality.ground.work import Work
from hospitality.menu.models import MenuItem
from hospitality.orders.models import Order, OrderLine
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import House, Node
from tests.sync.menus import Menu, add_menu, place

TEXTS = [
    "",
    " ",
    "plain",
    "  spaces kept  ",
    'it\'s "quoted" \\ and / and \\n',
    "line\nfeed\ttab\r\ncarriage",
    "\x01\x1f\x7f\x80\u2028\u2029\ufeff",
    "Crème brûlée — 25 €",
    "e\u0301 is not \u00e9",
    "👩🏽‍🍳🍜🇳🇦",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010ffff",
    "العربية עברית 日本語 ภาษาไทย",
    "null",
    "true",
    '{"a": [1, 2.50]}',
    "[1,  2]",
    "$1 %s %(x)s ? :name ; -- /* */",
    "\\x41 \\u0041 \\",
    "'; DROP TABLE stations; --",
    "x" * 100_000,
]
BIG = [0, 1, -1, 2**31, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]
SMALL = [0, 1, -1, 2**31 - 1, -(2**31)]
MOMENTS = ["1970-01-01T00:00:00.000000Z", "2026-03-01T23:59:59.999999Z", "2400-02-29T12:00:00.000001Z"]
DAYS = ["1900-01-01", "2026-02-28", "2400-02-29"]


def naughty() -> list[str]:
    """Strings that have broken other programs, where they are at hand."""
    folder = os.environ.get("BUFFR_REAL_DATA")
    path = Path(folder or "/nowhere") / "naughty-strings" / "blns.json"
    if not path.exists():
        pytest.skip("BUFFR_REAL_DATA names no folder with naughty-strings/blns.json")
    found: list[str] = msgspec.json.decode(path.read_bytes())
    return found


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know."""
    menu = node.act(add_menu, items=1)
    node.sync()
    return menu


def order(node: Node, **values: Any) -> dict[str, Any]:
    """An order with these values, without any verb that might tidy them."""
    return node.act(lambda work: work.add(Order, rows.order(node.house, **values)))


def everywhere(node: Node, other: Node, table: str, id: str) -> list[dict[str, Any]]:
    """The row at its author, at head office and at another node."""
    at_head = node.house.group.rows(f"SELECT * FROM {table} WHERE id = %s", id)[0]
    return [*(each.rows(f"SELECT * FROM {table} WHERE id = :id", id=id)[0] for each in (node, other)), at_head]


def check_texts(node: Node, other: Node, menu: Menu, texts: list[str]) -> None:
    """Each text arrives in a fact, in a new record and in an edit."""
    facts = [rows.order(node.house, note=text, number=text) for text in texts]
    made = [rows.item(node.house, menu.station, menu.category, name=text) for text in texts]

    def make_all(work: Work) -> None:
        work.add_all(Order, facts)
        work.add_all(MenuItem, made)

    def edit_all(work: Work) -> None:
        for row in made:
            work.edit(MenuItem, row["id"], name="for a while")
            work.edit(MenuItem, row["id"], name=row["name"])

    for act in (make_all, edit_all):
        node.act(act)
        node.sync()
        other.sync()
    assert node.house.group.quarantine() == []
    for each in (node, other):
        assert_agree(each)
    where = {
        "orders": {row["id"]: row["note"] for row in facts},
        "menu_items": {row["id"]: row["name"] for row in made},
    }
    for table, column in (("orders", "note"), ("orders", "number"), ("menu_items", "name")):
        sql = f"SELECT id, {column} FROM {table}"
        for found in (node.rows(sql), other.rows(sql), node.house.group.rows(sql)):
            texts_by_id = {row["id"]: row[column] for row in found}
            assert {id: texts_by_id[id] for id in where[table]} == where[table]


def test_texts_arrive_byte_for_byte(node: Node, house: House, menu: Menu, make: NodeFactory) -> None:
    check_texts(node, make(house), menu, TEXTS)


def test_strings_that_broke_other_programs_arrive_byte_for_byte(
    node: Node, house: House, menu: Menu, make: NodeFactory
) -> None:
    check_texts(node, make(house), menu, naughty())


def test_texts_that_head_office_writes_arrive_byte_for_byte(node: Node, house: House, menu: Menu) -> None:
    ids = {new_id(): text for text in TEXTS}
    for id, text in ids.items():
        house.group.rows(
            "INSERT INTO stations (org_id, id, property_id, name, sort, printer) VALUES (%s, %s, %s, %s, 0, %s)",
            house.group.org_id,
            id,
            house.id,
            text,
            text,
        )
        house.group.rows("UPDATE stations SET printer = 'x' || printer WHERE id = %s", id)
    node.sync()
    assert_agree(node)
    found = {row["id"]: row for row in node.rows("SELECT id, name, printer FROM stations")}
    for id, text in ids.items():
        assert (found[id]["name"], found[id]["printer"]) == (text, "x" + text)


def test_numbers_days_moments_and_truths_arrive_as_they_were(
    node: Node, house: House, menu: Menu, make: NodeFactory
) -> None:
    other = make(house)
    sold = order(node)
    wanted: dict[str, dict[str, Any]] = {}
    for n, amount in enumerate(BIG):
        values = {
            "unit_price_minor": amount,
            "amount_minor": -amount if amount > -(2**63) else amount,
            "quantity": SMALL[n % len(SMALL)],
            "tax_included": n % 2 == 1,
            "placed_at": MOMENTS[n % len(MOMENTS)],
            "business_date": DAYS[n % len(DAYS)],
            "choices": '[{"b":1.50,  "a":"\\u00e9"}]',
            "seat": None if n % 2 else 7,
        }
        line = rows.line(house, sold["id"], **values)
        node.act(Work.add, OrderLine, line)
        wanted[line["id"]] = values
        node.run_sql("UPDATE menu_items SET price_minor = :a, available = :t", a=amount, t=n % 2 == 1)
        node.sync()
        assert house.group.value("SELECT price_minor FROM menu_items") == amount
        assert house.group.value("SELECT available FROM menu_items") is (n % 2 == 1)
        house.group.rows("UPDATE menu_items SET price_minor = %s, available = %s", -(amount + 1), n % 2 == 0)
        node.sync()
        assert node.value("SELECT price_minor FROM menu_items") == -(amount + 1)
        assert node.value("SELECT available FROM menu_items") == (n % 2 == 0)
    other.sync()
    for each in (node, other):
        assert_agree(each)
    for id, values in wanted.items():
        for row in everywhere(node, other, "order_lines", id):
            assert {name: row[name] for name in values} == values


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=20))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_without_a_nul_arrives(node: Node, texts: list[str]) -> None:
    ids = {order(node, note=text)["id"]: text for text in texts}
    node.push()
    found = node.house.group.rows("SELECT id, note FROM orders WHERE id = ANY(%s::uuid[])", list(ids))
    assert {row["id"]: row["note"] for row in found} == ids


@pytest.mark.parametrize("text", ["\0", "a\0b", "a\0"])
def test_a_nul_which_postgresql_cannot_hold_is_set_aside_and_the_rest_goes_on(node: Node, text: str) -> None:
    order(node, note=text)
    order(node, note="fine")
    node.sync()
    assert [row["note"] for row in node.house.group.rows("SELECT note FROM orders")] == ["fine"]
    (aside,) = node.house.group.quarantine()
    assert aside["code"] == "UNACCEPTABLE"
    assert "\\u0000" in aside["reason"] or "NUL" in aside["reason"] or "Unicode" in aside["reason"]
    (kept,) = msgspec.json.decode(aside["body"])
    assert kept["f"]["note"] == text, "word for word, so that it can be mended and applied"


@pytest.mark.parametrize("value", [b"bytes", 1.5])
def test_a_value_that_has_no_place_on_the_wire_or_at_head_office_is_refused(node: Node, value: object) -> None:
    """Bytes are refused at once, a fraction where a whole number belongs at head office."""
    if isinstance(value, bytes):
        with pytest.raises(Exception, match="JSON cannot hold BLOB"):
            order(node, note=value)
        assert node.outbox("orders") == []
    else:
        order(node, covers=value)
        node.sync()
        assert [row["code"] for row in node.house.group.quarantine()] == ["UNACCEPTABLE"]


def test_what_a_node_chained_is_verified_at_head_office_and_what_is_altered_or_taken_out_there_shows(
    node: Node,
) -> None:
    """R3."""
    menu = node.act(add_menu)
    for note in (None, "crème brûlée — 25 €"):
        node.act(place, menu, note=note)
    node.sync()
    chain = node.house.group.rows("SELECT * FROM journal WHERE node = %s ORDER BY number", node.number)
    end = verify_chain(chain)
    (head,) = node.rows("SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1")
    assert (end.number, end.hash) == (head["number"], head["hash"])
    sale = next(place for place, entry in enumerate(chain) if entry["kind"] == "orders.order_placed")
    altered = {**chain[sale], "reason": "altered"}
    for wrong in ([*chain[:sale], altered, *chain[sale + 1 :]], [*chain[:sale], *chain[sale + 1 :]], chain[:-1]):
        with pytest.raises(ChainBroken):
            verify_chain(wrong, end=end)
