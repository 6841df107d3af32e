"""A manager's PIN allows one thing once (R15)."""

from typing import Any

from hospitality.people.proofs import code_hash_of, new_code, pin_hash
from hospitality.people.service.accounts import add_person
from hospitality.people.service.pins import issue_pin_code, set_pin
from tests.hospitality.node import Restaurant
from tests.hospitality.served import QUICK, SECRET, Face, Served, code_of

PIN = "246810"


def somebody(served: Served, role: str) -> str:
    """The id of somebody new with a PIN."""
    who, code = served.node.act(add_person, display_name=role.title(), role=role)["id"], code_hash_of(new_code())
    served.node.act(issue_pin_code, who, code_hash=code)
    verifier = pin_hash(PIN, SECRET, QUICK)
    served.node.act(set_pin, code_hash=code, verifier=verifier, pin_length=len(PIN))
    return str(who)


def asked(refusal: Any) -> dict[str, Any]:
    """What the refusal says must be approved."""
    assert (refusal.status_code, code_of(refusal)) == (403, "APPROVAL_NEEDED")
    return dict(refusal.json()["error"]["details"])


def approved(face: Face, by: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Goes with a request that a manager has allowed."""
    answer = face.post("approvals", {"person_id": by, "pin": PIN, "reason": "guest waited", **wanted})
    assert answer.status_code == 201, answer.text
    return {"approval_id": answer.json()["id"]}


def test_one_void_is_approved_and_the_next_asks_again(served: Served, restaurant: Restaurant) -> None:
    waiter, boss = served.person("staff"), somebody(served, "service_manager")
    lines = [{"menu_item_id": restaurant.soup, "quantity": 1} for _ in range(3)]
    order = waiter.post("orders", {"channel": "dine_in", "lines": lines}).json()
    paths = [f"orders/{order['id']}/lines/{line['id']}/void" for line in order["lines"]]
    before = served.node.store.counts()
    wanted = asked(waiter.post(paths[0], {"reason": "cold"}))
    assert wanted == {"action": "orders.void", "record_id": order["lines"][0]["id"], "value": None}
    assert served.node.store.counts() == before
    given = approved(waiter, boss, wanted)
    assert code_of(waiter.post(paths[1], {"reason": "cold", **given})) == "APPROVAL_FOR_ANOTHER"
    other = served.person("staff")
    assert code_of(other.post(paths[0], {"reason": "cold", **given})) == "APPROVAL_FOR_ANOTHER"
    done = waiter.post(paths[0], {"reason": "cold", **given}, key="one")
    assert done.status_code == 201
    assert waiter.post(paths[0], {"reason": "cold", **given}, key="one").json() == done.json()
    assert code_of(waiter.post(paths[0], {"reason": "cold", **given})) == "LINE_ALREADY_VOIDED"
    assert code_of(waiter.post(paths[1], {"reason": "cold"})) == "APPROVAL_NEEDED"
    late = approved(waiter, boss, asked(waiter.post(paths[1], {"reason": "cold"})))
    served.node.later(minutes=6)
    assert code_of(waiter.post(paths[1], {"reason": "cold", **late})) == "APPROVAL_EXPIRED"
    assert served.node.store.count("line_voids") == 1
    void = served.node.reading().one("SELECT approver_id, reason FROM line_voids")
    assert void is not None
    assert (void["approver_id"], void["reason"]) == (boss, "cold")
    told = [(entry["kind"], entry["approver_id"], entry["reason"]) for entry in served.node.journal()]
    assert [entry for entry in told if entry[1]] == [
        ("approvals.approval_given", boss, "guest waited"),
        ("approvals.approval_used", boss, None),
        ("orders.line_voided", boss, "cold"),
        ("approvals.approval_given", boss, "guest waited"),
    ]


def test_a_price_is_approved_for_that_item_at_that_price(served: Served, restaurant: Restaurant) -> None:
    waiter, boss = served.person("staff"), somebody(served, "owner")
    line = {"menu_item_id": restaurant.soup, "quantity": 2, "unit_price_minor": 500}
    new: dict[str, Any] = {"channel": "dine_in", "lines": [line]}
    wanted = asked(waiter.post("orders", new))
    assert wanted == {"action": "orders.open_price", "record_id": restaurant.soup, "value": 500}
    given = approved(waiter, boss, wanted)
    cheaper = {**line, **given, "unit_price_minor": 1}
    assert code_of(waiter.post("orders", {**new, "lines": [cheaper]})) == "APPROVAL_FOR_ANOTHER"
    order = waiter.post("orders", {**new, "lines": [{**line, **given}]}).json()
    assert order["total_minor"] == 1000
    assert code_of(waiter.post("orders", {**new, "lines": [{**line, **given}]})) == "APPROVAL_USED"
    assert served.node.journal("orders.order_placed")[-1]["approver_id"] == boss


def test_only_who_may_approves_and_only_with_their_pin(served: Served, restaurant: Restaurant) -> None:
    waiter, boss, colleague = served.person("staff"), somebody(served, "owner"), somebody(served, "staff")
    ask = {"action": "orders.void", "record_id": restaurant.soup, "reason": "cold"}
    wrong = waiter.post("approvals", {**ask, "person_id": boss, "pin": "135790"})
    assert (wrong.status_code, code_of(wrong)) == (401, "WRONG_PIN")
    assert code_of(waiter.post("approvals", {**ask, "person_id": colleague, "pin": PIN})) == "APPROVER_MAY_NOT"
    everything = {**ask, "person_id": boss, "pin": PIN, "action": "people.manage"}
    assert code_of(waiter.post("approvals", everything)) == "ACTION_INVALID"
    assert code_of(waiter.post("approvals", {**ask, "person_id": boss, "pin": PIN, "reason": " "})) == "REASON_MISSING"
    nobody = served.screen("till").post("approvals", {**ask, "person_id": boss, "pin": PIN})
    assert code_of(nobody) == "NOT_SIGNED_IN"
    assert served.node.store.count("approvals") == 0
    unknown = waiter.post(
        "orders",
        {
            "channel": "dine_in",
            "lines": [
                {
                    "menu_item_id": restaurant.soup,
                    "quantity": 1,
                    "unit_price_minor": 1,
                    "approval_id": "00000000-0000-7000-8000-000000000000",
                }
            ],
        },
    )
    assert (unknown.status_code, code_of(unknown)) == (404, "APPROVAL_NOT_FOUND")
