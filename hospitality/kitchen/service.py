"""Moving tickets on, whole or line by line. A step is a fact for each line that it moves; a repeated tap adds none."""

from collections.abc import Collection
from typing import Any

from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.work import Work
from hospitality.kitchen.facts import TicketBumped, TicketRecalled, TicketServed, TicketStarted
from hospitality.kitchen.tickets import load_ticket, orders_of, ticket_answer
from hospitality.orders.loading import LoadedLine
from hospitality.orders.models import LineStep
from hospitality.orders.rules import state_after, step_changes
from hospitality.properties.service import business_day

BUMP = "kitchen.bump"
_FACTS = {"started": TicketStarted, "ready": TicketBumped, "served": TicketServed, "recalled": TicketRecalled}


def step_ticket(work: Work, ticket_id: str, step: str, *, line_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Moves a ticket, or some of its lines, by `started`, `ready` (bump), `served` or `recalled`; answers the ticket.

    What is there decides, and the writer is one: the same step again finds nothing to move and writes nothing (R7),
    while a recall makes the way free for another bump. Voided lines don't move. The ticket is ready with its last line.
    """
    work.require(BUMP)
    if step not in _FACTS:
        raise Invalid("STEP_INVALID", f"A ticket takes one of the steps {', '.join(_FACTS)}.", step=step)
    lines, reached = load_ticket(work, ticket_id)
    if not lines:
        raise NotFound.of("ticket", ticket_id)
    _check_lines(lines, line_ids)
    named = [line for line in lines if line_ids is None or line.row["id"] in line_ids]
    moving = {line.row["id"] for line in named if step_changes(step, line.state)}
    if not moving:
        return ticket_answer(lines)
    today = business_day(work).isoformat()
    order_id = lines[0].row["order_id"]
    work.add_all(
        LineStep,
        [
            {
                "order_id": order_id,
                "line_id": line_id,
                "ticket_id": ticket_id,
                "step": step,
                "step_no": reached.get(line_id, ("placed", 0))[1] + 1,
                "at": work.now_text,
                "person_id": work.caller.person_id,
                "terminal_id": work.caller.terminal_id,
                "business_date": today,
            }
            for line_id in (line.row["id"] for line in lines)
            if line_id in moving
        ],
    )
    others = tuple(id for id in orders_of(lines) if id != order_id)
    told = () if line_ids is None else tuple(line.row["id"] for line in lines if line.row["id"] in moving)
    work.journal(_FACTS[step](ticket_id, order_id, others, told))
    moved = state_after([step])
    return ticket_answer([line.reached(moved) if line.row["id"] in moving else line for line in lines])


def _check_lines(lines: Collection[LoadedLine], line_ids: Collection[str] | None) -> None:
    there = {line.row["id"] for line in lines}
    for line_id in line_ids or ():
        if line_id not in there:
            raise NotFound.of("ticket line", line_id)
