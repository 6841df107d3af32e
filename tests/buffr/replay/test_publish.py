import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from buffr.replay import publish
from buffr.replay.menu import Group, Item, Menu, Option, TaxRate
from buffr.replay.publish import EdgeAccess, publish_menu
from buffr.service import dinner_service
from tests.buffr.replay.conftest import ServeEdge

Access = Callable[..., EdgeAccess]
SALSA = Group("Salsa", 1, 2, (Option("Mild"), Option("Hot", 150)))
VAT = TaxRate("VAT", 1_500, included=True)
MENU = Menu(
    stations=("Grill", "Bar"),
    categories=("Bowls", "Drinks"),
    groups=(SALSA,),
    items=(Item("Bowl", "Bowls", "Grill", 850, ("Salsa",), "VAT", 600), Item("Cola", "Drinks", "Bar", 250)),
    tax_rates=(VAT,),
)


def test_an_empty_edge_gets_the_whole_menu(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge(currency="USD")
    (ready,) = asyncio.run(publish_menu(MENU, [access(serving)]))
    edge = serving.edge
    assert [station["name"] for station in edge.stations] == ["Grill", "Bar"]
    assert [category["name"] for category in edge.categories] == ["Bowls", "Drinks"]
    assert [(rate["name"], rate["rate_bp"], rate["included"]) for rate in edge.tax_rates] == [("VAT", 1_500, True)]
    bowl, cola = edge.items
    assert (bowl["name"], bowl["category_name"], bowl["price_minor"], bowl["prep_seconds"]) == (
        "Bowl",
        "Bowls",
        850,
        600,
    )
    assert bowl["tax_rate_id"] == edge.tax_rates[0]["id"]
    assert cola["modifier_groups"] == []
    group = edge.groups[0]
    assert bowl["modifier_groups"] == [group]
    assert (group["choices_min"], group["choices_max"]) == (1, 2)
    assert [(option["name"], option["price_delta_minor"]) for option in group["options"]] == [("Mild", 0), ("Hot", 150)]
    assert ready.property_id == edge.property_id
    assert ready.menu.currency == "USD"
    assert ready.menu.item_ids == {"Bowl": bowl["id"], "Cola": cola["id"]}
    assert ready.menu.option_ids == {
        ("Salsa", "Mild"): group["options"][0]["id"],
        ("Salsa", "Hot"): group["options"][1]["id"],
    }


def test_publishing_again_writes_nothing_and_answers_the_same(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    first = asyncio.run(publish_menu(dinner_service().menu, [access(serving)]))[0]
    serving.edge.requests.clear()
    again = asyncio.run(publish_menu(dinner_service().menu, [access(serving)]))[0]
    assert again.menu == first.menu
    assert not [asked for asked in serving.edge.requests if asked.startswith("POST")]


def test_a_long_menu_is_read_page_by_page(
    serve_edge: ServeEdge, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "PAGE_ITEMS", 7)
    serving = serve_edge()
    menu = dinner_service().menu
    for _ in range(2):
        asyncio.run(publish_menu(menu, [access(serving)]))
    assert [item["name"] for item in serving.edge.items] == [item.name for item in menu.items]


def test_what_the_property_has_by_name_keeps_its_own_price(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    asyncio.run(publish_menu(MENU, [access(serving)]))
    dearer = replace(MENU, items=(replace(MENU.items[0], price_minor=900), MENU.items[1]))
    asyncio.run(publish_menu(dearer, [access(serving)]))
    assert [item["price_minor"] for item in serving.edge.items] == [850, 250]


def test_a_namesake_that_can_not_serve_the_orders_gets_one_beside_it(serve_edge: ServeEdge, access: Access) -> None:
    serving = serve_edge()
    asyncio.run(publish_menu(MENU, [access(serving)]))
    wider = replace(MENU, groups=(replace(SALSA, choices_min=0, options=(*SALSA.options, Option("Corn"))),))
    for _ in range(2):
        (ready,) = asyncio.run(publish_menu(wider, [access(serving)]))
    assert [group["name"] for group in serving.edge.groups] == ["Salsa", "Salsa (2)"]
    assert [item["name"] for item in serving.edge.items] == ["Bowl", "Cola", "Bowl (2)"]
    assert ready.menu.item_ids["Bowl"] == serving.edge.items[2]["id"]
    assert ("Salsa", "Corn") in ready.menu.option_ids


def test_an_access_does_not_show_its_tokens() -> None:
    assert repr(EdgeAccess("http://x", "secret-1", "secret-2")) == "EdgeAccess('http://x')"
