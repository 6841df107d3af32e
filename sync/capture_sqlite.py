"""Change capture in SQLite: triggers made from the schema, which call functions that only our connections have.

Whoever writes with a connection lacking them gets an error instead of an uncaptured change; whoever alters a trigger
is found at the next start. An outbox written by application code caught none of 20,000 rows updated in bulk.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from sync.clock import Stamp
from sync.merge import NEVER, RowVersions, elements
from sync.schema import IN_SET, FieldSpec, Schema, TableSpec
from sync.wire import ROW_CHARS_MAX, TRANSACTION_CHANGES_MAX, TRANSACTION_CHARS_MAX

PREFIX = "sync_"


class TamperedError(RuntimeError):
    """The capture triggers in the database are not the ones made from the schema."""


class TransactionTooLargeError(RuntimeError):
    """One act changed more than a transaction on the wire may carry; nothing of it is kept."""


class SqliteConnection(Protocol):
    """What is used of a sqlite3-like connection."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Any: ...
    def create_function(self, name: str, narg: int, func: Any, /, *, deterministic: bool = ...) -> None: ...


@dataclass(slots=True)
class Pen:
    """What the trigger functions of one connection know: who writes, under which stamp, and whether this is replay.

    `stamp` is set for the time of one act and None otherwise, when a write to a captured table fails.
    """

    node: int = 0
    stamp: int | None = None
    applying: bool = False
    captured: int = 0
    chars: int = 0
    row_chars: int = 0

    @property
    def too_large(self) -> bool:
        """Whether the act has changed more than it may."""
        return (
            self.captured > TRANSACTION_CHANGES_MAX
            or self.chars > TRANSACTION_CHARS_MAX
            or self.row_chars > ROW_CHARS_MAX
        )

    def begin(self, stamp: int) -> None:
        """An act begins under this stamp."""
        self.stamp = stamp
        self.captured = self.chars = self.row_chars = 0

    def end(self) -> None:
        """The act is over, well or ill."""
        self.stamp = None


def hold(connection: SqliteConnection, pen: Pen) -> None:
    """Registers the functions that the triggers call."""

    def applying() -> int:
        if pen.applying:
            return 1
        pen.captured += 1
        if pen.captured > TRANSACTION_CHANGES_MAX:
            raise TransactionTooLargeError(f"one act may change at most {TRANSACTION_CHANGES_MAX} rows")
        return 0

    def measured(fields: str) -> str:
        pen.chars += len(fields)
        pen.row_chars = max(pen.row_chars, len(fields))
        if pen.too_large:
            raise TransactionTooLargeError(
                f"one act may change at most {TRANSACTION_CHARS_MAX} characters, {ROW_CHARS_MAX} of one row"
            )
        return fields

    def stamp() -> int:
        if pen.stamp is None:
            raise RuntimeError("a captured table is written outside an act")
        return pen.stamp

    def base(hlc: int, node: int, fv: str | None, deleted: int, changed: str) -> str:
        seen = RowVersions.stored(hlc, node, fv)
        stamps: dict[str, Stamp] = {}
        for name, value in msgspec.json.decode(measured(changed)).items():
            added = IN_SET in name and value  # an element that was not there has its own stamp or none, not the row's
            stamps[name] = seen.exceptions.get(name, NEVER) if added else seen.of(name)
        if "_deleted" in stamps:  # who deletes a row says what of it was seen, and who edits a deleted one that it was
            stamps = {"_hlc": (hlc, node), **seen.exceptions, **stamps}
        elif deleted:
            stamps["_deleted"] = seen.of("_deleted")
        return msgspec.json.encode(stamps).decode()

    def versions(fv: str | None, changed: str) -> str:
        known = msgspec.json.decode(fv) if fv else {}
        known.update(dict.fromkeys(msgspec.json.decode(changed), (stamp(), pen.node)))
        return msgspec.json.encode(known).decode()

    def checked_set(text: str) -> str:
        elements(text)
        return text

    connection.create_function("sync_applying", 0, applying)
    connection.create_function("sync_set", 1, checked_set)
    connection.create_function("sync_stamp", 0, stamp)
    connection.create_function("sync_node", 0, lambda: pen.node)
    connection.create_function("sync_measured", 1, measured)
    connection.create_function("sync_base", 5, base)
    connection.create_function("sync_versions", 2, versions)


def trigger_statements(schema: Schema) -> dict[str, str]:
    """Every trigger by name with the statement that creates it."""
    found: dict[str, str] = {}
    for table in schema.tables.values():
        found.update(_insert_trigger(table))
        found.update(_fact_triggers(table) if table.kind == "fact" else _record_triggers(table))
    return found


def create_triggers(connection: SqliteConnection, schema: Schema) -> None:
    """Puts the schema's triggers in the place of whatever capture triggers are there; after every migration."""
    drop_triggers(connection)
    for statement in trigger_statements(schema).values():
        connection.execute(statement)


def drop_triggers(connection: SqliteConnection) -> None:
    """Takes all triggers away, for as long as a migration needs."""
    for name in _present(connection):
        connection.execute(f'DROP TRIGGER "{name}"')


def check_triggers(connection: SqliteConnection, schema: Schema) -> None:
    """Raises TamperedError unless exactly the schema's triggers are there, word for word."""
    wanted = trigger_statements(schema)
    present = _present(connection)
    wrong = sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))
    if wrong:
        raise TamperedError(f"capture triggers altered or missing: {', '.join(wrong[:5])}")


