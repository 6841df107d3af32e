"""What happens to the menu is told to screens at once, and who gets the last portion is one (R16)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2

from edge.terminal.client import NodeClient
from edge.terminal.search import Catalogue, Named, find
from edge.terminal.shapes.menu import MenuItem
from hospitality.ground.ids import new_id
from hospitality.menu.portions import portions_by_the_facts, portions_kept
from tests.edge.node_fixture import BEER, DINNER, KITCHEN, SOUP, STEAK, VAT, WAIT_SECONDS, node, seed
from tests.edge.served_node import PREFIX, Ear, ServedNode, order, screen, served_node


def told(ear: Ear) -> dict[str, Any]:
    data: dict[str, Any] = ear.until("menu_updated")["data"]
    return data


def count(lan: ServedNode, item: str, portions: int | None) -> None:
    assert lan.post(f"menu-items/{item}/portions", {"portions": portions}).status_code == 201


def test_each_change_is_told_with_the_item_as_it_is_now(lan: ServedNode) -> None:
    with screen(lan, "menu_updated") as ear:
        ear.until("hello")
        count(lan, SOUP, 2)
        assert [(item["id"], item["portions_left"]) for item in told(ear)["items"]] == [(SOUP, 2)]
        placed = lan.order(SOUP, BEER)
        [left] = told(ear)["items"]
        assert left == next(item for item in lan.get("menu-items").json()["items"] if item["id"] == SOUP)
        assert (left["portions_left"], left["sold_out"]) == (1, False)
        lan.order(BEER)  # what nobody counts is no news of the menu
        soup = next(line for line in placed["lines"] if line["menu_item_id"] == SOUP)
        lan.post(f"orders/{placed['id']}/lines/{soup['id']}/void", {"reason": "Changed their mind"})
        assert told(ear)["items"][0]["portions_left"] == 2
        lan.post("menu-categories", {"name": "Puddings"})
        assert told(ear) == {"items": [], "whole": True}
        rare = {"name": "Rare"}
        group = {"name": "How", "choices_min": 0, "choices_max": 1, "options": [rare, {"name": "Blue"}]}
        made = lan.post("modifier-groups", group).json()
        told(ear)
        lan.patch(f"modifier-options/{made['options'][1]['id']}", {"active": False})
        assert told(ear) == {"items": [], "whole": True}
        assert [one["name"] for one in lan.get("modifier-groups").json()["items"][0]["options"]] == ["Rare"]
        lan.patch(f"menu-items/{STEAK}", {"modifier_group_ids": [made["id"]]})
        assert [one["name"] for one in told(ear)["items"][0]["modifier_groups"]] == ["How"]
        soup_day = {"name": "Soup day", "kind": "percent", "percent_bp": 1000, "item_ids": [SOUP]}
        made = lan.post("promotions", soup_day).json()
        assert told(ear) == {"items": [], "whole": True}
        assert [one["name"] for one in lan.order(SOUP)["adjustments"]] == ["Soup day"]
        rested = lan.patch(f"promotions/{made['id']}", {"active": False}).json()
        assert rested == {**made, "active": False, "version": rested["version"]}
        assert lan.get("promotions").json()["items"] == [rested]


def test_of_two_terminals_that_want_the_last_portion_one_gets_it(lan: ServedNode) -> None:
    count(lan, STEAK, 1)
    with screen(lan, "menu_updated") as one, screen(lan, "menu_updated") as other, ThreadPoolExecutor(2) as tills:
        one.until("hello")
        other.until("hello")
        answers: list[httpx2.Response] = list(tills.map(lambda _: lan.post("orders", order(STEAK)), range(2)))
        refused, taken = sorted(answers, key=lambda answer: answer.status_code, reverse=True)
        assert (taken.status_code, refused.status_code) == (201, 409)
        assert refused.json()["error"]["code"] == "ITEM_UNAVAILABLE"
        assert [told(ear)["items"][0]["sold_out"] for ear in (one, other)] == [True, True]
    assert lan.node.host.ask(lambda r: r.value("SELECT count(*) FROM orders")).result(WAIT_SECONDS) == 1


def test_a_menu_of_twenty_thousand_items_is_whole_at_a_terminal(node_folder: Path) -> None:
    with node(node_folder) as host:
        seed(host, *(a_dish(n) for n in range(20_000)))

    async def read(lan: ServedNode) -> tuple[MenuItem, ...]:
        client = NodeClient(lan.url)
        items, _ = await client.menu(PREFIX, lan.token)
        await client.close()
        return items

    with served_node(node_folder) as lan:
        items = asyncio.run(read(lan))
    assert len({item.id for item in items}) == len(items) == 20_003
    found = find("dish 19999", Catalogue([Named(item.name) for item in items]))
    assert items[found.order[0]].name == "Dish 19999"


def a_dish(n: int) -> tuple[str, dict[str, Any]]:
    own = {"id": new_id(), "name": f"Dish {n}", "category_id": DINNER, "price_minor": n, "station_id": KITCHEN}
    return "menu_items", {**own, "tax_rate_id": VAT, "available": True, "prep_seconds": 600}


def test_what_is_kept_of_portions_follows_facts_that_came_another_way(node_folder: Path) -> None:
    with served_node(node_folder) as lan:
        count(lan, SOUP, 7)
        # as head office gives back to a life that had forgotten it: rows, and no verb of this node
        sql = (
            "INSERT INTO portion_moves (org_id, id, property_id, count_id, menu_item_id, line_id, portions, at, _hlc, _node)"
            " SELECT org_id, id, property_id, id, menu_item_id, id, 3, at, _hlc, _node FROM portion_counts"
        )
        lan.node.host.writer.apply(lambda connection: connection.execute(sql)).result(WAIT_SECONDS)
        with screen(lan, "menu_updated") as ear:
            ear.until("hello")
            lan.node.engine._note(caught_up=True)
            lan.node._synced(frozenset({"portion_moves"}))
            assert told(ear)["items"][0]["portions_left"] == 4
        lan.node.host.writer.apply(lambda c: c.execute("DELETE FROM portions_left")).result(WAIT_SECONDS)
    with served_node(node_folder) as lan:  # as after a bootstrap: the facts are there, and nothing beside them
        lan.order(SOUP)
        kept = lan.node.host.ask(portions_kept).result(WAIT_SECONDS)
        assert kept == lan.node.host.ask(portions_by_the_facts).result(WAIT_SECONDS)
        assert {id: portions for id, (_, portions) in kept.items()} == {SOUP: 3}
