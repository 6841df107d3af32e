"""Power cuts under the node's own, encrypted file: a copy of the disk while the till is stopped in its tracks.

The till is stopped by SIGSTOP at a random moment, what it has said so far is what it acknowledged, and the device is
copied as it stands. The copy is mounted (the file system replays its journal), opened with the node's key and compared.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import sqlcipher3.dbapi2 as driver

from edge.database import CannotOpen, connect
from tests.torture.loop_disk import LoopDisk, loop_disk
from tests.torture.promises import Known, Verdict, compare

CUTS_A_TILL = 10
BETWEEN_SECONDS_MAX = 0.3
BEGIN_SECONDS = 60.0
CHUNK_BYTES = 1 << 16


@dataclass
class Till:
    """The till's process, and what it has said."""

    process: "subprocess.Popen[bytes]"
    known: Known
    _rest: bytes = b""

    def stop(self) -> None:
        """Stopped in its tracks: no instruction is carried out any more."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        self.listen()

    def go_on(self) -> None:
        """As if nothing had happened."""
        self.process.send_signal(signal.SIGCONT)

    def listen(self) -> None:
        """Takes in what it has said."""
        assert self.process.stdout is not None
        said = b""
        while True:
            try:
                chunk = os.read(self.process.stdout.fileno(), CHUNK_BYTES)
            except BlockingIOError:
                break
            if not chunk:
                break
            said += chunk
        *lines, self._rest = (self._rest + said).split(b"\n")
        for line in lines:
            kind, id, *rest = line.decode().split()
            if kind == "order":
                self.known.orders[id] = int(rest[0])
            else:
                self.known.payments.add(id)


def cuts(furnished: Path, folder: Path, *, count: int, seed: int, synchronous: str = "FULL") -> Iterator[Verdict]:
    """So many power cuts, a verdict each; a new disk with a new till every few."""
    chance = Random(seed)
    done = 0
    while done < count:
        with loop_disk(folder) as disk:
            shutil.copytree(furnished, disk.folder / "node")
            os.sync()
            with _till(disk.folder / "node", synchronous) as till:
                for _ in range(min(CUTS_A_TILL, count - done)):
                    time.sleep(chance.uniform(0, BETWEEN_SECONDS_MAX))
                    yield _cut(till, disk, folder, Verdict(seed, crashes=done))
                    done += 1


@contextmanager
def _till(node: Path, synchronous: str) -> Iterator[Till]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.till", str(node), synchronous],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    till = Till(process, Known())
    fcntl.fcntl(process.stdout, fcntl.F_SETFL, os.O_NONBLOCK)
    try:
        ends = time.monotonic() + BEGIN_SECONDS
        while not till.known.payments:
            assert process.poll() is None, "the till did not start"
            assert time.monotonic() < ends, "the till took nothing"
            time.sleep(0.01)
            till.listen()
        yield till
    finally:
        process.kill()
        process.wait(BEGIN_SECONDS)
        process.stdout.close()


def _cut(till: Till, disk: LoopDisk, folder: Path, verdict: Verdict) -> Verdict:
    till.stop()
    copied = disk.copy(folder / "cut.img")
    till.go_on()
    verdict.acknowledged = len(till.known.orders) + len(till.known.payments)
    known = Known(orders=dict(till.known.orders), payments=set(till.known.payments))
    try:
        with loop_disk(folder, "cut", image=copied) as found:
            _look(found.folder / "node", known, verdict)
    finally:
        copied.unlink()
    return verdict


def _look(node: Path, known: Known, verdict: Verdict) -> None:
    key = (node / "database.key").read_text()
    try:
        with closing(connect(node / "node.db", key)) as connection:
            compare(connection, known, verdict)
    except (CannotOpen, driver.DatabaseError) as error:
        verdict.broken.append(f"it does not open: {error}")
