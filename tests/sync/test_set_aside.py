"""What was set aside: both ends know of it, and what leaned on something goes in, in order, once that is there."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from cloud.headoffice.reading.names import NAMES
from cloud.quarantine import QUARANTINE
from hospitality.conflicts.loading import open_troubles
from hospitality.conflicts.service import discard_trouble, retry_trouble
from hospitality.ground.errors import NotFound
from hospitality.ground.ids import new_id
from hospitality.ground.work import Caller
from hospitality.menu.models import Station
from hospitality.menu.service import add_station
from sync.hub.set_aside import TRIED_MAX
from tests.sync import rows
from tests.sync.agreeing import assert_agree
from tests.sync.conftest import HandFactory, NodeFactory
from tests.sync.ends import EVERYTHING, Group, Hand, House, Node


def troubles(group: Group) -> list[dict[str, Any]]:
    """What both ends are told was set aside, oldest first."""
    return group.rows("SELECT * FROM sync_troubles ORDER BY node, first")


def resolutions(group: Group) -> list[dict[str, Any]]:
    """What was done about conflicts and troubles."""
    return group.rows("SELECT * FROM sync_resolutions ORDER BY _hlc")


def states(group: Group) -> list[str]:
    """How far each transaction set aside is, in the order in which they were sent."""
    return [row["state"] for row in group.rows("SELECT state FROM sync_quarantine ORDER BY first")]


def test_the_property_sees_what_was_set_aside_also_after_a_restart(node: Node) -> None:
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (:org_id, :property_id, :property_id, 'a' || char(0) || 'b', 0)"
    )
    node.act(add_station, name="Fine")
    node.sync()
    assert [row["code"] for row in node.house.group.quarantine()] == ["UNACCEPTABLE"]
    assert [row["name"] for row in node.house.group.rows("SELECT name FROM stations")] == ["Fine"]
    node.again()
    (there,) = troubles(node.house.group)
    (here,) = node.rows("SELECT * FROM sync_troubles")
    for name in ("id", "node", "incarnation", "first", "last", "code", "reason", "tables", "hash", "at", "_hlc"):
        assert here[name] == there[name], name
    assert (there["node"], there["incarnation"], there["code"]) == (node.number, 1, "UNACCEPTABLE")
    assert msgspec.json.decode(there["tables"]) == {"stations": 1}


def test_a_trouble_is_told_to_the_propertys_other_node_and_to_no_other_property(
    house: House, make_hand: HandFactory, make: NodeFactory
) -> None:
    hand, near, far = make_hand(house), make(house), make(house.group.house("Other"))
    hand.push([hand.insert("order_lines", rows.line(house, new_id()))])
    near.sync()
    far.sync()
    assert [row["code"] for row in near.rows("SELECT code FROM sync_troubles")] == ["PARENT_MISSING"]
    assert far.rows("SELECT code FROM sync_troubles") == []


def test_what_leaned_on_a_missing_parent_goes_in_when_the_parent_comes(hand: Hand) -> None:
    house, group = hand.house, hand.house.group
    head = rows.order(house)
    line = rows.line(house, head["id"])
    sent = [hand.insert("order_lines", line)]
    assert [trouble.code for trouble in hand.push(sent).troubles] == ["PARENT_MISSING"]
    before = len(group.feed(house.id))
    assert hand.push([hand.insert("orders", head)]).troubles == []
    assert states(group) == ["applied"]
    (row,) = group.rows("SELECT id, _hlc, _node FROM order_lines")
    assert row == {"id": line["id"], "_hlc": sent[0].h, "_node": hand.number}
    order, released, told = group.feed(house.id)[before:]
    assert [c["t"] for e in (order, released, told) for c in e["changes"]] == [
        "orders",
        "order_lines",
        "sync_resolutions",
    ]
    assert (released["hlc"], released["node"], released["incarnation"]) == (sent[0].h, hand.number, 1)
    assert released["differs"], "its author hears of it too"
    (resolved,) = resolutions(group)
    assert (resolved["subject"], resolved["action"], resolved["resolved_by"]) == ("trouble", "retried", None)
    assert resolved["subject_id"] == troubles(group)[0]["id"]


def test_a_chain_that_leans_on_one_parent_goes_in_whole_and_in_its_order(hand: Hand) -> None:
    """An edit of a row whose own transaction waited: last sent, last applied."""
    house, group = hand.house, hand.house.group
    station, heading = rows.station(house), rows.category(house)
    dish = rows.item(house, station["id"], heading["id"], price_minor=100)
    made, seen = {"price_minor": (hand.high + 1, hand.number)}, {"price_minor": (hand.high + 2, hand.number)}
    answer = hand.push(
        [hand.insert("menu_items", dish)],
        [hand.edit("menu_items", dish["id"], {"price_minor": 300}, made)],
        [hand.edit("menu_items", dish["id"], {"price_minor": 200}, seen)],
        [hand.insert("menu_categories", heading)],
    )
    assert [trouble.code for trouble in answer.troubles] == ["PARENT_MISSING", "ROW_MISSING", "ROW_MISSING"]
    hand.push([hand.insert("stations", station)])
    assert states(group) == ["applied"] * 3
    assert group.value("SELECT price_minor FROM menu_items") == 200
    assert group.conflicts() == []


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_comes_late_undoes_nothing_of_its_authors_and_is_logged_unless_that_went_on_from_it(
    hand: Hand, is_seen: bool
) -> None:
    """An author whose own edit had given way at its disk to another's went on from that one."""
    house, group = hand.house, hand.house.group
    station, heading, other = rows.station(house), rows.category(house), rows.station(house, "Late")
    dish = rows.item(house, station["id"], heading["id"])
    hand.push([hand.insert("stations", station)], [hand.insert("menu_categories", heading)])
    hand.push([hand.insert("menu_items", dish)])
    seen = {"price_minor": (hand.high + 1, hand.number)} if is_seen else None
    (trouble,) = hand.push(
        [
            hand.edit("menu_items", dish["id"], {"price_minor": 100}),
            hand.insert("menu_categories", rows.category(house, name="Late")),
            hand.edit("stations", other["id"], {"name": "Early"}),
        ],
        [hand.edit("menu_items", dish["id"], {"price_minor": 200}, seen)],
    ).troubles
    assert trouble.code == "ROW_MISSING"
    hand.push([hand.insert("stations", other)])
    assert states(group) == ["applied"]
    assert group.value("SELECT price_minor FROM menu_items") == 200
    assert group.value("SELECT count(*) FROM menu_categories") == 2
    lost = [] if is_seen else ["100"]
    assert [row["lost_value"] for row in group.conflicts() if row["field"] == "price_minor"] == lost


