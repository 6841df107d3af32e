"""Receipts that count no more: orders that somebody opens again, and those of which two nodes apart each knew a part."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hospitality.approvals.service import give_approval
from hospitality.checks.reading import order_view, orders_page, receipt_view
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.checks.service.floor import make_adjustment
from hospitality.checks.service.receipts import doubtful, mend, reopen
from hospitality.checks.service.split import merge, split
from hospitality.days.reading import day_view, days_page, numbers_view, x_report
from hospitality.days.service.close import close_day
from hospitality.ground.errors import Forbidden, NotFound, Refused
from hospitality.ground.ids import new_id
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.move import Going
from hospitality.payments.reading import receipts_of
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import edit_house_rules
from tests.hospitality.days.test_close import figures, refused
from tests.hospitality.node import Node, Restaurant, sqlite_store, tables

FIRST = "2026-03-01"


def soup(restaurant: Restaurant, count: int = 1) -> dict[str, Any]:
    """An order of soups (9.00 each, untaxed)."""
    order: dict[str, Any] = restaurant.node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, count),)))
    return order


def receipts(node: Node, order_id: str) -> list[tuple[str, str | None, str | None]]:
    """Number, cause of withdrawal and what it stands in for, of each receipt of an order."""
    found = node.read(receipts_of, order_id)
    return [(row["number"], row["withdrawn_cause"], row["replaces"]) for row in found]


def test_an_order_is_opened_again_and_its_next_receipt_names_the_one_withdrawn(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = soup(restaurant)
    node.act(make_adjustment, order["id"], NewAdjustment("discount", "regular", percent_bp=1000))
    first = node.act(pay, order["id"], NewPayment("cash", 810))
    with pytest.raises(Refused):
        node.act(add_lines, order["id"], [NewLine(restaurant.beer, 1)])
    opened = node.act(reopen, order["id"], reason=" forgot a beer ")
    assert opened == node.read(order_view, order["id"])
    assert (opened["payment_state"], opened["due_minor"], opened["surplus_minor"]) == ("open", 0, 0)
    assert opened["withdrawn_receipts"] == [{"number": "A1-1", "cause": "reopened"}]
    assert [one["id"] for one in node.read(orders_page, state="open")["items"]] == [order["id"]]
    assert [one["id"] for one in node.read(orders_page, state="settled")["items"]] == []
    assert [one["id"] for one in node.read(x_report)["open_orders"]] == [order["id"]]
    with pytest.raises(NotFound):
        node.read(receipt_view, order["id"])
    node.act(add_lines, order["id"], [NewLine(restaurant.beer, 3)])
    paid = node.act(pay, order["id"], NewPayment("cash", 899 + 18))
    assert (paid["receipt"]["number"], paid["order"]["due_minor"]) == ("A1-2", 0)
    assert receipts(node, order["id"]) == [("A1-1", "reopened", None), ("A1-2", None, "A1-1")]
    shown = node.read(receipt_view, order["id"])
    assert (shown["number"], shown["replaces"], shown["withdrawn"]) == ("A1-2", "A1-1", False)
    old = node.read(receipt_view, order["id"], receipt_id=first["receipt"]["id"])
    assert (old["number"], old["withdrawn"]) == ("A1-1", True)
    [told] = node.journal("payments.receipt_withdrawn")
    data = msgspec.json.decode(told["data"])
    assert (told["reason"], data["receipt_number"], data["cause"]) == ("forgot a beer", "A1-1", "reopened")
    total = figures(node.act(close_day, FIRST)["total"])
    assert total["receipts/issued"] == (2, 810 + 810 + 917)
    assert total["receipts/withdrawn"] == (1, -810)
    assert total["adjustments/discount"] == (1, -90 - 100), "what the receipt said is taken back as it said it"
    assert total["payments/cash"] == (2, 810 + 917)
    [numbers] = node.read(numbers_view, FIRST)["items"]
    assert (numbers["count"], numbers["missing"]) == (2, []), "a withdrawn receipt keeps its number"
    gone = {"number": "A1-1", "cause": "reopened", "reason": "forgot a beer", "on_day": FIRST}
    assert numbers["withdrawn"] == [gone]


def test_nothing_is_changed_on_an_order_that_is_opened_and_settled_by_a_payment_of_nothing(
    restaurant: Restaurant,
) -> None:
    node = restaurant.node
    order = soup(restaurant, 2)
    taken = node.act(pay, order["id"], NewPayment("cash", 1800))["payment"]
    node.act(reopen, order["id"], reason="wrong table")
    again = node.act(pay, order["id"], NewPayment("cash", 0))
    assert (again["receipt"]["number"], again["order"]["payment_state"]) == ("A1-2", "settled")
    # opened again, money goes back as a reversal, and a void that leaves what was paid settles it
    node.act(reopen, order["id"], reason="one too many")
    assert node.act(refund_payment, taken["id"], NewRefund(1800, "why"))["kind"] == "reversal"
    assert node.act(pay, order["id"], NewPayment("cash", 1800))["receipt"]["number"] == "A1-3"
    assert receipts(node, order["id"])[-1] == ("A1-3", None, "A1-2")
    assert figures(node.read(x_report)["figures"])["receipts/withdrawn"] == (2, -3600)


def test_opening_an_order_again_needs_its_right_and_is_refused_once_books_are_closed(restaurant: Restaurant) -> None:
    node = restaurant.node
    order, other, late = soup(restaurant), soup(restaurant), soup(restaurant)
    why = refused(node, reopen, order["id"], reason="why")
    assert why.code == "ORDER_NOT_SETTLED"
    taken = node.act(pay, order["id"], NewPayment("cash", 900))["payment"]
    node.act(pay, other["id"], NewPayment("cash", 900))
    waiter = node.as_("orders.place", person_id=node.act(add_person, display_name="Toivo", role="staff")["id"])
    with pytest.raises(Forbidden) as needed:
        waiter.act(reopen, other["id"], reason="why")
    assert (needed.value.code, needed.value.details["record_id"]) == ("APPROVAL_NEEDED", other["id"])
    manager = str(node.caller.person_id)
    given = waiter.act(give_approval, manager, action="orders.reopen", record_id=other["id"], reason="yes")
    assert waiter.act(reopen, other["id"], reason="why", approval_id=given["id"])["payment_state"] == "open"
    assert node.journal("payments.receipt_withdrawn")[0]["approver_id"] == manager
    node.act(pay, other["id"], NewPayment("cash", 0))
    node.act(refund_payment, taken["id"], NewRefund(100, "cold"))
    assert refused(node, reopen, order["id"], reason="why").code == "REOPEN_REFUNDED"
    node.act(pay, late["id"], NewPayment("cash", 900))
    node.act(close_day, FIRST)
    why = refused(node, reopen, late["id"], reason="why")
    assert (why.code, why.details) == ("REOPEN_DAY_CLOSED", {"number": "A1-4", "date": FIRST})


# --- two nodes apart


@dataclass
class Apart:
    """Two nodes of one property that hear of each other's facts only when told to."""

    one: Node
    two: Node
    files: dict[int, Path]

    @property
    def both(self) -> tuple[Node, Node]:
        return self.one, self.two

    def tell(self, to: Node) -> None:
        """Brings all facts of the other one here, as sync does: by union."""
        of = self.two if to is self.one else self.one
        connection = to.store.connection
        connection.execute("ATTACH ? AS other", (str(self.files[of.place.node]),))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for table in tables():
            if table.info["kind"] == "local":
                continue
            if table.info["kind"] == "fact":
                said = ", ".join(of.name for of in table.columns if not of.name.startswith("_"))
                here = f"SELECT {said} FROM main.{table.name}"
                other = f"SELECT {said} FROM other.{table.name} WHERE id IN (SELECT id FROM main.{table.name})"
                assert not connection.execute(f"{other} EXCEPT {here}").fetchall(), "a fact of one id says one thing"
            connection.execute(f"INSERT OR IGNORE INTO main.{table.name} SELECT * FROM other.{table.name}")
        connection.execute(
            "UPDATE main.business_days SET status = 'closed', closed_at = opened_at WHERE id IN ("
            "SELECT id FROM other.business_days WHERE status = 'closed')"
        )
        connection.execute("COMMIT")
        connection.execute("DETACH other")

    def hear(self, to: Node, ids: list[str]) -> bool:
        """Tells a node all, and has it mend receipts; whether there were any to mend."""
        self.tell(to)
        found = to.read(doubtful, ids, place=to.place)
        for id in found:
            assert to.act(mend, id)
        assert to.read(doubtful, ids, place=to.place) == [], "what is mended is mended"
        return bool(found)

    def settle_down(self, ids: list[str]) -> None:
        """Tells both all, until there is nothing left to tell."""
        for _ in range(6):
            mended = [self.hear(node, ids) for node in (*self.both, self.one)]
            if not any(mended):
                return
        raise AssertionError("the two never agree")


