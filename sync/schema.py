"""What the engine reads of the tables: which replicate, who writes them, how each field merges.

The declarations are in SQLAlchemy's `info` (on tables: kind, writer, large, revive, keys, and where they apply interest:
(table of dealings, column) and, on a table of dealings, ends: column; on columns: merge, stages, writer, pii); the
engine's own columns are put on here, so that whoever declares a table needs to know nothing of them.

An element of a set is a field by itself, named `field/element`; on the wire and in `_fv` it is one like any other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Column, DefaultClause, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.sql.sqltypes import TypeEngine

ID = Text().with_variant(UUID(as_uuid=False), "postgresql")
ENGINE_COLUMNS = ("_hlc", "_node", "_fv", "_deleted", "_x")
IN_SET = "/"  # between a set's name and its element's; no column's name has one
Side = Literal["node", "hub"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column as the engine sees it. `stages` orders the values of a `furthest_stage` field. `writer` is empty where
    the table's holds; `group`: a node gives the first value of a row that it makes, and from then on the hub edits it.
    otherwise: what stands where a row comes without the field, as one of an older release does; empty for nothing.
    """

    name: str
    type: TypeEngine[Any]
    merge: str
    stages: tuple[str, ...]
    nullable: bool
    writer: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Interest:
    """Who is told of a table's rows that are the group's: the properties that have dealings with them.

    dealings: the table whose rows are dealings; column: by which they name the row; ends: by which one of them names an
    earlier one that it ends. A dealing that is deleted has ended too. Indexes on both columns are the declarer's care.
    """

    dealings: str
    column: str
    ends: str | None


@dataclass(frozen=True)
class TableSpec:
    """One replicated table. `fields` leaves out `org_id` (the tenant, never on the wire) and the engine's columns.
    refers: field → the table whose row it names. large: it grows with every day of work, or its rows are. revive: an
    edit that is later than a delete, and had not seen it, brings the row back. keys: what people tell rows apart by, as
    lists of fields; two rows that hold one key are a conflict for a person.
    """

    name: str
    kind: str
    writer: str
    fields: Mapping[str, FieldSpec]
    parents: tuple[str, ...]
    revive: bool = False
    refers: Mapping[str, str] = field(default_factory=dict)
    large: bool = False
    interest: Interest | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def mergeable(self) -> dict[str, FieldSpec]:
        """The fields that an edit can change, the tombstone among them."""
        tombstone = FieldSpec("_deleted", Boolean(), "last_writer", (), False)
        named = {n: f for n, f in self.fields.items() if n not in ("id", "property_id")}
        return {**named, "_deleted": tombstone}

    @cached_property
    def of_the_group(self) -> tuple[str, ...]:
        """The fields that a node may not edit, though it may edit the row."""
        return tuple(name for name, spec in self.mergeable.items() if spec.writer == "group")

    @cached_property
    def key_fields(self) -> frozenset[str]:
        """The fields whose edit can make two rows hold one key, the tombstone among them."""
        return frozenset({"_deleted", *(name for fields in self.keys.values() for name in fields)})

    @cached_property
    def sets(self) -> dict[str, FieldSpec]:
        """The fields that merge element by element."""
        return {name: spec for name, spec in self.mergeable.items() if spec.merge == "set"}

    def holding(self, name: str) -> FieldSpec | None:
        """The field of this name, or the set that an element so named is of; None when this release has none."""
        found = self.mergeable.get(name)
        return found or self.sets.get(name.partition(IN_SET)[0])


