"""What crosses the wire, and its limits. JSON inside zstd: both ends are ours, so stamps travel as integers.

A change's fields stay raw JSON until somebody must look inside: facts are stored at the hub without being unpacked
in Python.
"""

import sys
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, TypeVar

import msgspec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# what the two ends may speak with each other: the newest, and the one before it. 1: the first release. 2: a greeting only
# tells a node that its database was rolled back, and the node begins its next life by greeting as that
PROTOCOL, PROTOCOL_MIN = 2, 1
TOLD_CHARS_MAX = 300
CHANGES_MAX = 2000
BATCH_BYTES_MAX = 1_500_000
TRANSACTION_CHANGES_MAX = 50_000
UNPACKED_BYTES_MAX = 32_000_000
# in characters of up to four bytes: a row must fit into one request, and a transaction into one page of the feed
ROW_CHARS_MAX = 400_000
TRANSACTION_CHARS_MAX = 7_000_000
PAGE_BYTES_MAX = 1_000_000
ENTRIES_MAX = 500
TABLES_MAX = 64  # of one chunk of rows
SPANS_MAX = 20
LISTED_MAX = 4_000  # rows of one answer that tells what differs; a span that has more is told in parts
ROWS_MAX = 500  # whole rows of one request or answer
COMPRESSION_LEVEL = 3
# named like a table, so that a release which doesn't know it keeps it for the next one
FORGET = "sync_forget"
AHEAD = "ahead/"  # before a scope: where its feed ended when rows were taken that it has yet to bring


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes into one answer. Simulations have smaller ones, in which little is already much."""

    entries: int = ENTRIES_MAX
    page_bytes: int = PAGE_BYTES_MAX
    tables: int = TABLES_MAX


LIMITS = Limits()
T = TypeVar("T")
Fields = dict[str, Any]
Stamps = dict[str, tuple[int, int]]


def mark_of(h: int, t: str, o: str, k: str, f: bytes) -> str:
    """Tells a change from any other that bears its number: two machines with one disk may give equal stamps too."""
    return sha256(f"{h} {t} {o} {k} ".encode() + f).hexdigest()[:16]


class Change(msgspec.Struct, omit_defaults=True):
    """One row's change as a node pushes it. s: its number in the outbox; h: the act's stamp, equal for a whole
    transaction; t: table; o: i(nsert) or u(pdate); k: the row's id; f: the fields; b: for an update, the stamp of
    each field's value that the author saw."""

    s: int
    h: int
    t: str
    o: Literal["i", "u"]
    k: str
    f: msgspec.Raw
    b: Stamps | None = None

    @property
    def mark(self) -> str:
        """See `mark_of`."""
        return mark_of(self.h, self.t, self.o, self.k, bytes(self.f))


class GivenChange(Change, omit_defaults=True):
    """A row that was given and set aside, as it was given (see `RowImage`); recovering: whether the hub was then to believe
    the giver what others wrote."""

    n: int = 0
    v: Stamps | None = None
    d: bool = False
    x: Fields | None = None
    recovering: bool = False


class Told(msgspec.Struct, omit_defaults=True):
    """How a node is, in its own words. now_ms: its wall clock; waiting: changes that the hub has not acknowledged;
    oldest_ms: when the oldest of them was made, None when none waits; kept: transactions that came and can't be applied
    yet; error: what went wrong last; storage: what is wrong with its disk; sent_bytes, received_bytes: bodies of its
    messages since it was started."""

    now_ms: int
    waiting: int = 0
    oldest_ms: int | None = None
    kept: int = 0
    error: str = ""
    storage: str = ""
    sent_bytes: int = 0
    received_bytes: int = 0


class Batch(msgspec.Struct):
    """A push: whole transactions in outbox order, or one part of a transaction too large for one batch.

    prev: what the node believes acknowledged; last: the highest number in here; part: more of the same transaction
    follows. schema: the sender's fingerprint; now_ms: its wall clock. life, cursors, seals, visit: as in
    a greeting."""

    protocol: int
    incarnation: int
    prev: int
    last: int
    schema: str
    now_ms: int
    changes: list[Change]
    waiting: int = 0
    version: str = ""
    part: bool = False
    told: Told | None = None
    life: str = ""
    cursors: dict[str, tuple[int, int]] = {}
    seals: dict[str, str] = {}
    visit: int = 0


class Trouble(msgspec.Struct):
    """One transaction that was not applied as sent: set aside with a code and a sentence."""

    first: int
    last: int
    code: str
    reason: str


class PushAnswer(msgspec.Struct):
    """acked: everything up to here is the hub's now. expected: what to send from, when the batch did not join on.
    ceiling: stamps were clamped; the node's clock goes on from here. status: ok, gap, or superseded."""

    status: Literal["ok", "gap", "superseded"]
    acked: int
    now_ms: int
    ceiling: int | None = None
    troubles: list[Trouble] = []
    life: str = ""


