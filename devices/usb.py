"""Receipt printers on USB: which are plugged in, and under which file the kernel has the one that is meant.

The kernel's own driver for printers (`usblp`) carries them, and not a library in our process: its file can be polled as a
serial port can, so that one kind of line with one kind of patience serves all; nothing is taken away from another program;
and Debian lets the group `lp` open it, as it does the bus. What the kernel says of its bus is read from `/sys`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

PRINTER_CLASS = "07"
_NAME = re.compile(
    r"(?P<vendor>[0-9a-f]{4}):(?P<product>[0-9a-f]{4})(:(?P<serial>[^@\s]{1,64}))?(@(?P<socket>[0-9]+-[0-9.]+))?"
)


@dataclass(frozen=True, slots=True)
class UsbName:
    """Which printer is meant: make, model and serial number; `socket` where two say the same of themselves."""

    vendor: str
    product: str
    serial: str = ""
    socket: str = ""

    def __str__(self) -> str:
        serial = f":{self.serial}" if self.serial else ""
        return f"{self.vendor}:{self.product}{serial}" + (f"@{self.socket}" if self.socket else "")

    def means(self, other: "UsbName") -> bool:
        """Whether that is it; what this one does not say may be anything."""
        pairs = ((self.serial, other.serial), (self.socket, other.socket))
        same_make = (self.vendor, self.product) == (other.vendor, other.product)
        return same_make and all(mine in ("", its) for mine, its in pairs)


@dataclass(frozen=True, slots=True)
class UsbPrinter:
    """A printer that is plugged in, by its whole name. `file` is the kernel's, "" where `usblp` does not drive it."""

    name: UsbName
    words: str
    file: str


@dataclass(frozen=True, slots=True)
class UsbPlugs:
    """The kernel's two folders: what it says of the bus, and where its files are."""

    bus: Path = Path("/sys/bus/usb/devices")
    files: Path = Path("/dev/usb")

    def printers(self) -> list[UsbPrinter]:
        """The printers that are plugged in."""
        return [
            self._printer(at.parent) for at in sorted(self.bus.glob("*/bInterfaceClass")) if _read(at) == PRINTER_CLASS
        ]

    def path_of(self, meant: UsbName) -> Path:
        """The file of the printer that is meant; LookupError in words. Another of its kind is never taken for it."""
        found = [one for one in self.printers() if meant.means(one.name)]
        if not found:
            raise LookupError("it is not plugged in")
        if len(found) > 1:
            sockets = ", ".join(f"@{one.name.socket}" for one in found)
            raise LookupError(f"{len(found)} printers say that they are this one: add one of {sockets} to its address")
        if not found[0].file:
            raise LookupError("the kernel's usblp does not drive it")
        return self.files / found[0].file

    def shortest(self, printer: UsbPrinter) -> UsbName:
        """The name that means this printer alone, and stays when it is put into another socket where that can be."""
        name = printer.name
        short = UsbName(name.vendor, name.product, name.serial)
        return name if sum(short.means(one.name) for one in self.printers()) > 1 else short

    def _printer(self, interface: Path) -> UsbPrinter:
        socket = interface.name.split(":")[0]
        device = self.bus / socket
        vendor, product, serial = (_read(device / name) for name in ("idVendor", "idProduct", "serial"))
        whole = read_usb_name(f"{vendor}:{product}:{serial}") if serial else None
        words = " ".join(filter(None, (_read(device / name) for name in ("manufacturer", "product"))))
        file = next((at.name for at in sorted(interface.glob("usbmisc/lp*"))), "")
        name = UsbName(vendor, product, whole.serial if whole else "", socket)
        return UsbPrinter(name, words or f"{vendor}:{product}", file)


THIS_MACHINE = UsbPlugs()


def read_usb_name(text: str) -> UsbName | None:
    """`04b8:0e15:SERIAL`, `04b8:0e15` or either with `@1-2`; None when it is none."""
    found = _NAME.fullmatch(text)
    return (
        None if found is None else UsbName(*(found[part] or "" for part in ("vendor", "product", "serial", "socket")))
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:  # not said, or pulled out this moment
        return ""
