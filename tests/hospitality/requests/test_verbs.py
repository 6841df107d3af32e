"""What crosses the wire for each verb, and that nothing of it is lost or made up on the way."""

from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.checks.service import add_lines, pay, void_line
from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.work import Work
from hospitality.kitchen.service import step_ticket
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.requests.verbs import REQUESTABLE, Requestable, requestable, requestable_of

PLACING = REQUESTABLE["orders.place_order"]
NOWHERE = cast(Work, None)
words = st.none() | st.text(max_size=20)
lines = st.builds(
    NewLine,
    st.uuids().map(str),
    st.integers(1, 999),
    st.lists(st.tuples(st.uuids().map(str), st.integers(1, 9)), max_size=3).map(tuple),
    words,
    st.none() | st.integers(1, 9),
    st.none() | st.integers(-(2**53), 2**53),
    course=st.none() | st.integers(1, 20),
    hold=st.booleans(),
)
orders = st.builds(NewOrder, st.sampled_from(["dine_in", "delivery"]), st.lists(lines, max_size=3).map(tuple), words)


def ran(asked: Requestable, arguments: str) -> dict[str, Any]:
    """The arguments with which the verb is called."""
    called: dict[str, Any] = {}

    def verb(work: Work, **arguments: Any) -> dict[str, Any]:
        called.update(arguments)
        return {"id": "the order"}

    assert replace(asked, verb=verb).run(NOWHERE, arguments) == {"order_id": "the order"}
    return called


@given(new=orders)
def test_an_order_arrives_as_it_was_asked_for(new: NewOrder) -> None:
    assert ran(PLACING, PLACING.written(new)) == {"new": new}


@given(order_id=st.uuids().map(str), more=st.lists(lines, max_size=3))
def test_lines_arrive_as_they_were_asked_for(order_id: str, more: list[NewLine]) -> None:
    adding = REQUESTABLE["checks.add_lines"]
    assert ran(adding, adding.written(order_id, tuple(more))) == {"order_id": order_id, "lines": more}


def test_the_documents_of_both_releases_stay_readable() -> None:
    placing = (
        '{"new":{"channel":"dine_in","lines":[{"menu_item_id":"m","quantity":2,"options":[["o",1]],"note":null,'
        '"seat":3,"unit_price_minor":null}],"table":"7","covers":null,"note":"quick"}}'
    )
    new = NewOrder("dine_in", (NewLine("m", 2, (("o", 1),), seat=3),), table="7", note="quick")
    written = '{"new":{"channel":"dine_in","lines":[{"menu_item_id":"m","quantity":2,"options":[["o",1]],"seat":3}],'
    assert PLACING.written(new) == written + '"table":"7","note":"quick"}}'
    assert ran(PLACING, placing) == {"new": new} == ran(PLACING, PLACING.written(new))
    adding, voiding = REQUESTABLE["checks.add_lines"], REQUESTABLE["checks.void_line"]
    assert ran(adding, '{"order_id":"x","lines":[{"menu_item_id":"m","quantity":1}]}') == {
        "order_id": "x",
        "lines": [NewLine("m", 1)],
    }
    void = '{"order_id":"x","line_id":"y","reason":"late"}'
    assert voiding.written("x", "y", reason="late") == void
    assert ran(voiding, void) == {
        "order_id": "x",
        "line_id": "y",
        "reason": "late",
        "approval_id": None,
        "wasted": None,
    }


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "[]",
        "{}",
        '{"new": 7}',
        '{"new": {"channel": "dine_in", "lines": []}, "discount": 5}',
        '{"new": {"channel": "dine_in", "lines": [], "discount": 5}}',
        '{"new": {"channel": "dine_in", "lines": [{"menu_item_id": "m", "quantity": 1, "discount": 5}]}}',
        '{"new": {"channel": "dine_in", "lines": [{"menu_item_id": "m", "quantity": "1"}]}}',
    ],
)
def test_what_does_not_fit_or_says_more_than_is_known_is_refused(arguments: str) -> None:
    with pytest.raises(Invalid) as refused:
        PLACING.run(NOWHERE, arguments)
    assert refused.value.code == "REQUEST_UNREADABLE"


@given(document=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_document_breaks_the_reading(document: Any) -> None:
    with pytest.raises(Invalid):
        PLACING.run(NOWHERE, msgspec.json.encode({"new": document}).decode())


def test_orders_can_be_asked_for_and_money_and_the_kitchen_can_not() -> None:
    assert [requestable_of(verb) for verb in (place_order, add_lines, void_line)] == list(REQUESTABLE.values())
    assert requestable_of(pay) is None
    assert requestable_of(step_ticket) is None
    assert all(one.needs in one.may and "*" not in one.may for one in REQUESTABLE.values())


def test_a_verb_of_another_release_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        requestable("orders.split_order")
    assert (refused.value.code, refused.value.details) == ("VERB_UNKNOWN", {"verb": "orders.split_order"})
