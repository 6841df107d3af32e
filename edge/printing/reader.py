"""Follows the journal and queues what belongs on paper: tickets and what becomes of them, receipts, withdrawals,
refunds, trays' slips and day reports of this node's own facts.

Jobs are queued and the reader's place is moved in one act, and a job's id follows from its cause, so that a fact is
queued once whatever happens in between. A new life of the database (first start, restore) begins at the journal's
head: what happened before it is for people to decide.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from secrets import token_bytes
from typing import Any

import msgspec
import structlog

from devices.documents import Document, DocumentRefused, marked_rerouted, to_json
from edge.host import EdgeHost
from edge.printing.documents import changed_slip, rush_slip, ticket, too_long, void_slip
from edge.printing.jobs import NewSlip, add_slips, forget_old, hold_all
from edge.printing.printers import Setup, printers_of
from edge.printing.queue import DATABASE_SECONDS
from edge.screens.keeping import UNHEARD, standing
from edge.tables import ReaderPlace
from hospitality.checks.reading import order_view, receipt_view
from hospitality.days.reading import report_of
from hospitality.ground.clock import instant
from hospitality.ground.errors import Trouble
from hospitality.ground.ids import derived_id
from hospitality.ground.statements import Found, Reading
from hospitality.ground.work import Place, Work
from hospitality.handouts.reading import token_of
from hospitality.handouts.rules import TOKEN_BYTES, address_of, token_from
from hospitality.handouts.service import keep_link
from hospitality.kitchen.tickets import OPEN_STATES, ticket_views, tickets_list
from hospitality.payments.reading import refund_view, withdrawal_view
from hospitality.properties.service import property_view
from web.paper.paper import Paper, Papers, papers_of
from web.paper.receipt import receipt, room_service_slip
from web.paper.report import refund_slip, report_document, withdrawal_slip

NAME = "printing"
ENTRIES_MAX = 100
UNSAVED_MAX = 1_000
TICKETS = ("orders.order_placed", "orders.lines_added", "orders.course_fired")
PLACED, RUSH = "orders.order_placed", "orders.order_rushed"
CHANGED = ("orders.order_changed", "orders.lines_moved")
VOID = "orders.line_voided"
SETTLED = "payments.order_settled"
REFUNDED, REPORTED = "payments.payment_refunded", "days.report_made"
WITHDRAWN = "payments.receipt_withdrawn"
AT_THE_TILL = (SETTLED, REFUNDED, REPORTED, WITHDRAWN)
log = structlog.get_logger(__name__)

# The journal is read by its row number; the planner would rather sort all of the property's entries.
_ENTRIES = """
    SELECT rowid AS place, id, kind, at, actor_id, data, node, incarnation FROM journal NOT INDEXED
    WHERE rowid > :after AND org_id = :org_id AND property_id = :property_id ORDER BY rowid LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that belongs on paper: its entry's id and kind, its data, when it happened and who did it."""

    id: str
    kind: str
    at: str
    actor_id: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewLink:
    """The secret by which a receipt that is about to be printed will be found."""

    receipt_id: str
    order_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What the next entries of the journal bring: the last one's row number, the slips to queue, and what these lead to."""

    place: int
    slips: tuple[NewSlip, ...] = ()
    links: tuple[NewLink, ...] = ()
    full: bool = False


class Reader:
    """The one reader for printing; its methods are called from one thread, and block on the database.

    guests_url: head office as guests reach it, to which receipts lead where the property wants that.
    """

    def __init__(self, host: EdgeHost, *, guests_url: str = "") -> None:
        self._host = host
        self._guests_url = guests_url
        self._place = 0
        self._saved = 0

    @property
    def place(self) -> int:
        """The row number of the last journal entry that was read."""
        return self._place

    @property
    def unsaved(self) -> bool:
        """Whether entries were read that brought no job, so that the place was not kept with one."""
        return self._place > self._saved

    def begin(self) -> None:
        """Finds the place, or begins a new life of the database at the journal's head."""
        self._place = self._saved = self._act(begin)

    def step(self) -> tuple[bool, bool]:
        """Reads and queues the next batch: whether jobs were added, and whether there may be more to read."""
        after, place = self._place, self._host.place
        batch = self._host.ask(lambda reading: next_batch(reading, after, place, self._guests_url)).result(
            DATABASE_SECONDS
        )
        added = False
        if batch.slips:
            added = self._act(lambda work: keep_batch(work, batch))
            self._saved = batch.place
        self._place = batch.place
        if self._place - self._saved > UNSAVED_MAX:
            self.save()
        return added, batch.full

    def save(self) -> None:
        """Keeps the place; until then a restart reads again what brought no job."""
        place = self._place
        self._act(lambda work: _move(work, place))
        self._saved = place

    def _act(self, verb: Callable[[Work], Any]) -> Any:
        return self._host.writer.act(self._host.system(), verb).result(DATABASE_SECONDS)


