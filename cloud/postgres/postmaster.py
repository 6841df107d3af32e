"""Reads what a running server says of itself (`postmaster.pid`), and whether it still lives."""

from dataclasses import dataclass
from pathlib import Path

_LINES = 6


@dataclass(frozen=True)
class Postmaster:
    """The server process of a cluster, as its pid file has it."""

    pid: int
    number: int
    socket_folder: Path

    def serves(self, data: Path) -> bool:
        """Whether the process is alive and is PostgreSQL working in `data`.

        A number in a file that a crash left behind may be another program's by now.
        """
        process = Path(f"/proc/{self.pid}")
        try:
            return (process / "comm").read_text().strip() == "postgres" and (process / "cwd").samefile(data)
        except OSError:
            return False  # gone, or another user's and so not this cluster's


def pid_file(data: Path) -> Path:
    """The file in which a server writes down its process."""
    return data / "postmaster.pid"


def read_postmaster(data: Path) -> Postmaster | None:
    """The server that wrote the pid file last; None without a file or while it is still being written."""
    try:
        lines = pid_file(data).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    # It is written in several steps: the socket's line is there before the socket is, and empty.
    if len(lines) < _LINES or not (lines[0].isdecimal() and lines[3].isdecimal() and lines[4].startswith("/")):
        return None
    return Postmaster(pid=int(lines[0]), number=int(lines[3]), socket_folder=Path(lines[4]))
