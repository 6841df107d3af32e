"""Rows of the group that only those hear of who have dealings with them: who gets them when, and who lets them go."""

import sqlite3
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
from tests.postgres_fixture import Databases
from tests.simulation.postgres_office import PostgresOffice
from tests.simulation.statements import NORTH, SOUTH, Insert, Statement, Update
from tests.sync.apart import HEAD_OFFICE, HERE, SCHEMA
from tests.sync.dealings import Company
from tests.sync.ends import wait_until

KEY = "0" * 64


@pytest.fixture(scope="module")
def office(postgres_databases: Databases) -> Iterator[PostgresOffice]:
    """Head office's tables in a PostgreSQL."""
    fresh = postgres_databases.make()
    with closing(PostgresOffice(fresh.owner_url, HERE)) as made:
        yield made
    postgres_databases.drop(fresh)


@pytest.fixture
def on_postgres(office: PostgresOffice) -> Callable[..., PostgresOffice]:
    """Head office on PostgreSQL, empty."""
    office.empty()
    return lambda release: office


@pytest.fixture(params=["sqlite", "postgresql"])
def group(request: pytest.FixtureRequest) -> Company:
    """A group on either database, whose nodes are known."""
    group = Company(*([] if request.param == "sqlite" else [request.getfixturevalue("on_postgres")]))
    group.talk_all()
    return group


def test_who_is_met_at_the_desk_is_known_to_the_property_and_head_office_alone(group: Company) -> None:
    one, beside, elsewhere = group.nodes
    patron = group.met(one)
    group.talk_all()
    assert group.name_at(one, patron) == group.name_at(beside, patron) == group.name_there(patron)
    assert group.name_at(elsewhere, patron) is None
    assert elsewhere.rows("SELECT * FROM visits") == []
    group.check()


def test_a_dealing_brings_the_whole_row_with_the_stamp_of_each_field_and_then_every_edit(group: Company) -> None:
    """S19: what is older than the dealing comes with it."""
    one, _, elsewhere = group.nodes
    patron = group.met(one)
    for values in ({"note": "likes the sea"}, {"tags": '["blue","red"]'}, {"tags": '["red"]'}):
        group.do(one, Update("patrons", patron, values))
    group.push(1)
    group.bring(patron, SOUTH)
    group.pull(3)
    assert group.name_at(elsewhere, patron) == group.name_there(patron)
    here = group.held(3, "patrons")
    assert here == group.held(HEAD_OFFICE, "patrons")
    assert here[patron]["tags/blue"][0] is False, "what was taken out is known too"
    group.rename(elsewhere, patron, "Renamed")
    group.talk_all()
    assert group.name_at(one, patron) == group.name_at(elsewhere, patron) == "Renamed"
    group.check()


def test_when_the_last_dealing_ends_the_row_goes_from_the_disk(group: Company) -> None:
    """S19."""
    one, _, elsewhere = group.nodes
    patron = group.met(one)
    first, second = (group.bring(patron, SOUTH) for _ in range(2))
    group.pull(3)
    # an edit of each side that had not seen the other: its loser is in the conflict log
    group.rename(elsewhere, patron, f"<{patron[:8]}> here")
    group.do_there(Update("patrons", patron, {"name": f"<{patron[:8]}> there"}))
    group.talk_all()
    assert len(elsewhere.rows("SELECT * FROM sync_conflicts")) == 1
    group.end(first, patron, SOUTH)
    group.pull(3)
    assert group.name_at(elsewhere, patron) is not None, "one of two dealings goes on"
    group.end(second, patron, SOUTH)
    group.talk_all()
    assert group.name_at(elsewhere, patron) is None
    assert group.name_at(one, patron) == group.name_there(patron)
    assert len(elsewhere.rows("SELECT * FROM visits")) == 4, "that it was there, stays"
    assert f"<{patron[:8]}>".encode() not in elsewhere.connection.serialize()
    assert f"<{patron[:8]}>".encode() in one.connection.serialize()
    group.check()


