"""What this terminal knows, and the signs that it shows of it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.terminal import sign
from edge.terminal.board import Board
from edge.terminal.news import Link, Topic
from edge.terminal.shapes.kitchen import Ticket
from edge.terminal.shapes.node import Device, PaperAlarm, Printer, Status, Sync, UnheardStation
from edge.terminal.shapes.orders import Order

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def order(number: str, *, paid: bool = False, due_minor: int = 100) -> Order:
    return Order(
        id=number,
        number=number,
        channel="dine_in",
        currency="NAD",
        lines=(),
        total_minor=100,
        paid_minor=100 - due_minor,
        due_minor=due_minor,
        payment_state="settled" if paid else "open",
        kitchen_state="placed",
        opened_at=NOW + timedelta(minutes=int(number[-1])),
    )


def ticket(name: str, state: str = "placed", station: str = "s-1") -> Ticket:
    return Ticket(
        id=name,
        order_id="o",
        order_number="A1-101",
        station_id=station,
        state=state,
        placed_at=NOW + timedelta(minutes=int(name[-1])),
        lines=(),
    )


def test_what_an_event_said_is_not_undone_by_a_list_read_before_it() -> None:
    board = Board()
    board.begin_fetch()
    board.hear_order(order("A1-1", paid=True))
    board.hear_order(order("A1-2"))
    board.replace_open_orders([order("A1-1"), order("A1-3")])
    assert [one.number for one in board.open_orders()] == ["A1-2", "A1-3"]


def test_a_list_takes_away_what_the_node_no_longer_has() -> None:
    board = Board()
    board.take_orders([order("A1-1"), order("A1-2")])
    board.take_tickets([ticket("t-1"), ticket("t-2", "ready")])
    board.begin_fetch()
    board.replace_open_orders([order("A1-2")])
    board.replace_tickets_to_do([])
    assert [one.number for one in board.open_orders()] == ["A1-2"]
    assert [one.id for one in board.queue(None, {"ready"})] == ["t-2"]
    assert board.queue(None) == []


def test_the_queue_is_oldest_first_and_of_one_station() -> None:
    board = Board()
    board.take_tickets([ticket("t-3"), ticket("t-1"), ticket("t-2", station="s-2"), ticket("t-4", "served")])
    assert [one.id for one in board.queue(None)] == ["t-1", "t-2", "t-3"]
    assert [one.id for one in board.queue("s-1")] == ["t-1", "t-3"]


def test_events_say_what_they_changed_and_unknown_ones_nothing() -> None:
    board = Board()
    data = msgspec.json.encode({"order": order("A1-1")})
    assert board.take_event("order_created", data, NOW) == {Topic.ORDERS}
    assert board.take_event("guest_sneezed", b"{}", NOW) == frozenset()
    with pytest.raises(msgspec.MsgspecError):
        board.take_event("ticket_updated", b'{"ticket": 3}', NOW)


def test_ages_are_reckoned_by_the_nodes_clock() -> None:
    board = Board()
    told = board.take_event("heartbeat", b'{"server_time": "2026-11-22T19:05:00Z"}', NOW)
    assert (board.skew, board.wrong_by_ms, told) == (timedelta(minutes=5), 300_000, frozenset({Topic.STATUS}))
    again = board.take_event("heartbeat", b'{"server_time": "2026-11-22T19:05:01Z"}', NOW)
    assert (board.wrong_by_ms, again) == (301_000, frozenset()), "a clock that stays wrong is drawn with the rest"
    right = board.take_event("heartbeat", b'{"server_time": "2026-11-22T19:00:02Z"}', NOW)
    assert (board.skew, board.wrong_by_ms, right) == (timedelta(seconds=2), 0, frozenset({Topic.STATUS})), (
        "corrected, not told"
    )


def status(state: str = "online", waiting: int = 0, *printers: Printer) -> Status:
    return Status(property_name="Harbour Kitchen", sync=Sync(state=state, waiting=waiting), printers=printers)


@pytest.mark.parametrize(
    ("link", "known", "words", "cut_off"),
    [
        (None, None, "○ Connecting", False),
        (Link(heard=True, since=NOW), status(), "● Online", False),
        (Link(heard=True, since=NOW), status("property_only", 1), "◐ Property only, 1 waits", False),
        (Link(heard=True, since=NOW), status("property_only", 12), "◐ Property only, 12 wait", False),
        (Link(heard=False, since=NOW), status(), "✖ Cut off since 19:00", True),
    ],
)
def test_the_connection_has_one_sign(link: Link | None, known: Status | None, words: str, cut_off: bool) -> None:
    shown = sign.connection(link, known)
    assert (shown.words, shown.cut_off) == (words, cut_off)


def test_the_station_or_printer_that_needs_somebody_is_named() -> None:
    good, out, open_one = (
        Printer(name="Bar", state="ok"),
        Printer(name="Pass", state="paper_out"),
        Printer(name="Till", state="cover_open"),
    )
    assert sign.printers(status("online", 0, good)).words == "▣ Printers ok"
    assert sign.printers(status("online", 0, good, out, open_one)).words == "▲ Pass: paper out and 1 more"
    assert sign.printers(status()).words == "No printer"
    gone = msgspec.structs.replace(status("online", 0, good), devices=(Device(name="Scanner", state="lost"),))
    assert sign.printers(gone).words == "▲ Scanner: not there"
    lost = tuple(PaperAlarm(title=f"Ticket A1-{n} Grill", printer="Pass") for n in (7, 8))
    cried = sign.printers(msgspec.structs.replace(status("online", 0, good, out), paper_alarms=lost))
    assert (cried.words, cried.tone) == ("▲ Not on paper: Ticket A1-7 Grill and 1 more", "alarm")
    deaf = UnheardStation(name="Grill", since=NOW)
    silent = sign.printers(
        msgspec.structs.replace(status("online", 0, out), unheard_stations=(deaf,), paper_alarms=lost)
    )
    assert (silent.words, silent.tone) == ("▲ Grill is not receiving", "alarm")
    told = [msgspec.structs.replace(deaf, to_station="Bar"), msgspec.structs.replace(deaf, to_printer="Pass"), deaf]
    assert [sign.stand_in(one) for one in told] == [
        "its tickets are shown at Bar",
        "its tickets are printed: Pass",
        "nobody sees its tickets: tell them what is ordered",
    ]
