"""Puts a menu on an edge, and tells the ids of its items and options there.

Publishing twice changes nothing: what the edge has by a name and can serve the menu's orders is used as it
is, at the edge's own price. What it has by that name but can't serve them (an option is missing, a bound is
too narrow) is let be, and a second one is made beside it, `Burritos: with (2)`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from buffr.replay.answers import (
    GroupAnswer,
    GroupList,
    ItemAnswer,
    ItemPage,
    Named,
    NamedList,
    Node,
    TaxRateList,
)
from buffr.replay.client import EdgeClient, EdgeTrouble, EdgeUnclear, Patience
from buffr.replay.menu import Group, Item, Menu

T = TypeVar("T")
Kept = TypeVar("Kept", GroupAnswer, ItemAnswer)
PAGE_ITEMS = 200
PAGES_MAX = 500
NAMESAKES_MAX = 99


@dataclass(frozen=True, slots=True)
class EdgeAccess:
    """An edge and the two tokens of a terminal there: the screen's own and that of who is signed in on it."""

    url: str
    terminal_token: str
    session_token: str

    def __repr__(self) -> str:
        return f"EdgeAccess({self.url!r})"


@dataclass(frozen=True, slots=True)
class PublishedMenu:
    """The ids of a menu's things on one edge, and its currency; options are keyed by (group, option)."""

    item_ids: Mapping[str, str]
    option_ids: Mapping[tuple[str, str], str]
    currency: str


@dataclass(frozen=True, slots=True)
class ReadyEdge:
    """An edge that has the menu, so that orders can be played to it."""

    access: EdgeAccess
    property_id: str
    property_name: str
    menu: PublishedMenu


async def publish_menu(
    menu: Menu, edges: Sequence[EdgeAccess], *, patience: Patience | None = None
) -> tuple[ReadyEdge, ...]:
    """Publishes the menu to every edge at once and answers in the order given. Raises EdgeTrouble."""
    return tuple(await asyncio.gather(*(_publish_to(menu, edge, patience) for edge in edges)))


async def _publish_to(menu: Menu, access: EdgeAccess, patience: Patience | None) -> ReadyEdge:
    async with EdgeClient(access.url, patience=patience) as client:
        node = await client.get("/api/v1/node", Node)
        published = await _Publisher(client, access, node.property_id).publish(menu)
    return ReadyEdge(access, node.property_id, node.property_name, published)


