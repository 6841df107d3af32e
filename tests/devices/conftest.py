"""A virtual printer of each test's own, and slips as a property would print them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.conversation import Patience
from devices.documents import QR, Align, Blank, Cell, Columns, Cut, Document, Kick, Rule, Size, Text, pair
from devices.line import Reach
from devices.receipt_printer import ReceiptPrinter
from devices.virtual_printer import VirtualPrinter

Connect = Callable[..., ReceiptPrinter]


@pytest.fixture
def paper_folder(tmp_path: Path) -> Path:
    return tmp_path / "slips"


@pytest.fixture
def virtual(paper_folder: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(folder=paper_folder) as printer:
        yield printer


@pytest.fixture
def hasty() -> Patience:
    """Timeouts short enough for a test and long enough for a busy machine."""
    return Patience(connect_seconds=5.0, answer_seconds=1.5, write_seconds=1.0, finish_seconds=20.0, poll_seconds=0.05)


@pytest.fixture
def network(virtual: VirtualPrinter, hasty: Patience) -> ReceiptPrinter:
    return ReceiptPrinter(Reach("tcp", virtual.host, virtual.port), patience=hasty)


@pytest.fixture
def kitchen_ticket() -> Document:
    return Document(
        (
            Text("GRILL", bold=True, align=Align.CENTER),
            Columns((Cell("A1-104", grow=True), Cell("Table 12", align=Align.RIGHT)), bold=True, size=Size.BIG),
            pair("4 covers", "19:42"),
            Rule(double=True),
            pair("Chicken burrito bowl", "", lead="2", lead_width=2, bold=True, size=Size.TALL),
            Text("Fresh tomato salsa", indent=4),
            Text("Guacamole", indent=4),
            Text("No cheese – the guest’s words: “none at all”", indent=4),
            pair("Crème brûlée with a topping of toasted coconut", "", lead="1", bold=True, size=Size.TALL),
            Text("ALLERGY: PEANUTS", bold=True, size=Size.TALL, inverse=True, align=Align.CENTER),
            pair("Żurek śląski", "", lead="10", lead_width=2, bold=True, size=Size.TALL),
            Rule(),
            pair("Served by Ama", "seat 3"),
            Blank(),
            Cut(),
        ),
        title="Ticket A1-104",
    )


@pytest.fixture
def receipt() -> Document:
    tax = (Cell("", grow=True), *(Cell("", width=10, align=Align.RIGHT) for _ in range(3)))

    def tax_row(*texts: str, bold: bool = False) -> Columns:
        cells = tuple(Cell(text, cell.width, cell.align, cell.grow) for text, cell in zip(texts, tax, strict=True))
        return Columns(cells, bold=bold, gap=0)

    return Document(
        (
            Text("Seaview Lodge", bold=True, size=Size.BIG, align=Align.CENTER),
            Text("14 Harbour Road, Walvis Bay", align=Align.CENTER),
            Text("VAT 4012345-01-5", align=Align.CENTER),
            Blank(),
            pair("Receipt A1-88", "12 Nov 2026, 20:15"),
            Rule(),
            pair("Chicken burrito bowl", "17.50", lead="2", lead_width=2),
            Text("Guacamole", indent=3),
            pair("Veg salad bowl with everything that the kitchen has today", "11.25", lead="1", lead_width=2),
            pair("Canned soft drink", "10.90", lead="10", lead_width=2),
            Rule(),
            pair("Total", "€ 39.65", bold=True, size=Size.BIG),
            pair("Cash", "50.00"),
            pair("Change", "10.35"),
            Blank(),
            tax_row("Tax", "net", "tax", "gross", bold=True),
            tax_row("VAT 15 %", "34.48", "5.17", "39.65"),
            Blank(),
            Text("Thank you, and come back!", align=Align.CENTER),
            QR("https://seaview.example/f/A1-88"),
            Text("Tell us how it was", align=Align.CENTER),
            Kick(),
            Cut(),
        ),
        title="Receipt A1-88",
    )