@contextmanager
def two_nodes(restaurant: Restaurant, folder: Path) -> Iterator[Apart]:
    """The restaurant as it is, at two nodes."""
    folder.mkdir()
    (of,) = (row["file"] for row in restaurant.node.store.connection.execute("PRAGMA database_list"))
    files = {number: folder / f"{number}.db" for number in (1, 2)}
    with (
        contextmanager(sqlite_store)(Path(of), files[1]) as first,
        contextmanager(sqlite_store)(Path(of), files[2]) as second,
    ):
        node = restaurant.node
        second.connection.execute("DELETE FROM number_series")
        one = Node(first, node.caller, node.place, node.now, node.head)
        yield Apart(one, Node(second, node.caller, replace(node.place, node=2, code="B"), node.now), files)


@pytest.fixture
def open_restaurant(restaurant: Restaurant) -> Restaurant:
    """The restaurant, where a day is open and orders are carried over."""
    restaurant.node.act(edit_house_rules, {"carries_over": True})
    restaurant.node.act(pay, soup(restaurant)["id"], NewPayment("cash", 900))
    return restaurant


@pytest.fixture
def apart(open_restaurant: Restaurant, tmp_path: Path) -> Iterator[Apart]:
    """It at two nodes that are apart."""
    with two_nodes(open_restaurant, tmp_path / "apart") as found:
        open_restaurant.node = found.one
        yield found


ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@ON_SQLITE
def test_an_order_settled_at_two_nodes_apart_keeps_one_receipt_and_shows_what_is_too_much(
    restaurant: Restaurant, apart: Apart
) -> None:
    one, two = apart.both
    order = soup(restaurant)
    apart.tell(two)
    one.act(pay, order["id"], NewPayment("cash", 900, tip_minor=50))
    two.later(seconds=5)
    taken = two.act(pay, order["id"], NewPayment("card", 900, reference="T-9"))["payment"]
    apart.settle_down([order["id"]])
    for node in apart.both:
        assert receipts(node, order["id"]) == [("A1-2", None, None), ("B1-1", "settled_twice", None)]
        seen = node.read(order_view, order["id"])
        assert (seen["payment_state"], seen["due_minor"], seen["surplus_minor"]) == ("settled", -900, 900)
        [listed] = node.read(orders_page, state="overpaid")["items"]
        assert listed == seen
        [named] = node.read(x_report)["overpaid_orders"]
        assert (named["number"], named["surplus_minor"]) == (order["number"], 900)
        sums = figures(node.read(x_report)["figures"])
        assert sums["receipts/issued"][1] + sums["receipts/withdrawn"][1] == 900 + 900  # the one before, and this one
        assert sums["surplus/to give back"] == (1, 900)
    assert one.act(refund_payment, taken["id"], NewRefund(900, "twice", reference="T-10"))["kind"] == "reversal"
    after = one.read(order_view, order["id"])
    assert (after["surplus_minor"], after["due_minor"], one.read(x_report)["overpaid_orders"]) == (0, 0, [])


