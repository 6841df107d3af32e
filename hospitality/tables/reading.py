"""The floor as a screen shows it: areas, tables with their states, sections. A fixed number of SELECTs for any floor."""

from collections.abc import Mapping, Sequence
from typing import Any

from hospitality.checks.reading import open_order_views
from hospitality.ground.errors import NotFound
from hospitality.ground.statements import Found, Reading
from hospitality.ground.texts import words_of
from hospitality.properties.service import current_business_date
from hospitality.tables.loading import LoadedSeating, OrdersThere, load_joins, load_orders_there, load_seatings
from hospitality.tables.rules import table_state

PLAN = ("x", "y", "w", "h", "rotation")
QUEUE_MAX = 1_000
OF_AREA = ("id", "name", "sort", "active")
OF_TABLE = ("id", "area_id", "label", "seats", "shape", *PLAN, "active")
_OF_ORDER = ("id", "number", "kitchen_state", "payment_state", "due_minor", "currency", "opened_at")
_AREAS = f"""
    SELECT {", ".join(OF_AREA)} FROM areas
    WHERE org_id = :org_id AND property_id = :property_id AND active ORDER BY sort, name, id
"""
_TABLES = f"""
    SELECT {", ".join(OF_TABLE)} FROM dining_tables
    WHERE org_id = :org_id AND property_id = :property_id AND active ORDER BY label, id
"""
_SECTIONS = """
    SELECT s.id, s.name, s.service, s.person_id, s.table_ids, s.active, p.display_name AS person_name
    FROM sections s LEFT JOIN people p ON p.org_id = s.org_id AND p.id = s.person_id
    WHERE s.org_id = :org_id AND s.property_id = :property_id {which} ORDER BY s.name, s.id
"""


def floor_view(reading: Reading) -> dict[str, Any]:
    """{areas, tables, sections}: each table with its state, guests, open orders, section, and what it is joined to.

    A table that is joined shows the state of the one that it was put to; orders may name either.
    """
    today = current_business_date(reading)
    areas = [_flagged(row, OF_AREA) for row in reading.rows(_AREAS)]
    tables = reading.rows(_TABLES)
    sections = [_section(row) for row in reading.rows(_SECTIONS.format(which="AND s.active"))]
    to = joined_to(load_joins(reading, today))
    seatings = load_seatings(reading)
    orders = load_orders_there(reading, {row["label"] for row in tables}, today)
    return {"areas": areas, "tables": _shown(tables, sections, to, seatings, orders), "sections": sections}


def queue_view(reading: Reading) -> dict[str, Any]:
    """{orders, areas}: the newest QUEUE_MAX open orders of all services, oldest first; areas with their tables' labels."""
    labels: dict[str, list[str]] = {}
    for table in reading.rows(_TABLES):
        labels.setdefault(table["area_id"], []).append(table["label"])
    areas = [
        {"id": row["id"], "name": row["name"], "tables": labels.get(row["id"], [])} for row in reading.rows(_AREAS)
    ]
    return {"orders": open_order_views(reading, limit=QUEUE_MAX), "areas": areas}


def table_view(reading: Reading, table_id: str) -> dict[str, Any]:
    """One table as the floor shows it; NotFound TABLE_NOT_FOUND unless it is on the floor."""
    found = next((table for table in floor_view(reading)["tables"] if table["id"] == table_id), None)
    if found is None:
        raise NotFound.of("table", table_id)
    return dict(found)


def section_view(reading: Reading, section_id: str) -> dict[str, Any]:
    """One section, also one that is not active: {id, name, service, person_id, person_name, table_ids, active}."""
    row = reading.one(_SECTIONS.format(which="AND s.id = :id"), id=section_id)
    if row is None:
        raise NotFound.of("section", section_id)
    return _section(row)


def area_row(reading: Reading, area_id: str) -> dict[str, Any]:
    """One area's own fields, also of one that is not active."""
    return _row(reading, "areas", OF_AREA, area_id, "area")


