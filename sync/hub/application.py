"""Applying a push's transactions to the hub's rows.

Facts go in by table straight from their JSON; records are read, merged by the same pure rules as everywhere, and
written back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from sync.allowance import COUNTED
from sync.clock import Stamp
from sync.hub.conflict_log import conflict_fact
from sync.hub.gone_on import Place, note, own_of
from sync.hub.handed import handed_back
from sync.hub.interest import forget, image, settle
from sync.hub.keys import same_keys
from sync.hub.said import check_amount, fields_of, normal, of_a_later_release, parts_of, place_of
from sync.hub.store import HubStore, SetAside
from sync.merge import (
    BY_STAMP,
    NEVER,
    Clash,
    RowVersions,
    Version,
    later,
    part,
    revives,
    whole_row,
    with_part,
)
from sync.schema import FieldSpec, Schema, TableSpec
from sync.wire import PAGE_BYTES_MAX, TRANSACTION_CHANGES_MAX, UNPACKED_BYTES_MAX, Change, EntryChange


@dataclass(slots=True)
class Transaction:
    """One transaction of a push: its stamp (perhaps clamped) and changes, the life of its author's database, and what
    came of it for the feed."""

    hlc: int
    changes: list[Change]
    incarnation: int
    differs: bool = False
    entries: dict[str, list[EntryChange]] = field(default_factory=dict)
    is_known: bool = False  # whether its stamp is that under which an earlier life of its author's sent it

    @property
    def first(self) -> int:
        """The first outbox number."""
        return self.changes[0].s

    @property
    def last(self) -> int:
        """The last outbox number."""
        return self.changes[-1].s


class NotTogether(SetAside):
    """These transactions must be applied one by one; nothing is wrong with any of them."""

    def __init__(self) -> None:
        super().__init__("", "to be applied one by one")


class KnownAlready(Exception):
    """Some of these transactions were sent by an earlier life: they go by the stamps that they had then, all of them."""


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a push is judged. known: whether its sender has this schema; born: later than every stamp under which an
    earlier life of the sender's database edited anything; has_ended: whether the life that sent this is over; late:
    what is judged was set aside, and what its author wrote after it is here; gone_on: what of it its author went on from
    (see `gone_on`)."""

    schema: Schema
    known: bool
    now_ms: int
    born: int = 0
    has_ended: bool = False
    late: bool = False
    gone_on: frozenset[Place] = frozenset()


def apply(store: HubStore, rules: Rules, transactions: Sequence[Transaction]) -> None:
    """Applies these together. Raises SetAside when anything can't be applied, and then nothing stays of any of them."""
    while True:
        for transaction in transactions:
            transaction.entries.clear()
        try:
            with store.attempt():
                return Application(store, rules).run(transactions)
        except KnownAlready:  # each only once, but several tables may tell of several
            continue


