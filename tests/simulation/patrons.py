"""What happens with patrons, rows of the group that only those properties hear of which deal with them, and what must
hold of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sync.merge import elements, set_text
from sync.schema import IN_SET
from tests.simulation.node import Node
from tests.simulation.promises import Edit
from tests.simulation.statements import NORTH, PLACES, SOUTH, WEST, Insert, Update
from tests.simulation.tables import TAGS

if TYPE_CHECKING:
    from tests.simulation.hub import Hub
    from tests.simulation.world import World

STANDING = (
    "SELECT v.id, v.patron_id, v.property_id FROM visits AS v WHERE v.ends_id IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM visits AS e WHERE e.ends_id = v.id)"
)
NAMED = re.compile(rb"<([0-9a-f]{8})>")
KNOWN = "SELECT id, name, tags FROM patrons ORDER BY id"


def meet(world: World, node: Node) -> None:
    """Somebody new at the desk."""
    made, edits = _patron(world)
    world.act(node, [made, _visit(world, made.id, node.property_id)], edits, what=f"meets patron {made.id[:4]}")


def visit_again(world: World, node: Node) -> None:
    """Another dealing with somebody who is known there."""
    for patron in _one(world, node.rows(KNOWN)):
        visit = _visit(world, patron["id"], node.property_id)
        world.act(node, [visit], what=f"deals with patron {patron['id'][:4]} again")


def part(world: World, node: Node) -> None:
    """One of the property's dealings ends."""
    for visit in _one(world, node.rows(f"{STANDING} AND v.property_id = '{node.property_id}' ORDER BY v.id")):
        world.act(node, [_end(world, visit)], what=f"ends a dealing with patron {visit['patron_id'][:4]}")


def edit_patron(world: World, node: Node) -> None:
    """What is said of somebody is edited where they are known."""
    for patron in _one(world, node.rows(KNOWN)):
        statement, edit = _edit(world, patron)
        world.act(node, [statement], [edit], what=f"edits patron {edit.row[:4]} {edit.field} {edit.seen}→{edit.value}")


def greet(world: World, node: Node) -> None:
    """Head office brings somebody, known or not, to a property."""
    place, known = world.luck.choice([NORTH, SOUTH, WEST]), world.hub.office.rows(KNOWN)
    if known and world.luck.random() < 0.6:
        id = world.luck.choice(known)["id"]
        world.act_at_head_office([_visit(world, id, place)], [], f"brings patron {id[:4]} to {PLACES[place]}")
    else:
        made, edits = _patron(world)
        told = f"brings the new patron {made.id[:4]} to {PLACES[place]}"
        world.act_at_head_office([made, _visit(world, made.id, place)], edits, told)


def part_there(world: World, node: Node) -> None:
    """Head office ends a dealing."""
    for visit in _one(world, world.hub.office.rows(f"{STANDING} ORDER BY v.id")):
        told = f"ends a dealing of {PLACES[visit['property_id']]}'s with patron {visit['patron_id'][:4]}"
        world.act_at_head_office([_end(world, visit)], [], told)


def edit_patron_there(world: World, node: Node) -> None:
    """Head office edits what is said of somebody."""
    for patron in _one(world, world.hub.office.rows(KNOWN)):
        statement, edit = _edit(world, patron)
        told = f"edits patron {edit.row[:4]} {edit.field} {edit.seen}→{edit.value}"
        world.act_at_head_office([statement], [edit], told)


# --- what must hold


def dealt_with(hub: Hub, place: str) -> set[str]:
    """The patrons with whom a property has dealings, by what head office holds."""
    return {row["patron_id"] for row in hub.office.rows(STANDING) if row["property_id"] == place}


def overhear(hub: Hub, node: Node, said: bytes) -> Iterator[str]:
    """Reads an answer for what its receiver should not be told: whatever is said of a patron names it."""
    named = {found.decode() for found in NAMED.findall(said)}
    if named:
        known = {id[:8] for id in dealt_with(hub, node.property_id)}
        for id in sorted(named - known):
            yield f"secret: {node.name} is told of patron {id[:4]}, with whom its house does not deal"


def strangers_kept(world: World) -> Iterator[str]:
    """Patrons on a disk whose house does not deal with them."""
    for node in world.here:
        known = dealt_with(world.hub, node.property_id)
        for row in node.rows(KNOWN):
            if row["id"] not in known:
                yield f"secret: {node.name} still has patron {row['id'][:4]}, with whom its house does not deal"


# --- choosing


def _patron(world: World) -> tuple[Insert, list[Edit]]:
    id = world.id()
    name = _word(world, id)
    made = Insert("patrons", id, {"property_id": None, "name": name, "note": "new", "tags": "[]"})
    return made, [Edit("patrons", id, "name", name, None)]


def _visit(world: World, patron: str, place: str) -> Insert:
    return world.insert("visits", place, patron_id=patron)


def _end(world: World, visit: dict[str, Any]) -> Insert:
    return world.insert("visits", visit["property_id"], patron_id=visit["patron_id"], ends_id=visit["id"])


def _edit(world: World, row: dict[str, Any]) -> tuple[Update, Edit]:
    id = row["id"]
    if world.luck.random() < 0.3:
        there, tag = elements(row["tags"]), world.luck.choice(TAGS)
        edit = Edit("patrons", id, f"tags{IN_SET}{tag}", tag not in there, tag in there)
        return Update("patrons", id, {"tags": set_text(there ^ {tag})}), edit
    name = _word(world, id)
    return Update("patrons", id, {"name": name}), Edit("patrons", id, "name", name, row["name"])


def _word(world: World, patron: str) -> str:
    return f"<{patron[:8]}>{world.word()}"


def _one(world: World, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [world.luck.choice(rows)] if rows else []
