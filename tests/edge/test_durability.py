"""What a terminal was told of survives SIGKILL at any instant, exactly once (R1, R2, R3, C-9)."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from hospitality.ground.journal import verify_chain
from tests.edge.killed_node import mortal_node, run_forgetful
from tests.edge.node_fixture import BEER, SOUP, WAIT_SECONDS, ask, node
from tests.edge.served_node import Lan, order

KILLS = 20
TILLS = 4
Answer = dict[str, Any]


@dataclass
class Told:
    """What terminals were told, by the key they asked with; and the keys that got no answer."""

    orders: dict[str, Answer] = field(default_factory=dict)
    payments: dict[str, Answer] = field(default_factory=dict)
    unanswered: list[tuple[str, str]] = field(default_factory=list)

    @property
    def answers(self) -> int:
        """How many answers there were."""
        return len(self.orders) + len(self.payments)


def take_and_settle(lan: Lan, told: Told, keys: Iterator[int], enough: threading.Event) -> None:
    """A till at its busiest: an order, its payment, the next order, until the node does not answer."""
    while not enough.is_set():
        key = f"order {next(keys)}"
        placed = ask_for(lan, told, "orders", key, order(SOUP, BEER))
        if placed is None:
            return
        told.orders[key] = placed
        body = {"tender": "cash", "amount_minor": placed["total_minor"], "tendered_minor": placed["total_minor"]}
        paid = ask_for(lan, told, f"orders/{placed['id']}/payments", f"pay {key}", body)
        if paid is None:
            return
        told.payments[f"pay {key}"] = paid["payment"]


def ask_for(lan: Lan, told: Told, path: str, key: str, body: Answer) -> Answer | None:
    """The answer of a POST; None, and a note of it, when the node died over it."""
    try:
        answer = lan.post(path, body, key=key)
    except httpx2.TransportError:
        told.unanswered.append((path, key))
        return None
    assert answer.status_code == 201, answer.text
    found: Answer = answer.json()
    return found


def try_again(lan: Lan, told: Told) -> None:
    """As tills do after a lost answer: the same call under the same key."""
    again, told.unanswered = told.unanswered, []
    for path, key in again:
        if path == "orders":
            told.orders[key] = lan.post(path, order(SOUP, BEER), key=key).json()
            continue
        placed = next(placed for placed in told.orders.values() if placed["id"] in path)
        body = {"tender": "cash", "amount_minor": placed["total_minor"], "tendered_minor": placed["total_minor"]}
        told.payments[key] = lan.post(path, body, key=key).json()["payment"]


def test_a_node_that_is_killed_again_and_again_loses_and_doubles_nothing(node_folder: Path) -> None:
    told, keys, chance = Told(), count(1), Random(20260301)
    for kill_no in range(KILLS):
        with mortal_node(node_folder) as (url, kill), Lan(url, node_folder) as lan, ThreadPoolExecutor(TILLS) as tills:
            try_again(lan, told)
            enough, before = threading.Event(), told.answers
            wanted = before + 1 + chance.randrange(30)
            busy = [tills.submit(take_and_settle, lan, told, keys, enough) for _ in range(TILLS)]
            while told.answers < wanted:
                assert not any(till.done() and till.exception() for till in busy), [till.exception() for till in busy]
                threading.Event().wait(0.001)
            kill()
            enough.set()
            for till in busy:
                till.result(WAIT_SECONDS)
        if kill_no % 5 == 0:
            assert_nothing_is_lost(node_folder, told)
    with mortal_node(node_folder) as (url, _), Lan(url, node_folder) as lan:
        try_again(lan, told)
        assert not told.unanswered
        assert_shown(lan, told)
    assert len(told.orders) > KILLS
    assert_nothing_is_lost(node_folder, told, everybody_was_told=True)


def assert_nothing_is_lost(folder: Path, told: Told, *, everybody_was_told: bool = False) -> None:
    """Asks the file itself, of a node that does not run."""
    with node(folder) as host:
        rows: dict[str, list[Any]] = {
            table: ask(host, lambda reading, table=table: list(reading.rows(f"SELECT * FROM {table}")))  # type: ignore[misc]
            for table in ("orders", "order_lines", "payments", "receipts", "journal", "sync_outbox")
        }
        sound = ask(host, lambda reading: reading.value("PRAGMA integrity_check"))
    assert sound == "ok"
    orders, payments = ({row["id"] for row in rows[table]} for table in ("orders", "payments"))
    assert {placed["id"] for placed in told.orders.values()} <= orders, "an acknowledged order is lost"
    assert {paid["id"] for paid in told.payments.values()} <= payments, "an acknowledged payment is lost"
    unknown = len(orders) - len(told.orders) + len(payments) - len(told.payments)
    assert 0 <= unknown <= len(told.unanswered), "what nobody was told of was asked for and not answered"
    if everybody_was_told:
        assert unknown == 0, "something is there twice"
    assert len(rows["order_lines"]) == 2 * len(orders), "an order is whole"
    assert len({row["order_id"] for row in rows["payments"]}) == len(payments), "no order is paid twice"
    for table in ("orders", "receipts"):
        numbers = sorted(int(row["number"].rpartition("-")[2]) for row in rows[table])
        assert numbers == list(range(1, len(numbers) + 1)), f"the numbers of {table} have a gap or a double"
        assert {row["number"].partition("-")[0] for row in rows[table]} <= {"A1"}
    verify_chain(sorted((row for row in rows["journal"] if row["node"] == 1), key=lambda row: int(row["number"])))
    waiting = [row["pk"] for row in rows["sync_outbox"] if row["op"] == "i"]
    assert len(waiting) == len(set(waiting)), "something waits for head office twice"
    assert orders | payments <= set(waiting), "something will never reach head office"


def assert_shown(lan: Lan, told: Told) -> None:
    """What the node shows of each order is what its terminal was told, now paid."""
    for placed in list(told.orders.values())[-10:]:
        shown = lan.get(f"orders/{placed['id']}").json()
        assert (shown["number"], shown["total_minor"]) == (placed["number"], placed["total_minor"])


def test_an_order_is_there_after_the_plug_was_pulled_right_behind_its_answer(node_folder: Path) -> None:
    for expected in range(1, 11):
        with mortal_node(node_folder) as (url, kill), Lan(url, node_folder) as lan:
            shown = lan.get("orders", limit="100").json()["items"]
            assert len(shown) == expected - 1
            answer = lan.post("orders", order(SOUP), key=f"order {expected}")
            kill()
            assert answer.status_code == 201
            assert answer.json()["number"] == f"A1-{expected}"


def test_the_harness_would_notice_a_node_that_answers_what_it_does_not_keep(node_folder: Path) -> None:
    with mortal_node(node_folder, run_forgetful) as (url, _), Lan(url, node_folder) as lan:
        told = Told(orders={"k": lan.order(SOUP)})
    with pytest.raises(AssertionError, match="an acknowledged order is lost"):
        assert_nothing_is_lost(node_folder, told)
