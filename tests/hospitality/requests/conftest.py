"""Head office beside the restaurant's node, on one database as if sync had carried every row."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller, Place
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.requests.reading import request_view
from hospitality.requests.service import answer_request, make_request
from hospitality.requests.verbs import requestable_of
from tests.hospitality.node import EVERYTHING, Node, Restaurant


@dataclass
class Office:
    """Head office as one account there."""

    node: Node
    restaurant: Restaurant

    @property
    def account_id(self) -> str:
        """Who asks."""
        assert self.node.caller.person_id
        return self.node.caller.person_id

    def ask(self, verb: Any, *args: Any, **kwargs: Any) -> str:
        """Asks the property to run a verb; answers the request's id."""
        asked = requestable_of(verb)
        assert asked
        self.node.now = self.restaurant.node.now
        return str(self.node.act(make_request, asked, asked.written(*args, **kwargs))["request_id"])

    def ask_for_soup(self, quantity: int = 1, **line: Any) -> str:
        """Asks for an order of soup."""
        lines = (NewLine(self.restaurant.soup, quantity, **line),)
        return self.ask(place_order, NewOrder("dine_in", lines, table="7", note="by the window"))

    def as_(self, *permissions: str) -> "Office":
        """The same account with these permissions."""
        caller = replace(self.node.caller, permissions=frozenset(permissions))
        return Office(Node(self.node.store, caller, self.node.place, self.node.now), self.restaurant)

    def follow(self, request_id: str) -> dict[str, Any]:
        """The request as it is now."""
        return self.restaurant.node.read(request_view, request_id, now=self.restaurant.node.now)

    def heard(self, request_id: str) -> bool:
        """The property's node hears of it, and answers by itself."""
        node = self.restaurant.node
        with node.work(Caller(node.caller.org_id, node.caller.property_id, permissions=EVERYTHING)) as work:
            return answer_request(work, request_id, now=node.now)


@pytest.fixture
def office(restaurant: Restaurant) -> Office:
    """Head office, asked by an account that may do everything."""
    node = restaurant.node
    caller = replace(node.caller, person_id=new_id(), terminal_id=None, permissions=EVERYTHING, name="hq@example.com")
    return Office(Node(node.store, caller, Place("group", 0, "HQ", 1), node.now), restaurant)