class EntryChange(msgspec.Struct, omit_defaults=True):
    """One row's change as the hub hands it on, canonical. v: stamps of single fields where they differ from the
    entry's own stamp. w: the stamp that its author gave it, where the hub lowered that. d: the row (table, id) that
    its receiver must have dealings with, else it is not handed on.

    A change of the table FORGET says that the row `k` of the table `f.tbl` is to go from the receiver's disk."""

    t: str
    o: Literal["i", "u"]
    k: str
    f: msgspec.Raw
    v: Stamps | None = None
    w: int | None = None
    d: tuple[str, str] | None = None


class Entry(msgspec.Struct, omit_defaults=True):
    """One whole transaction of a scope's feed. p: its position; h, n: stamp and author; own: the receiver wrote it
    and the hub changed something, so the receiver takes it as it stands."""

    p: int
    h: int
    n: int
    changes: list[EntryChange]
    own: bool = False


class RowImage(msgspec.Struct, omit_defaults=True):
    """One whole row as it stands at the hub, canonical. t: table; k: its id; h, n: the stamp of all fields that `v`
    doesn't name; f: every field; v: later stamps of single fields; d: whether it is deleted; x: fields of a release
    that the hub doesn't know."""

    t: str
    k: str
    h: int
    n: int
    f: msgspec.Raw
    v: Stamps | None = None
    d: bool = False
    x: Fields | None = None


class Span(msgspec.Struct, array_like=True):
    """A stretch of a table's rows in the order of their ids, up to and including `upto` (null: to the table's end): how
    many rows a node has there, and their checksum."""

    upto: str | None
    count: int
    sum: int


class CompareRequest(msgspec.Struct):
    """A node asks whether the hub has the same rows as itself. t: the table; fields: those that the node knows; after:
    where the first span begins; positions: what the node had applied of each scope, if the answer counts only there;
    epoch: that in which it gives what the hub lacks (0: it compares in quiet times). visit: as in a greeting."""

    protocol: int
    incarnation: int
    t: str
    fields: list[str]
    after: str | None
    spans: list[Span]
    positions: dict[str, tuple[int, int]] = {}
    epoch: int = 0
    visit: int = 0


class CompareAnswer(msgspec.Struct):
    """status: ok; moved (the hub's feeds don't end at these positions: ask again later); superseded. differing: the
    spans (after, upto) that aren't the same; rows: every row there, [id, checksum]. upto: how far this goes when it is
    not all that was asked."""

    status: Literal["ok", "moved", "superseded"]
    differing: list[tuple[str | None, str | None]] = []
    rows: list[tuple[str, int]] = []
    upto: str | None = None


class RowsRequest(msgspec.Struct):
    """A node asks for rows of a table as they stand at the hub; what doesn't concern it is left out of the answer. epoch,
    visit: see `CompareRequest`."""

    protocol: int
    incarnation: int
    t: str
    ids: list[str]
    epoch: int = 0
    visit: int = 0


class RowsAnswer(msgspec.Struct):
    """Row images, parents first."""

    status: Literal["ok", "superseded"]
    images: list[RowImage] = []


class Gift(msgspec.Struct):
    """A node gives rows as they stand there, whole transactions in the order of their stamps. An image's `f` may leave
    fields out. final: nothing more will come, so what can't be applied now is set aside. epoch, visit: see `CompareRequest`."""

    protocol: int
    incarnation: int
    images: list[RowImage]
    final: bool = False
    epoch: int = 0
    visit: int = 0


class GiftTrouble(msgspec.Struct, array_like=True):
    """One row that wasn't taken: its table and id, a code and a sentence."""

    t: str
    k: str
    code: str
    reason: str


class GiftAnswer(msgspec.Struct):
    """images: rows that the hub has otherwise than they were given, canonical; troubles: those that it didn't take."""

    status: Literal["ok", "superseded"]
    images: list[RowImage] = []
    troubles: list[GiftTrouble] = []


class Page(msgspec.Struct):
    """A stretch of one scope's feed: everything after `after` up to and including `to`; `head` is the feed's end.
    seal: the hub's word for what it has at `to`, to be shown when the node comes again; empty: the last one stands."""

    scope: str
    epoch: int
    after: int
    to: int
    head: int
    entries: list[Entry]
    seal: str = ""


class PullAnswer(msgspec.Struct):
    """Pages of each scope asked for. status: ok; superseded (a later life of this node is known: stop); bootstrap
    (what follows its cursors is not kept any more: it needs a copy of what there is); greet (the hub knows of no such
    life). recovering: the hub was put back, and this node has not said that all is given."""

    status: Literal["ok", "superseded", "bootstrap", "greet"]
    now_ms: int
    pages: list[Page]
    recovering: bool = False


class SnapshotRequest(msgspec.Struct):
    """A node asks for rows as they stand: those of a scope's table after an id, newest first, about so many bytes of
    them; without a table, where to begin. then: the tables that it would ask for next, whose rows may come along.
    life, cursors, seals, visit: as in a greeting."""

    protocol: int
    incarnation: int
    scope: str
    table: str = ""
    after: str = ""
    bytes: int = PAGE_BYTES_MAX
    life: str = ""
    cursors: dict[str, tuple[int, int]] = {}
    seals: dict[str, str] = {}
    visit: int = 0
    then: list[str] = []


