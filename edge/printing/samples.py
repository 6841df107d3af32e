"""Every template with made-up lines, for previews: what a property would hand out, before it does.

`python -m edge.printing.samples FOLDER` (`make previews`) writes a PNG of each for each of our kinds of printers.
"""

import io
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from devices.documents import Document, marked_reprint
from devices.preview import preview
from devices.printer import Trouble
from devices.profiles import FAMILIES, THERMAL_58, THERMAL_80, Profile, profile_named
from devices.spool import Job
from edge.printing.documents import changed_slip, rush_slip, ticket, too_long, void_slip
from edge.printing.plain import asset_label, label, page_of_proof, stock_label
from edge.printing.words import reprint_words
from hospitality.days.composing import Part, Report
from hospitality.days.rules import Figure
from hospitality.ground.clock import instant
from hospitality.ground.errors import Invalid, NotFound
from web.paper.folio import Charge, Folio, Paid, Tax, folio_document
from web.paper.invoice import invoice_document
from web.paper.paper import Paper, Papers, paper_from
from web.paper.receipt import bill, receipt, room_service_slip
from web.paper.report import refund_slip, report_document

AT = "2026-03-06T18:42:00.000000Z"
NAME = "Dune House"


def _line(name: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    made = {"id": name, "name": name, "quantity": quantity, "options": [], "note": None, "seat": None, "allergens": []}
    return {**made, "state": "placed", "void_reason": None, **more}


def _option(name: str, quantity: int = 1, *, half: str | None = None) -> dict[str, Any]:
    return {"name": name, "quantity": quantity, "half": half, "depth": 0}


_LUNCH = {"id": "set", "menu_item_id": "lunch", "name": "Lunch of the day", "quantity": 1, "option_id": "o", "depth": 1}
_WEIGHED = {"kind": "kg", "thousandths": 312, "price_minor": 45_000, "by": "keyed"}


_AGAIN = Job("ticket", "grill", 1, instant(AT), instant(AT), instant(AT), copies=1, trouble=Trouble.PAPER_OUT)
_TICKET: dict[str, Any] = {
    "id": "ticket",
    "order_id": "order",
    "order_number": "A1-104",
    "channel": "dine_in",
    "table": "12",
    "covers": 4,
    "course": 2,
    "order_note": None,
    "station_id": "grill",
    "station_name": "Grill",
    "server": "Selma",
    "placed_at": AT,
    "prep_seconds": 900,
    "state": "placed",
    "lines": [
        _line("Rump steak 300 g", 2, seat=1, options=[_option("Medium rare"), _option("Pepper sauce", 2)]),
        _line(
            "Prawn curry",
            seat=3,
            options=[_option("No coriander"), _option("Extra rice")],
            note="Allergic to peanuts",
            allergens=["crustaceans", "milk"],
        ),
        _line("Żurek śląski", seat=4, note="well hot", part_of={"id": "set", "name": "Lunch of the day"}),
        _line("Pizza", seat=2, options=[_option("Olives", half="left"), _option("Onion", 0), _option("Side salad")]),
    ],
}
_ORDER: dict[str, Any] = {
    "number": "A1-104",
    "channel": "dine_in",
    "table": "12",
    "covers": 4,
    "opened_at": AT,
    "opened_by_name": "Selma",
    "server_name": "Selma",
    "currency": "NAD",
    "lines": [
        {**_line("Rump steak 300 g", 2, options=[_option("Pepper sauce", 2)]), "amount_minor": 38_000},
        {**_line("Prawn curry", 1, options=[_option("Extra rice")]), "amount_minor": 17_500},
        {**_line("Żurek śląski", part_of=_LUNCH), "amount_minor": 3_200},
        {**_line("Roast of the day", part_of=_LUNCH, options=[_option("Gravy")]), "amount_minor": 5_000},
        {**_line("Biltong", sold_as=_WEIGHED), "amount_minor": 14_040},
        {**_line("Draught lager 0.5 l", 3), "amount_minor": 13_500},
    ],
    "adjustments": [{"kind": "discount", "name": None, "percent_bp": 1_000, "amount_minor": -9_124}],
    "taxes": [
        {"name": "VAT", "rate_bp": 1_500, "included": True, "net_minor": 71_405, "tax_minor": 10_711},
        {"name": "Levy", "rate_bp": 200, "included": False, "net_minor": 71_405, "tax_minor": 1_428},
    ],
    "subtotal_minor": 82_116,
    "total_minor": 83_544,
    "paid_minor": 0,
    "due_minor": 83_544,
}
_PROPERTY = {"name": NAME}
_PAYMENTS = [
    {
        "tender": "card",
        "amount_minor": 50_000,
        "tendered_minor": None,
        "change_minor": 0,
        "reference": "004711",
        "tip_minor": 5_000,
    },
    {"tender": "cash", "amount_minor": 33_544, "tendered_minor": 35_000, "change_minor": 1_456, "reference": None},
]
_FIGURES = [
    ("orders", "covers", 118, 0),
    ("orders", "placed", 41, 0),
    ("sales", "lines", 376, 2_290_540),
    ("sales", "voids", 2, -16_740),
    ("adjustments", "discount", 3, -21_440),
    ("receipts", "issued", 39, 2_252_360),
    ("tax_net", "VAT 15 % included", 0, 1_958_574),
    ("tax", "VAT 15 % included", 0, 293_786),
    ("payments", "card", 23, 1_448_100),
    ("payments", "cash", 17, 804_260),
    ("tips", "card", 19, 96_000),
    ("drawers", "counted", 2, 954_110),
    ("drawers", "short", 1, -150),
    ("open", "carried over", 2, 0),
]
_FOUND = tuple(Figure(section, name, count, amount, "NAD") for section, name, count, amount in _FIGURES)
_OPEN = ("A1-139", "A1-141")
_X = Report(NAME, "2026-03-06", (Part("x", _FOUND, open_orders=_OPEN),))
_Z = Report(NAME, "2026-03-06", (Part("z", _FOUND, "A1-31", "2026-03-07T00:58:00.000000Z", _OPEN),))
_INVOICE = {
    "number": "A1-12",
    "receipt_number": "A1-88",
    "issued_at": AT,
    "company": "Küstenhandel Größe GmbH",
    "address": "Am Hafen 14\n20457 Hamburg",
    "country": "DE",
    "tax_number": "DE136695976",
    "reference": "PO 4711",
    "replaces": None,
    "state": "issued",
}
_REFUND = {
    "number": "A1-R4",
    "order_number": "A1-97",
    "given_at": AT,
    "currency": "NAD",
    "amount_minor": 8_200,
    "tip_minor": 0,
    "rounding_minor": 0,
    "tender": "cash",
    "reference": None,
    "reason": "Soup came cold",
    "property": _PROPERTY,
}
_FOLIO = Folio(
    property_name=NAME,
    number="A1-F12",
    guest_name="Annegret Größe",
    room="204",
    arrival="2026-03-04",
    departure="2026-03-07",
    window="B",
    currency="NAD",
    charges=(
        Charge("2026-03-04", "Double room, bed and breakfast", 1, 145_000, "AB"),
        Charge("2026-03-04", "Dinner, receipt A1-61", 1, 41_250, "A"),
        Charge("2026-03-05", "Double room, bed and breakfast", 1, 145_000, "AB"),
        Charge("2026-03-05", "Shirt, laundered", 3, 10_500, "A"),
        Charge("2026-03-06", "Double room, bed and breakfast", 1, 145_000, "AB"),
        Charge("2026-03-06", "Laundry, rebate", 1, -3_500, "A"),
    ),
    taxes=(
        Tax("A", "VAT", 1_500, 413_752, 62_062),
        Tax("B", "Levy", 200, 371_795, 7_436),
    ),
    deposits=(Paid("2026-02-12", "card", 100_000, "003902"),),
    payments=(Paid("2026-03-06", "cash", 50_000),),
)


def _moment(paper: Paper) -> datetime:
    return paper.local(AT).astimezone(ZoneInfo(paper.zone))


def _settled(payments: list[dict[str, Any]]) -> dict[str, Any]:
    shown = [{"currency": "NAD", **payment} for payment in payments]
    return {
        "id": "01954f6c-0000-7000-8000-000000000088",
        "number": "A1-88",
        "issued_at": AT,
        "order": _ORDER,
        "payments": shown,
        "property": _PROPERTY,
    }


_ROOM = {**_ORDER, "channel": "room_service", "table": "204", "covers": 2}
_VOIDED = {**_TICKET, "lines": [{**_TICKET["lines"][0], "state": "voided", "void_reason": "guest changed their mind"}]}

TEMPLATES: Mapping[str, Callable[[Papers, Profile], Document]] = {
    "ticket": lambda papers, kind: ticket(_TICKET, papers.kitchen),
    "ticket-added": lambda papers, kind: ticket({**_TICKET, "lines": _TICKET["lines"][2:]}, papers.kitchen, added=True),
    "ticket-reprint": lambda papers, kind: marked_reprint(
        ticket(_TICKET, papers.kitchen),
        reprint_words(_AGAIN, _moment(papers.kitchen), papers.kitchen, kind="ticket", asked_by=None),
    ),
    "void": lambda papers, kind: void_slip(_VOIDED, "Rump steak 300 g", papers.kitchen, at=AT, by="Toivo"),
    "rush": lambda papers, kind: rush_slip(_TICKET, papers.kitchen, at=AT),
    "changed": lambda papers, kind: changed_slip(
        {**_TICKET, "table": "7"}, papers.kitchen, was="A1-104", at=AT, by="Selma"
    ),
    "bill": lambda papers, kind: bill({"order": _ORDER, "property": _PROPERTY}, papers.guests, at=AT),
    "receipt": lambda papers, kind: receipt(_settled(_PAYMENTS), papers.guests),
    "invoice": lambda papers, kind: invoice_document(
        {"invoice": _INVOICE, "receipt": _settled(_PAYMENTS)}, papers.guests
    ),
    "room-service": lambda papers, kind: room_service_slip({"order": _ROOM, "property": _PROPERTY}, papers.guests),
    "folio": lambda papers, kind: folio_document(_FOLIO, papers.guests, at=AT),
    "refund": lambda papers, kind: refund_slip(_REFUND, papers.guests),
    "x-report": lambda papers, kind: report_document(_X, papers.guests, at=AT, by="Selma"),
    "z-report": lambda papers, kind: report_document(_Z, papers.guests, at=AT),
    "label": lambda papers, kind: label(
        "Prawn stock", ["Use by 9 Mar", "Cold room 2"], "INV-000481", papers.guests, at=_moment(papers.guests), copies=1
    ),
    "stock-label": lambda papers, kind: stock_label(
        "Basmati rice", unit="Bag of 5 kg", par=12, code="STK-00417", paper=papers.guests
    ),
    "asset-label": lambda papers, kind: asset_label("AST-0093", "Espresso machine", owner=NAME, paper=papers.guests),
    "test-page": lambda papers, kind: page_of_proof(
        "Grill printer", "192.168.1.50:9100", kind, papers.guests, at=_moment(papers.guests)
    ),
    "not-printed": lambda papers, kind: too_long("ticket", "A1-104", papers.kitchen),
}


def sample(template: str, papers: Papers, kind: Profile) -> Document:
    """A template's document for a kind of printer; NotFound PREVIEW_NOT_FOUND."""
    if template not in TEMPLATES:
        raise NotFound("PREVIEW_NOT_FOUND", f"There are previews of {', '.join(TEMPLATES)}.", template=template)
    return TEMPLATES[template](papers, kind)


def sample_picture(template: str, papers: Papers, profile: str) -> bytes:
    """A PNG of a template as a kind of printer prints it."""
    try:
        kind = profile_named(profile)
    except LookupError as error:
        raise Invalid(
            "PROFILE_INVALID", "There is no such kind of printer. Choose one of the list.", profile=profile
        ) from error
    written = io.BytesIO()
    preview(sample(template, papers, kind), kind).save(written, "PNG")
    return written.getvalue()


def _said(**more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "head": "14 Harbour Road, Walvis Bay\nVAT 4012345-01-5",
        "foot": None,
        "logo": None,
        "left_out": [],
    }
    link = "https://dunehouse.example/feedback?r={number}"
    return {**said, "feedback_link": link, "buzzes": True, "receipt_link": False, **more}


def main(
    folder: Path, logo: Annotated[Path | None, typer.Option(help="A picture to stand on guests' paper.")] = None
) -> None:
    """Write a PNG of every template, in English on each of our kinds of printers and in German on 80 and 58 mm."""
    folder.mkdir(parents=True, exist_ok=True)
    said = _said(logo=b64encode(logo.read_bytes()).decode() if logo else None)
    written = 0
    for language, kinds in (("en", list(FAMILIES)), ("de", [THERMAL_80.name, THERMAL_58.name])):
        paper = paper_from(said, "Africa/Windhoek", language=language)
        for template in TEMPLATES:
            for kind in kinds:
                path = folder / f"{template}-{kind}-{language}.png"
                path.write_bytes(sample_picture(template, Papers(paper, paper), kind))
                written += 1
    typer.echo(f"{written} previews in {folder}")


if __name__ == "__main__":
    typer.run(main)
