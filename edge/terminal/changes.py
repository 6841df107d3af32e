"""What changed on a ticket after it was fired, line by line: loud until somebody acknowledges it. Pure."""

from dataclasses import dataclass
from typing import Literal

from edge.terminal.shapes.kitchen import Ticket, TicketLine


@dataclass(frozen=True)
class Mark:
    """What happened to a line; `was` is how many there were, `gone` the line where the ticket has it no more."""

    kind: Literal["added", "changed", "void"]
    was: int = 0
    gone: TicketLine | None = None


Marks = dict[str, Mark]
"""By line."""


def changes_between(before: Ticket, after: Ticket) -> Marks:
    """What `after` has that `before` had not. How far a line is made is no change of it."""
    known = {line.id: line for line in before.lines}
    marks: Marks = {}
    for line in after.lines:
        old = known.pop(line.id, None)
        if old is None:
            marks[line.id] = Mark("added")
        elif line.void_reason and not old.void_reason:
            marks[line.id] = Mark("void")
        elif _wording(old) != _wording(line):
            marks[line.id] = Mark("changed", was=old.quantity)
    # what left the ticket without a void is as good as voided: nobody should go on cooking it
    marks.update((line.id, Mark("void", gone=line)) for line in known.values() if not line.void_reason)
    return marks


def voids_on(ticket: Ticket, acknowledged: set[str]) -> Marks:
    """Voids on a ticket that is met for the first time."""
    return {line.id: Mark("void") for line in ticket.lines if line.void_reason and line.id not in acknowledged}


def _wording(line: TicketLine) -> tuple[object, ...]:
    return line.quantity, line.name, line.options, line.note, line.seat
