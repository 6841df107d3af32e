"""Edits in words: what was edited, its values, and who wrote each."""

from datetime import tzinfo
from typing import Any

from edge.terminal.amounts import percent, written_with_currency
from edge.terminal.days import moment_words
from edge.terminal.shapes.edits import Conflict, ConflictSide
from edge.terminal.words import _

VALUE_MAX = 60


def what(conflict: Conflict) -> str:
    """The field and the row: "Price: Soup"."""
    row = conflict.row_name or table_words(conflict.table)
    return f"{field_words(conflict.field)}: {row}"


def value_words(conflict: Conflict, side: ConflictSide, currency: str) -> str:
    """One side's value as staff write it."""
    return side.value_name or _plain(side.value, conflict.field, currency)


def _plain(value: Any, field: str, currency: str) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and field.endswith("_minor"):
        return written_with_currency(value, currency)
    if isinstance(value, int) and field.endswith("_bp"):
        return percent(value)
    text = str(value)
    return text if len(text) <= VALUE_MAX else text[: VALUE_MAX - 1] + "…"


def writer_words(side: ConflictSide, zone: tzinfo | None) -> str:
    """Who wrote it, where and when."""
    place = _("head office") if side.node_code is None else _("node {code}").format(code=side.node_code)
    when = moment_words(side.at, zone)
    return ", ".join(part for part in (side.person, place, when) if part)


def field_words(name: str) -> str:
    """What a field is called; of a set also the element."""
    name, _slash, element = name.partition("/")
    known = {
        "name": _("Name"),
        "display_name": _("Name"),
        "role": _("Role"),
        "active": _("Active"),
        "available": _("Available"),
        "price_minor": _("Price"),
        "price_delta_minor": _("Price difference"),
        "category_id": _("Category"),
        "station_id": _("Station"),
        "tax_rate_id": _("Tax"),
        "prep_seconds": _("Preparation"),
        "rate_bp": _("Rate"),
        "printer": _("Printer"),
        "sort": _("Place in the list"),
        "closed_at": _("Closed at"),
        "status": _("State"),
        "allergens": _("Allergens"),
        "diets": _("Diet marks"),
        "description": _("Description"),
        "plu": _("PLU"),
        "barcodes": _("Barcodes"),
        "parent_id": _("Heading above"),
        "_deleted": _("Deleted"),
    }
    called = known.get(name, name.strip("_").replace("_", " ").capitalize())
    return f"{called}, {element}" if element else called


def table_words(name: str) -> str:
    """What one row of a table is called."""
    known = {
        "people": _("person"),
        "stations": _("station"),
        "tax_rates": _("tax"),
        "menu_categories": _("menu category"),
        "menu_items": _("menu item"),
        "modifier_groups": _("modifier group"),
        "modifier_options": _("modifier option"),
        "orders": _("order"),
        "order_lines": _("order line"),
        "payments": _("payment"),
        "journal": _("journal entry"),
    }
    return known.get(name, name.replace("_", " "))


def holds_words(holds: dict[str, int]) -> str:
    """What a transaction holds: "1 × order, 2 × order line"."""
    return ", ".join(f"{count} × {table_words(table)}" for table, count in holds.items()) or _("nothing")


def reason_words(code: str) -> str:
    """Why head office could not apply a transaction."""
    known = {
        "PARENT_MISSING": _("It belongs to something that head office lacks"),
        "ROW_MISSING": _("It edits what head office lacks"),
        "NOT_PERMITTED": _("It writes what this property may not"),
        "UNKNOWN_TABLE": _("Head office does not know this yet"),
        "UNACCEPTABLE": _("It holds a value that can't be stored"),
        "TOO_LARGE": _("It is too large"),
    }
    return known.get(code, code.replace("_", " ").capitalize())
