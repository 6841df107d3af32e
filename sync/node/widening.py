"""What a node kept for a release that it wasn't yet: once that release has widened its tables, fields move into columns.

Deterministic, uncaptured and unstamped: the stamps of fields that weren't known stand in `_fv` since they came. It runs
in the migration's transaction, while no capture trigger is there.
"""

from typing import Any

import msgspec

from sync.node.apply import Errors
from sync.schema import Schema, TableSpec


def take_in(connection: Any, schema: Schema, errors: Errors) -> int:
    """Empties `_x` into the columns that are there by now; answers how many rows that touched.

    A value that its column refuses stays in `_x`, where it harms nobody.
    """
    return sum(_take_in(connection, table, errors) for table in schema.tables.values())


def _take_in(connection: Any, table: TableSpec, errors: Errors) -> int:
    moved = 0
    for row in connection.execute(f'SELECT rowid, _x FROM "{table.name}" WHERE _x IS NOT NULL').fetchall():
        extra = msgspec.json.decode(row[1])
        known = {name: value for name, value in extra.items() if name in table.fields}
        if not known:
            continue
        rest = {name: value for name, value in extra.items() if name not in known}
        values = {**known, "_x": msgspec.json.encode(rest).decode() if rest else None}
        changes = ", ".join(f'"{name}" = ?' for name in values)
        try:
            connection.execute(f'UPDATE "{table.name}" SET {changes} WHERE rowid = ?', (*values.values(), row[0]))
            moved += 1
        except errors:  # one row that can't be moved holds back no other
            continue
    return moved
