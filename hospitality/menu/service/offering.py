"""Which groups an item offers and an option leads to: links that are made, ordered and taken away."""

from collections.abc import Sequence

from hospitality.ground.ids import derived_id
from hospitality.ground.work import Work
from hospitality.menu.models import MenuItemGroup, OptionGroup

_NAMED_BY: dict[type[MenuItemGroup | OptionGroup], str] = {MenuItemGroup: "menu_item_id", OptionGroup: "option_id"}


def offer(work: Work, link: type[MenuItemGroup | OptionGroup], id: str, group_ids: Sequence[str]) -> None:
    """Has an item or an option (`id`) offer these groups in their order, and no others."""
    named = _NAMED_BY[link]
    rows = work.rows(
        f"SELECT id, group_id, sort, active FROM {link.__tablename__} WHERE org_id = :org_id AND {named} = :id", id=id
    )
    wanted = {group_id: place for place, group_id in enumerate(dict.fromkeys(group_ids))}
    for row in rows:
        place = wanted.get(row["group_id"])
        if place is None and row["active"]:
            work.edit(link, row["id"], active=False)
        elif place is not None and not (row["active"] and row["sort"] == place):
            work.edit(link, row["id"], active=True, sort=place)
    there = {row["group_id"] for row in rows}
    fresh = [
        {"id": derived_id(id, f"offers {group_id}"), named: id, "group_id": group_id, "sort": place, "active": True}
        for group_id, place in wanted.items()
        if group_id not in there
    ]
    work.add_all(link, fresh)
