"""One byte line to a device (serial, a Linux input, TCP) on which every wait has an end, and which others can wake."""

import contextlib
import errno
import fcntl
import os
import re
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import serial

READ_BYTES = 4_096
CONNECT_SECONDS = 2.0
WRITE_SECONDS = 2.5
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
PARITIES = ("none", "even", "odd")
_GRAB = 0x40044590  # EVIOCGRAB: what is typed there comes to us alone
_READER = re.compile(r"tmr_[A-Za-z0-9]{1,60}")
_PATH = re.compile(r"/dev/[A-Za-z0-9._:+@-]+(/[A-Za-z0-9._:+@-]+){0,4}")
_TCP = re.compile(
    r"(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]):(?P<port>[0-9]{1,5})"
)


class LineBroken(Exception):
    """The line can't be used any more; says why in a word for machines and in a sentence for people."""

    def __init__(self, trouble: str, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How a serial line is set; as most devices are delivered."""

    baud: int = 9600
    bits: int = 8
    parity: str = "none"
    stop_bits: int = 1


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a device is: `serial:/dev/…`, `input:/dev/input/…`, `tcp:host:port` (a serial server), or `stripe:tmr_…`, the
    reader of that id, reached through Stripe."""

    way: str
    path: str
    port: int = 0

    def __str__(self) -> str:
        return f"tcp:{self.path}:{self.port}" if self.way == "tcp" else f"{self.way}:{self.path}"


def read_reach(text: str) -> Reach | None:
    """A device's address as people write it; None when it is none."""
    way, _, rest = text.strip().partition(":")
    if way in ("serial", "input"):
        is_path = _PATH.fullmatch(rest) is not None and "/.." not in rest
        return Reach(way, rest) if is_path else None
    if way == "stripe":
        return Reach(way, rest) if _READER.fullmatch(rest) else None
    found = _TCP.fullmatch(rest) if way == "tcp" else None
    if found is None or not 1 <= int(found["port"]) <= 65_535:
        return None
    return Reach("tcp", found["host"].strip("[]"), int(found["port"]))


class Line:
    """An open line, read and written by one thread; `wake` may be called by any."""

    def __init__(self, fd: int, end: Callable[[], None], *, modem: serial.Serial | None = None) -> None:
        self._fd, self._end = fd, end
        self.modem = modem  # its control lines, where it is a serial port
        self._woken, self._wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poll = select.poll()  # a node has more open files than `select` can take
        self._poll.register(fd, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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

    def send(self, data: bytes) -> None:
        """Sends it all, which must be taken within WRITE_SECONDS. Raises LineBroken."""
        until = time.monotonic() + WRITE_SECONDS
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

    def forget(self) -> None:
        """Drops what has come so far, READ_BYTES at most: it answers nothing that is asked from now on."""
        self.receive(0.0)


def open_line(reach: Reach, settings: SerialSettings | None = None) -> Line:
    """Opens a line; raises LineBroken when there is none."""
    try:
        if reach.way == "tcp":
            return _open_tcp(reach)
        return _open_input(reach) if reach.way == "input" else _open_serial(reach, settings or SerialSettings())
    except (OSError, ValueError) as error:
        raise LineBroken("unreachable", f"it can't be reached at {reach} ({_said(error)})") from error


def _open_tcp(reach: Reach) -> Line:
    plug = socket.create_connection((reach.path, reach.port), CONNECT_SECONDS)
    plug.setblocking(False)
    plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return Line(plug.fileno(), plug.close)


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
        reach.path, settings.baud, settings.bits, parity, settings.stop_bits, timeout=0, exclusive=True
    )
    return Line(port.fileno(), port.close, modem=port)


def _said(error: Exception) -> str:
    cause = error.__context__ if isinstance(error, serial.SerialException) else error
    return getattr(cause, "strerror", None) or str(error) or type(error).__name__
