"""`/ws`: screens hear what happens once, in order, and know it when they don't (R6)."""

import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

import edge.live
from edge.host import COOKIE
from tests.edge.node_fixture import BAR, BEER, KITCHEN, SOUP
from tests.edge.printing.evening import wait_for
from tests.edge.served_node import (
    ALL_EVENTS,
    ANSWER_SECONDS,
    PREFIX,
    Ear,
    Lan,
    ServedNode,
    opened_node,
    screen,
    served_node,
    socket_of,
)

Told = tuple[str, str]


def told(messages: list[dict[str, Any]]) -> list[Told]:
    """What kind of event each was, and its position."""
    return [(message["event"], message["position"]) for message in messages]


def an_evening(lan: ServedNode, ear: Ear) -> list[dict[str, Any]]:
    """What a screen hears of an order for two stations that is cooked, partly taken off and paid, and of a second."""
    placed = lan.order(SOUP, BEER)
    here = f"orders/{placed['id']}"
    tickets = lan.get("tickets").json()["items"]
    for ticket in tickets:
        assert lan.post(f"tickets/{ticket['id']}/bump", {}).status_code == 201
    beer = next(line for line in placed["lines"] if line["menu_item_id"] == BEER)
    assert lan.post(f"{here}/lines/{beer['id']}/void", {"reason": "Spilt"}).status_code == 201
    due = lan.get(here).json()["due_minor"]
    paid = lan.post(f"{here}/payments", {"tender": "cash", "amount_minor": due, "tendered_minor": due})
    assert paid.status_code == 201, paid.text
    second = lan.order(SOUP)["id"]
    heard = ear.events(1)
    while heard[-1]["event"] != "order_created" or heard[-1]["data"]["order"]["id"] != second:
        heard += ear.events(1)
    return heard


# --- what is heard


def test_the_node_knows_which_station_a_terminals_screen_shows_until_it_says_goodbye(lan: ServedNode) -> None:
    def receiving() -> list[str]:
        lines = lan.client.get("/metrics").text.splitlines()
        return [line for line in lines if line.startswith("buffr_station_receiving")]

    with screen(lan, "sync_status") as ear:
        ear.until("sync_status")
        assert receiving() == []
        for said in ("no json", '{"shows": 7}', json.dumps({"shows": BAR}), json.dumps({"shows": KITCHEN})):
            ear.socket.send(said)
        wait_for(lambda: receiving() == ['buffr_station_receiving{station="Kitchen"} 1.0'])
    assert receiving() == ['buffr_station_receiving{station="Kitchen"} 1.0'], "a cable that is pulled is no goodbye"
    with screen(lan, "sync_status") as ear:
        ear.socket.send(json.dumps({"shows": KITCHEN}))
        ear.socket.send(json.dumps({"shows": None}))
        wait_for(lambda: receiving() == [])
    assert lan.get("status").json()["unheard_stations"] == []


def test_a_screen_hears_an_order_from_placing_to_payment(lan: ServedNode) -> None:
    with screen(lan) as ear:
        hello = ear.next()
        assert (hello["event"], hello["position"][:2]) == ("hello", "1:")
        assert set(hello["data"]) == {"node_code", "incarnation", "server_time", "version", "property_name"}
        heard = an_evening(lan, ear)
    *heard, _, _ = heard  # of the second order
    assert [message["event"] for message in heard[:3]] == ["ticket_updated", "ticket_updated", "order_created"]
    assert {message["event"] for message in heard[3:]} == {"ticket_updated", "order_updated"}
    first, last = heard[2]["data"]["order"], heard[-1]["data"]["order"]
    assert (first["payment_state"], last["payment_state"]) == ("open", "settled")
    assert last["lines"][1]["void_reason"] == "Spilt"
    tickets = [message["data"]["ticket"] for message in heard if message["event"] == "ticket_updated"]
    assert {ticket["order_number"] for ticket in tickets} == {"A1-1"}
    assert tickets[-1]["state"] in ("ready", "voided")


def test_positions_grow_and_none_is_given_twice(lan: ServedNode) -> None:
    with screen(lan) as ear:
        heard = an_evening(lan, ear)
    places = [tuple(map(int, message["position"].split(":"))) for message in heard]
    assert all(before < after for before, after in pairwise(places))


def test_a_screen_hears_only_what_it_subscribed_to(lan: ServedNode) -> None:
    with screen(lan, "order_created") as orders, screen(lan, "ticket_updated", "no_such_event") as kitchen:
        orders.until("hello")
        kitchen.until("hello")
        lan.order(SOUP)
        lan.order(SOUP)
        assert [message["event"] for message in orders.events(2)] == ["order_created"] * 2
        assert [message["event"] for message in kitchen.events(2)] == ["ticket_updated"] * 2


