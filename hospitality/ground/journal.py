"""The journal: facts in words, who did what and why, written by the verbs in the same transaction as their rows.

It is the audit trail and drives all that follows (screens, printing, notifications); each reader keeps its own place.
Entries of one node and incarnation are chained by hash, so that an altered or missing one shows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from hospitality.ground.tables import COUNT, DAY, DOCUMENT, ID, INSTANT, WORDS, Pii, Row, column, described

FIRST_HASH = "0" * 64
_KINDS: dict[type, str] = {}
T = TypeVar("T")


class JournalEntry(Row, table=True):
    """One fact in words. `number` counts from 1 without gaps for each org, node and incarnation."""

    __tablename__ = "journal"
    __table_args__ = described(
        "fact", writer="both", large=True, indexes=[["property_id", "at"], ["node", "incarnation", "number"]]
    )

    node: int = column(COUNT)
    incarnation: int = column(COUNT)
    number: int = column(COUNT)
    kind: str = column(WORDS)
    at: str = column(INSTANT)
    business_date: str | None = column(DAY, optional=True)
    actor_id: str | None = column(ID, pii="indirect", optional=True)
    approver_id: str | None = column(ID, pii="indirect", optional=True)
    terminal_id: str | None = column(ID, optional=True)
    reason: str | None = column(WORDS, pii="indirect", optional=True)
    data: str = column(DOCUMENT, pii="indirect")
    previous_hash: str = column(WORDS)
    hash: str = column(WORDS)


class JournalHead(Row, table=True):
    """Where a chain ends at head office; `id` follows from the org and the incarnation. The row whose id is the org's own is
    locked by every act, so that acts of one group follow each other."""

    __tablename__ = "journal_heads"
    __table_args__ = described("local", host="cloud")

    number: int = column(COUNT)
    hash: str = column(WORDS)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of one chain: the last entry's number and hash."""

    number: int = 0
    hash: str = FIRST_HASH


FIRST = Head()


def journal_kind(kind: str) -> Callable[[type[T]], type[T]]:
    """Declares a frozen dataclass as a journal kind `trade.thing_happened`; its fields carry `pii` metadata."""

    def declare(fact: type[T]) -> type[T]:
        assert is_dataclass(fact), "a journal kind is a frozen dataclass"
        assert kind not in _KINDS.values(), f"journal kind {kind} is declared twice"
        _KINDS[fact] = kind
        return fact

    return declare


def kind_of(fact: object) -> str:
    """The journal kind that the fact's class was declared with."""
    return _KINDS[type(fact)]


def declared_kinds() -> dict[str, dict[str, Pii]]:
    """Every journal kind with its fields and the personal data that each may hold; a field says `none` unless told."""
    return {kind: {f.name: f.metadata.get("pii", "none") for f in fields(fact)} for fact, kind in _KINDS.items()}


def chained(head: Head, *, identity: tuple[str, int, int], content: tuple[Any, ...]) -> Head:
    """The head after an entry: SHA-256 over the previous hash, (org, node, incarnation, number) and the content."""
    number = head.number + 1
    material = msgspec.json.encode((head.hash, *identity, number, *content))
    return Head(number, sha256(material).hexdigest())


class ChainBroken(ValueError):
    """An entry of the journal was altered, taken out, put in or moved."""


def verify_chain(entries: Iterable[Mapping[str, Any]], *, start: Head = FIRST, end: Head | None = None) -> Head:
    """Follows one chain (one org, node and incarnation, in order of number) and answers where it ends.

    start: what the first entry follows. end: where the chain is known to end, since the entries by themselves can't
    tell that the last of them are missing. Raises ChainBroken, naming the first number that does not follow.
    """
    head = start
    for entry in entries:
        identity = (entry["org_id"], entry["node"], entry["incarnation"])
        follows = (entry["number"], entry["previous_hash"]) == (head.number + 1, head.hash)
        head = chained(head, identity=identity, content=hashed_content(entry))
        if not follows or entry["hash"] != head.hash:
            raise ChainBroken(f"entry {entry['number']} does not follow what stands before it")
    if end is not None and head != end:
        raise ChainBroken(f"the chain ends at {head.number} and not at {end.number} as it did")
    return head


def hashed_content(entry: Any) -> tuple[Any, ...]:
    """The parts of an entry (a row or mapping) that its hash covers, in their fixed order."""
    return (
        entry["id"],
        entry["kind"],
        entry["at"],
        entry["business_date"],
        entry["actor_id"],
        entry["approver_id"],
        entry["terminal_id"],
        entry["reason"],
        entry["data"],
    )
