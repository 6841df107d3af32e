"""What was set aside, let go or left out inside an act: the hub's own application in the act's transaction."""

from typing import Any

from cloud.schema import SCHEMA
from hospitality.conflicts.service import Tried
from hospitality.ground.work import Work
from sync.hub.postgres import PostgresStore
from sync.hub.set_aside import contents, release
from sync.hub.store import Sender

_SENDER = """
    SELECT n.id, n.number, n.property_id FROM sync_quarantine q
    JOIN sync_nodes n ON n.org_id = q.org_id AND n.id = q.node_id
    WHERE q.org_id = :org_id AND q.property_id = :property_id AND q.id = :id
"""
_UNTOLD = """
    SELECT q.id, q.incarnation, q.first, q.last, q.code, q.reason, q.body, q.at, n.number FROM sync_quarantine q
    JOIN sync_nodes n ON n.org_id = q.org_id AND n.id = q.node_id
    WHERE q.org_id = :org_id AND q.property_id = :property_id AND q.id = :id
      AND NOT EXISTS (SELECT 1 FROM sync_troubles t WHERE t.org_id = q.org_id AND t.id = q.id)
"""
_TELL = """
    INSERT INTO sync_troubles
      (org_id, id, property_id, node, incarnation, first, last, code, reason, tables, hash, at)
    VALUES (:org_id, :id, :property_id, :number, :incarnation, :first, :last, :code, :reason, :tables, :hash, :at)
"""
_HERE = "SELECT 1 FROM sync_quarantine WHERE org_id = :org_id AND property_id = :property_id AND id = :id"
_DISCARD = """
    UPDATE sync_quarantine SET state = 'discarded'
    WHERE org_id = :org_id AND property_id = :property_id AND id = :id AND state = 'waiting'
"""


class HubQuarantine:
    """Implements `hospitality.conflicts.service.Quarantine`."""

    def tell(self, work: Work, trouble_id: str) -> None:
        """Tells both ends of one that the first release set aside, which told nobody."""
        row: Any = work.one(_UNTOLD, id=trouble_id)
        if row is not None:
            told = {name: row[name] for name in row if name != "body"}
            work.run(_TELL, **told, **contents(row["body"]))

    def retry(self, work: Work, trouble_id: str) -> Tried | None:
        """Applies it as its node would have it, with its entries of the feed; None when it waits no more."""
        row: Any = work.one(_SENDER, id=trouble_id)
        if row is None:
            return None
        store = PostgresStore(work.connection, Sender(work.org_id, row["id"], row["number"], row["property_id"]))
        store.begin_applying()
        found = release(store, SCHEMA, trouble_id, int(work.now.timestamp() * 1000))
        store.end_applying()
        if found is None:
            return None
        if found.trouble is None:
            return Tried(None, None, found.followed)
        return Tried(found.trouble.code, found.trouble.reason, 0)

    def discard(self, work: Work, trouble_id: str) -> bool:
        """Leaves it out; what it says is kept. One that an older copy of head office never had needs no more."""
        return work.run(_DISCARD, id=trouble_id) == 1 or work.one(_HERE, id=trouble_id) is None


QUARANTINE = HubQuarantine()
