"""Keeping what a fiscal device signed."""

from collections.abc import Sequence
from dataclasses import dataclass

from hospitality.fiscal.models import FiscalSignature
from hospitality.fiscal.rules import Document, Signed, signature_id
from hospitality.ground.work import Work


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document with its signature; business_date is the document's."""

    document: Document
    business_date: str
    signed: Signed


def keep_signatures(work: Work, found: Sequence[SignedDocument], *, series: str, device: str) -> None:
    """Writes signatures down, in one act with their places in the series."""
    work.add_all(
        FiscalSignature,
        [
            {
                "id": signature_id(one.document.id),
                "document": one.document.kind,
                "document_id": one.document.id,
                "number": one.document.number,
                "series": series,
                "counter": one.signed.counter,
                "device": device,
                "said": one.signed.said,
                "signature": one.signed.signature,
                "at": work.now_text,
                "business_date": one.business_date,
            }
            for one in found
        ],
    )
