"""Whether a group's books at head office are as they were written, told with what may explain what is missing (R3).

A chain of a node ends where head office last heard of it; what is cut off at its end shows by the sales that nothing tells
of any more. Head office's own chains end where it keeps that they end.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from cloud.chains import head_id
from cloud.database import Connection
from hospitality.days.verifying import verified
from hospitality.ground.journal import Head
from hospitality.ground.statements import Reading

OF_HEAD_OFFICE = 0
_NODES = """
    SELECT n.number, n.code, p.name AS property, count(q.id) AS set_aside FROM sync_nodes n
    JOIN properties p ON p.org_id = n.org_id AND p.id = n.property_id
    LEFT JOIN sync_quarantine q ON q.org_id = n.org_id AND q.node_id = n.id AND q.state = 'waiting'
    WHERE n.org_id = %(org)s GROUP BY n.number, n.code, p.name
"""


def verified_books(connection: Connection, org_id: str) -> dict[str, Any]:
    """{whole, chains: [{node, code, property, incarnation, entries, broken, set_aside}], wrong, series}."""
    nodes = {row["number"]: row for row in connection.execute(_NODES, {"org": org_id}).fetchall()}
    found = verified(Reading(connection, "postgresql", org_id=org_id, property_id=None), ends=_ends(connection, org_id))
    chains = []
    for chain in found.chains:
        of = nodes.get(chain.node, {})
        named = {"code": of.get("code"), "property": of.get("property"), "set_aside": of.get("set_aside", 0)}
        chains.append({**asdict(chain), **named})
    series = [asdict(one) for one in found.series]
    return {"whole": found.whole, "chains": chains, "wrong": found.wrong, "series": series}


def words_of_books(found: dict[str, Any]) -> Iterator[str]:
    """The same in sentences."""
    for chain in found["chains"]:
        who = (
            "Head office"
            if chain["node"] == OF_HEAD_OFFICE
            else f"{chain['code']}{chain['incarnation']} {chain['property']}"
        )
        state = "whole" if chain["broken"] is None else f"BROKEN: {chain['broken']}"
        yield f"{who}: {chain['entries']} entries, {state}"
        if chain["broken"] is not None and chain["set_aside"]:
            yield f"  {chain['set_aside']} transactions of it are set aside, and may hold what is missing: decide there first"
    for one in found["series"]:
        gaps = f", MISSING {' '.join(one['missing'])}" if one["missing"] else ""
        twice = f", TWICE {' '.join(one['doubled'])}" if one["doubled"] else ""
        yield f"{one['series']} numbers up to {one['last']}{gaps}{twice}"
    yield from found["wrong"]
    yield "The books are whole." if found["whole"] else "The books are not as they were written."


def _ends(connection: Connection, org_id: str) -> dict[tuple[int, int], Head]:
    lives = connection.execute(
        "SELECT DISTINCT incarnation FROM journal WHERE org_id = %s AND node = %s", (org_id, OF_HEAD_OFFICE)
    ).fetchall()
    ids = {head_id(org_id, row["incarnation"]): row["incarnation"] for row in lives}
    rows = connection.execute(
        "SELECT id, number, hash FROM journal_heads WHERE org_id = %s AND id = ANY(%s::uuid[])", (org_id, list(ids))
    ).fetchall()
    return {(OF_HEAD_OFFICE, ids[row["id"]]): Head(row["number"], row["hash"]) for row in rows}
