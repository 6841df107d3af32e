"""Whether what is kept is what was written (R3): the journal's chains, the sales that it tells of, and the fiscal numbers.

Read from the facts of a whole group, a page at a time; nothing is mended.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hospitality.days.rules import MISSING_MAX, NUMBERED
from hospitality.ground.journal import FIRST, ChainBroken, Head, verify_chain
from hospitality.ground.statements import Found, Reading

PAGE = 1_000
WRONG_MAX = 200
_CHAINS = "SELECT node, incarnation FROM journal WHERE org_id = :org_id GROUP BY node, incarnation ORDER BY 1, 2"
_ENTRIES = """
    SELECT * FROM journal WHERE org_id = :org_id AND node = :node AND incarnation = :incarnation AND number > :after
    ORDER BY number LIMIT :limit
"""
_GIVEN = "SELECT id, property_id, number FROM {table} WHERE org_id = :org_id AND id > :after ORDER BY id LIMIT :limit"
_ROWS = "SELECT id, {names} FROM {table} WHERE org_id = :org_id AND id IN (:ids)"
_ALL = "SELECT id FROM {table} WHERE org_id = :org_id AND id > :after ORDER BY id LIMIT :limit"
NO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Sale:
    """A table of sales, the journal kind that tells of its rows, and which columns stand under which names there."""

    table: str
    kind: str
    id: str
    told: Mapping[str, str]


SALES = (
    Sale(
        "receipts", "payments.order_settled", "receipt_id", {"number": "receipt_number", "total_minor": "total_minor"}
    ),
    Sale(
        "payments",
        "payments.payment_taken",
        "payment_id",
        {name: name for name in ("order_id", "tender", "amount_minor", "tip_minor", "currency")},
    ),
    Sale(
        "refunds",
        "payments.payment_refunded",
        "refund_id",
        {name: name for name in ("payment_id", "number", "kind", "amount_minor", "tip_minor", "currency")},
    ),
)


@dataclass(frozen=True, slots=True)
class Chain:
    """One life of one node's journal: how many entries follow each other, and where it breaks, if it does."""

    node: int
    incarnation: int
    entries: int
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one kind that one life of a node gave, from 1 to the last, and what is missing or there twice."""

    property_id: str
    series: str
    last: str
    missing: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


@dataclass(slots=True)
class Verified:
    """What was found. `wrong` names sales that are not as the journal tells, WRONG_MAX at most."""

    chains: list[Chain] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing was altered, taken out, put in or given twice."""
        numbers = any(one.missing or one.doubled for one in self.series)
        return not self.wrong and not numbers and all(chain.broken is None for chain in self.chains)


def verified(reading: Reading, *, ends: Mapping[tuple[int, int], Head] | None = None) -> Verified:
    """Follows everything that is kept of a group. ends: where a chain of (node, incarnation) is known to end."""
    found = Verified()
    told: dict[str, set[str]] = {sale.table: set() for sale in SALES}
    for row in reading.rows(_CHAINS):
        chain = row["node"], row["incarnation"]
        entries = _Followed(reading, *chain, found.wrong, told)
        try:
            head = verify_chain(entries, end=(ends or {}).get(chain))
            found.chains.append(Chain(*chain, head.number))
        except ChainBroken as error:
            for _ in entries:
                pass  # what stands behind the break still tells of sales
            found.chains.append(Chain(*chain, entries.last - 1, str(error)))
    for sale in SALES:
        for row in _paged(reading, _ALL.format(table=sale.table)):
            if row["id"] not in told[sale.table]:
                _note(found.wrong, f"{sale.table}: no entry of the journal tells of {row['id']}")
    found.series = list(_series(reading))
    return found


class _Followed:
    """A chain's entries, each page compared with the sales of which it tells as it goes by."""

    def __init__(
        self, reading: Reading, node: int, incarnation: int, wrong: list[str], told: Mapping[str, set[str]]
    ) -> None:
        self._entries = self._all(reading, node, incarnation)
        self._reading, self._wrong, self._told = reading, wrong, told
        self.last = FIRST.number

    def __iter__(self) -> Iterator[Found]:
        return self

    def __next__(self) -> Found:
        entry = next(self._entries)
        self.last = entry["number"]
        return entry

    def _all(self, reading: Reading, node: int, incarnation: int) -> Iterator[Found]:
        after, more = 0, True
        while more:
            page = reading.rows(_ENTRIES, node=node, incarnation=incarnation, after=after, limit=PAGE)
            more = len(page) == PAGE
            for sale in SALES:
                self._compare(sale, [entry for entry in page if entry["kind"] == sale.kind])
            yield from page
            after = page[-1]["number"] if page else after

    def _compare(self, sale: Sale, entries: list[Found]) -> None:
        if not entries:
            return
        said = {data[sale.id]: data for data in (msgspec.json.decode(entry["data"]) for entry in entries)}
        self._told[sale.table].update(said)
        sql = _ROWS.format(names=", ".join(sale.told), table=sale.table)
        rows = {row["id"]: row for row in self._reading.rows(sql, ids=list(said))}
        for id, data in said.items():
            if id not in rows:
                _note(self._wrong, f"{sale.table}: {_named(data, id)} is missing")
                continue
            for name, as_told in sale.told.items():
                if as_told in data and rows[id][name] != data[as_told]:
                    was, now = data[as_told], rows[id][name]
                    _note(self._wrong, f"{sale.table}: {name} of {_named(data, id)} is {now}, and was {was}")


def _named(data: Mapping[str, Any], id: str) -> str:
    return str(data.get("receipt_number") or data.get("number") or id)


def _note(wrong: list[str], words: str) -> None:
    if len(wrong) < WRONG_MAX:
        wrong.append(words)


def _paged(reading: Reading, sql: str) -> Iterator[Found]:
    after, more = NO_ID, True
    while more:
        page = reading.rows(sql, after=after, limit=PAGE)
        yield from page
        more = len(page) == PAGE
        after = page[-1]["id"] if page else after


def _series(reading: Reading) -> Iterator[Series]:
    for series, table in NUMBERED.items():
        given: dict[tuple[str, str], Counter[int]] = {}
        for row in _paged(reading, _GIVEN.format(table=table)):
            prefix, _, count = row["number"].rpartition("-")
            given.setdefault((row["property_id"], prefix), Counter())[int(count)] += 1
        for (property_id, prefix), counts in sorted(given.items()):
            last = max(counts)
            missing = [f"{prefix}-{n}" for n in range(1, last) if n not in counts][:MISSING_MAX]
            doubled = [f"{prefix}-{n}" for n, times in sorted(counts.items()) if times > 1]
            yield Series(property_id, series, f"{prefix}-{last}", tuple(missing), tuple(doubled))
