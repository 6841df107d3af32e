"""What follows at a terminal's own devices: the guest's display shows what was ordered and paid, cash opens the drawer,
whatever it is for: a payment, a refund, a party's deposit, a float, cash paid in or out.

Only what happens from now on, and only while it is fresh: a display that comes back does not replay the evening, and a
drawer never opens for a payment that was taken before somebody plugged it in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from devices.heard import OpenDrawer, Show, Wish
from edge.hardware import calling
from hospitality.cash.reading import till_of
from hospitality.checks.reading import order_views
from hospitality.ground.statements import Reading

ENTRIES_MAX = 100
ORDERED = frozenset({"orders.order_placed", "orders.lines_added"})
PAID, REFUNDED = "payments.payment_taken", "payments.payment_refunded"
DEPOSITED, DEPOSIT_ENDED = "parties.deposit_taken", "parties.deposit_ended"
OF_DRAWERS = frozenset({"cash.drawer_opened", "cash.cash_moved"})
OF_ORDERS = ORDERED | {PAID, REFUNDED}
OF_TERMINALS = OF_ORDERS | OF_DRAWERS | {DEPOSITED, DEPOSIT_ENDED}
KINDS = OF_TERMINALS | calling.KINDS
_ENTRIES = """
    SELECT rowid AS place, kind, data, terminal_id FROM journal NOT INDEXED
    WHERE org_id = :org_id AND property_id = :property_id AND rowid > :after AND node = :node
    ORDER BY rowid LIMIT :limit
"""
Amount = Callable[[int, str], str]


class Entry(NamedTuple):
    """One of the journal: at which terminal it was written, its kind and its data."""

    terminal_id: str | None
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Following:
    """At a terminal's devices of a kind (`display`, `drawer`), this is to be done."""

    terminal_id: str
    kind: str
    wish: Wish


def journal_end(reading: Reading) -> int:
    """The place of the journal's last entry."""
    return int(reading.value("SELECT coalesce(max(rowid), 0) FROM journal"))


def entries_after(reading: Reading, after: int, *, node: int) -> tuple[list[Entry], int]:
    """This node's own entries after a place of which something may follow, and the place that was reached."""
    rows = reading.rows(_ENTRIES, after=after, node=node, limit=ENTRIES_MAX)
    entries = [
        Entry(row["terminal_id"], row["kind"], msgspec.json.decode(row["data"])) for row in rows if row["kind"] in KINDS
    ]
    return entries, rows[-1]["place"] if rows else after


def following(
    reading: Reading,
    all_entries: Sequence[Entry],
    *,
    terminals: frozenset[str],
    amount: Amount,
    say: Callable[[str], str],
) -> list[Following]:
    """What follows of these entries at these terminals' own devices."""
    entries = [
        (one.terminal_id, one.kind, one.data)
        for one in all_entries
        if one.terminal_id is not None and one.terminal_id in terminals and one.kind in OF_TERMINALS
    ]
    of_orders = {data["order_id"] for _, kind, data in entries if kind in OF_ORDERS}
    orders = {one["id"]: one for one in order_views(reading, list(of_orders))}
    found: list[Following] = []
    for terminal_id, kind, data in entries:
        if _moves_cash(reading, terminal_id, kind, data):
            found.append(Following(terminal_id, "drawer", OpenDrawer()))
        order = orders.get(data["order_id"]) if kind in ORDERED or kind == PAID else None
        if order is not None:
            change = _change_of(reading, data["payment_id"]) if kind == PAID else 0
            shows = _ordered(order, amount, say) if kind in ORDERED else _paid(order, data, change, amount, say)
            found.append(Following(terminal_id, "display", shows))
    return found


def _moves_cash(reading: Reading, terminal_id: str, kind: str, data: Mapping[str, Any]) -> bool:
    """Whether cash goes into this terminal's drawer, or comes out of it."""
    if kind in (PAID, REFUNDED):
        return bool(data["tender"] == "cash" and data["amount_minor"] + data["tip_minor"])
    if kind in OF_DRAWERS:  # keyed in at another till, it is of another drawer
        return bool(till_of(reading, terminal_id).session_id == data["session_id"])
    if kind == DEPOSITED:
        return bool(data["tender"] == "cash")
    if kind != DEPOSIT_ENDED or data["kind"] != "given_back":
        return False
    sql = "SELECT tender FROM deposits WHERE org_id = :org_id AND id = :id"
    return bool(reading.value(sql, id=data["deposit_id"]) == "cash")


def _change_of(reading: Reading, payment_id: str) -> int:
    sql = "SELECT change_minor FROM payments WHERE org_id = :org_id AND id = :id"
    return int(reading.value(sql, id=payment_id) or 0)


def _ordered(order: Mapping[str, Any], amount: Amount, say: Callable[[str], str]) -> Show:
    lines: Sequence[Mapping[str, Any]] = [line for line in order["lines"] if line["kitchen_state"] != "voided"]
    last = lines[-1] if lines else None
    top = "" if last is None else f"{last['quantity']} {last['name']}"
    return Show(top, _ends(say("TOTAL"), amount(order["total_minor"], order["currency"])))


def _paid(
    order: Mapping[str, Any], data: Mapping[str, Any], change: int, amount: Amount, say: Callable[[str], str]
) -> Show:
    top = _ends(say("PAID"), amount(data["amount_minor"], data["currency"]))
    if order["due_minor"] > 0:
        return Show(top, _ends(say("DUE"), amount(order["due_minor"], order["currency"])))
    return Show(top, _ends(say("CHANGE"), amount(change, data["currency"])) if change else say("THANK YOU"))


def _ends(word: str, figure: str) -> str:
    return f"{word} {figure:>{max(len(figure), 19 - len(word))}}"
