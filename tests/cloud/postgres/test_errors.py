"""What goes wrong, told in one sentence."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloud.postgres import Cluster, ClusterError
from cloud.postgres.account import Account, server_account
from cloud.postgres.errors import CODES, explain
from cloud.postgres.postmaster import Postmaster, pid_file, read_postmaster
from cloud.postgres.server import drop_old_logs
from cloud.postgres.tuning import LOG_FILES_MAX

HOME = Path("/data/postgres")


@pytest.mark.parametrize(
    ("output", "code", "message"),
    [
        (
            'FATAL:  could not write lock file "postmaster.pid": No space left on device\n',
            "DISK_FULL",
            "The disk that holds /data/postgres is full; free some space and start again.",
        ),
        (
            'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\n'
            "FATAL:  could not create any TCP/IP sockets\n",
            "PORT_TAKEN",
            "Port 5432 on 127.0.0.1 is taken; free it or choose another port.",
        ),
        (
            "launch: cannot become user 101: Operation not permitted",
            "ACCOUNT_NOT_USABLE",
            "The database can't run as the chosen account (launch: cannot become user 101: Operation not "
            "permitted); name another.",
        ),
        (
            'initdb: error: could not access directory "/data/postgres": Permission denied\n',
            "DATA_FOLDER_NOT_REACHABLE",
            "The database's account can't use /data/postgres (could not access directory "
            '"/data/postgres": Permission denied); choose a folder that it can reach.',
        ),
        (
            '10:00:00 UTC [1] FATAL:  unrecognized configuration parameter "x".\n[1] LOG:  shut down\n',
            "DATABASE_NOT_STARTED",
            'PostgreSQL in /data/postgres did not start (unrecognized configuration parameter "x").',
        ),
        ("", "DATABASE_NOT_STARTED", "PostgreSQL in /data/postgres did not start (it printed nothing)."),
    ],
)
def test_what_postgres_printed_becomes_a_sentence(output: str, code: str, message: str) -> None:
    error = explain(output, folder=HOME, port=5432, otherwise="DATABASE_NOT_STARTED")
    assert (error.code, error.message) == (code, message)


@given(st.text())
def test_every_explanation_is_one_line_with_a_known_code(output: str) -> None:
    error = explain(output, folder=HOME, port=None, otherwise="DATABASE_NOT_STARTED")
    assert error.code in CODES
    assert len(error.message.splitlines()) == 1


WHOLE_PID_FILE = "4711\n/data\n1795341296\n5432\n/run/buffr\n\n  123 0\nready   \n"


@given(lines=st.integers(0, 4), text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/")))
@example(lines=4, text="\n\n  123 0\nstarting\n")
def test_half_written_pid_file_is_no_server(tmp_path_factory: pytest.TempPathFactory, lines: int, text: str) -> None:
    data = tmp_path_factory.mktemp("data")
    pid_file(data).write_text("".join(WHOLE_PID_FILE.splitlines(keepends=True)[:lines]) + text)
    assert read_postmaster(data) is None


def test_whole_pid_file_says_where_the_server_listens(tmp_path: Path) -> None:
    pid_file(tmp_path).write_text(WHOLE_PID_FILE)
    assert read_postmaster(tmp_path) == Postmaster(4711, 5432, Path("/run/buffr"))
    assert read_postmaster(tmp_path / "missing") is None


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """A disk that initdb does not fit on."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = open_folder / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0711", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True, timeout=30).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=30)


def test_full_disk_is_named_and_nothing_half_made_stays(small_disk: Path) -> None:
    with pytest.raises(ClusterError) as refusal:
        Cluster.open(small_disk)
    assert refusal.value.code == "DISK_FULL"
    assert sorted(path.name for path in (small_disk / "postgres").iterdir()) == ["lock"]


def test_unknown_account_is_refused() -> None:
    with pytest.raises(ClusterError) as refusal:
        server_account("no-such-account")
    assert refusal.value.code == "ACCOUNT_NOT_USABLE"


def test_root_is_refused_as_the_servers_account() -> None:
    with pytest.raises(ClusterError) as refusal:
        server_account("root" if os.geteuid() == 0 else "no-such-account")
    assert refusal.value.code == "ACCOUNT_NOT_USABLE"


def test_account_reaches_what_the_modes_of_the_folders_above_let_it(tmp_path: Path) -> None:
    stranger = Account("stranger", uid=54321, gid=54321, groups=(os.getegid(),))
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    inside = Account("self", uid=folder.stat().st_uid, gid=54321, groups=())
    (tmp_path / "a").chmod(0o700)
    assert not stranger.reaches(folder / "file")
    assert inside.reaches(folder / "file") or os.geteuid() == 0
    assert not stranger.reads(tmp_path / "missing")


def test_logs_are_bounded_by_dropping_the_oldest(tmp_path: Path) -> None:
    names = [f"postgres-20261122T1000{second:02d}.log" for second in range(LOG_FILES_MAX + 3)]
    for name in [*names, "other.txt"]:
        (tmp_path / name).write_text("")
    drop_old_logs(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.txt", *names[3:]]
