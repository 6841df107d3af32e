"""Makes an empty cluster: complete or not at all."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from cloud.postgres.binaries import Binaries
from cloud.postgres.child import start_child
from cloud.postgres.errors import ClusterError, explain
from cloud.postgres.home import Home
from cloud.postgres.printed import printed, printing

INIT_SECONDS_MAX = 120.0
ADMIN_ROLE = "postgres"
_BUILTIN_LOCALE_MAJOR = 17


def initialise(home: Home, binaries: Binaries, *, admin_password: str, lock: int, durable: bool) -> None:
    """Runs initdb beside the data folder and moves the result there once it is whole.

    The password goes through a pipe, so it never lies on the disk. `lock` is inherited, so that nobody else
    begins while a left-over initdb still writes.
    """
    staging = home.folder / "data.new"
    shutil.rmtree(staging, ignore_errors=True)
    home.make_private(staging)
    with printing() as output:
        password_pipe = _pipe_with(admin_password, home)
        try:
            command = [str(binaries.initdb), *_options(binaries, password_pipe, durable), "-D", str(staging)]
            status = _run(command, home, output, (password_pipe, lock))
        finally:
            os.close(password_pipe)
        if status != 0:
            shutil.rmtree(staging, ignore_errors=True)
            raise explain(printed(output), folder=home.folder, port=None, otherwise="DATABASE_NOT_STARTED")
    staging.rename(home.data)
    _sync(home.folder)


def _options(binaries: Binaries, password_pipe: int, durable: bool) -> list[str]:
    # PostgreSQL's own C.UTF-8 sorts alike on every machine, whatever its C library; older ones have none.
    locale = ["--locale=C"]
    if binaries.major >= _BUILTIN_LOCALE_MAJOR:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        f"--username={ADMIN_ROLE}",
        f"--pwfile=/dev/fd/{password_pipe}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        "--data-checksums",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    ]


def _pipe_with(password: str, home: Home) -> int:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(f"{password}\n")
    if not home.account.is_own:
        os.fchown(reading, home.account.uid, home.account.gid)  # initdb opens it anew, by name
    return reading


def _run(command: list[str], home: Home, output: int, pass_fds: tuple[int, ...]) -> int:
    child = start_child(command, home.account, death_signal=signal.SIGTERM, output=output, pass_fds=pass_fds)
    try:
        return child.wait(INIT_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise ClusterError(
            "DATABASE_NOT_STARTED",
            f"Making the database in {home.folder} took over {INIT_SECONDS_MAX:.0f} s.",
        ) from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
