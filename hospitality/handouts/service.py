"""Giving a receipt to its guest: by a link, and by mail, which head office sends."""

from collections.abc import Mapping
from secrets import token_bytes
from typing import Any

from hospitality.checks.reading import receipt_view
from hospitality.ground.ids import derived_id
from hospitality.ground.texts import kept_mail_address
from hospitality.ground.work import Work
from hospitality.handouts import rules
from hospitality.handouts.facts import ReceiptLinked, ReceiptMailAsked, ReceiptMailEnded
from hospitality.handouts.models import ReceiptLink, ReceiptMail, ReceiptMailOutcome
from hospitality.handouts.reading import mail_answer, mail_row, mail_rows, token_of
from hospitality.handouts.rules import TOKEN_BYTES, Ended, NewMail, address_of, token_from
from hospitality.invoices.reading import invoice_row
from hospitality.orders.service import PLACE
from hospitality.paper.rules import kept_language
from hospitality.paper.service import paper_settings
from hospitality.properties.service import property_view


def link_receipt(work: Work, order_id: str, *, guests_url: str) -> dict[str, Any]:
    """{receipt_id, number, url}: where the guest of a settled order reads its receipt, always the same one."""
    work.require(PLACE)
    receipt = receipt_view(work, order_id)
    token = _token(work, receipt["id"], order_id)
    return {"receipt_id": receipt["id"], "number": receipt["number"], "url": address_of(guests_url, token)}


def keep_link(work: Work, receipt_id: str, order_id: str, token: str) -> None:
    """Writes down by which secret a receipt is found."""
    kept = {"receipt_id": receipt_id, "order_id": order_id, "token": token, "made_at": work.now_text}
    link = work.add(ReceiptLink, kept)
    work.journal(ReceiptLinked(link["id"], receipt_id, order_id))


def mail_receipt(work: Work, order_id: str, new: NewMail) -> dict[str, Any]:
    """Has head office mail the receipt of a settled order: the mail as staff see it.

    A second one to the same address names the one before it, or is Refused MAILED_ALREADY.
    """
    work.require(PLACE)
    return _mail(
        work, new, {"order_id": order_id, "receipt_id": receipt_view(work, order_id)["id"], "invoice_id": None}
    )


def mail_invoice(work: Work, invoice_id: str, new: NewMail) -> dict[str, Any]:
    """The same of an invoice."""
    work.require(PLACE)
    row = invoice_row(work, invoice_id)
    return _mail(work, new, {"order_id": row["order_id"], "receipt_id": row["receipt_id"], "invoice_id": invoice_id})


def end_mail(work: Work, mail_id: str, ended: Ended) -> None:
    """Writes down how a mail ended, once; head office's verb."""
    if mail_row(work, mail_id)["state"] != "waiting":
        return
    kept = {"id": derived_id(mail_id, "outcome"), "mail_id": mail_id, "at": work.now_text}
    work.add(ReceiptMailOutcome, {**kept, "state": ended.state, "twice": ended.twice, "reply_code": ended.reply_code})
    work.journal(ReceiptMailEnded(mail_id, ended.state, ended.twice, ended.reply_code))


def _mail(work: Work, new: NewMail, of: Mapping[str, str | None]) -> dict[str, Any]:
    address = kept_mail_address(new.address)
    language = kept_language(new.language or "") or paper_settings(work)["language"] or property_view(work)["locale"]
    order_id, receipt_id = str(of["order_id"]), str(of["receipt_id"])
    mails = mail_rows(work, order_id)
    rules.check_fewer_mails(len(mails))
    same = {**of, "address": address}
    before = [row["id"] for row in mails if all(row[name] == value for name, value in same.items())]
    rules.check_meant(before[-1] if before else None, new.again_of)
    _token(work, receipt_id, order_id)
    kept = {
        "language": language,
        "again_of": new.again_of,
        "person_id": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "asked_at": work.now_text,
    }
    mail = work.add(ReceiptMail, {**same, **kept})
    work.journal(ReceiptMailAsked(mail["id"], receipt_id, order_id, of["invoice_id"]))
    return mail_answer(mail_row(work, mail["id"]))


def _token(work: Work, receipt_id: str, order_id: str) -> str:
    token = token_of(work, receipt_id)
    if token is None:
        token = token_from(token_bytes(TOKEN_BYTES))
        keep_link(work, receipt_id, order_id, token)
    return token
