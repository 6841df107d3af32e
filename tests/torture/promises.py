"""What a node promised, and whether its file keeps it: to tills by an answer, to head office by a push, and as a whole."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from edge.schema import SCHEMA
from hospitality.ground.journal import ChainBroken, verify_chain
from sync.capture_sqlite import TamperedError, check_triggers
from sync.node.outbox import last_number
from sync.wire import Entry
from tests.edge.node_fixture import BEER, PROPERTY

FACTS = ("orders", "order_lines", "payments", "receipts", "journal")
PLACED = "orders.order_placed"


@dataclass
class Verdict:
    """What came of a seed. `broken`: the file itself; `lost`: acknowledged and not there; `wrong`: anything else."""

    seed: int
    crashes: int = 0
    acknowledged: int = 0
    broken: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """All of them, with the seed that brings them back."""
        return [f"seed {self.seed}, crash {self.crashes}: {told}" for told in (*self.broken, *self.lost, *self.wrong)]


@dataclass
class Known:
    """What was promised: to tills by an answer, to head office by a push, by head office through its feed."""

    orders: dict[str, int] = field(default_factory=dict)  # id → total, as acknowledged
    payments: set[str] = field(default_factory=set)
    unpaid: list[str] = field(default_factory=list)
    prices: set[int] = field(default_factory=set)  # that of the beer, as seen or promised; and those asked for since
    pushed: set[tuple[str, str]] = field(default_factory=set)
    pushed_upto: int = 0
    acked: int = 0
    position: int = 0
    feed: list[Entry] = field(default_factory=list)


def compare(connection: Any, known: Known, say: Verdict) -> None:
    """Asks the file itself, and says what is not as it was promised; what is there is known from here on."""
    found = connection.execute("PRAGMA integrity_check").fetchall()
    if [row[0] for row in found] != ["ok"]:
        say.broken.append(f"integrity_check: {found[0][0]}")
        return
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        say.broken.append(f"foreign_key_check: {tuple(orphans[0])}")
    try:
        check_triggers(connection, SCHEMA)
    except TamperedError as error:
        say.broken.append(str(error))
    _compare_facts(connection, known, say)
    _compare_streams(connection, known, say)
    _compare_feed(connection, known, say)
    price = connection.execute("SELECT price_minor FROM menu_items WHERE id = ?", (BEER,)).fetchone()[0]
    if known.prices and price not in known.prices:
        say.lost.append(f"a price of {sorted(known.prices)}: it is {price}")
    known.prices = {price}


def _compare_facts(connection: Any, known: Known, say: Verdict) -> None:
    orders = dict(connection.execute("SELECT id, number FROM orders").fetchall())
    payments = {row[0] for row in connection.execute("SELECT id FROM payments").fetchall()}
    say.lost += [f"order {id}" for id in known.orders.keys() - orders.keys()]
    say.lost += [f"payment {id}" for id in known.payments - payments]
    lines = dict(connection.execute("SELECT order_id, count(*) FROM order_lines GROUP BY order_id").fetchall())
    if lines != dict.fromkeys(orders, 2):
        say.wrong.append("an order without all of its lines")
    numbers = sorted(int(number.rpartition("-")[2]) for number in orders.values())
    if numbers != list(range(1, len(numbers) + 1)):
        say.wrong.append(f"the orders' numbers have a gap or a double: {numbers}")
    doubled = connection.execute("SELECT order_id FROM payments GROUP BY order_id HAVING count(*) > 1").fetchall()
    if doubled:
        say.wrong.append(f"order {doubled[0][0]} is paid twice")
    if len(payments) != connection.execute("SELECT count(*) FROM receipts").fetchone()[0]:
        say.wrong.append("payments and receipts do not agree")
    entries = connection.execute("SELECT * FROM journal WHERE node = 1 ORDER BY number").fetchall()
    try:
        verify_chain(entries)
    except ChainBroken as error:
        say.wrong.append(f"journal: {error}")
    placed = {msgspec.json.decode(entry["data"])["order_id"] for entry in entries if entry["kind"] == PLACED}
    if placed != orders.keys():
        say.wrong.append("the journal tells of other orders than there are")


def _compare_streams(connection: Any, known: Known, say: Verdict) -> None:
    """Every fact waits for head office or was handed to it; its numbers are never given again."""
    rows = {
        (table, row[0])
        for table in FACTS
        for row in connection.execute(f"SELECT id FROM {table} WHERE _node = 1").fetchall()
    }
    waiting = [
        (row[0], row[1])
        for row in connection.execute("SELECT tbl, pk FROM sync_outbox WHERE op = 'i' ORDER BY seq").fetchall()
    ]
    say.lost += [f"{table} {id}, which head office has" for table, id in known.pushed - rows if table in FACTS]
    if len(waiting) != len(set(waiting)):
        say.wrong.append("something waits for head office twice")
    missing = rows - set(waiting) - known.pushed
    if missing:
        say.wrong.append(f"{sorted(missing)[0]} will never reach head office")
    strangers = {one for one in waiting if one[0] in FACTS} - rows
    if strangers:
        say.wrong.append(f"{sorted(strangers)[0]} waits for head office and is not here")
    if last_number(connection) < known.pushed_upto:
        say.lost.append(f"number {known.pushed_upto} of the outbox, which head office has")
    first = connection.execute("SELECT min(seq) FROM sync_outbox").fetchone()[0]
    acked = int((connection.execute("SELECT v FROM sync_meta WHERE k = 'acked'").fetchone() or (0,))[0])
    if acked < known.acked:
        say.lost.append(f"the acknowledgement of {known.acked}")
    if first is not None and first <= acked:
        say.wrong.append(f"number {first} is acknowledged and still waits")
    known.acked = acked


def _compare_feed(connection: Any, known: Known, say: Verdict) -> None:
    row = connection.execute("SELECT position FROM sync_cursors WHERE scope = ?", (PROPERTY,)).fetchone()
    position = row[0] if row else 0
    if position < known.position:
        say.lost.append(f"position {known.position} of the feed")
    wanted = {change.k for entry in known.feed[:position] for change in entry.changes}
    there = {
        found[0]
        for table in ("stations", "tax_rates")
        for found in connection.execute(f"SELECT id FROM {table} WHERE name LIKE 'Fed %'").fetchall()
    }
    if wanted != there:
        say.wrong.append(f"the cursor is at {position} and the rows are not")
    known.position = position
