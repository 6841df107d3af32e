"""What can be wrong with the database's server: a stable code, and one sentence that says what to do.

A sentence may name folders and accounts, never a password or a connection string.
"""

import errno
from pathlib import Path
from typing import Literal, get_args

Code = Literal[
    "ACCOUNT_NOT_USABLE",
    "ADMIN_RIGHTS_MISSING",
    "DATABASE_CREDENTIALS_MISSING",
    "DATABASE_CREDENTIALS_WRONG",
    "DATABASE_MOVED",
    "DATABASE_NOT_READY",
    "DATABASE_NOT_STARTED",
    "DATABASE_OTHER_VERSION",
    "DATABASE_UNREACHABLE",
    "DATA_FOLDER_NOT_REACHABLE",
    "DATA_FOLDER_NOT_WRITABLE",
    "DISK_FULL",
    "PLATFORM_NOT_SUPPORTED",
    "PORT_TAKEN",
    "POSTGRES_NOT_FOUND",
    "ROLE_TOO_STRONG",
]
CODES: tuple[str, ...] = get_args(Code)

_DISK_FULL_MARKS = ("No space left on device", "Disk quota exceeded")
_PORT_TAKEN_MARKS = ("Address already in use", "could not create any TCP/IP sockets")
_ACCOUNT_MARKS = ("could not look up effective user ID", "launch: cannot become")


class ClusterError(Exception):
    """The server can't be used. `code` is stable; `message` is one sentence for the person who started it."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code: Code = code
        self.message = message


def disk_full(folder: Path) -> ClusterError:
    """The disk under `folder` has no room left."""
    return ClusterError("DISK_FULL", f"The disk that holds {folder} is full; free some space and start again.")


def is_disk_full(error: OSError) -> bool:
    """Whether the system refused because the disk, or the account's share of it, is used up."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def port_taken(port: int) -> ClusterError:
    """Something else listens on 127.0.0.1:`port`."""
    return ClusterError("PORT_TAKEN", f"Port {port} on 127.0.0.1 is taken; free it or choose another port.")


def folder_not_writable(folder: Path, account: str, reason: str) -> ClusterError:
    """`account` may not read and write `folder`, or it is no folder."""
    return ClusterError(
        "DATA_FOLDER_NOT_WRITABLE",
        f"The data folder {folder} can't be read and written by {account} ({reason}); "
        "run as its owner or choose another folder.",
    )


def explain(output: str, *, folder: Path, port: int | None, otherwise: Code) -> ClusterError:
    """Turns what PostgreSQL's programs printed into one sentence.

    `output` is read for the well-known causes (disk, port, account); what is not recognised becomes
    `otherwise` with the program's own last complaint.
    """
    if any(mark in output for mark in _DISK_FULL_MARKS):
        return disk_full(folder)
    if port is not None and any(mark in output for mark in _PORT_TAKEN_MARKS):
        return port_taken(port)
    complaint = _last_complaint(output)
    if any(mark in output for mark in _ACCOUNT_MARKS):
        return ClusterError(
            "ACCOUNT_NOT_USABLE", f"The database can't run as the chosen account ({complaint}); name another."
        )
    if "Permission denied" in complaint:
        return ClusterError(
            "DATA_FOLDER_NOT_REACHABLE",
            f"The database's account can't use {folder} ({complaint}); choose a folder that it can reach.",
        )
    return ClusterError(otherwise, f"PostgreSQL in {folder} did not start ({complaint}).")


def _last_complaint(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    marked = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    chosen = (marked or lines or ["it printed nothing"])[-1]
    for mark in ("FATAL:", "PANIC:", "error:"):
        if mark in chosen:
            chosen = chosen.split(mark, 1)[1]
    return chosen.strip().rstrip(".")
