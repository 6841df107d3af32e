"""A disk in memory under SQLite that loses power: what was not synced is dropped, reordered or torn at 512 bytes.

What a program sees (`shown`) and what would be there after a power cut are kept apart, as the operating system's cache
and the disk are. A sync joins them. A sync that fails does what Linux does: the program goes on seeing what it wrote,
and it will never reach the disk.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import apsw

SECTOR_BYTES = 512
_NUMBERS = count()
FULL, READ, WRITE, FSYNC, OPEN = (
    apsw.SQLITE_FULL,
    apsw.SQLITE_IOERR_READ,
    apsw.SQLITE_IOERR_WRITE,
    apsw.SQLITE_IOERR_FSYNC,
    apsw.SQLITE_CANTOPEN,
)


def trouble(code: int) -> apsw.Error:
    """What SQLite is told of an operation that failed."""
    kind: Any = {apsw.SQLITE_FULL: apsw.FullError, apsw.SQLITE_CANTOPEN: apsw.CantOpenError}.get(code, apsw.IOError)
    error: Any = kind()
    error.extendedresult = code
    found: apsw.Error = error
    return found


@dataclass(slots=True)
class Write:
    """Bytes on their way to the disk; without any, the file's end being moved to `offset`."""

    offset: int
    data: bytes | None


@dataclass
class Stored:
    """One file: what programs see, what the disk has (None: not even its name), and what is under way."""

    shown: bytearray = field(default_factory=bytearray)
    safe: bytearray | None = None
    under_way: list[Write] = field(default_factory=list)

    def change(self, write: Write) -> None:
        """As programs see it at once."""
        _apply(self.shown, write)
        self.under_way.append(write)

    def sync(self) -> None:
        """Everything is on the disk."""
        self.safe = bytearray() if self.safe is None else self.safe
        for write in self.under_way:
            _apply(self.safe, write)
        self.under_way.clear()

    def lose_what_is_under_way(self) -> None:
        """After a sync that failed: programs see it, and no later sync will write it."""
        self.under_way.clear()

    def after_power_cut(self, chance: Random) -> "Stored | None":
        """What is there when the power is back, if anything."""
        if self.safe is None and chance.random() < 0.5:
            return None
        found = bytearray(self.safe or b"")
        # some machines had written nearly everything, some nearly nothing
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for write in self.under_way:
            for part in _sectors(write):
                if chance.random() < share:
                    _apply(found, part)
        return Stored(bytearray(found), found)


def _apply(content: bytearray, write: Write) -> None:
    if write.data is None:
        del content[write.offset :]
        content.extend(bytes(write.offset - len(content)))
        return
    if len(content) < write.offset:
        content.extend(bytes(write.offset - len(content)))
    content[write.offset : write.offset + len(write.data)] = write.data


def _sectors(write: Write) -> list[Write]:
    """The pieces that a disk writes whole or not at all."""
    if write.data is None:
        return [write]
    parts, start = list[Write](), 0
    while start < len(write.data):
        end = start + SECTOR_BYTES - (write.offset + start) % SECTOR_BYTES
        parts.append(Write(write.offset + start, write.data[start:end]))
        start = end
    return parts


class Disk(apsw.VFS):
    """Give its `name` to SQLite as the VFS. Everything that changes the disk is counted in `operations`.

    `before` is asked before each of those with its number and kind (write, truncate, sync, delete) and may raise.
    """

    def __init__(self, chance: Random, files: dict[str, bytes]) -> None:
        self.name = f"crash-disk-{next(_NUMBERS)}"
        super().__init__(self.name, "")
        self.chance = chance
        self.files = {name: Stored(bytearray(data), bytearray(data)) for name, data in files.items()}
        self.gone: dict[str, Stored] = {}
        self.operations = 0
        self.is_off = False
        self.before: Callable[[int, str], None] = lambda number, kind: None

    def cut_at(self, operation: int) -> None:
        """The power goes at this operation, counted from now; what it was to write is under way."""
        at = self.operations + operation

        def before(number: int, kind: str) -> None:
            if number == at:
                self.is_off = True

        self.before = before

    def power_cut(self) -> None:
        """The machine is off and on again: what programs see is what the disk has."""
        found = {name: stored.after_power_cut(self.chance) for name, stored in self.files.items()}
        for name, stored in self.gone.items():  # a name taken off may not have been off the disk yet
            if self.files.get(name) is None and self.chance.random() < 0.5:
                found[name] = stored.after_power_cut(self.chance)
        self.files = {name: stored for name, stored in found.items() if stored is not None}
        self._begin_again()

    def killed(self) -> None:
        """Only the program died: what it wrote is still in the operating system's hands."""
        self._begin_again()

    def _begin_again(self) -> None:
        self.gone.clear()
        self.is_off = False
        self.before = lambda number, kind: None

    def changing(self, kind: str) -> None:
        """Called before anything is changed."""
        if self.is_off:
            raise trouble(WRITE)
        self.operations += 1
        self.before(self.operations, kind)

    # --- what SQLite asks of a VFS

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        """A file, made when it is missing."""
        if self.is_off:
            raise trouble(OPEN)
        found = str(name.filename() if isinstance(name, apsw.URIFilename) else name)
        if found not in self.files:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise trouble(OPEN)
            self.files[found] = Stored()
        flags[1] = flags[0]
        return Open(self, self.files[found])

    def xDelete(self, name: str, sync_folder: bool) -> None:
        """Takes a name off."""
        self.changing("delete")
        stored = self.files.pop(name, None)
        if stored is not None and not sync_folder:
            self.gone[name] = stored

    def xAccess(self, name: str, flags: int) -> bool:
        """Whether a file is there."""
        return name in self.files

    def xFullPathname(self, name: str) -> str:
        """There are no folders."""
        return name


class Open:
    """An open file. Locks are not needed: one connection at a time, in exclusive mode."""

    def __init__(self, disk: Disk, stored: Stored) -> None:
        self._disk = disk
        self._stored = stored

    def xRead(self, amount: int, offset: int) -> bytes:
        """What programs see."""
        if self._disk.is_off:
            raise trouble(READ)
        return bytes(self._stored.shown[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        """Seen at once, on the disk some time."""
        self._disk.changing("write")
        self._stored.change(Write(offset, bytes(data)))
        self._fail_if_off(WRITE)

    def xTruncate(self, size: int) -> None:
        """The end is moved."""
        self._disk.changing("truncate")
        self._stored.change(Write(size, None))
        self._fail_if_off(WRITE)

    def xSync(self, flags: int) -> None:
        """On the disk when it returns."""
        try:
            self._disk.changing("sync")
        except apsw.Error:
            if not self._disk.is_off:
                self._stored.lose_what_is_under_way()
            raise
        self._fail_if_off(FSYNC)
        self._stored.sync()
        self._disk.gone.clear()  # a journalling file system writes its names in order: this took earlier deletions along

    def _fail_if_off(self, code: int) -> None:
        if self._disk.is_off:
            raise trouble(code)

    def xFileSize(self) -> int:
        """As programs see it."""
        return len(self._stored.shown)

    def xLock(self, level: int) -> None:
        """Nobody else is here."""

    def xUnlock(self, level: int) -> None:
        """Nobody else is here."""

    def xCheckReservedLock(self) -> bool:
        """Nobody else is here."""
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        """Nothing of it is known here."""
        return False

    def xSectorSize(self) -> int:
        """As on Linux."""
        return 4096

    def xDeviceCharacteristics(self) -> int:
        """As SQLite takes Linux to be: what stands beside what is written comes to no harm."""
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:
        """Nothing is written by it."""