def test_an_edit_that_was_made_before_the_end_is_merged_though_it_arrives_after(group: Company) -> None:
    one, *_ = group.nodes
    patron = group.met(one)
    group.rename(one, patron, "Written in time")
    group.part(one, patron)
    group.talk_all()
    assert group.name_there(patron) == "Written in time"
    assert group.name_at(one, patron) is None
    assert group.hub.waiting() == []


def test_an_edit_after_the_end_is_set_aside_and_let_go_when_they_deal_again(group: Company) -> None:
    """S19: what waited at the node is not lost with the row."""
    one, _, elsewhere = group.nodes
    patron = group.met(one)
    visit = group.bring(patron, SOUTH)
    group.pull(3)
    group.end(visit, patron, SOUTH)
    group.now_ms += 86_400_000
    group.rename(elsewhere, patron, "Too late")
    group.talk_all()
    assert group.name_at(elsewhere, patron) is None
    assert group.name_there(patron) != "Too late"
    (aside,) = group.hub.waiting()
    assert aside["code"] == "NO_DEALINGS"
    assert "Too late" in aside["body"]
    group.bring(patron, SOUTH)
    group.met(elsewhere)
    group.talk_all()
    assert group.name_there(patron) == group.name_at(elsewhere, patron) == group.name_at(one, patron) == "Too late"
    group.check()


def test_a_row_without_a_dealing_and_an_edit_by_a_stranger_are_set_aside(group: Company) -> None:
    one, _, elsewhere = group.nodes
    patron = group.met(one)
    group.do(elsewhere, group.patron(group.id()))
    group.push(3)
    # as a node that is not ours might
    forged = Insert("patrons", patron, {"name": "x", "tags": "[]", "_hlc": 1, "_node": 1})
    elsewhere.write(lambda connection: connection.execute(*forged.sql("?")))
    group.rename(elsewhere, patron, "Mine now")
    group.push(3)
    assert [row["code"] for row in group.hub.waiting()] == ["NO_DEALINGS", "NO_DEALINGS"]
    assert group.name_there(patron) != "Mine now"
    assert len(group.rows(HEAD_OFFICE, "SELECT id FROM patrons")) == 1


def test_who_is_known_by_id_alone_comes_whole_with_the_dealing(group: Company) -> None:
    """A row made again under the same id (a card that was read, say) meets the one that is there."""
    one, _, elsewhere = group.nodes
    patron = group.met(one)
    group.do(elsewhere, group.patron(patron), group.visit(patron, SOUTH))
    group.talk_all()
    assert group.name_at(elsewhere, patron) == group.name_at(one, patron) == group.name_there(patron)
    assert group.hub.waiting() == []
    group.check()


def test_a_new_node_gets_nothing_of_whom_the_property_dealt_with_before(group: Company) -> None:
    one, *_ = group.nodes
    patron = group.met(one)
    group.do(one, Update("patrons", patron, {"note": "seen"}))
    group.part(one, patron)
    group.push(1)
    late = group.enrol(NORTH)
    group.talk(late.number)
    assert group.heard_in_vain == []
    assert len(late.rows("SELECT * FROM visits")) == 2
    assert late.rows("SELECT * FROM patrons") == late.rows("SELECT * FROM sync_kept") == []


def test_where_dealings_can_not_be_looked_up_nothing_is_let_go_of_nor_said(group: Company) -> None:
    """S19: an error is never taken for the end of a dealing."""
    one, beside, _ = group.nodes
    patron = group.met(one)
    group.talk_all()
    group.part(one, patron)
    office: Any = group.hub.office
    office.connection.execute("ALTER TABLE sync_interests RENAME TO away")
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)):
        group.push(1)
    office.connection.execute("ALTER TABLE away RENAME TO sync_interests")
    group.pull(2)
    for node in (one, beside):
        assert group.name_at(node, patron) == group.name_there(patron)
    assert len(group.rows(HEAD_OFFICE, "SELECT id FROM visits")) == 1
    group.talk_all()
    assert group.name_at(one, patron) is group.name_at(beside, patron) is None
    group.check()


