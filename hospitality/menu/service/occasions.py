"""What is otherwise than the menu says at some times, for a way of ordering or in an area: how such rules are set up and
edited, whatever they say (`prices`, `routes`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.statements import Reading
from hospitality.ground.tables import Row
from hospitality.ground.texts import kept_name, set_text
from hospitality.ground.work import Work
from hospitality.menu.service import MANAGE, check_known

_NAMED = ("menu_item_id", "category_id", "area_id")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rule. view: one as it is listed; check: raises Invalid for what can't be; added, changed: its facts; must_be:
    the further ids that it names, each of something the property has."""

    what: str
    model: type[Row]
    fields: Sequence[str]
    view: Callable[[Reading, str], dict[str, Any]]
    check: Callable[[Mapping[str, Any]], None]
    added: Callable[[str], object]
    changed: Callable[[str, dict[str, Any], dict[str, Any]], object]
    must_be: Sequence[str] = ()


def add_rule(work: Work, kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a rule of these fields, answering it as it is listed."""
    work.require(MANAGE)
    values = _checked(work, kind, {**fields, "active": True})
    row = work.add(kind.model, {**values, "weekdays": set_text(values["weekdays"])})
    work.journal(kind.added(row["id"]))
    return {"id": row["id"], **values}


def edit_rule(work: Work, kind: Kind, rule_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given, each by itself; what a rule is about stays."""
    work.require(MANAGE)
    current = kind.view(work, rule_id)
    values = _checked(work, kind, {**current, **fields})
    after = {name: values[name] for name in fields if values[name] != current[name]}
    if after:
        stored = {"weekdays": set_text(after["weekdays"])} if "weekdays" in after else {}
        work.edit(kind.model, rule_id, **{**after, **stored})
        work.journal(kind.changed(rule_id, {name: current[name] for name in after}, after))
    return {"id": rule_id, **values}


def _checked(reading: Reading, kind: Kind, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: fields[name] for name in kind.fields}
    kind.check(values)
    named = {name: values[name] for name in _NAMED if values[name] is not None}
    check_known(reading, {**named, **{name: values[name] for name in kind.must_be}})
    return {**values, "name": kept_name(values["name"], what=kind.what), "weekdays": sorted(set(values["weekdays"]))}
