"""Files that only their owner reads, for secrets."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Writes a file durably that only its owner can read; a crash leaves the old one or the new one."""
    fresh = path.with_suffix(path.suffix + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
