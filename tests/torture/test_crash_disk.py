"""The disk itself: what was not synced may be gone, whole, or torn; what was is there."""

from itertools import count
from random import Random

import apsw
import pytest

from tests.torture.crash_disk import FSYNC, SECTOR_BYTES, Disk, Open, trouble


@pytest.fixture
def disk() -> Disk:
    return Disk(Random(1), {"a": b"old" * 1024})


def opened(disk: Disk, name: str = "a") -> Open:
    found: Open = disk.xOpen(name, [apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_READWRITE, 0])
    return found


def shown(disk: Disk, name: str = "a") -> bytes:
    return bytes(disk.files[name].shown)


def test_what_was_synced_is_there(disk: Disk) -> None:
    file = opened(disk)
    file.xWrite(b"new" * 1024, 0)
    file.xSync(0)
    disk.power_cut()
    assert shown(disk) == b"new" * 1024


def test_what_was_not_synced_is_gone_or_there_in_whole_sectors(disk: Disk) -> None:
    old, new = b"o" * 4 * SECTOR_BYTES, b"n" * 4 * SECTOR_BYTES
    seen = set()
    for seed in range(60):
        disk = Disk(Random(seed), {"a": old})
        opened(disk).xWrite(new, 0)
        disk.power_cut()
        found = shown(disk)
        sectors = [found[start : start + SECTOR_BYTES] for start in range(0, len(found), SECTOR_BYTES)]
        assert set(sectors) <= {old[:SECTOR_BYTES], new[:SECTOR_BYTES]}
        seen.add(found == old or (2 if found == new else 3))
    assert seen == {True, 2, 3}, "gone, torn and there"


def test_of_two_writes_the_first_may_be_what_stays(disk: Disk) -> None:
    found = set()
    for seed in range(100):
        disk = Disk(Random(seed), {"a": b"0" * 10})
        file = opened(disk)
        file.xWrite(b"1" * 10, 0)
        file.xWrite(b"2" * 10, 0)
        disk.power_cut()
        found.add(shown(disk)[:1])
    assert found == {b"0", b"1", b"2"}


def test_a_name_that_was_never_synced_may_be_gone_and_a_deleted_one_back() -> None:
    made, back = set(), set()
    for seed in range(40):
        disk = Disk(Random(seed), {"a": b"x"})
        opened(disk, "b")
        disk.xDelete("a", False)
        disk.power_cut()
        made.add("b" in disk.files)
        back.add("a" in disk.files)
    assert made == back == {True, False}


def test_a_sync_that_failed_shows_what_no_later_sync_will_keep(disk: Disk) -> None:
    def fail(number: int, kind: str) -> None:
        if kind == "sync":
            disk.before = lambda number, kind: None
            raise trouble(FSYNC)

    file = opened(disk)
    disk.before = fail
    file.xWrite(b"new", 0)
    with pytest.raises(apsw.IOError):
        file.xSync(0)
    file.xSync(0)
    assert shown(disk)[:3] == b"new"
    disk.power_cut()
    assert shown(disk)[:3] == b"old"


def test_when_the_process_alone_dies_everything_it_wrote_is_there(disk: Disk) -> None:
    opened(disk).xWrite(b"new", 0)
    disk.killed()
    assert shown(disk)[:3] == b"new"


def test_nothing_works_once_the_power_is_off(disk: Disk) -> None:
    file = opened(disk)
    disk.cut_at(3)
    written = 0
    for n in count(1):
        try:
            file.xWrite(b"new", 3 * n)
        except apsw.IOError:
            break
        written += 1
    assert written == 2
    for act in (lambda: file.xRead(1, 0), lambda: file.xSync(0), lambda: opened(disk), lambda: disk.xDelete("a", True)):
        with pytest.raises((apsw.IOError, apsw.CantOpenError)):
            act()