class Application:
    """Applies transactions together: inserts by table, parents first, then edits; notes for each what the feed says."""

    def __init__(self, store: HubStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._schema = rules.schema
        self._sender = store.sender
        self._alone = True
        self._edited: set[tuple[str, str]] = set()
        # the group's rows that only those hear of who deal with them: new ones, and those whose dealings were touched,
        # with the first and the last transaction that did
        self._new: dict[tuple[str, str], tuple[Transaction, EntryChange]] = {}
        self._touched: dict[str, dict[str, tuple[Transaction, Transaction]]] = {}
        # of tables with business keys: the rows that may have taken one, and the last transaction that did it
        self._keyed: dict[str, dict[str, Transaction]] = {}
        # what the sender saw that it had set itself, and that is not here so: it may wait set aside
        self._gone_on: list[tuple[Place, int]] = []

    def run(self, transactions: Sequence[Transaction]) -> None:
        """Raises SetAside when anything can't be applied; nothing may then stay of any of them (HubStore.attempt)."""
        self._alone = len(transactions) == 1
        inserts: dict[str, list[tuple[Transaction, Change]]] = {}
        edits: dict[str, list[tuple[Transaction, Change]]] = {}
        for transaction in transactions:
            _check_size(transaction)
            for change in transaction.changes:
                self._check(change)
                group = inserts if change.o == "i" else edits
                group.setdefault(change.t, []).append((transaction, change))
        for name in sorted(inserts, key=self._schema.order.__getitem__):
            self._insert(self._schema.tables[name], inserts[name])
        self._edited = {(name, change.k) for name, found in edits.items() for _, change in found}
        self._settle_dealings()
        for name in sorted(edits, key=self._schema.order.__getitem__):
            self._edit(self._schema.tables[name], edits[name])
        self._settle_dealings()
        self._tell_same_keys()
        note(self._store, self._gone_on)

    def _tell_same_keys(self) -> None:
        for name, rows in self._keyed.items():
            table = self._schema.tables[name]
            for fact in same_keys(self._store, table, rows, instant_of(self._rules.now_ms)):
                author = rows.get(fact["row_id"]) or rows[msgspec.json.decode(fact["won_value"])]
                concerned = guard(table, {"id": fact["row_id"], "property_id": fact["property_id"]})
                self._add_to_log(author, fact, fact["property_id"] or self._sender.org_id, concerned)

    def _check(self, change: Change) -> None:
        table = self._schema.tables.get(change.t)
        if table is None:
            raise SetAside("UNKNOWN_TABLE", f"no table {change.t} in this release")
        if table.writer not in ("property", "both"):
            raise SetAside("NOT_PERMITTED", f"a property may not write {change.t}")
        if change.t in COUNTED:
            check_amount(change)

    def _insert(self, table: TableSpec, found: list[tuple[Transaction, Change]]) -> None:
        places = {id(change): place_of(change) for _, change in found}
        rows = [self._row_json(table, transaction, change) for transaction, change in found]
        if table.sets:
            for _, change in found:
                parts_of(table, change)
        if table.kind == "record":
            self._check_there(table, [change.k for _, change in found])
        rest = self._not_inserted(table, found, rows) if self._store.insert(table, rows) != len(rows) else []
        skipped = {id(change) for _, change in rest}
        for transaction, change in found:
            if id(change) not in skipped:
                group = places[id(change)].property_id is None
                entry = EntryChange(change.t, "i", change.k, change.f)
                if group and table.interest is not None:
                    self._admit(table, transaction, change, 0)
                    entry.d = (table.name, change.k)
                    self._new[entry.d] = transaction, entry
                    self._tell(transaction, entry, change, ())
                else:
                    self._tell(transaction, entry, change, (self._scope(group=group),))
                if table.keys:
                    self._keyed.setdefault(table.name, {})[change.k] = transaction
            if table.name in self._schema.dealings:
                self._touch(table, transaction, fields_of(change))
        if rest:
            self._edit(table, rest)

    def _row_json(self, table: TableSpec, transaction: Transaction, change: Change) -> bytes:
        if self._rules.known:
            # ours come last, and the last of two fields with one name counts
            return bytes(change.f)[:-1] + b',"_hlc":%d,"_x":null}' % transaction.hlc
        fields = fields_of(change)
        row = {name: value for name, value in fields.items() if name in table.fields}
        extra = {name: value for name, value in fields.items() if name not in table.fields}
        row["_hlc"] = transaction.hlc
        for name in table.sets:
            row.setdefault(name, "[]")
        if extra:
            row["_x"] = msgspec.json.encode(extra).decode()
        return msgspec.json.encode(row)

    def _not_inserted(
        self, table: TableSpec, found: list[tuple[Transaction, Change]], rows: list[bytes]
    ) -> list[tuple[Transaction, Change]]:
        """Why fewer rows went in: somebody else's property, a fact again (fine if the same), or a record made twice."""
        foreign = self._store.foreign_row(table, rows)
        if foreign is not None:
            raise SetAside("NOT_PERMITTED", f"{table.name} {foreign} is of another property")
        if table.kind == "record":
            fresh = self._store.untouched(table, [c.k for _, c in found], [t.hlc for t, _ in found])
            return [(t, c) for t, c in found if c.k not in fresh]
        other = self._store.other_content(table, rows)
        if other is not None:
            raise SetAside("SAME_ID_OTHER_CONTENT", f"{table.name} {other} is already here with other content")
        self._keep_stamps(table, found)
        return []

    def _keep_stamps(self, table: TableSpec, found: list[tuple[Transaction, Change]]) -> None:
        """What an earlier life of the sender's sent already keeps the stamp that it has here, which may be another. Raises
        KnownAlready when it was another."""
        here, was = self._store.records(table, sorted(change.k for _, change in found)), False
        for transaction, change in found:
            hlc, node = here[change.k]["_hlc"], here[change.k]["_node"]
            if node == self._sender.number and hlc != transaction.hlc and not transaction.is_known:
                transaction.hlc, transaction.differs, transaction.is_known, was = hlc, True, True, True
        if was:
            raise KnownAlready

    def _edit(self, table: TableSpec, found: list[tuple[Transaction, Change]]) -> None:
        if table.kind == "fact":
            raise SetAside("FACT_CHANGED", f"a fact of {table.name} is never changed")
        rows = self._store.records(table, sorted({change.k for _, change in found}))
        told = self._store.told(table.name, sorted(rows)) if table.interest is not None else {}
        again = self._store.told_again(table.name, sorted(rows)) if table.interest is not None else set()
        touched: dict[str, set[str]] = {}
        for transaction, change in found:
            row = rows.get(change.k)
            if row is None:
                self._check_there(table, [change.k])
                raise SetAside("ROW_MISSING", f"{table.name} {change.k} is not here to edit")
            if row["property_id"] not in (self._sender.property_id, None):
                raise SetAside("NOT_PERMITTED", f"{table.name} {change.k} is of another property")
            scopes: Sequence[str] = (self._scope(group=row["property_id"] is None),)
            if table.interest is not None and row["property_id"] is None:
                scopes = sorted(told.get(change.k, ()))
                if self._sender.property_id not in scopes:
                    self._admit(table, transaction, change, self._store.told_until(table.name, change.k))
                # its author may have let go of the row after it edited it: then the edit is news there too
                transaction.differs |= change.k in again
            self._touch(table, transaction, row)
            touched.setdefault(change.k, set()).update(self._merge(table, transaction, change, row, scopes))
            self._touch(table, transaction, row)
        for key, names in touched.items():
            if names:
                self._store.edit(table, key, {name: rows[key][name] for name in sorted(names | {"_fv", "_x"})})

    def _check_there(self, table: TableSpec, ids: Sequence[str]) -> None:
        """Raises SetAside for a record that was deleted so long ago that it is gone for good: nothing brings it back."""
        gone = self._store.removed(table, ids)
        if gone:
            raise SetAside("ROW_GONE", f"{table.name} {min(gone)} was deleted long ago")

    def _admit(self, table: TableSpec, transaction: Transaction, change: Change, until: int) -> None:
        """Raises SetAside unless the property deals with the row: as of this transaction, or when this was written."""
        assert table.interest is not None
        dealings, column = table.interest.dealings, table.interest.column
        named = any(c.t == dealings and fields_of(c).get(column) == change.k for c in transaction.changes)
        if not named and transaction.hlc > until:
            raise SetAside("NO_DEALINGS", f"the property has no dealings with {table.name} {change.k}")

    def _touch(self, table: TableSpec, transaction: Transaction, dealing: Mapping[str, Any]) -> None:
        """Notes that this may have changed who deals with the row that it names."""
        for told in self._schema.dealings.get(table.name, ()):
            assert told.interest is not None
            id = dealing.get(told.interest.column)
            if id is not None and dealing.get("property_id") is not None:
                touched = self._touched.setdefault(told.name, {})
                touched[id] = touched.get(id, (transaction, transaction))[0], transaction

    def _settle_dealings(self) -> None:
        """Tells the property of the rows with which its dealings began, and lets it forget those with which they ended."""
        for name, touched in self._touched.items():
            table = self._schema.tables[name]
            for turn in settle(self._store, table, {id: last.hlc for id, (_, last) in touched.items()}):
                first, last = touched[turn.id]
                made, entry = self._new.get((name, turn.id), (None, None))
                if not turn.began:
                    last.entries.setdefault(self._sender.property_id, []).append(forget(name, turn.id))
                    last.differs = True
                    continue
                if (made is not None and made is not first) or (made is None and (name, turn.id) in self._edited):
                    self._ask_alone()
                if entry is None:  # it was here before, and its author may not have it, or not as it stands
                    entry, first.differs = image(table, turn.row), True
                first.entries.setdefault(self._sender.property_id, []).insert(0, entry)
        self._touched.clear()

    def _ask_alone(self) -> None:
        """What comes in one transaction and what in the next can't be told apart when both are applied together."""
        if not self._alone:
            raise NotTogether

    def _merge(
        self, table: TableSpec, transaction: Transaction, change: Change, row: dict[str, Any], scopes: Iterable[str]
    ) -> set[str]:
        """Merges one change into the row in hand; answers which of its columns moved."""
        versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
        seen = change.b or {}
        moved: dict[str, Stamp] = {}
        columns: set[str] = set()
        result: dict[str, Any] = {}
        stamps: dict[str, Stamp] = {}
        extra: dict[str, Any] = msgspec.json.decode(row["_x"]) if row["_x"] else {}
        fields = parts_of(table, change)
        # a restored node sends again what made the row, which says nothing about what was edited since
        again = change.o == "i" and (versions.hlc, versions.node) == (transaction.hlc, self._sender.number)
        if change.o == "i":  # made twice: who makes a row also says that it is there
            fields.setdefault("_deleted", False)
        was = Version(row["_deleted"], versions.of("_deleted"))
        self._gone_on += [
            (place, hlc)
            for place, hlc in own_of(self._sender.number, change)
            if place[2] in fields and versions.of(place[2]) != (hlc, self._sender.number)
        ]
        for name, raw in fields.items():
            here = table.holding(name)
            spec = here or of_a_later_release(table, name)
            if spec is None:
                continue
            if spec.writer == "group":
                self._check_untouched(table, change, spec, normal(spec, raw), row)
                continue
            place = row if here else extra
            mine = part(spec, name, place.get(spec.name), versions)
            sent = Version(normal(spec, raw), (transaction.hlc, self._sender.number))
            is_passed = self._is_passed(spec, mine, sent)
            if again or (is_passed and (table.name, change.k, name) in self._rules.gone_on):
                final = mine
            else:
                known = tuple(seen.get(name, NEVER)) == mine.stamp
                if not known and not is_passed and self._is_own(mine.stamp):
                    known = True  # the order of an author's own edits stands
                    self._look_for_another(table, transaction, seen, row, Clash(name, spec.merge, sent, mine))
                final = self._decide(table, spec, transaction, (row, name), mine, sent, known)
            if final != mine:
                place[spec.name] = with_part(spec, name, place.get(spec.name), final.value)
                moved[name] = final.stamp
                columns.add(spec.name if here else "_x")
            result[name], stamps[name] = final.value, final.stamp
            if final != sent:
                transaction.differs = True
        met = self._delete_met_edit(change, was, versions, moved) if change.o == "u" else None
        if met is not None:
            tombstone = self._settle(table, transaction, row, *met)
            if not tombstone.value:
                row["_deleted"], moved["_deleted"] = result["_deleted"], stamps["_deleted"] = False, tombstone.stamp
                columns.add("_deleted")
        if table.keys and not table.key_fields.isdisjoint(moved):
            self._keyed.setdefault(table.name, {})[change.k] = transaction
        # who made it a second time may be of a release that does not know all that it has
        for name, kept in (whole_row(table, row, versions, extra) if change.o == "i" else {}).items():
            if name not in result:
                result[name], stamps[name], transaction.differs = kept.value, kept.stamp, True
        if moved:
            row["_fv"] = versions.with_fields(moved).fv()
        if extra:
            row["_x"] = msgspec.json.encode(extra).decode()
        entry = EntryChange(change.t, "u", change.k, msgspec.Raw(msgspec.json.encode(result)), stamps)
        entry.d = guard(table, row)
        self._tell(transaction, entry, change, scopes)
        return columns

    def _look_for_another(
        self,
        table: TableSpec,
        transaction: Transaction,
        seen: Mapping[str, Stamp],
        row: Mapping[str, Any],
        clash: Clash,
    ) -> None:
        """Logs an author's own edit where at its disk something else had taken its place: another's, which the hub was put
        back from, or what the hub had while that edit was set aside."""
        saw, mine = tuple(seen.get(clash.field, NEVER)), clash.lost.stamp
        if saw == NEVER or clash.lost.value == clash.won.value:
            return
        if saw[1] != self._sender.number or (saw < mine and not self._is_handed(table, row, clash.field, saw[0], mine)):
            self._log(table, transaction, row, clash)

    def _is_handed(self, table: TableSpec, row: Mapping[str, Any], field: str, given: int, stamp: Stamp) -> bool:
        """Whether what the sender gave one stamp went in under this one, of which it has not heard yet."""
        group = self._sender.org_id if table.interest is None else self._sender.property_id
        found = handed_back(self._store, row["property_id"] or group).get((table.name, row["id"], given))
        return found is not None and found[1].get(field, (found[0], stamp[1])) == stamp

    def _delete_met_edit(
        self, change: Change, was: Version, versions: RowVersions, moved: Mapping[str, Stamp]
    ) -> tuple[Stamp, Stamp] | None:
        """The stamps of an edit and of a delete that had not seen each other, where this change makes two such meet."""
        seen = change.b or {}
        if was.value:
            unseen = moved and "_deleted" not in moved and "_deleted" not in seen and not self._is_own(was.stamp)
            return (max(moved.values()), was.stamp) if unseen else None
        if "_deleted" not in moved or "_hlc" not in seen:
            return None
        had = RowVersions(*seen["_hlc"], seen)
        unknown = [
            stamp
            for name, stamp in versions.exceptions.items()
            if name not in moved and had.of(name) != stamp and not self._is_own(stamp)
        ]
        return (max(unknown), moved["_deleted"]) if unknown else None

    def _settle(
        self, table: TableSpec, transaction: Transaction, row: Mapping[str, Any], edit: Stamp, delete: Stamp
    ) -> Version:
        """Whether the row is there after both; who decided otherwise is in the log."""
        gone, there = Version(True, delete), Version(False, edit)
        won, lost = (there, gone) if revives(table, edit, delete) else (gone, there)
        self._log(table, transaction, row, Clash("_deleted", "delete", won, lost))
        return won

    def _check_untouched(
        self, table: TableSpec, change: Change, spec: FieldSpec, sent: Any, row: dict[str, Any]
    ) -> None:
        """Raises SetAside for an edit of what only the group edits; who sends again what made a row edits nothing."""
        if change.o == "u" and sent != row[spec.name]:
            raise SetAside("NOT_PERMITTED", f"only the group edits {spec.name} of {table.name} {change.k}")

    def _is_own(self, stamp: Stamp) -> bool:
        """Whether the sender made this edit and knows of it: what an earlier life of its database wrote, it forgot. Of a
        life that ended nobody can tell what it knew beyond what its edits say that they saw: a copy of its disk may have
        written on under its stamps."""
        return stamp[1] == self._sender.number and stamp[0] > self._rules.born and not self._rules.has_ended

    def _is_passed(self, spec: FieldSpec, mine: Version, sent: Version) -> bool:
        """Whether the sender has edited this since it wrote what is let go late. It need not have gone on from that: it may
        have heard in between how head office had it meanwhile."""
        is_later = mine.stamp[1] == self._sender.number and mine.stamp > sent.stamp
        return self._rules.late and is_later and spec.merge in BY_STAMP

    def _decide(
        self,
        table: TableSpec,
        spec: FieldSpec,
        transaction: Transaction,
        at: tuple[Mapping[str, Any], str],
        mine: Version,
        sent: Version,
        known: bool,
    ) -> Version:
        if known and spec.merge in BY_STAMP:
            # the author had seen what it replaces: it stands, whatever the clocks say
            if sent.stamp >= mine.stamp:
                return sent
            return Version(sent.value, (mine.stamp[0] + 1, self._sender.number))
        is_tie = mine.stamp == sent.stamp and spec.merge in BY_STAMP
        # two lives of one database gave one stamp: what this one writes next says that it saw its own
        final = sent if is_tie else later(spec, mine, sent)
        if not known and mine.value != sent.value:
            lost = mine if final is sent else sent
            row, name = at
            self._log(table, transaction, row, Clash(name, spec.merge, final, lost))
        return final

    def _log(self, table: TableSpec, transaction: Transaction, row: Mapping[str, Any], clash: Clash) -> None:
        """Adds the clash to the conflict log, and to the feed of the property concerned."""
        fact = conflict_fact(self._sender.property_id, table, row["id"], clash, instant_of(self._rules.now_ms))
        self._add_to_log(transaction, fact, self._sender.property_id, guard(table, row))

    def _add_to_log(
        self, transaction: Transaction, fact: Mapping[str, Any], scope: str, guard: tuple[str, str] | None
    ) -> None:
        if self._store.log_conflict(fact, transaction.hlc):  # stamped as the feed's entry has it
            transaction.differs = True
            entry = EntryChange("sync_conflicts", "i", fact["id"], msgspec.Raw(msgspec.json.encode(fact)), d=guard)
            transaction.entries.setdefault(scope, []).append(entry)

    def _scope(self, *, group: bool) -> str:
        return self._sender.org_id if group else self._sender.property_id

    def _tell(self, transaction: Transaction, entry: EntryChange, change: Change, scopes: Iterable[str]) -> None:
        if change.h != transaction.hlc:
            entry.w = change.h
        for scope in scopes:
            transaction.entries.setdefault(scope, []).append(entry)


def guard(table: TableSpec, row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The row that whoever hears of this must have dealings with."""
    return (table.name, row["id"]) if table.interest is not None and row["property_id"] is None else None


def _check_size(transaction: Transaction) -> None:
    """Refuses what others could not be sent; an honest node refuses it before its own commit."""
    size = sum(len(bytes(change.f)) for change in transaction.changes)
    if len(transaction.changes) > TRANSACTION_CHANGES_MAX or size > UNPACKED_BYTES_MAX - PAGE_BYTES_MAX:
        raise SetAside("TOO_LARGE", f"a transaction of {len(transaction.changes)} changes and {size} bytes")


def instant_of(ms: int) -> str:
    """A moment as it stands in rows and on the wire."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
