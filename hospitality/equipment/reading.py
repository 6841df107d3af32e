"""Questions about devices that both hosts ask."""

from typing import Any

from hospitality.ground.statements import Reading

DEVICES_MAX = 64


def device_states(reading: Reading) -> list[dict[str, Any]]:
    """How the property's devices and printers are, by their nodes' word: [{id, name, kind, state, detail, since, node_code}]."""
    rows = reading.rows(
        "SELECT id, name, kind, state, detail, since, node_code FROM device_states"
        " WHERE org_id = :org_id AND property_id = :property_id AND active ORDER BY name, id LIMIT :limit",
        limit=4 * DEVICES_MAX,
    )
    return [dict(row) for row in rows]
