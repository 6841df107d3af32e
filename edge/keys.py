"""The node's secrets, in files that only their owner reads, outside the data folder."""

import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hospitality.ground.private_file import write_private
from sync.signing import key_from_text, key_text, new_key

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Keys:
    """database: 32 bytes as hex for SQLCipher; node: the Ed25519 key of the node; device: what PINs are keyed with."""

    folder: Path
    database: str
    node: Ed25519PrivateKey
    device: bytes

    @cached_property
    def fiscal(self) -> Ed25519PrivateKey:
        """What signs receipts in software, made on first use."""
        return key_from_text(_kept(self.folder / "fiscal.key", lambda: key_text(new_key())))

    @cached_property
    def ring(self) -> "NodeKeys":
        """The node's key as it signs with it, and turns it."""
        return NodeKeys(self.folder, self.node)

    def lives(self) -> int:
        """How often the database was opened, as told outside of it; less inside means that it was rolled back."""
        path = self.folder / "lives"
        return int(path.read_text()) if path.exists() else 0

    def keep_lives(self, lives: int) -> None:
        """Notes how often the database was opened."""
        write_private(self.folder / "lives", str(lives))

    def incarnation(self) -> int:
        """The highest incarnation that the database has had, as told outside of it."""
        path = self.folder / "incarnation"
        return int(path.read_text()) if path.exists() else 1

    def keep_incarnation(self, incarnation: int) -> None:
        """Notes an incarnation, so that the same backup put back twice begins two and not the same one again."""
        if incarnation > self.incarnation():
            write_private(self.folder / "incarnation", str(incarnation))


class NodeKeys:
    """Implements `sync.node.rotation.TurningKeys` on the folder: `node.key`, and `node.next.key` while it turns.

    Another process may turn the key meanwhile (`buffr edge rotate-key`), so what the hub refuses is read anew.
    """

    def __init__(self, folder: Path, key: Ed25519PrivateKey, *, days: int = 0) -> None:
        self._path, self._next = folder / "node.key", folder / "node.next.key"
        self._key = key
        self._lock = threading.Lock()
        self.days = days  # after how many a key is turned by itself; 0: never

    def current(self) -> Ed25519PrivateKey:
        """What to sign with."""
        return self._key

    def other_than(self, refused: Sequence[Ed25519PrivateKey]) -> Ed25519PrivateKey | None:
        """Another that the folder has: a crash may lie between the hub's taking the next key and our knowing of it."""
        for key in (self._key, _read(self._path), _read(self._next)):
            if key is not None and not any(_same(key, one) for one in refused):
                return key
        return None

    def proven(self, key: Ed25519PrivateKey) -> None:
        """The hub knows this one: if it is the next one, it takes the other's place."""
        if key is self._key and not self._next.exists():
            return
        with self._lock:
            following = _read(self._next)
            if following is not None and _same(following, key):
                write_private(self._path, key_text(key))
                self._next.unlink(missing_ok=True)
                self._key = key
            elif following is None or not _same(following, self._key):  # else an answer from before we turned to it
                self._key = key

    def is_due(self) -> bool:
        """Whether the key is so old that the next should follow, or has begun to."""
        if self._next.exists():
            return True
        return bool(self.days) and time.time() - os.stat(self._path).st_mtime > self.days * DAY_SECONDS

    def begin(self) -> Ed25519PrivateKey:
        """The next key, made and on the disk; the same until it is in force."""
        with self._lock:
            return key_from_text(_kept(self._next, lambda: key_text(new_key())))

    def use(self, key: Ed25519PrivateKey) -> None:
        """Signs with this key from here on."""
        self._key = key


def _same(one: Ed25519PrivateKey, other: Ed25519PrivateKey) -> bool:
    return one.private_bytes_raw() == other.private_bytes_raw()


def _read(path: Path) -> Ed25519PrivateKey | None:
    try:
        return key_from_text(path.read_text().strip())
    except FileNotFoundError:
        return None


def open_keys(folder: Path) -> Keys:
    """The keys in the folder, made on first use."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = _kept(folder / "database.key", lambda: secrets.token_hex(32))
    node = key_from_text(_kept(folder / "node.key", lambda: key_text(new_key())))
    device = bytes.fromhex(_kept(folder / "device.key", lambda: secrets.token_hex(32)))
    return Keys(folder, database, node, device)


def _kept(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        write_private(path, make())
    return path.read_text().strip()
