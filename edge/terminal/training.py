"""Into training and out of it: a second desk at the node's other doors, while the first goes on as it stands."""

import contextlib
import secrets
from collections.abc import Callable

from edge.terminal.client import NodeError, read_as
from edge.terminal.desk import Desk
from edge.terminal.locations import Locations
from edge.terminal.news import News
from edge.terminal.shapes.node import Training
from edge.terminal.words import _


async def join(desk: Desk, places: Locations, tell: Callable[[News], None]) -> Desk:
    """A desk in training for who is signed in at `desk`, begun by it where nobody practises yet. Raises NodeError."""
    key = secrets.token_hex(16)
    answer = await desk.client.act(f"{desk.place}/training", {}, key=key, token=desk.acting_token)
    training = read_as(answer, Training)
    forget(places)  # what an earlier training left unsent is of no use in this one
    address = desk.address + training.address
    practice = Desk(address, places.training, clock=desk.clock, chance=desk.chance, tell=tell)
    practice.training = training
    practice.enrolled, practice.session = desk.enrolled, desk.session
    practice.board.property_name = desk.board.property_name
    if desk.session:
        practice.outbox.tokens[desk.session.person.id] = desk.session.token
    return practice


async def leave(desk: Desk) -> None:
    """Tells the node that this terminal practises no more; one that can't be told ends it with the day."""
    with contextlib.suppress(NodeError):
        await desk.client.act(f"{desk.place}/training/leave", {}, key=secrets.token_hex(16), token=desk.terminal_token)


def forget(places: Locations) -> None:
    """Drops what was keyed in at training and not accepted."""
    with contextlib.suppress(OSError):
        places.training.kept.unlink(missing_ok=True)


def mark() -> str:
    """What stands over everything that training would have on paper."""
    return _("TRAINING · NOT VALID")
