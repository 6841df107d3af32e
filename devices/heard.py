"""What devices say, and what they are asked to do, whatever their make."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Well:
    """The device answered as it should."""


@dataclass(frozen=True, slots=True)
class Garbled:
    """What came is no word of such a device; says so in a sentence."""

    detail: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scanner read this code."""

    code: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed, by the name that browsers give it (`1`, `Enter`, `ArrowUp`)."""

    key: str


@dataclass(frozen=True, slots=True)
class DrawerMoved:
    """A cash drawer was opened or pushed in, or was found so."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A cash drawer has stood open for longer than it may; says so in a sentence."""

    detail: str


@dataclass(frozen=True, slots=True)
class CardSaid:
    """What a card terminal says of a charge, or of what it was to give back, by its number: `waiting` for the guest or the
    bank, `approved` for an amount under its own reference, `declined` (cancelled, timed out), or `not_known`: it never was
    asked, and will not do it any more."""

    number: str
    state: str
    amount_minor: int = 0
    reference: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What lies on a scale, at rest; its own tare is taken off where it is `net`."""

    grams: int
    net: bool = False


@dataclass(frozen=True, slots=True)
class Unready:
    """The device is well and can't do it now: `why` for machines, and a sentence."""

    why: str
    detail: str


@dataclass(frozen=True, slots=True)
class Weigh:
    """Tell what lies there; some scales show the price of it, for so much a kilogram."""

    unit_price_minor: int = 0


@dataclass(frozen=True, slots=True)
class Show:
    """Show two lines to the guest."""

    top: str
    bottom: str


@dataclass(frozen=True, slots=True)
class OpenDrawer:
    """Open it."""


@dataclass(frozen=True, slots=True)
class Page:
    """Call a pager by its number; one that shows words shows these."""

    pager: str
    words: str


@dataclass(frozen=True, slots=True)
class Buzz:
    """Sound so often."""

    times: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Charge a card with so much, under a number that is never charged twice.

    key: its name among all charges anywhere, where numbers are one property's.
    """

    number: str
    amount_minor: int
    currency: str
    key: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Give so much of a card payment back to its card, under a number that is never given back twice however often it is
    asked. of: the card terminal's reference of what the card paid. key: as a charge has it."""

    number: str
    amount_minor: int
    currency: str
    key: str
    of: str


@dataclass(frozen=True, slots=True)
class CancelCharge:
    """Give a charge up, unless it went through already."""

    charge: Charge


@dataclass(frozen=True, slots=True)
class LookUp:
    """Say what became of a charge, or of what was to be given back; this alone never moves money."""

    of: Charge | GiveBack


Heard = Well | Garbled | Scanned | Pressed | DrawerMoved | LeftOpen | CardSaid
CardWish = Charge | GiveBack | CancelCharge | LookUp
Wish = Weigh | Show | OpenDrawer | Page | Buzz | CardWish
Done = Well | Garbled | Weighed | Unready
