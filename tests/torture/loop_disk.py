"""A file system of its own on a loop device, of which a copy can be taken as a power cut would leave it.

The copy holds what has reached the device and nothing that only the operating system's memory has. It needs root, loop
devices and ext4; `why_not` says what is missing.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEGABYTES = 64
TRIES_MAX = 20
COMMAND_SECONDS = 60.0
TOOLS = ("losetup", "mkfs.ext4", "mount", "umount")
PLACES = "/usr/sbin:/sbin:/usr/bin:/bin"


class NotHere(RuntimeError):
    """This machine lends no loop device; the sentence says why."""


class LoopDisk:
    """The mounted file system; `folder` is where one writes."""

    def __init__(self, backing: Path, device: str, folder: Path) -> None:
        self._backing = backing
        self._device = Path("/sys/block") / Path(device).name
        self.folder = folder

    def copy(self, to: Path) -> Path:
        """What the device holds now. Whoever writes must have been stopped; the kernel's own threads are waited for."""
        for _ in range(TRIES_MAX):
            before = self._writes()
            shutil.copyfile(self._backing, to)
            if self._writes() == before:
                return to
        raise NotHere("the device never came to rest")

    def _writes(self) -> tuple[str, ...]:
        """Writes done, sectors written, and what is under way."""
        words = (self._device / "stat").read_text().split()
        return words[4], words[6], words[8]


@contextmanager
def loop_disk(folder: Path, name: str = "disk", *, image: Path | None = None) -> Iterator[LoopDisk]:
    """A fresh file system in the folder, or that of an image, whose journal is replayed as after a power cut."""
    backing, mounted = image or folder / f"{name}.img", folder / name
    mounted.mkdir(exist_ok=True)
    if image is None:
        with backing.open("wb") as file:
            file.truncate(MEGABYTES * 1_000_000)
        _run("mkfs.ext4", "-q", "-F", str(backing))
    device = _run("losetup", "--find", "--show", str(backing))
    try:
        _run("mount", device, str(mounted))
        try:
            yield LoopDisk(backing, device, mounted)
        finally:
            _run("umount", str(mounted))
    finally:
        _run("losetup", "--detach", device)
        if image is None:
            backing.unlink()


def why_not(folder: Path) -> str | None:
    """Why there can be no loop device here; None when there can."""
    if os.geteuid() != 0:
        return "only root may mount a loop device"
    missing = [tool for tool in TOOLS if shutil.which(tool, path=PLACES) is None]
    if missing:
        return f"{', '.join(missing)} is not installed"
    try:
        with loop_disk(folder, "try"):
            return None
    except NotHere as error:
        return str(error)
    finally:
        with suppress(OSError):
            (folder / "try").rmdir()


def _run(*command: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, "PATH": PLACES},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise NotHere(f"{command[0]} failed: {words[-1] if words else done.returncode}")
    return done.stdout.strip()
