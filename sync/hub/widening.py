"""What the hub kept for a release that it wasn't yet: once that release has widened its tables, fields move into columns.

Statements for PostgreSQL, run by the tables' owner in the migration's transaction; nothing of it is captured, since every
node that knows the fields has them, and one that doesn't keeps them as they came.
"""

from sync.hub.capture import pg_type
from sync.schema import Schema, TableSpec


def take_in_statements(schema: Schema) -> list[str]:
    """Empties `_x` into the columns that are there by now."""
    found = ["SELECT set_config('sync.applying', '1', true)"]
    for table in schema.tables.values():
        found += _take_in(table)
    return [*found, "SELECT set_config('sync.applying', '', true)"]


def _take_in(table: TableSpec) -> list[str]:
    names = [spec for name, spec in table.fields.items() if name not in ("id", "property_id")]
    extra = "_x::jsonb"
    moves = ", ".join(
        f"\"{f.name}\" = CASE WHEN jsonb_exists({extra}, '{f.name}')"
        f" THEN ({extra} ->> '{f.name}')::{pg_type(f.type)} ELSE \"{f.name}\" END"
        for f in names
    )
    known = "ARRAY[" + ", ".join(f"'{f.name}'" for f in names) + "]"
    return [
        # its owner sees all tenants while this isn't forced; the transaction shows that to nobody
        f'ALTER TABLE "{table.name}" NO FORCE ROW LEVEL SECURITY',
        f"UPDATE \"{table.name}\" SET {moves}, _x = nullif(({extra} - {known})::text, '{{}}')"
        f" WHERE _x IS NOT NULL AND jsonb_exists_any({extra}, {known})",
        f'ALTER TABLE "{table.name}" FORCE ROW LEVEL SECURITY',
    ]
