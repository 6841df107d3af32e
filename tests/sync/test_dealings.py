"""Rows of the group that only those hear of who have dealings with them: who gets them when, and who lets them go."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import Column, ForeignKeyConstraint, MetaData, Table, Text

from edge.database import connect, empty_log
from sync.node.apply import apply_page
from sync.schema import Schema, read_schema
from sync.wire import FORGET, Entry, EntryChange, Page
from tests.postgres_fixture import DatabaseFactory, TemplateFactory
from tests.sync.dealings import Company, Edit, Guest, PostgresHub, company, effective, make_tables, on_sqlite
from tests.sync.ends import wait_until
from tests.sync.small.tables import SCHEMA

Office = Callable[..., Any]
KEY = "0" * 64


@pytest.fixture
def on_postgres(database: DatabaseFactory, database_template: TemplateFactory) -> Office:
    """Head office on PostgreSQL."""
    fresh = database(database_template("dealings", make_tables))
    return lambda org, wall_ms: PostgresHub(fresh.owner_url, org, wall_ms)


@pytest.fixture(params=["sqlite", "postgresql"])
def group(request: pytest.FixtureRequest) -> Iterator[Company]:
    """A group on either database."""
    office = on_sqlite if request.param == "sqlite" else request.getfixturevalue("on_postgres")
    with company(office, 1) as found:
        for node in found.nodes:
            found.push(node)
        yield found


def play(office: Office, seed: int, steps: int, *, disasters: bool = False) -> None:
    with company(office, seed) as group:
        for _ in range(steps):
            group.step(disasters=disasters)
        group.settle()
        for node in group.nodes:  # with whatever comes next, what was set aside is tried again
            group.meet(node)
        group.settle()
        assert group.pulled > 0
        group.check()


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_each_node_holds_exactly_what_it_deals_with(seed: int) -> None:
    """Three nodes and head office; each answer to a pull is read for what its receiver should not know."""
    play(on_sqlite, seed, 80)


@pytest.mark.parametrize("seed", range(60))
def test_nor_do_crashes_and_restored_disks_leave_more_or_less(seed: int) -> None:
    play(on_sqlite, seed, 80, disasters=True)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_on_postgresql_too(on_postgres: Office, seed: int) -> None:
    play(on_postgres, seed, 120)


def met(group: Company, node: Guest) -> str:
    """Somebody new at a node's desk, known to head office by now; answers the id."""
    group.meet(node)
    group.push(node)
    return group.edits[-1].patron


def name_at(node: Guest, patron: str) -> Any:
    """The patron's name at a node; None when it holds no such row."""
    found = node.connection.execute("SELECT name FROM patrons WHERE id = ?", (patron,)).fetchone()
    return found and found["name"]


def rename(group: Company, node: Guest, patron: str, name: str) -> None:
    """An edit at a node, which sees what it replaces."""
    group.edits.append(Edit(patron, name, name_at(node, patron)))
    node.act([("UPDATE patrons SET name = ? WHERE id = ?", (name, patron))])


def name_there(group: Company, patron: str) -> Any:
    return group.hub.run("SELECT name FROM patrons WHERE id = ?", patron)[0]["name"]


def bring(group: Company, patron: str, place: str) -> str:
    """Head office notes a dealing; answers its id."""
    statement = group._visit(patron, place)
    group.hub.act([statement])
    return str(statement[1][1])


def end(group: Company, visit: str) -> None:
    """Head office ends a dealing."""
    group.hub.act([group._end(group._there, visit)])


def test_who_is_met_at_the_desk_is_known_to_the_property_and_head_office_alone(group: Company) -> None:
    one, beside, elsewhere = group.nodes
    patron = met(group, one)
    for node in group.nodes:
        group.pull(node)
    assert name_at(one, patron) == name_at(beside, patron) == name_there(group, patron)
    assert name_at(elsewhere, patron) is None
    assert elsewhere.connection.execute("SELECT count(*) FROM visits").fetchone()[0] == 0
    group.check()


