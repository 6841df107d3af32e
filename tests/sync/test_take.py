"""Taking whole rows as they stand at the hub: the newest stamp of each field wins, and nothing is lost on the way."""

import random
from contextlib import closing
from typing import Any

import msgspec

from edge.database import CONSTRAINT_ERRORS
from edge.schema import SCHEMA
from hospitality.ground.ids import new_id
from sync.capture_sqlite import Pen, hold
from sync.node.take import Taken, take_rows
from sync.wire import RowImage, Stamps
from tests.sync.ends import Edge
from tests.sync.test_apply import Crash, Fields, Mortal, applied, category, edit, insert, item, names, page, station

SCOPE = "scope"


def image(
    table: str, fields: Fields, *, h: int = 1000, n: int = 9, v: Stamps | None = None, d: bool = False, x: Any = None
) -> RowImage:
    """A row as it stands at the hub."""
    made = RowImage(table, fields["id"], h, n, msgspec.Raw(msgspec.json.encode(fields)), v, d, x)
    return msgspec.json.decode(msgspec.json.encode(made), type=RowImage)  # as it crosses the wire


def taken(edge: Edge, *images: RowImage) -> Taken:
    """The rows taken by the node's writer."""
    return edge.host.write(lambda c: take_rows(c, SCHEMA, SCOPE, images, CONSTRAINT_ERRORS))


def order(edge: Edge, number: str = "B1-1") -> Fields:
    return {
        "id": new_id(),
        "property_id": edge.property_id,
        "number": number,
        "channel": "dine_in",
        "currency": "NAD",
        "business_date": "2026-03-01",
        "opened_at": "2026-03-01T18:00:00.000000Z",
    }


def test_new_rows_come_with_their_stamps_and_are_not_captured(edge: Edge) -> None:
    one = station(edge, "Grill")
    done = taken(edge, image("stations", one, h=4000, n=3, v={"name": (5000, 2)}), image("orders", order(edge)))
    assert done == Taken(2, 0, 0, frozenset({"stations", "orders"}), 5000)
    assert edge.rows("SELECT name, _hlc, _node, _fv, _deleted, _x FROM stations") == [
        {"name": "Grill", "_hlc": 4000, "_node": 3, "_fv": '{"name":[5000,2]}', "_deleted": 0, "_x": None}
    ]
    assert edge.outbox() == []


def test_parents_go_in_before_their_children_in_whatever_order_they_come(edge: Edge) -> None:
    grill, mains = station(edge), category(edge)
    soup = item(edge, grill["id"], mains["id"])
    done = taken(edge, image("menu_items", soup), image("menu_categories", mains), image("stations", grill))
    assert (done.new, done.kept, edge.kept()) == (3, 0, [])


def test_of_each_field_the_later_version_stays(edge: Edge) -> None:
    one = station(edge, "Old", sort=1, printer="old")
    applied(edge, page([insert("stations", one)], [edit("stations", one["id"], {"name": "Ours"}, (9000, 7))]))
    stamps = {"name": (8000, 2), "sort": (8000, 2)}
    done = taken(edge, image("stations", {**one, "name": "Theirs", "sort": 5, "printer": "first"}, h=500, v=stamps))
    assert (done.new, done.met) == (0, 1)
    assert edge.rows("SELECT name, sort, printer FROM stations") == [{"name": "Ours", "sort": 5, "printer": "old"}]


def test_the_same_rows_again_change_nothing(edge: Edge) -> None:
    images = [image("stations", station(edge), v={"sort": (2000, 3)}), image("orders", order(edge))]
    taken(edge, *images)
    before = edge.rows("SELECT * FROM stations"), edge.rows("SELECT * FROM orders")
    assert taken(edge, *images).met == 2
    assert (edge.rows("SELECT * FROM stations"), edge.rows("SELECT * FROM orders")) == before


def test_rows_and_the_feed_lead_to_the_same_in_either_order(edge: Edge) -> None:
    luck = random.Random(3)
    one = station(edge, "One")
    edits = [edit("stations", one["id"], {luck.choice(["name", "printer"]): f"v{n}"}, (5000 + n, 1)) for n in range(12)]
    wanted, stamps = dict(one), {}
    for each in edits:
        wanted.update(msgspec.json.decode(each.f))
        stamps.update(each.v or {})
    whole = image("stations", wanted, h=1001, v=stamps)
    feed = page([insert("stations", one)], *[[each] for each in edits])
    taken(edge, whole)
    applied(edge, feed)
    snapshot_first = edge.rows("SELECT * FROM stations")
    edge.host.write(lambda c: c.execute("DELETE FROM stations"))
    edge.host.write(lambda c: c.execute("UPDATE sync_cursors SET position = 0"))
    applied(edge, feed)
    taken(edge, whole)
    (feed_first,) = edge.rows("SELECT * FROM stations")
    assert {**feed_first, "_fv": None} == {**snapshot_first[0], "_fv": None}
    assert {name: feed_first[name] for name in one} == wanted


