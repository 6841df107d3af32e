"""What stands on the cards, and how it changes."""

from playwright.sync_api import Page, expect

from tests.edge.kds.evenings import busy_evening, long_order
from tests.edge.kds.node_double import PROPERTY, KitchenNode, line


def test_an_empty_kitchen_says_so_and_a_new_ticket_comes_up_by_itself(screen: Page, node: KitchenNode) -> None:
    expect(screen.locator("[data-list=empty]")).to_be_visible()
    node.place(line("Oryx steak", 2, "Rare", seat=1), table="7", server="Hilma", covers=1)
    shown = screen.locator(".card")
    expect(shown).to_have_count(1)
    expect(shown.locator(".card-place")).to_have_text("Table 7")
    expect(shown.locator(".card-facts")).to_have_text("A1-101 · Hilma · 1 cover")
    expect(shown.locator(".line-quantity")).to_have_text("2")
    expect(shown.locator(".line-option")).to_have_text("Rare")
    expect(shown.locator(".line-seat")).to_have_text("seat 1")
    expect(screen.locator("[data-list=empty]")).to_be_hidden()


def test_tickets_stand_rushed_ones_then_oldest_first_and_other_stations_tickets_do_not(
    page: Page, node: KitchenNode
) -> None:
    rushed = node.place(line("Chips"), table="2", minutes_ago=3, course=2)
    node.place(line("Pap"), table="1", minutes_ago=9)
    node.place(line("Tuna salad"), table="3", station_id="st-cold", station_name="Cold")
    page.goto(node.enrol_url)
    expect(page.locator(".card-place")).to_have_text(["Table 1", "Table 2"])
    node.place(line("Wings"), table="4", minutes_ago=5)
    expect(page.locator(".card-place")).to_have_text(["Table 1", "Table 4", "Table 2"])
    loads = page.locator(".chip [data-load]")
    expect(loads).to_have_text(["3", "1", "0"])
    node.change(rushed, rush=True)
    expect(page.locator(".card-place")).to_have_text(["Table 2", "Table 1", "Table 4"])
    expect(page.locator(".card.is-rush .card-rush")).to_have_text("RUSH")
    expect(page.locator(".card-course")).to_have_text(["course 2"])


def test_ages_go_from_calm_to_soon_to_late_against_the_ticket_s_own_time(page: Page, node: KitchenNode) -> None:
    node.place(line("Ribs"), table="1", minutes_ago=30, prep_seconds=3600)
    node.place(line("Chips"), table="2", minutes_ago=5, prep_seconds=360)
    node.place(line("Bread"), table="3", minutes_ago=4, prep_seconds=120)
    page.goto(node.enrol_url)
    expect(page.locator(".card[data-level=calm] .card-place")).to_have_text("Table 1")
    expect(page.locator(".card[data-level=soon] .card-place")).to_have_text("Table 2")
    expect(page.locator(".card[data-level=late] .card-place")).to_have_text("Table 3")
    expect(page.locator(".card-level")).to_have_text(["", "soon", "late"])


def test_ages_follow_the_node_and_not_the_screen_s_own_clock(lone_page: Page, node: KitchenNode) -> None:
    page = lone_page
    page.clock.install(time="2026-01-01T03:00:00Z")  # the screen's clock is months behind
    node.place(line("Ribs"), minutes_ago=4.5)
    page.goto(node.enrol_url)
    expect(page.locator(".card-age")).to_contain_text("4:3")
    expect(page.locator("[data-skew]")).to_be_visible()


def test_removals_stand_in_words_and_allergies_cannot_be_missed(screen: Page, node: KitchenNode) -> None:
    node.place(
        line("Burger", 1, ("Onion", 0), "No pickles", ("Bacon", 2), ("BBQ sauce", 0)),
        line("Salad", 1, note="Guest is allergic to nuts"),
        line("Pap", 1, note="soft"),
        order_note="Coeliac at seat 2",
    )
    expect(screen.locator(".line-option.is-removal")).to_have_text(["no onion", "no pickles", "no BBQ sauce"])
    expect(screen.locator(".line-option:not(.is-removal)")).to_have_text(["2 \N{MULTIPLICATION SIGN} Bacon"])
    expect(screen.locator(".line-allergy")).to_have_text(["Coeliac at seat 2", "Guest is allergic to nuts"])
    expect(screen.locator(".line-note")).to_have_text(["soft"])


def test_halves_what_leads_on_weights_and_the_set_of_a_part_are_said(screen: Page, node: KitchenNode) -> None:
    chosen = [
        {"name": "Olives", "quantity": 1, "half": "left", "depth": 0},
        {"name": "Ranch", "quantity": 1, "half": None, "depth": 1},
    ]
    pizza = {**line("Pizza"), "options": chosen, "part_of": {"id": "1", "name": "Lunch"}}
    ham = {**line("Ham"), "sold_as": {"kind": "kg", "thousandths": 1045, "price_minor": 1, "by": "scale"}}
    node.place(pizza, ham)
    card = screen.locator(".card")
    expect(card.locator(".line-option")).to_have_text(["left half: Olives", "› Ranch", "1.045 kg"])
    expect(card.locator(".line-whole")).to_have_text(["of Lunch"])


