"""Days that are closed: numbered, immutable, added up from raw facts; late facts in supplements (R10, R11, R27)."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.cash.service import add_drawer, move_cash, open_drawer
from hospitality.checks.reading import order_view
from hospitality.checks.service import pay, void_line
from hospitality.checks.service.floor import change, make_adjustment
from hospitality.checks.service.receipts import reopen
from hospitality.days.reading import day_view, days_page, numbers_view, server_view, x_report
from hospitality.days.service.checkout import check_out
from hospitality.days.service.close import close_day, supplement_day
from hospitality.days.service.count import count_drawer
from hospitality.days.service.late import pay_late
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.work import Work
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.change import NewHead
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import edit_house_rules, house_rules
from tests.hospitality.node import Node, Restaurant

FIRST, SECOND = "2026-03-01", "2026-03-02"


def ordered(restaurant: Restaurant, beers: int = 3, soups: int = 1) -> dict[str, Any]:
    """Beers (3.33, a levy of 2 % on top) and soups (9.00, untaxed) for two."""
    lines = [NewLine(item, n) for item, n in ((restaurant.beer, beers), (restaurant.soup, soups)) if n]
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", tuple(lines), covers=2))
    return order


def refused(node: Node, verb: Any, *args: Any, **kwargs: Any) -> Refused:
    """How a verb is refused; nothing was written."""
    before = node.store.counts()
    with pytest.raises(Refused) as found:
        node.act(verb, *args, **kwargs)
    assert node.store.counts() == before
    return found.value


def figures(found: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """`section/name` → (count, amount)."""
    return {f"{one['section']}/{one['name']}": (one["count"], one["amount_minor"]) for one in found}


def test_a_day_closes_with_a_numbered_z_that_says_all(restaurant: Restaurant) -> None:
    node = restaurant.node
    drawer = node.act(add_drawer, name="Bar")["id"]
    session = node.act(open_drawer, drawer, float_minor=10_000)["session"]["id"]
    first, second, third = ordered(restaurant), ordered(restaurant, 0), ordered(restaurant, 0, 2)
    node.act(void_line, third["id"], third["lines"][0]["id"], reason="left")
    cash = node.act(pay, first["id"], NewPayment("cash", 1919, 3000, tip_minor=81))["payment"]
    node.act(pay, second["id"], NewPayment("card", 900, reference="T-1", tip_minor=100))
    node.act(refund_payment, cash["id"], NewRefund(919, "cold"))
    node.act(move_cash, session, kind="tip_out", amount_minor=100, reason="tips of the card")
    node.act(move_cash, session, kind="drop", amount_minor=5_000, reason="safe")
    assert refused(node, close_day, FIRST).code == "DRAWERS_OPEN"
    node.act(count_drawer, session, counted_minor={"NAD": 5_900})
    x = node.read(x_report)
    closed = node.act(close_day, FIRST)
    assert [(one["kind"], one["number"], one["open_orders"]) for one in closed["reports"]] == [("z", "A1-1", [])]
    assert figures(closed["total"]) == {
        "orders/placed": (3, 0),
        "orders/covers": (6, 0),
        "sales/lines": (4, 999 + 900 + 900 + 1800),
        "sales/voids": (1, -1800),
        "receipts/issued": (2, 1919 + 900),
        # 9.19 of 19.19 were given back: of the levy's net 4.78 of 9.99, of the levy 0.10 of 0.20
        "tax_net/Levy 2 % on top": (0, 999 - 478),
        "tax/Levy 2 % on top": (0, 20 - 9),
        "refunds/cash": (1, -919),
        "payments/card": (1, 900),
        "payments/cash": (1, 1919),
        "tips/card": (1, 100),
        "tips/cash": (1, 81),
        "tips/paid out": (1, 100),
        "cash/drop": (1, 5_000),
        "drawers/counted": (1, 5_900),
        "drawers/short": (1, 5_900 - (10_000 + 2000 - 919 - 100 - 5_000)),
    }
    assert closed["reports"][0]["figures"] == closed["total"] == x["figures"]
    assert (closed["status"], closed["late"]) == ("closed", [])
    assert [entry["kind"] for entry in node.journal()][-2:] == [*("days.report_made", "properties.business_day_closed")]
    again = refused(node, close_day, FIRST)
    assert (again.code, again.details["number"]) == ("DAY_CLOSED", "A1-1")
    assert refused(node, close_day, "2026-02-28").code == "DAY_NOT_FOUND"
    assert ordered(restaurant)["business_date"] == SECOND


def test_what_comes_late_makes_a_supplement_and_never_another_z(restaurant: Restaurant) -> None:
    node = restaurant.node
    node.act(edit_house_rules, {"carries_over": True})
    paid, open_order = ordered(restaurant), ordered(restaurant)
    node.act(pay, paid["id"], NewPayment("cash", 1919))
    z = node.act(close_day, FIRST)["reports"][0]
    assert z["open_orders"] == [{"id": open_order["id"], "number": open_order["number"]}]
    node.later(hours=24)
    # a handheld that was out of reach tells in the morning what was paid at night
    with pytest.raises(Forbidden):
        node.as_("payments.take").act(pay_late, FIRST, open_order["id"], NewPayment("cash", 1919))
    assert refused(node, pay_late, "2026-02-01", open_order["id"], NewPayment("cash", 1)).code == "DAY_NOT_FOUND"
    node.act(pay_late, FIRST, open_order["id"], NewPayment("card", 1919, reference="H-1", tip_minor=50))
    late = node.read(day_view, FIRST)
    assert late["reports"] == [z]
    assert figures(late["late"]) == {
        "receipts/issued": (1, 1919),
        "tax_net/Levy 2 % on top": (0, 999),
        "tax/Levy 2 % on top": (0, 20),
        "payments/card": (1, 1919),
        "tips/card": (1, 50),
        "open/carried over": (-1, 0),
    }
    done = node.act(supplement_day, FIRST)
    assert done["reports"][0] == z
    assert [one["number"] for one in done["reports"]] == ["A1-1", "A1-1-S1"]
    assert done["reports"][1]["figures"] == late["late"]
    added = Counter[str]()
    for report in done["reports"]:
        added.update({name: amount for name, (_, amount) in figures(report["figures"]).items()})
    assert {name: amount for name, amount in added.items() if amount} == {
        name: amount for name, (_, amount) in figures(done["total"]).items() if amount
    }
    assert done["late"] == []
    before = node.store.counts()
    assert node.act(supplement_day, FIRST) == done
    assert node.store.counts() == before
    # the next close brings what came late to earlier days too, by itself
    order = ordered(restaurant)
    node.act(pay_late, FIRST, order["id"], NewPayment("cash", 19))
    node.act(pay, order["id"], NewPayment("cash", 1900))
    assert node.act(close_day, SECOND)["reports"][0]["number"] == "A1-2"
    assert [one["number"] for one in node.read(day_view, FIRST)["reports"]] == ["A1-1", "A1-1-S1", "A1-1-S2"]


def test_closing_refuses_while_orders_stand_open_and_names_them(restaurant: Restaurant) -> None:
    node = restaurant.node
    settled, first, second = ordered(restaurant), ordered(restaurant), ordered(restaurant)
    node.act(pay, settled["id"], NewPayment("cash", 1919))
    why = refused(node, close_day, FIRST)
    assert why.code == "ORDERS_OPEN"
    assert why.message == (f"2 orders stand open: {first['number']}, {second['number']}. Settle or void them first.")
    assert [order["id"] for order in why.details["orders"]] == [first["id"], second["id"]]
    assert node.read(house_rules)["carries_over"] is False
    node.act(edit_house_rules, {"carries_over": True})
    closed = node.act(close_day, FIRST)
    assert figures(closed["total"])["open/carried over"] == (2, 0)
    # carried over, paid on the day on which it was paid, and still open there until then
    node.later(hours=24)
    answer = node.act(pay, first["id"], NewPayment("cash", 1919))
    assert answer["order"]["payment_state"] == "settled"
    assert figures(node.read(x_report)["figures"]) == {
        "receipts/issued": (1, 1919),
        "tax_net/Levy 2 % on top": (0, 999),
        "tax/Levy 2 % on top": (0, 20),
        "payments/cash": (1, 1919),
        "open/carried over": (1, 0),
    }
    assert node.read(day_view, FIRST)["late"] == []


def test_a_day_that_turned_by_itself_gets_its_z_with_the_next_close(restaurant: Restaurant) -> None:
    node = restaurant.node
    carried = ordered(restaurant)
    node.later(hours=24)
    node.act(pay, carried["id"], NewPayment("cash", 1919))
    closed = node.act(close_day, SECOND)
    assert closed["reports"][0]["number"] == "A1-2"
    first = node.read(day_view, FIRST)["reports"][0]
    assert (first["number"], first["open_orders"][0]["id"]) == ("A1-1", carried["id"])
    listed = node.read(days_page)["items"]
    assert [(day["date"], day["status"], day["number"]) for day in listed] == [
        *((SECOND, "closed", "A1-2"), (FIRST, "closed", "A1-1"))
    ]
    page = node.read(days_page, limit=1)
    assert [day["date"] for day in node.read(days_page, cursor=page["next_cursor"])["items"]] == [FIRST]


@pytest.mark.parametrize(
    ("zone", "half_past_one", "day"),
    [
        ("Africa/Windhoek", datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "2026-03-01"),
        # Berlin's clocks go forward at 1:00 UTC on 29 March 2026, and back on 25 October: 1:30 comes before either
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "2026-03-28"),
        ("Europe/Berlin", datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "2026-10-24"),
        # half past two the second time
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-24"),
    ],
)
def test_a_sale_after_midnight_is_in_the_z_of_the_evening_before(
    restaurant: Restaurant, zone: str, half_past_one: datetime, day: str
) -> None:
    node = restaurant.node
    node.place = replace(node.place, zone=zone)
    node.now = half_past_one
    order = ordered(restaurant)
    node.act(pay, order["id"], NewPayment("cash", 1919))
    closed = node.act(close_day, day)
    assert (closed["date"], figures(closed["total"])["payments/cash"]) == (day, (1, 1919))


def test_a_server_checks_out_with_tips_once_nothing_of_theirs_is_open(restaurant: Restaurant) -> None:
    node = restaurant.node
    me = str(node.caller.person_id)
    order = ordered(restaurant)
    assert refused(node, check_out, me).message.startswith("1 of your orders stand open")
    node.act(pay, order["id"], NewPayment("cash", 1919, tip_minor=81))
    done = node.act(check_out, me, declared_tip_minor=60)
    assert figures(done["figures"])["tips/cash"] == (1, 81)
    assert done["checkout"]["declared_tip_minor"] == 60
    assert done == node.read(server_view, me)
    other = node.as_("payments.take", person_id=node.act(_somebody))
    with pytest.raises(Forbidden):
        other.act(check_out, me)
    assert refused(node, check_out, me, declared_tip_minor=-1).code == "TIP_INVALID"


def test_what_a_server_took_over_is_theirs_to_check_out_and_no_longer_the_others(restaurant: Restaurant) -> None:
    node = restaurant.node
    me, toivo = str(node.caller.person_id), node.act(_somebody)
    order = ordered(restaurant)
    node.act(change, order["id"], NewHead(server_id=toivo, covers=3))
    assert "taken over" not in str(node.act(check_out, me)["figures"])
    other = node.as_("payments.take", person_id=toivo)
    assert refused(other, check_out, toivo).message.startswith("1 of your orders stand open")
    node.act(pay, order["id"], NewPayment("cash", 1919))
    found = figures(other.act(check_out, toivo)["figures"])
    assert (found["orders/taken over"][0], "orders/placed" in found) == (1, False)


def _somebody(work: Work) -> str:
    return str(add_person(work, display_name="Toivo", role="staff")["id"])


def test_what_was_taken_off_and_put_on_is_of_the_day_on_which_it_was_settled(restaurant: Restaurant) -> None:
    node = restaurant.node
    order, other = ordered(restaurant, 3, 2), ordered(restaurant, 0)
    node.act(make_adjustment, order["id"], NewAdjustment("comp", "cold", line_id=order["lines"][1]["id"]))
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "regular", percent_bp=1000))
    node.act(make_adjustment, order["id"], NewAdjustment("service_charge", "late", amount_minor=50))
    node.act(make_adjustment, other["id"], NewAdjustment("discount", "of an open one", amount_minor=1))
    assert not [name for name in figures(node.read(x_report)["figures"]) if name.startswith("adjustments")]
    due = node.read(order_view, order["id"])["due_minor"]
    node.act(pay, order["id"], NewPayment("cash", due))
    found = figures(node.read(x_report)["figures"])
    assert {name: of for name, of in found.items() if name.startswith("adjustments")} == {
        "adjustments/comp": (1, -1800),
        "adjustments/discount": (1, -100),
        "adjustments/service_charge": (1, 50),
    }
    levy = found["tax/Levy 2 % on top"][1]
    assert found["receipts/issued"] == (1, 999 + 1800 - 1800 - 100 + 50 + levy) == (1, due)


def test_every_gap_in_a_days_receipt_numbers_is_explained(restaurant: Restaurant) -> None:
    node = restaurant.node

    def sell(node: Node, **late: Any) -> None:
        order = node.act(place_order, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
        if late:
            node.act(pay_late, FIRST, order["id"], NewPayment("cash", 900))
        else:
            node.act(pay, order["id"], NewPayment("cash", 900))

    def cut_off(work: Work) -> None:
        order = place_order(work, NewOrder("counter", (NewLine(restaurant.soup, 1),)))
        assert pay(work, order["id"], NewPayment("cash", 900))["receipt"]["number"] == "A1-2"
        raise InterruptedError  # the plug is pulled before the commit

    sell(node)
    with pytest.raises(InterruptedError):
        node.act(cut_off)
    node.later(hours=24)
    sell(node)
    sell(node, late=True)
    sell(node)
    # the database is put back to a copy, and goes on in its next life
    node.place = replace(node.place, incarnation=2)
    sell(node)
    assert node.read(numbers_view, FIRST)["items"] == [
        {"series": "receipt", "first": "A1-1", "last": "A1-3", "count": 2, "withdrawn": []}
        | {"missing": [{"number": "A1-2", "belongs_to": SECOND}]}
    ]
    assert node.read(numbers_view, SECOND)["items"] == [
        {"series": "receipt", "first": "A1-2", "last": "A1-4", "count": 2, "withdrawn": []}
        | {"missing": [{"number": "A1-3", "belongs_to": FIRST}]},
        {"series": "receipt", "first": "A2-1", "last": "A2-1", "count": 1, "missing": [], "withdrawn": []},
    ]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["order", "pay", "pay", "card", "void", "back", "late", "turn", "reopen", "off"]),
        st.integers(0, 40),
    ),
    min_size=4,
    max_size=16,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_every_days_reports_agree_with_raw_facts_to_the_minor_unit(
    restaurant: Restaurant, acts: list[tuple[str, int]]
) -> None:
    node = restaurant.node
    node.act(edit_house_rules, {"carries_over": True})
    orders: list[dict[str, Any]] = [ordered(restaurant)]
    for what, n in acts:
        order = orders[n % len(orders)]
        day = orders[-1]["business_date"]
        due = max(1, order["total_minor"] // (1 + n % 3))
        try:
            if what == "order":
                orders.append(ordered(restaurant, n % 4, 1))
            elif what == "pay":
                node.act(pay, order["id"], NewPayment("cash", due, tip_minor=n))
            elif what == "card":
                node.act(pay, order["id"], NewPayment("card", due, reference=str(n), tip_minor=n % 2))
            elif what == "void":
                node.act(void_line, order["id"], order["lines"][n % len(order["lines"])]["id"], reason="why")
            elif what == "late":
                node.act(pay_late, order["business_date"], order["id"], NewPayment("cash", due))
            elif what == "back":
                row = node.reading().one("SELECT id FROM payments WHERE order_id = :id", id=order["id"])
                node.act(refund_payment, row["id"] if row else new_id(), NewRefund(due, "why", tender="cash"))
            elif what == "reopen":
                node.act(reopen, order["id"], reason="why")
            elif what == "off":
                node.act(make_adjustment, order["id"], NewAdjustment("discount", "why", percent_bp=100 * (n + 1)))
            elif n % 2:
                node.act(close_day, day)
            else:
                node.later(hours=24)
        except Refused:
            continue
    last = ordered(restaurant)["business_date"]
    node.act(close_day, last)
    for listed in node.read(days_page)["items"]:
        day = node.read(day_view, listed["date"])
        assert day["late"] == []
        assert {name: found[1] for name, found in figures(day["total"]).items() if found[1]} == recomputed(
            node, listed["date"]
        )


def recomputed(node: Node, day: str) -> dict[str, int]:
    """The amounts of a day, row by row from the raw facts, with nothing of the product's own sums."""

    def rows(table: str) -> list[dict[str, Any]]:
        return [dict(row) for row in node.reading().rows(f"SELECT * FROM {table} WHERE org_id = :org_id")]

    def of_day(table: str) -> list[dict[str, Any]]:
        return [row for row in rows(table) if row["business_date"] == day]

    amounts = Counter[str]()
    lines = {line["id"]: line for line in rows("order_lines")}
    for line in of_day("order_lines"):
        amounts["sales/lines"] += line["amount_minor"]
    for void in of_day("line_voids"):
        amounts["sales/voids"] -= lines[void["line_id"]]["amount_minor"]
    for payment in of_day("payments"):
        amounts[f"payments/{payment['tender']}"] += payment["amount_minor"]
        amounts[f"tips/{payment['tender']}"] += payment["tip_minor"]
    for receipt in of_day("receipts"):
        amounts["receipts/issued"] += receipt["total_minor"]
        for one in msgspec.json.decode(receipt["adjustments"]):
            amounts[f"adjustments/{one['kind']}"] += one["amount_minor"]
    receipts = {receipt["id"]: receipt for receipt in rows("receipts")}
    withdrawn = [receipts[row["receipt_id"]] for row in of_day("receipt_withdrawals")]
    for receipt in withdrawn:
        amounts["receipts/withdrawn"] -= receipt["total_minor"]
        for one in msgspec.json.decode(receipt["adjustments"]):
            amounts[f"adjustments/{one['kind']}"] -= one["amount_minor"]
    for refund in of_day("refunds"):
        amounts[f"{refund['kind']}s/{refund['tender']}"] -= refund["amount_minor"]
    for sign, taxed in ((1, of_day("receipts")), (-1, withdrawn), (-1, of_day("refunds"))):
        for row in taxed:
            for tax in msgspec.json.decode(row["taxes"]):
                assert (tax["name"], tax["rate_bp"], tax["included"]) == ("Levy", 200, False)
                amounts["tax_net/Levy 2 % on top"] += sign * tax["net_minor"]
                amounts["tax/Levy 2 % on top"] += sign * tax["tax_minor"]
    return {name: amount for name, amount in amounts.items() if amount}
