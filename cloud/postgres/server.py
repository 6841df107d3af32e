"""The server process: a direct child that can't outlive the process that started it."""

import os
import select
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from cloud.postgres.account import Account
from cloud.postgres.child import start_child
from cloud.postgres.errors import ClusterError
from cloud.postgres.printed import log_files
from cloud.postgres.tuning import LOG_FILES_MAX

FAST_STOP_SECONDS_MAX = 30.0
IMMEDIATE_STOP_SECONDS_MAX = 10.0
_LOG_CHECK_SECONDS = 60.0
_SPAWN_SECONDS_MAX = 30.0


class Server:
    """A running `postgres`.

    The kernel's death signal follows the thread that started the child, not the process. So a thread of its
    own starts it and then stays for as long as it runs: `Cluster.open` may be called from a short-lived one.
    """

    def __init__(self, command: Sequence[str], account: Account, *, lock: int, output: int, log_folder: Path) -> None:
        self._command = command
        self._account = account
        self._log_folder = log_folder
        self._process: subprocess.Popen[bytes] | None = None
        self._failure: Exception | None = None
        self._begun = threading.Event()
        self._ended = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(lock, output), name="postgres-keeper", daemon=True)
        keeper.start()
        self._keeper = keeper
        if not self._begun.wait(_SPAWN_SECONDS_MAX):
            raise ClusterError("DATABASE_NOT_STARTED", "The machine is too busy to start PostgreSQL.")
        if self._failure is not None:
            raise self._failure

    @property
    def pid(self) -> int:
        """The server's process number."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the server has not ended."""
        return not self._ended.is_set()

    def stop(self) -> None:
        """Ends it: fast (clients are cut, everything is written), then without writing, then by force."""
        for way, seconds_max in (
            (signal.SIGINT, FAST_STOP_SECONDS_MAX),
            (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS_MAX),
            (signal.SIGKILL, IMMEDIATE_STOP_SECONDS_MAX),
        ):
            if self.running and self._process is not None:
                self._process.send_signal(way)
            if self._ended.wait(seconds_max):
                break
        self._keeper.join(IMMEDIATE_STOP_SECONDS_MAX)

    def _keep(self, lock: int, output: int) -> None:
        try:
            self._process = start_child(
                self._command, self._account, death_signal=signal.SIGINT, output=output, pass_fds=(lock,)
            )
        except Exception as error:  # raised again in the thread that waits for the start
            self._failure = error
            self._ended.set()
            return
        finally:
            self._begun.set()
        try:
            self._wait_and_bound_logs(self._process)
        finally:
            self._ended.set()

    def _wait_and_bound_logs(self, process: subprocess.Popen[bytes]) -> None:
        try:
            alive = os.pidfd_open(process.pid)
        except OSError:  # a kernel or sandbox without it: the logs are then bounded at the next start alone
            process.wait()
            return
        try:
            end = select.poll()  # not select(), which can't take the high descriptors of a busy process
            end.register(alive, select.POLLIN)
            while not end.poll(_LOG_CHECK_SECONDS * 1000):
                drop_old_logs(self._log_folder)
        finally:
            os.close(alive)
        process.wait()


def drop_old_logs(folder: Path) -> None:
    """Deletes the oldest log files beyond `LOG_FILES_MAX`; PostgreSQL itself bounds the size of each."""
    for file in log_files(folder)[:-LOG_FILES_MAX]:
        file.unlink(missing_ok=True)
