"""One byte line to a device (serial, USB, a Linux input, TCP) on which every wait has an end, and which others can wake."""

import contextlib
import errno
import fcntl
import os
import re
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import serial

from devices.usb import THIS_MACHINE, UsbName, UsbPlugs, read_usb_name

READ_BYTES = 4_096
CONNECT_SECONDS = 2.0
WRITE_SECONDS = 2.5
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
PARITIES = ("none", "even", "odd")
FLOWS = ("none", "hardware", "software")
# How a serial line may be set, by name; the fields of SerialSettings.
SETTINGS: dict[str, Sequence[int | str]] = {
    "baud": BAUDS,
    "bits": (7, 8),
    "parity": PARITIES,
    "stop_bits": (1, 2),
    "flow": FLOWS,
}
DRAIN_SECONDS = 0.005
# A device file still hands over what an earlier conversation did not wait for: it answers nothing of this one.
LEFT_SECONDS = 0.02
_GRAB = 0x40044590  # EVIOCGRAB: what is typed there comes to us alone
_READER = re.compile(r"tmr_[A-Za-z0-9]{1,60}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PATH = re.compile(r"/dev/[A-Za-z0-9._:+@-]+(/[A-Za-z0-9._:+@-]+){0,4}")
_TCP = re.compile(
    r"(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]):(?P<port>[0-9]{1,5})"
)


class LineBroken(Exception):
    """The line can't be used any more; says why in a word for machines, in a sentence for people, and `why` shorter."""

    def __init__(self, trouble: str, detail: str, why: str = "") -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.why = why or detail


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How a serial line is set; as most devices are delivered. `flow`: how the device says that it is full."""

    baud: int = 9600
    bits: int = 8
    parity: str = "none"
    stop_bits: int = 1
    flow: str = "none"


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a device is: `serial:/dev/…`, `file:/dev/…`, `usb:04b8:0e15:SERIAL`, `input:/dev/input/…`, `tcp:host:port`,
    `stripe:tmr_…`, the reader of that id, reached through Stripe, or `printer:…`, what hangs on the printer of that id."""

    way: str
    path: str
    port: int = 0

    @property
    def at(self) -> str:
        """The same, of a network printer without its way."""
        host = f"[{self.path}]" if ":" in self.path else self.path
        return f"{host}:{self.port}" if self.way == "tcp" else f"{self.way}:{self.path}"

    def __str__(self) -> str:
        return f"tcp:{self.at}" if self.way == "tcp" else self.at


def read_reach(text: str) -> Reach | None:
    """A device's address as people write it; None when it is none."""
    way, _, rest = text.strip().partition(":")
    if way == "usb":
        name = read_usb_name(rest)
        return None if name is None else Reach(way, str(name))
    if way in ("serial", "file", "input"):
        is_path = _PATH.fullmatch(rest) is not None and "/.." not in rest
        return Reach(way, rest) if is_path else None
    if way == "stripe":
        return Reach(way, rest) if _READER.fullmatch(rest) else None
    if way == "printer":
        return Reach(way, rest) if _ID.fullmatch(rest) else None
    found = _TCP.fullmatch(rest) if way == "tcp" else None
    if found is None or not 1 <= int(found["port"]) <= 65_535:
        return None
    return Reach("tcp", found["host"].strip("[]"), int(found["port"]))


class Line:
    """An open line, read and written by one thread; `wake` may be called by any."""

    def __init__(self, fd: int, end: Callable[[], None], *, modem: serial.Serial | None = None) -> None:
        self._fd, self._end = fd, end
        self.modem = modem  # its control lines, where it is a serial port
        # how long a byte takes where a line is slow: ten bits, and the bits of a break
        self._byte_seconds = 0.0 if modem is None else 12 / modem.baudrate
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poll = select.poll()  # a node has more open files than `select` can take
        self._poll.register(fd, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it; once."""
        self._end()
        os.close(self._woken)
        os.close(self._wake)

    def wake(self) -> None:
        """Has `receive` come back at once."""
        with contextlib.suppress(OSError):  # full: it is awake; closed: nobody waits there
            os.write(self._wake, b"!")

    def receive(self, seconds: float) -> bytes:
        """What comes next; nothing when nothing does in time, or when woken. Raises LineBroken."""
        ready = dict(self._poll.poll(max(0.0, seconds) * 1000))
        if self._woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, READ_BYTES)
        if self._fd not in ready:
            return b""
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LineBroken("lost", f"the line broke ({_said(error)})") from error
        if not data:
            raise LineBroken("lost", "the line was closed at its other end")
        return data

    def send(self, data: bytes, seconds: float = WRITE_SECONDS) -> None:
        """Sends it all, which must be taken within so many seconds and those that a slow line needs. Raises LineBroken."""
        until = time.monotonic() + seconds + len(data) * self._byte_seconds
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        while data:
            if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
                raise LineBroken("silent", "it takes nothing more")
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise LineBroken("lost", f"the line broke ({_said(error)})") from error
        self._drain(until)

    def _drain(self, until: float) -> None:
        """Waits until a serial port has sent what it took: what is asked next must not wait behind it."""
        while self.modem is not None and self._waits_in(self.modem):
            if time.monotonic() >= until:
                raise LineBroken("silent", "it takes nothing more")
            time.sleep(DRAIN_SECONDS)

    def _waits_in(self, port: serial.Serial) -> int:
        try:
            return int(port.out_waiting)
        except OSError as error:
            raise LineBroken("lost", f"the line broke ({_said(error)})") from error

    def forget(self) -> None:
        """Drops what has come so far, READ_BYTES at most: it answers nothing that is asked from now on."""
        self.receive(0.0)


class QuietLine(Line):
    """A line on which nothing comes by itself: `receive` only waits to be woken."""

    def __init__(self, end: Callable[[], None] = lambda: None) -> None:
        quiet, held = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

        def ended() -> None:
            end()
            os.close(quiet)
            os.close(held)

        super().__init__(quiet, ended)


class Open(Protocol):
    """How lines are opened: `open_line`, or a test's own."""

    def __call__(self, reach: Reach, settings: SerialSettings, *, seconds: float = ...) -> Line:
        """Raises LineBroken where there is none, after so many seconds at most."""


def open_line(
    reach: Reach,
    settings: SerialSettings | None = None,
    *,
    seconds: float = CONNECT_SECONDS,
    plugs: UsbPlugs = THIS_MACHINE,
) -> Line:
    """Opens a line; raises LineBroken when there is none. `seconds`: how long a connection may take."""
    try:
        match reach.way:
            case "tcp":
                return _open_tcp(reach, seconds)
            case "input":
                return _open_input(reach)
            case "file":
                return _open_file(reach.path)
            case "usb":
                return _open_file(str(plugs.path_of(_usb_name(reach))))
            case _:
                return _open_serial(reach, settings or SerialSettings())
    except (OSError, ValueError, LookupError) as error:
        why = _said(error)
        raise LineBroken("unreachable", f"it can't be reached at {reach} ({why})", why) from error


def _usb_name(reach: Reach) -> UsbName:
    name = read_usb_name(reach.path)
    if name is None:
        raise ValueError(f"{reach} names nothing on USB")
    return name


def _open_tcp(reach: Reach, seconds: float) -> Line:
    plug = socket.create_connection((reach.path, reach.port), seconds)
    plug.setblocking(False)
    plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def end() -> None:
        with contextlib.suppress(OSError):  # it is gone already
            plug.shutdown(socket.SHUT_WR)
        plug.close()

    return Line(plug.fileno(), end)


def _open_file(path: str) -> Line:
    """A device file that is written to and read, such as the kernel's of a USB printer."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    line = Line(fd, lambda: os.close(fd))
    try:
        line.receive(LEFT_SECONDS)
    except LineBroken:
        line.close()
        raise
    return line


def _open_input(reach: Reach) -> Line:
    fd = os.open(reach.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        fcntl.ioctl(fd, _GRAB, 1)
    except OSError as error:
        if error.errno == errno.EBUSY:
            os.close(fd)
            raise
    return Line(fd, lambda: os.close(fd))


def _open_serial(reach: Reach, settings: SerialSettings) -> Line:
    parity = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}[settings.parity]
    port = serial.Serial(
        reach.path,
        settings.baud,
        settings.bits,
        parity,
        settings.stop_bits,
        timeout=0,
        xonxoff=settings.flow == "software",
        rtscts=settings.flow == "hardware",
        exclusive=True,
    )
    return Line(port.fileno(), port.close, modem=port)


def _said(error: Exception) -> str:
    cause = error.__context__ if isinstance(error, serial.SerialException) else error
    return getattr(cause, "strerror", None) or str(error) or type(error).__name__
