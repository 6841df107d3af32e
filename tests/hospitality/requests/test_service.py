"""Asking at head office and answering at the property, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hospitality.checks.service import add_lines, void_line
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.ids import derived_id, new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.requests import service
from hospitality.requests.loading import pending_requests, waiting_for_a_person
from hospitality.requests.models import Request
from hospitality.requests.reading import requests_page
from tests.hospitality.node import Restaurant
from tests.hospitality.requests.conftest import Office


def refusal(what: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The code with which something is refused."""
    with pytest.raises(Refused) as refused:
        what(*args, **kwargs)
    return refused.value.code


def test_what_head_office_asks_for_is_done_and_answered_in_one_act(office: Office, restaurant: Restaurant) -> None:
    request_id = office.ask_for_soup(2)
    asked = office.follow(request_id)
    assert (asked["state"], asked["order"], asked["asked_by"]) == ("pending", None, office.account_id)
    entries = len(restaurant.node.journal())
    assert office.heard(request_id)
    told = office.follow(request_id)
    assert (told["state"], told["code"], told["answered_by"]) == ("accepted", None, None)
    assert told["order"]["id"] == told["order_id"]
    assert (told["order"]["total_minor"], told["order"]["opened_by"]) == (1800, office.account_id)
    kinds = {entry["kind"]: entry for entry in restaurant.node.journal()[entries:]}
    assert set(kinds) == {"properties.business_day_opened", "orders.order_placed", "requests.request_answered"}
    assert kinds["orders.order_placed"]["actor_id"] == office.account_id
    assert kinds["requests.request_answered"]["actor_id"] is None
    answer = restaurant.node.reading().one("SELECT * FROM request_answers WHERE org_id = :org_id")
    assert answer
    assert (answer["id"], answer["business_date"]) == (derived_id(request_id, "answer"), told["order"]["business_date"])


def test_hearing_it_again_does_nothing(office: Office, restaurant: Restaurant) -> None:
    request_id = office.ask_for_soup()
    assert office.heard(request_id)
    before = restaurant.node.store.counts()
    assert not office.heard(request_id)
    assert restaurant.node.act(service.confirm_request, request_id, now=restaurant.node.now)["state"] == "accepted"
    assert not restaurant.node.act(service.give_request_up, request_id, now=restaurant.node.now)
    assert restaurant.node.store.counts() == before


def test_lines_are_added_and_voided_by_request(office: Office, restaurant: Restaurant) -> None:
    order = restaurant.node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    more = office.ask(add_lines, order["id"], (NewLine(restaurant.beer, 2),))
    assert office.heard(more)
    line_id = order["lines"][0]["id"]
    void = office.ask(void_line, order["id"], line_id, reason="the guest left")
    assert office.heard(void)
    found = office.follow(void)["order"]
    assert [(line["name"], line["void_reason"]) for line in found["lines"]] == [
        ("Soup", "the guest left"),
        ("Beer", None),
    ]
    again = office.ask(void_line, order["id"], line_id, reason="the guest left")
    assert office.heard(again)
    told = office.follow(again)
    assert (told["state"], told["code"], told["details"]) == ("refused", "LINE_ALREADY_VOIDED", {"line_id": line_id})


def test_a_refusal_leaves_its_answer_and_nothing_else(office: Office, restaurant: Restaurant) -> None:
    lines = (NewLine(restaurant.soup, 1), NewLine(new_id(), 1))
    request_id = office.ask(place_order, NewOrder("dine_in", lines))
    before = restaurant.node.store.counts()
    assert office.heard(request_id)
    after = restaurant.node.store.counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "request_answers": 1,
        "journal": 1,
    }, "the business day that the verb had opened is closed again with it"
    told = office.follow(request_id)
    assert (told["state"], told["code"]) == ("refused", "UNKNOWN_ITEM")
    assert told["message"] == "That item is not on the menu here. Reload the menu."
    assert told["details"] == {"menu_item_id": lines[1].menu_item_id}
    assert told["order"] is None


