"""The router is switched off and on: the node needs no restart, and what a tablet sent into it is there once (R25)."""

from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.devices.networks import NODE, lan
from tests.edge.node_fixture import SOUP
from tests.edge.printing.evening import wait_for
from tests.edge.served_node import Lan, doors_of, furnish, opened_node, screen

LOST_AFTER_SECONDS = 1.0


def test_the_node_is_there_when_the_router_is_back_and_has_each_order_once(tmp_path: Path) -> None:
    folder = furnish(tmp_path / "node")
    with lan() as net, ExitStack() as stack:
        tablet = net.plug_in("10.77.0.20")
        opened = net.node.at(stack.enter_context, opened_node(folder))
        url = net.node.at(stack.enter_context, doors_of(opened, host=NODE))
        there = stack.enter_context(Lan(url, folder))
        there.client.timeout = LOST_AFTER_SECONDS
        first = tablet.at(there.order, SOUP, key="before")

        net.lose_router()
        with pytest.raises(httpx2.TransportError):
            tablet.at(there.order, SOUP, key="meanwhile")
        net.bring_router_back()

        def sent() -> bool:
            try:
                return bool(tablet.at(there.order, SOUP, key="meanwhile")["id"])
            except httpx2.TransportError:
                return False

        wait_for(sent)
        again = tablet.at(there.order, SOUP, key="meanwhile")
        orders = tablet.at(there.get, "orders", state="open").json()["items"]
        assert {one["id"] for one in orders} == {first["id"], again["id"]}

        def hears() -> str:
            with screen(there, "order_created") as ear:
                assert ear.until("hello")
                third = there.order(SOUP)["id"]
                told = ear.until("order_created")["data"]["order"]["id"]
                return "heard" if told == third else told

        assert tablet.at(hears) == "heard"
