"""The conflict log: each losing value with both values, both writers, both stamps and the rule that decided.

It is a replicated fact like any other, written by the hub, so that it reaches the property concerned by the same feed.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from sync.schema import engine_columns

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})
_ID = Text().with_variant(UUID(as_uuid=False), "postgresql")
_BIG = BigInteger().with_variant(Integer(), "sqlite")
_INSTANT = Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
_NONE = {"pii": "none", "merge": "last_writer"}
_VALUE = {"pii": "direct", "merge": "last_writer"}

conflicts = Table(
    "sync_conflicts",
    metadata,
    Column("org_id", _ID, primary_key=True, info=_NONE),
    Column("id", _ID, primary_key=True, info=_NONE),
    Column("property_id", _ID, nullable=True, info=_NONE),
    Column("tbl", Text, nullable=False, info=_NONE),
    Column("row_id", _ID, nullable=False, info=_NONE),
    Column("field", Text, nullable=False, info=_NONE),
    Column("rule", Text, nullable=False, info=_NONE),
    Column("won_value", Text, nullable=False, info=_VALUE),
    Column("won_hlc", _BIG, nullable=False, info=_NONE),
    Column("won_node", Integer, nullable=False, info=_NONE),
    Column("lost_value", Text, nullable=False, info=_VALUE),
    Column("lost_hlc", _BIG, nullable=False, info=_NONE),
    Column("lost_node", Integer, nullable=False, info=_NONE),
    Column("decided_at", _INSTANT, nullable=False, info=_NONE),
    *engine_columns(),
    Index(None, "org_id", "property_id", "decided_at"),
    info={"kind": "fact", "writer": "group", "large": False, "host": "both"},
)
