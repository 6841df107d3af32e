"""Receipts issued to a company: its name, address and tax number, in a series of their own. The receipt stays as it is."""
