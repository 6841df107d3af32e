"""A folder for the server's Unix socket whose path is short enough for one."""

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from cloud.postgres.account import Account
from cloud.postgres.home import Home

SOCKET_PATH_BYTES_MAX = 107
_SOCKET_NAME = ".s.PGSQL.65535"
_SYSTEM_FOLDERS = (Path("/run"), Path("/tmp"))  # noqa: S108 - whose folder it is gets checked


def make_socket_folder(home: Home) -> Path:
    """The home's own `run` folder, else one that the server's account alone can enter in /run or /tmp.

    Its name there follows from the home's, so that what a crash leaves behind is used again.
    """
    if _is_short(home.run):
        home.make_private(home.run)
        return home.run
    name = f"buffr-{hashlib.sha256(os.fsencode(home.folder)).hexdigest()[:12]}"
    for parent in (Path(f"/run/user/{home.account.uid}"), *_SYSTEM_FOLDERS):
        if os.access(parent, os.W_OK | os.X_OK) and home.account.reaches(parent / name):
            folder = parent / name
            with suppress(FileExistsError):
                home.make_private(folder)
            if _is_private(folder, home.account):
                return folder
    return _made_unguessable(home)


def remove_socket_folder(home: Home, folder: Path) -> None:
    """Removes a folder that was made outside of the home, once its server has ended."""
    if folder != home.run and folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def _made_unguessable(home: Home) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="buffr-", dir="/tmp"))
    if not home.account.is_own:
        os.chown(folder, home.account.uid, home.account.gid)
    return folder


def _is_short(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX


def _is_private(folder: Path, account: Account) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077
