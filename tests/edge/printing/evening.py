"""An evening's doings for the tests: orders, printers, and waiting for paper."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

from devices.conversation import Patience
from devices.line import Open, open_line
from devices.spool import Policy
from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing import Printing
from edge.printing.printers import add_printer
from hospitality.checks.reading import order_view
from hospitality.checks.service import pay
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.payments.rules import NewPayment
from tests.edge.node_fixture import act, ask

BOUND_SECONDS = 30.0
EAGER = Policy(retry_first=timedelta(milliseconds=50), retry_most=timedelta(milliseconds=200))
HASTY = Patience(connect_seconds=5.0, answer_seconds=1.5, write_seconds=1.0, finish_seconds=20.0, poll_seconds=0.05)


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = monotonic() + BOUND_SECONDS
    while not condition():
        assert monotonic() < deadline, "it never came true"
        threading.Event().wait(0.01)


@contextmanager
def printing(
    host: EdgeHost,
    *,
    policy: Policy = EAGER,
    on_change: Callable[[], None] = lambda: None,
    opened: Open = open_line,
) -> Iterator[Printing]:
    """The node's printing, running."""
    found = Printing(host, on_change=on_change, policy=policy, patience=HASTY, status_seconds=0.1, opened=opened)
    found.start()
    try:
        yield found
    finally:
        found.stop()


def set_up(host: EdgeHost, virtual: VirtualPrinter, name: str, *stations: str, receipts: bool = False) -> str:
    """Sets a virtual printer up at the node; its id."""
    address = f"{virtual.host}:{virtual.port}"
    made = act(host, add_printer, name=name, address=address, station_ids=stations, receipts=receipts)
    return str(made["id"])


def order(host: EdgeHost, *items: str, table: str = "12", note: str | None = None) -> dict[str, Any]:
    """Takes an order for one of each item."""
    lines = tuple(NewLine(item, 1) for item in items)
    return act(host, place_order, NewOrder("dine_in", lines, table=table, covers=2, note=note))


def settle(host: EdgeHost, order_id: str) -> dict[str, Any]:
    """Pays all that is due in cash."""
    due = ask(host, order_view, order_id)["due_minor"]
    return act(host, pay, order_id, NewPayment("cash", due))


def texts(virtual: VirtualPrinter) -> list[str]:
    """What came out so far, slip by slip."""
    return [printed.text for printed in virtual.printed()]


def jobs(host: EdgeHost) -> list[dict[str, Any]]:
    """All print jobs as rows, in the order in which they were queued."""
    return [dict(row) for row in ask(host, lambda r: r.rows("SELECT * FROM print_jobs ORDER BY sequence"))]


def states(host: EdgeHost) -> list[str]:
    """Each print job's state."""
    return [row["state"] for row in jobs(host)]


def kept_place(host: EdgeHost) -> int:
    """How far the reader got, as the database has it."""
    return int(ask(host, lambda r: r.value("SELECT max(place) FROM reader_places")))


def journal_end(host: EdgeHost) -> int:
    """The row number of the journal's last entry."""
    return int(ask(host, lambda r: r.value("SELECT max(rowid) FROM journal")))


def slips_of(slips: Sequence[str], number: str) -> list[str]:
    """The slips that name an order."""
    return [slip for slip in slips if number in slip.split()]
