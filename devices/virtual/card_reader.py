"""A card terminal without cards: what a `Plug` hears and answers by the protocol of `docs/card-terminals.md`.

It keeps what became of each number, also while it is unplugged. `guest` says what the guest does (`pays`, `declines`,
`waits`); `mute` keeps what it does to itself.
"""

import json
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class VirtualCardReader:
    """Charges, and what was given back: number → amount, each at most once."""

    guest: str = "pays"
    mute: bool = False
    deaf: bool = False
    charges: dict[str, int] = field(default_factory=dict)
    given_back: dict[str, int] = field(default_factory=dict)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _rest: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, data: bytes) -> bytes:
        """Obeys whole lines."""
        with self._lock:
            if self.deaf:
                return b""
            *lines, self._rest = (self._rest + data).split(b"\n")
            answers = [self._obey(json.loads(line)) for line in lines if line.strip()]
            return b"" if self.mute else b"".join(_line(one) for one in answers if one)

    def decides(self, number: str, guest: str) -> bytes:
        """The guest who was waited for does this; the line to say, unless it is mute."""
        with self._lock:
            self._meet(number, guest)
            return b"" if self.mute else _line(self.states[number])

    def _obey(self, said: dict[str, Any]) -> dict[str, Any] | None:
        number = said.get("number", "")
        self.asked.append(said["do"])
        if said["do"] == "hello":
            return {"ready": True}
        if said["do"] == "charge" and number not in self.states:
            self.states[number] = {"number": number, "state": "waiting", "amount_minor": said["amount_minor"]}
            self._meet(number, self.guest)
        elif said["do"] == "give_back" and number not in self.states:
            self._give_back(said)
        elif said["do"] == "cancel" and self.states.get(number, {}).get("state") == "waiting":
            self._meet(number, "declines")
        elif number not in self.states:
            self.states[number] = {"number": number, "state": "not_known"}  # and never will be charged
        return self.states[number]

    def _give_back(self, said: dict[str, Any]) -> None:
        number, amount = said["number"], said["amount_minor"]
        references = [one.get("reference") for one in self.states.values()]
        if said["reference"] in references:
            self.given_back[number] = amount
            is_done = {"state": "approved", "amount_minor": amount, "reference": f"B-{len(self.given_back)}"}
            self.states[number] = {"number": number, **is_done}
        else:
            self.states[number] = {"number": number, "state": "declined", "words": "It took no such payment."}

    def _meet(self, number: str, guest: str) -> None:
        one = self.states[number]
        if guest == "pays":
            assert number not in self.charges, "charged twice"
            self.charges[number] = one["amount_minor"]
            self.states[number] = {**one, "state": "approved", "reference": f"T-{len(self.charges)}"}
        elif guest == "declines":
            self.states[number] = {**one, "state": "declined", "amount_minor": 0, "words": "Not taken."}


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode() + b"\n"
