"""The pure merge: the same versions in any order and any repetition leave the same one."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text

from sync.clock import Stamp
from sync.merge import NEVER, RowVersions, Version, elements, later, named_parts, part, row_parts, set_text, with_part
from sync.schema import FieldSpec, TableSpec

STAGES = ("placed", "in_preparation", "ready", "served")
RULES = {
    "last_writer": FieldSpec("name", Text(), "last_writer", (), True),
    "furthest_stage": FieldSpec("status", Text(), "furthest_stage", STAGES, True),
    "set": FieldSpec("tags", Text(), "set", (), False),
}
TABLE = TableSpec("things", "record", "both", {spec.name: spec for spec in RULES.values()}, ())
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),  # no number that JSON lacks is ever stored
    st.text(max_size=8),
    st.sampled_from(["", "\u202e", "\U0001f95c", "null", "0", "é", "e\u0301", '"', "\\u0000"]),
)
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


# --- sets

words = st.sampled_from(["blue", "green", "naïve", "a/b", '"', "\U0001f95c"])
sets = st.frozensets(words).map(set_text)


@given(st.frozensets(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=9)))
def test_a_set_is_read_as_it_was_written(found: frozenset[str]) -> None:
    assert elements(set_text(found)) == found


@pytest.mark.parametrize(
    "text", ['["b","a"]', '["a","a"]', '["a", "b"]', "[1]", "[null]", '[""]', '["\\n"]', "{}", "x", ""]
)
def test_what_is_written_otherwise_is_no_set(text: str) -> None:
    with pytest.raises(ValueError):
        elements(text)


@given(text=sets, word=words)
def test_an_element_put_in_or_taken_out_leaves_the_others_alone(text: str, word: str) -> None:
    spec = RULES["set"]
    with_it = with_part(spec, f"tags/{word}", text, True)
    without = with_part(spec, f"tags/{word}", text, False)
    assert elements(with_it) == elements(text) | {word}
    assert elements(without) == elements(text) - {word}
    assert named_parts(spec, without).keys() == {f"tags/{other}" for other in elements(text) - {word}}


def test_an_element_that_was_never_there_is_older_than_all_that_was() -> None:
    spec, row = RULES["set"], RowVersions(5, 1, {"tags/red": (7, 2)})
    assert part(spec, "tags/blue", '["blue"]', row) == Version(True, (5, 1))
    assert part(spec, "tags/red", '["blue"]', row) == Version(False, (7, 2))
    assert part(spec, "tags/green", '["blue"]', row) == Version(False, NEVER)


# --- whole rows


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Version]:
    """A row as its parts, with stamps in the stored form: one for all, and exceptions."""
    values = {
        "name": draw(scalars),
        "status": draw(st.sampled_from(STAGES)),
        "tags": draw(sets),
        "_deleted": draw(st.booleans()),
    }
    names = ["name", "status", "_deleted", *(f"tags/{word}" for word in ("blue", "green", "naïve"))]
    exceptions = draw(st.dictionaries(st.sampled_from(names), stamps, max_size=5))
    versions = RowVersions(*draw(stamps), exceptions)
    return row_parts(TABLE, values, RowVersions.stored(versions.hlc, versions.node, versions.fv()))


def met(one: dict[str, Version], other: dict[str, Version]) -> dict[str, Version]:
    """Two rows merged part by part."""
    found = {}
    for name in one.keys() | other.keys():
        spec = TABLE.holding(name)
        assert spec is not None
        absent = Version(False, NEVER)
        found[name] = later(spec, one.get(name, absent), other.get(name, absent))
    return found


@given(one=rows(), two=rows(), three=rows())
def test_whole_rows_meet_in_any_order_and_any_number_of_times(one: Any, two: Any, three: Any) -> None:
    assert met(one, two) == met(two, one)
    assert met(met(one, two), three) == met(one, met(two, three))
    assert met(one, one) == one
    assert met(met(one, two), two) == met(one, two)


@given(one=rows())
def test_a_rows_parts_say_all_of_it(one: dict[str, Version]) -> None:
    present = {name.partition("/")[2] for name, version in one.items() if "/" in name and version.value}
    put_in = "[]"
    for name, version in one.items():
        if "/" in name:
            put_in = with_part(RULES["set"], name, put_in, version.value)
    assert elements(put_in) == present
