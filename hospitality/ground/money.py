"""Money is an integer of minor units with its ISO 4217 currency; it never meets a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import floor

# ISO 4217 currencies whose minor unit is not a hundredth (the standard's list one, amended through 2026).
_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit stands for (2 unless ISO 4217 says otherwise)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of one currency in minor units; adding two currencies is a bug, not a conversion."""

    amount_minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def times(self, quantity: int) -> "Money":
        """This amount `quantity` times."""
        return Money(self.amount_minor * quantity, self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot combine {self.currency} with {other.currency}")


def written(amount_minor: int, currency: str) -> str:
    """The amount as plain decimal text with its currency, as paper and logs show it: `12.50 NAD`."""
    places = exponent(currency)
    sign = "-" if amount_minor < 0 else ""
    whole, part = divmod(abs(amount_minor), 10**places)
    decimals = f".{part:0{places}d}" if places else ""
    return f"{sign}{whole}{decimals} {currency}"


def round_half_up(value: Fraction) -> int:
    """The nearest integer, halves away from zero: the commercial rounding that tax offices print in their examples."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def to_step(amount_minor: int, step_minor: int) -> int:
    """The nearest multiple of the smallest coin, halves up: what can be paid in cash."""
    return (2 * amount_minor + step_minor) // (2 * step_minor) * step_minor


MICRO = 1_000_000


def in_house_currency(amount_minor: int, currency: str, rate_micro: int, house: str) -> int:
    """What an amount of another currency is worth in the house's, half up.

    rate_micro: millionths of one unit of the house currency that one unit of the other gets.
    """
    shift = Fraction(10) ** (exponent(house) - exponent(currency))
    return round_half_up(Fraction(amount_minor * rate_micro, MICRO) * shift)


def portions(amount_minor: int, parts: Sequence[int]) -> list[int]:
    """The amount cut as the parts stand to their sum, to the minor unit; the portions of the whole sum are the parts."""
    whole = sum(parts)
    if whole == 0:
        return [0] * len(parts)
    edges = [amount_minor * upto // whole for upto in accumulate(parts, initial=0)]
    return [after - before for before, after in pairwise(edges)]