def test_a_dealing_with_nobody_is_refused_and_changes_nothing(group: Company) -> None:
    one, *_ = group.nodes
    patron = group.met(one)
    group.do(one, group.visit(group.id(), NORTH))
    group.push(1)
    assert [row["code"] for row in group.hub.waiting()] == ["PARENT_MISSING"]
    assert group.name_there(patron) == group.name_at(one, patron)
    assert len(group.rows(HEAD_OFFICE, "SELECT id FROM visits")) == 1


def test_head_office_cannot_note_a_dealing_with_nobody(on_postgres: Callable[..., PostgresOffice]) -> None:
    group = Company(on_postgres)
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="is here to deal with"):
        group.bring(group.id(), NORTH)
    assert group.rows(HEAD_OFFICE, "SELECT * FROM visits") == []


@pytest.mark.parametrize("edit_first", [True, False])
def test_no_edit_falls_between_a_first_look_and_the_edits_that_follow(
    office: PostgresOffice, on_postgres: Callable[..., PostgresOffice], edit_first: bool
) -> None:
    """An edit and a first dealing at once, each in a transaction of its own: one waits for the other."""
    group = Company(on_postgres)
    group.talk_all()
    one, _, elsewhere = group.nodes
    patron = group.met(one)
    acts: list[Statement] = [Update("patrons", patron, {"name": "Edited"}), group.visit(patron, SOUTH)]
    first, second = acts if edit_first else acts[::-1]
    with closing(office.another()) as other, ThreadPoolExecutor(1) as pool:
        with other.connection.transaction():
            other.act([first], group.hub.stamp + 1)
            waiting = pool.submit(group.do_there, second)
            wait_until(lambda: waits(other), "the second waits")
        waiting.result(10)
    group.talk_all()
    assert group.name_at(elsewhere, patron) == "Edited"
    group.check()


def waits(office: PostgresOffice) -> bool:
    return bool(
        office.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    )


def test_what_an_older_release_kept_is_done_in_its_order_by_the_next() -> None:
    """A release that knows neither the table nor how to forget keeps both whole, and goes on with the rest."""
    older = Schema({name: spec for name, spec in SCHEMA.tables.items() if name != "patrons"})
    group = Company()
    group.talk_all()
    one, _, elsewhere = group.nodes
    stays, goes = group.met(one), group.met(one)
    elsewhere.engine._arrivals.schema = older
    visits = [group.bring(patron, SOUTH) for patron in (stays, goes)]
    group.talk(3)
    group.end(visits[1], goes, SOUTH)
    group.talk(3)
    assert len(elsewhere.rows("SELECT * FROM sync_kept")) == 3
    elsewhere.engine._arrivals.schema = SCHEMA
    group.bring(group.met(one), SOUTH)
    group.talk_all()
    group.check()
    assert group.name_at(elsewhere, stays) is not None


def test_what_is_kept_of_a_row_goes_with_it() -> None:
    group = Company()
    node, patron, other = group.nodes[0], group.id(), group.id()
    edit = EntryChange("patrons", "u", patron, msgspec.Raw(b'{"name":"secret"}'), d=("patrons", patron))
    beside = EntryChange("patrons", "u", other, msgspec.Raw(b'{"name":"other"}'), d=("patrons", other))
    forget = EntryChange(FORGET, "i", patron, msgspec.Raw(b'{"tbl":"patrons"}'))
    for after, changes in enumerate(([edit, beside], [forget])):
        page = Page(NORTH, 1, after, after + 1, 2, [Entry(after + 1, 5, 9, changes)])
        node.write(lambda c, p=page: apply_page(c, SCHEMA, p, node.errors))  # type: ignore[misc]
    (kept,) = node.rows("SELECT body FROM sync_kept")
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
