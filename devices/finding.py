"""What is plugged into this machine and what listens on its networks, so that nobody must know addresses.

Everything is only looked at: ports are opened and closed again and nothing is sent to them, since what is no receipt
printer would print it. The back ends are arguments, so that tests have plugs and networks of their own.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, ip_interface
from pathlib import Path

import ifaddr
from serial.tools import list_ports

from devices.mdns import PRINTERS, Service, services
from devices.usb import THIS_MACHINE, UsbPlugs

PORTS = {9100: "printer", 4001: "serial server"}
CONNECT_SECONDS = 0.6
CONNECTS_MAX = 128
HOSTS_MAX = 1_022  # of one network; a larger one is not a property's
NETWORKS_MAX = 4
MDNS_SECONDS = 2.0
_ARP = re.compile(r"^(?P<ip>[0-9.]+)\s+0x\S+\s+0x(?P<flags>\S+)\s+(?P<mac>[0-9a-f:]{17})\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be a device; `address` as it would be set up."""

    what: str
    address: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port of this machine: its path and what it says of itself."""

    path: str
    words: str
    serial_number: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where to look; each a function without arguments, or a folder."""

    serial_ports: Callable[[], Iterable[SerialPort]]
    interfaces: Callable[[], Iterable[IPv4Interface]]
    announced: Callable[[], Sequence[Service]]
    inputs: Path = Path("/proc/bus/input/devices")
    by_id: Path = Path("/dev")
    usb: UsbPlugs = THIS_MACHINE
    neighbours: Path = Path("/proc/thread-self/net/arp")
    ports: tuple[int, ...] = tuple(PORTS)


def this_machine() -> Sight:
    """The real back ends."""
    return Sight(serial_ports=_real_ports, interfaces=_real_interfaces, announced=_real_announced)


def discover(sight: Sight) -> list[Candidate]:
    """All that can be seen, in about MDNS_SECONDS and a second more a network of 250 hosts."""
    return [*serial_candidates(sight), *input_candidates(sight), *usb_printers(sight), *lan_candidates(sight)]


def serial_candidates(sight: Sight) -> list[Candidate]:
    """Serial ports, by the name that stays where there is one."""
    names = _names_that_stay(sight.by_id / "serial" / "by-id")
    found = []
    for port in sight.serial_ports():
        path = names.get(Path(port.path).name, port.path)
        found.append(Candidate("serial port", f"serial:{path}", port.words or Path(port.path).name, port.serial_number))
    return found


def input_candidates(sight: Sight) -> list[Candidate]:
    """Keyboards and what types like one, by the name that stays where there is one."""
    names = _names_that_stay(sight.by_id / "input" / "by-id")
    text = _read(sight.inputs)
    found = []
    for block in text.split("\n\n"):
        handlers = re.search(r"^H: Handlers=(.*)$", block, re.MULTILINE)
        name = re.search(r'^N: Name="(.*)"$', block, re.MULTILINE)
        if handlers is None or "kbd" not in handlers[1].split():
            continue
        event = next((word for word in handlers[1].split() if re.fullmatch(r"event[0-9]+", word)), None)
        if event is not None:
            path = names.get(event, f"/dev/input/{event}")
            found.append(Candidate("keyboard", f"input:{path}", name[1] if name else event))
    return found


def usb_printers(sight: Sight) -> list[Candidate]:
    """Printers on USB, by the name that stays where there is one."""
    return [
        Candidate(
            "USB printer",
            f"usb:{sight.usb.shortest(one)}",
            one.words,
            "" if one.file else "the kernel's usblp does not drive it",
        )
        for one in sight.usb.printers()
    ]


@dataclass(frozen=True, slots=True)
class Listener:
    """Something at a port of the machine's own networks, by its hardware address and the name that it tells, where known."""

    host: str
    port: int
    hardware: str = ""
    name: str = ""
    model: str = ""


def lan_listeners(sight: Sight) -> list[Listener]:
    """What listens at the ports of this machine's own networks, and what tells its name by mDNS."""
    own = list(sight.interfaces())[:NETWORKS_MAX]
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        raise AssertionError("called from a thread that may wait")
    open_ports = asyncio.run(_scan(own, sight.ports))
    named = {(one.host, one.port): one for one in sight.announced()}
    hardware = hardware_addresses(sight)
    found = []
    for host, port in sorted({*open_ports, *named}, key=lambda at: (_order(at[0]), at[1])):
        said = named.get((host, port))
        name, model = ("", "") if said is None else (said.name, said.about.get("ty", ""))
        found.append(Listener(host, port, hardware.get(host, ""), name, model))
    return found


def hardware_addresses(sight: Sight) -> dict[str, str]:
    """The hardware address of each host that this machine spoke with of late."""
    return {one["ip"]: one["mac"] for one in _ARP.finditer(_read(sight.neighbours)) if one["flags"] != "0"}


def lan_candidates(sight: Sight) -> list[Candidate]:
    """The same, as what may be a device."""
    found = []
    for one in lan_listeners(sight):
        what = PORTS.get(one.port, "printer")
        address = f"{one.host}:{one.port}" if what == "printer" else f"tcp:{one.host}:{one.port}"
        detail = ", ".join(filter(None, (one.hardware, one.model)))
        found.append(Candidate(what, address, one.name or f"port {one.port}", detail))
    return found


async def _scan(own: Iterable[IPv4Interface], ports: Sequence[int]) -> set[tuple[str, int]]:
    """Who listens at these ports on networks of at most HOSTS_MAX hosts, this machine left out."""
    few, mine = asyncio.Semaphore(CONNECTS_MAX), {one.ip for one in own}
    networks = {one.network for one in own if 0 < one.network.num_addresses <= HOSTS_MAX + 2}

    async def listens(host: IPv4Address, port: int) -> tuple[str, int] | None:
        async with few:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    _, writer = await asyncio.open_connection(str(host), port)
            except (OSError, TimeoutError):
                return None
            writer.transport.abort()
            return str(host), port

    hosts = [host for network in networks for host in network.hosts() if host not in mine]
    answers = await asyncio.gather(*(listens(host, port) for host in hosts for port in ports))
    return {answer for answer in answers if answer is not None}


def _order(host: str) -> tuple[int, str]:
    try:
        return int(ip_interface(host).ip), host
    except ValueError:
        return 1 << 130, host


def _names_that_stay(folder: Path) -> dict[str, str]:
    """A device's file name → the link that names it whatever socket it is in."""
    if not folder.is_dir():
        return {}
    found: dict[str, str] = {}
    for link in sorted(folder.iterdir()):
        with contextlib.suppress(OSError):  # pulled out this moment
            found.setdefault(link.resolve().name, str(link))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:  # not this kernel, or pulled out this moment: nothing is seen there
        return ""


def _real_ports() -> list[SerialPort]:
    return [
        SerialPort(port.device, "" if port.description == "n/a" else port.description, port.serial_number or "")
        for port in sorted(list_ports.comports())
    ]


def _real_interfaces() -> list[IPv4Interface]:
    found = []
    for adapter in ifaddr.get_adapters():
        for one in adapter.ips:
            if isinstance(one.ip, str):
                network = IPv4Interface(f"{one.ip}/{one.network_prefix}")
                if not network.is_loopback and not network.is_link_local:
                    found.append(network)
    return found


def _real_announced() -> list[Service]:
    try:
        return services(PRINTERS, MDNS_SECONDS)
    except OSError:  # no multicast on this network: what listens is still found by its port
        return []
