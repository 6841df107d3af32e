"""Giving and using approvals. One is bound to an action, a record, an amount, who asked and where, and is used once
(R15). All of it is on the node, so it works without the internet.
"""

from typing import Any

from hospitality.approvals import rules
from hospitality.approvals.facts import ApprovalGiven, ApprovalUsed
from hospitality.approvals.models import Approval, ApprovalUse
from hospitality.approvals.rules import Use
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Forbidden, Invalid, NotFound
from hospitality.ground.ids import derived_id
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.people.rules import permissions_of
from hospitality.people.service.accounts import person
from hospitality.properties.service import business_day

_APPROVAL = """
    SELECT a.id, a.action, a.record_id, a.value, a.approver_id, a.asked_by, a.terminal_id, a.given_at, a.expires_at,
           u.id AS use_id
    FROM approvals a LEFT JOIN approval_uses u ON u.org_id = a.org_id AND u.approval_id = a.id
    WHERE a.org_id = :org_id AND a.property_id = :property_id AND a.id = :id
"""


def give_approval(
    work: Work, approver_id: str, *, action: str, record_id: str, reason: str, value: int | None = None
) -> dict[str, Any]:
    """Allows the caller one action, after the approver's PIN was right: {id, action, record_id, value, expires_at}."""
    caller = work.caller
    if caller.person_id is None or caller.terminal_id is None:
        raise Forbidden("NOT_SIGNED_IN", "Sign in first, then ask a manager to approve it.")
    rules.check_action(action)
    who = person(work, approver_id)
    if not who["active"]:
        raise Forbidden("ACCOUNT_CLOSED", "This account is closed. Ask a manager.")
    rules.check_approver(permissions_of(who["role"]), action, name=who["display_name"])
    why = kept_text(reason, what="reason", length_max=rules.REASON_LENGTH_MAX)
    if why is None:
        raise Invalid("REASON_MISSING", "Say why this is approved.")
    row = work.add(
        Approval,
        {
            "action": action,
            "record_id": record_id,
            "value": value,
            "reason": why,
            "approver_id": approver_id,
            "asked_by": caller.person_id,
            "terminal_id": caller.terminal_id,
            "given_at": work.now_text,
            "expires_at": instant_text(work.now + rules.LIFETIME),
            "business_date": business_day(work).isoformat(),
        },
    )
    work.journal(ApprovalGiven(row["id"], action, record_id, value), reason=why, approver_id=approver_id)
    return {name: row[name] for name in ("id", "action", "record_id", "value", "expires_at")}


def permit(
    work: Work, action: str, record_id: str, *, approval_id: str | None = None, value: int | None = None
) -> str | None:
    """Lets the caller act by right (None) or uses an approval up (who gave it). One who has the right uses none.

    Forbidden APPROVAL_NEEDED without either; NotFound APPROVAL_NOT_FOUND; Refused APPROVAL_USED, APPROVAL_FOR_ANOTHER
    or APPROVAL_EXPIRED.
    """
    if work.caller.may(action):
        return None
    use = Use(action, record_id, value, work.caller.person_id, work.caller.terminal_id)
    if approval_id is None:
        if use.person_id is None or use.terminal_id is None or work.caller.absent:
            work.require(action)  # nobody stands there to whom a manager could come
        raise rules.needed(use)
    found = work.one(_APPROVAL, id=approval_id)
    if found is None:
        raise NotFound.of("approval", approval_id)
    rules.check_use(found, use, used=found["use_id"] is not None, now=work.now_text)
    row = {"id": derived_id(approval_id, "use"), "approval_id": approval_id, "used_at": work.now_text}
    work.add(ApprovalUse, {**row, "business_date": business_day(work).isoformat()})
    approver_id = str(found["approver_id"])
    work.journal(ApprovalUsed(approval_id, action, record_id), approver_id=approver_id)
    return approver_id
