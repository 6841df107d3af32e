"""A planned move: one sealed file with the node's database and keys, and an old folder that refuses to run.

The file is encrypted in pieces with AES-GCM under a key that scrypt makes of a passphrase; each piece's number, and
whether it is the last, are sealed with it, so that none can be left out, swapped or cut off.
"""

import io
import os
import secrets
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from edge.copies import check_copy, copy_to
from edge.database import CannotOpen, connect
from edge.folder import held, put_in_place
from edge.identity import MOVED
from edge.keys import open_keys
from edge.settings import EdgeSettings
from hospitality.ground.private_file import write_private
from sync.node.outbox import put

MAGIC = b"buffr node 1\n"
SALT_BYTES = 16
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1
PIECE_BYTES = 1 << 20
TAG_BYTES = 16
KEY_CHARS_MAX = 10_000
DATABASE_NAME = "node.db"
KEY_NAMES = frozenset(
    {"database.key", "node.key", "node.next.key", "device.key", "lives", "incarnation", "identity.json"}
)


class _Pieces:
    """Seals and opens the pieces of one file, in order."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        key = Scrypt(salt=salt, length=32, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(passphrase.encode())
        self._cipher = AESGCM(key)
        self._number = 0

    def seal(self, piece: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(), piece, b"last" if last else b"more")

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        return self._cipher.decrypt(self._nonce(), sealed, b"last" if last else b"more")

    def _nonce(self) -> bytes:
        self._number += 1  # the key is the file's own, so that a count is enough
        return self._number.to_bytes(12, "big")


class _Sealing(io.RawIOBase):
    """Writes what is given to it sealed."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        file.write(MAGIC + salt)
        self._file, self._pieces, self._waiting = file, _Pieces(passphrase, salt), bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:  # the last one is never empty: it says that nothing follows
            self._file.write(self._pieces.seal(bytes(self._waiting[:PIECE_BYTES]), last=False))
            del self._waiting[:PIECE_BYTES]
        return len(data)

    def finish(self) -> None:
        """Writes the last piece."""
        self._file.write(self._pieces.seal(bytes(self._waiting), last=True))


class _Opening(io.RawIOBase):
    """Reads what was sealed. Raises CannotOpen for another passphrase or a file that was changed."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        head = file.read(len(MAGIC) + SALT_BYTES)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + SALT_BYTES:
            raise CannotOpen("This is no file that buffr edge move-out wrote.")
        self._file, self._pieces = file, _Pieces(passphrase, head[len(MAGIC) :])
        self._waiting, self._next = b"", file.read(PIECE_BYTES + TAG_BYTES)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._waiting and self._next:
            sealed, self._next = self._next, self._file.read(PIECE_BYTES + TAG_BYTES)
            try:
                self._waiting = self._pieces.open(sealed, last=not self._next)
            except InvalidTag as error:
                raise CannotOpen("The passphrase is another one, or the file was changed or cut off.") from error
        size = min(len(buffer), len(self._waiting))
        buffer[:size], self._waiting = self._waiting[:size], self._waiting[size:]
        return size


def move_out(settings: EdgeSettings, target: Path, passphrase: str, at: str) -> None:
    """Writes the stopped node into one sealed file, reads it back, and marks the folder as moved. Raises CannotOpen."""
    if target.exists():
        raise CannotOpen(f"{target} is there already. Name another file.")
    with held(settings.data):
        keys = open_keys(settings.keys_folder)
        copy = settings.data / "moving.db"
        part = target.with_name(target.name + ".part")
        try:
            copy_to(settings.database, keys.database, copy, at)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                _seal(file, passphrase, keys.folder, copy)
            with _opened(part, passphrase) as found:
                for _ in found:
                    pass  # all of it can be read
            put_in_place(part, target)
        finally:
            copy.unlink(missing_ok=True)
            part.unlink(missing_ok=True)
        connection = connect(settings.database, keys.database)
        try:
            put(connection, MOVED, at)
        finally:
            connection.close()


def move_in(settings: EdgeSettings, source: Path, passphrase: str) -> None:
    """Puts a moved node into folders that have none. Raises CannotOpen."""
    keys = settings.keys_folder
    if settings.database.exists() or (keys / "database.key").exists():
        raise CannotOpen(f"There is a node in {settings.data} or {keys} already. Name other folders.")
    settings.data.mkdir(parents=True, exist_ok=True)
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = settings.database.with_name(settings.database.name + ".part")
    with held(settings.data), _opened(source, passphrase) as found:
        texts: dict[str, str] = {}
        for member in found:
            content = found.extractfile(member)
            if content is None or member.name not in KEY_NAMES | {DATABASE_NAME}:
                raise CannotOpen(f"{source} holds something else than a node.")
            if member.name == DATABASE_NAME:
                with open(part, "wb") as file:
                    while piece := content.read(PIECE_BYTES):
                        file.write(piece)
            else:
                texts[member.name] = content.read(KEY_CHARS_MAX).decode()
        check_copy(part, texts["database.key"].strip())
        for name, text in texts.items():
            write_private(keys / name, text)
        put_in_place(part, settings.database)  # last: until then there is no node here, and it can be done again


def _seal(file: BinaryIO, passphrase: str, keys: Path, copy: Path) -> None:
    sealing = _Sealing(file, passphrase)
    with tarfile.open(fileobj=sealing, mode="w|") as archive:
        for path in sorted(keys.iterdir()):
            if path.name in KEY_NAMES:
                archive.add(path, path.name)
        archive.add(copy, DATABASE_NAME)
    sealing.finish()


@contextmanager
def _opened(path: Path, passphrase: str) -> Iterator[tarfile.TarFile]:
    if not path.exists():
        raise CannotOpen(f"There is no file {path}.")
    with open(path, "rb") as file:
        buffered = io.BufferedReader(_Opening(file, passphrase), PIECE_BYTES)
        try:
            with tarfile.open(fileobj=buffered, mode="r|") as archive:
                yield archive
        except tarfile.TarError as error:
            raise CannotOpen(f"{path} can't be read: {error}.") from error
