"""The only file that knows where this app keeps its files. All are readable by their owner alone."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Locations:
    """Where this terminal's files for one node lie."""

    folder: Path

    @property
    def enrolment(self) -> Path:
        """The terminal's name and token."""
        return self.folder / "terminal.json"

    @property
    def kept(self) -> Path:
        """Actions that the node has not accepted yet."""
        return self.folder / "kept.json"

    @property
    def training(self) -> "Locations":
        """The files of training at the same node."""
        return Locations(self.folder / "training")

    @property
    def failures(self) -> Path:
        """What went wrong inside the app, for support."""
        return self.folder / "failures.log"


def state_folder_of(environment: Mapping[str, str]) -> Path:
    """The user's folder for state: $XDG_STATE_HOME/buffr, by default ~/.local/state/buffr."""
    given = environment.get("XDG_STATE_HOME", "")
    # The XDG specification says that relative paths there are to be ignored.
    root = Path(given) if given and Path(given).is_absolute() else Path.home() / ".local" / "state"
    return root / "buffr"


def locations_of(state_folder: Path, address: str) -> Locations:
    """The files for the node at `address`."""
    readable = re.sub(r"[^a-z0-9]+", "-", address.split("://", 1)[1].lower()).strip("-")[:40]
    digest = hashlib.sha256(address.encode()).hexdigest()[:12]
    return Locations(state_folder / "terminals" / f"{readable}-{digest}")


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, durable, mode 0600 in a folder of mode 0700. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    if os.name != "posix":
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
