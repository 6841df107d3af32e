"""The virtual printer's plugs: what it hears and answers at once, over the network or a wire, and how lines break."""

import contextlib
import socket
import struct
import threading
from pathlib import Path

from devices.virtual.mechanism import Mechanism, Reply
from devices.virtual.plug import Plug

CONNECTIONS_MAX = 16
STOP_SECONDS = 5.0
_READ_BYTES = 4_096
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Ear:
    """What a printer's board does with bytes as they come in, whatever line they come over, and the faults of lines."""

    def __init__(self, mechanism: Mechanism) -> None:
        self.mute = self.garbling = False
        self._mechanism = mechanism
        self._lock = threading.Lock()
        self._breaks_after: int | None = None

    def break_after(self, received_bytes: int) -> None:
        """The line breaks once, after so many more bytes; those are still given to the mechanism."""
        with self._lock:
            self._breaks_after = received_bytes

    def hear(self, data: bytes, tail: bytes, answer: Reply) -> tuple[bytes, bool]:
        """Answers what is to be answered at once, and prints. What may be the start of a question, which is the next
        `tail`; and whether the line is to break now."""

        def reply(said: bytes) -> None:
            if not self.mute:
                answer(b"\xf7" * len(said) if self.garbling else said)

        data, breaks = self._until_break(data)
        tail = self._answer_at_once(tail + data, reply)
        self._mechanism.receive(data, reply)
        return tail, breaks

    def _until_break(self, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            if self._breaks_after is None:
                return data, False
            if len(data) < self._breaks_after:
                self._breaks_after -= len(data)
                return data, False
            kept, self._breaks_after = data[: self._breaks_after], None
            return kept, True

    def _answer_at_once(self, data: bytes, reply: Reply) -> bytes:
        """`DLE EOT n` is answered on arrival, wherever it stands. Returns what may be the start of one."""
        at = 0
        while (found := data.find(b"\x10\x04", at)) >= 0 and found + 2 < len(data):
            if 1 <= data[found + 2] <= 4:
                reply(bytes((self._mechanism.real_time_status(data[found + 2]),)))
            at = found + 2
        return data[max(at, len(data) - 2) :]


class NetworkLine:
    """Serves a printer on a port; 0 takes a free one, which stays the same when plugged in again."""

    def __init__(self, ear: Ear, *, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._ear = ear
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None

    def plug_in(self) -> None:
        """Listen; OSError when the port is taken."""
        with self._lock:
            if self._listener:
                return
            listener = socket.create_server((self.host, self.port), backlog=CONNECTIONS_MAX)
            self.port = listener.getsockname()[1]
            self._listener = listener
            self._acceptor = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            self._acceptor.start()

    def unplug(self) -> None:
        """Refuse new connections, break the open ones, and wait for their threads."""
        with self._lock:
            listener, self._listener = self._listener, None
            acceptor, self._acceptor = self._acceptor, None
            connections = dict(self._connections)
        if listener:
            # A thread that waits in accept() is woken by this, not by close().
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        if acceptor:
            acceptor.join(STOP_SECONDS)
        for connection in connections:
            _break(connection)
        for thread in connections.values():
            thread.join(STOP_SECONDS)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self._listener is not listener or len(self._connections) >= CONNECTIONS_MAX:
                    connection.close()
                    continue
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._connections[connection] = thread
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        def reply(answer: bytes) -> None:
            with contextlib.suppress(OSError):
                connection.sendall(answer)

        tail, breaks = b"", False
        try:
            while not breaks and (data := connection.recv(_READ_BYTES)):
                tail, breaks = self._ear.hear(data, tail, reply)
            if breaks:
                _break(connection)
        except OSError:
            return
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()


class WiredLine:
    """Serves a printer on a pseudo-terminal under a name that stays: as the kernel shows a serial port, or a USB printer."""

    def __init__(self, ear: Ear, path: Path) -> None:
        self._ear, self._tail = ear, b""
        self._plug = Plug(path, self._hear)

    def plug_in(self) -> None:
        """There it is."""
        self._tail = b""
        self._plug.plug_in()

    def unplug(self) -> None:
        """It is gone."""
        self._plug.pull_out()

    def _hear(self, data: bytes) -> bytes:
        self._tail, breaks = self._ear.hear(data, self._tail, self._plug.say)
        if breaks:
            self._plug.pull_out()
        return b""


def _break(connection: socket.socket) -> None:
    """Close with a reset, so that the other side learns at once, and wake the thread that reads."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.shutdown(socket.SHUT_RD)