def test_another_nodes_rows_let_nothing_of_this_one_go(house: House, make_hand: HandFactory) -> None:
    one, other = make_hand(house), make_hand(house)
    head = rows.order(house)
    one.push([one.insert("order_lines", rows.line(house, head["id"]))])
    other.push([other.insert("orders", head)])
    assert states(house.group) == ["waiting"]
    one.push([one.insert("stations", rows.station(house))])
    assert states(house.group) == ["applied"]


@pytest.mark.parametrize("code", ["UNACCEPTABLE", "NOT_PERMITTED"])
def test_what_no_parent_can_mend_is_not_tried_again(hand: Hand, code: str) -> None:
    wrong = {"UNACCEPTABLE": {"covers": "many"}, "NOT_PERMITTED": {"property_id": new_id()}}[code]
    hand.push([hand.insert("orders", rows.order(hand.house, **wrong))])
    hand.push([hand.insert("stations", rows.station(hand.house))])
    assert hand.house.group.rows("SELECT code, state, tries FROM sync_quarantine") == [
        {"code": code, "state": "waiting", "tries": 0}
    ]


def test_a_push_tries_few_again_and_all_have_their_turn(hand: Hand) -> None:
    group = hand.house.group
    hopeless = [[hand.insert("order_lines", rows.line(hand.house, new_id()))] for _ in range(2 * TRIED_MAX)]
    hand.push(*hopeless)
    hand.push([hand.insert("stations", rows.station(hand.house))])
    hand.push([hand.insert("stations", rows.station(hand.house))])
    assert {row["tries"] for row in group.rows("SELECT tries FROM sync_quarantine")} == {1}


