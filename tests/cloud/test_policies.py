"""C-3: no tenant sees or touches another's rows, whatever the application does; read from PostgreSQL's own catalogue."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Table

from cloud import policies
from cloud.database import Database, migrate
from cloud.policies import DELETED_FROM, LOOKED_UP, LOOKED_UP_TABLES, PARTITIONS, cloud_tables
from cloud.postgres.provision import APP_ROLE, OWNER_ROLE
from cloud.schema import HISTORIES
from hospitality.ground.ids import new_id
from sync.hub.capture import pg_type
from tests.cloud_fixture import migrated
from tests.postgres_fixture import Databases, FreshDatabase, TemplateFactory

Connection = psycopg.Connection[dict[str, Any]]
TABLES = {table.name: table for table in cloud_tables()}
PARTS = [f"{name}_p{n}" for name, table in TABLES.items() if table.info.get("large") for n in range(PARTITIONS)]
WITHOUT_TENANT = {*(history.version_table for history in HISTORIES), "policies_version"}
each_table = pytest.mark.parametrize("name", TABLES)


@pytest.fixture(scope="module")
def fresh(postgres_databases: Databases, database_template: TemplateFactory) -> Iterator[FreshDatabase]:
    """A database at this release; each test has tenants of its own."""
    made = postgres_databases.make(migrated(database_template))
    yield made
    postgres_databases.drop(made)


def connected(url: str) -> Connection:
    # nothing is prepared, so that a session can be wiped
    return psycopg.connect(url, autocommit=True, connect_timeout=10, prepare_threshold=None, row_factory=dict_row)


@pytest.fixture(scope="module")
def admin(fresh: FreshDatabase) -> Iterator[Connection]:
    """The superuser, who sees behind the policies."""
    with connected(fresh.admin_url) as connection:
        yield connection


@pytest.fixture(scope="module")
def owner(fresh: FreshDatabase) -> Iterator[Connection]:
    """The role that migrations run as."""
    with connected(fresh.owner_url) as connection:
        yield connection


@pytest.fixture(scope="module")
def app_connection(fresh: FreshDatabase) -> Iterator[Connection]:
    """A connection of the role that the product runs as."""
    with connected(fresh.app_url) as connection:
        yield connection


@pytest.fixture
def app(app_connection: Connection) -> Connection:
    """The role that the product runs as, with no tenant set and nothing left of the test before."""
    app_connection.execute("DISCARD ALL")
    return app_connection


def under(connection: Connection, org_id: str) -> Connection:
    """The connection with this tenant set, for the whole session."""
    connection.execute("SELECT set_config('app.org', %s, false)", (org_id,))
    return connection


# --- the catalogue


def test_every_table_is_one_that_the_models_know(admin: Connection) -> None:
    rows = admin.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'f', 'm', 'v') AND relnamespace = 'public'::regnamespace"
    )
    assert {row["relname"] for row in rows} == {*TABLES, *PARTS, *WITHOUT_TENANT}, "no view and no foreign table either"


def test_every_table_has_row_level_security_enabled_and_forced(admin: Connection) -> None:
    rows = admin.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert {row["relname"] for row in rows} == WITHOUT_TENANT


def test_tables_without_a_tenant_hold_nothing_but_releases(admin: Connection) -> None:
    rows = admin.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s)",
        (list(WITHOUT_TENANT),),
    )
    assert {row["column_name"] for row in rows} == {"version_num", "fingerprint"}


def test_the_policies_are_these_and_no_others(admin: Connection) -> None:
    rows = admin.execute("SELECT * FROM pg_policies WHERE schemaname = 'public'").fetchall()
    found = {(row["tablename"], row["policyname"]): row for row in rows}
    tenants = {(name, "tenant") for name in TABLES}
    before = {(name, "before_sign_in") for name in LOOKED_UP_TABLES}
    assert set(found) == tenants | before
    bound = "(org_id = (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid)"
    for key in tenants:
        row = found[key]
        assert (row["cmd"], row["permissive"], row["roles"]) == ("ALL", "PERMISSIVE", ["public"])
        assert (row["qual"], row["with_check"]) == (bound, bound)
    for key in before:
        row = found[key]
        assert (row["cmd"], row["roles"], row["with_check"]) == ("SELECT", [OWNER_ROLE], None)


def test_the_applications_role_may_do_no_more_than_it_must(admin: Connection) -> None:
    rows = admin.execute(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
        (APP_ROLE,),
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["table_name"], set()).add(row["privilege_type"])
    wanted = {name: {"SELECT", "INSERT", "UPDATE"} for name in TABLES}
    for name in DELETED_FROM:
        wanted[name] |= {"DELETE"}
    assert found == wanted | {name: {"SELECT"} for name in WITHOUT_TENANT}


def test_nobody_else_may_do_anything_with_a_table(admin: Connection) -> None:
    rows = admin.execute(
        "SELECT DISTINCT relname, coalesce(nullif(g.grantee, 0)::regrole::text, 'public') AS grantee"
        " FROM pg_class, aclexplode(relacl) AS g WHERE relnamespace = 'public'::regnamespace"
    )
    assert {row["grantee"] for row in rows} <= {OWNER_ROLE, APP_ROLE}


def test_the_applications_role_owns_nothing_and_can_bypass_nothing(admin: Connection) -> None:
    role = admin.execute("SELECT * FROM pg_roles WHERE rolname = %s", (APP_ROLE,)).fetchone()
    assert role is not None
    assert not any(role[f"rol{what}"] for what in ("super", "bypassrls", "createdb", "createrole", "replication"))
    owned = admin.execute(
        "SELECT (SELECT count(*) FROM pg_class WHERE relowner = r.oid) + (SELECT count(*) FROM pg_proc WHERE proowner = r.oid)"
        " + (SELECT count(*) FROM pg_namespace WHERE nspowner = r.oid) + (SELECT count(*) FROM pg_type WHERE typowner = r.oid)"
        " + (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) AS n FROM pg_roles AS r WHERE rolname = %s",
        (APP_ROLE,),
    ).fetchone()
    assert owned == {"n": 0}
    creates = admin.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE') AS may", (APP_ROLE,)).fetchone()
    assert creates == {"may": False}


def test_two_functions_alone_run_as_their_owner_and_only_for_the_application(admin: Connection) -> None:
    """One looks a tenant up before anybody is known; one takes out deleted rows, which nobody else may."""
    rows = admin.execute(
        "SELECT oid::regprocedure::text AS name, proconfig, proowner::regrole::text AS owner,"
        " (SELECT array_agg(coalesce(nullif(grantee, 0)::regrole::text, 'public')) FROM aclexplode(proacl)) AS may"
        " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()
    path = ["search_path=pg_catalog, public, pg_temp"]
    assert rows == [
        {"name": name, "proconfig": path, "owner": OWNER_ROLE, "may": [OWNER_ROLE, APP_ROLE]}
        for name in ("before_sign_in(text,text)", "sync_remove(uuid,text,uuid)")
    ]


def test_what_takes_out_rows_takes_out_only_deleted_records_of_the_tenant(
    app: Connection, admin: Connection, tenants: tuple[str, str]
) -> None:
    mine, theirs = (
        (org_id, admin.execute("SELECT id::text FROM stations WHERE org_id = %s", (org_id,)).fetchone()["id"])  # type: ignore[index]
        for org_id in tenants
    )
    remove = "SELECT sync_remove(%s, 'stations', %s) AS gone"
    under(app, tenants[0])
    assert app.execute(remove, mine).fetchone() == {"gone": False}, "it is not deleted"
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE stations SET _deleted = TRUE")
    try:
        assert under(app, tenants[0]).execute(remove, theirs).fetchone() == {"gone": False}
        with pytest.raises(psycopg.errors.RaiseException, match="no records are in journal"):
            under(app, tenants[0]).execute("SELECT sync_remove(%s, 'journal', %s)", mine)
    finally:
        admin.execute("UPDATE stations SET _deleted = FALSE")
        admin.execute("SET session_replication_role = origin")


def test_a_table_that_nobody_thought_of_is_closed(owner: Connection, app: Connection) -> None:
    owner.execute("CREATE TABLE forgotten (org_id uuid)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("SELECT * FROM forgotten")
    owner.execute("DROP TABLE forgotten")


def test_making_it_all_again_changes_nothing_and_keeps_its_fingerprint(fresh: FreshDatabase, admin: Connection) -> None:
    before = admin.execute("SELECT * FROM pg_policies ORDER BY tablename, policyname").fetchall()
    noted = admin.execute("SELECT fingerprint FROM policies_version").fetchall()
    migrate(fresh.owner_url)
    assert admin.execute("SELECT * FROM pg_policies ORDER BY tablename, policyname").fetchall() == before
    assert admin.execute("SELECT fingerprint FROM policies_version").fetchall() == noted
    assert noted == [{"fingerprint": policies.fingerprint(OWNER_ROLE)}]


# --- the matrix


# something that can stand in a column of each type
VALUES: dict[str, Any] = {
    "TIMESTAMP WITH TIME ZONE": "2026-03-01T18:00:00Z",
    "DATE": "2026-03-01",
    "BOOLEAN": False,
    "INTEGER": 1,
    "BIGINT": 1,
    "TEXT": "x",
    "BYTEA": b"x",
}


def a_row(table: Table, org_id: str) -> dict[str, Any]:
    """A row of the tenant."""
    wanted = [column for column in table.columns if column.identity is None and not column.nullable]
    kinds = {str(column.name): pg_type(column.type) for column in wanted}
    found = {name: new_id() if kind == "UUID" else VALUES[kind] for name, kind in kinds.items()}
    return {**found, "org_id": org_id}


def insert(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join([sql.Placeholder()] * len(row)),
    )
    return connection.execute(statement, list(row.values())).rowcount


@pytest.fixture(scope="module")
def tenants(admin: Connection) -> tuple[str, str]:
    """Two tenants, each with a row in every table, put there past keys and triggers."""
    mine, theirs = new_id(), new_id()
    admin.execute("SET session_replication_role = replica")
    for table in TABLES.values():
        for org_id in (mine, theirs):
            insert(admin, table, a_row(table, org_id))
    admin.execute("SET session_replication_role = origin")
    return mine, theirs


def count(connection: Connection, name: str, where: str = "true") -> int:
    row = connection.execute(f'SELECT count(*) AS n FROM "{name}" WHERE {where}').fetchone()
    assert row is not None
    return int(row["n"])


@each_table
def test_a_tenant_sees_its_own_rows_and_no_others(app: Connection, tenants: tuple[str, str], name: str) -> None:
    mine, theirs = tenants
    under(app, mine)
    assert count(app, name) == 1
    assert count(app, name, f"org_id = '{theirs}'") == 0


@pytest.mark.parametrize("tenant", ["", None])
@each_table
def test_without_a_tenant_nobody_sees_anything(app: Connection, tenants: object, name: str, tenant: str | None) -> None:
    if tenant is not None:
        under(app, tenant)
    assert count(app, name) == 0


@each_table
def test_a_tenant_cannot_change_anothers_rows(app: Connection, tenants: tuple[str, str], name: str) -> None:
    mine, theirs = tenants
    under(app, mine)
    for statement in (
        f"UPDATE \"{name}\" SET org_id = org_id WHERE org_id = '{theirs}'",
        f"UPDATE \"{name}\" SET org_id = '{mine}' WHERE org_id = '{theirs}'",
        *([f"DELETE FROM \"{name}\" WHERE org_id = '{theirs}'"] if name in DELETED_FROM else []),
    ):
        assert app.execute(statement).rowcount == 0


@each_table
def test_a_tenant_cannot_put_a_row_among_anothers(app: Connection, tenants: tuple[str, str], name: str) -> None:
    mine, theirs = tenants
    under(app, mine)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        insert(app, TABLES[name], a_row(TABLES[name], theirs))
    app.execute("SET sync.applying = '1'")  # past our own triggers, which would be quicker to refuse
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        app.execute(f"UPDATE \"{name}\" SET org_id = '{theirs}' WHERE org_id = '{mine}'")


@each_table
def test_nobody_puts_a_row_anywhere_without_a_tenant(app: Connection, tenants: tuple[str, str], name: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        insert(app, TABLES[name], a_row(TABLES[name], tenants[0]))


@each_table
def test_even_the_owner_sees_only_what_the_look_up_may_find(owner: Connection, tenants: object, name: str) -> None:
    assert (count(owner, name) > 0) == (name in LOOKED_UP_TABLES)
    assert owner.execute(f'UPDATE "{name}" SET org_id = org_id').rowcount == 0


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_table_cannot_be_asked_for_by_name(app: Connection, tenants: tuple[str, str], name: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        count(under(app, tenants[0]), name)


def test_a_tenant_ends_with_its_transaction(fresh: FreshDatabase, tenants: tuple[str, str]) -> None:
    database = Database(fresh.app_url)
    database.open()
    try:
        with database.transaction(tenants[0]) as connection:
            assert count(connection, "stations") == 1
        with database._pool.connection() as connection:
            assert count(connection, "stations") == 0
    finally:
        database.close()


# --- before anybody is known


def found(app: Connection, kind: str | None, key: str | None) -> list[dict[str, Any]]:
    return app.execute("SELECT * FROM before_sign_in(%s, %s)", (kind, key)).fetchall()


def test_the_look_up_finds_what_its_key_names_and_nothing_for_any_other(
    app: Connection, admin: Connection, tenants: tuple[str, str]
) -> None:
    node = admin.execute("SELECT id::text FROM sync_nodes WHERE org_id = %s", (tenants[0],)).fetchone()
    assert node is not None
    assert [str(row["org"]) for row in found(app, "node", node["id"])] == [tenants[0]]
    assert found(app, "node", new_id()) == []
    for kind in LOOKED_UP:
        if kind != "node":
            assert found(app, kind, "no such") == []
    for other in ("other", "", None, "node' OR true --"):
        assert found(app, other, node["id"]) == []


@pytest.mark.parametrize(
    ("kind", "table", "column", "still_good"),
    [
        ("code", "sync_codes", "code_hash", {"used_at": None, "expires_at": "2999-01-01T00:00:00Z"}),
        ("email", "accounts", "email", {"disabled_at": None}),
        ("session", "account_sessions", "token_hash", {"ended_at": None, "expires_at": "2999-01-01T00:00:00Z"}),
    ],
)
def test_the_look_up_finds_only_what_is_still_good(
    app: Connection, admin: Connection, kind: str, table: str, column: str, still_good: dict[str, Any]
) -> None:
    org_id = new_id()
    admin.execute("SET session_replication_role = replica")
    insert(admin, TABLES[table], {**a_row(TABLES[table], org_id), **still_good, column: f"good {kind}"})
    for name in still_good:
        past = {**still_good, name: "2026-01-01T00:00:00Z"}
        insert(admin, TABLES[table], {**a_row(TABLES[table], org_id), **past, column: f"{name} {kind}"})
    admin.execute("SET session_replication_role = origin")
    assert [str(row["org"]) for row in found(app, kind, f"good {kind}")] == [org_id]
    for ended in still_good:
        assert found(app, kind, f"{ended} {kind}") == []


def test_the_look_up_is_not_led_astray_by_a_table_of_the_callers_own(
    app: Connection, admin: Connection, tenants: tuple[str, str]
) -> None:
    """A temporary view of the same name would run the caller's code as the owner."""
    node = admin.execute("SELECT id::text FROM sync_nodes WHERE org_id = %s", (tenants[0],)).fetchone()
    assert node is not None
    app.execute(
        "CREATE FUNCTION pg_temp.who() RETURNS uuid LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$"
    )
    app.execute(f"CREATE TEMP VIEW sync_nodes AS SELECT pg_temp.who() AS org_id, '{node['id']}'::uuid AS id")
    app.execute("GRANT SELECT ON pg_temp.sync_nodes TO PUBLIC")
    assert [str(row["org"]) for row in found(app, "node", node["id"])] == [tenants[0]]
