"""Drawer sessions as people look at them."""

from typing import Any

import msgspec

from hospitality.cash.reading import session_row
from hospitality.days.loading import expected_cash
from hospitality.ground.statements import Reading

_COUNT = """
    SELECT counted, note, counted_by, counted_at FROM drawer_counts WHERE org_id = :org_id AND session_id = :id
"""
_MOVES = """
    SELECT id, session_id, kind, amount_minor, currency, reason, reference, to_person_id, at FROM cash_moves
    WHERE org_id = :org_id AND session_id = :id ORDER BY at, id
"""


def drawer_session_view(reading: Reading, session_id: str, *, sees_expected: bool) -> dict[str, Any]:
    """A session with its moves and, once counted, what was over or short.

    sees_expected: whether the asker may see before the count what should be there; who counts blindly may not.
    """
    row = session_row(reading, session_id)
    shown = {name: row[name] for name in ("id", "drawer_id", "float_minor", "currency", "opened_at", "opened_by")}
    count = reading.one(_COUNT, id=session_id)
    expected = None
    if sees_expected and count is None:
        expected = expected_cash(reading, session_id, float_minor=row["float_minor"], currency=row["currency"])
    return {
        **shown,
        "business_date": row["business_date"],
        "drawer_name": row["name"],
        "moves": [dict(move) for move in reading.rows(_MOVES, id=session_id)],
        "expected": None if expected is None else [_amount(name, amount) for name, amount in expected.items()],
        "count": None if count is None else _count(dict(count)),
    }


def _amount(currency: str, amount_minor: int) -> dict[str, Any]:
    return {"currency": currency, "amount_minor": amount_minor}


def _count(row: dict[str, Any]) -> dict[str, Any]:
    counted = msgspec.json.decode(row["counted"])
    told = [{**one, "over_short_minor": one["counted_minor"] - one["expected_minor"]} for one in counted]
    return {**row, "counted": told}
