"""Deciding about a conflict at either end: the restored value is a new edit that stands at both."""

from typing import Any

import msgspec
import pytest

from cloud.headoffice.reading.names import NAMES as CLOUD_NAMES
from edge.conflicts import names_of
from hospitality.conflicts.loading import Asked, open_conflicts
from hospitality.conflicts.reading import Conflict, conflict_view, conflicts_page
from hospitality.conflicts.service import dismiss_conflict, restore_conflict
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.ground.statements import Reading
from hospitality.ground.work import Caller, Work
from hospitality.menu.models import MenuCategory, Station
from hospitality.menu.service import add_category, add_station, edit_item
from hospitality.people.service.accounts import add_person, change_person
from hospitality.properties.models import BusinessDay
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import NodeFactory
from tests.sync.ends import House, Node
from tests.sync.menus import Menu, add_menu

PRICE = "SELECT price_minor FROM menu_items WHERE id = :id"


@pytest.fixture
def menu(node: Node) -> Menu:
    """A menu that both ends know."""
    menu = node.act(add_menu, items=2)
    node.sync()
    return menu


@pytest.fixture
def conflict(node: Node, menu: Menu) -> str:
    """The property set a price of 1111, and head office, not knowing, 2222 after it; its id."""
    node.act(edit_item, menu.items[0], {"price_minor": 1111})
    node.house.act(edit_item, menu.items[0], {"price_minor": 2222})
    node.sync()
    (logged,) = node.house.group.conflicts()
    return str(logged["id"])


def at_property(node: Node, verb: Any, *args: Any, **kwargs: Any) -> Any:
    """A verb about conflicts at the property."""
    return node.act(verb, *args, names=names_of(node.host.identity), **kwargs)


def at_head_office(node: Node, verb: Any, *args: Any, **kwargs: Any) -> Any:
    """A verb about conflicts at head office."""
    return node.house.act(verb, *args, names=CLOUD_NAMES, **kwargs)


def rename(work: Work, id: str, name: str) -> None:
    """A station's edit."""
    work.edit(Station, id, name=name)


ENDS = [at_property, at_head_office]


def seen_at_both(node: Node, id: str) -> tuple[Conflict, Conflict]:
    """The conflict as each end tells it."""
    names = names_of(node.host.identity)
    here = node.host.ask(lambda reading: conflict_view(reading, id, names)).result(10)
    return here, node.house.act(lambda work: conflict_view(work, id, CLOUD_NAMES))


def prices(node: Node, id: str) -> tuple[int, int]:
    """The item's price at the property and at head office."""
    sql = PRICE.replace(":id", "%s")
    return node.value(PRICE, id=id), node.house.group.value(sql, id)


def journalled(node: Node, kind: str) -> list[dict[str, Any]]:
    """What the journal at head office says of a kind, with who and why."""
    rows = node.house.group.rows("SELECT * FROM journal WHERE kind = %s ORDER BY at", kind)
    return [{**msgspec.json.decode(row["data"]), "why": row["reason"], "who": row["actor_id"]} for row in rows]


@pytest.mark.parametrize("end", ENDS)
def test_a_restored_value_stands_at_both_ends_as_a_new_edit(node: Node, menu: Menu, conflict: str, end: Any) -> None:
    told = end(node, restore_conflict, conflict, note="The card says so")
    assert (told.state, told.settled.action, told.settled.note) == ("restored", "restored", "The card says so")
    node.sync()
    assert_agree(node)
    assert prices(node, menu.items[0]) == (1111, 1111)
    assert [one.state for one in seen_at_both(node, conflict)] == ["restored", "restored"]
    assert len(node.house.group.conflicts()) == 1, "who restores has seen the winner"
    (said,) = journalled(node, "conflicts.conflict_restored")
    assert (said["conflict_id"], said["table"], said["field"]) == (conflict, "menu_items", "price_minor")
    assert (said["before"], said["after"], said["why"]) == (2222, 1111, "The card says so")
    changed = journalled(node, "menu.item_changed")
    assert [one["after"] for one in changed][-1] == {"price_minor": 1111}, "by the menu's own verb"


