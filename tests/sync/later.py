"""The release after this one, made up: stations have a colour, a heat and a set of tags, and there are saunas."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from sqlalchemy import Integer, Text
from sqlalchemy.dialects.postgresql import UUID
from starlette.applications import Starlette

from cloud.database import Database
from cloud.host import CloudHost
from cloud.postgres.provision import APP_ROLE
from edge.database import CONSTRAINT_ERRORS
from hospitality.ground.clock import utc_now
from sync.capture_sqlite import create_triggers, drop_triggers
from sync.hub.api import routes
from sync.hub.capture import capture_statements
from sync.hub.widening import take_in_statements
from sync.node.widening import take_in
from sync.schema import FieldSpec, Schema, TableSpec
from tests.postgres_fixture import FreshDatabase
from tests.sync.ends import Edge, Head
from tests.sync.faults import LoopThread, Wire

ENGINE = "_fv TEXT, _deleted BOOLEAN NOT NULL DEFAULT FALSE, _x TEXT, PRIMARY KEY (org_id, id)"
TENANT = "org_id = nullif(current_setting('app.org', true), '')::uuid"
AT_THE_NODE = (
    "ALTER TABLE stations ADD COLUMN colour TEXT",
    "ALTER TABLE stations ADD COLUMN heat INTEGER",
    "ALTER TABLE stations ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
    "CREATE TABLE saunas (org_id TEXT, id TEXT, property_id TEXT, name TEXT, heat INTEGER,"
    f" _hlc INTEGER NOT NULL DEFAULT (sync_stamp()), _node INTEGER NOT NULL DEFAULT (sync_node()), {ENGINE})",
)
AT_HEAD_OFFICE = (
    "ALTER TABLE stations ADD COLUMN colour text, ADD COLUMN heat integer, ADD COLUMN tags text NOT NULL DEFAULT '[]'",
    "CREATE TABLE saunas (org_id uuid, id uuid, property_id uuid, name text, heat integer,"
    f" _hlc bigint NOT NULL DEFAULT (sync_stamp()), _node integer NOT NULL DEFAULT (sync_node()), {ENGINE})",
    "ALTER TABLE saunas ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE saunas FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY tenant ON saunas USING ({TENANT}) WITH CHECK ({TENANT})",
    f"GRANT SELECT, INSERT, UPDATE ON saunas TO {APP_ROLE}",
)


def later(schema: Schema) -> Schema:
    """The schema as the next release has it."""
    stations = schema.tables["stations"]
    more = {"colour": _field("colour", Text()), "heat": _field("heat", Integer())}
    fields = {**stations.fields, **more, "tags": FieldSpec("tags", Text(), "set", (), False)}
    wider = TableSpec("stations", stations.kind, stations.writer, fields, stations.parents)
    names = {"id": UUID(as_uuid=False), "property_id": UUID(as_uuid=False), "name": Text(), "heat": Integer()}
    saunas = TableSpec("saunas", "record", "both", {n: _field(n, t) for n, t in names.items()}, ())
    return Schema({**schema.tables, "stations": wider, "saunas": saunas})


def _field(name: str, type: object) -> FieldSpec:
    return FieldSpec(name, type, "last_writer", (), True)  # type: ignore[arg-type]


def update_node(edge: Edge) -> None:
    """Stops the node, brings its file to the next release as a migration does, and starts it again."""
    edge.close()
    edge.schema = later(edge.schema)
    with closing(edge.raw()) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for statement in AT_THE_NODE:
            connection.execute(statement)
        drop_triggers(connection)
        take_in(connection, edge.schema, CONSTRAINT_ERRORS)
        create_triggers(connection, edge.schema)
        connection.execute("COMMIT")
    edge.open()


def update_head(head: Head) -> None:
    """Brings head office to the next release."""
    head.host.schema = later(head.host.schema)
    with psycopg.connect(head.fresh.owner_url) as connection:
        for statement in (
            *AT_HEAD_OFFICE,
            *capture_statements(head.host.schema),
            *take_in_statements(head.host.schema),
        ):
            connection.execute(statement.encode())


@contextmanager
def head_of_its_own(fresh: FreshDatabase, loop: LoopThread, secret: bytes, schema: Schema) -> Iterator[Head]:
    """A head office that knows the schema given and captures only that, on a database of its own."""
    with psycopg.connect(fresh.owner_url) as connection:
        for statement in capture_statements(schema):
            connection.execute(statement.encode())
    database = Database(fresh.app_url)
    database.open()
    host = CloudHost(database, secret=secret, now=utc_now)
    host.schema = schema
    yield Head(fresh, database, host, Wire(Starlette(routes=list(routes(host))), loop))
    database.close()
