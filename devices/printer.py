"""What a printer is to the rest of the house: it tells its state, and prints and says what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.documents import Document


class Paper(StrEnum):
    """How much paper the printer says it has."""

    PRESENT = "present"
    LOW = "low"
    OUT = "out"


class Trouble(StrEnum):
    """Why a printer is not ready or a job is not confirmed; stable, for alarms and translated texts."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    GARBLED = "garbled"
    OFFLINE = "offline"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    OVERHEATED = "overheated"
    BROKEN = "broken"
    INTERRUPTED = "interrupted"
    SLOW = "slow"
    NODE_STOPPED = "node_stopped"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer's own word about itself. `paper` is None when it did not get to say."""

    trouble: Trouble | None
    detail: str
    paper: Paper | None = None

    @property
    def ready(self) -> bool:
        """Whether a job sent now should come out (paper may be low)."""
        return self.trouble is None


class Verdict(StrEnum):
    """How sure we are of what one sending put on paper."""

    CONFIRMED = "confirmed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sending.

    CONFIRMED: the printer said that it is done and has paper. FAILED: not one byte of the job was sent, so
    nothing was printed for certain. UNKNOWN: some or all was sent and nobody confirmed it; another copy must
    say REPRINT.
    """

    verdict: Verdict
    trouble: Trouble | None = None
    detail: str = ""


class Printer(Protocol):
    """Anything that prints. Both calls block for a bounded time and never raise for the device's sake."""

    def status(self) -> PrinterStatus:
        """Ask the printer how it is."""

    def print(self, document: Document, *, job: str) -> Outcome:
        """Send the document once. `job` names this sending and no other (a job's id and its attempt)."""
