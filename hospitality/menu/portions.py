"""How many portions are left of what is counted, and who took the last one.

A count is a fact, and so is what each line took of it; what is left follows from both. That figure is also kept beside
the items (`portions_left`), so that an order for what nobody counts pays nothing for it, and is made anew from the facts
whenever those came in another way than by these verbs.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Work
from hospitality.menu import rules
from hospitality.menu.facts import ItemChanged, PortionsChanged, PortionsCounted
from hospitality.menu.models import MenuItem, PortionCount, PortionMove, PortionsLeft
from hospitality.menu.reading import menu_item_view
from hospitality.menu.rules import ItemForSale

COUNT = "menu.count"
_LAST_NO = """
    SELECT max(count_no) FROM portion_counts
    WHERE org_id = :org_id AND property_id = :property_id AND menu_item_id = :item_id
"""
_SET_LEFT = "UPDATE portions_left SET portions = :portions WHERE org_id = :org_id AND id = :id"
# Of a line that nodes took off and divided while apart more may be given back than it took: it has nothing then.
_FROM_FACTS = """
    SELECT c.menu_item_id AS id, c.id AS count_id, c.portions - (
        SELECT coalesce(sum(CASE WHEN l.portions > 0 THEN l.portions ELSE 0 END), 0) FROM (
            SELECT sum(m.portions) AS portions FROM portion_moves m
            WHERE m.org_id = c.org_id AND m.count_id = c.id GROUP BY m.line_id) AS l) AS portions
    FROM portion_counts c
    WHERE c.org_id = :org_id AND c.property_id = :property_id AND c.portions IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM portion_counts n
        WHERE n.org_id = c.org_id AND n.menu_item_id = c.menu_item_id
        AND (n.count_no > c.count_no OR n.count_no = c.count_no AND n.id > c.id)
    )
"""
_KEPT = "SELECT id, count_id, portions FROM portions_left WHERE org_id = :org_id AND property_id = :property_id"


def count_portions(work: Work, item_id: str, *, portions: int | None) -> dict[str, Any]:
    """Says how many portions of an item there are (None: no limit; 0: none, an 86), answering it as the menu shows it.

    Whoever counts any has them for sale: an item that was switched off is on again.
    """
    work.require(COUNT)
    rules.check_portions(portions)
    current = menu_item_view(work, item_id)
    count = work.add(
        PortionCount,
        {
            "menu_item_id": item_id,
            "count_no": (work.value(_LAST_NO, item_id=item_id) or 0) + 1,
            "portions": portions,
            "person_id": work.caller.person_id,
            "terminal_id": work.caller.terminal_id,
            "at": work.now_text,
            "business_date": work.business_date.isoformat() if work.business_date else None,
        },
    )
    _keep(work, {item_id: (count["id"], portions)})
    if portions != 0 and not current["available"]:
        work.edit(MenuItem, item_id, available=True)
        work.journal(ItemChanged(item_id, {"available": False}, {"available": True}))
    work.journal(PortionsCounted(item_id, portions))
    return menu_item_view(work, item_id)


def take_portions(work: Work, items: Mapping[str, ItemForSale], lines: Iterable[Mapping[str, Any]]) -> None:
    """Takes what new lines sell of counted items; refused with NOT_ENOUGH_LEFT beyond what is left.

    lines: rows with id, menu_item_id and quantity. The writer does one act after the other, so that of two who want the
    last portion one gets it.
    """
    counted = {id: item for id, item in items.items() if item.count_id is not None}
    if not counted:
        return
    sold = [line for line in lines if line["menu_item_id"] in counted]
    of = {line["menu_item_id"] for line in sold}
    for item in (item for item in counted.values() if item.id in of):
        wanted = sum(line["quantity"] for line in sold if line["menu_item_id"] == item.id)
        left = rules.portions_after(item, wanted)
        work.run(_SET_LEFT, id=item.id, portions=left)
        work.journal(PortionsChanged(item.id, left))
    for line in sold:
        count_id = counted[line["menu_item_id"]].count_id
        _move(work, "taken", line["id"], line["id"], str(count_id), line["menu_item_id"], line["quantity"])


def give_portions_back(work: Work, line_id: str, *, taken_by: str | None = None, portions: int | None = None) -> None:
    """Puts back what a line took, as long as nothing was made of it; nothing for a line of what is not counted.

    taken_by: the line of which this one is a part; portions: how many there are of this one, where that is not all.
    """
    taken_by = taken_by or line_id
    taken = _moved(work, taken_by, "taken")
    if taken is None:
        return
    item_id = taken["menu_item_id"]
    portions = taken["portions"] if portions is None else portions
    # how many and when it was that they were taken: of two nodes that are apart, those that say the same write one row
    how = f"given back {portions}"
    if _moved(work, line_id, how) is not None:
        return
    _move(work, how, line_id, taken_by, taken["count_id"], item_id, -portions, at=taken["at"])
    kept = work.one(f"{_KEPT} AND id = :id", id=item_id)
    if kept is not None and kept["count_id"] == taken["count_id"]:
        left = kept["portions"] + portions
        work.run(_SET_LEFT, id=item_id, portions=left)
        work.journal(PortionsChanged(item_id, left))


def portions_by_the_facts(reading: Reading) -> dict[str, tuple[str, int]]:
    """What is left of each counted item by its counts and moves: item id → (count id, portions)."""
    return {row["id"]: (row["count_id"], max(0, row["portions"])) for row in reading.rows(_FROM_FACTS)}


def portions_kept(reading: Reading) -> dict[str, tuple[str, int]]:
    """The same as it is kept for orders to read."""
    return {row["id"]: (row["count_id"], row["portions"]) for row in reading.rows(_KEPT)}


def rebuild_portions(work: Work) -> list[str]:
    """Makes what is kept follow the facts again: after a copy was put back, or facts came from head office. Answers the
    items that differed, which the journal tells to screens."""
    facts, kept = portions_by_the_facts(work), portions_kept(work)
    differing = sorted(id for id in facts.keys() | kept.keys() if facts.get(id) != kept.get(id))
    _keep(work, {id: facts.get(id, ("", None)) for id in differing})
    for id in differing:
        work.journal(PortionsChanged(id, facts[id][1] if id in facts else None))
    return differing


def _keep(work: Work, left: Mapping[str, tuple[str, int | None]]) -> None:
    if left:
        work.run("DELETE FROM portions_left WHERE org_id = :org_id AND id IN (:ids)", ids=list(left))
    rows = [{"id": id, "count_id": count, "portions": portions} for id, (count, portions) in left.items()]
    work.add_all(PortionsLeft, [row for row in rows if row["portions"] is not None])


def _moved(reading: Reading, line_id: str, how: str) -> Mapping[str, Any] | None:
    sql = "SELECT count_id, menu_item_id, portions, at FROM portion_moves WHERE org_id = :org_id AND id = :id"
    return reading.one(sql, id=derived_id(line_id, f"portions {how}"))


def _move(
    work: Work, how: str, of: str, line_id: str, count_id: str, item_id: str, portions: int, *, at: str | None = None
) -> None:
    """of: the line by which it happened, once; line_id: the one that took them."""
    values = {"count_id": count_id, "menu_item_id": item_id, "line_id": line_id, "portions": portions}
    work.add(PortionMove, {"id": derived_id(of, f"portions {how}"), **values, "at": at or work.now_text})
