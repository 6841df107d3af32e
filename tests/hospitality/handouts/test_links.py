"""A receipt's link: one for each receipt, hard to guess, told to nobody who did not ask for it."""

from hospitality.handouts.rules import is_token
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served, code_of


def test_a_receipt_has_one_link_that_no_journal_tells(served: Served, restaurant: Restaurant) -> None:
    waiter = served.person("staff")
    body = {"channel": "counter", "lines": [{"menu_item_id": restaurant.soup, "quantity": 2}]}
    orders = [waiter.post("orders", body).json()["id"] for _ in range(2)]
    assert code_of(waiter.post(f"orders/{orders[0]}/receipt-link")) == "RECEIPT_NOT_FOUND"
    assert served.node.store.counts()["receipt_links"] == 0
    for order in orders:
        waiter.post(f"orders/{order}/payments", {"tender": "cash", "amount_minor": 1800})
    first, again, other = (waiter.post(f"orders/{order}/receipt-link").json() for order in (orders[0], *orders))
    assert first == again
    assert first["number"] == "A1-1"
    address, _, token = first["url"].rpartition("/")
    assert address == "https://office.example/r"
    assert is_token(token)
    assert token != other["url"].rpartition("/")[2]
    assert code_of(served.screen("kitchen").post(f"orders/{orders[0]}/receipt-link")) == "NOT_PERMITTED"
    assert not any(token in row["data"] for row in served.node.reading().rows("SELECT data FROM journal"))
