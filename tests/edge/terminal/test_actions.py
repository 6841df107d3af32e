"""The table of actions at a real node: what staff do with an order and the drawer, each by its key."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from textual.pilot import Pilot

from edge.terminal import enrolment
from edge.terminal.actions import ACTIONS, offered
from edge.terminal.app import TerminalApp
from edge.terminal.locations import locations_of
from edge.terminal.shapes.node import Enrolled
from edge.terminal.shapes.orders import Order
from edge.terminal.subject import Subject
from hospitality.people.proofs import code_hash_of
from hospitality.people.rules import ROLES
from hospitality.people.service.pins import issue_pin_code
from tests.edge.floor.evening import draw_room
from tests.edge.node_fixture import PROPERTY, SELMA, TOIVO, WAIT_SECONDS, manager
from tests.edge.served_node import ServedNode, copy_of, served_node
from tests.edge.terminal.driving import running, type_in, until, until_gone, until_shown

PINS = {SELMA: "246810", TOIVO: "1357"}


def with_pins(lan: ServedNode) -> None:
    for person, pin in PINS.items():
        code = f"2H8P-6VBN-5Z7{pin[0]}"
        issue = lambda work, person=person, code=code: issue_pin_code(work, person, code_hash=code_hash_of(code))  # noqa: E731
        lan.node.host.writer.act(manager(), issue).result(WAIT_SECONDS)
        answer = lan.post("pins", {"code": code, "pin": pin}, key=person, token=lan.tokens["till"])
        assert answer.status_code == 201, answer.text


def app_of(lan: ServedNode, folder: Path) -> TerminalApp:
    """The till of the furnished node."""
    place = locations_of(folder, lan.url)
    till = {"terminal_id": lan.tokens["till_id"], "token": lan.tokens["till"], "property_id": PROPERTY}
    enrolment.keep(place.enrolment, Enrolled(**till, name="Till", kind="till", property_name="Dune House"))
    return TerminalApp(lan.url, place, chance=Random(3))


async def sign_in(pilot: Pilot[int], name: str, pin: str) -> None:
    await until_shown(pilot, "Who is it?", "Selma", "Toivo")
    await type_in(pilot, name)
    await pilot.press("enter")
    await type_in(pilot, pin)
    await pilot.press("enter")
    await until_shown(pilot, "F10 Sign out", "Rump steak")


async def form(pilot: Pilot[int], shown: str, *answers: str) -> None:
    """Fill in the form that is about to open; what is one key is pressed."""
    await until_shown(pilot, shown)
    for answer in answers:
        if answer in ("enter", "home", "end") or len(answer) == 1:
            await pilot.press(answer)
        else:
            await type_in(pilot, answer)


async def approve(pilot: Pilot[int], pin: str = PINS[SELMA]) -> None:
    await until_shown(pilot, "A manager's PIN is needed", "Selma")
    await pilot.press("1")
    await type_in(pilot, pin)
    await pilot.press("enter")


async def in_two_courses(pilot: Pilot[int]) -> None:
    """Two courses, two seats: what is of the second waits until it is fired."""
    await type_in(pilot, "@1 soup")
    await pilot.press("enter")
    await type_in(pilot, "#2")
    await pilot.press("enter")
    await until_shown(pilot, "@1 · #2")
    await type_in(pilot, "lager")
    await pilot.press("enter", "f8")
    await until_shown(pilot, "Accepted", "Course 2 · HELD", "Butternut soup @1")
    await pilot.press("full_stop", "f")
    await until_shown(pilot, "Fired: the kitchen has it.")
    await pilot.press("full_stop", "u")
    await until_shown(pilot, "asked to hurry")
    await pilot.press("full_stop", "t")
    await form(pilot, "To table", "14", "enter")
    await until_shown(pilot, "Table 14")
    await pilot.press("full_stop", "g")
    await form(pilot, "Guests", "3", "enter")
    await until_shown(pilot, "3 guests")
    await pilot.press("full_stop", "a")
    await until_shown(pilot, "Ordered again.")


async def with_a_manager(pilot: Pilot[int]) -> None:
    """What the role may not do asks for a manager, tells a wrong PIN, and is done once with the right one."""
    await pilot.press("full_stop")
    await until_shown(pilot, "Discount the order", "manager's PIN")
    await pilot.press("d")
    await form(pilot, "How much", "10%", "enter", "2")
    await approve(pilot, "000000")
    await until_shown(pilot, "not the PIN")
    await type_in(pilot, PINS[SELMA])
    await pilot.press("enter")
    await until_shown(pilot, "The discount is off.", "Discount 10 %", "-22.00")
    await pilot.press("full_stop", "w")
    await form(pilot, "Which", "1", "1")
    await approve(pilot)
    await until_shown(pilot, "It counts no more.")
    await until_gone(pilot, "Discount 10 %")
    await pilot.press("tab", "tab", "home", "delete")
    await form(pilot, "Void this line: Butternut soup", "1", "3")
    await approve(pilot)
    await until_shown(pilot, "VOID: Keyed in wrong")
    await pilot.press("down", "enter")
    await until_shown(pilot, "Comp this line")
    await pilot.press("x", "3")
    await until_shown(pilot, "A manager's PIN is needed", "On the house")
    await pilot.press("escape")
    await until_shown(pilot, "Not done.")


async def at_the_door(pilot: Pilot[int]) -> None:
    """Guests wait and are seated, their table is told of until it is clean, and others sit down."""
    await pilot.press("f5")
    await until_shown(pilot, "Business date")
    await pilot.press("full_stop")
    await until_shown(pilot, "Put guests on the waitlist")
    await pilot.press("y")
    await form(pilot, "Name", "Naango", "enter", "4", "enter", "enter", "enter")
    await until_shown(pilot, "They wait")
    await pilot.press("full_stop")
    await until_shown(pilot, "Seat who waits")
    await pilot.press("e")
    await form(pilot, "Naango · 4 guests", "1", "2")
    await until_shown(pilot, "They are seated")
    for step in ("1", "2", "3"):  # the bill is asked, they left, it is clean
        await pilot.press("full_stop")
        await until_shown(pilot, "A table: bill asked")
        await pilot.press("a")
        await form(pilot, "Which", "1", step)
        await until_shown(pilot, "The floor knows.")
    await pilot.press("full_stop")
    await until_shown(pilot, "Seat guests at a free table")
    await pilot.press("g")
    await form(pilot, "seats", "1", "2", "enter")
    await until_shown(pilot, "They are seated")


async def in_parts(pilot: Pilot[int], app: TerminalApp) -> None:
    """Equal parts, a tip, and money given back."""
    await pilot.press("f7")
    await until_shown(pilot, "How is it paid?")
    await pilot.press("e")
    await form(pilot, "How many", "2", "enter")
    await until_shown(pilot, "To pay, 2 parts left")
    await pilot.press("t")
    await type_in(pilot, "5")
    await pilot.press("enter", "1", "enter")
    await until_shown(pilot, "The rest is still to pay", "To pay, 1 part left")
    await pilot.press("1", "enter")
    await until_shown(pilot, "Receipt A1-", "Tip")
    await pilot.press("full_stop", "r")
    await form(pilot, "Give money back", "1", "10", "enter", "enter", "1")
    await approve(pilot)
    await until_shown(pilot, "Given back")
    await until(pilot, lambda: not app.desk.outbox.actions)


async def again(pilot: Pilot[int], app: TerminalApp) -> None:
    """Another order is paid, opened again with a manager's PIN, added to, and paid to its end."""
    await pilot.press("enter", "slash")
    await type_in(pilot, "soup")
    await pilot.press("enter", "f8")
    await until_shown(pilot, "Accepted", "75.00")
    await pilot.press("f7")
    await until_shown(pilot, "How is it paid?")
    await pilot.press("1", "enter")
    await until_shown(pilot, "Receipt A1-2")
    await pilot.press("full_stop", "o")
    await form(pilot, "Open it again", "1")
    await approve(pilot)
    await until_shown(pilot, "It is open again")
    await pilot.press("f3")
    await until_shown(pilot, "A1-2", "Open/paid")
    await pilot.press("enter")
    await until_shown(pilot, "Receipt A1-2 counts no", "opened again")
    await pilot.press("slash")
    await type_in(pilot, "lager")
    await pilot.press("enter", "f8")
    await until_shown(pilot, "To pay", "35.70")
    await pilot.press("f7")
    await until_shown(pilot, "How is it paid?")
    await pilot.press("o", "o")
    await until_shown(pilot, "a code told by telephone; type it")
    await pilot.press("enter")
    await until_shown(pilot, "Type the reference")
    await type_in(pilot, "CODE-7")
    await pilot.press("enter")
    await until_shown(pilot, "A manager's PIN", "A card may be taken offline up to 0.00 NAD")
    await approve(pilot)
    await until_shown(pilot, "Say why it is approved")
    await type_in(pilot, "The line is down")
    await pilot.press("enter")
    await until_shown(pilot, "Receipt A1-3")
    await until(pilot, lambda: not app.desk.outbox.actions)


