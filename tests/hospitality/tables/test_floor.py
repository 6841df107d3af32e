"""A floor from its plan to the cleaned table, on both databases; its states by themselves; and over HTTP."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hospitality.checks.reading import order_view
from hospitality.checks.service import pay
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.statements import Reading
from hospitality.kitchen.service import step_ticket
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment
from hospitality.tables.api import Floor
from hospitality.tables.models import TableSeating
from hospitality.tables.reading import floor_view, table_view
from hospitality.tables.rules import OrderThere, Seating, table_state
from hospitality.tables.service.layout import add_area, add_section, add_table, edit_area, edit_section, edit_table
from hospitality.tables.service.seating import join_tables, part_tables, seat_guests, step_seating
from tests.hospitality.node import Node, Restaurant
from tests.hospitality.served import Served, code_of

PLAN = {"x": 80, "y": 160, "w": 96, "h": 96, "rotation": 0}


def drawn(node: Node, *labels: str) -> list[str]:
    """The ids of new tables in an area of their own."""
    area = node.act(add_area, name=f"Room of {labels[0]}")["id"]
    return [
        str(node.act(add_table, area_id=area, label=label, seats=4, shape="square", plan=PLAN)["id"])
        for label in labels
    ]


def ordered(restaurant: Restaurant, table: str) -> dict[str, Any]:
    """A soup for two at a table."""
    order: dict[str, Any] = restaurant.node.act(
        place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),), table, 2)
    )
    return order


def state(node: Node, table_id: str) -> tuple[str, int | None]:
    """A table's state and guests."""
    found = node.read(table_view, table_id)
    return found["state"], found["covers"]


def refused(node: Node, verb: Any, *args: Any, **kwargs: Any) -> str:
    """The code with which a verb is refused; nothing was written."""
    before = node.store.counts()
    with pytest.raises(Refused) as found:
        node.act(verb, *args, **kwargs)
    assert node.store.counts() == before
    return found.value.code


def test_a_table_goes_from_free_to_clean_by_what_happens_there(restaurant: Restaurant) -> None:
    node = restaurant.node
    (table,) = drawn(node, "12")
    assert state(node, table) == ("free", None)
    assert refused(node, step_seating, table, step="bill_asked") == "TABLE_NOT_SEATED"
    node.act(seat_guests, table, covers=3)
    assert state(node, table) == ("seated", 3)
    assert refused(node, seat_guests, table, covers=2) == "TABLE_TAKEN"
    order = ordered(restaurant, "12")
    assert state(node, table) == ("ordered", 3)
    node.act(step_ticket, order["lines"][0]["ticket_id"], "served")
    assert state(node, table) == ("served", 3)
    node.later(minutes=30)
    node.act(step_seating, table, step="bill_asked")
    asked = node.read(table_view, table)
    assert (asked["state"], asked["since"] > asked["orders"][0]["opened_at"]) == ("bill_asked", True)
    node.later(minutes=1)
    more = ordered(restaurant, "12")
    assert state(node, table) == ("ordered", 3)
    assert refused(node, step_seating, table, step="ended") == "TABLE_OWES"
    for each in (order, more):
        node.act(pay, each["id"], NewPayment("cash", node.read(order_view, each["id"])["due_minor"]))
    assert state(node, table) == ("paid", 3)
    node.act(step_seating, table, step="ended")
    assert state(node, table) == ("dirty", None)
    assert refused(node, seat_guests, table, covers=2) == "TABLE_DIRTY"
    node.act(step_seating, table, step="cleaned")
    assert state(node, table) == ("free", None)
    assert refused(node, step_seating, table, step="cleaned") == "TABLE_NOT_DIRTY"
    kinds = [entry["kind"] for entry in node.journal("tables.")]
    assert kinds[2:] == ["tables.guests_seated", *["tables.seating_moved_on"] * 3]


