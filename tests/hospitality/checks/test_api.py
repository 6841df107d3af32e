"""A table's evening over HTTP, and what the API says of itself."""

from typing import Any

import pytest
from pydantic import BaseModel

from hospitality.checks.api import Orders, Paid, Receipt
from hospitality.ground.ids import new_id
from hospitality.kitchen.api import Tickets, TicketShape
from hospitality.orders.api import OrderShape
from hospitality.payments.api import Payments
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Face, Served, application, code_of, other_property


def agrees(body: Any, shape: type[BaseModel]) -> None:
    """Asserts that an answer has exactly the documented form."""
    assert shape.model_validate(body).model_dump() == body


def soup(restaurant: Restaurant, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A line of soup."""
    return {"menu_item_id": restaurant.soup, "quantity": quantity, **more}


def placed(face: Face, restaurant: Restaurant, *lines: dict[str, Any]) -> dict[str, Any]:
    """An order of these lines, or of one soup."""
    response = face.post("orders", {"channel": "dine_in", "table": "4", "lines": list(lines) or [soup(restaurant)]})
    assert response.status_code == 201
    body: dict[str, Any] = response.json()
    return body


def test_a_tables_evening(served: Served, restaurant: Restaurant) -> None:
    waiter, screen, manager = served.person("staff"), served.screen("kitchen"), served.person("service_manager")
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    steak = {"menu_item_id": restaurant.steak, "quantity": 1, "options": [{"option_id": pepper}], "seat": 1}
    order = placed(waiter, restaurant, steak, soup(restaurant, 2))
    agrees(order, OrderShape)
    tickets = screen.get("tickets", station_id=restaurant.kitchen).json()
    agrees(tickets, Tickets)
    assert tickets["position"] == str(served.node.store.count("journal"))
    ticket = tickets["items"][0]
    for step, state in [
        ("start", "in_preparation"),
        ("bump", "ready"),
        ("recall", "in_preparation"),
        ("bump", "ready"),
    ]:
        moved = screen.post(f"tickets/{ticket['id']}/{step}")
        assert (moved.status_code, moved.json()["state"]) == (201, state)
        agrees(moved.json(), TicketShape)
    assert screen.get("tickets").json()["items"] == []
    assert [done["id"] for done in screen.get("tickets", state="done").json()["items"]] == [ticket["id"]]
    order = waiter.post(f"orders/{order['id']}/lines", {"lines": [soup(restaurant, note="for the child")]}).json()
    assert [line["kitchen_state"] for line in order["lines"]] == ["ready", "ready", "placed"]
    order = manager.post(f"orders/{order['id']}/lines/{order['lines'][2]['id']}/void", {"reason": "asleep"}).json()
    assert (order["kitchen_state"], order["due_minor"]) == ("ready", 2500 + 1800)
    screen.post(f"tickets/{ticket['id']}/serve")
    part = waiter.post(f"orders/{order['id']}/payments", {"tender": "card", "amount_minor": 300, "reference": "T1-9"})
    agrees(part.json(), Paid)
    rest = waiter.post(
        f"orders/{order['id']}/payments", {"tender": "cash", "amount_minor": 4000, "tendered_minor": 5000}
    )
    agrees(rest.json(), Paid)
    assert rest.json()["payment"]["change_minor"] == 1000
    assert rest.json()["order"]["payment_state"] == "settled"
    receipt = waiter.get(f"orders/{order['id']}/receipt").json()
    agrees(receipt, Receipt)
    assert receipt["number"] == rest.json()["receipt"]["number"]
    assert waiter.get(f"orders/{order['id']}").json() == rest.json()["order"] == receipt["order"]
    page = waiter.get("orders", state="settled").json()
    agrees(page, Orders)
    assert [found["id"] for found in page["items"]] == [order["id"]]
    paid = waiter.get("payments").json()
    agrees(paid, Payments)
    assert [found["amount_minor"] for found in paid["items"]] == [4000, 300]
    assert waiter.get("orders", state="open").json() == {"items": [], "next_cursor": None}
    assert waiter.get("").json()["name"] == "Dune House"


def test_a_settled_order_is_opened_again_with_a_managers_pin(served: Served, restaurant: Restaurant) -> None:
    waiter, manager = served.person("staff"), served.person("service_manager")
    order = waiter.post("orders", {"channel": "counter", "lines": [soup(restaurant)]}).json()
    waiter.post(f"orders/{order['id']}/payments", {"tender": "cash", "amount_minor": 900})
    path, why = f"orders/{order['id']}/reopen", {"reason": "forgot a beer"}
    refused = waiter.post(path, why)
    assert (refused.status_code, code_of(refused)) == (403, "APPROVAL_NEEDED")
    details = refused.json()["error"]["details"]
    assert details == {"action": "orders.reopen", "record_id": order["id"], "value": None}
    opened = manager.post(path, why)
    assert opened.status_code == 201, opened.text
    agrees(opened.json(), OrderShape)
    assert (opened.json()["payment_state"], opened.json()["withdrawn_receipts"][0]["cause"]) == ("open", "reopened")
    assert code_of(manager.post(path, why)) == "ORDER_NOT_SETTLED"
    assert code_of(waiter.get(f"orders/{order['id']}/receipt")) == "RECEIPT_NOT_FOUND"
    assert waiter.get("orders", state="overpaid").json() == {"items": [], "next_cursor": None}


def test_an_order_that_is_repeated_with_its_key_is_one_order(served: Served, restaurant: Restaurant) -> None:
    waiter = served.person("staff")
    body = {"channel": "counter", "lines": [soup(restaurant)]}
    answers = [waiter.post("orders", body, key="k-1") for _ in range(5)]
    assert all(answer.json() == answers[0].json() and answer.status_code == 201 for answer in answers)
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None] + ["true"] * 4
    assert (served.node.store.count("orders"), len(served.node.journal("orders."))) == (1, 1)
    other = waiter.post("orders", {**body, "table": "5"}, key="k-1")
    assert (other.status_code, code_of(other)) == (409, "IDEMPOTENCY_KEY_REUSED")
    pay = {"tender": "cash", "amount_minor": 900}
    path = f"orders/{answers[0].json()['id']}/payments"
    assert waiter.post(path, pay, key="k-2").json() == waiter.post(path, pay, key="k-2").json()
    assert served.node.store.count("payments") == 1


def test_every_refusal_has_its_status_and_code(served: Served, restaurant: Restaurant) -> None:
    waiter, manager = served.person("staff"), served.person("service_manager")
    till, screen = served.screen(), served.screen("kitchen")
    order, paid = placed(waiter, restaurant), placed(waiter, restaurant)
    waiter.post(f"orders/{paid['id']}/payments", {"tender": "cash", "amount_minor": 900})
    line, cash = order["lines"][0]["id"], {"tender": "cash", "amount_minor": 1}
    ticket = order["lines"][0]["ticket_id"]
    before = served.node.store.counts()
    for response, status, code in [
        (till.post("orders", {"channel": "counter", "lines": [soup(restaurant)]}), 403, "NOT_PERMITTED"),
        (served.nobody().post("orders", {"channel": "counter", "lines": [soup(restaurant)]}), 401, "SIGN_IN_NEEDED"),
        (waiter.post("orders", {"channel": "counter", "lines": []}), 422, "LINES_INVALID"),
        (waiter.post("orders", {"channel": "drive_in", "lines": [soup(restaurant)]}), 422, "INVALID_INPUT"),
        (waiter.post("orders", {"channel": "counter", "lines": [soup(restaurant, 1, nte="x")]}), 422, "INVALID_INPUT"),
        (waiter.post("orders", {"channel": "counter", "lines": [soup(restaurant, 0)]}), 422, "QUANTITY_INVALID"),
        (waiter.post("orders", {"channel": "counter", "lines": [soup(restaurant, 10**30)]}), 422, "QUANTITY_INVALID"),
        (
            waiter.post("orders", {"channel": "counter", "lines": [{"menu_item_id": new_id(), "quantity": 1}]}),
            409,
            "UNKNOWN_ITEM",
        ),
        (
            waiter.post("orders", {"channel": "counter", "lines": [soup(restaurant, unit_price_minor=1)]}),
            403,
            "APPROVAL_NEEDED",
        ),
        (waiter.post(f"orders/{order['id']}/lines/{line}/void", {"reason": "x"}), 403, "APPROVAL_NEEDED"),
        (manager.post(f"orders/{order['id']}/lines/{line}/void", {"reason": ""}), 422, "REASON_MISSING"),
        (manager.post(f"orders/{order['id']}/lines/{new_id()}/void", {"reason": "x"}), 404, "ORDER_LINE_NOT_FOUND"),
        (manager.post(f"orders/{paid['id']}/lines", {"lines": [soup(restaurant)]}), 409, "ORDER_SETTLED"),
        (waiter.post(f"orders/{order['id']}/payments", {**cash, "amount_minor": 901}), 409, "PAYMENT_OVER_DUE"),
        (waiter.post(f"orders/{order['id']}/payments", {**cash, "tender": "card"}), 422, "REFERENCE_MISSING"),
        (waiter.post(f"orders/{order['id']}/payments", {**cash, "tender": "shells"}), 422, "INVALID_INPUT"),
        (screen.post(f"orders/{order['id']}/payments", cash), 403, "NOT_PERMITTED"),
        (till.post(f"tickets/{ticket}/bump"), 403, "NOT_PERMITTED"),
        (waiter.post(f"tickets/{new_id()}/bump"), 404, "TICKET_NOT_FOUND"),
        (waiter.post(f"tickets/{ticket}/burn"), 422, "INVALID_INPUT"),
        (waiter.get(f"orders/{new_id()}"), 404, "ORDER_NOT_FOUND"),
        (waiter.get("orders/17"), 422, "INVALID_INPUT"),
        (waiter.get(f"orders/{order['id']}/receipt"), 404, "RECEIPT_NOT_FOUND"),
        (waiter.get("orders", state="lost"), 422, "INVALID_INPUT"),
        (waiter.get("orders", cursor="2026-03-01"), 422, "CURSOR_INVALID"),
        (waiter.get("tickets", station_id="bar"), 422, "INVALID_INPUT"),
        (waiter.get(f"{other_property(served.prefix)}/orders"), 403, "OTHER_PROPERTY"),
    ]:
        assert (response.status_code, code_of(response)) == (status, code)
    assert served.node.store.counts() == before


@pytest.mark.parametrize("path", ["orders", "tickets", "payments", "people", f"orders/{new_id()}"])
def test_a_room_tablet_sees_nothing_of_others(served: Served, path: str) -> None:
    refused = served.screen("room").get(path)
    assert (refused.status_code, code_of(refused)) == (403, "NOT_PERMITTED")


def test_the_api_documents_every_answer_and_error(served: Served) -> None:
    described = application(served.node).openapi()
    operations = [found for path in described["paths"].values() for found in path.values()]
    assert len(operations) > 50
    for found in operations:
        success = next(status for status in found["responses"] if status in ("200", "201"))
        content = found["responses"][success]["content"]
        is_file = set(content) in ({"application/pdf"}, {"image/webp"}, {"text/plain"})
        assert is_file or "$ref" in content["application/json"]["schema"]
        assert found["responses"]["4XX"]["content"]["application/json"]["schema"]["$ref"].endswith("ErrorEnvelope")
        assert found["description"]
