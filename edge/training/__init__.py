"""Practice on the real menu, tables and people, in a house of its own: nothing of it reaches the real one.

A second host over a second database file, with its own writer, is served under `/training` by the same process. It is
given rows as plain values, and one function that tells who holds a token; it holds nothing that writes to the real
database, has no triggers that fill an outbox, no engine, no printers and no reader of the real journal. Its key is kept
in memory alone, so what a crash leaves of it can't be read, and is removed at the next start.
"""
