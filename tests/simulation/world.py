"""One run: a group of machines at two houses, and everything that happens to it, step by step.

Each step draws from luck of its own, named by the seed and the step's number, so that a run with some steps left out is
still the same run otherwise; that is how a failing one is made short.
"""

import random
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sync.node.transport import LinkDown, TurnedAway
from sync.wire import BatchLimits, Limits
from tests.simulation import happenings
from tests.simulation.counters import overspent
from tests.simulation.forgetting import OfficeCopy, let_go_of_lost
from tests.simulation.hub import Hub
from tests.simulation.network import Network
from tests.simulation.node import Backup, Fate, Link, Node, NodeDied
from tests.simulation.office import Office, SqliteOffice
from tests.simulation.patrons import overhear
from tests.simulation.promises import Act, Edit, Promises
from tests.simulation.statements import NORTH, PLACES, SOUTH, Insert, Statement, Update, Verb
from tests.simulation.tables import EARLIER, LATER, PRESENT, Release, release

START_MS = 1_800_000_000_000
ROUNDS_MAX = 400
SMALL = (Limits(entries=4, page_bytes=1_500, tables=2), BatchLimits(changes=4, bytes=900))
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
Elsewhere = Callable[[Release], Office]


class World:
    """The group, what happened to it, and what it promised."""

    def __init__(self, seed: int, office: Elsewhere = SqliteOffice, of: str = "all") -> None:
        self.seed = seed
        self.chances = happenings.KINDS[of]
        self.now_ms = START_MS
        self.luck = random.Random(f"{seed}")
        self.number = 0
        self.busy = False
        self.story: list[str] = []
        self.wrong: list[str] = []
        self.promises = Promises()
        self.last_edits: dict[str, Edit] = {}
        self.last: set[str] = set()
        """Who did something after the healing, and what stands last in a row."""
        self.backups: dict[str, Backup] = {}
        self.office_copy: OfficeCopy | None = None
        self.was_put_back = False
        self.earned: dict[str, int] = {}
        self.twice: set[int] = set()
        """What was ever earned of each allowance; whose share two disks could spend."""
        limits = self.luck.choice([SMALL, SMALL, (Limits(), BatchLimits())])
        first = release(self.luck.choice([PRESENT, PRESENT, EARLIER]))
        self.newest = first
        self.hub = Hub(lambda: self.now_ms, office(first), first, *limits)
        self.network = Network(
            self.hub,
            lambda: self.luck,
            lambda: self.now_ms,
            self.tell,
            lambda node, path: happenings.meanwhile(self, node, path),
        )
        self.nodes: list[Node] = []
        for place in (NORTH, NORTH, SOUTH):
            self.enrol(place)

    @property
    def here(self) -> list[Node]:
        """The machines that still count."""
        return [node for node in self.nodes if not node.gone]

    def enrol(self, place: str) -> Node:
        """Takes a new machine in, its clock right or not, its release head office's or a neighbouring one."""
        skew = self.luck.choice([0, 0, 0, -7_200_000, 50_000, 86_400_000, -86_400_000])
        theirs = release(max(EARLIER, min(LATER, self.hub.release.number + self.luck.choice([0, 0, 0, -1, 1]))))
        number = max((node.number for node in self.nodes), default=0) + 1
        name = chr(ord("A") + len(self.nodes))
        node = Node(name, number, place, theirs, lambda: self.now_ms, self.network.call, skew)
        node.hears = lambda one, said: self.wrong.extend(overhear(self.hub, one, said))
        self.nodes.append(node)
        self.newest = max(self.newest, theirs, key=lambda one: one.number)
        self.hub.enrol(node.sender)
        clock = f", its clock {skew / 1000:+,.0f} s off" if skew else ""
        age = {-1: ", of the release before", 1: ", of the release after"}
        self.tell(
            f"machine {name} stands at {PLACES[place]}{clock}{age.get(theirs.number - self.hub.release.number, '')}"
        )
        return node

    def tell(self, what: str) -> None:
        """Adds to the story."""
        now = datetime.fromtimestamp(self.now_ms / 1000, UTC)
        self.story.append(f"{self.number:4d}  {now:%d %b %H:%M:%S}  {what}")

    # --- what happens

    def step(self, number: int) -> None:
        """Something happens somewhere."""
        self.number = number
        self.luck = random.Random(f"{self.seed}/{number}")
        self.now_ms += self.luck.choice([1, 5, 40, 900, 20_000, 3_600_000])
        what = self.luck.choices(list(self.chances), list(self.chances.values()))[0]
        here = self.here
        if here:
            what(self, self.luck.choice(here))

    def act(
        self,
        node: Node,
        statements: Sequence[Statement | Verb],
        edits: Sequence[Edit] = (),
        *,
        what: str,
        poison: bool = False,
    ) -> None:
        """Something is done at a machine, which may die over it, or have no room left on its disk."""
        fate = self.luck.choices(["", "dies before", "dies after", "disk full"], [60, 1, 1, 1])[0]
        node.fate = Fate(fate) if fate else None
        told = True
        try:
            stamp = node.act(statements, loose=poison)
        except NodeDied:
            told, stamp = False, node.clock.high
            node.start()
            what += f", and dies over it ({fate.removeprefix('dies ')} it was safe)"
        except sqlite3.OperationalError as error:
            told, stamp = False, node.clock.high
            what += f", and is told that the {str(error).rpartition(' or ')[2]}"
        self.tell(f"{node.name} {what}")
        if poison:
            self.promises.tainted.update(one.id for one in statements)
        changes = node.waiting(stamp)
        if changes:
            self.promises.acts.append(Act(node.name, node.number, stamp, changes, edits, told, poison))

    def say_last(self, node: Node, edit: Edit) -> None:
        """Somebody edits a row after having seen everything, and says so."""
        self.tell(
            f"{node.name}, having heard everything, sets {edit.field} of {edit.table} {edit.row[:4]} to {edit.value}"
        )
        stamp = node.act([Update(edit.table, edit.row, {edit.field: edit.value})])
        self.promises.acts.append(Act(node.name, node.number, stamp, node.waiting(stamp), [edit], promised=True))
        self.talk_out(node)
        if not node.gone:
            self.last.add(node.name)
            self.last_edits[edit.row] = edit

    def act_at_head_office(self, statements: Sequence[Statement], edits: Sequence[Edit], what: str) -> None:
        """Something is done there."""
        self.tell(f"head office {what}")
        self.hub.act(statements)
        self.promises.acts.append(Act("head office", 0, self.hub.stamp, frozenset(), edits, promised=True))

    def talk(self, node: Node, what: str) -> None:
        """One push or one question for news, with whatever comes between."""
        engine, link = node.engine, Link(node)
        before = engine.waiting
        try:
            if what == "push" or not engine._greeted.is_set():
                engine.push_next(link)  # type: ignore[arg-type]
            else:
                engine.pull_next(link, 0)  # type: ignore[arg-type]
            done = f" {before - engine.waiting} of {before} changes" if before > engine.waiting else ""
            self.tell(f"{node.name} {'pushes' + done if what == 'push' else 'hears the news'}")
        except LinkDown as error:
            self.tell(f"{node.name} can't {'push' if what == 'push' else 'ask for news'}: {error}")
        except TurnedAway as error:
            self.turned_away(node, error)
        except sqlite3.OperationalError as error:
            self.tell(f"{node.name}'s {str(error).rpartition(' or ')[2]}")
        except NodeDied:
            self.tell(f"{node.name} dies")
            node.start()
        node.fate = None
        self.wrong += overspent(self, node)
        self.look()

    def turned_away(self, node: Node, error: TurnedAway) -> None:
        """Head office refuses a machine, which is right only if there is reason to."""
        self.tell(f"{node.name} is turned away: {error.code}")
        if node.number in self.hub.known - self.hub.revoked and not node.in_doubt:
            self.wrong.append(f"refused: {node.name} was turned away ({error.code}), and nobody else has its identity")
            node.gone = error.code

    def retire(self, node: Node, why: str) -> None:
        """A machine that does not count any more; what it alone held is gone with it."""
        node.gone = why
        self.lose(node)

    def lose(self, node: Node) -> None:
        """What a disk held is gone."""
        self.promises.forget(node, self.hub)
        let_go_of_lost(self)

    def look(self) -> None:
        """What must hold at every moment."""
        for where, rows in [("head office", self.hub.office.rows), *((n.name, n.rows) for n in self.here)]:
            for row in rows(HALVES):
                if row["id"] not in self.promises.tainted:
                    self.wrong.append(
                        f"whole: {where} shows deed {row['id'][:4]} with {row['n']} of {row['parts']} parts"
                    )

    # --- healing

    def heal(self) -> None:
        """The network is good again and everybody talks until nobody has anything to say."""
        self.number += 1
        self.luck = random.Random(f"{self.seed}/healing")
        self.tell("all links are good again, and every end is brought to the newest release")
        self.network.good = True
        if self.hub.release is not self.newest:
            self.hub.upgrade(self.newest)
        for node in self.here:
            node.online = True
            if node.release is not self.newest:
                node.upgrade(self.newest)
        for request in self.network.fresh():
            happenings.deliver(self, request)
        self._settle()
        happenings.let_all_go(self)
        self._settle()
        if self.was_put_back:  # what no release knew yet that heard it out is found by the hourly comparison
            for node in self.here:
                node.engine.check(Link(node))  # type: ignore[arg-type]
            self._settle()
        numbers = [node.number for node in self.here]
        for twin in sorted({number for number in numbers if numbers.count(number) > 1}):
            self.wrong.append(f"one: two machines run as node {twin}, and neither is refused")
        happenings.last_words(self)

    def _settle(self) -> None:
        for _ in range(3):
            for node in self.here:
                self.talk_out(node)

    def talk_out(self, node: Node) -> None:
        """A machine talks until it has nothing to say and nothing to hear."""
        link = Link(node)
        for _ in range(ROUNDS_MAX):
            try:
                if not node.engine.push_next(link) and not node.engine.pull_next(link, 0):  # type: ignore[arg-type]
                    return
            except LinkDown:
                continue  # to greet anew, since head office was put back
            except TurnedAway as error:
                self.turned_away(node, error)
                if not node.gone:
                    self.retire(node, error.code)
                return
        raise AssertionError(f"{node.name} never came to rest")

    # --- luck

    def id(self) -> str:
        """A new row's id."""
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    def word(self) -> str:
        """A value that nobody else sets."""
        return f"{''.join(self.luck.choices(SYLLABLES, k=3))}{self.number}"

    def insert(self, table: str, place: str | None, **values: object) -> Insert:
        """A new row of a house, or of the group."""
        return Insert(table, self.id(), {"property_id": place, **values})


HALVES = (
    "SELECT d.id, d.parts, (SELECT count(*) FROM parts AS p WHERE p.deed_id = d.id) AS n FROM deeds AS d"
    " WHERE d.parts > (SELECT count(*) FROM parts AS p WHERE p.deed_id = d.id)"
)
