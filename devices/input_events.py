"""Linux input events from any file descriptor: a keyboard's presses, whole, whatever pieces they come in.

A `struct input_event` is two longs of time, two words of type and code, and a value; `man 7 input`, kernel
`include/uapi/linux/input-event-codes.h`.
"""

import struct
from dataclasses import dataclass

EVENT = struct.Struct("@llHHi")
EV_SYN, EV_KEY, EV_MAX = 0, 1, 0x1F
SYN_DROPPED = 3
PRESSED, RELEASED, REPEATED = 1, 0, 2
LEFT_SHIFT, RIGHT_SHIFT = 42, 54

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
)
# code → what a keyboard of the American layout types with it, plain and with shift; scanners are delivered so
CHARACTERS: dict[int, tuple[str, str]] = {
    start + at: pair for start, plain, shifted in _ROWS for at, pair in enumerate(zip(plain, shifted, strict=True))
} | {55: ("*", "*"), 98: ("/", "/")}
NAMES = {
    1: "Escape",
    14: "Backspace",
    15: "Tab",
    28: "Enter",
    96: "Enter",
    102: "Home",
    103: "ArrowUp",
    104: "PageUp",
    105: "ArrowLeft",
    106: "ArrowRight",
    107: "End",
    108: "ArrowDown",
    109: "PageDown",
    111: "Delete",
    **{59 + n: f"F{n + 1}" for n in range(10)},
    87: "F11",
    88: "F12",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key went down. `text` is what it types, if anything; `name` as browsers have it."""

    name: str
    text: str


class Keyboard:
    """Makes bytes into keys."""

    def __init__(self) -> None:
        self._rest = b""
        self._shifts: set[int] = set()

    def take(self, data: bytes) -> list[Key | None]:
        """The keys pressed, those held counted once; None where the kernel dropped some, or what came is no event."""
        data = self._rest + data
        whole = len(data) // EVENT.size * EVENT.size
        self._rest = data[whole:]
        found: list[Key | None] = []
        for seconds, micros, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind > EV_MAX or seconds < 0 or not 0 <= micros < 1_000_000 or (kind, code) == (EV_SYN, SYN_DROPPED):
                if not found or found[-1] is not None:
                    found.append(None)
                self._shifts.clear()
                self._rest = b""
            elif kind == EV_KEY and code in (LEFT_SHIFT, RIGHT_SHIFT):
                (self._shifts.discard if value == RELEASED else self._shifts.add)(code)
            elif kind == EV_KEY and value == PRESSED:
                found.append(self._key(code))
        return found

    def _key(self, code: int) -> Key:
        if code in CHARACTERS:
            text = CHARACTERS[code][bool(self._shifts)]
            return Key(text, text)
        return Key(NAMES.get(code, f"Key{code}"), "")


def events_of(text: str) -> bytes:
    """The events by which a keyboard types a text (with `\\n` for Enter): what a scanner of that kind sends."""
    by_text = {pair[shift]: (code, shift) for shift in (1, 0) for code, pair in CHARACTERS.items() if code < 71}
    sent = []
    for character in text:
        code, shift = (28, 0) if character == "\n" else by_text[character]
        keys = [(LEFT_SHIFT, PRESSED)] * shift + [(code, PRESSED), (code, RELEASED)] + [(LEFT_SHIFT, RELEASED)] * shift
        for key, value in keys:
            sent += [EVENT.pack(0, 0, EV_KEY, key, value), EVENT.pack(0, 0, EV_SYN, 0, 0)]
    return b"".join(sent)
