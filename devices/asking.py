"""One question to a device that answers as printers do, over a line that is open anyway."""

import time

from devices.answers import ASK_PRINTER, Kind, question, take_answer
from devices.line import Line, LineBroken

ANSWER_SECONDS = 1.5


def ask_printer_status(line: Line, *, silent: str) -> int | None:
    """The byte that answers `DLE EOT 1`; None where it is no such byte. LineBroken, in these words, where none comes."""
    line.forget()
    line.send(question(ASK_PRINTER))
    received, until = bytearray(), time.monotonic() + ANSWER_SECONDS
    while (answer := take_answer(received)) is None:
        left = until - time.monotonic()
        if left <= 0:
            raise LineBroken("silent", silent)
        received += line.receive(left)
    return answer.value if answer.kind is Kind.REAL_TIME else None
