"""A USB bus without metal: the kernel's two folders, and virtual printers that are put into sockets and pulled out."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from shutil import rmtree

from devices.line import Open, open_line
from devices.usb import UsbPlugs
from devices.virtual_printer import VirtualPrinter

MAKE = ("04b8", "0e15")


class Sockets:
    """The bus below a folder: `plugs` is what a node sees of it."""

    def __init__(self, folder: Path) -> None:
        self.plugs = UsbPlugs(folder / "bus", folder / "files")
        self.plugs.files.mkdir()
        self.plugs.bus.mkdir()

    @property
    def opened(self) -> Open:
        """Opens lines of this bus."""
        return partial(open_line, plugs=self.plugs)

    def say(self, socket: str, file: str | None, serial: str = "") -> None:
        """What the kernel tells of a printer in a socket, and under which of its files it has it."""
        interface = self.plugs.bus / f"{socket}:1.0"
        interface.mkdir()
        (interface / "bInterfaceClass").write_text("07\n")
        if file is not None:
            (interface / "usbmisc" / file).mkdir(parents=True)
        device = self.plugs.bus / socket
        device.mkdir()
        for name, text in (("idVendor", MAKE[0]), ("idProduct", MAKE[1]), ("serial", serial), ("product", "TM-T20II")):
            if text:
                (device / name).write_text(f"{text}\n")

    def forget(self, socket: str) -> None:
        """The kernel tells of nothing there."""
        for name in (socket, f"{socket}:1.0"):
            rmtree(self.plugs.bus / name)

    @contextmanager
    def printer(self, socket: str, file: str, serial: str = "") -> Iterator[VirtualPrinter]:
        """A printer in a socket for the length of the block."""
        with ExitStack() as stack:
            printer = stack.enter_context(VirtualPrinter(wire=self.plugs.files / file))
            self.say(socket, file, serial)
            stack.callback(self.forget, socket)
            yield printer
