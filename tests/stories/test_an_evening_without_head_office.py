"""A till, a kitchen screen and head office, while the internet comes and goes; everybody speaks HTTP and WebSocket."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.sync.client import ClientConnection, connect

from buffr.link import LinkProxy
from edge.node import Node
from hospitality.ground.work import Caller, Work
from hospitality.menu.service import NewItem, add_category, add_item, add_station
from hospitality.people.proofs import code_hash_of, new_code
from hospitality.people.service.accounts import add_person
from hospitality.people.service.pins import issue_pin_code
from hospitality.people.service.terminals import issue_terminal_code
from tests.cloud_fixture import HeadOffice, head_office, migrated
from tests.edge.served_node import doors_of
from tests.joined_node import joined_node
from tests.postgres_fixture import DatabaseFactory, TemplateFactory

pytestmark = pytest.mark.xdist_group("stories")
WAIT_SECONDS_MAX = 30.0
PIN = "246810"
SOUP_MINOR = 7_500


def until(holds: Callable[[], object]) -> None:
    """Waits until something is so, with a bound."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while not holds():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.01)


@dataclass
class Place:
    """The property: its node's API as its signed-in manager, its link to head office, and head office's own API."""

    office: HeadOffice
    node: Node
    link: LinkProxy
    url: str
    property_id: str
    soup: str
    tokens: dict[str, str]

    def at_the_property(self, method: str, path: str, body: Any = None, *, who: str = "manager") -> Any:
        """An answer of the node."""
        return self._ask(self.url, self.tokens[who], method, path, body)

    def at_head_office(self, method: str, path: str, body: Any = None) -> Any:
        """An answer of head office to the owner."""
        return self._ask(self.office.url, self.office.token, method, path, body)

    def _ask(self, url: str, token: str, method: str, path: str, body: Any) -> Any:
        whole = f"{url}/api/v1/properties/{self.property_id}/{path}"
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.request(method, whole, json=body, headers=headers, timeout=WAIT_SECONDS_MAX, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json()

    def order(self, quantity: int = 1) -> Any:
        """An order of soup, as the node took it."""
        lines = [{"menu_item_id": self.soup, "quantity": quantity}]
        return self.at_the_property("POST", "orders", {"channel": "dine_in", "table": "7", "lines": lines})

    def settle(self, order: Any) -> Any:
        """Pays all that is due, in cash."""
        due = order["total_minor"]
        body = {"tender": "cash", "amount_minor": due, "tendered_minor": due}
        return self.at_the_property("POST", f"orders/{order['id']}/payments", body)

    @contextmanager
    def screen(self, *subscribe: str) -> Iterator[ClientConnection]:
        """A screen that listens."""
        headers = {"Authorization": f"Bearer {self.tokens['kitchen']}"}
        with connect(self.url.replace("http", "ws", 1) + "/ws", additional_headers=headers, proxy=None) as socket:
            socket.send(json.dumps({"subscribe": subscribe, "resume": None}))
            assert json.loads(socket.recv(WAIT_SECONDS_MAX))["event"] == "hello"
            yield socket


def hear(socket: ClientConnection, event: str) -> Any:
    """The next event of this name."""
    while (message := json.loads(socket.recv(WAIT_SECONDS_MAX)))["event"] != event:
        pass
    return message["data"]


@pytest.fixture
def place(database: DatabaseFactory, database_template: TemplateFactory, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        fresh = database(template=migrated(database_template))
        office = stack.enter_context(head_office(fresh, tmp_path / "office"))
        there = office.add_property("Dune House", node=False)
        everything = Caller(office.org_id, there.id, permissions=frozenset({"*"}))
        person = office.cloud.host.act_now(
            everything, lambda work: add_person(work, display_name="Selma", role="hospitality_manager")
        )
        address = urlsplit(office.url)
        link = stack.enter_context(LinkProxy("127.0.0.1", address.port or 0))
        node = stack.enter_context(joined_node(office, there.id, tmp_path / "node", cloud_url=link.url))
        until(lambda: node.engine.status.caught_up)
        node.host.refresh_place()
        codes = {"till": new_code(), "kitchen": new_code(), "pin": new_code()}

        def furnish(work: Work) -> str:
            for kind in ("till", "kitchen"):
                issue_terminal_code(work, name=kind, kind=kind, code_hash=code_hash_of(codes[kind]))
            issue_pin_code(work, person["id"], code_hash=code_hash_of(codes["pin"]))
            station, category = add_station(work, name="Kitchen")["id"], add_category(work, name="Dinner")["id"]
            return str(add_item(work, NewItem("Butternut soup", category, SOUP_MINOR, station))["id"])

        soup = node.host.writer.act(everything, furnish).result(WAIT_SECONDS_MAX)
        url = stack.enter_context(doors_of(node))
        found = Place(office, node, link, url, there.id, soup, {})
        for kind in ("till", "kitchen"):
            enrolled = httpx2.post(f"{url}/api/v1/terminals/enrol", json={"code": codes[kind]}, trust_env=False)
            found.tokens[kind] = enrolled.json()["token"]
        found.at_the_property("POST", "pins", {"code": codes["pin"], "pin": PIN}, who="till")
        found.tokens["manager"] = sign_in(found, person["id"])
        until(lambda: node.engine.waiting == 0)
        yield found


def sign_in(place: Place, person_id: str) -> str:
    """A session of somebody who gives the PIN at the till."""
    body = {"person_id": person_id, "pin": PIN}
    return str(place.at_the_property("POST", "sign-ins", body, who="till")["token"])


def test_a_price_published_at_head_office_reaches_open_tills(place: Place) -> None:
    """R16: without a reload, and what was sent keeps its price."""
    sent = place.order()
    with place.screen("menu_updated") as till:
        place.at_head_office("PATCH", f"menu-items/{place.soup}", {"price_minor": 9_900})
        [told] = hear(till, "menu_updated")["items"]
        assert (told["id"], told["price_minor"]) == (place.soup, 9_900)
    [shown] = place.at_the_property("GET", "menu-items", who="till")["items"]
    assert shown["price_minor"] == 9_900
    assert place.order()["total_minor"] == 9_900
    assert place.at_the_property("GET", f"orders/{sent['id']}")["total_minor"] == SOUP_MINOR
    with place.screen("menu_updated") as till:
        place.at_the_property("PATCH", f"menu-items/{place.soup}", {"available": False})
        hear(till, "menu_updated")
    until(lambda: place.at_head_office("GET", "menu-items")["items"][0]["available"] is False)


def test_terminals_keep_working_without_head_office_and_it_sees_all_when_it_is_back(place: Place) -> None:
    """R5, R25: nothing is different at the property, for the people who know their PIN least of all."""
    until(lambda: place.at_the_property("GET", "status")["sync"]["state"] == "online")
    place.link.hang()
    with place.screen("ticket_updated", "order_created") as kitchen:
        orders = [place.order(quantity) for quantity in (1, 2, 3)]
        assert [hear(kitchen, "order_created")["order"]["number"] for _ in orders] == ["A1-1", "A1-2", "A1-3"]
        [ticket, *_] = place.at_the_property("GET", "tickets", who="kitchen")["items"]
        place.at_the_property("POST", f"tickets/{ticket['id']}/bump", {}, who="kitchen")
        assert hear(kitchen, "ticket_updated")["ticket"]["state"] == "ready"
    paid = [place.settle(order) for order in orders]
    assert [one["order"]["payment_state"] for one in paid] == ["settled"] * 3
    [selma] = place.at_the_property("GET", "people", who="till")["items"]
    place.tokens["manager"] = sign_in(place, selma["id"])
    assert place.order()["number"] == "A1-4"
    status = place.at_the_property("GET", "status")
    assert status["sync"]["waiting"] > 0
    assert place.at_head_office("GET", "orders?state=all")["items"] == []

    place.link.open()
    until(lambda: place.at_the_property("GET", "status")["sync"]["waiting"] == 0)
    seen = place.at_head_office("GET", "orders?state=all")["items"]
    assert {order["number"]: order["paid_minor"] for order in seen} == {
        "A1-1": SOUP_MINOR,
        "A1-2": 2 * SOUP_MINOR,
        "A1-3": 3 * SOUP_MINOR,
        "A1-4": 0,
    }
    assert {payment["id"] for payment in place.at_head_office("GET", "payments")["items"]} == {
        one["payment"]["id"] for one in paid
    }
    until(lambda: place.at_the_property("GET", "status")["sync"]["state"] == "online")


def test_a_link_that_flaps_a_hundred_times_is_in_step_again_each_time_it_stays(place: Place) -> None:
    """R30, S4: refused, silent and open in turn, faster than anybody gets used to it; thirty seconds are the bound."""
    for flap in range(100):
        (place.link.hang if flap % 3 == 0 else place.link.refuse)()
        if flap % 10 == 0:
            place.order()
        place.link.open()
        if flap % 25 == 24:
            until(lambda: place.at_the_property("GET", "status")["sync"]["waiting"] == 0)
            until(lambda: place.at_the_property("GET", "status")["sync"]["state"] == "online")
    seen = place.at_head_office("GET", "orders?state=all")["items"]
    assert sorted(order["number"] for order in seen) == sorted(f"A1-{n}" for n in range(1, 11))
    place.at_head_office("PATCH", f"menu-items/{place.soup}", {"price_minor": 9_900})
    until(lambda: place.at_the_property("GET", "menu-items", who="till")["items"][0]["price_minor"] == 9_900)
