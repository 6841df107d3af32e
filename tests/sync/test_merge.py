"""The pure merge: the same versions in any order and any repetition leave the same one."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text

from sync.clock import Stamp
from sync.merge import RowVersions, Version, later
from sync.schema import FieldSpec

STAGES = ("placed", "in_preparation", "ready", "served")
RULES = {
    "last_writer": FieldSpec("name", Text(), "last_writer", (), True),
    "furthest_stage": FieldSpec("status", Text(), "furthest_stage", STAGES, True),
}
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=8))
values = st.one_of(scalars, st.sampled_from(STAGES))
# few different stamps, so that equal ones and ties by node meet often
stamps = st.tuples(st.integers(0, 3), st.integers(0, 2))
versions = st.builds(Version, values, stamps)
rules = pytest.mark.parametrize("rule", RULES)


def same(one: Version, other: Version) -> bool:
    """Equal in type too: True is not 1 here."""
    return one == other and type(one.value) is type(other.value)


@rules
@given(one=versions, other=versions)
def test_it_does_not_matter_which_version_came_first(rule: str, one: Version, other: Version) -> None:
    spec = RULES[rule]
    assert same(later(spec, one, other), later(spec, other, one))


@rules
@given(one=versions, two=versions, three=versions)
def test_it_does_not_matter_which_two_meet_first(rule: str, one: Version, two: Version, three: Version) -> None:
    spec = RULES[rule]
    assert same(later(spec, later(spec, one, two), three), later(spec, one, later(spec, two, three)))


@rules
@given(one=versions, other=versions)
def test_a_version_that_comes_again_changes_nothing(rule: str, one: Version, other: Version) -> None:
    spec = RULES[rule]
    assert same(later(spec, one, one), one)
    merged = later(spec, one, other)
    assert same(later(spec, merged, one), merged)
    assert same(later(spec, merged, other), merged)


@rules
@given(found=st.lists(versions, min_size=1, max_size=4))
def test_every_order_of_arrival_leaves_the_same_version(rule: str, found: list[Version]) -> None:
    spec = RULES[rule]
    ends: set[Any] = set()
    for order in permutations(found):
        kept = order[0]
        for version in order[1:]:
            kept = later(spec, kept, version)
        ends.add((type(kept.value), kept.value, kept.stamp))
    assert len(ends) == 1


@given(one=versions, other=versions)
def test_the_later_stamp_wins_and_the_node_decides_between_equal_ones(one: Version, other: Version) -> None:
    kept = later(RULES["last_writer"], one, other)
    assert kept.stamp == max(one.stamp, other.stamp)
    assert kept in (one, other)


@given(early=stamps, late=stamps, one=st.integers(0, 3), other=st.integers(0, 3))
def test_a_stage_never_goes_back_whatever_the_clocks_say(early: Stamp, late: Stamp, one: int, other: int) -> None:
    kept = later(RULES["furthest_stage"], Version(STAGES[one], early), Version(STAGES[other], late))
    assert kept.value == STAGES[max(one, other)]


def test_a_stage_that_this_release_does_not_know_stands_behind_all_that_it_knows() -> None:
    spec = RULES["furthest_stage"]
    kept = later(spec, Version("refunded", (9, 1)), Version("placed", (1, 1)))
    assert kept.value == "placed"


@given(
    hlc=st.integers(0, 2**63 - 1),
    node=st.integers(0, 2**31 - 1),
    exceptions=st.dictionaries(
        st.text(max_size=6), st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 9)), max_size=4
    ),
)
def test_stamps_of_fields_survive_being_stored(hlc: int, node: int, exceptions: dict[str, Stamp]) -> None:
    kept = RowVersions(hlc, node, exceptions)
    read = RowVersions.stored(hlc, node, kept.fv())
    assert read == kept
    for name in exceptions:
        assert read.of(name) == exceptions[name]
    assert read.of("no such exception, " * 2) == (hlc, node)


def test_a_row_never_edited_stores_no_exceptions() -> None:
    assert RowVersions(1, 1, {}).fv() is None


def test_new_stamps_of_some_fields_leave_the_others_alone() -> None:
    row = RowVersions(5, 1, {"a": (6, 2)}).with_fields({"b": (7, 3)})
    assert (row.of("a"), row.of("b"), row.of("c")) == ((6, 2), (7, 3), (5, 1))
