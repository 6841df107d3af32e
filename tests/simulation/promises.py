"""What somebody was told is kept, so that it can be asked for in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sync.merge import elements
from sync.schema import IN_SET
from tests.simulation.hub import Hub, Key, changes_of, key
from tests.simulation.node import Node
from tests.simulation.tables import STAGES


@dataclass(frozen=True)
class Edit:
    """One field set anew: where, to what, and what its author saw in its place."""

    table: str
    row: str
    field: str
    value: Any
    seen: Any

    @property
    def place(self) -> tuple[str, str, str]:
        """What of which row."""
        return self.table, self.row, self.field


@dataclass
class Act:
    """All that was done under one stamp. promised: whoever did it was told that it is kept, and nothing that may be
    lost lost it since. poison: the hub must refuse it. forgotten: head office knew it, and was put back to a copy that
    does not. gone: the rows that it made and the edits that only the lost time of head office held."""

    author: str
    number: int
    stamp: int
    changes: frozenset[Key]
    edits: Sequence[Edit]
    promised: bool
    poison: bool = False
    forgotten: bool = False
    gone: set[str | Edit] = field(default_factory=set)

    def arrived(self, hub: Hub) -> bool:
        """Whether head office was told all of it and said so (its own acts are there at once)."""
        return self.number == 0 or self.forgotten or (bool(self.changes) and self.changes <= hub.taken)

    @property
    def rows(self) -> set[tuple[str, str]]:
        """The rows that it made."""
        return {(change[3], change[4]) for change in self.changes if change[2] == "i"}


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

    def replaced(self, hub: Hub) -> set[tuple[str, str, str, Any]]:
        """What somebody replaced who saw it. An edit that is nobody's promise, or set aside, counts where it stands, or was
        itself replaced so; one set aside also where what it replaced was nowhere else any more, since head office had
        forgotten that."""
        aside = set_aside(hub)
        found: set[tuple[str, str, str, Any]] = set()
        lost: list[Edit] = []
        logged = {
            (row["tbl"], row["row_id"], row["field"], row["lost_value"])
            for row in hub.office.rows("SELECT tbl, row_id, field, lost_value FROM sync_conflicts")
        }
        for act in self.acts:
            if act.arrived(hub):
                counts = [edit for edit in act.edits if edit not in act.gone and not act.changes & aside]
                lost += [edit for edit in act.edits if edit not in counts]
                found |= {(*edit.place, edit.seen) for edit in counts}
        set_aside_ = [act for act in self.acts if act.changes & aside]
        forgotten = {(*edit.place, edit.value) for act in self.acts if act.forgotten for edit in act.edits}
        found |= {(*edit.place, edit.seen) for act in set_aside_ for edit in act.edits} & forgotten
        for edit in reversed(lost):
            table, row, _ = edit.place
            standing = hub.office.rows(f"SELECT * FROM {table} WHERE id = '{row}'")
            said = (*edit.place, msgspec.json.encode(edit.value).decode())
            if (*edit.place, edit.value) in found or said in logged or any(stands(one, edit) for one in standing):
                found.add((*edit.place, edit.seen))
        return found


def stands(row: dict[str, Any], edit: Edit) -> bool:
    """Whether a row says what an edit set, or, of a stage, more."""
    name, _, element = edit.field.partition(IN_SET)
    if edit.field == "stage":
        return STAGES.index(row["stage"]) >= STAGES.index(edit.value)
    return bool(edit.value == (element in elements(row[name]) if element else row.get(name)))


def set_aside(hub: Hub) -> frozenset[Key]:
    """The changes that wait set aside."""
    return frozenset(key(row["number"], change) for row in hub.waiting() for change in changes_of(row))
