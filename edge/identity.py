"""Who this node is: what enrolment told it, kept in its own database; and which life of that database this is."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from edge.keys import Keys
from hospitality.ground.private_file import write_private
from sync.node.outbox import get, put

IDENTITY_FILE = "identity.json"
COPIED = "copied"  # in a copy: when it was made
MOVED = "moved"  # in a database that goes on elsewhere: since when


class NotEnrolled(RuntimeError):
    """The node belongs to no property yet."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The node as the cloud took it in."""

    cloud_url: str
    node_id: str
    number: int
    code: str
    org_id: str
    property_id: str


_NAMES = {
    "cloud_url": "cloud_url",
    "node_id": "node_id",
    "number": "node",
    "code": "code",
    "org_id": "org",
    "property_id": "property",
}


def keep_identity(connection: Any, identity: Identity) -> None:
    """Writes the identity into the database."""
    for field, key in _NAMES.items():
        put(connection, key, str(getattr(identity, field)))
    put(connection, "incarnation", "1")
    put(connection, "lives", "0")


def read_identity(connection: Any) -> Identity:
    """The identity in the database; raises NotEnrolled."""
    found = {field: get(connection, key) for field, key in _NAMES.items()}
    if any(value is None for value in found.values()):
        raise NotEnrolled("This node is not enrolled yet. Run: buffr edge enrol URL CODE")
    values: dict[str, Any] = {**found, "number": int(found["number"] or 0)}
    return Identity(**values)


def keep_beside_keys(keys: Keys, identity: Identity) -> None:
    """Who the node is, outside the database too: with it and the keys a lost disk is filled from head office."""
    text = json.dumps(asdict(identity), indent=1)
    path = keys.folder / IDENTITY_FILE
    if not path.exists() or path.read_text() != text:
        write_private(path, text)


def read_beside_keys(keys: Keys) -> Identity:
    """The identity that was kept with the keys; raises NotEnrolled."""
    path = keys.folder / IDENTITY_FILE
    if not path.exists():
        raise NotEnrolled(f"There are no keys of an enrolled node in {keys.folder}. Enrol this machine as a new node.")
    return Identity(**json.loads(path.read_text()))


def check_not_moved(connection: Any) -> None:
    """Raises NotEnrolled when the node went to another machine: here it must not run again."""
    since = get(connection, MOVED)
    if since is not None:
        raise NotEnrolled(
            f"This node was moved out of here on {since[:10]} and goes on from the file that was written then."
            " Run: buffr edge move-in FILE    on the machine that it is for."
        )


def incarnation(connection: Any) -> int:
    """The current incarnation; a restored database gets the next, so that no number is given twice."""
    return int(get(connection, "incarnation") or 1)


def begin_life(connection: Any, keys: Keys) -> bool:
    """Counts this start inside and outside the database; whether the inside had fallen behind (it was rolled back) or
    is a copy, in which case the next incarnation begins."""
    inside, outside = int(get(connection, "lives") or 0), keys.lives()
    # a copy of this very life is known by an older incarnation: the next began after it was taken
    older = inside < outside or incarnation(connection) < keys.incarnation()
    rolled_back = older or get(connection, COPIED) is not None
    life = max(inside, outside) + 1
    if rolled_back:
        fresh = max(incarnation(connection), keys.incarnation()) + 1
        keys.keep_incarnation(fresh)  # outside first: a number that a crash leaves out harms nobody
        put(connection, "incarnation", str(fresh))
        connection.execute("DELETE FROM sync_meta WHERE k = ?", (COPIED,))
    put(connection, "lives", str(life))  # inside first: a crash between the two must not look like a roll back
    keys.keep_lives(life)
    return rolled_back
