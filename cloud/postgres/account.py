"""The system account that the server runs as: PostgreSQL refuses to run as root.

Nothing here changes the rights of a folder; it only finds out what an account may reach.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from cloud.postgres.errors import ClusterError

PREFERRED_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A system account by number; `groups` are its supplementary groups."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]

    @property
    def is_own(self) -> bool:
        """Whether this is the account that the present process runs as."""
        return self.uid == os.geteuid()

    def reaches(self, path: Path) -> bool:
        """Whether every folder above `path` lets this account through, by owner, group and mode.

        Access lists are not read: where they allow more than the mode shows, the answer is a cautious no.
        """
        return all(self._may(folder, stat.S_IXOTH) for folder in path.resolve().parents if folder.exists())

    def reads(self, path: Path) -> bool:
        """Whether this account can reach `path`, read it and enter or execute it."""
        return path.exists() and self.reaches(path) and self._may(path, stat.S_IROTH | stat.S_IXOTH)

    def _may(self, path: Path, wanted: int) -> bool:
        found = path.stat()
        if self.uid == 0:
            return True
        if found.st_uid == self.uid:
            wanted <<= 6
        elif found.st_gid == self.gid or found.st_gid in self.groups:
            wanted <<= 3
        return found.st_mode & wanted == wanted


def account_by_uid(uid: int) -> Account:
    """The account with this number; refuses one without a name, because initdb wants it to have one."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ClusterError(
            "ACCOUNT_NOT_USABLE",
            f"User number {uid} has no entry in /etc/passwd; run as a user that has one.",
        ) from None
    return _from_entry(entry)


def server_account(configured: str | None) -> Account:
    """The account to run a new cluster as.

    An ordinary user's own; as root the `configured` one, else the first of `PREFERRED_ACCOUNTS` that exists.
    """
    if os.geteuid() != 0:
        own = account_by_uid(os.geteuid())
        if configured not in (None, own.name):
            raise ClusterError("ACCOUNT_NOT_USABLE", f"Only root can run the database as {configured}.")
        return own
    for name in (configured,) if configured else PREFERRED_ACCOUNTS:
        try:
            account = _from_entry(pwd.getpwnam(name))
        except KeyError:
            continue
        if account.uid == 0:
            raise ClusterError("ACCOUNT_NOT_USABLE", "The database can't run as root; name another account.")
        return account
    wanted = configured or " or ".join(PREFERRED_ACCOUNTS)
    raise ClusterError("ACCOUNT_NOT_USABLE", f"There is no account {wanted} to run the database as; name another.")


def _from_entry(entry: pwd.struct_passwd) -> Account:
    groups = tuple(group for group in os.getgrouplist(entry.pw_name, entry.pw_gid) if group != entry.pw_gid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, groups)
