"""Puts head office's face on its application: pages, the live stream, sessions and the group's lists."""

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import FastAPI

from cloud.headoffice.decide_pages import router as decide_router
from cloud.headoffice.fleet_pages import router as fleet_router
from cloud.headoffice.front_page import router as front_router
from cloud.headoffice.list_pages import router as list_router
from cloud.headoffice.lists_api import router as lists_api_router
from cloud.headoffice.live import Streams
from cloud.headoffice.live import router as live_router
from cloud.headoffice.office import Office, make_pages
from cloud.headoffice.property_pages import router as property_router
from cloud.headoffice.reading.nodes import Thresholds
from cloud.headoffice.receipt_page import router as receipt_router
from cloud.headoffice.same_origin import SameOrigin
from cloud.headoffice.sessions_api import router as sessions_router
from cloud.headoffice.sign_in_pages import router as sign_in_router
from cloud.headoffice.throttle import SignInThrottle, Throttle
from cloud.headoffice.troubles_api import router as troubles_api_router
from cloud.settings import CloudSettings
from hospitality.ground.http import serve_routes

if TYPE_CHECKING:
    from cloud.app import Cloud

ROUTERS = (
    front_router,
    property_router,
    list_router,
    decide_router,
    fleet_router,
    live_router,
    sign_in_router,
    sessions_router,
    lists_api_router,
    troubles_api_router,
    receipt_router,
)
GUESTS_LOOKS, GUESTS_SECONDS = 60, 60.0


def thresholds_of(settings: CloudSettings) -> Thresholds:
    """From where on something about a node is an alarm."""
    return Thresholds(
        silent=timedelta(minutes=settings.alarm_silent_minutes),
        waiting=timedelta(minutes=settings.alarm_waiting_minutes),
        clock=timedelta(seconds=settings.alarm_clock_seconds),
    )


def guests_tries() -> Throttle:
    """How often one address may look at receipts."""
    return Throttle(GUESTS_LOOKS, GUESTS_SECONDS)


def install(app: FastAPI, cloud: "Cloud") -> None:
    """Adds the routes and the static files, and refuses what another site's page would have a browser do here.

    `cloud` is open.
    """
    pages = make_pages()
    app.state.office = Office(
        cloud.host, pages, cloud.host.now, SignInThrottle(), guests_tries(), thresholds_of(cloud.settings)
    )
    app.state.streams = Streams()
    serve_routes(app, ROUTERS)
    pages.mount(app)
    app.add_middleware(SameOrigin)
