"""What is chosen of an item, and what it is then made of. Values in, a decision out.

One mechanism for all of it: an option adds words and a price to its item, leads on to further groups, or brings an item of
its own. An item and what its choices bring are its pieces; each becomes a line with its own station and tax. A set is made
of its pieces alone, and its price is cut over them as their own prices stand to each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from hospitality.ground.errors import Invalid, Refused
from hospitality.ground.money import portions
from hospitality.menu.rules import OPTION_QUANTITY_MAX, Group, ItemForSale, Option

CHOICE_DEPTH_MAX = 5
PIECES_MAX = 100
HALVES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Choice:
    """An option that is taken: how often in one item, 0 for a preset that is left out; on one half, where it is not on the
    whole. choices: of what the option leads to, or of the item that it brings."""

    option_id: str
    quantity: int = 1
    half: str | None = None
    choices: tuple["Choice", ...] = ()


@dataclass(frozen=True, slots=True)
class AtHand:
    """What was read of the menu: items and options by id, presets by their group, groups by the option that leads there."""

    items: Mapping[str, ItemForSale]
    options: Mapping[str, Option]
    presets: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    groups: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One line to be: so many of an item in one of what was ordered, with what was chosen on it, at a price for each.

    option_id: what brought it, None for what was ordered itself; depth: how many steps it is from that.
    """

    item: ItemForSale
    choices: list[dict[str, Any]]
    quantity: int
    unit_price_minor: int
    group: Group | None = None
    option_id: str | None = None
    depth: int = 0


@dataclass(slots=True)
class _Found:
    """A piece before its price is known: what it costs for sure, and by what it shares in the price of its set."""

    item: ItemForSale
    fixed_minor: int
    weight: int
    count: int
    group: Group | None
    option_id: str | None
    depth: int
    choices: list[dict[str, Any]] = field(default_factory=list)


def pieces_of(
    item: ItemForSale, chosen: Sequence[Choice], menu: AtHand, *, unit_price_minor: int | None = None
) -> list[Piece]:
    """What one of an item is made of with these choices; the prices add up to its own with all that choices add.

    unit_price_minor: what one costs altogether, where somebody keyed that in; it is cut over the pieces likewise.
    Refused UNKNOWN_CHOICE, TOO_FEW_CHOICES, TOO_MANY_CHOICES, SET_EMPTY, PRICE_BELOW_ZERO; Invalid QUANTITY_INVALID,
    HALF_INVALID, CHOICES_INVALID.
    """
    if not chosen and not item.groups and not item.is_set:
        price = item.price_minor if unit_price_minor is None else unit_price_minor
        return [Piece(item, [], 1, price)]
    found: list[_Found] = []
    if item.is_set:
        head = _Found(item, item.price_minor, 0, 1, None, None, 0)
    else:
        head = _Found(item, item.price_minor, 0, 1, None, None, 0)
        found.append(head)
    _choose(head, item.groups, chosen, menu, found, level=0, times=1)
    if not found:
        raise Refused(
            "SET_EMPTY", f"Nothing is chosen of {item.name}. Choose what it is made of.", menu_item_id=item.id
        )
    if sum(one.count for one in found) > PIECES_MAX:
        raise Invalid("OPTIONS_INVALID", f"One item brings at most {PIECES_MAX} others.")
    units = [one for one in found for _ in range(one.count)]
    prices = [one.fixed_minor for one in units]
    if item.is_set:
        found[0].choices[:0] = head.choices
        weights = [one.weight for one in units]
        shares = _shares(head.fixed_minor, weights if any(weights) else [int(one.depth == 1) for one in units])
        prices = [price + share for price, share in zip(prices, shares, strict=True)]
    for one, price in zip(units, prices, strict=True):
        if price < 0:
            raise Refused(
                "PRICE_BELOW_ZERO",
                f"The choices would make {one.item.name} cost less than nothing. Take one of them away.",
                menu_item_id=one.item.id,
            )
    if unit_price_minor is not None:
        prices = _shares(unit_price_minor, prices)
    return _pieces(zip(units, prices, strict=True))


def check_leads(leads: Mapping[str, Collection[str]]) -> None:
    """Raises Invalid where choices of a group lead on too often, or in a circle. leads: by group, the groups that its
    options lead to."""
    for group in leads:
        reached = {group}
        for _ in range(CHOICE_DEPTH_MAX + 1):
            reached = {further for one in reached for further in leads.get(one, ())}
        if reached:
            raise Invalid("CHOICES_INVALID", f"Choices lead on at most {CHOICE_DEPTH_MAX} times.")


def _shares(amount_minor: int, weights: Sequence[int]) -> list[int]:
    return portions(amount_minor, weights if any(weights) else [1] * len(weights))


def _pieces(units: Iterable[tuple[_Found, int]]) -> list[Piece]:
    """Units of one piece at one price are one line."""
    pieces = []
    for (_, price), of in groupby(units, key=lambda unit: (id(unit[0]), unit[1])):
        same = [one for one, _ in of]
        one = same[0]
        pieces.append(Piece(one.item, one.choices, len(same), price, one.group, one.option_id, one.depth))
    return pieces


