"""Each property's node as head office last heard it, and what about it wants somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from hospitality.ground.clock import instant
from hospitality.ground.statements import Reading
from sync.wire import Told

# a pull is held for twenty seconds at most, so a node that is there is heard more often than this
SILENCE_MAX = timedelta(seconds=45)
LATE_AFTER = timedelta(minutes=2)
CLOCK_OFF_MS = 60_000

NodeState = Literal["online", "property_only", "late", "new"]
Alarm = Literal["silent", "backlog", "clock", "disk", "set_aside", "rows"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something about a node is an alarm; settings of the machine."""

    silent: timedelta = LATE_AFTER
    waiting: timedelta = timedelta(minutes=15)
    clock: timedelta = timedelta(milliseconds=CLOCK_OFF_MS)


@dataclass(frozen=True, slots=True)
class Node:
    """A node in force. `offset_ms`: how far its clock is ahead of ours; `seen_at` None: not heard since enrolment.

    From `oldest_at` (when the oldest change was made that it has not sent) to `received_bytes` it is the node's own word:
    `storage` says what is wrong with its disk, bytes are of messages since its start. `set_aside`: transactions of it that
    wait here; `is_open`: its property's day is, or none began yet. `differed`: rows that comparisons found different so
    far; `standing`: those that the last of them could not mend; `is_heard_out`: whether head office has all that the node
    holds, which ends when it is put back to an older copy.
    """

    id: str
    property_id: str
    code: str
    incarnation: int
    version: str
    waiting: int
    offset_ms: int
    enrolled_at: datetime
    seen_at: datetime | None
    property_name: str = ""
    zone: str = "UTC"
    protocol: int = 1
    oldest_at: datetime | None = None
    kept: int = 0
    error: str = ""
    storage: str = ""
    sent_bytes: int = 0
    received_bytes: int = 0
    set_aside: int = 0
    is_open: bool = True
    checked_at: datetime | None = None
    differed: int = 0
    standing: int = 0
    is_heard_out: bool = True

    def alarms(self, now: datetime, thresholds: Thresholds) -> tuple[Alarm, ...]:
        """What about it wants somebody, the worst first. A silent node says nothing new of itself, so what it said last
        of its backlog and its disk is no alarm of its own."""
        silence = now - (self.seen_at or self.enrolled_at)
        if silence > thresholds.silent:
            found: list[Alarm] = ["silent"] if self.is_open else []
        else:
            found = ["disk"] if self.storage else []
            if self.oldest_at is not None and now - self.oldest_at > thresholds.waiting:
                found.append("backlog")
        if self.seen_at is not None and abs(self.offset_ms) > thresholds.clock / timedelta(milliseconds=1):
            found.append("clock")
        if self.set_aside:
            found.append("set_aside")
        if self.standing:
            found.append("rows")
        return tuple(found)

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
    SELECT n.id, n.property_id, n.code, n.incarnation, n.version, n.waiting, n.offset_ms, n.enrolled_at, n.seen_at,
           n.protocol, n.told, n.checked_at, n.differed, n.standing, p.name AS property_name, p.zone,
           coalesce((SELECT d.status FROM business_days d WHERE d.org_id = :org_id AND d.property_id = n.property_id
                     ORDER BY d.date DESC LIMIT 1), 'open') = 'open' AS is_open,
           (SELECT count(*) FROM sync_quarantine q
            WHERE q.org_id = :org_id AND q.node_id = n.id AND q.state = 'waiting') AS set_aside,
           n.settled >= coalesce(g.epoch, 1) AS is_heard_out
    FROM sync_nodes n LEFT JOIN sync_scopes g ON g.org_id = :org_id AND g.scope = :org_id
    JOIN properties p ON p.org_id = :org_id AND p.id = n.property_id
    WHERE n.org_id = :org_id AND n.status = 'active' {one} ORDER BY n.number
"""


def nodes(reading: Reading) -> list[Node]:
    """The group's nodes in force; only those of the property at hand when there is one."""
    one = "AND n.property_id = :property_id" if reading.property_id_or_none else ""
    return [_node(row) for row in reading.rows(_NODES.format(one=one))]


def put_back_at(reading: Reading) -> datetime | None:
    """When it was noticed last that head office was put back to an older copy."""
    at = reading.value("SELECT put_back_at FROM sync_scopes WHERE org_id = :org_id AND scope = :org_id")
    return instant(at) if at else None


def current(found: Iterable[Node]) -> dict[str, Node]:
    """Property id → the node that speaks for it: of several (a machine was replaced) the one heard last."""
    by_property: dict[str, Node] = {}
    for node in sorted(found, key=lambda one: one.seen_at or one.enrolled_at):
        by_property[node.property_id] = node
    return by_property


def told_by(text: str | None) -> Told:
    """What a node said of itself last."""
    return msgspec.json.decode(text, type=Told) if text else Told(0)


def _node(row: Any) -> Node:
    told = told_by(row["told"])
    oldest = None if told.oldest_ms is None else datetime.fromtimestamp(told.oldest_ms / 1000, UTC)
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
        property_name=row["property_name"],
        zone=row["zone"],
        protocol=row["protocol"],
        oldest_at=oldest if row["waiting"] else None,
        kept=told.kept,
        error=told.error,
        storage=told.storage,
        sent_bytes=told.sent_bytes,
        received_bytes=told.received_bytes,
        set_aside=row["set_aside"],
        is_open=row["is_open"],
        checked_at=instant(row["checked_at"]) if row["checked_at"] else None,
        differed=row["differed"],
        standing=row["standing"],
        is_heard_out=row["is_heard_out"],
    )
