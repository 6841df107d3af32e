"""A bounded counter: a group's allowance that nodes spend from while apart, and that never goes below zero.

Facts, not a field. What is earned belongs to the group; each life of a node spends from its own share of it, which head
office granted and which nobody else can spend, so its own rows tell a node how far it may go. It asks for more, or gives
back, by a want, and head office answers each with a grant as far as what is left of the total reaches, first come first
served. Beyond its share a node may go by the allowance's risk budget, 0 unless set; that is in the conflict log. It knows
nothing of what is counted: `subject` and `unit` say that to whoever reads them.

    left of the total = earned - granted + returned      share = granted - spent - returned      both summed: earned - spent
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, MetaData, Table, Text, text

from sync.schema import ID, engine_columns, place_columns

AMOUNT_MAX = 10**15
COUNTED = frozenset({"sync_earnings", "sync_spends", "sync_wants"})
HEAD_OFFICE = 0
RULE = "allowance"
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_1_name)s",
    }
)
_BIG = BigInteger().with_variant(Integer(), "sqlite")
_NONE = {"pii": "none", "merge": "last_writer"}
_WHOSE = {"pii": "indirect", "merge": "last_writer"}


def _fact(name: str, writer: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        *place_columns(),
        Column("allowance_id", ID, nullable=False, info=_NONE),
        *columns,
        Column("amount", _BIG, nullable=False, info=_NONE),
        *engine_columns(),
        ForeignKeyConstraint(["org_id", "allowance_id"], ["sync_allowances.org_id", "sync_allowances.id"]),
        Index(None, "org_id", "allowance_id"),
        info={"kind": "fact", "writer": writer, "large": False, "host": "both"},
    )


def _life() -> Column[Any]:
    return Column("incarnation", Integer, nullable=False, info=_NONE)


def _cause() -> Column[Any]:
    return Column("cause", Text, nullable=False, info=_WHOSE)


allowances = Table(
    "sync_allowances",
    metadata,
    *place_columns(),
    Column("subject", Text, nullable=False, info=_WHOSE),
    Column("unit", Text, nullable=False, info=_NONE),
    Column("risk_budget", _BIG, nullable=False, server_default=text("0"), info=_NONE),
    *engine_columns(),
    info={"kind": "record", "writer": "group", "large": False, "host": "both"},
)
earnings = _fact("sync_earnings", "both", _cause())
# node, incarnation: whose share grows, 0 for what head office itself spends; rest: what was left of the total then
grants = _fact(
    "sync_grants",
    "group",
    Column("node", Integer, nullable=False, info=_NONE),
    _life(),
    Column("rest", _BIG, nullable=False, info=_NONE),
    _cause(),
)
spends = _fact("sync_spends", "property", _life(), _cause())
# an amount below zero gives back
wants = _fact("sync_wants", "property", _life())

# every sum of some allowances (bind or list `{among}`, and `{org}`): what, of which life of which node
LEDGER = """
    SELECT kind, allowance_id, node, incarnation, CAST(sum(amount) AS BIGINT) AS amount FROM (
      SELECT 'earned' AS kind, org_id, allowance_id, 0 AS node, 0 AS incarnation, amount FROM sync_earnings
      UNION ALL SELECT 'granted', org_id, allowance_id, node, incarnation, amount FROM sync_grants
      UNION ALL SELECT 'spent', org_id, allowance_id, _node, incarnation, amount FROM sync_spends
      UNION ALL SELECT 'returned', org_id, allowance_id, _node, incarnation, -amount FROM sync_wants WHERE amount < 0
    ) AS found WHERE org_id = {org} AND allowance_id {among} GROUP BY kind, allowance_id, node, incarnation