def test_an_edit_that_comes_late_meets_head_offices_like_any_other(hand: Hand) -> None:
    """The later edit counts, and the other is kept."""
    house, group = hand.house, hand.house.group
    station, other = rows.station(house), rows.station(house, "Late")
    hand.push([hand.insert("stations", station)])
    hand.push(
        [hand.edit("stations", station["id"], {"name": "From here"}), hand.edit("stations", other["id"], {"sort": 5})]
    )
    group.rows("UPDATE stations SET name = 'From there' WHERE id = %s", station["id"])
    hand.push([hand.insert("stations", other)])
    assert states(group) == ["applied"]
    assert group.rows("SELECT name, sort FROM stations ORDER BY name") == [
        {"name": "From there", "sort": 0},
        {"name": "Late", "sort": 0},  # whose author made it after it had edited it
    ]
    lost = {(c["won_value"], c["lost_value"]) for c in group.conflicts()}
    assert lost == {('"From there"', '"From here"'), ("0", "5")}
    told = [c.t for entry in hand.pull().pages[1].entries for c in entry.changes]
    assert told.count("sync_conflicts") == 2
    assert told.count("sync_troubles") == told.count("sync_resolutions") == 1


def trouble_at(group: Group, first: int) -> str:
    """The id of what was set aside under this number."""
    return str(group.value("SELECT id FROM sync_quarantine WHERE first = %s", first))


def test_a_person_lets_the_parent_go_once_it_is_mended_and_what_leans_on_it_follows(
    hand: Hand, make: NodeFactory
) -> None:
    house, group = hand.house, hand.house.group
    station, heading = rows.station(house), rows.category(house)
    dish = rows.item(house, station["id"], heading["id"], price_minor=100)
    hand.push(
        [hand.insert("menu_categories", heading)],
        [hand.insert("menu_items", dish)],
        [hand.edit("menu_items", dish["id"], {"price_minor": 200})],
    )
    parent = trouble_at(group, 2)
    again = house.act(retry_trouble, parent, quarantine=QUARANTINE, names=NAMES)
    assert (again["applied"], again["code"], again["followed"]) == (False, "PARENT_MISSING", 0)
    assert states(group) == ["waiting", "waiting"]
    assert resolutions(group) == []
    made = {name: station[name] for name in ("id", "name", "sort")}
    house.act(lambda work: work.add(Station, {**made, "printer": None}))  # head office mends it
    done = house.act(retry_trouble, parent, quarantine=QUARANTINE, names=NAMES)
    assert (done["applied"], done["followed"]) == (True, 1)
    assert states(group) == ["applied", "applied"]
    assert group.value("SELECT price_minor FROM menu_items") == 200
    assert {row["subject_id"] for row in resolutions(group)} == {parent, trouble_at(group, 3)}
    kinds = group.rows("SELECT data FROM journal WHERE kind = 'conflicts.trouble_retried' ORDER BY number")
    assert [msgspec.json.decode(row["data"])["applied"] for row in kinds] == [False, True]
    other = make(house)
    other.sync()
    assert_agree(other)
    assert other.value("SELECT price_minor FROM menu_items") == 200
    assert other.host.ask(open_troubles).result(10) == 0
    assert house.act(retry_trouble, parent, quarantine=QUARANTINE, names=NAMES)["applied"] is True, "twice is once"
    assert group.value("SELECT count(*) FROM sync_resolutions") == 2


def test_two_who_try_one_again_at_once_apply_it_once(hand: Hand) -> None:
    house, group = hand.house, hand.house.group
    head = rows.order(house)
    hand.push([hand.insert("order_lines", rows.line(house, head["id"]))])
    with group.head.database.transaction(group.org_id) as connection:
        connection.execute("SELECT set_config('sync.applying', '1', true)")
        names = ", ".join(head)
        marks = ", ".join(["%s"] * len(head))
        connection.execute(f"INSERT INTO orders (org_id, {names}) VALUES (%s, {marks})", (group.org_id, *head.values()))
    before = len(group.feed(house.id))

    def once(_: int) -> bool:
        told = house.act(retry_trouble, trouble_at(group, 1), quarantine=QUARANTINE, names=NAMES)
        return bool(told["applied"])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(once, range(4))) == [True] * 4
    assert group.value("SELECT count(*) FROM order_lines") == 1
    assert group.value("SELECT count(*) FROM sync_resolutions") == 1
    released = [e for e in group.feed(house.id)[before:] if e["changes"][0]["t"] == "order_lines"]
    assert len(released) == 1


