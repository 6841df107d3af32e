"""The demo's own story as a test: real processes, a link cut at the network, a SIGKILL, a printer out of paper."""

import asyncio
import csv
import os
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from buffr.demo.household import Household
from buffr.demo.proof import Proof, prove
from buffr.demo.story import Evening, Story
from buffr.replay.menu import Menu, build_menu
from buffr.replay.orders import Order, orders_of
from buffr.replay.reading import read_export
from buffr.service import dinner_service
from cloud.postgres.provision import DATABASE

pytestmark = [pytest.mark.story, pytest.mark.timeout(400)]
OWN_ORDERS = 60
REAL_ORDERS = 100


async def _play(folder: Path, menu: Menu, orders: tuple[Order, ...], currency: str) -> tuple[Proof, Proof]:
    """The evening's proof, and the proof after somebody was at head office's books."""
    with Household(folder / "house", lambda text: None) as household:
        await household.open(currency)
        await household.furnish(menu)
        evening = await Story(household, orders, lambda text: None, lambda progress: None).play()
        for one in household.properties:
            assert one.screen is not None
            await one.screen.stop()
        honest = await asyncio.to_thread(prove, household, evening)
        robbed = await asyncio.to_thread(_prove_robbed, household, evening)
        return honest, robbed


def _prove_robbed(household: Household, evening: Evening) -> Proof:
    taken = evening.ledger.payments[0].payment_id
    with household.cluster() as cluster, psycopg.connect(cluster.admin_url, dbname=DATABASE) as head_office:
        head_office.execute("DELETE FROM payments WHERE id = %s", (taken,))
        head_office.execute("DELETE FROM journal WHERE node = 1 AND number = 7")
    return prove(household, evening)


def test_nothing_is_lost_or_doubled_through_an_outage_and_the_proof_can_fail(tmp_path: Path) -> None:
    service = dinner_service(orders=OWN_ORDERS)
    honest, robbed = asyncio.run(_play(tmp_path, service.menu, service.orders, "NAD"))
    assert honest.wrong == []
    figures = honest.figures
    assert figures["ok"] is True
    assert (figures["acknowledged"], figures["lost"], figures["doubled"]) == (OWN_ORDERS, 0, 0)
    assert figures["orders"] == {"edges": OWN_ORDERS, "cloud": OWN_ORDERS}
    assert figures["tickets_printed"] == figures["tickets_expected"] > 0
    assert (figures["conflicts"], figures["reprints_unmarked"]) == (1, 0)
    assert figures["peak_waiting"] > 0
    assert robbed.figures["ok"] is False
    assert robbed.figures["lost"] == 1
    assert any("is broken: entry 8 does not follow" in wrong for wrong in robbed.wrong)


@pytest.mark.long
def test_real_orders_reach_head_office_to_the_cent(tmp_path: Path) -> None:
    """Played by `make stories`. In `make test` the evening above proves each amount at both ends, and
    `tests/buffr/replay/test_real_orders.py` that real orders come to what their export says."""
    data = os.environ.get("BUFFR_REAL_DATA")
    if not data:
        pytest.skip("BUFFR_REAL_DATA is not set: no real orders here")
    export = Path(data) / "chipotle" / "chipotle.tsv"
    reading = read_export(export)
    orders = orders_of(reading.lines)[:REAL_ORDERS]
    with export.open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if int(row["order_id"]) <= REAL_ORDERS]
    revenue = sum(int(Decimal(row["item_price"].strip().lstrip("$")) * 100) for row in rows)

    honest, _ = asyncio.run(_play(tmp_path, build_menu(reading.lines), orders, "USD"))

    assert honest.wrong == []
    assert honest.figures["lines"] == {"edges": len(rows), "cloud": len(rows)}
    assert honest.figures["revenue_minor"] == {"edges": revenue, "cloud": revenue}
    assert honest.figures["payments_minor"] == {"edges": revenue, "cloud": revenue}