@ON_SQLITE
def test_what_is_added_where_nobody_knew_that_it_was_paid_is_due_again(restaurant: Restaurant, apart: Apart) -> None:
    one, two = apart.both
    order, merged, away = soup(restaurant), soup(restaurant), soup(restaurant)
    apart.tell(two)
    one.act(pay, order["id"], NewPayment("cash", 900))
    two.act(add_lines, order["id"], [NewLine(restaurant.beer, 3)])
    one.act(pay, away["id"], NewPayment("cash", 900))
    two.act(merge, merged["id"], [away["id"]])
    apart.settle_down(ids := [order["id"], merged["id"], away["id"]])
    for node in apart.both:
        seen, onto, gone = (node.read(order_view, id) for id in ids)
        assert (seen["payment_state"], seen["due_minor"]) == ("open", 1019)
        assert seen["withdrawn_receipts"] == [{"number": "A1-2", "cause": "changed"}]
        assert (onto["due_minor"], gone["surplus_minor"], gone["merged_into"]) == (1800, 900, merged["number"])
        assert {one["id"] for one in node.read(orders_page, state="open")["items"]} == {order["id"], merged["id"]}
        assert [one["id"] for one in node.read(orders_page, state="overpaid")["items"]] == [away["id"]]
    paid = two.act(pay, order["id"], NewPayment("cash", 1019))
    assert (paid["receipt"]["number"], paid["order"]["payment_state"]) == ("B1-1", "settled")
    assert receipts(two, order["id"])[-1] == ("B1-1", None, "A1-2")
    apart.settle_down(ids)
    assert one.read(order_view, order["id"]) == paid["order"]


