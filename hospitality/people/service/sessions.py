"""Who is at which screen: sessions, and the one query that tells a token's bearer.

A host may remember what `known_token` says, and forgets all of it at any `people.` entry in the journal.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Work
from hospitality.people import rules
from hospitality.people.facts import SignedIn, SignedOut
from hospitality.people.models import Session
from hospitality.people.proofs import same
from hospitality.people.service.accounts import person


@dataclass(frozen=True, slots=True)
class KnownToken:
    """Whose token it is. `expires_at` is None for a terminal's own; kind and station are the terminal's."""

    caller: Caller
    expires_at: str | None
    terminal_kind: str
    station_id: str | None


def open_session(
    work: Work, person_id: str, *, token_hash: str, lifetime: timedelta = rules.SESSION_LIFETIME
) -> dict[str, Any]:
    """Signs somebody in at the caller's terminal, after the PIN was right: {person, permissions, expires_at}."""
    terminal_id = work.caller.terminal_id
    if terminal_id is None:
        raise Forbidden("NOT_A_TERMINAL", "Sign in at an enrolled terminal.")
    who = person(work, person_id)
    if not who["active"]:
        raise Forbidden("ACCOUNT_CLOSED", "This account is closed. Ask a manager.")
    expires_at = instant_text(work.now + lifetime)
    work.add(
        Session,
        {
            "terminal_id": terminal_id,
            "person_id": person_id,
            "token_hash": token_hash,
            "started_at": work.now_text,
            "expires_at": expires_at,
            "ended_at": None,
        },
    )
    work.journal(SignedIn(person_id))
    return {
        "person": {key: who[key] for key in ("id", "display_name", "role")},
        "permissions": sorted(rules.permissions_of(who["role"])),
        "expires_at": expires_at,
    }


def sign_out(work: Work) -> dict[str, Any]:
    """Ends the caller's sessions at their terminal: {}."""
    person_id, terminal_id = work.caller.person_id, work.caller.terminal_id
    if person_id is None or terminal_id is None:
        raise Refused("NOT_SIGNED_IN", "Nobody is signed in here. Sign in first.")
    end_sessions(work, person_id=person_id, terminal_id=terminal_id)
    work.journal(SignedOut(person_id))
    return {}


def end_sessions(work: Work, *, person_id: str | None = None, terminal_id: str | None = None) -> int:
    """Ends the running sessions of a person, at a terminal, or of a person there; answers how many."""
    assert person_id or terminal_id, "say whose sessions end"
    of = [f"{name} = :{name}" for name, id in (("person_id", person_id), ("terminal_id", terminal_id)) if id]
    sql = f"UPDATE sessions SET ended_at = :now WHERE org_id = :org_id AND ended_at IS NULL AND {' AND '.join(of)}"
    return work.run(sql, now=work.now_text, person_id=person_id, terminal_id=terminal_id)


_KNOWN = """
    SELECT t.id AS terminal_id, t.property_id, t.kind, t.station_id, t.room_id, t.name AS terminal_name, t.token_hash,
           NULL AS person_id, NULL AS display_name, NULL AS role, NULL AS expires_at
    FROM terminals t
    WHERE t.org_id = :org_id AND t.token_hash = :token_hash AND t.revoked_at IS NULL
      AND (t.kind <> 'room' OR EXISTS (
          SELECT 1 FROM rooms r WHERE r.org_id = t.org_id AND r.id = t.room_id AND r.active))
    UNION ALL
    SELECT t.id, t.property_id, t.kind, t.station_id, t.room_id, t.name, s.token_hash,
           p.id, p.display_name, p.role, s.expires_at
    FROM sessions s
    JOIN terminals t ON t.org_id = s.org_id AND t.id = s.terminal_id
    JOIN people p ON p.org_id = s.org_id AND p.id = s.person_id
    WHERE s.org_id = :org_id AND s.token_hash = :token_hash AND s.ended_at IS NULL AND t.revoked_at IS NULL
      AND p.active
"""


def known_token(reading: Reading, token_hash: str) -> KnownToken | None:
    """Whose token has this hash, expired or not; None when nobody's, ended, revoked or of a closed account."""
    row = reading.one(_KNOWN, token_hash=token_hash)
    if row is None or not same(row["token_hash"], token_hash):
        return None
    role = row["role"]
    by_kind = rules.TERMINAL_PERMISSIONS.get(row["kind"], frozenset())
    permissions = by_kind if role is None else rules.permissions_of(role)
    caller = Caller(
        org_id=reading.org_id,
        property_id=row["property_id"],
        person_id=row["person_id"],
        terminal_id=row["terminal_id"],
        permissions=permissions,
        name=row["display_name"] or row["terminal_name"],
        room_id=row["room_id"],
    )
    return KnownToken(caller, row["expires_at"], row["kind"], row["station_id"])


def caller_for_token(reading: Reading, token_hash: str, *, now: datetime) -> Caller | None:
    """Who asks with the token of this hash, at this time; None when it proves nobody."""
    known = known_token(reading, token_hash)
    if known is None or (known.expires_at is not None and known.expires_at <= instant_text(now)):
        return None
    return known.caller
