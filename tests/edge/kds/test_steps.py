"""Bump, recall and start: each once, however often it is pressed and however bad the line is."""

import pytest
from playwright.sync_api import Page, expect

from tests.edge.kds.node_double import KitchenNode, line


def place_four(screen: Page, node: KitchenNode) -> list[str]:
    tickets = [node.place(line("Chips"), table=str(number), minutes_ago=10 - number) for number in range(1, 5)]
    expect(screen.locator(".card")).to_have_count(4)
    return tickets


def test_a_tap_bumps_and_the_last_bumped_is_named(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    screen.locator(".card").nth(1).tap()
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 3", "Table 4"])
    expect(screen.locator("[data-bumped]")).to_have_text("Last bumped: Table 2 A1-102")
    assert [node.state_of(ticket) for ticket in tickets] == ["placed", "ready", "placed", "placed"]


def test_number_keys_stay_with_their_tickets_when_cards_move(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    expect(screen.locator(".card-key")).to_have_text(["1", "2", "3", "4"])
    screen.keyboard.press("1")
    expect(screen.locator(".card-key")).to_have_text(["2", "3", "4"])
    screen.keyboard.press("3")
    expect(screen.locator(".card-key")).to_have_text(["2", "4"])
    assert [node.state_of(ticket) for ticket in tickets] == ["ready", "placed", "ready", "placed"]


def test_a_number_key_pressed_twice_bumps_one_ticket(screen: Page, node: KitchenNode) -> None:
    for number in range(12):
        node.place(line("Chips"), table=str(number), minutes_ago=20 - number)
    expect(screen.locator(".card")).to_have_count(12)
    for _ in range(3):
        screen.keyboard.press("1")
    expect(screen.locator(".card")).to_have_count(11)
    expect(screen.locator(".card-key")).to_have_count(10)
    assert sum(node.book.steps.values()) == 1


def test_arrows_pick_and_enter_bumps(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        screen.keyboard.press(key)
    expect(screen.locator(".card")).to_have_count(3)
    screen.keyboard.press("Enter")
    screen.keyboard.press("ArrowDown")
    expect(screen.locator(".card:has(:focus) .card-place")).to_have_text("Table 3")
    assert [node.state_of(ticket) for ticket in tickets] == ["placed", "ready", "placed", "placed"]


def test_a_bump_bar_presses_the_keys_of_its_screen(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    node.press("2")
    expect(screen.locator(".card")).to_have_count(3)
    node.press("ArrowDown")
    node.press("Enter")
    expect(screen.locator(".card")).to_have_count(2)
    assert sum(node.state_of(ticket) == "ready" for ticket in tickets) == 2
    node.press("r")
    expect(screen.locator(".card")).to_have_count(3)


def test_recall_is_one_key_away_and_brings_back_one_after_the_other(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    for key, left in (("2", 3), ("4", 2)):
        screen.keyboard.press(key)
        expect(screen.locator(".card")).to_have_count(left)
    screen.keyboard.press("r")
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 3", "Table 4"])
    screen.reload()
    screen.locator("[data-recall]").tap()
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 2", "Table 3", "Table 4"])
    expect(screen.locator("[data-bumped]")).to_have_text("Nothing bumped yet")
    expect(screen.locator("[data-recall]")).to_be_disabled()
    assert [node.steps_done(ticket, "recall") for ticket in tickets] == [0, 1, 0, 1]


def test_a_recall_before_the_bump_is_answered_is_done_after_it(screen: Page, node: KitchenNode) -> None:
    first, *_ = place_four(screen, node)
    node.hold_answers()
    screen.keyboard.press("1")
    expect(screen.locator(".card")).to_have_count(3)
    screen.keyboard.press("r")
    node.release_answers()
    expect(screen.locator(".card")).to_have_count(4)
    assert [node.steps_done(first, step) for step in ("bump", "recall")] == [1, 1]


def test_a_long_press_or_a_key_starts_a_ticket_without_bumping_it(screen: Page, node: KitchenNode) -> None:
    first, second, *_ = place_four(screen, node)
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("s")
    expect(screen.locator(".card-stage")).to_have_count(1)
    box = screen.locator(".card").nth(1).bounding_box()
    assert box is not None
    screen.mouse.move(box["x"] + 60, box["y"] + 20)
    screen.mouse.down()
    expect(screen.locator(".card").nth(1).locator(".card-step")).to_have_text("Started")
    screen.mouse.up()
    expect(screen.locator(".card-stage")).to_have_count(2)
    assert [node.state_of(ticket) for ticket in (first, second)] == ["in_preparation", "in_preparation"]


def test_twenty_rapid_taps_are_one_bump(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    box = screen.locator(".card").first.bounding_box()
    assert box is not None
    for _ in range(20):
        screen.touchscreen.tap(box["x"] + 80, box["y"] + 30)
    expect(screen.locator(".card")).to_have_count(3)
    assert [node.steps_done(ticket, "bump") for ticket in tickets] == [1, 0, 0, 0]


def test_a_wipe_across_the_glass_bumps_nothing(screen: Page, node: KitchenNode) -> None:
    place_four(screen, node)
    box = screen.locator(".card").first.bounding_box()
    assert box is not None
    screen.mouse.move(box["x"] + 20, box["y"] + 20)
    screen.mouse.down()
    screen.mouse.move(box["x"] + 220, box["y"] + 40, steps=4)
    screen.mouse.up()
    expect(screen.locator(".card.is-pressed")).to_have_count(0)
    assert sum(node.book.steps.values()) == 0


def test_nothing_moves_under_a_finger_that_is_about_to_press(screen: Page, node: KitchenNode) -> None:
    tickets = place_four(screen, node)
    third = screen.locator(".card").filter(has_text="Table 3")
    before = third.bounding_box()
    assert before is not None
    screen.mouse.move(before["x"] + 80, before["y"] + 20)
    screen.mouse.down()
    node.change(tickets[0], state="ready")
    expect(screen.locator(".chip[aria-current=true] [data-load]")).to_have_text("3")
    assert third.bounding_box() == before
    screen.mouse.up()
    expect(screen.locator(".card", has_text="Table 1")).to_have_count(0)
    assert {ticket for ticket, _ in node.book.steps} <= {tickets[2]}


def test_a_bump_whose_answer_is_lost_is_tried_again_and_done_once(screen: Page, node: KitchenNode) -> None:
    ticket, *_ = place_four(screen, node)
    node.turn_link("answers_lost")
    screen.locator(".card").first.tap()
    expect(screen.locator(".card").first.locator(".card-step")).to_have_text("Not bumped yet, trying again")
    assert node.steps_done(ticket, "bump") == 1
    node.turn_link("up")
    expect(screen.locator(".card")).to_have_count(3)
    assert node.steps_done(ticket, "bump") == 1


def test_a_bump_while_cut_off_waits_for_the_node(screen: Page, node: KitchenNode) -> None:
    ticket, *_ = place_four(screen, node)
    node.turn_link("cut")
    expect(screen.locator(".alarm")).to_be_visible()
    screen.locator(".card").first.tap()
    expect(screen.locator(".card").first.locator(".card-step")).to_have_text("Not bumped yet, trying again")
    node.turn_link("up")
    expect(screen.locator(".card")).to_have_count(3)
    assert node.steps_done(ticket, "bump") == 1


@pytest.mark.parametrize("press", ["tap", "key"])
def test_a_refused_bump_says_why_and_can_be_tried_again(screen: Page, node: KitchenNode, press: str) -> None:
    ticket, *_ = place_four(screen, node)
    node.book.refusal = "This ticket was moved to table 9."
    screen.keyboard.press("1")
    why = "Could not bump. This ticket was moved to table 9. Tap to try again"
    expect(screen.locator(".card-foot.is-bad")).to_have_text(why)
    node.book.refusal = None
    if press == "tap":
        screen.locator(".card").first.tap()
    else:
        screen.keyboard.press("1")
    expect(screen.locator(".card")).to_have_count(3)
    assert node.steps_done(ticket, "bump") == 1


def test_a_ticket_bumped_on_another_screen_goes_and_can_be_recalled_here(screen: Page, node: KitchenNode) -> None:
    first, *_ = place_four(screen, node)
    node.change(first, state="ready")
    expect(screen.locator(".card")).to_have_count(3)
    screen.keyboard.press("R")
    expect(screen.locator(".card")).to_have_count(4)
    assert node.state_of(first) == "in_preparation"


def test_lines_are_bumped_and_brought_back_one_by_one_by_touch(screen: Page, node: KitchenNode) -> None:
    ticket = node.place(line("Oryx steak"), line("Chips", 2), line("Kapana plate"), table="1")
    chips = screen.locator(".line", has_text="Chips")
    expect(screen.locator("[data-all-day-total]")).to_have_text("4")
    for _ in range(20):
        chips.tap()
    expect(screen.locator(".line.is-made")).to_have_text("2Chipsready")
    expect(screen.locator("[data-all-day-total]")).to_have_text("2")
    assert node.steps_done(ticket, "bump") == 1
    expect(chips).not_to_have_attribute("data-phase", "done")
    chips.tap()
    expect(screen.locator(".line.is-made")).to_have_count(0)
    expect(screen.locator("[data-all-day-total]")).to_have_text("4")
    screen.locator(".card-head").tap()
    expect(screen.locator(".card")).to_have_count(0)
    assert [node.steps_done(ticket, step) for step in ("bump", "recall")] == [2, 1]


def test_a_ticket_then_its_line_are_chosen_by_keys(screen: Page, node: KitchenNode) -> None:
    node.place(line("Soup"), minutes_ago=5, table="1")
    ticket = node.place(line("Oryx steak"), line("Chips"), line("Kapana plate"), table="2")
    expect(screen.locator(".card")).to_have_count(2)
    screen.keyboard.press("i")
    expect(screen.locator("[data-bumped]")).to_have_text("Which ticket's lines? Press its number")
    screen.keyboard.press("2")
    expect(screen.locator(".line-key")).to_have_text(["1", "2", "3"])
    for key, name in (("3", "Kapana plate"), ("ArrowDown", ""), ("Enter", "Oryx steak")):
        screen.keyboard.press(key)
        if name:
            expect(screen.locator(".line.is-made", has_text=name)).to_have_count(1)
    screen.keyboard.press("Escape")
    expect(screen.locator(".line-key")).to_have_count(0)
    assert node.steps_done(ticket, "bump") == 2
    screen.keyboard.press("2")
    expect(screen.locator(".card-place")).to_have_text(["Table 1"])
    assert node.state_of(ticket) == "ready"


def test_the_expeditor_sees_all_stations_of_an_order_and_serves_what_is_ready(page: Page, node: KitchenNode) -> None:
    node.book.station_id = None
    grill = node.place(line("Oryx steak"), line("Chips"), order_id="o-1", table="5", minutes_ago=2)
    cold = node.place(line("Green salad"), order_id="o-1", table="5", station_id="st-cold", station_name="Cold")
    node.place(line("Soup"), order_id="o-2", table="6")
    page.goto(node.enrol_url)
    page.get_by_role("link", name="The pass").click()
    card = page.locator(".card").first
    expect(page.locator(".card-place")).to_have_text(["Table 5", "Table 6"])
    expect(card.locator(".line-station")).to_have_text(["Cold", "Grill"])
    node.change(cold, state="ready", lines=[{**known, "state": "ready"} for known in node.lines_of(cold)])
    expect(card.locator(".line-at")).to_have_text(["ready", "to make", "to make"])
    card.locator(".card-head").click()
    expect(card.locator(".line-at")).to_have_text(["to make", "to make"])
    assert [node.state_of(ticket) for ticket in (grill, cold)] == ["placed", "served"]
    card.locator(".line", has_text="Chips").click()
    expect(card.locator(".line-at")).to_have_text(["to make", "served"])
    node.change(grill, state="ready", lines=[{**known, "state": "ready"} for known in node.lines_of(grill)])
    expect(card.locator(".card-foot")).to_have_text("All ready. Tap to serve")
    page.keyboard.press("1")
    expect(page.locator("[data-bumped]")).to_have_text("Last bumped: Table 5 A1-101")
    expect(page.locator(".card-place")).to_have_text(["Table 6"])
    page.keyboard.press("r")
    expect(page.locator(".card-place")).to_have_text(["Table 5", "Table 6"])
    assert [node.state_of(ticket) for ticket in (grill, cold)] == ["ready", "served"]


def test_a_station_that_drowns_is_paused_and_takes_orders_again(screen: Page, node: KitchenNode) -> None:
    node.place(line("Chips", 3), line("Soup"), table="1")
    chip = screen.locator(".chip[aria-current=true]")
    expect(chip.locator("[data-work]")).to_have_text("4 to make")
    screen.get_by_role("button", name="Pause ordering").click()
    screen.keyboard.press("1")  # means no ticket while the question stands
    screen.get_by_text("Short of staff").click()
    screen.get_by_role("button", name="Pause", exact=True).click()
    expect(chip.locator("[data-paused]")).to_contain_text("PAUSED until")
    assert node.book.pauses["st-grill"]["reason"] == "Short of staff"
    assert sum(node.book.steps.values()) == 0
    screen.get_by_role("button", name="Take orders again").click()
    expect(chip.locator("[data-paused]")).to_be_empty()
    assert node.book.pauses == {}
