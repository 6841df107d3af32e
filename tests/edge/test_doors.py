"""What anybody on the LAN may ask of a node, and what is refused them."""

from edge.doors import ENROL_TRIES
from hospitality.ground.ids import new_id
from tests.edge.served_node import ServedNode


def test_smoke(lan: ServedNode) -> None:
    assert lan.order()["number"] == "A1-1"
