"""Guests sit down, ask for the bill and leave, their table is cleaned, and tables are put together; needs `tables.seat`."""

from collections.abc import Sequence
from typing import Any

from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from hospitality.properties.service import acted, business_day
from hospitality.tables import rules
from hospitality.tables.facts import GuestsSeated, SeatingMovedOn, TablesJoined, TablesParted
from hospitality.tables.loading import load_joins
from hospitality.tables.models import SeatingStep, TableJoin, TableParting, TableSeating
from hospitality.tables.reading import table_view
from hospitality.tables.service import SEAT


def seat_guests(work: Work, table_id: str, *, covers: int, party_id: str | None = None) -> dict[str, Any]:
    """Seats guests at a free table, or at the one that it was put to; answers the table.

    Refused TABLE_TAKEN or TABLE_DIRTY.
    """
    work.require(SEAT)
    rules.check_covers(covers)
    table = _main(work, table_id)
    rules.check_seat(table["state"], table["label"])
    _seat(work, table, covers, party_id, at=work.now_text)
    return table_view(work, table_id)


def step_seating(work: Work, table_id: str, *, step: str) -> dict[str, Any]:
    """Moves the guests at a table on: bill_asked, ended (they left) or cleaned; answers the table.

    A table with an order but without a seating gets one first, as of the order. Refused TABLE_NOT_SEATED,
    TABLE_NOT_DIRTY, or TABLE_OWES while an order there is not settled.
    """
    work.require(SEAT)
    table = _main(work, table_id)
    rules.check_step(step, table["state"], table["label"], owes=bool(table["orders"]))
    seating_id = table["seating_id"]
    if table["state"] != "dirty" and not table["sits"]:
        seating_id = _seat(work, table, table["covers"] or 1, None, at=table["since"])
    assert seating_id is not None, "who is taken or dirty has a seating"
    work.add(SeatingStep, {"seating_id": seating_id, "step": step, **acted(work)})
    work.journal(SeatingMovedOn(seating_id, table["id"], step))
    if step == "cleaned":
        _part(work, table["id"], table["joined_ids"])
    return table_view(work, table_id)


def join_tables(work: Work, table_id: str, *, joined_ids: Sequence[str]) -> dict[str, Any]:
    """Puts free tables to another, free or taken; answers that one. They part by themselves once it is cleaned."""
    work.require(SEAT)
    main = table_view(work, table_id)
    if main["joined_to"] is not None:
        rules.check_join(same=False, joined=True, state=main["state"], label=main["label"])
    ids = list(dict.fromkeys(joined_ids))
    for id in ids:
        table = table_view(work, id)
        joined = table["joined_to"] is not None or bool(table["joined_ids"])
        rules.check_join(same=id == table_id, joined=joined, state=table["state"], label=table["label"])
    work.add_all(TableJoin, [{"id": new_id(), "table_id": id, "to_table_id": table_id, **acted(work)} for id in ids])
    if ids:
        work.journal(TablesJoined(table_id, tuple(ids)))
    return table_view(work, table_id)


def part_tables(work: Work, table_id: str) -> dict[str, Any]:
    """Parts a table from all that were put to it, or from the one that it was put to.

    Refused TABLE_NOT_JOINED when it stands by itself. Read the floor again.
    """
    work.require(SEAT)
    table = table_view(work, table_id)
    ids = [table_id] if table["joined_to"] is not None else table["joined_ids"]
    if not ids:
        raise Refused(
            "TABLE_NOT_JOINED", f"Table {table['label']} stands by itself. Read the floor again.", label=table["label"]
        )
    _part(work, table["joined_to"] or table_id, ids)
    return table_view(work, table_id)


def _main(work: Work, table_id: str) -> dict[str, Any]:
    table = table_view(work, table_id)
    return table if table["joined_to"] is None else table_view(work, table["joined_to"])


def _seat(work: Work, table: dict[str, Any], covers: int, party_id: str | None, *, at: str) -> str:
    values = {"id": new_id(), "table_id": table["id"], "covers": covers, "party_id": party_id}
    row = work.add(TableSeating, {**values, **acted(work), "at": at})
    work.journal(GuestsSeated(row["id"], table["id"], covers))
    return str(row["id"])


def _part(work: Work, table_id: str, ids: Sequence[str]) -> None:
    joins = [join for join in load_joins(work, business_day(work).isoformat()) if join["table_id"] in ids]
    work.add_all(TableParting, [{"id": new_id(), "join_id": join["id"], **acted(work)} for join in joins])
    if joins:
        work.journal(TablesParted(table_id, tuple(ids)))
