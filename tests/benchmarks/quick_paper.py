"""A printer that takes everything at once and says that all is well: what is measured is what stands before it."""

import re
import socket
import threading
import time
from types import TracebackType
from typing import Self

_NUMBER = re.compile(rb"(A\d-\d+)")
_END = b"\x1dr\x01"


class QuickPaper:
    """Notes for each job, in monotonic nanoseconds, when its first byte and its end came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port: int = self._listener.getsockname()[1]
        self.first: dict[str, int] = {}
        self.ended: dict[str, int] = {}
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        """One conversation after the other, as a printer has them."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        begun, job = 0, bytearray()
        while data := connection.recv(65_536):
            now = time.monotonic_ns()
            connection.sendall(b"\x12" * data.count(b"\x10\x04"))
            if not data.startswith(b"\x10\x04"):
                begun = begun or now
                job += data
                if job.endswith(_END):
                    connection.sendall(b"\x00")
                    self._note(bytes(job), begun, now)

    def _note(self, job: bytes, begun: int, now: int) -> None:
        found = _NUMBER.search(job)
        if found is not None:
            number = found[1].decode()
            self.first.setdefault(number, begun)
            self.ended.setdefault(number, now)
