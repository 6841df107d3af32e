"""Connections to PostgreSQL: one pool for the application's role, rows as mappings, ids and instants as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from cloud import policies
from cloud.schema import HISTORIES
from hospitality.ground.errors import Unavailable
from hospitality.ground.migrations import behind, upgrade

Connection = psycopg.Connection[dict[str, Any]]
POOL_MIN, POOL_MAX = 2, 16
WAIT_SECONDS = 10.0
MIGRATION_LOCK = 0x62756667


class CannotUse(RuntimeError):
    """The database can't be used as it is; the sentence says what to do."""


class _TextLoader(Loader):
    """The value as PostgreSQL writes it."""

    def load(self, data: Any) -> str:
        return bytes(data).decode()


class _InstantLoader(Loader):
    """An instant in the house's fixed form, as it stands in SQLite and on the wire."""

    def load(self, data: Any) -> str:
        text = bytes(data).decode()
        day, _, time = text.partition(" ")
        clock, _, _ = time.partition("+")
        whole, _, part = clock.partition(".")
        return f"{day}T{whole}.{part.ljust(6, '0')}Z"


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Makes a connection speak the house's forms."""
    for name in ("uuid", "date", "json", "jsonb"):
        connection.adapters.register_loader(name, _TextLoader)
    connection.adapters.register_loader("timestamptz", _InstantLoader)
    connection.row_factory = dict_row


class Database:
    """The application's database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=POOL_MIN,
            max_size=POOL_MAX,
            timeout=WAIT_SECONDS,
            kwargs={"row_factory": dict_row, "options": "-c timezone=UTC"},
            configure=prepare,
            open=False,
        )

    def open(self) -> None:
        """Opens the pool; raises CannotUse when the role could see other tenants or the schema is another release's."""
        self._pool.open(wait=True, timeout=WAIT_SECONDS)
        with self._pool.connection() as connection:
            role = connection.execute(
                "SELECT rolsuper OR rolbypassrls AS strong, rolname FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            assert role is not None
            if role["strong"]:
                raise CannotUse(
                    f"The database role {role['rolname']} can bypass row-level security. Use buffr_app in"
                    " BUFFR_CLOUD_DATABASE_URL, and the owner only in BUFFR_CLOUD_MIGRATION_URL."
                )

    def close(self) -> None:
        """Closes the pool."""
        self._pool.close()

    @contextmanager
    def transaction(self, org_id: str) -> Iterator[Connection]:
        """A transaction under a tenant; commits at the end, rolls back on an error."""
        try:
            with self._pool.connection() as connection, connection.transaction():
                connection.execute("SELECT set_config('app.org', %s, true)", (org_id,))
                yield connection
        except PoolTimeout as error:
            raise Unavailable("CLOUD_BUSY", "Head office has too much to do. Try again in a moment.") from error

    def before_sign_in(self, kind: str, key: str) -> list[dict[str, Any]]:
        """The one look across tenants: [{org, id, data}], see `policies.LOOKED_UP`."""
        with self._pool.connection() as connection:
            return connection.execute("SELECT * FROM before_sign_in(%s, %s)", (kind, key)).fetchall()

    def listen(self) -> Connection:
        """A connection of its own for notifications."""
        return psycopg.connect(self._url, autocommit=True, row_factory=dict_row, connect_timeout=10)


def alchemy_url(url: str) -> str:
    """The address with SQLAlchemy's driver named."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def migrate(owner_url: str) -> None:
    """Brings the database to this release, as its owner; two that start together wait for each other."""
    engine = create_engine(alchemy_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        upgrade(connection, HISTORIES)
        policies.apply(connection, [history.version_table for history in HISTORIES])
    engine.dispose()


def check_release(url: str) -> None:
    """Raises CannotUse unless the database is at this release."""
    engine = create_engine(alchemy_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            missing = behind(connection, HISTORIES)
    except OperationalError as error:
        raise CannotUse(f"The database can't be reached: {str(error.orig).partition(chr(10))[0]}") from error
    finally:
        engine.dispose()
    if missing:
        raise CannotUse(f"The database is behind this release ({', '.join(missing)}). Run: buffr cloud migrate")
