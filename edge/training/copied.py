"""What is taken along into training: what a property sells, where and by whom. No guest, no order, no amount, no PIN."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.statements import Found, Reading

ROWS_MAX = 100_000  # of one table
STAFF = ("people", "terminals")
COPIED = (
    "organisations",
    "properties",
    "house_rules",
    "house_rates",
    "service_charge_rules",
    "host_rules",
    "paper_settings",
    "stations",
    "tax_rates",
    "serving_periods",
    "menu_categories",
    "menu_items",
    "modifier_groups",
    "modifier_options",
    "menu_item_groups",
    "option_groups",
    "price_rules",
    "promotions",
    "station_routes",
    "areas",
    "dining_tables",
    "sections",
    "drawers",
    "rooms",
    *STAFF,
)
# records too: of what happens, of guests, and of the hardware that real terminals hear
LEFT_OUT = ("business_days", "parties", "devices", "device_states")

Rows = Mapping[str, Sequence[Found]]


@dataclass(frozen=True, slots=True)
class House:
    """The real one as it was when training began: its tables' and indexes' making, without triggers, and its rows."""

    statements: tuple[str, ...]
    rows: Rows


def house(reading: Reading) -> House:
    """All that training begins with."""
    found = reading.rows(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\' ORDER BY type DESC"
    )
    return House(tuple(row["sql"] for row in found), rows_of(reading, COPIED))


def staff(reading: Reading) -> Rows:
    """Those who may have come since."""
    return rows_of(reading, STAFF)


def rows_of(reading: Reading, tables: Sequence[str]) -> Rows:
    """The tables' rows of the property and of its group."""
    return {
        table: reading.rows(
            f'SELECT * FROM "{table}" WHERE org_id = :org_id AND (property_id = :property_id OR property_id IS NULL'
            " OR id = :property_id) LIMIT :limit",
            limit=ROWS_MAX,
        )
        for table in tables
    }


def put_in(connection: Any, rows: Rows) -> None:
    """Adds what is not there yet."""
    for table, found in rows.items():
        if found:
            names = list(found[0].keys())
            columns, binds = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
            statement = f'INSERT OR IGNORE INTO "{table}" ({columns}) VALUES ({binds})'
            connection.cursor().executemany(statement, [tuple(row) for row in found])
