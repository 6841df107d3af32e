import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from uuid import uuid4

import pytest

from buffr.link import LinkProxy
from buffr.replay.acknowledgements import Acknowledgement, Ledger
from buffr.replay.client import EdgeUnclear, EdgeUnreachable, Patience
from buffr.replay.menu import Menu
from buffr.replay.orders import Order, OrderLine, order_total_minor
from buffr.replay.play import CONCURRENCY_MAX, PlayResult, Progress, play
from buffr.replay.publish import EdgeAccess, ReadyEdge, publish_menu
from buffr.service import dinner_service
from tests.buffr.replay.conftest import ServeEdge
from tests.buffr.replay.edge_double import EdgeDouble, Fault

Access = Callable[..., EdgeAccess]
EVENING = dinner_service(orders=24)
PATIENT = Patience(
    whole_call_seconds_max=30.0, one_try_seconds_max=10.0, first_wait_seconds_max=0.01, wait_seconds_max=0.05
)
HASTY = Patience(
    whole_call_seconds_max=0.3, one_try_seconds_max=0.2, first_wait_seconds_max=0.01, wait_seconds_max=0.05
)


def played(
    orders: Sequence[Order],
    accesses: Sequence[EdgeAccess],
    *,
    menu: Menu = EVENING.menu,
    concurrency: int = 4,
    acknowledgements: Callable[[Acknowledgement], None] = lambda _: None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    parts: Sequence[int | None] = (0, None),
    patience: Patience = PATIENT,
) -> list[PlayResult]:
    """Publishes the menu and plays the orders part by part, in one loop as the demo does."""

    async def evening() -> list[PlayResult]:
        edges = await publish_menu(menu, accesses)
        return [
            await play(
                orders,
                edges,
                concurrency=concurrency,
                acknowledgements=acknowledgements,
                on_progress=on_progress,
                start=start or 0,
                stop=stop,
                patience=patience,
            )
            for start, stop in pairwise(parts)
        ]

    return asyncio.run(evening())


def assert_all_served_and_settled(edge: EdgeDouble) -> None:
    assert all(ticket["steps"] == ["bump", "serve"] for ticket in edge.tickets.values())
    shown = [edge.shown(id) for id in edge.orders]
    assert [order["due_minor"] for order in shown] == [0] * len(shown)


def test_orders_are_dealt_in_turn_placed_bumped_served_and_settled(serve_edge: ServeEdge, access: Access) -> None:
    servings = [serve_edge(), serve_edge()]
    ledger, seen = Ledger(), list[Progress]()
    (result,) = played(
        EVENING.orders, [access(one) for one in servings], acknowledgements=ledger, on_progress=seen.append
    )

    assert result.failures == ()
    assert (result.orders, result.lines) == (24, sum(len(order.lines) for order in EVENING.orders))
    for index, serving in enumerate(servings):
        assert_all_served_and_settled(serving.edge)
        mine = EVENING.orders[index::2]
        taken = [one for one in ledger.orders if one.edge_url == serving.url]
        assert {one.reference for one in taken} == {order.reference for order in mine}
        assert {one.order_id for one in taken} == set(serving.edge.orders)
        assert {one.number for one in taken} == {order["number"] for order in serving.edge.orders.values()}
        expected = sum(order_total_minor(order, EVENING.menu) for order in mine)
        tally = result.edges[index]
        assert tally.total_minor == tally.paid_minor == expected == sum(one.total_minor for one in taken)
        assert tally.currency == "NAD"
        paid = [one for one in ledger.payments if one.edge_url == serving.url]
        assert {one.payment_id for one in paid} == {payment["id"] for payment in serving.edge.payments}
        assert sum(one.amount_minor for one in paid) == expected
    assert [one.done for one in seen] == list(range(1, 25))
    assert seen[-1] == Progress(done=24, total=24, acknowledged=24, retries=0, failures=0)


