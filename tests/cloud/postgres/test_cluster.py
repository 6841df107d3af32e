"""The whole of a cluster's life, on real processes."""

import json
import os
import signal
import socket
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy

from cloud.postgres import Cluster, ClusterError, remove
from cloud.postgres.account import server_account
from cloud.postgres.child import start_child
from cloud.postgres.postmaster import pid_file, read_postmaster
from tests.cloud.postgres.holding import HoldOpen, IsAlive, StartHolder, WaitUntil


def _value(url: str, query: str) -> object:
    with psycopg.connect(url, connect_timeout=10) as session:
        row = session.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _log(cluster: Cluster) -> str:
    return "".join(file.read_text() for file in sorted(cluster.log.iterdir()))


def test_empty_folder_becomes_a_cluster_that_serves_and_stops(open_folder: Path) -> None:
    folder = open_folder / "new" / "data"
    (open_folder / "new").mkdir(mode=0o711)
    with Cluster.open(folder) as cluster:
        assert cluster.started_here
        assert cluster.running
        assert _value(cluster.app_url, "SELECT current_user || '@' || current_database()") == "buffr_app@buffr"
        assert _value(cluster.owner_url, "SELECT current_user") == "buffr_owner"
        assert _value(cluster.admin_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is True
        pid = cluster.pid
    assert not cluster.running
    assert cluster.pid is None
    assert not Path(f"/proc/{pid}").exists()
    assert not pid_file(cluster.data).exists()


def test_server_is_durable_and_silent_on_the_network_unless_told_otherwise(stopped_folder: Path) -> None:
    expected = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_compression": "pglz",
        "data_checksums": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
    }
    with Cluster.open(stopped_folder) as cluster:
        found = {name: _value(cluster.app_url, f"SHOW {name}") for name in expected}
        methods = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
        assert _value(cluster.admin_url, methods) == "scram-sha-256"
    assert found == expected


def test_passwords_are_readable_by_their_owner_alone_and_shown_nowhere(own_folder: Path) -> None:
    with Cluster.open(own_folder, durable=False) as cluster:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(replace(cluster.app, password="guess").url, connect_timeout=10)
        kept = own_folder / "postgres.passwords.json"
        passwords = json.loads(kept.read_text())
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert sorted(passwords) == ["admin", "app", "owner"]
        shown = [Path(f"/proc/{cluster.pid}/cmdline").read_text(), _log(cluster), repr(cluster.app)]
        shown += [path.read_text() for path in cluster.data.glob("*.conf")]
        assert not [password for password in passwords.values() for text in shown if password in text]


def test_rows_are_there_after_a_stop_and_a_start(stopped_folder: Path) -> None:
    with Cluster.open(stopped_folder, durable=False) as cluster, psycopg.connect(cluster.owner_url) as owner:
        owner.execute("INSERT INTO note VALUES ('kept')")
    with Cluster.open(stopped_folder, durable=False) as cluster:
        assert _value(cluster.owner_url, "SELECT count(*) FROM note WHERE words = 'kept'") == 1
        assert "not properly shut down" not in _log(cluster)


def test_sqlalchemy_understands_the_urls(stopped_folder: Path) -> None:
    with Cluster.open(stopped_folder, durable=False) as cluster:
        engine = sqlalchemy.create_engine(cluster.app_url)
        with engine.connect() as connection:
            assert connection.scalar(sqlalchemy.text("SELECT current_user")) == "buffr_app"
        engine.dispose()


