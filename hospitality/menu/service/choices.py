"""Modifier groups and their options: what is chosen of an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.texts import kept_name
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.composing import CHOICE_DEPTH_MAX
from hospitality.menu.facts import ModifierGroupAdded
from hospitality.menu.models import ModifierGroup, ModifierOption, OptionGroup
from hospitality.menu.reading import depth_of, menu_items_of, modifier_group_view, modifier_groups_list
from hospitality.menu.service import MANAGE, check_known


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
    _check_led_to(work, options)
    group = work.add(ModifierGroup, values)
    rows = work.add_all(
        ModifierOption,
        [
            {
                "group_id": group["id"],
                "name": kept_name(option.name or items.get(option.menu_item_id or "", ""), what="option"),
                "price_delta_minor": rules.check_delta(option.price_delta_minor),
                "sort": place,
                "menu_item_id": option.menu_item_id,
                "preset": option.preset,
            }
            for place, option in enumerate(options)
        ],
    )
    led_to = [
        {"option_id": row["id"], "group_id": id, "sort": place}
        for row, option in zip(rows, options, strict=True)
        for place, id in enumerate(dict.fromkeys(option.group_ids))
    ]
    work.add_all(OptionGroup, led_to)
    work.journal(ModifierGroupAdded(group["id"]))
    return modifier_group_view(work, group["id"])


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
            raise Invalid(
                "OPTION_ITEM_INVALID",
                f"{item['name']} can't be brought by an option: what is sold by the piece can, with its own choices alone.",
                menu_item_id=item["id"],
            )
    return {id: item["name"] for id, item in found.items()}


def _check_led_to(work: Work, options: Sequence[NewOption]) -> None:
    """Raises unless the groups that options lead to are here and no deeper than choices go."""
    ids = {id for option in options for id in option.group_ids}
    if not ids:
        return
    for id in ids:
        check_known(work, {"modifier_group_ids": id})
    deepest = max(depth_of(group) for group in modifier_groups_list(work) if group["id"] in ids)
    if deepest >= CHOICE_DEPTH_MAX:
        raise Invalid("CHOICES_INVALID", f"Choices lead on at most {CHOICE_DEPTH_MAX} times.")
