"""Starts a program of PostgreSQL as a direct child that ends when its parent thread does (see launch.py)."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cloud.postgres.account import Account
from cloud.postgres.errors import ClusterError

_LAUNCH = Path(__file__).with_name("launch.py")
# English messages, which errors.explain reads, and none of the caller's PG* variables.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}


def start_child(
    command: Sequence[str],
    account: Account,
    *,
    death_signal: signal.Signals,
    output: int,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts `command` as `account`; `output` is the descriptor that takes what it prints.

    The kernel sends `death_signal` when the *thread* that calls this ends, so call it from one that stays.
    The child has a session of its own: a Ctrl-C in the terminal is for the parent alone.
    Raises ClusterError.
    """
    groups = ",".join(str(group) for group in account.groups)
    identity = [str(os.getpid()), str(int(death_signal)), str(account.uid), str(account.gid), groups]
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LAUNCH), *identity, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=_ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise ClusterError("DATABASE_NOT_STARTED", f"{command[0]} can't be started ({reason}).") from error
