"""Two properties and a third without a node, whose patrons are told to those who deal with them: head office on either
database. Every answer is read for what its receiver should not know."""

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from tests.simulation.node import Node
from tests.simulation.office import Office, SqliteOffice
from tests.simulation.patrons import STANDING, dealt_with, overhear
from tests.simulation.statements import NORTH, SOUTH, Insert, Statement, Update, Verb
from tests.sync.apart import HEAD_OFFICE, Apart


class Company(Apart):
    """Two nodes of one property, one of another, and head office."""

    def __init__(self, office: Callable[..., Office] = SqliteOffice) -> None:
        self.luck = Random(1)
        self.heard_in_vain: list[str] = []
        super().__init__(places=(NORTH, NORTH, SOUTH), office=office)

    def enrol(self, place: str, skew_ms: int = 0) -> Node:
        """As any node, and what it is answered is read along."""
        node = super().enrol(place, skew_ms)
        node.hears = lambda one, said: self.heard_in_vain.extend(overhear(self.hub, one, said))
        return node

    def id(self) -> str:
        """A new row's id."""
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    # --- statements

    def patron(self, id: str) -> Insert:
        """Somebody new, whose name says who that is wherever it turns up."""
        return Insert("patrons", id, {"property_id": None, "name": f"<{id[:8]}>", "note": "new", "tags": "[]"})

    def visit(self, patron: str, place: str) -> Insert:
        """A dealing."""
        return Insert("visits", self.id(), {"property_id": place, "patron_id": patron})

    def parting(self, visit: str, patron: str, place: str) -> Insert:
        """The end of a dealing."""
        return Insert("visits", self.id(), {"property_id": place, "patron_id": patron, "ends_id": visit})

    # --- what happens

    def met(self, node: Node) -> str:
        """Somebody new at a node's desk, known to head office by now; answers the id."""
        id = self.id()
        self.do(node, self.patron(id), self.visit(id, node.property_id))
        self.push(node.number)
        return id

    def do(self, node: Node, *statements: Statement | Verb) -> None:
        """One act."""
        self.now_ms += 1_000
        node.act(statements)

    def rename(self, node: Node, patron: str, name: str) -> None:
        """An edit at a node, which sees what it replaces."""
        self.do(node, Update("patrons", patron, {"name": name}))

    def part(self, node: Node, patron: str) -> None:
        """A node ends its first dealing."""
        visit = node.rows(f"{STANDING} AND v.patron_id = '{patron}' ORDER BY v.id")[0]["id"]
        self.do(node, self.parting(visit, patron, node.property_id))

    def bring(self, patron: str, place: str) -> str:
        """Head office notes a dealing; answers its id."""
        visit = self.visit(patron, place)
        self.do_there(visit)
        return visit.id

    def end(self, visit: str, patron: str, place: str) -> None:
        """Head office ends a dealing."""
        self.do_there(self.parting(visit, patron, place))

    def do_there(self, *statements: Statement) -> None:
        """Head office's own act."""
        self.now_ms += 1_000
        self.hub.act(statements)

    # --- what is so

    def name_at(self, node: Node, patron: str) -> Any:
        """The patron's name at a node; None when it holds no such row."""
        found = node.rows(f"SELECT name FROM patrons WHERE id = '{patron}'")
        return found[0]["name"] if found else None

    def name_there(self, patron: str) -> Any:
        """The patron's name at head office."""
        return self.rows(HEAD_OFFICE, f"SELECT name FROM patrons WHERE id = '{patron}'")[0]["name"]

    def check(self) -> None:
        """Every node has exactly what it deals with, as head office has it, and heard of nobody else."""
        assert self.heard_in_vain == []
        there = self.held(HEAD_OFFICE, "patrons")
        for node in self.nodes:
            known = dealt_with(self.hub, node.property_id)
            assert self.held(node.number, "patrons") == {id: there[id] for id in known}, node.number
            assert node.rows("SELECT * FROM sync_outbox") == []
            assert node.rows("SELECT * FROM sync_kept") == []
