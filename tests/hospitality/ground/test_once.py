"""The same key does a thing once, and never another thing (R2)."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.errors import Refused
from hospitality.ground.host import Answer, Once
from hospitality.ground.once import run_once
from hospitality.ground.work import Work
from hospitality.menu.service import add_station
from tests.hospitality.node import Node

KEY = Once("key-1", "till POST /stations", "hash of the body")


def add(work: Work, name: str = "Bar") -> dict[str, Any]:
    return add_station(work, name=name)


def once(node: Node, key: Once | None = KEY) -> Answer:
    return node.act(run_once, key, add)


def stations(node: Node) -> int:
    return node.store.count("stations")


def test_a_repeated_key_gets_the_first_answer_byte_for_byte_and_runs_nothing(node: Node) -> None:
    first = once(node)
    again = once(node)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.body == first.body
    assert msgspec.json.decode(first.body)["name"] == "Bar"
    assert stations(node) == 1


def test_the_same_key_with_another_body_is_refused(node: Node) -> None:
    once(node)
    with pytest.raises(Refused) as refused:
        once(node, Once(KEY.key, KEY.scope, "another body"))
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"
    assert stations(node) == 1


def test_the_same_key_of_somebody_else_is_another_key(node: Node) -> None:
    once(node)
    assert not once(node, Once(KEY.key, "other till POST /stations", KEY.body_hash)).replayed
    assert stations(node) == 2


def test_without_a_key_every_call_is_a_new_one(node: Node) -> None:
    assert not once(node, None).replayed
    assert not once(node, None).replayed
    assert stations(node) == 2


def test_a_refused_act_keeps_no_answer_so_that_a_later_try_may_succeed(node: Node) -> None:
    def refused(work: Work) -> dict[str, Any]:
        add(work)
        raise Refused("SOLD_OUT", "It is sold out.")

    with pytest.raises(Refused):
        node.act(run_once, KEY, refused)
    assert (stations(node), node.store.count("kept_answers")) == (0, 0)
    assert not once(node).replayed


def test_what_was_only_asked_for_stays_only_asked_for_when_it_is_repeated(node: Node) -> None:
    first = node.act(run_once, KEY, add, requests=True)
    again = node.act(run_once, KEY, add, requests=True)
    assert (first.requested, again.requested, again.replayed) == (True, True, True)


PARTS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12)


@given(keys=st.lists(st.tuples(PARTS, PARTS), min_size=2, max_size=2, unique=True))
def test_different_keys_or_scopes_have_different_rows(keys: list[tuple[str, str]]) -> None:
    one, other = (Once(key, scope, "") for key, scope in keys)
    assert one.id != other.id
