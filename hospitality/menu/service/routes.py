"""Where things are made instead of at their own station at some times, for a way of ordering or in an area."""

from collections.abc import Mapping
from typing import Any

from hospitality.ground.work import Work
from hospitality.menu.facts import StationRouteAdded, StationRouteChanged, StationRouteRemoved
from hospitality.menu.models import StationRoute
from hospitality.menu.reading import ROUTE_FIELDS, route_view
from hospitality.menu.rules import check_route
from hospitality.menu.service.occasions import Kind, add_rule, edit_rule, remove_rule

_ROUTES = Kind(
    "station route",
    StationRoute,
    ROUTE_FIELDS,
    route_view,
    check_route,
    StationRouteAdded,
    StationRouteChanged,
    StationRouteRemoved,
    names={name: name for name in ("menu_item_id", "category_id", "area_id", "station_id")},
)


def add_route(work: Work, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Sets up a route (`reading.ROUTE_FIELDS`), answering it as it is listed."""
    return add_rule(work, _ROUTES, fields)


def edit_route(work: Work, route_id: str, fields: Mapping[str, Any], *, version: str | None = None) -> dict[str, Any]:
    """Sets the fields given, each by itself."""
    return edit_rule(work, _ROUTES, route_id, fields, version=version)


def remove_route(work: Work, route_id: str, *, version: str | None = None) -> dict[str, Any]:
    """Takes a route away for good, answering it as it was."""
    return remove_rule(work, _ROUTES, route_id, version=version)
