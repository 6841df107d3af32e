"""Modifier groups and their options: what is chosen of an item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.composing import check_leads
from hospitality.menu.facts import ModifierGroupAdded, ModifierGroupChanged, ModifierOptionAdded, ModifierOptionChanged
from hospitality.menu.models import ModifierGroup, ModifierOption, OptionGroup
from hospitality.menu.reading import leads_between, menu_items_of, modifier_group_view, option_row
from hospitality.menu.service import MANAGE, check_known
from hospitality.menu.service.offering import offer

GROUP_FIELDS = ("name", "choices_min", "choices_max", "halves", "course", "held")
OPTION_FIELDS = ("name", "price_delta_minor", "sort", "preset", "active", "group_ids")
_WITHDRAWN = """
    SELECT id FROM modifier_options
    WHERE org_id = :org_id AND group_id = :group_id AND name = :name AND NOT active ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class NewOption:
    """An option of a new modifier group; the delta in minor units, for one. It may bring an item, whose name it has where
    it has none of its own, or lead to further groups; a preset is taken where nobody says otherwise."""

    name: str = ""
    price_delta_minor: int = 0
    menu_item_id: str | None = None
    preset: bool = False
    group_ids: tuple[str, ...] = ()


def add_modifier_group(
    work: Work,
    *,
    name: str,
    choices_min: int,
    choices_max: int,
    options: Sequence[NewOption],
    halves: bool = False,
    course: int | None = None,
    held: bool = False,
) -> dict[str, Any]:
    """Adds a group with its options, answering it as the menu shows it (`reading.modifier_groups_list`).

    halves: an option may be on one half. course, held: of the items that its options bring.
    """
    work.require(MANAGE)
    rules.check_choices(choices_min, choices_max, options=len(options))
    values = {"name": kept_name(name, what="group"), "choices_min": choices_min, "choices_max": choices_max}
    values |= {"halves": halves, "course": rules.check_group_course(course), "held": held}
    items = _brought(work, options)
    group = work.add(ModifierGroup, values)
    found = [{"group_id": group["id"], **_values(option, items, sort)} for sort, option in enumerate(options)]
    for row, option in zip(work.add_all(ModifierOption, found), options, strict=True):
        _lead_to(work, row["id"], option.group_ids)
    work.journal(ModifierGroupAdded(group["id"]))
    return modifier_group_view(work, group["id"])


def edit_modifier_group(work: Work, group_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (GROUP_FIELDS), each by itself, answering the group as the menu shows it. What was ordered
    keeps what was chosen (R16)."""
    work.require(MANAGE)
    current = modifier_group_view(work, group_id)
    wanted = {**{name: current[name] for name in GROUP_FIELDS}, **fields}
    limits = wanted["choices_min"], wanted["choices_max"]
    rules.check_choices(*limits, options=len(current["options"]))
    rules.check_group_course(wanted["course"])
    wanted["name"] = kept_name(wanted["name"], what="group")
    after = {name: wanted[name] for name in fields if wanted[name] != current[name]}
    if after:
        work.edit(ModifierGroup, group_id, **after)
        work.journal(ModifierGroupChanged(group_id, {name: current[name] for name in after}, after))
    return modifier_group_view(work, group_id)


def add_option(work: Work, group_id: str, new: NewOption) -> dict[str, Any]:
    """Adds an option at the end of a group, answering the group; one of that name that was withdrawn is there again."""
    work.require(MANAGE)
    group = modifier_group_view(work, group_id)
    rules.check_choices(group["choices_min"], group["choices_max"], options=len(group["options"]) + 1)
    last = work.value("SELECT max(sort) FROM modifier_options WHERE org_id = :org_id AND group_id = :id", id=group_id)
    values = _values(new, _brought(work, [new]), (last or 0) + 1)
    former = work.value(_WITHDRAWN, group_id=group_id, name=values["name"])
    if former is None:
        option_id = work.add(ModifierOption, {"group_id": group_id, **values})["id"]
    else:
        option_id = former
        work.edit(ModifierOption, option_id, **values)
    _lead_to(work, option_id, new.group_ids)
    work.journal(ModifierOptionAdded(group_id, option_id))
    return modifier_group_view(work, group_id)


def edit_option(work: Work, option_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets the fields given (OPTION_FIELDS), each by itself, answering its group; one that is not active is withdrawn.

    The item that an option brings stays as it was made. Refused LAST_OPTION for the last that a group has.
    """
    work.require(MANAGE)
    current = option_row(work, option_id)
    wanted = {**current, **fields}
    wanted["name"] = kept_name(wanted["name"], what="option")
    rules.check_delta(wanted["price_delta_minor"])
    rules.check_sort(wanted["sort"])
    after = {name: wanted[name] for name in fields if wanted[name] != current[name]}
    group_id = current["group_id"]
    if after.get("active") is False and len(modifier_group_view(work, group_id)["options"]) == 1:
        raise Refused("LAST_OPTION", f"{current['name']} is the last choice there is. Take the group off its items.")
    if "group_ids" in after:
        if current["menu_item_id"] is not None and after["group_ids"]:
            raise _unbringable(current["name"], current["menu_item_id"])
        _lead_to(work, option_id, after["group_ids"])
    stored = {name: value for name, value in after.items() if name != "group_ids"}
    if stored:
        work.edit(ModifierOption, option_id, **stored)
    if after:
        before = {name: current[name] for name in after}
        work.journal(ModifierOptionChanged(group_id, option_id, before, after))
    return modifier_group_view(work, group_id)


def _values(option: NewOption, items: Mapping[str, str], sort: int) -> dict[str, Any]:
    return {
        "name": kept_name(option.name or items.get(option.menu_item_id or "", ""), what="option"),
        "price_delta_minor": rules.check_delta(option.price_delta_minor),
        "sort": sort,
        "menu_item_id": option.menu_item_id,
        "preset": option.preset,
        "active": True,
    }


def _lead_to(work: Work, option_id: str, group_ids: Sequence[str]) -> None:
    """Has an option lead to these groups; raises unless they are here and no deeper than choices go."""
    for id in group_ids:
        check_known(work, {"modifier_group_ids": id})
    offer(work, OptionGroup, option_id, group_ids)
    if group_ids:
        check_leads(leads_between(work))


def _brought(work: Work, options: Sequence[NewOption]) -> dict[str, str]:
    """The names of the items that options bring, by id; Invalid unless each is sold by the piece."""
    ids = {option.menu_item_id for option in options if option.menu_item_id}
    found = {item["id"]: item for item in menu_items_of(work, ids)}
    for option in options:
        if option.menu_item_id is None:
            continue
        item = found.get(option.menu_item_id)
        if item is None:
            raise NotFound.of("menu item", option.menu_item_id)
        if item["sold_as"] != "piece" or option.group_ids:
            raise _unbringable(item["name"], item["id"])
    return {id: item["name"] for id, item in found.items()}


def _unbringable(name: str, item_id: str) -> Invalid:
    return Invalid(
        "OPTION_ITEM_INVALID",
        f"{name} can't be brought by an option: what is sold by the piece can, with its own choices alone.",
        menu_item_id=item_id,
    )
