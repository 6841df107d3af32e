"""The roles, on the embedded server and on one where the administrator is no superuser."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql

from cloud.postgres import Cluster, ClusterError, provision
from cloud.postgres.provision import APP_ROLE, APP_SETTINGS, DATABASE, OWNER_ROLE
from tests.postgres_fixture import DatabaseFactory, FreshDatabase

ORG_A, ORG_B = "01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000b"
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")

Session = psycopg.Connection[tuple[object, ...]]


def _migrate(database: FreshDatabase) -> None:
    """A table as a migration makes it: forced policies, and exactly the rights that the app needs."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE sale (org_id uuid, id int, amount_minor bigint, PRIMARY KEY (org_id, id))")
        owner.execute("ALTER TABLE sale ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE sale FORCE ROW LEVEL SECURITY")
        mine = "org_id = nullif(current_setting('app.org_id', true), '')::uuid"
        owner.execute(sql.SQL("CREATE POLICY own_rows ON sale USING ({})").format(sql.SQL(mine)))
        owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON sale TO buffr_app")
    with psycopg.connect(database.admin_url) as admin:
        admin.execute("INSERT INTO sale VALUES (%s, 1, 100), (%s, 1, 200)", (ORG_A, ORG_B))


@pytest.fixture
def migrated(
    database: DatabaseFactory, database_template: Callable[[str, Callable[[FreshDatabase], None]], str]
) -> FreshDatabase:
    return database(database_template("sales", _migrate))


@pytest.fixture
def app(migrated: FreshDatabase) -> Iterator[Session]:
    with psycopg.connect(migrated.app_url) as session:
        yield session


@pytest.fixture
def owner(migrated: FreshDatabase) -> Iterator[Session]:
    with psycopg.connect(migrated.owner_url) as session:
        yield session


def _amounts(session: Session, org_id: str | None) -> list[object]:
    session.execute("SELECT set_config('app.org_id', %s, true)", (org_id or "",))
    return [row[0] for row in session.execute("SELECT amount_minor FROM sale ORDER BY 1")]


def test_app_sees_its_organisation_alone(app: Session) -> None:
    assert _amounts(app, ORG_A) == [100]
    assert _amounts(app, ORG_B) == [200]
    assert _amounts(app, None) == []


def test_owner_is_bound_by_forced_policies_too(owner: Session) -> None:
    assert _amounts(owner, None) == []
    assert _amounts(owner, ORG_A) == [100]


def test_superuser_sees_everything_which_is_why_nothing_runs_as_it(migrated: FreshDatabase) -> None:
    with psycopg.connect(migrated.admin_url) as admin:
        assert _amounts(admin, None) == [100, 200]


def test_app_cannot_write_into_another_organisation(app: Session) -> None:
    _amounts(app, ORG_A)
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute("INSERT INTO sale VALUES (%s, 2, 300)", (ORG_B,))


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE sale",
        "ALTER TABLE sale DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE sale NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY own_rows ON sale",
        "CREATE TABLE mine (id int)",
        "CREATE TABLE pointing (org_id uuid, id int, FOREIGN KEY (org_id, id) REFERENCES sale)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE buffr_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION buffr_owner",
        "ALTER ROLE buffr_app BYPASSRLS",
        "ALTER ROLE buffr_app SUPERUSER",
        "GRANT buffr_owner TO buffr_app",
        "COPY sale TO '/tmp/sale'",
        "COPY sale TO PROGRAM 'cat'",
    ],
)
def test_app_may_not(statement: str, app: Session) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement.encode())


@pytest.mark.parametrize("statement", ["CREATE DATABASE mine", "ALTER SYSTEM SET fsync = 'off'"])
@pytest.mark.parametrize("role", [APP_ROLE, OWNER_ROLE])
def test_neither_role_may(statement: str, role: str, migrated: FreshDatabase) -> None:
    url = migrated.app_url if role == APP_ROLE else migrated.owner_url
    with psycopg.connect(url, autocommit=True) as session, pytest.raises(errors.InsufficientPrivilege):
        session.execute(statement.encode())


def test_row_security_switched_off_is_an_error_not_a_way_around(app: Session) -> None:
    app.execute("SET LOCAL row_security = off")
    with pytest.raises(errors.InsufficientPrivilege, match="would be affected by row-level security"):
        app.execute("SELECT * FROM sale")


def test_table_without_a_grant_is_closed_to_the_app(migrated: FreshDatabase) -> None:
    with psycopg.connect(migrated.owner_url) as owner:
        owner.execute("CREATE TABLE forgotten (words text)")
    with psycopg.connect(migrated.app_url) as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("SELECT * FROM forgotten")


def test_app_may_stage_rows_in_a_temporary_table(app: Session) -> None:
    app.execute("CREATE TEMPORARY TABLE staged (LIKE sale) ON COMMIT DROP")


