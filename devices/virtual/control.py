"""Commands to a virtual printer that runs as a program: one line each over TCP, one line back (`ok …` or
`error …`), so that a shell, a demonstration or a test in another process can take its paper away.
"""

import socket
import socketserver
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

LINE_BYTES_MAX = 200
IDLE_SECONDS_MAX = 600.0
HELP = (
    "paper out [LINES] | paper low | paper refill | cover open | cover close | cutter jam | cutter free | head hot"
    " | head cool | offline | online | mute | speak | garble | clear | slow SECONDS | reset BYTES | power cycle"
    " | count | counts | text NUMBER | help | quit"
)


class Controlled(Protocol):
    """What of a virtual printer can be controlled."""

    def paper_out(self, after_lines: int = 0) -> None: ...
    def paper_low(self) -> None: ...
    def refill(self) -> None: ...
    def open_cover(self) -> None: ...
    def close_cover(self) -> None: ...
    def go_offline(self) -> None: ...
    def go_online(self) -> None: ...
    def mute(self, *, on: bool = True) -> None: ...
    def garble(self, *, on: bool = True) -> None: ...
    def jam_cutter(self, *, on: bool = True) -> None: ...
    def overheat(self, *, on: bool = True) -> None: ...
    def slow_down(self, seconds_per_line: float) -> None: ...
    def reset_after(self, received_bytes: int) -> None: ...
    def power_cycle(self) -> None: ...
    def counts(self) -> dict[str, int]: ...
    def text_of(self, number: int) -> str: ...


def obey(printer: Controlled, line: str) -> str:
    """Do what a line says; the answer without its line end."""
    words = line.split()
    plain: dict[str, Callable[[], object]] = {
        "paper out": printer.paper_out,
        "paper low": printer.paper_low,
        "paper refill": printer.refill,
        "cover open": printer.open_cover,
        "cover close": printer.close_cover,
        "cutter jam": printer.jam_cutter,
        "cutter free": lambda: printer.jam_cutter(on=False),
        "head hot": printer.overheat,
        "head cool": lambda: printer.overheat(on=False),
        "offline": printer.go_offline,
        "online": printer.go_online,
        "mute": printer.mute,
        "speak": lambda: printer.mute(on=False),
        "garble": printer.garble,
        "clear": lambda: printer.garble(on=False),
        "power cycle": printer.power_cycle,
        "count": lambda: printer.counts()["slips"],
        "counts": lambda: " ".join(f"{name}={count}" for name, count in printer.counts().items()),
        "help": lambda: HELP,
    }
    numbered: dict[str, Callable[[str], object]] = {
        "paper out": lambda number: printer.paper_out(_natural(number)),
        "slow": lambda number: printer.slow_down(_seconds(number)),
        "reset": lambda number: printer.reset_after(_natural(number)),
        "text": lambda number: repr(printer.text_of(_natural(number))),
    }
    try:
        if (name := " ".join(words)) in plain:
            said = plain[name]()
        elif (name := " ".join(words[:-1])) in numbered:
            said = numbered[name](words[-1])
        else:
            return f"error unknown command; say one of: {HELP}"
    except (ValueError, LookupError, OSError) as error:
        return f"error {error}"
    return "ok" if said is None else f"ok {said}"


class ControlPort:
    """Listens on the loopback address until it is closed."""

    def __init__(self, printer: Controlled, *, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.printer = printer
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    printer: Controlled


class _Handler(socketserver.StreamRequestHandler):
    timeout = IDLE_SECONDS_MAX

    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        while line := self._line():
            command = line.decode("utf-8", "replace").strip()
            if command == "quit":
                return
            self.wfile.write(obey(self.server.printer, command).encode() + b"\n")

    def _line(self) -> bytes:
        try:
            return self.rfile.readline(LINE_BYTES_MAX)
        except OSError:
            return b""


def send_command(port: int, line: str, *, timeout_seconds: float = 5.0) -> str:
    """Say one line to a control port and return the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout_seconds) as connection:
        connection.sendall(line.encode() + b"\n")
        return connection.makefile(encoding="utf-8").readline().rstrip("\n")


def _natural(number: str) -> int:
    if not number.isdecimal():
        raise ValueError(f"{number} is not a whole number")
    return int(number)


def _seconds(number: str) -> float:
    seconds = float(number)
    if not 0 <= seconds <= 60:
        raise ValueError("seconds are between 0 and 60")
    return seconds