def begin(work: Work) -> int:
    """The reader's place in this life of the database; the journal's head, with all old jobs held, when it is new."""
    forget_old(work)
    place: int | None = work.value(
        "SELECT place FROM reader_places WHERE org_id = :org_id AND id = :id", id=_place_id(work)
    )
    if place is None:
        place = int(work.value("SELECT coalesce(max(rowid), 0) FROM journal"))
        hold_all(work)
        work.add(ReaderPlace, {"id": _place_id(work), "name": NAME, "place": place})
    return place


def keep_batch(work: Work, batch: Batch) -> bool:
    """Queues a batch's slips and moves the place; whether any was new."""
    added = add_slips(work, batch.slips)
    for link in batch.links:
        keep_link(work, link.receipt_id, link.order_id, link.token)
    _move(work, batch.place)
    return bool(added)


def next_batch(reading: Reading, after: int, own: Place, guests_url: str = "") -> Batch:
    """The slips of the next ENTRIES_MAX entries, for the printers that there are now."""
    entries = reading.rows(_ENTRIES, after=after, limit=ENTRIES_MAX)
    if not entries:
        return Batch(after)
    causes = [
        Cause(row["id"], row["kind"], row["at"], row["actor_id"], msgspec.json.decode(row["data"]))
        for row in entries
        if _is_ours(row, own)
    ]
    printers = printers_of(reading) if causes else []
    full = len(entries) == ENTRIES_MAX
    if not printers:
        return Batch(entries[-1]["place"], full=full)
    papers = papers_of(reading, own.zone)
    wanted = guests_url and papers.guests.receipt_link and any(printer.receipts for printer in printers)
    known, links = _links(reading, causes) if wanted else ({}, ())
    urls = {id: address_of(guests_url, token) for id, token in known.items()}
    return Batch(entries[-1]["place"], tuple(_slips(reading, causes, printers, papers, urls)), links, full)


def _links(reading: Reading, causes: Sequence[Cause]) -> tuple[dict[str, str], tuple[NewLink, ...]]:
    """The secret of each receipt that is to be printed, by its id, and those of them that are made now."""
    tokens: dict[str, str] = {}
    links: list[NewLink] = []
    for cause in causes:
        if cause.kind == SETTLED:
            id = cause.data["receipt_id"]
            token = token_of(reading, id)
            if token is None:
                token = token_from(token_bytes(TOKEN_BYTES))
                links.append(NewLink(id, cause.data["order_id"], token))
            tokens[id] = token
    return tokens, tuple(links)


def _is_ours(row: Found, own: Place) -> bool:
    wanted = row["kind"] in TICKETS or row["kind"] in (VOID, RUSH, UNHEARD, *CHANGED, *AT_THE_TILL)
    return wanted and (row["node"], row["incarnation"]) == (own.node, own.incarnation)


