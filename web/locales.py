"""How numbers, money and times are written for a reader of one language.

A small table of our own: it covers the languages that faces are translated to, and any other falls back to
plain English manners rather than failing.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hospitality.ground.money import exponent

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Manner:
    """What one language does with digits: separators, where the currency stands, the order of a date."""

    group: str
    decimal: str
    currency_first: bool
    date: str = "%d/%m/%Y"
    right_to_left: bool = False


_ENGLISH = Manner(group=",", decimal=".", currency_first=True)
_MANNERS = {
    "en": _ENGLISH,
    "en-US": Manner(group=",", decimal=".", currency_first=True, date="%m/%d/%Y"),
    "af": Manner(group=NO_BREAK_SPACE, decimal=",", currency_first=True, date="%Y-%m-%d"),
    "ar": Manner(group=",", decimal=".", currency_first=False, right_to_left=True),
    "de": Manner(group=".", decimal=",", currency_first=False, date="%d.%m.%Y"),
    "de-CH": Manner(group="\u2019", decimal=".", currency_first=True, date="%d.%m.%Y"),
    "es": Manner(group=".", decimal=",", currency_first=False),
    "fr": Manner(group=NARROW_NO_BREAK_SPACE, decimal=",", currency_first=False),
    "he": Manner(group=",", decimal=".", currency_first=False, date="%d.%m.%Y", right_to_left=True),
    "it": Manner(group=".", decimal=",", currency_first=False),
    "nl": Manner(group=".", decimal=",", currency_first=True, date="%d-%m-%Y"),
    "pt": Manner(group=".", decimal=",", currency_first=False),
}

# Only signs that one currency has to itself; a bare $ stands for twenty of them.
_SIGNS = {
    "AUD": "A$",
    "BRL": "R$",
    "BWP": "P",
    "CAD": "C$",
    "EUR": "€",
    "GBP": "£",
    "GHS": "GH₵",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KES": "KSh",
    "NAD": "N$",
    "NGN": "₦",
    "NZD": "NZ$",
    "USD": "US$",
    "ZAR": "R",
}


def manner(locale: str) -> Manner:
    """The manner of `locale` (`de-CH`, `de_CH` or `de`), by its language when the region has none of its own."""
    tag = locale.replace("_", "-")
    return _MANNERS.get(tag) or _MANNERS.get(tag.split("-")[0], _ENGLISH)


def is_right_to_left(locale: str) -> bool:
    """Whether pages in `locale` run from right to left."""
    return manner(locale).right_to_left


def count_text(value: int, locale: str) -> str:
    """A whole number with the separators of `locale`: `1,834`."""
    sign = MINUS if value < 0 else ""
    return sign + _grouped(abs(value), manner(locale).group)


def money_text(amount_minor: int, currency: str, locale: str) -> str:
    """An amount of minor units with its currency, as `locale` writes it: `N$1,250.00`, `1.250,00 €`."""
    how = manner(locale)
    places = exponent(currency)
    whole, part = divmod(abs(amount_minor), 10**places)
    digits = _grouped(whole, how.group) + (f"{how.decimal}{part:0{places}d}" if places else "")
    minus = MINUS if amount_minor < 0 else ""
    sign = _currency_sign(currency, locale)
    if not how.currency_first:
        return f"{minus}{digits}{NO_BREAK_SPACE}{sign}"
    # A code of letters needs air before the digits (NAD 12.50); a sign does not (N$12.50).
    return f"{minus}{sign}{NO_BREAK_SPACE if sign.isalpha() and len(sign) > 1 else ''}{digits}"


def time_text(instant: datetime, zone: str) -> str:
    """The time of day of an aware `instant` in `zone`, on the 24-hour clock that kitchens and desks use."""
    return _in_zone(instant, zone).strftime("%H:%M")


def day_text(instant: datetime, zone: str, locale: str) -> str:
    """The day of an aware `instant` in `zone`, in figures in the order of `locale`."""
    return _in_zone(instant, zone).strftime(manner(locale).date)


def _grouped(value: int, group: str) -> str:
    return f"{value:,}".replace(",", group)


def _currency_sign(currency: str, locale: str) -> str:
    if currency == "USD" and locale.replace("_", "-") == "en-US":
        return "$"
    return _SIGNS.get(currency, currency)


def _in_zone(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown: it could be anyone's")
    return instant.astimezone(ZoneInfo(zone))
