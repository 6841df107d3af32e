"""What head office does to nodes: revoking one, which is in force at its next request."""

from typing import Any

from hospitality.ground.errors import NotFound, Refused
from hospitality.ground.texts import kept_text
from hospitality.ground.work import Work
from hospitality.properties.facts import NodeRevoked
from sync.hub.capture import NEWS_CHANNEL

MANAGE = "nodes.manage"
NOTE_LENGTH_MAX = 200


def note_replaced(work: Work, node_id: str, *, by: str) -> None:
    """Writes down that a node was revoked since another, with these letters, took its place."""
    row = work.one("SELECT code, property_id FROM sync_nodes WHERE org_id = :org_id AND id = :id", id=node_id)
    assert row is not None, "it was revoked a moment ago"
    work.journal(NodeRevoked(node_id, row["code"], row["property_id"]), reason=f"Node {by} took its place.")


def revoke_node(work: Work, node_id: str, *, note: str | None = None) -> dict[str, Any]:
    """Lets a node do nothing any more, and ends what it has waiting here at once: {id, code, property_id}.

    What it brings later is refused; what it brought before stays. Only a new code takes a machine in again.
    """
    work.require(MANAGE)
    known = work.one("SELECT code, property_id, status FROM sync_nodes WHERE org_id = :org_id AND id = :id", id=node_id)
    if known is None:
        raise NotFound.of("node", node_id)
    if known["status"] != "active":
        raise Refused("NODE_REVOKED", f"Node {known['code']} is revoked already.")
    work.run(
        "UPDATE sync_nodes SET status = 'revoked', revoked_at = now(), next_key = NULL"
        " WHERE org_id = :org_id AND id = :id",
        id=node_id,
    )
    # at the commit whoever of the property waits for news is woken, and this node is told why it gets none
    work.one("SELECT pg_notify(:channel, :news)", channel=NEWS_CHANNEL, news=f"{known['property_id']} 0")
    why = kept_text(note, what="note", length_max=NOTE_LENGTH_MAX)
    work.journal(NodeRevoked(node_id, known["code"], known["property_id"]), reason=why)
    return {"id": node_id, "code": known["code"], "property_id": known["property_id"]}
