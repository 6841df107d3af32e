"""Sending what was held to the kitchen, and asking it to hurry.

Firing what is fired already, and hurrying what is hurried, changes nothing: a second tap is no second ticket (R7).
"""

from collections.abc import Sequence
from dataclasses import replace

from hospitality.ground.errors import Refused
from hospitality.ground.work import Work
from hospitality.orders.facts import CourseFired, OrderRushed
from hospitality.orders.loading import LoadedLine, LoadedOrder
from hospitality.orders.models import LineFire, TicketRush
from hospitality.orders.service import PLACE
from hospitality.properties.service import business_day

OPEN_STATES = ("placed", "in_preparation")


def fire_course(work: Work, order: LoadedOrder, course: int | None) -> LoadedOrder:
    """Sends the held lines of a course to their stations, or with None all that is held.

    Refused COURSE_EMPTY when nothing that is left on the order is of that course.
    """
    work.require(PLACE)
    of_course = [line for line in order.left() if course is None or line.row["course"] == course]
    if not of_course:
        raise Refused("COURSE_EMPTY", f"Order {order.number} has nothing in that course. Read it again.", course=course)
    fired = [line for line in of_course if line.state == "held"]
    if not fired:
        return order
    today = business_day(work).isoformat()
    rows = [{**_of(work, line, today), "line_id": line.row["id"]} for line in fired]
    work.add_all(LineFire, rows)
    work.journal(CourseFired(order.id, order.number, _tickets(fired), course, len(fired)))
    lines = tuple(line.fired(work.now_text) if line in fired else line for line in order.lines)
    return replace(order, lines=lines)


def rush_order(work: Work, order: LoadedOrder) -> LoadedOrder:
    """Puts the order's tickets that are still to be made before others; Refused NOTHING_TO_RUSH when there are none."""
    work.require(PLACE)
    waiting = {line.row["ticket_id"]: line for line in order.lines if line.state in OPEN_STATES}
    if not waiting:
        raise Refused("NOTHING_TO_RUSH", f"The kitchen has nothing of order {order.number} to make. Fire it first.")
    there = work.rows(
        "SELECT ticket_id FROM ticket_rushes WHERE org_id = :org_id AND ticket_id IN (:ids)", ids=list(waiting)
    )
    known = {row["ticket_id"] for row in there}
    rushed = [line for ticket_id, line in waiting.items() if ticket_id not in known]
    if rushed:
        today = business_day(work).isoformat()
        work.add_all(TicketRush, [_of(work, line, today) for line in rushed])
        work.journal(OrderRushed(order.id, order.number, _tickets(rushed)))
    return order


def _of(work: Work, line: LoadedLine, today: str) -> dict[str, str | None]:
    return {
        "order_id": line.row["order_id"],
        "ticket_id": line.row["ticket_id"],
        "at": work.now_text,
        "person_id": work.caller.person_id,
        "terminal_id": work.caller.terminal_id,
        "business_date": today,
    }


def _tickets(lines: Sequence[LoadedLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.row["ticket_id"] for line in lines))
