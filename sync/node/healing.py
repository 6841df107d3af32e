"""Healing: a node and the hub compare their rows by checksums, the node takes what it lacks and gives what the hub lacks.

One step is one stretch of a table or one gift, so that between steps the engine can stop or be cut off; what was healed
stays healed, and a comparison begun anew finds only the rest. While the hub is recovering, what waits in the outbox is
held back until all is given, since it may lean on that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from sync.clock import HybridClock
from sync.node.comparing import Due, Given, Own, Stretch, images_of, is_kept, read_stretch, take_answer
from sync.node.outbox import put
from sync.node.store import Store
from sync.node.take import take_rows
from sync.node.transport import Link
from sync.schema import Schema, TableSpec
from sync.wire import (
    BATCH_BYTES_MAX,
    PROTOCOL,
    ROWS_MAX,
    CompareAnswer,
    CompareRequest,
    Gift,
    GiftAnswer,
    RowImage,
    RowsAnswer,
    RowsRequest,
    Settled,
    SettledAnswer,
    pack,
)

TAKEN_ROWS = 100  # in one transaction of the writer's
DUE_MAX = 50_000  # rows to be given that are remembered before they are given
CHECKED_ROWS_MAX = 50_000  # of one comparison in quiet times; the next goes on where it ended
NOTE, PLACE = "healing", "checked"  # what the node's own notes keep
MAY_COME, ASIDE, IN_PART = "PARENT_MISSING", "SET_ASIDE", "ROW_MISSING"


class Disturbed(Exception):
    """Something was written at either end meanwhile: the ends can't be compared now."""


class AnotherLife(Exception):
    """The hub goes by another life of this database, by another visit of it, or by another epoch: the greeting tells what to
    do."""


