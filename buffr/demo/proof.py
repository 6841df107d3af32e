"""The proof: each figure is counted from each node's file and from PostgreSQL by queries of its own, beside what the
terminals were told and what lies on the printers' paper."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from buffr.demo.household import Household, Property
from buffr.demo.story import Evening
from cloud.database import prepare
from cloud.postgres.provision import DATABASE
from devices.virtual_printer import VirtualPrinter
from hospitality.ground.journal import ChainBroken, verify_chain

_NUMBER = re.compile(r"\b([A-Z]+\d+-\d+)\b")
_RECEIPT = re.compile(r"\bReceipt ([A-Z]+\d+-\d+)\b")  # trays' slips for rooms come out there too
_COUNTS = {
    "orders": "SELECT count(*) FROM orders",
    "lines": "SELECT count(*) FROM order_lines",
    "revenue_minor": "SELECT coalesce(sum(amount_minor), 0) FROM order_lines",
    "payments": "SELECT count(*) FROM payments",
    "payments_minor": "SELECT coalesce(sum(amount_minor), 0) FROM payments",
    "receipts": "SELECT count(*) FROM receipts",
    "journal": "SELECT count(*) FROM journal WHERE node > 0",
}
_ENTRY = (
    *("org_id", "node", "incarnation", "number", "id", "kind", "at", "business_date", "actor_id", "approver_id"),
    *("terminal_id", "reason", "data", "previous_hash", "hash"),
)
_JOURNAL = f"SELECT {', '.join(_ENTRY)} FROM journal WHERE node > 0"


@dataclass
class Proof:
    """Every figure, and every way in which something did not agree, in words."""

    figures: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything agreed."""
        return not self.wrong

    def expect(self, holds: bool, otherwise: str) -> None:
        """Notes what is wrong unless it holds."""
        if not holds:
            self.wrong.append(otherwise)


def prove(household: Household, evening: Evening) -> Proof:
    """Compares everything with everything."""
    proof = Proof()
    with household.cluster() as cluster, psycopg.connect(cluster.admin_url, dbname=DATABASE) as head_office:
        _compare_sums(proof, household, evening, head_office)
        _compare_acknowledged(proof, household, evening, head_office)
        _compare_prices(proof, household, evening, head_office)
        with psycopg.connect(cluster.admin_url, dbname=DATABASE, options="-c timezone=UTC") as books:
            prepare(books)  # the house's own forms of ids and instants, which the chain covers
            _chains(proof, household, head_office, books)
    _compare_paper(proof, household)
    _compare_screens(proof, household)
    proof.expect(not evening.failures, f"{len(evening.failures)} orders were refused: {evening.failures[:3]}")
    proof.expect(evening.killed, "no node was killed")
    proof.expect(evening.ran_out, "no printer ran out of paper")
    proof.figures |= {"peak_waiting": evening.peak_waiting, "drain_seconds": evening.drain_seconds}
    proof.figures = {"ok": proof.ok, **proof.figures, "wrong": proof.wrong}
    return proof


def _compare_sums(proof: Proof, household: Household, evening: Evening, head_office: Any) -> None:
    for name, sql in _COUNTS.items():
        edges = [one.read(sql)[0][0] for one in household.properties]
        cloud = [
            head_office.execute(
                f"{sql} {'AND' if 'WHERE' in sql else 'WHERE'} property_id = %s", (one.property_id,)
            ).fetchone()[0]
            for one in household.properties
        ]
        proof.figures[name] = {"edges": sum(edges), "cloud": int(sum(cloud))}
        proof.rows.append((name, *(str(edge) for edge in edges), str(int(sum(cloud)))))
        for one, here, there in zip(household.properties, edges, cloud, strict=True):
            proof.expect(here == int(there), f"{name}: {here} at {one.plan.name}, {there} of them at head office")
    told = sum(order.total_minor for order in evening.ledger.orders)
    paid = sum(payment.amount_minor for payment in evening.ledger.payments)
    proof.figures["acknowledged_minor"] = told
    proof.expect(
        proof.figures["payments_minor"]["edges"] == paid,
        f"terminals were told of payments of {paid}, the nodes hold {proof.figures['payments_minor']['edges']}",
    )
    proof.expect(told == paid, f"orders of {told} were acknowledged and {paid} was paid")


def _compare_acknowledged(proof: Proof, household: Household, evening: Evening, head_office: Any) -> None:
    told = {order.order_id for order in evening.ledger.orders} | {p.payment_id for p in evening.ledger.payments}
    here: list[str] = []
    for one in household.properties:
        here += [row[0] for row in one.read("SELECT id FROM orders UNION ALL SELECT id FROM payments")]
    there = [
        row[0] for row in head_office.execute("SELECT id::text FROM orders UNION ALL SELECT id::text FROM payments")
    ]
    lost = len(told - set(here)) + len(told - set(there))
    references = Counter(order.reference for order in evening.ledger.orders)
    ids = Counter(order.order_id for order in evening.ledger.orders)
    # one order for each reference, none that nobody was told of, and none twice at either end
    doubled = sum(n - 1 for n in references.values()) + sum(n - 1 for n in ids.values())
    doubled += (len(here) - len(set(here))) + (len(there) - len(set(there))) + len(set(here) - told)
    proof.figures |= {"acknowledged": len(ids), "lost": lost, "doubled": doubled}
    proof.expect(lost == 0, f"{lost} acknowledged orders or payments are missing")
    proof.expect(doubled == 0, f"{doubled} orders or payments are there twice")


