"""A request with its answer, as the rows have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Reading
from hospitality.requests.rules import state_of

_REQUESTS = """
    SELECT r.id, r.verb, r.arguments, r.permissions, r.asked_by, r.asked_at, r.confirm_at, r.expires_at,
           a.accepted, a.code, a.message, a.answer, a.answered_by, a.answered_at
    FROM requests r LEFT JOIN request_answers a ON a.org_id = r.org_id AND a.request_id = r.id
    WHERE r.org_id = :org_id AND r.property_id = :property_id
"""
_HAS_ANSWER = "EXISTS (SELECT 1 FROM request_answers a WHERE a.org_id = r.org_id AND a.request_id = r.id)"


@dataclass(frozen=True, slots=True)
class LoadedRequest:
    """One request with its answer, if there is one."""

    row: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The request's id."""
        return str(self.row["id"])

    def state(self, now: datetime) -> str:
        """How far it is at this time; one of `rules.STATES`."""
        row = self.row
        accepted = None if row["accepted"] is None else bool(row["accepted"])
        confirm_at, expires_at = instant(row["confirm_at"]), instant(row["expires_at"])
        return state_of(accepted, confirm_at=confirm_at, expires_at=expires_at, now=now)


def load_request(reading: Reading, request_id: str) -> LoadedRequest:
    """One request; NotFound when the property doesn't have it."""
    row = reading.one(f"{_REQUESTS} AND r.id = :id", id=request_id)
    if row is None:
        raise NotFound.of("request", request_id)
    return LoadedRequest(row)


def load_requests(
    reading: Reading, *, now: datetime, only_open: bool, limit: int, before: str | None = None
) -> list[LoadedRequest]:
    """The property's requests newest first, from the one after `before` on."""
    conditions = "AND a.id IS NULL AND r.expires_at > :now" if only_open else ""
    parameters: dict[str, Any] = {"limit": limit, "now": instant_text(now)}
    if before is not None:
        conditions += " AND r.id < :before"
        parameters["before"] = before
    rows = reading.rows(f"{_REQUESTS} {conditions} ORDER BY r.id DESC LIMIT :limit", **parameters)
    return [LoadedRequest(row) for row in rows]


def pending_requests(reading: Reading, *, now: datetime, limit: int) -> list[str]:
    """The ids of those that the node may act on by itself at this time, oldest first."""
    sql = f"""
        SELECT r.id FROM requests r
        WHERE r.org_id = :org_id AND r.property_id = :property_id AND r.expires_at > :now AND r.confirm_at > :now
          AND NOT {_HAS_ANSWER}
        ORDER BY r.asked_at, r.id LIMIT :limit
    """
    return [str(row["id"]) for row in reading.rows(sql, now=instant_text(now), limit=limit)]


def waiting_for_a_person(reading: Reading, *, now: datetime) -> int:
    """How many requests are too old to be acted on unless somebody confirms them."""
    sql = f"""
        SELECT COUNT(*) FROM requests r
        WHERE r.org_id = :org_id AND r.property_id = :property_id AND r.expires_at > :now AND r.confirm_at <= :now
          AND NOT {_HAS_ANSWER}
    """
    return int(reading.value(sql, now=instant_text(now)))
