"""What can happen to paper; what a person asks for, and what goes another way, stands in the journal."""

from dataclasses import dataclass
from typing import Any

from hospitality.ground.journal import journal_kind


@journal_kind("printing.reprint_asked")
@dataclass(frozen=True, slots=True)
class ReprintAsked:
    """Somebody wanted a further copy of a slip; `cause_id` is the ticket, order line or receipt that it tells of."""

    job_id: str
    cause_id: str
    slip: str
    printer_id: str


@journal_kind("printing.paper_asked")
@dataclass(frozen=True, slots=True)
class PaperAsked:
    """Somebody wanted a bill, an X, a label or a test page; `cause_id` is the order or what else it tells of."""

    job_id: str
    cause_id: str
    slip: str
    printer_id: str


@journal_kind("printing.slips_rerouted")
@dataclass(frozen=True, slots=True)
class SlipsRerouted:
    """Slips waited too long for a printer, and go to its backup."""

    job_ids: tuple[str, ...]
    printer_id: str
    to_printer_id: str


@journal_kind("printing.slip_cancelled")
@dataclass(frozen=True, slots=True)
class SlipCancelled:
    """Somebody had a slip not printed; `cause_id` is the ticket, order line or receipt that it tells of."""

    job_id: str
    cause_id: str
    slip: str
    printer_id: str


@journal_kind("printing.slip_released")
@dataclass(frozen=True, slots=True)
class SlipReleased:
    """Somebody had a slip that waited, or that asked, printed now."""

    job_id: str
    cause_id: str
    slip: str
    printer_id: str


@journal_kind("printing.slip_moved")
@dataclass(frozen=True, slots=True)
class SlipMoved:
    """Somebody had another printer print a slip."""

    job_id: str
    printer_id: str
    to_printer_id: str


@journal_kind("printing.printer_added")
@dataclass(frozen=True, slots=True)
class PrinterAdded:
    """A printer was set up."""

    printer_id: str
    address: str


@journal_kind("printing.printer_changed")
@dataclass(frozen=True, slots=True)
class PrinterChanged:
    """Somebody set a printer up otherwise; `before` and `after` hold what is different alone."""

    printer_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@journal_kind("printing.printer_found")
@dataclass(frozen=True, slots=True)
class PrinterFound:
    """A printer no longer answered at its address, and was found at another."""

    printer_id: str
    before: str
    after: str
