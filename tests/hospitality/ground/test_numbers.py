"""Numbers that people read: a series of the node and its life, without gaps and never given twice (R3)."""

from dataclasses import replace

import pytest

from hospitality.ground.errors import Refused
from hospitality.ground.numbers import next_number
from hospitality.ground.work import Work
from tests.hospitality.node import Node


def test_a_series_counts_from_one_under_the_nodes_letter_and_life(node: Node) -> None:
    assert [node.act(next_number, "order") for _ in range(3)] == ["A1-1", "A1-2", "A1-3"]
    node.place = replace(node.place, incarnation=2)
    assert node.act(next_number, "order") == "A2-1"
    node.place = replace(node.place, code="B", incarnation=1)
    assert node.act(next_number, "order") == "B1-1"


def test_series_count_by_themselves_and_restart_where_they_are_told_to(node: Node) -> None:
    found = [
        node.act(next_number, "order", restarts="2026-03-01"),
        node.act(next_number, "order", restarts="2026-03-01"),
        node.act(next_number, "receipt"),
        node.act(next_number, "order", restarts="2026-03-02"),
        node.act(next_number, "receipt"),
        node.act(next_number, "order", restarts="2026-03-01"),
    ]
    assert found == ["A1-1", "A1-2", "A1-1", "A1-1", "A1-2", "A1-3"]


def test_an_act_that_fails_leaves_no_gap(node: Node) -> None:
    def takes_one_and_fails(work: Work) -> None:
        assert next_number(work, "receipt") == "A1-2"
        raise Refused("NO", "No.")

    assert node.act(next_number, "receipt") == "A1-1"
    for _ in range(3):
        with pytest.raises(Refused):
            node.act(takes_one_and_fails)
    assert node.act(next_number, "receipt") == "A1-2"
