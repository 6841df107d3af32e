"""What must hold when all have talked: each check names the promise that it is about."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Boolean

from sync.clock import DRIFT_MS_MAX, Stamp, ms_of
from sync.hub.bodies import body_json
from sync.hub.taking import GIVEN
from sync.merge import RowVersions, row_parts
from sync.schema import IN_SET, TableSpec
from sync.wire import EntryChange
from tests.simulation.counters import uncounted
from tests.simulation.forgetting import still_due
from tests.simulation.hub import changes_of
from tests.simulation.node import Node
from tests.simulation.patrons import dealt_with, strangers_kept
from tests.simulation.promises import Act, Edit, set_aside, stands
from tests.simulation.world import World

PROMISES = {
    "failed": "no program ends over what can happen",
    "refused": "a machine is turned away only for a reason",
    "one": "two machines with one identity never both go on",
    "whole": "nobody ever sees half of what was done at once",
    "drained": "when all can talk, nothing waits any more",
    "applied": "what was honestly written is never set aside",
    "poison": "what may not be written is set aside",
    "equal": "when all have talked, everybody has the same",
    "contiguous": "a feed has no holes",
    "once": "nothing is in a feed twice",
    "arrived": "what somebody was told is kept reaches head office",
    "kept": "what reached head office is there",
    "seen": "an edit stands, or was replaced by somebody who saw it, or is in the conflict log",
    "furthest": "no stage goes back",
    "keys": "two rows that hold one business key are told to a person",
    "secret": "nobody hears of a patron with whom the house does not deal, or keeps one",
    "spent": "no more of an allowance is spent than was earned, but for what a person is told of",
    "answered": "whoever asks for a share gets an answer",
    "clocks": "no stamp runs ahead of the time",
    "last": "who edits last, having seen everything, is not overruled",
}


def broken(world: World) -> list[str]:
    """Every promise that does not hold, in words."""
    checks = (_waiting, _set_aside, _unequal, strangers_kept, _feeds, _once, _arrived, _kept, _edits, _stages, _keys)
    more = (uncounted, _clocks, _last)
    return [*dict.fromkeys(world.wrong), *(wrong for check in (*checks, *more) for wrong in check(world))]


def _waiting(world: World) -> Iterator[str]:
    for node in world.here:
        waiting = len(node.rows("SELECT 1 FROM sync_outbox"))
        if waiting:
            yield f"drained: {waiting} changes still wait at {node.name}"
        for row in node.rows("SELECT reason FROM sync_kept"):
            yield f"drained: {node.name} keeps a transaction that it can't apply: {row['reason']}"


def _set_aside(world: World) -> Iterator[str]:
    for row in world.hub.waiting():
        if row["code"] == "NO_DEALINGS":
            continue  # an edit of a patron after the end, whoever made it could not know
        if _leans_on_lost(world, row):
            continue
        if not all(change.k in world.promises.tainted for change in changes_of(row)):
            yield f"applied: an honest transaction is set aside: {row['code']}, {row['reason']}"
    aside = set_aside(world.hub)
    named = {(change.t, change.k) for row in world.hub.waiting() for change in changes_of(row)}
    for act in world.promises.acts:
        is_aside = bool(act.changes & aside) or (act.forgotten and (act.rows & named or not _is_there(world, act)))
        if act.poison and act.arrived(world.hub) and not is_aside and not _mended(world, act):
            yield f"poison: what {act.author} should not have written ({_named(act)}) went in"


def _leans_on_lost(world: World, row: dict[str, Any]) -> bool:
    """Whether it is about a patron that nobody has any more: the machine let go of it, then head office was put back."""
    if not world.was_put_back or row["code"] not in ("PARENT_MISSING", "ROW_MISSING"):
        return False
    ends = [world.hub.office.rows, *(node.rows for node in world.here)]
    there = {one["id"] for rows in ends for one in rows("SELECT id FROM patrons")}
    named = [
        change.k if change.t == "patrons" else msgspec.json.decode(change.f).get("patron_id")
        for change in changes_of(row)
        if change.t in ("patrons", "visits")
    ]
    return bool(named) and there.isdisjoint(named)


def _lost(world: World) -> set[str]:
    """What waits set aside for such a patron, whoever sent or gave it."""
    return {change.k for row in world.hub.waiting() if _leans_on_lost(world, row) for change in changes_of(row)}


def _mended(world: World, act: Act) -> bool:
    """Whether what it leaned on came after all, or it is the one that came first of two with one id."""
    return all(change[3] in ("parts", "deeds") for change in act.changes) and not _foreign(world, act)


def _is_there(world: World, act: Act) -> bool:
    return any(world.hub.office.rows(f"SELECT 1 FROM {table} WHERE id = '{id}'") for table, id in act.rows)


def _foreign(world: World, act: Act) -> bool:
    (home,) = {node.property_id for node in world.nodes if node.number == act.number}
    fields = [msgspec.json.decode(change[5]) for change in act.changes if change[2] == "i"]
    return any(values.get("property_id") not in (None, home) for values in fields)


def _unequal(world: World) -> Iterator[str]:
    lost = _lost(world)
    for table in world.newest.schema.tables.values():
        there = _rows(world.hub.office.rows(f"SELECT * FROM {table.name}"), table, world)
        for node in world.here:
            here = _rows(node.rows(f"SELECT * FROM {table.name}"), table, world)
            wanted = {id: row for id, row in there.items() if row[0]["property_id"] in (None, node.property_id)}
            if table.interest is not None:
                known = dealt_with(world.hub, node.property_id)
                wanted = {id: row for id, row in wanted.items() if id in known}
            for id in sorted(here.keys() | wanted.keys()):
                if id not in here and _is_let_go(table.name, wanted[id][0]):
                    continue
                if id not in wanted and _is_an_alarm(world, node, here[id][1]):
                    continue
                if here.get(id) != wanted.get(id) and id not in world.promises.tainted | lost:
                    yield f"equal: {table.name} {id[:4]} {_difference(here.get(id), wanted.get(id), node.name)}"


def _is_an_alarm(world: World, node: Node, stamps: dict[str, Stamp]) -> bool:
    """Whether it is head office's own row that a machine holds of which head office had heard out a copy: it stays there,
    counted, until a person says that the machine is to be believed."""
    is_told = node.engine.status.standing > 0
    return (
        world.was_put_back
        and node.number in world.twice
        and is_told
        and all(author == 0 for _, author in stamps.values())
    )


def _is_let_go(table: str, row: dict[str, Any]) -> bool:
    """What the log said of a patron that a machine let go of does not come back to it."""
    return table == "sync_conflicts" and bool(row["tbl"] == "patrons")


def _difference(here: Any, there: Any, name: str) -> str:
    if here is None or there is None:
        return f"is only at {'head office' if here is None else name}"
    parts = [
        f"{field}: {one[field]} at {name}, {other[field]} at head office"
        for one, other in zip(here, there, strict=True)
        for field in sorted(one.keys() & other.keys())
        if one[field] != other[field]
    ]
    return "; ".join(parts) or f"differs in its fields: {here} at {name}, {there} at head office"


def _rows(found: list[dict[str, Any]], table: TableSpec, world: World) -> dict[str, Any]:
    """Each row's values and the stamps of its fields. Who healed may not have heard of an element that came and went."""
    rows = {}
    for row in found:
        versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
        values = {name: row[name] for name in (*table.fields, "_deleted", "_x")}
        for name, spec in table.mergeable.items():
            if isinstance(spec.type, Boolean) and values[name] is not None:
                values[name] = bool(values[name])
        rows[row["id"]] = (
            values,
            {
                f"{name}'s stamp": kept.stamp
                for name, kept in row_parts(table, row, versions).items()
                if kept.value is not None and not (world.was_put_back and IN_SET in name and not kept.value)
            },
        )
    return rows


