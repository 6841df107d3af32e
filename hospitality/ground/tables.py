"""How a trade declares its tables: what each row is, who may write it, and what each column holds.

The declarations live in SQLAlchemy's `info`, on the table and on every column, where `sync`, the privacy tools and the
house tests read them without knowing any trade. The engine's own columns (`_hlc` and its fellows) are added by sync.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import BigInteger, Boolean, Date, ForeignKeyConstraint, Index, Integer, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID
from sqlmodel import Field, SQLModel

Kind = Literal["fact", "record", "local"]
Writer = Literal["property", "group", "both"]
Merge = Literal["last_writer", "furthest_stage", "set"]
Pii = Literal["none", "direct", "indirect"]

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
}

# One text form on the wire and in SQLite, PostgreSQL's own types at head office.
ID = Text().with_variant(UUID(as_uuid=False), "postgresql")
INSTANT = Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
DAY = Text().with_variant(Date(), "postgresql")
AMOUNT = BigInteger().with_variant(Integer(), "sqlite")
COUNT = Integer()
WORDS = Text()
FLAG = Boolean(create_constraint=False)
DOCUMENT = Text()  # JSON as text, kept byte for byte
ELEMENTS = Text()  # a set of words, as `texts.set_text` writes it


def column(
    sa_type: Any,
    *,
    pii: Pii = "none",
    merge: Merge = "last_writer",
    stages: Sequence[str] = (),
    optional: bool = False,
    default: Any = ...,
    otherwise: str | None = None,
    writer: Literal["group"] | None = None,
) -> Any:
    """A column with its declarations.

    `merge` is the rule by which concurrent edits of a record's field meet; `stages` lists a `furthest_stage` field's
    values from first to last. A `set` (of ELEMENTS, empty by itself) merges each element by itself. Facts are never
    edited, so their columns need none. `otherwise` is what the database puts where a row comes without the field, as one
    of an older release does. `writer` group: of a row that both may write, this only head office edits; a
    property gives it once, with a row that it makes.
    """
    info: dict[str, Any] = {"pii": pii, "merge": merge}
    if writer:
        info["writer"] = writer
    if stages:
        info["stages"] = tuple(stages)
    kwargs: dict[str, Any] = {"sa_type": sa_type, "nullable": optional, "sa_column_kwargs": {"info": info}}
    if merge == "set":
        kwargs["sa_column_kwargs"]["server_default"] = "[]"
    if otherwise is not None:
        kwargs["sa_column_kwargs"]["server_default"] = otherwise
    if optional and default is ...:
        default = None
    if default is not ...:
        kwargs["default"] = default
    return Field(**kwargs)


def described(
    kind: Kind,
    *,
    writer: Writer = "property",
    refers: Mapping[str, str] | None = None,
    indexes: Sequence[Sequence[str]] = (),
    keys: Mapping[str, Sequence[str]] | None = None,
    large: bool = False,
    host: Literal["both", "edge", "cloud"] = "both",
) -> tuple[Any, ...]:
    """The `__table_args__` of a table.

    kind: `fact` (written once), `record` (edited, merged field by field) or `local` (never leaves its host).
    writer: whose node may write it. refers: column → table, as foreign keys that begin with `org_id`.
    indexes: lists of columns, each put behind `org_id`; never unique, since two nodes may both be right.
    keys: name → columns by which people tell rows apart; two rows that hold one are a conflict for a person to settle.
    large: it grows with every day of work, or holds most of the bytes: partitioned by hash of `org_id` at head office, and
    taken by a new node behind what service needs. host: which host has the table.
    """
    references = [
        ForeignKeyConstraint(["org_id", name], [f"{table}.org_id", f"{table}.id"])
        for name, table in (refers or {}).items()
    ]
    found = [Index(None, "org_id", *names) for names in indexes]
    info: dict[str, Any] = {"kind": kind, "writer": writer, "large": large, "host": host}
    if keys:
        info["keys"] = {name: tuple(columns) for name, columns in keys.items()}
    options: dict[str, Any] = {"info": info}
    if large:
        options["postgresql_partition_by"] = "HASH (org_id)"
    return (*references, *found, options)


TOMBSTONE = "_deleted"  # the engine's column of a record that was removed


class Row(SQLModel):
    """What every table begins with: the tenant and the row's own id form the key."""

    org_id: str = Field(
        sa_type=ID, primary_key=True, sa_column_kwargs={"info": {"pii": "none", "merge": "last_writer"}}
    )
    id: str = Field(sa_type=ID, primary_key=True, sa_column_kwargs={"info": {"pii": "none", "merge": "last_writer"}})
    property_id: str | None = column(ID, optional=True)
