"""Whatever writes a node's tables, by whatever statement, leaves exactly the outbox rows that it should."""

from contextlib import closing
from typing import Any

import msgspec
import pytest
import sqlcipher3.dbapi2 as sqlite

from edge.database import connect
from edge.schema import SCHEMA
from hospitality.ground.errors import Unavailable
from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from hospitality.menu.models import Station
from hospitality.menu.service import add_station
from sync import capture_sqlite
from sync.capture_sqlite import PREFIX, Pen, TamperedError, check_triggers, create_triggers, hold, trigger_statements
from tests.sync.ends import Edge

INSERT = "INSERT INTO stations (org_id, id, property_id, name, sort) VALUES (:org_id, :id, :property_id, :name, :sort)"
NO_PRINTERS = {"printer": None, "backup_station_id": None, "backup_printer": None}


def stations(edge: Edge, count: int) -> list[str]:
    """So many stations, added in one act; what they left in the outbox is forgotten."""
    ids = [new_id() for _ in range(count)]
    values = [{"id": id, "name": f"Station {n}", "sort": n, "printer": None} for n, id in enumerate(ids)]
    edge.act(lambda work: work.add_all(Station, values))
    forget(edge)
    return ids


def forget(edge: Edge) -> None:
    """Empties the outbox."""
    edge.host.write(lambda connection: connection.execute("DELETE FROM sync_outbox"))


def test_one_insert_leaves_its_whole_row_under_the_acts_stamp(edge: Edge) -> None:
    id = new_id()
    edge.run_sql(INSERT, id=id, name="Grill", sort=3)
    (found,) = edge.outbox()
    (row,) = edge.rows("SELECT _hlc, _node, _fv FROM stations")
    assert found == {
        "seq": found["seq"],
        "hlc": row["_hlc"],
        "tbl": "stations",
        "op": "i",
        "pk": id,
        "f": {"id": id, "property_id": edge.property_id, "name": "Grill", "sort": 3, **NO_PRINTERS},
        "base": None,
    }
    assert (row["_node"], row["_fv"]) == (7, None)


