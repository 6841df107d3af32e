"""Tables, and who waits for one or has reserved."""

import msgspec

from edge.terminal.shapes import Instant


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Guests who wait, or have reserved."""

    id: str
    name: str
    covers: int
    state: str
    reserved_for: Instant | None = None
    waits_since: Instant | None = None
    table_ids: tuple[str, ...] = ()


class Parties(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Party, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    label: str
    seats: int
    state: str
    joined_to: str | None = None


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    tables: tuple[Table, ...]
