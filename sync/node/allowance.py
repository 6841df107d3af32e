"""Spending from an allowance at a node, inside one of its acts: the share is looked at in the transaction that spends.

All of it is captured like any other row. Doing a thing twice for one cause is doing it once.
"""

from dataclasses import dataclass
from typing import Any

from sync.allowance import AllowanceSpentError, Share, check_amount, derived_id

_SHARE = """
    SELECT
      (SELECT coalesce(sum(amount), 0) FROM sync_grants
        WHERE org_id = :org AND allowance_id = :id AND node = :node AND incarnation = :life),
      (SELECT coalesce(sum(amount), 0) FROM sync_spends
        WHERE org_id = :org AND allowance_id = :id AND _node = :node AND incarnation = :life),
      (SELECT coalesce(-sum(amount), 0) FROM sync_wants
        WHERE org_id = :org AND allowance_id = :id AND _node = :node AND incarnation = :life AND amount < 0)
"""
_UNANSWERED = """
    SELECT 1 FROM sync_wants AS w WHERE org_id = :org AND allowance_id = :id AND _node = :node AND incarnation = :life
      AND amount > 0 AND NOT EXISTS (SELECT 1 FROM sync_grants AS g WHERE g.org_id = w.org_id AND g.cause = w.id
        AND g.allowance_id = w.allowance_id)
"""
_REST = "SELECT rest FROM sync_grants WHERE org_id = :org AND allowance_id = :id ORDER BY _hlc DESC, id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Spender:
    """Who spends: this life of a node, for its property. Another life has a share of its own, so that a restored node,
    which may have forgotten what it spent, has none until it was granted one."""

    org_id: str
    property_id: str
    node: int
    incarnation: int


def share_of(connection: Any, who: Spender, allowance_id: str) -> Share:
    """What this life of the node may still spend, by its own rows."""
    return Share(*connection.execute(_SHARE, _given(who, allowance_id)).fetchone())


def spend(connection: Any, who: Spender, allowance_id: str, amount: int, *, cause: str) -> Share:
    """Spends from the share, and into the risk budget where there is one. Raises AllowanceSpentError, then nothing was
    written; LookupError for an allowance that is not known here."""
    risk = _risk_budget(connection, who, allowance_id)
    id, known = derived_id(allowance_id, "spend", cause), share_of(connection, who, allowance_id)
    if not _is_done(connection, "sync_spends", who, id, check_amount(amount)):
        if amount > known.left + risk:
            raise _refusal(connection, who, allowance_id, amount, max(0, known.left + risk))
        _add(connection, "sync_spends", who, id, allowance_id, amount, incarnation=who.incarnation, cause=cause)
    return share_of(connection, who, allowance_id)


def want_more(connection: Any, who: Spender, allowance_id: str, amount: int) -> bool:
    """Asks head office for more; False while it has not answered what was asked before."""
    _risk_budget(connection, who, allowance_id)
    if connection.execute(_UNANSWERED, _given(who, allowance_id)).fetchone():
        return False
    _want(connection, who, allowance_id, check_amount(amount))
    return True


def give_back(connection: Any, who: Spender, allowance_id: str, amount: int) -> Share:
    """Gives back what is not needed, for others. Raises AllowanceSpentError when there is not as much."""
    left = share_of(connection, who, allowance_id).left
    if check_amount(amount) > left:
        raise AllowanceSpentError(amount, max(0, left), online_would_help=False)
    _want(connection, who, allowance_id, -amount)
    return share_of(connection, who, allowance_id)


def earn(connection: Any, who: Spender, allowance_id: str, amount: int, *, cause: str) -> None:
    """Adds to the group's total, which head office grants from. What was spent by mistake is earned again."""
    _risk_budget(connection, who, allowance_id)
    id = derived_id(allowance_id, "earn", cause)
    if not _is_done(connection, "sync_earnings", who, id, check_amount(amount)):
        _add(connection, "sync_earnings", who, id, allowance_id, amount, cause=cause)


def _given(who: Spender, allowance_id: str) -> dict[str, Any]:
    return {"org": who.org_id, "id": allowance_id, "node": who.node, "life": who.incarnation}


def _risk_budget(connection: Any, who: Spender, allowance_id: str) -> int:
    row = connection.execute(
        "SELECT risk_budget FROM sync_allowances WHERE org_id = ? AND id = ? AND NOT _deleted",
        (who.org_id, allowance_id),
    ).fetchone()
    if row is None:
        raise LookupError(f"no allowance {allowance_id} here")
    return int(row[0])


def _is_done(connection: Any, table: str, who: Spender, id: str, amount: int) -> bool:
    row = connection.execute(f"SELECT amount FROM {table} WHERE org_id = ? AND id = ?", (who.org_id, id)).fetchone()
    if row is not None and row[0] != amount:
        raise ValueError(f"{row[0]} was counted for the same cause, not {amount}")
    return row is not None


def _refusal(connection: Any, who: Spender, allowance_id: str, asked: int, left: int) -> AllowanceSpentError:
    rest = connection.execute(_REST, {"org": who.org_id, "id": allowance_id}).fetchone()
    return AllowanceSpentError(asked, left, online_would_help=rest is None or rest[0] > 0)


def _want(connection: Any, who: Spender, allowance_id: str, amount: int) -> None:
    stamp = connection.execute("SELECT sync_stamp()").fetchone()[0]
    id = derived_id(allowance_id, "want", who.node, who.incarnation, stamp, amount > 0)
    _add(connection, "sync_wants", who, id, allowance_id, amount, incarnation=who.incarnation)


def _add(connection: Any, table: str, who: Spender, id: str, allowance_id: str, amount: int, **more: int | str) -> None:
    row = {"id": id, "property_id": who.property_id, "allowance_id": allowance_id, "amount": amount, **more}
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {table} (org_id, {', '.join(row)}) VALUES (?, {marks})", (who.org_id, *row.values())
    )
