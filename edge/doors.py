"""The node's own routes: health, what it is and how it is, the live socket, the one-time link, the screens of staff."""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from fastapi import APIRouter, FastAPI, Request, Response, WebSocket
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.floor.page import TEMPLATES as FLOOR_TEMPLATES
from edge.floor.page import floor_plan
from edge.host import COOKIE, token_of
from edge.kds.page import TEMPLATES as KDS_TEMPLATES
from edge.kds.page import KitchenScreenConfig, KitchenTerminal, Station, kitchen_screen
from edge.metrics import DeviceCollector, SyncCollector
from edge.node import VERSION, Node
from edge.queue.page import TEMPLATES as QUEUE_TEMPLATES
from edge.queue.page import order_queue
from edge.rooms.page import TEMPLATES as ROOMS_TEMPLATES
from edge.rooms.page import rooms_page
from edge.rules.page import TEMPLATES as RULES_TEMPLATES
from edge.rules.page import rules_page
from edge.slips.page import TEMPLATES as SLIPS_TEMPLATES
from edge.slips.page import print_queue
from edge.staff_page.page import CATALOGUES, StaffPageConfig
from edge.staff_page.page import TEMPLATES as STAFF_TEMPLATES
from hospitality.ground.errors import Refused, TooMany, Trouble
from hospitality.ground.http import Asking, envelope, json_answer, serve_routes
from hospitality.ground.work import Caller
from hospitality.menu.reading import stations_list
from hospitality.people.proofs import code_hash_of, hash_of, new_token
from hospitality.people.service.sessions import known_token
from hospitality.people.service.terminals import enrol_terminal
from hospitality.properties.service import property_view
from hospitality.rooms.reading import room_view
from web.api_docs import on_this_machine
from web.pages import Pages
from web.refusals import said
from web.room_service.page import TEMPLATES as ROOM_TEMPLATES
from web.room_service.page import RoomPageConfig, room_page

ENROL_TRIES = 10
ENROL_SECONDS = 60.0
ADDRESSES_MAX = 1_000
COOKIE_SECONDS = 5 * 365 * 24 * 3600
OPENS = {"till": "/floor", "kitchen": "/kds", "room": "/room"}  # kind of terminal → its page
GUARDED = ("/enrol/", "/api/v1/terminals/enrol")
TEMPLATES = {
    **KDS_TEMPLATES,
    **STAFF_TEMPLATES,
    **FLOOR_TEMPLATES,
    **QUEUE_TEMPLATES,
    **SLIPS_TEMPLATES,
    **ROOMS_TEMPLATES,
    **RULES_TEMPLATES,
    **ROOM_TEMPLATES,
    "doors": Path(__file__).parent / "doors_pages",
}


class Throttle:
    """So many tries a minute from one address; for what asks for no token."""

    def __init__(self, tries: int, seconds: float) -> None:
        self._tries, self._seconds = tries, seconds
        self._seen: dict[str, list[float]] = {}

    def check(self, address: str) -> None:
        """Raises TooMany at one try too many."""
        now = time.monotonic()
        if len(self._seen) > ADDRESSES_MAX:
            self._seen = {a: t for a, t in self._seen.items() if now - t[-1] < self._seconds}
        recent = [at for at in self._seen.get(address, []) if now - at < self._seconds]
        if len(recent) >= self._tries:
            raise TooMany(
                "TOO_MANY_TRIES",
                "Too many codes were tried from this terminal. Wait a minute, then try again.",
                retry_after_seconds=int(self._seconds),
            )
        self._seen[address] = [*recent, now]


