"""A ticket's printer on USB, pulled out in the middle of it and put into another socket."""

from pathlib import Path

import pytest

from edge.host import EdgeHost
from edge.printing.printers import add_printer, edit_printer, printers_of
from hospitality.ground.errors import Invalid
from tests.devices.usb_sockets import Sockets
from tests.edge.node_fixture import KITCHEN, STEAK, act, ask
from tests.edge.printing.evening import jobs, order, printing, states, texts, wait_for

NAME = "usb:04b8:0e15:J4T5"


def test_a_ticket_cut_short_by_a_vanishing_printer_waits_and_comes_out_marked(host: EdgeHost, tmp_path: Path) -> None:
    sockets = Sockets(tmp_path)
    act(host, add_printer, name="Grill", address=NAME, station_ids=[KITCHEN])
    with printing(host, opened=sockets.opened) as found:
        with sockets.printer("1-2", "lp0", "J4T5") as grill:
            wait_for(lambda: found.states()[0]["state"] == "ready")
            grill.slow_down(0.2)
            order(host, STEAK)
            wait_for(lambda: "KITCHEN" in grill.unfinished())
            grill.go_offline()
            wait_for(lambda: found.states()[0]["state"] == "unreachable")
            assert states(host)[0] in ("unknown", "failed", "sending")
        with sockets.printer("1-4", "lp1", "J4T5") as grill:
            wait_for(lambda: states(host) == ["confirmed"])
            (ticket,) = texts(grill)
    assert "REPRINT" in ticket
    assert "Rump steak" in ticket
    assert jobs(host)[0]["copies"] == 2


def test_a_serial_printer_says_how_its_line_is_set(host: EdgeHost) -> None:
    made = act(host, add_printer, name="Bar", address=" serial:/dev/ttyS0 ", settings={"baud": 19_200})
    act(host, edit_printer, made["id"], {"settings": {"baud": 38_400, "flow": "hardware"}})
    (setup,) = ask(host, printers_of)
    assert (setup.address, setup.serial.baud, setup.serial.flow) == ("serial:/dev/ttyS0", 38_400, "hardware")
    with pytest.raises(Invalid) as refused:
        act(host, edit_printer, made["id"], {"settings": {"baud": 31_337}})
    assert (refused.value.code, ask(host, printers_of)) == ("DEVICE_SETTING_INVALID", [setup])
