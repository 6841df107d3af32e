"""How two versions of a row meet: field by field, by the rule that the field declares. Pure: values in, a row out.

A field's version is (value, stamp); the merge of two versions is the greater in a total order, so it commutes,
associates and repeats without effect. `last_writer` orders by stamp; `furthest_stage` by the stage's place in the
declared list, then by stamp. A `set` is as many fields as it ever had elements, each True or False by `last_writer`; an
element that nobody ever added has the stamp NEVER. What the hub does before merging (clamping, telling causal from
concurrent) is its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sync.clock import Stamp
from sync.schema import IN_SET, FieldSpec, TableSpec

Value = Any
NEVER: Stamp = (0, 0)
BY_STAMP = ("last_writer", "set")  # rules by which an edit stands whose author had seen what it replaces
ELEMENT_CHARS_MAX = 100


@dataclass(frozen=True, slots=True)
class Version:
    """A field's value with the stamp of the edit that set it."""

    value: Value
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Clash:
    """Two edits of one field of which the later-arriving had not seen the other; `rule` decided."""

    field: str
    rule: str
    won: Version
    lost: Version


def later(spec: FieldSpec, one: Version, other: Version) -> Version:
    """The version that stays."""
    return max(one, other, key=lambda version: _rank(spec, version))


def _rank(spec: FieldSpec, version: Version) -> tuple[int, int, int, str]:
    stage = 0
    if spec.merge == "furthest_stage":
        stage = spec.stages.index(version.value) if version.value in spec.stages else -1
    # the value itself breaks a tie of equal stamps, which only a fault can make, so that all replicas still agree
    return (stage, *version.stamp, msgspec.json.encode(version.value, order="sorted").decode())


def revives(table: TableSpec, edit: Stamp, tombstone: Stamp) -> bool:
    """Whether an edit and a delete that had not seen each other leave the row there."""
    return table.revive and edit > tombstone


def elements(text: str) -> frozenset[str]:
    """What a set's text holds; raises ValueError unless it is as `set_text` writes it."""
    try:
        found = msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError as error:
        raise ValueError(f"no set of texts: {error}") from error
    if set_text(found) != text:
        raise ValueError("a set is written sorted, each element once, without blanks between")
    for element in found:
        check_element(element)
    return frozenset(found)


def set_text(found: Iterable[str]) -> str:
    """A set as its column holds it: a JSON array in the order of code points, so that equal sets are equal texts."""
    return msgspec.json.encode(sorted(set(found))).decode()


def check_element(element: str) -> None:
    """Raises ValueError for what no set holds."""
    if not 1 <= len(element) <= ELEMENT_CHARS_MAX or min(element) < " ":
        raise ValueError(f"an element has 1 to {ELEMENT_CHARS_MAX} characters, none of them for control")


def named_parts(spec: FieldSpec, value: Value) -> dict[str, Value]:
    """A field's value as what merges by itself: the field, or each element that a set holds."""
    if spec.merge != "set":
        return {spec.name: value}
    return {f"{spec.name}{IN_SET}{element}": True for element in elements(value)}


def part(spec: FieldSpec, name: str, value: Value, versions: "RowVersions") -> Version:
    """The version of a field, or of one element of a set, in a row that holds `value` there."""
    if name == spec.name:
        return Version(value, versions.of(name))
    present = _element(spec, name) in elements(value)
    return Version(present, versions.of(name) if present else versions.exceptions.get(name, NEVER))


def with_part(spec: FieldSpec, name: str, value: Value, new: Value) -> Value:
    """The field's value once what is so named has become `new`."""
    if name == spec.name:
        return new
    element = {_element(spec, name)}
    return set_text(elements(value) | element if new else elements(value) - element)


def row_parts(table: TableSpec, row: Mapping[str, Value], versions: "RowVersions") -> dict[str, Version]:
    """Everything of a row that merges by itself; of sets also what was taken out again."""
    found: dict[str, Version] = {}
    for spec in table.mergeable.values():
        names = set(named_parts(spec, row[spec.name]))
        if spec.merge == "set":
            names |= {name for name in versions.exceptions if name.startswith(spec.name + IN_SET)}
        for name in sorted(names):
            found[name] = part(spec, name, row[spec.name], versions)
    return found


def whole_row(
    table: TableSpec, row: Mapping[str, Value], versions: "RowVersions", extra: Mapping[str, Value]
) -> dict[str, Version]:
    """Every part of a row, and the plain fields of a later release (`extra`)."""
    sets = {name.partition(IN_SET)[0] for name in versions.exceptions if IN_SET in name}
    plain = {name: Version(value, versions.of(name)) for name, value in extra.items() if name not in sets}
    return {**row_parts(table, row, versions), **plain}


def _element(spec: FieldSpec, name: str) -> str:
    return name[len(spec.name) + len(IN_SET) :]


@dataclass(frozen=True, slots=True)
class RowVersions:
    """The stamps of a row's fields in their stored form: one for all, and exceptions by field."""

    hlc: int
    node: int
    exceptions: Mapping[str, Stamp]

    def of(self, field: str) -> Stamp:
        """The stamp of one field."""
        return self.exceptions.get(field, (self.hlc, self.node))

    @classmethod
    def stored(cls, hlc: int, node: int, fv: str | None) -> "RowVersions":
        """From the columns `_hlc`, `_node` and `_fv`."""
        exceptions = {name: (stamp[0], stamp[1]) for name, stamp in msgspec.json.decode(fv).items()} if fv else {}
        return cls(hlc, node, exceptions)

    def fv(self) -> str | None:
        """The exceptions as `_fv` stores them."""
        return msgspec.json.encode(self.exceptions).decode() if self.exceptions else None

    def with_fields(self, changed: Mapping[str, Stamp]) -> "RowVersions":
        """With these fields' stamps replaced."""
        return RowVersions(self.hlc, self.node, {**self.exceptions, **changed})