class _Publisher:
    def __init__(self, client: EdgeClient, access: EdgeAccess, property_id: str) -> None:
        self._client = client
        self._access = access
        self._base = f"/api/v1/properties/{property_id}"

    async def publish(self, menu: Menu) -> PublishedMenu:
        stations = await self._named("stations", menu.stations)
        categories = await self._named("menu-categories", menu.categories)
        tax_rates = await self._tax_rates(menu)
        groups = await self._groups(menu)
        existing, currency = await self._existing_items()
        item_ids: dict[str, str] = {}
        for item in menu.items:
            found, name = _fitting(existing, item.name, partial(_offers, item, groups))
            if found is None:
                body = _item_body(item, name, stations, categories, tax_rates, groups)
                found = await self._post("menu-items", body, ItemAnswer)
            item_ids[item.name] = found.id
        options = {(name, option.name): option.id for name, group in groups.items() for option in group.options}
        return PublishedMenu(item_ids, options, currency)

    async def _named(self, kind: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of stations or categories by name."""
        ids = {had.name: had.id for had in reversed((await self._get(kind, NamedList)).items)}
        for name in names:
            if name not in ids:
                ids[name] = (await self._post(kind, {"name": name}, Named)).id
        return ids

    async def _tax_rates(self, menu: Menu) -> dict[str, str]:
        had = (await self._get("tax-rates", TaxRateList)).items
        ids: dict[str, str] = {}
        for rate in menu.tax_rates:
            same = [one for one in had if (one.rate_bp, one.included) == (rate.rate_bp, rate.included)]
            body = {"name": rate.name, "rate_bp": rate.rate_bp, "included": rate.included}
            ids[rate.name] = same[0].id if same else (await self._post("tax-rates", body, Named)).id
        return ids

    async def _groups(self, menu: Menu) -> dict[str, GroupAnswer]:
        existing = (await self._get("modifier-groups", GroupList)).items
        groups: dict[str, GroupAnswer] = {}
        for group in menu.groups:
            found, name = _fitting(existing, group.name, partial(_covers, group))
            if found is None:
                found = await self._post("modifier-groups", _group_body(group, name), GroupAnswer)
            groups[group.name] = found
        return groups

    async def _existing_items(self) -> tuple[list[ItemAnswer], str]:
        items: list[ItemAnswer] = []
        query = {"limit": str(PAGE_ITEMS)}
        for _ in range(PAGES_MAX):
            page = await self._get("menu-items", ItemPage, query)
            items += page.items
            if page.currency is None:
                raise EdgeUnclear(f"The property at {self._access.url} has no currency.")
            if page.next_cursor is None:
                return items, page.currency
            query["cursor"] = page.next_cursor
        raise EdgeUnclear(f"The menu of {self._access.url} has no end after {PAGES_MAX} pages.")

    async def _get(self, path: str, answer: type[T], query: Mapping[str, str] | None = None) -> T:
        return await self._client.get(f"{self._base}/{path}", answer, token=self._access.terminal_token, query=query)

    async def _post(self, path: str, body: Mapping[str, Any], answer: type[T]) -> T:
        token = self._access.session_token
        return await self._client.post(f"{self._base}/{path}", body, answer, token=token, key=str(uuid4()))


def _fitting(had: Sequence[Kept], name: str, fits: Callable[[Kept], bool]) -> tuple[Kept | None, str]:
    """What the edge has by the name and serves, or None; and the name that it has or is to get."""
    for count in range(1, NAMESAKES_MAX + 1):
        candidate = name if count == 1 else f"{name} ({count})"
        same = [one for one in had if one.name == candidate]
        found = next((one for one in same if fits(one)), None)
        if found is not None or not same:
            return found, candidate
    raise EdgeTrouble(f"The edge has {NAMESAKES_MAX} things named {name!r} and none of them serves these orders.")


def _covers(group: Group, had: GroupAnswer) -> bool:
    """Whether a group of the edge allows all that this one does."""
    wide_enough = had.choices_min <= group.choices_min and had.choices_max >= group.choices_max
    return wide_enough and {option.name for option in group.options} <= {option.name for option in had.options}


def _offers(item: Item, groups: Mapping[str, GroupAnswer], had: ItemAnswer) -> bool:
    """Whether an item of the edge offers the groups that this one needs."""
    return {groups[name].id for name in item.groups} <= {group.id for group in had.modifier_groups}


def _group_body(group: Group, name: str) -> dict[str, Any]:
    options = [{"name": option.name, "price_delta_minor": option.price_delta_minor} for option in group.options]
    return {
        "name": name,
        "choices_min": group.choices_min,
        "choices_max": group.choices_max,
        "options": options,
    }


def _item_body(
    item: Item,
    name: str,
    stations: Mapping[str, str],
    categories: Mapping[str, str],
    tax_rates: Mapping[str, str],
    groups: Mapping[str, GroupAnswer],
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": name,
        "category_id": categories[item.category],
        "price_minor": item.price_minor,
        "station_id": stations[item.station],
        "modifier_group_ids": [groups[group].id for group in item.groups],
    }
    if item.tax_rate is not None:
        body["tax_rate_id"] = tax_rates[item.tax_rate]
    if item.prep_seconds is not None:
        body["prep_seconds"] = item.prep_seconds
    if item.allergens:
        body["allergens"] = item.allergens
    return body