@ON_SQLITE
def test_what_was_voided_elsewhere_after_it_was_paid_gets_the_receipt_that_is_right(
    restaurant: Restaurant, apart: Apart
) -> None:
    one, two = apart.both
    order = one.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1), NewLine(restaurant.soup, 2))))
    apart.tell(two)
    one.act(pay, order["id"], NewPayment("cash", 2700))
    two.act(void_line, order["id"], order["lines"][0]["id"], reason="left")
    apart.settle_down([order["id"]])
    for node in apart.both:
        assert receipts(node, order["id"]) == [("A1-2", "changed", None), ("A1-3", None, "A1-2")]
        seen = node.read(order_view, order["id"])
        assert (seen["payment_state"], seen["total_minor"], seen["surplus_minor"]) == ("settled", 1800, 900)


@ON_SQLITE
def test_what_both_open_again_while_apart_is_taken_back_once(restaurant: Restaurant, apart: Apart) -> None:
    one, two = apart.both
    order = soup(restaurant)
    one.act(pay, order["id"], NewPayment("cash", 900))
    apart.tell(two)
    for node in (two, one):
        node.act(reopen, order["id"], reason="forgot a beer")
    apart.settle_down([order["id"]])
    for node in apart.both:
        assert node.store.count("receipt_withdrawals") == 2
        assert receipts(node, order["id"]) == [("A1-2", "reopened", None)]
        sums = figures(node.read(x_report)["figures"])
        assert (sums["receipts/issued"], sums["receipts/withdrawn"]) == ((2, 1800), (1, -900))
    assert two.act(pay, order["id"], NewPayment("cash", 0))["receipt"]["number"] == "B1-1"


@ON_SQLITE
def test_what_was_refunded_of_a_receipt_that_was_opened_again_elsewhere_is_reversed_and_the_rest_can_be(
    restaurant: Restaurant, apart: Apart
) -> None:
    one, two = apart.both
    order = soup(restaurant)
    apart.tell(two)
    cash = one.act(pay, order["id"], NewPayment("cash", 900))["payment"]["id"]
    two.later(seconds=5)
    card = two.act(pay, order["id"], NewPayment("card", 900, reference="T-9"))["payment"]["id"]
    apart.settle_down([order["id"]])
    one.act(reopen, order["id"], reason="nobody ate it")
    assert two.act(refund_payment, card, NewRefund(900, "twice", tender="cash"))["kind"] == "reversal"
    assert two.act(refund_payment, cash, NewRefund(300, "cold"))["kind"] == "refund"
    apart.settle_down([order["id"]])
    for node in apart.both:
        seen = node.read(order_view, order["id"])
        assert (seen["paid_minor"], seen["refunded_minor"], seen["due_minor"]) == (600, 0, 300)
    assert refused(two, refund_payment, cash, NewRefund(601, "the rest")).code == "REFUND_OVER_PAID"
    assert two.act(refund_payment, cash, NewRefund(600, "the rest"))["kind"] == "reversal"
    gone = two.act(void_line, order["id"], order["lines"][0]["id"], reason="nobody ate it")
    assert (gone["payment_state"], gone["paid_minor"], gone["surplus_minor"]) == ("settled", 0, 0)
    apart.settle_down([order["id"]])
    for node in apart.both:
        sums = figures(node.read(x_report)["figures"])
        assert sums["receipts/withdrawn"] == (2, -900 - (900 - 300)), "the receipt less what was refunded of it"
        books = sums["receipts/issued"][1] + sums["receipts/withdrawn"][1] + sums["refunds/cash"][1]
        assert books == 900, "the one before alone"
        back = sums["reversals/cash"][1] + sums["refunds/cash"][1]
        assert sums["payments/cash"][1] + sums["payments/card"][1] + back == 900


