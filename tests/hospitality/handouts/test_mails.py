"""A receipt or an invoice by mail: asked for at the property, to an address that can hold nothing else."""

from email.headerregistry import Address

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hospitality.ground.errors import Invalid
from hospitality.ground.texts import kept_mail_address
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of

COMPANY = {"company": "Dune Tours", "address": "1 Main Road", "tax_number": "12345"}


def test_a_mail_is_a_fact_whose_address_no_journal_tells_and_a_second_is_meant(
    served: Served, restaurant: Restaurant
) -> None:
    waiter = served.person("owner")
    order = waiter.post("orders", {"channel": "counter", "lines": [{"menu_item_id": restaurant.soup, "quantity": 2}]})
    mails, to = f"orders/{order.json()['id']}/mails", {"address": " guest@example.com"}
    assert code_of(waiter.post(mails, to)) == "RECEIPT_NOT_FOUND"
    waiter.post(f"orders/{order.json()['id']}/payments", {"tender": "cash", "amount_minor": 1800})
    kitchen = served.screen("kitchen")
    before = served.node.store.counts()
    for wrong in ("guest@example.com\nBcc: others@example.com", "guest@example.com\r\n", "guest", ""):
        assert code_of(waiter.post(mails, {"address": wrong})) == "EMAIL_INVALID"
    assert code_of(waiter.post(mails, {**to, "language": "German"})) == "LANGUAGE_INVALID"
    assert code_of(kitchen.post(mails, to)) == "NOT_PERMITTED"
    assert served.node.store.counts() == before
    first = waiter.post(mails, to, key="press")
    assert first.json() == waiter.post(mails, to, key="press").json()
    assert (first.json()["address"], first.json()["state"]) == ("g…@example.com", "waiting")
    again = waiter.post(mails, to)
    assert code_of(again) == "MAILED_ALREADY"
    named = {"again_of": again.json()["error"]["details"]["mail_id"]}
    assert named == {"again_of": first.json()["id"]}
    second = waiter.post(mails, to | named)
    assert second.status_code == 201
    assert code_of(waiter.post(mails, to | named)) == "MAILED_ALREADY", "it names one that is not the newest"
    invoice = waiter.post(f"orders/{order.json()['id']}/invoices", COMPANY).json()
    third = waiter.post(f"invoices/{invoice['id']}/mails", to).json()
    assert third["invoice_number"] == invoice["number"]
    shown = waiter.get(mails).json()["items"]
    assert shown == [first.json(), second.json(), third]
    for n in range(7):
        assert waiter.post(mails, {"address": f"guest{n}@example.com"}).status_code == 201
    assert code_of(waiter.post(mails, {"address": "one.more@example.com"})) == "MAILS_TOO_MANY"
    kept = served.node.reading().rows("SELECT address, language FROM receipt_mails WHERE again_of IS NOT NULL")
    assert [tuple(row.values()) for row in map(dict, kept)] == [("guest@example.com", "en")]
    told = "".join(row["data"] for row in served.node.reading().rows("SELECT data FROM journal"))
    assert "mail_id" in told
    assert "@" not in told


@settings(max_examples=60)
@given(st.text(st.sampled_from('ab.@-+\r\n\t ,;:<>"\\é\x00'), max_size=24))
@example("a@b.example\nBcc: c@d.example")
def test_what_is_kept_as_an_address_is_one_address_and_nothing_else(text: str) -> None:
    try:
        kept = kept_mail_address(text)
    except Invalid:
        return
    assert kept == text.strip(" ")
    assert Address(addr_spec=kept).addr_spec == kept
    assert set(kept) <= set(map(chr, range(33, 127)))


@pytest.mark.parametrize("plain", ["a@b.example", "o'neil+till@sub-domain.example.com", f"{'x' * 64}@example.com"])
def test_plain_addresses_are_kept(plain: str) -> None:
    assert kept_mail_address(f" {plain} ") == plain
