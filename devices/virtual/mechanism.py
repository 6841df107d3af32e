"""The virtual printer without its network: a receive buffer, one thread that prints, sensors, and faults.

Bytes that come from any connection go into one buffer, as in a real printer; when the paper is out or the
cover open, printing stops where it is and what was received waits, or is lost when the paper is put in.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from devices.virtual.commands import Command, Name, take_command
from devices.virtual.head import Head, Tally
from devices.virtual.paper import Strip

BUFFER_BYTES = 64 * 1024

Reply = Callable[[bytes], None]


@dataclass(slots=True)
class Faults:
    """What is wrong with the printer now."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter: bool = False
    hot: bool = False
    lines_left: int | None = None
    seconds_per_line: float = 0.0

    @property
    def stopped(self) -> bool:
        """Whether it can't print."""
        return self.paper_out or self.cover_open or self.cutter or self.hot


class _Flushed(Exception):
    """The job at hand was thrown away (power cut, or the paper put in with a forgetful printer)."""


class _SwitchedOff(Exception):
    """The printer is switched off for good."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A strip that left the printer; they are numbered from 1."""

    number: int
    strip: Strip
    at: datetime


@dataclass(slots=True)
class _Received:
    """Bytes of one connection in the order in which they came."""

    data: bytes
    reply: Reply


class Mechanism:
    """Prints what it is given, in a thread of its own, until `stop`. `on_slip` is called from that thread."""

    def __init__(
        self,
        *,
        dots: int,
        keeps_buffer: bool,
        on_slip: Callable[[Slip], None],
        on_job: Callable[[str], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.faults = Faults()
        self._keeps_buffer = keeps_buffer
        self._on_slip, self._on_job, self._now = on_slip, on_job, now
        self._changed = threading.Condition()
        self._received: deque[_Received] = deque()
        self._waiting_bytes = 0
        self._buffer = bytearray()
        self._flushed = False
        self._switched_on = True
        self._slips = 0
        self._drawer_open = False
        self._idle = True
        self._head = Head(dots, self._before_line, self._cut)
        self._thread = threading.Thread(target=self._run, name="virtual printer", daemon=True)
        self._thread.start()

    @property
    def tally(self) -> Tally:
        """Lines, cuts, kicks and nonsense so far."""
        return self._head.tally

    def receive(self, data: bytes, reply: Reply) -> None:
        """Take bytes into the buffer; waits while that is full, as a network card does."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting_bytes < BUFFER_BYTES or not self._switched_on)
            self._received.append(_Received(data, reply))
            self._waiting_bytes += len(data)
            self._idle = False
            self._changed.notify_all()

    def real_time_status(self, number: int) -> int:
        """The byte that answers `DLE EOT number`."""
        with self._changed:
            faults = self.faults
            match number:
                case 1:
                    return 0x12 | (0x04 if self._drawer_open else 0) | (0x08 if faults.stopped else 0)
                case 2:
                    return 0x12 | (0x04 if faults.cover_open else 0) | (0x20 if faults.paper_out else 0)
                case 3:
                    return 0x12 | (0x08 if faults.cutter else 0) | (0x40 if faults.hot else 0)
                case 4:
                    low = 0x0C if faults.paper_low or faults.paper_out else 0
                    return 0x12 | low | (0x60 if faults.paper_out else 0)
                case _:
                    return 0x12

    def end_paper(self, after_lines: int = 0) -> None:
        """The roll ends now, or once so many more lines are printed."""
        with self._changed:
            self.faults.lines_left = after_lines
            self.faults.paper_out = after_lines == 0
            self._changed.notify_all()

    def refill(self) -> None:
        """A new roll. A forgetful printer drops what it had received."""
        with self._changed:
            was_out = self.faults.paper_out
            self.faults.paper_out = self.faults.paper_low = False
            self.faults.lines_left = None
            if was_out and not self._keeps_buffer:
                self._flush()
            self._changed.notify_all()

    def set_low(self) -> None:
        """The roll is nearly at its end."""
        with self._changed:
            self.faults.paper_low = True

    def set_cover(self, *, is_open: bool) -> None:
        """Open or close the cover."""
        with self._changed:
            self.faults.cover_open = is_open
            self._changed.notify_all()

    def jam(self, *, on: bool) -> None:
        """The cutter is stuck, or free again."""
        with self._changed:
            self.faults.cutter = on
            self._changed.notify_all()

    def heat(self, *, on: bool) -> None:
        """The head is too hot, or has cooled."""
        with self._changed:
            self.faults.hot = on
            self._changed.notify_all()

    def slow_down(self, seconds_per_line: float) -> None:
        """Take so long for each line from now on."""
        with self._changed:
            self.faults.seconds_per_line = seconds_per_line
            self._changed.notify_all()

    def push_in_drawer(self) -> None:
        """The drawer that a kick opened is closed by hand."""
        with self._changed:
            self._drawer_open = False

    def power_cycle(self) -> None:
        """Off and on: the buffer and the unfinished line are gone, what is on paper is torn off."""
        with self._changed:
            self._flush()
            self._changed.notify_all()

    def unfinished(self) -> str:
        """What stands on the paper that was not cut off yet."""
        with self._changed:
            return self._head.strip.text()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until all that was received is carried out; whether it was within that time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._idle, seconds)

    def stop(self) -> None:
        """Switch off and wait for the thread."""
        with self._changed:
            self._switched_on = False
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                received = self._next()
                self._buffer += received.data
                while command := take_command(self._buffer):
                    self._do(command, received.reply)
            except _Flushed:
                with self._changed:
                    self._flushed = False
                    self._buffer.clear()
                    self._head.reset()
                self._head.eject()
            except _SwitchedOff:
                return

    def _next(self) -> _Received:
        with self._changed:
            self._idle = not self._received
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._received or self._gone)
            self._raise_when_gone()
            received = self._received.popleft()
            self._waiting_bytes -= len(received.data)
            self._changed.notify_all()
            return received

    def _do(self, command: Command, reply: Reply) -> None:
        match command.name:
            case Name.ASK_PAPER:
                self._wait_ready()
                reply(bytes((0x03 if self.faults.paper_low else 0x00,)))
            case Name.ASK_PROCESS if len(command.data) == 6 and command.data[:2] == b"00":
                self._wait_ready()
                self._on_job(command.data[2:].decode("ascii", "replace"))
                reply(b"\x37\x22" + command.data[2:] + b"\x00")
            case Name.KICK:
                self._wait_ready()
                self._head.carry_out(command)
                with self._changed:
                    self._drawer_open = True
            case _:
                self._head.carry_out(command)

    def _wait_ready(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._gone or not self.faults.stopped)
            self._raise_when_gone()

    def _before_line(self) -> None:
        self._wait_ready()
        with self._changed:
            if seconds := self.faults.seconds_per_line:
                self._changed.wait_for(lambda: self._gone, seconds)
                self._raise_when_gone()
            if self.faults.lines_left is None:
                return
            self.faults.lines_left -= 1
            self.faults.paper_out = self.faults.lines_left <= 0

    @property
    def _gone(self) -> bool:
        return self._flushed or not self._switched_on

    def _raise_when_gone(self) -> None:
        if not self._switched_on:
            raise _SwitchedOff
        if self._flushed:
            raise _Flushed

    def _flush(self) -> None:
        self._flushed = True
        self._received.clear()
        self._waiting_bytes = 0

    def _cut(self, strip: Strip) -> None:
        self._slips += 1
        self._on_slip(Slip(self._slips, strip, self._now()))