def table_row(reading: Reading, table_id: str) -> dict[str, Any]:
    """One table's own fields, also of one that was taken away."""
    return _row(reading, "dining_tables", OF_TABLE, table_id, "table")


def joined_to(joins: Sequence[Found]) -> dict[str, str]:
    """Table id → the table that it was put to. Of joins made apart the first of a table holds, and none goes round."""
    to: dict[str, str] = {}
    for join in joins:
        table = str(join["table_id"])
        main = to.get(str(join["to_table_id"]), str(join["to_table_id"]))
        if table != main and table not in to and table not in to.values():
            to[table] = main
    return to


def _row(reading: Reading, table: str, fields: Sequence[str], id: str, what: str) -> dict[str, Any]:
    sql = f"SELECT {', '.join(fields)} FROM {table} WHERE org_id = :org_id AND property_id = :property_id AND id = :id"
    row = reading.one(sql, id=id)
    if row is None:
        raise NotFound.of(what, id)
    return _flagged(row, fields)


def _flagged(row: Found, fields: Sequence[str]) -> dict[str, Any]:
    return {**{name: row[name] for name in fields}, "active": bool(row["active"])}


def _section(row: Found) -> dict[str, Any]:
    kept = ("id", "name", "service", "person_id", "person_name")
    table_ids = words_of(row["table_ids"])
    return {**{name: row[name] for name in kept}, "table_ids": table_ids, "active": bool(row["active"])}


def _shown(
    tables: Sequence[Found],
    sections: Sequence[Mapping[str, Any]],
    to: Mapping[str, str],
    seatings: Mapping[str, Sequence[LoadedSeating]],
    orders: Mapping[str, OrdersThere],
) -> list[dict[str, Any]]:
    section_of = {table_id: section for section in sections for table_id in section["table_ids"]}
    labels = {row["id"]: row["label"] for row in tables}
    parties: dict[str, list[str]] = {}
    for row in tables:
        parties.setdefault(to.get(row["id"], row["id"]), []).append(row["id"])
    found: dict[str, dict[str, Any]] = {}
    for main, members in parties.items():
        there = [orders[label] for label in {labels[id] for id in members} if label in orders]
        known = _state(seatings.get(main, ()), there)
        for id in members:
            found[id] = {
                **known,
                "joined_to": main if id != main else None,
                "joined_ids": members if id == main else [],
            }
    return [
        {
            **_flagged(row, OF_TABLE),
            **found[row["id"]],
            "joined_ids": [id for id in found[row["id"]]["joined_ids"] if id != row["id"]],
            "section_id": section_of[row["id"]]["id"] if row["id"] in section_of else None,
            "server": section_of[row["id"]]["person_name"] if row["id"] in section_of else None,
        }
        for row in tables
    ]


def _state(seatings: Sequence[LoadedSeating], there: Sequence[OrdersThere]) -> dict[str, Any]:
    """A party's state, seating and orders. `doubled`: more than one seating stands, as two nodes may make while apart;
    the newest that stands is at hand, and the other once that one has ended."""
    sitting = [seating for seating in seatings if seating.value.ended_at is None]
    at_hand = next(iter(sitting or seatings), None)
    value = at_hand.value if at_hand is not None else None
    settled = value is not None and any(at >= value.at for each in there for at in each.settled_at)
    state = table_state(value, [order for each in there for order in each.values], settled=settled)
    return {
        "state": state.state,
        "since": state.since,
        "covers": state.covers,
        "seating_id": at_hand.id if at_hand is not None and state.state != "free" else None,
        "party_id": at_hand.party_id if at_hand is not None and sitting else None,
        "sits": bool(sitting),
        "doubled": len(sitting) > 1,
        "orders": [{name: order[name] for name in _OF_ORDER} for each in there for order in each.open],
    }