@dataclass(frozen=True)
class Schema:
    """All replicated tables, parents before children."""

    tables: Mapping[str, TableSpec]

    @cached_property
    def fingerprint(self) -> str:
        """Equal on two ends that know the same tables and fields, whatever the order."""
        known = sorted(f"{t.name}.{field}" for t in self.tables.values() for field in t.fields)
        return sha256("\n".join(known).encode()).hexdigest()[:16]

    @cached_property
    def dealings(self) -> dict[str, tuple[TableSpec, ...]]:
        """The tables whose rows are told by each table of dealings."""
        found: dict[str, tuple[TableSpec, ...]] = {}
        for table in self.tables.values():
            if table.interest is not None:
                found[table.interest.dealings] = (*found.get(table.interest.dealings, ()), table)
        return found

    @cached_property
    def order(self) -> dict[str, int]:
        """Each table's place in the order of applying."""
        return {name: n for n, name in enumerate(self.tables)}

    @cached_property
    def history(self) -> frozenset[str]:
        """The large tables, which come behind what service needs, and those whose rows lean on theirs."""
        found: set[str] = set()
        for name, table in self.tables.items():
            if table.large or not found.isdisjoint(table.parents):
                found.add(name)
        return frozenset(found)

    @cached_property
    def families(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """The tables of history that lean on no other of them, each with those that lean on it, parents first: table,
        the field that names the parent, the parent's table. A row and what leans on it are a family: an order with
        its lines is one."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        head_of: dict[str, str] = {}
        for name in (name for name in self.tables if name in self.history):
            over = [(field, up) for field, up in self.tables[name].refers.items() if up in head_of and up != name]
            if over:
                field, up = over[0]
                head_of[name] = head_of[up]
                found[head_of[up]].append((name, field, up))
            else:
                head_of[name] = name
                found[name] = []
        return {head: tuple(members) for head, members in found.items()}


def read_schema(*metadata: MetaData) -> Schema:
    """The replicated tables of these metadata (those whose info says fact or record)."""
    found: dict[str, TableSpec] = {}
    for meta in metadata:
        for table in meta.sorted_tables:
            if table.info.get("kind") in ("fact", "record"):
                found[str(table.name)] = _spec(table, {str(t.name): t.info for m in metadata for t in m.sorted_tables})
    for spec in found.values():
        _check_interest(spec, found)
    return Schema(found)


def _check_interest(table: TableSpec, tables: Mapping[str, TableSpec]) -> None:
    """Raises ValueError where a declaration could not be held to."""
    if table.interest is None:
        return
    dealings = tables.get(table.interest.dealings)
    columns = {table.interest.column} | ({table.interest.ends} if table.interest.ends else set())
    if table.kind != "record" or dealings is None or not columns <= dealings.fields.keys():
        raise ValueError(f"{table.name}: records are told by dealings, a table that has {', '.join(sorted(columns))}")
    # a node must be able to let go of the row, and what leans on it would hold it
    held_by = sorted(other.name for other in tables.values() if table.name in other.parents)
    if held_by:
        raise ValueError(f"{table.name} is let go of where there are no dealings: {held_by[0]} names it by id alone")


def attach_engine_columns(*metadata: MetaData) -> None:
    """Puts the engine's columns on every replicated table that lacks them; called once by each host's schema module."""
    for meta in metadata:
        for table in meta.tables.values():
            if table.info.get("kind") in ("fact", "record") and "_hlc" not in table.c:
                for column in engine_columns():
                    table.append_column(column)


def place_columns() -> list[Column[Any]]:
    """Whose a row is, its id, and of which property, for the engine's own tables that replicate."""
    none = {"pii": "none", "merge": "last_writer"}
    return [
        Column("org_id", ID, primary_key=True, info=none),
        Column("id", ID, primary_key=True, info=none),
        Column("property_id", ID, nullable=True, info=none),
    ]


def engine_columns() -> list[Column[object]]:
    """`_hlc` and `_node` stamp all fields not named in `_fv`; `_fv` holds later stamps of single fields as JSON;
    `_deleted` is the tombstone; `_x` keeps fields that this release doesn't know. Both databases have functions
    `sync_stamp` and `sync_node`, so that every insert is stamped whoever makes it."""
    none = {"pii": "none", "merge": "engine"}
    return [
        Column(
            "_hlc",
            BigInteger().with_variant(Integer(), "sqlite"),
            nullable=False,
            server_default=text("(sync_stamp())"),
            info=none,
        ),
        Column("_node", Integer, nullable=False, server_default=text("(sync_node())"), info=none),
        Column("_fv", Text, nullable=True, info=none),
        Column("_deleted", Boolean, nullable=False, server_default=text("FALSE"), info=none),
        Column("_x", Text, nullable=True, info={"pii": "direct", "merge": "engine"}),
    ]


def replicated(tables: Iterable[Table]) -> list[Table]:
    """Those tables that replicate."""
    return [table for table in tables if table.info.get("kind") in ("fact", "record")]


def _otherwise(column: Column[Any]) -> str:
    default = column.server_default
    return default.arg if isinstance(default, DefaultClause) and isinstance(default.arg, str) else ""


def _interest(table: Table, infos: Mapping[str, Mapping[Any, Any]]) -> Interest | None:
    declared = table.info.get("interest")
    if declared is None:
        return None
    dealings, column = declared
    return Interest(dealings, column, infos.get(dealings, {}).get("ends"))


def _spec(table: Table, infos: Mapping[str, Mapping[Any, Any]]) -> TableSpec:
    fields = {
        str(column.name): FieldSpec(
            str(column.name),
            column.type,
            column.info.get("merge", "last_writer"),
            tuple(column.info.get("stages", ())),
            bool(column.nullable),
            column.info.get("writer", ""),
            _otherwise(column),
        )
        for column in table.columns
        if column.name != "org_id" and column.name not in ENGINE_COLUMNS
    }
    for one in fields.values():
        assert one.merge != "set" or not one.nullable, f"{table.name}.{one.name}: an empty set is []"
    refers = {
        str(column.name): str(key.referred_table.name)
        for key in sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys))
        for column in key.columns
        if column.name in fields
    }
    parents = tuple(sorted(set(refers.values()) - {str(table.name)}))
    revive, large = (bool(table.info.get(name)) for name in ("revive", "large"))
    told = _interest(table, infos)
    name, kind, writer = str(table.name), table.info["kind"], table.info["writer"]
    keys = dict(table.info.get("keys", {}))
    return TableSpec(name, kind, writer, fields, parents, revive, refers, large, told, keys)
