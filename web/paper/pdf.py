"""Documents as PDF. What sets them is loaded with the first: most of the time a node makes none."""

from dataclasses import dataclass
from datetime import datetime

from devices.documents import Document
from web.paper.paper import Paper


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper's size and margin."""

    width_mm: float
    height_mm: float
    margin_mm: float


A4 = Sheet(210.0, 297.0, 22.0)


def pdf_of(document: Document, paper: Paper, sheet: Sheet, *, name: str, at: datetime) -> bytes:
    """The document as a PDF; `name` (the property's) stands in the foot of each page beside the document's title."""
    from web.paper.typesetting import typeset  # fonts and their reader: 30 MB and half a second

    return typeset(document, paper, sheet, name=name, at=at)
