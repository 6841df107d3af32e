"""What the conflict log says of two edits that had not seen each other."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec

from sync.merge import Clash
from sync.schema import TableSpec


def conflict_fact(property_id: str, table: TableSpec, row_id: str, clash: Clash, at: str) -> dict[str, Any]:
    """What the conflict log says of a clash; the same clash is the same fact."""
    key = f"{table.name}/{row_id}/{clash.field}/{clash.won.stamp}/{clash.lost.stamp}"
    return {
        "id": str(uuid5(NAMESPACE_OID, key)),
        "property_id": property_id,
        "tbl": table.name,
        "row_id": row_id,
        "field": clash.field,
        "rule": clash.rule,
        "won_value": msgspec.json.encode(clash.won.value).decode(),
        "won_hlc": clash.won.stamp[0],
        "won_node": clash.won.stamp[1],
        "lost_value": msgspec.json.encode(clash.lost.value).decode(),
        "lost_hlc": clash.lost.stamp[0],
        "lost_node": clash.lost.stamp[1],
        "decided_at": at,
    }
