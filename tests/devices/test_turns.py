"""Turns: whoever has had one can't go again before those who wait."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest

from devices.turns import Busy, Turns

ROUNDS = 20


def test_who_waits_goes_before_whoever_has_had_a_turn() -> None:
    turns, order = Turns(), []

    def other() -> None:
        with turns.taken():
            order.append("who waited")

    with ThreadPoolExecutor(1) as others:
        for _ in range(ROUNDS):
            with turns.taken():
                waits = others.submit(other)
                until = monotonic() + 20.0
                while not turns.is_awaited:
                    assert monotonic() < until, "nobody waits"
                    Event().wait(0.001)
            with turns.taken():  # asked for at once
                order.append("who had it")
            waits.result()
    assert order == ["who waited", "who had it"] * ROUNDS


def test_who_may_not_wait_is_told_and_leaves_the_turn_as_it_is() -> None:
    turns = Turns()
    with turns.taken(), pytest.raises(Busy), turns.taken(0.0):
        pass
    with turns.taken(0.0):
        assert not turns.is_awaited
