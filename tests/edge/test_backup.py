"""Copies on a second disk: consistent, checked, published whole, the last two kept; a disk that fails harms nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.backup import Backups, copies_in
from edge.copies import check_copy
from edge.database import CannotOpen, connect
from edge.keys import open_keys
from edge.node import Node
from edge.restoring import restore_copy
from edge.settings import EdgeSettings
from edge.writer import Committed
from hospitality.orders.service import place_order
from sync.node.outbox import get
from tests.edge.node_fixture import WAIT_SECONDS, manager
from tests.edge.test_starting import ORDER

START = datetime(2026, 3, 1, 18, tzinfo=UTC)


class Disk:
    """A node's folder, a second disk and the clock between the copies."""

    def __init__(self, folder: Path, second: Path) -> None:
        self.folder, self.second, self.moment = folder, second, START
        self.settings = EdgeSettings(data=folder, keys=folder, backup=second, backup_minutes=60)
        self.keys = open_keys(folder)
        self.backups = Backups(second, 5, folder / "node.db", self.keys.database, code="A", now=lambda: self.moment)

    def copy(self, *, minutes: int = 5, committed: bool = True) -> None:
        """So many minutes later the next copy is due."""
        self.moment += timedelta(minutes=minutes)
        if committed:
            self.backups.committed(Committed(1, 1))
        self.backups.copy()


@pytest.fixture
def disk(node_folder: Path, tmp_path: Path) -> Disk:
    second = tmp_path / "second"
    second.mkdir()
    return Disk(node_folder, second)


def orders(node: Node, count: int = 1) -> list[str]:
    """Takes so many orders; answers their numbers."""
    acts = [node.host.writer.act(manager(), lambda work: place_order(work, ORDER)) for _ in range(count)]
    return [act.result(WAIT_SECONDS)["number"] for act in acts]


def test_the_last_two_copies_are_kept_and_each_is_whole(disk: Disk) -> None:
    for _ in range(4):
        disk.copy()
    kept = [path.name for path in sorted(disk.second.iterdir())]
    assert kept == ["node-A-20260301T181500.db", "node-A-20260301T182000.db"], "and nothing half made beside them"
    assert check_copy(disk.second / kept[0], disk.keys.database) == "2026-03-01T18:15:00.000000Z"
    assert (disk.backups.state.at, disk.backups.state.error) == (disk.moment, None)
    assert disk.backups.state.bytes == (disk.second / kept[1]).stat().st_size


def test_another_nodes_copies_are_left_alone(disk: Disk) -> None:
    other = disk.second / "node-B-20260301T000000.db"
    other.write_bytes(b"another's")
    for _ in range(3):
        disk.copy()
    assert other.exists()
    assert len(copies_in(disk.second, "A")) == 2


def test_nothing_is_copied_while_nothing_was_written_and_the_copy_is_as_good_as_new(disk: Disk) -> None:
    disk.copy()
    disk.copy(committed=False)
    assert [path.name for path in disk.second.iterdir()] == ["node-A-20260301T180500.db"]
    assert disk.backups.state.at == disk.moment


def test_a_disk_that_is_gone_is_told_and_nothing_is_written_in_its_place(disk: Disk) -> None:
    disk.copy()
    gone = disk.second.rename(disk.second.with_name("unplugged"))
    disk.copy()
    assert not disk.second.exists(), "the folder is not made anew on the first disk"
    assert "Is the second disk connected?" in str(disk.backups.state.error)
    assert disk.backups.state.at == START + timedelta(minutes=5), "the age of the last good one goes on"
    gone.rename(disk.second)
    disk.copy(committed=False)
    assert disk.backups.state.error is None
    assert len(copies_in(disk.second)) == 2, "what failed is made up for"


def test_a_copy_that_cannot_be_written_leaves_the_last_good_one_and_no_piece(disk: Disk) -> None:
    disk.copy()
    target = disk.second / "node-A-20260301T181000.db.part"
    target.mkdir()  # whatever stands in the way
    disk.copy()
    assert disk.backups.state.error
    assert [path.name for path in copies_in(disk.second)] == ["node-A-20260301T180500.db"]


