"""A counter's devices without metal: scales, a customer display, a cash drawer. Each is what a `Plug` hears and answers.

They share no code with what drives them, and can be told to misbehave: `answers` replaces whatever they would say.
"""

import re
import threading
from dataclasses import dataclass, field

_PRICE = re.compile(rb"\x04\x0201\x1b([0-9]{5,6})\x1b\x03")


@dataclass
class VirtualScale:
    """Lies so many grams on it; `moving` while somebody's hand does too."""

    grams: int = 0
    moving: bool = False
    grams_max: int = 15_000
    answers: bytes | None = None
    unit_price: int = 0
    weighed: bool = False

    def hear_8217(self, data: bytes) -> bytes:
        """Answers `W` by the 8217 protocol, in kilograms with three decimals."""
        if b"W" not in data:
            return b""
        if self.answers is not None:
            return self.answers
        bits = 0x60 | (0x01 if self.moving else 0) | (0x02 if self.grams > self.grams_max else 0)
        bits |= 0x04 if self.grams < 0 else 0
        if bits != 0x60:
            return b"\x02?" + bytes((bits,)) + b"\r"
        return b"\x02%02d.%03d\r" % divmod(self.grams, 1000)

    def hear_dialog06(self, data: bytes) -> bytes:
        """Answers prices, questions and questions for its state by Dialog 06; each putting down is told once."""
        if self.answers is not None:
            return self.answers
        if found := _PRICE.search(data):
            self.unit_price = int(found[1])
            return b"\x15" if self._state() != b"00" else b"\x06"
        if b"\x0208\x03" in data:
            return b"\x0209\x1b" + self._state() + b"\x03"
        if b"\x04\x05" in data:
            self.weighed = True
            amount = self.grams * self.unit_price // 1000
            return b"\x0202\x1b3\x1b%05d\x1b%06d\x1b%06d\x03" % (self.grams, self.unit_price, amount)
        return b""

    def put(self, grams: int) -> None:
        """Somebody puts so much on it."""
        self.grams, self.weighed = grams, False

    def _state(self) -> bytes:
        if self.moving:
            return b"20"
        if self.grams > self.grams_max:
            return b"32"
        if self.grams < 0:
            return b"31"
        return b"21" if self.weighed else b"00"


@dataclass
class VirtualDisplay:
    """Two lines of twenty letters; `codec` is its letters'."""

    rows: list[str] = field(default_factory=lambda: ["", ""])
    codec: str = "cp437"
    _rest: bytes = b""

    def hear(self, data: bytes) -> bytes:
        """Takes CD5220's and ESC/POS's ways to write a line; says nothing."""
        self._rest += data
        for row, way in enumerate((rb"\x1bQA([^\r]*)\r|\x1f\$\x01\x01([^\x1b\x1f]{20})", b"")):
            ways = way or rb"\x1bQB([^\r]*)\r|\x1f\$\x01\x02([^\x1b\x1f]{20})"
            for found in re.finditer(ways, self._rest):
                self.rows[row] = (found[1] if found[1] is not None else found[2]).decode(self.codec).rstrip()
        self._rest = self._rest[-200:]
        return b""


@dataclass
class VirtualDrawer:
    """Springs open at ESC/POS's pulse, and says by `DLE EOT 1` whether it is."""

    is_open: bool = False
    opened: int = 0
    answers: bytes | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, data: bytes) -> bytes:
        """Obeys pulses, answers questions."""
        with self._lock:
            for _ in range(data.count(b"\x1bp")):
                self.is_open, self.opened = True, self.opened + 1
            if b"\x10\x04\x01" not in data:
                return b""
            return self.answers if self.answers is not None else bytes((0x16 if self.is_open else 0x12,))
