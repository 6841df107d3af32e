"""What a node pushes: whole transactions, once in effect; a bad one is set aside and holds back nothing else."""

import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hospitality.ground.ids import new_id
from sync.node.transport import LinkDown
from sync.wire import Batch, Change, pack
from tests.sync import rows
from tests.sync.conftest import HandFactory
from tests.sync.ends import Group, Hand, House
from tests.sync.faults import Fault, answer_lost, at_once, busy, repeated, request_lost, request_truncated

PUSH = "/sync/v1/push"


def sale(hand: Hand, **changes: Any) -> list[Change]:
    """One order with two lines, as one transaction."""
    head = rows.order(hand.house, **changes)
    lines = [rows.line(hand.house, head["id"], line_no=n) for n in (1, 2)]
    return [hand.insert("orders", head), *(hand.insert("order_lines", line) for line in lines)]


def count(group: Group, table: str) -> int:
    """How many rows the group has."""
    return int(group.value(f"SELECT count(*) FROM {table}"))


def test_a_transaction_arrives_whole_under_its_authors_stamp(hand: Hand) -> None:
    group, before = hand.house.group, len(hand.house.group.feed(hand.house.id))
    changes = sale(hand)
    answer = hand.push(changes)
    assert (answer.status, answer.acked, answer.troubles, answer.ceiling) == ("ok", 3, [], None)
    (entry,) = group.feed(hand.house.id)[before:]
    assert (entry["hlc"], entry["node"], entry["incarnation"]) == (changes[0].h, hand.number, 1)
    assert [c["f"] for c in entry["changes"]] == [msgspec.json.decode(c.f) for c in changes]
    (row,) = group.rows("SELECT _hlc, _node, _fv, _x FROM orders")
    assert row == {"_hlc": changes[0].h, "_node": hand.number, "_fv": None, "_x": None}


def test_transactions_of_one_push_are_entries_of_their_own_in_their_order(hand: Hand) -> None:
    group, before = hand.house.group, len(hand.house.group.feed(hand.house.id))
    sent = [sale(hand, number=f"A1-{n}") for n in range(5)]
    hand.push(*sent)
    entries = group.feed(hand.house.id)[before:]
    assert [e["changes"][0]["f"]["number"] for e in entries] == [f"A1-{n}" for n in range(5)]
    assert [e["pos"] for e in entries] == list(range(before + 1, before + 6))


@pytest.mark.parametrize("fault", [repeated, at_once, answer_lost], ids=lambda fault: fault.__name__)
def test_the_same_push_again_and_at_once_and_after_a_lost_answer_counts_once(hand: Hand, fault: Fault) -> None:
    """S6."""
    group, wire = hand.house.group, hand.house.group.head.wire
    before = len(group.feed(hand.house.id))
    hand.hello()  # brings a nonce, so that the push itself is the next request
    batch = hand.batch(sale(hand), [hand.insert("stations", rows.station(hand.house))])
    wire.fail(PUSH, fault)
    if fault is answer_lost:
        with pytest.raises(LinkDown):
            hand.send(batch)
    answer = hand.send(batch)
    assert (answer.acked, answer.troubles) == (4, [])
    assert (count(group, "orders"), count(group, "order_lines"), count(group, "stations")) == (1, 2, 1)
    assert len(group.feed(hand.house.id)) == before + 2


def test_a_longer_push_after_a_lost_answer_adds_only_what_is_new(hand: Hand) -> None:
    group = hand.house.group
    first, more = sale(hand), sale(hand)
    one = hand.batch(first)
    both = Batch(**{**msgspec.structs.asdict(one), "last": 6, "changes": first + more})
    for change in more:
        change.h = first[0].h + 1
    hand.send(one)
    hand.acked = 0
    assert hand.send(both).acked == 6
    assert count(group, "orders") == 2
    assert count(group, "order_lines") == 4


def test_a_push_that_does_not_join_on_is_answered_with_what_the_hub_has(hand: Hand) -> None:
    hand.push(sale(hand))
    hand.acked = 5
    answer = hand.push(sale(hand))
    assert (answer.status, answer.acked) == ("gap", 3)
    assert count(hand.house.group, "orders") == 1