def _slips(
    reading: Reading, causes: Sequence[Cause], printers: Sequence[Setup], papers: Papers, urls: Mapping[str, str]
) -> Iterator[NewSlip]:
    """One slip a cause and printer, in the journal's order."""
    stations, instead = _station_printers(reading, printers), _stand_ins(reading, printers)
    ids = {id for cause in causes for id in _ticket_ids(cause)}
    tickets = {view["id"]: view for view in ticket_views(reading, list(ids))}
    named = (VOID, *CHANGED)
    names = _names(reading, {cause.actor_id for cause in causes if cause.kind in named and cause.actor_id})
    receipts = [printer for printer in printers if printer.receipts]
    for cause in causes:
        if cause.kind in AT_THE_TILL:
            if receipts:
                yield from _till_slips(reading, cause, receipts, papers, urls)
            continue
        if cause.kind == UNHEARD:
            yield from _unseen_slips(reading, cause, instead, papers)
            continue
        for view in (tickets[id] for id in _ticket_ids(cause) if id in tickets):
            yield from _station_slips(cause, view, stations.get(view["station_id"], []), papers, names)
            yield from _stand_in_slips(cause, view, instead, papers, names)
        if cause.kind == PLACED and receipts and papers.guests.shows("room_service_slip"):
            yield from _tray_slips(reading, cause, receipts, papers)


def _unseen_slips(reading: Reading, cause: Cause, instead: Mapping[str, Setup], papers: Papers) -> Iterator[NewSlip]:
    """What a station that receives nothing still has to make, for the printer that stands in now."""
    printer = instead.get(cause.data["station_id"])
    for view in tickets_list(reading, station_id=cause.data["station_id"]) if printer else []:
        yield from _stand_in_slips(cause, view, instead, papers, {})


def _stand_in_slips(
    cause: Cause, view: dict[str, Any], instead: Mapping[str, Setup], papers: Papers, names: Mapping[str, str]
) -> Iterator[NewSlip]:
    """The same as a station is told, on the printer that stands in for its screens."""
    made = cause.kind in TICKETS and view["state"] not in OPEN_STATES  # from its screen, before that fell silent
    if (printer := instead.get(view["station_id"])) is not None and not made:
        mark = f"INSTEAD OF {(view['station_name'] or '').upper()} SCREEN"
        yield from _station_slips(cause, view, [printer], papers, names, mark=mark)


def _station_slips(
    cause: Cause,
    view: dict[str, Any],
    printers: Sequence[Setup],
    papers: Papers,
    names: Mapping[str, str],
    *,
    mark: str | None = None,
) -> Iterator[NewSlip]:
    """What a station is told of one of its tickets, under a mark that says in whose place."""
    if not printers:
        return
    paper, number, by = papers.kitchen, view["order_number"], names.get(cause.actor_id or "")
    kind, cause_id, what = "ticket", view["id"], "ticket"
    lay_out = partial(ticket, view, paper, added=cause.kind == "orders.lines_added")
    if cause.kind == VOID:
        if not cause.data.get("fired", True):
            return  # its station never heard of it
        kind, cause_id, what = "void", cause.data["line_id"], "void slip"
        lay_out = partial(void_slip, view, cause.data["line_id"], paper, at=cause.at, by=by)
    elif cause.kind == RUSH:
        kind, what = "rush", "rush slip"
        lay_out = partial(rush_slip, view, paper, at=cause.at)
    elif cause.kind in CHANGED:
        if not _goes_elsewhere(cause, view):
            return
        # One ticket may be moved about several times, and each time is told.
        kind, cause_id, what = "changed", derived_id(cause.id, view["id"]), "change of a ticket"
        lay_out = partial(changed_slip, view, paper, was=cause.data["number"], at=cause.at, by=by)
    document = _laid_out(lambda: marked_rerouted(lay_out(), mark) if mark else lay_out(), what, number, paper)
    yield from _for_each(printers, kind, cause_id, document, instant(cause.at))


def _goes_elsewhere(cause: Cause, view: Mapping[str, Any]) -> bool:
    """Whether what still is to be made goes to another table or stands on another order than its ticket says."""
    if view["state"] not in OPEN_STATES:
        return False
    if cause.kind == "orders.order_changed":
        return "table" in cause.data["fields"]
    return bool(view["order_number"] != cause.data["number"])


def _tray_slips(reading: Reading, cause: Cause, printers: Sequence[Setup], papers: Papers) -> Iterator[NewSlip]:
    """The slip that goes to a room with its tray."""
    order_id = cause.data["order_id"]
    channel = reading.value("SELECT channel FROM orders WHERE org_id = :org_id AND id = :id", id=order_id)
    if channel != "room_service":
        return
    document = _laid_out(
        lambda: room_service_slip(bill_view(reading, order_id), papers.guests),
        "room-service slip",
        cause.data["number"],
        papers.guests,
    )
    yield from _for_each(printers, "room_service", order_id, document, instant(cause.at))