def test_a_copy_holds_no_key_and_cannot_be_read_without_it(disk: Disk) -> None:
    disk.copy()
    (copy,) = disk.second.iterdir()
    assert bytes.fromhex(disk.keys.database) not in copy.read_bytes()
    with pytest.raises(CannotOpen):
        connect(copy, "00" * 32)


def test_a_running_node_copies_by_itself_and_says_how_old_the_copy_is(disk: Disk) -> None:
    with Node(disk.settings) as node:
        orders(node)
        assert node.backups is not None
        node.backups.copy()
        told = node.status()["backup"]
    assert told["error"] is None
    assert 0 <= told["age_seconds"] < WAIT_SECONDS
    assert told["bytes"] > 0


def test_a_copy_put_back_goes_on_in_the_next_life_and_gives_no_number_twice(disk: Disk) -> None:
    """S2, also when the node had not been started anew since the copy was made, and never online."""
    with Node(disk.settings) as node:
        first = orders(node, 2)
        assert node.backups is not None
        node.backups.copy()
        after_the_copy = orders(node, 2)
    (disk.folder / "node.db").write_bytes(b"the disk died")
    copy, aside = restore_copy(disk.settings, disk.second, force=False, at="20260301T190000")
    assert copy == copies_in(disk.second)[-1]
    assert aside is not None
    assert aside.read_bytes() == b"the disk died"
    with Node(disk.settings) as node:
        again = orders(node, 2)
        assert node.host.ask(lambda r: r.value("SELECT count(*) FROM orders")).result(WAIT_SECONDS) == 4
    assert not set(again) & {*first, *after_the_copy}
    assert all("2-" in number for number in again)
    with Node(disk.settings) as node:
        assert orders(node)[0].split("-")[0] == again[0].split("-")[0], "a start later it is still that life"


def test_a_database_that_can_be_read_is_only_replaced_when_told_and_then_kept(disk: Disk) -> None:
    disk.copy()
    with pytest.raises(CannotOpen, match="can be read"):
        restore_copy(disk.settings, disk.second, force=False, at="1")
    before = (disk.folder / "node.db").read_bytes()
    _, aside = restore_copy(disk.settings, disk.second, force=True, at="1")
    assert aside is not None
    assert aside.read_bytes() == before


def test_a_running_node_is_not_replaced(disk: Disk) -> None:
    disk.copy()
    with Node(disk.settings), pytest.raises(CannotOpen, match="Stop it first"):
        restore_copy(disk.settings, disk.second, force=True, at="1")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda disk: (disk.folder / "database.key").unlink(), "keys are not in"),
        (lambda disk: [copy.write_bytes(b"no database") for copy in disk.second.iterdir()], "can't be read"),
        (lambda disk: [copy.unlink() for copy in disk.second.iterdir()], "no copy of a node"),
        (lambda disk: [copy.write_bytes(copy.read_bytes()[:9000]) for copy in disk.second.iterdir()], "damaged"),
    ],
    ids=["without keys", "not a database", "no copy", "cut off"],
)
def test_what_cannot_be_put_back_is_refused_and_leaves_what_lies_there(disk: Disk, spoil: object, says: str) -> None:
    disk.copy()
    spoil(disk)  # type: ignore[operator]
    before = (disk.folder / "node.db").read_bytes()
    with pytest.raises(CannotOpen, match=says):
        restore_copy(disk.settings, disk.second, force=True, at="1")
    assert (disk.folder / "node.db").read_bytes() == before


def test_a_copy_says_that_it_is_one_and_the_node_itself_does_not(disk: Disk) -> None:
    disk.copy()
    for path, said in ((copies_in(disk.second)[0], "2026-03-01T18:05:00.000000Z"), (disk.folder / "node.db", None)):
        connection = connect(path, disk.keys.database)
        assert get(connection, "copied") == said
        connection.close()
