"""The roles' passwords: made once, kept in a file that only its owner reads, never shown or logged."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cloud.postgres.errors import ClusterError

_PASSWORD_BYTES = 24


@dataclass(frozen=True)
class Passwords:
    """One password a role."""

    admin: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)


def make_passwords(path: Path) -> Passwords:
    """Writes new random passwords to `path`, durably and for its owner alone, and gives them back."""
    made = Passwords(*(secrets.token_urlsafe(_PASSWORD_BYTES) for _ in range(3)))
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"admin": made.admin, "owner": made.owner, "app": made.app}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return made


def read_passwords(path: Path) -> Passwords:
    """The passwords of an existing cluster."""
    try:
        kept = json.loads(path.read_text())
        return Passwords(admin=kept["admin"], owner=kept["owner"], app=kept["app"])
    except OSError as error:
        reason = error.strerror or "unreadable"
    except (ValueError, KeyError, TypeError):
        reason = "not complete"
    raise ClusterError(
        "DATABASE_CREDENTIALS_MISSING",
        f"The passwords of the database in {path} can't be read ({reason}); restore the file from a backup.",
    )