def test_the_state_of_the_link_is_told_at_once_and_when_it_changes(lan: ServedNode) -> None:
    with screen(lan, "sync_status") as ear:
        first = ear.until("sync_status")
        assert first["position"] is None
        assert first["data"]["sync"]["state"] == "property_only"
        lan.order(SOUP)
        lan.node.live.status_changed()
        waiting = first["data"]["sync"]["waiting"]
        while ear.until("sync_status")["data"]["sync"]["waiting"] <= waiting:
            lan.node.live.status_changed()


def test_a_status_that_can_not_be_told_once_is_told_the_next_time(
    lan: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    with screen(lan, "sync_status") as ear:
        ear.until("sync_status")
        status, failed = lan.node.live._status, threading.Event()

        def fail_once() -> dict[str, Any]:
            if not failed.is_set():
                failed.set()
                raise TimeoutError("every reader is busy")
            return status()

        monkeypatch.setattr(lan.node.live, "_status", fail_once)
        lan.node.live.status_changed()
        assert failed.wait(ANSWER_SECONDS)
        lan.node.live.status_changed()
        assert ear.until("sync_status")["data"]["node_code"] == "A"


def test_a_quiet_node_is_heard_all_the_same(lan: ServedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.live, "HEARTBEAT_SECONDS", 0.05)
    with screen(lan) as ear:
        for _ in range(3):
            beat = ear.until("heartbeat")
            assert beat["data"]["server_time"].endswith("Z")
            assert beat["position"] is None
    assert edge.live.HEARTBEAT_SECONDS * 2 < 5, "a screen that hears nothing for 5 seconds says that it is stale"


# --- who may listen


def test_a_screen_shows_its_token_by_header_by_cookie_or_first_of_all(lan: ServedNode) -> None:
    token = lan.tokens["kitchen"]
    subscription = json.dumps({"subscribe": ["order_created"], "resume": None})
    for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"{COOKIE}={token}"}, {}):
        with socket_of(lan, headers) as socket:
            if not headers:
                socket.send(json.dumps({"token": token}))
            socket.send(subscription)
            assert Ear(socket).next()["event"] == "hello"


def until_cut_off(socket: ClientConnection) -> tuple[list[dict[str, Any]], int]:
    """Everything that is still heard until the node closes the socket, and the code that it gives."""
    heard: list[dict[str, Any]] = []
    while True:
        try:
            heard.append(json.loads(socket.recv(ANSWER_SECONDS)))
        except ConnectionClosed as closed:
            return heard, closed.rcvd.code if closed.rcvd else 0


def refusal(socket: ClientConnection) -> tuple[str, int]:
    """The code that the node refused with, and the socket's."""
    [message], code = until_cut_off(socket)
    assert message["event"] == "refused"
    assert message["data"]["message"].endswith(".")
    return message["data"]["code"], code


GARBAGE = [
    "",
    "hello",
    "{",
    "[]",
    '{"token": 7}',
    '{"token": null}',
    b"\x00\xff",
    b'{"token": "x"}',
    "[" * 9_000,
    json.dumps({"token": "x" * 20_000}),
]


