"""Printers on USB and on serial ports: found by what they are, believed as on the network, and gone when pulled out."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from devices.conversation import Patience
from devices.documents import Cut, Document, Text, marked_reprint
from devices.layout import to_text
from devices.line import Reach, SerialSettings, read_reach
from devices.printer import Outcome, Trouble, Verdict
from devices.receipt_printer import ReceiptPrinter
from devices.usb import UsbName, read_usb_name
from devices.virtual_printer import VirtualPrinter
from tests.devices.usb_sockets import Sockets

NAME = "usb:04b8:0e15:J4T5"
TICKET = Document((Text("TICKET 7"), Cut()))


def at(address: str, sockets: Sockets, patience: Patience) -> ReceiptPrinter:
    reach = read_reach(address)
    assert reach is not None
    return ReceiptPrinter(reach, patience=patience, opened=sockets.opened)


def test_a_printer_is_found_again_by_its_serial_number_in_whatever_socket(
    tmp_path: Path, hasty: Patience, receipt: Document
) -> None:
    sockets = Sockets(tmp_path)
    printer = at(NAME, sockets, hasty)
    assert (printer.status().trouble, "not plugged in" in printer.status().detail) == (Trouble.UNREACHABLE, True)
    with sockets.printer("1-1", "lp0", "OTHER") as other:
        with sockets.printer("1-2", "lp1", "J4T5") as mine:
            assert printer.status().ready
            mine.paper_out()
            assert printer.status().trouble is Trouble.PAPER_OUT
            assert printer.print(TICKET, job="a").verdict is Verdict.FAILED
            mine.refill()
            assert printer.print(receipt, job="b") == Outcome(Verdict.CONFIRMED)
            assert [slip.text for slip in mine.printed()] == [to_text(receipt, 42)]
        outcome = printer.print(TICKET, job="c")
        assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.UNREACHABLE)
        with sockets.printer("2-1.4", "lp7", "J4T5") as mine:
            assert printer.print(TICKET, job="d") == Outcome(Verdict.CONFIRMED)
            assert [slip.text for slip in mine.printed()] == ["TICKET 7"]
        assert other.printed() == []


def test_printers_that_say_the_same_of_themselves_are_told_apart_by_their_socket_alone(
    tmp_path: Path, hasty: Patience
) -> None:
    sockets = Sockets(tmp_path)
    with ExitStack() as stack:
        twins = [stack.enter_context(sockets.printer(f"1-{n}", f"lp{n}")) for n in (1, 2)]
        outcome = at("usb:04b8:0e15", sockets, hasty).print(TICKET, job="a")
        assert (outcome.verdict, "@1-1, @1-2" in outcome.detail) == (Verdict.FAILED, True)
        names = [str(sockets.plugs.shortest(one)) for one in sockets.plugs.printers()]
        assert names == ["04b8:0e15@1-1", "04b8:0e15@1-2"]
        assert at(f"usb:{names[1]}", sockets, hasty).print(TICKET, job="b").verdict is Verdict.CONFIRMED
        assert [len(twin.printed()) for twin in twins] == [0, 1]
    sockets.say("1-3", None, "N")
    assert [str(sockets.plugs.shortest(one)) for one in sockets.plugs.printers()] == ["04b8:0e15:N"]
    assert "usblp does not drive it" in at("usb:04b8:0e15", sockets, hasty).status().detail


def test_a_printer_that_vanishes_in_the_middle_is_not_confirmed_and_its_next_copy_is_whole(
    tmp_path: Path, hasty: Patience, receipt: Document
) -> None:
    sockets = Sockets(tmp_path)
    with sockets.printer("1-2", "lp0", "J4T5") as mine:
        printer = at(NAME, sockets, hasty)
        mine.reset_after(300)
        outcome = printer.print(receipt, job="a/1")
        assert (outcome.verdict, outcome.trouble) == (Verdict.UNKNOWN, Trouble.INTERRUPTED)
        assert printer.status().trouble is Trouble.UNREACHABLE
        mine.go_online()
        marked = marked_reprint(receipt, "Copy 2")
        assert printer.print(marked, job="a/2") == Outcome(Verdict.CONFIRMED)
        begun, whole = (slip.text for slip in mine.printed())
        assert to_text(receipt, 42).startswith(begun.rstrip("\n"))
        assert whole == to_text(marked, 42)


@pytest.mark.parametrize("way", ["serial", "file"])
def test_a_printer_on_a_port_is_believed_as_one_on_the_network(
    way: str, tmp_path: Path, hasty: Patience, receipt: Document
) -> None:
    with VirtualPrinter(wire=tmp_path / "tty") as wired:
        fast = SerialSettings(baud=115_200, flow="hardware")
        printer = ReceiptPrinter(Reach(way, str(tmp_path / "tty")), serial=fast, patience=hasty)
        assert printer.print(receipt, job="a") == Outcome(Verdict.CONFIRMED)
        assert [slip.text for slip in wired.printed()] == [to_text(receipt, 42)]
        wired.open_cover()
        assert printer.status().trouble is Trouble.COVER_OPEN
        wired.close_cover()
        wired.garble()
        assert printer.print(TICKET, job="b").trouble is Trouble.GARBLED
        wired.garble(on=False)
        wired.mute()
        outcome = printer.print(TICKET, job="c")
        assert (outcome.verdict, outcome.trouble) == (Verdict.FAILED, Trouble.SILENT)
        wired.mute(on=False)
        assert printer.print(TICKET, job="d") == Outcome(Verdict.CONFIRMED)
        assert [slip.text for slip in wired.printed()][1:] == ["TICKET 7"]


def test_what_is_no_name_on_usb_is_none() -> None:
    whole = UsbName("04b8", "0e15", "A/1.b", "1-2.3")
    assert read_usb_name(str(whole)) == whole
    assert [read_usb_name(text) for text in ("04b8", "04b8:0e1", "04B8:0e15", "04b8:0e15:", "04b8:0e15@1", "")] == [
        None
    ] * 6
    assert str(read_reach("tcp:[fd00::5]:4001")) == "tcp:[fd00::5]:4001"
