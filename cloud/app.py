"""Head office, put together: database, migrations, hub, routers and pages. The only place that knows all of them."""

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self

import anyio
import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from cloud.chores import Chores
from cloud.database import CannotUse, Database, check_release, migrate
from cloud.headoffice import install as install_headoffice
from cloud.headoffice.mount import thresholds_of
from cloud.headoffice.reading.names import NAMES
from cloud.host import CloudHost, NewsListener
from cloud.mail.outgoing import outgoing
from cloud.mail.postman import MAIL_EVERY, Postman
from cloud.metrics import FleetCollector
from cloud.postgres import Cluster
from cloud.settings import CloudSettings
from cloud.sweeping import SWEEP_EVERY, SWEEP_FIRST, Sweeper
from hospitality.cash.api import router as cash_router
from hospitality.checks.api import router as checks_router
from hospitality.conflicts.api import router as conflicts_router
from hospitality.conflicts.settings import ConflictSettings
from hospitality.days.api import router as days_router
from hospitality.fiscal.api import router as fiscal_router
from hospitality.ground.clock import Clock, utc_now
from hospitality.ground.http import install_errors, no_text, serve_routes
from hospitality.ground.private_file import write_private
from hospitality.invoices.api import router as invoices_router
from hospitality.kitchen.api import router as kitchen_router
from hospitality.menu.api import router as menu_router
from hospitality.orders.api import router as orders_router
from hospitality.paper.api import router as paper_router
from hospitality.parties.api import router as parties_router
from hospitality.payments.api import router as payments_router
from hospitality.people.api import router as people_router
from hospitality.requests.api import router as requests_router
from hospitality.requests.settings import RequestSettings
from hospitality.rooms.api import router as rooms_router
from hospitality.tables.api import router as tables_router
from sync.hub.api import routes as hub_routes
from sync.hub.limits import Limits
from sync.hub.retention import Retention
from web.api_docs import install_api_docs, on_this_machine
from web.paper.api import router as sheets_router
from web.paper.on_screen import router as on_screen_router
from web.refusals import RefusalsInTheirLanguage

VERSION = "0.1.0"
THREADS = 24
LOOK_SECONDS = 1.0
log = structlog.get_logger(__name__)
ROUTERS = (
    menu_router,
    orders_router,
    kitchen_router,
    payments_router,
    checks_router,
    tables_router,
    rooms_router,
    parties_router,
    paper_router,
    cash_router,
    invoices_router,
    fiscal_router,
    days_router,
    requests_router,
    people_router,
    conflicts_router,
    sheets_router,
    on_screen_router,
)


