"""Copies of the node's file: made while it is written to, checked, published whole, and put in its place.

A copy says of itself that it is one, so that whoever starts on it begins the next incarnation: what the node did after
it was made must not get the same numbers again. It stays encrypted with the node's key, which is not beside it.
"""

import shutil
from pathlib import Path
from typing import Any

from edge.database import DATABASE_ERRORS, CannotOpen, connect, open_unprepared
from edge.folder import put_in_place
from edge.identity import COPIED
from sync.node.outbox import get, put

DATABASE_PARTS = ("", "-wal", "-shm")


def copy_to(database: Path, key: str, target: Path, at: str) -> None:
    """Publishes a checked copy of the file as it stands; whoever writes to it waits for nothing.

    Raises OSError or the driver's errors when the disk does not take it; then nothing is published.
    """
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    source = connect(database, key, readonly=True)
    try:
        copy = open_unprepared(part, key)
        try:
            source.backup(copy)
            put(copy, COPIED, at)
            _check(copy, part)
        finally:
            copy.close()
        put_in_place(part, target)
    finally:
        source.close()
        part.unlink(missing_ok=True)


def check_copy(path: Path, key: str) -> str | None:
    """When this copy was made; None for a file that is none of ours but can be read. Raises CannotOpen."""
    connection = connect(path, key)
    try:
        _check(connection, path)
        return get(connection, COPIED)
    except DATABASE_ERRORS as error:
        raise CannotOpen(f"{path} is damaged: {error}.") from error
    finally:
        connection.close()


def _check(connection: Any, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise CannotOpen(f"{path} is damaged: {found}.")


def opens(database: Path, key: str) -> bool:
    """Whether there is a database that can be read."""
    if not database.exists():
        return False
    try:
        check_copy(database, key)
    except CannotOpen:
        return False
    return True


def move_aside(database: Path, at: str) -> Path | None:
    """Keeps what lies there beside it, under a name that says when; None when nothing did."""
    aside = database.with_name(f"{database.name}.{at}.aside")
    for part in DATABASE_PARTS:
        lying = database.with_name(database.name + part)
        if lying.exists():
            lying.rename(aside.with_name(aside.name + part))
    return aside if aside.exists() else None


def take_copy(copy: Path, key: str, database: Path, at: str) -> Path | None:
    """Puts a copy in the place of the node's file; answers where what lay there is now. Raises CannotOpen."""
    part = database.with_name(database.name + ".part")
    try:
        shutil.copyfile(copy, part)
        _mark(part, key, copy, at)
        aside = move_aside(database, at)
        put_in_place(part, database)
    finally:
        part.unlink(missing_ok=True)
    return aside


def _mark(part: Path, key: str, copy: Path, at: str) -> None:
    """A copy that somebody made by hand doesn't say that it is one."""
    try:
        marked = open_unprepared(part, key)
        try:
            _check(marked, copy)
            put(marked, COPIED, get(marked, COPIED) or at)
        finally:
            marked.close()
    except DATABASE_ERRORS as error:
        raise CannotOpen(f"{copy} can't be read with this node's key, or is damaged ({error}).") from error
