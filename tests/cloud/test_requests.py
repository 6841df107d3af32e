"""Head office asks a property over HTTP, and a real node of it answers."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from edge.node import Node
from hospitality.ground.clock import instant_text, utc_now
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.work import Caller, Work
from hospitality.menu.service import NewItem, add_category, add_item, add_station
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.requests.service import confirm_request, make_request
from hospitality.requests.verbs import REQUESTABLE
from tests.cloud_fixture import HeadOffice, There, head_office, migrated
from tests.joined_node import joined_node
from tests.postgres_fixture import Databases, TemplateFactory

WAIT_SECONDS_MAX = 30.0


@pytest.fixture(scope="module")
def running(
    postgres_databases: Databases,
    database_template: TemplateFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HeadOffice]:
    """One head office for all of these tests."""
    database = postgres_databases.make(migrated(database_template))
    with head_office(database, tmp_path_factory.mktemp("head-office")) as started:
        yield started
    postgres_databases.drop(database)


@pytest.fixture
def office(running: HeadOffice) -> HeadOffice:
    """A group of this test's own."""
    return running.anew()


@dataclass
class Face:
    """Head office's API on one property, asked with one token."""

    office: HeadOffice
    there: There
    token: str

    def path(self, rest: str) -> str:
        """A path below the property."""
        return f"/api/v1/properties/{self.there.id}/{rest}"

    def post(self, rest: str, body: Any, *, key: str | None = None) -> httpx2.Response:
        """POSTs JSON."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        with self.office.client() as client:
            return client.post(self.path(rest), json=body, headers=headers)

    def get(self, rest: str) -> Any:
        """GETs JSON."""
        with self.office.client() as client:
            answer = client.get(self.path(rest), headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, item_id: str, **more: Any) -> str:
        """Asks for an order of two; answers the request's id."""
        lines = [{"menu_item_id": item_id, "quantity": 2, **more}]
        answer = self.post("orders", {"channel": "delivery", "table": "Gate 3", "lines": lines})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["request_id"])


@pytest.fixture
def face(office: HeadOffice) -> Face:
    """The owner's face on a property whose node is not of this test."""
    return Face(office, office.add_property("Harbour House"), office.token)


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    """(status, code) of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


def test_an_order_at_head_office_becomes_a_request_to_follow(face: Face) -> None:
    item = face.office.menu_item(face.there, "Kabeljou", 14500)
    lines = [{"menu_item_id": item, "quantity": 1, "note": "no salt"}]
    answer = face.post("orders", {"channel": "delivery", "lines": lines}, key="one")
    assert answer.status_code == 202
    told = answer.json()
    assert told == {
        "request_id": told["request_id"],
        "state": "pending",
        "follow": face.path(f"requests/{told['request_id']}"),
    }
    again = face.post("orders", {"channel": "delivery", "lines": lines}, key="one")
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (202, told, "true")
    assert code_of(face.post("orders", {"channel": "counter", "lines": lines}, key="one")) == (
        409,
        "IDEMPOTENCY_KEY_REUSED",
    )
    with face.office.client() as client:
        followed = client.get(told["follow"], headers={"Authorization": f"Bearer {face.token}"}).json()
    assert (followed["verb"], followed["state"], followed["order"]) == ("orders.place_order", "pending", None)
    assert followed["arguments"]["new"]["lines"][0]["note"] == "no salt"
    assert [one["id"] for one in face.get("requests")["items"]] == [told["request_id"]]
    assert face.get("orders")["items"] == []


def test_lines_and_voids_are_asked_for_and_money_and_tickets_are_refused(face: Face) -> None:
    order_id = face.office.sell(face.there, [("Kabeljou", 1, 14500)])
    order = face.get(f"orders/{order_id}")
    line = order["lines"][0]
    more = face.post(f"orders/{order_id}/lines", {"lines": [{"menu_item_id": line["menu_item_id"], "quantity": 1}]})
    void = face.post(f"orders/{order_id}/lines/{line['id']}/void", {"reason": "never came"})
    assert (more.status_code, void.status_code) == (202, 202)
    verbs = [one["verb"] for one in face.get("requests")["items"]]
    assert verbs == ["checks.void_line", "checks.add_lines"]
    payment = face.post(f"orders/{order_id}/payments", {"tender": "cash", "amount_minor": 14500})
    assert code_of(payment) == (409, "WRITTEN_AT_THE_PROPERTY")
    bump = face.post(f"tickets/{line['ticket_id']}/bump", {})
    assert code_of(bump) == (409, "WRITTEN_AT_THE_PROPERTY")
    assert face.get(f"orders/{order_id}") == order


def test_who_may_not_do_it_may_not_ask_for_it(face: Face) -> None:
    order_id = face.office.sell(face.there, [("Kabeljou", 1, 14500)])
    line_id = face.get(f"orders/{order_id}")["lines"][0]["id"]
    clerk = Face(face.office, face.there, face.office.sign_in("clerk@example.com", "staff"))
    void = clerk.post(f"orders/{order_id}/lines/{line_id}/void", {"reason": "late"})
    assert code_of(void) == (403, "NOT_PERMITTED")
    assert clerk.get("requests")["items"] == []


def test_another_groups_requests_are_not_there(face: Face) -> None:
    request_id = face.ask(new_id())
    other = face.office.another_group()
    with other.client() as client:
        answer = client.get(face.path(f"requests/{request_id}"), headers={"Authorization": f"Bearer {other.token}"})
    assert code_of(answer) == (404, "PROPERTY_NOT_FOUND")
    sister = Face(face.office, face.office.add_property("Desert House"), face.token)
    with sister.office.client() as client:
        answer = client.get(sister.path(f"requests/{request_id}"), headers={"Authorization": f"Bearer {face.token}"})
    assert code_of(answer) == (404, "REQUEST_NOT_FOUND")


def test_head_office_sees_what_the_property_answered(face: Face) -> None:
    request_id, refused_id = face.ask(new_id()), face.ask(new_id())
    order = face.office.order(face.there, [("Kabeljou", 2, 14500)])
    answer = {
        "id": derived_id(request_id, "answer"),
        "request_id": request_id,
        "accepted": True,
        "answer": f'{{"order_id":"{order[0][1]["id"]}"}}',
        "answered_at": instant_text(utc_now()),
    }
    declined = {
        **answer,
        "id": derived_id(refused_id, "answer"),
        "request_id": refused_id,
        "accepted": False,
        "code": "DECLINED",
        "message": "The kitchen is closed.",
        "answer": "{}",
    }
    face.office.push(face.there, [*order, ("request_answers", answer), ("request_answers", declined)])
    told, refused = face.get(f"requests/{request_id}"), face.get(f"requests/{refused_id}")
    assert (told["state"], told["order"]["total_minor"]) == ("accepted", 29000)
    assert (refused["state"], refused["message"], refused["order"]) == ("refused", "The kitchen is closed.", None)
    assert face.get("requests")["items"] == []
    assert len(face.get("requests?state=all")["items"]) == 2


# --- with a node of the property


def wait_for(question: Callable[[], Any], answer: Any) -> None:
    """Waits until the question has this answer, with a bound."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while (found := question()) != answer:
        assert time.monotonic() < ends, f"{found}, not {answer}"
        time.sleep(0.02)


