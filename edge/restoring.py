"""Putting a node back: from a copy on the second disk, or from head office with the keys alone.

Either begins the node's next incarnation, so that no number is given twice, and head office tells it what it forgot.
"""

from pathlib import Path

from edge.backup import copies_in
from edge.copies import move_aside, opens, take_copy
from edge.database import CannotOpen, connect
from edge.folder import held, put_in_place
from edge.identity import COPIED, Identity, keep_identity, read_beside_keys
from edge.keys import Keys, open_keys
from edge.schema import SCHEMA, prepare
from edge.settings import EdgeSettings
from sync.node.outbox import put
from sync.node.transport import Link, LinkDown, TurnedAway
from sync.wire import PROTOCOL, PROTOCOL_MIN, Hello, HelloAnswer, pack

HELLO = "/sync/v1/hello"


def restore_copy(settings: EdgeSettings, source: Path, *, force: bool, at: str) -> tuple[Path, Path | None]:
    """Puts a copy (of a folder: its newest) in the place of the node's file; answers which, and where the file that lay
    there is now. Raises CannotOpen."""
    copy = _copy_in(source)
    keys = _known_keys(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    with held(settings.data):
        _check_not_needed(settings, keys, force)
        return copy, take_copy(copy, keys.database, settings.database, at)


def rebuild(settings: EdgeSettings, *, version: str, force: bool, at: str, now_ms: int) -> Path | None:
    """Makes a database that head office fills, for the node whose keys are here; answers where the file that lay there
    is now. Raises CannotOpen or NotEnrolled."""
    keys = _known_keys(settings)
    identity = read_beside_keys(keys)
    settings.data.mkdir(parents=True, exist_ok=True)
    with held(settings.data):
        _check_not_needed(settings, keys, force)
        keys.keep_incarnation(_last_life(settings, keys, identity, version, now_ms))
        part = settings.database.with_name(settings.database.name + ".part")
        part.unlink(missing_ok=True)
        connection = connect(part, keys.database)
        try:
            prepare(connection)
            keep_identity(connection, identity)
            put(connection, COPIED, at)
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            connection.close()
        aside = move_aside(settings.database, at)
        put_in_place(part, settings.database)
        return aside


def _copy_in(source: Path) -> Path:
    if source.is_dir():
        copies = copies_in(source)
        if not copies:
            raise CannotOpen(f"There is no copy of a node in {source}.")
        return copies[-1]
    if not source.exists():
        raise CannotOpen(f"There is no file {source}.")
    return source


def _known_keys(settings: EdgeSettings) -> Keys:
    """The keys that are there: made anew they would fit nothing."""
    if not (settings.keys_folder / "database.key").exists():
        raise CannotOpen(
            f"The node's keys are not in {settings.keys_folder}. Put them there (or set BUFFR_EDGE_KEYS);"
            " without them a copy can't be read, and this machine must be enrolled as a new node."
        )
    return open_keys(settings.keys_folder)


def _check_not_needed(settings: EdgeSettings, keys: Keys, force: bool) -> None:
    if not force and opens(settings.database, keys.database):
        raise CannotOpen(
            f"{settings.database} can be read: start the node instead. With --force it is put aside, and kept."
        )


def _last_life(settings: EdgeSettings, keys: Keys, identity: Identity, version: str, now_ms: int) -> int:
    """The incarnation that head office knows: the count beside the keys may be as old as they are. Asking changes
    nothing: a greeting under the first one, of a database that holds nothing, is only answered."""
    link = Link(settings.cloud_url or identity.cloud_url, identity.node_id, keys.ring)
    said = Hello(PROTOCOL_MIN, 1, 0, 0, SCHEMA.fingerprint, version, now_ms, protocol_max=PROTOCOL)
    try:
        answer = link.call(HELLO, pack(said), HelloAnswer)
    except LinkDown as error:
        raise CannotOpen(f"Head office can't be reached ({error}). A node is rebuilt from it.") from error
    except TurnedAway as error:
        raise CannotOpen(f"Head office refuses this node: {error}") from error
    finally:
        link.close()
    return answer.incarnation if answer.status == "superseded" else 1
