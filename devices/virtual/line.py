"""The virtual printer's plug in the network: connections, answers at once, and the faults of networks."""

import contextlib
import socket
import struct
import threading

from devices.virtual.mechanism import Mechanism, Reply

CONNECTIONS_MAX = 16
STOP_SECONDS = 5.0
_READ_BYTES = 4_096
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Line:
    """Serves a mechanism on a port; 0 takes a free one, which stays the same when plugged in again."""

    def __init__(self, mechanism: Mechanism, *, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.mute = self.garbling = False
        self._mechanism = mechanism
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self._reset_after: int | None = None

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

    def reset_after(self, received_bytes: int) -> None:
        """Break the connection once, after so many more bytes; those are still given to the mechanism."""
        with self._lock:
            self._reset_after = received_bytes

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
            if self.mute:
                return
            with contextlib.suppress(OSError):
                connection.sendall(b"\xf7" * len(answer) if self.garbling else answer)

        tail = b""
        try:
            while data := connection.recv(_READ_BYTES):
                data, broken = self._until_reset(data)
                tail = self._answer_at_once(tail + data, reply)
                self._mechanism.receive(data, reply)
                if broken:
                    _break(connection)
                    return
        except OSError:
            return
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()

    def _until_reset(self, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            if self._reset_after is None:
                return data, False
            if len(data) < self._reset_after:
                self._reset_after -= len(data)
                return data, False
            kept, self._reset_after = data[: self._reset_after], None
            return kept, True

    def _answer_at_once(self, data: bytes, reply: Reply) -> bytes:
        """`DLE EOT n` is answered on arrival, wherever it stands. Returns what may be the start of one."""
        at = 0
        while (found := data.find(b"\x10\x04", at)) >= 0 and found + 2 < len(data):
            if 1 <= data[found + 2] <= 4:
                reply(bytes((self._mechanism.real_time_status(data[found + 2]),)))
            at = found + 2
        return data[max(at, len(data) - 2) :]


def _break(connection: socket.socket) -> None:
    """Close with a reset, so that the other side learns at once, and wake the thread that reads."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.shutdown(socket.SHUT_RD)
