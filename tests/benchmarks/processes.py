"""The processes that are measured: started on a free port, watched, and stopped whatever happens."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

START_SECONDS = 90.0
STOP_SECONDS = 20.0
COMMAND_SECONDS = 120.0
POLL_SECONDS = 0.01
QUIET_SECONDS = 3.0
QUIET_SHARE = 0.85


class BenchFailed(RuntimeError):
    """Nothing can be measured; the sentence says why."""


class Process:
    """A module run as a program of its own, which writes its port into the file given by `--port-file`."""

    def __init__(
        self, name: str, module: str, *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._port_file = folder / f"{name}.port"
        self._log = folder / f"{name}.log"
        self._command = [
            *(sys.executable, "-m", "tests.benchmarks.child", str(os.getpid()), module, *map(str, arguments)),
            *("--port", "0", "--port-file", str(self._port_file)),
        ]
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self._port_file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self._wait_for_port(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_for_port(self, process: subprocess.Popen[bytes]) -> None:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            if process.poll() is not None:
                raise BenchFailed(f"{self.name} did not start: {self._last_words()}")
            if self._port_file.exists() and (text := self._port_file.read_text()):
                self.port = int(text)
                return
            time.sleep(POLL_SECONDS)
        raise BenchFailed(f"{self.name} did not start within {START_SECONDS:.0f} seconds; see {self._log}")

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def peak_megabytes(self) -> float:
        """The most memory that it has held so far."""
        return self._memory("VmHWM")

    def resident_megabytes(self) -> float:
        """The memory that it holds."""
        return self._memory("VmRSS")

    def _memory(self, field: str) -> float:
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None, f"the kernel tells no {field}"
        return int(found[1]) / 1024

    def stop(self) -> None:
        """Asks it to stop, and waits; kills it when it doesn't."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def command(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Runs a `buffr … --json` command to its end and answers what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "buffr.main", *map(str, arguments), "--json"],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise BenchFailed(reason[-1] if reason else f"buffr {arguments[0]} {arguments[1]} failed")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def wait_until_quiet() -> None:
    """Waits a moment for the machine to have nothing else to do; others may share it, so not for ever."""
    ends = time.monotonic() + QUIET_SECONDS
    before = _processor_times()
    while time.monotonic() < ends:
        time.sleep(0.2)
        after = _processor_times()
        spent, idle = after[0] - before[0], after[1] - before[1]
        if spent and idle / spent >= QUIET_SHARE:
            return
        before = after


def _processor_times() -> tuple[int, int]:
    with open("/proc/stat") as file:
        values = [int(value) for value in file.readline().split()[1:9]]
    return sum(values), values[3] + values[4]
