"""Taking nodes in: one-time codes, and exactly one node for each."""

import base64
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg

from sync.hub.capture import NEWS_CHANNEL
from sync.hub.store import Sender

Connection = psycopg.Connection[dict[str, Any]]
CODE_MINUTES = 15
CODE_BITS = 100
FORGOTTEN_MAX = 26  # so many nodes may have been enrolled in a time that head office was put back from


class EnrolmentRefused(Exception):
    """The code is not good any more, or never was."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a node is told when it is taken in; `replaced` is for the host alone: the node that was revoked by that."""

    node_id: str
    number: int
    code: str
    org_id: str
    property_id: str
    replaced: str | None = None

    def told(self) -> dict[str, Any]:
        """What crosses the wire."""
        return {name: value for name, value in asdict(self).items() if name != "replaced"}


def new_code() -> str:
    """A one-time code of 100 bits in five groups of base32 letters."""
    raw = base64.b32encode(secrets.token_bytes(13)).decode()[: CODE_BITS // 5]
    return "-".join(raw[n : n + 4] for n in range(0, len(raw), 4))


def code_hash(code: str) -> str:
    """What is stored of a code; spaces, dashes and case don't matter."""
    plain = "".join(code.upper().split()).replace("-", "")
    return sha256(plain.encode()).hexdigest()


def offer_code(
    connection: Connection, org_id: str, property_id: str, *, replaces: str | None = None
) -> tuple[str, datetime]:
    """Makes a code for one node of the property; answers it once, with the moment it ends. `replaces` names a lost node,
    which is revoked when the code is used."""
    code = new_code()
    ends = datetime.now(UTC) + timedelta(minutes=CODE_MINUTES)
    connection.execute(
        "INSERT INTO sync_codes (org_id, id, property_id, code_hash, expires_at, replaces)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (org_id, str(uuid4()), property_id, code_hash(code), ends, replaces),
    )
    return code, ends


def enrol(connection: Connection, org_id: str, code: str, public_key: str) -> Enrolled:
    """Takes a node in: exactly one for a code. Runs under the code's tenant. Raises EnrolmentRefused."""
    found = connection.execute(
        "UPDATE sync_codes SET used_at = now() WHERE org_id = %s AND code_hash = %s AND used_at IS NULL"
        " AND expires_at > now() RETURNING property_id, replaces",
        (org_id, code_hash(code)),
    ).fetchone()
    if found is None:
        raise EnrolmentRefused("This code was used or has expired. Ask head office for a new one.")
    # the group's counter row serialises, so that two nodes never get the same number
    connection.execute(
        "INSERT INTO sync_scopes (org_id, scope, head) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
        (org_id, org_id),
    )
    group = connection.execute(
        "SELECT epoch, put_back_at FROM sync_scopes WHERE org_id = %s AND scope = %s FOR UPDATE", (org_id, org_id)
    ).fetchone()
    # the first after head office was put back leaves out what it may have given and forgotten
    row = connection.execute(
        "SELECT coalesce(max(number), 0) + 1 + CASE WHEN max(enrolled_at) <= %s THEN %s ELSE 0 END AS number"
        " FROM sync_nodes WHERE org_id = %s",
        (group and group["put_back_at"], FORGOTTEN_MAX, org_id),
    ).fetchone()
    assert group is not None
    assert row is not None
    enrolled = Enrolled(str(uuid4()), row["number"], letters(row["number"]), org_id, found["property_id"])
    connection.execute(
        "INSERT INTO sync_nodes (org_id, id, property_id, number, code, public_key, status, incarnation, acked,"
        " settled, enrolled_at) VALUES (%s, %s, %s, %s, %s, %s, 'active', 1, 0, %s, now())",
        (
            *(org_id, enrolled.node_id, enrolled.property_id, enrolled.number, enrolled.code, public_key),
            group["epoch"],
        ),
    )
    if found["replaces"] is not None and _revoke(connection, org_id, found["replaces"], enrolled.property_id):
        return replace(enrolled, replaced=found["replaces"])
    return enrolled


def _revoke(connection: Connection, org_id: str, node_id: str, property_id: str) -> bool:
    """Another has taken the node's place; if it is there after all, it is told so at once. False when it was revoked."""
    done = connection.execute(
        "UPDATE sync_nodes SET status = 'revoked', revoked_at = now(), next_key = NULL"
        " WHERE org_id = %s AND id = %s AND property_id = %s AND status = 'active'",
        (org_id, node_id, property_id),
    )
    connection.execute("SELECT pg_notify(%s, %s)", (NEWS_CHANNEL, f"{property_id} 0"))
    return done.rowcount == 1


def take_next_key(connection: Connection, sender: Sender, public_key: str) -> None:
    """Knows this key beside the one in force, until it is used; the one in force itself is no next one."""
    connection.execute(
        "UPDATE sync_nodes SET next_key = %s WHERE org_id = %s AND id = %s AND public_key <> %s AND status = 'active'",
        (public_key, sender.org_id, sender.node_id, public_key),
    )


def put_next_key_in_force(connection: Connection, sender: Sender, next_key: str) -> None:
    """Forgets the key before; done twice it changes nothing."""
    connection.execute(
        "UPDATE sync_nodes SET public_key = next_key, next_key = NULL, key_since = now()"
        " WHERE org_id = %s AND id = %s AND next_key = %s",
        (sender.org_id, sender.node_id, next_key),
    )


def letters(number: int) -> str:
    """A node's letters, as they stand in numbers that people read: 1 is A, 26 is Z, 27 is AA."""
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text
