"""A kitchen screen that is cut off: staff know it, another screen or printer stands in, and its return repeats nothing
(R6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.host import EdgeHost
from edge.printing.printers import add_printer
from edge.printing.reader import Reader
from edge.screens import Screens
from hospitality.ground.clock import instant_text
from hospitality.ground.work import Work
from hospitality.kitchen.service import step_ticket
from hospitality.kitchen.tickets import tickets_list
from hospitality.menu.service.stations import edit_station
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.people.models import Terminal
from tests.edge.node_fixture import BAR, KITCHEN, SOUP, TILL, act, ask, node

NOW = datetime(2026, 11, 22, 19, tzinfo=UTC)
AT_GRILL, AT_BAR = TILL, "0198a000-0000-7000-8000-0000000000ba"


class Seconds:
    """Time that passes when a test says so, on the node's clock and on the one that nobody sets."""

    def __init__(self, host: EdgeHost) -> None:
        self.at = 0.0
        host.now = lambda: NOW + timedelta(seconds=self.at)

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EdgeHost]:
    with node(tmp_path) as running:
        yield running


@pytest.fixture
def seconds(host: EdgeHost) -> Seconds:
    for id in (AT_GRILL, AT_BAR):
        enrolled = {"id": id, "name": id, "kind": "kitchen", "token_hash": id, "enrolled_at": instant_text(NOW)}
        act(host, Work.add, Terminal, enrolled)
    return Seconds(host)


@contextmanager
def watched(host: EdgeHost, seconds: Seconds) -> Iterator[Screens]:
    """The node's screens, of which the turns are the test's."""
    screens = Screens(host, steady=seconds)
    screens.begin()
    yield screens


def journal(host: EdgeHost) -> list[str]:
    """What was told of screens."""
    rows = ask(host, lambda r: r.rows("SELECT kind FROM journal WHERE kind LIKE 'screens.%' ORDER BY rowid"))
    return [str(row["kind"]) for row in rows]


def order(host: EdgeHost) -> None:
    act(host, place_order, NewOrder("dine_in", (NewLine(SOUP, 1),), table="12"))


def slips(host: EdgeHost, reader: Reader) -> list[tuple[str, str, bool]]:
    """The slips queued so far: for which ticket, at which printer, and whether they say in whose place."""
    while reader.step()[1]:
        pass
    rows = ask(host, lambda r: r.rows("SELECT cause_id, printer_id, document FROM print_jobs ORDER BY sequence"))
    return [(row["cause_id"], row["printer_id"], "INSTEAD OF KITCHEN SCREEN" in row["document"]) for row in rows]


def test_a_deaf_screen_is_told_within_five_seconds_and_another_station_shows_its_tickets_within_ten(
    host: EdgeHost, seconds: Seconds
) -> None:
    act(host, edit_station, KITCHEN, {"backup_station_id": BAR})
    with watched(host, seconds) as screens:
        screens.told(AT_GRILL, KITCHEN)
        screens.told(AT_BAR, BAR)
        assert screens.turn() == 4.4
        seconds.at += 4.5
        screens.told(AT_BAR, BAR)
        screens.turn()
        (told,) = screens.unheard()
        assert told == {
            "station_id": KITCHEN,
            "name": "Kitchen",
            "since": "2026-11-22T19:00:00.000000Z",
            "elsewhere": False,
            "to_station_id": None,
            "to_station": None,
            "to_printer": None,
        }
        assert (journal(host), screens.receiving()) == ([], {"Kitchen": False, "Bar": True})
        seconds.at += 4.0
        screens.told(AT_BAR, BAR)
        screens.turn()
        assert screens.unheard() == [{**told, "elsewhere": True, "to_station_id": BAR, "to_station": "Bar"}]
        screens.told(AT_GRILL, KITCHEN)
        screens.turn()
        assert screens.unheard() == []
    assert journal(host) == ["screens.station_unheard", "screens.station_heard"]


def test_without_a_screen_that_is_heard_the_backup_printer_prints_what_is_open_and_comes_each_ticket_once(
    host: EdgeHost, seconds: Seconds
) -> None:
    printer = act(host, add_printer, name="Pass", address="127.0.0.1:9")["id"]
    act(host, edit_station, KITCHEN, {"backup_station_id": BAR, "backup_printer": "Pass"})
    reader = Reader(host)
    reader.begin()
    for _ in range(2):
        order(host)
    done, open_one = (view["id"] for view in ask(host, tickets_list))
    act(host, step_ticket, done, "ready")
    with watched(host, seconds) as screens:
        screens.told(AT_GRILL, KITCHEN)
        seconds.at += 8.0
        screens.turn()
        assert screens.unheard()[0]["to_printer"] == "Pass"
        assert slips(host, reader) == [(open_one, printer, True)]
        order(host)
        assert [slip[1:] for slip in slips(host, reader)] == [(printer, True)] * 2
        screens.told(AT_GRILL, KITCHEN)
        screens.turn()
        order(host)
        seconds.at += 8.0
        screens.turn()
        everything = slips(host, reader)
    assert len(everything) == 3
    assert len({slip[0] for slip in everything}) == 3


def test_a_node_that_starts_again_expects_the_screens_that_it_knew_and_no_revoked_one(
    host: EdgeHost, seconds: Seconds
) -> None:
    with watched(host, seconds) as screens:
        screens.told(AT_GRILL, KITCHEN)
        screens.told(AT_BAR, BAR)
        screens.turn()
        screens.left(AT_BAR, BAR)
        seconds.at += 9.0
        screens.turn()
    with watched(host, seconds) as screens:
        screens.turn()
        assert [(one["name"], one["elsewhere"]) for one in screens.unheard()] == [("Kitchen", True)]
        screens.told(AT_BAR, BAR)
        screens.turn()
    assert journal(host) == ["screens.station_unheard"]
    with watched(host, seconds) as screens:
        seconds.at += 9.0
        screens.turn()
        assert [one["name"] for one in screens.unheard()] == ["Kitchen"], "the bar's screen has a moment to come back"
        act(host, lambda work: work.edit(Terminal, AT_GRILL, revoked_at=work.now_text))
        screens.turn()
        screens.told(AT_GRILL, KITCHEN)
        screens.turn()
        assert screens.unheard() == []
        assert screens.receiving() == {"Bar": True}
