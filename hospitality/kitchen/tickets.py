"""Tickets as screens and paper show them: two SELECTs for any number, one more to find which are open, and one where
lines stand on another order by now.

A ticket whose lines all went to one other order goes with them: it shows that one's number and table. One of which only
some went stays as it was taken.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Reading
from hospitality.ground.texts import words_of
from hospitality.orders.loading import (
    FIRED_AT,
    FIRST_VOID,
    MOVED_TO,
    NOT_DIVIDED,
    TABLE_LABEL,
    LoadedLine,
    lines_reached,
    loaded_line,
    pieces_of,
)
from hospitality.orders.rules import state_of_all
from hospitality.properties.service import current_business_date

TICKETS_MAX = 500
OPEN_STATES = ("placed", "in_preparation")
AT_PASS_MAX = timedelta(hours=2)  # what is ready for longer has left the pass, where nobody writes down what is served

# A line's last step says how far it is; the index on (ticket, line, step_no, at) answers that in one look.
_CANDIDATES = """
    SELECT DISTINCT l.ticket_id FROM order_lines l
    WHERE l.org_id = :org_id AND l.property_id = :property_id AND l.business_date >= :since
      AND (NOT l.held OR EXISTS (SELECT 1 FROM line_fires f WHERE f.org_id = l.org_id AND f.line_id = l.id)) {condition}
    ORDER BY l.ticket_id DESC LIMIT :limit
"""
_LAST_STEP = """
    COALESCE((SELECT s.step FROM line_steps s
              WHERE s.org_id = l.org_id AND s.ticket_id = l.ticket_id AND s.line_id = COALESCE(l.whole_id, l.id)
              ORDER BY s.step_no DESC, s.at DESC LIMIT 1), 'none')
"""
_VOIDED = """
    EXISTS (SELECT 1 FROM line_voids v
            WHERE v.org_id = l.org_id AND v.order_id = l.order_id AND v.line_id = l.id)
"""
_CONDITIONS = {
    "open": f"AND {_LAST_STEP} NOT IN ('ready', 'served') AND NOT {_VOIDED}",
    "done": f"AND ({_LAST_STEP} IN ('ready', 'served') OR {_VOIDED})",
    "pass": f"""AND {_LAST_STEP} <> 'served' AND NOT {_VOIDED} AND ({_LAST_STEP} <> 'ready' OR EXISTS (
        SELECT 1 FROM line_steps r WHERE r.org_id = l.org_id AND r.ticket_id = l.ticket_id
          AND r.line_id = COALESCE(l.whole_id, l.id) AND r.step = 'ready' AND r.at >= :ready_since))""",
}
_LINES = f"""
    SELECT l.id, l.order_id, l.ticket_id, l.line_no, l.name, l.quantity, l.choices, l.note, l.seat, l.station_id,
           l.prep_seconds, l.placed_at, l.course, l.held, l.part_of, l.sold_as, l.whole_id, l.unit_price_minor,
           l.amount_minor, {FIRED_AT} AS fired_at, v.reason AS void_reason,
           EXISTS (SELECT 1 FROM ticket_rushes r WHERE r.org_id = l.org_id AND r.ticket_id = l.ticket_id) AS rushed,
           {MOVED_TO} AS moved_to, o.number, o.channel, {TABLE_LABEL} AS table_label, o.covers, o.note AS order_note,
           i.allergens, st.name AS station_name, p.display_name AS server
    FROM order_lines l
    JOIN orders o ON o.org_id = l.org_id AND o.id = l.order_id
    LEFT JOIN line_voids v ON v.org_id = l.org_id AND v.order_id = l.order_id AND v.line_id = l.id
         AND {FIRST_VOID}
    LEFT JOIN menu_items i ON i.org_id = l.org_id AND i.id = l.menu_item_id
    LEFT JOIN stations st ON st.org_id = l.org_id AND st.id = l.station_id
    LEFT JOIN people p ON p.org_id = l.org_id AND p.id = l.placed_by
    WHERE l.org_id = :org_id AND l.property_id = :property_id AND l.ticket_id IN (:ids)
    ORDER BY l.ticket_id, l.line_no, l.id
"""
_HEADS = f"""
    SELECT o.id AS order_id, o.number, o.channel, {TABLE_LABEL} AS table_label, o.covers, o.note AS order_note
    FROM orders o WHERE o.org_id = :org_id AND o.id IN (:ids)
"""


def ticket_view(reading: Reading, ticket_id: str) -> dict[str, Any]:
    """One ticket; NotFound when the property doesn't have it."""
    found = ticket_views(reading, [ticket_id])
    if not found:
        raise NotFound.of("ticket", ticket_id)
    return found[0]