def _compare_prices(proof: Proof, household: Household, evening: Evening, head_office: Any) -> None:
    one = household.properties[0]
    item = evening.priced_item
    here = one.read(f"SELECT price_minor FROM menu_items WHERE id = '{item}'")[0][0]
    there = head_office.execute("SELECT price_minor FROM menu_items WHERE id = %s", (item,)).fetchone()[0]
    log = head_office.execute(
        "SELECT won_value, lost_value FROM sync_conflicts WHERE row_id = %s AND field = 'price_minor'", (item,)
    ).fetchall()
    local = one.read(
        f"SELECT won_value, lost_value FROM sync_conflicts WHERE row_id = '{item}' AND field = 'price_minor'"
    )
    conflicts = head_office.execute("SELECT count(*) FROM sync_conflicts").fetchone()[0]
    proof.figures["conflicts"] = conflicts
    prices = set(evening.prices.values())
    proof.expect(here == there, f"the price is {here} at the property and {there} at head office")
    proof.expect(here in prices, f"the price is {here}, which nobody set")
    proof.expect(conflicts == 1 and len(log) == 1, f"the log holds {conflicts} conflicts instead of the one made")
    for values in (*log, *local):
        proof.expect({json.loads(values[0]), json.loads(values[1])} == prices, f"the log holds {values}, not {prices}")
        proof.expect(json.loads(values[0]) == here, "the log names another winner than the one that stands")
    proof.expect(len(local) == 1, "the conflict does not stand in the property's own log")


def _chains(proof: Proof, household: Household, head_office: Any, books: Any) -> None:
    """The journal's chain is unbroken at either end and ends alike; nothing was set aside on the way."""
    for one in household.properties:
        here = [dict(zip(_ENTRY, row, strict=True)) for row in one.read(f"{_JOURNAL} ORDER BY incarnation, number")]
        rows = books.execute(f"{_JOURNAL} AND property_id = %s ORDER BY incarnation, number", (one.property_id,))
        there = rows.fetchall()
        for incarnation in sorted({entry["incarnation"] for entry in [*here, *there]}):
            ends = [
                _chain_end(proof, [entry for entry in entries if entry["incarnation"] == incarnation], where)
                for entries, where in ((here, one.plan.name), (there, f"head office, of {one.plan.name}"))
            ]
            proof.expect(ends[0] == ends[1], f"the journals of {one.plan.name} end at {ends[0]} and {ends[1]}")
    set_aside = head_office.execute("SELECT count(*) FROM sync_quarantine").fetchone()[0]
    kept = sum(one.read("SELECT count(*) FROM sync_kept")[0][0] for one in household.properties)
    proof.expect(set_aside == 0, f"{set_aside} transactions were set aside at head office")
    proof.expect(kept == 0, f"{kept} transactions were set aside at the properties")


def _chain_end(proof: Proof, entries: Sequence[Mapping[str, Any]], where: str) -> int:
    try:
        return verify_chain(entries).number
    except ChainBroken as error:
        proof.expect(False, f"the journal at {where} is broken: {error}")
        return 0


def _compare_paper(proof: Proof, household: Household) -> None:
    expected = printed = unmarked = reprints = 0
    for one in household.properties:
        for station, wanted in _tickets_by_station(one).items():
            plain, marked = _slips(one.printers[station])
            expected += len(wanted)
            printed += sum(1 for number in wanted if plain[number] + marked[number])
            unmarked += sum(count - 1 for count in plain.values() if count > 1)
            reprints += sum(marked.values())
            strangers = (set(plain) | set(marked)) - wanted
            proof.expect(
                not strangers, f"{station} at {one.plan.name} printed tickets of nobody: {sorted(strangers)[:3]}"
            )
            missing = [number for number in wanted if not plain[number] + marked[number]]
            proof.expect(not missing, f"{station} at {one.plan.name} never printed {missing[:3]}")
    receipts = sum(one.read("SELECT count(*) FROM receipts")[0][0] for one in household.properties)
    receipts_printed = 0
    for one in household.properties:
        assert one.receipts is not None
        plain, marked = _slips(one.receipts, _RECEIPT)
        receipts_printed += len(set(plain) | set(marked))
        unmarked += sum(count - 1 for count in plain.values() if count > 1)
    proof.figures |= {
        "tickets_expected": expected,
        "tickets_printed": printed,
        "reprints_marked": reprints,
        "reprints_unmarked": unmarked,
        "receipts_printed": receipts_printed,
    }
    proof.expect(unmarked == 0, f"{unmarked} second copies do not say REPRINT")
    proof.expect(receipts == receipts_printed, f"{receipts} receipts were issued and {receipts_printed} printed")


def _tickets_by_station(one: Property) -> dict[str, set[str]]:
    rows = one.read(
        "SELECT DISTINCT s.name, o.number FROM order_lines l"
        " JOIN orders o ON o.org_id = l.org_id AND o.id = l.order_id"
        " JOIN stations s ON s.org_id = l.org_id AND s.id = l.station_id"
    )
    found: dict[str, set[str]] = {station: set() for station in one.printers}
    for station, number in rows:
        found[station].add(number)
    return found


def _slips(printer: VirtualPrinter, said: re.Pattern[str] = _NUMBER) -> tuple[Counter[str], Counter[str]]:
    """How often each number came out: without and with REPRINT over it."""
    plain: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for slip in printer.printed():
        number = said.search(slip.text)
        if number is not None:
            (marked if "REPRINT" in slip.text else plain)[number[1]] += 1
    return plain, marked


def _compare_screens(proof: Proof, household: Household) -> None:
    for one in household.properties:
        assert one.screen is not None
        tickets = {row[0] for row in one.read("SELECT DISTINCT ticket_id FROM order_lines")}
        missed = tickets - one.screen.tickets
        proof.expect(not missed, f"the kitchen screen of {one.plan.name} never showed {len(missed)} tickets")
        proof.expect(
            one.screen.repeated == 0, f"the screen of {one.plan.name} heard {one.screen.repeated} events twice"
        )