class Snapshot(msgspec.Struct):
    """A chunk of rows as they stand. rows: a list of RowImage as JSON, each row of the table asked for followed by
    what leans on it; sum: the SHA-256 of that text; next: the id to go on after, None at the table's end. head: the
    feed's end once the rows were read, with the hub's seal of it: a node that is there has seen all that led to them.
    acked, mark: what the hub had of the node's own before they were read. begin: where a node that takes a snapshot
    begins in the feed. recovering: the hub was put back, and wants to be given what it lacks first. also: which of the tables
    that would be next are in here whole, and how many of the last rows are of each. unknown: which of them this release
    of the hub does not know: of those it can't tell what there is."""

    status: Literal["ok", "superseded", "recovering"]
    now_ms: int
    acked: int = 0
    epoch: int = 1
    head: int = 0
    begin: int = 0
    next: str | None = None
    rows: msgspec.Raw = msgspec.Raw(b"[]")
    sum: str = ""
    mark: str = ""
    seal: str = ""
    also: list[tuple[str, int]] = []
    unknown: list[str] = []


class Hello(msgspec.Struct):
    """What a node says when it comes: which life of its database, how far its outbox and cursors got; and the hub's own
    seals of that (life: of what was acknowledged; seals: of each scope's cursor), by which a hub that was put back to an
    older copy notices what it forgot.

    protocol: the oldest that it speaks, which a hub without choice looks at; protocol_max: the newest. visit: what the
    greeting before was answered with, 0 before the first."""

    protocol: int
    incarnation: int
    last: int
    acked: int
    schema: str
    version: str
    now_ms: int
    protocol_max: int = 0
    told: Told | None = None
    life: str = ""
    cursors: dict[str, tuple[int, int]] = {}
    seals: dict[str, str] = {}
    visit: int = 0


class BatchLimits(msgspec.Struct):
    """How much one push may carry: changes, and bytes of them before they are packed. One change always may."""

    changes: int = CHANGES_MAX
    bytes: int = BATCH_BYTES_MAX


class HelloAnswer(msgspec.Struct):
    """status: ok; new_incarnation (the hub has more of this node than the node itself: its database was rolled
    back, go on under `incarnation`); superseded (a later life of this node is known: stop). scopes: what to pull.
    protocol: what to speak from here on.
    stamp, mark: of the change `acked`, by which the node sees whether it was its own; 0 and empty when the hub can't
    tell. places: each scope's end and epoch; seals: the hub's word for them, empty where it can't give any. recovering:
    the hub was put back, and wants to be given what it lacks. visit: the number of what begins with this answer, to be
    named in what is asked and sent (see `hub.visits`)."""

    status: Literal["ok", "new_incarnation", "superseded"]
    incarnation: int
    acked: int
    scopes: list[str]
    now_ms: int
    protocol: int = 1
    stamp: int = 0
    limits: BatchLimits | None = None
    mark: str = ""
    life: str = ""
    places: dict[str, tuple[int, int]] = {}
    recovering: bool = False
    seals: dict[str, str] = {}
    visit: int = 0


class Settled(msgspec.Struct):
    """A comparison is over. epoch: that in which the node gave all that the hub lacked (0: it compared in quiet times);
    differed: how many rows were not the same; standing: how many of those still aren't. visit: see
    `CompareRequest`."""

    protocol: int
    incarnation: int
    epoch: int
    differed: int
    standing: int
    visit: int = 0


class SettledAnswer(msgspec.Struct):
    """The hub took note."""

    status: Literal["ok", "superseded"]


class Rotate(msgspec.Struct):
    """A node's next key: its public half, and a proof that the node holds the other. Signed by the key in force."""

    public_key: str
    proof: str


class RotateAnswer(msgspec.Struct):
    """The hub knows both keys until the node has signed with the next one."""

    now_ms: int


def agreed(low: int, high: int) -> int | None:
    """The newest protocol that this end shares with one that speaks from `low` to `high`; None when there is none."""
    newest = min(PROTOCOL, high)
    return newest if newest >= max(PROTOCOL_MIN, low) else None


class UnreadableError(ValueError):
    """Bytes that are no message of this protocol, or larger than it allows."""


def pack(message: msgspec.Struct) -> bytes:
    """Encodes and compresses a message."""
    return zstd.compress(msgspec.json.encode(message), level=COMPRESSION_LEVEL)


def pack_json(raw: bytes) -> bytes:
    """Compresses a message that was put together as JSON text."""
    return zstd.compress(raw, level=COMPRESSION_LEVEL)


def unpack(data: bytes, kind: type[T]) -> T:
    """Decompresses within bounds and decodes. Raises UnreadableError."""
    unpacker = zstd.ZstdDecompressor()
    try:
        raw = unpacker.decompress(data, max_length=UNPACKED_BYTES_MAX)
        if not unpacker.eof or unpacker.unused_data:
            raise UnreadableError(f"not one whole message of at most {UNPACKED_BYTES_MAX} bytes")
        # as text, so that raw fields, into which the decoder doesn't look, are known to be text too
        return msgspec.json.decode(raw.decode(), type=kind)
    except (zstd.ZstdError, EOFError, UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
