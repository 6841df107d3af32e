"""Screens: enrolled by a one-time code that a manager shows, each with a token of its own."""

from datetime import timedelta
from typing import Any

from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.statements import Reading
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.people import rules
from hospitality.people.facts import TerminalCodeIssued, TerminalEnrolled, TerminalRevoked
from hospitality.people.models import IN_ROOM, TERMINAL_KINDS, Terminal
from hospitality.people.service import codes
from hospitality.people.service.sessions import end_sessions
from hospitality.properties.service import property_view
from hospitality.rooms.reading import room_view

MANAGE = "terminals.manage"
PURPOSE = "terminal"
TERMINALS_MAX = 500


def issue_terminal_code(
    work: Work,
    *,
    name: str,
    kind: str,
    station_id: str | None = None,
    room_id: str | None = None,
    code_hash: str,
    lifetime: timedelta = rules.TERMINAL_CODE_LIFETIME,
) -> dict[str, Any]:
    """Lets a screen enrol by a code: {expires_at}. A kitchen screen may belong to one station; a room's is of one room."""
    work.require(MANAGE)
    if kind not in TERMINAL_KINDS:
        raise Invalid("TERMINAL_KIND_INVALID", f"Choose one of {', '.join(TERMINAL_KINDS)}.", kind=kind)
    if (kind == IN_ROOM) is (room_id is None):
        raise Invalid(
            "TERMINAL_ROOM_INVALID",
            "A room's terminal stands in one room, and no other terminal does. Name its room, or leave it out.",
        )
    if room_id is not None and not room_view(work, room_id)["active"]:
        raise NotFound.of("room", room_id)
    name = kept_name(name, what="terminal")
    payload = {"name": name, "kind": kind, "station_id": station_id, "room_id": room_id}
    expires_at = codes.issue(work, PURPOSE, code_hash=code_hash, lifetime=lifetime, payload=payload)
    work.journal(TerminalCodeIssued(kind))
    return {"expires_at": expires_at}


def enrol_terminal(work: Work, *, code_hash: str, token_hash: str, name: str | None = None) -> dict[str, Any]:
    """Uses a code up and enrols the screen that shows it, under its own name if it gives one.

    {terminal_id, name, kind, station_id, property_id, property_name}
    """
    promised = codes.redeem(work, PURPOSE, code_hash=code_hash)
    called = promised["name"] if name is None else kept_name(name, what="terminal")
    row = work.add(
        Terminal,
        {
            "name": called,
            "kind": promised["kind"],
            "station_id": promised["station_id"],
            "room_id": promised.get("room_id"),
            "token_hash": token_hash,
            "enrolled_at": work.now_text,
            "revoked_at": None,
            "last_seen_at": None,
        },
    )
    work.journal(TerminalEnrolled(row["id"], row["kind"]))
    place = property_view(work)
    return {
        "terminal_id": row["id"],
        "name": called,
        "kind": row["kind"],
        "station_id": row["station_id"],
        "property_id": place["id"],
        "property_name": place["name"],
    }


def terminals_of(reading: Reading) -> dict[str, Any]:
    """{items: [{id, name, kind, station_id, room_id}]} of the screens in force, by name; TERMINALS_MAX at most."""
    rows = reading.rows(
        "SELECT id, name, kind, station_id, room_id FROM terminals WHERE org_id = :org_id AND property_id = :property_id"
        " AND revoked_at IS NULL ORDER BY name, id LIMIT :limit",
        limit=TERMINALS_MAX,
    )
    return {"items": [dict(row) for row in rows]}


def revoke_terminal(work: Work, terminal_id: str) -> dict[str, Any]:
    """Stops a screen's token and ends the sessions on it: {}. Doing it twice is doing it once."""
    work.require(MANAGE)
    row = work.one(
        "SELECT revoked_at FROM terminals WHERE org_id = :org_id AND property_id = :property_id AND id = :id",
        id=terminal_id,
    )
    if row is None:
        raise NotFound.of("terminal", terminal_id)
    if row["revoked_at"] is None:
        work.edit(Terminal, terminal_id, revoked_at=work.now_text)
        end_sessions(work, terminal_id=terminal_id)
        work.journal(TerminalRevoked(terminal_id))
    return {}
