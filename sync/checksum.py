"""One number for a row, the same on both databases; checksums of tables are made of them.

A row's text names its id and each field's value, of a record with the field's effective stamp, so that two ends which
keep the same versions in different forms still agree; of a set each element that it holds, with its own stamp.
PostgreSQL makes the same text by itself (`hub/postgres_rows`).
What one end alone doesn't know (`_x`) is left out.
"""

import struct
from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from hashlib import sha256
from operator import xor
from typing import Any

from sync.clock import Stamp
from sync.merge import RowVersions, elements
from sync.schema import IN_SET, TableSpec

SEPARATOR = "\x1f"
ABSENT = "-"


def compared(table: TableSpec, names: Collection[str]) -> list[str]:
    """Which of these fields a row's text names, in its order; those that this release doesn't know count as absent."""
    wanted = {*names, "_deleted"} if table.kind == "record" else set(names)
    return sorted(wanted - {"id"})


def checksum(table: TableSpec, names: Collection[str], row: Mapping[str, Any]) -> int:
    """The row's number: 64 bits with a sign."""
    return number_of(row_text(table, compared(table, names), row))


def row_text(table: TableSpec, names: Iterable[str], row: Mapping[str, Any]) -> str:
    """What is summed: `row` has the fields and the engine's columns as stored; `names` as `compared` gives them."""
    parts = [row["id"], f"{row['_hlc']}.{row['_node']}" if table.kind == "fact" else ""]
    versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"]) if table.kind == "record" else None
    for name in names:
        known = name in table.fields or name == "_deleted"
        if versions is not None and name in table.sets:
            part = ",".join(
                _stamped(element, versions.of(f"{name}{IN_SET}{element}")) for element in sorted(elements(row[name]))
            )
        else:
            part = _value(row[name]) if known else ABSENT
            if versions is not None and name in table.mergeable:
                part = _stamped(part, versions.of(name))
        parts.append(part)
    return SEPARATOR.join(parts)


def number_of(text: str) -> int:
    """A text's number."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)


def total(numbers: Iterable[int]) -> int:
    """Many rows' number, in whatever order they come."""
    return reduce(xor, numbers, 0)


def _stamped(text: str, stamp: Stamp) -> str:
    return f"{text}@{stamp[0]}.{stamp[1]}"


def _value(value: Any) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return f"={int(value)}"
    if isinstance(value, float):
        return "=" + struct.pack(">d", value + 0.0).hex()  # one zero: SQLite keeps no other
    return f"={value}"
