"""People over HTTP: codes, PINs, sessions and screens."""

import pytest
from fastapi.testclient import TestClient

from hospitality.ground.ids import new_id
from hospitality.people.proofs import hash_of
from tests.hospitality.node import Node
from tests.hospitality.served import Face, Served, application, code_of


def with_pin(served: Served, pin: str = "2468", role: str = "staff") -> tuple[Face, dict[str, str]]:
    """(a till, somebody who has set that PIN at it)."""
    manager, till = served.person(), served.screen()
    person = manager.post("people", {"display_name": "Ndapewa", "role": role}).json()
    code = manager.post("pin-codes", {"person_id": person["id"]}).json()["code"]
    assert till.post("pins", {"code": code, "pin": pin}).status_code == 201
    return till, person


def stored(node: Node) -> str:
    """All that the node's tables hold, as text."""
    names = [name for name, rows in node.store.counts().items() if rows]
    return repr([[tuple(dict(row).values()) for row in node.reading().rows(f"SELECT * FROM {name}")] for name in names])


def test_from_a_code_to_a_session(served: Served) -> None:
    till, person = with_pin(served)
    listed = till.get("people").json()["items"]
    assert {**person, "has_pin": True} in listed
    answer = till.post("sign-ins", {"person_id": person["id"], "pin": "2468"})
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "token": body["token"],
        "person": {"id": person["id"], "display_name": "Ndapewa", "role": "staff"},
        "permissions": [
            *("cash.drawer", "kitchen.bump", "menu.count"),
            *("orders.place", "payments.take", "property.read", "rooms.serve", "tables.seat"),
        ],
        "expires_at": "2026-03-02T05:00:00.000000Z",
    }
    session = Face(served.client, served.prefix, body["token"])
    assert session.get("orders").status_code == 200
    left = session.post("sign-outs")
    assert (left.status_code, left.json()) == (201, {})
    assert code_of(session.get("orders")) == "SIGN_IN_NEEDED"


def test_a_wrong_pin_is_refused_and_still_counted(served: Served) -> None:
    till, person = with_pin(served)
    for failures in range(1, 6):
        wrong = till.post("sign-ins", {"person_id": person["id"], "pin": "1111"})
        assert (wrong.status_code, code_of(wrong)) == (401, "WRONG_PIN")
        assert wrong.json()["error"]["details"] == {"failures": failures}
    locked = till.post("sign-ins", {"person_id": person["id"], "pin": "2468"})
    assert (locked.status_code, code_of(locked), locked.headers["retry-after"]) == (429, "PIN_LOCKED", "30")
    assert served.node.reading().value("SELECT failures FROM pin_verifiers") == 5
    served.node.later(seconds=30)
    assert till.post("sign-ins", {"person_id": person["id"], "pin": "2468"}).status_code == 201
    assert served.node.reading().value("SELECT failures FROM pin_verifiers") == 0