def item_on_the_menu(work: Work) -> str:
    """Kabeljou for 145.00."""
    station, category = add_station(work, name="Grill")["id"], add_category(work, name="Mains")["id"]
    return str(add_item(work, NewItem("Kabeljou", category, 14500, station))["id"])


def ask_long_ago(office: HeadOffice, caller: Caller, item: str) -> str:
    """A request that is so old already that a person has to confirm it."""
    asked = REQUESTABLE["orders.place_order"]
    arguments = asked.written(NewOrder("delivery", (NewLine(item, 1),)))

    def verb(work: Work) -> str:
        return str(make_request(work, asked, arguments, confirm_after=timedelta(0))["request_id"])

    return office.cloud.host.act_now(caller, verb)


def node_orders(node: Node) -> int:
    """How many orders the node has."""
    return int(node.host.ask(lambda reading: reading.value("SELECT count(*) FROM orders")).result(30))


def test_a_node_online_does_it_and_an_old_one_waits_for_a_person_there(office: HeadOffice, tmp_path: Path) -> None:
    there = office.add_property("Dune House", node=False)
    face = Face(office, there, office.token)
    caller = Caller(office.org_id, there.id, permissions=frozenset({"*"}), name="test")
    with joined_node(office, there.id, tmp_path / "node") as node:
        wait_for(lambda: node.engine.status.caught_up, True)
        item = node.host.writer.act(caller, item_on_the_menu).result(30)
        wait_for(lambda: node.engine.waiting, 0)
        request_id = face.ask(item)
        wait_for(lambda: face.get(f"requests/{request_id}")["state"], "accepted")
        told = face.get(f"requests/{request_id}")
        assert (told["order"]["table"], told["order"]["total_minor"]) == ("Gate 3", 29000)
        assert told["order"]["number"].startswith(node.identity.code)
        refused_id = face.ask(item, options=[{"option_id": new_id()}])
        wait_for(lambda: face.get(f"requests/{refused_id}")["code"], "UNKNOWN_CHOICE")
    # while the node is away
    fresh, old = face.ask(item), ask_long_ago(office, caller, item)
    with joined_node(office, there.id, tmp_path / "node") as node:
        wait_for(lambda: face.get(f"requests/{fresh}")["state"], "accepted")
        wait_for(lambda: node.status()["requests_to_confirm"], 1)
        assert face.get(f"requests/{old}")["state"] == "needs_confirmation"
        assert node_orders(node) == 2
        confirmed = node.host.writer.act(caller, lambda work: confirm_request(work, old, now=utc_now())).result(30)
        assert confirmed["state"] == "accepted"
        wait_for(lambda: face.get(f"requests/{old}")["state"], "accepted")
    assert len(face.get("orders")["items"]) == 3
