"""What the models want of PostgreSQL beyond tables, made anew after each migration: partitions, capture, and who may
see and do what.

Every table has row-level security, forced, by the tenant set in the transaction; the application's role owns nothing
and can bypass nothing. Before anybody is known, one function alone looks across tenants, and what it may find is here.
"""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import Connection, Table, text

from cloud.postgres.provision import APP_ROLE
from cloud.schema import METADATA, SCHEMA
from sync.hub.capture import EMIT, REMOVE, capture_statements
from sync.hub.widening import take_in_statements

PARTITIONS = 4
TENANT = "nullif(current_setting('app.org', true), '')::uuid"
# whose rows the look-up function may find, before a tenant is known
LOOKED_UP = {
    "groups": "SELECT DISTINCT org_id, org_id, '{}' FROM sync_scopes WHERE found_by = 'every'",
    "node": "SELECT org_id, id, to_json(n)::text FROM sync_nodes AS n WHERE n.id = found_by::uuid",
    # for the machine's own metrics: how every node is, and nothing of any group
    "nodes": "SELECT org_id, id, json_build_object('property_id', property_id, 'code', code, 'waiting', waiting,"
    " 'told', told, 'offset_ms', offset_ms, 'protocol', protocol, 'seen_at', seen_at, 'enrolled_at', enrolled_at,"
    " 'differed', differed, 'standing', standing, 'settled', settled, 'put_back', (SELECT json_build_object('epoch', epoch,"
    " 'at', extract(epoch FROM put_back_at)) FROM sync_scopes AS s WHERE s.org_id = n.org_id AND s.scope = n.org_id))::text"
    " FROM sync_nodes AS n WHERE found_by = 'every node in force' AND status = 'active' ORDER BY org_id, id LIMIT 5000",
    "code": "SELECT org_id, id, '{}' FROM sync_codes WHERE code_hash = found_by"
    " AND used_at IS NULL AND expires_at > now()",
    "email": "SELECT org_id, id, to_json(a)::text FROM accounts AS a WHERE email = found_by AND disabled_at IS NULL",
    "link": "SELECT org_id, id, to_json(l)::text FROM account_links AS l WHERE token_hash = found_by",
    "receipt": "SELECT org_id, id, json_build_object('property_id', property_id, 'receipt_id', receipt_id, 'order_id',"
    " order_id)::text FROM receipt_links WHERE token = found_by LIMIT 1",
    "session": "SELECT org_id, id, to_json(s)::text FROM account_sessions AS s WHERE token_hash = found_by"
    " AND ended_at IS NULL AND expires_at > now()",
}
LOOKED_UP_TABLES = (
    "sync_scopes",
    "sync_nodes",
    "sync_codes",
    "accounts",
    "account_links",
    "account_sessions",
    "receipt_links",
)
DELETED_FROM = (
    "sync_quarantine",
    "sync_codes",
    "sync_tombstones",
    "sync_interests",
    "sync_captured",
    "sync_stage",
    "sync_feed",
    "kept_answers",
)


def cloud_tables() -> list[Table]:
    """Every table that head office has, parents first."""
    return [t for meta in METADATA for t in meta.sorted_tables if t.info.get("host") != "edge"]


def statements(owner: str) -> list[str]:
    """All of it, in order; each may be run again."""
    found: list[str] = []
    for table in cloud_tables():
        found += _partitions(table)
        found += _rights(table, owner)
    found += [*capture_statements(SCHEMA), *EMIT]
    found += [f"REVOKE ALL ON FUNCTION {REMOVE}(uuid, text, uuid) FROM PUBLIC"]
    found += [f"GRANT EXECUTE ON FUNCTION {REMOVE}(uuid, text, uuid) TO {APP_ROLE}"]
    found += [_look_up(), "REVOKE ALL ON FUNCTION before_sign_in(text, text) FROM PUBLIC"]
    found += [
        f"GRANT EXECUTE ON FUNCTION before_sign_in(text, text) TO {APP_ROLE}",
        f"GRANT USAGE ON SEQUENCE sync_tick TO {APP_ROLE}",
    ]
    return found


def fingerprint(owner: str) -> str:
    """Changes when anything of it does."""
    return sha256("\n".join(statements(owner)).encode()).hexdigest()[:32]


def apply(connection: Connection, version_tables: Iterable[str]) -> None:
    """Runs all of it as the owner, and notes its fingerprint where the application can read it.

    A release that is not the one before also takes in what was kept for it.
    """
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS policies_version (fingerprint text NOT NULL)")
    before = connection.execute(text("SELECT fingerprint FROM policies_version")).scalar()
    is_another_release = before not in (None, fingerprint(owner))
    for statement in [*statements(owner), *(take_in_statements(SCHEMA) if is_another_release else ())]:
        connection.exec_driver_sql(statement.replace("%", "%%"))
    connection.exec_driver_sql("DELETE FROM policies_version")
    connection.execute(text("INSERT INTO policies_version VALUES (:f)"), {"f": fingerprint(owner)})
    for name in (*version_tables, "policies_version"):
        connection.exec_driver_sql(f"GRANT SELECT ON {name} TO {APP_ROLE}")


def _partitions(table: Table) -> list[str]:
    if not table.info.get("large"):
        return []
    return [
        f'CREATE TABLE IF NOT EXISTS "{table.name}_p{n}" PARTITION OF "{table.name}"'
        f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {n})"
        for n in range(PARTITIONS)
    ]


def _rights(table: Table, owner: str) -> list[str]:
    name = f'"{table.name}"'
    delete = ", DELETE" if table.name in DELETED_FROM else ""
    found = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS tenant ON {name}",
        f"CREATE POLICY tenant ON {name} USING (org_id = {TENANT}) WITH CHECK (org_id = {TENANT})",
        f"GRANT SELECT, INSERT, UPDATE{delete} ON {name} TO {APP_ROLE}",
    ]
    if table.info.get("large"):
        # a partition asked for by name would not know the parent's policy, so it has its own and nobody's rights
        for n in range(PARTITIONS):
            part = f'"{table.name}_p{n}"'
            found += [f"ALTER TABLE {part} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {part} FORCE ROW LEVEL SECURITY"]
    if table.name in LOOKED_UP_TABLES:
        found += [
            f"DROP POLICY IF EXISTS before_sign_in ON {name}",
            f'CREATE POLICY before_sign_in ON {name} FOR SELECT TO "{owner}" USING (true)',
        ]
    return found


def _look_up() -> str:
    cases = "\n".join(f"  ELSIF kind = '{kind}' THEN RETURN QUERY {query};" for kind, query in LOOKED_UP.items())
    return f"""
    CREATE OR REPLACE FUNCTION before_sign_in(kind text, found_by text)
    RETURNS TABLE (org uuid, id uuid, data text) LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
      IF kind IS NULL THEN RETURN;
    {cases}
      END IF;
    END $$
    """
