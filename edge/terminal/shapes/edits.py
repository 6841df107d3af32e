"""Edits made apart, and what could not be applied."""

from typing import Any

import msgspec

from edge.terminal.shapes import Instant


class ConflictSide(msgspec.Struct, frozen=True, kw_only=True):
    value: Any
    at: Instant
    value_name: str | None = None
    node_code: str | None = None
    """None is head office."""
    person: str | None = None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    table: str
    field: str
    won: ConflictSide
    lost: ConflictSide
    row_name: str | None = None
    restore: str = "never"


class ConflictPage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Conflict, ...]
    next_cursor: str | None = None


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    code: str
    at: Instant
    holds: dict[str, int] = {}


class SetAsidePage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[SetAside, ...]


class KeptBack(msgspec.Struct, frozen=True, kw_only=True):
    """What came from head office and can't be applied at the node."""

    id: int
    reason: str
    holds: dict[str, int] = {}


class KeptBackList(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[KeptBack, ...]
    count: int = 0


class Undecided(msgspec.Struct, frozen=True, kw_only=True):
    """All that a manager may have to decide or to know of."""

    conflicts: tuple[Conflict, ...] = ()
    more: bool = False
    set_aside: tuple[SetAside, ...] = ()
    kept: tuple[KeptBack, ...] = ()