def test_an_edit_leaves_only_the_fields_that_changed_and_the_stamps_that_were_seen(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    (before,) = edge.rows("SELECT _hlc FROM stations")
    edge.run_sql("UPDATE stations SET name = 'Bar', sort = 0, printer = 'bar' WHERE id = :id", id=id)
    (found,) = edge.outbox()
    assert found["f"] == {"name": "Bar", "printer": "bar"}
    assert found["base"] == {"name": [before["_hlc"], 7], "printer": [before["_hlc"], 7]}
    assert found["op"] == "u"
    (row,) = edge.rows("SELECT _hlc, _fv FROM stations")
    assert row["_hlc"] == before["_hlc"], "the other fields keep their stamp"
    assert decoded(row["_fv"]) == {"name": [found["hlc"], 7], "printer": [found["hlc"], 7]}


def decoded(text: str) -> Any:
    """A stored document."""
    return msgspec.json.decode(text)


def test_a_later_edit_keeps_the_stamps_of_fields_that_it_leaves_alone(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    edge.run_sql("UPDATE stations SET name = 'One' WHERE id = :id", id=id)
    edge.run_sql("UPDATE stations SET sort = 9 WHERE id = :id", id=id)
    edge.run_sql("UPDATE stations SET name = 'Two' WHERE id = :id", id=id)
    first, second, third = edge.outbox()
    (row,) = edge.rows("SELECT _fv FROM stations")
    assert decoded(row["_fv"]) == {"name": [third["hlc"], 7], "sort": [second["hlc"], 7]}
    assert third["base"] == {"name": [first["hlc"], 7]}


def test_two_edits_of_one_field_in_one_act_leave_both_under_one_stamp(edge: Edge) -> None:
    (id,) = stations(edge, 1)

    def verb(work: Work) -> None:
        work.edit(Station, id, name="First")
        work.edit(Station, id, name="Second")

    edge.act(verb)
    first, second = edge.outbox()
    assert (first["f"], second["f"]) == ({"name": "First"}, {"name": "Second"})
    assert first["hlc"] == second["hlc"]
    assert second["base"] == {"name": [first["hlc"], 7]}, "the second saw the first"


def test_a_bulk_update_leaves_one_row_for_each_row_that_changed(edge: Edge) -> None:
    ids = stations(edge, 500)
    assert edge.run_sql("UPDATE stations SET sort = max(sort, 250)") == 500
    found = edge.outbox()
    assert {row["pk"] for row in found} == set(ids[:250]), "what stayed the same is no change"
    assert all(row["f"] == {"sort": 250} for row in found)
    assert len({row["hlc"] for row in found}) == 1


def test_insert_from_select_leaves_one_row_each(edge: Edge) -> None:
    stations(edge, 20)
    edge.run_sql(
        "INSERT INTO tax_rates (org_id, id, property_id, name, rate_bp, included)"
        " SELECT org_id, id, property_id, name, sort, sort % 2 FROM stations"
    )
    found = edge.outbox("tax_rates")
    assert len(found) == 20
    assert {row["f"]["rate_bp"] for row in found} == set(range(20))


def test_an_upsert_leaves_an_insert_or_an_edit(edge: Edge) -> None:
    upsert = INSERT + " ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name"
    id = new_id()
    edge.run_sql(upsert, id=id, name="Grill", sort=1)
    edge.run_sql(upsert, id=id, name="Grill", sort=2)
    edge.run_sql(upsert, id=id, name="Pass", sort=3)
    edge.run_sql(INSERT + " ON CONFLICT DO NOTHING", id=id, name="Other", sort=4)
    assert [(row["op"], row["f"].get("name")) for row in edge.outbox()] == [("i", "Grill"), ("u", "Pass")]


def test_update_from_another_table_is_captured(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    edge.run_sql("UPDATE stations SET name = 'New ' || o.name FROM stations AS o WHERE o.id = stations.id")
    assert [(row["pk"], row["f"]) for row in edge.outbox()] == [(id, {"name": "New Station 0"})]


def test_a_document_made_by_sqlite_itself_is_captured_as_text(edge: Edge) -> None:
    id = new_id()
    edge.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " SELECT :org_id, :id, :property_id, json_object('a', json('[1]')), 0",
        id=id,
    )
    edge.run_sql("UPDATE stations SET printer = json('{\"b\": 2}') WHERE id = :id", id=id)
    assert [row["f"].get("name") or row["f"].get("printer") for row in edge.outbox()] == ['{"a":[1]}', '{"b":2}']


def test_writing_a_row_as_it_is_leaves_nothing(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    edge.run_sql("UPDATE stations SET name = name, sort = sort + 0, printer = NULL WHERE id = :id", id=id)
    assert edge.outbox() == []
    assert edge.value("SELECT _fv FROM stations") is None


def test_a_tombstone_is_an_edit_like_any_other(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    edge.run_sql("UPDATE stations SET _deleted = TRUE WHERE id = :id", id=id)
    assert [row["f"] for row in edge.outbox()] == [{"_deleted": 1}]


def test_local_tables_leave_nothing(edge: Edge) -> None:
    edge.run_sql(
        "INSERT INTO reader_places (org_id, id, property_id, name, place)"
        " VALUES (:org_id, :property_id, :property_id, 'x', 1)"
    )
    edge.run_sql("DELETE FROM reader_places")
    assert edge.outbox() == []


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE journal SET reason = 'x'", "a fact is never changed"),
        ("UPDATE journal SET reason = reason", "a fact is never changed"),
        ("DELETE FROM journal", "a fact is never changed"),
        ("DELETE FROM stations", "deleted by its tombstone"),
        ("UPDATE stations SET property_id = id", "a record keeps its place"),
        ("UPDATE stations SET id = property_id", "a record keeps its place"),
        ("UPDATE stations SET org_id = id", "a record keeps its place"),
        ("REPLACE INTO stations SELECT * FROM stations", "deleted by its tombstone"),
        ("INSERT OR REPLACE INTO journal SELECT * FROM journal", "a fact is never changed"),
    ],
)
def test_what_must_not_happen_to_a_row_is_refused_and_leaves_no_trace(edge: Edge, statement: str, reason: str) -> None:
    edge.act(add_station, name="Grill")
    before = (edge.outbox(), edge.rows("SELECT * FROM stations"), edge.rows("SELECT * FROM journal"))
    with pytest.raises(sqlite.IntegrityError, match=reason):
        edge.run_sql(statement)
    assert (edge.outbox(), edge.rows("SELECT * FROM stations"), edge.rows("SELECT * FROM journal")) == before


def test_a_connection_without_the_functions_cannot_write(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    values = {"org_id": edge.org_id, "id": new_id(), "property_id": edge.property_id, "name": "x", "sort": 1}
    with closing(edge.raw()) as connection:
        for statement in (INSERT, "UPDATE stations SET name = 'x'", "DELETE FROM stations"):
            with pytest.raises(sqlite.OperationalError, match=r"no such function|unknown function"):
                connection.execute(statement, values if statement is INSERT else ())
    assert [row["id"] for row in edge.rows("SELECT id FROM stations")] == [id]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO stations (org_id, id, name, sort) VALUES ('o', 'k', 'x', 1)",
        "INSERT INTO stations (org_id, id, name, sort, _hlc, _node) VALUES ('o', 'k', 'x', 1, 5, 5)",
        "UPDATE stations SET name = 'x'",
    ],
)
def test_a_write_outside_an_act_fails(edge: Edge, statement: str) -> None:
    stations(edge, 1)
    with closing(edge.raw()) as connection:
        hold(connection, Pen(node=7))
        with pytest.raises(sqlite.OperationalError):
            connection.execute(statement)
    assert edge.outbox() == []
    assert edge.value("SELECT count(*) FROM stations") == 1


def test_a_row_with_a_stamp_of_its_own_making_is_refused(edge: Edge) -> None:
    with pytest.raises(sqlite.IntegrityError, match="stamped by its act"):
        edge.run_sql(
            "INSERT INTO stations (org_id, id, property_id, name, sort, _hlc, _node)"
            " VALUES (:org_id, :property_id, :property_id, 'x', 1, 9223372036854775807, 7)"
        )
    assert edge.outbox() == []


def test_an_act_that_fails_leaves_neither_rows_nor_outbox_and_others_go_on(edge: Edge) -> None:
    def fails(work: Work) -> None:
        add_station(work, name="Lost")
        raise ZeroDivisionError

    def half_fails(work: Work) -> None:
        add_station(work, name="Kept")
        work.run("SAVEPOINT part")
        add_station(work, name="Lost too")
        work.run("ROLLBACK TO part")
        work.run("RELEASE part")

    writer = edge.host.writer
    asked = [writer.act(edge.caller, verb) for verb in (half_fails, fails, half_fails)]
    with pytest.raises(ZeroDivisionError):
        asked[1].result(10)
    for future in (asked[0], asked[2]):
        future.result(10)
    assert [row["name"] for row in edge.rows("SELECT name FROM stations")] == ["Kept", "Kept"]
    assert [row["f"]["name"] for row in edge.outbox("stations")] == ["Kept", "Kept"]


def test_each_act_has_a_stamp_of_its_own_and_all_of_one_act_share_it(edge: Edge) -> None:
    edge.act(add_station, name="One")
    edge.act(add_station, name="Two")
    stamps = [row["hlc"] for row in edge.outbox()]
    assert len(stamps) == 4, "a station and a journal entry each"
    assert stamps[0] == stamps[1] < stamps[2] == stamps[3]


def test_an_act_of_too_many_changes_is_refused_in_words_and_nothing_of_it_is_kept(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations(edge, 40)
    monkeypatch.setattr(capture_sqlite, "TRANSACTION_CHANGES_MAX", 30)
    with pytest.raises(Unavailable) as refused:
        edge.run_sql("UPDATE stations SET sort = sort + 1")
    assert refused.value.code == "TOO_MUCH_AT_ONCE"
    assert edge.outbox() == []
    assert edge.value("SELECT sum(sort) FROM stations") == sum(range(40))
    edge.run_sql("UPDATE stations SET sort = sort + 1 WHERE sort < 30")
    assert len(edge.outbox()) == 30, "as many as allowed, and counted anew for each act"


@pytest.mark.parametrize(("limit", "value"), [("ROW_CHARS_MAX", 300), ("TRANSACTION_CHARS_MAX", 2_000)])
@pytest.mark.parametrize("statement", [INSERT, "UPDATE stations SET name = :name, sort = :sort"])
def test_an_act_of_too_many_characters_is_refused_as_well(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, statement: str
) -> None:
    """What could not be sent in one request, or handed on in one page, would block all that comes after it."""
    stations(edge, 10)
    monkeypatch.setattr(capture_sqlite, limit, value)
    with pytest.raises(Unavailable) as refused:
        edge.run_sql(statement, id=new_id(), name="x" * value, sort=0)
    assert refused.value.code == "TOO_MUCH_AT_ONCE"
    assert edge.outbox() == []
    edge.run_sql(statement, id=new_id(), name="short", sort=0)
    assert edge.outbox() != []


def test_what_sync_applies_is_not_captured_again(edge: Edge) -> None:
    (id,) = stations(edge, 1)
    edge.host.write(lambda c: c.execute("UPDATE stations SET name = 'Theirs' WHERE id = ?", (id,)))
    assert edge.outbox() == []
    edge.run_sql("UPDATE stations SET name = 'Ours' WHERE id = :id", id=id)
    assert len(edge.outbox()) == 1, "capture is on again afterwards"


@pytest.mark.parametrize(
    "tampering",
    [
        f"DROP TRIGGER {PREFIX}stations_update",
        f"DROP TRIGGER {PREFIX}journal_insert",
        "CREATE TRIGGER another AFTER INSERT ON sync_outbox BEGIN DELETE FROM sync_outbox WHERE seq = NEW.seq; END",
        f"CREATE TRIGGER {PREFIX}more AFTER INSERT ON printers BEGIN SELECT 1; END",
    ],
)
def test_a_missing_or_additional_trigger_is_found(edge: Edge, tampering: str) -> None:
    with closing(edge.raw()) as connection:
        check_triggers(connection, SCHEMA)
        connection.execute(tampering)
        with pytest.raises(TamperedError):
            check_triggers(connection, SCHEMA)
        create_triggers(connection, SCHEMA)
        check_triggers(connection, SCHEMA)


def test_an_altered_trigger_is_found(edge: Edge) -> None:
    name, statement = next(iter(trigger_statements(SCHEMA).items()))
    with closing(edge.raw()) as connection:
        connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement.replace("WHEN sync_applying() = 0", "WHEN sync_applying() = 0 AND 1 = 0"))
        with pytest.raises(TamperedError, match=name):
            check_triggers(connection, SCHEMA)


def test_every_replicated_table_is_captured(edge: Edge) -> None:
    with closing(connect(edge.path, edge.keys.database)) as connection:
        for table in SCHEMA.tables.values():
            sql = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            assert connection.execute(sql, (table.name,)).fetchone()[0] == (
                3 if table.kind == "fact" else 4 + bool(table.of_the_group)
            ), table.name