@pytest.mark.parametrize("end", ENDS)
def test_a_dismissed_conflict_leaves_the_winner_and_is_open_nowhere(
    node: Node, menu: Menu, conflict: str, end: Any
) -> None:
    assert node.host.ask(open_conflicts).result(10) == node.house.act(open_conflicts) == 1
    told = end(node, dismiss_conflict, conflict, note="Head office is right")
    assert (told.state, told.settled.note) == ("dismissed", "Head office is right")
    node.sync()
    assert_agree(node)
    assert prices(node, menu.items[0]) == (2222, 2222)
    assert node.host.ask(open_conflicts).result(10) == node.house.act(open_conflicts) == 0
    assert [one.state for one in seen_at_both(node, conflict)] == ["dismissed", "dismissed"]
    assert [one["why"] for one in journalled(node, "conflicts.conflict_dismissed")] == ["Head office is right"]


@pytest.mark.parametrize("end", ENDS)
def test_deciding_twice_is_deciding_once(node: Node, conflict: str, end: Any) -> None:
    first = end(node, restore_conflict, conflict)
    assert end(node, restore_conflict, conflict) == first
    with pytest.raises(Refused) as refused:
        end(node, dismiss_conflict, conflict, note="No")
    assert refused.value.code == "CONFLICT_SETTLED"
    node.sync()
    assert node.house.group.value("SELECT count(*) FROM sync_resolutions") == 1
    assert len(journalled(node, "conflicts.conflict_restored")) == 1


def test_of_two_decisions_made_apart_both_are_kept_and_the_earlier_counts(
    node: Node, menu: Menu, conflict: str
) -> None:
    at_property(node, dismiss_conflict, conflict, note="Leave it")
    at_head_office(node, restore_conflict, conflict)
    node.sync()
    assert_agree(node)
    assert node.house.group.value("SELECT count(*) FROM sync_resolutions") == 2
    assert [one.state for one in seen_at_both(node, conflict)] == ["dismissed", "dismissed"]
    assert prices(node, menu.items[0]) == (1111, 1111), "the edit was made all the same, and the journal tells of it"


@pytest.mark.parametrize("end", ENDS)
def test_a_field_that_was_edited_since_is_left_alone(node: Node, menu: Menu, conflict: str, end: Any) -> None:
    node.house.act(edit_item, menu.items[0], {"price_minor": 3333})
    node.sync()
    for verb, more in ((restore_conflict, {}), (dismiss_conflict, {"note": "Yes"})):
        with pytest.raises(Refused) as refused:
            end(node, verb, conflict, **more)
        assert refused.value.code == "CONFLICT_EDITED"
    assert prices(node, menu.items[0]) == (3333, 3333)
    assert [one.state for one in seen_at_both(node, conflict)] == ["edited", "edited"]


@pytest.mark.parametrize("end", ENDS)
def test_a_value_that_its_trade_refuses_is_not_restored(node: Node, house: House, end: Any) -> None:
    """It came by another way than the trade's verb; restoring it goes by the verb."""
    item = node.act(add_menu, items=1).items[0]
    node.sync()
    node.run_sql("UPDATE menu_items SET price_minor = -5 WHERE id = :id", id=item)
    house.act(edit_item, item, {"price_minor": 2222})
    node.sync()
    (logged,) = house.group.conflicts()
    with pytest.raises(Invalid) as refused:
        end(node, restore_conflict, logged["id"])
    assert refused.value.code == "PRICE_INVALID"
    assert prices(node, item) == (2222, 2222)
    assert house.group.value("SELECT count(*) FROM sync_resolutions") == 0


def test_what_no_verb_edits_is_restored_by_the_rules_of_its_field(node: Node, house: House) -> None:
    heading = node.act(add_category, name="Mains", sort=1)["id"]
    node.sync()
    node.act(lambda work: work.edit(MenuCategory, heading, name="Main dishes", sort=5))
    house.act(lambda work: work.edit(MenuCategory, heading, name="Large plates", sort=7))
    node.sync()
    for logged in house.group.conflicts():
        at_head_office(node, restore_conflict, logged["id"])
    node.sync()
    assert_agree(node)
    assert house.group.rows("SELECT name, sort FROM menu_categories") == [{"name": "Main dishes", "sort": 5}]
    node.run_sql("UPDATE menu_categories SET sort = -1 WHERE id = :id", id=heading)
    house.act(lambda work: work.edit(MenuCategory, heading, sort=8))
    node.sync()
    (found,) = house.group.rows("SELECT id FROM sync_conflicts WHERE lost_value = '-1'")
    with pytest.raises(Invalid) as refused:
        at_property(node, restore_conflict, found["id"])
    assert refused.value.code == "SORT_INVALID"


