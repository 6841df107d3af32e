"""The engine's own tables at the hub. Every one begins with the tenant."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})
_INFO = {"pii": "none", "merge": "engine"}
_COPY = {"pii": "direct", "merge": "engine"}


def _column(name: str, kind: Any, *rest: Any, info: dict[str, str] = _INFO, **options: Any) -> Column[Any]:
    options.setdefault("nullable", False)
    return Column(name, kind, *rest, info=info, **options)


def _id(name: str, **options: Any) -> Column[Any]:
    return _column(name, UUID(as_uuid=False), **options)


def _at(name: str, **options: Any) -> Column[Any]:
    return _column(name, TIMESTAMP(timezone=True), **options)


def _info(*, large: bool = False) -> dict[str, Any]:
    return {"kind": "local", "host": "cloud", "large": large}


nodes = Table(
    "sync_nodes",
    metadata,
    _id("org_id", primary_key=True),
    _id("id", primary_key=True),
    _id("property_id"),
    _column("number", Integer),
    _column("code", Text),
    _column("public_key", Text),
    _column("status", Text),  # active, revoked
    _column("incarnation", Integer),
    _column("acked", BigInteger),
    _column(
        "acked_hlc", BigInteger, server_default=text("0")
    ),  # the stamp of the change `acked`, as its author gave it
    _column("ceiling", BigInteger, server_default=text("0")),  # the last stamp handed back to a clock that ran ahead
    _column("mark", Text, server_default=text("''")),  # of the change `acked`
    _column("born", BigInteger, server_default=text("0")),  # later than every stamp of an earlier life's edits
    _column("waiting", BigInteger, server_default=text("0")),
    _column("version", Text, server_default=text("''")),
    _column("offset_ms", BigInteger, server_default=text("0")),
    _column("settled", Integer, server_default=text("1")),  # the epoch since which the hub has all that it holds
    _column("differed", BigInteger, server_default=text("0")),  # rows that comparisons in quiet times found different
    _column("standing", BigInteger, server_default=text("0")),  # of those, what the last comparison could not mend
    _at("checked_at", nullable=True),
    _at("enrolled_at"),
    _at("seen_at", nullable=True),
    _column("next_key", Text, nullable=True),  # known beside the key in force until the node has used it
    _at("key_since", nullable=True),
    _at("revoked_at", nullable=True),
    _column("protocol", Integer, server_default=text("1")),  # what was agreed on last
    # of its visits (see `visits`): the last given, the latest in use, that which brought changes last, when it was heard
    *(_column(name, BigInteger, server_default=text("0")) for name in ("visits", "visit", "wrote", "heard_ms")),
    _column("told", Text, nullable=True, info={"pii": "indirect", "merge": "engine"}),  # how it is, in its own words
    info=_info(),
)
codes = Table(
    "sync_codes",
    metadata,
    _id("org_id", primary_key=True),
    _id("id", primary_key=True),
    _id("property_id"),
    _column("code_hash", Text),
    _at("expires_at"),
    _at("used_at", nullable=True),
    _id("replaces", nullable=True),  # the node that is revoked when the code is used
    Index(None, "code_hash"),
    info=_info(),
)
scopes = Table(
    "sync_scopes",
    metadata,
    _id("org_id", primary_key=True),
    _id("scope", primary_key=True),
    _column("head", BigInteger),
    _column("epoch", Integer, server_default=text("1")),
    _column("kept_from", BigInteger, server_default=text("1")),  # positions before it were dropped
    _at("put_back_at", nullable=True),  # when it was noticed that the hub was put back to an older copy
    info=_info(),
    postgresql_with={"fillfactor": 20},
)
# how far each node is by its own word: what none of them needs any more is dropped
node_cursors = Table(
    "sync_node_cursors",
    metadata,
    _id("org_id", primary_key=True),
    _id("node_id", primary_key=True),
    _id("scope", primary_key=True),
    _column("position", BigInteger),
    info=_info(),
)
# which property is told of which row of the group's, or was until something under the stamp `ended`
interests = Table(
    "sync_interests",
    metadata,
    _id("org_id", primary_key=True),
    _column("tbl", Text, primary_key=True),
    _id("row_id", primary_key=True),
    _id("property_id", primary_key=True),
    _column("ended", BigInteger, nullable=True),
    _column("again", Boolean, server_default=text("FALSE")),  # it was to forget the row once, and is told of it again
    Index(None, "org_id", "property_id", "tbl"),
    info=_info(),
)
# which records are deleted, since when that is known here, and which of them were taken out for good
tombstones = Table(
    "sync_tombstones",
    metadata,
    _id("org_id", primary_key=True),
    _column("tbl", Text, primary_key=True),
    _id("row_id", primary_key=True),
    _column("noted_ms", BigInteger),
    _column("tried_ms", BigInteger, server_default=text("0")),
    _column("removed_ms", BigInteger, nullable=True),
    Index(None, "org_id", "noted_ms"),
    info=_info(),
)
feed = Table(
    "sync_feed",
    metadata,
    _id("org_id", primary_key=True),
    _id("scope", primary_key=True),
    _column("pos", BigInteger, primary_key=True),
    _column("node", Integer),
    _column("incarnation", Integer),
    _column("hlc", BigInteger),
    _column("differs", Boolean),  # the hub's result is not what the author sent
    _column("body", LargeBinary, info=_COPY),
    _at("at", server_default=text("now()")),
    info=_info(large=True),
    postgresql_partition_by="HASH (org_id)",
)
captured = Table(
    "sync_captured",
    metadata,
    _id("org_id", primary_key=True),
    _column("seq", BigInteger, Identity(always=True), primary_key=True),
    _column("txid", Text, server_default=text("pg_current_xact_id()::text")),
    _id("scope"),
    _column("hlc", BigInteger),
    _column("change", Text, info=_COPY),
    Index(None, "org_id", "txid"),
    info=_info(),
)
stage = Table(
    "sync_stage",
    metadata,
    _id("org_id", primary_key=True),
    _id("node_id", primary_key=True),
    _column("incarnation", Integer, primary_key=True),
    _column("last", BigInteger, primary_key=True),
    _column("body", Text, info=_COPY),
    info=_info(),
)
quarantine = Table(
    "sync_quarantine",
    metadata,
    _id("org_id", primary_key=True),
    _id("id", primary_key=True),
    _id("property_id"),
    _id("node_id"),
    _column("incarnation", Integer),
    _column("first", BigInteger),
    _column("last", BigInteger),
    _column("code", Text),
    _column("reason", Text),
    _column("body", Text, info=_COPY),
    _at("at"),
    _column("state", Text),  # waiting, applied, discarded
    _column("hlc", BigInteger, server_default=text("0")),  # its stamp, perhaps lowered; 0: as its changes say
    _column("tries", Integer, server_default=text("0")),  # how often it was tried again
    _column("gone_on", Text, nullable=True),  # what its author went on from: a JSON array of [table, row, field]
    Index(None, "org_id", "node_id", "state"),
    info=_info(),
)
