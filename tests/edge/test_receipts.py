"""The node looks after receipts by what other nodes did, on a thread of its own, and keeps its place."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from edge.host import EdgeHost
from edge.receipts import Receipts, find_place
from hospitality.checks.reading import order_view
from hospitality.checks.service import pay
from hospitality.ground.clock import instant_text
from hospitality.ground.ids import new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment
from tests.edge.node_fixture import SOUP, act, ask, node, seed

WAIT_SECONDS_MAX = 20.0


def wait_until(condition: Callable[[], object]) -> None:
    """Waits for something to become true, with a bound."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.01)


def paid(host: EdgeHost) -> dict[str, Any]:
    """An order that was paid here."""
    placed = act(host, place_order, NewOrder("counter", (NewLine(SOUP, 1),)))
    order: dict[str, Any] = act(host, pay, placed["id"], NewPayment("cash", placed["due_minor"]))["order"]
    return order


def paid_at_another_node(host: EdgeHost, order: dict[str, Any], number: str) -> None:
    """What sync brings of another node that took the order's payment too."""
    at, day = instant_text(host.now()), order["business_date"]
    taxes = msgspec.json.encode(order["taxes"]).decode()
    receipt = {"id": new_id(), "order_id": order["id"], "number": number, "total_minor": order["total_minor"]}
    entry = {"id": new_id(), "node": 2, "incarnation": 1, "number": 1, "kind": "payments.order_settled", "at": at}
    seed(
        host,
        (
            "payments",
            {
                "id": new_id(),
                "order_id": order["id"],
                "tender": "card",
                "amount_minor": order["total_minor"],
                "change_minor": 0,
                "currency": "NAD",
                "reference": number,
                "taken_at": at,
                "business_date": day,
            },
        ),
        ("receipts", {**receipt, "currency": "NAD", "taxes": taxes, "issued_at": at, "business_date": day}),
        (
            "journal",
            {
                **entry,
                "business_date": day,
                "data": msgspec.json.encode({"order_id": order["id"]}).decode(),
                **dict.fromkeys(("previous_hash", "hash"), "0" * 64),
            },
        ),
    )


def causes(host: EdgeHost, order: dict[str, Any]) -> list[str]:
    """Why receipts of an order were withdrawn."""
    return [one["cause"] for one in ask(host, order_view, order["id"])["withdrawn_receipts"]]


def test_what_came_is_looked_at_once_all_is_here_and_never_again(tmp_path: Path) -> None:
    caught_up: list[bool] = []
    with node(tmp_path) as host:
        first, second = paid(host), paid(host)
        receipts = Receipts(host, caught_up=lambda: bool(caught_up))
        receipts.start()
        try:
            paid_at_another_node(host, first, "B1-1")
            receipts.nudge()
            assert causes(host, first) == [], "more may be on its way"
            caught_up.append(True)
            receipts.nudge()
            wait_until(lambda: causes(host, first) == ["settled_twice"])
            paid_at_another_node(host, second, "B1-2")
            receipts.nudge()
            wait_until(lambda: causes(host, second) == ["settled_twice"])
        finally:
            receipts.stop()
        assert ask(host, order_view, first["id"])["surplus_minor"] == first["total_minor"]
    with node(tmp_path) as host:
        place = ask(host, find_place)
        assert place > 0
        again = Receipts(host, caught_up=lambda: True)
        assert not again.step()
        assert ask(host, lambda reading: reading.value("SELECT count(*) FROM receipt_withdrawals")) == 2
        assert ask(host, find_place) == place, "what is looked at again brings nothing to keep"