@pytest.mark.parametrize("frame", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_in_the_first_frame_is_refused_and_harms_nobody(lan: ServedNode, frame: str | bytes) -> None:
    with socket_of(lan, {}) as socket:
        socket.send(frame)
        assert refusal(socket) == ("BAD_SUBSCRIPTION", 4401)
    with screen(lan) as ear:
        assert ear.next()["event"] == "hello"


@pytest.mark.parametrize(
    "frame",
    ["", "{}", '{"subscribe": "order_created"}', '{"subscribe": [1]}', '{"subscribe": [], "resume": 7}', b"{}"],
)
def test_garbage_for_a_subscription_is_refused(lan: ServedNode, frame: str | bytes) -> None:
    with socket_of(lan, {"Authorization": f"Bearer {lan.tokens['kitchen']}"}) as socket:
        socket.send(frame)
        assert refusal(socket) == ("BAD_SUBSCRIPTION", 4401)


@pytest.mark.parametrize("token", ["", "x", "A" * 9_000])
def test_a_token_of_nobody_is_refused(lan: ServedNode, token: str) -> None:
    with socket_of(lan, {}) as socket:
        socket.send(json.dumps({"token": token}))
        assert refusal(socket) == ("SIGN_IN_NEEDED", 4401)


def test_who_says_nothing_is_not_waited_for(lan: ServedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.live, "GREETING_SECONDS", 0.05)
    with socket_of(lan, {}) as socket:
        assert refusal(socket) == ("BAD_SUBSCRIPTION", 4401)


def test_what_a_screen_says_later_is_ignored(lan: ServedNode) -> None:
    with screen(lan) as ear:
        ear.until("hello")
        for frame in ("nonsense", b"\x00", "{" * 5_000):
            ear.socket.send(frame)
        lan.order(SOUP)
        assert len(ear.events(2)) == 2


# --- resuming


@pytest.fixture
def lived(lan: ServedNode) -> tuple[ServedNode, list[Told]]:
    """A node after an evening, and what a screen heard of it."""
    with screen(lan) as ear:
        return lan, told(an_evening(lan, ear))


def test_whoever_resumes_hears_everything_after_its_position_and_nothing_twice(
    lived: tuple[ServedNode, list[Told]],
) -> None:
    """From every position there is, also between two events of one entry of the journal."""
    lan, all_of_it = lived
    within = [position for _, position in all_of_it if position.rpartition(":")[2] != "1"]
    assert within, "some entries make several events"
    for n, (_, position) in enumerate(all_of_it[:-1]):
        with screen(lan, resume=position) as ear:
            assert told(ear.events(len(all_of_it) - n - 1)) == all_of_it[n + 1 :]
    with screen(lan, resume=all_of_it[-1][1]) as ear:
        ear.until("hello")
        lan.order(SOUP)
        assert ear.events(1)[0]["data"]["ticket"]["order_number"] == "A1-3"


def test_a_position_without_a_place_in_its_entry_stands_for_all_of_it(
    lived: tuple[ServedNode, list[Told]],
) -> None:
    lan, all_of_it = lived
    entry = all_of_it[2][1].rpartition(":")[0]
    with screen(lan, resume=entry) as ear:
        assert told(ear.events(len(all_of_it) - 3)) == all_of_it[3:]


def test_a_resumed_screen_hears_only_what_it_wants(lived: tuple[ServedNode, list[Told]]) -> None:
    lan, all_of_it = lived
    wanted = [event for event in all_of_it if event[0] == "order_updated"]
    with screen(lan, "order_updated", resume=all_of_it[0][1]) as ear:
        assert told(ear.events(len(wanted))) == wanted


def test_the_greeting_says_where_a_new_screen_begins(lan: ServedNode) -> None:
    lan.order(SOUP)
    with screen(lan) as ear:
        begins = ear.next()["position"]
    lan.order(BEER)
    with screen(lan, resume=begins) as ear:
        heard = ear.events(2)
    assert [message["event"] for message in heard] == ["ticket_updated", "order_created"]
    assert heard[1]["data"]["order"]["number"] == "A1-2"


def test_what_was_read_over_http_and_what_is_heard_join_without_a_gap(lan: ServedNode) -> None:
    lan.order(SOUP)
    position = lan.get("tickets").json()["position"]
    lan.order(BEER)
    with screen(lan, "ticket_updated", resume=position) as ear:
        assert ear.events(1)[0]["data"]["ticket"]["order_number"] == "A1-2"


STRANGE = ["2:1", "0:1", "1:999999999999", "1", "", ":", "1:", "1:x", "x:1", "1:1:x", "1:²", "1:-1", "1:1:1:1"]


@pytest.mark.parametrize("position", [*STRANGE, "1:" + "9" * 5_000], ids=lambda position: position[:20] or "empty")
def test_a_position_that_is_not_ours_means_that_the_screen_reads_anew(lan: ServedNode, position: str) -> None:
    lan.order(SOUP)
    with screen(lan, resume=position) as ear:
        assert ear.next()["event"] == "hello"
        assert ear.next() == {"event": "reload", "position": None, "data": {}}
        lan.order(BEER)
        assert ear.events(1)[0]["data"]["ticket"]["order_number"] == "A1-2", "and it hears all that follows"


def test_a_screen_resumes_over_a_restart_of_the_node(node_folder: Path) -> None:
    with served_node(node_folder) as lan, screen(lan) as ear:
        lan.order(SOUP)
        last = ear.events(2)[-1]["position"]
        lan.order(BEER)
    with served_node(node_folder) as lan:
        lan.order(SOUP)
        with screen(lan, resume=last) as ear:
            heard = ear.events(4)
    assert [message["data"]["order"]["number"] for message in heard[1::2]] == ["A1-2", "A1-3"]


def test_a_database_put_back_from_a_backup_means_that_screens_read_anew(node_folder: Path, tmp_path: Path) -> None:
    with opened_node(node_folder):
        pass
    shutil.copyfile(node_folder / "node.db", tmp_path / "backup.db")
    with served_node(node_folder) as lan, screen(lan) as ear:
        lan.order(SOUP)
        last = ear.events(2)[-1]["position"]
    shutil.copyfile(tmp_path / "backup.db", node_folder / "node.db")
    with served_node(node_folder) as lan, screen(lan, resume=last) as ear:
        hello = ear.next()
        assert (hello["data"]["incarnation"], hello["position"][:2]) == (2, "2:")
        assert ear.next()["event"] == "reload"


def test_screens_that_come_and_go_while_orders_pour_in_miss_and_repeat_nothing(lan: ServedNode) -> None:
    orders, tills = 60, 3
    with screen(lan) as steady, ThreadPoolExecutor(tills) as pool:
        begins = steady.next()["position"]
        pouring = [pool.submit(lan.order, SOUP, BEER) for _ in range(orders)]
        heard: list[Told] = []
        position = begins
        while len(heard) < 3 * orders:
            with screen(lan, resume=position) as ear:
                heard += told(ear.events(min(7, 3 * orders - len(heard))))
            position = heard[-1][1]
        for order in pouring:
            order.result(ANSWER_SECONDS)
        assert heard == told(steady.events(3 * orders))
    assert len(set(heard)) == 3 * orders


# --- screens that fall behind, and a journal that can't be read


@contextmanager
def a_screen_that_does_not_look(lan: Lan) -> Iterator[ClientConnection]:
    """It subscribes and then reads nothing until it is asked to."""
    headers = {"Authorization": f"Bearer {lan.tokens['kitchen']}"}
    with socket_of(lan, headers, max_queue=4) as socket:
        socket.send(json.dumps({"subscribe": ALL_EVENTS, "resume": None}))
        yield socket


def test_a_screen_that_falls_behind_is_cut_off_costs_the_others_nothing_and_resumes(
    lan: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.live, "BEHIND_MAX", 20)
    large = {"channel": "dine_in", "lines": [{"menu_item_id": SOUP, "quantity": 1, "note": "n" * 150}] * 150}
    heard: list[Told] = []
    with a_screen_that_does_not_look(lan) as slow, screen(lan) as quick:
        quick.until("hello")
        while len(lan.node.live._screens) == 2:
            assert lan.post("orders", large).status_code == 201
            heard += told(quick.events(2))
            assert len(heard) < 2_000, "it was never cut off"
        rest, code = until_cut_off(slow)
        slow_heard = told([message for message in rest if message["event"] in ALL_EVENTS])
        assert code == 1013, "try again later"
    assert 0 < len(slow_heard) < len(heard)
    assert slow_heard == heard[: len(slow_heard)]
    monkeypatch.setattr(edge.live, "BEHIND_MAX", 1_000)
    with screen(lan, resume=slow_heard[-1][1]) as again:
        assert told(again.events(len(heard) - len(slow_heard))) == heard[len(slow_heard) :]


def test_when_the_journal_can_not_be_read_screens_are_cut_off_and_not_left_with_a_heartbeat(
    lan: ServedNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kitchen screen never looks healthy while it hears nothing."""
    with screen(lan) as ear:
        begins = ear.next()["position"]
        with monkeypatch.context() as patch:
            patch.setattr(edge.live, "_told", lambda reading, **_: 1 / 0)
            lan.order(SOUP)
            rest, _ = until_cut_off(ear.socket)
            assert not {message["event"] for message in rest} & set(ALL_EVENTS)
    with screen(lan, resume=begins) as ear:
        assert len(ear.events(2)) == 2
        lan.order(BEER)
        assert ear.events(2)[1]["data"]["order"]["number"] == "A1-2"


def test_a_node_that_stops_closes_its_screens(node_folder: Path) -> None:
    with ExitStack() as stack:
        with served_node(node_folder) as lan:
            ear = stack.enter_context(screen(lan))
            assert ear.next()["event"] == "hello"
        assert until_cut_off(ear.socket)[1] in (1001, 1012, 1013)


def test_the_page_and_the_socket_are_of_one_node(lan: ServedNode) -> None:
    assert lan.get("/api/v1/node", token="").json()["node_code"] == "A"
    with screen(lan) as ear:
        assert ear.next()["data"]["node_code"] == "A"
    assert lan.client.get(f"{PREFIX}/orders").status_code == 401
