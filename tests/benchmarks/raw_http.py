"""A terminal reduced to the bytes that it sends: any real HTTP client in Python would be slower than the node."""

import asyncio
from typing import Self
from uuid import uuid4


class RawTerminal:
    """One kept-alive connection that posts JSON and checks that each answer is a 201."""

    def __init__(self, port: int, path: str, token: str = "") -> None:
        self._port = port
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{authorization}Content-Type: application/json\r\n"
        ).encode()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def post(self, body: bytes) -> bytes:
        """Posts one body under a key of its own, as our terminals do; answers the body of the 201."""
        self._writer.write(
            b"%sIdempotency-Key: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (self._head, str(uuid4()).encode(), len(body), body)
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(f"refused: {head.splitlines()[0].decode()}")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return await self._reader.readexactly(length)
