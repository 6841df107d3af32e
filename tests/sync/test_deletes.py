"""Deletes and what meets them: whatever three nodes and head office do to a row while apart, all end with the same (S12).

On the simulation's databases in memory, with the real rules of both ends.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.statements import NORTH, Insert, Statement, Update
from tests.sync.apart import HEAD_OFFICE, Apart

ROWS = {table: [f"{table}-{n}" for n in range(2)] for table in ("cards", "rules")}
MADE: dict[str, dict[str, Any]] = {"cards": {"property_id": NORTH, "stage": "new"}, "rules": {"property_id": None}}


class Four(Apart):
    """Three nodes of one property and head office."""

    def row(self, who: int, table: str, id: str) -> Any:
        """The row as one end has it."""
        return next(iter(self.rows(who, f"SELECT * FROM {table} WHERE id = '{id}'")), None)

    def write(self, who: int, statement: Statement) -> None:
        """One act of one statement."""
        self.now_ms += 1_000
        if who == HEAD_OFFICE:
            self.hub.act([statement])
        else:
            self.nodes[who - 1].act([statement])

    def make(self, who: int, table: str, id: str) -> None:
        """Makes the row, or takes it back where it is known to be deleted."""
        row = self.row(who, table, id)
        if row is None:
            self.write(who, Insert(table, id, {"name": f"made by {who}", **MADE[table]}))
        elif row["_deleted"]:
            self.write(who, Update(table, id, {"_deleted": False}))

    def delete(self, who: int, table: str, id: str) -> None:
        """Deletes the row where it is there."""
        row = self.row(who, table, id)
        if row is not None and not row["_deleted"]:
            self.write(who, Update(table, id, {"_deleted": True}))

    def edit(self, who: int, table: str, id: str) -> None:
        """Edits the row, deleted or not."""
        if self.row(who, table, id) is not None:
            self.write(who, Update(table, id, {"name": f"{self.now_ms} of {who}"}))

    def assert_same(self) -> None:
        """All ends hold the same rows with the same stamps."""
        assert self.hub.waiting() == []
        for table in ROWS:
            there = self.held(HEAD_OFFICE, table)
            for node in self.nodes:
                assert self.held(node.number, table) == there, f"{table} at node {node.number}"

    def deleted(self, table: str, id: str) -> bool:
        """What all have come to."""
        self.talk_all()
        self.assert_same()
        return bool(self.row(HEAD_OFFICE, table, id)["_deleted"])

    def conflicts(self) -> list[tuple[str, str, str, str]]:
        """(field, rule, won, lost) of the log."""
        found = self.rows(HEAD_OFFICE, "SELECT field, rule, won_value, lost_value FROM sync_conflicts")
        return [(row["field"], row["rule"], row["won_value"], row["lost_value"]) for row in found]


happenings = st.lists(
    st.tuples(
        st.sampled_from(["make", "make", "delete", "delete", "edit", "edit", "talk"]),
        st.integers(0, 3),
        st.sampled_from([(table, id) for table, ids in ROWS.items() for id in ids]),
    ),
    max_size=24,
)
skews = st.tuples(*[st.sampled_from([0, 0, -7_200_000, 50_000, 86_400_000])] * 3)


@settings(deadline=None, max_examples=30)
@given(happenings=happenings, skews=skews)
def test_made_deleted_made_again_and_edited_in_any_order_all_end_the_same(
    happenings: Sequence[tuple[str, int, tuple[str, str]]], skews: tuple[int, int, int]
) -> None:
    """S12."""
    four = Four(*skews)
    for what, who, (table, id) in happenings:
        getattr(four, what)(who, table, id)
    four.talk_all()
    four.assert_same()


@pytest.fixture(params=["rules", "cards"])
def known(request: pytest.FixtureRequest) -> tuple[Four, str, str]:
    """A row that all know: of `rules`, which an edit brings back, or of `cards`, which it does not."""
    four, table = Four(), str(request.param)
    id = ROWS[table][0]
    four.make(1, table, id)
    four.talk_all()
    return four, table, id


@pytest.mark.parametrize("first_to_talk", [1, 2])
def test_an_edit_later_than_a_delete_that_it_had_not_seen_brings_back_what_the_table_lets_it(
    known: tuple[Four, str, str], first_to_talk: int
) -> None:
    four, table, id = known
    four.delete(1, table, id)
    four.edit(2, table, id)
    four.talk(first_to_talk)
    assert four.deleted(table, id) is (table == "cards")
    assert four.row(3, table, id)["name"].endswith("of 2"), "the edit stands in any case"
    won, lost = ("false", "true") if table == "rules" else ("true", "false")
    assert four.conflicts() == [("_deleted", "delete", won, lost)]


@pytest.mark.parametrize("first_to_talk", [1, 2])
def test_a_delete_later_than_an_edit_that_it_had_not_seen_stands_and_is_told(
    known: tuple[Four, str, str], first_to_talk: int
) -> None:
    four, table, id = known
    four.edit(2, table, id)
    four.delete(1, table, id)
    four.talk(first_to_talk)
    assert four.deleted(table, id)
    assert four.row(3, table, id)["name"].endswith("of 2")
    assert four.conflicts() == [("_deleted", "delete", "true", "false")]


def test_who_had_seen_the_edit_deletes_it_with_the_row_and_nobody_is_told(known: tuple[Four, str, str]) -> None:
    four, table, id = known
    four.edit(2, table, id)
    four.talk_all()
    four.edit(1, table, id)
    four.delete(1, table, id)
    assert four.deleted(table, id)
    four.edit(2, table, id)
    assert four.deleted(table, id), "an edit by somebody who sees that it is deleted brings nothing back"
    assert four.conflicts() == []


def test_who_takes_a_deleted_row_back_says_so(known: tuple[Four, str, str]) -> None:
    four, table, id = known
    four.delete(1, table, id)
    assert four.deleted(table, id)
    four.make(3, table, id)
    four.edit(3, table, id)
    assert not four.deleted(table, id)
    assert four.conflicts() == []


def test_two_who_delete_the_same_row_agree(known: tuple[Four, str, str]) -> None:
    four, table, id = known
    four.delete(1, table, id)
    four.delete(2, table, id)
    four.delete(HEAD_OFFICE, table, id)
    assert four.deleted(table, id)
    assert four.conflicts() == []


@pytest.mark.parametrize("who_deletes", [HEAD_OFFICE, 1])
def test_head_office_and_a_node_meet_like_two_nodes(known: tuple[Four, str, str], who_deletes: int) -> None:
    four, table, id = known
    four.delete(who_deletes, table, id)
    four.edit(1 - who_deletes, table, id)
    assert four.deleted(table, id) is (table == "cards")
    won, lost = ("false", "true") if table == "rules" else ("true", "false")
    assert four.conflicts() == [("_deleted", "delete", won, lost)]
