"""Every void, comp, discount, price, setting, reopening and refund is found in the audit by its record's id (R15)."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hospitality.checks.service import pay, void_line
from hospitality.checks.service.floor import make_adjustment
from hospitality.checks.service.receipts import reopen
from hospitality.menu.service import edit_item
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.paper.service import edit_paper_settings
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from hospitality.properties.service import edit_house_rules
from tests.hospitality.node import Node, Restaurant

Found = tuple[str, str | None, dict[str, Any]]
WHY = "the guest waited"


def entry(node: Node, record_id: str, kind: str) -> Found:
    """The one entry of a kind that names a record: who, why and what."""
    (found,) = [one for one in node.journal(kind) if record_id in one["data"] or one["property_id"] == record_id]
    return found["actor_id"], found["reason"], msgspec.json.decode(found["data"])


def order(restaurant: Restaurant) -> dict[str, Any]:
    placed: dict[str, Any] = restaurant.node.act(
        place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1), NewLine(restaurant.soup, 2)))
    )
    return placed


def voided(restaurant: Restaurant) -> tuple[str, str, dict[str, Any]]:
    placed = order(restaurant)
    line = placed["lines"][0]["id"]
    restaurant.node.act(void_line, placed["id"], line, reason=WHY)
    return line, "orders.line_voided", {"amount_minor": 900, "total_minor": 1800}


def comped(restaurant: Restaurant) -> tuple[str, str, dict[str, Any]]:
    placed = order(restaurant)
    line = placed["lines"][0]["id"]
    restaurant.node.act(make_adjustment, placed["id"], NewAdjustment("comp", WHY, line_id=line))
    return line, "orders.adjustment_made", {"kind": "comp", "total_minor": 1800}


def discounted(restaurant: Restaurant) -> tuple[str, str, dict[str, Any]]:
    placed = order(restaurant)
    restaurant.node.act(make_adjustment, placed["id"], NewAdjustment("discount", WHY, amount_minor=100))
    return placed["id"], "orders.adjustment_made", {"kind": "discount", "total_minor": 2600}


def reopened(restaurant: Restaurant) -> tuple[str, str, dict[str, Any]]:
    placed = order(restaurant)
    receipt = restaurant.node.act(pay, placed["id"], NewPayment("cash", 2700))["receipt"]
    restaurant.node.act(reopen, placed["id"], reason=WHY)
    return receipt["id"], "payments.receipt_withdrawn", {"cause": "reopened", "total_minor": 2700}


def refunded(restaurant: Restaurant) -> tuple[str, str, dict[str, Any]]:
    placed = order(restaurant)
    payment = restaurant.node.act(pay, placed["id"], NewPayment("cash", 2700))["payment"]
    restaurant.node.act(refund_payment, payment["id"], NewRefund(900, WHY))
    return payment["id"], "payments.payment_refunded", {"amount_minor": 900, "number": "A1-1"}


@pytest.mark.parametrize("done", [voided, comped, discounted, reopened, refunded])
def test_what_takes_money_off_is_found_by_its_record_with_who_and_why(
    restaurant: Restaurant, done: Callable[[Restaurant], tuple[str, str, dict[str, Any]]]
) -> None:
    record_id, kind, told = done(restaurant)
    who, why, data = entry(restaurant.node, record_id, kind)
    assert (who, why) == (restaurant.node.caller.person_id, WHY)
    assert {name: data[name] for name in told} == told


def test_what_changes_prices_and_policies_is_found_with_what_was_before(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(edit_item, restaurant.soup, {"price_minor": 950})
    node.act(edit_house_rules, {"carries_over": True})
    node.act(edit_paper_settings, {"alarm_after_seconds": 60})
    who = node.caller.person_id
    here = str(node.caller.property_id)
    for record_id, kind, name, before, after in (
        (restaurant.soup, "menu.item_changed", "price_minor", 900, 950),
        (here, "properties.house_rules_changed", "carries_over", False, True),
        (here, "paper.settings_changed", "alarm_after_seconds", 120, 60),
    ):
        actor, _, data = entry(node, record_id, kind)
        assert (actor, data["before"][name], data["after"][name]) == (who, before, after)
