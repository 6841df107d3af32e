"""Whatever is done to a stored sale is found out (R3)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hospitality.checks.service import pay
from hospitality.days.verifying import Chain, Series, Verified, verified
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from tests.hospitality.node import Node, Restaurant


def sell(restaurant: Restaurant) -> dict[str, Any]:
    """A soup that is paid."""
    node = restaurant.node
    order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    return node.act(pay, order["id"], NewPayment("cash", 900))


def evening(restaurant: Restaurant) -> list[dict[str, Any]]:
    """Three sales, one of them given back, and one more in the database's next life."""
    sold = [sell(restaurant) for _ in range(3)]
    restaurant.node.act(refund_payment, sold[1]["payment"]["id"], NewRefund(900, "cold"))
    of = restaurant.node
    restaurant.node = replace(of, place=replace(of.place, incarnation=2), head=type(of.head)())
    return [*sold, sell(restaurant)]


def check(node: Node, statement: str = "") -> Verified:
    """What is found after somebody who has the database did this to it."""
    if statement:
        with node.store.transaction() as connection:
            connection.execute(statement)
    return node.read(verified)


def test_an_evening_as_it_was_written_is_whole_over_both_lives_of_its_node(restaurant: Restaurant) -> None:
    evening(restaurant)
    found = check(restaurant.node)
    assert (found.whole, found.wrong) == (True, [])
    assert [(chain.incarnation, chain.broken) for chain in found.chains if chain.node == 1] == [(1, None), (2, None)]
    assert sum(chain.entries for chain in found.chains) == restaurant.node.store.count("journal")
    one = str(restaurant.node.caller.property_id)
    assert found.series == [
        Series(one, "receipt", "A1-3"),
        Series(one, "receipt", "A2-1"),
        Series(one, "refund", "A1-1"),
    ]


DONE: dict[str, tuple[str, Callable[[Verified], bool]]] = {
    "a sale is made smaller": (
        "UPDATE receipts SET total_minor = 100 WHERE number = 'A1-2'",
        lambda found: found.wrong == ["receipts: total_minor of A1-2 is 100, and was 900"],
    ),
    "a sale is deleted": (
        "DELETE FROM receipts WHERE number = 'A1-2'",
        lambda found: found.wrong == ["receipts: A1-2 is missing"] and found.series[0].missing == ("A1-2",),
    ),
    "a sale is put in": (
        "UPDATE receipts SET id = '0198a000-0000-7000-8000-00000000dead' WHERE number = 'A1-2'",
        lambda found: "receipts: no entry of the journal tells of 0198a000-0000-7000-8000-00000000dead" in found.wrong,
    ),
    "a number is given twice": (
        "UPDATE receipts SET number = 'A1-3' WHERE number = 'A1-2'",
        lambda found: (found.series[0].doubled, found.series[0].missing) == (("A1-3",), ("A1-2",)),
    ),
    "what is said of a sale is altered": (
        "UPDATE journal SET data = replace(data, '900', '100') WHERE kind = 'payments.payment_taken' AND incarnation = 1",
        lambda found: [_where(chain) for chain in found.chains if chain.broken] == [(1, 1)] and len(found.wrong) == 3,
    ),
    "what is said of a sale is taken out": (
        "DELETE FROM journal WHERE kind = 'payments.order_settled' AND incarnation = 1",
        lambda found: (
            sum(one.startswith("receipts: no entry") for one in found.wrong) == 3
            and [_where(chain) for chain in found.chains if chain.broken] == [(1, 1)]
        ),
    ),
    "the end of a chain is cut off": (
        "DELETE FROM journal WHERE kind LIKE 'payments.%' AND incarnation = 2",
        lambda found: [one.split()[0] for one in found.wrong] == ["receipts:", "payments:"],
    ),
}


def _where(chain: Chain) -> tuple[int, int]:
    return chain.node, chain.incarnation


@pytest.mark.parametrize("what", DONE)
def test_what_is_done_to_a_stored_sale_is_found(restaurant: Restaurant, what: str) -> None:
    evening(restaurant)
    statement, is_found = DONE[what]
    found = check(restaurant.node, statement)
    assert not found.whole
    assert is_found(found), found
