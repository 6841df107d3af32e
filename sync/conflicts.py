"""What a person may have to look at: the conflict log, what was set aside, and what people did about either.

All three are replicated facts like any other, so that both ends list the same and need no channel for it. The hub
writes conflicts (each losing value with both values, both writers, both stamps and the rule that decided) and troubles
(a transaction that could not be applied; its content stays at the hub). Either end resolves: a subject is open while no
resolution stands, and of two made apart the earlier stamp counts.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from sync.schema import ID, engine_columns, place_columns

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})
_BIG = BigInteger().with_variant(Integer(), "sqlite")
_INSTANT = Text().with_variant(TIMESTAMP(timezone=True), "postgresql")
_NONE = {"pii": "none", "merge": "last_writer"}
_PERSON = {"pii": "indirect", "merge": "last_writer"}
_VALUE = {"pii": "direct", "merge": "last_writer"}

conflicts = Table(
    "sync_conflicts",
    metadata,
    *place_columns(),
    Column("tbl", Text, nullable=False, info=_NONE),
    Column("row_id", ID, nullable=False, info=_NONE),
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
# `node` is the sender's number; `tables` a JSON object of how many changes there are of each; `hash` the SHA-256 of its
# changes as they are kept
troubles = Table(
    "sync_troubles",
    metadata,
    *place_columns(),
    Column("node", Integer, nullable=False, info=_NONE),
    Column("incarnation", Integer, nullable=False, info=_NONE),
    Column("first", _BIG, nullable=False, info=_NONE),
    Column("last", _BIG, nullable=False, info=_NONE),
    Column("code", Text, nullable=False, info=_NONE),
    Column("reason", Text, nullable=False, info=_VALUE),
    Column("tables", Text, nullable=False, info=_NONE),
    Column("hash", Text, nullable=False, info=_NONE),
    Column("at", _INSTANT, nullable=False, info=_NONE),
    *engine_columns(),
    Index(None, "org_id", "property_id", "at"),
    info={"kind": "fact", "writer": "group", "large": False, "host": "both"},
)
# subject: conflict or trouble; action: restored, dismissed, retried or discarded; resolved_by: null for the engine itself
resolutions = Table(
    "sync_resolutions",
    metadata,
    *place_columns(),
    Column("subject_id", ID, nullable=False, info=_NONE),
    Column("subject", Text, nullable=False, info=_NONE),
    Column("action", Text, nullable=False, info=_NONE),
    Column("note", Text, nullable=True, info=_VALUE),
    Column("resolved_by", ID, nullable=True, info=_PERSON),
    Column("resolved_at", _INSTANT, nullable=False, info=_NONE),
    *engine_columns(),
    Index(None, "org_id", "subject_id"),
    info={"kind": "fact", "writer": "both", "large": False, "host": "both"},
)
