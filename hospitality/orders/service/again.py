"""Ordering again what was ordered: lines as they were asked for, read from what they became."""

from collections.abc import Iterable, Iterator, Sequence

from hospitality.menu.composing import Choice, choices_of
from hospitality.orders.loading import LoadedLine
from hospitality.orders.rules import NewLine


def ordered_again(lines: Iterable[LoadedLine]) -> list[NewLine]:
    """The lines that ask for the same, with choices, seats, names and measures; prices are the menu's, but of open items."""
    wholes: dict[str, list[LoadedLine]] = {}
    for line in lines:
        wholes.setdefault(line.part_of["id"] if line.part_of else line.row["id"], []).append(line)
    return [_again(of) for of in wholes.values()]


def _again(lines: Sequence[LoadedLine]) -> NewLine:
    first = lines[0]
    part, sold_as = first.part_of, first.sold_as or {}
    is_open = sold_as.get("kind") == "open"
    item_id, quantity = (
        (part["menu_item_id"], part["quantity"]) if part else (first.row["menu_item_id"], first.row["quantity"])
    )
    choices = _brought(lines, quantity)
    plain = all(choice.half is None and not choice.choices for choice in choices)
    return NewLine(
        item_id,
        quantity,
        tuple((choice.option_id, choice.quantity) for choice in choices) if plain else (),
        first.row["note"],
        first.row["seat"],
        unit_price_minor=first.row["unit_price_minor"] if is_open else None,
        choices=() if plain else choices,
        name=first.row["name"] if is_open else None,
        measured=sold_as.get("thousandths"),
        measured_by=sold_as.get("by") or "keyed",
    )


def _brought(lines: Sequence[LoadedLine], wholes: int) -> tuple[Choice, ...]:
    """What was chosen of a whole: its own choices, and for each further piece the option that brought it."""
    pieces = iter(lines)
    first = lines[0]
    if first.part_of is None or first.part_of["option_id"] is None:
        own = choices_of(next(pieces).options)
    else:
        own = choices_of([taken for taken in first.options if taken.get("of_whole")])
    under, _ = _pieces(pieces, next(pieces, None), 1, wholes)
    return (*own, *under)


def _pieces(
    left: Iterator[LoadedLine], at: LoadedLine | None, depth: int, times: int
) -> tuple[tuple[Choice, ...], LoadedLine | None]:
    found: list[Choice] = []
    while at is not None and at.part_of is not None and at.part_of["depth"] == depth:
        line, part = at, at.part_of
        under, at = _pieces(left, next(left, None), depth + 1, times)
        quantity = line.row["quantity"] // times
        options = [taken for taken in line.options if not taken.get("of_whole")]
        found.append(Choice(part["option_id"], quantity, None, (*choices_of(options), *under)))
    return tuple(found), at
