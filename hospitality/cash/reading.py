"""Which drawers there are, who has which open, and into which one a terminal sells."""

from collections.abc import Sequence
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading

# a drawer has one session at hand, its newest; it is open while it was not counted
_DRAWERS = """
    SELECT d.id, d.name, d.terminal_id, s.id AS session_id, s.float_minor, s.currency, s.opened_at, s.opened_by,
           s.business_date
    FROM drawers d
    LEFT JOIN drawer_sessions s ON s.org_id = d.org_id AND s.id = (
            SELECT n.id FROM drawer_sessions n WHERE n.org_id = d.org_id AND n.drawer_id = d.id
            ORDER BY n.id DESC LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM drawer_counts c WHERE c.org_id = s.org_id AND c.session_id = s.id)
    WHERE d.org_id = :org_id AND d.property_id = :property_id
"""
_FOR_CASH = f"""
    {_DRAWERS} AND s.id IS NOT NULL AND (d.terminal_id = :terminal_id OR d.terminal_id IS NULL)
    ORDER BY d.terminal_id IS NULL, d.name, d.id LIMIT 1
"""
_SESSION = """
    SELECT s.id, s.drawer_id, d.name, s.float_minor, s.currency, s.opened_at, s.opened_by, s.business_date,
           c.id AS count_id
    FROM drawer_sessions s
    LEFT JOIN drawers d ON d.org_id = s.org_id AND d.id = s.drawer_id
    LEFT JOIN drawer_counts c ON c.org_id = s.org_id AND c.session_id = s.id
    WHERE s.org_id = :org_id AND s.property_id = :property_id AND s.id = :id
"""


def session_for_cash(reading: Reading, terminal_id: str | None) -> str | None:
    """The open session that a terminal's cash goes to: of its own drawer, else of a shared one, the first by name."""
    found = reading.one(_FOR_CASH, terminal_id=terminal_id)
    return None if found is None else str(found["session_id"])


def drawers_list(reading: Reading) -> dict[str, Any]:
    """{items}: drawers by name, each with its open session or none."""
    return {"items": [_drawer(row) for row in reading.rows(f"{_DRAWERS} ORDER BY d.name, d.id")]}


def drawer_view(reading: Reading, drawer_id: str) -> dict[str, Any]:
    """One drawer with its open session; NotFound DRAWER_NOT_FOUND."""
    found = reading.one(f"{_DRAWERS} AND d.id = :id", id=drawer_id)
    if found is None:
        raise NotFound.of("drawer", drawer_id)
    return _drawer(found)


def open_sessions(reading: Reading) -> Sequence[dict[str, Any]]:
    """The drawers that are open, by name."""
    return [drawer for drawer in drawers_list(reading)["items"] if drawer["session"] is not None]


def session_row(reading: Reading, session_id: str) -> Found:
    """One session's row with its drawer's name and `count_id`; NotFound DRAWER_SESSION_NOT_FOUND."""
    found = reading.one(_SESSION, id=session_id)
    if found is None:
        raise NotFound.of("drawer session", session_id)
    return found


def _drawer(row: Found) -> dict[str, Any]:
    session = None
    if row["session_id"] is not None:
        kept = ("float_minor", "currency", "opened_at", "opened_by", "business_date")
        session = {"id": row["session_id"], **{name: row[name] for name in kept}}
    return {"id": row["id"], "name": row["name"], "terminal_id": row["terminal_id"], "session": session}