def test_a_value_that_points_to_what_is_gone_is_not_restored(node: Node, menu: Menu) -> None:
    item = menu.items[0]
    one, other = (node.act(add_station, name=name)["id"] for name in ("One", "Other"))
    node.sync()
    node.act(edit_item, item, {"station_id": one})
    node.house.act(edit_item, item, {"station_id": other})
    node.sync()
    (logged,) = node.house.group.conflicts()
    here, there = seen_at_both(node, logged["id"])
    assert (here.lost.value_name, there.lost.value_name) == ("One", "One")
    told = at_head_office(node, restore_conflict, logged["id"])
    assert told.state == "restored"
    node.sync()
    assert node.value("SELECT station_id FROM menu_items WHERE id = :id", id=item) == one


def test_an_element_of_a_set_is_restored_by_itself(node: Node, menu: Menu) -> None:
    item = menu.items[0]
    node.act(edit_item, item, {"allergens": ["nuts"]})
    node.house.act(edit_item, item, {"allergens": ["milk", "nuts"]})
    node.house.act(edit_item, item, {"allergens": ["milk"]})
    node.sync()
    (logged,) = node.house.group.conflicts()
    assert (logged["field"], logged["lost_value"]) == ("allergens/nuts", "true")
    assert [one.state for one in seen_at_both(node, logged["id"])] == ["open", "open"]
    at_property(node, restore_conflict, logged["id"])
    node.sync()
    assert_agree(node)
    assert node.house.group.value("SELECT allergens FROM menu_items WHERE id = %s", item) == '["milk","nuts"]'
    assert [one.state for one in seen_at_both(node, logged["id"])] == ["restored", "restored"]


def test_a_restored_deletion_deletes_again(node: Node, house: House) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.run_sql("UPDATE stations SET _deleted = TRUE WHERE id = :id", id=id)
    node.run_sql("UPDATE stations SET _deleted = FALSE WHERE id = :id", id=id)
    node.sync()
    node.run_sql("UPDATE stations SET _deleted = TRUE WHERE id = :id", id=id)
    house.group.rows("UPDATE stations SET _deleted = TRUE WHERE id = %s", id)
    house.group.rows("UPDATE stations SET _deleted = FALSE WHERE id = %s", id)
    node.sync()
    (logged,) = house.group.conflicts()
    at_property(node, restore_conflict, logged["id"])
    node.sync()
    assert_agree(node)
    assert house.group.value("SELECT _deleted FROM stations") is True


def test_a_stage_that_was_reached_is_not_taken_back_and_can_be_dismissed(node: Node, house: House) -> None:
    day = {"date": "2026-03-01", "opened_at": "2026-03-01T05:00:00.000000Z", "closed_at": None, "status": "open"}
    id = node.act(lambda work: work.add(BusinessDay, day))["id"]
    node.sync()
    house.group.rows("UPDATE business_days SET status = 'closed' WHERE id = %s", id)
    node.run_sql("UPDATE business_days SET status = 'reopened' WHERE id = :id", id=id)
    node.sync()
    (logged,) = house.group.conflicts()
    with pytest.raises(Refused) as refused:
        at_property(node, restore_conflict, logged["id"])
    assert refused.value.code == "NOT_RESTORABLE"
    assert at_property(node, dismiss_conflict, logged["id"], note="Closed it is").state == "dismissed"


def test_what_the_property_alone_writes_is_restored_there_and_not_at_head_office(node: Node, house: House) -> None:
    day = {"date": "2026-03-01", "opened_at": "2026-03-01T05:00:00.000000Z", "closed_at": None, "status": "open"}
    id = node.act(lambda work: work.add(BusinessDay, day))["id"]
    node.sync()
    node.run_sql("UPDATE business_days SET closed_at = :at WHERE id = :id", at="2026-03-02T01:00:00.000000Z", id=id)
    house.group.rows("UPDATE business_days SET closed_at = '2026-03-02T02:00:00Z' WHERE id = %s", id)
    node.sync()
    (logged,) = house.group.conflicts()
    here, there = seen_at_both(node, logged["id"])
    assert (here.restore, there.restore) == ("here", "at_the_property")
    with pytest.raises(Refused) as refused:
        at_head_office(node, restore_conflict, logged["id"])
    assert refused.value.code == "WRITTEN_AT_THE_PROPERTY"
    at_property(node, restore_conflict, logged["id"])
    node.sync()
    assert_agree(node)
    assert house.group.value("SELECT closed_at FROM business_days") == "2026-03-02T01:00:00.000000Z"


