"""What must hold when all have talked: each check names the promise that it is about."""

from collections.abc import Iterator
from typing import Any

import msgspec

from sync.merge import RowVersions, elements, row_parts
from sync.schema import IN_SET
from tests.sync.small.tables import SCHEMA, STAGES
from tests.sync.small.world import Edit, World


def broken(world: World) -> list[str]:
    """Every promise that does not hold, in words."""
    return [
        *_waiting(world),
        *_set_aside(world),
        *_unequal(world),
        *_feeds(world),
        *_once(world),
        *_facts(world),
        *_edits(world),
        *_stages(world),
        *_keys(world),
    ]


def _waiting(world: World) -> Iterator[str]:
    for node in world.nodes:
        waiting = node.connection.execute("SELECT count(*) FROM sync_outbox").fetchone()[0]
        kept = node.connection.execute("SELECT count(*) FROM sync_kept").fetchone()[0]
        if waiting:
            yield f"drained: {waiting} changes still wait at node {node.number}"
        if kept:
            yield f"drained: {kept} transactions are kept at node {node.number}"


def _set_aside(world: World) -> Iterator[str]:
    for reason in world.hub.set_aside:
        yield f"applied: the hub set an honest transaction aside: {reason}"


def _unequal(world: World) -> Iterator[str]:
    for table in SCHEMA.tables:
        there = _rows(world.hub.connection, table)
        for node in world.nodes:
            here = _rows(node.connection, table)
            wanted = {id: row for id, row in there.items() if row[0]["property_id"] in (None, node.property_id)}
            for id in sorted(here.keys() | wanted.keys()):
                if here.get(id) != wanted.get(id):
                    yield f"equal: {table} {id[:4]} is {here.get(id)} at node {node.number}, {wanted.get(id)} at the hub"


def _rows(connection: Any, table: str) -> dict[str, Any]:
    """Each row's values and the stamps of its fields."""
    spec, found = SCHEMA.tables[table], {}
    for row in connection.execute(f"SELECT * FROM {table}"):
        versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
        values = {name: row[name] for name in (*spec.fields, "_deleted", "_x")}
        found[row["id"]] = (values, {name: kept.stamp for name, kept in row_parts(spec, row, versions).items()})
    return found


def _feeds(world: World) -> Iterator[str]:
    for row in world.hub.connection.execute(
        "SELECT f.scope, count(*) AS n, min(pos) AS first, max(pos) AS last, head FROM sync_feed AS f"
        " JOIN sync_scopes AS s ON s.scope = f.scope GROUP BY f.scope"
    ):
        if (row["first"], row["last"], row["n"]) != (1, row["head"], row["head"]):
            yield f"contiguous: the feed of {row['scope']} has {row['n']} of {row['head']} positions"


def _once(world: World) -> Iterator[str]:
    for row in world.hub.connection.execute(
        "SELECT scope, node, hlc, count(*) AS n FROM sync_feed GROUP BY scope, node, incarnation, hlc HAVING n > 1"
    ):
        yield f"once: the feed of {row['scope']} has transaction {row['hlc']} of node {row['node']} {row['n']} times"


def _facts(world: World) -> Iterator[str]:
    there = {row[0] for table in ("deeds", "parts") for row in world.hub.connection.execute(f"SELECT id FROM {table}")}
    for id, (author, _) in world.facts.items():
        if id not in there:
            yield f"kept: fact {id[:4]} of node {author} was acknowledged and is nowhere"


def _edits(world: World) -> Iterator[str]:
    hub = world.hub.connection
    lost = {(r["tbl"], r["row_id"], r["field"], r["lost_value"]) for r in hub.execute("SELECT * FROM sync_conflicts")}
    for edit in world.edits:
        if (edit.table, edit.row, edit.field, edit.value) in world.replaced or _stands(hub, edit):
            continue
        if (edit.table, edit.row, edit.field, msgspec.json.encode(edit.value).decode()) not in lost:
            yield f"seen: {edit} neither stands, nor was it replaced by who saw it, nor is it in the conflict log"


def _stands(hub: Any, edit: Edit) -> bool:
    field, _, element = edit.field.partition(IN_SET)
    found = hub.execute(f"SELECT {field} FROM {edit.table} WHERE id = ?", (edit.row,)).fetchone()
    return found is not None and edit.value == (element in elements(found[0]) if element else found[0])


def _stages(world: World) -> Iterator[str]:
    for id, reached in world.stages.items():
        if reached:
            furthest = max(STAGES.index(stage) for stage, _, _ in reached)
            found = world.hub.connection.execute("SELECT stage FROM cards WHERE id = ?", (id,)).fetchone()
            if found is None or STAGES.index(found[0]) < furthest:
                yield f"furthest: card {id[:4]} was at {STAGES[furthest]} and is at {found and found[0]}"


def _keys(world: World) -> Iterator[str]:
    hub = world.hub.connection
    told = {
        frozenset((msgspec.json.decode(row["won_value"]), msgspec.json.decode(row["lost_value"])))
        for row in hub.execute("SELECT * FROM sync_conflicts WHERE rule = 'business_key'")
    }
    for row in hub.execute(
        "SELECT one.id AS one, other.id AS other, one.number FROM cards AS one JOIN cards AS other"
        " ON one.number = other.number AND one.property_id = other.property_id AND one.id < other.id"
        " WHERE NOT one._deleted AND NOT other._deleted"
    ):
        if frozenset((row["one"], row["other"])) not in told:
            yield f"keys: cards {row['one'][:4]} and {row['other'][:4]} are both {row['number']}, and nobody is told"
