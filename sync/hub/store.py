"""What the hub's rules need of a database: one store for one sender, for the length of one transaction.

`postgres` has head office's; a simulation has its own on SQLite. Rules live above it, SQL below it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from sync.allowance import Ledger
from sync.merge import RowVersions
from sync.schema import TableSpec
from sync.wire import Change, RowImage, Told, Trouble


class SetAside(Exception):
    """One transaction can't be applied; it goes to the quarantine with this code and sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Revoked(Exception):
    """The node was revoked while its request was under way; nothing of it is done."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The node that asks, as the hub knows it."""

    org_id: str
    node_id: str
    number: int
    property_id: str

    @property
    def scopes(self) -> list[str]:
        """What concerns it: the group's rows first, since the property's may lean on them, then the property's."""
        return [self.org_id, self.property_id]


def head_office(org_id: str) -> Sender:
    """The group itself, for what the hub does of its own accord."""
    return Sender(org_id, org_id, 0, org_id)


@dataclass(frozen=True, slots=True)
class NodeState:
    """How far a node is. acked, stamp, mark: the last change acknowledged, its stamp and its mark (0, empty: not
    known); ceiling: the last stamp handed back to a clock that ran ahead; incarnation: which life of its database the
    hub goes by; born: later than every stamp under which an earlier life's edits are here; settled:
    the epoch since which the hub is known to have all that the node holds. visits, visit, wrote, heard_ms: the visit that
    was given last, the latest in use, the one that last brought changes, and when it was heard (see `visits`)."""

    acked: int
    stamp: int
    incarnation: int
    ceiling: int
    active: bool
    born: int = 0
    mark: str = ""
    settled: int = 1
    visits: int = 0
    visit: int = 0
    wrote: int = 0
    heard_ms: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What a node says of itself in passing: its release, and how far its clock is from the hub's (ms, ahead is
    positive)."""

    version: str
    offset_ms: int


@dataclass(frozen=True, slots=True)
class Aside:
    """A transaction that was set aside: its stamp (perhaps lowered), its numbers in the outbox of that life of the
    sender, its changes as they came, and what of them its author went on from (see `gone_on`)."""

    id: str
    incarnation: int
    hlc: int
    first: int
    last: int
    body: str
    gone_on: str = ""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One entry of a scope's feed as it is stored: its stamp, whether the hub's result differs from what the author
    sent, and its body (see `feed`)."""

    hlc: int
    differs: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry of a scope's feed as it is read."""

    position: int
    node: int
    hlc: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record that is deleted, and when that was noted."""

    table: str
    id: str
    noted_ms: int


@dataclass(frozen=True, slots=True)
class ScopeState:
    """How far a scope's feed is: its last position, its epoch, and the first position that is still kept."""

    head: int
    epoch: int
    kept_from: int


@dataclass(frozen=True, slots=True)
class Member:
    """A table of a family (`Schema.families`) and the field by which its rows name their parent in another; the head,
    which the others lean on, has neither."""

    table: TableSpec
    field: str = ""
    parent: str = ""


def image_of(table: TableSpec, row: Mapping[str, Any]) -> RowImage:
    """A row with the engine's columns as it crosses the wire."""
    versions = RowVersions.stored(row["_hlc"], row["_node"], row["_fv"])
    fields = msgspec.Raw(msgspec.json.encode({name: row[name] for name in table.fields}))
    extra = msgspec.json.decode(row["_x"]) if row["_x"] else None
    exceptions = dict(versions.exceptions) or None
    return RowImage(
        table.name, row["id"], versions.hlc, versions.node, fields, exceptions, bool(row["_deleted"]), extra
    )


