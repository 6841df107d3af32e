"""A part of an act that somebody else asked for stands or falls by itself."""

from typing import Any

import pytest

from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller, Work
from hospitality.menu.service import add_station
from hospitality.properties.service import business_day
from tests.hospitality.node import EVERYTHING, Node


def guest(node: Node) -> Caller:
    """Somebody else with every right."""
    return Caller(node.caller.org_id, node.caller.property_id, new_id(), None, EVERYTHING)


def names(node: Node) -> list[Any]:
    """The stations that are there."""
    return [row["name"] for row in node.reading().rows("SELECT name FROM stations ORDER BY name")]


def refused_part(work: Work, asker: Caller) -> None:
    """A part that writes a day, a station and their journal, and is refused then."""
    with work.part(asker):
        business_day(work)
        add_station(work, name="Refused")
        raise Refused("NO", "No.")


def test_a_part_is_journalled_as_who_asked_for_it(node: Node) -> None:
    asker = guest(node)
    with node.work() as work:
        add_station(work, name="Before")
        with work.part(asker):
            add_station(work, name="Theirs")
        add_station(work, name="After")
    actors = [entry["actor_id"] for entry in node.journal("menu.")]
    assert actors == [node.caller.person_id, asker.person_id, node.caller.person_id]
    assert names(node) == ["After", "Before", "Theirs"]


def test_a_part_that_is_refused_takes_nothing_else_with_it(node: Node) -> None:
    with node.work() as work:
        add_station(work, name="Before")
        with pytest.raises(Refused):
            refused_part(work, guest(node))
        assert work.business_date is None
        assert work.caller == node.caller
        add_station(work, name="After")
    assert names(node) == ["After", "Before"]
    assert len(node.journal("menu.")) == 2
    assert node.store.count("business_days") == 0


def test_parts_lie_within_parts(node: Node) -> None:
    with node.work() as work, work.part(guest(node)):
        add_station(work, name="Outer")
        with pytest.raises(Refused):
            refused_part(work, guest(node))
    assert names(node) == ["Outer"]


def test_any_other_error_ends_the_whole_act(node: Node) -> None:
    def verb(work: Work) -> None:
        add_station(work, name="Before")
        with work.part(guest(node)):
            add_station(work, name="Theirs")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        node.act(verb)
    assert names(node) == []
