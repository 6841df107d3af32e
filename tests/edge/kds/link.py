"""A length of cable between a screen and its node that a test can cut, hang or make deaf in one direction."""

import asyncio
from contextlib import suppress
from typing import Literal

State = Literal["up", "cut", "hang", "answers_lost"]
CHUNK_BYTES = 65_536


class Link:
    """A TCP relay on a port of its own to `target_port`; all methods belong to the loop it was opened in."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.state: State = "up"
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._moved = asyncio.Event()

    async def open(self) -> None:
        """Start to listen; `port` is known afterwards."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def turn(self, state: State) -> None:
        """Change what becomes of the bytes from now on; a cut ends what is connected and refuses what comes."""
        self.state = state
        self._moved.set()
        self._moved = asyncio.Event()
        if state == "cut":
            await self._shut()
        elif self._server is None:
            await self.open()

    async def close(self) -> None:
        """End everything."""
        await self.turn("cut")

    async def _shut(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        if server:
            await server.wait_closed()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the loop ends; left raised, asyncio would log it as a fault
            await self._relay(reader, writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._passable()
            node_reader, node_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(node_writer)
        ways = [
            asyncio.create_task(self._carry(reader, node_writer, answers=False)),
            asyncio.create_task(self._carry(node_reader, writer, answers=True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, node_writer):
                self._writers.discard(end)
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        with suppress(OSError):  # an end is gone: that ends both ways, above
            while data := await reader.read(CHUNK_BYTES):
                await self._passable()
                if answers and self.state == "answers_lost":
                    return
                writer.write(data)
                await writer.drain()

    async def _passable(self) -> None:
        while self.state == "hang":
            await self._moved.wait()
