"""Which options of an item are chosen, and whether they keep to each group's min and max. Pure."""

from dataclasses import dataclass, replace

from edge.terminal.shapes import ModifierGroup, Option


@dataclass(frozen=True)
class Choices:
    """The options chosen so far, by place in the groups: `picked[g]` holds places of options in group g."""

    groups: tuple[ModifierGroup, ...]
    picked: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def of(cls, groups: tuple[ModifierGroup, ...], option_ids: tuple[str, ...] = ()) -> "Choices":
        """Choices among `groups` that start with those options already chosen."""
        picked = tuple(
            tuple(place for place, option in enumerate(group.options) if option.id in option_ids) for group in groups
        )
        return cls(groups, picked)

    def toggled(self, group: int, option: int) -> "Choices":
        """Take an option, or give it back; in a group of one, the new choice takes the old one's place.

        A full group stays as it is: what was chosen is never thrown out unseen.
        """
        limit, chosen = self.groups[group].choices_max, self.picked[group]
        if option in chosen:
            chosen = tuple(other for other in chosen if other != option)
        elif limit == 1:
            chosen = (option,)
        elif len(chosen) < limit:
            chosen = (*chosen, option)
        return replace(self, picked=(*self.picked[:group], chosen, *self.picked[group + 1 :]))

    def missing(self, group: int) -> int:
        """How many more choices this group needs."""
        return max(0, self.groups[group].choices_min - len(self.picked[group]))

    def full(self, group: int) -> bool:
        """Whether this group takes no more."""
        return len(self.picked[group]) >= self.groups[group].choices_max

    @property
    def unfinished(self) -> int | None:
        """The first group that needs more choices; None when the item may be ordered so."""
        return next((place for place in range(len(self.groups)) if self.missing(place)), None)

    @property
    def chosen(self) -> tuple[tuple[ModifierGroup, Option], ...]:
        """The chosen options with their groups, in the menu's order."""
        return tuple(
            (group, group.options[place])
            for group, places in zip(self.groups, self.picked, strict=True)
            for place in sorted(places)
        )

    @property
    def delta_minor(self) -> int:
        """What the choices add to the item's price."""
        return sum(option.price_delta_minor for _group, option in self.chosen)
