"""What every table, column and journal field must say of itself, and how every key begins."""

from collections.abc import Iterator

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

import edge.printing.facts  # noqa: F401  (declares the node's own journal kinds)
from cloud.schema import METADATA as CLOUD
from edge.schema import METADATA as EDGE
from hospitality.ground import journal
from hospitality.ground.journal import declared_kinds
from sync.schema import ENGINE_COLUMNS

PII = {"none", "direct", "indirect"}
MERGES = {"last_writer", "furthest_stage", "set", "engine"}
WRITERS = {"property", "group", "both"}
HOSTS = {"both", "edge", "cloud"}
# the engine's own tables at a node: one file is one property, so no tenant stands in them
WITHOUT_TENANT = {"sync_meta", "sync_outbox", "sync_bootstrap", "sync_cursors", "sync_kept"}
# a code's hash is looked up before anybody knows whose it is
INDEXED_FOR_LOOK_UP = {"ix_sync_codes_code_hash"}
NAMES_PEOPLE = {"person_id", "guest_id", "actor_id", "name", "email", "note", "reason", "reference"}


def all_tables() -> list[Table]:
    """Every table that either host has, once."""
    found = {str(table.name): table for metadata in (*EDGE, *CLOUD) for table in metadata.sorted_tables}
    return list(found.values())


TABLES = all_tables()
REPLICATED = [table for table in TABLES if table.info["kind"] in ("fact", "record")]
WITH_TENANT = [table for table in TABLES if table.name not in WITHOUT_TENANT]


def test_every_table_says_what_its_rows_are() -> None:
    for table in TABLES:
        assert table.info["kind"] in {"fact", "record", "local"}, table.name
        assert table.info["host"] in HOSTS, table.name
    for table in REPLICATED:
        assert table.info["writer"] in WRITERS, table.name
        assert table.info["host"] == "both", f"{table.name} replicates, so it is at both ends"


def test_every_column_says_what_personal_data_it_may_hold() -> None:
    untold = [str(column) for table in TABLES for column in table.columns if column.info.get("pii") not in PII]
    assert untold == []


def test_every_column_of_a_replicated_table_says_how_it_merges() -> None:
    for table in REPLICATED:
        for column in table.columns:
            merge = column.info.get("merge")
            assert merge in MERGES, str(column)
            assert (merge == "engine") is (column.name in ENGINE_COLUMNS), str(column)
            # a stage has an order, and nothing else has one
            assert bool(column.info.get("stages")) is (merge == "furthest_stage"), str(column)
            assert merge not in ("furthest_stage", "set") or table.info["kind"] == "record", (
                f"{column}: a fact is never edited"
            )


def test_every_replicated_table_begins_with_its_tenant_and_its_id() -> None:
    for table in REPLICATED:
        columns = [column.name for column in table.columns]
        assert columns[:3] == ["org_id", "id", "property_id"], table.name
        assert tuple(columns[-len(ENGINE_COLUMNS) :]) == ENGINE_COLUMNS, table.name
        assert [column.name for column in table.primary_key.columns] == ["org_id", "id"], table.name


def test_every_key_begins_with_the_tenant() -> None:
    for table in WITH_TENANT:
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint):
                assert constraint.column_keys[0] == "org_id", f"{table.name}: {constraint.name}"
                assert constraint.elements[0].column.name == "org_id", f"{table.name}: {constraint.name}"
                # checked at once: a deferred one would fail everybody in a group of commits
                assert not constraint.deferrable, f"{table.name}: {constraint.name}"
            elif isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)):
                assert next(iter(constraint.columns)).name == "org_id", f"{table.name}: {constraint.name}"


def test_no_business_key_is_unique() -> None:
    # two nodes that are apart may both be right; a person settles it, not a constraint
    for table in TABLES:
        assert not [found for found in table.constraints if isinstance(found, UniqueConstraint)], table.name
        assert not [index.name for index in table.indexes if index.unique], table.name


def test_every_index_begins_with_the_tenant() -> None:
    strays = {
        str(index.name)
        for table in WITH_TENANT
        for index in table.indexes
        if next(iter(index.columns)).name != "org_id"
    }
    assert strays == INDEXED_FOR_LOOK_UP


def test_what_happens_at_a_property_is_written_there_alone() -> None:
    only = {str(table.name) for table in REPLICATED if table.info["writer"] == "property"}
    assert {"orders", "order_lines", "line_steps", "line_voids", "payments", "receipts"} <= only


def fields_of_kinds() -> Iterator[tuple[str, str, str]]:
    """(kind, field, pii) of every declared journal kind."""
    for kind, fields in declared_kinds().items():
        for field, pii in fields.items():
            yield kind, field, pii


def test_every_journal_field_says_what_personal_data_it_may_hold() -> None:
    assert {pii for _, _, pii in fields_of_kinds()} <= PII
    naming = {(kind, field) for kind, field, pii in fields_of_kinds() if pii == "none" and field in NAMES_PEOPLE}
    assert naming == set()


def test_every_journal_kind_belongs_to_the_trade_that_declares_it() -> None:
    for fact, kind in journal._KINDS.items():
        trade, _, happened = kind.partition(".")
        assert trade == fact.__module__.split(".")[1], kind
        assert happened.isidentifier(), kind
        assert fact.__dataclass_params__.frozen, f"{kind} is a frozen dataclass"  # type: ignore[attr-defined]
