"""What a fiscal device signed of receipts, refunds and withdrawals, each linked to the one before."""