"""

# what of a node's own nobody answers (bind `{org}` and `{node}`): wants of more without a grant, and all that a life spent
# whose share is below zero
UNANSWERED = """
    SELECT 'sync_wants' AS tbl, id, allowance_id, amount, incarnation, _hlc AS hlc FROM sync_wants AS w
      WHERE org_id = {org} AND _node = {node} AND amount > 0 AND NOT EXISTS (SELECT 1 FROM sync_grants AS g
        WHERE g.org_id = w.org_id AND g.allowance_id = w.allowance_id AND g.cause = CAST(w.id AS TEXT))
    UNION ALL SELECT 'sync_spends', id, allowance_id, amount, incarnation, _hlc FROM sync_spends AS s
      WHERE org_id = {org} AND _node = {node} AND 0 > (SELECT coalesce(sum(amount), 0) FROM (
        SELECT amount FROM sync_grants AS g WHERE g.org_id = s.org_id AND g.allowance_id = s.allowance_id
          AND g.node = s._node AND g.incarnation = s.incarnation
        UNION ALL SELECT -amount FROM sync_spends AS e WHERE e.org_id = s.org_id AND e.allowance_id = s.allowance_id
          AND e._node = s._node AND e.incarnation = s.incarnation
        UNION ALL SELECT amount FROM sync_wants AS r WHERE r.org_id = s.org_id AND r.allowance_id = s.allowance_id
          AND r._node = s._node AND r.incarnation = s.incarnation AND amount < 0) AS share)
    ORDER BY hlc, id
"""


class AllowanceSpentError(Exception):
    """More was asked for than there is here. left: what there is; online_would_help: whether head office may have more."""

    code = "ALLOWANCE_SPENT"

    def __init__(self, asked: int, left: int, *, online_would_help: bool) -> None:
        super().__init__(f"{asked} asked for, {left} left here")
        self.asked = asked
        self.left = left
        self.online_would_help = online_would_help


@dataclass(frozen=True, slots=True)
class Share:
    """What one life of a node was granted, has spent and gave back."""

    granted: int = 0
    spent: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        """Below zero where it went into the risk budget."""
        return self.granted - self.spent - self.returned


@dataclass(frozen=True, slots=True)
class Ledger:
    """All sums of one allowance: what was earned, and the share of each life (node, incarnation)."""

    earned: int
    shares: dict[tuple[int, int], Share]

    @property
    def rest(self) -> int:
        """What is left of the total for new grants."""
        return self.earned - sum(share.granted - share.returned for share in self.shares.values())

    @property
    def spent(self) -> int:
        """What all have spent; head office spends what it grants to itself."""
        return sum(s.granted if node == HEAD_OFFICE else s.spent for (node, _), s in self.shares.items())


def ledgers(rows: Iterable[Any]) -> dict[str, Ledger]:
    """From what `LEDGER` answers, by allowance."""
    earned: dict[str, int] = {}
    sums: dict[str, dict[tuple[int, int], dict[str, int]]] = {}
    for row in rows:
        lives = sums.setdefault(row["allowance_id"], {})
        if row["kind"] == "earned":
            earned[row["allowance_id"]] = row["amount"]
        else:
            lives.setdefault((row["node"], row["incarnation"]), {})[row["kind"]] = row["amount"]
    return {
        id: Ledger(earned.get(id, 0), {life: Share(**found) for life, found in lives.items()})
        for id, lives in sums.items()
    }


def granted(asked: int, rest: int) -> int:
    """The policy by which wants are answered: what was asked for, as far as what is left reaches."""
    return max(0, min(asked, rest))


def derived_id(*of: object) -> str:
    """The id of what follows from something else, so that making it twice makes one."""
    return str(uuid5(NAMESPACE_OID, "/".join(map(str, of))))


def check_amount(amount: object) -> int:
    """The amount; raises ValueError unless it can be counted."""
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= AMOUNT_MAX:
        raise ValueError(f"an amount is a whole number from 1 to {AMOUNT_MAX}")
    return amount


def check_counted(table: str, fields: Mapping[str, Any]) -> None:
    """Raises ValueError for an amount of one of these tables that can't be counted; only a want may be below zero."""
    amount = fields.get("amount")
    check_amount(-amount if table == "sync_wants" and isinstance(amount, int) and amount < 0 else amount)
