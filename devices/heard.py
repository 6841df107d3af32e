"""What devices say, whatever their make: what a scanner read, a key was pressed, something was weighed."""

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


Heard = Well | Garbled | Scanned | Pressed
