"""Bad weather on a wire: connections that are slow, broken off, reset, or heard by one end alone."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from buffr.link import BrokenOff, LinkProxy

LATER_SECONDS_MAX = 0.2
SILENT_SECONDS_MAX = 3.0
BYTES_MAX = 8_000
KINDS = ("fair", "late", "broken off", "reset", "half open")


@dataclass
class Weather:
    """Deals each connection its fate while it is bad; from one seed always the same."""

    chance: Random
    is_bad: bool = False
    dealt: dict[str, int] = field(default_factory=dict)

    def wire(self, host: str, port: int) -> LinkProxy:
        """A wire in this weather."""
        return LinkProxy(host, port, fate=self.fate)

    def fate(self) -> "Fate":
        """What befalls the next connection."""
        return Fate(self, self.chance.choice(KINDS), 1 + int(self.chance.random() ** 2 * BYTES_MAX))


@dataclass
class Fate:
    """One connection's; it strikes after so many bytes, and only while the weather is bad."""

    weather: Weather
    kind: str
    bytes_left: int

    async def carry(self, chunk: bytes, *, is_up: bool) -> bytes:
        """What of these bytes goes on."""
        if not self.weather.is_bad or self.kind == "fair":
            return chunk
        if self.kind == "late":
            await asyncio.sleep(self.weather.chance.random() * LATER_SECONDS_MAX)
            return chunk
        passed, self.bytes_left = chunk[: self.bytes_left], self.bytes_left - len(chunk)
        if self.bytes_left >= 0:
            return chunk
        self.weather.dealt[self.kind] = self.weather.dealt.get(self.kind, 0) + 1
        if self.kind == "broken off":
            raise BrokenOff(passed)
        if self.kind == "half open":  # the other end goes on for a while, and hears nothing
            await asyncio.sleep(self.weather.chance.random() * SILENT_SECONDS_MAX)
        raise ConnectionResetError("the wire")