def _feeds(world: World) -> Iterator[str]:
    for row in world.hub.office.rows(
        "SELECT s.scope, s.head, s.kept_from, count(f.pos) AS n, min(f.pos) AS first, max(f.pos) AS last"
        " FROM sync_scopes AS s LEFT JOIN sync_feed AS f ON s.scope = f.scope GROUP BY s.scope, s.head, s.kept_from"
    ):
        if row["n"] and (row["first"], row["last"]) != (row["kept_from"], row["head"]):
            yield f"contiguous: the feed of {row['scope']} goes from {row['first']} to {row['last']} of {row['head']}"
        if row["n"] != row["head"] - row["kept_from"] + 1:
            yield f"contiguous: the feed of {row['scope']} has {row['n']} of {row['head']} positions"


def _once(world: World) -> Iterator[str]:
    """Two transactions of one author may have one stamp, where it was lowered in one life and kept in the next; but not
    about one row."""
    told: Counter[tuple[str, int, int, int, str, str]] = Counter()
    for row in world.hub.office.rows(f"SELECT * FROM sync_feed WHERE node > 0 AND incarnation <> {GIVEN}"):
        changes = msgspec.json.decode(body_json(row["body"]), type=list[EntryChange])
        place = (row["scope"], row["node"], row["incarnation"], row["hlc"])
        told.update({(*place, change.t, change.k) for change in changes if change.t != "sync_conflicts"})
    for (scope, number, _, hlc, name, id), n in told.items():
        if n > 1:
            yield f"once: the feed of {scope} has what node {number} did to {name} {id[:4]} at {hlc} {n} times"
    given: Counter[tuple[str, str]] = Counter()
    for row in world.hub.office.rows(f"SELECT body FROM sync_feed WHERE incarnation = {GIVEN}"):
        changes = msgspec.json.decode(body_json(row["body"]), type=list[EntryChange])
        given.update((change.t, change.k) for change in changes)
    for (name, id), n in given.items():
        table = world.hub.release.schema.tables.get(name)
        if n > 1 and table is not None and table.kind == "fact":
            yield f"once: {name} {id[:4]} was given back {n} times"


