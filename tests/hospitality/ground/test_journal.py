"""The journal's chain: whatever is done to what was written shows, down to one sign."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.ids import new_id
from hospitality.ground.journal import (
    FIRST,
    ChainBroken,
    Head,
    chained,
    declared_kinds,
    hashed_content,
    journal_kind,
    verify_chain,
)
from hospitality.menu.service import add_station
from tests.hospitality.node import Node

CONTENT = ("id", "kind", "at", "business_date", "actor_id", "approver_id", "terminal_id", "reason", "data")
Entry = dict[str, Any]


def written(node: Node) -> list[Entry]:
    """The node's own entries as they stand in the database."""
    for n in range(4):
        node.act(add_station, name=f"Station {n}")
    return [entry for entry in node.journal() if entry["node"] == node.place.node]


def chain(entries: int) -> list[Entry]:
    """Entries by hand, without a database."""
    head, found, org_id = FIRST, list[Entry](), new_id()
    for n in range(entries):
        entry: Entry = dict.fromkeys(CONTENT) | {"id": new_id(), "kind": "menu.station_added", "data": f'{{"n":{n}}}'}
        entry |= {"org_id": org_id, "node": 1, "incarnation": 1, "previous_hash": head.hash}
        head = chained(head, identity=(org_id, 1, 1), content=hashed_content(entry))
        found.append(entry | {"number": head.number, "hash": head.hash})
    return found


def altered(entries: list[Entry], place: int, changes: Entry) -> list[Entry]:
    return [entry | changes if n == place else entry for n, entry in enumerate(entries)]


def test_the_chain_that_verbs_write_holds_from_its_first_entry(node: Node) -> None:
    entries = written(node)
    assert verify_chain(entries) == node.head
    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))


def test_a_stretch_is_followed_from_the_head_before_it(node: Node) -> None:
    entries = written(node)
    middle = Head(entries[1]["number"], entries[1]["hash"])
    assert verify_chain(entries[2:], start=middle, end=node.head) == node.head
    with pytest.raises(ChainBroken):
        verify_chain(entries[2:])


def test_every_org_node_and_incarnation_begins_a_chain_of_its_own() -> None:
    content = hashed_content(chain(1)[0])
    heads = {chained(FIRST, identity=identity, content=content) for identity in (("a", 1, 1), ("a", 2, 1), ("a", 1, 2))}
    assert len({head.hash for head in heads}) == 3
    assert all(head.number == 1 for head in heads)


@pytest.mark.parametrize("column", [*CONTENT, "org_id", "node", "incarnation", "number", "previous_hash", "hash"])
def test_no_column_can_be_altered_unseen(column: str) -> None:
    entries = chain(3)
    was = entries[1][column]
    forged = was + 1 if isinstance(was, int) else f"{was or ''}x"
    with pytest.raises(ChainBroken):
        verify_chain(altered(entries, 1, {column: forged}))


TAMPERINGS: dict[str, Callable[[list[Entry]], list[Entry]]] = {
    "taken out": lambda e: e[:2] + e[3:],
    "the first taken out": lambda e: e[1:],
    "put in twice": lambda e: [*e[:2], e[1], *e[2:]],
    "moved": lambda e: [e[1], e[0], *e[2:]],
    "taken out and counted anew": lambda e: [entry | {"number": n} for n, entry in enumerate(e[:2] + e[3:], 1)],
    "another's put in": lambda e: [*e[:2], chain(5)[2], *e[3:]],
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_an_entry_that_is_taken_out_put_in_or_moved_shows(how: str) -> None:
    with pytest.raises(ChainBroken) as broken:
        verify_chain(TAMPERINGS[how](chain(5)))
    assert "does not follow what stands before it" in str(broken.value)


def test_a_missing_tail_shows_only_beside_what_is_known_of_the_end() -> None:
    entries = chain(5)
    end = verify_chain(entries)
    assert verify_chain(entries[:3]) == Head(3, entries[2]["hash"])
    with pytest.raises(ChainBroken, match="ends at 3 and not at 5"):
        verify_chain(entries[:3], end=end)


@given(data=st.data())
def test_one_sign_anywhere_breaks_it(data: st.DataObject) -> None:
    entries = chain(6)
    at = data.draw(st.integers(0, 5), label="entry")
    column = data.draw(st.sampled_from(["id", "kind", "data", "hash", "previous_hash"]), label="column")
    text = entries[at][column]
    place = data.draw(st.integers(0, len(text) - 1), label="place")
    sign = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[place]), label="sign")
    with pytest.raises(ChainBroken):
        verify_chain(altered(entries, at, {column: text[:place] + sign + text[place + 1 :]}))


def test_who_forges_an_entry_would_have_to_forge_all_after_it_and_the_known_end() -> None:
    entries = chain(4)
    end = verify_chain(entries)
    forged, head = list[Entry](), FIRST
    for entry in altered(entries, 1, {"data": '{"n":99}'}):
        entry = entry | {"previous_hash": head.hash}
        head = chained(head, identity=(entry["org_id"], 1, 1), content=hashed_content(entry))
        forged.append(entry | {"hash": head.hash})
    verify_chain(forged)
    with pytest.raises(ChainBroken):
        verify_chain(forged, end=end)


def test_a_kind_is_declared_once_and_says_what_personal_data_its_fields_hold() -> None:
    known = declared_kinds()
    assert known["orders.order_placed"]["order_id"] == "none"
    assert all(pii in ("none", "direct", "indirect") for fields in known.values() for pii in fields.values())

    @dataclass(frozen=True)
    class Tried:
        order_id: str

    with pytest.raises(AssertionError, match="declared twice"):
        journal_kind("orders.order_placed")(Tried)
    assert declared_kinds() == known
