"""The node's application: every trade's router and the node's own doors, on a node that is open."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from edge import doors
from edge.conflicts import names_of
from edge.conflicts import router as kept_router
from edge.events import journal_position
from edge.hardware.api import router as hardware_router
from edge.node import VERSION, Node
from edge.printing.api import router as printing_router
from edge.training.training import TRAINING_FOLDER, Training
from hospitality.approvals.node_api import router as approvals_router
from hospitality.cash.api import router as cash_router
from hospitality.checks.api import router as checks_router
from hospitality.conflicts.api import router as conflicts_router
from hospitality.conflicts.settings import ConflictSettings
from hospitality.days.api import router as days_router
from hospitality.fiscal.api import router as fiscal_router
from hospitality.ground.http import install_errors, serve_routes
from hospitality.ground.quick_route import install_quick_way
from hospitality.handouts.node_api import router as handouts_router
from hospitality.handouts.settings import HandoutSettings
from hospitality.invoices.api import router as invoices_router
from hospitality.kitchen.api import router as kitchen_router
from hospitality.menu.api import router as menu_router
from hospitality.orders.api import router as orders_router
from hospitality.paper.api import router as paper_router
from hospitality.parties.api import router as parties_router
from hospitality.payments.api import router as payments_router
from hospitality.people.api import router as people_router
from hospitality.people.node_api import enrol_router
from hospitality.people.node_api import router as people_node_router
from hospitality.people.settings import PeopleSettings
from hospitality.properties.api import router as properties_router
from hospitality.requests.api import router as requests_router
from hospitality.requests.node_api import router as requests_node_router
from hospitality.requests.settings import RequestSettings
from hospitality.room_service.node_api import router as room_service_router
from hospitality.rooms.api import router as rooms_router
from hospitality.tables.api import router as tables_router
from web.api_docs import install_api_docs
from web.paper.api import router as sheets_router
from web.paper.on_screen import router as on_screen_router
from web.refusals import RefusalsInTheirLanguage

# looked through in this order: first what guests wait for
TRADES = (
    orders_router,
    kitchen_router,
    payments_router,
    properties_router,
    menu_router,
    checks_router,
    approvals_router,
    tables_router,
    parties_router,
    rooms_router,
    paper_router,
    cash_router,
    invoices_router,
    fiscal_router,
    days_router,
    on_screen_router,
    people_router,
    people_node_router,
)
ROUTERS = (
    *TRADES,
    requests_router,
    requests_node_router,
    enrol_router,
    room_service_router,
    printing_router,
    hardware_router,
    conflicts_router,
    kept_router,
    sheets_router,
    handouts_router,
)


def build(node: Node, base_url: str) -> FastAPI:
    """The application; `base_url` is how the node's pages are reached on the LAN."""

    folder = node.settings.data / TRAINING_FOLDER
    training = Training(node.host, folder, now=node.now, routers=TRADES, version=VERSION, base_url=base_url)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        training.tidy()
        await node.live.start()
        # what is loaded now stays: full collections over it were the longest pauses on the path of an order
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 1000)
        try:
            yield
        finally:
            await training.end()
            await node.live.stop()

    app = FastAPI(title="Buffr Host, a property's node", version=VERSION, lifespan=life, openapi_url=None)
    app.state.host = node.host
    app.state.node = node
    app.state.printing = node.printing
    app.state.hardware = node.hardware
    one = node.identity
    app.state.people = PeopleSettings(one.org_id, one.property_id, node.keys.device, base_url)
    app.state.handouts = HandoutSettings(node.cloud_url)
    app.state.requests = RequestSettings(node.requests.now)
    app.state.conflicts = ConflictSettings(names_of(one))
    app.state.journal_position = lambda reading: journal_position(reading, node.host.place.incarnation)
    app.state.presence = node.live.presence
    install_errors(app)
    serve_routes(app, ROUTERS)
    doors.install(app, node)
    training.install(app)
    install_api_docs(app)
    install_quick_way(app, ROUTERS)
    app.add_middleware(RefusalsInTheirLanguage)
    return app