class Cloud:
    """Head office's resources; a context manager that opens them in order and closes them in reverse."""

    def __init__(self, settings: CloudSettings, *, now: Clock = utc_now) -> None:
        self.settings = settings
        self._now = now
        self._stack = ExitStack()
        self.database: Database
        self.host: CloudHost
        self._owner_url: str | None = None
        self._cluster: Cluster | None = None

    def __enter__(self) -> Self:
        """Opens the database (starting the embedded one where none is given) and brings it to this release."""
        with ExitStack() as stack:
            url = self._urls(stack)
            if self._owner_url is not None:
                migrate(self._owner_url)
            check_release(url)
            self.database = Database(url)
            self.database.open()
            stack.callback(self.database.close)
            confirm_after = timedelta(minutes=self.settings.request_confirm_minutes)
            self.host = CloudHost(
                self.database,
                secret=self._secret(),
                now=self._now,
                confirm_after=confirm_after,
                limits=self._limits(),
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _urls(self, stack: ExitStack) -> str:
        settings = self.settings
        settings.data.mkdir(parents=True, exist_ok=True)
        if settings.database_url is not None:
            self._owner_url = settings.migration_url.get_secret_value() if settings.migration_url else None
            return settings.database_url.get_secret_value()
        cluster = stack.enter_context(Cluster.open(settings.data / "postgres", account=settings.database_account))
        self._cluster = cluster
        self._owner_url = cluster.owner_url
        return cluster.app_url

    @property
    def has_lost_its_database(self) -> bool:
        """Whether the embedded PostgreSQL has ended by itself: only a new start brings it back."""
        return self._cluster is not None and not self._cluster.running

    @property
    def retention(self) -> Retention:
        """How long what is kept for nodes."""
        one = self.settings
        return Retention(one.feed_days, one.node_unseen_days, one.tombstone_days)

    def _limits(self) -> Limits:
        one = self.settings
        return Limits(one.node_requests, one.node_kilobytes * 1000, one.group_requests, one.group_kilobytes * 1000)

    def _secret(self) -> bytes:
        path: Path = self.settings.data / "cloud.secret"
        if not path.exists():
            write_private(path, secrets.token_hex(32))
        return bytes.fromhex(path.read_text().strip())


def build(cloud: Cloud) -> FastAPI:
    """The application; it listens for news while it runs. `cloud` is opened and closed by the caller."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        loop = asyncio.get_running_loop()

        def tell(scope: str | None, author: int) -> None:
            loop.call_soon_threadsafe(cloud.host.board.tell, scope, author)

        listener = NewsListener(cloud.database, tell)
        listener.start()
        postman = _postman(cloud)
        chores = _chores(cloud, postman)
        chores.start()
        watching = asyncio.create_task(_stop_without_database(cloud))
        try:
            yield
        finally:
            watching.cancel()
            chores.stop()
            await asyncio.to_thread(postman.stop)
            listener.stop()

    app = FastAPI(title="Buffr Host, head office", version=VERSION, lifespan=life, openapi_url=None)
    app.state.host = cloud.host
    app.state.cloud = cloud
    app.state.requests = RequestSettings(cloud.host.now)
    app.state.conflicts = ConflictSettings(NAMES)
    install_errors(app)
    app.add_exception_handler(psycopg.DataError, _on_data_error)
    serve_routes(app, ROUTERS)
    app.router.routes.extend(hub_routes(cloud.host))
    install_headoffice(app, cloud)
    install_api_docs(app)
    _add_health(app, cloud)
    app.add_middleware(RefusalsInTheirLanguage)
    return app


def _postman(cloud: Cloud) -> Postman:
    one = cloud.settings
    sender, reply_to = one.mail_sender, one.mail_reply_to
    return Postman(cloud.host, outgoing(one), sender=sender, reply_to=reply_to, url=one.own_url)


def _chores(cloud: Cloud, postman: Postman) -> Chores:
    chores = Chores()
    sweeper = Sweeper(cloud.database, cloud.retention, cloud.host.now)
    chores.add(sweeper.sweep_all, every=SWEEP_EVERY, first=SWEEP_FIRST)
    chores.add(postman.send_all, every=MAIL_EVERY, first=MAIL_EVERY)
    return chores


async def _on_data_error(request: Request, error: Exception) -> Response:
    if isinstance(error, psycopg.DataError) and error.sqlstate is None:  # the driver's own: NUL in a text
        return no_text()
    raise error


def _add_health(app: FastAPI, cloud: Cloud) -> None:
    registry = CollectorRegistry()
    registry.register(FleetCollector(cloud.database, cloud.host.now, thresholds_of(cloud.settings)))

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    def readyz(response: Response) -> dict[str, str]:
        try:
            cloud.database.before_sign_in("none", "")
        except (psycopg.Error, CannotUse):
            response.status_code = 503
            return {"status": "no database"}
        return {"status": "ok"}

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        if not on_this_machine(request):
            return Response(status_code=404)
        return Response(generate_latest() + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _stop_without_database(cloud: Cloud) -> None:
    """Ends the process when its PostgreSQL has: whoever started it starts it anew, and it would answer nobody."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if cloud.has_lost_its_database:
            break
    log.error("database_ended")
    signal.raise_signal(signal.SIGTERM)
