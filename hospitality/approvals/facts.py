"""What can happen to an approval."""

from dataclasses import dataclass

from hospitality.ground.journal import journal_kind


@journal_kind("approvals.approval_given")
@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """A manager allowed one action on one record; who it was is the entry's approver, and why its reason."""

    approval_id: str
    action: str
    record_id: str
    value: int | None


@journal_kind("approvals.approval_used")
@dataclass(frozen=True, slots=True)
class ApprovalUsed:
    """What was allowed was done; it is not allowed again."""

    approval_id: str
    action: str
    record_id: str