def test_an_order_arrives_as_it_was_written(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    played(EVENING.orders, [access(serving)], concurrency=1)
    placed = list(serving.edge.orders.values())
    assert len(placed) == len(EVENING.orders)
    for order, found in zip(EVENING.orders, placed, strict=True):
        assert (found["channel"], found["table"], found["covers"], found["note"]) == (
            order.channel,
            order.table,
            order.covers,
            order.note,
        )
        assert [(line["name"], line["quantity"], line["note"], line["seat"]) for line in found["lines"]] == [
            (line.item, line.quantity, line.note, line.seat) for line in order.lines
        ]
        assert [
            [(one["group_name"], one["name"], one["quantity"]) for one in line["options"]] for line in found["lines"]
        ] == [[(one.group, one.name, one.quantity) for one in line.options] for line in order.lines]


def test_parts_deal_as_the_whole_would(serve_edge: ServeEdge, access: Access) -> None:
    servings = [serve_edge(), serve_edge()]
    ledger = Ledger()
    results = played(EVENING.orders, [access(one) for one in servings], acknowledgements=ledger, parts=(0, 5, 5, 24))
    assert [result.orders for result in results] == [5, 0, 19]
    for index, serving in enumerate(servings):
        taken = {one.reference for one in ledger.orders if one.edge_url == serving.url}
        assert taken == {order.reference for order in EVENING.orders[index::2]}


@pytest.mark.parametrize("step", ["orders$", "bump$", "serve$", "payments$"])
def test_an_answer_lost_after_the_commit_makes_no_second(serve_edge: ServeEdge, access: Access, step: str) -> None:
    serving = serve_edge(faults=[Fault(f"POST .*{step}", "answer lost", times=7)])
    ledger = Ledger()
    (result,) = played(EVENING.orders, [access(serving)], acknowledgements=ledger)
    assert result.failures == ()
    assert result.retries == 7
    assert len(serving.edge.orders) == 24
    assert {one.order_id for one in ledger.orders} == set(serving.edge.orders)
    assert_all_served_and_settled(serving.edge)
    assert sum(payment["amount_minor"] for payment in serving.edge.payments) == result.edges[0].total_minor


@pytest.mark.parametrize("kind", ["busy", "too many"])
def test_an_edge_that_says_not_now_is_asked_again(serve_edge: ServeEdge, access: Access, kind: str) -> None:
    serving = serve_edge(faults=[Fault("POST .*orders", kind, times=9)])  # type: ignore[arg-type]
    (result,) = played(EVENING.orders, [access(serving)])
    assert (result.orders, result.retries, result.failures) == (24, 9, ())
    assert_all_served_and_settled(serving.edge)


def test_an_edge_that_goes_away_in_the_middle_and_returns_loses_and_doubles_nothing(
    serve_edge: ServeEdge, access: Access
) -> None:
    serving, other = serve_edge(), serve_edge()
    ledger = Ledger()
    with LinkProxy("127.0.0.1", serving.port) as link:
        # Cut in the moment in which an order is stored and its answer is on the way.
        serving.edge.on_order = lambda count: link.refuse() if count == 5 else None

        def watch(progress: Progress) -> None:
            if progress.retries == 12:
                link.open()

        accesses = [access(serving, link.url), access(other)]
        (result,) = played(EVENING.orders, accesses, acknowledgements=ledger, on_progress=watch)
    assert result.retries >= 12
    assert (result.orders, result.failures) == (24, ())
    for one in (serving, other):
        assert len(one.edge.orders) == 12
        assert_all_served_and_settled(one.edge)
    assert {one.order_id for one in ledger.orders} == set(serving.edge.orders) | set(other.edge.orders)


def test_an_edge_that_is_down_holds_up_only_its_own_orders(serve_edge: ServeEdge, access: Access) -> None:
    serving, other = serve_edge(), serve_edge()
    with LinkProxy("127.0.0.1", serving.port) as link:
        accesses = [access(serving, link.url), access(other)]

        def watch(progress: Progress) -> None:
            if progress.done == 0 and progress.retries == 0:
                raise AssertionError("progress is told when something happened")
            if len(other.edge.orders) == 12 and progress.done == 12:
                link.open()

        async def evening() -> PlayResult:
            edges = await publish_menu(EVENING.menu, accesses)
            link.refuse()
            return await play(EVENING.orders, edges, concurrency=2, on_progress=watch, patience=PATIENT)

        result = asyncio.run(evening())
    assert (result.orders, result.failures) == (24, ())
    assert_all_served_and_settled(serving.edge)


def test_an_edge_that_stays_away_ends_the_play_and_what_was_acknowledged_is_known(
    serve_edge: ServeEdge, access: Access
) -> None:
    serving = serve_edge()
    ledger = Ledger()
    with LinkProxy("127.0.0.1", serving.port) as link:
        serving.edge.on_order = lambda count: link.refuse() if count == 5 else None
        with pytest.raises(EdgeUnreachable):
            played(EVENING.orders, [access(serving, link.url)], acknowledgements=ledger, patience=HASTY)
    assert {one.order_id for one in ledger.orders} <= set(serving.edge.orders)


def test_a_run_taken_up_again_finishes_without_a_second_order(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    run, enter, ledger = uuid4(), access(serving), Ledger()

    async def twice() -> None:
        edges = await publish_menu(EVENING.menu, [enter])
        for stop in (9, None):
            await play(EVENING.orders, edges, stop=stop, run=run, acknowledgements=ledger)

    asyncio.run(twice())
    assert len(serving.edge.orders) == 24
    assert_all_served_and_settled(serving.edge)
    told = Counter(one.order_id for one in ledger.orders)
    assert Counter(told.values()) == {1: 15, 2: 9}


def test_another_run_makes_orders_of_its_own(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    played(EVENING.orders[:3], [access(serving)], parts=(0, 3, 0, 3))
    # The second part of these starts again at 0 under a run of its own, the part between is empty.
    assert len(serving.edge.orders) == 6


def test_tickets_that_come_after_the_answer_are_waited_for(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge(tickets_after_looks=2)
    (result,) = played(EVENING.orders[:4], [access(serving)])
    assert result.failures == ()
    assert_all_served_and_settled(serving.edge)


def test_tickets_that_never_come_are_a_failure_of_their_order(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge(tickets_after_looks=1_000_000)
    (result,) = played(EVENING.orders[:2], [access(serving)], patience=HASTY)
    failed = sorted((one.reference, one.step) for one in result.failures)
    assert failed == [("S-0001", "tickets"), ("S-0002", "tickets")]
    assert result.orders == 2


def test_a_ticket_that_a_cook_served_before_us_is_no_failure(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    edge = serving.edge

    def cook(_: int) -> None:
        for ticket in edge.tickets.values():
            ticket["state"] = "served"

    edge.on_order = cook
    (result,) = played(EVENING.orders[:4], [access(serving)])
    assert result.failures == ()
    assert all(ticket["steps"] == [] for ticket in edge.tickets.values())
    assert len(edge.payments) >= 4


def test_an_order_that_is_refused_is_reported_and_the_others_go_on(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    broken = Order("X-1", "counter", (OrderLine("Rump 300 g"),))  # without the doneness that it needs
    orders = [EVENING.orders[0], broken, EVENING.orders[1]]
    (result,) = played(orders, [access(serving)])
    (failure,) = result.failures
    assert (failure.reference, failure.step, failure.edge_url) == ("X-1", "place", serving.url)
    assert "CHOICES_OUT_OF_BOUNDS" in failure.reason
    assert (result.orders, len(serving.edge.orders)) == (2, 2)
    assert_all_served_and_settled(serving.edge)


def test_an_order_for_what_the_menu_lacks_is_the_callers_mistake(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    with pytest.raises(ValueError, match="order X-1 names 'Unicorn', which the published menu lacks"):
        played([Order("X-1", "counter", (OrderLine("Unicorn"),))], [access(serving)])
    assert serving.edge.orders == {}


def test_an_edge_that_answers_nonsense_ends_the_play(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge(faults=[Fault("POST .*bump", "nonsense")])
    with pytest.raises(EdgeUnclear):
        played(EVENING.orders, [access(serving)])


def test_no_more_orders_are_under_way_than_allowed(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    played(EVENING.orders, [access(serving)], concurrency=3)
    assert 1 <= serving.edge.at_once_most <= 3


def test_an_open_price_is_taken_as_it_stands(serve_edge: ServeEdge, access: Access) -> None:
    serving, ledger = serve_edge(), Ledger()
    order = Order("1", "counter", (OrderLine("Cola", quantity=3, unit_price_minor=111), OrderLine("Cider")))
    played([order], [access(serving)], acknowledgements=ledger)
    assert [one.total_minor for one in ledger.orders] == [333 + 4_600]
    assert [line["amount_minor"] for line in next(iter(serving.edge.orders.values()))["lines"]] == [333, 4_600]


def test_an_order_that_costs_nothing_is_settled_by_a_payment_of_nothing(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    (result,) = played([Order("1", "counter", (OrderLine("Cola", unit_price_minor=0),))], [access(serving)])
    assert (result.orders, result.edges[0].payments, result.edges[0].paid_minor, result.failures) == (1, 1, 0, ())


@pytest.mark.parametrize("concurrency", [0, CONCURRENCY_MAX + 1])
def test_a_concurrency_out_of_bounds_is_refused(concurrency: int) -> None:
    edges: list[ReadyEdge] = []
    with pytest.raises(ValueError, match="concurrency"):
        asyncio.run(play([], edges, concurrency=concurrency))
