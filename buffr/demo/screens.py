"""Kitchen screens without glass: they follow a node's live socket as the page does, and note what they were told."""

import asyncio
import json
import random
from contextlib import suppress

import websockets

RECONNECT_SECONDS_MAX = 1.0
OPEN_SECONDS = 5.0


class KitchenScreen:
    """Subscribes, resumes after every cut from the last position, and keeps the ids of the tickets it has seen."""

    def __init__(self, node_url: str, token: str) -> None:
        self._url = node_url.replace("http", "ws", 1) + "/ws"
        self._token = token
        self._position: str | None = None
        self._task: asyncio.Task[None] | None = None
        self.tickets: set[str] = set()
        self.reconnections = -1
        self.repeated = 0
        self._heard: set[str] = set()

    def start(self) -> None:
        """Begins to follow."""
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Stops following."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        while True:
            with suppress(OSError, websockets.WebSocketException, TimeoutError):
                headers = {"Authorization": f"Bearer {self._token}"}
                async with websockets.connect(
                    self._url, additional_headers=headers, open_timeout=OPEN_SECONDS, max_size=None
                ) as socket:
                    self.reconnections += 1
                    await socket.send(json.dumps({"subscribe": ["ticket_updated"], "resume": self._position}))
                    async for message in socket:
                        self._hear(json.loads(message))
            await asyncio.sleep(random.random() * RECONNECT_SECONDS_MAX)

    def _hear(self, message: dict[str, object]) -> None:
        position = message["position"]
        if message["event"] == "hello":
            # where a screen begins that has seen nothing; one that resumes keeps its own place
            self._position = self._position or str(position)
        elif message["event"] == "ticket_updated":
            data = message["data"]
            assert isinstance(data, dict)
            ticket = data["ticket"]
            told = f"{position}/{ticket['id']}"
            self.repeated += told in self._heard
            self._heard.add(told)
            self.tickets.add(ticket["id"])
            self._position = str(position)
