"""Looks after receipts once facts have come from elsewhere: one that says no longer what its order came to is withdrawn,
and all but one of those that nodes issued for one order while apart; and after what promotions take off an open order,
of which two nodes that were apart each knew a part.

A reader of the journal with a place of its own, for what other nodes (or this one in another life) did. It looks only
while the feed's end was reached, so that it judges by all that is known, and its look costs nothing while nothing comes.
Looking at an order again changes nothing, so its place is kept now and then.
"""

from collections.abc import Callable
from functools import partial

import msgspec
import structlog

from edge.errand import Errand
from edge.host import EdgeHost
from edge.tables import ReaderPlace
from hospitality.checks.service.receipts import doubtful, mend
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Reading
from hospitality.ground.work import Place, Work

NAME = "receipts"
ENTRIES_MAX = 500
UNSAVED_MAX = 5_000
LOOK_BACK_DAYS = 40
DATABASE_SECONDS = 30.0
TABLES = frozenset({"journal"})
log = structlog.get_logger(__name__)

# The journal is read by its row number; the planner would rather sort all of the property's entries.
_ENTRIES = f"""
    SELECT rowid AS place, data FROM journal NOT INDEXED
    WHERE rowid > :after AND org_id = :org_id AND property_id = :property_id
      AND (kind LIKE 'orders.%' OR kind LIKE 'payments.%') AND (node <> :node OR incarnation <> :incarnation)
      AND business_date >= date((
        SELECT MAX(date) FROM business_days WHERE org_id = :org_id AND property_id = :property_id),
        '-{LOOK_BACK_DAYS} days')
    ORDER BY rowid LIMIT :limit
"""


class Receipts:
    """The one that looks after receipts, on a thread of its own. `nudge` may be called from any thread.

    `caught_up` says whether the feed's end was reached since the start.
    """

    def __init__(self, host: EdgeHost, *, caught_up: Callable[[], bool]) -> None:
        self._host = host
        self._caught_up = caught_up
        self._errand = Errand("receipts", self._turn)
        self._place: int | None = None
        self._saved = 0

    def start(self) -> None:
        """Begins, on a host that has started."""
        self._errand.start()

    def stop(self) -> None:
        """Finishes what is under way; to be called before the host stops."""
        self._errand.stop()

    def nudge(self) -> None:
        """Facts may have come."""
        self._errand.nudge()

    def step(self) -> bool:
        """Looks at the orders of the next entries; whether there may be more to read."""
        if self._place is None:
            self._place = self._saved = self._host.ask(find_place).result(DATABASE_SECONDS)
        look = partial(next_doubtful, after=self._place, own=self._host.place)
        found, self._place, more = self._host.ask(look).result(DATABASE_SECONDS)
        for order_id in found:
            if self._act(partial(mend, order_id=order_id)):
                log.warning("receipts_mended", order_id=order_id)
        if found or self._place - self._saved > UNSAVED_MAX:
            self._act(partial(keep_place, place=self._place))
            self._saved = self._place
        return more

    def _act(self, verb: Callable[[Work], object]) -> object:
        return self._host.writer.act(self._host.system(), verb).result(DATABASE_SECONDS)

    def _turn(self) -> None:
        while self._caught_up() and not self._errand.stopping and self.step():
            pass


def next_doubtful(reading: Reading, *, after: int, own: Place) -> tuple[list[str], int, bool]:
    """The orders of the next entries that are to be mended here, the place behind those, and whether there may
    be more."""
    head = int(reading.value("SELECT coalesce(max(rowid), 0) FROM journal"))
    entries = reading.rows(_ENTRIES, after=after, node=own.node, incarnation=own.incarnation, limit=ENTRIES_MAX)
    full = len(entries) == ENTRIES_MAX
    ids: dict[str, None] = {}
    for row in entries:
        data = msgspec.json.decode(row["data"])
        named = [data["order_id"]] if "order_id" in data else []
        ids.update(dict.fromkeys((*named, *data.get("other_order_ids", ()))))
    return doubtful(reading, list(ids), place=own), entries[-1]["place"] if full else head, full


def find_place(reading: Reading) -> int:
    """How far was read; a database that was made anew is read from its beginning, as far as LOOK_BACK_DAYS go."""
    place = reading.value("SELECT place FROM reader_places WHERE org_id = :org_id AND id = :id", id=_place_id(reading))
    return int(place or 0)


def keep_place(work: Work, *, place: int) -> None:
    """Keeps how far was read."""
    if not work.run(
        "UPDATE reader_places SET place = :place WHERE org_id = :org_id AND id = :id", place=place, id=_place_id(work)
    ):
        work.add(ReaderPlace, {"id": _place_id(work), "name": NAME, "place": place})


def _place_id(reading: Reading) -> str:
    return derived_id(reading.property_id, f"reader:{NAME}")
