"""Change capture at the hub, in PostgreSQL itself: whoever writes, the feed gets the transaction.

Row triggers made from the schema note each change in `sync_captured`; a trigger that runs at commit turns what one
transaction noted into one entry of each scope's feed, drawing positions from the scopes' counters last, so that a
reader never steps over a position still in flight. The hub's own merging sets `sync.applying` and writes the feed itself.
"""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.types import TypeEngine

from sync.hub.keys import PAIRED_MAX
from sync.hub.keys import RULE as BUSINESS_KEY
from sync.merge import ELEMENT_CHARS_MAX
from sync.schema import IN_SET, FieldSpec, Interest, Schema, TableSpec
from sync.wire import FORGET, TRANSACTION_CHARS_MAX

NEWS_CHANNEL = "sync_news"
REMOVE = "sync_remove"
# asked before a function is called or a row is noted for the statement's end: most rows come by the hub's own merging
NOT_APPLYING = "WHEN (current_setting('sync.applying', true) IS DISTINCT FROM '1')"

FUNCTIONS = [
    "CREATE SEQUENCE IF NOT EXISTS sync_tick CYCLE MAXVALUE 65535 MINVALUE 0",
    # one stamp a transaction: wall milliseconds, those that are over as at a node, and a counter that tells processes apart
    """
    CREATE OR REPLACE FUNCTION sync_stamp() RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE given text := nullif(current_setting('sync.stamp', true), '');
    BEGIN
      IF given IS NULL THEN
        given := ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint << 16) + nextval('sync_tick'))::text;
        PERFORM set_config('sync.stamp', given, true);
      END IF;
      RETURN given::bigint;
    END $$
    """,
    "CREATE OR REPLACE FUNCTION sync_node() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 0'",
]

SETS = [
    # a set as `merge.set_text` writes it; what no set holds is left out, so that the text differs
    f"""
    CREATE OR REPLACE FUNCTION sync_set(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
      SELECT '[' || coalesce(string_agg(to_jsonb(e)::text, ',' ORDER BY e COLLATE "C"), '') || ']'
      FROM (SELECT DISTINCT e FROM jsonb_array_elements_text(given::jsonb) AS e
            WHERE length(e) BETWEEN 1 AND {ELEMENT_CHARS_MAX} AND e !~ '[\\x01-\\x1f]') AS found
    $$
    """,
    # what one edit did to a set: {"field/element": whether it was added}
    f"""
    CREATE OR REPLACE FUNCTION sync_changed(field text, old text, new text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
      SELECT coalesce(jsonb_object_agg(field || '{IN_SET}' || e, added), '{{}}') FROM (
        SELECT coalesce(o.e, n.e) AS e, o.e IS NULL AS added FROM jsonb_array_elements_text(old::jsonb) AS o(e)
        FULL JOIN jsonb_array_elements_text(new::jsonb) AS n(e) ON o.e = n.e WHERE o.e IS NULL OR n.e IS NULL) AS found
    $$
    """,
    # when a row's field got its value: stamp and node, which order as they do in Python
    """
    CREATE OR REPLACE FUNCTION sync_stamp_of(hlc bigint, node integer, fv text, field text) RETURNS bigint[]
      LANGUAGE sql IMMUTABLE AS $$
      SELECT CASE WHEN jsonb_exists(fv::jsonb, field)
        THEN ARRAY[(fv::jsonb -> field ->> 0)::bigint, (fv::jsonb -> field ->> 1)::bigint] ELSE ARRAY[hlc, node] END
    $$
    """,
    # the names by which a document tells of a set's elements
    f"""
    CREATE OR REPLACE FUNCTION sync_elements(field text, told jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
      SELECT ARRAY(SELECT k FROM jsonb_object_keys(told) AS k WHERE starts_with(k, field || '{IN_SET}'))
    $$
    """,
    # a set once what a document tells of its elements is done
    f"""
    CREATE OR REPLACE FUNCTION sync_widened(field text, whole text, told jsonb) RETURNS text
      LANGUAGE sql IMMUTABLE AS $$
      SELECT sync_set(coalesce(jsonb_agg(e), '[]')::text) FROM (
        SELECT e FROM jsonb_array_elements_text(whole::jsonb) AS e
        UNION SELECT substr(k, length(field) + 2) FROM unnest(sync_elements(field, told)) AS k
      ) AS found WHERE coalesce(told ->> (field || '{IN_SET}' || e), '1') IN ('1', 'true')
    $$
    """,
]