def test_a_dealing_brings_the_whole_row_with_the_stamp_of_each_field_and_then_every_edit(group: Company) -> None:
    one, _, elsewhere = group.nodes
    patron = met(group, one)
    one.act([("UPDATE patrons SET note = ? WHERE id = ?", ("likes the sea", patron))])
    for tags in ('["blue","red"]', '["red"]'):
        one.act([("UPDATE patrons SET tags = ? WHERE id = ?", (tags, patron))])
    group.push(one)
    bring(group, patron, group.south)
    group.pull(elsewhere)
    assert name_at(elsewhere, patron) == name_there(group, patron)
    (there,) = group.hub.run("SELECT * FROM patrons WHERE id = ?", patron)
    here = elsewhere.connection.execute("SELECT * FROM patrons WHERE id = ?", (patron,)).fetchone()
    assert effective(here) == effective(there)
    assert effective(here)["tags/blue"][0] is False, "what was taken out is known too"
    rename(group, elsewhere, patron, "Renamed")
    group.settle()
    assert name_at(one, patron) == name_at(elsewhere, patron) == "Renamed"
    group.check()


def test_when_the_last_dealing_ends_the_row_goes_from_the_disk(group: Company) -> None:
    one, _, elsewhere = group.nodes
    patron = met(group, one)
    first, second = (bring(group, patron, group.south) for _ in range(2))
    group.pull(elsewhere)
    # an edit of each side that had not seen the other: its loser is in the conflict log
    elsewhere.act([("UPDATE patrons SET name = ? WHERE id = ?", (group.word(patron), patron))])
    group.edit_there(one)
    group.settle()
    assert elsewhere.connection.execute("SELECT count(*) FROM sync_conflicts").fetchone()[0] == 1
    end(group, first)
    group.pull(elsewhere)
    assert name_at(elsewhere, patron) is not None, "one of two dealings goes on"
    end(group, second)
    group.settle()
    assert name_at(elsewhere, patron) is None
    assert name_at(one, patron) == name_there(group, patron)
    assert elsewhere.connection.execute("SELECT count(*) FROM visits").fetchone()[0] == 4, "that it was there, stays"
    assert f"<{patron[:13]}>".encode() not in elsewhere.connection.serialize()
    assert f"<{patron[:13]}>".encode() in one.connection.serialize()
    group.check()


def test_an_edit_that_was_made_before_the_end_is_merged_though_it_arrives_after(group: Company) -> None:
    one, *_ = group.nodes
    patron = met(group, one)
    group.now_ms += 1_000
    rename(group, one, patron, "Written in time")
    group.now_ms += 1_000
    one.act([group._end(one.connection.execute, one.connection.execute("SELECT id FROM visits").fetchone()["id"])])
    group.settle()
    assert name_there(group, patron) == "Written in time"
    assert name_at(one, patron) is None
    assert group.hub.set_aside == []


def test_an_edit_after_the_end_is_set_aside_and_let_go_when_they_deal_again(group: Company) -> None:
    one, _, elsewhere = group.nodes
    patron = met(group, one)
    visit = bring(group, patron, group.south)
    group.pull(elsewhere)
    end(group, visit)
    group.now_ms += 86_400_000
    rename(group, elsewhere, patron, "Too late")
    group.settle()
    assert name_at(elsewhere, patron) is None
    assert name_there(group, patron) != "Too late"
    assert "Too late" in group.hub.run("SELECT body FROM sync_quarantine WHERE code = 'NO_DEALINGS'")[0]["body"]
    bring(group, patron, group.south)
    group.meet(elsewhere)
    group.settle()
    assert name_there(group, patron) == name_at(elsewhere, patron) == name_at(one, patron) == "Too late"
    group.check()


