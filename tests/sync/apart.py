"""A few nodes and head office on the simulation's ends, who hear of nothing until told to talk."""

from collections.abc import Callable, Sequence
from typing import Any

from sync.hub.store import Sender
from sync.merge import RowVersions, row_parts
from sync.wire import BatchLimits, Limits
from tests.simulation.hub import Hub
from tests.simulation.node import Link, Node
from tests.simulation.office import Office, SqliteOffice
from tests.simulation.statements import NORTH
from tests.simulation.tables import PRESENT, release

HEAD_OFFICE = 0
START_MS = 1_800_000_000_000
HERE = release(PRESENT)
SCHEMA = HERE.schema


class Apart:
    """All in virtual time, of one release, in batches and pages as they ship."""

    def __init__(
        self,
        *skews_ms: int,
        places: Sequence[str] = (NORTH, NORTH, NORTH),
        office: Callable[..., Office] = SqliteOffice,
    ) -> None:
        self.now_ms = START_MS
        self.hub = Hub(lambda: self.now_ms, office(HERE), HERE, Limits(), BatchLimits())
        self.sent: list[tuple[Sender, str, bytes]] = []
        """Every request so far, so that one can be delivered again."""
        self.nodes: list[Node] = []
        for place, skew in zip(places, skews_ms or [0] * len(places), strict=True):
            self.enrol(place, skew)

    def enrol(self, place: str, skew_ms: int = 0) -> Node:
        """Takes a new node in."""
        number = len(self.nodes) + 1
        node = Node(f"{number}", number, place, HERE, lambda: self.now_ms, self._call, skew_ms)
        self.hub.enrol(node.sender)
        self.nodes.append(node)
        return node

    def _call(self, node: Node, path: str, body: bytes) -> Any:
        self.sent.append((node.sender, path, body))
        return self.hub.handle(node.sender, path, body)

    def rows(self, who: int, sql: str) -> list[dict[str, Any]]:
        """What stands at head office, or at a node."""
        return self.hub.office.rows(sql) if who == HEAD_OFFICE else self.nodes[who - 1].rows(sql)

    def push(self, who: int) -> None:
        """A node sends everything."""
        node, link = self.nodes[who - 1], self._link(who)
        while node.engine.push_next(link):
            pass

    def pull(self, who: int) -> None:
        """A node that was greeted takes everything."""
        node, link = self.nodes[who - 1], self._link(who)
        if node.engine._greeted.is_set():
            while node.engine.pull_next(link, 0):
                pass

    def talk(self, who: int, *_: object) -> None:
        """A node sends and takes everything."""
        if who != HEAD_OFFICE:
            self.push(who)
            self.pull(who)

    def talk_all(self) -> None:
        """Everybody, until nobody has anything to say."""
        for _ in range(3):
            for node in self.nodes:
                self.talk(node.number)

    def held(self, who: int, table: str) -> dict[str, Any]:
        """Whatever of a table's rows merges by itself, with its stamp."""
        return {row["id"]: effective(table, row) for row in self.rows(who, f"SELECT * FROM {table}")}

    def _link(self, who: int) -> Any:
        return Link(self.nodes[who - 1])


def effective(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Whatever of a row merges by itself, with its stamp."""
    values = {**row, "_deleted": bool(row["_deleted"])}
    found = row_parts(SCHEMA.tables[table], values, RowVersions.stored(row["_hlc"], row["_node"], row["_fv"]))
    return {name: (part.value, part.stamp) for name, part in found.items()}
