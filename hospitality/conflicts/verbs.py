"""How a losing value is set again: by the verb or the rules of its own trade, never blindly.

A trade that edits its rows by a verb has it here with the fields that it takes; what no verb edits yet is checked by the
trade's rules for that field, and set as one edit of the row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hospitality.conflicts.loading import declared
from hospitality.ground.errors import NotFound, Refused
from hospitality.ground.statements import Reading
from hospitality.ground.tables import Row
from hospitality.ground.texts import IN_SET, kept_name, kept_text, words_of
from hospitality.ground.work import Work
from hospitality.menu import rules as menu_rules
from hospitality.menu.periods import PERIOD_FIELDS
from hospitality.menu.reading import PRICE_RULE_FIELDS, ROUTE_FIELDS
from hospitality.menu.service import HEADING_FIELDS, ITEM_FIELDS, PRINTER_LENGTH_MAX, edit_category, edit_item
from hospitality.menu.service import MANAGE as MANAGE_MENU
from hospitality.menu.service.periods import edit_serving_period
from hospitality.menu.service.prices import edit_price_rule
from hospitality.menu.service.promotions import PROMOTION_FIELDS, edit_promotion
from hospitality.menu.service.routes import edit_route
from hospitality.people.service.accounts import change_person
from hospitality.tables.service.layout import edit_area, edit_section, edit_table

Check = Callable[[Reading, str, Any], object]


@dataclass(frozen=True, slots=True)
class EditVerb:
    """A verb that edits one field of a row by its id, and the fields that it takes."""

    fields: frozenset[str]
    run: Callable[[Work, str, str, Any], object]


VERBS = {
    "menu_items": EditVerb(
        ITEM_FIELDS,
        lambda work, id, field, value: edit_item(work, id, {field: value}),
    ),
    "menu_categories": EditVerb(
        HEADING_FIELDS,
        lambda work, id, field, value: edit_category(work, id, {field: value}),
    ),
    "serving_periods": EditVerb(
        frozenset(PERIOD_FIELDS),
        lambda work, id, field, value: edit_serving_period(work, id, {field: value}),
    ),
    "price_rules": EditVerb(
        frozenset(PRICE_RULE_FIELDS),
        lambda work, id, field, value: edit_price_rule(work, id, {field: value}),
    ),
    "station_routes": EditVerb(
        frozenset(ROUTE_FIELDS),
        lambda work, id, field, value: edit_route(work, id, {field: value}),
    ),
    "promotions": EditVerb(
        frozenset(PROMOTION_FIELDS),
        lambda work, id, field, value: edit_promotion(work, id, {field: value}),
    ),
    "areas": EditVerb(
        frozenset({"name", "sort", "active"}), lambda work, id, field, value: edit_area(work, id, {field: value})
    ),
    "dining_tables": EditVerb(
        frozenset({"area_id", "label", "seats", "shape", "x", "y", "w", "h", "rotation", "active"}),
        lambda work, id, field, value: edit_table(work, id, {field: value}),
    ),
    "sections": EditVerb(
        frozenset({"name", "service", "person_id", "table_ids", "active"}),
        lambda work, id, field, value: edit_section(work, id, {field: value}),
    ),
    "people": EditVerb(
        frozenset({"display_name", "role", "active"}),
        lambda work, id, field, value: change_person(work, id, **{field: value}),
    ),
}


def _choices(reading: Reading, id: str, **given: int) -> None:
    group = reading.one(
        "SELECT choices_min, choices_max FROM modifier_groups WHERE org_id = :org_id AND id = :id", id=id
    )
    sql = "SELECT count(*) FROM modifier_options WHERE org_id = :org_id AND group_id = :id AND active AND NOT _deleted"
    found = {**(dict(group) if group else {}), **given}
    menu_rules.check_choices(found["choices_min"], found["choices_max"], options=int(reading.value(sql, id=id)))


_OF_MENU = ("stations", "tax_rates", "menu_categories", "menu_item_groups", "modifier_groups", "modifier_options")
NEEDS = dict.fromkeys((*_OF_MENU, "menu_items"), MANAGE_MENU)
# what any table's field of that name must keep to
CHECKS: dict[str, Check] = {
    "name": lambda reading, id, value: kept_name(value, what="row"),
    "sort": lambda reading, id, value: menu_rules.check_sort(value),
    "rate_bp": lambda reading, id, value: menu_rules.check_rate(value),
    "price_delta_minor": lambda reading, id, value: menu_rules.check_delta(value),
    "printer": lambda reading, id, value: kept_text(value, what="printer's name", length_max=PRINTER_LENGTH_MAX),
    "choices_min": lambda reading, id, value: _choices(reading, id, choices_min=value),
    "choices_max": lambda reading, id, value: _choices(reading, id, choices_max=value),
}


def set_again(work: Work, table: str, id: str, field: str, value: Any) -> None:
    """Sets one field, or puts one element into a set or takes it out, as an edit of the caller's and by the rules of the
    field's trade. Raises what its verb does."""
    field, _, element = field.partition(IN_SET)
    if element:
        value = _with_element(work, table, id, field, element, bool(value))
    verb = VERBS.get(table)
    if verb is not None and field in verb.fields:
        verb.run(work, id, field, value)
        return
    known = declared(table)
    assert known is not None, "only what is declared here may be set here"
    if table in NEEDS:
        work.require(NEEDS[table])
    if value is None and field not in known.optional:
        raise Refused(
            "NOT_RESTORABLE", "This value can't be set again. Dismiss the conflict, or edit what it is about."
        )
    if value is not None and field in known.points_to:
        _check_there(work, known.points_to[field], value)
    if field in CHECKS:
        CHECKS[field](work, id, value)
    work.edit(_model(table), id, **{field: value})


def _with_element(reading: Reading, table: str, id: str, field: str, element: str, there: bool) -> list[str]:
    sql = f'SELECT "{field}" FROM "{table}" WHERE org_id = :org_id AND id = :id'
    others = {word for word in words_of(reading.value(sql, id=id)) if word != element}
    return sorted(others | {element} if there else others)


def _check_there(reading: Reading, table: str, id: Any) -> None:
    if reading.one(f'SELECT id FROM "{table}" WHERE org_id = :org_id AND id = :id AND NOT _deleted', id=id) is None:
        raise NotFound("ROW_NOT_FOUND", "What the value points to is not here any more. Dismiss the conflict.", id=id)


def _model(table: str) -> type[Row]:
    return next(model for model in _models(Row) if model.__tablename__ == table)


def _models(model: type[Row]) -> Iterator[type[Row]]:
    for one in model.__subclasses__():
        yield one
        yield from _models(one)