def _arrived(world: World) -> Iterator[str]:
    for act in world.promises.kept():
        if not act.arrived(world.hub):
            yield f"arrived: what {act.author} did ({_named(act)}) never reached head office"


def _kept(world: World) -> Iterator[str]:
    there: dict[str, set[str]] = {}
    for table in world.hub.release.schema.tables:
        there[table] = {row["id"] for row in world.hub.office.rows(f"SELECT id FROM {table}")}
    aside, lost = set_aside(world.hub), _lost(world)
    for act in world.promises.kept():
        for change in act.changes:
            if change[2] != "i" or change in aside or change[4] in act.gone | lost:
                continue
            if act.arrived(world.hub) and change[4] not in there[change[3]]:
                yield f"kept: {change[3]} {change[4][:4]} of {act.author} was acknowledged and is nowhere"


def _edits(world: World) -> Iterator[str]:
    aside = set_aside(world.hub)
    lost = Counter(
        (r["tbl"], r["row_id"], r["field"], r["lost_value"])
        for r in world.hub.office.rows("SELECT tbl, row_id, field, lost_value FROM sync_conflicts")
    )
    replaced = world.promises.replaced(world.hub)
    standing = {
        (name, row["id"]): row
        for name, table in world.hub.release.schema.tables.items()
        if table.kind == "record"
        for row in world.hub.office.rows(f"SELECT * FROM {name}")
    }
    for act, edit in still_due(world.promises.kept()):
        if edit.field == "stage" or act.changes & aside or (*edit.place, edit.value) in replaced:
            continue
        row = standing.get(edit.place[:2])
        if (row is not None and stands(row, edit)) or (*edit.place, msgspec.json.encode(edit.value).decode()) in lost:
            continue
        yield f"seen: {act.author}'s {_told(edit)} neither stands, nor was replaced, nor is in the conflict log"


def _stages(world: World) -> Iterator[str]:
    cards = {row["id"]: row for row in world.hub.office.rows("SELECT id, stage FROM cards")}
    for act, edit in still_due(world.promises.kept()):
        if edit.field == "stage" and not (edit.row in cards and stands(cards[edit.row], edit)):
            yield f"furthest: {act.author} took card {edit.row[:4]} to {edit.value}, and it is not there"


def _keys(world: World) -> Iterator[str]:
    told = {
        frozenset((msgspec.json.decode(row["won_value"]), msgspec.json.decode(row["lost_value"])))
        for row in world.hub.office.rows("SELECT * FROM sync_conflicts WHERE rule = 'business_key'")
    }
    for row in world.hub.office.rows(
        "SELECT one.id AS one, other.id AS other, one.number FROM cards AS one JOIN cards AS other"
        " ON one.number = other.number AND one.property_id = other.property_id AND one.id < other.id"
        " WHERE NOT one._deleted AND NOT other._deleted"
    ):
        if frozenset((row["one"], row["other"])) not in told:
            yield f"keys: cards {row['one'][:4]} and {row['other'][:4]} are both {row['number']}, and nobody is told"


def _clocks(world: World) -> Iterator[str]:
    limit = world.now_ms + DRIFT_MS_MAX
    for name in ("cards", "rules", "deeds"):
        for row in world.hub.office.rows(f"SELECT id, _hlc, _node, _fv FROM {name}"):
            versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
            if max(ms_of(stamp[0]) for stamp in ((versions.hlc, 0), *versions.exceptions.values())) > limit:
                yield f"clocks: {name} {row['id'][:4]} has a stamp more than a minute ahead of the time"
    for node in world.here:
        if node.name in world.last and ms_of(node.clock.stamp()) > limit + 2_000:
            yield f"clocks: {node.name} still stamps ahead of the time"


def _last(world: World) -> Iterator[str]:
    for edit in world.last_edits.values():
        (row,) = world.hub.office.rows(f"SELECT name FROM cards WHERE id = '{edit.row}'")
        if row["name"] != edit.value:
            yield f"last: card {edit.row[:4]} was last set to {edit.value} and says {row['name']}"


def _named(act: Act) -> str:
    return ", ".join(sorted(f"{change[3]} {change[4][:4]}" for change in act.changes)) or "nothing"


def _told(edit: Edit) -> str:
    return f"edit of {edit.table} {edit.row[:4]}, {edit.field} {edit.seen}→{edit.value},"