def test_numbers_may_have_holes(hand: Hand) -> None:
    """An act that was rolled back leaves none, but the outbox's numbers need not join on to each other."""
    first = sale(hand)
    hand.seq += 100
    answer = hand.push(first, sale(hand))
    assert answer.acked == 106
    assert count(hand.house.group, "orders") == 2


@pytest.mark.parametrize("fault", [request_lost, busy, request_truncated], ids=lambda fault: fault.__name__)
def test_a_push_that_did_not_arrive_has_no_effect_and_may_be_sent_again(hand: Hand, fault: Fault) -> None:
    group, wire = hand.house.group, hand.house.group.head.wire
    hand.hello()
    batch = hand.batch(sale(hand))
    wire.fail(PUSH, fault)
    with pytest.raises(Exception, match=r"lost|busy|hub|BAD_SIGNATURE|signed"):
        hand.send(batch)
    assert count(group, "orders") == 0
    assert hand.send(batch).acked == 3
    assert count(group, "orders") == 1


def test_one_poisoned_transaction_of_a_thousand_is_set_aside_and_the_rest_goes_in(hand: Hand) -> None:
    """S5."""
    group, before = hand.house.group, len(hand.house.group.feed(hand.house.id))
    poison = [hand.insert("order_lines", rows.line(hand.house, new_id()))]
    good = [[hand.insert("stations", rows.station(hand.house, f"S{n}"))] for n in range(999)]
    answer = hand.push(poison, *good)
    assert (answer.status, answer.acked) == ("ok", 1000)
    (trouble,) = answer.troubles
    assert (trouble.first, trouble.last, trouble.code) == (1, 1, "PARENT_MISSING")
    assert count(group, "stations") == 999
    *sent, told = group.feed(hand.house.id)[before:]
    assert len(sent) == 999
    assert [(change["t"], change["f"]["code"]) for change in told["changes"]] == [("sync_troubles", "PARENT_MISSING")]
    (aside,) = group.quarantine()
    assert (aside["node_id"], aside["first"], aside["last"], aside["code"]) == (hand.node_id, 1, 1, "PARENT_MISSING")
    assert (aside["state"], aside["property_id"]) == ("waiting", hand.house.id)
    assert "foreign key" in aside["reason"]
    assert msgspec.json.decode(aside["body"], type=list[Change])[0].k == poison[0].k, "kept whole, to be tried again"


def test_nothing_of_a_transaction_that_is_set_aside_stays(hand: Hand) -> None:
    group, before = hand.house.group, len(hand.house.group.feed(hand.house.id))
    spoilt = [*sale(hand), hand.insert("order_lines", rows.line(hand.house, new_id()))]
    hand.push(spoilt)
    assert count(group, "orders") == count(group, "order_lines") == 0
    assert [c["t"] for entry in group.feed(hand.house.id)[before:] for c in entry["changes"]] == ["sync_troubles"]
    assert len(group.quarantine()) == 1


def other_property(hand: Hand) -> Change:
    return hand.insert("stations", rows.station(hand.house.group.house("Other")))


def group_table(hand: Hand) -> Change:
    house = hand.house
    return hand.insert("properties", {"id": new_id(), "property_id": house.id, "name": "Mine", "zone": "UTC"})


def edit_of_another_propertys_row(hand: Hand) -> Change:
    other = hand.house.group.house("Other")
    id = new_id()
    hand.house.group.rows(
        "INSERT INTO stations (org_id, id, property_id, name, sort) VALUES (%s, %s, %s, 'Theirs', 0)",
        hand.house.group.org_id,
        id,
        other.id,
    )
    return hand.edit("stations", id, {"name": "Stolen"})


def edit_of_a_group_table(hand: Hand) -> Change:
    return hand.edit("properties", hand.house.id, {"currency": "EUR"})


def conflict_log(hand: Hand) -> Change:
    return hand.insert("sync_conflicts", {"id": new_id(), "property_id": hand.house.id})


def changed_fact(hand: Hand) -> Change:
    sold = sale(hand)
    hand.push(sold)
    return hand.edit("orders", sold[0].k, {"note": "changed"})


def same_fact_with_other_content(hand: Hand) -> Change:
    sold = sale(hand)
    hand.push(sold)
    return hand.insert("orders", {**msgspec.json.decode(sold[0].f), "number": "A1-999"})


