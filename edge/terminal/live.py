"""The node's events over /ws: resumes where it left off, notices silence within five seconds, comes back by itself.

Delivery is at least once: the position moves on only with an event that was taken, and events carry the whole
state of a thing, so that taking one twice changes nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from edge.terminal.backoff import delay_seconds

EVENTS = (
    "order_created",
    "order_updated",
    "ticket_updated",
    "menu_updated",
    "station_updated",
    "sync_status",
    "barcode_scanned",
    "card_told",
)
OPEN_SECONDS_MAX = 2.0
# The node's heart beats every 2 s, and a screen must say within 5 s that it can't hear it.
SILENCE_SECONDS_MAX = 4.5
# What this screen shows is said with each beat, and at most so often.
SAY_SECONDS_MIN = 1.0
FRAME_BYTES_MAX = 8 * 1024 * 1024
_NOT_WELCOME = {401, 403, 1008, 4401, 4403}


class _Frame(msgspec.Struct):
    event: str
    position: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True)
class Joined:
    """The node is heard. `fresh`: nothing was resumed, so what was known before may have holes."""

    fresh: bool


@dataclass(frozen=True)
class Lost:
    """The node is not heard; `unwelcome` when it does not know this terminal's token."""

    unwelcome: bool = False


@dataclass(frozen=True)
class Reload:
    """The node's history is another one than before: fetch everything anew."""


@dataclass(frozen=True)
class Event:
    """One event; `data` is its JSON."""

    name: str
    data: bytes


Heard = Joined | Lost | Reload | Event


def _no_station() -> str | None:
    return None


class LiveFeed:
    """One subscription to one node; calls `take` with everything that happens to it.

    `shows`: the station whose tickets stand on this screen, told to the node for as long as they do, so that it knows that
    the station is heard.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        take: Callable[[Heard], None],
        chance: Random,
        shows: Callable[[], str | None] = _no_station,
        silence_seconds_max: float = SILENCE_SECONDS_MAX,
    ) -> None:
        self._url = "ws" + address.removeprefix("http") + "/ws"
        self._token = token
        self._take = take
        self._chance = chance
        self._shows = shows
        self._said: str | None = None
        self._said_at = 0.0
        self._silence_seconds_max = silence_seconds_max
        self._position: str | None = None
        self._offered: str | None = None
        self._failures = 0
        self._again = asyncio.Event()

    def try_now(self) -> None:
        """Don't sit out the rest of the delay."""
        self._again.set()

    async def run(self) -> None:
        """Stay subscribed for ever; ends only by being cancelled."""
        while True:
            unwelcome = False
            try:
                await self._subscribe_and_listen()
            except InvalidStatus as refused:
                unwelcome = refused.response.status_code in _NOT_WELCOME
            except ConnectionClosed as closed:
                unwelcome = closed.rcvd is not None and closed.rcvd.code in _NOT_WELCOME
            except (OSError, TimeoutError, WebSocketException, msgspec.MsgspecError):
                pass  # every one of these is the same to staff: the node is not heard, said just below
            self._take(Lost(unwelcome))
            self._failures += 1
            self._again.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._again.wait(), delay_seconds(self._failures, self._chance))

    async def _subscribe_and_listen(self) -> None:
        async with connect(
            self._url,
            additional_headers={"Authorization": f"Bearer {self._token}"},
            open_timeout=OPEN_SECONDS_MAX,
            close_timeout=1.0,
            max_size=FRAME_BYTES_MAX,
            proxy=None,
        ) as socket:
            wish: dict[str, Any] = {"subscribe": EVENTS, "resume": self._position}
            await socket.send(msgspec.json.encode(wish).decode())
            self._said = None
            try:
                while True:
                    self._hear(await self._next_frame(socket))
                    await self._say(socket, self._shows())
            except asyncio.CancelledError:
                with contextlib.suppress(WebSocketException):  # gone as well: nobody is left to miss this screen
                    await self._say(socket, None)
                raise

    async def _say(self, socket: ClientConnection, shows: str | None) -> None:
        """What is shown now; once nothing is any more, that is a goodbye, and nobody misses this screen."""
        now = asyncio.get_running_loop().time()
        if shows == self._said and (shows is None or now - self._said_at < SAY_SECONDS_MIN):
            return
        await socket.send(msgspec.json.encode({"shows": shows}).decode())
        self._said, self._said_at = shows, now

    async def _next_frame(self, socket: ClientConnection) -> _Frame:
        async with asyncio.timeout(self._silence_seconds_max):
            return msgspec.json.decode(await socket.recv(), type=_Frame)

    def _hear(self, frame: _Frame) -> None:
        if frame.event == "hello":
            self._failures = 0
            self._offered = frame.position
            fresh = self._position is None
            # Resumed, the missed events still follow: taking the hello's position would skip them.
            self._position = frame.position if fresh else self._position
            self._take(Joined(fresh))
            self._take(Event(frame.event, bytes(frame.data)))
            return
        if frame.event == "reload":
            self._position = self._offered
            self._take(Reload())
            return
        self._take(Event(frame.event, bytes(frame.data)))
        if frame.position is not None:
            self._position = frame.position
