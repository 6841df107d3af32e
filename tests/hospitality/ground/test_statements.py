"""Statements written once for both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospitality.ground.statements import LIST_VALUES_MAX, in_style, insert_statement, spread, update_statement
from hospitality.ground.work import Caller
from hospitality.menu.service import add_station
from tests.hospitality.node import Node


def test_binds_stay_for_sqlite_and_become_postgresqls_own() -> None:
    sql = "SELECT a::text FROM t WHERE org_id = :org_id AND at > :at AND name LIKE '%x'"
    assert in_style(sql, "sqlite") == sql
    assert in_style(sql, "postgresql") == (
        "SELECT a::text FROM t WHERE org_id = %(org_id)s AND at > %(at)s AND name LIKE '%%x'"
    )


def test_inserts_and_updates_name_their_columns() -> None:
    assert insert_statement("t", ("a", "b"), "sqlite") == 'INSERT INTO "t" ("a", "b") VALUES (?, ?)'
    assert insert_statement("t", ("a", "b"), "postgresql") == 'INSERT INTO "t" ("a", "b") VALUES (%s, %s)'
    assert update_statement("t", ("a",), "sqlite") == 'UPDATE "t" SET "a" = :a WHERE org_id = :org_id AND id = :id'
    assert update_statement("t", ("a",), "postgresql").endswith("WHERE org_id = %(org_id)s AND id = %(id)s")


@given(values=st.lists(st.integers(), max_size=20), other=st.integers())
def test_a_list_is_spread_over_as_many_binds_and_the_rest_is_left_alone(values: list[int], other: int) -> None:
    sql, parameters = spread("id IN (:ids) AND ids = :other", {"ids": values, "other": other})
    assert parameters.pop("other") == other
    assert list(parameters.values()) == values
    assert sql.count(":ids_") == len(values)
    assert sql.endswith("AND ids = :other")


def test_too_many_values_are_a_bug_and_not_a_slow_query() -> None:
    with pytest.raises(AssertionError, match="10001 values for :ids"):
        spread("id IN (:ids)", {"ids": list(range(LIST_VALUES_MAX + 1))})


def test_lists_find_their_rows_on_either_database(node: Node) -> None:
    for name in ("Bar", "Grill", "Cold's %s :name"):
        node.act(add_station, name=name)
    reading = node.reading()
    sql = "SELECT name FROM stations WHERE org_id = :org_id AND name IN (:names) ORDER BY name"
    found = [row["name"] for row in reading.rows(sql, names=["Grill", "Cold's %s :name", "None"])]
    assert found == ["Cold's %s :name", "Grill"]
    assert reading.rows(sql, names=[]) == []
    assert reading.rows(sql, names={"Bar"})[0]["name"] == "Bar"


def test_one_value_and_nothing_are_told_apart(node: Node) -> None:
    reading = node.reading()
    assert reading.value("SELECT count(*) AS n FROM stations WHERE org_id = :org_id") == 0
    assert reading.value("SELECT id FROM stations WHERE org_id = :org_id") is None
    assert reading.one("SELECT id FROM stations WHERE org_id = :org_id") is None
    assert reading.value("SELECT name FROM properties WHERE org_id = :org_id AND id = :property_id") == "Dune House"


def test_who_asks_for_a_property_where_there_is_none_has_a_bug(node: Node) -> None:
    group = node.reading(Caller(node.caller.org_id))
    assert group.property_id_or_none is None
    with pytest.raises(AssertionError, match="belongs to a property"):
        assert group.property_id
