"""Drafts of pushes: whole transactions, cut at the limits; one too large for a batch goes in parts."""

import sqlite3
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from sync.node.outbox import Draft, acknowledge, get, last_number, next_draft, put, stamp_of
from sync.node.tables import metadata
from sync.wire import BATCH_BYTES_MAX, CHANGES_MAX, Change
from tests.simulation.memory import in_memory


def fresh() -> sqlite3.Connection:
    """An engine's own tables in memory."""
    connection = in_memory()
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    return connection


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A node's outbox."""
    found = fresh()
    yield found
    found.close()


def write(connection: sqlite3.Connection, sizes: list[int], *, text: str = "x", first_stamp: int = 100) -> None:
    """Transactions of so many changes each."""
    for n, size in enumerate(sizes):
        rows = [
            (first_stamp + n, "t", "i", f"row-{n}-{k}", msgspec.json.encode({"v": text}).decode()) for k in range(size)
        ]
        connection.executemany("INSERT INTO sync_outbox (hlc, tbl, op, pk, f) VALUES (?, ?, ?, ?, ?)", rows)


def drafts(connection: sqlite3.Connection, changes_max: int = CHANGES_MAX) -> list[Draft]:
    """All drafts one after another, as if each were acknowledged."""
    found: list[Draft] = []
    after = 0
    while draft := next_draft(connection, after, changes_max=changes_max):
        found.append(draft)
        after = draft.last
    return found


def decoded(draft: Draft) -> list[Change]:
    """The changes as the hub reads them."""
    return [msgspec.json.decode(text, type=Change) for text in draft.changes]


def test_an_empty_outbox_drafts_nothing(connection: sqlite3.Connection) -> None:
    assert next_draft(connection, 0) is None


def test_what_fits_goes_in_one_draft(connection: sqlite3.Connection) -> None:
    write(connection, [3, 1, 2])
    (draft,) = drafts(connection)
    assert (len(draft.changes), draft.last, draft.part) == (6, 6, False)
    assert [c.h for c in decoded(draft)] == [100, 100, 100, 101, 102, 102]


# sizes around a limit of ten, so that every way of meeting the edge comes up
@given(sizes=st.lists(st.integers(1, 24), min_size=1, max_size=12), limit=st.integers(1, 10))
def test_drafts_are_whole_transactions_within_the_limit_and_parts_only_where_one_is_larger(
    sizes: list[int], limit: int
) -> None:
    connection = fresh()
    write(connection, sizes)
    found = drafts(connection, limit)
    connection.close()
    sent = [change for draft in found for change in decoded(draft)]
    assert [change.s for change in sent] == list(range(1, sum(sizes) + 1)), "everything once and in order"
    open_part: set[int] = set()
    for draft in found:
        changes = decoded(draft)
        assert 0 < len(changes) <= limit
        assert draft.last == changes[-1].s
        stamps = {change.h for change in changes}
        if draft.part:
            assert len(stamps) == 1, "a part holds one transaction only"
            assert sizes[changes[0].h - 100] > limit
            open_part = stamps
        else:
            # whatever is whole here is complete: the last change of each of its transactions is in it
            ends = {sum(sizes[: n + 1]) for n in range(len(sizes))}
            assert draft.last in ends
            assert open_part <= {changes[0].h} or not open_part, "the rest of a part comes next"
            open_part = set()
    assert not open_part


def test_a_draft_ends_before_the_change_that_makes_it_too_large(connection: sqlite3.Connection) -> None:
    write(connection, [1] * 5, text="y" * 450_000)
    found = drafts(connection)
    assert [len(draft.changes) for draft in found] == [3, 2]
    assert all(sum(map(len, draft.changes)) <= BATCH_BYTES_MAX for draft in found)


def test_one_transaction_of_too_many_bytes_goes_in_parts(connection: sqlite3.Connection) -> None:
    write(connection, [7, 1], text="y" * 450_000)
    found = drafts(connection)
    assert [(len(d.changes), d.part) for d in found] == [(3, True), (3, True), (2, False)]


def test_a_single_change_larger_than_a_batch_still_goes(connection: sqlite3.Connection) -> None:
    write(connection, [1, 1], text="y" * (BATCH_BYTES_MAX + 10))
    assert [(len(d.changes), d.part) for d in drafts(connection)] == [(1, False), (1, False)]


def test_the_largest_whole_batch_is_one_draft(connection: sqlite3.Connection) -> None:
    write(connection, [CHANGES_MAX, 1])
    assert [(len(d.changes), d.part) for d in drafts(connection)] == [(CHANGES_MAX, False), (1, False)]


def test_one_change_more_makes_a_part_and_the_rest_takes_what_follows_along(connection: sqlite3.Connection) -> None:
    write(connection, [CHANGES_MAX + 1, 1])
    assert [(len(d.changes), d.part) for d in drafts(connection)] == [(CHANGES_MAX, True), (2, False)]


@given(values=st.dictionaries(st.text(max_size=10), st.one_of(st.none(), st.text(), st.integers(-(2**63), 2**63 - 1))))
def test_fields_reach_the_wire_as_they_stand(values: dict[str, object]) -> None:
    connection = fresh()
    text = msgspec.json.encode(values).decode()
    base = msgspec.json.encode(dict.fromkeys(values, (5, 1))).decode()
    connection.execute(
        "INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base) VALUES (7, 't', 'u', 'k', ?, ?)", (text, base)
    )
    draft = next_draft(connection, 0)
    connection.close()
    assert draft is not None
    (change,) = decoded(draft)
    assert msgspec.json.decode(change.f) == values
    assert change.b == dict.fromkeys(values, (5, 1))


def test_acknowledged_numbers_and_the_clock_are_remembered_though_the_rows_go(connection: sqlite3.Connection) -> None:
    write(connection, [2, 2])
    acknowledge(connection, 2, 100)
    assert [d.last for d in drafts(connection)] == [4]
    assert (get(connection, "acked"), get(connection, "high")) == ("2", "100")
    assert (stamp_of(connection, 2), stamp_of(connection, 3)) == (None, 101)
    acknowledge(connection, 4, 101)
    assert (get(connection, "acked"), get(connection, "high")) == ("4", "101")
    assert last_number(connection) == 4
    write(connection, [1])
    assert last_number(connection) == 5, "a number is never given twice"


def test_notes_are_set_and_set_anew(connection: sqlite3.Connection) -> None:
    assert get(connection, "incarnation") is None
    put(connection, "incarnation", "1")
    put(connection, "incarnation", "2")
    assert get(connection, "incarnation") == "2"
