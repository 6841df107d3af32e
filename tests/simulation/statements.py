"""What the acts of the simulation do to rows, for either database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ORG = "00000000-0000-4000-8000-000000000001"
NORTH = "00000000-0000-4000-8000-00000000000a"
SOUTH = "00000000-0000-4000-8000-00000000000b"
WEST = "00000000-0000-4000-8000-00000000000c"
PLACES = {NORTH: "North", SOUTH: "South", WEST: "West", None: "the group"}
"""West has no machine: head office alone knows whom it deals with."""


@dataclass(frozen=True)
class Insert:
    """A new row."""

    table: str
    id: str
    values: Mapping[str, Any] = field(hash=False)

    def sql(self, mark: str) -> tuple[str, tuple[Any, ...]]:
        """With its parameters."""
        row = {"org_id": ORG, "id": self.id, **self.values}
        return f"INSERT INTO {self.table} ({', '.join(row)}) VALUES ({', '.join([mark] * len(row))})", tuple(
            row.values()
        )


@dataclass(frozen=True)
class Update:
    """Fields of a row set anew."""

    table: str
    id: str
    values: Mapping[str, Any] = field(hash=False)

    def sql(self, mark: str) -> tuple[str, tuple[Any, ...]]:
        """With its parameters."""
        changes = ", ".join(f"{name} = {mark}" for name in self.values)
        return f"UPDATE {self.table} SET {changes} WHERE org_id = {mark} AND id = {mark}", (
            *self.values.values(),
            *(ORG, self.id),
        )


@dataclass(frozen=True)
class Plain:
    """Any statement, with a question mark for each value."""

    text: str
    values: tuple[Any, ...] = field(default=(), hash=False)
    table: str = ""
    id: str = ""
    """The row that it edits, where that is one."""

    def sql(self, mark: str) -> tuple[str, tuple[Any, ...]]:
        """With its parameters."""
        return self.text.replace("?", mark), self.values


@dataclass(frozen=True)
class Verb:
    """Something of the engine's that a machine does in an act, on its connection."""

    run: Callable[[Any], object]
    id: str = ""


Statement = Insert | Update | Plain