EMIT = [
    f"""
    CREATE OR REPLACE FUNCTION sync_emit() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE part record; place bigint;
    BEGIN
      FOR part IN
        SELECT scope, min(hlc) AS hlc, '[' || string_agg(change, ',' ORDER BY seq) || ']' AS body
        FROM sync_captured WHERE org_id = NEW.org_id AND txid = NEW.txid GROUP BY scope ORDER BY scope
      LOOP
        INSERT INTO sync_scopes (org_id, scope, head) VALUES (NEW.org_id, part.scope, 1)
        ON CONFLICT (org_id, scope) DO UPDATE SET head = sync_scopes.head + 1 RETURNING head INTO place;
        INSERT INTO sync_feed (org_id, scope, pos, node, incarnation, hlc, differs, body)
        VALUES (NEW.org_id, part.scope, place, 0, 0, part.hlc, false, convert_to(part.body, 'UTF8'));
        IF length(part.body) > {TRANSACTION_CHARS_MAX} THEN
          RAISE EXCEPTION 'one transaction may change at most {TRANSACTION_CHARS_MAX} characters of a scope';
        END IF;
        PERFORM pg_notify('{NEWS_CHANNEL}', part.scope || ' 0');
      END LOOP;
      DELETE FROM sync_captured WHERE org_id = NEW.org_id AND txid = NEW.txid;
      RETURN NULL;
    END $$
    """,
    "DROP TRIGGER IF EXISTS sync_emit ON sync_captured",
    """
    CREATE CONSTRAINT TRIGGER sync_emit AFTER INSERT ON sync_captured
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sync_emit()
    """,
]


def pg_type(kind: TypeEngine[object]) -> str:
    """The column type's name in PostgreSQL."""
    return str(kind.compile(dialect=dialect()))  # type: ignore[no-untyped-call]


def wire_form(name: str, kind: TypeEngine[object]) -> str:
    """An SQL expression for a column's value as it crosses the wire: instants and days as fixed text."""
    actual = pg_type(kind)
    if actual == "TIMESTAMP WITH TIME ZONE":
        return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    if actual == "DATE":
        return f"to_char({name}, 'YYYY-MM-DD')"
    return name


def capture_statements(schema: Schema) -> list[str]:
    """Functions and triggers of every replicated table; run after each migration, replacing what was there."""
    statements = [*FUNCTIONS, *SETS, _remove(schema)]
    for table in schema.tables.values():
        if table.interest is not None:
            statements.append(_settle(table, table.interest))
        statements += _capture(table, schema.dealings.get(table.name, ()))
        statements += _record(table) if table.kind == "record" else _fact(table)
        if table.keys:
            statements += _keys(table)
    return statements


def _remove(schema: Schema) -> str:
    """A function that takes a deleted record out for good, as the owner: nobody else may delete rows."""
    records = ", ".join(f"'{table.name}'" for table in schema.tables.values() if table.kind == "record")
    return f"""
    CREATE OR REPLACE FUNCTION {REMOVE}(org uuid, tbl text, key uuid) RETURNS boolean LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE gone integer;
    BEGIN
      IF tbl <> ALL (ARRAY[{records}]) THEN RAISE EXCEPTION 'no records are in %', tbl; END IF;
      EXECUTE format('DELETE FROM %I WHERE org_id = $1 AND id = $2 AND _deleted', tbl) USING org, key;
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone = 1;
    EXCEPTION WHEN foreign_key_violation THEN
      RETURN false;
    END $$
    """


def _trigger(table: str, name: str, when: str, function: str, condition: str) -> list[str]:
    return [
        f'DROP TRIGGER IF EXISTS {name} ON "{table}"',
        f'CREATE TRIGGER {name} {when} ON "{table}" FOR EACH ROW {condition} EXECUTE FUNCTION {function}()',
    ]