def test_a_server_does_all_that_an_orderneeds_and_a_managers_pin_lends_the_rest(
    furnished: Path, tmp_path: Path
) -> None:
    async def scenario(lan: ServedNode) -> None:
        app = app_of(lan, tmp_path / "state")
        async with running(app, (100, 40)) as pilot:
            await sign_in(pilot, "toivo", PINS[TOIVO])
            await in_two_courses(pilot)
            await with_a_manager(pilot)
            await in_parts(pilot, app)
            await again(pilot, app)

    with served_node(copy_of(furnished, tmp_path / "node")) as lan:
        with_pins(lan)
        asyncio.run(scenario(lan))
        lan.token = lan.tokens["kitchen"]
        reopened, order = lan.get("orders").json()["items"]
        (refund,) = lan.get("refunds").json()["items"]
        (risked,) = lan.get("offline-cards", open="true").json()["items"]
        tips = sum(payment["tip_minor"] for payment in lan.get("payments").json()["items"])
    assert (risked["way"], risked["reference"], risked["at_risk_minor"], risked["over"]) == (
        "voice",
        "CODE-7",
        3570,
        "card",
    )
    assert [(line["seat"], line["course"], line["void_reason"]) for line in order["lines"]] == [
        (1, None, "Keyed in wrong"),
        (1, 2, None),
        (1, None, None),
        (1, None, None),
    ]
    assert (order["table"], order["covers"], order["adjustments"]) == ("14", 3, [])
    assert (tips, refund["amount_minor"], refund["reason"]) == (500, 1000, "Keyed in wrong")
    assert (reopened["payment_state"], reopened["due_minor"], reopened["paid_minor"]) == ("settled", 0, 11070)
    assert reopened["withdrawn_receipts"] == [{"number": "A1-2", "cause": "reopened"}]


