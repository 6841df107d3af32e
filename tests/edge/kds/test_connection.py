"""A kitchen screen never lies (R6): it says when it is deaf, and comes back without a gap or a repeat."""

from playwright.sync_api import Page, expect

from tests.edge.kds.node_double import KitchenNode, line
from tests.edge.printing.evening import wait_for


def sign(screen: Page, state: str) -> None:
    expect(screen.locator(f"[data-sign][data-state={state}]")).to_be_visible(timeout=15_000)


def test_a_silent_node_is_told_within_five_seconds_with_since_when(lone_page: Page, node: KitchenNode) -> None:
    page = lone_page
    page.clock.install()
    page.goto(node.enrol_url)
    node.set_sync("property_only", 5)
    expect(page.locator("[data-sign-detail]")).to_have_text("5 waiting")
    node.turn_link("hang")
    page.clock.fast_forward(2500)
    sign(page, "property_only")
    page.clock.fast_forward(2400)
    sign(page, "cut_off")
    alarm = page.locator(".alarm")
    expect(alarm).to_contain_text("Cut off")
    expect(alarm.locator("[data-alarm-since]")).to_contain_text("since ")
    expect(alarm.locator("[data-alarm-age]")).to_contain_text("0:0")
    expect(page.locator("[data-sign-word]")).to_have_text("Cut off")


def test_the_cloud_being_away_is_calm(screen: Page, node: KitchenNode) -> None:
    node.place(line("Chips"))
    node.set_sync("property_only", 37)
    sign(screen, "property_only")
    expect(screen.locator("[data-sign]")).to_contain_text("Property only")
    expect(screen.locator("[data-sign-detail]")).to_have_text("37 waiting")
    expect(screen.locator(".alarm")).to_be_hidden()
    node.set_sync("online", 0)
    sign(screen, "online")
    expect(screen.locator("[data-sign-detail]")).to_have_text("")


def test_a_ticket_that_is_on_no_paper_is_cried_out_and_moves_nothing(screen: Page, node: KitchenNode) -> None:
    node.place(line("Chips"))
    card = screen.locator(".card").first
    expect(card).to_be_visible()
    where = card.bounding_box()
    bar = screen.locator(".kitchen-alarm")
    expect(bar).to_be_hidden()
    one = {"id": "j", "title": "Ticket A1-7 Grill", "printer": "Grill printer", "since": "", "state": "failed"}
    node.book.paper_alarms = [one, {**one, "id": "k"}]
    node.set_sync("online", 0)
    expect(bar).to_contain_text("Not on paper: Ticket A1-7 Grill (Grill printer).")
    expect(bar).to_contain_text("And 1 more.")
    assert card.bounding_box() == where
    node.book.paper_alarms = []
    node.set_sync("online", 0)
    expect(bar).to_be_hidden()


def test_a_screen_stands_in_for_a_station_that_receives_nothing_until_that_is_heard(
    screen: Page, node: KitchenNode
) -> None:
    node.place(line("Chips"), table="1", minutes_ago=2)
    node.place(line("Beer"), table="2", station_id="st-bar", station_name="Bar", minutes_ago=1)
    expect(screen.locator(".card-place")).to_have_text(["Table 1"])
    deaf = {"station_id": "st-bar", "name": "Bar", "since": "2026-11-27T18:41:00Z", "elsewhere": True}
    node.book.unheard_stations = [{**deaf, "to_station_id": "st-grill", "to_station": "Grill", "to_printer": None}]
    node.set_sync("online", 0)
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 2"])
    expect(screen.locator(".card-second strong", has_text="Bar")).to_be_visible()
    expect(screen.locator(".kitchen-alarm")).to_have_text(
        "Bar is not receiving since 20:41. Its tickets are shown at Grill."
    )
    node.place(line("Cider"), table="3", station_id="st-bar", station_name="Bar")
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 2", "Table 3"])
    screen.keyboard.press("3")
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 2"])
    screen.locator("[data-recall]").tap()  # what is bumped in another's place is brought back there, too
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 2", "Table 3"])
    node.book.unheard_stations = []
    node.set_sync("online", 0)
    expect(screen.locator(".card-place")).to_have_text(["Table 1"])
    expect(screen.locator(".kitchen-alarm")).to_be_hidden()