def test_an_order_alone_makes_a_table_taken_and_asking_for_its_bill_seats_it(restaurant: Restaurant) -> None:
    node = restaurant.node
    (table,) = drawn(node, "7")
    order = ordered(restaurant, "7")
    found = node.read(table_view, table)
    assert (found["state"], found["covers"], found["since"], found["sits"]) == ("ordered", 2, order["opened_at"], False)
    node.later(minutes=1)
    asked = node.act(step_seating, table, step="bill_asked")
    assert (asked["state"], asked["covers"], asked["sits"]) == ("bill_asked", 2, True)


def test_joined_tables_are_one_until_they_are_cleaned(restaurant: Restaurant) -> None:
    node = restaurant.node
    one, two, three = drawn(node, "1", "2", "3")
    assert node.act(join_tables, one, joined_ids=[two])["joined_ids"] == [two]
    assert refused(node, join_tables, three, joined_ids=[two]) == "TABLE_JOINED"
    assert refused(node, join_tables, two, joined_ids=[three]) == "TABLE_JOINED"
    assert refused(node, part_tables, three) == "TABLE_NOT_JOINED"
    node.act(seat_guests, two, covers=8)
    assert [state(node, id) for id in (one, two, three)] == [("seated", 8), ("seated", 8), ("free", None)]
    order = ordered(restaurant, "2")
    assert [state(node, id)[0] for id in (one, two)] == ["ordered", "ordered"]
    node.act(pay, order["id"], NewPayment("cash", order["due_minor"]))
    node.act(step_seating, one, step="ended")
    assert node.act(step_seating, two, step="cleaned")["joined_to"] is None
    node.act(join_tables, three, joined_ids=[one])
    assert node.act(part_tables, one)["joined_to"] is None


def test_two_seatings_made_apart_both_stand_and_are_seen(node: Node) -> None:
    (table,) = drawn(node, "5")
    node.act(seat_guests, table, covers=2)
    # what another node wrote comes as a row, past the verb
    there = {"at": "2026-03-01T17:00:05.000Z", "business_date": "2026-03-01", "person_id": None, "terminal_id": None}
    with node.work() as work:
        work.add(TableSeating, {"id": new_id(), "table_id": table, "covers": 4, "party_id": None, **there})
    found = node.read(table_view, table)
    assert (found["state"], found["covers"], found["doubled"]) == ("seated", 4, True)
    node.act(step_seating, table, step="ended")
    found = node.read(table_view, table)
    assert (found["state"], found["covers"], found["doubled"]) == ("seated", 2, False)


def test_a_plan_is_drawn_on_its_grid_and_no_label_stands_twice(node: Node) -> None:
    one, two = drawn(node, "1", "2")
    before = node.journal("tables.table_changed")
    assert node.act(edit_table, one, {"x": 168, "rotation": 45})["x"] == 168
    (moved,) = [entry for entry in node.journal("tables.table_changed") if entry not in before]
    assert '"before":{"x":80,"rotation":0},"after":{"x":168,"rotation":45}' in moved["data"]
    node.act(edit_table, one, {"x": 168})
    assert len(node.journal("tables.table_changed")) == len(before) + 1
    for plan in ({"x": 4}, {"w": 40}, {"x": 1560}, {"y": -8}, {"rotation": 10}, {"rotation": 360}):
        assert refused(node, edit_table, one, plan) == "PLACE_INVALID"
    area = node.read(floor_view)["areas"][0]["id"]
    draw = {"area_id": area, "seats": 4, "shape": "round", "plan": PLAN}
    assert refused(node, add_table, label=" 1 ", **draw) == "TABLE_LABEL_TAKEN"
    assert refused(node, edit_table, two, {"label": "1"}) == "TABLE_LABEL_TAKEN"
    assert refused(node, edit_area, area, {"active": False}) == "AREA_HAS_TABLES"
    node.act(seat_guests, two, covers=1)
    assert refused(node, edit_table, two, {"active": False}) == "TABLE_TAKEN"
    node.act(edit_table, one, {"active": False})
    assert [table["label"] for table in node.read(floor_view)["tables"]] == ["2"]
    again = node.act(add_table, label="1", **draw)
    assert (again["id"], again["shape"], again["active"]) == (one, "round", True)
    with pytest.raises(Forbidden):
        node.as_("tables.seat").act(edit_table, one, {"x": 0})


