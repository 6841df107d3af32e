"""S13: a node whose clock is years ahead or hours behind keeps working; it neither wins for ever nor loses what it saw."""

from datetime import timedelta

import pytest

from hospitality.ground.clock import instant, trading_date, utc_now
from hospitality.menu.models import Station
from hospitality.menu.service import add_station, edit_item
from sync.clock import DRIFT_MS_MAX, at_ms, ms_of
from sync.hub.application import Transaction
from sync.hub.receive import _clamp
from sync.node.transport import LinkDown
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import House, Node, wall_ms
from tests.sync.faults import answer_lost
from tests.sync.menus import Menu, add_menu, place

DAY = 86_400_000
FIVE_YEARS = 5 * 365 * 86_400_000
TWO_HOURS = 2 * 3_600_000


def ahead(house: House, make: NodeFactory) -> tuple[Node, Menu]:
    """A node five years ahead that took orders before it ever reached head office."""
    node = make(house, skew_ms=FIVE_YEARS)
    menu = node.act(add_menu)
    for _ in range(3):
        node.act(place, menu)
    return node, menu


def stamps_at_head_office(house: House) -> list[int]:
    """Every stamp of the property's feed."""
    return [row["hlc"] for row in house.group.feed(house.id)]


def test_what_a_node_far_ahead_sold_is_taken_and_stamped_no_later_than_now(house: House, make: NodeFactory) -> None:
    node, _ = ahead(house, make)
    node.sync()
    assert house.group.value("SELECT count(*) FROM orders") == 3
    assert house.group.quarantine() == []
    assert max(map(ms_of, stamps_at_head_office(house))) <= wall_ms() + DRIFT_MS_MAX
    assert_agree(node)
    offset = house.group.value("SELECT offset_ms FROM sync_nodes WHERE property_id = %s", house.id)
    assert abs(offset - FIVE_YEARS) < 60_000, "head office sees how wrong the clock is"
    assert abs(node.engine.current().offset_ms + FIVE_YEARS) < 60_000, "and so does the node"


def test_lowered_stamps_keep_their_order(house: House, make: NodeFactory) -> None:
    before = len(house.group.feed(house.id))
    node, _ = ahead(house, make)
    node.sync()
    stamps = stamps_at_head_office(house)[before:]
    assert stamps == sorted(set(stamps))


def test_after_its_first_word_with_the_hub_it_stamps_by_the_hubs_time(house: House, make: NodeFactory) -> None:
    node, menu = ahead(house, make)
    node.sync()
    node.act(place, menu)
    (stamp,) = {row["hlc"] for row in node.outbox()}
    assert abs(ms_of(stamp) - wall_ms()) < 60_000


@pytest.mark.parametrize("skew_ms", [DAY, -DAY, FIVE_YEARS])
def test_once_it_was_told_the_time_it_trades_on_the_day_that_it_is_there(
    house: House, make: NodeFactory, skew_ms: int
) -> None:
    node = make(house, skew_ms=skew_ms)
    node.sync()
    menu = node.act(add_menu)
    before = utc_now()
    node.act(place, menu)
    after = utc_now()
    node.sync()
    for rows in (node.rows, house.group.rows):
        (order,) = rows("SELECT opened_at, business_date FROM orders")
        assert abs(instant(order["opened_at"]) - before) < timedelta(seconds=60)
        zone, cut_off = "Africa/Windhoek", 4
        assert order["business_date"] in {str(trading_date(moment, zone, cut_off)) for moment in (before, after)}
        assert [day["date"] for day in rows("SELECT date FROM business_days")] == [order["business_date"]]


def test_who_only_listens_is_told_the_time_too(house: House, make: NodeFactory) -> None:
    node = make(house, skew_ms=DAY)
    node.sync()
    assert abs(node.engine.current().offset_ms + DAY) < 60_000
    node.skew_ms = 0  # somebody set the clock right
    node.engine.pull_next(node.link, 0.01)
    assert node.engine.current().offset_ms == 0


def test_it_stays_so_after_a_restart_before_it_reaches_the_hub_again(house: House, make: NodeFactory) -> None:
    node, _ = ahead(house, make)
    node.sync()
    node.skew_ms = 0  # somebody set the clock right
    node.again()
    node.act(add_station, name="After")
    (stamp,) = {row["hlc"] for row in node.outbox()}
    assert ms_of(stamp) <= wall_ms() + DRIFT_MS_MAX


def test_an_edit_at_head_office_wins_over_one_from_the_future(house: House, make: NodeFactory) -> None:
    node, menu = ahead(house, make)
    node.act(edit_item, menu.items[0], {"price_minor": 1111})
    node.sync()
    house.act(edit_item, menu.items[0], {"price_minor": 2222})
    node.sync()
    assert_agree(node)
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 2222
    assert house.group.conflicts() == []


def test_head_office_can_delete_a_row_from_the_future(house: House, make: NodeFactory) -> None:
    """Also the stamps of fields that were never edited come down."""
    node, menu = ahead(house, make)
    node.sync()
    house.group.rows("UPDATE stations SET _deleted = TRUE WHERE id = %s", menu.station)
    node.sync()
    assert_agree(node)
    assert node.value("SELECT _deleted FROM stations")


