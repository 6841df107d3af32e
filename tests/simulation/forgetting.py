"""Head office is put back to an older copy: what the copy lacks, and what of that somebody still holds.

Whatever a machine that counts holds comes back by itself. What only the lost time of head office held is nobody's
promise: what it did itself and told nobody, and what was told it by a disk that is lost as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from sync.schema import IN_SET
from tests.simulation.hub import OfficeBackup
from tests.simulation.node import Node
from tests.simulation.promises import Act, Edit, stands

if TYPE_CHECKING:
    from tests.simulation.world import World

RESTORING_MS = 3_600_000
LOST = "SELECT tbl, row_id, field, lost_value FROM sync_conflicts"
Lost = tuple[str, str, str, str]


@dataclass(frozen=True)
class OfficeCopy:
    """A copy of head office, and how many acts it knows of head office's own."""

    backup: OfficeBackup
    acts: int


def back_up_office(world: World, node: Node) -> None:
    """A copy is kept."""
    world.office_copy = OfficeCopy(world.hub.back_up(), len(world.promises.acts))
    world.tell("head office is backed up")


def put_back_office(world: World, node: Node) -> None:
    """The copy takes the place of head office's database; a person enters again who was revoked since."""
    copy = world.office_copy
    if copy is None:
        return
    world.now_ms += RESTORING_MS
    logged, taken = _logged(world.hub.office.rows), set(world.hub.taken)
    world.hub.put_back(copy.backup)
    world.was_put_back = True
    world.tell("head office is put back to its backup")
    for place, act in enumerate(world.promises.acts):
        if act.number:
            act.forgotten = act.forgotten or bool(act.changes & taken - world.hub.taken)
        else:
            act.forgotten = act.forgotten or place >= copy.acts
    for unknown in [one for one in world.here if one.number not in world.hub.known]:
        world.tell(f"head office does not know {unknown.name} any more")
        world.retire(unknown, "UNKNOWN")
    held = _logged(world.hub.office.rows, *(node.rows for node in world.here))
    for act in world.promises.acts:
        act.gone |= {edit for edit in act.edits if _loser(edit) in logged and _loser(edit) not in held}
    let_go_of_lost(world)


def let_go_of_lost(world: World) -> None:
    """What head office forgot and nobody holds any more is nobody's promise."""
    acts = [act for act in world.promises.acts if act.forgotten and act.promised]
    if acts:
        held = Held.of(world)
        for act in acts:
            act.gone |= {id for table, id in act.rows if (table, id) not in held.rows}
            act.gone |= {edit for edit in act.edits if not held.has(edit)}
            if act.changes and not act.edits and act.gone >= {id for _, id in act.rows}:
                act.promised = False


@dataclass
class Held:
    """What anybody holds: rows, and losers of the conflict log."""

    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    lost: set[Lost] = field(default_factory=set)

    @classmethod
    def of(cls, world: World) -> Held:
        """Of head office and all machines that count."""
        ends = [(world.hub.release, world.hub.office.rows), *((node.release, node.rows) for node in world.here)]
        found = cls(lost=_logged(*(rows for _, rows in ends)))
        for release, rows in ends:
            for table in release.schema.tables:
                for row in rows(f"SELECT * FROM {table}"):
                    found.rows.setdefault((table, row["id"]), []).append(row)
        return found

    def has(self, edit: Edit) -> bool:
        """Whether an edit stands or lies in the log somewhere. An element of a set names nobody, so it is not looked for."""
        if IN_SET in edit.field:
            return False
        return _loser(edit) in self.lost or any(stands(row, edit) for row in self.rows.get(edit.place[:2], ()))


def _loser(edit: Edit) -> Lost:
    return (*edit.place, msgspec.json.encode(edit.value).decode())


def _logged(*ends: Any) -> set[Lost]:
    return {(row["tbl"], str(row["row_id"]), row["field"], row["lost_value"]) for rows in ends for row in rows(LOST)}


def still_due(acts: Iterable[Act]) -> Iterable[tuple[Act, Edit]]:
    """The edits that must be found in the end."""
    return ((act, edit) for act in acts for edit in act.edits if edit not in act.gone)