def _choose(
    of: _Found,
    groups: Sequence[Group],
    chosen: Sequence[Choice],
    menu: AtHand,
    found: list[_Found],
    *,
    level: int,
    times: int,
) -> None:
    """Takes choices of these groups on a piece: words and prices for itself, or further pieces.

    level: how deep the groups are nested; times: how often what leads to them is taken.
    """
    if level > CHOICE_DEPTH_MAX:
        raise Invalid("CHOICES_INVALID", f"Choices lead on at most {CHOICE_DEPTH_MAX} times.")
    offered = {group.id: group for group in groups}
    halves = dict.fromkeys(offered, 0)
    for choice in _with_presets(offered, chosen, menu):
        option = menu.options.get(choice.option_id)
        group = offered.get(option.group_id) if option else None
        if option is None or group is None:
            raise _unknown(of.item, choice.option_id)
        _check_choice(choice, option, group)
        halves[group.id] += choice.quantity * (1 if choice.half else 2)
        if option.menu_item_id is not None and choice.quantity:
            _bring(of, option, group, choice, menu, found, level=level, times=times)
        else:
            _take(of, option, group, choice, level=level, times=times)
            if choice.quantity:
                under = menu.groups.get(option.id, ())
                further = times * choice.quantity
                _choose(of, under, choice.choices, menu, found, level=level + 1, times=further)
    for group in groups:
        _check_count(of.item, group, halves[group.id])


def _with_presets(offered: Mapping[str, Group], chosen: Sequence[Choice], menu: AtHand) -> list[Choice]:
    """What was chosen, and of a group of which nothing was said what goes with it by itself."""
    named = (menu.options.get(choice.option_id) for choice in chosen)
    said = {option.group_id for option in named if option}
    silent = (id for id, group in offered.items() if group.has_presets and id not in said)
    return [*chosen, *(Choice(option.id) for id in silent for option in menu.presets.get(id, ()))]


def _take(of: _Found, option: Option, group: Group, choice: Choice, *, level: int, times: int) -> None:
    delta = (option.price_delta_minor + 1) // 2 if choice.half else option.price_delta_minor
    quantity = choice.quantity * times
    of.fixed_minor += delta * quantity
    taken = {
        "option_id": option.id,
        "group_name": group.name,
        "name": option.name,
        "price_delta_minor": delta,
        "quantity": quantity,
    }
    if choice.half:
        taken["half"] = choice.half
    if level:
        taken["depth"] = level
    if of.item.is_set:  # said of no piece, and kept with the first
        taken["of_whole"] = True
    of.choices.append(taken)


def _bring(
    of: _Found,
    option: Option,
    group: Group,
    choice: Choice,
    menu: AtHand,
    found: list[_Found],
    *,
    level: int,
    times: int,
) -> None:
    item = menu.items.get(option.menu_item_id or "")
    if item is None or item.sold_as != "piece":
        raise _unknown(of.item, option.id)
    weight = item.price_minor if of.item.is_set else 0
    piece = _Found(item, option.price_delta_minor, weight, choice.quantity * times, group, option.id, of.depth + 1)
    if piece.depth > CHOICE_DEPTH_MAX or piece.count > PIECES_MAX or len(found) >= PIECES_MAX:
        raise Invalid("OPTIONS_INVALID", f"One item brings at most {PIECES_MAX} others.")
    found.append(piece)
    _choose(piece, item.groups, choice.choices, menu, found, level=0, times=1)


def _unknown(item: ItemForSale, option_id: str) -> Refused:
    return Refused(
        "UNKNOWN_CHOICE",
        f"{item.name} is not offered with that choice. Choose again from the menu.",
        menu_item_id=item.id,
        option_id=option_id,
    )


def _check_choice(choice: Choice, option: Option, group: Group) -> None:
    least = 0 if option.preset else 1
    if not least <= choice.quantity <= OPTION_QUANTITY_MAX:
        raise Invalid(
            "QUANTITY_INVALID",
            f"Take a choice {least} to {OPTION_QUANTITY_MAX} times.",
            option_id=option.id,
            quantity=choice.quantity,
        )
    if choice.half is not None and (choice.half not in HALVES or not group.halves or option.menu_item_id is not None):
        raise Invalid(
            "HALF_INVALID", f"{option.name} goes on the whole, or on a half where the menu allows it: left or right."
        )


def _check_count(item: ItemForSale, group: Group, halves: int) -> None:
    if halves < 2 * group.choices_min:
        raise Refused(
            "TOO_FEW_CHOICES",
            f"{item.name} needs at least {group.choices_min} of {group.name}; {halves / 2:g} chosen.",
            menu_item_id=item.id,
            group_id=group.id,
            choices_min=group.choices_min,
        )
    if halves > 2 * group.choices_max:
        raise Refused(
            "TOO_MANY_CHOICES",
            f"{item.name} takes at most {group.choices_max} of {group.name}; {halves / 2:g} chosen.",
            menu_item_id=item.id,
            group_id=group.id,
            choices_max=group.choices_max,
        )


def choices_of(snapshot: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """The choices that lead to what a line has again: it names what is nested behind what leads there."""
    found, at = _nested(snapshot, 0, 0, 1)
    assert at == len(snapshot), "a choice is nested under nothing"
    return found


def _nested(snapshot: Sequence[Mapping[str, Any]], at: int, level: int, times: int) -> tuple[tuple[Choice, ...], int]:
    found = []
    while at < len(snapshot) and snapshot[at].get("depth", 0) == level:
        taken = snapshot[at]
        under, at = _nested(snapshot, at + 1, level + 1, taken["quantity"] or 1)
        found.append(Choice(taken["option_id"], taken["quantity"] // times, taken.get("half"), under))
    return tuple(found), at
