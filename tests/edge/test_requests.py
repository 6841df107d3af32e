"""The node acts on what head office asked for: once, in order, whatever stops it; and leaves what is old to people."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.errand import AGAIN_SECONDS
from edge.host import EdgeHost
from edge.requests import BATCH_MAX, LOOK_SECONDS, Requests
from hospitality.checks.reading import orders_page
from hospitality.ground.clock import instant_text
from hospitality.ground.errors import Unavailable
from hospitality.ground.ids import new_id
from hospitality.requests import service, verbs
from hospitality.requests.reading import request_view
from tests.edge import node_fixture
from tests.edge.node_fixture import SOUP, ask, node, seed

WAIT_SECONDS_MAX = 20.0
PERMITTED = '["orders.open_price","orders.place"]'


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EdgeHost]:
    with node(tmp_path) as running:
        yield running


def wait_until(condition: Callable[[], object]) -> None:
    """Waits for something to become true, with a bound."""
    ends = time.monotonic() + WAIT_SECONDS_MAX
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.01)


def request_for_soup(
    host: EdgeHost, *, minutes_ago: float = 0, verb: str = "orders.place_order", table: str = ""
) -> str:
    """A request as sync brings it from head office."""
    asked = host.now() - timedelta(minutes=minutes_ago)
    new = {"channel": "dine_in", "lines": [{"menu_item_id": SOUP, "quantity": 1}], "table": table or None}
    row = {
        "id": new_id(),
        "verb": verb,
        "arguments": msgspec.json.encode({"new": new}).decode(),
        "permissions": PERMITTED,
        "asked_by": new_id(),
        "asked_at": instant_text(asked),
        "confirm_at": instant_text(asked + timedelta(minutes=15)),
        "expires_at": instant_text(asked + timedelta(hours=12)),
    }
    seed(host, ("requests", row))
    return str(row["id"])


def answering(host: EdgeHost, **more: Any) -> Requests:
    """The one that answers, driven step by step."""
    return Requests(host, **{"caught_up": lambda: True, **more})


@contextmanager
def started(requests: Requests) -> Iterator[Requests]:
    """The same, by itself."""
    requests.start()
    try:
        yield requests
    finally:
        requests.stop()


def state(host: EdgeHost, request_id: str) -> str:
    """How far a request is."""
    return str(ask(host, request_view, request_id, now=host.now())["state"])


def orders(host: EdgeHost) -> list[dict[str, Any]]:
    """The orders, oldest first."""
    found: list[dict[str, Any]] = ask(host, orders_page)["items"]
    return found[::-1]


def outbox(host: EdgeHost) -> list[tuple[int, str]]:
    """(stamp, table) of what waits to be sent; one act is one stamp."""
    rows = ask(host, lambda reading: reading.rows("SELECT hlc, tbl FROM sync_outbox ORDER BY seq"))
    return [(row["hlc"], row["tbl"]) for row in rows]


def test_a_request_becomes_an_order_and_its_answer_in_one_act(host: EdgeHost) -> None:
    request_id = request_for_soup(host, table="7")
    assert outbox(host) == []
    assert answering(host).step() == LOOK_SECONDS
    assert state(host, request_id) == "accepted"
    assert [order["table"] for order in orders(host)] == ["7"]
    sent = outbox(host)
    assert {table for _, table in sent} >= {"orders", "order_lines", "request_answers", "journal"}
    assert len({stamp for stamp, _ in sent}) == 1, "one transaction on the wire"


def test_two_that_answer_at_once_do_it_once(host: EdgeHost) -> None:
    ids = [request_for_soup(host) for _ in range(8)]
    both = [answering(host), answering(host)]
    threads = [threading.Thread(target=one.step) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS_MAX)
    assert [state(host, id) for id in ids] == ["accepted"] * 8
    assert len(orders(host)) == 8


def test_a_node_that_died_before_or_after_the_commit_does_it_once(tmp_path: Path) -> None:
    with node(tmp_path) as first:
        request_id = request_for_soup(first)
    with node(tmp_path) as second:
        assert state(second, request_id) == "pending"
        answering(second).step()
        assert state(second, request_id) == "accepted"
    with node(tmp_path) as third:
        answering(third).step()
        assert len(orders(third)) == 1


def test_requests_are_done_in_the_order_in_which_they_were_made(host: EdgeHost) -> None:
    tables = [str(n) for n in range(BATCH_MAX + 3)]
    for n, table in enumerate(tables):
        request_for_soup(host, minutes_ago=10 - n / 10, table=table)
    requests = answering(host)
    assert requests.step() == 0, "there may be more"
    assert requests.step() == LOOK_SECONDS
    placed = orders(host)
    assert [order["table"] for order in placed] == tables
    assert [order["number"] for order in placed] == [f"A1-{n + 1}" for n in range(len(tables))]


def test_a_refusal_is_told_and_holds_up_nothing(host: EdgeHost) -> None:
    unknown, known = request_for_soup(host, verb="orders.split_order"), request_for_soup(host)
    answering(host).step()
    told = ask(host, request_view, unknown, now=host.now())
    assert (told["state"], told["code"]) == ("refused", "VERB_UNKNOWN")
    assert state(host, known) == "accepted"


def test_a_flood_of_old_requests_waits_for_people_and_a_fresh_one_does_not(host: EdgeHost) -> None:
    flood = [request_for_soup(host, minutes_ago=16 + n) for n in range(BATCH_MAX + 1)]
    fresh = request_for_soup(host, minutes_ago=1)
    told: list[int] = []
    requests: Requests = answering(host, on_change=lambda: told.append(requests.to_confirm))
    with started(requests):
        wait_until(lambda: told == [len(flood)] and state(host, fresh) == "accepted")
        assert {state(host, id) for id in flood} == {"needs_confirmation"}
        node_fixture.act(host, service.confirm_request, flood[0], now=host.now())
        node_fixture.act(host, service.refuse_request, flood[1], now=host.now())
        requests.nudge()
        wait_until(lambda: told == [len(flood), len(flood) - 2])
    assert len(orders(host)) == 2


def test_the_age_is_by_head_offices_clock(host: EdgeHost) -> None:
    ahead, behind = request_for_soup(host, minutes_ago=20), request_for_soup(host, minutes_ago=-10)
    host.clock.offset_ms = -20 * 60_000  # the node's clock is twenty minutes fast
    answering(host).step()
    assert state(host, ahead) == "accepted"
    host.clock.offset_ms = 40 * 60_000
    late = request_for_soup(host, minutes_ago=40)
    answering(host).step()
    assert state(host, late) == "needs_confirmation"
    assert state(host, behind) == "accepted", "asked in the node's future, and done at once"


def test_nothing_is_done_before_the_feeds_end_was_reached(host: EdgeHost) -> None:
    request_id = request_for_soup(host)
    asked, reached = threading.Event(), threading.Event()

    def caught_up() -> bool:
        asked.set()
        return reached.is_set()

    with started(answering(host, caught_up=caught_up)) as requests:
        for _ in range(3):
            asked.clear()
            requests.nudge()
            assert asked.wait(WAIT_SECONDS_MAX)
        assert (state(host, request_id), requests.begun) == ("pending", False)
        reached.set()
        requests.nudge()
        wait_until(lambda: state(host, request_id) == "accepted")


def test_what_breaks_down_is_answered_so_and_holds_up_nothing(host: EdgeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks, works = request_for_soup(host, minutes_ago=2, table="13"), request_for_soup(host, table="1")
    real = verbs.Requestable.run

    def run(asked: verbs.Requestable, work: Any, arguments: str) -> dict[str, Any]:
        answer = real(asked, work, arguments)
        assert '"13"' not in arguments, "a fault of ours"
        return answer

    monkeypatch.setattr(verbs.Requestable, "run", run)
    answering(host).step()
    told = ask(host, request_view, breaks, now=host.now())
    assert (told["state"], told["code"]) == ("refused", "REQUEST_FAILED")
    assert state(host, works) == "accepted"
    assert [order["table"] for order in orders(host)] == ["1"], "nothing of what broke was kept"


def test_while_the_node_can_not_write_the_request_waits(host: EdgeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = request_for_soup(host)
    requests = answering(host)
    with monkeypatch.context() as broken:

        def act(*_: Any) -> Future[Any]:
            failed: Future[Any] = Future()
            failed.set_exception(Unavailable("DISK_FULL", "The disk is full."))
            return failed

        broken.setattr(host.writer, "act", act)
        assert requests.step() == AGAIN_SECONDS
    assert state(host, request_id) == "pending"
    requests.step()
    assert state(host, request_id) == "accepted"


def test_trouble_with_the_database_does_not_end_the_thread(host: EdgeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.requests.AGAIN_SECONDS", 0.01)
    failures, recovered = [OSError("no disk"), OSError("no disk")], threading.Event()
    real = host.ask

    def sometimes(question: Any) -> Any:
        if failures:
            raise failures.pop()
        recovered.set()
        return real(question)

    request_id = request_for_soup(host)
    monkeypatch.setattr(host, "ask", sometimes)
    with started(answering(host)):
        assert recovered.wait(WAIT_SECONDS_MAX)
        wait_until(lambda: state(host, request_id) == "accepted")
