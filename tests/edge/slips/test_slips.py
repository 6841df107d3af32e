"""The print queue in a browser, at a real node with printers that are away."""

from playwright.sync_api import Page, expect

from devices.virtual_printer import VirtualPrinter
from edge.slips.texts import slips_texts
from tests.edge.floor.evening import link, made, set_pin
from tests.edge.floor.pictures import sign_in
from tests.edge.node_fixture import KITCHEN, SOUP
from tests.edge.served_node import ServedNode
from tests.edge.staff_texts import check_texts
from web.texts import Texts


def test_staff_see_what_waits_move_it_cancel_it_and_print_it_again(lone_page: Page, lan: ServedNode) -> None:
    page = lone_page
    set_pin(lan)
    with VirtualPrinter() as grill, VirtualPrinter() as bar:
        grill.go_offline()
        for name, printer, stations in (("Grill", grill, [KITCHEN]), ("Bar", bar, [])):
            address = f"127.0.0.1:{printer.port}"
            made(lan.post("printers", {"name": name, "address": address, "station_ids": stations}))
        first, second = lan.order(SOUP)["number"], lan.order(SOUP)["number"]
        page.goto(link(lan))
        page.get_by_role("link", name="Printing").click()
        slip = page.locator(".slip", has_text=first)
        expect(page.locator("[data-figures]")).to_have_text("2 slips wait")
        slip.locator("[data-do=move]").select_option(label="Bar")
        sign_in(page, ask=False)
        expect(slip).to_have_count(0)
        page.locator(".slip", has_text=second).locator("[data-do=cancel]").click()
        expect(page.get_by_text("Nothing waits to be printed")).to_be_visible()
        assert bar.wait_idle()
        page.locator("[data-which]").click()
        expect(page.locator(".slip", has_text=first)).to_contain_text("Printed · Bar, for Grill")
        page.locator(".slip", has_text=first).locator("[data-do=print-again]").click()
        expect(page.locator(".slip", has_text=first)).to_contain_text("2 on paper already")
        assert bar.wait_idle()
        papers = [printed.text for printed in bar.printed()]
    assert ["REPRINT" in paper for paper in papers] == [False, True]
    assert all("INSTEAD OF GRILL" in paper and first in paper for paper in papers)


def test_a_device_that_is_lost_is_told_on_the_page(lone_page: Page, lan: ServedNode) -> None:
    device = {"name": "Scanner", "kind": "scanner", "address": "serial:/dev/ttyS90"}
    made(lan.post("devices", {**device, "terminal_id": lan.tokens["till_id"]}))
    lone_page.goto(link(lan))
    lone_page.get_by_role("link", name="Printing").click()
    row = lone_page.locator("[data-devices] .slip")
    expect(row).to_contain_text("Lost")
    expect(row).to_contain_text("It can't be reached at serial:/dev/ttyS90")


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    check_texts(slips_texts(Texts("en")), "slips", families=("slips_", "state_", "do_", "device_"))
