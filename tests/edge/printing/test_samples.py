"""Every template, in each language and on each of our kinds of printers."""

from base64 import b64encode

import pytest

from devices.documents import Barcode, Document, Picture, to_json
from devices.layout import to_text
from devices.profiles import FAMILIES, THERMAL_58, THERMAL_80
from edge.printing.samples import TEMPLATES, sample, sample_picture
from tests.devices.test_profiles import logo
from tests.edge.printing.test_documents import receipt_view, sold
from web.paper.paper import Paper, Papers, paper_from
from web.paper.receipt import receipt

SAID: dict[str, object] = {
    "head": "14 Harbour Road",
    "foot": "Until next time",
    "feedback_link": "https://a.example/f?r={number}",
    "logo": None,
    "left_out": [],
    "buzzes": False,
    "receipt_link": False,
}


def paper(language: str = "en", **said: object) -> Paper:
    return paper_from({**SAID, **said}, "Africa/Windhoek", language=language)


def both(one: Paper) -> Papers:
    return Papers(one, one)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_fits_every_paper_and_can_be_drawn(template: str) -> None:
    for kind in FAMILIES.values():
        for language in ("en", "de"):
            document = sample(template, both(paper(language)), kind)
            to_json(document)
            assert all(
                len(line) <= kind.columns for line in to_text(document, kind.columns).split("\n") if "[" not in line
            )
    assert sample_picture(template, both(paper()), THERMAL_58.name).startswith(b"\x89PNG")


def test_german_paper_writes_words_and_amounts_as_germans_do() -> None:
    assert "Zu zahlen" in to_text(sample("bill", both(paper("de")), THERMAL_80), 42)
    assert "-91,24" in to_text(sample("bill", both(paper("de")), THERMAL_80), 42)


def words(document: Document) -> str:
    return to_text(document, 42)


def test_a_receipt_says_what_the_property_wants_and_leaves_out_what_it_does_not() -> None:
    view = receipt_view(sold("Soup", 7_500, options=[{"name": "Bread", "quantity": 1}]))
    whole = words(receipt(view, paper()))
    for part in (
        "14 Harbour Road",
        "Until next time",
        "[QR https://a.example/f?r=A1-88]",
        "Bread",
        "Served by",
        "gross",
    ):
        assert part in whole
    hidden = ["head", "foot", "code", "options", "served_by", "tax_table", "guests"]
    left = words(receipt(view, paper(left_out=hidden)))
    for part in ("Harbour", "next time", "[QR", "Bread", "Served by", "gross", "guests"):
        assert part not in left
    assert "Total" in left
    assert "Levy 2.5 %" in left


def test_a_logo_stands_on_top_and_one_that_can_not_be_drawn_holds_up_nothing() -> None:
    view = receipt_view(sold("Soup", 7_500))
    good = receipt(view, paper(logo=b64encode(logo()).decode()))
    assert isinstance(good.elements[0], Picture)
    bad = receipt(view, paper(logo=b64encode(b"\x89PNG\r\n\x1a\nnothing").decode()))
    assert not [element for element in bad.elements if isinstance(element, Picture)]


def test_a_copy_says_why_in_the_words_of_its_readers_under_a_mark_that_is_the_same_everywhere() -> None:
    english, german = (to_text(sample("ticket-reprint", both(paper(said)), THERMAL_58), 32) for said in ("en", "de"))
    assert [line.strip() for line in german.splitlines()[:4]] == [
        "REPRINT",
        "2. Ausdruck, 06.03.2026, 20:42",
        "weil das Papier zu Ende war",
        "Das ist vielleicht schon da.",
    ]
    assert "Copy 2, Fri 6 Mar, 20:42" in english


def test_labels_say_whose_and_how_many_and_hold_what_is_scanned() -> None:
    shelf = to_text(sample("stock-label", both(paper("de")), THERMAL_58), 32)
    assert [line.strip() for line in shelf.splitlines()[:3]] == ["Basmati rice", "Bag of 5 kg", "Sollbestand 12"]
    assert Barcode("STK-00417") in sample("stock-label", both(paper()), THERMAL_58).elements
    thing = to_text(sample("asset-label", both(paper()), THERMAL_80), 42)
    for part in ("Property of Dune House", "AST-0093", "Espresso machine", "[QR AST-0093]"):
        assert part in thing
