"""Which options of an item are chosen, with what they lead to, and whether they keep to each group's min and max. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from edge.terminal.shapes.menu import MenuItem, ModifierGroup, Option

DEPTH_MAX = 5
QUANTITY_MAX = 99
HALVES = (None, "left", "right")
Leads = Mapping[str, tuple[ModifierGroup, ...]]


@dataclass(frozen=True)
class Chosen:
    """An option as it is ordered: how many of it (0: left out), on which half, with what is chosen under it."""

    option: Option
    quantity: int = 1
    half: str | None = None
    under: tuple["Chosen", ...] = ()

    @property
    def delta_minor(self) -> int:
        """What it adds to the price of one item."""
        delta = self.option.price_delta_minor
        each = (delta + 1) // 2 if self.half else delta
        return self.quantity * (each + sum(one.delta_minor for one in self.under))

    def body(self) -> dict[str, Any]:
        """As the node's API takes it."""
        body: dict[str, Any] = {"option_id": self.option.id, "quantity": self.quantity}
        if self.half:
            body["half"] = self.half
        if self.under:
            body["options"] = [one.body() for one in self.under]
        return body

    def by_menu(self, offered: Mapping[str, Option]) -> "Chosen":
        """As these options are now."""
        under = tuple(one.by_menu(offered) for one in self.under)
        return replace(self, option=offered.get(self.option.id, self.option), under=under)


def chosen_of(bodies: Sequence[Mapping[str, Any]], offered: Mapping[str, Option]) -> tuple[Chosen, ...]:
    """What `Chosen.body` wrote; options gone from the menu are left out."""
    return tuple(
        Chosen(
            offered[body["option_id"]], body["quantity"], body.get("half"), chosen_of(body.get("options", ()), offered)
        )
        for body in bodies
        if body["option_id"] in offered
    )


def leads_of(
    item: MenuItem, menu: Mapping[str, MenuItem], *, deeper: int = DEPTH_MAX
) -> dict[str, tuple[ModifierGroup, ...]]:
    """Option id → the groups that it leads to: its own, or those of the item that it brings."""
    return _leads(item.modifier_groups, menu, deeper)


def _leads(
    groups: Sequence[ModifierGroup], menu: Mapping[str, MenuItem], deeper: int
) -> dict[str, tuple[ModifierGroup, ...]]:
    found: dict[str, tuple[ModifierGroup, ...]] = {}
    for option in (option for group in groups for option in group.options) if deeper else ():
        brought = menu.get(option.menu_item_id or "")
        under = brought.asks if brought else tuple(group for group in option.groups if group.options)
        if under:
            found[option.id] = under
            found |= _leads(under, menu, deeper - 1)
    return found


def offered_by(item: MenuItem, menu: Mapping[str, MenuItem]) -> dict[str, Option]:
    """All options that can be chosen with an item, by id."""
    groups = [*item.modifier_groups, *(group for under in leads_of(item, menu).values() for group in under)]
    return {option.id: option for group in groups for option in group.options}


@dataclass(frozen=True)
class Taken:
    """A chosen option by its place in its group."""

    place: int
    quantity: int = 1
    half: str | None = None
    under: "Choices | None" = None


@dataclass(frozen=True)
class Slot:
    """A group as it is shown: those that a chosen option leads to stand behind its group, one step in."""

    path: tuple[int, ...]
    choices: "Choices"
    place: int
    depth: int = 0
    of: str = ""

    @property
    def group(self) -> ModifierGroup:
        """The group."""
        return self.choices.groups[self.place]

    @property
    def taken(self) -> dict[int, Taken]:
        """What is chosen of it, by place."""
        return {one.place: one for one in self.choices.taken[self.place]}

    @property
    def halves(self) -> int:
        """How much is chosen, in halves."""
        return sum(one.quantity * (1 if one.half else 2) for one in self.choices.taken[self.place])


