"""What comes late belongs to its own business day: money that was taken yesterday and is keyed in today."""

from typing import Any

from hospitality.checks.service import pay
from hospitality.days.service.close import CLOSE
from hospitality.ground.work import Work
from hospitality.payments.rules import NewPayment
from hospitality.properties.service import book_late


def pay_late(work: Work, day: str, order_id: str, new: NewPayment, *, approval_id: str | None = None) -> dict[str, Any]:
    """Takes a payment as one of an earlier day, as `checks.pay` answers it; a Z that is made already stays as it is."""
    work.require(CLOSE)
    book_late(work, day)
    return pay(work, order_id, new, approval_id=approval_id)
