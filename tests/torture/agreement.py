"""What must be so once everything has drained: each end's own rows, beside what the terminals were told."""

from collections import Counter
from typing import Any

import psycopg

from buffr.demo.household import Household, Property
from buffr.replay.acknowledgements import Ledger
from cloud.database import prepare
from cloud.postgres.provision import DATABASE
from hospitality.ground.journal import ChainBroken, verify_chain

FACTS = ("orders", "order_lines", "line_steps", "line_voids", "payments", "receipts", "journal")
SUMS = {"order_lines": "amount_minor", "payments": "amount_minor"}
SHOWN_MAX = 5


class Agreement:
    """Compares, and keeps in `wrong` what does not agree, in words."""

    def __init__(self, house: Household, ledger: Ledger, prices: dict[str, int]) -> None:
        self._house = house
        self._ledger = ledger
        self._prices = prices
        self.wrong: list[str] = []
        self.facts = 0

    def compare(self) -> None:
        """Everything with everything."""
        with self._house.cluster() as cluster:
            options = "-c timezone=UTC"
            with psycopg.connect(cluster.admin_url, dbname=DATABASE, options=options) as hub:
                prepare(hub)
                for one in self._house.properties:
                    self._compare_property(one, hub)
                self._compare_told(hub)
                self._compare_feeds(hub)

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)

    def _compare_property(self, one: Property, hub: Any) -> None:
        name = one.plan.name
        self._expect(one.read("PRAGMA integrity_check") == [("ok",)], f"{name}: the file is damaged")
        self._expect(one.read("PRAGMA foreign_key_check") == [], f"{name}: a row without its parent")
        for table in ("sync_outbox", "sync_kept"):
            left = one.read(f"SELECT count(*) FROM {table}")[0][0]
            self._expect(left == 0, f"{name}: {left} left in {table}")
        for table in FACTS:
            here = Counter(tuple(row) for row in one.read(f"SELECT id, _hlc FROM {table}"))
            rows = hub.execute(
                f"SELECT id, _hlc FROM {table} WHERE property_id = %s OR property_id IS NULL", (one.property_id,)
            )
            there = Counter((row["id"], row["_hlc"]) for row in rows)
            self.facts += len(here)
            self._differ(f"{table} of {name}", here, there)
        for table, column in SUMS.items():
            mine = one.read(f"SELECT coalesce(sum({column}), 0) FROM {table}")[0][0]
            sql = f"SELECT coalesce(sum({column}), 0)::bigint AS sum FROM {table} WHERE property_id = %s"
            theirs = hub.execute(sql, (one.property_id,)).fetchone()["sum"]
            self._expect(mine == theirs, f"{table} of {name} come to {mine} there and {theirs} at head office")
        item, price = self._prices_of(one)
        here_price = one.read(f"SELECT price_minor FROM menu_items WHERE id = '{item}'")[0][0]
        self._expect(here_price == price, f"{name}: a price is {here_price}, head office set {price}")
        self._chains(one, hub)

    def _differ(self, what: str, here: Counter[Any], there: Counter[Any]) -> None:
        for missing, where in ((here - there, "head office"), (there - here, "the property")):
            if missing:
                ids = sorted(str(id) for id, _ in missing)[:SHOWN_MAX]
                self._expect(False, f"{what}: {missing.total()} missing at {where}: {', '.join(ids)}")

    def _prices_of(self, one: Property) -> tuple[str, int]:
        assert one.ready is not None
        item = next(iter(one.ready.menu.item_ids.values()))
        return item, self._prices[item]

    def _chains(self, one: Property, hub: Any) -> None:
        columns = [
            *("org_id", "node", "incarnation", "number", "id", "kind", "at", "business_date", "actor_id"),
            *("approver_id", "terminal_id", "reason", "data", "previous_hash", "hash"),
        ]
        sql = f"SELECT {', '.join(columns)} FROM journal WHERE node > 0"
        order = "ORDER BY incarnation, number"
        here = [dict(zip(columns, row, strict=True)) for row in one.read(f"{sql} {order}")]
        there = hub.execute(f"{sql} AND property_id = %s {order}", (one.property_id,)).fetchall()
        for entries, where in ((here, one.plan.name), (there, f"head office, of {one.plan.name}")):
            for life in sorted({entry["incarnation"] for entry in entries}):
                try:
                    verify_chain(entry for entry in entries if entry["incarnation"] == life)
                except ChainBroken as error:
                    self._expect(False, f"the journal at {where} is broken: {error}")

    def _compare_told(self, hub: Any) -> None:
        """Everything that a terminal was told is at both ends, and nothing that no terminal was told."""
        for table, told in (
            ("orders", {taken.order_id for taken in self._ledger.orders}),
            ("payments", {taken.payment_id for taken in self._ledger.payments}),
        ):
            here = {row[0] for one in self._house.properties for row in one.read(f"SELECT id FROM {table}")}
            there = {row["id"] for row in hub.execute(f"SELECT id FROM {table}")}
            for rows, where in ((here, "the properties"), (there, "head office")):
                lost, doubled = told - rows, rows - told
                self._expect(not lost, f"{len(lost)} {table} lost at {where}: {sorted(lost)[:SHOWN_MAX]}")
                self._expect(not doubled, f"{len(doubled)} {table} of nobody at {where}: {sorted(doubled)[:SHOWN_MAX]}")
        due = sum(taken.total_minor for taken in self._ledger.orders)
        paid = sum(taken.amount_minor for taken in self._ledger.payments)
        self._expect(due == paid, f"orders of {due} were acknowledged and {paid} was paid")

    def _compare_feeds(self, hub: Any) -> None:
        for row in hub.execute(
            "SELECT s.scope, s.head, count(f.pos) AS entries, coalesce(max(f.pos), 0) AS last"
            " FROM sync_scopes s LEFT JOIN sync_feed f USING (org_id, scope) GROUP BY s.scope, s.head"
        ):
            whole = row["head"] == row["entries"] == row["last"]
            self._expect(whole, f"the feed of {row['scope']} ends at {row['head']} and has {row['entries']} entries")
        for table in ("sync_quarantine", "sync_captured", "sync_stage"):
            left = hub.execute(f"SELECT count(*) AS left FROM {table}").fetchone()["left"]
            self._expect(left == 0, f"{left} left in {table} at head office")
