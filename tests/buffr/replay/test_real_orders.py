"""Real restaurant orders, where BUFFR_REAL_DATA says they are."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from buffr.replay.menu import build_menu
from buffr.replay.orders import order_total_minor, orders_of
from buffr.replay.play import play
from buffr.replay.publish import EdgeAccess, publish_menu
from buffr.replay.reading import Reading, format_export, read_export
from tests.buffr.replay.conftest import ServeEdge


@pytest.fixture(scope="module")
def export() -> Path:
    folder = os.environ.get("BUFFR_REAL_DATA")
    if not folder:
        pytest.skip("BUFFR_REAL_DATA does not say where the real orders are")
    path = Path(folder) / "chipotle" / "chipotle.tsv"
    if not path.exists():
        pytest.skip(f"there is no {path}")
    return path


@pytest.fixture(scope="module")
def reading(export: Path) -> Reading:
    return read_export(export)


def test_every_line_is_read_and_the_sum_is_right_to_the_cent(reading: Reading) -> None:
    assert reading.refusals == ()
    assert (reading.orders, len(reading.lines), reading.revenue_minor) == (1_834, 4_622, 3_450_016)


def test_the_export_is_written_back_as_it_was_but_for_lists_of_one(export: Path, reading: Reading) -> None:
    again = format_export(reading.lines).decode().splitlines()
    before = export.read_text(encoding="utf-8").splitlines()
    assert len(again) == len(before)
    differing = [(old, new) for old, new in zip(before, again, strict=True) if old != new]
    plain = [(old.replace("[", "").replace("]", ""), new.replace("[", "").replace("]", "")) for old, new in differing]
    assert all(old == new for old, new in plain)


def test_the_menu_and_orders_cost_the_same_to_the_cent(reading: Reading) -> None:
    menu, orders = build_menu(reading.lines), orders_of(reading.lines)
    assert len(menu.items) == 50
    assert menu.stations == ("Chips and sides", "Drinks", "Grill")
    assert sum(order_total_minor(order, menu) for order in orders) == 3_450_016
    bowl = next(item for item in menu.items if item.name == "Chicken Bowl")
    assert (bowl.price_minor, bowl.groups) == (875, ("Bowls: choice of", "Bowls: with"))
    soda = next(group for group in menu.groups if group.name == "Canned Soda: choice of")
    assert (soda.choices_min, soda.choices_max, len(soda.options)) == (1, 1, 6)


def test_a_part_of_the_orders_is_served_and_settled_at_two_edges(
    reading: Reading, serve_edge: ServeEdge, access: Callable[..., EdgeAccess]
) -> None:
    servings = [serve_edge(currency="USD"), serve_edge(currency="USD")]
    orders = orders_of(reading.lines)

    async def evening() -> int:
        edges = await publish_menu(build_menu(reading.lines), [access(serving) for serving in servings])
        result = await play(orders, edges, start=880, stop=960)
        assert result.failures == ()
        return sum(edge.paid_minor for edge in result.edges)

    expected = sum(
        line.unit_price_minor or 0 for order in orders[880:960] for line in order.lines for _ in range(line.quantity)
    )
    assert asyncio.run(evening()) == expected
    assert [len(serving.edge.orders) for serving in servings] == [40, 40]
