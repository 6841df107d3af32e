"""Rows of any replicated table by what people call them, and which edit each of their fields stands at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cloud.schema import METADATA, SCHEMA
from hospitality.ground.statements import Reading
from sync.clock import Stamp
from sync.merge import RowVersions
from sync.schema import TableSpec

# what a row is called, in the order in which a table's columns are asked
_NAMES = ("name", "display_name", "number", "date")


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row's name, where its table has one, and the stamps of its fields."""

    name: str | None
    versions: RowVersions

    def stamp_of(self, field: str) -> Stamp:
        """The edit that the field stands at."""
        return self.versions.of(field)


def rows_known(reading: Reading, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], KnownRow]:
    """(table, id) → the row, one SELECT a table; tables and rows that are not here are left out."""
    by_table: dict[str, set[str]] = {}
    for table, id in wanted:
        if table in SCHEMA.tables:
            by_table.setdefault(table, set()).add(id)
    found = {}
    for table, ids in by_table.items():
        for row in reading.rows(_statement(SCHEMA.tables[table]), ids=sorted(ids)):
            versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
            found[table, row["id"]] = KnownRow(row["name"], versions)
    return found


def _statement(table: TableSpec) -> str:
    name = next((f'"{name}"' for name in _NAMES if name in table.fields), "NULL")
    return f'SELECT id, {name} AS name, _hlc, _node, _fv FROM "{table.name}" WHERE org_id = :org_id AND id IN (:ids)'


def _references() -> Mapping[tuple[str, str], str]:
    """(table, column) → the table that the column points into."""
    found = {}
    for metadata in METADATA:
        for table in metadata.sorted_tables:
            for key in table.foreign_key_constraints:
                for column in key.columns:
                    if column.name != "org_id":
                        found[str(table.name), str(column.name)] = str(key.referred_table.name)
    return found


REFERENCES = _references()
