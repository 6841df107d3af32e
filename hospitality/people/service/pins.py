"""PINs: set by a one-time code, checked with a lock-out that outlives a restart.

Argon2 takes longer than the till may wait, so it runs between acts: `begin_attempt` counts the try as a failure
before anybody knows the outcome, and `end_attempt` takes that back when the PIN was right. However many tries run at
once, each was counted, and a crash in between counts too.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from hospitality.ground.clock import instant, instant_text
from hospitality.ground.errors import Forbidden, Refused, TooMany
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.people import rules
from hospitality.people.facts import PinCodeIssued, PinSet, SignInRefused
from hospitality.people.models import PinVerifier
from hospitality.people.service import codes
from hospitality.people.service.accounts import MANAGE, people_list, person
from hospitality.people.service.sessions import end_sessions

PURPOSE = "pin"
LOCKED_RETRY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted: whose, what to check the PIN against, and how many failures it would make."""

    person_id: str
    verifier: str
    failures: int


def issue_pin_code(
    work: Work, person_id: str, *, code_hash: str, lifetime: timedelta = rules.PIN_CODE_LIFETIME
) -> dict[str, Any]:
    """Lets somebody set a PIN by a code: {expires_at}. Their earlier code stops working."""
    work.require(MANAGE)
    rules.check_may_give(work.caller.permissions, person(work, person_id)["role"])
    expires_at = codes.issue(work, PURPOSE, code_hash=code_hash, lifetime=lifetime, for_id=person_id)
    work.journal(PinCodeIssued(person_id))
    return {"expires_at": expires_at}


def set_pin(work: Work, *, code_hash: str, verifier: str, pin_length: int) -> dict[str, Any]:
    """Uses a code up and sets the PIN of `pin_length` digits that `verifier` was made of: {person_id}.

    Ends the lock-out and the person's sessions.
    """
    person_id = codes.redeem(work, PURPOSE, code_hash=code_hash)["for_id"]
    whose = person(work, person_id)
    if not whose["active"]:
        raise _closed()
    rules.check_pin_length(pin_length, whose["role"])
    values = {"hash": verifier, "failures": 0, "locked_until": None}
    if _verifier(work, person_id) is None:
        work.add(PinVerifier, {"id": person_id, **values})
    else:
        work.edit(PinVerifier, person_id, **values)
    end_sessions(work, person_id=person_id)
    work.journal(PinSet(person_id))
    return {"person_id": person_id}


def begin_attempt(work: Work, person_id: str) -> Attempt:
    """Counts a try before it is checked. TooMany PIN_LOCKED while the wait lasts, and after the tenth for good."""
    if not person(work, person_id)["active"]:
        raise _closed()
    row = _verifier(work, person_id)
    if row is None:
        raise Refused("PIN_NOT_SET", "There is no PIN yet. Ask a manager for a code and set one.")
    if row["failures"] >= rules.FAILURES_MAX:
        raise TooMany(
            "PIN_LOCKED",
            "Too many wrong PINs. Ask a manager for a code and set a new PIN.",
            retry_after_seconds=LOCKED_RETRY_SECONDS,
            needs_code=True,
        )
    if row["locked_until"] is not None and row["locked_until"] > work.now_text:
        seconds = ceil((instant(row["locked_until"]) - work.now).total_seconds())
        raise TooMany(
            "PIN_LOCKED",
            f"Too many wrong PINs. Wait {seconds} seconds and try again.",
            retry_after_seconds=seconds,
            needs_code=False,
        )
    failures = row["failures"] + 1
    wait = rules.wait_after(failures)
    locked_until = None if wait is None else instant_text(work.now + wait)
    work.edit(PinVerifier, person_id, failures=failures, locked_until=locked_until)
    return Attempt(person_id, row["hash"], failures)


def end_attempt(work: Work, attempt: Attempt, *, right: bool) -> bool:
    """Takes the count back when the PIN was right and is still the person's; says whether it was."""
    row = _verifier(work, attempt.person_id)
    if right and row is not None and row["hash"] == attempt.verifier:
        work.edit(PinVerifier, attempt.person_id, failures=0, locked_until=None)
        return True
    work.journal(SignInRefused(attempt.person_id, attempt.failures))
    return False


def people_with_pins(reading: Reading) -> list[dict[str, Any]]:
    """The active people by name: [{id, display_name, role, has_pin}]."""
    having = {row["id"] for row in reading.rows("SELECT id FROM pin_verifiers WHERE org_id = :org_id")}
    return [{**who, "has_pin": who["id"] in having} for who in people_list(reading)]


def _verifier(reading: Reading, person_id: str) -> Any:
    return reading.one(
        "SELECT hash, failures, locked_until FROM pin_verifiers WHERE org_id = :org_id AND id = :id", id=person_id
    )


def _closed() -> Forbidden:
    return Forbidden("ACCOUNT_CLOSED", "This account is closed. Ask a manager.")
