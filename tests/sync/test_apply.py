"""Applying the feed at a node: whole transactions with their cursor, and what can't be applied yet is kept."""

import random
from collections.abc import Callable
from contextlib import closing
from typing import Any

import msgspec
import pytest

from edge.database import CONSTRAINT_ERRORS
from edge.schema import SCHEMA
from hospitality.ground.ids import new_id
from sync.capture_sqlite import Pen, hold
from sync.node import apply
from sync.node.apply import apply_page
from sync.wire import Entry, EntryChange, Page
from tests.sync.ends import Edge

SCOPE = "scope"
Fields = dict[str, Any]


class Crash(BaseException):
    """The power is gone."""


class Mortal:
    """A connection that crashes before its n-th statement."""

    def __init__(self, connection: Any, statements: int) -> None:
        self._connection = connection
        self._left = statements

    def execute(self, *arguments: Any) -> Any:
        """Runs a statement, or crashes."""
        self._count()
        return self._connection.execute(*arguments)

    def executemany(self, *arguments: Any) -> Any:
        """Runs a statement for many rows, or crashes."""
        self._count()
        return self._connection.executemany(*arguments)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Crash


def station(edge: Edge, name: str = "Grill", **more: Any) -> Fields:
    return {"id": new_id(), "property_id": edge.property_id, "name": name, "sort": 0, "printer": None, **more}


def category(edge: Edge) -> Fields:
    return {"id": new_id(), "property_id": edge.property_id, "name": "Mains", "sort": 0}


def item(edge: Edge, station_id: str, category_id: str) -> Fields:
    return {
        "id": new_id(),
        "property_id": edge.property_id,
        "name": "Soup",
        "category_id": category_id,
        "price_minor": 900,
        "station_id": station_id,
        "tax_rate_id": None,
        "available": True,
        "prep_seconds": 60,
    }


def insert(table: str, fields: Fields) -> EntryChange:
    return EntryChange(table, "i", fields["id"], msgspec.Raw(msgspec.json.encode(fields)))


def edit(table: str, id: str, fields: Fields, stamp: tuple[int, int]) -> EntryChange:
    return EntryChange(table, "u", id, msgspec.Raw(msgspec.json.encode(fields)), dict.fromkeys(fields, stamp))


def page(*entries: list[EntryChange], after: int = 0) -> Page:
    """A page whose entries follow each other."""
    made = [Entry(after + n, 1000 + after + n, 9, changes) for n, changes in enumerate(entries, 1)]
    end = after + len(entries)
    return Page(SCOPE, 1, after, end, end, made)


def applied(edge: Edge, found: Page) -> apply.Applied:
    """The page applied by the node's writer."""
    return edge.host.write(lambda c: apply_page(c, SCHEMA, found, CONSTRAINT_ERRORS))


def cursor(edge: Edge) -> int:
    """How far the node is."""
    return int(edge.value("SELECT position FROM sync_cursors WHERE scope = :s", s=SCOPE) or 0)


def names(edge: Edge) -> list[str]:
    """The stations there are."""
    return [row["name"] for row in edge.rows("SELECT name FROM stations ORDER BY name")]


def test_a_page_brings_its_rows_and_moves_the_cursor(edge: Edge) -> None:
    one, two = station(edge, "One"), station(edge, "Two")
    done = applied(edge, page([insert("stations", one)], [insert("stations", two)]))
    assert (done.entries, done.kept, done.tables, done.hlc) == (2, 0, frozenset({"stations"}), 1002)
    assert (names(edge), cursor(edge)) == (["One", "Two"], 2)
    assert edge.rows("SELECT _hlc, _node, _fv FROM stations ORDER BY name")[1] == {
        "_hlc": 1002,
        "_node": 9,
        "_fv": None,
    }


def test_the_latest_stamp_of_a_page_is_told_also_when_it_is_a_single_fields(edge: Edge) -> None:
    one = station(edge)
    done = applied(edge, page([insert("stations", one)], [edit("stations", one["id"], {"name": "B"}, (5000, 2))]))
    assert done.hlc == 5000


@pytest.mark.parametrize("after", [1, 7])
def test_a_page_that_does_not_join_on_is_refused_and_nothing_of_it_stays(edge: Edge, after: int) -> None:
    with pytest.raises(ValueError, match="the cursor is at 0"):
        applied(edge, page([insert("stations", station(edge))], after=after))
    assert (names(edge), cursor(edge)) == ([], 0)


