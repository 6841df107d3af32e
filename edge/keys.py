"""The node's secrets, in files that only their owner reads, outside the data folder."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hospitality.ground.private_file import write_private
from sync.signing import key_from_text, key_text, new_key


@dataclass(frozen=True)
class Keys:
    """database: 32 bytes as hex for SQLCipher; node: the Ed25519 key of the node; device: what PINs are keyed with."""

    folder: Path
    database: str
    node: Ed25519PrivateKey
    device: bytes

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
