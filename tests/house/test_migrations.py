"""The migrations make what the models say, on both databases, and edge migrations only ever add."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, Text, create_engine, inspect
from sqlalchemy.pool import NullPool

from cloud import schema as at_cloud
from cloud.database import alchemy_url
from cloud.database import migrate as migrate_cloud
from edge import schema as at_edge
from edge.database import alchemy, connect
from hospitality.ground.migrations import History, behind
from tests.house.repository import ROOT, calls, sources
from tests.postgres_fixture import DatabaseFactory, TemplateFactory

KEY = "0" * 64
HISTORIES = {history.name: history for history in (*at_edge.HISTORIES, *at_cloud.HISTORIES)}
# what is made from the models after each migration, and where a database keeps how far it is
MADE_AFTERWARDS = ("alembic_version_", "policies_version")
# a node's tables are created and widened, never rebuilt: SQLite's way of altering drops the capture triggers
ALLOWED_ON_NODES = {"create_table", "create_index", "add_column", "f", "execute"}


def only_of(host: str, metadata: Iterable[MetaData]) -> list[MetaData]:
    """The metadata with the tables that this host has."""
    other = {"edge": "cloud", "cloud": "edge"}[host]
    found = []
    for meta in metadata:
        kept = MetaData(naming_convention=meta.naming_convention)
        for table in meta.sorted_tables:
            if table.info["host"] != other:
                table.to_metadata(kept)
        found.append(kept)
    return found


def differences(connection: Connection, metadata: list[MetaData]) -> list[Any]:
    """What a migration written by Alembic now would do."""

    def is_ours(name: str | None, kind: str, _: Any) -> bool:
        if kind != "table" or name is None:
            return True
        return not name.startswith(MADE_AFTERWARDS) and not is_partition(name)

    def is_said(found: Any, _: str | None, kind: str, reflected: bool, __: Any) -> bool:
        # PostgreSQL keeps a foreign key to each partition beside the one to the whole
        return not (reflected and kind == "foreign_key_constraint" and is_partition(found.referred_table.name))

    options = {"include_name": is_ours, "include_object": is_said, "compare_type": True}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))  # type: ignore[arg-type]  # takes several as well


def is_partition(name: str) -> bool:
    """Whether it is one of a large table's partitions."""
    whole, _, number = name.rpartition("_p")
    return bool(whole) and number.isdigit()


@pytest.fixture
def node_database(tmp_path: Path) -> Iterator[Any]:
    """A node's database at this release."""
    connection = connect(tmp_path / "node.db", KEY)
    at_edge.migrate(connection)
    yield connection
    connection.close()


def test_a_nodes_migrations_make_what_the_models_say(node_database: Any) -> None:
    with alchemy(node_database).connect() as connection:
        assert differences(connection, only_of("edge", at_edge.METADATA)) == []
        assert behind(connection, at_edge.HISTORIES) == []
        tables = {name for name in inspect(connection).get_table_names() if not name.startswith(MADE_AFTERWARDS)}
    wanted = {table.name for meta in only_of("edge", at_edge.METADATA) for table in meta.sorted_tables}
    assert tables == wanted


def test_what_no_migration_makes_is_noticed(node_database: Any) -> None:
    metadata = only_of("edge", at_edge.METADATA)
    Table("spa_bookings", metadata[0], Column("org_id", Text, primary_key=True))
    metadata[0].tables["orders"].append_column(Column("tab", Text))
    with alchemy(node_database).connect() as connection:
        assert {change[0] for change in differences(connection, metadata)} == {"add_table", "add_column"}


def test_head_offices_migrations_make_what_the_models_say(
    database: DatabaseFactory, database_template: TemplateFactory
) -> None:
    made = database(database_template("head_office", lambda fresh: migrate_cloud(fresh.owner_url)))
    engine = create_engine(alchemy_url(made.owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        assert differences(connection, only_of("cloud", at_cloud.METADATA)) == []
        assert behind(connection, at_cloud.HISTORIES) == []
    engine.dispose()


def test_every_history_is_one_line_without_branches() -> None:
    for history in HISTORIES.values():
        script: ScriptDirectory = history.script()
        assert len(script.get_heads()) == 1, history.name
        assert len(script.get_bases()) == 1, history.name


def test_every_migration_is_of_a_history_that_a_host_runs() -> None:
    known = {(history.folder / "versions").relative_to(ROOT).as_posix() for history in HISTORIES.values()}
    written = {str(Path(source.name).parent) for source in sources() if "/migrations/" in source.name}
    assert written == known


def test_migrations_only_add() -> None:
    for history in HISTORIES.values():
        for source in sources():
            if source.path.parent == history.folder / "versions":
                done = {name for name, call in calls(source.tree) if is_operation(call)}
                assert done <= ALLOWED_ON_NODES, source.name


def is_operation(call: Any) -> bool:
    """Whether it is a call of Alembic's `op`."""
    return getattr(getattr(call.func, "value", None), "id", "") == "op"


def test_every_owner_of_tables_has_a_history_of_its_own() -> None:
    assert set(HISTORIES) == {"sync_node", "sync_hub", "sync", "hospitality", "edge", "cloud"}
    assert len({history.version_table for history in HISTORIES.values()}) == len(HISTORIES)


def test_a_database_behind_its_release_is_told_so(tmp_path: Path) -> None:
    connection = connect(tmp_path / "node.db", KEY)
    histories: tuple[History, ...] = at_edge.HISTORIES
    with alchemy(connection).connect() as found:
        assert behind(found, histories) == [history.name for history in histories]
    connection.close()