def test_what_a_dish_contains_is_in_the_bar_where_a_guest_is_allergic(screen: Page, node: KitchenNode) -> None:
    node.place(
        line("Satay", 1, "Nut allergy", allergens=["peanuts", "soya"]),
        line("Cake", 1, allergens=["eggs", "lupins"]),
    )
    bars = screen.locator(".line-allergy")
    expect(bars).to_have_text(["Nut allergy", "contains peanuts, soya"])
    expect(screen.locator(".line-contains")).to_have_text(["contains eggs, lupins"])
    node.place(line("Cake", 1, allergens=["eggs"]), order_note="Coeliac at seat 2")
    expect(bars).to_have_text(["Nut allergy", "contains peanuts, soya", "Coeliac at seat 2", "contains eggs"])


def test_what_a_guest_wrote_is_never_more_than_text(screen: Page, node: KitchenNode) -> None:
    node.place(line("<img src=x onerror=alert(1)>", note="<b>bold</b>"), table="<i>1</i>")
    expect(screen.locator(".line-name")).to_have_text("<img src=x onerror=alert(1)>")
    expect(screen.locator(".line-note")).to_have_text("<b>bold</b>")
    expect(screen.locator("#board img, #board b, #board i")).to_have_count(0)


def test_a_change_after_firing_stands_out_until_somebody_acknowledges_it(screen: Page, node: KitchenNode) -> None:
    ticket = node.place(line("Chips", 2), line("Pap", 1), line("Wings", 6))
    expect(screen.locator(".card")).to_have_count(1)
    node.add_line(ticket, line("Bread", 1))
    node.void_line(ticket, "Pap", "guest left")
    node.change(
        ticket,
        lines=[{**item, "quantity": 3} if item["name"] == "Chips" else item for item in node.lines_of(ticket)],
    )
    marks = screen.locator(".line-mark")
    expect(marks).to_have_text(["CHANGED, was 2", "VOID guest left", "ADDED"])
    foot = screen.locator(".card-foot")
    expect(foot).to_have_text("Changed. Tap to acknowledge")
    screen.locator(".card").tap()
    expect(foot).to_have_count(0)
    expect(marks).to_have_text(["VOID"])
    assert node.state_of(ticket) == "placed"
    screen.reload()
    expect(marks).to_have_text(["VOID"])
    expect(foot).to_have_count(0)


def test_a_voided_ticket_stays_until_somebody_has_seen_it(screen: Page, node: KitchenNode) -> None:
    ticket = node.place(line("Chips"))
    expect(screen.locator(".card")).to_have_count(1)
    node.change(ticket, state="voided")
    expect(screen.locator(".card-void")).to_have_text("VOID: stop cooking")
    expect(screen.locator("[data-all-day]")).to_contain_text("Nothing to make")
    screen.keyboard.press("1")
    expect(screen.locator(".card")).to_have_count(0)
    assert node.steps_done(ticket, "bump") == 0


def test_the_rail_counts_all_day_without_voids(screen: Page, node: KitchenNode) -> None:
    node.place(line("Chips", 2), line("Pap", 1))
    ticket = node.place(line("Chips", 3), line("Pap", 5))
    node.void_line(ticket, "Pap", "out")
    expect(screen.locator("[data-all-day] li")).to_have_text(["5Chips", "1Pap"])
    expect(screen.locator("[data-all-day-total]")).to_have_text("6")


def test_a_long_ticket_flows_on_and_says_so(screen: Page, node: KitchenNode) -> None:
    node.place(*long_order(), table="21")
    parts = screen.locator(".card")
    expect(parts).to_have_count(2)
    expect(parts.nth(0).locator(".card-more")).to_have_text("continues")
    expect(parts.nth(1).locator(".card-again")).to_contain_text("Table 21continued")
    names = [str(item["name"]) for item in long_order()]
    expect(screen.locator(".line-name")).to_have_text(names)
    board = screen.locator("#board").bounding_box()
    assert board is not None
    for part in parts.all():
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= board["y"] + board["height"]


def test_tickets_that_find_no_room_are_counted_and_a_press_away(page: Page, node: KitchenNode) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    busy_evening(node)
    page.goto(node.enrol_url)
    more = page.locator("[data-more]")
    expect(more).to_contain_text("more · page 1 of")
    page.keyboard.press("PageDown")
    expect(more).to_contain_text("page 2 of")
    expect(page.locator(".card-place", has_text="Table 7")).to_have_count(0)


def test_no_text_is_missing_and_nothing_comes_from_another_host(page: Page, node: KitchenNode) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    busy_evening(node)
    page.goto(node.enrol_url)
    page.locator("[data-sign][data-state=online]").wait_for()
    assert "⟦" not in page.locator("body").inner_text()
    assert {url.split("/")[2] for url in asked} == {node.url.split("/")[2]}
    assert f"{node.url}/api/v1/properties/{PROPERTY}/tickets?state=open" in asked