def test_a_screen_says_what_it_shows_while_it_draws_it_and_goodbye_when_it_is_closed(
    screen: Page, node: KitchenNode
) -> None:
    node.set_sync("property_only", 1)
    sign(screen, "property_only")
    wait_for(lambda: node.book.shown[-1:] == ["st-grill"])
    screen.goto("about:blank")
    wait_for(lambda: node.book.shown[-1:] == [None])


def test_a_screen_switched_on_while_the_cloud_is_away_knows_it_at_once(page: Page, node: KitchenNode) -> None:
    node.book.sync = {"state": "property_only", "waiting": 4}
    page.goto(node.enrol_url)
    sign(page, "property_only")


def test_after_a_cut_no_ticket_is_missing_and_none_is_doubled(screen: Page, node: KitchenNode) -> None:
    gone = node.place(line("Chips"), table="1", minutes_ago=9)
    node.place(line("Chips"), table="2", minutes_ago=8)
    expect(screen.locator(".card")).to_have_count(2)
    node.turn_link("cut")
    sign(screen, "cut_off")
    node.place(line("Pap"), table="3", minutes_ago=1)
    node.place(line("Ribs"), table="4")
    node.change(gone, state="ready")
    node.turn_link("up")
    sign(screen, "online")
    expect(screen.locator(".card-place")).to_have_text(["Table 2", "Table 3", "Table 4"])
    expect(screen.locator(".alarm")).to_be_hidden()


def test_a_node_restored_from_a_backup_is_read_anew(screen: Page, node: KitchenNode) -> None:
    stays = node.place(line("Chips"), table="1", minutes_ago=9)
    node.place(line("Chips"), table="2", minutes_ago=8)
    expect(screen.locator(".card")).to_have_count(2)
    node.turn_link("cut")
    node.forget(keep=[stays])
    node.turn_link("up")
    expect(screen.locator(".card-place")).to_have_text(["Table 1"])
    node.place(line("Pap"), table="3")
    expect(screen.locator(".card-place")).to_have_text(["Table 1", "Table 3"])


def test_a_link_that_flaps_comes_back_every_time(screen: Page, node: KitchenNode) -> None:
    for _ in range(25):
        node.turn_link("cut")
        node.turn_link("up")
    node.place(line("Chips"), table="9")
    expect(screen.locator(".card-place")).to_have_text(["Table 9"])
    sign(screen, "online")


def test_an_empty_board_of_a_deaf_screen_claims_nothing(screen: Page, node: KitchenNode) -> None:
    expect(screen.locator("[data-list=empty]")).to_be_visible()
    node.turn_link("cut")
    expect(screen.locator("[data-list=stale]")).to_be_visible()
    expect(screen.locator("[data-list=empty]")).to_be_hidden()


def test_a_page_that_never_reaches_the_node_says_so_and_recovers(page: Page, node: KitchenNode) -> None:
    page.route("**/tickets?state=open", lambda route: route.abort())
    page.goto(node.enrol_url)
    expect(page.locator("[data-list=error]")).to_be_visible()
    sign(page, "cut_off")
    page.unroute_all()
    node.place(line("Chips"))
    expect(page.locator(".card")).to_have_count(1)
    sign(page, "online")


def test_a_screen_that_was_revoked_says_so_and_asks_for_a_new_link(screen: Page, node: KitchenNode) -> None:
    node.book.enrolled = False
    node.turn_link("cut")
    node.turn_link("up")
    expect(screen.locator("[data-list=refused]")).to_contain_text("Ask a manager for a new link")
    sign(screen, "cut_off")
    screen.reload()
    expect(screen.get_by_role("heading")).to_have_text("This screen is not enrolled")


def test_a_node_that_was_updated_brings_its_new_screen_along(screen: Page, node: KitchenNode) -> None:
    node.book.version = "0.2.0"
    with screen.expect_navigation():
        node.turn_link("cut")
        node.turn_link("up")
    sign(screen, "online")
