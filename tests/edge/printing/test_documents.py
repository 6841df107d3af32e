"""What stands on paper, read as the plain text that a printer's lines come to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.documents import QR, Columns, Document, Size, Text, to_json
from devices.layout import to_text
from edge.printing.documents import ticket, too_long, void_slip
from edge.printing.words import is_allergy, is_removal
from hospitality.menu.rules import ALLERGENS
from web.paper.paper import CATALOGUES, Paper
from web.paper.receipt import receipt
from web.paper.words import headline, where_words
from web.texts import load_texts

PAPER = Paper("Africa/Windhoek")
Line = dict[str, Any]


def line(name: str = "Rump steak", **changes: Any) -> Line:
    made = {"id": name, "name": name, "quantity": 1, "options": [], "note": None, "seat": None, "allergens": []}
    return {**made, "state": "placed", "void_reason": None, **changes}


def view(*lines: Line, **changes: Any) -> dict[str, Any]:
    made = {
        "id": "t",
        "order_id": "o",
        "order_number": "A1-104",
        "channel": "dine_in",
        "table": "12",
        "covers": 4,
        "order_note": None,
        "station_id": "s",
        "station_name": "Grill",
        "server": "Selma",
        "placed_at": "2026-03-01T18:30:00.000000Z",
        "prep_seconds": 600,
        "state": "placed",
        "lines": list(lines) or [line()],
    }
    return {**made, **changes}


def texts(document: Document) -> dict[str, Text]:
    return {element.text: element for element in document.elements if isinstance(element, Text)}


def test_a_ticket_reads_from_the_table_down_to_the_small_print() -> None:
    steak = line(quantity=2, options=[{"name": "Pepper", "quantity": 1}, {"name": "Chips", "quantity": 2}], seat=3)
    document = ticket(view(steak, line("Soup", note="extra hot")), PAPER)
    assert to_text(document, 42) == "\n".join(
        [
            "GRILL",
            "A1-104",
            "Table 12",
            "Dine in                           4 guests",
            "═" * 42,
            " 2 Rump steak",
            "      Seat 3",
            "      Pepper",
            "      2 × Chips",
            "",
            " 1 Soup",
            "      » extra hot",
            "─" * 42,
            "Selma                     Sun 1 Mar, 20:30",
        ]
    )
    assert document.title == "Ticket A1-104 Grill"


def test_number_and_table_are_the_largest_and_items_are_large() -> None:
    document = ticket(view(), PAPER)
    found = texts(document)
    assert (found["A1-104"].size, found["Table 12"].size) == (Size.HUGE, Size.HUGE)
    items = [row for row in document.elements if isinstance(row, Columns) and row.cells[-1].text == "Rump steak"]
    assert [item.size for item in items] == [Size.BIG]


def test_what_must_not_be_overlooked_stands_out() -> None:
    soup = line("Soup", note="Guest is ALLERGIC to nuts", options=[{"name": "No cream", "quantity": 1}])
    found = texts(ticket(view(soup, order_note="Nut allergy at seat 2"), PAPER))
    assert found["GUEST IS ALLERGIC TO NUTS"].inverse
    assert found["NUT ALLERGY AT SEAT 2"].inverse
    assert found["- NO CREAM"].bold


def test_an_option_that_speaks_of_an_allergy_is_a_black_bar() -> None:
    chosen = [{"name": "Nut allergy", "quantity": 1}, {"name": "Pepper", "quantity": 1}]
    found = texts(ticket(view(line(options=chosen)), PAPER))
    assert (found["Nut allergy"].inverse, found["Pepper"].inverse) == (True, False)


@pytest.mark.parametrize("note", ["Coeliac", "Zöliakie", "Milchunverträglichkeit"])
def test_what_a_dish_contains_is_a_black_bar_where_a_guest_is_allergic_and_small_elsewhere(note: str) -> None:
    soup = line("Soup", note=note, allergens=["gluten", "milk"])
    pap = line("Pap", allergens=["milk"])
    found = texts(ticket(view(soup, pap), PAPER))
    assert (found["CONTAINS GLUTEN, MILK"].inverse, found["Contains milk"].inverse) == (True, False)
    whole = texts(ticket(view(pap, order_note="Allergy: milk, seat 2"), PAPER))
    assert whole["CONTAINS MILK"].inverse
    gone = texts(ticket(view(line("Soup", state="voided", allergens=["milk"])), PAPER))
    assert not [text for text in gone if "milk" in text.casefold()]


def test_a_line_that_was_voided_before_the_ticket_came_out_says_so() -> None:
    document = ticket(view(line(), line("Soup", state="voided", void_reason="sold out")), PAPER)
    assert texts(document)["VOIDED: DON'T MAKE THIS"].inverse


def test_a_void_slip_says_what_to_stop_and_why() -> None:
    voided = line(quantity=2, state="voided", void_reason="guest left", options=[{"name": "Pepper", "quantity": 1}])
    document = void_slip(view(line("Soup"), voided), voided["id"], PAPER, at="2026-03-01T18:45:00Z", by="Toivo")
    paper = to_text(document, 42)
    assert texts(document)["VOID"].inverse
    for words in ("A1-104", "Table 12", " 2 Rump steak", "Pepper", "Reason: guest left", "Toivo", "20:45"):
        assert words in paper
    assert "Soup" not in paper


@pytest.mark.parametrize(
    ("channel", "table", "words"),
    [
        ("dine_in", "12", "Table 12"),
        ("dine_in", "Table 12", "Table 12"),
        ("dine_in", None, "Dine in"),
        ("room_service", "204", "Room 204"),
        ("takeaway", "Anna", "Takeaway, Anna"),
        ("delivery", None, "Delivery"),
        ("drive_in", None, "Drive in"),
    ],
)
def test_where_an_order_goes_is_said_as_people_say_it(channel: str, table: str | None, words: str) -> None:
    assert where_words({"channel": channel, "table": table}) == words


def test_a_long_label_is_large_and_no_longer_huge() -> None:
    assert headline("Table 12").size is Size.HUGE
    assert headline("Table by the second window").size is Size.BIG


@pytest.mark.parametrize("name", ["No starch", "no onions", "Without sauce", "ohne Zwiebeln", "sans sel"])
def test_removals_are_known_by_their_first_word(name: str) -> None:
    assert is_removal(name)


@pytest.mark.parametrize("name", ["Noodles", "Mint", "Sansho pepper", "North Sea crab"])
def test_names_that_merely_begin_alike_are_no_removals(name: str) -> None:
    assert not is_removal(name)


WORDS = st.text(max_size=200)
LINES = st.builds(
    lambda name, quantity, options, note, seat, voided, allergens: line(
        name,
        quantity=quantity,
        options=[{"name": option, "quantity": 1} for option in options],
        note=note,
        seat=seat,
        allergens=allergens,
        state="voided" if voided else "placed",
    ),
    WORDS,
    st.integers(1, 999),
    st.lists(WORDS, max_size=5),
    st.none() | WORDS,
    st.none() | st.integers(1, 999),
    st.booleans(),
    st.lists(st.sampled_from(ALLERGENS), unique=True),
)


@given(st.lists(LINES, min_size=1, max_size=5), st.none() | WORDS, st.sampled_from([42, 32]))
def test_whatever_people_type_can_be_printed_and_allergies_are_in_a_bar(
    lines: list[Line], note: str | None, columns: int
) -> None:
    document = ticket(view(*lines, order_note=note), PAPER)
    to_json(document)
    to_text(document, columns)
    bars = sum(isinstance(element, Text) and element.inverse for element in document.elements)
    notes = [note, *(found["note"] for found in lines)]
    assert bars >= sum(is_allergy(found) for found in notes if found)


def test_the_most_that_one_ticket_can_hold_of_ordinary_lines_fits() -> None:
    options = [{"name": f"Option {n} of a usual length", "quantity": 1} for n in range(20)]
    to_json(
        ticket(
            view(*(line(options=options, note="n" * 200, seat=1, allergens=list(ALLERGENS)) for _ in range(200))),
            PAPER,
        )
    )


def test_a_slip_that_can_not_be_put_on_paper_says_where_to_look() -> None:
    paper = to_text(too_long("ticket", "A1-104", PAPER), 42)
    assert "NOT PRINTED" in paper
    assert "A1-104" in paper
    assert "screen" in paper
    german = to_text(too_long("ticket", "A1-104", Paper("Africa/Windhoek", load_texts("de", CATALOGUES))), 42)
    assert "NICHT GEDRUCKT" in german
    assert "Bildschirm" in german


# --- receipts


def sold(name: str, amount: int, quantity: int = 1, **changes: Any) -> Line:
    return {"name": name, "quantity": quantity, "amount_minor": amount, "options": [], "void_reason": None, **changes}


def receipt_view(*lines: Line, **changes: Any) -> dict[str, Any]:
    order = {
        "number": "A1-104",
        "channel": "dine_in",
        "table": "12",
        "covers": 2,
        "opened_by_name": "Selma",
        "currency": "NAD",
        "lines": list(lines),
        "subtotal_minor": 22_500,
        "total_minor": 22_570,
        "taxes": [
            {"name": "VAT", "rate_bp": 1500, "included": True, "net_minor": 16_522, "tax_minor": 2_478},
            {"name": "Levy", "rate_bp": 250, "included": False, "net_minor": 3_500, "tax_minor": 70},
        ],
    }
    payments = [
        {"tender": "card", "amount_minor": 10_000, "tendered_minor": None, "change_minor": 0, "reference": "0047"},
        {"tender": "cash", "amount_minor": 12_570, "tendered_minor": 20_000, "change_minor": 7_430, "reference": None},
    ]
    return {
        "id": "the-id",
        "number": "A1-88",
        "issued_at": "2026-03-01T22:05:00.000000Z",
        "order": {**order, **changes},
        "payments": [{"currency": "NAD", **payment} for payment in payments],
        "property": {"name": "Dune House"},
    }


def test_a_receipt_adds_up_before_the_guests_eyes() -> None:
    steak = sold("Rump steak 300 g", 19_000, 2, options=[{"name": "Pepper", "quantity": 1}])
    dropped = sold("Soup", 7_500, void_reason="cold")
    document = receipt(receipt_view(steak, dropped, sold("Draught lager", 3_500)), PAPER)
    assert to_text(document, 42) == "\n".join(
        [
            "           Dune House",
            "",
            "Receipt A1-88            2 Mar 2026, 00:05",
            "Order A1-104                      Table 12",
            "Served by Selma                   2 guests",
            "─" * 42,
            " 2 Rump steak 300 g                 190.00",
            "    Pepper",
            " 1 Draught lager                     35.00",
            "─" * 42,
            "Subtotal                            225.00",
            "Levy 2.5 %                            0.70",
            "Total      225.70 NAD",
            "",
            "Card, reference 0047                100.00",
            "Cash                                200.00",
            "Change                               74.30",
            "",
            "Tax                     net    tax   gross",
            "VAT 15 %             165.22  24.78  190.00",
            "Levy 2.5 %            35.00   0.70   35.70",
            "",
            "        Thank you, and come again.",
            "[QR A1-88 the-id]",
            "     Scan to keep the receipt number.",
        ]
    )


def test_a_receipt_names_the_certificate_of_an_exempt_guest() -> None:
    view = receipt_view(sold("Rump steak", 16_087))
    exempt = {"kind": "exempt", "name": None, "percent_bp": None, "certificate": "D 12"}
    for off, end in ((-2_413, "-24.13"), (0, "")):
        view["order"]["adjustments"] = [{**exempt, "amount_minor": off}]
        words = to_text(receipt(view, PAPER), 42).splitlines()
        assert any(line.startswith("Tax exempt, D 12") and line.endswith(end or "12") for line in words)


def test_a_receipt_fits_the_narrow_paper() -> None:
    paper = to_text(receipt(receipt_view(sold("Draught lager", 3_500)), PAPER), 32)
    assert all(len(line) <= 32 for line in paper.split("\n") if "QR" not in line)
    assert "Levy 2.5 %" in paper


def test_a_receipt_without_taxes_or_minor_units_says_neither() -> None:
    view = receipt_view(sold("Sake", 900), currency="JPY", taxes=[], subtotal_minor=900, total_minor=900)
    paper = to_text(receipt(view, Paper("Asia/Tokyo")), 42)
    assert "900 JPY" in paper
    assert "Tax" not in paper
    assert "Subtotal" not in paper


def test_a_receipt_of_a_thousand_lines_still_adds_up() -> None:
    many = [sold(f"Item {n}", 100, options=[{"name": "Pepper", "quantity": 1}]) for n in range(1_000)]
    document = receipt(receipt_view(*many), PAPER)
    to_json(document)
    assert "Item 999" in to_text(document, 42)
    assert any(isinstance(element, QR) for element in document.elements)
    more = receipt(receipt_view(*many, *many), PAPER)
    assert "2000 items" in to_text(more, 42)
