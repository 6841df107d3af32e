"""One run: a group of three nodes at two properties, and everything that happens to it, step by step.

Each step draws from luck of its own, named by the seed and the step's number, so that a run with some steps left out is
still the same run otherwise; that is how a failing one is made short.
"""

import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sync.merge import elements, set_text
from sync.node.transport import LinkDown, TurnedAway
from tests.sync.small.hub import Hub, HubDied
from tests.sync.small.node import Backup, Link, Node, NodeDied
from tests.sync.small.tables import NUMBERS, STAGES, TAGS

START_MS = 1_800_000_000_000
NORTH, SOUTH = "north", "south"
ROUNDS_MAX = 200
Statement = tuple[str, tuple[Any, ...]]
Statements = list[Statement]


@dataclass(frozen=True)
class Edit:
    """An edit that somebody was told is kept: where, what, by whom, under which stamp, and what it took the place of."""

    table: str
    row: str
    field: str
    value: Any
    author: int
    stamp: int
    seen: Any


Written = list[tuple[Statement, Edit | None]]


@dataclass(frozen=True)
class Request:
    """A request that the network delivers late, perhaps a second time."""

    node: Node
    path: str
    body: bytes


class World:
    """The group, what happened to it, and what it promised."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now_ms = START_MS
        self.luck = random.Random(f"{seed}")
        self.story: list[str] = []
        self.hub = Hub(lambda: self.now_ms)
        skews = [0, self.luck.choice([0, -7_200_000, 50_000]), self.luck.choice([0, 0, 86_400_000, -86_400_000])]
        places = (NORTH, NORTH, SOUTH)
        self.nodes = [
            Node(n, place, lambda: self.now_ms, self._call, skew)
            for n, (place, skew) in enumerate(zip(places, skews, strict=True), start=1)
        ]
        for node in self.nodes:
            self.hub.enrol(node.number, node.property_id)
        self.late: list[Request] = []
        self.backups: dict[int, Backup] = {}
        self.healing = False
        # what was promised
        self.facts: dict[str, tuple[int, int]] = {}
        self.edits: list[Edit] = []
        self.replaced: set[tuple[str, str, str, Any]] = set()
        self.stages: dict[str, list[tuple[str, int, int]]] = {}

    # --- what happens

    def step(self, number: int) -> None:
        """Something happens somewhere."""
        self.luck = random.Random(f"{self.seed}/{number}")
        self.now_ms += self.luck.choice([1, 5, 40, 900, 20_000, 3_600_000])
        happening = self.luck.choices(list(HAPPENINGS), list(HAPPENINGS.values()))[0]
        node = self.luck.choice(self.nodes)
        told = happening(self, node)
        if told:
            self.story.append(f"{number:3d}  {told}")

    def do_deed(self, node: Node) -> str:
        """A fact with its parts, in one act."""
        deed = self._id()
        statements: Statements = [
            (
                "INSERT INTO deeds (org_id, id, property_id, what) VALUES ('org', ?, ?, ?)",
                (deed, node.property_id, self._word()),
            )
        ]
        ids = [deed]
        for _ in range(self.luck.randint(0, 3)):
            ids.append(self._id())
            statements.append(
                (
                    "INSERT INTO parts (org_id, id, property_id, deed_id, amount) VALUES ('org', ?, ?, ?, ?)",
                    (ids[-1], node.property_id, deed, self.luck.randint(1, 9)),
                )
            )
        stamp = self._act(node, statements)
        if stamp is not None:
            self.facts.update(dict.fromkeys(ids, (node.number, stamp)))
        return f"node {node.number} does a deed of {len(ids)} rows{_told(stamp)}"

    def add(self, node: Node) -> str:
        """A record, of the property or of the group."""
        id, word = self._id(), self._word()
        if self.luck.random() < 0.3:
            place = self.luck.choice([None, node.property_id])
            sql = "INSERT INTO rules (org_id, id, property_id, name) VALUES ('org', ?, ?, ?)"
            stamp = self._act(node, [(sql, (id, place, word))])
            table = "rules"
        else:
            sql = (
                "INSERT INTO cards (org_id, id, property_id, name, note, shown, stage) VALUES ('org', ?, ?, ?, ?, 1, ?)"
            )
            stamp = self._act(node, [(sql, (id, node.property_id, word, self._word(), STAGES[0]))])
            table = "cards"
        if stamp is not None:
            self.edits.append(Edit(table, id, "name", word, node.number, stamp, None))
        return f"node {node.number} adds {table} {id[:4]} {word}{_told(stamp)}"

    def edit(self, node: Node) -> str:
        """One to three edits in one act."""
        edits = self._edits(lambda sql: node.connection.execute(sql).fetchall(), node.number)
        stamp = self._act(node, [statement for statement, _ in edits]) if edits else None
        self._promise(edits, stamp)
        return f"node {node.number} edits {_named(edits)}{_told(stamp)}" if edits else ""

    def edit_at_head_office(self, node: Node) -> str:
        """As a node does, seeing what head office sees."""
        edits = self._edits(lambda sql: self.hub.connection.execute(sql).fetchall(), 0)
        if not edits:
            return ""
        stamp = self.hub.act([statement for statement, _ in edits], self._stamp_there(edits))
        self._promise(edits, stamp)
        return f"head office edits {_named(edits)}"

    def number(self, node: Node) -> str:
        """A card gets a number, which another may have."""
        rows = node.connection.execute("SELECT id FROM cards ORDER BY id").fetchall()
        if not rows:
            return ""
        id, number = self.luck.choice(rows)["id"], self.luck.choice(NUMBERS)
        stamp = self._act(node, [("UPDATE cards SET number = ? WHERE id = ?", (number, id))])
        return f"node {node.number} numbers card {id[:4]} {number}{_told(stamp)}"

    def advance(self, node: Node) -> str:
        """A card goes on to a later stage."""
        rows = node.connection.execute("SELECT id, stage FROM cards WHERE NOT _deleted ORDER BY id").fetchall()
        if not rows:
            return ""
        row = self.luck.choice(rows)
        later = STAGES[STAGES.index(row["stage"]) + 1 :]
        if not later:
            return ""
        stage = self.luck.choice(later)
        stamp = self._act(node, [("UPDATE cards SET stage = ? WHERE id = ?", (stage, row["id"]))])
        if stamp is not None:
            self.stages.setdefault(row["id"], []).append((stage, node.number, stamp))
        return f"node {node.number} takes card {row['id'][:4]} to {stage}{_told(stamp)}"

    def talk(self, node: Node) -> str:
        """One push or pull."""
        what = self.luck.choice(["push", "push", "pull"])
        self._talk(node, what)
        return ""

    def cut(self, node: Node) -> str:
        """The link goes, or comes back."""
        node.online = not node.online
        return f"node {node.number} is {'online' if node.online else 'cut off'}"

    def deliver_late(self, node: Node) -> str:
        """A request that the network held back arrives after all."""
        if not self.late:
            return ""
        request = self.late.pop(self.luck.randrange(len(self.late)))
        with suppress(HubDied):
            self.hub.handle(request.node.sender, request.path, request.body)
        return f"a late {request.path} of node {request.node.number} arrives"

    def crash(self, node: Node) -> str:
        """The process ends between two acts."""
        node.start()
        return f"node {node.number} crashes"

    def back_up(self, node: Node) -> str:
        """A copy is kept."""
        self.backups[node.number] = node.back_up()
        return f"node {node.number} is backed up"

    def restore(self, node: Node) -> str:
        """An old copy is put back; what never reached the hub is gone with the disk."""
        backup = self.backups.get(node.number)
        if backup is None:
            return ""
        # an image of a whole machine from before its present life is refused like any old copy
        whole = self.luck.random() < 0.3 and backup.incarnation == node.disk.incarnation_
        node.restore(backup, whole=whole)
        self._forget(node)
        return f"node {node.number} is restored{' with its second disk' if whole else ''}"

    def set_clock(self, node: Node) -> str:
        """A wall clock jumps."""
        node.skew_ms = self.luck.choice([0, 1_000, -1_000, 3_600_000, -86_400_000, 86_400_000])
        return f"node {node.number}'s clock is {node.skew_ms / 1000:+.0f} s off"

    # --- healing

    def heal(self) -> None:
        """The network is good again and everybody talks until nobody has anything to say."""
        self.healing = True
        self.story.append("     all links are good again")
        for node in self.nodes:
            node.online = True
        for request in self.late:
            self.hub.handle(request.node.sender, request.path, request.body)
        for _ in range(3):
            for node in self.nodes:
                self._talk_out(node)

    def _talk_out(self, node: Node) -> None:
        link = Link(node)
        for _ in range(ROUNDS_MAX):
            try:
                if not node.engine.push_next(link) and not node.engine.pull_next(link, 0):  # type: ignore[arg-type]
                    return
            except LinkDown as error:
                self.story.append(f"     node {node.number}: {error}")
        raise AssertionError(f"node {node.number} never came to rest")

    # --- the network

    def _talk(self, node: Node, what: str) -> None:
        node.dies = self.luck.choices(["", "before", "after"], [20, 1, 1])[0]
        link = Link(node)
        try:
            if what == "push" or not node.engine._greeted.is_set():
                node.engine.push_next(link)  # type: ignore[arg-type]
            else:
                node.engine.pull_next(link, 0)  # type: ignore[arg-type]
            node.dies = ""
        except (LinkDown, TurnedAway) as error:
            node.dies = ""
            self.story.append(f"     node {node.number}, {what}: {error}")
        except NodeDied:
            self.story.append(f"     node {node.number} dies in a {what}")
            node.start()

    def _call(self, node: Node, path: str, body: bytes) -> Any:
        if self.healing:
            return self.hub.handle(node.sender, path, body)
        if not node.online:
            raise LinkDown("cut off")
        fault = self.luck.choices(list(FAULTS), list(FAULTS.values()))[0]
        if fault != "none":
            self.story.append(f"     node {node.number}, {path[9:]}: {fault}")
        if fault == "request lost":
            raise LinkDown(fault)
        if fault == "request late":
            self.late.append(Request(node, path, body))
            raise LinkDown(fault)
        try:
            answer = self.hub.handle(node.sender, path, body, self.luck.randint(0, 12) if fault == "hub dies" else None)
        except HubDied:
            raise LinkDown(fault) from None
        if fault == "delivered twice":
            answer = self.hub.handle(node.sender, path, body)
        if fault == "repeated later":
            self.late.append(Request(node, path, body))
        if fault == "answer lost":
            raise LinkDown(fault)
        if fault == "node dies waiting":
            raise NodeDied
        return answer

    # --- acts and promises

    def _act(self, node: Node, statements: Statements) -> int | None:
        """The act's stamp when it was acknowledged; None when the node died before, whatever is on its disk."""
        node.dies = self.luck.choices(["", "before", "after"], [40, 1, 1])[0]
        try:
            stamp = node.act(statements)
        except NodeDied:
            self.story.append(f"     node {node.number} dies in an act")
            node.start()
            return None
        node.dies = ""
        return stamp

    def _edits(self, ask: Callable[[str], list[Any]], author: int) -> Written:
        found: Written = []
        for table, fields in (("cards", ("name", "note", "tags")), ("rules", ("name",))):
            rows = ask(f"SELECT * FROM {table} ORDER BY id")
            for row in self.luck.sample(rows, min(len(rows), self.luck.choice([0, 1, 1, 2]))):
                if self.luck.random() < 0.15:
                    found.append(((f"UPDATE {table} SET _deleted = NOT _deleted WHERE id = ?", (row["id"],)), None))
                    continue
                field, word = self.luck.choice(fields), self._word()
                if field == "tags":
                    found.append(self._tagging(row, author))
                    continue
                statement = (f"UPDATE {table} SET {field} = ? WHERE id = ?", (word, row["id"]))
                found.append((statement, Edit(table, row["id"], field, word, author, 0, row[field])))
        return found

    def _tagging(self, row: Any, author: int) -> tuple[Statement, Edit]:
        """A card gets a tag, or loses one."""
        there, tag = elements(row["tags"]), self.luck.choice(TAGS)
        tags = there - {tag} if tag in there else there | {tag}
        statement = ("UPDATE cards SET tags = ? WHERE id = ?", (set_text(tags), row["id"]))
        return statement, Edit("cards", row["id"], f"tags/{tag}", tag in tags, author, 0, tag in there)

    def _promise(self, edits: Iterable[tuple[Any, Edit | None]], stamp: int | None) -> None:
        for _, edit in edits:
            if edit is not None:  # even one that nobody was promised may be on a disk that died, and arrive
                self.replaced.add((edit.table, edit.row, edit.field, edit.seen))
                if stamp is not None:
                    self.edits.append(Edit(edit.table, edit.row, edit.field, edit.value, edit.author, stamp, edit.seen))

    def _stamp_there(self, edits: Iterable[tuple[Any, Edit | None]]) -> int:
        ids = [statement[1][-1] for statement, _ in edits]
        highest = 0
        for id in ids:
            for table in ("cards", "rules"):
                for row in self.hub.connection.execute(
                    f"SELECT _hlc, (SELECT max(value ->> 0) FROM json_each(_fv)) AS f FROM {table} WHERE id = ?", (id,)
                ):
                    highest = max(highest, row["_hlc"], int(row["f"] or 0))
        return highest

    def _forget(self, node: Node) -> None:
        """Promises that lay on a lost disk alone are off."""

        def lost(author: int, stamp: int) -> bool:
            return author == node.number and (author, stamp) not in self.hub.taken

        self.facts = {id: by for id, by in self.facts.items() if not lost(*by)}
        self.edits = [edit for edit in self.edits if not lost(edit.author, edit.stamp)]
        self.stages = {id: [s for s in found if not lost(s[1], s[2])] for id, found in self.stages.items()}

    def _id(self) -> str:
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    def _word(self) -> str:
        return f"w{self.luck.getrandbits(40):x}"


FAULTS = {
    "none": 60,
    "request lost": 5,
    "answer lost": 8,
    "delivered twice": 4,
    "request late": 4,
    "repeated later": 4,
    "hub dies": 6,
    "node dies waiting": 3,
}
HAPPENINGS: dict[Callable[[World, Node], str], int] = {
    World.do_deed: 6,
    World.add: 4,
    World.edit: 10,
    World.edit_at_head_office: 7,
    World.number: 2,
    World.advance: 3,
    World.talk: 24,
    World.cut: 2,
    World.deliver_late: 3,
    World.crash: 1,
    World.back_up: 1,
    World.restore: 1,
    World.set_clock: 1,
}


def _told(stamp: int | None) -> str:
    return "" if stamp is not None else " (and nobody is told that it is kept)"


def _named(edits: Iterable[tuple[tuple[str, tuple[Any, ...]], Edit | None]]) -> str:
    return ", ".join(
        f"{e.table} {e.row[:4]} {e.field} {e.seen}→{e.value}" if e else f"{s[1][0][:4]} away or back" for s, e in edits
    )
