"""One conversation with a printer, over whatever line, in which every wait has an end."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from devices.answers import Answer, Kind, question, take_answer
from devices.line import Line, LineBroken
from devices.printer import Trouble

SEND_BYTES_MAX = 4_096
# A printer says a few bytes per job; one that says this much is something else.
ANSWERS_MAX = 2_000
NONSENSE = "What answers is no receipt printer, or its line is set otherwise: look at its address and its cable."


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each step may take, in seconds.

    `answer_seconds` is the longest silence after a question, `write_seconds` the longest that the printer
    may take no more of a job, `finish_seconds` how long a printer that goes on answering may print at one
    job, and `poll_seconds` how often it is asked meanwhile. The first two together keep a dead printer
    under 5 s (C-13 asks for that).
    """

    connect_seconds: float = 2.0
    answer_seconds: float = 2.0
    write_seconds: float = 2.5
    finish_seconds: float = 60.0
    poll_seconds: float = 0.5


class Interrupted(Exception):
    """The conversation can't go on; says why."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble


class Conversation:
    """Over an open line, which it closes in the end. Every failure of the line becomes Interrupted."""

    def __init__(self, line: Line, patience: Patience) -> None:
        self._line = line
        self._patience = patience
        self._received = bytearray()
        self._answers_left = ANSWERS_MAX
        self._questions_open = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def after(self, seconds: float) -> float:
        """The instant so many seconds from now, for `next_answer` and `is_past`."""
        return time.monotonic() + seconds

    def is_past(self, instant: float) -> bool:
        """Whether an instant from `after` has come."""
        return time.monotonic() >= instant

    def send(self, data: bytes) -> None:
        """Send it all; each 4 KiB must be taken within `write_seconds`."""
        for at in range(0, len(data), SEND_BYTES_MAX):
            try:
                self._line.send(data[at : at + SEND_BYTES_MAX], self._patience.write_seconds)
            except LineBroken as error:
                if error.trouble == "silent":
                    words = "The printer takes nothing more: switch it off and on."
                    raise Interrupted(Trouble.INTERRUPTED, words) from error
                raise _broken() from error

    def wonder(self, number: int) -> None:
        """Send `DLE EOT number` and don't wait; `next_answer` brings what the printer says."""
        self.send(question(number))
        self._questions_open += 1

    def ask(self, number: int) -> int:
        """The byte that answers `DLE EOT number`.

        All four questions have answers of one form, so answers still owed to earlier questions are counted
        off.
        """
        self.wonder(number)
        until = self.after(self._patience.answer_seconds)
        while (answer := self.next_answer(until)) is not None:
            if answer.kind is Kind.REAL_TIME and self._questions_open == 0:
                return answer.value
        raise Interrupted(Trouble.SILENT, "The printer does not answer: switch it off and on.")

    def next_answer(self, until: float) -> Answer | None:
        """The next answer, or None when there is none by `until`."""
        while (answer := take_answer(self._received)) is None:
            data = self._heard(max(0.001, until - time.monotonic()))
            if not data:
                return None
            self._received += data
        self._answers_left -= 1
        if answer.kind is Kind.GARBAGE or self._answers_left < 0:
            raise Interrupted(Trouble.GARBLED, NONSENSE)
        if answer.kind is Kind.REAL_TIME:
            self._questions_open -= 1
            if self._questions_open < 0:
                raise Interrupted(Trouble.GARBLED, NONSENSE)
        return answer

    def forget_answers(self) -> None:
        """Drop what has come so far: it answers nothing that is asked from now on."""
        self._received.clear()
        while data := self._heard(0.0):
            self._answers_left -= len(data)
            if self._answers_left < 0:
                raise Interrupted(Trouble.GARBLED, NONSENSE)

    def _heard(self, seconds: float) -> bytes:
        try:
            return self._line.receive(seconds)
        except LineBroken as error:
            raise _broken() from error


def _broken() -> Interrupted:
    """One sentence, however the kernel puts it: closed, reset, pulled out."""
    words = "The connection to the printer broke: look at its plug and its cable, or switch it off and on."
    return Interrupted(Trouble.INTERRUPTED, words)