class HubStore(Protocol):
    """The sender's node, the group's rows and the feeds, inside the caller's transaction under the sender's tenant.

    Rows come as JSON objects of a table's fields with `_hlc` and `_x`; `org_id` and `_node` are the sender's.
    """

    @property
    def sender(self) -> Sender:
        """For whom all of this is."""
        ...

    # --- the node

    def lock_node(self) -> NodeState:
        """The sender's state; whoever else asks for it waits until this transaction ends."""
        ...

    def see_node(self) -> NodeState | None:
        """Notes that the sender was here, and answers its state."""
        ...

    def note_push(self, said: Said, acked: int, last: Change | None, waiting: int, ceiling: int | None) -> None:
        """Acknowledges up to `acked`, whose change is `last`; None leaves what is known of it, or the ceiling, as it was."""
        ...

    def note_told(self, told: Told, offset_ms: int, protocol: int) -> None:
        """Notes how the sender is, in its own words, and what is spoken with it."""
        ...

    def note_hello(self, said: Said, visit: int) -> None:
        """Notes a greeting, and the visit that it was answered with."""
        ...

    def note_visit(self, visit: int, wrote: int, now_ms: int) -> None:
        """Notes which visit is in use, and which brought changes last."""
        ...

    def begin_life(self, incarnation: int, acked: int, born: int, version: str) -> None:
        """The node goes on as this incarnation from this number; parts beyond it are forgotten, others are kept."""
        ...

    def resume(self, acked: int) -> None:
        """The node goes on from this number, beyond what the hub knows of; parts that it was staging are forgotten."""
        ...

    def settle(self, epoch: int) -> None:
        """Since this epoch the hub has all that the node holds."""
        ...

    def note_check(self, differed: int, standing: int) -> None:
        """A comparison in quiet times found so many rows that differed, of which so many still do."""
        ...

    def seal(self, text: str) -> str:
        """The hub's own seal under a text, which nobody else can make."""
        ...

    def stage(self, incarnation: int, last: int, body: str) -> int:
        """Keeps one part of a transaction that comes in several; answers how many characters are kept of the sender."""
        ...

    def unstage(self, incarnation: int) -> list[str]:
        """The parts kept, in order; they are kept no longer."""
        ...

    # --- rows

    def begin_applying(self, changes: int = 0) -> None:
        """What is written from here on is the rules' own work: it is not captured anew. changes: about how many come."""
        ...

    def attempt(self) -> AbstractContextManager[object]:
        """All of the block or nothing; raises SetAside when the database refuses a value."""
        ...

    def insert(self, table: TableSpec, rows: Sequence[bytes]) -> int:
        """Puts in those that the sender may write and that are not there yet; answers how many."""
        ...

    def foreign_row(self, table: TableSpec, rows: Sequence[bytes]) -> str | None:
        """The id of one of these rows that is not the sender's to write."""
        ...

    def other_content(self, table: TableSpec, rows: Sequence[bytes]) -> str | None:
        """The id of one of these facts that is already there and says something else."""
        ...

    def untouched(self, table: TableSpec, ids: Sequence[str], stamps: Sequence[int]) -> set[str]:
        """Which of these records stand as the sender made them under one of these stamps."""
        ...

    def records(self, table: TableSpec, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """These records by id, with the engine's columns; nobody else edits them until this transaction ends."""
        ...

    def edit(self, table: TableSpec, id: str, values: Mapping[str, Any]) -> None:
        """Sets columns of a record."""
        ...

    def dealt(self, table: TableSpec, ids: Sequence[str]) -> dict[str, set[str]]:
        """The properties that have dealings with these rows, by the dealings themselves as they stand."""
        ...

    def told(self, table: str, ids: Sequence[str]) -> dict[str, set[str]]:
        """The properties that are told of these rows."""
        ...

    def told_until(self, table: str, id: str) -> int:
        """The stamp of what ended the sender's property's dealings with a row; 0 if there were none."""
        ...

    def told_again(self, table: str, ids: Sequence[str]) -> set[str]:
        """Those of these rows that the sender's property was to forget once, and is told of again."""
        ...

    def begin_telling(self, table: str, id: str, property_id: str) -> None:
        """From here on the property is told of the row."""
        ...

    def end_telling(self, table: str, id: str, property_id: str, hlc: int) -> None:
        """From here on the property is not told of the row any more, since something under this stamp."""
        ...

    def sharing(self, table: TableSpec, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
        """The rows, none of them deleted, that hold in these fields what one of these records holds: those records too.

        Each with its id, property, stamps and these fields. A field without a value is no key, but for `property_id`.
        """
        ...

    def log_conflict(self, fact: Mapping[str, Any], hlc: int) -> bool:
        """Adds to the conflict log; False when it is there already."""
        ...

    def log_fact(self, table: str, fact: Mapping[str, Any], hlc: int) -> bool:
        """Adds a fact of the hub's own; False when it is there already."""
        ...

    def ledgers(self, ids: Sequence[str]) -> dict[str, Ledger]:
        """All sums of these allowances; one of which there are no facts yet is left out."""
        ...

    def unanswered(self) -> list[dict[str, Any]]:
        """What the sender wants or spent that nobody answered (`allowance.UNANSWERED`), in the order of its stamps."""
        ...

    def awaits_others(self) -> bool:
        """Whether another node in force has yet to give back what the hub lacks."""
        ...

    # --- what is set aside

    def quarantine(self, aside: Aside, trouble: Trouble) -> None:
        """Sets a transaction of the sender's aside with all that it said."""
        ...

    def aside(self, id: str) -> Aside | None:
        """One of the sender's that still waits; nobody else tries it until this transaction ends."""
        ...

    def asides(self, codes: Collection[str], limit: int, chars_max: int) -> list[Aside]:
        """Those of the sender's that wait for one of these reasons and are no longer than so many characters: the
        least tried first, in the order in which they were sent."""
        ...

    def asides_naming(self, row_id: str) -> list[Aside]:
        """Those of the sender's that wait and say something of a row."""
        ...

    def note_gone_on(self, id: str, gone_on: str) -> None:
        """Notes what its author went on from of one."""
        ...

    def tried(self, id: str, trouble: Trouble | None) -> None:
        """It was tried again: applied by now, or it waits on for this reason."""
        ...

    # --- whole rows; of those that concern the sender

    def row_sum(
        self, table: TableSpec, names: Collection[str], after: str | None, upto: str | None, limit: int
    ) -> tuple[int, int]:
        """How many rows are in a stretch of ids, and their checksum over these fields (see `checksum`); looks at no more
        than `limit`."""
        ...

    def row_numbers(
        self, table: TableSpec, names: Collection[str], after: str | None, upto: str | None, limit: int
    ) -> list[tuple[str, int]]:
        """The first rows of such a stretch by id, each with its checksum."""
        ...

    def row_images(self, table: TableSpec, ids: Sequence[str]) -> list[RowImage]:
        """Those of these rows that are there."""
        ...

    def put_rows(self, table: TableSpec, rows: Sequence[bytes]) -> None:
        """Puts in rows that are not there, under the stamps and by the authors that they name."""
        ...

    def set_aside_ids(self) -> dict[str, bool]:
        """The ids of all rows in transactions of the sender's property that are set aside and were not applied since,
        with whether the row's making is among them."""
        ...

    def has_seen(self, scope: str, node: int, hlc: int) -> bool:
        """Whether an author's edit under this stamp ever came by a scope's feed, or is older than what is kept of it."""
        ...

    # --- the feeds

    def append(self, scope: str, incarnation: int, rows: Iterable[FeedRow], author: int | None = None) -> None:
        """Adds to a scope's feed at the next positions; whoever else adds to it waits until this transaction ends. By
        the sender, if no other author is given."""
        ...

    def append_own(self, scope: str, rows: Iterable[FeedRow]) -> None:
        """As `append`, for what the hub itself says."""
        ...

    def tell(self, scope: str, author: int) -> None:
        """At the commit, wakes who waits for news of the scope; the author (0: nobody) needs no waking."""
        ...

    def scope(self, scope: str) -> ScopeState | None:
        """How far a scope's feed is; None when nothing was ever said in it."""
        ...

    def stamp_at(self, scope: str, position: int) -> int | None:
        """The stamp of a scope's entry, while it is kept."""
        ...

    def begin_epoch(self, scopes: Sequence[str], at_least: int) -> None:
        """The hub was put back: begins a new epoch of all the group's scopes, these among them."""
        ...

    def entries(self, scope: str, after: int, upto: int, incarnation: int, limit: int) -> list[StoredEntry]:
        """The next entries of a scope, without those that this life of the sender wrote and the hub left alone."""
        ...

    def changed_entries(self, scope: str, limit: int) -> list[tuple[int, bytes]]:
        """The newest entries of a scope by the sender that the hub made otherwise than they were sent: stamp and body."""
        ...

    def cursor(self, scope: str) -> int:
        """How far the sender had a scope by what it last told; 0 when it never did."""
        ...

    def note_cursors(self, positions: Mapping[str, int]) -> None:
        """How far the sender has each scope, by its own word."""
        ...

    # --- what is kept, and how long

    def scopes(self) -> list[str]:
        """The scopes of the sender's group that have a feed."""
        ...

    def last_before(self, scope: str, ms: int) -> int:
        """The position of the newest entry that came before this moment; 0 when none did."""
        ...

    def lowest_cursor(self, scope: str, seen_since_ms: int) -> int | None:
        """The lowest cursor of the active nodes that read this scope and were here since; None when there is none.

        One that never asked is at 0, and counts from its enrolment on; one that missed what is gone already does not
        count, since it needs a copy anyway.
        """
        ...

    def drop_entries(self, scope: str, upto: int, limit: int) -> int:
        """Drops the oldest entries, none after `upto` and at most `limit`, and notes from where on the rest is kept;
        answers how many went."""
        ...

    def note_deleted(self, table: TableSpec, now_ms: int, limit: int) -> int:
        """Notes which records have been deleted since it was last asked, and forgets what it noted of those that are
        there again; answers of how many."""
        ...

    def long_deleted(self, before_ms: int, tried_before_ms: int, limit: int) -> list[Deleted]:
        """Records that were noted as deleted before this, and not tried since; they count as tried now."""
        ...

    def remove(self, table: TableSpec, id: str, now_ms: int) -> bool:
        """Takes a deleted record out for good; False when another row leans on it."""
        ...

    def removed(self, table: TableSpec, ids: Sequence[str]) -> set[str]:
        """Those of these that were records once and are taken out for good."""
        ...

    def drop_settled(self, before_ms: int, removed_before_ms: int, limit: int) -> int:
        """Drops what is settled for longer: of what was set aside, codes, parts of revoked nodes, and which records were
        taken out; answers how many of all."""
        ...

    # --- rows as they stand

    def families(self, scope: str, members: Sequence[Member], after: str, limit: int) -> list[tuple[str, RowImage]]:
        """The scope's next rows of the head's table, newest ids first from below `after` on ('' begins), and all that
        leans on them: each row with the id of its head, read in one look."""
        ...