class GuardedEnrolment:
    """Lets few tries through to the routes that take a one-time code; everything else passes untouched."""

    def __init__(self, app: ASGIApp, throttle: Throttle) -> None:
        self._app = app
        self._throttle = throttle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 429 in the envelope at one try too many."""
        if scope["type"] == "http" and scope["path"].startswith(GUARDED):
            client = scope.get("client")
            try:
                self._throttle.check(client[0] if client else "")
            except TooMany as error:
                await envelope(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def install(app: FastAPI, node: Node) -> None:
    """Adds all of them to the application."""
    pages = Pages(TEMPLATES, catalogues=CATALOGUES)
    pages.mount(app)

    app.add_middleware(GuardedEnrolment, throttle=Throttle(ENROL_TRIES, ENROL_SECONDS))
    staff = _staff_pages(node)
    serve_routes(
        app,
        (
            _health(node),
            _status(node),
            _enrolment(node, pages),
            kitchen_screen(_kitchen(node), pages),
            floor_plan(staff, pages),
            order_queue(staff, pages),
            print_queue(staff, pages),
            rooms_page(staff, pages),
            rules_page(staff, pages),
            room_page(_rooms(node), pages),
        ),
    )

    @app.websocket("/ws")
    async def live(socket: WebSocket) -> None:
        await node.live.serve(socket)


def _health(node: Node) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    registry = CollectorRegistry()
    registry.register(SyncCollector(node))
    registry.register(DeviceCollector(node))

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(response: Response) -> dict[str, str]:
        if node.host.writer.trouble is not None:
            response.status_code = 503
            return {"status": node.host.writer.trouble}
        return {"status": "ok"}

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not on_this_machine(request):
            return Response(status_code=404)
        text = await run_in_threadpool(lambda: generate_latest() + generate_latest(registry))
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    @router.get("/sync/status")
    async def sync_status(request: Request) -> Response:
        """The link to head office as `buffr sync status` tells it; to this machine alone."""
        if not on_this_machine(request):
            return Response(status_code=404)
        found = await run_in_threadpool(node.sync_status)
        return json_answer(msgspec.json.encode(found))

    return router


def _status(node: Node) -> APIRouter:
    router = APIRouter(tags=["node"])

    @router.get("/api/v1/node")
    async def about(request: Request) -> dict[str, str]:
        """Which node this is; holds nothing of people or guests."""
        one = node.identity
        return {
            "property_id": one.property_id,
            "property_name": await run_in_threadpool(node.property_name),
            "locale": await run_in_threadpool(node.locale),
            "node_code": one.code,
            "version": VERSION,
        }

    @router.get("/api/v1/properties/{property_id}/status")
    async def status(asking: Asking) -> Response:
        """How the node is: its link to head office, what waits, its printers."""
        found = await run_in_threadpool(node.status)
        return json_answer(msgspec.json.encode(found))

    return router


def _enrolment(node: Node, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/enrol/{code}")
    async def enrol_browser(request: Request, code: str) -> Response:
        one = node.identity
        token = new_token()
        caller = Caller(one.org_id, one.property_id)
        try:
            enrolled = await node.host.act(
                caller, enrol_terminal, code_hash=code_hash_of(code[:100]), token_hash=hash_of(token), name=None
            )
        except Refused as error:
            locale = await run_in_threadpool(node.locale)
            return pages.render("doors/refused.html", locale=locale, status=403, message=said(error, locale))
        response = RedirectResponse(OPENS[enrolled["kind"]], status_code=303)
        response.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    return router


def _staff_pages(node: Node) -> StaffPageConfig:
    async def enrolled(request: Request) -> bool:
        try:
            caller = await node.host.caller_for(token_of(request))
        except Trouble:
            return False
        return caller.room_id is None

    local = node.host.ask(property_view).result(10)
    return StaffPageConfig(
        property_id=node.identity.property_id,
        property_name=local["name"],
        locale=local["locale"],
        zone=local["zone"],
        currency=local["currency"],
        enrolled=enrolled,
        now=node.host.now,
    )


def _rooms(node: Node) -> RoomPageConfig:
    async def room(request: Request) -> str | None:
        try:
            caller = await node.host.caller_for(token_of(request))
        except Trouble:
            return None
        if caller.room_id is None:
            return None
        found = await node.host.read(caller, room_view, caller.room_id)
        return str(found["number"]) if found["active"] else None

    local = node.host.ask(property_view).result(10)
    return RoomPageConfig(
        property_id=node.identity.property_id,
        property_name=local["name"],
        locale=local["locale"],
        zone=local["zone"],
        room=room,
        now=node.host.now,
    )


def _kitchen(node: Node) -> KitchenScreenConfig:
    async def terminal(request: Request) -> KitchenTerminal | None:
        try:
            token = token_of(request)
            caller = await node.host.caller_for(token)
        except Trouble:
            return None
        if caller.room_id is not None:
            return None
        known = await node.host.read(node.host.system(), known_token, hash_of(token))
        return KitchenTerminal(node.property_name(), known.station_id) if known else None

    async def stations() -> Sequence[Station]:
        found = await node.host.read(node.host.system(), stations_list)
        return [Station(row["id"], row["name"]) for row in found]

    local = node.host.ask(property_view).result(10)
    return KitchenScreenConfig(
        property_id=node.identity.property_id,
        property_name=local["name"],
        locale=local["locale"],
        zone=local["zone"],
        terminal=terminal,
        stations=stations,
        now=node.host.now,
    )