def test_a_row_without_a_dealing_and_an_edit_by_a_stranger_are_set_aside(group: Company) -> None:
    one, _, elsewhere = group.nodes
    patron = met(group, one)
    elsewhere.act([group._patron(group.id())])
    group.push(elsewhere)
    elsewhere.pen.applying = True  # as a node that is not ours might
    elsewhere.connection.execute(
        "INSERT INTO patrons (org_id, id, name, tags, _hlc, _node) VALUES (?, ?, 'x', '[]', 1, 1)", (group.org, patron)
    )
    elsewhere.pen.applying = False
    elsewhere.act([("UPDATE patrons SET name = 'Mine now' WHERE id = ?", (patron,))])
    group.push(elsewhere)
    codes = [row["code"] for row in group.hub.run("SELECT code FROM sync_quarantine")]
    assert codes == ["NO_DEALINGS", "NO_DEALINGS"]
    assert name_there(group, patron) != "Mine now"
    assert len(group.hub.run("SELECT id FROM patrons")) == 1


def test_who_is_known_by_id_alone_comes_whole_with_the_dealing(group: Company) -> None:
    """A row made again under the same id (a card that was read, say) meets the one that is there."""
    one, _, elsewhere = group.nodes
    patron = met(group, one)
    elsewhere.act([group._patron(patron), group._visit(patron, group.south)])
    group.settle()
    assert name_at(elsewhere, patron) == name_at(one, patron) == name_there(group, patron)
    assert group.hub.set_aside == []
    group.check()


def test_a_new_node_gets_nothing_of_whom_the_property_dealt_with_before(group: Company) -> None:
    one, *_ = group.nodes
    patron = met(group, one)
    one.act([("UPDATE patrons SET note = 'seen' WHERE id = ?", (patron,))])
    one.act([group._end(one.connection.execute, one.connection.execute("SELECT id FROM visits").fetchone()["id"])])
    group.push(one)
    late = group._node(4, group.north)
    group.push(late)
    group.pull(late)  # `Company` reads the answers
    assert late.connection.execute("SELECT count(*) FROM visits").fetchone()[0] == 2
    assert late.connection.execute("SELECT count(*) FROM patrons").fetchone()[0] == 0
    assert late.connection.execute("SELECT count(*) FROM sync_kept").fetchone()[0] == 0


def test_a_dealing_with_nobody_is_refused_and_changes_nothing(group: Company) -> None:
    one, *_ = group.nodes
    patron = met(group, one)
    one.act([group._visit(group.id(), group.north)])
    group.push(one)
    assert [row["code"] for row in group.hub.run("SELECT code FROM sync_quarantine")] == ["PARENT_MISSING"]
    assert name_there(group, patron) == name_at(one, patron)
    assert len(group.hub.run("SELECT id FROM visits")) == 1


def test_head_office_cannot_note_a_dealing_with_nobody(on_postgres: Office) -> None:
    with company(on_postgres, 1) as group:
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match="is here to deal with"):
            bring(group, group.id(), group.north)
        assert group.hub.run("SELECT * FROM visits") == []


@pytest.mark.parametrize("edit_first", [True, False])
def test_no_edit_falls_between_a_first_look_and_the_edits_that_follow(on_postgres: Office, edit_first: bool) -> None:
    """An edit and a first dealing at once, each in a transaction of its own: one waits for the other."""
    with company(on_postgres, 1) as group:
        one, _, elsewhere = group.nodes
        group.push(elsewhere)
        patron = met(group, one)
        group.edits.append(Edit(patron, "Edited", name_at(one, patron)))
        edit = ("UPDATE patrons SET name = 'Edited' WHERE id = ?", (patron,))
        acts = [edit, group._visit(patron, group.south)]
        first, second = acts if edit_first else acts[::-1]
        with closing(group.hub.another()) as other, ThreadPoolExecutor(1) as pool:
            with other.connection.transaction():
                other.run(first[0], *first[1])
                waiting = pool.submit(group.hub.act, [second])
                wait_until(lambda: waits(other), "the second waits")
            waiting.result(10)
        group.settle()
        assert name_at(elsewhere, patron) == "Edited"
        group.check()


