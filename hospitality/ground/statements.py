"""Plain SQL for both databases: written once with `:name` binds, put into the driver's own style and remembered.

Session objects cost a factor of four on the path of an order (measured), so verbs speak SQL; tables are still declared
as models, and inserts and updates are made from those.
"""

import re
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

Dialect = Literal["sqlite", "postgresql"]
Found = Mapping[str, Any]
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_BIND = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
LIST_VALUES_MAX = 10_000
FEW = 50  # statements with more values than this are long, and not remembered
LISTS = (list, tuple, set, frozenset)


class Cursor(Protocol):
    """What both drivers' cursors can do."""

    @property
    def rowcount(self) -> int: ...
    def fetchall(self) -> list[Any]: ...
    def fetchone(self) -> Any: ...


class Connection(Protocol):
    """What both drivers' connections can do; rows come back as mappings by column name."""

    def execute(self, statement: Any, parameters: Any = ..., /) -> Any: ...
    def cursor(self) -> Any: ...


class Cache(Protocol):
    """Keeps what was loaded, as long as it is what loading it again would find."""

    def found(self, reading: "Reading", load: "Load[K, V]", keys: Collection[K]) -> Mapping[K, V]:
        """See `Reading.cached`."""
        ...


@lru_cache(maxsize=4096)
def in_style(sql: str, dialect: Dialect) -> str:
    """The statement with its `:name` binds in the driver's style."""
    if dialect == "sqlite":
        return sql
    return _BIND.sub(r"%(\1)s", sql.replace("%", "%%"))


def spread(sql: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Replaces each `(:name)` whose value is a list by as many binds; an empty list matches nothing."""
    for name, value in list(parameters.items()):
        if isinstance(value, LISTS):
            values = list(value)
            assert len(values) <= LIST_VALUES_MAX, f"{len(values)} values for :{name}"
            del parameters[name]
            sql = (_spread_few if len(values) <= FEW else _spread_one)(sql, name, len(values))
            parameters.update((f"{name}_{n}", each) for n, each in enumerate(values))
    return sql, parameters


def _spread_one(sql: str, name: str, count: int) -> str:
    binds = ", ".join(f":{name}_{n}" for n in range(count)) or "NULL"
    return sql.replace(f"(:{name})", f"({binds})")


_spread_few = lru_cache(maxsize=1024)(_spread_one)


@lru_cache(maxsize=1024)
def insert_statement(table: str, columns: tuple[str, ...], dialect: Dialect) -> str:
    """`INSERT` of these columns with positional binds, for `executemany`."""
    mark = "?" if dialect == "sqlite" else "%s"
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([mark] * len(columns))})'


@lru_cache(maxsize=1024)
def update_statement(table: str, columns: tuple[str, ...], dialect: Dialect) -> str:
    """`UPDATE` of these columns for one row by its key, with named binds."""
    changes = ", ".join(f'"{name}" = :{name}' for name in columns)
    return in_style(f'UPDATE "{table}" SET {changes} WHERE org_id = :org_id AND id = :id', dialect)


class Reading:
    """A consistent look at the rows of one organisation; `Work` adds the writing."""

    def __init__(
        self,
        connection: Connection,
        dialect: Dialect,
        *,
        org_id: str,
        property_id: str | None,
        cache: Cache | None = None,
    ) -> None:
        self._connection = connection
        self.dialect = dialect
        self.org_id = org_id
        self._property_id = property_id
        self._cache = cache

    @property
    def connection(self) -> Any:
        """The driver's own, in this look's transaction; for what a host lets the engine do in an act."""
        return self._connection

    @property
    def property_id(self) -> str:
        """The property at hand; asking for it on the group's own business is a bug."""
        assert self._property_id is not None, "this belongs to a property"
        return self._property_id

    @property
    def property_id_or_none(self) -> str | None:
        """The property at hand, or None on the group's own business."""
        return self._property_id

    def rows(self, sql: str, /, **parameters: Any) -> Sequence[Found]:
        """All rows of a query with `:name` binds (`:org_id`, `:property_id` are given; `IN (:names)` takes a list)."""
        return self._run(sql, parameters).fetchall()

    def one(self, sql: str, /, **parameters: Any) -> Found | None:
        """The first row, or None."""
        row: Found | None = self._run(sql, parameters).fetchone()
        return row

    def value(self, sql: str, /, **parameters: Any) -> Any:
        """The first column of the first row, or None."""
        row = self._run(sql, parameters).fetchone()
        return None if row is None else next(iter(row.values() if isinstance(row, dict) else row))

    def cached(self, load: "Load[K, V]", keys: Collection[K]) -> Mapping[K, V]:
        """What `load` finds for each of these keys, from memory where the host keeps it.

        load: a function of a module, which reads by statements alone (nothing of the clock or of who asks), and whose
        values nobody changes.
        """
        return load(self, keys) if self._cache is None else self._cache.found(self, load, keys)

    def _run(self, sql: str, parameters: dict[str, Any]) -> Cursor:
        if any(map(isinstance, parameters.values(), repeat(LISTS))):
            sql, parameters = spread(sql, parameters)
        parameters.setdefault("org_id", self.org_id)
        parameters.setdefault("property_id", self._property_id)
        cursor: Cursor = self._connection.execute(in_style(sql, self.dialect), parameters)
        return cursor


Load: TypeAlias = Callable[[Reading, Collection[K]], Mapping[K, V]]
