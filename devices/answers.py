"""What a printer's answer bytes mean. Every kind has fixed bits, so one kind is never taken for another."""

from dataclasses import dataclass
from enum import Enum, auto

from devices.printer import Paper, PrinterStatus, Trouble

ASK_PRINTER = 1
ASK_OFFLINE_CAUSE = 2
ASK_ERROR_CAUSE = 3
ASK_PAPER = 4
QUESTIONS = (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER)

_PROCESS_ID_HEADER = b"\x37\x22"
_PROCESS_ID_LENGTH = 7
_XON_XOFF = (0x11, 0x13)


def question(number: int) -> bytes:
    """`DLE EOT n`, which a printer answers at once, even when it is offline or busy."""
    return bytes((0x10, 0x04, number))


class Kind(Enum):
    """Which question an answer belongs to."""

    REAL_TIME = auto()
    PAPER = auto()
    PROCESS = auto()
    GARBAGE = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a status byte, or the job's four letters for PROCESS."""

    kind: Kind
    value: int = 0
    process: bytes = b""


def take_answer(received: bytearray) -> Answer | None:
    """Remove the first whole answer from what was received; None when it is not all there yet."""
    while received and received[0] in _XON_XOFF:
        del received[0]
    if not received:
        return None
    first = received[0]
    if first == _PROCESS_ID_HEADER[0]:
        return _take_process(received)
    del received[0]
    if first & 0x93 == 0x12:
        return Answer(Kind.REAL_TIME, first)
    if first & 0x90 == 0x00:
        return Answer(Kind.PAPER, first)
    return Answer(Kind.GARBAGE, first)


def _take_process(received: bytearray) -> Answer | None:
    if len(received) > 1 and received[1] != _PROCESS_ID_HEADER[1]:
        return Answer(Kind.GARBAGE, received.pop(0))
    if len(received) < _PROCESS_ID_LENGTH:
        return None
    letters = bytes(received[2:6])
    del received[:_PROCESS_ID_LENGTH]
    return Answer(Kind.PROCESS, process=letters)


def paper_is_out(paper_status: int) -> bool:
    """Whether a `GS r 1` answer says that the roll has ended."""
    return bool(paper_status & 0x0C)


def is_offline(printer_status: int) -> bool:
    """Whether a `DLE EOT 1` answer says that the printer has stopped taking jobs."""
    return bool(printer_status & 0x08)


def drawer_is_high(printer_status: int) -> bool:
    """Whether a `DLE EOT 1` answer says that the contact of the cash drawer (pin 3) stands high."""
    return bool(printer_status & 0x04)


def read_status(printer: int, offline_cause: int, error_cause: int, paper: int) -> PrinterStatus:
    """The four `DLE EOT` answers as one state; of several troubles the one that a person must mend first."""
    roll = Paper.OUT if paper & 0x60 else Paper.LOW if paper & 0x0C else Paper.PRESENT
    if offline_cause & 0x04:
        return PrinterStatus(Trouble.COVER_OPEN, "The printer's cover is open.", roll)
    if roll is Paper.OUT or offline_cause & 0x20:
        return PrinterStatus(Trouble.PAPER_OUT, "The printer is out of paper.", Paper.OUT)
    if error_cause & 0x08:
        return PrinterStatus(Trouble.CUTTER, "The printer's cutter is stuck.", roll)
    if error_cause & 0x40:
        return PrinterStatus(Trouble.OVERHEATED, "The printer is too hot and rests until it has cooled.", roll)
    if error_cause & 0x24 or offline_cause & 0x40:
        return PrinterStatus(Trouble.BROKEN, "The printer reports an error: switch it off and on.", roll)
    if is_offline(printer):
        return PrinterStatus(Trouble.OFFLINE, "The printer is offline: look at its buttons.", roll)
    low = roll is Paper.LOW
    return PrinterStatus(None, "Ready; the paper is nearly at its end." if low else "Ready.", roll)