def field_of_a_record(value: object, field: str = "name") -> Callable[[Hand], Change]:
    def make(hand: Hand) -> Change:
        made = hand.insert("stations", rows.station(hand.house))
        hand.push([made])
        return hand.edit("stations", made.k, {field: value})

    return make


def of_an_order(**changes: object) -> Callable[[Hand], Change]:
    return lambda hand: hand.insert("orders", rows.order(hand.house, **changes))


def fields_that_are(raw: bytes, op: str = "i") -> Callable[[Hand], Change]:
    def make(hand: Hand) -> Change:
        made = hand.insert("stations", rows.station(hand.house))
        if op == "u":
            hand.push([made])
            made = hand.edit("stations", made.k, {})
        made.f = msgspec.Raw(raw)
        return made

    return make


def row_that_is_not_here(hand: Hand) -> Change:
    return hand.edit("stations", new_id(), {"name": "Ghost"})


def key_that_is_no_id(hand: Hand) -> Change:
    return hand.edit("stations", "one' OR 1=1", {"name": "Ghost"})


def unknown_table(hand: Hand) -> Change:
    return hand.insert("saunas", {"id": new_id(), "property_id": hand.house.id})


POISONS: dict[str, tuple[Callable[[Hand], Change], str]] = {
    "a row of another property": (other_property, "NOT_PERMITTED"),
    "a table that only head office writes": (group_table, "NOT_PERMITTED"),
    "an edit of another property's row": (edit_of_another_propertys_row, "NOT_PERMITTED"),
    "an edit of a table that only head office writes": (edit_of_a_group_table, "NOT_PERMITTED"),
    "a conflict of its own": (conflict_log, "NOT_PERMITTED"),
    "a changed fact": (changed_fact, "FACT_CHANGED"),
    "the same fact with other content": (same_fact_with_other_content, "SAME_ID_OTHER_CONTENT"),
    "a table of another release": (unknown_table, "UNKNOWN_TABLE"),
    "an edit of a row that is not here": (row_that_is_not_here, "ROW_MISSING"),
    "a key that is no id": (key_that_is_no_id, "UNACCEPTABLE"),
    "a NUL in a fact": (of_an_order(note="a\0b"), "UNACCEPTABLE"),
    "a NUL in a record's edit": (field_of_a_record("a\0b"), "UNACCEPTABLE"),
    "a number too large": (of_an_order(covers=2**40), "UNACCEPTABLE"),
    "a text where a number belongs": (of_an_order(covers="many"), "UNACCEPTABLE"),
    "a day that is none": (of_an_order(business_date="2026-02-30"), "UNACCEPTABLE"),
    "a moment that is none": (of_an_order(opened_at="yesterday evening"), "UNACCEPTABLE"),
    "nothing where something must stand": (of_an_order(number=None), "UNACCEPTABLE"),
    "a truth where a number belongs": (field_of_a_record(True, "sort"), "UNACCEPTABLE"),
    "a text where an edit's number belongs": (field_of_a_record("many", "sort"), "UNACCEPTABLE"),
    "a list where a text belongs": (field_of_a_record([1, 2]), "UNACCEPTABLE"),
    "an object where a text belongs": (field_of_a_record({"a": 1}), "UNACCEPTABLE"),
    "fields that are a number": (fields_that_are(b"5"), "UNACCEPTABLE"),
    "fields that are a list": (fields_that_are(b"[1]"), "UNACCEPTABLE"),
    "no fields": (fields_that_are(b"{}"), "UNACCEPTABLE"),
    "fields of an edit that are a number": (fields_that_are(b"5", "u"), "UNACCEPTABLE"),
}


@pytest.mark.parametrize("schema", ["mine", "another release's"])
@pytest.mark.parametrize("poison", POISONS)
def test_what_cannot_be_applied_is_set_aside_with_its_reason(hand: Hand, poison: str, schema: str) -> None:
    make, code = POISONS[poison]
    group = hand.house.group
    bad = make(hand)
    stations = count(group, "stations")
    batch = hand.batch(
        [hand.insert("stations", rows.station(hand.house, "Before"))],
        [bad],
        [hand.insert("stations", rows.station(hand.house, "After"))],
    )
    if schema != "mine":
        batch.schema = "another"
    batch.changes.sort(key=lambda change: change.s)  # `bad` may have its number before the others
    answer = hand.send(batch)
    assert answer.acked == batch.last, "acknowledged, so that it holds back nothing"
    assert [trouble.code for trouble in answer.troubles] == [code]
    assert count(group, "stations") == stations + 2
    assert [aside["code"] for aside in group.quarantine()] == [code]
    assert answer.troubles[0].reason


