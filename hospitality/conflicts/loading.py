"""Conflicts and troubles with what was done about them, as sync's shared tables have them at either end.

Sync declares these tables; here they are known by name alone. Of two resolutions made apart the earlier stamp counts.
"""

from hospitality.ground.statements import Reading

_UNRESOLVED = "NOT EXISTS (SELECT 1 FROM sync_resolutions r WHERE r.org_id = :org_id AND r.subject_id = s.id)"
_OPEN_TROUBLES = f"""
    SELECT count(*) FROM sync_troubles s
    WHERE s.org_id = :org_id AND s.property_id = :property_id AND {_UNRESOLVED}
"""


def open_troubles(reading: Reading) -> int:
    """How many of the property's transactions are set aside and wait for somebody."""
    return int(reading.value(_OPEN_TROUBLES))
