"""Paper at a property: what the journal tells becomes tickets, void slips and receipts, printed once or marked REPRINT.

    journal → reader → print_jobs → one thread a printer → devices → paper

`reader` follows this node's own facts and queues each slip in the same act as its place; `documents` and `receipt` say
what stands on paper; `jobs` keeps `devices.spool`'s jobs as rows; `queue` drives a printer and keeps every step before
it does it; `printing` puts them together; `api` is its HTTP face. The screens are the truth: a station without a
printer has no job, and a printer in trouble stops nobody else.
"""

from edge.printing.printing import Printing

__all__ = ["Printing"]