def dealings_from(interest: Interest) -> str:
    """What follows FROM: dealings as `d`, those that stand, up to the end of a condition that can go on with AND."""
    if interest.ends is None:
        return f'"{interest.dealings}" AS d WHERE NOT d._deleted'
    column, ends = interest.column, interest.ends
    return (
        f'"{interest.dealings}" AS d WHERE NOT d._deleted AND d."{ends}" IS NULL AND NOT EXISTS (SELECT 1'
        f' FROM "{interest.dealings}" AS e WHERE e.org_id = d.org_id AND e."{ends}" = d.id'
        f' AND e."{column}" = d."{column}" AND e.property_id = d.property_id AND NOT e._deleted)'
    )


def _settle(table: TableSpec, interest: Interest) -> str:
    """A function that looks anew at one property's dealings with one row and tells what became of them, as
    `interest.settle` does for what nodes push."""
    name, guard = table.name, f"jsonb_build_array('{table.name}', row_key)"
    named = (*table.fields, "_deleted")
    whole = ", ".join(f"'{n}', {_value('held', n, {**table.fields, **table.mergeable}[n])}" for n in named)
    fields = ", ".join(f"'{field}'" for field in table.mergeable if field not in table.sets)
    parts = f"SELECT unnest(ARRAY[{fields}])" + "".join(
        f" UNION ALL SELECT '{name}{IN_SET}' || e FROM jsonb_array_elements_text(held.\"{name}\"::jsonb) AS e"
        for name in table.sets
    )
    which = f"org_id = org AND tbl = '{name}' AND row_id = row_key AND property_id = place"
    return f"""
    CREATE OR REPLACE FUNCTION sync_settle_{name}(org uuid, row_key uuid, place uuid) RETURNS void
    LANGUAGE plpgsql AS $$
    DECLARE held "{name}"%ROWTYPE; dealt boolean; told boolean; stamps jsonb; change jsonb;
    BEGIN
      IF row_key IS NULL OR place IS NULL THEN RETURN; END IF;
      SELECT * INTO held FROM "{name}" WHERE org_id = org AND id = row_key FOR UPDATE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'no row % of {name} is here to deal with', row_key USING ERRCODE = 'foreign_key_violation';
      END IF;
      IF held.property_id IS NOT NULL THEN RETURN; END IF;
      dealt := EXISTS (SELECT 1 FROM {dealings_from(interest)}
        AND d.org_id = org AND d."{interest.column}" = row_key AND d.property_id = place);
      told := EXISTS (SELECT 1 FROM sync_interests WHERE {which} AND ended IS NULL);
      IF dealt AND NOT told THEN
        INSERT INTO sync_interests (org_id, tbl, row_id, property_id) VALUES (org, '{name}', row_key, place)
        ON CONFLICT (org_id, tbl, row_id, property_id) DO UPDATE SET ended = NULL, again = TRUE;
        SELECT jsonb_object_agg(name, jsonb_build_array(held._hlc, held._node)) || coalesce(held._fv, '{{}}')::jsonb
          INTO stamps FROM ({parts}) AS part(name);
        change := jsonb_build_object('t', '{name}', 'o', 'i', 'k', row_key, 'v', stamps, 'd', {guard},
          'f', coalesce(held._x, '{{}}')::jsonb || jsonb_build_object({whole}));
      ELSIF told AND NOT dealt THEN
        UPDATE sync_interests SET ended = sync_stamp() WHERE {which};
        change := jsonb_build_object('t', '{FORGET}', 'o', 'i', 'k', row_key, 'f', jsonb_build_object('tbl', '{name}'));
      ELSE
        RETURN;
      END IF;
      INSERT INTO sync_captured (org_id, scope, hlc, change) VALUES (org, place, sync_stamp(), change::text);
    END $$
    """


def _settled(tables: Sequence[TableSpec]) -> str:
    """What a dealing's trigger does first: the rows that it names, and those that it named, are looked at anew."""
    found = ""
    for table in tables:
        assert table.interest is not None
        function, column = f"sync_settle_{table.name}", f'"{table.interest.column}"'
        found += f"PERFORM {function}(NEW.org_id, NEW.{column}, NEW.property_id);\n"
        found += f"IF TG_OP = 'UPDATE' AND OLD.{column} IS DISTINCT FROM NEW.{column} THEN "
        found += f"PERFORM {function}(OLD.org_id, OLD.{column}, OLD.property_id); END IF;\n"
    return found


