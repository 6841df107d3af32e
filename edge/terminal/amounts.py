"""Money as staff read and type it. Amounts are integers of minor units everywhere else."""

from edge.terminal.words import spoken
from hospitality.ground.money import exponent
from web.locales import manner

AMOUNT_MINOR_MAX = 10**12
QUICK_AMOUNTS_MAX = 5


class NotAnAmount(ValueError):
    """What was typed is no amount of this currency."""


def written(amount_minor: int, currency: str) -> str:
    """An amount without its currency, as staff write it: 123450 of NAD is "1,234.50", in German "1.234,50"."""
    digits = exponent(currency)
    sign = "-" if amount_minor < 0 else ""
    whole, rest = divmod(abs(amount_minor), 10**digits)
    grouped = f"{whole:,}".replace(",", manner(spoken()).group)
    return f"{sign}{grouped}{decimal(f'.{rest:0{digits}d}') if digits else ''}"


def written_with_currency(amount_minor: int, currency: str) -> str:
    """An amount with its currency: "NAD 1,234.50", "1.234,50 EUR"."""
    amount = written(amount_minor, currency)
    return (f"{currency} {amount}" if manner(spoken()).currency_first else f"{amount} {currency}").strip()


def decimal(figure: str) -> str:
    """A figure with the decimal sign of staff: "0.312", "0,312"."""
    return figure.replace(".", manner(spoken()).decimal)


def percent(basis_points: int) -> str:
    """A rate: "2.5 %", "2,5 %"."""
    return f"{decimal(f'{basis_points / 100:g}')} %"


def read_amount(text: str, currency: str) -> int:
    """The minor units that were typed: "12", "12.5" and "12,50" are read alike.

    Raises NotAnAmount for anything else, for more digits than the currency has, and above AMOUNT_MINOR_MAX.
    """
    digits = exponent(currency)
    whole, point, rest = text.strip().replace(",", ".").partition(".")
    typed = (whole + rest).isascii() and (whole or "0").isdigit() and (rest or "0").isdigit()
    if not typed or not (whole or rest) or (point and not digits) or len(rest) > digits:
        raise NotAnAmount(text)
    amount_minor: int = int(whole or "0") * 10**digits + int((rest or "0").ljust(digits, "0")[:digits] or "0")
    if amount_minor > AMOUNT_MINOR_MAX:
        raise NotAnAmount(text)
    return amount_minor


def needed_of(house_minor: int, currency: str, rate_micro: int, house: str) -> int:
    """The least of another currency that counts as an amount of the house's."""
    half = max(0, 2 * house_minor - 1) * 1_000_000 * 10 ** exponent(currency)
    least: int = -(-half // (2 * rate_micro * 10 ** exponent(house)))
    return least


def quick_amounts(due_minor: int, currency: str) -> tuple[int, ...]:
    """What a guest is likely to hand over for `due_minor`: the next round amounts above it, smallest first.

    Round is meant in steps of 1, 2 and 5 of the size of the bill, never finer than a whole unit.
    """
    if due_minor <= 0:
        return ()
    unit: int = 10 ** exponent(currency)
    size: int = 10 ** (len(str(due_minor)) - 1)
    steps = (size // 10, size // 2, size, 2 * size, 5 * size, 10 * size)
    rounded = {-(-due_minor // step) * step for step in steps if step >= unit}
    return tuple(sorted(amount for amount in rounded if amount > due_minor)[:QUICK_AMOUNTS_MAX])
