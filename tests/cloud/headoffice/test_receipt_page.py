"""A guest's receipt behind its link: whole, without names, on its way until it has come."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from cloud.headoffice.throttle import Throttle
from hospitality.ground.ids import new_id
from hospitality.handouts.rules import token_from
from tests.cloud.headoffice import evenings
from tests.cloud_fixture import HeadOffice

HEADERS = {
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
TOKEN = token_from(bytes(range(16)))


@pytest.fixture
def linked(on_friday: HeadOffice) -> HeadOffice:
    """A settled order of whom somebody took the order, whose receipt has a link."""
    there = on_friday.add_property("Harbour House", zone=evenings.ZONE)
    on_friday.open_day(there)
    waiter = new_id()
    person = {"id": waiter, "display_name": "Selma Nangolo", "role": "staff", "active": True}
    rows = on_friday.order(there, [("Burger", 2, 9500), ("Tart", 1, 6200)], paid="card", opened_by=waiter)
    rows = [(table, {"id": new_id(), **values}) for table, values in rows]
    (receipt,) = [values for table, values in rows if table == "receipts"]
    link = {"receipt_id": receipt["id"], "order_id": receipt["order_id"], "token": TOKEN}
    on_friday.push(there, [("people", person), *rows, ("receipt_links", {**link, "made_at": receipt["issued_at"]})])
    return on_friday


def test_whoever_has_the_link_sees_the_receipt_and_nobody_elses_name(linked: HeadOffice) -> None:
    with linked.client() as guest:
        page = guest.get(f"/r/{TOKEN}")
        assert page.status_code == 200
        told = " ".join(re.sub("<[^>]+>", " ", page.text).split())
        for words in ("Harbour House", "2 Burger 190.00", "1 Tart 62.00", "Total 252.00 NAD"):
            assert words in told
        assert "Selma" not in page.text
        made = guest.get(f"/r/{TOKEN}/pdf")
        text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(made.content)).pages)
        assert "2 Burger 190.00" in text
        assert "Selma" not in text
        assert guest.get(f"/r/{TOKEN}/logo").status_code == 404
        for answer in (page, made):
            assert HEADERS.items() <= dict(answer.headers).items()


def test_a_receipt_that_has_not_come_is_on_its_way(linked: HeadOffice) -> None:
    with linked.client() as guest:
        for unknown in (token_from(bytes(16)), "x", f"{TOKEN}0"):
            page = guest.get(f"/r/{unknown}", headers={"Accept-Language": "de"})
            assert page.status_code == 404
            assert "Ihr Beleg ist unterwegs" in page.text
            assert 'http-equiv="refresh"' in page.text
            assert "Harbour" not in page.text
            assert guest.get(f"/r/{unknown}/pdf").headers["content-type"].startswith("text/html")


def test_links_are_not_guessed_by_the_thousand(linked: HeadOffice) -> None:
    linked.app.state.office = replace(linked.app.state.office, guests_tries=Throttle(3, 3600))
    with linked.client() as guest:
        answers = [guest.get(f"/r/{token_from(bytes([n] * 16))}").status_code for n in range(4)]
        assert answers == [404, 404, 404, 429]
        refused = guest.get(f"/r/{TOKEN}")
        assert int(refused.headers["retry-after"]) > 3000
        assert "Burger" not in refused.text
