"""Counting a drawer ends its session; whoever counts need not have seen what should be there."""

from collections.abc import Mapping
from typing import Any

import msgspec

from hospitality.cash import rules as cash_rules
from hospitality.cash.models import DrawerCount
from hospitality.cash.reading import session_row
from hospitality.cash.service import DRAWER
from hospitality.days import rules
from hospitality.days.facts import DrawerCounted
from hospitality.days.loading import expected_cash
from hospitality.days.reading import drawer_session_view
from hospitality.ground.ids import derived_id
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.properties.service import business_day

NOTE_LENGTH_MAX = 200


def count_drawer(
    work: Work, session_id: str, *, counted_minor: Mapping[str, int], note: str | None = None
) -> dict[str, Any]:
    """Ends a session with what was counted, currency by currency: the session with what is over or short."""
    work.require(DRAWER)
    session = session_row(work, session_id)
    cash_rules.check_open(counted=session["count_id"] is not None, name=session["name"] or "The drawer")
    currency = session["currency"]
    expected = expected_cash(work, session_id, float_minor=session["float_minor"], currency=currency)
    counted = rules.counted_drawer(counted_minor, expected, currency=currency)
    house = counted[0]
    row = {
        "id": derived_id(session_id, "count"),
        "session_id": session_id,
        "counted_minor": house.counted_minor,
        "expected_minor": house.expected_minor,
        "currency": currency,
        "counted": msgspec.json.encode(counted).decode(),
        "note": kept_text(note, what="note", length_max=NOTE_LENGTH_MAX),
        "counted_by": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "counted_at": work.now_text,
        "business_date": business_day(work).isoformat(),
    }
    work.add(DrawerCount, row)
    over_short = house.counted_minor - house.expected_minor
    drawer_id = str(session["drawer_id"])
    fact = DrawerCounted(session_id, drawer_id, house.counted_minor, house.expected_minor, over_short, currency)
    work.journal(fact)
    return drawer_session_view(work, session_id, sees_expected=False)
