"""Real processes of the product, started, killed and stopped by the demo."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

START_SECONDS = 90.0
STOP_SECONDS = 20.0
COMMAND_SECONDS = 120.0
POLL_SECONDS = 0.02


class DemoFailed(RuntimeError):
    """The demo can't go on; the sentence says why."""


def command(*arguments: str | Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Runs a `buffr … --json` command to its end and answers what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "buffr.main", *map(str, arguments), "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise DemoFailed(reason[-1] if reason else f"buffr {arguments[0]} {arguments[1]} failed")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


class Service:
    """One long-running `buffr … run`, on a port of its own that stays the same when it is started again."""

    def __init__(self, name: str, arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self._arguments = arguments
        self._port_file = folder / f"{name}.port"
        self._log = folder / f"{name}.log"
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    async def start(self) -> None:
        """Starts it and waits until it listens and is ready."""
        process = self._spawn()  # in this thread: the child's death signal follows the thread that made it
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            if process.poll() is not None:
                raise DemoFailed(f"{self.name} did not start: {self._last_words()}")
            if self._port_file.exists() and (text := self._port_file.read_text()):
                self.port = int(text)
                return
            await asyncio.sleep(POLL_SECONDS)
        raise DemoFailed(f"{self.name} did not start within {START_SECONDS:.0f} seconds; see {self._log}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._port_file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "buffr.demo.child", str(os.getpid())),
                    *(*self._arguments, "--port", str(self.port), "--port-file", str(self._port_file)),
                ],
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self._process

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL: no farewell, nothing flushed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Asks it to stop, and waits."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