def test_checks_are_split_and_merged_a_time_promised_and_guests_put_on_the_waitlist(
    furnished: Path, tmp_path: Path
) -> None:
    async def scenario(lan: ServedNode) -> None:
        async with running(app_of(lan, tmp_path / "state"), (100, 40)) as pilot:
            await sign_in(pilot, "toivo", PINS[TOIVO])
            for words in ("@1 soup", "@2 8 lager", "@3 soup"):
                await type_in(pilot, words)
                await pilot.press("enter")
            await pilot.press("f8")
            await until_shown(pilot, "Accepted")
            await pilot.press("full_stop", "k")
            await form(pilot, "A check for each seat", "3")  # after all and seat 2: seat 3 alone
            await until_shown(pilot, "Split: F3 lists the checks.")
            await until(pilot, lambda: len(pilot.app.desk.board.open_orders()) == 2)  # type: ignore[attr-defined]
            await pilot.press("full_stop", "m")
            await form(pilot, "Which comes here", "1")
            await until_shown(pilot, "Merged: all of it is here.")
            await pilot.press("full_stop", "1")
            await until_shown(pilot, "No printer is set up for receipts")
            await pilot.press("full_stop", "h")
            await form(pilot, "in 20 min", "3")
            await until_shown(pilot, "Promised.")
            await pilot.press("tab", "tab", "end", "enter")
            await until_shown(pilot, "Lines to another check")
            await pilot.press("l")
            await until_shown(pilot, "What goes", "Butternut soup @3")
            await pilot.press("3", "3", "9")  # of the eight, three; there are not thirty-nine
            await until_shown(pilot, "3_ of 8")
            await pilot.press("enter", "1", "enter", "1")  # and the soup under the cursor, to a new check
            await until_shown(pilot, "Moved: F3 lists the checks.")
            await until(pilot, lambda: len(pilot.app.desk.board.open_orders()) == 2)  # type: ignore[attr-defined]
            await pilot.press("full_stop", "l")
            await until_shown(pilot, "What goes")
            await pilot.press("1", "1", "enter", "enter", "2")  # one more of the beers, to the check that is open
            await until_shown(pilot, "Moved: F3 lists the checks.")
            await at_the_door(pilot)

    with served_node(copy_of(furnished, tmp_path / "node")) as lan:
        draw_room(lan)
        with_pins(lan)
        asyncio.run(scenario(lan))
        lan.token = lan.tokens["kitchen"]
        orders = sorted(lan.get("orders").json()["items"], key=lambda one: str(one["number"]))
        (party,) = lan.get("parties").json()["items"]
        tables = lan.get("floor").json()["tables"]
    assert sorted((one["state"], one["covers"]) for one in tables if one["state"] != "free") == [("seated", 2)]
    assert [[(line["name"], line["quantity"]) for line in one["lines"]] for one in orders if one["lines"]] == [
        [("Butternut soup", 1), ("Draught lager", 4)],
        [("Butternut soup", 1), ("Draught lager", 3), ("Draught lager", 1)],
    ]
    assert [one["promise"] for one in orders if one["lines"]] == ["given", "reckoned"]
    assert (party["name"], party["covers"], party["seated_at"]) == ("Naango", 4, []), "they left"


