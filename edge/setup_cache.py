"""What acts read of a property's set-up again and again, kept in the writer's memory for as long as it stands.

An order reads prices, choices, taxes and promotions that hardly ever change. What was loaded is dropped once a row of any
table that it was read from changes: triggers of this connection alone tell what the writer changes, acts and sync alike,
and SQLite tells whether another connection committed. Nothing is kept of a table that changed in the transaction at
hand, so that what is rolled back was never believed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from hospitality.ground.statements import Cursor, K, Load, Reading, V

VALUES_MAX = 20_000  # of one kind; a menu may have that many items (R29)
_CHANGES = ("INSERT", "UPDATE", "DELETE")


class SetupCache:
    """Of one writing connection: `hold` gives it, `watch` is called before each transaction, `begin` once it has begun."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._found: defaultdict[Any, dict[Any, Any]] = defaultdict(dict)
        self._tables: defaultdict[Any, set[str]] = defaultdict(set)  # that each load was ever seen to read
        self._read_by: dict[str, frozenset[str]] = {}
        self._watched: set[str] = set()
        self._changed: set[str] = set()
        self._version: int | None = None

    def hold(self, connection: Any) -> None:
        """Begins anew with a connection that was just opened."""
        self._connection = connection
        self._found.clear()
        self._watched.clear()
        connection.create_function("setup_changed", 1, self._drop)

    def watch(self) -> None:
        """Has the tables watched that were read from: outside a transaction, with which a trigger could be undone."""
        for table in set().union(*self._tables.values()) - self._watched:
            for change in _CHANGES:
                self._connection.execute(
                    f'CREATE TEMP TRIGGER "setup_{change}_{table}" AFTER {change} ON main."{table}"'
                    f" BEGIN SELECT setup_changed('{table}'); END"
                )
            self._watched.add(table)

    def begin(self) -> None:
        """A transaction has begun, and nothing of the last one is open."""
        self._changed.clear()
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._version = version
            self._found.clear()

    def found(self, reading: Reading, load: Load[K, V], keys: Collection[K]) -> dict[K, V]:
        """What `load` finds for these keys; what it doesn't find is looked for again the next time."""
        kind = (load, reading.org_id, reading.property_id_or_none)
        known = self._found[kind]
        found: dict[K, V] = {key: known[key] for key in keys if key in known}
        if len(found) < len(keys):
            found |= self._loaded(kind, reading, load, [key for key in keys if key not in known])
        return found

    def _loaded(self, kind: Any, reading: Reading, load: Load[K, V], keys: Collection[K]) -> Mapping[K, V]:
        tables = self._tables[kind]
        fresh = load(_Watched(reading, lambda sql: tables.update(self._tables_of(sql))), keys)
        if tables <= self._watched and tables.isdisjoint(self._changed):
            known = self._found[kind]
            if len(known) + len(fresh) > VALUES_MAX:
                known.clear()
            known.update(fresh)
        return fresh

    def _tables_of(self, sql: str) -> frozenset[str]:
        """The tables that a query opens, as SQLite itself plans it."""
        if sql not in self._read_by:
            steps = self._connection.execute(f"EXPLAIN {sql}", _Unbound()).fetchall()
            opened = {step["p2"] for step in steps if step["opcode"] == "OpenRead"}
            names = self._connection.execute("SELECT rootpage, tbl_name FROM sqlite_master").fetchall()
            self._read_by[sql] = frozenset(name for page, name in names if page in opened)
        return self._read_by[sql]

    def _drop(self, table: str) -> None:
        if table not in self._changed:
            self._changed.add(table)
            for kind, tables in self._tables.items():
                if table in tables:
                    self._found[kind].clear()


class _Watched(Reading):
    """The same look, which says what it runs."""

    def __init__(self, reading: Reading, say: Callable[[str], None]) -> None:
        org_id, property_id = reading.org_id, reading.property_id_or_none
        super().__init__(reading.connection, reading.dialect, org_id=org_id, property_id=property_id)
        self._say = say

    def _run(self, sql: str, parameters: dict[str, Any]) -> Cursor:
        self._say(sql)
        return super()._run(sql, parameters)


class _Unbound(dict[str, None]):
    """A plan needs no values."""

    def __missing__(self, name: str) -> None:
        return None
