"""The rooms' page in a browser: a terminal is set up, rooms are answered, a guest leaves, the terminal is removed."""

from playwright.sync_api import Page, expect

from edge.rooms.texts import rooms_texts
from tests.edge.floor.evening import link, made, set_pin
from tests.edge.floor.pictures import sign_in
from tests.edge.served_node import ServedNode, screen
from tests.edge.staff_texts import check_texts
from web.texts import Texts


def test_a_manager_looks_after_the_rooms(lone_page: Page, lan: ServedNode) -> None:
    page = lone_page
    set_pin(lan)
    page.goto(link(lan))
    page.goto(f"{lan.url}/rooms")
    expect(page.get_by_text("No room is described yet")).to_be_visible()
    page.get_by_label("Number of a new room").fill("204")
    page.get_by_label("Its floor").fill("Second")
    page.get_by_role("button", name="Add room").click()
    sign_in(page, ask=False)
    room = page.locator("[data-room='204']")
    expect(room).to_contain_text("No terminal")
    room.click()
    page.get_by_role("button", name="New terminal").click()
    address = page.locator(".room-address").text_content() or ""
    expect(page.get_by_role("img", name="The link as a code")).to_be_visible()
    shown = {"code": address.rsplit("/", 1)[1]}
    enrolled = made(lan.post("/api/v1/terminals/enrol", shown, token=""))
    with screen(lan, "room_updated", token=enrolled["token"]) as ear:
        assert ear.next()["event"] == "hello"
        expect(room).to_contain_text("Online", timeout=20_000)
        stay = lan.get("room/now", token=enrolled["token"]).json()["stay"]
        asked = {"stay": stay, "about": "housekeeping", "wishes": ["pillows"], "text": "Two"}
        made(lan.post("room/asks", asked, token=enrolled["token"]))
        ask = page.locator(".ask-row")
        expect(ask).to_contain_text("Room 204 Pillows, Two")
        page.get_by_label("Answer to room 204").fill("On our way")
        page.get_by_role("button", name="Answer", exact=True).click()
        expect(ask).to_have_count(0)
        answers = [one["answer"] for one in lan.get("room/now", token=enrolled["token"]).json()["asks"]]
        assert answers == ["On our way"]
        page.get_by_role("button", name="Guest left").click()
        page.get_by_role("button", name="Yes, the guest of 204 left").click()
        expect(page.get_by_role("button", name="Guest left")).to_be_visible()
        assert lan.get("room/now", token=enrolled["token"]).json()["stay"] > stay
        assert lan.get("room/now", token=enrolled["token"]).json()["asks"] == []
    expect(room).to_contain_text("Cut off since", timeout=20_000)
    page.get_by_role("button", name="Remove Room 204").click()
    expect(room).to_contain_text("No terminal")
    assert lan.get("room/now", token=enrolled["token"]).status_code == 401


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    check_texts(rooms_texts(Texts("en")), "rooms", families=("asks_", "away_", "wish_"))