def test_who_may_not_edit_the_field_may_not_restore_it(node: Node, house: House) -> None:
    person = node.act(add_person, display_name="Anna", role="staff")["id"]
    node.sync()
    node.act(change_person, person, role="owner")
    house.act(change_person, person, role="service_manager")
    node.sync()
    (logged,) = house.group.conflicts()
    names = names_of(node.host.identity)

    def by(*permissions: str) -> Any:
        caller = Caller(node.org_id, node.property_id, permissions=frozenset(permissions))
        return node.host.writer.act(caller, lambda work: restore_conflict(work, logged["id"], names=names)).result(10)

    for permissions, code in (
        ((), "NOT_PERMITTED"),
        (("people.manage",), "NOT_PERMITTED"),
        (("sync.resolve",), "NOT_PERMITTED"),
        (("sync.resolve", "people.manage"), "ROLE_ABOVE_YOURS"),
    ):
        with pytest.raises(Forbidden) as refused:
            by(*permissions)
        assert refused.value.code == code
    at_property(node, restore_conflict, logged["id"])
    (said,) = node.rows("SELECT data FROM journal WHERE kind = 'conflicts.conflict_restored'")
    assert msgspec.json.decode(said["data"])["after"] == "owner"


def test_a_name_is_restored_without_standing_in_the_journal(node: Node, house: House) -> None:
    person = node.act(add_person, display_name="Anna", role="staff")["id"]
    node.sync()
    node.act(change_person, person, display_name="Anna M.")
    house.act(change_person, person, display_name="Anna N.")
    node.sync()
    (logged,) = house.group.conflicts()
    at_head_office(node, restore_conflict, logged["id"])
    (said,) = journalled(node, "conflicts.conflict_restored")
    assert (said["field"], said["before"], said["after"]) == ("display_name", None, None)
    assert house.group.value("SELECT display_name FROM people WHERE id = %s", person) == "Anna M."


def test_a_conflict_of_another_property_or_group_is_not_there(node: Node, conflict: str) -> None:
    other, stranger = node.house.group.house("Other"), node.house.group.head.group("Other").house()
    for house in (other, stranger):
        with pytest.raises(NotFound) as refused:
            house.act(restore_conflict, conflict, names=CLOUD_NAMES)
        assert refused.value.code == "CONFLICT_NOT_FOUND"


def test_dismissing_wants_a_reason(node: Node, conflict: str) -> None:
    for note in (None, "", "  \n"):
        with pytest.raises(Invalid) as refused:
            at_property(node, dismiss_conflict, conflict, note=note)
        assert refused.value.code == "NOTE_MISSING"
    with pytest.raises(Invalid) as refused:
        at_property(node, dismiss_conflict, conflict, note="x" * 201)
    assert refused.value.code == "TEXT_TOO_LONG"


