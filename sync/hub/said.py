"""What one change of a push says, field by field. Raises SetAside for what can't be meant."""

from typing import Any

import msgspec
from sqlalchemy import Boolean, Text

from sync.allowance import check_counted
from sync.hub.store import SetAside
from sync.merge import check_element, named_parts
from sync.schema import ENGINE_COLUMNS, IN_SET, FieldSpec, TableSpec
from sync.wire import Change


class Place(msgspec.Struct):
    """What says where a new row stands; a tombstone is not its maker's to give."""

    id: str
    property_id: str | None = None
    deleted: Any = msgspec.field(name="_deleted", default=msgspec.UNSET)


def place_of(change: Change) -> Place:
    """Where a new row stands; raises SetAside unless the row is the one that the change names."""
    try:
        place = msgspec.json.decode(change.f, type=Place)
    except msgspec.DecodeError as error:
        raise SetAside("UNACCEPTABLE", f"the fields of {change.t} {change.k} are no row: {error}") from error
    if place.id != change.k or place.deleted is not msgspec.UNSET:
        raise SetAside("UNACCEPTABLE", f"the fields of {change.t} {change.k} are not that row's alone")
    return place


def check_amount(change: Change) -> None:
    """Raises SetAside for what no allowance can be counted by."""
    try:
        check_counted(change.t, fields_of(change))
    except ValueError as error:
        raise SetAside("UNACCEPTABLE", f"{change.t} {change.k}: {error}") from error


def fields_of(change: Change) -> dict[str, Any]:
    """The change's fields; raises SetAside unless they are named plain values."""
    fields = msgspec.json.decode(change.f)
    if not isinstance(fields, dict) or any(isinstance(value, dict | list) for value in fields.values()):
        raise SetAside("UNACCEPTABLE", f"the fields of {change.t} {change.k} are no plain values")
    return fields


def of_a_later_release(table: TableSpec, name: str) -> FieldSpec | None:
    """How a field that this release doesn't know merges, so that it is kept and passed on: by its stamp."""
    if name in table.fields or name in ENGINE_COLUMNS or name == "org_id":
        return None
    return FieldSpec(name, Text(), "last_writer", (), True)


def parts_of(table: TableSpec, change: Change) -> dict[str, Any]:
    """The change's fields, each element of a set as one of them; raises SetAside for what no set is."""
    fields = fields_of(change)
    if not table.sets:
        return fields
    found: dict[str, Any] = {}
    try:
        for name, value in fields.items():
            spec = table.holding(name)
            if spec is None or spec.merge != "set":
                found[name] = value
            elif name == spec.name:
                found.update(named_parts(spec, value))
            else:
                check_element(name.partition(IN_SET)[2])
                found[name] = value
    except (TypeError, ValueError) as error:
        raise SetAside("UNACCEPTABLE", f"{change.t} {change.k}: {error}") from error
    return found


def normal(spec: FieldSpec, value: Any) -> Any:
    """SQLite's JSON writes truth as 1 and 0."""
    is_flag = isinstance(spec.type, Boolean) or spec.merge == "set"
    return bool(value) if is_flag and value is not None else value