def test_nobody_asks_for_what_they_may_not_do(office: Office, restaurant: Restaurant) -> None:
    order = restaurant.node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    before = restaurant.node.store.counts()
    with pytest.raises(Forbidden):
        office.as_("orders.place").ask(void_line, order["id"], order["lines"][0]["id"], reason="late")
    with pytest.raises(Forbidden):
        office.as_("reports.read").ask_for_soup()
    assert restaurant.node.store.counts() == before


def test_a_request_carries_no_more_than_the_asker_may_and_the_verb_needs(
    office: Office, restaurant: Restaurant
) -> None:
    by_waiter = office.as_("orders.place", "payments.take").ask_for_soup(unit_price_minor=1)
    assert office.heard(by_waiter)
    assert office.follow(by_waiter)["code"] == "NOT_PERMITTED"
    by_owner = office.ask_for_soup(unit_price_minor=1)
    carried = restaurant.node.reading().value("SELECT permissions FROM requests WHERE id = :id", id=by_owner)
    assert carried == '["orders.open_item","orders.open_price","orders.place"]'
    assert office.heard(by_owner)
    assert office.follow(by_owner)["order"]["total_minor"] == 1


def test_a_request_that_claims_everything_gets_what_its_verb_needs(office: Office, restaurant: Restaurant) -> None:
    order = restaurant.node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
    request_id = office.ask(add_lines, order["id"], (NewLine(restaurant.soup, 1),))
    row = restaurant.node.reading().one("SELECT * FROM requests WHERE id = :id", id=request_id)
    assert row
    forged = {name: row[name] for name in Request.model_fields} | {"id": new_id(), "permissions": '["*"]'}
    office.node.act(lambda work: work.add(Request, forged))
    assert office.heard(forged["id"])
    assert office.follow(forged["id"])["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"verb": "orders.split_order"}, "VERB_UNKNOWN"),
        ({"arguments": '{"new": {}}'}, "REQUEST_UNREADABLE"),
    ],
)
def test_what_this_release_does_not_understand_is_refused(
    office: Office, restaurant: Restaurant, changes: dict[str, str], code: str
) -> None:
    request_id = office.ask_for_soup()
    row = restaurant.node.reading().one("SELECT * FROM requests WHERE id = :id", id=request_id)
    assert row
    other = {name: row[name] for name in Request.model_fields} | {"id": new_id(), **changes}
    office.node.act(lambda work: work.add(Request, other))
    assert office.heard(other["id"])
    assert (office.follow(other["id"])["state"], office.follow(other["id"])["code"]) == ("refused", code)


def test_an_old_request_waits_for_a_person(office: Office, restaurant: Restaurant) -> None:
    node = restaurant.node
    old, older = office.ask_for_soup(), office.ask_for_soup(2)
    node.later(minutes=15)
    fresh = office.ask_for_soup()
    assert node.read(pending_requests, now=node.now, limit=10) == [fresh]
    assert node.read(waiting_for_a_person, now=node.now) == 2
    before = node.store.counts()
    assert not office.heard(old)
    assert not node.act(service.give_request_up, old, now=node.now)
    assert node.store.counts() == before
    toivo = new_id()
    told = node.as_("orders.place", person_id=toivo).act(service.confirm_request, old, now=node.now)
    assert (told["state"], told["answered_by"]) == ("accepted", toivo)
    assert told["order"]["opened_by"] == office.account_id, "in the name of who asked"
    assert node.journal("requests.request_answered")[-1]["actor_id"] == toivo
    assert node.journal("orders.order_placed")[-1]["terminal_id"] == node.caller.terminal_id
    told = node.as_("orders.place", person_id=toivo).act(
        service.refuse_request, older, reason="the kitchen is closed", now=node.now
    )
    assert (told["state"], told["code"], told["message"]) == ("refused", "DECLINED", "the kitchen is closed")
    assert node.read(waiting_for_a_person, now=node.now) == 0


