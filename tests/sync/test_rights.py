"""What a node may write: its own property's rows, whole and under their own names, and of each row only its own fields.

The pushes here are forged: signed with a real node's key by somebody who can send anything.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from edge.database import DATABASE_ERRORS
from hospitality.ground.errors import Refused
from hospitality.ground.ids import new_id
from hospitality.menu.models import TaxRate
from hospitality.menu.service import add_station
from hospitality.menu.service.taxes import add_tax_rate
from hospitality.people.service.accounts import add_person
from sync.clock import at_ms
from sync.wire import Change
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import Group, Hand, House, Node, wall_ms


@pytest.fixture
def victim(group: Group) -> House:
    """Another property of the group."""
    return group.house("Harbour Inn")


@pytest.fixture
def forger(house: House, make_hand: HandFactory) -> Hand:
    """Somebody with a real key of this property's node."""
    return make_hand(house)


def raw_insert(hand: Hand, table: str, key: str, fields: str) -> Change:
    """An insert whose JSON is exactly so."""
    change = hand.insert(table, {"id": key})
    change.f = msgspec.Raw(fields.encode())
    return change


def everything(group: Group) -> list[Any]:
    """All rows that a forged push could have touched."""
    tables = ("stations", "people", "tax_rates", "orders", "properties", "organisations", "sync_conflicts", "requests")
    return [group.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables]


Forgery = Callable[[Hand, House, str], list[Change]]
FORGERIES: dict[str, tuple[str, Forgery]] = {
    "a row of another property": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("stations", rows.station(other))],
    ),
    "a fact of another property": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("orders", rows.order(other))],
    ),
    "a fact of the group": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("orders", rows.order(other, property_id=None))],
    ),
    "an edit of another property's row": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.edit("stations", theirs, {"name": "Mine"})],
    ),
    "another property's row deleted": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.edit("stations", theirs, {"_deleted": True})],
    ),
    "another property's row made again as one's own": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("stations", rows.station(hand.house, id=theirs))],
    ),
    "another property's row under the name of a row of the group": (
        "UNACCEPTABLE",
        lambda hand, other, theirs: [
            hand.change("stations", rows.station(hand.house, "Mine", property_id=None), id=theirs)
        ],
    ),
    "a row with two ids": (
        "UNACCEPTABLE",
        lambda hand, other, theirs: [
            raw_insert(hand, "stations", theirs, f'{{"id":"{theirs}","name":"x","sort":0,"id":"{new_id()}"}}')
        ],
    ),
    "a row that is deleted as it is made": (
        "UNACCEPTABLE",
        lambda hand, other, theirs: [hand.insert("stations", rows.station(hand.house, _deleted=True))],
    ),
    "something that is no row": (
        "UNACCEPTABLE",
        lambda hand, other, theirs: [raw_insert(hand, "stations", theirs, "[1,2]")],
    ),
    "the property's own settings": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.edit("properties", hand.house.id, {"currency": "EUR"})],
    ),
    "the group's name": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.edit("organisations", hand.house.group.org_id, {"name": "Mine"})],
    ),
    "a request of head office's": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("requests", {"id": new_id(), "property_id": hand.house.id})],
    ),
    "an entry of the conflict log": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("sync_conflicts", {"id": new_id(), "property_id": hand.house.id})],
    ),
    "an entry of what was set aside": (
        "NOT_PERMITTED",
        lambda hand, other, theirs: [hand.insert("sync_troubles", {"id": new_id(), "property_id": hand.house.id})],
    ),
    "the engine's own table of nodes": (
        "UNKNOWN_TABLE",
        lambda hand, other, theirs: [hand.edit("sync_nodes", hand.node_id, {"status": "active"})],
    ),
    "an account at head office": (
        "UNKNOWN_TABLE",
        lambda hand, other, theirs: [hand.insert("accounts", {"id": new_id(), "role": "owner"})],
    ),
}


@pytest.mark.parametrize("schema", ["as it is", "of another release"])
@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_push_is_set_aside_whole_and_reaches_nobody(
    forger: Hand, victim: House, make: NodeFactory, what: str, schema: str
) -> None:
    theirs = victim.act(add_station, name="Theirs")["id"]
    other = make(victim)
    other.sync()
    before = everything(victim.group)
    code, forgery = FORGERIES[what]
    decoy = forger.insert("stations", rows.station(forger.house, "Decoy"))
    answer = forger.send(
        forger.batch([decoy, *forgery(forger, victim, theirs)], schema=None if schema == "as it is" else "another")
    )
    assert [trouble.code for trouble in answer.troubles] == [code]
    assert everything(victim.group) == before
    other.sync()
    assert_agree(other)
    assert other.value("SELECT name FROM stations WHERE id = :id", id=theirs) == "Theirs"


