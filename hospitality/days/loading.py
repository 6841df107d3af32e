"""What the facts of a stretch of trade add up to."""

from hospitality.cash.rules import KINDS
from hospitality.ground.statements import Reading

# The casts keep PostgreSQL from answering a sum of bigint as a decimal.
_MOVED = """
    SELECT kind, CAST(SUM(amount_minor) AS BIGINT) AS amount_minor FROM cash_moves
    WHERE org_id = :org_id AND session_id = :id GROUP BY kind
"""
_SOLD = """
    SELECT CAST(COALESCE(SUM(amount_minor + tip_minor), 0) AS BIGINT) FROM payments
    WHERE org_id = :org_id AND drawer_session_id = :id AND tender = 'cash'
"""
_GIVEN_BACK = """
    SELECT CAST(COALESCE(SUM(amount_minor + tip_minor), 0) AS BIGINT) FROM refunds
    WHERE org_id = :org_id AND drawer_session_id = :id AND tender = 'cash'
"""


def expected_cash(reading: Reading, session_id: str, *, float_minor: int, currency: str) -> dict[str, int]:
    """What should be in a drawer by now, by currency: the float, cash sales with their tips, what was moved."""
    expected = float_minor
    for row in reading.rows(_MOVED, id=session_id):
        expected += KINDS[row["kind"]] * row["amount_minor"]
    expected += reading.value(_SOLD, id=session_id)
    expected -= reading.value(_GIVEN_BACK, id=session_id)
    return {currency: expected}
