"""What the writer keeps of the menu is what stands there: whoever changed it, and whatever was taken back."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.database import connect
from hospitality.ground.errors import Refused, Unavailable
from hospitality.ground.work import Work
from hospitality.menu.portions import count_portions
from hospitality.menu.service import edit_item
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.edge.failing_disk import Bench, bench
from tests.edge.node_fixture import BEER, SOUP, WAIT_SECONDS, manager
from tests.edge.served_node import copy_of

Step = tuple[str, int]


@pytest.fixture(scope="module")
def at(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(copy_of(furnished, tmp_path_factory.mktemp("cached") / "node")) as running:
        yield running


def price(minor: int) -> Callable[[Work], Any]:
    return lambda work: edit_item(work, SOUP, {"price_minor": minor})


def ordered(work: Work) -> int:
    """What an order of one costs."""
    return int(place_order(work, NewOrder("counter", (NewLine(SOUP, 1),)))["lines"][0]["unit_price_minor"])


def price_order_and_fail(minor: int) -> Callable[[Work], Any]:
    def verb(work: Work) -> None:
        price(minor)(work)
        assert ordered(work) == minor
        raise Refused("SECOND_THOUGHTS", "Never mind.")

    return verb


VERBS: dict[str, Callable[[int], Callable[[Work], Any]]] = {
    "price": price,
    "fail": price_order_and_fail,
    "order": lambda _: ordered,
}
steps = st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(100, 999)), max_size=6)


@settings(max_examples=40)
@given(st.lists(steps, min_size=1, max_size=4))
def test_each_order_costs_what_the_menu_says_at_its_turn(at: Bench, groups: list[list[Step]]) -> None:
    stands = at.act(ordered)
    for group in groups:
        expected, promises = [], list[Future[Any]]()
        with at.held():
            for name, minor in group:
                promises.append(at.writer.act(manager(), VERBS[name](minor)))
                if name == "price":
                    stands = minor
                expected.append(stands if name == "order" else None)
        found = [None if one.exception(WAIT_SECONDS) else one.result() for one in promises]
        assert [price for price in found if isinstance(price, int)] == [price for price in expected if price]


def test_what_another_connection_commits_is_seen(at: Bench) -> None:
    at.act(lambda work: count_portions(work, SOUP, portions=9))
    for _ in range(2):  # of what nobody counts, so that nothing moves what is kept
        at.act(lambda work: place_order(work, NewOrder("counter", (NewLine(BEER, 1),))))
    with closing(connect(at.disk.path, at.disk.key)) as other:
        other.execute("UPDATE portions_left SET portions = 0")
    with pytest.raises(Refused, match="sold out"):
        at.act(ordered)
    at.act(lambda work: count_portions(work, SOUP, portions=None))


def test_what_a_failed_commit_changed_is_not_believed(at: Bench) -> None:
    at.act(price(500))
    assert at.act(ordered) == 500
    at.disk.fail_once("COMMIT")
    with pytest.raises(Unavailable):
        at.act(lambda work: (price(700)(work), ordered(work)))
    assert [at.act(ordered) for _ in range(2)] == [500, 500]
