"""Approvals and their use: two facts, so that a use stands by itself and a second one finds it."""

from hospitality.ground.tables import AMOUNT, DAY, ID, INSTANT, WORDS, Row, column, described


class Approval(Row, table=True):
    """Somebody with the right allowed `action` (a permission's name) on `record_id` to who asked, at their terminal.

    `value` is what exactly was allowed where the action has an amount: a price, a discount.
    """

    __tablename__ = "approvals"
    __table_args__ = described("fact", indexes=[["record_id"], ["property_id", "business_date", "id"]])

    action: str = column(WORDS)
    record_id: str = column(ID)
    value: int | None = column(AMOUNT, optional=True)
    reason: str = column(WORDS, pii="indirect")
    approver_id: str = column(ID, pii="indirect")
    asked_by: str = column(ID, pii="indirect")
    terminal_id: str = column(ID)
    given_at: str = column(INSTANT)
    expires_at: str = column(INSTANT)
    business_date: str = column(DAY)


class ApprovalUse(Row, table=True):
    """An approval was used up; its id follows from the approval's, so that there is one."""

    __tablename__ = "approval_uses"
    __table_args__ = described("fact", refers={"approval_id": "approvals"}, indexes=[["approval_id"]])

    approval_id: str = column(ID)
    used_at: str = column(INSTANT)
    business_date: str = column(DAY)
