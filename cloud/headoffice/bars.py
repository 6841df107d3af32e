"""Sales by hour as bars: where each stands in a drawing, so that the template only writes numbers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

HOURS = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour's bar; sizes in the drawing's own units, `before_y` the height line of the week before (None: none)."""

    hour: int
    amount_minor: int
    x: float
    y: float
    width: float
    height: float
    before_minor: int | None = None
    before_y: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """A drawing of `width` by `height`. `most_hour` is the hour with the highest sales; None when nothing was sold."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    most_hour: int | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.most_hour is None and all(bar.before_minor in (None, 0) for bar in self.bars)


def bars(
    by_hour: Mapping[int, int],
    before: Mapping[int, int] | None = None,
    *,
    first_hour: int,
    width: int,
    height: int,
    gap: float = 1.0,
    from_first_sale: bool = False,
) -> Bars:
    """The day's hours side by side from `first_hour` on, scaled to the highest; what is below nothing draws nothing.

    from_first_sale: leave out the hours before the first and after the last of either day that sold anything.
    """
    hours = [(first_hour + n) % HOURS for n in range(HOURS)]
    if from_first_sale:
        sold = [n for n, hour in enumerate(hours) if by_hour.get(hour) or (before or {}).get(hour)]
        hours = hours[sold[0] : sold[-1] + 1] if sold else []
    highest = max([*by_hour.values(), *(before or {}).values()], default=0)
    step = width / max(len(hours), 1)
    drawn = []
    for n, hour in enumerate(hours):
        amount = by_hour.get(hour, 0)
        tall = _scaled(amount, highest, height)
        was = None if before is None else before.get(hour, 0)
        drawn.append(
            Bar(
                hour=hour,
                amount_minor=amount,
                x=round(n * step + gap / 2, 2),
                y=round(height - tall, 2),
                width=round(max(step - gap, 0.5), 2),
                height=round(tall, 2),
                before_minor=was,
                before_y=None if not was else round(height - _scaled(was, highest, height), 2),
            )
        )
    most = max(by_hour, key=lambda hour: by_hour[hour], default=None)
    return Bars(width, height, tuple(drawn), most if most is not None and by_hour[most] > 0 else None)


def _scaled(amount: int, highest: int, height: int) -> float:
    if amount <= 0 or highest <= 0:
        return 0.0
    # an hour that sold anything at all can be seen
    return max(height * amount / highest, 1.0)