def test_who_confirms_needs_the_right_to_place_orders_and_lends_no_other(
    office: Office, restaurant: Restaurant
) -> None:
    node = restaurant.node
    request_id = office.as_("orders.place").ask_for_soup(unit_price_minor=1)
    for verb in (service.confirm_request, service.refuse_request):
        with pytest.raises(Forbidden):
            node.as_("kitchen.bump").act(verb, request_id, now=node.now)
    told = node.act(service.confirm_request, request_id, now=node.now)
    assert (told["state"], told["code"]) == ("refused", "NOT_PERMITTED"), "Selma may, but she is not who asked"


def test_what_is_settled_stays_so(office: Office, restaurant: Restaurant) -> None:
    node = restaurant.node
    done, declined = office.ask_for_soup(), office.ask_for_soup()
    assert office.heard(done)
    first = node.act(service.refuse_request, declined, now=node.now)
    assert first["message"] == "The property declined this. Ask there."
    assert node.act(service.refuse_request, declined, reason="another", now=node.now) == first
    assert refusal(node.act, service.refuse_request, done, now=node.now) == "REQUEST_ANSWERED"
    assert refusal(node.act, service.confirm_request, declined, now=node.now) == "REQUEST_ANSWERED"


def test_nothing_is_done_that_expired(office: Office, restaurant: Restaurant) -> None:
    node = restaurant.node
    request_id = office.ask_for_soup()
    node.later(hours=12)
    assert office.follow(request_id)["state"] == "expired"
    assert not office.heard(request_id)
    assert refusal(node.act, service.confirm_request, request_id, now=node.now) == "REQUEST_EXPIRED"
    assert refusal(node.act, service.refuse_request, request_id, now=node.now) == "REQUEST_EXPIRED"
    assert node.read(requests_page, now=node.now)["items"] == []
    assert node.read(waiting_for_a_person, now=node.now) == 0


def test_what_broke_down_is_given_up_with_a_code(office: Office, restaurant: Restaurant) -> None:
    request_id = office.ask_for_soup()
    assert restaurant.node.act(service.give_request_up, request_id, now=restaurant.node.now)
    told = office.follow(request_id)
    assert (told["state"], told["code"]) == ("refused", "REQUEST_FAILED")


def test_each_side_writes_its_own(office: Office, restaurant: Restaurant) -> None:
    request_id = office.ask_for_soup()
    asked_at_the_property = Office(replace(office.node, place=restaurant.node.place), restaurant)
    assert refusal(asked_at_the_property.ask_for_soup) == "WRITTEN_AT_HEAD_OFFICE"
    now = office.node.now
    assert refusal(office.node.act, service.refuse_request, request_id, now=now) == "WRITTEN_AT_THE_PROPERTY"
    with pytest.raises(NotFound):
        restaurant.node.act(service.answer_request, new_id(), now=now)


def test_requests_are_listed_newest_first_and_in_pages(office: Office, restaurant: Restaurant) -> None:
    node = restaurant.node
    ids = [office.ask_for_soup() for _ in range(5)]
    assert office.heard(ids[3])
    listed = node.read(requests_page, now=node.now)
    assert [(one["id"], one["state"]) for one in listed["items"]] == [(ids[n], "pending") for n in (4, 2, 1, 0)]
    assert listed["next_cursor"] is None
    page = node.read(requests_page, now=node.now, state="all", limit=2)
    assert [one["state"] for one in page["items"]] == ["pending", "accepted"]
    rest = node.read(requests_page, now=node.now, state="all", limit=3, cursor=page["next_cursor"])
    assert [one["id"] for one in page["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None
    with pytest.raises(Invalid):
        node.read(requests_page, now=node.now, cursor="2026-03-01")
    assert node.read(pending_requests, now=node.now, limit=2) == ids[:2]