def test_a_drawer_is_opened_counted_blind_and_the_day_closed_from_the_status(furnished: Path, tmp_path: Path) -> None:
    async def scenario(lan: ServedNode) -> None:
        app = app_of(lan, tmp_path / "state")
        async with running(app, (100, 40)) as pilot:
            await sign_in(pilot, "selma", PINS[SELMA])
            assert app.desk.session
            lan.token = app.desk.session.token
            await pilot.press("f5")
            await until_shown(pilot, "Business date")
            await pilot.press("full_stop")
            await until_shown(pilot, "Set up a drawer")
            await pilot.press("n")
            await form(pilot, "Name", "Bar drawer", "enter")
            await until_shown(pilot, "The drawer is set up")
            await pilot.press("full_stop")
            await until_shown(pilot, "Open the drawer")
            await pilot.press("o")
            await form(pilot, "Float", "500", "enter")
            await until_shown(pilot, "The drawer is open")
            await pilot.press("full_stop")
            await until_shown(pilot, "Paid out")
            await pilot.press("u")
            await form(pilot, "How much", "120.50", "enter", "1")
            await until_shown(pilot, "Written down.")
            await pilot.press("full_stop")
            await until_shown(pilot, "X report")
            await pilot.press("x")
            await until_shown(pilot, "Cash in and out", "120.50")
            await pilot.press("enter", "full_stop")
            await until_shown(pilot, "Count the drawer")
            await pilot.press("c")
            await form(pilot, "NAD", "379.00", "enter", "enter")
            await until_shown(pilot, "Counted. NAD 0.50 short")
            await pilot.press("full_stop")
            await until_shown(pilot, "Server checkout")
            await pilot.press("s")
            await form(pilot, "Cash tips kept", "12", "enter")
            await until_shown(pilot, "Handed in.", "Selma")
            await pilot.press("enter", "full_stop")
            await until_shown(pilot, "Z report")
            await pilot.press("z")
            await form(pilot, "Sure?", "1")
            await until_shown(pilot, "The day is closed.", "Z report A1-")

    with served_node(copy_of(furnished, tmp_path / "node")) as lan:
        with_pins(lan)
        asyncio.run(scenario(lan))
        (day,) = lan.get("business-days").json()["items"]
    assert (day["status"], day["number"] is not None) == ("closed", True)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_offered_what_it_may_or_what_a_pin_lends(role: str) -> None:
    may: Callable[[str], bool] = lambda right: not {right, "*"}.isdisjoint(ROLES[role])  # noqa: E731
    names = {action.name for action in offered(Subject(), ("till",), may)}
    assert ("x" in names) is may("reports.read")
    assert {"check_out"} <= names
    order = Order(
        id="o",
        number="A1-1",
        channel="dine_in",
        currency="NAD",
        lines=(),
        total_minor=100,
        paid_minor=100,
        due_minor=0,
        payment_state="settled",
        kitchen_state="served",
        opened_at=None,  # type: ignore[arg-type]
    )
    assert [action.name for action in offered(Subject(order=order), ("line", "order"), may)] == [
        *("reopen", "refund", "reprint"),
        *("give_back_to_card", "card_went_back", "card_was_not_given_back"),
    ]


def test_every_action_has_a_key_of_its_own_among_those_shown_together() -> None:
    for scopes in (("line", "order"), ("till",)):
        keys = [action.key for action in ACTIONS if action.scope in scopes]
        assert sorted(set(keys)) == sorted(keys)
    rights = {right for role in ROLES.values() for right in role}
    assert {action.right for action in ACTIONS} <= rights
