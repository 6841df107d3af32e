"""What a line that was divided comes to, piece by piece. Values in, a decision out."""

from collections.abc import Sequence
from typing import NamedTuple

from hospitality.ground.errors import Invalid, Refused


class Division(NamedTuple):
    """So many of a line became a line of their own."""

    line_id: str
    part_id: str
    quantity: int


def pieces(line_id: str, quantity: int, divisions: Sequence[Division]) -> dict[str, int]:
    """Line id → how many of it there are, of a line and of all that came of it; they add up to what was ordered.

    divisions: earliest first. Those made while apart may ask for more than there is: the earlier gets it all, the later
    what is left.
    """
    of: dict[str, list[Division]] = {}
    for one in divisions:
        of.setdefault(one.line_id, []).append(one)
    found: dict[str, int] = {}
    waiting = [(line_id, quantity)]
    while waiting:
        id, left = waiting.pop()
        for one in of.get(id, ()):
            taken = min(one.quantity, left)
            waiting.append((one.part_id, taken))
            left -= taken
        found[id] = left
    return found


def check_division(*, quantity: int, left: int, name: str, held: bool, of_set: bool) -> None:
    """Raises unless so many of a line can be a line of their own."""
    if quantity < 1:
        raise Invalid("QUANTITY_INVALID", f"Choose how many of {name} go, one at least.", quantity=quantity)
    if quantity > left:
        raise Refused("QUANTITY_OVER", f"There are {left} of {name}. Choose no more.", left=left)
    if of_set and quantity < left:
        raise Refused("SET_NOT_DIVIDED", f"{name} is part of a set, which goes as a whole. Choose all of it.")
    if held and quantity < left:
        raise Refused("HELD_NOT_DIVIDED", f"{name} is held. Fire it first, or move all of it.")
