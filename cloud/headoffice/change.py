"""How a figure stands against the same weekday of the week before. Pure."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down", "same"]


@dataclass(frozen=True, slots=True)
class Change:
    """`percent` is whole and without sign, None from nothing to something; what rounds to none is the same."""

    direction: Direction
    percent: int | None
    before: int


def change(now: int | None, before: int | None) -> Change | None:
    """The change from `before` to `now`, half up; None when either is not there."""
    if now is None or before is None:
        return None
    if now == before:
        return Change("same", 0, before)
    direction: Direction = "up" if now > before else "down"
    if before <= 0:
        return Change(direction, None, before)
    percent = (2 * abs(now - before) * 100 + before) // (2 * before)
    return Change(direction if percent else "same", percent, before)
