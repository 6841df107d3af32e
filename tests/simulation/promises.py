"""What somebody was told is kept, so that it can be asked for in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.hub import Hub, Key, changes_of, key
from tests.simulation.node import Node


@dataclass(frozen=True)
class Edit:
    """One field set anew: where, to what, and what its author saw in its place."""

    table: str
    row: str
    field: str
    value: Any
    seen: Any


@dataclass
class Act:
    """All that was done under one stamp. promised: whoever did it was told that it is kept, and nothing that may be
    lost lost it since. poison: the hub must refuse it."""

    author: str
    number: int
    stamp: int
    changes: frozenset[Key]
    edits: Sequence[Edit]
    promised: bool
    poison: bool = False

    def arrived(self, hub: Hub) -> bool:
        """Whether head office was told all of it and said so (its own acts are there at once)."""
        return self.number == 0 or (bool(self.changes) and self.changes <= hub.taken)


@dataclass
class Promises:
    """Everything that was done."""

    acts: list[Act] = field(default_factory=list)
    tainted: set[str] = field(default_factory=set)
    """Rows that a poisoned act touched: on its author's disk they may stand otherwise than anywhere else."""

    def forget(self, node: Node, hub: Hub) -> None:
        """What a disk alone held, and holds no more, nobody can be held to."""
        still = node.waiting() if not node.gone else frozenset()
        for act in self.acts:
            if act.author == node.name and not act.changes <= still and not act.arrived(hub):
                act.promised = False

    def kept(self) -> Iterable[Act]:
        """What must be found in the end."""
        return (act for act in self.acts if act.promised and not act.poison)


def set_aside(hub: Hub) -> frozenset[Key]:
    """The changes that wait set aside."""
    return frozenset(key(row["number"], change) for row in hub.waiting() for change in changes_of(row))