def test_a_child_may_come_before_its_parent_within_a_transaction(hand: Hand) -> None:
    """S14."""
    luck = random.Random(14)
    for _ in range(10):
        changes = sale(hand)
        stations = rows.station(hand.house)
        heading = rows.category(hand.house)
        dish = rows.item(hand.house, stations["id"], heading["id"])
        changes += [
            hand.insert("menu_items", dish),
            hand.edit("menu_items", dish["id"], {"price_minor": 1}),
            hand.insert("stations", stations),
            hand.insert("menu_categories", heading),
        ]
        payload = [(c.t, c.o, c.k, c.f) for c in changes]
        luck.shuffle(payload)
        for change, (table, op, key, fields) in zip(changes, payload, strict=True):
            change.t, change.o, change.k, change.f = table, op, key, fields
        assert hand.push(changes).troubles == []
    group = hand.house.group
    assert (count(group, "orders"), count(group, "order_lines"), count(group, "menu_items")) == (10, 20, 10)
    assert group.value("SELECT sum(price_minor) FROM menu_items") == 10


def test_a_transaction_that_leans_on_one_set_aside_is_set_aside_too_and_others_are_not(hand: Hand) -> None:
    bad = rows.order(hand.house, covers="many")
    answer = hand.push(
        [hand.insert("orders", bad)],
        [hand.insert("order_lines", rows.line(hand.house, bad["id"]))],
        sale(hand),
    )
    assert [t.code for t in answer.troubles] == ["UNACCEPTABLE", "PARENT_MISSING"]
    assert count(hand.house.group, "orders") == 1


def test_a_fact_that_two_nodes_derived_alike_is_one_however_often_it_comes(
    house: House, make_hand: HandFactory
) -> None:
    """S7: points from an order, say, whose id follows from the order's."""
    one, other = make_hand(house), make_hand(house)
    fact = rows.order(house)
    for _ in range(25):  # each under a number of its own, as an application that tries again makes them
        assert one.push([one.insert("orders", fact)]).troubles == []
        assert other.push([other.insert("orders", fact)]).troubles == []
    assert count(house.group, "orders") == 1
    assert house.group.quarantine() == house.group.conflicts() == []


def test_a_stamp_hidden_among_the_fields_is_not_believed(hand: Hand) -> None:
    made = hand.insert("stations", {**rows.station(hand.house), "_hlc": 2**62, "_x": "{}", "org_id": new_id()})
    made.f = msgspec.Raw(bytes(made.f)[:-1] + b',"_hlc":4611686018427387904}')
    hand.push([made])
    (row,) = hand.house.group.rows("SELECT org_id, _hlc, _x FROM stations")
    assert (row["_hlc"], row["_x"], row["org_id"]) == (made.h, None, hand.house.group.org_id)


@pytest.mark.parametrize("body", [b"", b"garbage", b"\x28\xb5\x2f\xfd", b"{}"])
def test_garbage_is_answered_in_words(hand: Hand, body: bytes) -> None:
    hand.hello()
    with pytest.raises(LinkDown, match="422 UNREADABLE"):
        hand.link.call(PUSH, body, Batch)


def test_a_body_too_large_is_refused_while_it_arrives(hand: Hand) -> None:
    hand.hello()
    noise = random.Random(1).randbytes(3_000_001)
    with pytest.raises(LinkDown, match="413 BODY_TOO_LARGE"):
        hand.link.call(PUSH, noise, Batch)


def test_head_office_learns_how_much_waits_and_who_was_here(hand: Hand) -> None:
    batch = hand.batch(sale(hand))
    batch.waiting = 10
    hand.link.call(PUSH, pack(batch), msgspec.Raw)
    (row,) = hand.house.group.rows("SELECT acked, waiting, version, seen_at FROM sync_nodes")
    assert (row["acked"], row["waiting"], row["version"]) == (3, 7, "1.2.3")
    assert row["seen_at"] is not None
