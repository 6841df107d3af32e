"""S10: a node's first rows over 50 kbit/s that is cut every 20 seconds, in virtual time: it ends, and little is sent twice."""

from dataclasses import dataclass
from typing import TypeVar

import msgspec

from sync.node.transport import LinkDown
from sync.wire import pack
from tests.simulation.hub import Hub
from tests.simulation.node import Node
from tests.simulation.office import HEAD_OFFICE, SqliteOffice
from tests.simulation.statements import NORTH, ORG
from tests.sync.apart import HERE, START_MS

T = TypeVar("T")
BYTES_A_SECOND = 50_000 / 8 * 0.95  # one in twenty packets is lost, and sent again by the machine itself
CUT_SECONDS = 20.0
LATENCY_SECONDS = 0.1
HISTORY = 20_000  # deeds of four parts each: 100,000 rows


@dataclass
class Line:
    """Carries bytes in both directions at its own speed; every 20 seconds it breaks whatever is under way."""

    hub: Hub
    seconds: float = 0.0
    useful: int = 0
    wasted: int = 0
    cuts: int = 0

    def now_ms(self) -> int:
        """The time of both ends."""
        return START_MS + int(self.seconds * 1000)

    def ask(self, node: Node, path: str, body: bytes) -> object:
        """One request and its answer, or LinkDown."""
        self._carry(len(body))
        answer = self.hub.handle(node.sender, path, body)
        size = len(pack(answer))
        self._carry(size)
        self.useful += len(body) + size
        return answer

    def _carry(self, size: int) -> None:
        ends = self.seconds + LATENCY_SECONDS + size / BYTES_A_SECOND
        cut = (self.seconds // CUT_SECONDS + 1) * CUT_SECONDS
        if ends >= cut:
            self.wasted += int(max(0.0, cut - self.seconds - LATENCY_SECONDS) * BYTES_A_SECOND)
            self.seconds, self.cuts = cut, self.cuts + 1
            raise LinkDown("the line was cut")
        self.seconds = ends


class Link:
    """The node's end of the line."""

    def __init__(self, node: Node, line: Line) -> None:
        self._node, self._line = node, line

    def call(self, path: str, body: bytes, answer: type[T]) -> T:
        """As `transport.Link.call`."""
        found = self._line.ask(self._node, path, body)
        return msgspec.json.decode(msgspec.json.encode(found), type=answer)


def fill(office: SqliteOffice, deeds: int) -> None:
    """History that no feed holds any more."""
    place = {"org": ORG, "place": NORTH, "n": deeds}
    series = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :n)"
    with office.transaction(HEAD_OFFICE, START_MS):
        office.connection.execute(
            f"INSERT INTO deeds (org_id, id, property_id, what, parts, _hlc, _node) {series}"
            " SELECT :org, printf('018f0000-0000-7000-8000-%012x', n), :place, 'w' || hex(randomblob(6)), 4, n, 9 FROM n",
            place,
        )
        office.connection.execute(
            "INSERT INTO parts (org_id, id, property_id, deed_id, amount, _hlc, _node)"
            " SELECT d.org_id, substr(d.id, 1, 9) || '000' || k.value || substr(d.id, 14), property_id, d.id, _hlc % 9,"
            " _hlc, 9 FROM deeds AS d, json_each('[1, 2, 3, 4]') AS k"
        )
        office.connection.execute("CREATE INDEX parts_of ON parts (deed_id)")
        office.connection.execute(
            "INSERT INTO cards (org_id, id, property_id, name, note, shown, stage, _hlc, _node)"
            " SELECT org_id, id, property_id, what, what, 1, 'new', _hlc, 9 FROM deeds LIMIT 200"
        )


def test_a_snapshot_of_100_000_rows_comes_through_a_line_of_50_kbit_that_is_cut_every_20_seconds() -> None:
    office = SqliteOffice(HERE)
    hub = Hub(lambda: START_MS, office, HERE)
    fill(office, HISTORY)
    line = Line(hub)
    node = Node("A", 1, NORTH, HERE, line.now_ms, line.ask)
    hub.enrol(node.sender)
    link, opened = Link(node, line), 0.0
    goes_on = True
    while goes_on:
        try:
            node.engine.push_next(link)  # type: ignore[arg-type]
            goes_on = node.engine.pull_next(link, 0)  # type: ignore[arg-type]
        except LinkDown:
            continue
        if node.engine.status.caught_up and not opened:
            opened = line.seconds
    count = node.connection.execute("SELECT (SELECT count(*) FROM deeds) + (SELECT count(*) FROM parts)").fetchone()[0]
    assert count == 5 * HISTORY
    assert line.cuts > 5
    assert line.wasted <= 0.1 * line.useful
    assert opened < 10, "seconds until the doors were open"
