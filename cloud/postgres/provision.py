"""Makes the two roles and the database, on our own server or on any that we are given an administrator of.

`buffr_owner` owns everything and is for migrations alone; `buffr_app` is what the product runs as. Neither
can bypass row-level security. The app gets no right on any table here: the migration that makes a table (and
its policy) grants what the app may do with it, so that a forgotten table is closed, not open.
"""

from collections.abc import Mapping

import psycopg
from psycopg import errors, sql

from cloud.postgres.binaries import MAJOR_MIN
from cloud.postgres.errors import ClusterError

OWNER_ROLE = "buffr_owner"
APP_ROLE = "buffr_app"
DATABASE = "buffr"
APP_SETTINGS: Mapping[str, str] = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}
# A migration that can't have its lock gives up rather than queue everybody behind it.
OWNER_SETTINGS: Mapping[str, str] = {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "10min"}
CONNECT_SECONDS_MAX = 10
_ONE_AT_A_TIME = 0x62756666  # the number of the advisory lock; "buff"
_FORBIDDEN = {
    "rolsuper": "NOSUPERUSER",
    "rolbypassrls": "NOBYPASSRLS",
    "rolcreatedb": "NOCREATEDB",
    "rolcreaterole": "NOCREATEROLE",
    "rolreplication": "NOREPLICATION",
}
_SET_OPTION_VERSION = 160000

Admin = psycopg.Connection[tuple[object, ...]]


def provision(admin_url: str, *, owner_password: str, app_password: str, database: str = DATABASE) -> None:
    """Makes or mends the roles and `database`; repeating it changes nothing but the passwords to those given.

    `admin_url` names a superuser, or (on a managed server) a role with CREATEROLE and CREATEDB. Passwords
    leave this process only as SCRAM verifiers, which is all that a server's log could ever show.
    """
    try:
        with _connect(admin_url) as admin:
            _require_version(admin)
            admin.execute("SELECT pg_advisory_lock(%s)", (_ONE_AT_A_TIME,))
            _make_role(admin, OWNER_ROLE, OWNER_SETTINGS)
            _make_role(admin, APP_ROLE, APP_SETTINGS)
            _let_admin_act_as_owner(admin)
            _make_database(admin, database)
            with _connect(admin_url, database) as inside:
                _close_schema(inside)
            _open_login(admin, OWNER_ROLE, owner_password)
            _open_login(admin, APP_ROLE, app_password)  # last: where it works, everything else is there
    except errors.InsufficientPrivilege as error:
        raise ClusterError(
            "ADMIN_RIGHTS_MISSING",
            f"The administrator given may not set up the database ({error.diag.message_primary}); "
            "use a superuser, or a role with CREATEROLE and CREATEDB.",
        ) from error


def fence_database(admin: Admin, database: str) -> None:
    """Lets only the two roles into `database`. A copy made with TEMPLATE doesn't inherit this."""
    name, app = sql.Identifier(database), sql.Identifier(APP_ROLE)
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, app))


def _connect(url: str, database: str | None = None) -> Admin:
    try:
        connection = psycopg.connect(url, dbname=database, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX)
    except psycopg.OperationalError as error:
        raise ClusterError(
            "DATABASE_UNREACHABLE",
            f"The database server can't be reached as its administrator ({_first_line(error)}).",
        ) from error
    connection.execute("SET lock_timeout = '30s'")
    connection.execute("SET statement_timeout = '60s'")
    return connection


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"


def _make_role(admin: Admin, role: str, settings: Mapping[str, str]) -> None:
    name = sql.Identifier(role)
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in _FORBIDDEN)
    query = sql.SQL("SELECT {} FROM pg_roles WHERE rolname = {}").format(columns, sql.Literal(role))
    rights = admin.execute(query).fetchone()
    if rights is None:
        admin.execute(sql.SQL("CREATE ROLE {}").format(name))
    else:
        _weaken(admin, role, rights)
    for setting, value in settings.items():
        statement = sql.SQL("ALTER ROLE {} SET {} = {}")
        admin.execute(statement.format(name, sql.Identifier(setting), sql.Literal(value)))


def _open_login(admin: Admin, role: str, password: str) -> None:
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
    admin.execute(statement.format(sql.Identifier(role), sql.Literal(verifier)))


def _weaken(admin: Admin, role: str, rights: tuple[object, ...]) -> None:
    # Only what is wrong is altered: an administrator that is no superuser may not even name the other rights.
    excess = [denial for denial, has in zip(_FORBIDDEN.values(), rights, strict=True) if has]
    if excess:
        denials = sql.SQL(" ").join(sql.SQL(denial) for denial in excess)
        admin.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(role), denials))
    member = "SELECT string_agg(roleid::regrole::text, ', ') FROM pg_auth_members WHERE member = %s::regrole"
    row = admin.execute(member, (role,)).fetchone()
    if row is not None and row[0] is not None:
        raise ClusterError(
            "ROLE_TOO_STRONG",
            f"The role {role} is a member of {row[0]} and could take its rights; revoke that.",
        )


def _is_superuser(admin: Admin) -> bool:
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return row is not None and bool(row[0])


def _let_admin_act_as_owner(admin: Admin) -> None:
    if _is_superuser(admin):
        return
    options = " WITH SET TRUE, INHERIT TRUE" if admin.info.server_version >= _SET_OPTION_VERSION else ""
    admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER_ROLE)) + sql.SQL(options))


def _make_database(admin: Admin, database: str) -> None:
    name, owner = sql.Identifier(database), sql.Identifier(OWNER_ROLE)
    found = admin.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = %s", (database,)).fetchone()
    if found is None:
        create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
        admin.execute(create.format(name, owner))
    elif found[0] != OWNER_ROLE:
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, owner))
    fence_database(admin, database)


def _close_schema(inside: Admin) -> None:
    owner, app = sql.Identifier(OWNER_ROLE), sql.Identifier(APP_ROLE)
    if not _is_superuser(inside):
        inside.execute(sql.SQL("SET ROLE {}").format(owner))
    inside.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    inside.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(owner))
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))
    row = inside.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", (APP_ROLE,)).fetchone()
    if row is not None and row[0]:  # a database from before PostgreSQL 15, where a superuser owns the schema
        raise ClusterError(
            "ROLE_TOO_STRONG", f"The role {APP_ROLE} may create tables in the schema public; revoke that."
        )


def _require_version(admin: Admin) -> None:
    major = admin.info.server_version // 10_000
    if major < MAJOR_MIN:
        raise ClusterError(
            "DATABASE_OTHER_VERSION",
            f"The database server is PostgreSQL {major}; {MAJOR_MIN} or newer is needed.",
        )
