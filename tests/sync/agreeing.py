"""Whether a node and head office hold the same: every value and every stamp, of all that concerns the node."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean

from edge.schema import SCHEMA
from sync.checksum import checksum
from sync.hub.postgres import PostgresStore
from sync.hub.store import Sender
from sync.merge import RowVersions, row_parts
from sync.schema import TableSpec
from tests.sync.ends import Group, Node

ROWS_MAX = 1_000_000
Rows = dict[str, dict[str, Any]]


def assert_agree(node: Node) -> None:
    """The node and head office hold the same rows, field by field with their stamps; nothing waits or is kept."""
    assert node.outbox() == []
    assert node.kept() == []
    for table in SCHEMA.tables.values():
        here, there = at_node(node, table), at_head_office(node.house.group, table, node.property_id)
        apart = {
            id: (here.get(id), there.get(id)) for id in here.keys() | there.keys() if here.get(id) != there.get(id)
        }
        assert not apart, table.name
        assert checksums_at_node(node, table) == checksums_at_head_office(node, table), table.name


def at_node(node: Node, table: TableSpec) -> Rows:
    """A table's rows at a node by id, each field with its effective stamp."""
    found = node.rows(f'SELECT * FROM "{table.name}"')
    assert {row["org_id"] for row in found} <= {node.org_id}
    return _by_id(table, found)


def at_head_office(group: Group, table: TableSpec, property_id: str) -> Rows:
    """The same of what concerns a property at head office."""
    sql = f'SELECT * FROM "{table.name}" WHERE property_id = %s OR property_id IS NULL'
    return _by_id(table, group.rows(sql, property_id))


def checksums_at_node(node: Node, table: TableSpec) -> dict[str, int]:
    """Each row's number at a node."""
    names = list(table.fields)
    return {row["id"]: checksum(table, names, row) for row in node.rows(f'SELECT * FROM "{table.name}"')}


def checksums_at_head_office(node: Node, table: TableSpec) -> dict[str, int]:
    """The same as PostgreSQL makes it, of what concerns the node."""
    sender = Sender(node.org_id, node.host.identity.node_id, node.number, node.property_id)
    with node.house.group.head.database.transaction(node.org_id) as connection:
        return dict(PostgresStore(connection, sender).row_numbers(table, list(table.fields), None, None, ROWS_MAX))


def _by_id(table: TableSpec, found: list[dict[str, Any]]) -> Rows:
    return {row["id"]: _stamped(table, row) for row in found}


def _stamped(table: TableSpec, row: Mapping[str, Any]) -> dict[str, Any]:
    versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    flags = [name for name, spec in table.mergeable.items() if isinstance(spec.type, Boolean)]
    row = {**row, **{name: bool(row[name]) for name in flags if row[name] is not None}}
    same = {name: row[name] for name in ("id", "property_id", "_x", *table.sets)}
    return {**same, **{name: (found.value, found.stamp) for name, found in row_parts(table, row, versions).items()}}