WHAT = ("add", "void", "percent", "merge", "split", "pay", "pay", "pay", "part", "back", "reopen")
ACT = st.tuples(st.sampled_from(WHAT), st.integers(0, 5))
# what each of the two does about one order before they hear of each other, and what the day does then
ROUNDS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.lists(ACT, max_size=3),
        st.lists(ACT, max_size=3),
        st.sampled_from(["both", "both", "one", "turn", "close"]),
    ),
    min_size=1,
    max_size=4,
)


@ON_SQLITE
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=ROUNDS)
def test_whatever_two_nodes_do_apart_each_cent_is_in_the_books_once(
    open_restaurant: Restaurant, tmp_path: Path, rounds: list[tuple[int, list[Any], list[Any], str]]
) -> None:
    with two_nodes(open_restaurant, tmp_path / new_id()) as apart:
        restaurant = replace(open_restaurant, node=apart.one)
        for node in apart.both:
            node.later(hours=24)
        ids = [soup(restaurant, 2)["id"], soup(restaurant)["id"]]
        first = apart.one.read(order_view, ids[0])["business_date"]
        apart.settle_down(ids)
        for which, of_one, of_two, then in rounds:
            order_id = ids[which % len(ids)]
            for node, acts in zip(apart.both, (of_one, of_two), strict=True):
                for what, n in acts:
                    ids += _tried(node, restaurant, what, order_id, n)
                    node.later(seconds=1)
            apart.hear(apart.two, ids)
            if then == "turn":
                for node in apart.both:
                    node.later(hours=24)
            elif then == "close":
                with suppress(Refused):
                    apart.one.act(close_day, apart.one.read(days_page)["items"][0]["date"])
            if then != "one":
                apart.hear(apart.one, ids)
        apart.settle_down(ids)
        _close_all(apart, restaurant, ids)
        views = [apart.one.read(order_view, id) for id in ids]
        assert views == [apart.two.read(order_view, id) for id in ids]
        _check_each_order(apart.one, views)
        _check_books(apart.one, ids, first)