def waits(hub: PostgresHub) -> bool:
    return bool(
        hub.run("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    )


def test_what_an_older_release_kept_is_done_in_its_order_by_the_next() -> None:
    """A release that knows neither the table nor how to forget keeps both whole, and goes on with the rest."""
    older = Schema({name: spec for name, spec in SCHEMA.tables.items() if name != "patrons"})
    with company(on_sqlite, 1) as group:
        one, _, elsewhere = group.nodes
        stays, goes = met(group, one), met(group, one)
        elsewhere.engine.schema = older
        for patron in (stays, goes):
            visit = bring(group, patron, group.south)
        group.push(elsewhere)
        group.pull(elsewhere)
        end(group, visit)
        group.pull(elsewhere)
        assert elsewhere.connection.execute("SELECT count(*) FROM sync_kept").fetchone()[0] == 3
        elsewhere.engine.schema = SCHEMA
        met(group, one)
        bring(group, group.edits[-1].patron, group.south)
        group.settle()
        group.check()
        assert name_at(elsewhere, stays) is not None


def test_what_is_kept_of_a_row_goes_with_it() -> None:
    with company(on_sqlite, 1) as group:
        node = group.nodes[0]
        patron, other = group.id(), group.id()
        edit = EntryChange("patrons", "u", patron, msgspec.Raw(b'{"name":"secret"}'), d=("patrons", patron))
        beside = EntryChange("patrons", "u", other, msgspec.Raw(b'{"name":"other"}'), d=("patrons", other))
        forget = EntryChange(FORGET, "i", patron, msgspec.Raw(b'{"tbl":"patrons"}'))
        for after, changes in enumerate(([edit, beside], [forget])):
            page = Page("north", 1, after, after + 1, 2, [Entry(after + 1, 5, 9, changes)])
            node.write(lambda c, p=page: apply_page(c, SCHEMA, p, node.errors))  # type: ignore[misc]
        (kept,) = node.connection.execute("SELECT body FROM sync_kept").fetchall()
        assert "secret" not in kept["body"]
        assert "other" in kept["body"]


def test_a_node_blanks_what_it_deletes_and_empties_its_log(tmp_path: Path) -> None:
    path, word = tmp_path / "node.db", "a name to be forgotten"
    with closing(connect(path, KEY)) as connection, closing(connect(path, KEY, readonly=True)) as reader:
        connection.execute("CREATE TABLE guests (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO guests (name) VALUES (?)", [(word * 50,)] * 500)
        connection.execute("DELETE FROM guests")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM guests").fetchone()
        connection.execute("INSERT INTO guests (name) VALUES ('of the next')")
        assert empty_log(path, KEY) is False, "somebody reads"
        reader.execute("ROLLBACK")
        assert empty_log(path, KEY) is True
        assert (tmp_path / "node.db-wal").stat().st_size == 0
        assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1


def _declared(**changes: Any) -> Schema:
    metadata, told = MetaData(), {"kind": "record", "writer": "both", "interest": ("calls", "who_id")}
    key = [ForeignKeyConstraint(["org_id", "who_id"], ["people.org_id", "people.id"])] if changes.get("key") else []
    Table("people", metadata, *_key(), info={**told, **changes})
    Table("calls", metadata, *_key(), Column("who_id", Text), *key, info={"kind": "fact", "writer": "both"})
    return read_schema(metadata)


def _key() -> list[Column[str]]:
    return [Column("org_id", Text, primary_key=True), Column("id", Text, primary_key=True)]


def test_a_declaration_that_could_not_be_held_to_is_refused() -> None:
    assert _declared().dealings.keys() == {"calls"}
    for changes in ({"kind": "fact"}, {"interest": ("letters", "who_id")}, {"interest": ("calls", "whom_id")}):
        with pytest.raises(ValueError, match="told by dealings"):
            _declared(**changes)
    with pytest.raises(ValueError, match="calls names it by id alone"):
        _declared(key=True)
