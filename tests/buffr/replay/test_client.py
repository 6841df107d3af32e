import asyncio
import random
from collections.abc import Callable

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buffr.replay.answers import Node
from buffr.replay.client import EdgeClient, EdgeLate, EdgeRefused, EdgeTrouble, EdgeUnclear, EdgeUnreachable, Patience

NODE = httpx2.Response(200, json={"property_id": "p", "property_name": "Dune", "node_code": "A", "version": "1"})
PATIENCE = Patience(whole_call_seconds_max=10.0, wait_seconds_max=2.0)
Answer = httpx2.Response | Exception


class Day:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Edge(httpx2.AsyncBaseTransport):
    """Answers in turn; the last answer for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


def refusal(status: int, code: str, **headers: str) -> httpx2.Response:
    body = {"error": {"code": code, "message": "Do it otherwise.", "details": {}}}
    return httpx2.Response(
        status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def post(edge: Edge, day: Day, on_retry: Callable[[], None] = lambda: None) -> Node:
    async def call() -> Node:
        client = EdgeClient(
            "http://edge.invalid/",
            patience=PATIENCE,
            transport=edge,
            clock=day.clock,
            wait=day.wait,
            chance=random.Random(1),
            on_retry=on_retry,
        )
        async with client:
            return await client.post("/api/v1/x", {"a": 1}, Node, key="k1", token="t1")

    return asyncio.run(call())


def test_a_post_is_sent_again_with_the_same_key_and_bytes_until_it_is_answered() -> None:
    lost = [httpx2.ConnectError("refused"), httpx2.ReadError("reset"), httpx2.RemoteProtocolError("closed")]
    edge, day, retries = Edge(*lost, refusal(503, "STARTING"), refusal(429, "BUSY"), NODE), Day(), list[int]()
    assert post(edge, day, lambda: retries.append(1)).property_id == "p"
    assert len(edge.requests) == 6
    assert len(retries) == len(day.waits) == 5
    sent = {(one.headers["Idempotency-Key"], one.headers["Authorization"], one.content) for one in edge.requests}
    assert sent == {("k1", "Bearer t1", msgspec.json.encode({"a": 1}))}


def test_it_waits_as_long_as_the_edge_asks() -> None:
    day = Day()
    post(Edge(refusal(503, "STARTING", Retry_After="4"), NODE), day)
    assert day.waits == [4.0]


def test_an_edge_that_stays_away_is_given_up_within_the_patience() -> None:
    edge, day = Edge(httpx2.ConnectError("refused")), Day()
    with pytest.raises(EdgeUnreachable, match=r"http://edge\.invalid did not answer in \d+ tries; .*refused"):
        post(edge, day)
    assert day.now <= PATIENCE.whole_call_seconds_max
    assert len(edge.requests) > 5


def test_an_edge_that_asks_for_more_than_the_patience_is_given_up_at_once() -> None:
    edge, day = Edge(refusal(429, "BUSY", Retry_After="3600")), Day()
    with pytest.raises(EdgeUnreachable, match="BUSY"):
        post(edge, day)
    assert (len(edge.requests), day.waits) == (1, [])


@pytest.mark.parametrize(
    ("status", "code"), [(409, "PAYMENT_OVER_DUE"), (401, "WRONG_PIN"), (429, "PIN_LOCKED"), (500, "BROKEN")]
)
def test_a_refusal_is_final_and_says_what_the_edge_said(status: int, code: str) -> None:
    edge, day = Edge(refusal(status, code)), Day()
    with pytest.raises(EdgeRefused) as refused:
        post(edge, day)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert str(refused.value) == f"Do it otherwise. ({code}, {status})"
    assert len(edge.requests) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"property_id": 5}', b'{"property_id": "p"}'])
def test_an_answer_of_another_form_is_not_guessed_at(content: bytes) -> None:
    with pytest.raises(EdgeUnclear, match="POST /api/v1/x"):
        post(Edge(httpx2.Response(200, content=content)), Day())


def test_a_refusal_without_the_envelope_shows_what_came() -> None:
    with pytest.raises(EdgeRefused, match="Bad Gateway page"):
        post(Edge(httpx2.Response(404, text="Bad Gateway page")), Day())


def test_waiting_for_a_state_ends_when_it_is_there_or_never_comes() -> None:
    async def look(names: list[str], wanted: str) -> int:
        answers = [httpx2.Response(200, json={"property_id": "p", "property_name": name}) for name in names]
        edge, day = Edge(*answers), Day()
        client = EdgeClient("http://edge.invalid", patience=PATIENCE, transport=edge, clock=day.clock, wait=day.wait)
        async with client:
            await client.get_until("/n", Node, lambda node: node.property_name == wanted, token="t")
        return len(edge.requests)

    assert asyncio.run(look(["one", "two", "three"], "three")) == 3
    with pytest.raises(EdgeLate):
        asyncio.run(look(["one"], "three"))


def test_every_trouble_with_an_edge_can_be_caught_as_one() -> None:
    assert all(issubclass(kind, EdgeTrouble) for kind in (EdgeRefused, EdgeUnreachable, EdgeLate, EdgeUnclear))


@given(st.integers(1, 10_000), st.integers())
def test_waits_stay_within_their_bound(tries: int, seed: int) -> None:
    assert 0.0 <= PATIENCE.wait_seconds(tries, random.Random(seed)) <= PATIENCE.wait_seconds_max