def _kept_for(table: TableSpec) -> str:
    """Who is told of a change: its scope, or each property that has dealings with the row."""
    plain = """
          INSERT INTO sync_captured (org_id, scope, hlc, change)
          VALUES (NEW.org_id, coalesce(NEW.property_id, NEW.org_id), at, (head || jsonb_build_object('f', f))::text);
    """
    if table.interest is None:
        return plain
    return f"""
          IF NEW.property_id IS NULL THEN
            head := head || jsonb_build_object('d', jsonb_build_array('{table.name}', NEW.id));
            INSERT INTO sync_captured (org_id, scope, hlc, change)
            SELECT NEW.org_id, property_id, at, (head || jsonb_build_object('f', f))::text FROM sync_interests
            WHERE org_id = NEW.org_id AND tbl = '{table.name}' AND row_id = NEW.id AND ended IS NULL
            ORDER BY property_id;
            RETURN NULL;
          END IF;
          {plain}
    """


def _capture(table: TableSpec, told_by: Sequence[TableSpec]) -> list[str]:
    whole = ", ".join(f"'{name}', {_new_value(name, spec)}" for name, spec in table.fields.items())
    function = f"sync_capture_{table.name}"
    edits = "".join(
        f'IF NEW."{name}" IS DISTINCT FROM OLD."{name}" THEN f := f || {_change(name, spec)}; END IF;\n'
        for name, spec in table.mergeable.items()
    )
    checks = "".join(
        f'IF NEW."{name}" <> sync_set(NEW."{name}") THEN '
        "RAISE EXCEPTION 'a set is written sorted, each element once, without blanks between'; END IF;\n"
        for name in table.sets
    )
    return [
        f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE f jsonb := '{{}}'; head jsonb; stamps jsonb; at bigint := NEW._hlc;
        BEGIN
          {checks}{_settled(told_by)}head := jsonb_build_object(
            't', '{table.name}', 'o', CASE TG_OP WHEN 'INSERT' THEN 'i' ELSE 'u' END, 'k', NEW.id);
          IF TG_OP = 'INSERT' THEN
            f := jsonb_build_object({whole});
          ELSE
            {edits}
            IF f = '{{}}' THEN RETURN NULL; END IF;
            SELECT jsonb_object_agg(k, NEW._fv::jsonb -> k), max((NEW._fv::jsonb -> k ->> 0)::bigint)
              INTO stamps, at FROM jsonb_object_keys(f) AS k;
            head := head || jsonb_build_object('v', stamps);
          END IF;
          {_kept_for(table)}
          RETURN NULL;
        END $$
        """,
        *_trigger(table.name, "sync_capture", "AFTER INSERT OR UPDATE", function, NOT_APPLYING),
    ]


def _new_value(name: str, spec: FieldSpec) -> str:
    return _value("NEW", name, spec)


def _value(row: str, name: str, spec: FieldSpec) -> str:
    return wire_form(f'{row}."{name}"', spec.type)


def _change(name: str, spec: FieldSpec) -> str:
    """What changed of a field as a JSON object."""
    if spec.merge == "set":
        return f'sync_changed(\'{name}\', OLD."{name}", NEW."{name}")'
    return f"jsonb_build_object('{name}', {_new_value(name, spec)})"


def _record(table: TableSpec) -> list[str]:
    function = f"sync_stamp_{table.name}"
    edits = "".join(
        f'IF NEW."{name}" IS DISTINCT FROM OLD."{name}" THEN changed := changed || {_names(name, spec)}; END IF;\n'
        for name, spec in table.mergeable.items()
    )
    # a later edit of a field always has the later stamp, however the wall clock moved between
    return [
        f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE changed text[] := '{{}}'; known jsonb := coalesce(OLD._fv, '{{}}')::jsonb; at bigint; last bigint;
        BEGIN
          IF (NEW.org_id, NEW.id, NEW.property_id) IS DISTINCT FROM (OLD.org_id, OLD.id, OLD.property_id) THEN
            RAISE EXCEPTION 'a record keeps its place: {table.name}';
          END IF;
          {edits}
          IF cardinality(changed) = 0 THEN RETURN NEW; END IF;
          SELECT max((value ->> 0)::bigint) INTO last FROM jsonb_each(known);
          at := greatest(sync_stamp(), OLD._hlc + 1, coalesce(last, 0) + 1);
          SELECT known || jsonb_object_agg(name, jsonb_build_array(at, sync_node())) INTO known
            FROM unnest(changed) AS name;
          NEW._fv := known::text;
          RETURN NEW;
        END $$
        """,
        *_trigger(table.name, "sync_stamp", "BEFORE UPDATE", function, NOT_APPLYING),
    ]


