"""A folder that other accounts can pass through, for what can't lie in the data folder.

Only root needs it, and only when the server's account can't reach the data folder or the programs.
"""

import os
import stat
from pathlib import Path

from cloud.postgres.errors import ClusterError

STATE_FOLDERS = (Path("/var/lib/buffr"), Path("/var/tmp/buffr"))  # noqa: S108 - its owner gets checked


def find_state_folder(configured: Path | None) -> Path:
    """The `configured` folder, else the first of `STATE_FOLDERS` that is, or becomes, ours alone to write."""
    reasons = []
    for folder in (configured,) if configured else STATE_FOLDERS:
        try:
            make_passable(folder)
        except FileExistsError:
            pass
        except OSError as error:
            reasons.append(f"{folder}: {error.strerror}")
            continue
        if _is_ours_alone(folder):
            return folder
        reasons.append(f"{folder}: others may write to it")
    raise ClusterError(
        "DATA_FOLDER_NOT_REACHABLE",
        f"The database can't reach the data folder and no other place will do ({'; '.join(reasons)}).",
    )


def make_passable(folder: Path) -> None:
    """Makes `folder`, writable by us alone and open to every account to pass through and read.

    Raises FileExistsError when it is there already: the rights of what others made are never changed.
    """
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)  # whatever the umask took away


def _is_ours_alone(folder: Path) -> bool:
    # In a folder that anyone may write to, somebody else could have been first.
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