def test_several_edits_of_one_field_from_the_future_keep_the_last(house: House, make: NodeFactory) -> None:
    node, menu = ahead(house, make)
    for price in (1, 2, 3):
        node.act(edit_item, menu.items[0], {"price_minor": price})
    node.push()
    node.act(edit_item, menu.items[0], {"price_minor": 4})
    node.pull()
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 4
    node.sync()
    assert_agree(node)
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 4


def test_stamps_come_down_also_when_the_acknowledgement_was_lost(house: House, make: NodeFactory) -> None:
    """Else the node would hold on to its version for ever."""
    node, menu = ahead(house, make)
    node.sync()
    node.again()  # and nobody has told it the time since
    node.act(edit_item, menu.items[0], {"price_minor": 1111})
    node.wire.fail("/sync/v1/push", answer_lost)
    with pytest.raises(LinkDown):
        node.push()
    node.pull()
    node.sync()
    house.act(edit_item, menu.items[0], {"price_minor": 2222})
    node.sync()
    assert_agree(node)
    assert node.value("SELECT price_minor FROM menu_items WHERE id = :id", id=menu.items[0]) == 2222


def test_a_node_behind_keeps_its_edits_of_what_it_saw(house: House, make: NodeFactory) -> None:
    """Its stamps follow what it was told, so that a slow clock never makes an edit older than what it replaces."""
    menu = house.act(add_menu)
    node = make(house, skew_ms=-TWO_HOURS)
    node.sync()
    node.again()  # and offline: nobody has told it the time since
    node.act(edit_item, menu.items[0], {"price_minor": 1111})
    node.sync()
    assert_agree(node)
    assert house.group.value("SELECT price_minor FROM menu_items WHERE id = %s", menu.items[0]) == 1111
    assert house.group.conflicts() == []


def test_an_edit_of_what_it_saw_is_stamped_after_it_even_before_it_knows_the_time(
    house: House, make: NodeFactory
) -> None:
    id = house.act(add_station, name="Grill")["id"]
    node = make(house, skew_ms=-TWO_HOURS)
    node.sync()
    seen = node.value("SELECT _hlc FROM stations")
    node.again()
    node.act(lambda work: work.edit(Station, id, name="Bar"))
    assert node.outbox()[0]["hlc"] > seen


def test_a_clock_that_jumps_back_while_running_gives_later_stamps_all_the_same(node: Node, house: House) -> None:
    node.act(add_station, name="One")
    node.skew_ms = -TWO_HOURS
    node.act(add_station, name="Two")
    stamps = [row["hlc"] for row in node.outbox("stations")]
    assert stamps == sorted(set(stamps))
    node.sync()
    assert_agree(node)


@pytest.mark.parametrize("places", [[0], [1], [2], [0, 2], [0, 1, 2]])
def test_every_stamp_too_far_ahead_is_lowered_wherever_it_stands_and_what_waited_behind_it_comes_after_it(
    places: list[int],
) -> None:
    now = 1_000_000_000
    found = [Transaction(at_ms(now) - 10 + n, [], 1) for n in range(3)]
    for n in places:
        found[n].hlc = at_ms(now + DRIFT_MS_MAX + 1) + n
    ceiling = _clamp(found, now, 0, 0)
    before, lowered = found[: places[0]], found[places[0] :]
    assert [t.hlc for t in before] == [at_ms(now) - 10 + n for n in range(places[0])]
    assert [t.hlc for t in lowered] == [at_ms(now) + n for n in range(1, len(lowered) + 1)]
    assert ceiling == lowered[-1].hlc
    assert [t.differs for t in found] == [n >= places[0] for n in range(3)]


def test_lowered_stamps_go_on_after_the_last_ones_handed_out() -> None:
    now = 1_000_000_000
    found = [Transaction(at_ms(now + FIVE_YEARS), [], 1)]
    assert _clamp(found, now, at_ms(now) + 77, 0) == at_ms(now) + 78


def test_a_stamp_within_the_bound_is_left_as_it_is() -> None:
    now = 1_000_000_000
    found = [Transaction(at_ms(now + DRIFT_MS_MAX), [], 1)]
    assert _clamp(found, now, 0, 0) is None
    assert (found[0].hlc, found[0].differs) == (at_ms(now + DRIFT_MS_MAX), False)


def test_what_an_author_did_later_is_stamped_later_though_its_clock_went_back() -> None:
    now = 1_000_000_000
    found = [Transaction(at_ms(now) - n, [], 1) for n in (30, 50, 20)]
    assert _clamp(found, now, 0, at_ms(now) - 40) == at_ms(now) - 20
    assert [transaction.hlc - at_ms(now) for transaction in found] == [-30, -29, -20]
    assert [transaction.differs for transaction in found] == [False, True, False]
    assert _clamp(found[:1], now, 0, at_ms(now + FIVE_YEARS)) is None, "what ran ahead was lowered"


def test_what_was_stamped_after_a_lowered_stamp_never_gets_the_same_as_what_is_lowered_later() -> None:
    now = 1_000_000_000
    found = [Transaction(at_ms(now + FIVE_YEARS), [], 1), Transaction(at_ms(now) + 78, [], 1)]
    assert _clamp(found, now, at_ms(now) + 77, 0) == at_ms(now) + 79
    assert [transaction.hlc for transaction in found] == [at_ms(now) + 78, at_ms(now) + 79]
    later = [Transaction(at_ms(now) + 79, [], 1)]
    assert _clamp(later, now, at_ms(now) + 79, 0) == at_ms(now) + 80
    assert later[0].differs, "its author hears of it"
