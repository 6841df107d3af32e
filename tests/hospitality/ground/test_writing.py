"""Who may write what, and how an act's rows and journal come about."""

from dataclasses import replace
from typing import Any

import pytest

from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import derived_id, is_id, new_id
from hospitality.ground.work import Caller, Work
from hospitality.menu.models import Station
from hospitality.menu.service import add_station
from hospitality.orders.models import LineVoid
from hospitality.properties.models import Organisation
from tests.hospitality.node import Node


def void_of_nothing(work: Work) -> dict[str, Any]:
    return work.add(LineVoid, {"order_id": new_id()})


def test_what_the_property_alone_writes_is_refused_at_head_office(node: Node) -> None:
    node.place = replace(node.place, side="group")
    with pytest.raises(Refused) as refused:
        node.act(void_of_nothing)
    assert (refused.value.code, refused.value.details) == ("WRITTEN_AT_THE_PROPERTY", {"table": "line_voids"})


def test_what_head_office_alone_writes_is_refused_at_the_property(node: Node) -> None:
    with pytest.raises(Refused) as refused:
        node.act(lambda work: work.add(Organisation, {"name": "Ours now"}))
    assert refused.value.code == "WRITTEN_AT_HEAD_OFFICE"
    with pytest.raises(Refused):
        node.act(lambda work: work.edit(Organisation, node.caller.org_id, name="Ours now"))


@pytest.mark.parametrize("side", ["property", "group"])
def test_a_menu_is_written_at_either_end(node: Node, side: str) -> None:
    node.place = replace(node.place, side=side)
    station = node.act(add_station, name="Bar")
    node.act(lambda work: work.edit(Station, station["id"], name="Pool bar"))
    sql = "SELECT name FROM stations WHERE org_id = :org_id AND id = :id"
    assert node.reading().value(sql, id=station["id"]) == "Pool bar"


def test_a_row_gets_its_tenant_its_place_and_an_id_of_its_own(node: Node) -> None:
    rows = node.act(lambda work: work.add_all(Station, [{"name": name, "sort": 0, "printer": None} for name in "ab"]))
    assert {(row["org_id"], row["property_id"]) for row in rows} == {(node.caller.org_id, node.caller.property_id)}
    assert all(is_id(row["id"]) for row in rows)
    assert rows[0]["id"] < rows[1]["id"], "ids sort by time"
    assert node.act(lambda work: work.add_all(Station, [])) == []


def test_editing_what_is_not_there_is_a_bug_and_writes_nothing(node: Node) -> None:
    def verb(work: Work) -> None:
        add_station(work, name="Bar")
        work.edit(Station, new_id(), name="Nobody's")

    with pytest.raises(AssertionError, match="is not there to edit"):
        node.act(verb)
    assert node.store.count("stations") == 0


def test_a_right_that_is_missing_is_named(node: Node) -> None:
    with pytest.raises(Forbidden) as refused:
        node.as_("orders.place").act(lambda work: work.require("orders.void"))
    assert refused.value.details == {"permission": "orders.void"}
    assert Caller("o", permissions=frozenset({"*"})).may("anything")
    assert not Caller("o").may("anything")


def test_every_entry_names_who_where_and_when(node: Node) -> None:
    node.act(add_station, name="Bar")
    entry = node.journal("menu.")[-1]
    assert (entry["actor_id"], entry["terminal_id"]) == (node.caller.person_id, node.caller.terminal_id)
    assert (entry["node"], entry["incarnation"]) == (1, 1)
    assert entry["at"] == "2026-03-01T17:00:00.000000Z"


def test_what_follows_from_a_cause_has_the_same_id_each_time() -> None:
    cause = new_id()
    assert derived_id(cause, "points") == derived_id(cause, "points")
    assert len({derived_id(cause, "points"), derived_id(cause, "void"), derived_id(new_id(), "points"), cause}) == 4
    assert is_id(derived_id(cause, "points"))


@pytest.mark.parametrize("text", ["", "x", "0198A000-0000-7000-8000-000000000000", "0198a00000007000800000000000000a"])
def test_only_the_stored_form_is_an_id(text: str) -> None:
    assert not is_id(text)
