"""An evening from the float to the Z: two hundred covers, eight terminals, one kitchen, all by HTTP and WebSocket.

The Z is compared with what the raw rows say, added up here and nowhere else.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import msgspec
import pytest

from hospitality.ground.statements import Reading
from tests.edge.node_fixture import ask
from tests.edge.served_node import ServedNode, furnish, served_node
from tests.stories.evening_house import FISH_PORTIONS, FLOAT_MINOR, House, Kitchen, open_house
from tests.stories.evening_parties import COVERS, Told, play

pytestmark = pytest.mark.xdist_group("stories")
WAIT_SECONDS_MAX = 30.0
MISSING_MINOR = 70
HOUSE, EURO = "NAD", "EUR"


@pytest.fixture
def lan(tmp_path: Path) -> Iterator[ServedNode]:
    with served_node(furnish(tmp_path / "node")) as served:
        yield served


def test_two_hundred_covers_from_the_float_to_the_z(lan: ServedNode) -> None:
    told = Told()
    with open_house(lan) as house:
        house.selma.post(f"menu-items/{house.menu['fish']}/portions", portions=FISH_PORTIONS)
        with Kitchen(lan) as kitchen:
            play(house, told)
            refunded(house, told)
            last = left_open(house, told)
            wait_for(kitchen, lan)
        day = closed(house, told, last)
    facts = Facts(lan)
    every_acknowledged_act_stands(facts, told)
    the_kitchen_made_everything_once(facts, kitchen, told)
    assert told.sold_out
    assert 0 < sum(line["menu_item_id"] == house.menu["fish"] for line in facts.lines) <= FISH_PORTIONS
    assert {(one["section"], one["name"], one["currency"]): one["amount_minor"] for one in day["total"]} == {
        key: amount for key, amount in facts.figures().items() if amount or key[0] in ("orders", "open")
    }
    assert {one["name"]: one["count"] for one in day["total"] if one["section"] == "orders"} == {
        "placed": len(told.orders),
        "covers": COVERS,
    }


# --- the end of the evening


def refunded(house: House, told: Told) -> None:
    """A guest comes back: half of a payment is given back by the manager's leave."""
    terminal = house.terminals[0]
    payment = next(one for one in terminal.get("payments")["items"] if one["tender"] == "cash")
    half = {"amount_minor": payment["amount_minor"] // 2, "reason": "a hair in the soup"}
    terminal.approved(f"payments/{payment['id']}/refunds", **half)


def left_open(house: House, told: Told) -> str:
    """Somebody at the bar who is still there when the day shall be closed."""
    order = house.terminals[-1].post(
        "orders", channel="counter", tab="At the bar", lines=[{"menu_item_id": house.menu["wine"], "quantity": 1}]
    )
    told.orders.append(order["id"])
    told.lines += [line["id"] for line in order["lines"]]
    return str(order["id"])


def wait_for(kitchen: Kitchen, lan: ServedNode) -> None:
    """Until every ticket is made."""
    ends = monotonic() + WAIT_SECONDS_MAX
    while lan.get("tickets", token=lan.tokens["kitchen"]).json()["items"]:
        assert kitchen.trouble is None, kitchen.trouble
        assert monotonic() < ends, "tickets wait that nobody heard of"
        sleep(0.02)


def closed(house: House, told: Told, last: str) -> Any:
    """Closing names what is in its way, one after the other; then the day has its Z."""
    selma, bar = house.selma, house.terminals[-1]
    day = selma.get("x-report")["date"]
    assert bar.refused(f"business-days/{day}/close").code == "NOT_PERMITTED"
    for session in house.sessions:
        count_drawer(house, session)
    named = selma.refused(f"business-days/{day}/close")
    assert (named.code, [one["id"] for one in named.details["orders"]]) == ("ORDERS_OPEN", [last])
    due = bar.get(f"orders/{last}")["due_minor"]
    told.paid(bar.post(f"orders/{last}/payments", tender="card", amount_minor=due, reference="Z-1"))
    for terminal in {one.person_id: one for one in house.terminals}.values():
        terminal.post(f"servers/{terminal.person_id}/checkouts", declared_tip_minor=100)
    before = selma.get("x-report")["figures"]
    answer = selma.post(f"business-days/{day}/close")
    [z] = answer["reports"]
    assert (z["kind"], z["figures"], answer["late"]) == ("z", before, [])
    assert selma.refused(f"business-days/{day}/close").code == "DAY_CLOSED"
    return answer


def count_drawer(house: House, session: str) -> None:
    """Counted as it should be, and the shared one by a coin too few."""
    expected = {
        one["currency"]: one["amount_minor"] for one in house.selma.get(f"drawer-sessions/{session}")["expected"]
    }
    assert house.terminals[0].get(f"drawer-sessions/{session}")["expected"] is None, "a count is blind"
    if session == house.sessions[0]:
        expected[HOUSE] -= MISSING_MINOR
    house.selma.post(f"drawer-sessions/{session}/count", counted_minor=expected)


# --- what the rows say


class Facts:
    """Every row of the evening, and what they come to by sums of our own."""

    def __init__(self, lan: ServedNode) -> None:
        def rows(table: str) -> list[dict[str, Any]]:
            def question(reading: Reading) -> list[dict[str, Any]]:
                return [dict(row) for row in reading.rows(f"SELECT * FROM {table} WHERE org_id = :org_id")]

            return ask(lan.node.host, question)

        self.orders, self.lines, self.voids = rows("orders"), rows("order_lines"), rows("line_voids")
        self.payments, self.receipts, self.refunds = rows("payments"), rows("receipts"), rows("refunds")
        self.steps, self.moves, self.counts = rows("line_steps"), rows("cash_moves"), rows("drawer_counts")
        self.adjustments, parties = rows("adjustments"), rows("parties")
        went = {move["line_id"]: move["to_order_id"] for move in rows("line_moves")}  # each once, by a split
        self.lines = [{**line, "order_id": went.get(line["id"], line["order_id"])} for line in self.lines]
        assert went
        assert parties

    def standing(self, order_id: str) -> list[dict[str, Any]]:
        """An order's lines that were not voided."""
        voided = {void["line_id"] for void in self.voids}
        return [line for line in self.lines if line["order_id"] == order_id and line["id"] not in voided]

    def figures(self) -> Counter[tuple[str, str, str]]:
        """What the Z should say: amounts by section, name and currency."""
        found: Counter[tuple[str, str, str]] = Counter()
        by_id = {line["id"]: line for line in self.lines}
        found["orders", "placed", HOUSE] = found["orders", "covers", HOUSE] = 0
        found["sales", "lines", HOUSE] = sum(line["amount_minor"] for line in self.lines)
        found["sales", "voids", HOUSE] = -sum(by_id[void["line_id"]]["amount_minor"] for void in self.voids)
        found["receipts", "issued", HOUSE] = sum(receipt["total_minor"] for receipt in self.receipts)
        for payment in self.payments:
            found["payments", payment["tender"], HOUSE] += payment["amount_minor"]
            found["tips", payment["tender"], HOUSE] += payment["tip_minor"]
            found["rounding", "cash", HOUSE] += payment["rounding_minor"]
            if payment["given_currency"]:
                found["currencies", "handed over", payment["given_currency"]] += payment["given_minor"]
        for refund in self.refunds:
            found["refunds", refund["tender"], HOUSE] -= refund["amount_minor"]
            found["rounding", "cash", HOUSE] -= refund["rounding_minor"]
        self._taxes(found)
        self._adjustments(found)
        self._drawers(found)
        return found

    def _taxes(self, found: Counter[tuple[str, str, str]]) -> None:
        adjusted = {one["order_id"] for one in self.adjustments}
        for receipt in self.receipts:
            taxes = msgspec.json.decode(receipt["taxes"])
            if receipt["order_id"] not in adjusted:
                assert {(tax["rate_bp"], tax["included"]): tax["tax_minor"] for tax in taxes} == self._owed(
                    receipt["order_id"]
                )
            self._add_taxes(found, taxes, 1)
        for refund in self.refunds:
            self._add_taxes(found, msgspec.json.decode(refund["taxes"]), -1)

    def _add_taxes(self, found: Counter[tuple[str, str, str]], taxes: list[Any], sign: int) -> None:
        for tax in taxes:
            name = f"{tax['name']} {tax['rate_bp'] // 100} % {'included' if tax['included'] else 'on top'}"
            found["tax", name, HOUSE] += sign * tax["tax_minor"]
            found["tax_net", name, HOUSE] += sign * tax["net_minor"]

    def _owed(self, order_id: str) -> dict[tuple[int, bool], int]:
        """Each rate on the sum of its lines, rounded once, half up."""
        sums: Counter[tuple[int, bool]] = Counter()
        for line in self.standing(order_id):
            sums[line["tax_rate_bp"], bool(line["tax_included"])] += line["amount_minor"]

        def of(rate_bp: int, included: bool, amount: int) -> int:
            part = Decimal(amount * rate_bp) / (10_000 + rate_bp * included)
            return int(part.quantize(Decimal(1), ROUND_HALF_UP))

        return {(rate, included): of(rate, included, amount) for (rate, included), amount in sums.items()}

    def _adjustments(self, found: Counter[tuple[str, str, str]]) -> None:
        """What an order's total is more or less than its lines and the taxes on top is what was taken off and put on."""
        kinds = {one["order_id"]: one["kind"] for one in self.adjustments}
        for receipt in self.receipts:
            lines = self.standing(receipt["order_id"])
            on_top = sum(t["tax_minor"] for t in msgspec.json.decode(receipt["taxes"]) if not t["included"])
            difference = receipt["total_minor"] - on_top - sum(line["amount_minor"] for line in lines)
            if difference:
                found["adjustments", kinds[receipt["order_id"]], HOUSE] += difference

    def _drawers(self, found: Counter[tuple[str, str, str]]) -> None:
        """The floats and all cash that changed hands, less the coins that are missing."""
        for payment in self.payments:
            if payment["tender"] == "cash":
                assert payment["drawer_session_id"]
                if payment["given_currency"]:
                    found["drawers", "counted", EURO] += payment["given_minor"]
                else:
                    found["drawers", "counted", HOUSE] += payment["tendered_minor"]
                found["drawers", "counted", HOUSE] -= payment["change_minor"]
        found["drawers", "counted", HOUSE] += 2 * FLOAT_MINOR - MISSING_MINOR
        for refund in self.refunds:
            found["drawers", "counted", HOUSE] -= refund["amount_minor"] + refund["rounding_minor"]
        found["drawers", "short", HOUSE] = -MISSING_MINOR


def every_acknowledged_act_stands(facts: Facts, told: Told) -> None:
    """Nothing lost and nothing doubled."""
    assert sorted(told.orders) == sorted(order["id"] for order in facts.orders)
    assert sorted(told.lines) == sorted(line["id"] for line in facts.lines)
    assert sorted(told.payments) == sorted(payment["id"] for payment in facts.payments)
    assert sorted(told.receipts) == sorted(receipt["number"] for receipt in facts.receipts)
    assert sorted(told.voided) == sorted(void["line_id"] for void in facts.voids)
    by_number = sorted(int(receipt["number"].removeprefix("A1-")) for receipt in facts.receipts)
    assert by_number == list(range(1, len(told.orders) + 1))
    for receipt in facts.receipts:
        paid = sum(one["amount_minor"] for one in facts.payments if one["order_id"] == receipt["order_id"])
        assert paid == receipt["total_minor"]
    for one in facts.payments:
        if one["tender"] == "cash" and not one["given_currency"]:
            kept = one["amount_minor"] + one["tip_minor"] + one["rounding_minor"]
            assert one["tendered_minor"] == one["change_minor"] + kept


def the_kitchen_made_everything_once(facts: Facts, kitchen: Kitchen, told: Told) -> None:
    """R7: each line that was fired was made once, and what was taken off was told."""
    ready = Counter(step["line_id"] for step in facts.steps if step["step"] == "ready")
    fired = {line["id"] for line in facts.lines if line["ticket_id"] in kitchen.tickets}
    assert set(ready.values()) == {1}
    assert set(ready) <= fired
    never_fired = {line["id"] for line in facts.lines} - fired
    assert never_fired <= set(told.voided)
