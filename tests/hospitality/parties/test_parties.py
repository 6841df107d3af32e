"""An evening at the door, on both databases; and over HTTP."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from hospitality.checks.reading import order_view
from hospitality.days.loading import expected_cash
from hospitality.days.reading import x_report
from hospitality.ground.clock import instant_text, trading_span, utc_now
from hospitality.ground.errors import Forbidden, Refused
from hospitality.ground.ids import new_id
from hospitality.ground.texts import set_text
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.parties.api import Parties, PartyShape, Quote, Suggestions
from hospitality.parties.models import Party
from hospitality.parties.reading import parties_view, party_view, quote_view, suggestions_view
from hospitality.parties.rules.deposits import NewDeposit, NewEnd
from hospitality.parties.service import add_party, edit_host_rules, edit_party, seat_party, step_party
from hospitality.parties.service.deposits import apply_deposit, end_deposit, take_deposit
from hospitality.payments.rules import NewRefund
from hospitality.payments.service.refund import refund_payment
from hospitality.tables.reading import floor_view, table_view
from hospitality.tables.service.layout import add_area, add_table
from hospitality.tables.service.seating import seat_guests, step_seating
from tests.hospitality.days.test_drawers import opened
from tests.hospitality.node import Node, Restaurant
from tests.hospitality.served import Served, code_of

# label, seats, left edge: 1 and 2 can be put together, 3 and 4 stand by themselves
TABLES = (("1", 2, 0), ("2", 2, 160), ("3", 4, 640), ("4", 6, 1200))


@pytest.fixture
def room(node: Node) -> dict[str, str]:
    """A room of four tables: label → id."""
    area = node.act(add_area, name="Room")["id"]

    def table(label: str, seats: int, x: int) -> str:
        plan = {"x": x, "y": 0, "w": 96, "h": 96, "rotation": 0}
        return str(node.act(add_table, area_id=area, label=label, seats=seats, shape="square", plan=plan)["id"])

    return {label: table(label, seats, x) for label, seats, x in TABLES}


def refused(node: Node, verb: Any, *args: Any, **kwargs: Any) -> str:
    """The code with which a verb is refused; nothing was written."""
    before = node.store.counts()
    with pytest.raises(Refused) as found:
        node.act(verb, *args, **kwargs)
    assert node.store.counts() == before
    return found.value.code


def came(node: Node, covers: int, **fields: Any) -> dict[str, Any]:
    """Guests come in, or reserve."""
    party: dict[str, Any] = node.act(add_party, {"name": f"Party of {covers}", "covers": covers, **fields})
    return party


def in_minutes(node: Node, minutes: int) -> str:
    """A moment of the evening."""
    return instant_text(node.now + timedelta(minutes=minutes))


def suggested(node: Node, covers: int, **asked: Any) -> list[list[str]]:
    """The labels that so many are offered, the best first."""
    found = node.read(suggestions_view, covers=covers, area_id=None, now=node.now, **asked)
    return [item["labels"] for item in found["items"]]


def state(node: Node, party: dict[str, Any]) -> str:
    """How far a party is."""
    return str(node.read(party_view, party["id"], now=node.now)["state"])


def test_those_who_wait_are_told_how_long_and_sit_in_their_turn(node: Node, room: dict[str, str]) -> None:
    assert suggested(node, 2) == [["1"], ["2"], ["3"], ["4"]]
    assert suggested(node, 3) == [["3"], ["4"], ["1", "2"]]
    assert suggested(node, 40) == []
    for label, covers in (("1", 2), ("2", 2), ("3", 4), ("4", 6)):
        node.act(seat_guests, room[label], covers=covers)
        node.later(minutes=10)
    # the first table turns after 90 minutes and is cleaned in five: 55 minutes from now
    first = came(node, 2, phone=" +264 81 000 0000 ", note="window")
    assert (first["state"], first["quoted_for"]) == ("waiting", in_minutes(node, 55))
    assert first["phone"] == "+264 81 000 0000"
    node.later(minutes=1)
    second = came(node, 2)
    assert second["quoted_for"] == in_minutes(node, 65)
    quote = node.read(quote_view, covers=2, area_id=None, now=node.now)
    assert quote == {"covers": 2, "ahead": 2, "minutes": 75, "at": in_minutes(node, 75)}
    assert node.read(quote_view, covers=12, area_id=None, now=node.now)["minutes"] is None
    told = came(node, 4, quoted_minutes=20)
    assert told["quoted_for"] == in_minutes(node, 20), "what the host said goes before what is reckoned"
    node.act(step_seating, room["1"], step="ended")
    node.act(step_seating, room["1"], step="cleaned")
    assert suggested(node, 2) == [["1"]]
    assert node.act(step_party, first["id"], step="told")["told_at"] == in_minutes(node, 0)
    seated = node.act(seat_party, first["id"], table_ids=[room["1"]])
    assert (seated["state"], seated["seated_at"]) == ("seated", [room["1"]])
    assert node.read(table_view, room["1"])["party_id"] == first["id"]
    assert refused(node, seat_party, first["id"], table_ids=[room["2"]]) == "PARTY_NOT_WAITING"
    assert refused(node, seat_party, second["id"], table_ids=[room["2"]]) == "TABLE_TAKEN"
    assert refused(node, step_party, first["id"], step="cancelled") == "PARTY_STEP"
    node.act(step_party, second["id"], step="cancelled")
    view = node.read(parties_view, now=node.now)
    assert [item["state"] for item in view["items"]] == ["waiting", "seated", "cancelled"]
    with pytest.raises(Forbidden):
        node.as_("orders.place").act(add_party, {"name": "No", "covers": 2})
    assert "+264" not in str([entry["data"] for entry in node.journal("parties.")])


def test_a_reservation_keeps_its_tables_and_is_let_go_after_the_grace_time(node: Node, room: dict[str, str]) -> None:
    hour = in_minutes(node, 60)
    party = came(node, 4, reserved_for="2026-03-01T20:00:00+02:00", table_ids=[room["1"], room["2"]])
    assert (party["state"], party["reserved_for"], party["quoted_for"]) == ("reserved", hour, None)
    assert refused(node, add_party, {"name": "B", "covers": 2, "reserved_for": hour, "table_ids": [room["1"]]}) == (
        "TABLE_RESERVED"
    )
    assert refused(node, add_party, {"name": "B", "covers": 2, "reserved_for": "tonight"}) == "RESERVATION_INVALID"
    other = came(node, 2, reserved_for=in_minutes(node, 150), table_ids=[room["1"]])
    assert refused(node, edit_party, other["id"], {"reserved_for": hour}) == "TABLE_RESERVED"
    # tables that are kept soon are no table for those who come now, until the hour allows a turn before
    assert suggested(node, 2) == [["3"], ["4"]]
    node.later(minutes=61)
    assert state(node, party) == "late"
    node.later(minutes=15)
    assert state(node, party) == "no_show"
    assert ["2"] in suggested(node, 2), "its tables are anybody's"
    seated = node.act(seat_party, party["id"], table_ids=[])
    assert seated["state"] == "seated", "who comes after all still gets the tables, if they are free"
    joined = node.read(table_view, room["2"])
    assert (joined["joined_to"], joined["state"]) == (room["1"], "seated")
    assert node.act(edit_host_rules, {"grace_minutes": 5, "turn_minutes": 60})["grace_minutes"] == 5
    assert refused(node, edit_host_rules, {"turn_minutes": 1}) == "MINUTES_INVALID"
    assert node.act(edit_party, other["id"], {"table_ids": []})["table_ids"] == []
    node.later(minutes=75)
    assert state(node, other) == "late"
    node.later(minutes=5)
    assert state(node, other) == "no_show"
    node.act(step_party, other["id"], step="arrived")
    assert state(node, other) == "waiting"


def test_one_table_for_two_that_was_given_while_apart_is_seen_and_settled(node: Node, room: dict[str, str]) -> None:
    hour = in_minutes(node, 60)
    party = came(node, 2, reserved_for=hour, table_ids=[room["3"]])
    apart = new_id()
    with node.work() as work:  # as it comes from head office
        row = {"name": "Apart", "covers": 3, "reserved_for": hour, "table_ids": set_text([room["3"], room["4"]])}
        fields = dict.fromkeys(("phone", "note", "area_id", "stay_minutes", "quoted_for", "made_by"))
        work.add(Party, {"id": apart, **fields, **row, "made_at": in_minutes(node, -60)})
    assert node.read(party_view, party["id"], now=node.now)["clashes"] == [{"party_id": apart, "was_first": True}]
    assert node.read(party_view, apart, now=node.now)["clashes"] == [{"party_id": party["id"], "was_first": False}]
    assert node.act(edit_party, apart, {"note": "by the window"})["note"] == "by the window", "other edits go on"
    settled = node.act(edit_party, party["id"], {"table_ids": [room["1"]]})
    assert settled["clashes"] == node.read(party_view, apart, now=node.now)["clashes"] == []


def test_a_deposit_is_held_and_becomes_a_payment_on_the_evening(restaurant: Restaurant, room: dict[str, str]) -> None:
    node = restaurant.node
    node.act(edit_host_rules, {"deposit_covers_min": 6, "deposit_minor": 5_000})
    session = opened(node, float_minor=10_000)
    party = came(node, 6, reserved_for=in_minutes(node, 24 * 60))
    assert party["deposit_asked_minor"] == 30_000
    held = node.act(take_deposit, party["id"], NewDeposit("cash", 30_000))
    held = node.act(take_deposit, party["id"], NewDeposit("card", 700, "T-1"))
    assert held["deposit_held_minor"] == 30_700
    cash, card = [deposit["id"] for deposit in held["deposits"]]

    def drawer() -> int:
        found = expected_cash(node.reading(), session, float_minor=10_000, currency="NAD")
        return found["NAD"]

    def figures(*sections: str) -> dict[str, int]:
        found = node.read(x_report)["figures"]
        return {one["name"]: one["amount_minor"] for one in found if one["section"] in sections}

    assert drawer() == 40_000
    assert figures("deposits", "payments", "receipts") == {"taken card": 700, "taken cash": 30_000}, "no sale"
    node.later(days=1)
    order = node.act(place_order, NewOrder("dine_in", (NewLine(restaurant.soup, 1),), "3"))
    after = node.act(apply_deposit, cash, order_id=order["id"])
    assert after["deposit_held_minor"] == 29_800
    paid = node.read(order_view, order["id"])
    assert (paid["payment_state"], paid["due_minor"]) == ("settled", 0)
    assert drawer() == 40_000, "the cash was there already"
    assert figures("payments") == {"deposit": 900}
    assert figures("deposits") == {"applied": -900}
    assert refused(node, apply_deposit, cash, order_id=order["id"]) == "ORDER_SETTLED"
    payment = node.read(lambda r: r.value("SELECT id FROM payments WHERE org_id = :org_id"))
    node.act(refund_payment, payment, NewRefund(400, "cold"))
    assert node.read(party_view, party["id"], now=node.now)["deposit_held_minor"] == 30_200, "held again"
    assert refused(node, end_deposit, cash, NewEnd("given_back", 29_501, "x")) == "DEPOSIT_SPENT"
    assert refused(node, end_deposit, cash, NewEnd("kept", 100, " ")) == "REASON_MISSING"
    node.act(end_deposit, cash, NewEnd("given_back", 29_000, "came with fewer"))
    assert drawer() == 11_000
    node.act(end_deposit, card, NewEnd("kept", 700, "never came"))
    assert node.read(party_view, party["id"], now=node.now)["deposit_held_minor"] == 500
    assert figures("deposits") == {"applied": -500, "given back cash": -29_000, "kept": -700}
    with pytest.raises(Refused) as asked:
        node.as_("payments.take").act(end_deposit, cash, NewEnd("given_back", 500, "all of it"))
    assert asked.value.code == "APPROVAL_NEEDED"


@freeze_time("2026-03-28T20:00:00Z")
def test_a_day_of_reservations_is_a_business_day_by_the_propertys_clock(node: Node) -> None:
    node.now = utc_now()
    # 29 March in Windhoek from four to four; Berlin's has an hour less
    assert trading_span(date(2026, 3, 29), "Africa/Windhoek", 4)[0] == datetime(2026, 3, 29, 2, tzinfo=UTC)
    begins, ends = trading_span(date(2026, 3, 28), "Europe/Berlin", 4)
    assert ends - begins == timedelta(hours=23)
    late = came(node, 2, reserved_for="2026-03-29T03:30:00+02:00")
    tomorrow = came(node, 2, reserved_for="2026-03-29T04:00:00+02:00")
    assert [item["id"] for item in node.read(parties_view, now=node.now)["items"]] == [late["id"]]
    asked = node.read(parties_view, now=node.now, day=date(2026, 3, 29))
    assert (asked["date"], [item["id"] for item in asked["items"]]) == ("2026-03-29", [tomorrow["id"]])


def test_the_door_over_http(served: Served) -> None:
    node, staff = served.node, served.person()
    area = node.act(add_area, name="Room")["id"]
    plan = {"x": 0, "y": 0, "w": 96, "h": 96, "rotation": 0}
    table = node.act(add_table, area_id=area, label="1", seats=4, shape="round", plan=plan)["id"]
    party = staff.post("parties", {"name": "Ines", "covers": 3})
    PartyShape.model_validate(party.json())
    assert party.status_code == 201
    Quote.model_validate(staff.get("parties/quote", covers=2).json())
    found = staff.get("table-suggestions", covers=3, party_id=party.json()["id"])
    assert Suggestions.model_validate(found.json()).items[0].table_ids == [table]
    path = f"parties/{party.json()['id']}"
    assert staff.patch(path, {"covers": 4}).json()["covers"] == 4
    assert staff.post(f"{path}/seatings", {"table_ids": [table]}).json()["state"] == "seated"
    assert len(Parties.model_validate(staff.get("parties").json()).items) == 1
    assert code_of(staff.get(f"parties/{new_id()}")) == "PARTY_NOT_FOUND"
    assert code_of(staff.post(f"{path}/deposits", {"tender": "card", "amount_minor": 5})) == "REFERENCE_MISSING"
    assert node.read(floor_view)["tables"][0]["covers"] == 4
