"""What is signed of a document, and whether a series of signatures is whole. Values in, a decision out."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hospitality.ground.ids import derived_id

FIRST = ""  # what the first of a series is linked to


@dataclass(frozen=True, slots=True)
class Document:
    """A receipt, a refund or a withdrawal to be signed; what is given back or taken back counts below zero."""

    kind: str
    id: str
    number: str
    total_minor: int
    currency: str
    taxes: str
    at: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it is kept."""

    counter: int
    said: str
    signature: str


def signature_id(document_id: str) -> str:
    """A document has one signature, whoever writes it down."""
    return derived_id(document_id, "fiscal_signature")


def said_of(document: Document, *, series: str, counter: int, previous: str) -> str:
    """What a device signs: one text for one document at one place in a series, whoever writes it down."""
    said: dict[str, Any] = {
        "document": document.kind,
        "id": document.id,
        "number": document.number,
        "total_minor": document.total_minor,
        "currency": document.currency,
        "taxes": json.loads(document.taxes),
        "at": document.at,
        "series": series,
        "counter": counter,
        "previous": previous,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def first_fault(series: Iterable[Signed], is_good: Callable[[str, str], bool]) -> int | None:
    """The counter at which a series is not whole: one is missing, linked to another, or not signed so. None: it is whole.

    is_good: whether a signature is of a text.
    """
    previous, wanted = FIRST, 1
    for one in sorted(series, key=lambda signed: signed.counter):
        if one.counter != wanted or not is_good(one.said, one.signature):
            return wanted
        said = json.loads(one.said)  # it was signed, so it is as it was written
        if (said["counter"], said["previous"]) != (wanted, previous):
            return wanted
        previous, wanted = one.signature, wanted + 1
    return None
