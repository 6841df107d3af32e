"""A network link that can be cut: a TCP proxy on loopback that stands between an edge and head office.

It is cut at the network, never by a flag in the product: refused is what a router that says no looks like,
hanging is what a link that drops every packet looks like.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
CONNECTIONS_MAX = 256
BACKLOG_MAX = 128
CHUNK_BYTES_MAX = 65_536
CONNECT_SECONDS_MAX = 5.0
CONTROL_SECONDS_MAX = 10.0
# Linger at close, for zero seconds: the peer gets a reset instead of a farewell.
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class LinkState(Enum):
    """What the link does with traffic."""

    OPEN = "open"
    REFUSED = "refused"
    HANGING = "hanging"


class BrokenOff(Exception):
    """The connection ends in peace at both ends, after these last bytes of what was under way."""

    def __init__(self, passed: bytes) -> None:
        super().__init__(f"broken off after {len(passed)} bytes")
        self.passed = passed


class Fate(Protocol):
    """What befalls one connection; asked in the link's own thread."""

    async def carry(self, chunk: bytes, *, is_up: bool) -> bytes:
        """What of these bytes goes on, perhaps later. Raises OSError for a reset and BrokenOff for an early end."""
        ...


class _Fair:
    """Nothing befalls it."""

    async def carry(self, chunk: bytes, *, is_up: bool) -> bytes:
        return chunk


class LinkProxy:
    """Forwards TCP from `port` on loopback to an upstream for as long as it is open.

    Each change of state returns once it is in force, and any thread may ask for one; the port stays the same
    from start to stop. Bytes that were under way when the link was cut may still arrive, as on any wire.
    `fate` is asked for each connection what is to befall it.
    """

    def __init__(self, upstream_host: str, upstream_port: int, *, fate: Callable[[], Fate] = _Fair) -> None:
        self._upstream = (upstream_host, upstream_port)
        self._fate = fate
        self._running: _Running | None = None
        self._traffic = _Traffic(self._upstream, fate)

    def start(self) -> Self:
        """Takes a free port and opens. Raises OSError."""
        if self._running is not None:
            raise RuntimeError("the link is already started")
        self._traffic = _Traffic(self._upstream, self._fate)
        self._running = _Running()
        try:
            self._running.call(self._traffic.start())
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Resets what is live, frees the port and ends the thread; stopping twice is stopping once."""
        running, self._running = self._running, None
        if running is not None:
            try:
                running.call(self._traffic.stop())
            finally:
                running.end()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def open(self) -> None:
        """Stalled connections flow on; those that came while hanging, whose bytes are gone, are reset."""
        self._call(self._traffic.open())

    def refuse(self) -> None:
        """Nothing listens any more, and live connections are reset."""
        self._call(self._traffic.refuse())

    def hang(self) -> None:
        """Live connections stall and lose no byte; new ones are accepted, and what they send is swallowed."""
        self._call(self._traffic.hang())

    @property
    def port(self) -> int:
        """The port on loopback."""
        return self._traffic.port

    @property
    def url(self) -> str:
        """The link's address for an HTTP client."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def state(self) -> LinkState:
        """The state in force."""
        return self._traffic.state

    @property
    def live(self) -> int:
        """How many connections are held now, stalled and swallowed ones included."""
        return len(self._traffic.connections)

    @property
    def accepted(self) -> int:
        """How many connections were ever accepted."""
        return self._traffic.accepted

    @property
    def bytes_up(self) -> int:
        """Bytes forwarded to the upstream."""
        return self._traffic.bytes_up

    @property
    def bytes_down(self) -> int:
        """Bytes forwarded from the upstream."""
        return self._traffic.bytes_down

    @property
    def bytes_swallowed(self) -> int:
        """Bytes taken while hanging and never forwarded."""
        return self._traffic.bytes_swallowed

    def _call(self, asked: Coroutine[Any, Any, None]) -> None:
        if self._running is None:
            asked.close()
            raise RuntimeError("the link is not started")
        self._running.call(asked)


class _Running:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="link", daemon=True)
        self._thread.start()

    def call(self, asked: Coroutine[Any, Any, T]) -> T:
        """Runs in the loop's thread and waits, at most CONTROL_SECONDS_MAX."""
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(CONTROL_SECONDS_MAX)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CONTROL_SECONDS_MAX)
        self._loop.close()


class _Connection:
    """One accepted connection: both its ends, and the task that serves it."""

    def __init__(self, client: socket.socket, fate: Fate, *, is_swallowed: bool) -> None:
        self.client = client
        self.fate = fate
        self.is_swallowed = is_swallowed
        self.ends: list[asyncio.StreamWriter] = []
        self.task: asyncio.Task[None] | None = None

    def reset(self) -> None:
        """Breaks both ends off; the task then ends by being cancelled."""
        _reset_at_close(self.client)
        self.break_ends()
        if self.task is not None:
            self.task.cancel()

    def break_ends(self) -> None:
        """Resets what is connected so far."""
        for end in self.ends:
            _reset_at_close(end.get_extra_info("socket"))
            end.transport.abort()

    async def close_ends(self) -> None:
        """Ends in peace what was not broken off before."""
        for end in self.ends:
            end.close()
            with suppress(OSError):  # it ended by a reset, ours or the peer's
                await end.wait_closed()


