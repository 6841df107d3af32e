"""A report is said once: screen, CSV, paper and PDF tell the same figures, the PDF as somebody else's reader reads it."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from pypdf import PdfReader

from devices.layout import to_text
from hospitality.days.composing import TITLES, Part, Report, sections
from hospitality.days.rules import Figure, Figures
from hospitality.days.view import report_csv
from hospitality.ground.money import written
from tests.hospitality.days.test_close import ordered
from tests.hospitality.days.test_drawers import opened, sold
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Face, Served, code_of
from web.paper.paper import CATALOGUES, Paper
from web.paper.pdf import A4, pdf_of
from web.paper.report import report_document
from web.texts import load_texts

AT = "2026-03-01T19:30:00.000000Z"
NOW = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)


def pages(made: bytes) -> list[str]:
    return [page.extract_text().replace("\r", "") for page in PdfReader(BytesIO(made)).pages]


def told(report: Report, paper: Paper) -> bytes:
    return pdf_of(report_document(report, paper, at=AT), paper, A4, name=report.property_name, at=NOW)


def many(n: int) -> Figures:
    return tuple(Figure("payments", f"voucher {at}", at + 1, 1_000_00 + 7 * at, "NAD") for at in range(n))


def test_a_long_report_has_its_head_its_figures_their_sum_and_numbered_pages() -> None:
    figures = many(150)
    report = Report("Dune House", "2026-03-01", (Part("z", figures, "A1-7", AT, ("A1-139",)),))
    paper = Paper("Africa/Windhoek")
    found = pages(told(report, paper))
    assert len(found) > 2
    for at, text in enumerate(found):
        assert f"Page {at + 1} of {len(found)}" in text
        assert text.count("Dune House") == (2 if at == 0 else 1)
    whole = "\n".join(found)
    for words in ("Z report A1-7", "Business day 1 Mar 2026", "Carried over: A1-139", "1 Mar 2026, 21:30"):
        assert words in whole
    lines = [line.split() for line in whole.splitlines()]
    for one in figures:
        amount = written(one.amount_minor, "NAD").split()
        assert [*f"Voucher {one.count - 1} {one.count}".split(), *amount] in lines
    assert ["Total", *written(sum(one.amount_minor for one in figures), "NAD").split()] in lines


def test_a_supplement_and_both_together_stand_in_one_report() -> None:
    late = (Figure("payments", "cash", 1, 500, "NAD"), Figure("payments", "card", 2, 300, "NAD"))
    parts = (Part("z", late, "A1-7", AT), Part("supplement", late, "A1-7-S1", AT), Part("total", late))
    (page,) = pages(told(Report("Dune House", "2026-03-01", parts), Paper("UTC")))
    names = ("Z report A1-7", "Supplement A1-7-S1", "Total")
    assert [page.count(name) for name in names] == [1, 1, 1 + 3]
    assert page.index(names[0]) < page.index(names[1])
    assert page.count("8.00 NAD") == 3


def test_names_of_any_script_and_german_come_out() -> None:
    names = ["Jürgen Größe", "Żurek", "Ναύπλιο", "Москва", "漢字", "かな", "한국어", "ภาษาไทย", "हिन्दी"]
    figures = tuple(Figure("payments", name, 1, 100, "EUR") for name in names)
    report = Report("Größenwahn 漢", "2026-03-01", (Part("server", figures),), of="שרה")
    german = Paper("Europe/Berlin", load_texts("de", CATALOGUES))
    (page,) = pages(told(report, german))
    for words in (
        *names,
        "Eingenommen",
        "Summe",
        "9,00 EUR",
        "Seite 1 von 1",
        "Größenwahn 漢",
        "Geschäftstag 01.03.2026",
        "שרה",
    ):
        assert words in page or words[::-1] in page
    sheet = PdfReader(BytesIO(told(report, german))).pages[0]
    fonts: Any = sheet["/Resources"]
    embedded = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts["/Font"].values()]
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in embedded)


def test_every_heading_is_said_in_german_too() -> None:
    words = load_texts("de", CATALOGUES).messages
    assert {title for title in TITLES.values() if title not in words} == set()


def rows_of(text: str) -> list[tuple[str, str, str]]:
    return [(row[3], row[5], row[6]) for row in csv.reader(StringIO(text))][1:]


def same_everywhere(face: Face, path: str, **query: Any) -> str:
    """The PDF's text; every figure of the CSV stands in it and on the screen."""
    rows = rows_of(face.get(path, format="csv", **query).text)
    answer = face.get(f"{path}/pdf", **query)
    assert answer.headers["content-type"] == "application/pdf"
    text, screen = "\n".join(pages(answer.content)), face.get(f"{path}/text", **query).text
    assert rows
    for _, amount, currency in rows:
        assert f"{amount} {currency}" in screen or amount == "0.00"
        assert f"{amount} {currency}" in text or amount == "0.00"
    return text


def test_every_report_is_served_as_text_csv_and_pdf(served: Served, restaurant: Restaurant) -> None:
    node, waiter, manager = restaurant.node, served.person("staff"), served.person("hospitality_manager")
    session = opened(node, "Bar drawer")
    sold(restaurant, node, tip_minor=100)
    sold(restaurant, node, "card", tip_minor=300)
    assert code_of(waiter.get("x-report/pdf")) == "NOT_PERMITTED"
    assert "nothing was closed" in same_everywhere(manager, "x-report")
    blind = "\n".join(pages(waiter.get(f"drawer-sessions/{session}/pdf").content))
    assert "500.00 NAD" in blind
    assert "510.00 NAD" not in blind
    assert "510.00 NAD" in same_everywhere(manager, f"drawer-sessions/{session}")
    manager.post(f"drawer-sessions/{session}/count", {"counted_minor": {"NAD": 50_900}})
    counted = same_everywhere(waiter, f"drawer-sessions/{session}")
    assert "Bar drawer" in counted
    assert "-1.00 NAD" in counted
    ids = {row["display_name"]: row["id"] for row in node.reading().rows("SELECT id, display_name FROM people")}
    assert "Selma" in same_everywhere(manager, f"servers/{ids['Selma']}", day="2026-03-01")
    assert code_of(waiter.get(f"servers/{ids['Selma']}/pdf")) == "NOT_PERMITTED"
    manager.post("business-days/2026-03-01/close")
    assert "Z report A1-1" in same_everywhere(manager, "business-days/2026-03-01")
    late = ordered(restaurant, 0)
    manager.post(f"business-days/2026-03-01/orders/{late['id']}/payments", {"tender": "cash", "amount_minor": 900})
    manager.post("business-days/2026-03-01/supplements")
    assert "Supplement A1-1-S1" in same_everywhere(manager, "business-days/2026-03-01")
    assert code_of(manager.get("business-days/2026-02-28/pdf")) == "DAY_NOT_FOUND"


@pytest.mark.parametrize("columns", [42, 32])
def test_paper_says_the_same_figures_in_its_columns(columns: int) -> None:
    report = Report("Dune House", "2026-03-01", (Part("x", many(3)),))
    lines = to_text(report_document(report, Paper("UTC"), at=AT, by="Selma"), columns).split("\n")
    assert max(map(len, lines)) <= columns
    (section,) = sections(report.parts[0].figures)
    for one in (*section.figures, *section.totals):
        assert any(line.endswith(written(one.amount_minor, "NAD")) for line in lines)
    assert "total" not in report_csv(report)
