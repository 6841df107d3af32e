"""Requests as the API shows them: how far each is, what it asks for, and what came of it."""

from datetime import datetime
from typing import Any

import msgspec

from hospitality.checks.reading import order_views
from hospitality.ground.errors import Invalid
from hospitality.ground.ids import is_id
from hospitality.ground.statements import Reading
from hospitality.requests.loading import LoadedRequest, load_request, load_requests


def request_view(reading: Reading, request_id: str, *, now: datetime) -> dict[str, Any]:
    """One request with its state at this time, and the order that came of it as it is now."""
    found = load_request(reading, request_id)
    shown = _shown(found, now)
    orders = order_views(reading, [shown["order_id"]]) if shown["order_id"] else []
    return {**shown, "order": orders[0] if orders else None}


def requests_page(
    reading: Reading, *, now: datetime, state: str = "open", limit: int = 100, cursor: str | None = None
) -> dict[str, Any]:
    """{items, next_cursor}: requests newest first; state `open` has those without an answer that have not expired."""
    if cursor is not None and not is_id(cursor):
        raise Invalid("CURSOR_INVALID", "Ask for the first page again; that cursor is none of ours.")
    found = load_requests(reading, now=now, only_open=state == "open", limit=limit + 1, before=cursor)
    page = found[:limit]
    return {
        "items": [_shown(one, now) for one in page],
        "next_cursor": page[-1].id if len(found) > limit else None,
    }


def _shown(found: LoadedRequest, now: datetime) -> dict[str, Any]:
    row, state = found.row, found.state(now)
    answer: dict[str, Any] = msgspec.json.decode(row["answer"]) if row["answer"] else {}
    return {
        "id": found.id,
        "verb": row["verb"],
        "arguments": msgspec.json.decode(row["arguments"]),
        "state": state,
        "asked_by": row["asked_by"],
        "asked_at": row["asked_at"],
        "confirm_at": row["confirm_at"],
        "expires_at": row["expires_at"],
        "answered_by": row["answered_by"],
        "answered_at": row["answered_at"],
        "code": row["code"],
        "message": row["message"],
        "details": answer if state == "refused" else {},
        "order_id": answer.get("order_id") if state == "accepted" else None,
    }