class Counted(Reading):
    """A look that counts its SELECTs."""

    selects = 0

    def _run(self, sql: str, parameters: dict[str, Any]) -> Any:
        self.selects += 1
        return super()._run(sql, parameters)


def test_a_floor_costs_the_same_selects_whatever_is_on_it(restaurant: Restaurant) -> None:
    node = restaurant.node
    ids = drawn(node, "1", "2", "3")

    def cost() -> int:
        connection: Any = node.store.connection
        reading = Counted(
            connection, node.store.dialect, org_id=node.caller.org_id, property_id=node.caller.property_id
        )
        floor_view(reading)
        return reading.selects

    ordered(restaurant, "1")
    little = cost()
    section = node.act(add_section, name="Window", service="dinner", person_id=node.caller.person_id, table_ids=ids[:2])
    for label in ("2", "3", "3"):
        ordered(restaurant, label)
    node.act(step_seating, ids[0], step="bill_asked")
    assert cost() == little <= 14
    assert [table["server"] for table in node.read(floor_view)["tables"]] == ["Selma", "Selma", None]
    node.act(edit_section, section["id"], {"table_ids": ids[2:]})
    assert [table["server"] for table in node.read(floor_view)["tables"]] == [None, None, "Selma"]


MOMENTS = st.sampled_from(["2026-03-01T18:00:00.000Z", "2026-03-01T19:00:00.000Z", "2026-03-01T20:00:00.000Z"])
SEATINGS = st.builds(Seating, MOMENTS, st.integers(1, 9), *[st.none() | MOMENTS] * 3)
ORDERS = st.lists(st.builds(OrderThere, MOMENTS, MOMENTS, st.booleans(), st.none() | st.integers(1, 9)), max_size=3)


@settings(max_examples=200)
@given(st.none() | SEATINGS, ORDERS, st.booleans())
def test_no_table_with_an_open_order_or_guests_is_shown_free(
    seating: Seating | None, orders: list[OrderThere], settled: bool
) -> None:
    found = table_state(seating, orders, settled=settled)
    taken = bool(orders) or (seating is not None and seating.ended_at is None)
    assert (found.state not in ("free", "dirty")) is taken
    assert (found.since is None) is (found.state == "free")
    if found.state == "served":
        assert all(order.served for order in orders)
    if found.state == "dirty":
        assert seating is not None
        assert seating.cleaned_at is None
    assert table_state(seating, list(reversed(orders)), settled=settled) == found


def test_the_floor_over_http(served: Served) -> None:
    manager, server, tablet = served.person("service_manager"), served.person("staff"), served.screen("room")
    area = manager.post("areas", {"name": "Terrace"}).json()["id"]
    new = {"area_id": area, "label": "T1", "seats": 2, "shape": "round", "x": 8, "y": 8}
    made = [manager.post("tables", new, key="a key").json() for _ in range(2)]
    assert made[0] == made[1]
    table = made[0]["id"]
    assert code_of(server.patch(f"tables/{table}", {"x": 16})) == "NOT_PERMITTED"
    assert manager.patch(f"tables/{table}", {"x": 16}).json()["x"] == 16
    assert server.post(f"tables/{table}/seatings", {"covers": 2}).json()["state"] == "seated"
    assert code_of(server.post(f"tables/{table}/steps", {"step": "flew"})) == "INVALID_INPUT"
    floor = server.get("floor")
    Floor.model_validate(floor.json())
    assert [(t["label"], t["x"], t["covers"]) for t in floor.json()["tables"]] == [("T1", 16, 2)]
    assert floor.json()["position"] is not None
    assert code_of(tablet.get("floor")) == "NOT_PERMITTED"
    for path, body in [("joins", {"table_ids": [table]}), ("part", {})]:
        assert code_of(server.post(f"tables/{table}/{path}", body)) in ("TABLE_JOINED", "TABLE_NOT_JOINED")
