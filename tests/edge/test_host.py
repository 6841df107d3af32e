"""The host: who asks, each key once, and what is told when the disk fails (R2, C-7, C-10)."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

import edge.host
from edge.host import COOKIE, TOKEN_SECONDS, EdgeHost
from hospitality.ground.errors import Unauthorised
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller
from hospitality.people.models import Person
from hospitality.people.rules import SESSION_LIFETIME
from hospitality.people.service.sessions import end_sessions
from hospitality.people.service.terminals import revoke_terminal
from tests.edge.failing_disk import wait_until
from tests.edge.node_fixture import SELMA, WAIT_SECONDS, act, ask, node
from tests.edge.served_node import PREFIX, TOKENS, ServedNode, order, served_node

REVOKED_SECONDS_MAX = 5.0


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(edge.host, "monotonic", clock)
    return clock


@pytest.fixture
def host(node_folder: Path) -> Iterator[EdgeHost]:
    with node(node_folder) as running:
        yield running


@pytest.fixture
def tokens(node_folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((node_folder / TOKENS).read_text())
    return found


def known(host: EdgeHost, token: str) -> Caller | None:
    """Who holds the token; None when it proves nobody."""
    try:
        return asyncio.run(host.caller_for(token))
    except Unauthorised:
        return None


# --- who asks


ENDINGS: dict[str, Callable[[EdgeHost, dict[str, str]], object]] = {
    "the terminal was revoked": lambda host, tokens: act(host, revoke_terminal, tokens["till_id"]),
    "she signed out": lambda host, tokens: act(host, end_sessions, terminal_id=tokens["till_id"]),
    "her account was closed": lambda host, tokens: act(host, lambda work: work.edit(Person, SELMA, active=False)),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_token_ends_within_seconds_of_its_end(
    host: EdgeHost, tokens: dict[str, str], ticking: Clock, ending: str
) -> None:
    before = known(host, tokens["session"])
    assert before is not None
    assert before.person_id == SELMA
    ENDINGS[ending](host, tokens)
    ticking.seconds += TOKEN_SECONDS + 0.01
    assert known(host, tokens["session"]) is None
    assert TOKEN_SECONDS < REVOKED_SECONDS_MAX


def test_a_revoked_screen_ends_with_its_sessions_and_others_stay(
    host: EdgeHost, tokens: dict[str, str], ticking: Clock
) -> None:
    act(host, revoke_terminal, tokens["till_id"])
    assert (known(host, tokens["till"]), known(host, tokens["session"])) == (None, None)
    assert known(host, tokens["kitchen"]) is not None


def test_what_sync_changed_of_people_counts_at_once(host: EdgeHost, tokens: dict[str, str], ticking: Clock) -> None:
    assert known(host, tokens["session"]) is not None
    host.writer.apply(lambda c: c.execute("UPDATE people SET active = 0 WHERE id = ?", (SELMA,))).result(WAIT_SECONDS)
    assert known(host, tokens["session"]) is not None, "believed for a few seconds"
    host.forget_tokens()
    assert known(host, tokens["session"]) is None


def test_a_session_ends_by_itself(node_folder: Path, tokens: dict[str, str], ticking: Clock) -> None:
    later = datetime.now(UTC) + SESSION_LIFETIME + timedelta(minutes=1)
    with node(node_folder, now=lambda: later) as host:
        assert known(host, tokens["session"]) is None
        assert known(host, tokens["till"]) is not None


def test_what_is_remembered_of_tokens_is_bounded(
    host: EdgeHost, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.host, "TOKENS_MAX", 2)
    for _ in range(3):
        assert [known(host, tokens[kind]) is None for kind in ("session", "till", "kitchen")] == [False] * 3
        assert len(host._tokens) <= 2


def test_nobodys_token_is_nobody_and_is_not_remembered(host: EdgeHost, tokens: dict[str, str]) -> None:
    assert [known(host, token) for token in ("x", tokens["session"][:-1], tokens["session"] + "x")] == [None] * 3
    assert host._tokens == {}


def test_a_question_that_fails_leaves_its_reader_usable(host: EdgeHost) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            ask(host, lambda reading: 1 / 0)
    assert ask(host, lambda reading: reading.value("SELECT count(*) FROM orders")) == 0


# --- over HTTP: who asks


def test_another_propertys_paths_are_not_there(lan: ServedNode) -> None:
    elsewhere = PREFIX.rpartition("/")[0] + f"/{new_id()}"
    for answer in (lan.get(f"{elsewhere}/orders"), lan.post(f"{elsewhere}/orders", order())):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "PROPERTY_NOT_FOUND")


def test_without_a_token_nothing_of_the_property_is_shown(lan: ServedNode) -> None:
    answer = lan.get("orders", token="")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "SIGN_IN_NEEDED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_screen_by_itself_may_look_and_not_order(lan: ServedNode) -> None:
    assert lan.get("menu-items", token=lan.tokens["till"]).status_code == 200
    refused = lan.post("orders", order(), token=lan.tokens["till"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "NOT_PERMITTED")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "{own}", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Origin": "{own}"}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_another_sites_page_writes_nothing_with_a_terminals_cookie(
    lan: ServedNode, headers: dict[str, str], status: int
) -> None:
    told = {name: value.replace("{own}", lan.url) for name, value in headers.items()}
    cookie = {"Cookie": f"{COOKIE}={lan.tokens['session']}"}
    answer = lan.client.post(f"{PREFIX}/orders", json=order(), headers=told | cookie)
    assert answer.status_code == status
    assert lan.client.get(f"{PREFIX}/orders", headers=told | cookie).status_code == 200
    by_token = {"Authorization": f"Bearer {lan.tokens['session']}"}
    assert lan.client.post(f"{PREFIX}/orders", json=order(), headers=told | by_token).status_code == 201


# --- over HTTP: once


def test_the_same_key_and_body_get_the_first_answer(lan: ServedNode) -> None:
    first, again = (lan.post("orders", order(), key="table 12, first round") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(lan.get("orders").json()["items"]) == 1


def test_the_same_key_with_another_body_is_a_conflict(lan: ServedNode) -> None:
    first = lan.order(key="k")
    other = lan.post("orders", {**order(), "table": "13"}, key="k")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert [found["id"] for found in lan.get("orders").json()["items"]] == [first["id"]]


def test_a_key_belongs_to_its_terminal_and_its_route(lan: ServedNode) -> None:
    placed = lan.order(key="k")
    due = {"tender": "cash", "amount_minor": placed["due_minor"]}
    paid = lan.post(f"orders/{placed['id']}/payments", due, key="k")
    assert paid.status_code == 201
    assert "Idempotent-Replayed" not in paid.headers


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_is_none_is_refused(lan: ServedNode, key: str) -> None:
    headers = {"Authorization": f"Bearer {lan.token}", "Idempotency-Key": key}
    answer = lan.client.post(f"{PREFIX}/orders", json=order(), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_INVALID")


def test_many_that_come_at_once_with_one_key_make_one_order(lan: ServedNode) -> None:
    at_once = threading.Barrier(8)

    def post(key: str) -> httpx2.Response:
        at_once.wait(WAIT_SECONDS)
        return lan.post("orders", order(), key=key)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, ["the same"] * 8))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert len(lan.get("orders").json()["items"]) == 1


def test_a_key_outlives_a_restart(node_folder: Path) -> None:
    with served_node(node_folder) as lan:
        first = lan.post("orders", order(), key="k")
    with served_node(node_folder) as lan:
        again = lan.post("orders", order(), key="k")
    assert again.content == first.content


# --- over HTTP: a disk that fails


def test_a_full_disk_refuses_new_orders_with_a_sentence_and_takes_them_again_when_there_is_space(
    lan: ServedNode,
) -> None:
    taken = 1
    lan.order()
    with no_growth(lan):
        refused = lan.post("orders", order(), key="1")
        while refused.status_code == 201:
            taken += 1
            refused = lan.post("orders", order(), key=str(taken))
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert refused.json()["error"] == {
            "code": "DISK_FULL",
            "message": "The node's disk is full: nothing new can be taken until there is space. Make some.",
            "details": {},
        }

        def is_told() -> bool:  # something of the node's own that is small may have been written since
            nonlocal taken
            taken += lan.post("orders", order(), key=str(taken)).status_code == 201
            ready, storage = lan.get("/readyz"), lan.get("status").json()["storage"]
            return ready.status_code == 503 and storage == "database or disk is full"

        wait_until(is_told)
        assert len(lan.get("orders", limit="500").json()["items"]) == taken
    assert lan.post("orders", order(), key=str(taken)).status_code == 201, "the same call, tried again, is done once"
    assert lan.get("/readyz").status_code == 200
    assert len(lan.get("orders", limit="500").json()["items"]) == taken + 1


@contextmanager
def no_growth(lan: ServedNode) -> Iterator[None]:
    """The file may not grow, however often it is opened anew: what a full disk looks like to SQLite."""
    writer = lan.node.host.writer
    connect = writer._connect

    def bound(connection: Any) -> Any:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    writer._connect = lambda: bound(connect())
    writer.apply(bound).result(WAIT_SECONDS)
    yield
    writer._connect = connect
    writer.apply(lambda connection: connection.execute("PRAGMA max_page_count = 1000000000")).result(WAIT_SECONDS)
