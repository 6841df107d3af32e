"""Scales on a serial line, asked for what lies on them: Mettler-Toledo's 8217 and the checkout Dialog 06.

Both as their makers publish them: 8217 is asked with `W`, Dialog 06 takes a price a kilogram and tells the weight once for
each time that something was put down. Weights come as whole grams; a scale that is moving tells none.
"""

import re
import time
from decimal import Decimal

from devices.heard import Done, Garbled, Heard, Unready, Weigh, Weighed, Well, Wish
from devices.line import Line, LineBroken

ANSWER_SECONDS = 1.5
ANSWER_BYTES_MAX = 64
GRAMS_OF = {"kg": Decimal(1000), "lb": Decimal("453.59237")}
STX, ETX, EOT, ENQ, ACK, NAK, ESC = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x1B
NONSENSE = Garbled(
    "The scale answers what no scale of this kind would say: look at its protocol and its line's settings."
)
MOVING = Unready("moving", "It is still moving: wait until it is at rest.")
OVER = Unready("overload", "There is too much on the scale.")
UNDER = Unready("underload", "The scale shows less than nothing: set it to zero.")
NOT_NOW = Unready("not_ready", "The scale can't weigh now: look at its display.")

_WEIGHT = re.compile(rb"\x02 *([0-9]{1,3}(?:\.[0-9]{1,3})?)(N?)\r")
_STATUS = re.compile(rb"\x02 *\?(.)\r", re.DOTALL)
_DIALOG_WEIGHT = re.compile(rb"\x0202\x1b[0-9]\x1b([0-9]{5})\x1b[0-9]{5,6}\x1b[0-9]{5,6}\x03")
_DIALOG_STATUS = re.compile(rb"\x0209\x1b([0-9]{2})\x03")
_DIALOG_CHECKSUM = re.compile(rb"\x0211\x1b.*\x03", re.DOTALL)


def heard_8217(answer: bytes) -> Done:
    """What an answer of the 8217 protocol means is in kilograms or pounds; here as thousandths of whichever."""
    if found := _WEIGHT.fullmatch(answer):
        return Weighed(int(Decimal(found[1].decode()) * 1000), net=bool(found[2]))
    if found := _STATUS.fullmatch(answer):
        bits = found[1][0]
        return MOVING if bits & 0x01 else OVER if bits & 0x02 else UNDER if bits & 0x04 else NOT_NOW
    return NONSENSE


def heard_dialog06(answer: bytes) -> Done:
    """What an answer of Dialog 06 means: a weight in grams, or one of its states."""
    if found := _DIALOG_WEIGHT.fullmatch(answer):
        return Weighed(int(found[1]))
    if found := _DIALOG_STATUS.fullmatch(answer):
        return {
            b"20": MOVING,
            b"21": Unready("unmoved", "It was weighed already: lift it and put it down again."),
            b"22": MOVING,
            b"30": UNDER,
            b"31": UNDER,
            b"32": OVER,
        }.get(found[1], NOT_NOW)
    if _DIALOG_CHECKSUM.fullmatch(answer):
        return Garbled("The scale asks for its maker's checksum, which we don't know: switch that off in its menu.")
    return NONSENSE


class Scale8217:
    """Drives a scale by the 8217 protocol. `unit` is what the scale shows, which its answers don't say."""

    def __init__(self, unit: str = "kg") -> None:
        self._grams = GRAMS_OF[unit]

    def begin(self, line: Line) -> list[Heard]:
        """It is asked at once: a scale is there only when it answers."""
        return _standing(self.do(line, Weigh()))

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Waits to be asked, and looks whether it is still there."""
        line.receive(seconds)
        return _standing(self.do(line, Weigh()))

    def do(self, line: Line, wish: Wish) -> Done:
        """Weighs. Raises LineBroken."""
        line.forget()
        line.send(b"W")
        told = heard_8217(_answer(line, b"\r"))
        if isinstance(told, Weighed):
            return Weighed(int((Decimal(told.grams) * self._grams / 1000).to_integral_value()), told.net)
        return told


class ScaleDialog06:
    """Drives a scale by Dialog 06."""

    def begin(self, line: Line) -> list[Heard]:
        """It is asked for its state at once."""
        return _standing(self._ask_status(line))

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """Waits to be asked, and looks whether it is still there."""
        line.receive(seconds)
        return _standing(self._ask_status(line))

    def do(self, line: Line, wish: Wish) -> Done:
        """Weighs at a price a kilogram, which the scale shows. Raises LineBroken."""
        price = wish.unit_price_minor if isinstance(wish, Weigh) else 0
        line.forget()
        line.send(bytes((EOT, STX)) + b"01\x1b" + b"%06d" % min(max(price, 1), 999_999) + bytes((ESC, ETX)))
        answer = _answer(line, bytes((ETX, ACK, NAK)))
        if answer == bytes((NAK,)):
            return self._ask_status(line)
        if answer != bytes((ACK,)):
            return heard_dialog06(answer)
        line.send(bytes((EOT, ENQ)))
        answer = _answer(line, bytes((ETX, NAK)))
        return self._ask_status(line) if answer == bytes((NAK,)) else heard_dialog06(answer)

    @staticmethod
    def _ask_status(line: Line) -> Done:
        line.forget()
        line.send(bytes((EOT, STX)) + b"08" + bytes((ETX,)))
        return heard_dialog06(_answer(line, bytes((ETX,))))


def _standing(told: Done) -> list[Heard]:
    """What an answer says of the scale itself: one that moves is as well as one at rest."""
    return [told] if isinstance(told, Garbled) else [Well()]


def _answer(line: Line, ends: bytes) -> bytes:
    """One answer with its end; as far as it came where there is too much without one. Raises LineBroken when none comes."""
    answer, until = bytearray(), time.monotonic() + ANSWER_SECONDS
    while len(answer) <= ANSWER_BYTES_MAX:
        ended = next((at for at, byte in enumerate(answer, start=1) if byte in ends), 0)
        left = until - time.monotonic()
        if ended or (answer and left <= 0):
            return bytes(answer[: ended or None])
        if left <= 0:
            raise LineBroken(
                "silent", "the scale does not answer: look at its cable, its protocol and its line's settings"
            )
        answer += line.receive(left)
    return bytes(answer[: ANSWER_BYTES_MAX + 1])
