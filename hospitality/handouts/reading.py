"""Which links there are, and which mails."""

from collections.abc import Sequence
from typing import Any

from hospitality.ground.statements import Found, Reading
from hospitality.handouts.rules import masked

_LINK = """
    SELECT token FROM receipt_links WHERE org_id = :org_id AND receipt_id = :receipt_id ORDER BY made_at, id LIMIT 1
"""
_MAILS = """
    SELECT m.id, m.order_id, m.receipt_id, m.invoice_id, m.address, m.language, m.asked_at,
           r.number AS receipt_number, i.number AS invoice_number,
           coalesce(o.state, 'waiting') AS state, o.twice, o.reply_code, o.at AS ended_at
    FROM receipt_mails m
    JOIN receipts r ON r.org_id = m.org_id AND r.id = m.receipt_id
    LEFT JOIN invoices i ON i.org_id = m.org_id AND i.id = m.invoice_id
    LEFT JOIN receipt_mail_outcomes o ON o.org_id = m.org_id AND o.mail_id = m.id
    WHERE m.org_id = :org_id AND m.property_id = :property_id AND {which} ORDER BY m.asked_at, m.id
"""
_SHOWN = ("id", "receipt_number", "invoice_number", "asked_at", "state", "reply_code", "ended_at")


def token_of(reading: Reading, receipt_id: str) -> str | None:
    """The secret of a receipt's link; None where it has none."""
    token: str | None = reading.value(_LINK, receipt_id=receipt_id)
    return token


def mails_of(reading: Reading, order_id: str) -> dict[str, Any]:
    """{items}: what of an order was to be mailed, oldest first, and what became of it; addresses masked."""
    return {"items": [mail_answer(row) for row in mail_rows(reading, order_id)]}


def mail_rows(reading: Reading, order_id: str) -> Sequence[Found]:
    """The mails of an order as they are kept, oldest first."""
    return reading.rows(_MAILS.format(which="m.order_id = :order_id"), order_id=order_id)


def mail_row(reading: Reading, mail_id: str) -> Found:
    """One mail as it is kept."""
    row = reading.one(_MAILS.format(which="m.id = :id"), id=mail_id)
    assert row is not None, "a mail is read by whoever knows that it is there"
    return row


def mail_answer(row: Found) -> dict[str, Any]:
    """A mail as staff see it."""
    return {**{name: row[name] for name in _SHOWN}, "address": masked(row["address"]), "twice": bool(row["twice"])}
