"""The quick way of an order's route and FastAPI's usual one: whatever is sent, both say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import msgspec
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from hospitality.ground import quick_route
from hospitality.ground.http import serve_routes
from hospitality.orders.api import NewOrderShape, new_order, router
from tests.hospitality.node import Restaurant
from tests.hospitality.served import Served

JSON = "application/json"


@dataclass
class Till:
    """Somebody who posts orders as they like them."""

    served: Served
    token: str

    def post(self, body: bytes, kind: str = JSON, place: str = "", **headers: str) -> httpx2.Response:
        """Posts a body of that content type, to this property or to another place."""
        path = f"/api/v1/properties/{place}/orders" if place else f"{self.served.prefix}/orders"
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.served.client.post(path, content=body, headers={"Content-Type": kind, **own, **named})


@pytest.fixture
def till(served: Served) -> Till:
    """The owner's."""
    return Till(served, served.person().token)


@pytest.fixture(params=["quick", "usual"])
def either(request: pytest.FixtureRequest, till: Till, monkeypatch: pytest.MonkeyPatch) -> Till:
    """The same, with the quick way open or closed."""
    if request.param == "usual":
        monkeypatch.setattr(quick_route, "BODY_BYTES_MAX", -1)
    return till


@pytest.fixture
def soup(restaurant: Restaurant) -> bytes:
    """An order for one soup."""
    return order(restaurant.soup, 1)


def order(item: str, quantity: Any) -> bytes:
    """An order at the counter."""
    return msgspec.json.encode({"channel": "counter", "lines": [{"menu_item_id": item, "quantity": quantity}]})


def test_orders_are_taken_by_the_quick_way() -> None:
    (route,) = (each for each in router.routes if isinstance(each, APIRoute) and each.endpoint is new_order)
    assert isinstance(route, quick_route.QuickRoute)
    assert quick_route._body_shape(new_order) is NewOrderShape


def test_an_endpoint_that_asks_for_more_is_served_the_usual_way() -> None:
    async def other(request: Any, property_id: str) -> None:
        raise AssertionError

    assert quick_route._body_shape(other) is None


WRONG: Mapping[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "null": b"null",
    "a number too many": b'{"channel":"counter","lines":[],"x":1}',
    "an unknown channel": b'{"channel":"boat","lines":[]}',
    "no lines": b'{"channel":"counter"}',
    "a malformed id": b'{"channel":"counter","lines":[{"menu_item_id":"soup","quantity":1}]}',
    "half a soup": b'{"channel":"counter","lines":[{"menu_item_id":"%b","quantity":0.5}]}',
    "a quantity as text": b'{"channel":"counter","lines":[{"menu_item_id":"%b","quantity":"many"}]}',
    "no number at all": b'{"channel":"counter","lines":[{"menu_item_id":"%b","quantity":NaN}]}',
    "half a character": b'{"channel":"counter","note":"\\ud800","lines":[]}',
    "an empty order": b'{"channel":"counter","lines":[]}',
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_body_is_refused_in_the_same_words(
    till: Till, restaurant: Restaurant, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = WRONG[what].replace(b"%b", restaurant.soup.encode())
    quick = till.post(body)
    monkeypatch.setattr(quick_route, "BODY_BYTES_MAX", -1)
    usual = till.post(body)
    assert (quick.status_code, quick.json()) == (usual.status_code, usual.json())
    assert quick.status_code in (400, 422)


def test_an_order_is_taken(either: Till, restaurant: Restaurant) -> None:
    answer = either.post(order(restaurant.soup, "2"))
    assert (answer.status_code, answer.json()["total_minor"]) == (201, 1800)


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_what_is_not_called_json_is_refused(either: Till, soup: bytes, kind: str) -> None:
    assert either.post(soup, kind).status_code == 422


def test_nobody_orders_without_a_token_elsewhere_or_at_a_malformed_place(either: Till, soup: bytes) -> None:
    assert either.post(soup, place="nowhere").status_code == 422
    assert either.post(soup, place="0198a000-0000-7000-8000-000000000001").status_code == 403
    either.token = ""
    assert either.post(soup).status_code == 401
    assert either.post(b"[]").status_code == 401, "before anything is said about the body"


def test_a_key_gives_the_first_answer_again(either: Till, soup: bytes) -> None:
    first, second = (either.post(soup, Idempotency_Key="one") for _ in range(2))
    assert first.content == second.content
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")


def test_the_description_of_the_route_is_what_it_was() -> None:
    app = FastAPI()
    serve_routes(app, [router])
    described = app.openapi()["paths"]["/api/v1/properties/{property_id}/orders"]["post"]
    assert described["requestBody"]["content"][JSON]["schema"]["$ref"].endswith("/NewOrderShape")
    assert [parameter["name"] for parameter in described["parameters"]] == ["property_id"]
    assert "201" in described["responses"]
