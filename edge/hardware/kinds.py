"""Which kinds of devices there are, and how each is spoken to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Protocol

from devices import cash_drawer, customer_display, kicked_drawer, scale
from devices.bump_bar import BumpBar
from devices.buzzer import TIMES_MAX, EscposBuzzer
from devices.card_terminal import JsonCardTerminal
from devices.cash_drawer import SerialDrawer
from devices.customer_display import Cd5220Display, EscposDisplay
from devices.heard import Buzz, CardWish, Done, Heard, OpenDrawer, Page, Show, Weigh, Wish
from devices.kicked_drawer import KickedDrawer
from devices.line import Line, SerialSettings
from devices.pager import TapPager
from devices.scale import Scale8217, ScaleDialog06
from devices.scanner import KeyboardScanner, SerialScanner
from devices.stripe_terminal import StripeCardTerminal


class Driver(Protocol):
    """One conversation over one open line; made anew for each. Both calls raise LineBroken."""

    def begin(self, line: Line) -> list[Heard]:
        """What is known once the line is open."""

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """What the device says within so many seconds."""


class Obedient(Driver, Protocol):
    """A driver that does what it is asked as well."""

    def do(self, line: Line, wish: Wish) -> Done:
        """Does it now. Raises LineBroken."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to speak to devices of one kind: over which lines, set how unless its record says otherwise.

    wish: what it can be asked to do. settings: its own, by name with what each may be.
    """

    make: Callable[[Mapping[str, Any]], Driver]
    ways: frozenset[str]
    serial: SerialSettings = field(default_factory=SerialSettings)
    needs_terminal: bool = False
    wish: type[Wish] | UnionType | None = None
    settings: Mapping[str, Sequence[Any]] = field(default_factory=dict)


WIRED = frozenset({"serial", "tcp"})
TYPED = frozenset({"input"})
# `left_open_seconds`: for so long it may stand open before it is told; 0 is for ever
DRAWERS: dict[str, Sequence[Any]] = {"open_is": cash_drawer.OPEN_IS, "left_open_seconds": range(3_601)}
DISPLAYS: dict[str, Sequence[Any]] = {"columns": (16, 20, 40), "code_page": tuple(customer_display.CODE_PAGES)}
# by kind and driver
KINDS: dict[str, dict[str, Kind]] = {
    "scanner": {
        "serial": Kind(lambda _: SerialScanner(), WIRED, needs_terminal=True),
        "keyboard": Kind(lambda _: KeyboardScanner(), TYPED, needs_terminal=True),
    },
    "bump_bar": {"keyboard": Kind(lambda _: BumpBar(), TYPED, needs_terminal=True)},
    "scale": {
        "8217": Kind(
            lambda said: Scale8217(said.get("unit", "kg")),
            WIRED,
            serial=SerialSettings(bits=7, parity="even"),
            wish=Weigh,
            settings={"unit": tuple(scale.GRAMS_OF)},
        ),
        "dialog06": Kind(lambda _: ScaleDialog06(), WIRED, serial=SerialSettings(bits=7, parity="odd"), wish=Weigh),
    },
    "display": {
        "cd5220": Kind(lambda said: Cd5220Display(**said), WIRED, wish=Show, settings=DISPLAYS),
        "escpos": Kind(lambda said: EscposDisplay(**said), WIRED, wish=Show, settings=DISPLAYS),
    },
    "card_terminal": {
        "json": Kind(lambda _: JsonCardTerminal(), WIRED, needs_terminal=True, wish=CardWish),
        "stripe": Kind(lambda _: StripeCardTerminal(), frozenset({"stripe"}), needs_terminal=True, wish=CardWish),
    },
    # `runner`: which pager is called when something is ready; 0 is nobody's
    "pager": {"tap": Kind(lambda _: TapPager(), WIRED, wish=Page, settings={"runner": range(10_000)})},
    "buzzer": {"escpos": Kind(lambda _: EscposBuzzer(), WIRED, wish=Buzz, settings={"times": range(1, TIMES_MAX + 1)})},
    "drawer": {
        "serial": Kind(
            lambda said: SerialDrawer(**said),
            WIRED,
            wish=OpenDrawer,
            settings={"told_by": cash_drawer.TOLD_BY, **DRAWERS},
        ),
        "printer": Kind(
            lambda said: KickedDrawer(**said),
            frozenset({"printer"}),
            wish=OpenDrawer,
            settings={"told_by": kicked_drawer.TOLD_BY, "socket": kicked_drawer.SOCKETS, **DRAWERS},
        ),
    },
}


def usual_driver(kind: str, way: str) -> str:
    """The driver of a kind that is meant when none is named: its first that goes that way; empty where there is no such
    kind."""
    drivers = KINDS.get(kind, {})
    return next((name for name, one in drivers.items() if way in one.ways), next(iter(drivers), ""))