@dataclass(frozen=True)
class Choices:
    """The options chosen so far, by group. A place in what follows is that of a slot."""

    groups: tuple[ModifierGroup, ...]
    taken: tuple[tuple[Taken, ...], ...] = ()
    leads: Leads = field(default_factory=dict)
    depth: int = 0

    @classmethod
    def of(
        cls,
        groups: tuple[ModifierGroup, ...],
        chosen: Sequence[Chosen] | None = None,
        leads: Leads | None = None,
        depth: int = 0,
    ) -> "Choices":
        """Choices among `groups` that start with what was chosen before, or else with the presets."""
        leads = leads or {}

        def under(option: Option, of: Chosen | None) -> "Choices | None":
            groups = leads.get(option.id) if depth < DEPTH_MAX else None
            return cls.of(groups, of.under if of else None, leads, depth + 1) if groups else None

        def start(group: ModifierGroup) -> tuple[Taken, ...]:
            if chosen is None:
                presets = [(place, option) for place, option in enumerate(group.options) if option.preset]
                return tuple(Taken(place, under=under(option, None)) for place, option in presets)
            before = {one.option.id: one for one in chosen if one.quantity}
            return tuple(
                Taken(place, before[option.id].quantity, before[option.id].half, under(option, before[option.id]))
                for place, option in enumerate(group.options)
                if option.id in before
            )

        return cls(groups, tuple(start(group) for group in groups), leads, depth)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """All groups that ask something now, in the order in which they are shown."""
        found: list[Slot] = []
        for place in range(len(self.groups)):
            found.append(Slot((place,), self, place))
            for one in self.taken[place]:
                name = self.groups[place].options[one.place].name
                for slot in one.under.slots if one.under else ():
                    path = (place, one.place, *slot.path)
                    found.append(replace(slot, path=path, depth=slot.depth + 1, of=slot.of or name))
        return tuple(found)

    @property
    def picked(self) -> tuple[tuple[int, ...], ...]:
        """The places of the options chosen of each group."""
        return tuple(tuple(one.place for one in of) for of in self.taken)

    def toggled(self, slot: int, option: int) -> "Choices":
        """Take an option, or give it back; in a group of one, the new choice takes the old one's place.

        A full group stays as it is: what was chosen is never thrown out unseen.
        """

        def change(choices: "Choices", place: int) -> tuple[Taken, ...]:
            group, taken = choices.groups[place], choices.taken[place]
            if any(one.place == option for one in taken):
                return tuple(one for one in taken if one.place != option)
            fresh = Taken(option, under=choices._led_to(group.options[option]))
            if group.choices_max == 1:
                return (fresh,)
            return (*taken, fresh) if choices._fits((*taken, fresh), group) else taken

        return self._changed(self.slots[slot].path, change)

    def more(self, slot: int, option: int, step: int) -> "Choices":
        """So many more of an option, or fewer; none gives it back, and a full group stays as it is."""

        def change(choices: "Choices", place: int) -> tuple[Taken, ...]:
            group, taken = choices.groups[place], choices.taken[place]
            here = next((one for one in taken if one.place == option), None)
            if here is None:
                fresh = (*taken, Taken(option, under=choices._led_to(group.options[option])))
                return fresh if step > 0 and choices._fits(fresh, group) else taken
            quantity = min(here.quantity + step, QUANTITY_MAX)
            others = tuple(replace(one, quantity=quantity) if one is here else one for one in taken)
            kept = tuple(one for one in others if one.quantity)
            return kept if step < 0 or choices._fits(kept, group) else taken

        return self._changed(self.slots[slot].path, change)

    def halved(self, slot: int, option: int) -> "Choices":
        """An option on the left half, then on the right one, then on the whole again; it is taken if it was not."""

        def change(choices: "Choices", place: int) -> tuple[Taken, ...]:
            group, taken = choices.groups[place], choices.taken[place]
            if not group.halves or group.options[option].menu_item_id:
                return taken
            here = next((one for one in taken if one.place == option), Taken(option))
            half = HALVES[(HALVES.index(here.half) + 1) % len(HALVES)]
            kept = (*(one for one in taken if one.place != option), replace(here, half=half))
            return kept if choices._fits(kept, group) else tuple(one for one in taken if one.place != option)

        return self._changed(self.slots[slot].path, change)

    def _changed(self, path: tuple[int, ...], change: Callable[["Choices", int], tuple[Taken, ...]]) -> "Choices":
        place = path[0]
        if len(path) == 1:
            of = change(self, place)
        else:
            of = tuple(
                replace(one, under=one.under._changed(path[2:], change)) if one.under and one.place == path[1] else one
                for one in self.taken[place]
            )
        return replace(self, taken=(*self.taken[:place], of, *self.taken[place + 1 :]))

    def _led_to(self, option: Option) -> "Choices | None":
        groups = self.leads.get(option.id) if self.depth < DEPTH_MAX else None
        return Choices.of(groups, None, self.leads, self.depth + 1) if groups else None

    @staticmethod
    def _fits(taken: Sequence[Taken], group: ModifierGroup) -> bool:
        return sum(one.quantity * (1 if one.half else 2) for one in taken) <= 2 * group.choices_max

    def missing(self, slot: int) -> int:
        """How many more choices this group needs."""
        of = self.slots[slot]
        return max(0, -(-(2 * of.group.choices_min - of.halves) // 2))

    def full(self, slot: int) -> bool:
        """Whether this group takes no more."""
        of = self.slots[slot]
        return of.halves >= 2 * of.group.choices_max

    @property
    def unfinished(self) -> int | None:
        """The first group that needs more choices; None when the item may be ordered so."""
        return next((place for place in range(len(self.slots)) if self.missing(place)), None)

    @property
    def decided(self) -> bool:
        """Whether there is nothing to choose: each group is taken whole, as it goes by itself."""
        return all(
            len(slot.taken) == len(slot.group.options) and slot.halves == 2 * slot.group.choices_min
            for slot in self.slots
        )

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """What is chosen, in the menu's order; of presets that nothing takes the place of also what is left out."""
        found = []
        for group, taken in zip(self.groups, self.taken, strict=True):
            here = {one.place: one for one in taken}
            for place, option in enumerate(group.options):
                one = here.get(place)
                if one:
                    found.append(Chosen(option, one.quantity, one.half, one.under.chosen if one.under else ()))
                elif option.preset and not group.choices_min:
                    found.append(Chosen(option, 0))
        return tuple(found)

    @property
    def delta_minor(self) -> int:
        """What the choices add to the item's price."""
        return sum(one.delta_minor for one in self.chosen)
