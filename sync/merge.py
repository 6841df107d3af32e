"""How two versions of a row meet: field by field, by the rule that the field declares. Pure: values in, a row out.

A field's version is (value, stamp); the merge of two versions is the greater in a total order, so it commutes,
associates and repeats without effect. `last_writer` orders by stamp; `furthest_stage` by the stage's place in the
declared list, then by stamp. What the hub does before merging (clamping, telling causal from concurrent) is its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sync.clock import Stamp
from sync.schema import FieldSpec

Value = Any


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