def test_a_row_keeps_its_place_whatever_an_edit_says_of_it(forger: Hand, victim: House) -> None:
    made = rows.station(forger.house, "Mine")
    forger.push([forger.insert("stations", made)])
    engine = {"_hlc": 1, "_node": 0, "_fv": "{}", "_x": "{}", "org_id": new_id()}
    moved = {"id": new_id(), "property_id": victim.id, **engine, "name": "Moved"}
    assert forger.push([forger.edit("stations", made["id"], moved)]).troubles == []
    (row,) = forger.house.group.rows("SELECT * FROM stations")
    assert (row["id"], row["property_id"], row["name"]) == (made["id"], forger.house.id, "Moved")
    assert (row["org_id"], row["_node"], row["_x"]) == (forger.house.group.org_id, forger.number, None)


def tax(house: House) -> str:
    """A tax that head office set up."""
    return str(house.act(add_tax_rate, name="VAT", rate_bp=1500, included=True)["id"])


@pytest.mark.parametrize("fields", [{"rate_bp": 0}, {"included": 0}, {"name": "No tax", "rate_bp": 1}])
def test_what_only_the_group_edits_is_set_aside_when_a_node_edits_it(
    forger: Hand, house: House, fields: dict[str, Any]
) -> None:
    id = tax(house)
    before = everything(house.group)
    seen = {name: [2**62, 0] for name in fields}
    answer = forger.push([forger.edit("tax_rates", id, fields, base=seen)])  # type: ignore[arg-type]
    assert [trouble.code for trouble in answer.troubles] == ["NOT_PERMITTED"]
    assert everything(house.group) == before


def test_the_rest_of_such_a_row_is_the_propertys_to_edit(forger: Hand, house: House) -> None:
    id = tax(house)
    edit = forger.edit("tax_rates", id, {"name": "Value added tax", "rate_bp": 1500})
    assert forger.send(forger.batch([edit], hlc=at_ms(wall_ms() + 1000))).troubles == []
    (row,) = house.group.rows("SELECT name, rate_bp, included FROM tax_rates")
    assert row == {"name": "Value added tax", "rate_bp": 1500, "included": True}


def test_a_row_made_again_with_another_value_leaves_the_groups_edit_alone(forger: Hand, house: House) -> None:
    made = {"id": new_id(), "property_id": house.id, "name": "Levy", "rate_bp": 200, "included": 0}
    forger.push([forger.insert("tax_rates", made)])
    house.group.rows("UPDATE tax_rates SET rate_bp = 300")
    assert forger.push([forger.insert("tax_rates", {**made, "rate_bp": 0})]).troubles == []
    assert house.group.value("SELECT rate_bp FROM tax_rates") == 300


def test_a_node_stops_such_an_edit_before_it_is_made(node: Node, house: House) -> None:
    id = tax(house)
    own = node.act(add_tax_rate, name="Levy", rate_bp=200, included=False)["id"]
    node.sync()
    for each in (id, own):
        with pytest.raises(Refused) as refused:
            node.act(lambda work, each=each: work.edit(TaxRate, each, rate_bp=0))  # type: ignore[misc]
        assert (refused.value.code, refused.value.details["fields"]) == ("WRITTEN_AT_HEAD_OFFICE", ["rate_bp"])
        with pytest.raises(DATABASE_ERRORS, match="only the group edits this: tax_rates rate_bp, included"):
            node.run_sql("UPDATE tax_rates SET included = NOT included WHERE id = :id", id=each)
    assert node.outbox() == []
    node.run_sql("UPDATE tax_rates SET name = 'Value added tax' WHERE id = :id", id=id)
    house.group.rows("UPDATE tax_rates SET rate_bp = 1600 WHERE id = %s", id)
    node.sync()
    assert_agree(node)
    (row,) = node.rows("SELECT name, rate_bp FROM tax_rates WHERE id = :id", id=id)
    assert (row["name"], row["rate_bp"]) == ("Value added tax", 1600)


def test_head_office_and_the_property_both_make_people_as_before(node: Node, house: House) -> None:
    node.act(add_person, display_name="Anna", role="staff")
    house.act(add_person, display_name="Selma", role="staff")
    node.sync()
    assert house.group.value("SELECT count(*) FROM people") == 2