def test_a_page_without_entries_moves_the_cursor_over_what_was_the_nodes_own(edge: Edge) -> None:
    applied(edge, Page(SCOPE, 1, 0, 40, 40, []))
    assert cursor(edge) == 40


def test_after_a_crash_before_any_statement_cursor_and_rows_tell_the_same(edge: Edge) -> None:
    """S9: kill between every pair of statements of a page with inserts, an edit and one that can't be applied."""
    one = station(edge, "One")
    child = item(edge, new_id(), new_id())
    found = page(
        [insert("stations", one), insert("stations", station(edge, "Two"))],
        [edit("stations", one["id"], {"name": "Edited"}, (9000, 9))],
        [insert("menu_items", child)],
        [insert("stations", station(edge, "Three"))],
    )
    crashes = 0
    while True:
        with closing(edge.raw()) as connection:
            hold(connection, Pen(node=7, applying=True))
            connection.execute("BEGIN IMMEDIATE")
            mortal = Mortal(connection, crashes)
            try:
                apply_page(mortal, SCHEMA, found, CONSTRAINT_ERRORS)
                mortal.execute("COMMIT")
            except Crash:
                crashes += 1
                connection.close()
                assert (cursor(edge), names(edge), edge.kept()) == (0, [], [])
                continue
        break
    assert crashes > 20
    assert (cursor(edge), names(edge)) == (4, ["Edited", "Three", "Two"])
    assert len(edge.kept()) == 1


def test_a_transaction_whose_parent_is_missing_is_kept_whole_and_goes_in_once_the_parent_came(edge: Edge) -> None:
    """S14."""
    parent, heading = station(edge, "Parent"), category(edge)
    with_child = [
        insert("stations", station(edge, "Sibling")),
        insert("menu_items", item(edge, parent["id"], heading["id"])),
    ]
    done = applied(edge, page(with_child, [insert("stations", station(edge, "Other"))]))
    assert (done.entries, done.kept) == (1, 1)
    assert (names(edge), cursor(edge)) == (["Other"], 2), "it holds back nothing else, and not the cursor"
    (kept,) = edge.kept()
    assert (kept["position"], kept["scope"]) == (1, SCOPE)
    assert "FOREIGN KEY" in kept["reason"]
    applied(edge, page([insert("stations", parent)], after=2))
    assert len(edge.kept()) == 1, "the other parent is missing still"
    applied(edge, page([insert("menu_categories", heading)], after=3))
    assert edge.kept() == []
    assert names(edge) == ["Other", "Parent", "Sibling"]
    assert edge.value("SELECT count(*) FROM menu_items") == 1
    assert edge.rows("PRAGMA foreign_key_check") == []


def test_an_edit_that_comes_before_its_row_waits_for_it(edge: Edge) -> None:
    one = station(edge, "One")
    applied(edge, page([edit("stations", one["id"], {"name": "Edited"}, (9000, 9))]))
    assert len(edge.kept()) == 1
    applied(edge, page([insert("stations", one)], after=1))
    assert (names(edge), edge.kept()) == (["Edited"], [])


def test_what_can_never_be_applied_does_not_keep_others_from_being_tried(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "RETRIED_MAX", 5)
    hopeless = [[edit("stations", new_id(), {"name": "Ghost"}, (1, 1))] for _ in range(20)]
    late = station(edge, "Late")
    applied(edge, page(*hopeless, [edit("stations", late["id"], {"sort": 3}, (9000, 9))]))
    for n in range(5):
        applied(edge, page([insert("stations", late if n == 0 else station(edge, f"S{n}"))], after=21 + n))
    assert edge.value("SELECT sort FROM stations WHERE name = 'Late'") == 3
    assert len(edge.kept()) == 20


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda fields: {**fields, "name": {"a": 1}}, "no plain values"),
        (lambda fields: {**fields, "name": ["a"]}, "no plain values"),
        (lambda fields: {**fields, "sort": 2**70}, "no plain values"),
        (lambda fields: {**fields, "name": None}, "NOT NULL"),
        (lambda fields: {"id": fields["id"]}, "NOT NULL"),
    ],
    ids=["an object", "a list", "a number of many digits", "nothing", "too few"],
)
def test_fields_that_cannot_stand_in_a_row_are_kept_with_the_reason(
    edge: Edge, spoil: Callable[[Fields], Fields], reason: str
) -> None:
    done = applied(
        edge, page([insert("stations", spoil(station(edge, "Bad")))], [insert("stations", station(edge, "Good"))])
    )
    assert (done.entries, done.kept, names(edge)) == (1, 1, ["Good"])
    assert reason in edge.kept()[0]["reason"]