def test_app_is_bounded_in_time(app: Session) -> None:
    found = {name: app.execute(f"SHOW {name}".encode()).fetchone() for name in APP_SETTINGS}
    assert found == {
        "statement_timeout": ("30s",),
        "lock_timeout": ("5s",),
        "idle_in_transaction_session_timeout": ("1min",),
    }


def test_others_may_not_enter_the_database(migrated: FreshDatabase) -> None:
    with psycopg.connect(migrated.admin_url) as admin:
        query = "SELECT has_database_privilege('pg_monitor', current_database(), 'CONNECT')"
        assert admin.execute(query).fetchone() == (False,)


def test_repeating_it_mends_a_role_that_was_given_too_much(postgres_cluster: Cluster) -> None:
    url, name = postgres_cluster.admin_url, secrets.token_hex(4)
    passwords = {
        "owner_password": postgres_cluster.owner.password,
        "app_password": postgres_cluster.app.password,
    }
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("ALTER ROLE buffr_app BYPASSRLS CREATEDB")
        provision(url, **passwords)
        provision(url, **passwords)
        query = "SELECT rolbypassrls, rolcreatedb, rolsuper FROM pg_roles WHERE rolname = %s"
        assert admin.execute(query, (APP_ROLE,)).fetchone() == (False, False, False)
        admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("GRANT {} TO buffr_app").format(sql.Identifier(name)))
        try:
            with pytest.raises(ClusterError) as refusal:
                provision(url, **passwords)
        finally:
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    assert refusal.value.code == "ROLE_TOO_STRONG"
    with psycopg.connect(postgres_cluster.app_url) as app:
        assert app.execute("SELECT current_database()").fetchone() == (DATABASE,)


def _as_on_a_managed_server(cluster: Cluster) -> str:
    """Takes what was provisioned away, and gives an administrator who is no superuser."""
    with psycopg.connect(cluster.admin_url, autocommit=True) as admin:
        admin.execute("DROP DATABASE buffr")
        admin.execute("DROP ROLE buffr_app")
        admin.execute("DROP ROLE buffr_owner")
        admin.execute("CREATE ROLE rented LOGIN CREATEROLE CREATEDB PASSWORD 'rented'")
    login = f"{cluster.admin.role}:{cluster.admin.password}"
    return cluster.admin_url.replace(login, "rented:rented")


@pytest.mark.parametrize("binaries_folder", [None, DEBIAN_15], ids=["wheel", "debian-15"])
def test_administrator_without_superuser_rights_is_enough(open_folder: Path, binaries_folder: Path | None) -> None:
    if binaries_folder is not None and not binaries_folder.exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed")
    with Cluster.open(open_folder, durable=False, binaries_folder=binaries_folder) as cluster:
        url = _as_on_a_managed_server(cluster)
        for _ in range(2):
            provision(url, owner_password="o" * 20, app_password=cluster.app.password)
        with psycopg.connect(cluster.app_url) as app:
            query = "SELECT current_user, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            assert app.execute(query).fetchone() == (APP_ROLE, False)
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute("CREATE TABLE mine (id int)")
        with psycopg.connect(url, autocommit=True) as rented:
            rented.execute("SET ROLE buffr_owner")
            rented.execute("RESET ROLE")


def test_schema_that_was_left_open_to_everybody_is_closed_or_refused(
    postgres_cluster: Cluster, database: DatabaseFactory
) -> None:
    old = database()
    passwords = {
        "owner_password": postgres_cluster.owner.password,
        "app_password": postgres_cluster.app.password,
    }
    with psycopg.connect(old.admin_url) as admin:
        admin.execute("ALTER SCHEMA public OWNER TO postgres")
        admin.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    provision(old.admin_url, **passwords, database=old.name)
    with psycopg.connect(old.app_url) as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(old.owner_url) as owner:
        owner.execute("CREATE TABLE theirs (id int)")
    with psycopg.connect(old.admin_url) as admin:
        admin.execute("GRANT CREATE ON SCHEMA public TO buffr_app")
    with pytest.raises(ClusterError) as refusal:
        provision(old.admin_url, **passwords, database=old.name)
    assert refusal.value.code == "ROLE_TOO_STRONG"


def test_administrator_without_rights_is_told_so(database: DatabaseFactory) -> None:
    with pytest.raises(ClusterError) as refusal:
        provision(database().app_url, owner_password="x", app_password="x")
    assert refusal.value.code == "ADMIN_RIGHTS_MISSING"


def test_unreachable_server_is_told_without_the_password() -> None:
    url = "postgresql://postgres:hunter2@/postgres?host=/nonexistent"
    with pytest.raises(ClusterError) as refusal:
        provision(url, owner_password="x", app_password="x")
    assert refusal.value.code == "DATABASE_UNREACHABLE"
    assert "hunter2" not in str(refusal.value)


def test_fresh_databases_do_not_see_each_other(database: DatabaseFactory) -> None:
    first, second = database(), database()
    with psycopg.connect(first.owner_url) as owner:
        owner.execute("CREATE TABLE only_here (id int)")
    with psycopg.connect(second.owner_url) as owner:
        assert owner.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