def test_a_discarded_transaction_is_not_tried_when_its_parent_comes(hand: Hand) -> None:
    house, group = hand.house, hand.house.group
    head = rows.order(house)
    hand.push([hand.insert("order_lines", rows.line(house, head["id"]))])
    told = house.act(discard_trouble, trouble_at(group, 1), note="Twice", quarantine=QUARANTINE, names=NAMES)
    assert told.settled is not None
    assert (told.settled.action, told.settled.note) == ("discarded", "Twice")
    hand.push([hand.insert("orders", head)])
    assert states(group) == ["discarded"]
    assert group.value("SELECT count(*) FROM order_lines") == 0


def test_who_decided_what_and_why_stands_in_the_journal_of_both_ends(node: Node) -> None:
    group, person = node.house.group, new_id()
    node.run_sql(
        "INSERT INTO stations (org_id, id, property_id, name, sort)"
        " VALUES (:org_id, :property_id, :property_id, 'a' || char(0) || 'b', 0)"
    )
    node.sync()
    id, caller = trouble_at(group, 1), Caller(node.org_id, node.property_id, person, permissions=EVERYTHING)
    how: dict[str, Any] = {"quarantine": QUARANTINE, "names": NAMES}
    act = group.head.host.act_now
    assert act(caller, lambda work: retry_trouble(work, id, note="Once more", **how))["code"] == "UNACCEPTABLE"
    act(caller, lambda work: discard_trouble(work, id, note="Keyed in twice", **how))
    node.sync()
    audit = "SELECT kind, actor_id, at, reason, data, hash FROM journal WHERE kind LIKE 'conflicts.%' ORDER BY number"
    here = node.rows(audit)
    assert [(row["kind"], row["actor_id"], row["reason"], msgspec.json.decode(row["data"])) for row in here] == [
        (
            *("conflicts.trouble_retried", person, "Once more"),
            {"trouble_id": id, "applied": False, "code": "UNACCEPTABLE", "followed": 0},
        ),
        ("conflicts.trouble_discarded", person, "Keyed in twice", {"trouble_id": id, "code": "UNACCEPTABLE"}),
    ]
    assert group.rows(audit.replace("%", "%%")) == here
    (done,) = node.rows("SELECT action, note, resolved_by, resolved_at FROM sync_resolutions")
    assert done == {
        "action": "discarded",
        "note": "Keyed in twice",
        "resolved_by": person,
        "resolved_at": here[1]["at"],
    }


def test_one_poisoned_transaction_of_a_thousand_goes_in_when_it_is_let_go(hand: Hand) -> None:
    """S5: the others were never held back, and what was wrong can be made good."""
    house, group = hand.house, hand.house.group
    head = rows.order(house)
    poison = [hand.insert("order_lines", rows.line(house, head["id"]))]
    answer = hand.push(poison, *([hand.insert("stations", rows.station(house, f"S{n}"))] for n in range(999)))
    assert (answer.acked, len(answer.troubles)) == (1000, 1)
    assert group.value("SELECT count(*) FROM stations") == 999
    hand.push([hand.insert("orders", head)])
    assert states(group) == ["applied"]
    assert group.value("SELECT count(*) FROM order_lines") == 1


def test_what_is_set_aside_of_one_property_is_not_settled_from_another(hand: Hand) -> None:
    group = hand.house.group
    hand.push([hand.insert("order_lines", rows.line(hand.house, new_id()))])
    other, stranger = group.house("Other"), group.head.group("Other").house()
    for house in (other, stranger):
        for verb, more in ((retry_trouble, {}), (discard_trouble, {"note": "x"})):
            with pytest.raises(NotFound) as refused:
                house.act(verb, trouble_at(group, 1), quarantine=QUARANTINE, names=NAMES, **more)  # type: ignore[arg-type]
            assert refused.value.code == "TROUBLE_NOT_FOUND"
    assert states(group) == ["waiting"]