def triggers_fingerprint(connection: SqliteConnection) -> str:
    """Changes when any trigger in the database does; kept beside them, it tells tampering from another release."""
    return sha256(
        "\n".join(f"{name}\n{text}" for name, text in sorted(_present(connection).items())).encode()
    ).hexdigest()


def _present(connection: SqliteConnection) -> dict[str, str]:
    # every trigger counts: one of somebody else's could undo what ours record
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    return {row[0]: row[1] for row in rows}


def _insert_trigger(table: TableSpec) -> dict[str, str]:
    name = f"{PREFIX}{table.name}_insert"
    pairs = ", ".join(f"'{name}', {_checked(field)}" for name, field in table.fields.items())
    return {
        name: f'CREATE TRIGGER "{name}" AFTER INSERT ON "{table.name}" WHEN sync_applying() = 0 BEGIN\n'
        f"  SELECT RAISE(ABORT, 'a row is stamped by its act: {table.name}') WHERE NEW._hlc IS NOT sync_stamp();\n"
        "  INSERT INTO sync_outbox (hlc, tbl, op, pk, f)\n"
        f"  VALUES (NEW._hlc, '{table.name}', 'i', NEW.id, sync_measured(json_object({pairs})));\nEND"
    }


def _checked(field: FieldSpec) -> str:
    return f'sync_set(NEW."{field.name}")' if field.merge == "set" else f'NEW."{field.name}"'


def _changed(field: FieldSpec) -> str:
    """A SELECT of what changed of a field: its name and its value, of a set those of each element."""
    name = field.name
    if field.merge != "set":
        return f'SELECT \'{name}\' AS k, NEW."{name}" AS v WHERE OLD."{name}" IS NOT NEW."{name}"'
    old, new = (f'SELECT value FROM json_each({side}."{name}")' for side in ("OLD", "NEW"))
    key = f"SELECT '{name}{IN_SET}' || value"
    return (
        f"{key} AS k, 1 AS v FROM json_each({_checked(field)}) WHERE value NOT IN ({old})\n"
        f'    UNION ALL {key}, 0 FROM json_each(OLD."{name}") WHERE value NOT IN ({new})'
    )


def _fact_triggers(table: TableSpec) -> dict[str, str]:
    found = {}
    for verb in ("UPDATE", "DELETE"):
        name = f"{PREFIX}{table.name}_{verb.lower()}"
        found[name] = (
            f'CREATE TRIGGER "{name}" BEFORE {verb} ON "{table.name}" WHEN sync_applying() = 0 BEGIN\n'
            f"  SELECT RAISE(ABORT, 'a fact is never changed: {table.name}');\nEND"
        )
    return found


def _record_triggers(table: TableSpec) -> dict[str, str]:
    names = list(table.mergeable)
    columns = ", ".join(f'"{name}"' for name in names)
    differs = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in names)
    changed = "\n    UNION ALL ".join(_changed(field) for field in table.mergeable.values())
    document = f"(SELECT json_group_object(k, v) FROM (\n    {changed}))"
    update, delete, identity = (f"{PREFIX}{table.name}_{verb}" for verb in ("update", "delete", "identity"))
    return {
        **_group_trigger(table),
        update: f'CREATE TRIGGER "{update}" AFTER UPDATE OF {columns} ON "{table.name}"\n'
        f"  WHEN ({differs}) AND sync_applying() = 0 BEGIN\n"
        "  INSERT INTO sync_outbox (hlc, tbl, op, pk, f, base)\n"
        f"  SELECT sync_stamp(), '{table.name}', 'u', OLD.id, d.f, sync_base(OLD._hlc, OLD._node, OLD._fv, OLD._deleted, d.f)\n"
        f"  FROM (SELECT {document} AS f) AS d;\n"
        f'  UPDATE "{table.name}" SET _fv = sync_versions(OLD._fv, '
        "(SELECT f FROM sync_outbox ORDER BY seq DESC LIMIT 1))\n"
        "  WHERE org_id = OLD.org_id AND id = OLD.id;\nEND",
        delete: f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table.name}" WHEN sync_applying() = 0 BEGIN\n'
        f"  SELECT RAISE(ABORT, 'a record is deleted by its tombstone: {table.name}');\nEND",
        identity: f'CREATE TRIGGER "{identity}" BEFORE UPDATE OF org_id, id, property_id ON "{table.name}"\n'
        "  WHEN (OLD.org_id IS NOT NEW.org_id OR OLD.id IS NOT NEW.id OR OLD.property_id IS NOT NEW.property_id)\n"
        "  AND sync_applying() = 0 BEGIN\n"
        f"  SELECT RAISE(ABORT, 'a record keeps its place: {table.name}');\nEND",
    }


def _group_trigger(table: TableSpec) -> dict[str, str]:
    """Stops an edit of what only the hub edits where it is made; the hub would refuse the whole transaction."""
    if not table.of_the_group:
        return {}
    name = f"{PREFIX}{table.name}_group"
    columns = ", ".join(f'"{field}"' for field in table.of_the_group)
    differs = " OR ".join(f'OLD."{field}" IS NOT NEW."{field}"' for field in table.of_the_group)
    return {
        name: f'CREATE TRIGGER "{name}" BEFORE UPDATE OF {columns} ON "{table.name}"\n'
        f"  WHEN ({differs}) AND sync_applying() = 0 BEGIN\n"
        f"  SELECT RAISE(ABORT, 'only the group edits this: {table.name} {', '.join(table.of_the_group)}');\nEND"
    }
