"""Which drawers there are, who has which open, and into which one a terminal sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.errors import NotFound
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Found, Reading
from hospitality.properties.service import house_rules_id

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
# one look for all that taking cash asks for
_TILL = f"""
    SELECT
        (SELECT session_id FROM ({_DRAWERS} AND s.id IS NOT NULL
            AND (d.terminal_id = :terminal_id OR d.terminal_id IS NULL)) AS found
         ORDER BY terminal_id IS NULL, name, id LIMIT 1) AS session_id,
        (SELECT cash_step_minor FROM house_rules WHERE org_id = :org_id AND id = :rules_id) AS step_minor
"""
_RATE = "SELECT rate_micro FROM house_rates WHERE org_id = :org_id AND id = :id"
_RATES = """
    SELECT currency, rate_micro FROM house_rates
    WHERE org_id = :org_id AND property_id = :property_id AND rate_micro > 0 ORDER BY currency
"""
_SESSION = """
    SELECT s.id, s.drawer_id, d.name, s.float_minor, s.currency, s.opened_at, s.opened_by, s.business_date,
           c.id AS count_id
    FROM drawer_sessions s
    LEFT JOIN drawers d ON d.org_id = s.org_id AND d.id = s.drawer_id
    LEFT JOIN drawer_counts c ON c.org_id = s.org_id AND c.session_id = s.id
    WHERE s.org_id = :org_id AND s.property_id = :property_id AND s.id = :id
"""


@dataclass(frozen=True, slots=True)
class Till:
    """Where a terminal's cash goes: the open session of its own drawer, else of a shared one, the first by name.

    step_minor: the smallest coin, to which cash is rounded.
    """

    session_id: str | None
    step_minor: int


def till_of(reading: Reading, terminal_id: str | None) -> Till:
    """Where this terminal's cash goes, and how it is rounded."""
    found = reading.one(_TILL, terminal_id=terminal_id, rules_id=house_rules_id(reading))
    assert found is not None
    return Till(found["session_id"], found["step_minor"] or 1)


def house_rate(reading: Reading, currency: str) -> int | None:
    """The rate at which the property takes another currency, in millionths; None or zero when it doesn't."""
    rate: int | None = reading.value(_RATE, id=rate_id(reading, currency))
    return rate


def rate_id(reading: Reading, currency: str) -> str:
    """The id of a currency's house rate."""
    return derived_id(reading.property_id, f"house_rate:{currency}")


def rates_list(reading: Reading) -> dict[str, Any]:
    """{items}: the currencies that the property takes beside its own, each {currency, rate_micro}."""
    return {"items": [dict(row) for row in reading.rows(_RATES)]}


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
