"""Properties and their business days, on both databases."""

from datetime import UTC, date, datetime

import pytest

from hospitality.ground.clock import instant_text
from hospitality.ground.errors import NotFound, Refused
from hospitality.ground.ids import derived_id, new_id
from hospitality.ground.work import Work
from hospitality.properties.service import (
    add_property,
    business_day,
    current_business_date,
    properties_list,
    property_view,
)
from tests.hospitality.node import Node


def days(node: Node) -> list[tuple[str, str]]:
    """(date, status) of every business day, oldest first."""
    rows = node.reading().rows("SELECT date, status FROM business_days ORDER BY date")
    return [(row["date"], row["status"]) for row in rows]


def test_a_property_lies_in_its_own_scope(node: Node) -> None:
    assert node.read(property_view) == {
        "id": node.caller.property_id,
        "name": "Dune House",
        "zone": "Africa/Windhoek",
        "currency": "NAD",
        "cut_off_hour": 4,
        "locale": "en",
    }
    row = node.reading().one("SELECT property_id FROM properties WHERE id = :property_id")
    assert row is not None
    assert row["property_id"] == node.caller.property_id
    assert [found["name"] for found in node.read(properties_list)] == ["Dune House"]


def test_only_head_office_adds_properties(node: Node) -> None:
    before = node.store.counts()
    with pytest.raises(Refused) as refused:
        node.act(add_property, name="Second", zone="UTC", currency="EUR")
    assert refused.value.code == "WRITTEN_AT_HEAD_OFFICE"
    assert node.store.counts() == before


def test_a_property_that_is_not_known_here_is_not_found(node: Node) -> None:
    stranger = node.as_("*", property_id=new_id())
    with pytest.raises(NotFound) as refused:
        stranger.read(property_view)
    assert refused.value.code == "PROPERTY_NOT_FOUND"


def test_the_first_act_opens_the_day_and_the_next_finds_it(node: Node) -> None:
    assert node.read(current_business_date) is None
    assert node.act(business_day) == date(2026, 3, 1)
    node.later(hours=5)
    assert node.act(business_day) == date(2026, 3, 1)
    assert days(node) == [("2026-03-01", "open")]
    assert [entry["kind"] for entry in node.journal("properties.business")] == ["properties.business_day_opened"]
    assert node.read(current_business_date) == "2026-03-01"
    assert node.reading().value("SELECT id FROM business_days") == derived_id(
        node.reading().property_id, "business_day:2026-03-01"
    )


def test_the_cut_off_hour_turns_the_day_in_one_act(node: Node) -> None:
    node.act(business_day)
    node.now = datetime(2026, 3, 2, 1, 59, 59, tzinfo=UTC)  # 3:59:59 in Windhoek
    assert node.act(business_day) == date(2026, 3, 1)
    node.now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    with node.work() as work:
        assert business_day(work) == date(2026, 3, 2)
        assert work.business_date == date(2026, 3, 2)
    assert days(node) == [("2026-03-01", "closed"), ("2026-03-02", "open")]
    closed_at = node.reading().value("SELECT closed_at FROM business_days WHERE status = 'closed'")
    assert closed_at == instant_text(node.now)
    kinds = [(entry["kind"], entry["data"]) for entry in node.journal("properties.business")][-2:]
    assert kinds == [
        ("properties.business_day_closed", '{"date":"2026-03-01"}'),
        ("properties.business_day_opened", '{"date":"2026-03-02"}'),
    ]


def test_a_clock_that_goes_back_reopens_nothing(node: Node) -> None:
    node.act(business_day)
    node.later(days=3)
    node.act(business_day)
    node.later(days=-30)
    before = node.store.counts()
    assert node.act(business_day) == date(2026, 3, 4)
    assert node.store.counts() == before


def test_after_a_close_before_the_cut_off_the_next_day_begins(node: Node) -> None:
    node.act(business_day)
    node.store.connection.execute("UPDATE business_days SET status = 'closed'")
    assert node.act(business_day) == date(2026, 3, 2)
    assert days(node) == [("2026-03-01", "closed"), ("2026-03-02", "open")]


def test_a_failed_act_turns_no_day(node: Node) -> None:
    def fails(work: Work) -> None:
        business_day(work)
        raise Refused("NO", "No.")

    before = node.store.counts()
    with pytest.raises(Refused):
        node.act(fails)
    assert node.store.counts() == before