def test_a_deleted_row_comes_deleted_and_deletes_the_one_that_is_here(edge: Edge) -> None:
    here, gone = station(edge, "Here"), station(edge, "Gone")
    taken(edge, image("stations", here))
    taken(edge, image("stations", here, v={"_deleted": (2000, 1)}, d=True), image("stations", gone, d=True))
    assert edge.rows("SELECT name, _deleted FROM stations ORDER BY name") == [
        {"name": "Gone", "_deleted": 1},
        {"name": "Here", "_deleted": 1},
    ]


def test_a_row_whose_parent_has_not_come_waits_and_holds_back_no_other(edge: Edge) -> None:
    """S14."""
    grill, mains = station(edge), category(edge)
    orphan, fine = item(edge, grill["id"], new_id()), item(edge, grill["id"], mains["id"])
    done = taken(
        edge,
        image("stations", grill),
        image("menu_categories", mains),
        image("menu_items", orphan),
        image("menu_items", fine),
    )
    assert (done.new, done.kept) == (4, 1)
    assert [row["id"] for row in edge.rows("SELECT id FROM menu_items")] == [fine["id"]]
    assert "FOREIGN KEY" in edge.kept()[0]["reason"]
    taken(edge, image("menu_categories", {**category(edge), "id": orphan["category_id"]}))
    assert edge.kept() == []
    assert edge.rows("PRAGMA foreign_key_check") == []


def test_what_another_release_knows_is_kept_beside_the_row_or_for_the_next_release(edge: Edge) -> None:
    """S20."""
    one = station(edge, colour="red")
    done = taken(edge, image("stations", one, x={"heat": 2}), image("saunas", {"id": new_id(), "heat": 90}))
    assert (done.new, done.kept) == (2, 1)
    assert msgspec.json.decode(edge.value("SELECT _x FROM stations")) == {"colour": "red", "heat": 2}
    assert "saunas" in edge.kept()[0]["reason"]


def test_a_field_that_the_hub_kept_for_us_goes_into_its_column(edge: Edge) -> None:
    one = station(edge)
    known = {name: value for name, value in one.items() if name != "printer"}
    taken(edge, image("stations", known, x={"printer": "p1"}))
    assert edge.rows("SELECT printer, _x FROM stations") == [{"printer": "p1", "_x": None}]


def test_a_fact_stays_what_it_is_under_the_hubs_stamp(edge: Edge) -> None:
    first = order(edge)
    taken(edge, image("orders", first, h=9000, n=7))
    taken(edge, image("orders", {**first, "number": "B1-2"}, h=3000, n=7))
    assert edge.rows("SELECT number, _hlc, _node FROM orders") == [{"number": "B1-1", "_hlc": 3000, "_node": 7}]


def test_after_a_crash_before_any_statement_nothing_of_it_is_there(edge: Edge) -> None:
    """S24: as many crashes as there are statements, some rows new, one here already, one without its parent."""
    here, orphan = station(edge, "Here"), item(edge, new_id(), new_id())
    taken(edge, image("stations", here))
    images = [
        image("stations", {**here, "name": "Moved"}, v={"name": (9000, 9)}),
        image("stations", station(edge, "New")),
        image("menu_items", orphan),
    ]
    crashes = 0
    while True:
        with closing(edge.raw()) as connection:
            hold(connection, Pen(node=7, applying=True))
            connection.execute("BEGIN IMMEDIATE")
            mortal = Mortal(connection, crashes)
            try:
                take_rows(mortal, SCHEMA, SCOPE, images, CONSTRAINT_ERRORS)
                mortal.execute("COMMIT")
            except Crash:
                crashes += 1
                connection.close()
                assert (names(edge), edge.kept()) == (["Here"], [])
                continue
        break
    assert crashes > 10
    assert (names(edge), len(edge.kept())) == (["Moved", "New"], 1)
