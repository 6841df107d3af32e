"""A frozen release brought back: its schema, a node's file, and what was said, under fresh ids and as of an hour ago."""

import json
import re
import secrets
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import BigInteger, Boolean, Date, Integer, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from edge.database import connect
from edge.keys import Keys, open_keys
from hospitality.ground.ids import new_id
from hospitality.properties.service import add_organisation
from sync.clock import COUNTER_BITS
from sync.schema import FieldSpec, Schema, TableSpec
from sync.signing import public_text
from tests.sync.ends import Group, Head, House, wall_ms

HERE = Path(__file__).parent
HOUR_MS = 3600 * 1000
TYPES: dict[str, Any] = {
    "BIGINT": BigInteger(),
    "BOOLEAN": Boolean(),
    "DATE": Date(),
    "INTEGER": Integer(),
    "TEXT": Text(),
    "TIMESTAMP WITH TIME ZONE": TIMESTAMP(timezone=True),
    "UUID": UUID(as_uuid=False),
}


@dataclass(frozen=True)
class Frozen:
    """One release. `wire` and `sql` are its files with other ids for the group, the property and its nodes."""

    name: str
    wire: dict[str, Any]
    sql: str
    org_id: str
    property_id: str
    nodes: dict[str, int]

    @cached_property
    def schema(self) -> Schema:
        """The tables that it knows."""
        return Schema({one["name"]: _spec(one) for one in json.loads((HERE / self.name / "schema.json").read_text())})

    @property
    def said(self) -> list[dict[str, Any]]:
        """All that was said, in order: scene, path, asked, status, told."""
        return list(self.wire["said"])

    @property
    def node_id(self) -> str:
        """The node whose file is kept."""
        return str(self.wire["node_id"])

    def file(self, folder: Path) -> Keys:
        """The node's file in a folder, under a key of its own."""
        key = secrets.token_hex(32)
        (folder / "keys").mkdir(parents=True)
        (folder / "keys" / "database.key").write_text(key)
        with closing(connect(folder / "node.db", key)) as connection:
            connection.executescript(self.sql)
        return open_keys(folder / "keys")

    def known_at(self, head: Head, keys: dict[str, Ed25519PrivateKey]) -> House:
        """The group at a head office as it was before anything was said, with the nodes under these keys by id."""
        group = Group(head, self.org_id)
        group.act(add_organisation, name="Namib Lodges")
        for node_id, key in keys.items():
            number = self.nodes[node_id]
            group.rows(
                "INSERT INTO sync_nodes (org_id, id, property_id, number, code, public_key, status, incarnation, acked,"
                " enrolled_at) VALUES (%s, %s, %s, %s, %s, %s, 'active', 1, 0, now())",
                *(self.org_id, node_id, self.property_id, number, "ABC"[number - 1], public_text(key)),
            )
        return House(group, self.property_id)


def thawed(name: str = "release_0_1") -> Frozen:
    """The release under fresh ids, so that one database takes it in as often as tests ask."""
    wire_text, sql = ((HERE / name / file).read_text() for file in ("wire.json", "node.sql"))
    plain = json.loads(wire_text)
    enrolled = [one["told"] for one in plain["said"] if one["path"] == "/sync/v1/enrol"]
    fresh = {id: new_id() for id in (plain["org_id"], plain["property_id"], *(one["node_id"] for one in enrolled))}
    move = wall_ms() - HOUR_MS - _begun_ms(plain)
    wire_text, sql = (_moved(_renamed(text, fresh), move) for text in (wire_text, sql))
    nodes = {fresh[one["node_id"]]: int(one["number"]) for one in enrolled}
    return Frozen(name, json.loads(wire_text), sql, fresh[plain["org_id"]], fresh[plain["property_id"]], nodes)


def _begun_ms(wire: dict[str, Any]) -> int:
    return min(int(one["asked"]["now_ms"]) for one in wire["said"] if "now_ms" in one["asked"])


def _renamed(text: str, ids: dict[str, str]) -> str:
    for old, fresh in ids.items():
        text = text.replace(old, fresh)
    return text


def _moved(text: str, move: int) -> str:
    """Moves stamps and wall clocks: a stamp of a machine whose clock was ahead of this one's would be lowered."""
    text = re.sub(r"(?<![\w.-])\d{18}(?![\w.-])", lambda m: str(int(m[0]) + (move << COUNTER_BITS)), text)
    return re.sub(r'(?<="now_ms": )\d{13}', lambda m: str(int(m[0]) + move), text)


def _spec(one: dict[str, Any]) -> TableSpec:
    fields = {
        f["name"]: FieldSpec(f["name"], TYPES[f["type"]], f["merge"], tuple(f["stages"]), f["nullable"])
        for f in one["fields"]
    }
    return TableSpec(one["name"], one["kind"], one["writer"], fields, tuple(one["parents"]))
