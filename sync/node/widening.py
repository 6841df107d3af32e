"""What a node kept for a release that it wasn't yet: once that release has widened its tables, fields move into columns.

Deterministic, uncaptured and unstamped: the stamps of fields that weren't known stand in `_fv` since they came. It runs
in the migration's transaction, while no capture trigger is there.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from sync.merge import with_part
from sync.node.apply import Errors
from sync.schema import Schema, TableSpec


def take_in(connection: Any, schema: Schema, errors: Errors) -> int:
    """Empties `_x` into the columns that are there by now; answers how many rows that touched.

    A value that its column refuses stays in `_x`, where it harms nobody.
    """
    return sum(_take_in(connection, table, errors) for table in schema.tables.values())


def _take_in(connection: Any, table: TableSpec, errors: Errors) -> int:
    moved = 0
    refused: Errors = (*errors, ValueError)
    columns = ", ".join(("rowid", "_x", *(f'"{name}"' for name in table.sets)))
    for row in connection.execute(f'SELECT {columns} FROM "{table.name}" WHERE _x IS NOT NULL').fetchall():
        extra = msgspec.json.decode(row[1])
        rest = {name: value for name, value in extra.items() if not (name in table.fields or table.holding(name))}
        if len(rest) == len(extra):
            continue
        try:
            known = _known(table, extra, row)
            values = {**known, "_x": msgspec.json.encode(rest).decode() if rest else None}
            changes = ", ".join(f'"{name}" = ?' for name in values)
            connection.execute(f'UPDATE "{table.name}" SET {changes} WHERE rowid = ?', (*values.values(), row[0]))
            moved += 1
        except refused:  # one row that can't be moved holds back no other
            continue
    return moved


def _known(table: TableSpec, extra: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """Column → value; what was told of elements comes after the set that they are of."""
    found = {name: value for name, value in extra.items() if name in table.fields}
    for name, value in extra.items():
        spec = table.holding(name)
        if spec is not None and name != spec.name:
            found[spec.name] = with_part(spec, name, found.get(spec.name, row[spec.name]), value)
    return found
