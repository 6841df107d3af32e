"""Following requests and answering them over HTTP at the node."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from hospitality.ground.ids import new_id
from hospitality.requests.api import FollowedRequest, Requests
from tests.hospitality.requests.conftest import Office
from tests.hospitality.served import Served, application, code_of


def agrees(body: Any, shape: type[BaseModel]) -> None:
    """Asserts that an answer has exactly the documented form."""
    assert shape.model_validate(body).model_dump() == body


def test_staff_see_what_waits_and_confirm_or_decline_it(served: Served, office: Office) -> None:
    wanted, unwanted = office.ask_for_soup(), office.ask_for_soup(3)
    served.node.later(minutes=20)
    waiter = served.person("staff")
    listed = served.screen().get("requests").json()
    agrees(listed, Requests)
    assert [(one["id"], one["state"]) for one in listed["items"]] == [
        (unwanted, "needs_confirmation"),
        (wanted, "needs_confirmation"),
    ]
    assert listed["items"][1]["arguments"]["new"]["table"] == "7"
    confirmed = waiter.post(f"requests/{wanted}/confirm", key="once")
    assert confirmed.status_code == 201
    agrees(confirmed.json(), FollowedRequest)
    assert confirmed.json()["order"]["table"] == "7"
    assert waiter.post(f"requests/{wanted}/confirm", key="once").headers["idempotent-replayed"] == "true"
    assert waiter.get(f"requests/{wanted}").json() == confirmed.json()
    declined = waiter.post(f"requests/{unwanted}/refuse", {"reason": "no more soup"})
    agrees(declined.json(), FollowedRequest)
    assert (declined.json()["state"], declined.json()["message"]) == ("refused", "no more soup")
    assert code_of(waiter.post(f"requests/{unwanted}/confirm")) == "REQUEST_ANSWERED"
    assert len(waiter.get("orders").json()["items"]) == 1
    assert [one["state"] for one in waiter.get("requests", state="all").json()["items"]] == ["refused", "accepted"]


def test_screens_without_a_person_and_guests_tablets_answer_nothing(served: Served, office: Office) -> None:
    request_id = office.ask_for_soup()
    assert code_of(served.screen().post(f"requests/{request_id}/confirm")) == "NOT_PERMITTED"
    assert code_of(served.screen("kitchen").post(f"requests/{request_id}/refuse")) == "NOT_PERMITTED"
    assert code_of(served.screen("room").get("requests")) == "NOT_PERMITTED"
    assert served.nobody().get("requests").status_code == 401
    assert code_of(served.person("staff").get(f"requests/{new_id()}")) == "REQUEST_NOT_FOUND"
    assert code_of(served.person("staff").get("requests", cursor="x")) == "CURSOR_INVALID"


def test_one_that_expired_says_so(served: Served, office: Office) -> None:
    request_id = office.ask_for_soup()
    served.node.now += timedelta(days=1)
    waiter = served.person("staff")
    answer = waiter.post(f"requests/{request_id}/confirm")
    assert (answer.status_code, code_of(answer)) == (409, "REQUEST_EXPIRED")


def test_head_office_has_no_door_to_answer_by(office: Office) -> None:
    paths = application(office.restaurant.node, at_head_office=True).openapi()["paths"]
    assert [path for path in paths if "/requests" in path] == [
        "/api/v1/properties/{property_id}/requests",
        "/api/v1/properties/{property_id}/requests/{request_id}",
    ]
    placing = paths["/api/v1/properties/{property_id}/orders"]["post"]["responses"]
    assert placing["202"]["content"]["application/json"]["schema"]["$ref"].endswith("/Requested")
