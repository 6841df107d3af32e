"""What a drawer should hold. Values in, a decision out."""

from collections.abc import Mapping
from dataclasses import dataclass

from hospitality.ground.errors import Invalid

COUNTED_MINOR_MAX = 10_000_000_000_000
CURRENCIES_MAX = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """One currency of a counted drawer."""

    currency: str
    counted_minor: int
    expected_minor: int


def counted_drawer(
    counted_minor: Mapping[str, int], expected_minor: Mapping[str, int], *, currency: str
) -> tuple[Counted, ...]:
    """What was counted beside what should be there, in every currency that either has; the house currency first.

    Raises Invalid unless each count is zero or more. A currency that was not counted counts as none.
    """
    if len(counted_minor) > CURRENCIES_MAX or any(not 0 <= n <= COUNTED_MINOR_MAX for n in counted_minor.values()):
        raise Invalid("COUNT_INVALID", "Count each currency: zero or more.", currencies=len(counted_minor))
    others = sorted({*counted_minor, *(name for name, amount in expected_minor.items() if amount)} - {currency})
    return tuple(Counted(name, counted_minor.get(name, 0), expected_minor.get(name, 0)) for name in (currency, *others))
