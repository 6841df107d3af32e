"""A pytest plugin: one PostgreSQL for a test session (or xdist worker), and a fresh database for each test.

`database()` gives a provisioned, empty database; `database(template=…)` a copy of one that
`database_template` prepared once, with migrations say. A copy costs some 25 ms.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cloud.postgres.cluster import Cluster
from cloud.postgres.connection import Connection
from cloud.postgres.provision import DATABASE, OWNER_ROLE, fence_database

CONNECT_SECONDS_MAX = 10


@dataclass(frozen=True)
class FreshDatabase:
    """A database of its own for one test, and each role's way in."""

    name: str
    app: Connection
    owner: Connection
    admin: Connection

    @property
    def app_url(self) -> str:
        """What the product runs as."""
        return self.app.url

    @property
    def owner_url(self) -> str:
        """What migrations run as."""
        return self.owner.url

    @property
    def admin_url(self) -> str:
        """The superuser: for looking behind the policies, never for what is tested."""
        return self.admin.url


class Databases:
    """Makes and drops the databases of one test session."""

    def __init__(self, cluster: Cluster, admin: psycopg.Connection[tuple[object, ...]]) -> None:
        self._cluster = cluster
        self._admin = admin
        self._made = 0
        self._templates: dict[str, str] = {}

    def make(self, template: str = DATABASE) -> FreshDatabase:
        """A new database, copied from the database `template`, in which nobody may be connected."""
        self._made += 1
        name = f"test_{self._made}"
        # Copying files takes 25 ms here, and writing them to the log, which is the default, 300.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY")
        names = (sql.Identifier(part) for part in (name, template, OWNER_ROLE))
        self._admin.execute(statement.format(*names))
        fence_database(self._admin, name)
        return FreshDatabase(
            name,
            app=replace(self._cluster.app, database=name),
            owner=replace(self._cluster.owner, database=name),
            admin=replace(self._cluster.admin, database=name),
        )

    def drop(self, database: FreshDatabase) -> None:
        """Drops it, whoever is still connected."""
        name = sql.Identifier(database.name)
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def template(self, key: str, prepare: Callable[[FreshDatabase], None]) -> str:
        """The name of a template that `prepare` filled, once a session for each `key`."""
        if key not in self._templates:
            made = self.make()
            prepare(made)
            self._templates[key] = made.name
        return self._templates[key]


DatabaseFactory = Callable[..., FreshDatabase]
TemplateFactory = Callable[[str, Callable[[FreshDatabase], None]], str]


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The session's server, which a power cut would destroy: it doesn't wait for the disk."""
    # Not in pytest's own folder: that is closed to the account that a server started by root runs as.
    folder = Path(tempfile.mkdtemp(prefix="buffr-test-postgres-"))
    folder.chmod(0o711)
    try:
        with Cluster.open(folder, durable=False) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_databases(postgres_cluster: Cluster) -> Iterator[Databases]:
    """The maker of databases on the session's server."""
    url = postgres_cluster.admin_url
    with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX) as admin:
        yield Databases(postgres_cluster, admin)


@pytest.fixture(scope="session")
def database_template(postgres_databases: Databases) -> TemplateFactory:
    """`database_template(key, prepare)` names a template for `database(template=…)`, prepared once."""
    return postgres_databases.template


@pytest.fixture
def database(postgres_databases: Databases) -> Iterator[DatabaseFactory]:
    """A factory of fresh databases; they are dropped when the test ends."""
    made: list[FreshDatabase] = []

    def make(template: str = DATABASE) -> FreshDatabase:
        made.append(postgres_databases.make(template))
        return made[-1]

    yield make
    for each in made:
        postgres_databases.drop(each)
