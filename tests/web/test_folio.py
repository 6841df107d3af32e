"""A guest's folio: day by day in the order of the days, and what is left is what was charged less what was paid."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from wcwidth import wcswidth

from devices.documents import to_json
from devices.layout import to_text
from hospitality.ground.money import written
from web.paper.folio import Charge, Folio, Paid, Tax, folio_document
from web.paper.paper import CATALOGUES, Paper
from web.paper.pdf import A4, pdf_of
from web.texts import load_texts

AT = "2026-03-06T18:42:00.000000Z"
ENGLISH = Paper("Africa/Windhoek", foot="Safe travels")
GERMAN = Paper("Africa/Windhoek", load_texts("de", CATALOGUES))
CHARGES = (
    Charge("2026-03-05", "Double room", 1, 117_000, "AB"),
    Charge("2026-03-04", "Double room", 1, 117_000, "AB"),
    Charge("2026-03-05", "Shirt, laundered", 12, 11_500, "A"),
)
TAXES = (Tax("A", "VAT", 1_500, 210_000, 31_500), Tax("B", "Levy", 200, 200_000, 4_000))
DEPOSIT = Paid("2026-02-12", "card", 100_000, "0039")


def folio(
    *charges: Charge, deposits: tuple[Paid, ...] = (), payments: tuple[Paid, ...] = (), taxes: tuple[Tax, ...] = ()
) -> Folio:
    stay = ("2026-03-04", "2026-03-06")
    return Folio("Dune House", "A1-F12", "Jona Berg", "204", *stay, "B", "NAD", charges, taxes, deposits, payments)


def words(of: Folio, columns: int = 42, paper: Paper = ENGLISH) -> list[str]:
    document = folio_document(of, paper, at=AT)
    to_json(document)
    return to_text(document, columns).split("\n")


def test_a_folio_adds_up_before_the_guests_eyes() -> None:
    assert words(folio(*CHARGES, deposits=(DEPOSIT,), payments=(Paid("2026-03-06", "cash", 50_000),), taxes=TAXES)) == [
        "           Dune House",
        "",
        "Folio A1-F12             6 Mar 2026, 20:42",
        "Jona Berg",
        "Room                                   204",
        "Arrival                         4 Mar 2026",
        "Departure                       6 Mar 2026",
        "Window                                   B",
        "─" * 42,
        "4 Mar 2026",
        " 1 Double room                  1170.00 AB",
        "5 Mar 2026",
        " 1 Double room                  1170.00 AB",
        "12 Shirt, laundered              115.00 A",
        "─" * 42,
        "Total                              2455.00",
        "Deposits",
        "12 Feb 2026, Card, reference 0039 -1000.00",
        "Payments",
        "6 Mar 2026, Cash                   -500.00",
        "─" * 42,
        "To pay     955.00 NAD",
        "",
        "Tax                   net     tax    gross",
        "VAT 15 % (A)      2100.00  315.00  2415.00",
        "Levy 2 % (B)      2000.00   40.00  2040.00",
        "",
        "               Safe travels",
    ]


def test_taxes_stand_below_each_other_on_narrow_paper_and_marks_go_with_their_table() -> None:
    narrow = words(folio(*CHARGES, taxes=TAXES), 32)
    assert [line[9:] for line in narrow if line.startswith(("VAT", "Levy"))] == [
        " 2100.00 315.00 2415.00",
        " 2000.00  40.00 2040.00",
    ]
    without = words(folio(*CHARGES, taxes=TAXES), paper=Paper("Africa/Windhoek", left_out=frozenset({"tax_table"})))
    assert " 1 Double room                     1170.00" in without
    assert not [line for line in without if line.startswith("VAT")]


amounts = st.integers(-9_999_999, 9_999_999)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
charges = st.builds(Charge, days, st.text(max_size=40), st.integers(1, 999), amounts, st.sampled_from(["", "A", "AB"]))
paid = st.lists(st.builds(Paid, days, st.sampled_from(["cash", "card", "voucher"]), amounts), max_size=4).map(tuple)


@settings(max_examples=20)
@given(st.lists(charges, max_size=6), paid, paid, st.sampled_from([32, 42]))
def test_what_is_left_is_what_was_charged_less_what_was_paid(
    charged: list[Charge], deposits: tuple[Paid, ...], payments: tuple[Paid, ...], columns: int
) -> None:
    left = sum(one.amount_minor for one in charged) - sum(one.amount_minor for one in (*deposits, *payments))
    lines = words(folio(*charged, deposits=deposits, payments=payments), columns)
    assert all(wcswidth(line) <= columns for line in lines)
    said = "To pay" if left > 0 else "To give back" if left < 0 else "Balance"
    found = " ".join(lines[max(at for at, line in enumerate(lines) if line == "─" * columns) + 1 :])
    assert sorted(found.split()) == sorted([*said.split(), *written(abs(left), "NAD").split(), "Safe", "travels"])


def test_a_folio_too_long_for_paper_has_the_sums_of_its_days_or_their_sum_and_still_adds_up() -> None:
    def on(n: int) -> str:
        return (date(2020, 1, 1) + timedelta(n)).isoformat()

    busy = words(folio(*(Charge(on(n // 1_000), f"Item {n}", 1, 100) for n in range(3_000))))
    assert "2 Jan 2020                         1000.00" in busy
    assert not [line for line in busy if "Item" in line]
    endless = words(folio(*(Charge(on(n), "Room", 1, 100) for n in range(3_000))))
    assert "3000 items                         3000.00" in endless
    assert "To pay    3000.00 NAD" in busy
    assert "To pay    3000.00 NAD" in endless


def test_pages_tell_the_same_in_the_readers_language() -> None:
    document = folio_document(folio(*CHARGES, deposits=(DEPOSIT,), taxes=TAXES), GERMAN, at=AT)
    made = pdf_of(document, GERMAN, A4, name="Dune House", at=datetime(2026, 3, 6, 18, 42, tzinfo=UTC))
    (page,) = PdfReader(BytesIO(made)).pages
    lines = [" ".join(line.split()) for line in page.extract_text().splitlines()]
    for said in ("Abreise 06.03.2026", "12 Shirt, laundered 115,00 A", "Anzahlungen", "Zu zahlen 1455,00 NAD"):
        assert said in lines
    assert "VAT 15 % (A) 2100,00 315,00 2415,00" in lines
