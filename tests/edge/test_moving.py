"""A planned move: one sealed file, a folder that refuses to run, and the node going on elsewhere."""

from pathlib import Path

import pytest

from edge.database import CannotOpen
from edge.identity import NotEnrolled
from edge.moving import move_in, move_out
from edge.node import Node
from edge.settings import EdgeSettings
from tests.edge.test_backup import orders

PASSPHRASE = "kudu at dusk"
AT = "2026-03-01T18:00:00.000000Z"


@pytest.fixture
def here(node_folder: Path) -> EdgeSettings:
    return EdgeSettings(data=node_folder, keys=node_folder)


@pytest.fixture
def there(tmp_path: Path) -> EdgeSettings:
    return EdgeSettings(data=tmp_path / "there", keys=tmp_path / "keys there")


def test_a_moved_node_goes_on_with_all_it_had_in_the_next_life(
    here: EdgeSettings, there: EdgeSettings, tmp_path: Path
) -> None:
    with Node(here) as node:
        before, identity = orders(node, 3), node.identity
    move_out(here, tmp_path / "move", PASSPHRASE, AT)
    with pytest.raises(NotEnrolled, match="moved out of here on 2026-03-01"), Node(here):
        pass
    move_in(there, tmp_path / "move", PASSPHRASE)
    with Node(there) as node:
        assert node.identity == identity
        after = orders(node, 2)
        assert node.host.ask(lambda r: r.value("SELECT count(*) FROM orders")).result(10) == 5
    assert not set(before) & set(after)
    assert all("2-" in number for number in after)


def test_the_file_says_nothing_without_the_passphrase(here: EdgeSettings, there: EdgeSettings, tmp_path: Path) -> None:
    move_out(here, tmp_path / "move", PASSPHRASE, AT)
    sealed = (tmp_path / "move").read_bytes()
    for secret in ("database.key", "node.key", "device.key"):
        assert (here.keys_folder / secret).read_bytes().strip() not in sealed
    assert b"SQLite format" not in sealed
    assert (tmp_path / "move").stat().st_mode & 0o077 == 0
    with pytest.raises(CannotOpen, match="passphrase is another one"):
        move_in(there, tmp_path / "move", "another")
    assert not there.database.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[: len(sealed) // 2],
        lambda sealed: sealed[:60] + bytes([sealed[60] ^ 1]) + sealed[61:],
        lambda sealed: sealed[:-40] + sealed[-20:],
        lambda sealed: sealed + b"more",
    ],
    ids=["one byte short", "half", "one bit", "a hole", "more"],
)
def test_a_file_that_was_changed_is_refused_and_nothing_is_put_in_place(
    here: EdgeSettings, there: EdgeSettings, tmp_path: Path, spoil: object
) -> None:
    move_out(here, tmp_path / "move", PASSPHRASE, AT)
    (tmp_path / "spoiled").write_bytes(spoil((tmp_path / "move").read_bytes()))  # type: ignore[operator]
    with pytest.raises(CannotOpen):
        move_in(there, tmp_path / "spoiled", PASSPHRASE)
    assert not there.database.exists()
    assert not (there.keys_folder / "database.key").exists()
    move_in(there, tmp_path / "move", PASSPHRASE)  # the whole file still can be


def test_a_running_node_is_not_moved_and_a_node_that_is_there_is_not_replaced(
    here: EdgeSettings, tmp_path: Path
) -> None:
    with Node(here), pytest.raises(CannotOpen, match="Stop it first"):
        move_out(here, tmp_path / "move", PASSPHRASE, AT)
    move_out(here, tmp_path / "move", PASSPHRASE, AT)
    with pytest.raises(CannotOpen, match="already"):
        move_in(here, tmp_path / "move", PASSPHRASE)
    with pytest.raises(CannotOpen, match="there already"):
        move_out(here, tmp_path / "move", PASSPHRASE, AT)


def test_a_move_that_fails_leaves_the_node_as_it_was(here: EdgeSettings, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        move_out(here, tmp_path / "no folder" / "move", PASSPHRASE, AT)
    with Node(here) as node:
        assert orders(node)
    assert not (here.data / "moving.db").exists()
