"""Card terminals: asked to charge by a number that they never charge twice, and asked again what became of it.

One JSON object a line, both ways (`docs/card-terminals.md`). No card's number ever crosses it. Whether a charge went
through is what the terminal says of its number, now or after any loss of the line, and nothing else.
"""

import time
from typing import Literal

import msgspec

from devices.heard import CancelCharge, CardSaid, Charge, Done, Garbled, GiveBack, Heard, LookUp, Well, Wish
from devices.line import Line, LineBroken

LINE_BYTES_MAX = 2_000
AMOUNT_MAX = 10**12
BEAT_SECONDS = 5.0
MISSED_MAX = 2
HELLO: dict[str, object] = {"do": "hello"}
NONSENSE = "The card terminal says what none of this protocol would: look at its adapter."


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """A line from a card terminal: that it is ready, or what became of a number."""

    ready: bool = False
    number: str = ""
    state: Literal["", "waiting", "approved", "declined", "not_known"] = ""
    amount_minor: int = 0
    reference: str = ""
    words: str = ""


class JsonCardTerminal:
    """Drives a card terminal by the protocol above."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = self._told = False
        self._missed = 0

    def begin(self, line: Line) -> list[Heard]:
        """Greets it; it is there once it answers."""
        line.send(_line(HELLO))
        return []

    def turn(self, line: Line, seconds: float) -> list[Heard]:
        """What it says within so many seconds; greets it where it says nothing. Raises LineBroken at the second silence."""
        asked_at = time.monotonic()
        data = line.receive(min(seconds, BEAT_SECONDS))
        if data:
            self._missed = 0
            return self._take(data)
        if time.monotonic() - asked_at < min(seconds, BEAT_SECONDS):
            return []  # woken: somebody wishes something
        self._missed += 1
        if self._missed > MISSED_MAX:
            raise LineBroken("silent", "the card terminal does not answer")
        line.send(_line(HELLO))
        return []

    def do(self, line: Line, wish: Wish) -> Done:
        """Says what is wished; what becomes of it comes in a later turn. Raises LineBroken."""
        match wish:
            case Charge(number, amount_minor, currency):
                said = {"do": "charge", "number": number, "amount_minor": amount_minor, "currency": currency}
            case GiveBack(number, amount_minor, currency, _, of):
                asked = {"number": number, "amount_minor": amount_minor, "currency": currency, "reference": of}
                said = {"do": "give_back", **asked}
            case CancelCharge(charge):
                said = {"do": "cancel", "number": charge.number}
            case LookUp(of):
                said = {"do": "look_up", "number": of.number}
            case _:
                raise AssertionError("a card terminal charges, gives back, cancels and looks up")
        line.send(_line(said))
        return Well()

    def _take(self, data: bytes) -> list[Heard]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        found: list[Heard] = []
        for text in lines:
            skip, self._skipping = self._skipping, False
            if not skip and text.strip():
                found += self._heard(text)
        if len(self._rest) > LINE_BYTES_MAX:
            self._rest, self._skipping = b"", True
            found += self._garbled()
        return found

    def _heard(self, text: bytes) -> list[Heard]:
        try:
            said = msgspec.json.decode(text, type=Said) if len(text) <= LINE_BYTES_MAX else None
        except (msgspec.DecodeError, msgspec.ValidationError):
            said = None
        if said is None or not (said.ready or (said.number and said.state)) or not 0 <= said.amount_minor < AMOUNT_MAX:
            return self._garbled()
        self._told = False
        if said.ready:
            return [Well()]
        return [CardSaid(said.number, said.state, said.amount_minor, said.reference, said.words)]

    def _garbled(self) -> list[Heard]:
        told, self._told = self._told, True
        return [] if told else [Garbled(NONSENSE)]


def _line(said: dict[str, object]) -> bytes:
    return msgspec.json.encode(said) + b"\n"
