"""The part of the hub's store on PostgreSQL that is about the node itself: how far it is, and what it said of itself."""

import hmac
from collections.abc import Mapping
from typing import Any

import msgspec
import psycopg

from sync.hub.store import NodeState, Said, Sender
from sync.wire import TOLD_CHARS_MAX, Change, Told

SEAL_CHARS = 32
_STATE = "acked, acked_hlc, incarnation, ceiling, status, born, mark, settled, visits, visit, wrote, heard_ms"


class NodesInPostgres:
    """See HubStore."""

    _connection: psycopg.Connection[dict[str, Any]]
    _secret: bytes
    _me: tuple[str, str]
    sender: Sender

    def lock_node(self) -> NodeState:
        """See HubStore."""
        row = self._connection.execute(
            f"SELECT {_STATE} FROM sync_nodes WHERE org_id = %s AND id = %s FOR UPDATE", self._me
        ).fetchone()
        assert row is not None, "the sender was looked up before"
        return _state(row)

    def see_node(self) -> NodeState | None:
        """See HubStore."""
        row = self._connection.execute(
            f"UPDATE sync_nodes SET seen_at = now() WHERE org_id = %s AND id = %s RETURNING {_STATE}", self._me
        ).fetchone()
        return None if row is None else _state(row)

    def note_push(self, said: Said, acked: int, last: Change | None, waiting: int, ceiling: int | None) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_nodes SET acked = %s, acked_hlc = coalesce(%s, acked_hlc), mark = coalesce(%s, mark),"
            " waiting = %s, version = %s, offset_ms = %s, seen_at = now(), ceiling = coalesce(%s, ceiling)"
            " WHERE org_id = %s AND id = %s",
            (acked, last and last.h, last and last.mark, waiting, said.version, said.offset_ms, ceiling, *self._me),
        )

    def note_told(self, told: Told, offset_ms: int, protocol: int) -> None:
        """See HubStore."""
        words = {"error": told.error[:TOLD_CHARS_MAX], "storage": told.storage[:TOLD_CHARS_MAX]}
        kept = msgspec.structs.replace(told, **{name: text.replace("\x00", "") for name, text in words.items()})
        self._connection.execute(
            "UPDATE sync_nodes SET told = %s, waiting = %s, offset_ms = %s, protocol = %s WHERE org_id = %s AND id = %s",
            (
                msgspec.json.encode(kept).decode(),
                *(_bounded(told.waiting, 2**63), _bounded(offset_ms, 2**63), _bounded(protocol, 2**31)),
                *self._me,
            ),
        )

    def note_hello(self, said: Said, visit: int) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_nodes SET seen_at = now(), version = %s, offset_ms = %s, visits = %s"
            " WHERE org_id = %s AND id = %s",
            (said.version, said.offset_ms, visit, *self._me),
        )

    def note_visit(self, visit: int, wrote: int, now_ms: int) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_nodes SET visit = %s, wrote = %s, heard_ms = %s WHERE org_id = %s AND id = %s",
            (visit, wrote, now_ms, *self._me),
        )

    def begin_life(self, incarnation: int, acked: int, born: int, version: str) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_nodes SET incarnation = %s, acked = %s, acked_hlc = 0, mark = '', ceiling = 0, born = %s,"
            " visit = 0, wrote = 0, seen_at = now(), version = %s WHERE org_id = %s AND id = %s",
            (incarnation, acked, born, version, *self._me),
        )
        self._connection.execute(
            "DELETE FROM sync_stage WHERE org_id = %s AND node_id = %s AND last > %s", (*self._me, acked)
        )
        self._connection.execute(
            "UPDATE sync_stage SET incarnation = %s WHERE org_id = %s AND node_id = %s", (incarnation, *self._me)
        )

    def resume(self, acked: int) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_nodes SET acked = %s, acked_hlc = 0 WHERE org_id = %s AND id = %s", (acked, *self._me)
        )
        self._connection.execute("DELETE FROM sync_stage WHERE org_id = %s AND node_id = %s", self._me)

    def settle(self, epoch: int) -> None:
        """See HubStore."""
        self._connection.execute("UPDATE sync_nodes SET settled = %s WHERE org_id = %s AND id = %s", (epoch, *self._me))

    def note_check(self, differed: int, standing: int) -> None:
        """See HubStore."""
        self._connection.execute(
            "UPDATE sync_nodes SET checked_at = now(), differed = differed + %s, standing = %s"
            " WHERE org_id = %s AND id = %s",
            (differed, standing, *self._me),
        )

    def seal(self, text: str) -> str:
        """See HubStore."""
        return hmac.new(self._secret, f"{self.sender.org_id}/{text}".encode(), "sha256").hexdigest()[:SEAL_CHARS]

    def stage(self, incarnation: int, last: int, body: str) -> int:
        """See HubStore."""
        self._connection.execute(
            "INSERT INTO sync_stage (org_id, node_id, incarnation, last, body) VALUES (%s, %s, %s, %s, %s)",
            (*self._me, incarnation, last, body),
        )
        found = self._connection.execute(
            "SELECT sum(length(body)) AS n FROM sync_stage WHERE org_id = %s AND node_id = %s", self._me
        ).fetchone()
        return int(found["n"]) if found else 0

    def unstage(self, incarnation: int) -> list[str]:
        """See HubStore."""
        rows = self._connection.execute(
            "DELETE FROM sync_stage WHERE org_id = %s AND node_id = %s AND incarnation = %s RETURNING last, body",
            (*self._me, incarnation),
        ).fetchall()
        return [row["body"] for row in sorted(rows, key=lambda row: row["last"])]


def _bounded(number: int, room: int) -> int:
    """A number that a node says of itself, so that its column can keep it whatever it is."""
    return max(-room, min(number, room - 1))


def _state(row: Mapping[str, Any]) -> NodeState:
    return NodeState(
        *(row["acked"], row["acked_hlc"], row["incarnation"], row["ceiling"], row["status"] == "active"),
        *(row["born"], row["mark"], row["settled"], row["visits"], row["visit"], row["wrote"], row["heard_ms"]),
    )
