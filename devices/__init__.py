"""Speaks to hardware: printers today, and their emulator. Knows documents and signals, nothing of orders.

`documents` says what stands on a paper, `escpos` turns it into bytes, `receipt_printer` brings them to a
printer and says what became of them, `spool` decides what happens next. See DESIGN.md.
"""
