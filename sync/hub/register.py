"""Nodes as the hub knows them: enrolment by a one-time code, the lives of their databases, revocation."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg

from sync.hub.application import Sender
from sync.hub.feed import scopes_of
from sync.wire import Hello, HelloAnswer

Connection = psycopg.Connection[dict[str, Any]]
CODE_MINUTES = 15
CODE_BITS = 100


class EnrolmentRefused(Exception):
    """The code is not good any more, or never was."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a node is told when it is taken in."""

    node_id: str
    number: int
    code: str
    org_id: str
    property_id: str


def new_code() -> str:
    """A one-time code of 100 bits in five groups of base32 letters."""
    raw = base64.b32encode(secrets.token_bytes(13)).decode()[: CODE_BITS // 5]
    return "-".join(raw[n : n + 4] for n in range(0, len(raw), 4))


def code_hash(code: str) -> str:
    """What is stored of a code; spaces, dashes and case don't matter."""
    plain = "".join(code.upper().split()).replace("-", "")
    return sha256(plain.encode()).hexdigest()


def offer_code(connection: Connection, org_id: str, property_id: str) -> tuple[str, datetime]:
    """Makes a code for one node of the property; answers it once, with the moment it ends."""
    code = new_code()
    ends = datetime.now(UTC) + timedelta(minutes=CODE_MINUTES)
    connection.execute(
        "INSERT INTO sync_codes (org_id, id, property_id, code_hash, expires_at) VALUES (%s, %s, %s, %s, %s)",
        (org_id, str(uuid4()), property_id, code_hash(code), ends),
    )
    return code, ends


def enrol(connection: Connection, org_id: str, code: str, public_key: str) -> Enrolled:
    """Takes a node in: exactly one for a code. Runs under the code's tenant. Raises EnrolmentRefused."""
    found = connection.execute(
        "UPDATE sync_codes SET used_at = now() WHERE org_id = %s AND code_hash = %s AND used_at IS NULL"
        " AND expires_at > now() RETURNING property_id",
        (org_id, code_hash(code)),
    ).fetchone()
    if found is None:
        raise EnrolmentRefused("This code was used or has expired. Ask head office for a new one.")
    # the group's counter row serialises, so that two nodes never get the same number
    connection.execute(
        "INSERT INTO sync_scopes (org_id, scope, head) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING",
        (org_id, org_id),
    )
    connection.execute("SELECT 1 FROM sync_scopes WHERE org_id = %s AND scope = %s FOR UPDATE", (org_id, org_id))
    row = connection.execute(
        "SELECT coalesce(max(number), 0) + 1 AS number FROM sync_nodes WHERE org_id = %s", (org_id,)
    ).fetchone()
    assert row is not None
    enrolled = Enrolled(str(uuid4()), row["number"], letters(row["number"]), org_id, found["property_id"])
    connection.execute(
        "INSERT INTO sync_nodes (org_id, id, property_id, number, code, public_key, status, incarnation, acked,"
        " enrolled_at) VALUES (%s, %s, %s, %s, %s, %s, 'active', 1, 0, now())",
        (org_id, enrolled.node_id, enrolled.property_id, enrolled.number, enrolled.code, public_key),
    )
    return enrolled


def letters(number: int) -> str:
    """A node's letters, as they stand in numbers that people read: 1 is A, 26 is Z, 27 is AA."""
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def hello(connection: Connection, sender: Sender, said: Hello, now_ms: int) -> HelloAnswer:
    """Greets a node: tells a rolled back database to go on as a new incarnation, and an old one that it is over."""
    node = connection.execute(
        "SELECT acked, acked_hlc, incarnation FROM sync_nodes WHERE org_id = %s AND id = %s FOR UPDATE",
        (sender.org_id, sender.node_id),
    ).fetchone()
    assert node is not None, "the sender was looked up before"
    scopes = scopes_of(sender)
    if said.incarnation < node["incarnation"]:
        return HelloAnswer("superseded", node["incarnation"], node["acked"], scopes, now_ms)
    rolled_back = said.incarnation == node["incarnation"] and said.last < node["acked"]
    if said.incarnation == node["incarnation"] and not rolled_back:
        connection.execute(
            "UPDATE sync_nodes SET seen_at = now(), version = %s, offset_ms = %s WHERE org_id = %s AND id = %s",
            (said.version[:40], said.now_ms - now_ms, sender.org_id, sender.node_id),
        )
        return HelloAnswer("ok", said.incarnation, node["acked"], scopes, now_ms, stamp=node["acked_hlc"])
    # its numbers begin anew after what it had acknowledged; what it sends again is the same by id and stamp
    incarnation = node["incarnation"] + 1 if rolled_back else said.incarnation
    connection.execute(
        "UPDATE sync_nodes SET incarnation = %s, acked = %s, acked_hlc = 0, seen_at = now(), version = %s"
        " WHERE org_id = %s AND id = %s",
        (incarnation, said.acked, said.version[:40], sender.org_id, sender.node_id),
    )
    # of a transaction that was under way in parts it still knows those that it knows to be acknowledged
    connection.execute(
        "DELETE FROM sync_stage WHERE org_id = %s AND node_id = %s AND last > %s",
        (sender.org_id, sender.node_id, said.acked),
    )
    connection.execute(
        "UPDATE sync_stage SET incarnation = %s WHERE org_id = %s AND node_id = %s",
        (incarnation, sender.org_id, sender.node_id),
    )
    return HelloAnswer("new_incarnation", incarnation, said.acked, scopes, now_ms)