def bill_view(reading: Reading, order_id: str) -> dict[str, Any]:
    """{order, property}, of which a bill is made."""
    return {"order": order_view(reading, order_id), "property": property_view(reading)}


def _till_slips(
    reading: Reading, cause: Cause, printers: Sequence[Setup], papers: Papers, urls: Mapping[str, str]
) -> Iterator[NewSlip]:
    """What comes out where receipts do."""
    paper, number = papers.guests, cause.data.get("number", "")
    if cause.kind == SETTLED:
        what, cause_id, number = "receipt", cause.data["receipt_id"], cause.data["receipt_number"]
        document = _laid_out(
            lambda: receipt(
                receipt_view(reading, cause.data["order_id"], receipt_id=cause_id), paper, link=urls.get(cause_id)
            ),
            what,
            number,
            paper,
        )
    elif cause.kind == WITHDRAWN:
        what, cause_id, number = "withdrawal", cause.data["withdrawal_id"], cause.data["receipt_number"]
        document = _laid_out(lambda: withdrawal_slip(withdrawal_view(reading, cause_id), paper), what, number, paper)
    elif cause.kind == REFUNDED:
        what, cause_id = "refund", cause.data["refund_id"]
        document = _laid_out(lambda: refund_slip(refund_view(reading, cause_id), paper), what, number, paper)
    else:
        what, cause_id = "report", cause.data["report_id"]
        document = _laid_out(
            lambda: report_document(report_of(reading, cause_id), paper, at=cause.at), what, number, paper
        )
    return _for_each(printers, what, cause_id, document, instant(cause.at))


def _laid_out(lay_out: Callable[[], Document], what: str, number: str, paper: Paper) -> tuple[str, str]:
    """A document's stored form and title; what can't be laid out says so on paper and holds up nothing else (R9)."""
    try:
        document = lay_out()
        return to_json(document).decode(), document.title
    except (DocumentRefused, Trouble, LookupError, TypeError, ValueError):
        log.exception("slip_not_laid_out", what=what, number=number)
    document = too_long(what, number, paper)
    return to_json(document).decode(), document.title


def _for_each(
    printers: Sequence[Setup], kind: str, cause_id: str, document: tuple[str, str], since: datetime
) -> Iterator[NewSlip]:
    stored, title = document
    first = NewSlip("", kind, cause_id, stored, title, since, "")
    for printer in printers:
        yield replace(first, printer_id=printer.id, id=derived_id(cause_id, f"print:{kind}:{printer.id}"))


def _station_printers(reading: Reading, printers: Sequence[Setup]) -> dict[str, list[Setup]]:
    """The printers of each station: those that list it, and the one that the station itself names."""
    rows = reading.rows("SELECT id, printer FROM stations WHERE org_id = :org_id AND property_id = :property_id")
    return {
        row["id"]: [
            printer for printer in printers if row["id"] in printer.station_ids or printer.name == row["printer"]
        ]
        for row in rows
    }


def _stand_ins(reading: Reading, printers: Sequence[Setup]) -> dict[str, Setup]:
    """The printer that stands in for each station of which no screen is heard now."""
    known = {printer.id: printer for printer in printers}
    return {id: known[one.to.printer_id] for id, one in standing(reading).items() if one.to.printer_id in known}


def _names(reading: Reading, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = reading.rows("SELECT id, display_name FROM people WHERE org_id = :org_id AND id IN (:ids)", ids=ids)
    return {row["id"]: row["display_name"] for row in rows}


def _ticket_ids(cause: Cause) -> Sequence[str]:
    if cause.kind in (*TICKETS, *CHANGED, RUSH):
        return list(cause.data["ticket_ids"])
    return [cause.data["ticket_id"]] if cause.kind == VOID else []


def _place_id(work: Work) -> str:
    return derived_id(work.property_id, f"reader:{NAME}:{work.place.incarnation}")


def _move(work: Work, place: int) -> None:
    work.run(
        "UPDATE reader_places SET place = :place WHERE org_id = :org_id AND id = :id AND place < :place",
        place=place,
        id=_place_id(work),
    )
