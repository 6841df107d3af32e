"""Two hundred guests in parties, and how a server looks after one of them from the door to the bill.

What happens to a party follows from its number alone, so every evening has the same incidents, in whatever order eight
terminals come to them.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from tests.stories.evening_house import EURO_MICRO, House, Said, Terminal

COVERS = 200
SIZES = (2, 4, 3, 2, 8, 1, 5, 2, 4, 6, 2, 3, 9, 2)
MAINS = ("steak", "fish", "steak")
SOLD_OUT = ("NOT_ENOUGH_LEFT", "ITEM_UNAVAILABLE")
THE_FISH_IS_OFF = 30
"""The party whose server is told by the kitchen that there is no more of it."""


@dataclass
class Told:
    """What the terminals were told, to be compared with what stands in the database afterwards."""

    orders: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    sold_out: int = 0
    voided: list[str] = field(default_factory=list)

    def paid(self, answer: Any) -> None:
        """Keeps what an acknowledgement of money said."""
        self.payments.append(answer["payment"]["id"])
        if answer["receipt"]:
            self.receipts.append(answer["receipt"]["number"])


def parties() -> list[int]:
    """How many come together, until two hundred have come."""
    found: list[int] = []
    for size in cycle(SIZES):
        if sum(found) + size >= COVERS:
            return [*found, COVERS - sum(found)]
        found.append(size)
    raise AssertionError("the sizes go round for ever")


def play(house: House, told: Told) -> None:
    """Eight servers at once, each with every eighth party."""
    numbered = list(enumerate(parties()))

    def shift(n: int) -> None:
        for at, (number, size) in zip(count(), numbered[n :: len(house.terminals)], strict=False):
            terminal = house.terminals[n]
            Party(house, terminal, told, number, size, terminal.tables[at % len(terminal.tables)]).dine()

    with ThreadPoolExecutor(len(house.terminals)) as servers:
        for done in [servers.submit(shift, n) for n in range(len(house.terminals))]:
            done.result()


@dataclass
class Party:
    """Guests at a table."""

    house: House
    terminal: Terminal
    told: Told
    number: int
    size: int
    table: Any

    def dine(self) -> None:
        """From sitting down to the clean table."""
        self._sit_down()
        if self.number == THE_FISH_IS_OFF:
            self.terminal.post(f"menu-items/{self.house.menu['fish']}/portions", portions=0)
        order = self._order()
        self._incident(order["id"])
        self.terminal.post(f"orders/{order['id']}/fire", course=2)
        self.terminal.post(f"tables/{self.table['id']}/steps", step="bill_asked")
        for check in self._checks(order["id"]):
            self._settle(check)
        for step in ("ended", "cleaned"):
            self.terminal.post(f"tables/{self.table['id']}/steps", step=step)

    def _sit_down(self) -> None:
        """Every fifth party waits first, and is seated from the waitlist."""
        if self.number % 5:
            self.terminal.post(f"tables/{self.table['id']}/seatings", covers=self.size)
            return
        waiting = self.terminal.post("parties", name=f"Party {self.number}", covers=self.size)
        seated = self.terminal.post(f"parties/{waiting['id']}/seatings", table_ids=[self.table["id"]])
        assert (seated["state"], seated["seated_at"]) == ("seated", [self.table["id"]])

    # --- ordering

    def _order(self) -> Any:
        """Drinks and starters at once, mains held for the second course; who wants what is sold out takes the steak."""
        seats = range(1, self.size + 1)
        drinks = [self._line(("beer", "wine")[seat % 2], seat) for seat in seats]
        starters = [self._line(("soup", "bread")[seat % 2], seat, course=1) for seat in seats]
        lines = [*drinks, *starters, *(self._main(seat, MAINS[(self.number + seat) % 3]) for seat in seats)]
        body = {"channel": "dine_in", "table": self.table["label"], "covers": self.size}
        try:
            order = self.terminal.post("orders", **body, lines=lines)
        except Said as refusal:
            if refusal.code not in SOLD_OUT:
                raise
            self.told.sold_out += 1
            lines = [*drinks, *starters, *(self._main(seat, "steak") for seat in seats)]
            order = self.terminal.post("orders", **body, lines=lines)
        self.told.orders.append(order["id"])
        self.told.lines += [line["id"] for line in order["lines"]]
        return order

    def _line(self, name: str, seat: int, **more: Any) -> dict[str, Any]:
        return {"menu_item_id": self.house.menu[name], "quantity": 1, "seat": seat, **more}

    def _main(self, seat: int, name: str) -> dict[str, Any]:
        return self._line(name, seat, course=2, hold=True)

    def _add(self, order_id: str, name: str, seat: int, terminal: Terminal | None = None) -> str:
        order = (terminal or self.terminal).post(f"orders/{order_id}/lines", lines=[self._line(name, seat)])
        line = max(order["lines"], key=lambda one: (one["menu_item_id"] == self.house.menu[name], one["line_no"]))
        self.told.lines.append(line["id"])
        return str(line["id"])

    # --- what happens at the table

    def _incident(self, order_id: str) -> None:
        incidents: tuple[Callable[[str], None], ...] = (
            self._void_of_what_was_made,
            self._comp,
            self._discount,
            self._another_round,
            self._two_servers_at_once,
            self._table_and_rush,
            self._void_of_what_was_held,
        )
        incidents[self.number % len(incidents)](order_id)

    def _first(self, order_id: str, name: str) -> Any:
        lines = self.terminal.get(f"orders/{order_id}")["lines"]
        return next(line for line in lines if line["menu_item_id"] == self.house.menu[name])

    def _void(self, order_id: str, line_id: str, act: Callable[..., Any]) -> None:
        act(f"orders/{order_id}/lines/{line_id}/void", reason="dropped", wasted=act == self.terminal.approved)
        self.told.voided.append(line_id)

    def _void_of_what_was_made(self, order_id: str) -> None:
        self._void(order_id, self._add(order_id, "soup", 1), self.terminal.approved)

    def _void_of_what_was_held(self, order_id: str) -> None:
        held = next(line for line in self.terminal.get(f"orders/{order_id}")["lines"] if line["course"] == 2)
        self._void(order_id, held["id"], self.terminal.post)

    def _comp(self, order_id: str) -> None:
        line = self._first(order_id, "wine")
        self.terminal.approved(f"orders/{order_id}/adjustments", kind="comp", reason="corked", line_id=line["id"])

    def _discount(self, order_id: str) -> None:
        self.terminal.approved(f"orders/{order_id}/adjustments", kind="discount", reason="regulars", percent_bp=750)

    def _another_round(self, order_id: str) -> None:
        self._add(order_id, "beer", 1)
        order = self.terminal.post(f"orders/{order_id}/repeat")
        self.told.lines.append(max(order["lines"], key=lambda line: line["line_no"])["id"])

    def _two_servers_at_once(self, order_id: str) -> None:
        """R4: both add to the order in the same moment, and both lines stand."""
        other = self.house.terminals[(self.house.terminals.index(self.terminal) + 1) % len(self.house.terminals)]
        with ThreadPoolExecutor(2) as both:
            added = [both.submit(self._add, order_id, "bread", 2, at) for at in (self.terminal, other)]
        assert {one.result() for one in added} <= {
            line["id"] for line in self.terminal.get(f"orders/{order_id}")["lines"]
        }

    def _table_and_rush(self, order_id: str) -> None:
        self.terminal.post(f"orders/{order_id}/rush")
        self.terminal.post(f"orders/{order_id}/changes", tab=f"Party {self.number}", covers=self.size)

    # --- the bill

    def _checks(self, order_id: str) -> list[str]:
        """Some pay apart from who sits on the first seat."""
        if self.number % 7 != 5 or self.size == 1:
            return [order_id]
        _, other = self.terminal.post(f"orders/{order_id}/split", checks=[{"seats": [1]}])["items"]
        self.told.orders.append(other["id"])
        return [order_id, str(other["id"])]

    def _settle(self, order_id: str) -> None:
        ways: tuple[Callable[[str], None], ...] = (
            self._cash,
            self._card,
            self._equal_parts,
            self._euros,
            self._unclear,
        )
        ways[self.number % len(ways)](order_id)
        assert self.terminal.get(f"orders/{order_id}")["payment_state"] == "settled"

    def _due(self, order_id: str) -> int:
        return int(self.terminal.get(f"orders/{order_id}")["due_minor"])

    def _pay(self, order_id: str, **body: Any) -> Any:
        answer = self.terminal.post(f"orders/{order_id}/payments", **body)
        self.told.paid(answer)
        return answer

    def _cash(self, order_id: str) -> None:
        due = self._due(order_id)
        self._pay(order_id, tender="cash", amount_minor=due, tip_minor=1_000, tendered_minor=due + 5_000)

    def _card(self, order_id: str) -> None:
        due = self._due(order_id)
        self._pay(order_id, tender="card", amount_minor=due, tip_minor=due // 10, reference=f"T-{self.number}")

    def _equal_parts(self, order_id: str) -> None:
        parts = self.terminal.get(f"orders/{order_id}/parts?count=3")["parts"]
        assert sum(parts) == self._due(order_id)
        for n, part in enumerate(parts):
            if n % 2:
                self._pay(order_id, tender="cash", amount_minor=part, tendered_minor=part + 1_000)
            else:
                self._pay(order_id, tender="card", amount_minor=part, reference=f"P-{self.number}-{n}")

    def _euros(self, order_id: str) -> None:
        due = self._due(order_id)
        euros = (due * 1_000_000 // EURO_MICRO // 1_000 + 1) * 1_000
        self._pay(order_id, tender="cash", amount_minor=due, tendered_minor=euros, tendered_currency="EUR")

    def _unclear(self, order_id: str) -> None:
        """R12: the card terminal falls silent, nothing else may be taken, and the truth is looked up."""
        due = self._due(order_id)
        attempt = self.terminal.post(f"orders/{order_id}/card-attempts", amount_minor=due)["id"]
        self.terminal.post(f"card-attempts/{attempt}/answers", outcome="unknown", source="terminal")
        cash = {"tender": "cash", "amount_minor": due, "tendered_minor": due}
        assert self.terminal.refused(f"orders/{order_id}/payments", **cash).code == "CARD_PAYMENT_UNKNOWN"
        found = {"outcome": "approved", "source": "look_up", "reference": f"L-{self.number}"}
        self.told.paid(self.terminal.post(f"card-attempts/{attempt}/answers", **found))
