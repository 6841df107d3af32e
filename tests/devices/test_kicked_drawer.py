"""Drawers that hang on a receipt printer, against the virtual one: when they are kicked, how often, and what is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest

from devices.documents import Cut, Document, Kick, Text
from devices.escpos import encode
from devices.heard import DrawerMoved, Garbled, OpenDrawer, Well
from devices.kicked_drawer import DrawerLine, KickedDrawer
from devices.line import LineBroken
from devices.printer import Outcome, Trouble, Verdict
from devices.receipt_printer import ReceiptPrinter
from devices.virtual_printer import VirtualPrinter

STATUS_BYTES = 4 * 3  # the questions before the kick


@pytest.fixture
def line(network: ReceiptPrinter) -> Iterator[DrawerLine]:
    with DrawerLine(lambda: network) as opened:
        yield opened


def slip(text: str) -> Document:
    return Document((*(Text(f"{text} {number}") for number in range(8)), Cut()))


def begun(virtual: VirtualPrinter) -> None:
    """Waits until a slip has begun to come out."""
    until = monotonic() + 20.0
    while not virtual.unfinished():
        assert monotonic() < until, "nothing is printed"
        Event().wait(0.005)


def test_it_opens_and_tells_when_it_is_pushed_in(virtual: VirtualPrinter, line: DrawerLine) -> None:
    drawer = KickedDrawer(socket=2)
    assert drawer.begin(line) == [DrawerMoved(False)]
    assert drawer.do(line, OpenDrawer()) == Well()
    assert drawer.turn(line, 5.0) == [DrawerMoved(True)]
    virtual.push_in_drawer()
    assert drawer.turn(line, 0.0) == [DrawerMoved(False)]
    assert drawer.turn(line, 0.0) == [Well()]
    assert (virtual.counts()["kicks"], virtual.counts()["lines"], virtual.printed()) == (1, 0, [])


def test_a_kick_waits_for_the_slip_under_way_and_for_no_other(virtual: VirtualPrinter, network: ReceiptPrinter) -> None:
    """Whoever prints begins the next slip at once: without a turn of its own the kick would come behind the last of them."""
    names = [f"slip {number}" for number in range(6)]
    virtual.slow_down(0.01)
    with ThreadPoolExecutor(1) as others:
        job = others.submit(lambda: [network.print(slip(name), job=name).verdict for name in names])
        begun(virtual)
        assert network.drawer_contact() is None  # nobody is asked in the middle of a slip
        assert network.kick(1, job="drawer", wait_seconds=20.0) == Outcome(Verdict.CONFIRMED)
        assert len(virtual.printed()) in (1, 2)
        assert job.result() == [Verdict.CONFIRMED] * 6
    assert [printed.text for printed in virtual.printed()] == [
        "\n".join(f"{name} {number}" for number in range(8)) for name in names
    ]
    assert virtual.counts()["kicks"] == 1


def test_a_kick_that_comes_too_late_is_never_sent(virtual: VirtualPrinter, network: ReceiptPrinter) -> None:
    virtual.slow_down(0.02)
    with ThreadPoolExecutor(1) as others:
        job = others.submit(network.print, slip("long"), job="long")
        begun(virtual)
        outcome = network.kick(1, job="drawer", wait_seconds=0.01)
        assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.SLOW)
        assert job.result().verdict is Verdict.CONFIRMED
    assert network.status().ready
    assert virtual.counts()["kicks"] == 0


@pytest.mark.parametrize("answered", [False, True])
def test_a_kick_without_an_answer_is_told_and_not_repeated(
    answered: bool, virtual: VirtualPrinter, line: DrawerLine, network: ReceiptPrinter
) -> None:
    """Where the contact says that it opened, that is the answer; else it is told until the drawer opens."""
    drawer = KickedDrawer("status" if answered else "nothing")
    drawer.begin(line)
    virtual.reset_after(STATUS_BYTES + len(encode(Document((Kick(1),)), network.profile)))
    done = drawer.do(line, OpenDrawer())
    assert isinstance(done, Garbled)
    assert done.detail.startswith("Nobody knows whether the drawer opened, and it is not tried again.")
    assert virtual.wait_idle()
    assert drawer.turn(line, 0.0) == ([DrawerMoved(True)] if answered else [done])
    assert drawer.turn(line, 0.0) == ([Well()] if answered else [done])
    assert virtual.counts()["kicks"] == 1
    assert drawer.do(line, OpenDrawer()) == Well()
    assert drawer.turn(line, 0.0) == [Well()]
    assert virtual.counts()["kicks"] == 2


def test_a_printer_that_can_print_nothing_opens_nothing_later(virtual: VirtualPrinter, line: DrawerLine) -> None:
    drawer = KickedDrawer()
    virtual.paper_out()
    assert drawer.do(line, OpenDrawer()) == Garbled("The drawer was not opened. The printer is out of paper.")
    virtual.refill()
    assert virtual.wait_idle()
    assert virtual.counts()["kicks"] == 0
    virtual.go_offline()
    with pytest.raises(LineBroken, match="No connection"):
        drawer.turn(line, 0.0)
    with DrawerLine(lambda: None) as nowhere, pytest.raises(LineBroken, match="not set up"):
        drawer.begin(nowhere)