def test_a_sign_in_that_is_repeated_with_its_key_gets_the_first_answer(served: Served) -> None:
    till, person = with_pin(served)
    body = {"person_id": person["id"], "pin": "2468"}
    first = till.post("sign-ins", body, key="one")
    sessions = served.node.store.count("sessions")
    again = till.post("sign-ins", body, key="one")
    assert (again.json(), again.status_code) == (first.json(), 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert served.node.store.count("sessions") == sessions
    assert served.node.reading().value("SELECT failures FROM pin_verifiers") == 0
    other = till.post("sign-ins", body, key="two")
    assert other.json()["token"] != first.json()["token"]


def test_a_repeated_code_and_enrolment_get_their_first_answers(served: Served) -> None:
    manager = served.person()
    wanted = {"name": "Pass", "kind": "kitchen", "station_id": new_id()}
    first = manager.post("terminals", wanted, key="t")
    assert manager.post("terminals", wanted, key="t").json() == first.json()
    assert first.json()["link"] == f"http://node.local:8010/enrol/{first.json()['code']}"
    shown = {"code": first.json()["code"].lower(), "name": "Grill screen"}
    enrolled = served.nobody().post("/api/v1/terminals/enrol", shown, key="e")
    assert enrolled.status_code == 201
    assert enrolled.json() == {
        "terminal_id": enrolled.json()["terminal_id"],
        "name": "Grill screen",
        "kind": "kitchen",
        "station_id": wanted["station_id"],
        "token": enrolled.json()["token"],
        "property_id": served.node.caller.property_id,
        "property_name": "Dune House",
    }
    assert served.nobody().post("/api/v1/terminals/enrol", shown, key="e").json() == enrolled.json()
    used = served.nobody().post("/api/v1/terminals/enrol", shown)
    assert (used.status_code, code_of(used)) == (403, "CODE_INVALID")
    assert Face(served.client, served.prefix, enrolled.json()["token"]).get("tickets").status_code == 200


def test_nothing_that_opens_a_door_is_kept(served: Served) -> None:
    manager, till = served.person(), served.screen()
    person = manager.post("people", {"display_name": "Ndapewa", "role": "staff"}, key="a").json()
    code = manager.post("pin-codes", {"person_id": person["id"]}, key="b").json()["code"]
    choice = {"code": code, "pin": "80531"}
    assert till.post("pins", choice, key="c").json() == till.post("pins", choice, key="c").json()
    token = till.post("sign-ins", {"person_id": person["id"], "pin": "80531"}, key="d").json()["token"]
    screen = manager.post("terminals", {"name": "Pass", "kind": "kitchen"}, key="e").json()["code"]
    kept = stored(served.node)
    for secret in (code, code.replace("-", ""), token, screen, "80531"):
        assert secret not in kept
    # Not even a hash from which a PIN of so few digits could be found again.
    bodies = ('{"person_id":"%s","pin":"80531"}', '{"person_id": "%s", "pin": "80531"}')
    assert not any(hash_of(body % person["id"]) in kept for body in bodies)
    assert hash_of(token) in kept


def test_another_body_with_the_same_key_is_refused(served: Served) -> None:
    till, person = with_pin(served)
    assert till.post("sign-ins", {"person_id": person["id"], "pin": "2468"}, key="k").status_code == 201
    other = till.post("sign-ins", {"person_id": person["id"], "pin": "2469"}, key="k")
    assert (other.status_code, code_of(other)) == (401, "WRONG_PIN")
    manager = served.person()
    assert manager.post("people", {"display_name": "A", "role": "staff"}, key="k").status_code == 201
    changed = manager.post("people", {"display_name": "B", "role": "staff"}, key="k")
    assert (changed.status_code, code_of(changed)) == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("pin", ["123", "1234567890123", "12a4", "١٢٣٤", "", " 1234"])
def test_what_is_no_pin_is_refused_and_not_counted(served: Served, pin: str) -> None:
    till, person = with_pin(served)
    refused = till.post("sign-ins", {"person_id": person["id"], "pin": pin})
    assert (refused.status_code, code_of(refused)) == (422, "PIN_INVALID")
    assert served.node.reading().value("SELECT failures FROM pin_verifiers") == 0


def test_a_managers_pin_is_longer(served: Served) -> None:
    manager, till = served.person(), served.screen()
    person = manager.post("people", {"display_name": "Petrus", "role": "service_manager"}).json()
    code = manager.post("pin-codes", {"person_id": person["id"]}).json()["code"]
    assert code_of(till.post("pins", {"code": code, "pin": "12345"})) == "PIN_TOO_SHORT"
    assert till.post("pins", {"code": code, "pin": "123456"}).json() == {"person_id": person["id"]}


def test_who_may_do_what_with_people(served: Served) -> None:
    staff, till = served.person("staff"), served.screen()
    for face in (staff, till):
        for path, body in [
            ("people", {"display_name": "X", "role": "staff"}),
            ("pin-codes", {"person_id": new_id()}),
            ("terminals", {"name": "X", "kind": "till"}),
        ]:
            refused = face.post(path, body)
            assert (refused.status_code, code_of(refused)) == (403, "NOT_PERMITTED")
    assert code_of(served.person("hospitality_manager").post("people", {"display_name": "X", "role": "owner"})) == (
        "ROLE_ABOVE_YOURS"
    )
    assert code_of(served.nobody().get("people")) == "SIGN_IN_NEEDED"
    assert code_of(served.screen("room").get("people")) == "NOT_PERMITTED"
    assert code_of(till.post("sign-outs")) == "NOT_SIGNED_IN"


def test_an_account_is_edited_by_the_fields_given(served: Served) -> None:
    manager = served.person()
    person = manager.post("people", {"display_name": "Ndapewa", "role": "staff"}).json()
    edited = manager.patch(f"people/{person['id']}", {"role": "service_manager"})
    assert edited.status_code == 200
    assert edited.json() == {**person, "role": "service_manager", "active": True}
    assert manager.patch(f"people/{person['id']}", {"active": False}).json()["active"] is False
    assert code_of(manager.patch(f"people/{new_id()}", {"active": False})) == "PERSON_NOT_FOUND"


def test_head_office_shows_people_and_keeps_no_pins(served: Served) -> None:
    with TestClient(application(served.node, at_head_office=True)) as client:
        listed = Face(client, served.prefix, served.screen().token).get("people").json()["items"]
        assert [who["has_pin"] for who in listed] == [None] * len(listed)
        assert Face(client, served.prefix, served.screen().token).post("pins", {}).status_code == 404
