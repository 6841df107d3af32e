"""A paging transmitter and a buzzer without metal: what a `Plug` hears and answers, by TAP 1.8 and by ESC/POS.

They share no code with what drives them. `knows` says which pagers the transmitter has; `mishears` so many blocks; `answers`
replaces whatever it would say.
"""

import re
from dataclasses import dataclass, field

_BLOCK = re.compile(rb"\x02([^\r]*)\r([^\r]*)\r\x03(...)\r", re.DOTALL)
_BUZZ = re.compile(rb"\x1b\(A\x05\x00\x61\x64(.)..", re.DOTALL)


@dataclass
class VirtualPager:
    """What was paged: (pager, words)."""

    knows: frozenset[str] | None = None
    mishears: int = 0
    answers: bytes | None = None
    paged: list[tuple[str, str]] = field(default_factory=list)
    _rest: bytes = b""

    def hear(self, data: bytes) -> bytes:
        """Takes calls, entries, blocks and goodbyes, each once it is whole."""
        if self.answers is not None:
            return self.answers
        self._rest += data
        said = b""
        while b"\r" in self._rest:
            if self._rest.startswith(b"\x02"):
                found = _BLOCK.match(self._rest)
                if found is None:
                    break
                self._rest = self._rest[found.end() :]
                said += self._take(found)
                continue
            command, _, self._rest = self._rest.partition(b"\r")
            said += {b"": b"ID=\r\n", b"\x1bPG1": b"110 1.8\r\x06\r\x1b[p\r", b"\x04": b"\x1e\r\x1b\x04\r"}.get(
                command, b"\x15\r"
            )
        return said

    def _take(self, found: re.Match[bytes]) -> bytes:
        pager, words, told = found[1].decode(), found[2].decode(), found[3]
        summed = sum(found[0][: found[0].index(b"\x03") + 1]) % 4096
        if self.mishears or told != bytes((48 + summed // 256, 48 + summed // 16 % 16, 48 + summed % 16)):
            self.mishears = max(0, self.mishears - 1)
            return b"\x15\r"
        if self.knows is not None and pager not in self.knows:
            return b"503 no such pager\r\x1e\r"
        self.paged.append((pager, words))
        return b"211 page accepted\r\x06\r"


@dataclass
class VirtualBuzzer:
    """How often it sounded, each time that it was asked to."""

    sounded: list[int] = field(default_factory=list)

    def hear(self, data: bytes) -> bytes:
        """Sounds, and says that it is there."""
        self.sounded += [found[1][0] for found in _BUZZ.finditer(data)]
        return b"\x12" * data.count(b"\x10\x04\x01")