def _names(name: str, spec: FieldSpec) -> str:
    """The names of what changed of a field as an array."""
    if spec.merge == "set":
        return f"ARRAY(SELECT jsonb_object_keys({_change(name, spec)}))"
    return f"ARRAY['{name}']"


def _keys(table: TableSpec) -> list[str]:
    """Notes what `keys.same_keys` would, of a row as its transaction leaves it."""
    function = f"sync_keys_{table.name}"
    pairs = "\n".join(_pairs(table, key, fields) for key, fields in table.keys.items())
    return [
        f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE mine "{table.name}"%ROWTYPE; held bigint[];
        BEGIN
          SELECT * INTO mine FROM "{table.name}" WHERE org_id = NEW.org_id AND id = NEW.id;
          IF mine._deleted THEN RETURN NULL; END IF;
          {pairs}
          RETURN NULL;
        END $$
        """,
        f'DROP TRIGGER IF EXISTS sync_keys ON "{table.name}"',
        f"""
        CREATE CONSTRAINT TRIGGER sync_keys AFTER INSERT OR UPDATE ON "{table.name}" DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW {NOT_APPLYING} EXECUTE FUNCTION {function}()
        """,
    ]


def _pairs(table: TableSpec, key: str, fields: tuple[str, ...]) -> str:
    def held(row: str) -> str:
        stamps = (f"sync_stamp_of({row}._hlc, {row}._node, {row}._fv, '{name}')" for name in fields)
        return f"greatest({', '.join(stamps)})"

    same = " AND ".join(
        f't."{name}" IS NOT DISTINCT FROM mine."{name}"' if name == "property_id" else f't."{name}" = mine."{name}"'
        for name in fields
    )
    said = f"'{table.name}/{key}/' || w.id || '/' || w.at[1] || '/' || w.at[2] || '/' || l.id || '/' || l.at[1] || '/'"
    return f"""
          held := {held("mine")};
          INSERT INTO sync_conflicts (org_id, id, property_id, tbl, row_id, field, rule, won_value, won_hlc, won_node,
            lost_value, lost_hlc, lost_node, decided_at)
          SELECT mine.org_id, md5({said} || l.at[2])::uuid, l.property_id, '{table.name}', l.id, '{key}', '{BUSINESS_KEY}',
            to_json(w.id)::text, w.at[1], w.at[2], to_json(l.id)::text, l.at[1], l.at[2], clock_timestamp()
          FROM (
            SELECT t.id, t.property_id, {held("t")} AS at FROM "{table.name}" AS t
            WHERE t.org_id = mine.org_id AND t.id <> mine.id AND NOT t._deleted AND {same}
            ORDER BY at, id LIMIT {PAIRED_MAX}
          ) AS o
          CROSS JOIN LATERAL (SELECT mine.id, mine.property_id, held AS at) AS m
          CROSS JOIN LATERAL (SELECT (o.at, o.id) < (m.at, m.id) AS earlier) AS e
          CROSS JOIN LATERAL (
            SELECT CASE WHEN earlier THEN o.id ELSE m.id END AS id, CASE WHEN earlier THEN o.at ELSE m.at END AS at) AS w
          CROSS JOIN LATERAL (
            SELECT CASE WHEN earlier THEN m.id ELSE o.id END AS id, CASE WHEN earlier THEN m.at ELSE o.at END AS at,
              CASE WHEN earlier THEN m.property_id ELSE o.property_id END AS property_id) AS l
          ON CONFLICT DO NOTHING;"""


def _fact(table: TableSpec) -> list[str]:
    function = f"sync_stamp_{table.name}"
    return [
        f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'a fact is never changed: {table.name}';
        END $$
        """,
        *_trigger(table.name, "sync_stamp", "BEFORE UPDATE", function, NOT_APPLYING),
    ]
