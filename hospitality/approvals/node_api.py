"""Approving over HTTP: only a node serves this, since only it knows PINs.

The PIN is checked as at sign-in, with the same count of tries: written down before it is known whether it was right.
"""

from fastapi import APIRouter, Request, Response

from hospitality.approvals.service import give_approval
from hospitality.ground.errors import Unauthorised
from hospitality.ground.http import Asking, ErrorEnvelope, IdText, Shape, host_of
from hospitality.people.node_api import answered, keyed_once, node_settings
from hospitality.people.rules import check_pin
from hospitality.people.service.pins import begin_attempt, end_attempt

router = APIRouter(
    prefix="/api/v1/properties/{property_id}", tags=["approvals"], responses={"4XX": {"model": ErrorEnvelope}}
)


class NewApproval(Shape):
    """Who approves, with their PIN, which action on which record; a price or discount says how much in `value`."""

    person_id: IdText
    pin: str
    action: str
    record_id: IdText
    reason: str
    value: int | None = None


class ApprovalShape(Shape):
    """Goes with the request that it allows as `approval_id`; used once, within minutes."""

    id: str
    action: str
    record_id: str
    value: int | None
    expires_at: str


@router.post("/approvals", status_code=201, response_model=ApprovalShape)
async def approve(request: Request, asking: Asking, new: NewApproval) -> Response:
    """A manager at the asker's terminal allows one action. 401 WRONG_PIN; 429 PIN_LOCKED after five wrong ones."""
    check_pin(new.pin)
    settings, host = node_settings(request), host_of(request)
    once = await keyed_once(request, asking, settings)
    attempt = await host.act(asking, begin_attempt, new.person_id)
    matched = await settings.pin_matches(new.pin, attempt.verifier)
    if not await host.act(asking, end_attempt, attempt, right=matched):
        raise Unauthorised("WRONG_PIN", "That is not the PIN. Try again.", failures=attempt.failures)
    answer = await host.act_once(
        asking,
        once,
        give_approval,
        new.person_id,
        action=new.action,
        record_id=new.record_id,
        reason=new.reason,
        value=new.value,
    )
    return answered(answer, {})
