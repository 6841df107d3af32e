"""A node has its share of the hub and no more; what it asks beyond is answered with when to come again, and it obeys."""

import asyncio
import threading
from dataclasses import replace

import httpx2
import pytest

from sync.hub.limits import AT_ONCE_SECONDS, BUCKETS_MAX, WAITING_MAX, Gate, Limits, TooFast, Turns
from sync.node.resting import Resting
from sync.node.transport import Link, LinkDown
from sync.signing import NODE_HEADER, NONCE_HEADER, SIGNATURE_HEADER, issue_nonce
from sync.wire import PullAnswer, pack_json
from tests.sync import rows
from tests.sync.conftest import SECRET, HandFactory
from tests.sync.ends import HUB_URL, Hand, House, Node, wait_until, wall_ms
from tests.sync.faults import LoopThread, answer_lost

LIMITS = Limits(node_requests=10, node_bytes=1_000, group_requests=15, group_bytes=100_000)


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def watch() -> Watch:
    """A clock that stands."""
    return Watch()


@pytest.fixture
def gate(watch: Watch) -> Gate:
    """A gate with small shares."""
    return Gate(LIMITS, watch)


def taken(gate: Gate, node: str, *, size: int = 0, most: int = 10_000, org: str = "org") -> int:
    """How many requests of a node pass now."""
    for n in range(most):
        try:
            gate.take(org, node, size)
        except TooFast:
            return n
    return most


def test_ten_seconds_share_may_come_at_once_and_then_so_many_by_the_second(gate: Gate, watch: Watch) -> None:
    assert taken(gate, "one") == 10 * AT_ONCE_SECONDS
    watch.now += 1
    assert taken(gate, "one") == 10
    watch.now += 3600
    assert taken(gate, "one") == 10 * AT_ONCE_SECONDS


def test_who_asks_too_fast_is_told_when_to_come_again_and_is_let_in_then(gate: Gate, watch: Watch) -> None:
    gate.take("org", "one", 14_500)
    with pytest.raises(TooFast) as refused:
        gate.take("org", "one", 1)
    assert refused.value.retry_after == 5, "4,500 bytes beyond ten seconds' share of 1,000"
    watch.now += refused.value.retry_after + 0.01
    gate.take("org", "one", 1)


def test_one_request_larger_than_everything_passes_once(gate: Gate) -> None:
    gate.take("org", "one", 10**9)
    assert taken(gate, "one") == 0


def test_a_flood_of_one_node_takes_nothing_of_anothers_share(gate: Gate) -> None:
    taken(gate, "loud")
    assert taken(gate, "quiet", most=40) == 40


def test_a_groups_nodes_together_take_nothing_of_another_groups(gate: Gate) -> None:
    assert sum(taken(gate, f"node {n}") for n in range(5)) == 15 * AT_ONCE_SECONDS
    assert taken(gate, "elsewhere", org="another") == 10 * AT_ONCE_SECONDS


def test_what_is_refused_counts_for_nothing(gate: Gate, watch: Watch) -> None:
    taken(gate, "one")
    for _ in range(1000):
        with pytest.raises(TooFast):
            gate.take("org", "one", 10**6)
    watch.now += 1
    assert taken(gate, "one") == 10


def test_memory_is_bounded_by_the_nodes_that_asked_lately(gate: Gate, watch: Watch) -> None:
    for n in range(BUCKETS_MAX):
        gate.take(f"org {n}", f"node {n}", 0)
        watch.now += 1
    assert len(gate._buckets) < BUCKETS_MAX + 10


# --- over the wire


def strict(hand: Hand, **limits: float) -> None:
    """Makes the hub's shares small from here on."""
    hand.house.group.head.host.gate.limits = replace(Limits(), **limits)  # type: ignore[arg-type]


def test_a_flood_is_answered_with_too_fast_and_the_others_are_served(house: House, make_hand: HandFactory) -> None:
    loud, quiet = make_hand(house), make_hand(house)
    strict(loud, node_requests=2)
    for _ in range(20):
        loud.hello()
    with pytest.raises(LinkDown, match="429 TOO_FAST") as refused:
        hello_often(loud)
    assert refused.value.retry_after >= 1
    quiet.push([quiet.insert("stations", rows.station(house))])
    assert house.group.value("SELECT count(*) FROM stations") == 1


def hello_often(hand: Hand) -> None:
    """More often than any share lasts for."""
    for _ in range(1000):
        hand.hello()


