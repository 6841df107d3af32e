"""A mail server by others (aiosmtpd) on a free port, which keeps what it takes and refuses whom it is told to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope

HOST = "127.0.0.1"


@dataclass
class MailServerDouble:
    """What it took, as (to, letter); `refused` maps an address to the whole of what it is answered."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: Any) -> str:
        """Takes an address, or doesn't."""
        if to in self.refused:
            return self.refused[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Takes the letter."""
        letter = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.taken += [(to, letter) for to in envelope.rcpt_tos]
        return "250 OK"


@contextmanager
def mail_server(loop: asyncio.AbstractEventLoop, port: int = 0) -> Iterator[MailServerDouble]:
    """Listens for the length of the block, on a loop that runs in another thread."""
    double = MailServerDouble()

    async def listen() -> asyncio.Server:
        return await loop.create_server(lambda: SMTP(double, hostname="mail.example", loop=loop), HOST, port)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    double.port = server.sockets[0].getsockname()[1]
    yield double
    loop.call_soon_threadsafe(server.close)