def _tried(node: Node, restaurant: Restaurant, what: str, id: str, n: int) -> list[str]:
    """One thing that staff do with an order, if they may; the ids of orders that it opened."""
    try:
        order = node.read(order_view, id)
        if what == "split":
            lines = [line["id"] for line in order["lines"]]
            return [one["id"] for one in node.act(split, id, [Going(tuple(lines[n % 2 : n % 2 + 1]))])["items"][1:]]
        if what == "back":
            row = node.reading().one("SELECT id, amount_minor FROM payments WHERE order_id = :id ORDER BY id", id=id)
            paid = (row["id"], row["amount_minor"]) if row else (new_id(), 1)
            node.act(refund_payment, paid[0], NewRefund(max(1, paid[1] // (1 + n % 3)), "why", tender="cash"))
        elif what == "void":
            lines = [line["id"] for line in order["lines"]] or [new_id()]
            node.act(void_line, id, lines[n % len(lines)], reason="why")
        elif what == "reopen":
            node.act(reopen, id, reason="why")
        else:
            _taken(node, restaurant, what, order, n)
    except (Refused, NotFound):
        return []
    return []


def _taken(node: Node, restaurant: Restaurant, what: str, order: dict[str, Any], n: int) -> None:
    others = [row["id"] for row in node.reading().rows("SELECT id FROM orders WHERE id <> :id", id=order["id"])]
    discount = NewAdjustment("discount", "why", percent_bp=777 * (n + 1))
    due = order["due_minor"]
    verbs: dict[str, tuple[Any, ...]] = {
        "add": (add_lines, order["id"], [NewLine(restaurant.beer, n + 1)]),
        "percent": (make_adjustment, order["id"], discount),
        "merge": (merge, others[-1 - n % len(others)], [order["id"]]),
        "pay": (pay, order["id"], NewPayment("cash", max(0, due), tip_minor=n)),
        "part": (pay, order["id"], NewPayment("card", max(1, due // 2), reference=f"{node.place.code}{new_id()}")),
    }
    node.act(*verbs[what])


def _close_all(apart: Apart, restaurant: Restaurant, ids: list[str]) -> None:
    """The day ends at both; what comes late to days that are closed gets its supplements."""
    for node in apart.both:
        node.later(hours=24)
    apart.one.act(close_day, soup(restaurant)["business_date"])
    apart.settle_down(ids)


def _check_each_order(node: Node, views: list[dict[str, Any]]) -> None:
    """An order has one receipt that says what it comes to, or is open and listed, or has nothing left; and what was
    taken too much is listed."""
    listed = {one["id"] for one in node.read(orders_page, state="open", limit=500)["items"]}
    too_much = {one["id"]: one for one in node.read(orders_page, state="overpaid", limit=500)["items"]}
    for order in views:
        standing = [row for row in node.read(receipts_of, order["id"]) if row["withdrawn_cause"] is None]
        left = any(line["void_reason"] is None for line in order["lines"])
        in_hand = order["paid_minor"] - order["refunded_minor"]
        if (standing and order["surplus_minor"] == 0) or not left:
            said = sum(row["total_minor"] for row in standing) - order["refunded_minor"]
            assert in_hand in (said, said + order["surplus_minor"]), "what is in hand is what the books say was sold"
        assert len(standing) <= 1
        assert (order["id"] in listed) == (left and not standing)
        if standing and order["refunded_minor"] <= order["total_minor"]:
            [receipt] = standing
            assert (receipt["total_minor"], msgspec.json.decode(receipt["taxes"])) == (
                order["total_minor"],
                order["taxes"],
            )
            assert order["paid_minor"] == order["total_minor"] + max(0, order["paid_minor"] - order["total_minor"])
            assert order["payment_state"] == "settled"
        covered = standing[0]["total_minor"] if standing else order["total_minor"] if left else 0
        assert order["surplus_minor"] == max(0, min(order["paid_minor"] - covered, in_hand))
        if standing or not left:
            assert (order["id"] in too_much) == (order["surplus_minor"] > 0)


def _check_books(node: Node, ids: list[str], first: str) -> None:
    """The Zs and their supplements together say what the receipts that stand say, and every payment once."""
    days = [day["date"] for day in node.read(days_page, limit=500)["items"] if day["date"] >= first]
    found = Counter[str]()
    for day in days:
        view = node.read(day_view, day)
        assert view["late"] == []
        for one in view["total"]:
            found[one["section"]] += one["amount_minor"]
    rows = node.reading().rows
    standing = [
        row
        for id in ids
        for row in rows("SELECT * FROM receipts WHERE order_id = :id", id=id)
        if row["id"] not in {w["receipt_id"] for w in rows("SELECT receipt_id FROM receipt_withdrawals")}
    ]
    refunds = [row for id in ids for row in rows("SELECT * FROM refunds WHERE order_id = :id", id=id)]
    payments = [row for id in ids for row in rows("SELECT * FROM payments WHERE order_id = :id", id=id)]
    turned = [row for row in refunds if row["kind"] == "refund" and row["receipt_id"] in _turning(node)]
    assert found["receipts"] == sum(row["total_minor"] for row in standing) + sum(row["amount_minor"] for row in turned)
    sold = [row for row in refunds if row not in turned]
    taxes = [(1, row["taxes"]) for row in standing] + [(-1, row["taxes"]) for row in sold]
    for name in ("net", "tax"):
        told = sum(sign * tax[f"{name}_minor"] for sign, text in taxes for tax in msgspec.json.decode(text))
        assert found["tax_net" if name == "net" else "tax"] == told
    assert found["adjustments"] == sum(
        one["amount_minor"] for row in standing for one in msgspec.json.decode(row["adjustments"])
    )
    assert found["payments"] == sum(row["amount_minor"] for row in payments)
    assert -found["refunds"] - found["reversals"] == sum(row["amount_minor"] for row in refunds)
    assert found["tips"] == sum(row["tip_minor"] for row in payments)


def _turning(node: Node) -> set[str]:
    """The receipts whose first withdrawal turns what was refunded of them."""
    rows = node.reading().rows("SELECT receipt_id, turns_refunds FROM receipt_withdrawals ORDER BY at DESC, id DESC")
    first = {row["receipt_id"]: row["turns_refunds"] for row in rows}
    return {id for id, turns in first.items() if turns}
