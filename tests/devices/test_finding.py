"""Finding devices: with plugs and networks of the test's own, and one in a network namespace."""

import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from devices.finding import Candidate, SerialPort, Sight, discover, lan_candidates, this_machine
from devices.mdns import NODES, Service, announced, services
from devices.usb import UsbPlugs
from tests.devices.networks import lan

WAIT_SECONDS = 30
INPUTS = """I: Bus=0003 Vendor=05e0 Product=1200 Version=0110
N: Name="Symbol Scanner"
H: Handlers=sysrq kbd event4 leds
B: EV=120013

I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
H: Handlers=event0
B: EV=3

I: Bus=0003 Vendor=1111 Product=2222 Version=0110
N: Name="Bump bar"
H: Handlers=kbd event7
"""
ARP = """IP address       HW type     Flags       HW address            Mask     Device
192.168.1.50     0x1         0x2         00:26:ab:01:02:03     *        eth0
192.168.1.51     0x1         0x0         00:00:00:00:00:00     *        eth0
"""


def sight(folder: Path) -> Sight:
    """A machine with a scanner under a name that stays, a bump bar, a serial port, a USB printer and a named printer."""
    for name, target in (("input/by-id/usb-Symbol-event-kbd", "event4"), ("serial/by-id/usb-FTDI-port0", "ttyUSB0")):
        link = folder / name
        link.parent.mkdir(parents=True)
        (folder / target).touch()
        link.symlink_to(folder / target)
    for name, text in (
        ("usb/1-2:1.0/bInterfaceClass", "07\n"),
        ("usb/1-3:1.0/bInterfaceClass", "03\n"),
        ("usb/1-2/product", "TM-T20II\n"),
        ("usb/1-2/idVendor", "04b8\n"),
        ("usb/1-2/idProduct", "0e15\n"),
        ("inputs", INPUTS),
        ("arp", ARP),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Sight(
        serial_ports=lambda: [SerialPort("/dev/ttyUSB0", "FT232R", "A9X"), SerialPort("/dev/ttyS0", "")],
        interfaces=list,
        announced=lambda: [
            Service("_pdl-datastream._tcp.local.", "EPSON TM-m30", "192.168.1.50", 9100, {"ty": "TM-m30"})
        ],
        inputs=folder / "inputs",
        by_id=folder,
        usb=UsbPlugs(folder / "usb"),
        neighbours=folder / "arp",
    )


def test_what_is_plugged_in_or_tells_its_name_is_found_by_the_name_that_stays(tmp_path: Path) -> None:
    assert discover(sight(tmp_path)) == [
        Candidate("serial port", f"serial:{tmp_path}/serial/by-id/usb-FTDI-port0", "FT232R", "A9X"),
        Candidate("serial port", "serial:/dev/ttyS0", "ttyS0"),
        Candidate("keyboard", f"input:{tmp_path}/input/by-id/usb-Symbol-event-kbd", "Symbol Scanner"),
        Candidate("keyboard", "input:/dev/input/event7", "Bump bar"),
        Candidate("USB printer", "usb:04b8:0e15", "TM-T20II", "the kernel's usblp does not drive it"),
        Candidate("printer", "192.168.1.50:9100", "EPSON TM-m30", "00:26:ab:01:02:03, TM-m30"),
    ]


def test_what_listens_on_the_machines_own_network_is_found_and_the_machine_itself_is_not() -> None:
    with lan() as net, ExitStack() as stack:
        for place, port in ((net.node, 9100), (net.plug_in("10.77.0.9"), 9100), (net.plug_in("10.77.0.20"), 4001)):
            stack.enter_context(place.at(socket.create_server, ("0.0.0.0", port)))
        found = net.node.at(lan_candidates, replace(this_machine(), announced=list))
    assert [(one.what, one.address) for one in found] == [
        ("printer", "10.77.0.9:9100"),
        ("serial server", "tcp:10.77.0.20:4001"),
    ]
    assert all(len(one.detail) == len("00:26:ab:01:02:03") for one in found)


def test_a_node_that_tells_its_name_is_found_by_it() -> None:
    here = ["127.0.0.1"]
    told = Service(NODES, "Dune House 1.5 A", "127.0.0.1", 8010, {"property_id": "p", "node_code": "A"})
    try:
        with announced(told, interfaces=here) as known:
            found = services([NODES], WAIT_SECONDS, interfaces=here, enough=1)
    except OSError as error:
        pytest.skip(f"no multicast: {error}")
    assert known.name == "Dune House 1 5 A"
    assert found == [known]
