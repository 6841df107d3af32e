"""One round of training: a database that begins as the house stands, a host over it, and the application that serves it."""

import asyncio
import secrets
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI, Response, WebSocket
from starlette.concurrency import run_in_threadpool

from edge.database import alchemy, connect
from edge.events import journal_position
from edge.host import EdgeHost
from edge.identity import Identity, keep_identity
from edge.live import LiveBoard
from edge.training.copied import House, Rows, put_in
from hospitality.ground.clock import Clock, instant_text
from hospitality.ground.errors import Unauthorised
from hospitality.ground.http import Asking, install_errors, json_answer, serve_routes
from hospitality.ground.work import Caller
from hospitality.people.settings import PeopleSettings
from hospitality.properties.service import current_business_date
from sync.capture_sqlite import Pen, hold
from sync.clock import HybridClock

CODE = "TR"  # of its numbers; nothing of them is kept, so a node of that name may be met
PIN = "1234"  # everybody's in training, who has one at all in the real house or not
READERS = 2
READ_SECONDS = 10.0

Known = Callable[[str], Awaitable[Caller]]


class PracticeHost(EdgeHost):
    """Knows those who signed in here, and whoever the real house knows; of that it has this one question."""

    def __init__(self, path: Path, key: str, identity: Identity, *, known: Known, now: Clock) -> None:
        clock = HybridClock(lambda: int(now().timestamp() * 1000))
        super().__init__(path, key, identity, clock=clock, now=now, readers=READERS)
        self._known = known

    async def caller_for(self, token: str) -> Caller:
        """Who holds this token."""
        with suppress(Unauthorised):
            return await super().caller_for(token)
        return await self._known(token)


class Room:
    """Opens in `folder`, which it removes when it ends. `known` tells whom the real house knows by a token."""

    def __init__(
        self,
        folder: Path,
        identity: Identity,
        *,
        known: Known,
        now: Clock,
        routers: Sequence[APIRouter],
        version: str,
        base_url: str,
    ) -> None:
        self._folder = folder
        self._key = secrets.token_hex(32)
        self.identity = replace(identity, code=CODE, cloud_url="")
        self.people = PeopleSettings(identity.org_id, identity.property_id, secrets.token_bytes(32), base_url)
        self._now, self._version = now, version
        self._known = known
        self.begun_at = now()
        self.app = self._application(routers)

    async def begin(self, house: House) -> None:
        """Takes the house's rows in and serves."""
        verifier = await self.people.pin_hash(PIN)
        path = self._folder / "training.db"
        await run_in_threadpool(self._make, path, house, verifier)
        self.host = PracticeHost(path, self._key, self.identity, known=self._known, now=self._now)
        await run_in_threadpool(self.host.start)
        self.live = LiveBoard(self.host, status=self.status, hello=self._hello)
        await self.live.start()
        self.app.state.host = self.host
        self._verifier = verifier

    async def end(self) -> None:
        """Nobody is served any more, and nothing is left of it."""
        await self.live.stop()
        await run_in_threadpool(self.host.stop)
        await run_in_threadpool(shutil.rmtree, self._folder)

    async def take_in(self, staff: Rows) -> None:
        """Lets in who came to the house since; everybody's PIN is the one of training."""
        await asyncio.wrap_future(self.host.writer.apply(lambda connection: _seat(connection, staff, self._verifier)))

    def status(self) -> dict[str, Any]:
        """What staff are told: that this is training, and nothing of head office or printers, which it has not."""
        return {
            "property_name": self._property_name(),
            "node_code": CODE,
            "business_date": self.host.ask(current_business_date).result(READ_SECONDS),
            "version": self._version,
            "sync": {"state": "training", "waiting": 0},
            "printers": [],
            "paper_alarms": [],
            "unheard_stations": [],
            "server_time": instant_text(self._now()),
        }

    def _hello(self) -> dict[str, Any]:
        return {"node_code": CODE, "version": self._version, "property_name": self._property_name()}

    def _property_name(self) -> str:
        name = self.host.ask(
            lambda r: r.value("SELECT name FROM properties WHERE org_id = :org_id AND id = :property_id")
        )
        return str(name.result(READ_SECONDS))

    def _make(self, path: Path, house: House, verifier: str) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700)
        connection = connect(path, self._key)
        try:
            hold(connection, Pen(node=self.identity.number))
            connection.execute("PRAGMA foreign_keys = OFF")
            with alchemy(connection).begin():
                for statement in house.statements:
                    connection.execute(statement)
                _seat(connection, house.rows, verifier)
                keep_identity(connection, self.identity)
        finally:
            connection.close()

    def _application(self, routers: Sequence[APIRouter]) -> FastAPI:
        app = FastAPI(title="Buffr Host, training", version=self._version, openapi_url=None)
        app.state.people = self.people
        app.state.journal_position = lambda reading: journal_position(reading, self.host.place.incarnation)
        install_errors(app)
        serve_routes(app, (*routers, self._own_routes()))

        @app.websocket("/ws")
        async def live(socket: WebSocket) -> None:
            await self.live.serve(socket)

        return app

    def _own_routes(self) -> APIRouter:
        router = APIRouter(prefix="/api/v1/properties/{property_id}")

        @router.get("/status")
        async def status(asking: Asking) -> Response:
            found = await run_in_threadpool(self.status)
            return json_answer(msgspec.json.encode(found))

        @router.get("/print-jobs")
        async def no_slips(asking: Asking) -> dict[str, object]:
            return {"items": [], "next_cursor": None}

        return router


def _seat(connection: Any, rows: Rows, verifier: str) -> None:
    put_in(connection, rows)
    connection.execute(
        "INSERT OR IGNORE INTO pin_verifiers (org_id, property_id, id, hash, failures)"
        " SELECT org_id, property_id, id, ?, 0 FROM people",
        (verifier,),
    )
