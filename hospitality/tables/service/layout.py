"""Drawing the floor: areas, tables and sections; every verb needs `tables.manage`.

A field that already has the value is left alone, so that it can't win over another's edit.
"""

from collections.abc import Collection, Mapping
from typing import Any

from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.texts import kept_name, kept_text, set_text
from hospitality.ground.work import Work
from hospitality.tables import rules
from hospitality.tables.facts import (
    AreaAdded,
    AreaChanged,
    SectionAdded,
    SectionChanged,
    TableAdded,
    TableChanged,
)
from hospitality.tables.models import SHAPES, Area, DiningTable, Section
from hospitality.tables.reading import PLAN, area_row, section_view, table_row, table_view
from hospitality.tables.service import MANAGE

_LABELLED = """
    SELECT id, active FROM dining_tables
    WHERE org_id = :org_id AND property_id = :property_id AND label = :label ORDER BY active DESC, id
"""


def add_area(work: Work, *, name: str, sort: int = 0) -> dict[str, Any]:
    """Adds a part of the floor: {id, name, sort, active}."""
    work.require(MANAGE)
    values = {"name": kept_name(name, what="area"), "sort": rules.check_sort(sort), "active": True}
    row = work.add(Area, values)
    work.journal(AreaAdded(row["id"]))
    return {"id": row["id"], **values}


def edit_area(work: Work, area_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets name, sort or active; Refused AREA_HAS_TABLES when it would take tables with it."""
    work.require(MANAGE)
    current = area_row(work, area_id)
    wanted = dict(fields)
    if "name" in wanted:
        wanted["name"] = kept_name(wanted["name"], what="area")
    if "sort" in wanted:
        rules.check_sort(wanted["sort"])
    if wanted.get("active") is False:
        tables = "SELECT id FROM dining_tables WHERE org_id = :org_id AND area_id = :id AND active"
        if work.one(tables, id=area_id) is not None:
            raise Refused("AREA_HAS_TABLES", "There are tables in this area. Move them, or take them away first.")
    after = _changed(current, wanted)
    if after:
        work.edit(Area, area_id, **after)
        work.journal(AreaChanged(area_id, {name: current[name] for name in after}, after))
    return area_row(work, area_id)


def add_table(
    work: Work, *, area_id: str, label: str, seats: int, shape: str, plan: Mapping[str, int]
) -> dict[str, Any]:
    """Draws a table; `plan` has x, y, w, h and rotation. One of that label that was taken away is there again.

    Refused TABLE_LABEL_TAKEN while another stands on the floor.
    """
    work.require(MANAGE)
    values = _checked(work, {"area_id": area_id, "label": label, "seats": seats, "shape": shape, **plan})
    rules.check_plan(**{name: values[name] for name in PLAN})
    count = "SELECT COUNT(*) FROM dining_tables WHERE org_id = :org_id AND property_id = :property_id AND active"
    if int(work.value(count)) >= rules.TABLES_MAX:
        raise Refused("TOO_MANY_TABLES", f"A floor has at most {rules.TABLES_MAX} tables. Take one away first.")
    former = _free_label(work, values["label"])
    if former is None:
        table_id: str = work.add(DiningTable, {**values, "active": True})["id"]
    else:
        table_id = former
        work.edit(DiningTable, table_id, **_changed(table_row(work, table_id), {**values, "active": True}))
    work.journal(TableAdded(table_id, values["label"]))
    return table_row(work, table_id)


def edit_table(work: Work, table_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets area_id, label, seats, shape, x, y, w, h, rotation or active (False takes the table away)."""
    work.require(MANAGE)
    current = table_row(work, table_id)
    after = _changed(current, _checked(work, fields))
    plan = {name: after.get(name, current[name]) for name in PLAN}
    rules.check_plan(**plan)
    label = after.get("label", current["label"])
    if ("label" in after or after.get("active")) and _free_label(work, label) not in (None, table_id):
        raise _taken(label)
    if after.get("active") is False and current["active"]:
        rules.check_seat(table_view(work, table_id)["state"], current["label"])
    if after:
        work.edit(DiningTable, table_id, **after)
        work.journal(TableChanged(table_id, {name: current[name] for name in after}, after))
    return table_row(work, table_id)


def add_section(
    work: Work, *, name: str, service: str | None, person_id: str | None, table_ids: Collection[str]
) -> dict[str, Any]:
    """Gives tables to a server for a service; see `section_view`."""
    work.require(MANAGE)
    values = _checked_section(work, {"name": name, "service": service, "person_id": person_id, "table_ids": table_ids})
    row = work.add(Section, {**values, "table_ids": set_text(values["table_ids"]), "active": True})
    work.journal(SectionAdded(row["id"]))
    return section_view(work, row["id"])


def edit_section(work: Work, section_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets name, service, person_id, table_ids (the whole list; each table merges by itself) or active."""
    work.require(MANAGE)
    current = section_view(work, section_id)
    after = _changed(current, _checked_section(work, fields))
    if after:
        stored = {**after, "table_ids": set_text(after["table_ids"])} if "table_ids" in after else after
        work.edit(Section, section_id, **stored)
        work.journal(SectionChanged(section_id, {name: current[name] for name in after}, after))
    return section_view(work, section_id)


def _changed(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if current[name] != value}


def _checked(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "area_id" in checked and not area_row(work, checked["area_id"])["active"]:
        raise NotFound.of("area", checked["area_id"])
    if "label" in checked:
        checked["label"] = kept_name(checked["label"], what="table", length_max=rules.LABEL_LENGTH_MAX)
    if "seats" in checked:
        rules.check_seats(checked["seats"])
    if "shape" in checked:
        rules.check_shape(checked["shape"], SHAPES)
    return checked


def _checked_section(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    checked = dict(fields)
    if "name" in checked:
        checked["name"] = kept_name(checked["name"], what="section")
    if "service" in checked:
        checked["service"] = kept_text(checked["service"], what="service", length_max=rules.SERVICE_LENGTH_MAX)
    if checked.get("person_id") is not None:
        known = "SELECT id FROM people WHERE org_id = :org_id AND id = :id"
        if work.one(known, id=checked["person_id"]) is None:
            raise NotFound.of("person", checked["person_id"])
    if "table_ids" in checked:
        ids = sorted(set(checked["table_ids"]))
        if len(ids) > rules.TABLES_MAX:
            raise Invalid("SECTION_TOO_LARGE", f"A section has at most {rules.TABLES_MAX} tables.", count=len(ids))
        sql = "SELECT id FROM dining_tables WHERE org_id = :org_id AND property_id = :property_id AND id IN (:ids)"
        known_ids = {row["id"] for row in work.rows(sql, ids=ids)}
        missing = next((id for id in ids if id not in known_ids), None)
        if missing is not None:
            raise NotFound.of("table", missing)
        checked["table_ids"] = ids
    return checked


def _free_label(work: Work, label: str) -> str | None:
    """The id of a table of that label that was taken away, None when there is none; Refused while one stands there."""
    found = work.one(_LABELLED, label=label)
    if found is None:
        return None
    if found["active"]:
        raise _taken(label)
    return str(found["id"])


def _taken(label: str) -> Refused:
    return Refused("TABLE_LABEL_TAKEN", f"There is a table {label} already. Choose another label.", label=label)
