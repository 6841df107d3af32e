"""Each property's node as head office last heard it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from hospitality.ground.clock import instant
from hospitality.ground.statements import Reading

# a pull is held for twenty seconds at most, so a node that is there is heard more often than this
SILENCE_MAX = timedelta(seconds=45)
LATE_AFTER = timedelta(minutes=2)
CLOCK_OFF_MS = 60_000

NodeState = Literal["online", "property_only", "late", "new"]


@dataclass(frozen=True, slots=True)
class Node:
    """A node in force. `offset_ms`: how far its clock is ahead of ours; `seen_at` None: not heard since enrolment."""

    id: str
    property_id: str
    code: str
    incarnation: int
    version: str
    waiting: int
    offset_ms: int
    enrolled_at: datetime
    seen_at: datetime | None

    def state(self, now: datetime) -> NodeState:
        """online; property_only when it is not heard (it serves on by itself); late when that lasts; new before."""
        silence = now - (self.seen_at or self.enrolled_at)
        if silence > LATE_AFTER:
            return "late"
        if self.seen_at is None:
            return "new"
        return "online" if silence <= SILENCE_MAX else "property_only"

    @property
    def clock_is_off(self) -> bool:
        """Whether its clock is so far from ours that somebody should set it."""
        return self.seen_at is not None and abs(self.offset_ms) > CLOCK_OFF_MS


_NODES = """
    SELECT id, property_id, code, incarnation, version, waiting, offset_ms, enrolled_at, seen_at
    FROM sync_nodes WHERE org_id = :org_id AND status = 'active' {one} ORDER BY number
"""


def nodes(reading: Reading) -> list[Node]:
    """The group's nodes in force; only those of the property at hand when there is one."""
    one = "AND property_id = :property_id" if reading.property_id_or_none else ""
    return [_node(row) for row in reading.rows(_NODES.format(one=one))]


def current(found: Iterable[Node]) -> dict[str, Node]:
    """Property id → the node that speaks for it: of several (a machine was replaced) the one heard last."""
    by_property: dict[str, Node] = {}
    for node in sorted(found, key=lambda one: one.seen_at or one.enrolled_at):
        by_property[node.property_id] = node
    return by_property


def _node(row: Any) -> Node:
    return Node(
        id=row["id"],
        property_id=row["property_id"],
        code=row["code"],
        incarnation=row["incarnation"],
        version=row["version"],
        waiting=row["waiting"],
        offset_ms=row["offset_ms"],
        enrolled_at=instant(row["enrolled_at"]),
        seen_at=instant(row["seen_at"]) if row["seen_at"] else None,
    )
