"""Random work at three nodes and head office over a bad link: once healed, all hold the same and nothing is lost."""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from hospitality.menu.models import Station
from hospitality.orders.models import Order
from sync.node.transport import LinkDown, TurnedAway
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import Group, Node
from tests.sync.faults import answer_lost, answer_truncated, at_once, busy, repeated, request_lost

SEEDS = range(int(os.environ.get("BUFFR_SYNC_SEEDS", "5")))
STEPS = 60
FAULTS = [request_lost, answer_lost, answer_truncated, busy, repeated, at_once]
EDITS = [
    "UPDATE stations SET name = {text} WHERE id = {id}",
    "UPDATE stations SET sort = {number} WHERE id = {id}",
    "UPDATE stations SET name = {text}, printer = {text} WHERE id = {id}",
    "UPDATE stations SET _deleted = NOT _deleted WHERE id = {id}",
    "UPDATE stations SET sort = sort + 1",
]
INSERT = "INSERT INTO stations (org_id, id, property_id, name, sort) VALUES ({org}, {id}, {property}, {text}, {number})"


class World:
    """Three nodes of two properties, and head office."""

    def __init__(self, group: Group, make: NodeFactory, seed: int) -> None:
        self.luck = random.Random(seed)
        self.group = group
        dune, harbour = group.house("Dune"), group.house("Harbour")
        skews = [0, self.luck.choice([0, -7_200_000, 50_000]), self.luck.choice([0, 10_000_000_000])]
        self.nodes = [make(house, skew_ms=skew) for house, skew in zip((dune, dune, harbour), skews, strict=True)]
        self.ids: list[str] = []
        self.facts: set[str] = set()
        self.backups: dict[int, Path] = {}

    def step(self) -> None:
        """Something happens somewhere."""
        kinds: list[tuple[int, Callable[[], None]]] = [
            (3, self.add),
            (8, self.edit),
            (2, self.sell),
            (6, self.edit_at_head_office),
            (1, self.fails),
            (8, self.talk),
            (1, self.restart),
            (1, self.back_up),
            (1, self.restore),
        ]
        self.luck.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]()

    def node(self) -> Node:
        return self.luck.choice(self.nodes)

    def add(self) -> None:
        """A new row, of a property or of the group, now and then the same at two ends."""
        node = self.node()
        id = self.luck.choice(self.ids) if self.ids and self.luck.random() < 0.2 else self.new_id()
        values = {"id": id, "name": f"new {self.luck.randint(0, 99)}", "sort": self.luck.randint(0, 9), "printer": None}
        shared = {"property_id": None} if self.of_the_group(id) else {}
        if node.value("SELECT 1 FROM stations WHERE id = :id", id=id) is None and self.may_have(node, id):
            node.act(lambda work: work.add(Station, {**values, **shared}))
            self.ids.append(id)

    def new_id(self) -> str:
        """One that the seed tells, so that a run can be had again."""
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    def of_the_group(self, id: str) -> bool:
        return id[-1] in "0123"

    def may_have(self, node: Node, id: str) -> bool:
        """A property's row is made at that property only."""
        return self.of_the_group(id) or (id[-1] in "456789ab") == (node.property_id == self.nodes[0].property_id)

    def values(self) -> dict[str, str]:
        return {
            "id": f"'{self.luck.choice(self.ids)}'",
            "text": f"'{self.luck.choice('abc')}{self.luck.randint(0, 9)}'",
            "number": str(self.luck.randint(0, 9)),
        }

    def edit(self) -> None:
        """One or two edits in one act."""
        if not self.ids:
            return
        statements = [self.luck.choice(EDITS).format(**self.values()) for _ in range(self.luck.choice([1, 1, 2]))]
        self.node().act(lambda work: [work.run(statement) for statement in statements])

    def edit_at_head_office(self) -> None:
        if self.ids:
            statements = [self.luck.choice(EDITS).format(**self.values()) for _ in range(self.luck.choice([1, 1, 2]))]
            with self.group.head.database.transaction(self.group.org_id) as connection:
                for statement in statements:
                    connection.execute(statement)

    def sell(self) -> None:
        node = self.node()
        self.facts.add(node.act(lambda work: work.add(Order, rows.order(node.house)))["id"])

    def fails(self) -> None:
        def verb(work: object) -> None:
            work.run("UPDATE stations SET sort = 99")  # type: ignore[attr-defined]
            raise ZeroDivisionError

        with suppress(ZeroDivisionError):
            self.node().act(verb)

    def talk(self) -> None:
        """A push or a pull, over a link that may fail."""
        node, step = self.node(), self.luck.choice(["push", "pull"])
        if self.luck.random() < 0.4:
            node.wire.fail(f"/sync/v1/{step}", self.luck.choice(FAULTS))
        with suppress(LinkDown, TurnedAway):
            if step == "push" or not node.engine._greeted.is_set():
                node.engine.push_next(node.link)
            else:
                node.engine.pull_next(node.link, 0)

    def restart(self) -> None:
        self.node().again()

    def back_up(self) -> None:
        node = self.node()
        node.close()
        self.backups[node.number] = node.back_up()
        node.open()

    def restore(self) -> None:
        """A disk is put back; what was neither sent nor in the backup is gone, and nothing else."""
        node = self.node()
        if node.number in self.backups:
            node.close()
            node.restore(self.backups[node.number])
            node.open()
            there = {row["id"] for row in self.group.rows("SELECT id FROM orders")}
            there |= {row["id"] for other in self.nodes for row in other.rows("SELECT id FROM orders")}
            self.facts &= there

    def heal(self) -> None:
        """The link is good again, and everybody talks until nobody has anything to say."""
        for _ in range(3):
            for node in self.nodes:
                while True:
                    try:
                        node.sync()
                        break
                    except (LinkDown, TurnedAway):  # the last of the faults
                        pass


@pytest.mark.parametrize("seed", SEEDS)
def test_once_healed_all_ends_hold_the_same(group: Group, make: NodeFactory, seed: int) -> None:
    world = World(group, make, seed)
    for _ in range(STEPS):
        world.step()
    world.heal()
    assert group.quarantine() == []
    for node in world.nodes:
        assert_agree(node)
        assert node.value("SELECT count(*) FROM stations WHERE sort >= 99") == 0
    sold = {row["id"] for row in group.rows("SELECT id FROM orders")}
    assert sold == world.facts
    counts = group.rows("SELECT scope, count(*) AS n, max(pos) AS last FROM sync_feed GROUP BY scope")
    assert all(row["n"] == row["last"] for row in counts), "no gap in any feed"