def test_the_same_page_again_changes_nothing(edge: Edge) -> None:
    one = station(edge, "One")
    found = page([insert("stations", one)], [edit("stations", one["id"], {"name": "Edited"}, (9000, 9))])
    applied(edge, found)
    before = edge.rows("SELECT * FROM stations")
    edge.host.write(lambda c: c.execute("UPDATE sync_cursors SET position = 0"))
    done = applied(edge, found)
    assert done.kept == 0
    assert edge.rows("SELECT * FROM stations") == before


def test_edits_of_one_row_leave_the_latest_of_each_field_in_whatever_order_they_come(edge: Edge) -> None:
    luck = random.Random(7)
    one = station(edge, "One")
    edits = [edit("stations", one["id"], {luck.choice(["name", "printer"]): f"v{n}"}, (5000 + n, 1)) for n in range(12)]
    applied(edge, page([insert("stations", one)]))
    luck.shuffle(edits)
    applied(edge, page(*[[each] for each in edits], after=1))
    wanted: Fields = {}
    for each in sorted(edits, key=lambda change: max((change.v or {}).values())):
        wanted.update(msgspec.json.decode(each.f))
    (row,) = edge.rows("SELECT name, printer FROM stations")
    assert row == {"name": "One", "printer": None, **wanted}


def test_a_table_of_a_later_release_is_kept_for_it(edge: Edge) -> None:
    """S20."""
    applied(edge, page([insert("saunas", {"id": new_id(), "heat": 90})], [insert("stations", station(edge))]))
    (kept,) = edge.kept()
    assert "saunas" in kept["reason"]
    entry = msgspec.json.decode(kept["body"], type=Entry)
    assert msgspec.json.decode(entry.changes[0].f)["heat"] == 90, "word for word, for the release that knows it"


def test_fields_of_a_later_release_are_kept_beside_the_row_and_the_newest_of_each(edge: Edge) -> None:
    """S20."""
    one = station(edge, "One", colour="red", heat=1)
    applied(edge, page([insert("stations", one)], [edit("stations", one["id"], {"heat": 2, "sort": 5}, (9000, 9))]))
    (row,) = edge.rows("SELECT sort, _x FROM stations")
    assert (row["sort"], msgspec.json.decode(row["_x"])) == (5, {"colour": "red", "heat": 2})
    assert edge.kept() == []


def test_a_fact_that_comes_again_with_other_content_does_not_replace_the_first(edge: Edge) -> None:
    entry = {
        "id": new_id(),
        "property_id": edge.property_id,
        "number": "B1-1",
        "channel": "dine_in",
        "currency": "NAD",
        "business_date": "2026-03-01",
        "opened_at": "2026-03-01T18:00:00.000000Z",
    }
    applied(edge, page([insert("orders", entry)], [insert("orders", {**entry, "number": "B1-2"})]))
    assert [row["number"] for row in edge.rows("SELECT number FROM orders")] == ["B1-1"]


def test_when_too_much_is_kept_the_feed_waits_and_goes_on_once_there_is_room(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "KEPT_MAX", 2)
    strange = {"id": new_id(), "name": "Of a later release"}
    applied(edge, page([insert("spa_rooms", strange)], [insert("spa_rooms", strange)]))
    more = page([insert("stations", station(edge))], after=2)
    with pytest.raises(apply.NoRoom, match="2 transactions came that can't be applied here: update this node"):
        applied(edge, more)
    assert (cursor(edge), names(edge), len(edge.kept())) == (2, [], 2)
    edge.host.write(lambda c: c.execute("DELETE FROM sync_kept WHERE id = (SELECT min(id) FROM sync_kept)"))
    applied(edge, more)
    assert (cursor(edge), names(edge)) == (3, ["Grill"])


def test_what_an_earlier_life_of_this_node_wrote_goes_no_stage_back(edge: Edge) -> None:
    id = new_id()
    edge.run_sql(
        "INSERT INTO business_days (org_id, id, property_id, date, opened_at, status)"
        " VALUES (:org_id, :id, :property_id, '2026-03-01', '2026-03-01T08:00:00.000000Z', 'closed')",
        id=id,
    )
    stamp = edge.value("SELECT _hlc FROM business_days")
    fields, later = msgspec.Raw(b'{"status":"open"}'), stamp + 77
    change = EntryChange("business_days", "u", id, fields, {"status": (later, edge.number)})
    applied(edge, Page(SCOPE, 1, 0, 1, 1, [Entry(1, later, edge.number, [change], own=True)]))
    assert edge.value("SELECT status FROM business_days") == "closed"
