"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes of the work; `QUICK` only shows that everything runs."""

    rounds: int = 3
    warming_orders: int = 500
    orders_a_terminal: int = 1_000
    orders_of_many: int = 4_000
    paced_orders: int = 1_000
    paced_per_second: int = 100
    waiting_orders: int = 10_000
    week_orders: int = 21_000
    news: int = 200
    nodes: int = 1_000
    outage_orders: int = 50
    catching_up_rows: int = 100_000
    history_orders: int = 100_000
    day_orders: int = 5_000
    slips: int = 400

    def orders_of(self, terminals: int) -> int:
        """How many orders a round of so many terminals places."""
        return self.orders_a_terminal if terminals == 1 else self.orders_of_many


QUICK = Plan(
    rounds=1,
    warming_orders=50,
    orders_a_terminal=100,
    orders_of_many=200,
    paced_orders=100,
    waiting_orders=500,
    week_orders=1_000,
    news=20,
    nodes=40,
    outage_orders=10,
    catching_up_rows=2_000,
    history_orders=2_000,
    day_orders=200,
    slips=40,
)
