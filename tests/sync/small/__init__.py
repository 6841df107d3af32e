"""A small group in one process, for tests of one mechanism: the real engine and the real rules over SQLite."""
