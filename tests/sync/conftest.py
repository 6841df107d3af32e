"""Head office and nodes for these tests. Whatever they start, they stop."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from starlette.applications import Starlette

from cloud.database import Database, migrate
from cloud.host import CloudHost
from hospitality.ground.clock import utc_now
from sync.hub.api import routes
from sync.schema import Schema
from tests.postgres_fixture import DatabaseFactory, Databases, FreshDatabase, TemplateFactory
from tests.sync.ends import Edge, Group, Hand, Head, House, Node, make_edge, make_node
from tests.sync.faults import LoopThread, Wire
from tests.sync.later import head_of_its_own
from tests.sync.put_back import Office, office_of_its_own

SECRET = b"0123456789abcdef0123456789abcdef"


class NodeFactory(Protocol):
    """Makes nodes and stops them when the test ends."""

    def __call__(self, house: House, *, skew_ms: int = 0) -> Node: ...


class HandFactory(Protocol):
    """Makes hand-driven wire ends and closes them when the test ends."""

    def __call__(self, house: House) -> Hand: ...


@pytest.fixture(scope="session")
def hub_loop() -> Iterator[LoopThread]:
    """The event loop on which the hub's handlers run."""
    loop = LoopThread()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def office(
    postgres_databases: Databases, database_template: TemplateFactory
) -> Iterator[tuple[FreshDatabase, Database]]:
    """One database at this release for all of these tests: each has groups of its own, which can't see each other."""
    fresh = postgres_databases.make(database_template("head_office", lambda made: migrate(made.owner_url)))
    database = Database(fresh.app_url)
    database.open()
    yield fresh, database
    database.close()
    postgres_databases.drop(fresh)


@pytest.fixture
def head(office: tuple[FreshDatabase, Database], hub_loop: LoopThread) -> Head:
    """Head office with its hub and a wire to it."""
    fresh, database = office
    host = CloudHost(database, secret=SECRET, now=utc_now)
    return Head(fresh, database, host, Wire(Starlette(routes=list(routes(host))), hub_loop))


@pytest.fixture
def head_of(
    database: DatabaseFactory, database_template: TemplateFactory, hub_loop: LoopThread
) -> Iterator[Callable[[Schema], Head]]:
    """A factory of head offices that know the schema given, each on a database of its own."""
    with ExitStack() as stack:

        def factory(schema: Schema) -> Head:
            fresh = database(database_template("head_office", lambda made: migrate(made.owner_url)))
            return stack.enter_context(head_of_its_own(fresh, hub_loop, SECRET, schema))

        yield factory


@pytest.fixture
def own_office(
    postgres_databases: Databases, database_template: TemplateFactory, hub_loop: LoopThread
) -> Iterator[Office]:
    """Head office on a database of its own, which can be put back to an older copy."""
    with office_of_its_own(postgres_databases, database_template, hub_loop, SECRET) as made:
        yield made


@pytest.fixture
def group(head: Head) -> Group:
    """A group of properties."""
    return head.group()


@pytest.fixture
def house(group: Group) -> House:
    """A property of the group."""
    return group.house()


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """A node's database and writer without a head office."""
    edge = make_edge(tmp_path / "edge")
    edge.open()
    yield edge
    edge.close()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[NodeFactory]:
    """A factory of started nodes."""
    made: list[Node] = []

    def factory(house: House, *, skew_ms: int = 0) -> Node:
        node = make_node(house, tmp_path / f"node{len(made)}", skew_ms=skew_ms)
        node.open()
        made.append(node)
        return node

    yield factory
    for node in made:
        node.close()


@pytest.fixture
def node(make: NodeFactory, house: House) -> Node:
    """The property's node, having taken what head office knows."""
    node = make(house)
    node.pass_over_what_is_empty()
    node.sync()
    return node


@pytest.fixture
def hand(house: House) -> Iterator[Hand]:
    """A wire end of the property that pushes what it is given."""
    hand = Hand(house)
    yield hand
    hand.close()


@pytest.fixture
def make_hand() -> Iterator[HandFactory]:
    """A factory of such ends."""
    made: list[Hand] = []

    def factory(house: House) -> Hand:
        made.append(Hand(house))
        return made[-1]

    yield factory
    for each in made:
        each.close()
