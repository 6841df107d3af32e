"""A page is applied in slices, so that the till never waits; none cuts a transaction, and each joins on to the last."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.node.apply import SLICE_CHANGES, SLICE_ENTRIES, slices
from sync.wire import Entry, EntryChange, Page

# gaps between positions are what the receiver wrote itself and is not sent
sizes = st.lists(st.tuples(st.integers(1, 3), st.integers(0, SLICE_CHANGES * 2)), max_size=SLICE_ENTRIES * 3)


def page_of(found: list[tuple[int, int]], after: int, rest: int) -> Page:
    """A page whose entries lie so far apart and have so many changes."""
    entries: list[Entry] = []
    place = after
    for gap, changes in found:
        place += gap
        entries.append(Entry(place, 1, 2, [EntryChange("t", "i", "k", b"{}")] * changes))  # type: ignore[arg-type]
    return Page("scope", 3, after, place + rest, place + rest + 7, entries)


@given(found=sizes, after=st.integers(0, 1000), rest=st.integers(0, 5))
def test_slices_join_on_and_hold_every_transaction_whole_and_in_order(
    found: list[tuple[int, int]], after: int, rest: int
) -> None:
    page = page_of(found, after, rest)
    parts = slices(page)
    assert [entry.p for part in parts for entry in part.entries] == [entry.p for entry in page.entries]
    assert parts[0].after == page.after
    assert parts[-1].to == page.to
    for earlier, next_one in pairwise(parts):
        assert earlier.to == next_one.after
    for part in parts:
        assert all(part.after < entry.p <= part.to for entry in part.entries)
        assert (part.scope, part.epoch, part.head) == (page.scope, page.epoch, page.head)


@given(found=sizes)
def test_a_slice_is_small_unless_one_transaction_is_large(found: list[tuple[int, int]]) -> None:
    for part in slices(page_of(found, 0, 0)):
        assert len(part.entries) <= SLICE_ENTRIES
        assert len(part.entries) <= 1 or sum(len(entry.changes) for entry in part.entries) <= SLICE_CHANGES


def test_a_page_without_entries_is_one_slice_that_moves_the_cursor() -> None:
    (part,) = slices(page_of([], 10, 5))
    assert (part.after, part.to, part.entries) == (10, 15, [])
