"""Names on the local network by multicast DNS: a node tells where it is, and what else tells so is heard."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from zeroconf import Error, InterfaceChoice, ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

NODES = "_buffr._tcp.local."
PRINTERS = ("_pdl-datastream._tcp.local.", "_printer._tcp.local.")
INFO_MILLISECONDS = 1_500
NAME_BYTES_MAX = 60  # of the 63 that a label has
SERVICES_MAX = 200
Interfaces = Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Service:
    """Something that tells its name, where it is, and a little about itself."""

    kind: str
    name: str
    host: str
    port: int
    about: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def announced(service: Service, *, interfaces: Interfaces = None) -> Iterator[Service]:
    """Tells the service's name for the length of the block; under another where the name is taken.

    `host` is the address told. Raises OSError where the network takes no multicast.
    """
    plug = _plug(interfaces)
    try:
        label = _label(service.name)
        info = ServiceInfo(
            service.kind,
            f"{label}.{service.kind}",
            addresses=[ip_address(service.host).packed],
            port=service.port,
            properties=dict(service.about),
            server=f"{service.about.get('host', 'buffr')}.local.",
        )
        try:
            plug.register_service(info, allow_name_change=True)
        except Error as error:
            raise OSError(f"the name could not be told ({type(error).__name__})") from error
        yield Service(service.kind, info.get_name(), service.host, service.port, service.about)
    finally:
        plug.close()


def services(kinds: Sequence[str], seconds: float, *, interfaces: Interfaces = None, enough: int = 0) -> list[Service]:
    """What tells its name within so many seconds, by name; ends early once there are `enough`. Raises OSError."""
    found: dict[str, Service] = {}
    has_enough = threading.Event()

    def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed or len(found) >= SERVICES_MAX:
            return
        info = zeroconf.get_service_info(service_type, name, INFO_MILLISECONDS)
        if info is not None and (one := _service(service_type, info)) is not None:
            found[name] = one
            if enough and len(found) >= enough:
                has_enough.set()

    plug = _plug(interfaces)
    try:
        browser = ServiceBrowser(plug, list(kinds), handlers=[heard])
        has_enough.wait(seconds)
        browser.cancel()
    finally:
        plug.close()
    return sorted(found.values(), key=lambda service: (service.name, service.host))


def _service(kind: str, info: ServiceInfo) -> Service | None:
    addresses = [address for address in info.parsed_addresses() if not address.startswith("fe80:")]
    if not addresses or not info.port:
        return None
    about = {
        key.decode(errors="replace"): (value or b"").decode(errors="replace") for key, value in info.properties.items()
    }
    host = next((one for one in addresses if ":" not in one), addresses[0])
    return Service(kind, info.get_name(), host, info.port, about)


def _plug(interfaces: Interfaces) -> Zeroconf:
    try:
        return Zeroconf(interfaces=InterfaceChoice.Default if interfaces is None else list(interfaces))
    except OSError as error:
        raise OSError(f"no multicast here ({error.strerror or error})") from error


def _label(name: str) -> str:
    """The name as one label: dots end labels, and a label has few bytes."""
    whole = name.replace(".", " ").strip() or socket.gethostname()
    return whole.encode()[:NAME_BYTES_MAX].decode(errors="ignore")
