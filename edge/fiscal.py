"""Has a fiscal device sign what the node issued, on a thread of its own: no guest waits for a device that is slow or away.

A reader of the journal, so that what is booked late, comes late or was written while the clock was wrong is signed like
any other. What is signed already the signatures themselves say: after a crash, or while a device is away, the same
document is signed again at the same place of the series, and a series has no gap.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import takewhile

import msgspec
import structlog

from devices.fiscal import FiscalDevice, FiscalTrouble
from edge.errand import AGAIN_SECONDS, Errand
from edge.host import EdgeHost
from hospitality.fiscal.reading import last_of, unsigned
from hospitality.fiscal.rules import Document, Signed, said_of
from hospitality.fiscal.service import SignedDocument, keep_signatures
from hospitality.ground.clock import instant_text
from hospitality.ground.statements import Reading
from hospitality.ground.work import Place

AT_ONCE_MAX = 50
LOOK_BACK = timedelta(days=7)  # so far each start looks back for what is not signed
DATABASE_SECONDS = 30.0
log = structlog.get_logger(__name__)

# which entries tell of a document, and by which name
_TELL = {
    "payments.order_settled": "receipt_id",
    "payments.payment_refunded": "refund_id",
    "payments.receipt_withdrawn": "withdrawal_id",
}
_BEGINNING = """
    SELECT coalesce(min(rowid), 1) - 1 FROM journal
    WHERE org_id = :org_id AND property_id = :property_id AND at >= :since
"""
# The journal is read by its row number; the planner would rather sort all of the property's entries.
_ENTRIES = """
    SELECT rowid AS place, kind, data, node, incarnation FROM journal NOT INDEXED
    WHERE rowid > :after AND org_id = :org_id AND property_id = :property_id AND kind IN (:kinds) AND at >= :since
    ORDER BY rowid LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be signed next, each with its business day; the place behind it. full: whether there may be more. waits:
    whether something is left until all is known."""

    documents: list[tuple[Document, str]]
    place: int
    full: bool
    waits: bool


class Fiscal:
    """The thread that has things signed. `nudge` may be called from any thread.

    `caught_up` says whether the feed's end was reached since the start.
    """

    def __init__(self, host: EdgeHost, device: FiscalDevice, *, caught_up: Callable[[], bool]) -> None:
        self._host, self._device, self._caught_up = host, device, caught_up
        self._errand = Errand("fiscal", self._turn)
        self._since = instant_text(host.now() - LOOK_BACK)
        self._place: int | None = None
        self._last: tuple[str, int, str] | None = None
        self._waits = False

    def start(self) -> None:
        """Begins with what is not signed yet, on a host that has started."""
        self._errand.start()

    def stop(self) -> None:
        """Finishes what is under way; to be called before the host stops."""
        self._errand.stop()

    def nudge(self) -> None:
        """Something may have been issued."""
        self._errand.nudge()

    def step(self) -> bool:
        """Has what was issued next signed; whether there may be more. Raises FiscalTrouble with those before it kept."""
        if self._place is None:
            self._place = self._host.ask(lambda r: int(r.value(_BEGINNING, since=self._since))).result(DATABASE_SECONDS)
        look = partial(
            next_issued, after=self._place, since=self._since, own=self._host.place, is_all_known=self._caught_up()
        )
        batch = self._host.ask(look).result(DATABASE_SECONDS)
        if batch.documents:
            self._sign(batch.documents)
        self._place, self._waits = batch.place, batch.waits
        return batch.full

    def _sign(self, documents: list[tuple[Document, str]]) -> None:
        place = self._host.place
        series = f"{place.code}{place.incarnation}"
        counter, previous = self._last_of(series)
        signed: list[SignedDocument] = []
        try:
            for document, day in documents:
                counter += 1
                said = said_of(document, series=series, counter=counter, previous=previous)
                previous = self._device.sign(said)
                signed.append(SignedDocument(document, day, Signed(counter, said, previous)))
        finally:
            if signed:
                self._keep(signed, series)

    def _last_of(self, series: str) -> tuple[int, str]:
        """Nobody else writes a series: it is read where this one does not know what was kept last."""
        if self._last is not None and self._last[0] == series:
            return self._last[1:]
        return self._host.ask(partial(last_of, series=series)).result(DATABASE_SECONDS)

    def _keep(self, signed: list[SignedDocument], series: str) -> None:
        self._last = None
        verb = partial(keep_signatures, found=signed, series=series, device=self._device.name)
        self._host.writer.act(self._host.system(), verb).result(DATABASE_SECONDS)
        self._last = (series, signed[-1].signed.counter, signed[-1].signed.signature)

    def _turn(self) -> float | None:
        try:
            while not self._errand.stopping and self.step():
                pass
        except FiscalTrouble as why:
            log.warning("fiscal_device_away", device=self._device.name, why=str(why))
            return AGAIN_SECONDS
        return AGAIN_SECONDS if self._waits else None


def next_issued(reading: Reading, *, after: int, since: str, own: Place, is_all_known: bool) -> Batch:
    """What the next entries tell of. What another life of the node issued, or another node withdrew, waits until all is
    known: its signature may be on its way."""
    head = int(reading.value("SELECT coalesce(max(rowid), 0) FROM journal"))
    entries = reading.rows(_ENTRIES, after=after, since=since, kinds=list(_TELL), limit=AT_ONCE_MAX)

    told = {msgspec.json.decode(entry["data"])[_TELL[entry["kind"]]]: entry for entry in entries}
    found = unsigned(reading, list(told), code=own.code)

    def is_clear(one: tuple[Document, str]) -> bool:
        of = told[one[0].id]
        return is_all_known or (of["node"], of["incarnation"]) == (own.node, own.incarnation)

    clear = list(takewhile(is_clear, found))
    if len(clear) < len(found):
        return Batch(clear, told[found[len(clear)][0].id]["place"] - 1, full=False, waits=True)
    full = len(entries) == AT_ONCE_MAX
    return Batch(clear, entries[-1]["place"] if full else head, full=full, waits=False)
