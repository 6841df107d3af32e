"""What staff do with an order on the floor, on both databases."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hospitality.checks.reading import order_view, receipt_view
from hospitality.checks.service import add_lines, pay, void_line
from hospitality.checks.service.floor import change, fire, make_adjustment, repeat_round, rush, withdraw
from hospitality.checks.service.split import merge, split
from hospitality.ground.errors import Forbidden, Invalid, NotFound, Refused
from hospitality.kitchen.service import step_ticket
from hospitality.kitchen.tickets import tickets_list
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.adjust import NewAdjustment
from hospitality.orders.service.change import NewHead
from hospitality.orders.service.charge import add_charge_rule, end_charge_rule
from hospitality.orders.service.move import Going
from hospitality.payments.rules import NewPayment
from hospitality.people.service.accounts import add_person
from hospitality.properties.service import edit_house_rules
from tests.hospitality.node import Node, Restaurant


def told(node: Node, kind: str) -> list[dict[str, Any]]:
    """What the journal says of a kind, oldest first."""
    return [msgspec.json.decode(entry["data"]) for entry in node.journal(kind)]


def states(order: dict[str, Any]) -> list[str]:
    """How far each line is."""
    return [line["kitchen_state"] for line in order["lines"]]


def test_what_is_held_reaches_its_station_once_it_is_fired(restaurant: Restaurant) -> None:
    node = restaurant.node
    lines = (
        NewLine(restaurant.soup, 1, course=1),
        NewLine(restaurant.soup, 2, course=2, hold=True),
        NewLine(restaurant.beer, 1, course=2, hold=True),
        NewLine(restaurant.soup, 3, course=2, hold=True),
    )
    order = node.act(place_order, NewOrder("dine_in", lines))
    assert order == node.read(order_view, order["id"])
    assert (states(order), order["kitchen_state"]) == (["placed", "held", "held", "held"], "placed")
    assert order["total_minor"] == 6 * 900 + 340, "what is held is sold"
    first, mains, bar, more = (line["ticket_id"] for line in order["lines"])
    assert (mains == more, len({first, mains, bar})) == (True, 3)
    assert told(node, "orders.order_placed")[0]["ticket_ids"] == [first]
    assert [ticket["id"] for ticket in node.read(tickets_list)] == [first]
    with pytest.raises(NotFound):
        node.act(step_ticket, mains, "started")
    order = node.act(void_line, order["id"], order["lines"][3]["id"], reason="one less")
    node.later(minutes=20)
    order = node.act(fire, order["id"], 2)
    assert order == node.read(order_view, order["id"])
    assert states(order) == ["placed", "placed", "placed", "voided"]
    assert told(node, "orders.course_fired") == [
        {"order_id": order["id"], "number": "A1-1", "ticket_ids": [mains, bar], "course": 2, "lines": 2}
    ]
    tickets = {ticket["id"]: ticket for ticket in node.read(tickets_list)}
    assert set(tickets) == {first, mains, bar}
    assert (tickets[mains]["course"], tickets[mains]["placed_at"]) == (2, "2026-03-01T17:20:00.000000Z")
    assert [line["quantity"] for line in tickets[mains]["lines"]] == [2], "what was voided before is not shown"
    before = node.store.counts()
    assert node.act(fire, order["id"], 2) == order
    assert node.act(fire, order["id"], None) == order
    assert node.store.counts() == before
    node.act(step_ticket, mains, "ready")
    assert states(node.read(order_view, order["id"])) == ["placed", "ready", "placed", "voided"]


def test_a_course_that_is_not_there_is_not_fired(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1, hold=True),)))
    assert order["kitchen_state"] == "held"
    before = node.store.counts()
    for verb, arguments, code in ((fire, (3,), "COURSE_EMPTY"), (rush, (), "NOTHING_TO_RUSH")):
        with pytest.raises(Refused) as refused:
            node.act(verb, order["id"], *arguments)
        assert refused.value.code == code
    for course in (0, 21):
        with pytest.raises(Invalid):
            node.act(add_lines, order["id"], [NewLine(restaurant.soup, 1, course=course)])
    assert node.store.counts() == before


def test_open_tickets_are_rushed_once(restaurant: Restaurant) -> None:
    node = restaurant.node
    lines = (NewLine(restaurant.soup, 1), NewLine(restaurant.beer, 1), NewLine(restaurant.soup, 1, hold=True))
    order = node.act(place_order, NewOrder("dine_in", lines))
    soup, beer, _ = (line["ticket_id"] for line in order["lines"])
    node.act(step_ticket, beer, "ready")
    node.act(rush, order["id"])
    before = node.store.counts()
    node.act(rush, order["id"])
    assert node.store.counts() == before
    assert [ticket["rush"] for ticket in node.read(tickets_list)] == [True]
    assert told(node, "orders.order_rushed") == [{"order_id": order["id"], "number": "A1-1", "ticket_ids": [soup]}]


def test_what_the_kitchen_does_not_know_of_is_taken_off_by_who_took_it(restaurant: Restaurant) -> None:
    node = restaurant.node
    lines = (NewLine(restaurant.soup, 1, hold=True), NewLine(restaurant.soup, 1), NewLine(restaurant.beer, 1))
    order = node.act(place_order, NewOrder("dine_in", lines))
    held, soup, beer = (line["id"] for line in order["lines"])
    node.act(step_ticket, order["lines"][1]["ticket_id"], "started")
    waiter = node.as_("orders.place")
    waiter.act(void_line, order["id"], held, reason="changed mind")
    with pytest.raises(Forbidden):
        waiter.act(void_line, order["id"], soup, reason="changed mind")
    node.act(void_line, order["id"], soup, reason="dropped")
    node.act(void_line, order["id"], beer, reason="flat", wasted=True)
    found = [(fact["fired"], fact["wasted"]) for fact in told(node, "orders.line_voided")]
    assert found == [(False, False), (True, True), (True, True)]
    rows = node.reading().rows("SELECT line_id, fired, wasted FROM line_voids WHERE org_id = :org_id")
    assert {row["line_id"]: (bool(row["fired"]), bool(row["wasted"])) for row in rows} == {
        held: (False, False),
        soup: (True, True),
        beer: (True, True),
    }


def test_discounts_comps_and_charges_enter_the_total_and_settle_it(restaurant: Restaurant) -> None:
    node = restaurant.node
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 2), NewLine(restaurant.beer, 3))))
    soup, _ = (line["id"] for line in order["lines"])
    order = node.act(make_adjustment, order["id"], NewAdjustment("discount", "regular", percent_bp=1000))
    assert (order["subtotal_minor"], order["adjustments"][0]["amount_minor"]) == (2799 - 280, -280)
    order = node.act(make_adjustment, order["id"], NewAdjustment("comp", "cold", line_id=soup))
    assert [one["amount_minor"] for one in order["adjustments"]] == [-100, -1800]
    order = node.act(make_adjustment, order["id"], NewAdjustment("service_charge", "late", amount_minor=50))
    assert order["subtotal_minor"] == 2799 - 100 - 1800 + 50
    assert order == node.read(order_view, order["id"])
    node.act(pay, order["id"], NewPayment("cash", 500))
    before = node.store.counts()
    for new, code in (
        (NewAdjustment("discount", "more", amount_minor=500), "DISCOUNT_BELOW_PAID"),
        (NewAdjustment("discount", "more", amount_minor=5000), "ADJUSTMENT_OVER"),
        (NewAdjustment("comp", "again", line_id=soup), "ADJUSTMENT_OVER"),
        (NewAdjustment("discount", "both", percent_bp=100, amount_minor=5), "ADJUSTMENT_INVALID"),
        (NewAdjustment("comp", "how much", percent_bp=100), "ADJUSTMENT_INVALID"),
        (NewAdjustment("service_charge", "line", line_id=soup, percent_bp=5), "CHARGE_OF_LINE"),
        (NewAdjustment("discount", " ", percent_bp=100), "REASON_MISSING"),
    ):
        with pytest.raises(Refused) as refused:
            node.act(make_adjustment, order["id"], new)
        assert refused.value.code == code
    with pytest.raises(Forbidden) as needed:
        node.as_("orders.place").act(make_adjustment, order["id"], NewAdjustment("discount", "friend", percent_bp=1000))
    assert needed.value.details == {"action": "orders.discount", "record_id": order["id"], "value": 90}
    assert node.store.counts() == before
    charge = order["adjustments"][2]["id"]
    order = node.act(withdraw, order["id"], charge, reason="not late")
    assert (len(order["adjustments"]), order["due_minor"]) == (2, 917 - 500)
    order = node.act(make_adjustment, order["id"], NewAdjustment("discount", "friend", amount_minor=409))
    assert (order["due_minor"], order["payment_state"]) == (0, "settled"), "what was paid covers it"
    with pytest.raises(Refused) as settled:
        node.act(make_adjustment, order["id"], NewAdjustment("discount", "late", amount_minor=1))
    assert settled.value.code == "ORDER_SETTLED"
    kinds = [fact["kind"] for fact in told(node, "orders.adjustment_")]
    assert kinds == ["discount", "comp", "service_charge", "service_charge", "discount"]


def test_who_is_exempt_owes_no_tax_and_the_receipt_says_by_which_certificate(restaurant: Restaurant) -> None:
    node = restaurant.node
    steak = NewLine(restaurant.steak, 1, ((restaurant.option(restaurant.sauces["options"], "Pepper"), 1),), seat=1)
    order = node.act(place_order, NewOrder("dine_in", (steak, NewLine(restaurant.beer, 1, seat=2))))
    included, on_top = (tax["tax_minor"] for tax in sorted(order["taxes"], key=lambda tax: not tax["included"]))
    assert (included > 0, on_top > 0, order["total_minor"] - order["subtotal_minor"]) == (True, True, on_top)
    exempt = NewAdjustment("exempt", "Diplomat", certificate="D 12")
    for new, code in (
        (replace(exempt, certificate=" "), "CERTIFICATE_MISSING"),
        (replace(exempt, percent_bp=100), "ADJUSTMENT_INVALID"),
        (NewAdjustment("comp", "cold", certificate="D 12"), "CERTIFICATE_MISSING"),
    ):
        with pytest.raises(Refused) as refused:
            node.act(make_adjustment, order["id"], new)
        assert refused.value.code == code
    with pytest.raises(Forbidden) as needed:
        node.as_("orders.place").act(make_adjustment, order["id"], exempt)
    value = included + on_top
    assert needed.value.details == {"action": "orders.exempt", "record_id": order["id"], "value": value}
    free = node.act(make_adjustment, order["id"], exempt)
    assert (free["total_minor"], free["tax_minor"]) == (order["total_minor"] - value, 0)
    assert free == node.read(order_view, order["id"])
    assert {(tax["rate_bp"], tax["tax_minor"]) for tax in free["taxes"]} == {(0, 0)}
    back = node.act(withdraw, order["id"], free["adjustments"][0]["id"], reason="expired")
    assert (back["total_minor"], back["taxes"]) == (order["total_minor"], order["taxes"])
    mine, theirs = node.act(split, order["id"], [Going(seats=(2,))])["items"]
    free = node.act(make_adjustment, mine["id"], exempt)
    taken = node.act(merge, theirs["id"], [free["id"]])  # onto the check of guests who owe taxes
    assert taken["total_minor"] == theirs["total_minor"] + free["total_minor"]
    assert [one["certificate"] for one in taken["adjustments"]] == ["D 12"]
    paid = node.act(pay, theirs["id"], NewPayment("cash", taken["total_minor"]))
    found = node.read(receipt_view, theirs["id"])
    assert (paid["order"]["payment_state"], found["order"]["adjustments"][0]["certificate"]) == ("settled", "D 12")
    assert told(node, "orders.adjustment_made")[0]["amount_minor"] == -value


def test_a_property_may_round_taxes_line_by_line_and_each_order_keeps_how_it_was_taken(restaurant: Restaurant) -> None:
    node = restaurant.node
    beers = NewOrder("counter", tuple(NewLine(restaurant.beer, 1, note=str(n)) for n in range(3)))
    by_bill = node.act(place_order, beers)
    node.act(edit_house_rules, {"tax_by_line": True})
    by_line = node.act(place_order, beers)
    assert (by_bill["tax_minor"], by_line["tax_minor"]) == (20, 21)  # 2 % of 9.99, and three times of 3.33
    assert [node.read(order_view, one["id"])["tax_minor"] for one in (by_bill, by_line)] == [20, 21]
    assert node.act(split, by_line["id"], [Going((by_line["lines"][0]["id"],))])["items"][1]["tax_minor"] == 7
    assert node.act(pay, by_line["id"], NewPayment("cash", 680))["order"]["payment_state"] == "settled"


def test_a_large_party_is_charged_by_the_rule_of_the_moment(restaurant: Restaurant) -> None:
    node = restaurant.node
    small = node.act(add_charge_rule, name="Large party", covers_min=6, percent_bp=1000)
    node.act(add_charge_rule, name="Banquet", covers_min=20, percent_bp=1500)
    with pytest.raises(Invalid):
        node.act(add_charge_rule, name="Pair", covers_min=2, percent_bp=1000)

    def charged(covers: int) -> list[tuple[str, int]]:
        new = NewOrder("dine_in", (NewLine(restaurant.soup, 10),), covers=covers)
        order: dict[str, Any] = node.act(place_order, new)
        assert order == node.read(order_view, order["id"])
        return [(one["name"], one["amount_minor"]) for one in order["adjustments"]]

    assert [charged(covers) for covers in (5, 6, 19)] == [[], [("Large party", 900)], [("Large party", 900)]]
    assert charged(20) == [("Banquet", 1350)]
    node.act(end_charge_rule, small["id"])
    assert charged(7) == []


def test_a_party_that_is_counted_anew_is_charged_by_the_rule_for_so_many(restaurant: Restaurant) -> None:
    node = restaurant.node
    small = node.act(add_charge_rule, name="Large party", covers_min=6, percent_bp=1000)
    node.act(add_charge_rule, name="Banquet", covers_min=20, percent_bp=1500)
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 10),), covers=5))

    def counted(covers: int) -> list[tuple[str, int]]:
        found: dict[str, Any] = node.act(change, order["id"], NewHead(covers=covers))
        assert found == node.read(order_view, order["id"])
        return [(one["name"], one["amount_minor"]) for one in found["adjustments"]]

    large, banquet = [("Large party", 900)], [("Banquet", 1350)]
    assert [counted(covers) for covers in (6, 7, 20, 19, 5, 8)] == [large, large, banquet, large, [], large]
    made = told(node, "orders.adjustment_made")
    assert [fact["amount_minor"] for fact in made] == [900, 1350, 900, 900]
    charge = node.read(order_view, order["id"])["adjustments"][0]["id"]
    node.act(withdraw, order["id"], charge, reason="agreed otherwise")
    assert (counted(9), counted(21)) == ([], banquet), "what a manager took off stays off within the same rule"
    node.act(pay, order["id"], NewPayment("cash", 9_100))
    before = node.store.counts()
    with pytest.raises(Refused) as refused:
        node.act(change, order["id"], NewHead(covers=2))
    assert (refused.value.code, node.store.counts()) == ("DISCOUNT_BELOW_PAID", before)
    other = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 10),), covers=6))
    node.act(pay, other["id"], NewPayment("cash", 9_000))
    node.act(end_charge_rule, small["id"])
    after = node.act(change, other["id"], NewHead(covers=5))
    assert (after["adjustments"], after["payment_state"]) == ([], "settled"), "what was paid covers what is left"


def test_an_order_goes_to_another_table_and_server_and_its_tickets_follow(restaurant: Restaurant) -> None:
    node = restaurant.node
    toivo = node.act(add_person, display_name="Toivo", role="staff")["id"]
    new = NewOrder("dine_in", (NewLine(restaurant.soup, 1), NewLine(restaurant.beer, 1)), table="7", tab=" Ines ")
    order = node.act(place_order, new)
    assert (order["tab"], order["server_name"]) == ("Ines", "Selma")
    assert order == node.read(order_view, order["id"])
    node.act(change, order["id"], NewHead(table="9"))
    node.later(minutes=1)
    moved = node.act(change, order["id"], NewHead(table="12", covers=3, server_id=toivo, tab=""))
    assert moved == node.read(order_view, order["id"])
    assert {name: moved[name] for name in moved if moved[name] != order[name]} == {
        "table": "12",
        "covers": 3,
        "server_id": toivo,
        "server_name": "Toivo",
        "tab": None,
    }
    assert {ticket["table"] for ticket in node.read(tickets_list)} == {"12"}
    before = node.store.counts()
    assert node.act(change, order["id"], NewHead(table="12", covers=3)) == moved
    assert node.store.counts() == before
    last = told(node, "orders.order_changed")[-1]
    assert last["fields"] == ["table", "covers", "server", "tab"]
    assert set(last["ticket_ids"]) == {line["ticket_id"] for line in order["lines"]}
    node.act(pay, order["id"], NewPayment("cash", moved["due_minor"]))
    with pytest.raises(Refused) as settled:
        node.act(change, order["id"], NewHead(table="1"))
    assert settled.value.code == "ORDER_SETTLED"


def test_an_order_is_due_by_its_prep_times_until_somebody_promises_another_time(restaurant: Restaurant) -> None:
    node = restaurant.node
    new = NewOrder("takeaway", (NewLine(restaurant.soup, 1), NewLine(restaurant.beer, 1, hold=True)))
    order = node.act(place_order, new)
    assert (order["promised_at"], order["promise"]) == ("2026-03-01T17:10:00.000000Z", "reckoned")
    node.later(minutes=30)
    order = node.act(fire, order["id"], None)
    assert order["promised_at"] == "2026-03-01T17:40:00.000000Z"
    told = node.act(change, order["id"], NewHead(promised_at="2026-03-01T20:15:00+02:00"))
    assert told == node.read(order_view, order["id"])
    assert (told["promised_at"], told["promise"]) == ("2026-03-01T18:15:00.000000Z", "given")
    before = node.store.counts()
    for wrong in ("soon", "2026-03-01T20:15:00", "2026-05-01T20:15:00Z", "0001-01-01T00:00:00+23:59"):
        with pytest.raises(Invalid) as refused:
            node.act(change, order["id"], NewHead(promised_at=wrong))
        assert refused.value.code == "PROMISE_INVALID"
    assert node.store.counts() == before
    node.later(minutes=1)
    assert node.act(change, order["id"], NewHead(promised_at=""))["promise"] == "reckoned"
    for line in order["lines"]:
        node.act(step_ticket, line["ticket_id"], "served")
    assert node.read(order_view, order["id"])["promised_at"] is None
    given = replace(new, promised_at="2026-03-01T18:00:00Z")
    assert node.act(place_order, given)["promised_at"] == "2026-03-01T18:00:00.000000Z"


def test_the_last_round_is_ordered_again_with_its_choices(restaurant: Restaurant) -> None:
    node = restaurant.node
    pepper = restaurant.option(restaurant.sauces["options"], "Pepper")
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),)))
    node.later(minutes=5)
    round_of = [NewLine(restaurant.beer, 2, seat=1), NewLine(restaurant.steak, 1, ((pepper, 1),), note="rare")]
    order = node.act(add_lines, order["id"], [*round_of, NewLine(restaurant.beer, 9)])
    node.act(void_line, order["id"], order["lines"][3]["id"], reason="mistyped")
    node.later(minutes=5)
    order = node.act(repeat_round, order["id"])
    names = ("name", "quantity", "seat", "note", "options")
    first, again = ([{name: line[name] for name in names} for line in order["lines"][at:][:2]] for at in (1, 4))
    assert (first, len(order["lines"])) == (again, 6)
    for line in order["lines"]:
        if line["void_reason"] is None:
            node.act(void_line, order["id"], line["id"], reason="left")
    with pytest.raises(Refused) as refused:
        node.act(repeat_round, order["id"])
    assert refused.value.code == "NOTHING_TO_REPEAT"
