"""Giving a receipt to its guest."""

from secrets import token_bytes
from typing import Any

from hospitality.checks.reading import receipt_view
from hospitality.ground.work import Work
from hospitality.handouts.facts import ReceiptLinked
from hospitality.handouts.models import ReceiptLink
from hospitality.handouts.reading import token_of
from hospitality.handouts.rules import TOKEN_BYTES, address_of, token_from
from hospitality.orders.service import PLACE


def link_receipt(work: Work, order_id: str, *, guests_url: str) -> dict[str, Any]:
    """{receipt_id, number, url}: where the guest of a settled order reads its receipt, always the same one."""
    work.require(PLACE)
    receipt = receipt_view(work, order_id)
    token = token_of(work, receipt["id"])
    if token is None:
        token = token_from(token_bytes(TOKEN_BYTES))
        keep_link(work, receipt["id"], order_id, token)
    return {"receipt_id": receipt["id"], "number": receipt["number"], "url": address_of(guests_url, token)}


def keep_link(work: Work, receipt_id: str, order_id: str, token: str) -> None:
    """Writes down by which secret a receipt is found."""
    kept = {"receipt_id": receipt_id, "order_id": order_id, "token": token, "made_at": work.now_text}
    link = work.add(ReceiptLink, kept)
    work.journal(ReceiptLinked(link["id"], receipt_id, order_id))