def test_the_person_is_named_where_the_journal_names_them(house: House, make: NodeFactory) -> None:
    node = make(house)
    anna = node.act(add_person, display_name="Anna", role="owner")["id"]
    item = node.act(add_menu, items=1).items[0]
    node.sync()

    def as_anna(work: Work) -> Any:
        return edit_item(work, item, {"price_minor": 1111})

    caller = Caller(node.org_id, node.property_id, person_id=anna, permissions=frozenset({"*"}))
    node.host.writer.act(caller, as_anna).result(10)
    house.act(edit_item, item, {"price_minor": 2222})
    node.sync()
    (logged,) = house.group.conflicts()
    here, there = seen_at_both(node, logged["id"])
    assert (here.lost.person, there.lost.person) == ("Anna", "Anna")
    assert (here.won.node_code, there.won.node_code) == (None, None)
    assert here.lost.node_code == there.lost.node_code == node.host.identity.code
    names = names_of(node.host.identity)
    node.host.writer.act(caller, lambda work: restore_conflict(work, logged["id"], names=names)).result(10)
    node.sync()
    here, there = seen_at_both(node, logged["id"])
    assert here.settled is not None
    assert there.settled is not None
    assert (here.settled.by_name, there.settled.by_name) == ("Anna", "Anna")


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_the_log_is_narrowed_and_paged_without_a_gap_at_both_ends(node: Node, house: House, limit: int) -> None:
    ids = [node.act(add_station, name=f"S{n}")["id"] for n in range(6)]
    node.sync()
    for n, id in enumerate(ids):
        node.act(rename, id, f"Here {n}")
        house.act(rename, id, f"There {n}")
    node.sync()
    logged = {row["row_id"]: row["id"] for row in house.group.conflicts()}
    at_property(node, restore_conflict, logged[ids[1]])
    at_head_office(node, dismiss_conflict, logged[ids[2]], note="Yes")
    house.act(rename, ids[3], "Later")
    node.sync()

    def listed(asked: Asked, ask: Any) -> set[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = ask(asked, cursor)
            found += [one.row_id for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                assert len(found) == len(set(found))
                return set(found)

    def here(asked: Asked, cursor: str | None) -> Any:
        names = names_of(node.host.identity)

        def question(reading: Reading) -> Any:
            return conflicts_page(reading, asked, names, limit=limit, cursor=cursor)

        return node.host.ask(question).result(10)

    def there(asked: Asked, cursor: str | None) -> Any:
        return house.act(lambda work: conflicts_page(work, asked, CLOUD_NAMES, limit=limit, cursor=cursor))

    for ask in (here, there):
        assert listed(Asked(state="open"), ask) == {ids[0], ids[4], ids[5]}
        assert listed(Asked(state="restored"), ask) == {ids[1]}
        assert listed(Asked(state="dismissed"), ask) == {ids[2]}
        assert listed(Asked(state="edited"), ask) == {ids[3]}
        assert listed(Asked(), ask) == set(ids)
        assert listed(Asked(house.id, table="stations"), ask) == set(ids)
        assert listed(Asked(table="menu_items"), ask) == set()


def the_conflict(node: Node) -> str:
    """The one conflict that is logged."""
    node.sync()
    (logged,) = node.house.group.conflicts()
    return str(logged["id"])


@pytest.mark.parametrize("end", ENDS)
def test_an_element_that_was_lost_is_put_in_again_and_the_others_stay(node: Node, menu: Menu, end: Any) -> None:
    item = menu.items[0]
    node.act(edit_item, item, {"allergens": ["nuts"]})
    node.house.act(edit_item, item, {"allergens": ["milk", "nuts"]})
    node.house.act(edit_item, item, {"allergens": ["milk"]})
    told = end(node, restore_conflict, the_conflict(node), note=None)
    assert (told.field, told.state, told.lost.value) == ("allergens/nuts", "restored", True)
    node.sync()
    assert_agree(node)
    assert node.value("SELECT allergens FROM menu_items WHERE id = :id", id=item) == '["milk","nuts"]'
    (said,) = journalled(node, "conflicts.conflict_restored")
    assert (said["before"], said["after"]) == (False, True)


@pytest.mark.parametrize("end", ENDS)
def test_a_row_deleted_while_somebody_edited_it_is_there_again_with_the_edit(node: Node, end: Any) -> None:
    id = node.act(add_station, name="Grill")["id"]
    node.sync()
    node.house.group.rows("UPDATE stations SET _deleted = TRUE WHERE id = %s", id)
    node.act(rename, id, "Fire")
    end(node, restore_conflict, the_conflict(node), note=None)
    node.sync()
    assert_agree(node)
    (row,) = node.rows("SELECT name, _deleted FROM stations")
    assert (row["name"], bool(row["_deleted"])) == ("Fire", False)


def delete(work: Work, id: str) -> None:
    """A station goes."""
    work.run("UPDATE stations SET _deleted = TRUE WHERE org_id = :org_id AND id = :id", id=id)


@pytest.mark.parametrize("who_gives_way", [0, 1])
@pytest.mark.parametrize("settles", [lambda work, id: rename(work, id, "Bar 2"), delete])
def test_two_rows_of_one_name_are_open_until_one_of_them_gives_way(
    node: Node, settles: Any, who_gives_way: int
) -> None:
    made = {node.house.act(add_station, name="Bar")["id"], node.act(add_station, name="Bar")["id"]}
    conflict = the_conflict(node)
    here, there = seen_at_both(node, conflict)
    assert here.state == there.state == "open"
    ids = [here.won.value, here.lost.value]  # who comes first within one millisecond is anybody's
    assert set(ids) == made
    assert here.won.value_name == "Bar"
    with pytest.raises(Refused) as refused:
        at_property(node, restore_conflict, conflict, note=None)
    assert refused.value.code == "NOT_RESTORABLE"
    node.act(lambda work: work.edit(Station, ids[0], sort=7))
    assert seen_at_both(node, conflict)[0].state == "open", "another field settles nothing"
    node.act(settles, ids[who_gives_way])
    node.sync()
    assert [one.state for one in seen_at_both(node, conflict)] == ["edited", "edited"]
