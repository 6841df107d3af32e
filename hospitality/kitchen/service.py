"""Moving tickets on, whole or line by line. A step is a fact for each line that it moves; a repeated tap adds none.

At the pass an order's tickets are served together, and what was served by mistake comes back there, not to its station:
that is written as ready once more, which every release understands.
"""

from collections.abc import Collection, Sequence
from typing import Any

from hospitality.ground.errors import Invalid, NotFound, Refused
from hospitality.ground.work import Work
from hospitality.kitchen.facts import TicketBumped, TicketRecalled, TicketReturned, TicketServed, TicketStarted
from hospitality.kitchen.tickets import load_ticket, orders_of, ticket_answer
from hospitality.orders.loading import LoadedLine
from hospitality.orders.models import LineStep
from hospitality.orders.rules import state_after, step_changes
from hospitality.properties.service import business_day

BUMP = "kitchen.bump"
Fact = type[TicketStarted | TicketBumped | TicketServed | TicketRecalled | TicketReturned]
_FACTS: dict[str, Fact] = {
    "started": TicketStarted,
    "ready": TicketBumped,
    "served": TicketServed,
    "recalled": TicketRecalled,
}
Reached = dict[str, tuple[str, int]]


def step_ticket(work: Work, ticket_id: str, step: str, *, line_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Moves a ticket, or some of its lines, by `started`, `ready` (bump), `served` or `recalled`; answers the ticket.

    What is there decides, and the writer is one: the same step again finds nothing to move and writes nothing (R7),
    while a recall makes the way free for another bump. Voided lines don't move. The ticket is ready with its last line.
    """
    work.require(BUMP)
    if step not in _FACTS:
        raise Invalid("STEP_INVALID", f"A ticket takes one of the steps {', '.join(_FACTS)}.", step=step)
    ((lines, reached),) = _at_hand(work, [ticket_id], line_ids)
    moving = [line for line in _named(lines, line_ids) if step_changes(step, line.state)]
    return ticket_answer(_moved(work, lines, reached, moving, step, _FACTS[step], by_line=line_ids is not None))


def serve_at_pass(work: Work, ticket_ids: Sequence[str], *, line_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Takes what is ready of these tickets to the guest, or the lines that are named however far they are: {items}.

    Refused NOTHING_READY when no line is named and none is ready while some are still to be made.
    """
    work.require(BUMP)
    tickets = _at_hand(work, ticket_ids, line_ids)
    wanted = ("placed", "in_preparation", "ready") if line_ids is not None else ("ready",)
    left = [line for lines, _ in tickets for line in _named(lines, line_ids) if line.state not in ("served", "voided")]
    if left and not any(line.state in wanted for line in left):
        raise Refused(
            "NOTHING_READY", "Nothing of this is ready yet. Wait for its stations, or serve a line by itself."
        )
    return _each(work, tickets, line_ids, wanted, "served", TicketServed)


def return_to_pass(work: Work, ticket_ids: Sequence[str], *, line_ids: Collection[str] | None = None) -> dict[str, Any]:
    """Brings what was served of these tickets, or of the lines that are named, back to the pass: {items}."""
    work.require(BUMP)
    return _each(work, _at_hand(work, ticket_ids, line_ids), line_ids, ("served",), "ready", TicketReturned)


def _at_hand(
    work: Work, ticket_ids: Sequence[str], line_ids: Collection[str] | None
) -> list[tuple[list[LoadedLine], Reached]]:
    tickets = []
    for ticket_id in dict.fromkeys(ticket_ids):
        lines, reached = load_ticket(work, ticket_id)
        if not lines:
            raise NotFound.of("ticket", ticket_id)
        tickets.append((lines, reached))
    there = {line.row["id"] for lines, _ in tickets for line in lines}
    for line_id in line_ids or ():
        if line_id not in there:
            raise NotFound.of("ticket line", line_id)
    return tickets


def _each(
    work: Work,
    tickets: Sequence[tuple[list[LoadedLine], Reached]],
    line_ids: Collection[str] | None,
    wanted: Collection[str],
    step: str,
    fact: Fact,
) -> dict[str, Any]:
    items = []
    for lines, reached in tickets:
        moving = [line for line in _named(lines, line_ids) if line.state in wanted]
        whole = len(moving) == sum(line.state != "voided" for line in lines)
        items.append(ticket_answer(_moved(work, lines, reached, moving, step, fact, by_line=not whole)))
    return {"items": items, "position": None}


def _named(lines: Sequence[LoadedLine], line_ids: Collection[str] | None) -> list[LoadedLine]:
    """The lines that are named, with all of one that was divided; without names, all."""
    named = {line.made_as for line in lines if line_ids is None or line.row["id"] in line_ids}
    return [line for line in lines if line.made_as in named]


def _moved(
    work: Work,
    lines: Sequence[LoadedLine],
    reached: Reached,
    moving: Sequence[LoadedLine],
    step: str,
    fact: Fact,
    *,
    by_line: bool,
) -> list[LoadedLine]:
    """A ticket's lines after some of them took a step; writes nothing where none does."""
    if not moving:
        return list(lines)
    row = lines[0].row
    ids = list(dict.fromkeys(line.made_as for line in moving))
    today = business_day(work).isoformat()
    work.add_all(
        LineStep,
        [
            {
                "order_id": row["order_id"],
                "line_id": line_id,
                "ticket_id": row["ticket_id"],
                "step": step,
                "step_no": reached.get(line_id, ("placed", 0))[1] + 1,
                "at": work.now_text,
                "person_id": work.caller.person_id,
                "terminal_id": work.caller.terminal_id,
                "business_date": today,
            }
            for line_id in ids
        ],
    )
    others = tuple(id for id in orders_of(lines) if id != row["order_id"])
    work.journal(fact(row["ticket_id"], row["order_id"], others, tuple(ids) if by_line else ()))
    after = state_after([step])
    return [line.reached(after) if line in moving else line for line in lines]
