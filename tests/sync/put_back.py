"""Head office on a database of its own, which is copied and put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.applications import Starlette

from cloud.database import Database, migrate
from cloud.host import CloudHost
from hospitality.ground.clock import utc_now
from sync.hub.api import routes
from tests.postgres_fixture import Databases, FreshDatabase, TemplateFactory
from tests.sync.ends import Head, Node
from tests.sync.faults import LoopThread, Wire


@dataclass
class Office:
    """Head office with a database of its own, which can be copied and put back."""

    head: Head
    databases: Databases
    made: list[FreshDatabase]

    def back_up(self) -> FreshDatabase:
        """A copy of the database as it is."""
        self.head.database.close()
        copy = self._copy_of(self.head.fresh)
        self._open(self.head.fresh)
        return copy

    def put_back(self, copy: FreshDatabase) -> None:
        """The copy takes the place of the database; it can be put back again."""
        self.head.database.close()
        self._open(self._copy_of(copy))

    def _copy_of(self, fresh: FreshDatabase) -> FreshDatabase:
        self.made.append(self.databases.make(fresh.name))
        return self.made[-1]

    def _open(self, fresh: FreshDatabase) -> None:
        self.head.fresh = fresh
        self.head.database = self.head.host.database = Database(fresh.app_url)
        self.head.database.open()


@contextmanager
def office_of_its_own(
    postgres_databases: Databases, database_template: TemplateFactory, hub_loop: LoopThread, secret: bytes
) -> Iterator[Office]:
    """Head office, and all the copies of it, for as long as they are used."""
    fresh = postgres_databases.make(database_template("head_office", lambda made: migrate(made.owner_url)))
    database = Database(fresh.app_url)
    database.open()
    host = CloudHost(database, secret=secret, now=utc_now)
    head = Head(fresh, database, host, Wire(Starlette(routes=list(routes(host))), hub_loop))
    office = Office(head, postgres_databases, [fresh])
    yield office
    head.database.close()
    for each in office.made:
        postgres_databases.drop(each)


def come(*nodes: Node) -> None:
    """Nodes talk until they have nothing to say."""
    for _ in range(3):
        for node in nodes:
            node.sync()
