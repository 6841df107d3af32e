"""Folders, processes and clusters for these tests. Whatever they start, they stop."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cloud.postgres import Cluster
from cloud.postgres.account import account_by_uid
from cloud.postgres.lock import wait_until_free
from tests.cloud.postgres.holding import WAIT_SECONDS_MAX, Holder, HoldOpen, IsAlive, StartHolder, WaitUntil

ROOT = Path(__file__).resolve().parents[3]
HOLDER = Path(__file__).with_name("holder.py")


def pytest_configure(config: pytest.Config) -> None:
    """Brings in the session's database; harmless when the whole suite has it already."""
    config.pluginmanager.import_plugin("tests.postgres_fixture")


@pytest.fixture
def wait_until() -> WaitUntil:
    """Waits for a condition, with a bound."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not condition():
            assert time.monotonic() < deadline, "the condition never came true"
            time.sleep(0.01)

    return wait


@pytest.fixture
def is_alive() -> IsAlive:
    """Whether a process still runs; one that has ended and waits for its new parent doesn't."""

    def alive(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    return alive


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can pass through (pytest's own is closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="buffr-test-"))
    folder.chmod(0o711)
    yield folder
    _delete(folder)


@pytest.fixture
def own_folder(stopped_folder: Path) -> Iterator[Path]:
    """As `stopped_folder`, but a copy that a test may spoil."""
    folder = Path(tempfile.mkdtemp(prefix="buffr-test-"))
    folder.chmod(0o711)
    subprocess.run(["cp", "-a", f"{stopped_folder}/.", str(folder)], check=True, timeout=WAIT_SECONDS_MAX)
    yield folder
    _delete(folder)


def _delete(folder: Path) -> None:
    # A server whose parent was killed may still be shutting down.
    for lock in folder.rglob("lock"):
        assert wait_until_free(lock, seconds_max=WAIT_SECONDS_MAX)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def stopped_folder() -> Iterator[Path]:
    """The data folder of a cluster that is made but does not run; each test leaves it so."""
    folder = Path(tempfile.mkdtemp(prefix="buffr-test-"))
    folder.chmod(0o711)
    with Cluster.open(folder, durable=False) as cluster, psycopg.connect(cluster.owner_url) as owner:
        owner.execute("CREATE TABLE note (words text)")
    yield folder
    _delete(folder)


@pytest.fixture
def start_holder() -> Iterator[StartHolder]:
    """Starts a process that opens a cluster (holder.py), as root's or the user's own Python or another."""
    started: list[subprocess.Popen[str]] = []

    def start(data_folder: Path, *, python: str = sys.executable, **popen: Any) -> subprocess.Popen[str]:
        paths = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
        process: subprocess.Popen[str] = subprocess.Popen(
            [python, str(HOLDER), str(data_folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
            **popen,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(WAIT_SECONDS_MAX)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture
def hold_open(start_holder: StartHolder) -> HoldOpen:
    """Starts a holder and waits for what it says."""

    def hold(data_folder: Path, **options: Any) -> Holder:
        process = start_holder(data_folder, **options)
        assert process.stdout is not None
        return Holder(process, json.loads(process.stdout.readline()))

    return hold


@pytest.fixture
def as_nobody() -> dict[str, Any]:
    """Arguments that run a holder as `nobody`; skips where that can't be tried."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process as another user")
    entry = pwd.getpwnam("nobody")
    account = account_by_uid(entry.pw_uid)
    system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, system):
        if account.reads(Path(python).resolve()) and account.reads(ROOT):
            return {"python": python, "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("nobody can't reach a Python of this version, or this checkout")
