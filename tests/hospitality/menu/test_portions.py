"""Portions are counted down by sales and come back by voids, on both databases; what is kept follows the facts."""

from contextlib import suppress
from random import Random

import pytest

from hospitality.checks.service import void_line
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.kitchen.service import step_ticket
from hospitality.menu.portions import count_portions, portions_by_the_facts, portions_kept, rebuild_portions
from hospitality.menu.reading import menu_item_view
from hospitality.menu.service import edit_item
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from tests.hospitality.node import Restaurant

LEFT_BY_LINES = """
    SELECT c.menu_item_id, c.portions - coalesce((
        SELECT sum(l.quantity) FROM order_lines l JOIN portion_moves m ON m.line_id = l.id AND m.portions > 0
        WHERE m.count_id = c.id AND (
            NOT EXISTS (SELECT 1 FROM line_voids v WHERE v.line_id = l.id)
            OR EXISTS (SELECT 1 FROM line_steps s WHERE s.line_id = l.id)
        )
    ), 0) AS portions
    FROM portion_counts c WHERE c.portions IS NOT NULL AND c.count_no = (
        SELECT max(n.count_no) FROM portion_counts n WHERE n.menu_item_id = c.menu_item_id
    )
"""


def order(*lines: tuple[str, int]) -> NewOrder:
    return NewOrder("dine_in", tuple(NewLine(item, quantity) for item, quantity in lines))


def test_an_order_takes_of_what_is_left_and_the_last_portion_sells_the_item_out(restaurant: Restaurant) -> None:
    node, soup = restaurant.node, restaurant.soup
    counted = node.act(count_portions, soup, portions=5)
    assert (counted["portions_left"], counted["sold_out"], counted["available"]) == (5, False, True)
    node.act(place_order, order((soup, 2), (restaurant.beer, 9), (soup, 1)))
    assert node.read(menu_item_view, soup)["portions_left"] == 2
    before = node.store.counts()
    with pytest.raises(Refused) as refused:
        node.act(place_order, order((soup, 2), (soup, 1)))
    assert refused.value.code == "NOT_ENOUGH_LEFT"
    assert refused.value.details == {"menu_item_id": soup, "portions_left": 2, "wanted": 3}
    assert "only 2 are left" in refused.value.message
    assert node.store.counts() == before
    assert node.read(menu_item_view, soup)["portions_left"] == 2
    node.act(place_order, order((soup, 2)))
    shown = node.read(menu_item_view, soup)
    assert (shown["portions_left"], shown["sold_out"], shown["available"]) == (0, True, True)
    with pytest.raises(Refused) as gone:
        node.act(place_order, order((soup, 1)))
    assert gone.value.code == "ITEM_UNAVAILABLE"
    told = [entry["data"] for entry in node.journal("menu.portions_changed")]
    assert told == [f'{{"menu_item_id":"{soup}","portions_left":{left}}}' for left in (2, 0)]


def test_an_86_and_back(restaurant: Restaurant) -> None:
    node, soup = restaurant.node, restaurant.soup
    assert node.act(count_portions, soup, portions=0)["sold_out"] is True
    assert node.act(count_portions, soup, portions=None)["sold_out"] is False
    assert node.store.count("portions_left") == 0
    node.act(place_order, order((soup, 999)))
    assert node.store.count("portion_moves") == 0
    # whoever counts some has them for sale, whoever had switched it off
    node.act(edit_item, soup, {"available": False})
    assert node.act(count_portions, soup, portions=0)["available"] is False
    assert node.act(count_portions, soup, portions=3)["available"] is True
    assert node.journal("menu.item_changed")[-1]["data"].endswith('"after":{"available":true}}')


def test_a_void_gives_back_what_nothing_was_made_of(restaurant: Restaurant) -> None:
    node, soup = restaurant.node, restaurant.soup
    node.act(count_portions, soup, portions=5)
    placed = [node.act(place_order, order((soup, 2))) for _ in range(2)]
    node.act(step_ticket, placed[1]["lines"][0]["ticket_id"], "started")
    for one in placed:
        node.act(void_line, one["id"], one["lines"][0]["id"], reason="Wrong table")
    assert node.read(menu_item_view, soup)["portions_left"] == 3
    # a count that somebody made since has seen what stands there
    third = node.act(place_order, order((soup, 1)))
    node.act(count_portions, soup, portions=9)
    node.act(void_line, third["id"], third["lines"][0]["id"], reason="Wrong table")
    assert node.read(menu_item_view, soup)["portions_left"] == 9


def test_what_is_kept_is_what_the_facts_and_the_lines_say(restaurant: Restaurant) -> None:
    node, chance = restaurant.node, Random(86)
    items, lines = [restaurant.soup, restaurant.beer], []
    for _ in range(60):
        item = chance.choice(items)
        match chance.choice("coooovs"):
            case "c":
                node.act(count_portions, item, portions=chance.choice([None, 0, 3, 20]))
            case "o":
                with suppress(Refused):  # as often as not there is not enough
                    lines += node.act(place_order, order((item, chance.randint(1, 4)), (items[0], 1)))["lines"]
            case "v" if lines:
                line = lines.pop(chance.randrange(len(lines)))
                one = node.reading().one("SELECT order_id FROM order_lines WHERE id = :id", id=line["id"])
                assert one is not None
                node.act(void_line, one["order_id"], line["id"], reason="Changed their mind")
            case "s" if lines:
                node.act(step_ticket, chance.choice(lines)["ticket_id"], "started")
        node.later(seconds=chance.choice([-30, 5]))  # a clock that jumps changes nothing
    kept = node.read(portions_kept)
    assert kept
    assert kept == node.read(portions_by_the_facts)
    assert {row["menu_item_id"]: row["portions"] for row in node.reading().rows(LEFT_BY_LINES)} == {
        id: portions for id, (_, portions) in kept.items()
    }
    assert node.act(rebuild_portions) == []
    with node.store.transaction() as connection:
        connection.execute("DELETE FROM portions_left")
    assert node.act(rebuild_portions) == sorted(kept)
    assert node.read(portions_kept) == kept


def test_refusals_write_nothing(restaurant: Restaurant) -> None:
    node, before = restaurant.node, restaurant.node.store.counts()
    with pytest.raises(Forbidden):
        node.as_("orders.place").act(count_portions, restaurant.soup, portions=1)
    for portions in (-1, 100_001):
        with pytest.raises(Invalid) as refused:
            node.act(count_portions, restaurant.soup, portions=portions)
        assert refused.value.code == "PORTIONS_INVALID"
    with pytest.raises(NotFound):
        node.act(count_portions, new_id(), portions=1)
    assert node.store.counts() == before
