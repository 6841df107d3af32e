"""A short evening of torture: real processes killed at random, wires in bad weather; nothing is lost or doubled (R1, R2).

`make torture` goes on for as long as one likes. Played by `make stories`; in `make test` a node that is killed again and
again (`tests/edge/test_durability.py`), a hub that dies at each statement (`tests/sync/test_hub_crash.py`), links that
lose, repeat and truncate (`tests/sync/test_loops.py`) and the demo's evening with its SIGKILL hold the same one by one.
"""

import asyncio
from pathlib import Path

import psycopg
import pytest

from buffr.demo.household import clear
from cloud.postgres.provision import DATABASE
from tests.torture.rounds import NODES_KILLED, OFFICES_KILLED, Torture

pytestmark = [pytest.mark.story, pytest.mark.long, pytest.mark.timeout(500)]
SEED = 3


def test_an_evening_of_killed_processes_and_bad_wires_loses_and_doubles_nothing(tmp_path: Path) -> None:
    house = tmp_path / "house"
    torture = Torture(house, SEED, lambda text: None)
    robbed: list[str] = []

    def rob() -> None:
        """What the comparison must see: a payment gone, an order that nobody was told of, a hole in a feed."""
        with torture.house.cluster() as cluster, psycopg.connect(cluster.admin_url, dbname=DATABASE) as head_office:
            head_office.execute("DELETE FROM payments WHERE id = %s", (torture.ledger.payments[0].payment_id,))
            head_office.execute("DELETE FROM sync_feed WHERE pos = 2")
        torture.ledger.orders.pop()
        robbed.extend(torture.compare().wrong)

    try:
        [found] = asyncio.run(torture.run(1, lambda told: None, rob))
    finally:
        clear(house)
    assert found.wrong == []
    assert found.kills.total() == NODES_KILLED + OFFICES_KILLED
    assert found.facts > found.acknowledged > 0
    for seen in ("payments lost at head office", "orders of nobody", "the feed of"):
        assert any(seen in one for one in robbed), robbed
