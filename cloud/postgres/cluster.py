"""The embedded PostgreSQL: made when missing, started as a child, shared with whoever comes second."""

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from cloud.postgres.connection import Connection
from cloud.postgres.errors import ClusterError
from cloud.postgres.home import Home, existing_home, find_home, forget_home
from cloud.postgres.initialise import ADMIN_ROLE
from cloud.postgres.lock import tried_lock, wait_until_free
from cloud.postgres.passwords import Passwords, read_passwords
from cloud.postgres.postmaster import read_postmaster
from cloud.postgres.provision import APP_ROLE, DATABASE, OWNER_ROLE
from cloud.postgres.ready import answers
from cloud.postgres.server import Server
from cloud.postgres.socket_folder import remove_socket_folder
from cloud.postgres.start import Options, Started, start

READY_SECONDS_MAX = 120.0
RELEASE_SECONDS_MAX = 10.0
_POLL_SECONDS = 0.05


class Cluster:
    """A running server with the database `buffr` and its two roles in it; a context manager.

    Leaving it stops the server if this object started it, and leaves alone one that another process (or
    another `Cluster` of this one) started. If this process dies in any way, the server shuts down by itself.
    """

    def __init__(
        self, home: Home, passwords: Passwords, *, socket_folder: Path, number: int, server: Server | None
    ) -> None:
        self._home = home
        self._passwords = passwords
        self._socket_folder = socket_folder
        self._number = number
        self._server = server
        self._opened_by = os.getpid()

    @classmethod
    def open(
        cls,
        data_folder: Path,
        *,
        port: int | None = None,
        account: str | None = None,
        state_folder: Path | None = None,
        binaries_folder: Path | None = None,
        durable: bool = True,
        ready_seconds_max: float = READY_SECONDS_MAX,
    ) -> Self:
        """Opens the cluster in `data_folder`; blocks until it answers, at most about `ready_seconds_max`.

        Attaches to a server that already runs there, whatever its options. Otherwise makes the cluster if it
        is missing and starts it: on its Unix socket alone, or on 127.0.0.1:`port` as well.
        As root a new one runs as `account` (`postgres`, else `nobody`), an existing one as its data's owner;
        home.py says where it then lies, and what `state_folder` is for. `binaries_folder` holds `postgres`
        and `initdb`, when not the usual ones (binaries.py).
        With `durable` False a power cut may destroy everything: for tests only.
        Raises ClusterError.
        """
        if not sys.platform.startswith("linux"):
            raise ClusterError(
                "PLATFORM_NOT_SUPPORTED",
                "The embedded database runs on Linux only; set BUFFR_CLOUD_DATABASE_URL.",
            )
        home = find_home(data_folder, account=account, state_folder=state_folder)
        options = Options(port, durable, state_folder, binaries_folder)
        deadline = time.monotonic() + ready_seconds_max
        while True:
            with tried_lock(home.lock) as lock:
                if lock is not None and not _is_served(home):
                    return cls._of(home, start(home, options, lock=lock, deadline=deadline))
            attached = cls._attach(home)
            if attached is not None:
                return attached
            if time.monotonic() > deadline:
                raise ClusterError(
                    "DATABASE_NOT_READY",
                    f"Another process holds the database in {home.folder} and it does not answer; "
                    "wait for it to end, or end it.",
                )
            time.sleep(_POLL_SECONDS)

    @classmethod
    def _of(cls, home: Home, started: Started) -> Self:
        return cls(
            home,
            started.passwords,
            socket_folder=started.socket_folder,
            number=started.number,
            server=started.server,
        )

    @classmethod
    def _attach(cls, home: Home) -> Self | None:
        postmaster = read_postmaster(home.data)
        if postmaster is None or not postmaster.serves(home.data):
            return None
        passwords = read_passwords(home.passwords)
        found = cls(
            home,
            passwords,
            socket_folder=postmaster.socket_folder,
            number=postmaster.number,
            server=None,
        )
        # The app's login is the last thing that provisioning opens: where it works, all the rest is there.
        return found if answers(found.admin, found._home) and answers(found.app, found._home) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops the server if this object started it, in the process that did. Repeating it is harmless."""
        if self._server is None or os.getpid() != self._opened_by:
            return
        self._server.stop()
        wait_until_free(self._home.lock, seconds_max=RELEASE_SECONDS_MAX)
        remove_socket_folder(self._home, self._socket_folder)

    @property
    def started_here(self) -> bool:
        """Whether this object started the server (and will stop it), or attached to one."""
        return self._server is not None

    @property
    def running(self) -> bool:
        """Whether the server lives."""
        return self._server.running if self._server is not None else _is_served(self._home)

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self._home.data

    @property
    def log(self) -> Path:
        """The folder of the server's log files."""
        return self._home.log

    @property
    def pid(self) -> int | None:
        """The server's process number, while it lives."""
        postmaster = read_postmaster(self._home.data)
        return postmaster.pid if postmaster is not None and postmaster.serves(self._home.data) else None

    @property
    def admin(self) -> Connection:
        """The superuser, for provisioning alone."""
        return self._connection(ADMIN_ROLE, self._passwords.admin, "postgres")

    @property
    def owner(self) -> Connection:
        """The owner of everything in the database, for migrations alone."""
        return self._connection(OWNER_ROLE, self._passwords.owner, DATABASE)

    @property
    def app(self) -> Connection:
        """What the product runs as."""
        return self._connection(APP_ROLE, self._passwords.app, DATABASE)

    @property
    def admin_url(self) -> str:
        """`admin` as a URL. It holds a password: never log it."""
        return self.admin.url

    @property
    def owner_url(self) -> str:
        """`owner` as a URL. It holds a password: never log it."""
        return self.owner.url

    @property
    def app_url(self) -> str:
        """`app` as a URL. It holds a password: never log it."""
        return self.app.url

    def _connection(self, role: str, password: str, database: str) -> Connection:
        return Connection(role, password, database, self._socket_folder, self._number)


def remove(data_folder: Path) -> None:
    """Deletes the cluster of `data_folder` and everything in it, wherever it lies. Refuses while it runs."""
    home = existing_home(data_folder)
    if home is None:
        return
    with tried_lock(home.lock) as lock:
        if lock is None or _is_served(home):
            raise ClusterError("DATABASE_NOT_READY", f"The database in {home.folder} is running; end it first.")
        forget_home(data_folder, home)


def _is_served(home: Home) -> bool:
    postmaster = read_postmaster(home.data)
    return postmaster is not None and postmaster.serves(home.data)