@dataclass
class Healing:
    """One comparison. epoch: in which the hub wants to be given what it lacks; 0: in quiet times, when there should be
    nothing to find. visit: what the greeting was answered with. `changed` is called with the tables whose rows changed here."""

    store: Store
    schema: Schema
    clock: HybridClock
    incarnation: int
    scopes: list[str]
    epoch: int
    visit: int
    changed: Callable[[frozenset[str]], None]
    differed: int = 0
    standing: int = 0
    compared: int = 0
    _missing: list[tuple[str, str]] = field(default_factory=list)  # table and row
    _fetched: list[RowImage] = field(default_factory=list)
    _due: list[Due] = field(default_factory=list)
    _again: list[Due] = field(default_factory=list)
    _tried: int = 2 * DUE_MAX
    _is_giving: bool = False
    _is_final: bool = False
    _is_settled: bool = False

    def __post_init__(self) -> None:
        self._tables = list(self.schema.tables.values())
        self._at, self._after = 0, None
        if not self.epoch:
            self._at, self._after = self.store.read(self._place)

    def step(self, link: Link) -> bool:
        """The next question or gift; False when all is over. Raises LinkDown, AnotherLife or (in quiet times) Disturbed."""
        if self._is_giving:
            self._give(link)
        elif self._missing and (self._is_walked or len(self._missing) > DUE_MAX):
            self._fetch_missing(link)
        elif not self._is_walked:
            self._compare(link, self._tables[self._at])
        elif self._due or self._again:
            self._begin_giving()
        else:
            self._settle(link)
        return not self._is_settled

    @property
    def _is_walked(self) -> bool:
        return self._at >= len(self._tables) or (not self.epoch and self.compared >= CHECKED_ROWS_MAX)

    # --- comparing

    def _compare(self, link: Link, table: TableSpec) -> None:
        after = self._after
        stretch: Stretch = self.store.read(lambda c: read_stretch(c, table, after))
        if not self.epoch and not stretch.is_quiet:
            raise Disturbed
        positions = {} if self.epoch else stretch.positions
        asked = CompareRequest(
            *(PROTOCOL, self.incarnation, table.name, list(table.fields), after, stretch.spans, positions),
            epoch=self.epoch,
            visit=self.visit,
        )
        answer = link.call("/sync/v1/compare", pack(asked), CompareAnswer)
        if answer.status == "moved":
            raise Disturbed
        _check(answer.status)
        here, there = _differing(stretch.rows, answer)
        absent = [id for id in there if id not in here]
        missing = absent if self.epoch else self.store.read(lambda c: [id for id in absent if not is_kept(c, id)])
        self._missing += [(table.name, id) for id in missing]
        order = self.schema.order[table.name]
        mine = [own for own in here.values() if own is not None]
        self._due += [Due(own.hlc, own.node, order, own.id, table.name, own.id not in there) for own in mine]
        self.differed += len(missing) + len(mine)
        self.compared += len(stretch.rows)
        self._go_on(stretch, answer)

    def _go_on(self, stretch: Stretch, answer: CompareAnswer) -> None:
        if answer.upto is not None:
            self._after = answer.upto
        elif stretch.is_last:
            self._at, self._after = self._at + 1, None
        else:
            self._after = stretch.spans[-1].upto
        if len(self._due) > DUE_MAX:
            self._begin_giving()

    def _fetch_missing(self, link: Link) -> None:
        """What came in one transaction lies in several tables: it goes in together, once all of them were compared."""
        name = self._missing[0][0]
        ids = [id for table, id in self._missing if table == name][:ROWS_MAX]
        asked = RowsRequest(PROTOCOL, self.incarnation, name, ids, self.epoch, self.visit)
        answer = link.call("/sync/v1/rows", pack(asked), RowsAnswer)
        _check(answer.status)
        self._fetched += answer.images
        self._missing = self._missing[len(ids) :]
        if not self._missing:
            images, self._fetched = sorted(self._fetched, key=lambda image: (image.h, image.n)), []
            while images:
                end = min(TAKEN_ROWS, len(images))
                while end < len(images) and (images[end].h, images[end].n) == (images[end - 1].h, images[end - 1].n):
                    end += 1
                self._take(images[:end])
                images = images[end:]

    def _fetch(self, link: Link, table: TableSpec, ids: list[str]) -> None:
        for start in range(0, len(ids), ROWS_MAX):
            chosen = ids[start : start + ROWS_MAX]
            asked = RowsRequest(PROTOCOL, self.incarnation, table.name, chosen, self.epoch, self.visit)
            answer = link.call("/sync/v1/rows", pack(asked), RowsAnswer)
            _check(answer.status)
            for first in range(0, len(answer.images), TAKEN_ROWS):
                self._take(answer.images[first : first + TAKEN_ROWS])

    def _take(self, images: list[RowImage]) -> None:
        def job(connection: Any) -> tuple[int, frozenset[str]]:
            kept, tables = 0, frozenset[str]()
            for scope, found in self._by_scope(images):
                taken = take_rows(connection, self.schema, scope, found, self.store.errors)
                kept, tables = kept + taken.kept, tables | taken.tables
                self._observe(connection, taken.hlc)
            return kept, tables

        kept, tables = self.store.write(job)
        self.standing += kept
        self.changed(tables)

    def _by_scope(self, images: list[RowImage]) -> list[tuple[str, list[RowImage]]]:
        group, property_id = self.scopes
        found: dict[str, list[RowImage]] = {group: [], property_id: []}
        for image in images:
            found[group if msgspec.json.decode(image.f).get("property_id") is None else property_id].append(image)
        return [(scope, mine) for scope, mine in found.items() if mine]

    def _observe(self, connection: Any, hlc: int) -> None:
        self.clock.observe(hlc)
        put(connection, "high", str(self.clock.high))  # an edit made after seeing this is later, even after a restart

    # --- giving

    def _begin_giving(self) -> None:
        """Whole transactions in the order in which they were made. What missed its parent is tried once more, as long as
        that helps; then it is the last time, and the hub sets aside what it can't take."""
        if not self._due:
            self._due, self._again = self._again, []
        self._due.sort()
        self._is_giving = True

    def _give(self, link: Link) -> None:
        part = _whole_transactions(self._due)
        given, count = self.store.read(lambda c: images_of(c, self.schema, part, BATCH_BYTES_MAX))
        if given.images:
            gift = Gift(PROTOCOL, self.incarnation, given.images, self._is_final, self.epoch, self.visit)
            answer = link.call("/sync/v1/give", pack(gift), GiftAnswer)
            _check(answer.status)
            self._take_answer(answer, given)
            self._hear_troubles(answer, part)
        for name, ids in given.unsent.items():
            self._fetch(link, self.schema.tables[name], ids)
        self._due = self._due[count:]
        if not self._due:
            self._round_is_over()

    def _take_answer(self, answer: GiftAnswer, given: Given) -> None:
        for first in range(0, len(answer.images), TAKEN_ROWS):
            images = answer.images[first : first + TAKEN_ROWS]

            def job(connection: Any, images: list[RowImage] = images) -> frozenset[str]:
                tables = frozenset[str]()
                for scope, found in self._by_scope(images):
                    tables |= take_answer(connection, self.schema, scope, found, given, self.store.errors)
                return tables

            self.changed(self.store.write(job))

    def _hear_troubles(self, answer: GiftAnswer, part: list[Due]) -> None:
        due = {(one.table, one.id): one for one in part}
        for trouble in answer.troubles:
            if trouble.code in (MAY_COME, IN_PART) and not self._is_final:
                self._again.append(replace(due[trouble.t, trouble.k], absent=True))
            elif trouble.code == ASIDE:  # known to people at both ends
                self.differed -= 1
            else:
                self.standing += 1

    def _round_is_over(self) -> None:
        if self._is_final or not self._again or not self._is_walked:
            self._is_giving = False
            return
        helped = len(self._again) < self._tried
        self._due, self._again = self._again, []
        self._is_final = not helped
        self._tried = len(self._due)
        self._due.sort()

    # --- the end

    def _settle(self, link: Link) -> None:
        said = Settled(PROTOCOL, self.incarnation, self.epoch, self.differed, self.standing, self.visit)
        _check(link.call("/sync/v1/settled", pack(said), SettledAnswer).status)
        self.store.write(self._note_end)
        self._is_settled = True

    def _note_end(self, connection: Any) -> None:
        if self.epoch:
            connection.execute("DELETE FROM sync_meta WHERE k = ?", (NOTE,))
            return
        over = self._at >= len(self._tables)
        put(connection, PLACE, "" if over else f"{self._tables[self._at].name}/{self._after or ''}")

    def _place(self, connection: Any) -> tuple[int, str | None]:
        found = connection.execute("SELECT v FROM sync_meta WHERE k = ?", (PLACE,)).fetchone()
        name, _, after = (found[0] if found else "").partition("/")
        return self.schema.order.get(name, 0), (after or None) if name in self.schema.order else None


def _differing(rows: list[Own], answer: CompareAnswer) -> tuple[dict[str, Own | None], dict[str, int]]:
    """Our rows that the hub has otherwise or not at all (None: those that are the same), and the hub's rows there."""
    there = dict(answer.rows)
    here: dict[str, Own | None] = {}
    for after, upto in answer.differing:
        for own in rows:
            if (after is None or own.id > after) and (upto is None or own.id <= upto):
                here[own.id] = None if there.get(own.id) == own.sum else own
    return here, there


def _whole_transactions(due: list[Due]) -> list[Due]:
    """The first of these, cut between transactions where one request takes a whole one."""
    if len(due) <= ROWS_MAX:
        return due
    end = ROWS_MAX
    while end and (due[end - 1].hlc, due[end - 1].node) == (due[end].hlc, due[end].node):
        end -= 1
    return due[: end or ROWS_MAX]


def _check(status: str) -> None:
    if status == "superseded":
        raise AnotherLife(
            "head office knows another life of this database, or was put back meanwhile: we greet it anew"
        )
