"""Databases in memory that close themselves: from Python 3.13 on, one that is forgotten open is complained of."""

import sqlite3


class Memory(sqlite3.Connection):
    """A connection that nobody need close: a world is let go of with all its databases at once."""

    def __del__(self) -> None:
        self.close()


def in_memory() -> Memory:
    """An empty database of its own, in autocommit, which any thread may use."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=Memory)
