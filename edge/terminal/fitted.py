"""The devices that this terminal makes use of: its scale and its card terminal. Raises NodeError."""

import secrets
from dataclasses import dataclass

from edge.terminal.client import NodeError, read_as
from edge.terminal.desk import Desk
from edge.terminal.shapes.hardware import Fitted, FittedDevices, Weight
from edge.terminal.shapes.menu import MenuItem
from edge.terminal.words import _

# what a scale tells in grams, in thousandths of the unit that the item is sold by
_THOUSANDTHS_OF_GRAM = {"kg": 1.0, "lb": 1000 / 453.59237}


@dataclass(frozen=True)
class Weighed:
    """What a scale of this name found, in thousandths of the item's unit."""

    scale: str
    thousandths: int


def by_scale(item: MenuItem) -> bool:
    """Whether a scale can say how much there is of an item."""
    return item.unit in _THOUSANDTHS_OF_GRAM


async def scale_of(desk: Desk) -> Fitted:
    """The scale of this terminal, else one that is nobody's."""
    found = await _of_kind(desk, "scale")
    if found is None:
        raise NodeError("NO_SCALE", _("No scale is set up for this terminal. Type the weight."))
    return found


async def card_terminal_of(desk: Desk) -> Fitted:
    """The card terminal of this till."""
    found = await _of_kind(desk, "card_terminal")
    if found is None:
        words = _("No card terminal is set up for this till. Take the card at one beside it, and type its reference.")
        raise NodeError("NO_CARD_TERMINAL", words)
    return found


async def weighed(desk: Desk, scale: Fitted, item: MenuItem) -> Weighed:
    """What lies on the scale, at rest; the node refuses what moves or is none, and says what to do."""
    price = item.price_minor if item.unit == "kg" else 0
    path, token = f"{desk.place}/devices/{scale.id}/weigh", desk.acting_token
    # each look is an action of its own: under one key the node would only repeat what lay there before
    answer = await desk.client.act(path, {"unit_price_minor": price}, key=secrets.token_hex(16), token=token)
    grams = read_as(answer, Weight).grams
    return Weighed(scale.name, round(grams * _THOUSANDTHS_OF_GRAM[str(item.unit)]))


async def _of_kind(desk: Desk, kind: str) -> Fitted | None:
    items = (await desk.client.read(f"{desk.place}/devices", FittedDevices, token=desk.acting_token)).items
    mine = desk.enrolled.terminal_id if desk.enrolled else ""
    fitting = [one for one in items if one.kind == kind and one.terminal_id in (mine, None)]
    return min(fitting, key=lambda one: one.terminal_id is None, default=None)