def ticket_views(reading: Reading, ticket_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The property's tickets of these ids, oldest first; ids that it doesn't have are left out."""
    if not ticket_ids:
        return []
    lines: dict[str, list[LoadedLine]] = {}
    for line in _kitchens(reading, ticket_ids, lines_reached(reading, ticket_ids)):
        lines.setdefault(line.row["ticket_id"], []).append(line)
    return sorted((ticket_answer(of) for of in lines.values()), key=lambda t: (t["placed_at"], t["id"]))


def load_ticket(reading: Reading, ticket_id: str) -> tuple[list[LoadedLine], dict[str, tuple[str, int]]]:
    """A ticket's lines, none when the property doesn't have it or none was fired, and what `lines_reached` says of them."""
    reached = lines_reached(reading, [ticket_id])
    return _kitchens(reading, [ticket_id], reached), reached


def orders_of(lines: Sequence[LoadedLine]) -> list[str]:
    """The ids of the orders on which a ticket's lines stand now."""
    return list(dict.fromkeys(_order_of(line) for line in lines))


def _order_of(line: LoadedLine) -> str:
    return str(line.row["moved_to"] or line.row["order_id"])


def _kitchens(reading: Reading, ticket_ids: Sequence[str], reached: Mapping[str, tuple[str, int]]) -> list[LoadedLine]:
    """The lines of tickets that their stations know of, each with the head that its ticket shows in its row."""
    rows = reading.rows(_LINES, ids=ticket_ids)
    there = pieces_of(reading, rows) if any(row["whole_id"] for row in rows) else NOT_DIVIDED
    found = [loaded_line(row, reached, None, there) for row in rows]
    lines = [line for line in found if line.is_kitchens]
    moved = {line.row["ticket_id"] for line in lines if line.row["moved_to"] is not None}
    if not moved:
        return lines
    goes_with: dict[str, set[str]] = {}
    for line in lines:
        if line.row["ticket_id"] in moved and line.state != "voided":
            goes_with.setdefault(line.row["ticket_id"], set()).add(_order_of(line))
    to = {ticket_id: ids.pop() for ticket_id, ids in goes_with.items() if len(ids) == 1}
    heads = {row["order_id"]: dict(row) for row in reading.rows(_HEADS, ids=set(to.values()))}
    heads_of = {ticket_id: heads[order_id] for ticket_id, order_id in to.items()}
    return [replace(line, row={**dict(line.row), **heads_of.get(line.row["ticket_id"], {})}) for line in lines]


def tickets_list(
    reading: Reading, *, station_id: str | None = None, state: str = "open", now: datetime | None = None
) -> list[dict[str, Any]]:
    """The station's (or all) tickets, oldest first: `open` are still to be made, `done` are ready, served or voided,
    `pass` have something that is not served.

    Of the running business day and the one before it, the newest TICKETS_MAX; what is ready for AT_PASS_MAX before `now`
    is not at the pass any more.
    """
    latest = current_business_date(reading)
    if latest is None:
        return []
    since = (date.fromisoformat(latest) - timedelta(days=1)).isoformat()
    condition = _CONDITIONS[state] + (" AND l.station_id = :station_id" if station_id else "")
    ready_since = instant_text(now - AT_PASS_MAX) if now else ""
    asked = {"since": since, "station_id": station_id, "ready_since": ready_since, "limit": TICKETS_MAX}
    rows = reading.rows(_CANDIDATES.format(condition=condition), **asked)
    tickets = ticket_views(reading, [row["ticket_id"] for row in rows])
    if state == "pass":
        return tickets
    return [ticket for ticket in tickets if (ticket["state"] in OPEN_STATES) == (state == "open")]


def ticket_answer(lines: Sequence[LoadedLine]) -> dict[str, Any]:
    """A ticket from its lines, whose rows carry the order's head, the station's and the server's name."""
    row = lines[0].row
    return {
        "id": row["ticket_id"],
        "order_id": row["order_id"],
        "order_number": row["number"],
        "channel": row["channel"],
        "table": row["table_label"],
        "covers": row["covers"],
        "order_note": row["order_note"],
        "station_id": row["station_id"],
        "station_name": row["station_name"],
        "server": row["server"],
        "placed_at": min(line.row["fired_at"] or line.row["placed_at"] for line in lines),
        "course": row["course"],
        "rush": bool(row["rushed"]),
        "prep_seconds": max(line.row["prep_seconds"] for line in lines),
        "state": state_of_all(line.state for line in lines),
        "lines": [_line_answer(line) for line in _as_made(lines)],
    }


def _as_made(lines: Sequence[LoadedLine]) -> list[LoadedLine]:
    """Lines as the kitchen makes them: what was divided is one again, and what was taken off of it stands by itself."""
    standing = [line for line in lines if line.state != "voided" and line.row["quantity"]]
    made = Counter[str]()
    for line in standing:
        made[line.made_as] += line.row["quantity"]
    first = {line.made_as: line for line in reversed(standing)}
    return [
        line if line.state == "voided" else replace(line, row={**dict(line.row), "quantity": made[line.made_as]})
        for line in lines
        if line.row["quantity"] and (line.state == "voided" or line is first[line.made_as])
    ]


def _line_answer(line: LoadedLine) -> dict[str, Any]:
    row = line.row
    return {
        "id": row["id"],
        "name": row["name"],
        "quantity": row["quantity"],
        "options": [
            {
                "name": taken["name"],
                "quantity": taken["quantity"],
                "half": taken.get("half"),
                "depth": taken.get("depth", 0),
            }
            for taken in line.options
        ],
        "part_of": line.part_of and {name: line.part_of[name] for name in ("id", "name")},
        "sold_as": line.sold_as,
        "note": row["note"],
        "seat": row["seat"],
        "allergens": words_of(row["allergens"] or "[]"),
        "state": line.state,
        "void_reason": line.void_reason,
    }
