"""What follows at a terminal's own devices, of what was written at it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.heard import OpenDrawer
from edge.hardware.following import entries_after, following, journal_end
from edge.host import EdgeHost
from hospitality.cash.service import add_drawer, move_cash, open_drawer
from hospitality.checks.service import pay
from hospitality.checks.service.floor import make_adjustment
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.parties.rules.deposits import NewDeposit, NewEnd
from hospitality.parties.service import add_party
from hospitality.parties.service.deposits import apply_deposit, end_deposit, take_deposit
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from tests.edge.node_fixture import BAR, SOUP, TILL, act, ask, node

OTHER_TILL = BAR  # any id but our till's


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeHost]:
    with node(tmp_path) as running:
        yield running


def opened(host: EdgeHost, verb: Callable[..., Any], *args: Any, at: str = TILL, **kwargs: Any) -> tuple[Any, int]:
    """What a verb at Selma's till answers, and how often it opens the drawer there, or at another till."""
    place = ask(host, journal_end)
    done = act(host, verb, *args, **kwargs)
    entries, _ = ask(host, entries_after, place, node=host.identity.number)
    found = ask(host, following, entries, terminals=frozenset({at}), amount=lambda minor, _: str(minor), say=str)
    return done, sum((one.terminal_id, one.kind, one.wish) == (at, "drawer", OpenDrawer()) for one in found)


def test_cash_opens_the_drawer_of_its_till_once_and_nothing_else_does(edge: EdgeHost) -> None:
    order = act(edge, place_order, NewOrder("dine_in", (NewLine(SOUP, 1),)))
    party = act(edge, add_party, {"name": "Amara", "covers": 2})["id"]
    own = act(edge, add_drawer, name="Till", terminal_id=TILL)["id"]
    other = act(edge, add_drawer, name="Bar", terminal_id=OTHER_TILL)["id"]
    counts = {}

    def does(what: str, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        done, counts[what] = opened(edge, verb, *args, **kwargs)
        return done

    session = does("float", open_drawer, own, float_minor=1_000)["session"]["id"]
    elsewhere = does("float at another till", open_drawer, other, float_minor=1_000)["session"]["id"]
    does("paid in", move_cash, session, kind="paid_in", amount_minor=100, reason="change")
    does("paid in at another till", move_cash, elsewhere, kind="paid_in", amount_minor=100, reason="change")
    does("card", pay, order["id"], NewPayment("card", 500, reference="T-1", tip_minor=100))
    paid = does("cash with change", pay, order["id"], NewPayment("cash", 500, tendered_minor=1_000))["payment"]["id"]
    does("cash, seen from another till", pay, order["id"], NewPayment("cash", 500), at=OTHER_TILL)
    does("cash back", refund_payment, paid, NewRefund(100, "cold"))
    does("deposit", take_deposit, party, NewDeposit("cash", 500))
    held = does("deposit by card", take_deposit, party, NewDeposit("card", 500, "T-2"))["deposits"]
    by = {one["tender"]: one["id"] for one in held}
    does("deposit applied", apply_deposit, by["card"], order_id=order["id"])
    does("deposit back", end_deposit, by["cash"], NewEnd("given_back", 100, "ill"))
    does("deposit kept", end_deposit, by["cash"], NewEnd("kept", 400, "no-show"))
    gift = act(edge, place_order, NewOrder("dine_in", (NewLine(SOUP, 1),)))["id"]
    act(edge, make_adjustment, gift, NewAdjustment("comp", "our mistake"))
    does("nothing is due", pay, gift, NewPayment("cash", 0))
    assert {what for what, count in counts.items() if count} == {
        "float",
        "paid in",
        "cash with change",
        "cash back",
        "deposit",
        "deposit back",
    }
    assert max(counts.values()) == 1
