"""Which links there are."""

from hospitality.ground.statements import Reading

_LINK = """
    SELECT token FROM receipt_links WHERE org_id = :org_id AND receipt_id = :receipt_id ORDER BY made_at, id LIMIT 1
"""


def token_of(reading: Reading, receipt_id: str) -> str | None:
    """The secret of a receipt's link; None where it has none."""
    token: str | None = reading.value(_LINK, receipt_id=receipt_id)
    return token
