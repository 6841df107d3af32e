"""A receipt issued to a company: numbered, printed whole, corrected by another; the receipt stays as it was."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from stdnum.eu import vat

from hospitality.checks.reading import receipt_view
from hospitality.checks.service.receipts import reopen
from hospitality.days.reading import numbers_view
from hospitality.ground.errors import Invalid, Refused
from hospitality.invoices.api import InvoiceShape
from hospitality.invoices.reading import invoices_of
from hospitality.invoices.rules import NewInvoice, checked
from hospitality.invoices.service import cancel_invoice, correct_invoice, issue_invoice
from tests.hospitality.days.test_drawers import sold
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of

TO = NewInvoice("Küstenhandel GmbH", "Am Hafen 14\n20457 Hamburg", "DE 136 695 976", "DE", "PO 4711")


def settled_order(restaurant: Restaurant) -> str:
    """A soup that was paid for: the order's id."""
    sold(restaurant, restaurant.node)
    return str(restaurant.node.reading().value("SELECT order_id FROM receipts ORDER BY issued_at DESC"))


def refused(restaurant: Restaurant, verb: Any, *args: Any, **kwargs: Any) -> str:
    """The code with which a verb is refused; nothing was written."""
    before = restaurant.node.store.counts()
    with pytest.raises(Refused) as found:
        restaurant.node.act(verb, *args, **kwargs)
    assert restaurant.node.store.counts() == before
    return found.value.code


def test_an_invoice_is_corrected_by_another_and_the_receipt_never_changes(restaurant: Restaurant) -> None:
    node, order_id = restaurant.node, settled_order(restaurant)
    receipt = node.read(receipt_view, order_id)
    first = node.act(issue_invoice, order_id, TO)
    assert (first["number"], first["receipt_number"], first["tax_number"]) == ("A1-1", "A1-1", "DE136695976")
    assert refused(restaurant, issue_invoice, order_id, TO) == "INVOICE_STANDS"
    assert refused(restaurant, correct_invoice, first["id"], TO, reason=" ") == "REASON_MISSING"
    waiter = node.as_("payments.take")
    with pytest.raises(Refused) as found:
        waiter.act(cancel_invoice, first["id"], reason="name")
    assert (found.value.code, found.value.details["record_id"]) == ("APPROVAL_NEEDED", first["id"])
    node.later(minutes=1)
    second = node.act(correct_invoice, first["id"], replace(TO, company="Küstenhandel AG"), reason="name")
    assert (second["number"], second["replaces"], second["company"]) == ("A1-2", "A1-1", "Küstenhandel AG")
    assert refused(restaurant, cancel_invoice, first["id"], reason="twice") == "INVOICE_CANCELLED"
    assert [one["state"] for one in node.read(invoices_of, order_id)["items"]] == ["cancelled", "issued"]
    assert node.read(receipt_view, order_id) == receipt
    given = [one for one in node.read(numbers_view, "2026-03-01")["items"] if one["series"] == "invoice"]
    assert [(one["first"], one["last"], one["missing"]) for one in given] == [("A1-1", "A1-2", [])]
    told = " ".join(row["data"] for row in node.reading().rows("SELECT data FROM journal"))
    assert "hafen" not in told.lower()
    node.act(reopen, order_id, reason="one more soup")
    assert node.read(invoices_of, order_id)["items"][-1]["state"] == "withdrawn"


def test_an_order_without_a_receipt_has_no_invoice_and_one_is_shown_whole(
    served: Served, restaurant: Restaurant
) -> None:
    waiter = served.person("staff")
    body = {"channel": "counter", "lines": [{"menu_item_id": restaurant.soup, "quantity": 2}]}
    order = waiter.post("orders", body).json()["id"]
    to = {"company": TO.company, "address": TO.address, "tax_number": TO.tax_number, "country": "DE"}
    assert code_of(waiter.post(f"orders/{order}/invoices", to)) == "RECEIPT_NOT_FOUND"
    waiter.post(f"orders/{order}/payments", {"tender": "cash", "amount_minor": 1800})
    assert code_of(waiter.post(f"orders/{order}/invoices", {**to, "tax_number": "12"})) == "TAX_NUMBER_INVALID"
    made = waiter.post(f"orders/{order}/invoices", to, key="k").json()
    assert InvoiceShape.model_validate(made).state == "issued"
    assert waiter.post(f"orders/{order}/invoices", to, key="k").json() == made
    assert waiter.get(f"invoices/{made['id']}").json() == made
    (page,) = PdfReader(BytesIO(waiter.get(f"invoices/{made['id']}/pdf").content)).pages
    text = page.extract_text()
    for words in (
        "Invoice A1-1",
        "For receipt A1-1",
        *TO.address.split("\n"),
        "DE136695976",
        "2 Soup 18.00",
        "Cash 18.00",
    ):
        assert words in text
    assert "Soup 18.00" in PdfReader(BytesIO(waiter.get(f"orders/{order}/receipt/pdf").content)).pages[0].extract_text()
    manager = served.person("service_manager")
    assert manager.post(f"invoices/{made['id']}/cancel", {"reason": "wrong firm"}).json()["state"] == "cancelled"
    assert "CANCELLED" in PdfReader(BytesIO(waiter.get(f"invoices/{made['id']}/pdf").content)).pages[0].extract_text()


@settings(max_examples=60, deadline=timedelta(seconds=2))
@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.sampled_from(["", "DE", "de ", "DE-"]))
def test_a_vat_number_of_the_union_is_kept_as_its_country_writes_it(digits: str, prefix: str) -> None:
    new = replace(TO, tax_number=f"{prefix}{digits[:3]} {digits[3:]}")
    if vat.is_valid(f"DE{digits}"):
        assert checked(new).tax_number == f"DE{digits}"
    else:
        with pytest.raises(Invalid) as found:
            checked(new)
        assert found.value.code == "TAX_NUMBER_INVALID"
    for country in (None, "NA"):
        assert checked(replace(new, country=country)).tax_number == new.tax_number.strip()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"company": " "}, "NAME_INVALID"),
        ({"address": "\n"}, "ADDRESS_INVALID"),
        ({"address": "x\n" * 7}, "ADDRESS_INVALID"),
        ({"country": "Germany"}, "COUNTRY_INVALID"),
        ({"country": "AT"}, "TAX_NUMBER_INVALID"),
        ({"reference": "x" * 81}, "TEXT_TOO_LONG"),
    ],
)
def test_what_an_invoice_can_not_name_is_refused(change: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as found:
        checked(replace(TO, **change))
    assert found.value.code == code