def test_port_is_opened_on_loopback_when_asked_for(stopped_folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Cluster.open(stopped_folder, durable=False, port=port) as cluster:
        over_tcp = f"postgresql://{cluster.app.role}:{cluster.app.password}@127.0.0.1:{port}/buffr"
        assert _value(over_tcp, "SELECT inet_server_port()") == port
        assert _value(cluster.app_url, "SHOW listen_addresses") == "127.0.0.1"


def test_taken_port_is_refused_in_a_sentence_and_leaves_nothing_running(stopped_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ClusterError) as refusal:
            Cluster.open(stopped_folder, durable=False, port=port)
    assert refusal.value.code == "PORT_TAKEN"
    assert refusal.value.message == f"Port {port} on 127.0.0.1 is taken; free it or choose another port."
    assert read_postmaster(stopped_folder / "postgres" / "data") is None


def test_second_cluster_of_the_same_process_attaches_and_does_not_stop_the_first(
    stopped_folder: Path,
) -> None:
    with Cluster.open(stopped_folder, durable=False) as first:
        with Cluster.open(stopped_folder) as second:
            assert not second.started_here
            assert second.running
            assert second.pid == first.pid
            assert second.app_url == first.app_url
        assert first.running
        assert _value(first.app_url, "SELECT 1") == 1


def test_second_process_attaches_and_does_not_stop_what_it_did_not_start(
    stopped_folder: Path, hold_open: HoldOpen
) -> None:
    with Cluster.open(stopped_folder, durable=False) as cluster:
        guest = hold_open(stopped_folder)
        assert guest.said["started_here"] is False
        assert guest.server_pid == cluster.pid
        guest.leave()
        assert cluster.running
        assert _value(cluster.app_url, "SELECT 1") == 1


def test_attached_cluster_survives_neither_its_server_nor_claims_to(stopped_folder: Path, hold_open: HoldOpen) -> None:
    host = hold_open(stopped_folder)
    with Cluster.open(stopped_folder) as guest:
        assert not guest.started_here
        host.leave()
        assert not guest.running
        assert guest.pid is None


def test_of_two_processes_that_open_an_empty_folder_at_once_one_starts_and_one_attaches(
    open_folder: Path, start_holder: StartHolder
) -> None:
    both = [start_holder(open_folder) for _ in range(2)]
    said = [json.loads(process.stdout.readline()) for process in both if process.stdout is not None]
    assert sorted(each["started_here"] for each in said) == [False, True]
    assert said[0]["pid"] == said[1]["pid"]
    assert [_value(each["app_url"], "SELECT current_user") for each in said] == ["buffr_app"] * 2


def test_server_shuts_down_cleanly_when_its_parent_is_killed(
    stopped_folder: Path, hold_open: HoldOpen, is_alive: IsAlive, wait_until: WaitUntil
) -> None:
    host = hold_open(stopped_folder)
    with Cluster.open(stopped_folder) as guest, psycopg.connect(guest.owner_url) as owner:
        owner.execute("INSERT INTO note VALUES ('before the kill')")
    assert is_alive(host.server_pid)

    host.process.send_signal(signal.SIGKILL)

    wait_until(lambda: not is_alive(host.server_pid))
    data = stopped_folder / "postgres" / "data"
    assert not pid_file(data).exists()
    with Cluster.open(stopped_folder, durable=False) as again:
        assert again.started_here
        assert _value(again.owner_url, "SELECT count(*) FROM note WHERE words = 'before the kill'") == 1
        assert "not properly shut down" not in _log(again)


def test_opening_waits_for_a_server_that_is_still_shutting_down(stopped_folder: Path, hold_open: HoldOpen) -> None:
    host = hold_open(stopped_folder)
    host.process.send_signal(signal.SIGKILL)
    with Cluster.open(stopped_folder, durable=False) as again:
        assert again.started_here
        assert again.pid != host.server_pid


def test_server_survives_the_thread_that_opened_it(stopped_folder: Path) -> None:
    opened: list[Cluster] = []
    opener = threading.Thread(target=lambda: opened.append(Cluster.open(stopped_folder, durable=False)))
    opener.start()
    opener.join()
    with opened[0] as cluster:
        assert _value(cluster.app_url, "SELECT 1") == 1
        assert cluster.running


def test_ctrl_c_in_the_terminal_is_not_for_the_server(stopped_folder: Path) -> None:
    with Cluster.open(stopped_folder, durable=False) as cluster:
        assert cluster.pid is not None
        assert os.getsid(cluster.pid) == cluster.pid != os.getsid(0)
        assert int(Path(f"/proc/{cluster.pid}/stat").read_text().rpartition(")")[2].split()[1]) == os.getpid()


def test_crashed_server_is_started_again_with_what_it_had_committed(own_folder: Path, wait_until: WaitUntil) -> None:
    with Cluster.open(own_folder) as cluster:
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute("INSERT INTO note VALUES ('committed')")
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        wait_until(lambda: not cluster.running)
    assert pid_file(cluster.data).exists()
    with Cluster.open(own_folder) as again:
        assert _value(again.owner_url, "SELECT count(*) FROM note WHERE words = 'committed'") == 1
        assert "not properly shut down" in _log(again)


def test_pid_file_of_a_crash_is_ignored_when_another_program_has_the_number(stopped_folder: Path) -> None:
    data = stopped_folder / "postgres" / "data"
    account = server_account(None)
    with Path(os.devnull).open("w") as nowhere:
        other = start_child(["/bin/sleep", "600"], account, death_signal=signal.SIGKILL, output=nowhere.fileno())
    try:
        lines = [str(other.pid), str(data), "1", "5432", str(data.parent / "run"), "", "0 0", "ready"]
        pid_file(data).write_text("\n".join(lines) + "\n")
        os.chown(pid_file(data), account.uid, account.gid)
        with Cluster.open(stopped_folder, durable=False) as cluster:
            assert cluster.started_here
            assert _value(cluster.app_url, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_cluster_that_was_half_made_when_its_parent_was_killed_is_made_anew(
    open_folder: Path, start_holder: StartHolder, wait_until: WaitUntil
) -> None:
    half_made = open_folder / "postgres" / "data.new" / "base"
    maker = start_holder(open_folder)
    wait_until(half_made.exists)
    maker.send_signal(signal.SIGKILL)
    with Cluster.open(open_folder, durable=False) as cluster:
        assert cluster.started_here
        assert not half_made.exists()
        assert _value(cluster.app_url, "SELECT current_database()") == "buffr"


def test_remove_refuses_while_it_runs_and_then_deletes_everything(open_folder: Path) -> None:
    with Cluster.open(open_folder, durable=False), pytest.raises(ClusterError, match="running; end it first"):
        remove(open_folder)
    remove(open_folder)
    assert list(open_folder.iterdir()) == []
    remove(open_folder)


def test_ordinary_user_runs_it_as_itself(open_folder: Path, hold_open: HoldOpen, as_nobody: dict[str, Any]) -> None:
    data_folder = open_folder / "data"
    data_folder.mkdir()
    uid, gid = as_nobody["user"], as_nobody["group"]
    os.chown(data_folder, uid, gid)

    host = hold_open(data_folder, **as_nobody)

    assert host.said["started_here"] is True
    assert Path(f"/proc/{host.server_pid}").stat().st_uid == uid
    with Cluster.open(data_folder) as guest:
        assert not guest.started_here
    host.leave()
    with Cluster.open(data_folder, durable=False) as run_by_root:
        assert run_by_root.pid is not None
        assert Path(f"/proc/{run_by_root.pid}").stat().st_uid == uid
    remove(data_folder)


def test_ordinary_user_is_told_of_a_folder_that_is_not_its_own(
    open_folder: Path, hold_open: HoldOpen, as_nobody: dict[str, Any]
) -> None:
    told = hold_open(open_folder, **as_nobody).said
    assert told["code"] == "DATA_FOLDER_NOT_WRITABLE"
    assert told["message"] == (
        f"The data folder {open_folder} can't be read and written by nobody (Permission denied); "
        "run as its owner or choose another folder."
    )