def test_what_nobody_signed_spends_nobodys_share(hand: Hand) -> None:
    strict(hand, node_requests=1)
    forged = {
        NODE_HEADER: hand.node_id,
        NONCE_HEADER: issue_nonce(SECRET, hand.node_id, wall_ms()),
        SIGNATURE_HEADER: "AAAA",
    }
    with httpx2.Client(base_url=HUB_URL, transport=hand.house.group.head.wire.end()) as client:
        for _ in range(50):
            assert client.post("/sync/v1/hello", content=b"x", headers=forged).status_code == 403
    assert hand.hello().status == "ok"


def test_a_node_comes_again_when_it_was_told_to_and_loses_nothing(node: Node) -> None:
    node.house.group.head.wire.fail("/sync/v1/push", lambda request, call: too_fast())
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (:org_id, :property_id, :property_id, 'Grill', 0)"
    )
    waits: list[float] = []
    node.engine._resting = Resting(lambda: 0.5, lambda: sum(waits), waits.append)
    for _ in range(2):
        node.engine._attempt("push", lambda: node.engine.push_next(node.link))
    assert waits == [7.125], "as long as it was asked to, and a little more than another would"
    assert node.outbox() == []
    assert node.engine.current().push_error is None


def too_fast() -> httpx2.Response:
    """What the hub says to who asks too much."""
    error = {"code": "TOO_FAST", "message": "It is heard again in 7 s.", "details": {}}
    return httpx2.Response(429, headers={"Retry-After": "7"}, json={"error": error})


def test_a_node_puts_no_more_into_a_push_than_it_was_told(node: Node, house: House) -> None:
    house.group.head.host.gate.limits = Limits(batch_changes=3, batch_bytes=10_000)
    node.again()
    for n in range(7):
        node.run_sql(
            "INSERT INTO stations (org_id, id, property_id, name, sort)"
            f" VALUES (:org_id, '00000000-0000-7000-8000-00000000000{n}', :property_id, 'Grill', 0)"
        )
    house.group.head.wire.requests.clear()
    node.sync()
    pushes = [r for r in house.group.head.wire.requests if r.url.path == "/sync/v1/push"]
    assert len(pushes) == 3
    assert house.group.value("SELECT count(*) FROM stations") == 7


def test_a_question_asked_anew_takes_the_place_of_the_one_that_waits(
    hand: Hand, house: House, hub_loop: LoopThread
) -> None:
    """Who was cut off and comes back at once is no flood, and waits for nothing."""
    hand.hello()
    at = {scope: [len(house.group.feed(scope)), 1] for scope in (house.group.org_id, house.id)}
    body = pack_json(b'{"protocol":1,"incarnation":1,"wait":20,"cursors":%s}' % str(at).replace("'", '"').encode())
    answers: list[PullAnswer] = []
    held = threading.Thread(target=lambda: answers.append(hand.link.call("/sync/v1/pull", body, PullAnswer)))
    held.start()
    board = house.group.head.host.board
    wait_until(lambda: board._waiting.get(house.id))
    again = Link(HUB_URL, hand.node_id, hand.key, transport=house.group.head.wire.end())
    newer = threading.Thread(target=lambda: answers.append(again.call("/sync/v1/pull", body, PullAnswer)))
    newer.start()
    held.join(15)
    assert not held.is_alive()
    assert [page.entries for page in answers[0].pages] == [[], []]
    house.group.rows("UPDATE properties SET name = 'News' WHERE id = %s", house.id)
    hub_loop.loop.call_soon_threadsafe(board.tell, house.id, 0)
    newer.join(15)
    assert len(answers[1].pages[1].entries) == 1
    again.close()


def test_a_push_lost_on_the_way_back_and_sent_again_at_once_waits_for_its_turn(hand: Hand) -> None:
    batch = hand.batch([hand.insert("stations", rows.station(hand.house))])
    hand.house.group.head.wire.fail("/sync/v1/push", answer_lost)
    with pytest.raises(LinkDown):
        hand.send(batch)
    assert hand.send(batch).status == "ok"
    assert hand.house.group.value("SELECT count(*) FROM stations") == 1


def test_one_push_of_a_node_is_done_at_a_time_and_few_wait() -> None:
    async def pushes() -> tuple[int, int, list[str]]:
        turns, running, most, told = Turns(), 0, 0, list[str]()

        async def push(node: str) -> None:
            nonlocal running, most
            try:
                async with turns.turn(node):
                    running += 1
                    most = max(most, running)
                    await asyncio.sleep(0)
                    running -= 1
                    told.append("done")
            except TooFast:
                told.append("too fast")

        await asyncio.gather(*(push("loud") for _ in range(10)))
        await push("loud")
        return most, len(turns._nodes), told

    most, left, told = asyncio.run(pushes())
    assert (most, left) == (1, 0)
    assert sorted(told) == ["done"] * (WAITING_MAX + 2) + ["too fast"] * (9 - WAITING_MAX)
