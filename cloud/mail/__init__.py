"""Receipts by mail: what properties asked for, sent by head office, which alone reaches the internet for certain."""
