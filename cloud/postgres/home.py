"""Where a cluster lies.

    <data folder>/postgres.passwords.json   the roles' passwords, readable by whoever runs the product alone
    <data folder>/postgres/                 the home:
        lock    held by the server's processes themselves for as long as one of them lives
        data/   PostgreSQL's own folder   log/   its log   run/   its socket

As root the server runs as another account. When that account can't reach the data folder, the home is made
in the state folder (/var/lib/buffr) instead, and `<data folder>/postgres.location` names it: no folder that
was not made here has its rights changed.
"""

import errno
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cloud.postgres.account import Account, account_by_uid, server_account
from cloud.postgres.errors import ClusterError, disk_full, folder_not_writable, is_disk_full
from cloud.postgres.state_folder import find_state_folder, make_passable

_HOME = "postgres"
_LOCATION = "postgres.location"
_PASSWORDS = "postgres.passwords.json"


@dataclass(frozen=True)
class Home:
    """The folders of one cluster and the account that owns what is in them."""

    folder: Path
    passwords: Path
    account: Account

    @property
    def lock(self) -> Path:
        """The file whose lock says that a server runs."""
        return self.folder / "lock"

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder; it exists only once it is complete."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The folder of the server's log files."""
        return self.folder / "log"

    @property
    def run(self) -> Path:
        """The folder of the server's socket, unless its path is too long for one."""
        return self.folder / "run"

    def make_private(self, folder: Path) -> None:
        """Makes `folder` for the server's account alone, if it is not there."""
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if not self.account.is_own:
                os.chown(folder, self.account.uid, self.account.gid)


def find_home(data_folder: Path, *, account: str | None, state_folder: Path | None) -> Home:
    """Finds the cluster's home, or makes an empty one (see the module's text for where)."""
    data_folder = data_folder.absolute()
    try:
        if not data_folder.exists():
            # Passable when root makes it, since another account runs the server; secrets in it are 0600.
            data_folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True)
        if not os.access(data_folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return existing_home(data_folder, account) or _make_home(data_folder, account, state_folder)
    except OSError as error:
        if is_disk_full(error):
            raise disk_full(data_folder) from error
        own = account_by_uid(os.geteuid()).name
        raise folder_not_writable(data_folder, own, error.strerror or str(error)) from error


def existing_home(data_folder: Path, configured_account: str | None = None) -> Home | None:
    """The home that `data_folder` has or names already; None when there is none."""
    data_folder = data_folder.absolute()
    passwords = data_folder / _PASSWORDS
    has_passwords = passwords.exists()  # asked first: whoever makes a cluster makes its folder first
    folder = _located(data_folder)
    if folder is None and has_passwords:
        raise ClusterError(
            "DATABASE_MOVED",
            f"{passwords} is there and its database is not; put it back, or delete that file to begin anew.",
        )
    if folder is None:
        return None
    account = _owner_of_data(folder) or server_account(configured_account)
    if not account.reaches(folder / "data"):
        raise ClusterError(
            "DATA_FOLDER_NOT_REACHABLE",
            f"The account {account.name} can no longer reach {folder}; let it pass the folders above.",
        )
    return Home(folder, passwords, account)


def forget_home(data_folder: Path, home: Home) -> None:
    """Deletes the cluster in `home`, its passwords and its location. Only for one that does not run."""
    shutil.rmtree(home.folder)
    home.passwords.unlink(missing_ok=True)
    (data_folder / _LOCATION).unlink(missing_ok=True)


def _located(data_folder: Path) -> Path | None:
    location = data_folder / _LOCATION
    if not location.exists():
        folder = data_folder / _HOME
        return folder if folder.exists() else None
    folder = Path(location.read_text().strip())
    if not folder.is_dir():
        raise ClusterError(
            "DATABASE_MOVED",
            f"{location} says that the database lies in {folder}, and it does not; put it back.",
        )
    return folder


def _owner_of_data(home: Path) -> Account | None:
    # The server only starts as the owner of its data: so a user's cluster is run as that user, also by root.
    data = home / "data"
    return account_by_uid(data.stat().st_uid) if data.exists() else None


def _make_home(data_folder: Path, configured_account: str | None, state_folder: Path | None) -> Home:
    account = server_account(configured_account)
    folder = data_folder / _HOME
    if not account.reaches(folder):
        folder = _make_elsewhere(data_folder, find_state_folder(state_folder))
    elif account.is_own:
        folder.mkdir(mode=0o700, exist_ok=True)
    else:
        with suppress(FileExistsError):  # another process was first
            make_passable(folder)
    return Home(folder, data_folder / _PASSWORDS, account)


def _make_elsewhere(data_folder: Path, state_folder: Path) -> Path:
    home = state_folder / f"{_HOME}-{secrets.token_hex(6)}"
    make_passable(home)
    (home / "origin").write_text(f"{data_folder}\n")
    descriptor, draft = tempfile.mkstemp(prefix=f"{_LOCATION}.", dir=data_folder)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{home}\n")
        os.link(draft, data_folder / _LOCATION)
    except FileExistsError:  # another process was first
        shutil.rmtree(home)
        return Path((data_folder / _LOCATION).read_text().strip())
    finally:
        Path(draft).unlink()
    return home
