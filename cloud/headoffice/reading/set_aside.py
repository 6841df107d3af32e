"""Transactions that head office could not apply, with the reason; the rest of what the node sent went on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.ids import is_id
from hospitality.ground.statements import Reading

# a body longer than this is not looked into: what it holds is told as unknown
BODY_LENGTH_MAX = 200_000
CHANGES_MAX = 100


@dataclass(frozen=True, slots=True)
class SetAside:
    """One transaction. `holds` maps a table to how many of its rows the transaction changes; empty when not counted.

    code, reason: why it was not applied when it was last tried; tries: how often it was, after the first time.
    """

    id: str
    property_id: str
    node_code: str | None
    incarnation: int
    first: int
    last: int
    code: str
    reason: str
    holds: Mapping[str, int]
    at: str
    state: str
    tries: int


@dataclass(frozen=True, slots=True)
class HeldChange:
    """One change of a transaction: made or edited, which row, and its fields as they came."""

    table: str
    makes: bool
    row_id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a transaction says: its first changes, and how many more there are."""

    changes: list[HeldChange]
    more: int


@dataclass(frozen=True, slots=True)
class SetAsidePage:
    """A page and where the next begins."""

    items: list[SetAside]
    next_cursor: str | None


_PAGE = """
    SELECT q.id, q.property_id, n.code AS node_code, q.incarnation, q.first, q.last, q.code, q.reason, q.at, q.state, q.tries,
           CASE WHEN length(q.body) <= :length_max THEN q.body END AS body
    FROM sync_quarantine q
    LEFT JOIN sync_nodes n ON n.org_id = :org_id AND n.id = q.node_id
    WHERE q.org_id = :org_id {conditions} ORDER BY q.at DESC, q.id DESC LIMIT :limit
"""
_COUNT = "SELECT count(*) AS waiting FROM sync_quarantine WHERE org_id = :org_id AND state = 'waiting' {one}"


def set_aside_page(
    reading: Reading,
    *,
    property_id: str | None = None,
    state: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> SetAsidePage:
    """Transactions set aside, newest first; Invalid for a cursor that is none of ours."""
    conditions, given = "", {}
    if property_id is not None:
        conditions += " AND q.property_id = :of_property"
        given["of_property"] = property_id
    if state is not None:
        conditions += " AND q.state = :state"
        given["state"] = state
    if cursor is not None:
        if not is_id(cursor):
            raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
        conditions += """ AND (q.at, q.id) < (
            SELECT c.at, c.id FROM sync_quarantine c WHERE c.org_id = :org_id AND c.id = :cursor)"""
        given["cursor"] = cursor
    statement = _PAGE.format(conditions=conditions)
    rows = reading.rows(statement, limit=limit + 1, length_max=BODY_LENGTH_MAX, **given)
    page = rows[:limit]
    return SetAsidePage([_told(row) for row in page], page[-1]["id"] if len(rows) > limit else None)


def set_aside_one(reading: Reading, id: str) -> SetAside:
    """One of the group's, or of the property at hand; NotFound when there is none of that id."""
    conditions = "AND q.id = :id" + (" AND q.property_id = :property_id" if reading.property_id_or_none else "")
    row = reading.one(_PAGE.format(conditions=conditions), limit=1, length_max=BODY_LENGTH_MAX, id=id)
    if row is None:
        raise NotFound.of("trouble", id)
    return _told(row)


def content_of(reading: Reading, id: str) -> Content:
    """What one of the group's transactions says; personal data, for who may resolve."""
    body = reading.value("SELECT body FROM sync_quarantine WHERE org_id = :org_id AND id = :id", id=id)
    changes = msgspec.json.decode(body) if body else []
    shown = [
        HeldChange(one["t"], one["o"] == "i", one["k"], one["f"] if isinstance(one["f"], dict) else {"": one["f"]})
        for one in changes[:CHANGES_MAX]
    ]
    return Content(shown, len(changes) - len(shown))


def waiting_count(reading: Reading) -> int:
    """How many wait for a person; only those of the property at hand when there is one."""
    one = "AND property_id = :property_id" if reading.property_id_or_none else ""
    return int(reading.value(_COUNT.format(one=one)))


def _told(row: Any) -> SetAside:
    held: dict[str, set[str]] = {}
    if row["body"] is not None:
        for change in msgspec.json.decode(row["body"]):
            held.setdefault(change["t"], set()).add(change["k"])
    return SetAside(
        id=row["id"],
        property_id=row["property_id"],
        node_code=row["node_code"],
        incarnation=row["incarnation"],
        first=row["first"],
        last=row["last"],
        code=row["code"],
        reason=row["reason"],
        holds={table: len(ids) for table, ids in held.items()},
        at=row["at"],
        state=row["state"],
        tries=row["tries"],
    )
