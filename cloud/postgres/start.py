"""Brings a cluster up that nobody else runs: makes it if need be, starts it, waits, provisions."""

import time
from dataclasses import dataclass
from pathlib import Path

from cloud.postgres.binaries import Binaries, find_binaries
from cloud.postgres.connection import Connection
from cloud.postgres.errors import ClusterError, disk_full, explain, folder_not_writable, is_disk_full
from cloud.postgres.home import Home
from cloud.postgres.initialise import ADMIN_ROLE, initialise
from cloud.postgres.passwords import Passwords, make_passwords, read_passwords
from cloud.postgres.port import require_free
from cloud.postgres.postmaster import pid_file
from cloud.postgres.printed import logged, printed, printing
from cloud.postgres.provision import provision
from cloud.postgres.ready import answers
from cloud.postgres.server import Server, drop_old_logs
from cloud.postgres.socket_folder import make_socket_folder
from cloud.postgres.tuning import SOCKET_NUMBER, settings_for

_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Options:
    """How to start; the fields are those of `Cluster.open`."""

    port: int | None
    durable: bool
    state_folder: Path | None
    binaries_folder: Path | None


@dataclass(frozen=True)
class Started:
    """A server that answers, provisioned."""

    server: Server
    passwords: Passwords
    socket_folder: Path
    number: int


def start(home: Home, options: Options, *, lock: int, deadline: float) -> Started:
    """Starts the server under `lock`, which its processes then hold. `deadline` is a monotonic time."""
    try:
        return _start(home, options, lock, deadline)
    except OSError as error:
        if is_disk_full(error):
            raise disk_full(home.folder) from error
        raise folder_not_writable(home.folder, home.account.name, error.strerror or str(error)) from error


def _start(home: Home, options: Options, lock: int, deadline: float) -> Started:
    binaries = find_binaries(
        home.account,
        major=_major_of(home.data),
        state_folder=options.state_folder,
        folders=[options.binaries_folder] if options.binaries_folder else None,
    )
    if home.data.exists():
        passwords = read_passwords(home.passwords)
    else:
        passwords = make_passwords(home.passwords)
        initialise(home, binaries, admin_password=passwords.admin, lock=lock, durable=options.durable)
    if options.port is not None:
        require_free(options.port)
    # Under the lock, and with no server alive, a pid file can only be a crash's. Its number may be another
    # program's by now, and PostgreSQL would then refuse to start.
    pid_file(home.data).unlink(missing_ok=True)
    home.make_private(home.log)
    drop_old_logs(home.log)
    socket_folder = make_socket_folder(home)
    number = options.port or SOCKET_NUMBER
    admin = Connection(ADMIN_ROLE, passwords.admin, "postgres", socket_folder, number)
    with printing() as output:
        command = _command(binaries, home, options, socket_folder)
        server = Server(command, home.account, lock=lock, output=output, log_folder=home.log)
        try:
            _wait_until_ready(server, admin, home, options, output, deadline)
            provision(admin.url, owner_password=passwords.owner, app_password=passwords.app)
        except BaseException:
            server.stop()
            raise
    return Started(server, passwords, socket_folder, number)


def _command(binaries: Binaries, home: Home, options: Options, socket_folder: Path) -> list[str]:
    settings = settings_for(
        socket_folder=socket_folder, log_folder=home.log, port=options.port, durable=options.durable
    )
    command = [str(binaries.postgres), "-D", str(home.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _wait_until_ready(
    server: Server, admin: Connection, home: Home, options: Options, output: int, deadline: float
) -> None:
    while not answers(admin, home):
        if not server.running:
            complaints = printed(output) + logged(home.log)
            raise explain(complaints, folder=home.folder, port=options.port, otherwise="DATABASE_NOT_STARTED")
        if time.monotonic() > deadline:
            raise ClusterError(
                "DATABASE_NOT_READY",
                f"The database in {home.folder} did not get ready in time; see {home.log}.",
            )
        time.sleep(_POLL_SECONDS)


def _major_of(data: Path) -> int | None:
    """The major version that made the cluster; None when there is none yet."""
    try:
        version = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return None
    return int(version) if version.isdigit() else 0
