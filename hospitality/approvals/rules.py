"""When an approval lets somebody act. Values in, a decision out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hospitality.ground.errors import Forbidden, Invalid, Refused

LIFETIME = timedelta(minutes=5)
REASON_LENGTH_MAX = 200
# permissions that a second person may lend for one action
ACTIONS = (
    *("orders.void", "orders.open_price", "orders.comp", "orders.discount", "orders.service_charge", "orders.reopen"),
    *("orders.despite_pause", "orders.open_item", "orders.exempt"),
    *("payments.refund", "payments.decide", "payments.offline", "cash.pay_out", "invoices.cancel"),
)


@dataclass(frozen=True, slots=True)
class Use:
    """What somebody is about to do: which action on which record, with which amount, and who they are."""

    action: str
    record_id: str
    value: int | None
    person_id: str | None
    terminal_id: str | None


def check_action(action: str) -> str:
    """The action; Invalid when it can't be approved."""
    if action not in ACTIONS:
        raise Invalid("ACTION_INVALID", f"Ask for one of {', '.join(ACTIONS)}.", action=action)
    return action


def check_approver(permissions: frozenset[str], action: str, *, name: str) -> None:
    """Raises Forbidden unless who approves may do it themselves."""
    if action not in permissions and "*" not in permissions:
        raise Forbidden("APPROVER_MAY_NOT", f"{name}'s role does not allow this either. Ask a manager.", action=action)


def needed(use: Use) -> Forbidden:
    """What tells a terminal to ask for a manager's PIN, with all that an approval of this must name."""
    return Forbidden(
        "APPROVAL_NEEDED",
        "Your role does not allow this. Ask a manager to approve it with their PIN.",
        action=use.action,
        record_id=use.record_id,
        value=use.value,
    )


def check_use(approval: Mapping[str, Any], use: Use, *, used: bool, now: str) -> None:
    """Raises Refused unless the approval is for exactly this, by who asked for it, in time and not used yet.

    now: as the approval's own instants are written, which sort as text.
    """
    if used:
        raise Refused("APPROVAL_USED", "That approval was used already. Ask a manager to approve this one too.")
    wanted = (use.action, use.record_id, use.value, use.person_id, use.terminal_id)
    names = ("action", "record_id", "value", "asked_by", "terminal_id")
    if wanted != tuple(approval[name] for name in names):
        raise Refused("APPROVAL_FOR_ANOTHER", "That approval was given for something else. Ask a manager again.")
    if not approval["given_at"] <= now <= approval["expires_at"]:
        raise Refused("APPROVAL_EXPIRED", "That approval is too old. Ask a manager to approve it again.")