class _Traffic:
    """The link's state and connections; all but reading its numbers happens in the loop's thread."""

    def __init__(self, upstream: tuple[str, int], fate: Callable[[], Fate]) -> None:
        self.state = LinkState.REFUSED
        self.port = 0
        self.connections: set[_Connection] = set()
        self.accepted = 0
        self.bytes_up = 0
        self.bytes_down = 0
        self.bytes_swallowed = 0
        self._upstream = upstream
        self._fate = fate
        self._is_open = asyncio.Event()
        self._holder: socket.socket | None = None
        self._listening: socket.socket | None = None

    async def start(self) -> None:
        # Bound but never listening, it keeps the port ours while the link refuses.
        self._holder = _bound(0)
        self.port = self._holder.getsockname()[1]
        await self.open()

    async def stop(self) -> None:
        await self.refuse()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._holder is not None:
            self._holder.close()

    async def open(self) -> None:
        self.state = LinkState.OPEN
        self._is_open.set()
        self._listen()
        await self._break_off({connection for connection in self.connections if connection.is_swallowed})

    async def hang(self) -> None:
        self._is_open.clear()
        self.state = LinkState.HANGING
        self._listen()

    async def refuse(self) -> None:
        self._is_open.clear()
        self.state = LinkState.REFUSED
        if self._listening is not None:
            asyncio.get_running_loop().remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        await self._break_off(self.connections)

    def _listen(self) -> None:
        # Not asyncio's own server: closed with a connection just accepted, it leaves that one open and unowned.
        if self._listening is None:
            self._listening = _bound(self.port)
            self._listening.setblocking(False)
            self._listening.listen(BACKLOG_MAX)
            asyncio.get_running_loop().add_reader(self._listening, self._accept, self._listening)

    async def _break_off(self, connections: set[_Connection]) -> None:
        broken_off = list(connections)
        for connection in broken_off:
            connection.reset()
        tasks = [connection.task for connection in broken_off if connection.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, listening: socket.socket) -> None:
        try:
            client, _ = listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # it went away again before we came
        client.setblocking(False)
        self.accepted += 1
        if len(self.connections) >= CONNECTIONS_MAX:
            _reset_at_close(client)
            client.close()
            return
        connection = _Connection(client, self._fate(), is_swallowed=self.state is LinkState.HANGING)
        self.connections.add(connection)
        connection.task = asyncio.ensure_future(self._serve(connection))
        connection.task.add_done_callback(lambda _: self._forget(connection))

    def _forget(self, connection: _Connection) -> None:
        # A task that is cancelled before its start never reaches the end of its own code.
        connection.client.close()
        self.connections.discard(connection)

    async def _serve(self, connection: _Connection) -> None:
        try:
            reader, writer = await asyncio.open_connection(sock=connection.client, limit=CHUNK_BYTES_MAX)
            connection.ends.append(writer)
            if connection.is_swallowed:
                await self._swallow(reader)
            else:
                await self._forward(connection, reader, writer)
        except OSError:
            # One end broke off, so the other is broken off too: that is all a wire can say.
            connection.break_ends()
        finally:
            await connection.close_ends()

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while chunk := await reader.read(CHUNK_BYTES_MAX):
            self.bytes_swallowed += len(chunk)

    async def _forward(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            far_reader, far_writer = await asyncio.open_connection(*self._upstream, limit=CHUNK_BYTES_MAX)
        connection.ends.append(far_writer)
        pumps = [
            asyncio.ensure_future(self._pump(connection.fate, reader, far_writer, is_up=True)),
            asyncio.ensure_future(self._pump(connection.fate, far_reader, writer, is_up=False)),
        ]
        try:
            with suppress(BrokenOff):
                await asyncio.gather(*pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(
        self, fate: Fate, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_up: bool
    ) -> None:
        """Carries one direction to its end; while the link hangs it holds what it has."""
        while chunk := await reader.read(CHUNK_BYTES_MAX):
            try:
                chunk = await fate.carry(chunk, is_up=is_up)
            except BrokenOff as last:
                writer.write(last.passed)
                raise
            await self._until_open()
            if is_up:
                self.bytes_up += len(chunk)
            else:
                self.bytes_down += len(chunk)
            writer.write(chunk)
            await writer.drain()
        await self._until_open()
        if writer.can_write_eof():
            writer.write_eof()

    async def _until_open(self) -> None:
        # Cut again between being woken and running, it has to wait on.
        while not self._is_open.is_set():
            await self._is_open.wait()


def _bound(port: int) -> socket.socket:
    """A socket on the loopback port that may be bound beside another of ours; it does not listen."""
    # The protocol is named because asyncio sends small writes at once only on sockets that say they are TCP.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((LOOPBACK, port))
    except BaseException:
        bound.close()
        raise
    return bound


def _reset_at_close(end: socket.socket) -> None:
    with suppress(OSError):  # already closed
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
