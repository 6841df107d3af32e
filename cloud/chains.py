"""Which chain of the journal head office writes for a group, so that no number is given twice even after its database
was put back to an older copy.

Nothing in a database tells that it is an older copy, so each process goes on with no chain but its own: it begins an
incarnation of each group's journal, named by the second, as a restored node begins its next. When the database knows less
of that chain than the process has written, it was put back beneath it, and the next incarnation begins.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from cloud.database import Connection
from hospitality.ground.clock import Clock
from hospitality.ground.ids import derived_id
from hospitality.ground.journal import FIRST_HASH, Head

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)  # seconds since then fit a count for decades
_CHAIN = (
    "INSERT INTO journal_heads (org_id, id, number, hash) VALUES (%s, %s, 0, %s)"
    " ON CONFLICT (org_id, id) DO UPDATE SET number = journal_heads.number RETURNING number, hash"
)


@dataclass(frozen=True, slots=True)
class Chain:
    """The incarnation under which this process writes a group's journal, and the highest number that it gave."""

    incarnation: int
    given: int = 0


@dataclass
class Chains:
    """Of one process, whose threads share it."""

    now: Clock
    _chains: dict[str, Chain] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, connection: Connection, org_id: str) -> tuple[int, Head]:
        """The incarnation and the end of its chain; whoever else acts for the group waits until this transaction ends."""
        connection.execute(_CHAIN, (org_id, org_id, FIRST_HASH))
        with self._lock:
            chain = self._chains.setdefault(org_id, Chain(self._second()))
        head = self._head(connection, org_id, chain)
        if head.number < chain.given:
            chain = Chain(max(self._second(), chain.incarnation + 1))
            with self._lock:
                self._chains[org_id] = chain
            head = self._head(connection, org_id, chain)
        return chain.incarnation, head

    def keep(self, connection: Connection, org_id: str, incarnation: int, head: Head) -> None:
        """Where the chain ends now. Known here before the commit: a number that may have been given is given."""
        with self._lock:
            self._chains[org_id] = Chain(incarnation, head.number)
        connection.execute(
            "UPDATE journal_heads SET number = %s, hash = %s WHERE org_id = %s AND id = %s",
            (head.number, head.hash, org_id, head_id(org_id, incarnation)),
        )

    def _head(self, connection: Connection, org_id: str, chain: Chain) -> Head:
        row = connection.execute(_CHAIN, (org_id, head_id(org_id, chain.incarnation), FIRST_HASH)).fetchone()
        assert row is not None
        return Head(row["number"], row["hash"])

    def _second(self) -> int:
        return max(1, int((self.now() - EPOCH).total_seconds()))


def head_id(org_id: str, incarnation: int) -> str:
    """Under which id the end of one of its chains is kept."""
    return derived_id(org_id, f"journal:{incarnation}")
