"""What the hub kept for a release that it wasn't yet: once that release has widened its tables, fields move into columns.

Statements for PostgreSQL, run by the tables' owner in the migration's transaction; nothing of it is captured, since every
node that knows the fields has them, and one that doesn't keeps them as they came.
"""

from sync.hub.capture import pg_type
from sync.schema import FieldSpec, Schema, TableSpec


def take_in_statements(schema: Schema) -> list[str]:
    """Empties `_x` into the columns that are there by now."""
    found = ["SELECT set_config('sync.applying', '1', true)"]
    for table in schema.tables.values():
        found += _take_in(table)
    return [*found, "SELECT set_config('sync.applying', '', true)"]


def _take_in(table: TableSpec) -> list[str]:
    names = [spec for name, spec in table.fields.items() if name not in ("id", "property_id")]
    extra = "_x::jsonb"
    moves = ", ".join(f'"{f.name}" = {_moved(f)}' for f in names)
    known = "ARRAY[" + ", ".join(f"'{f.name}'" for f in names) + "]"
    elements = "".join(f" || sync_elements('{name}', {extra})" for name in table.sets)
    return [
        # its owner sees all tenants while this isn't forced; the transaction shows that to nobody
        f'ALTER TABLE "{table.name}" NO FORCE ROW LEVEL SECURITY',
        f"UPDATE \"{table.name}\" SET {moves}, _x = nullif(({extra} - ({known}{elements}))::text, '{{}}')"
        f" WHERE _x IS NOT NULL AND jsonb_exists_any({extra}, {known}{elements})",
        f'ALTER TABLE "{table.name}" FORCE ROW LEVEL SECURITY',
    ]


def _moved(spec: FieldSpec) -> str:
    """A column's value with what was kept of it; what was told of elements comes after the set that they are of."""
    kept = f"_x::jsonb ->> '{spec.name}'"
    if spec.merge == "set":
        return f"sync_widened('{spec.name}', coalesce({kept}, \"{spec.name}\"), _x::jsonb)"
    return (
        f"CASE WHEN jsonb_exists(_x::jsonb, '{spec.name}') THEN ({kept})::{pg_type(spec.type)} ELSE \"{spec.name}\" END"
    )
