"""A drawer that hangs on the receipt printer, at a whole node: opened as a serial one is, and set up by the printer's name."""

from devices.virtual_printer import VirtualPrinter
from edge.events import OF_DEVICES
from edge.printing.printers import edit_printer
from tests.edge.hardware.plugs import until
from tests.edge.node_fixture import SOUP, act
from tests.edge.served_node import ServedNode, screen


def test_cash_and_no_sale_open_the_drawer_on_the_printer_each_once(lan: ServedNode) -> None:
    with VirtualPrinter() as virtual, screen(lan, *OF_DEVICES, token=lan.token) as till:
        till.until("hello")
        till_id = lan.tokens["till_id"]
        made = {"name": "Front", "address": f"{virtual.host}:{virtual.port}", "station_ids": [], "receipts": True}
        printer = lan.post("printers", made).json()
        new = {"name": "Cash", "kind": "drawer", "address": "printer:front", "terminal_id": till_id}
        nowhere = lan.post("devices", {**new, "address": "printer:Back"})
        assert nowhere.json()["error"]["code"] == "PRINTER_NOT_FOUND"
        drawer = lan.post("devices", new).json()
        assert (drawer["driver"], drawer["address"]) == ("printer", f"printer:{printer['id']}")
        assert till.until("drawer_moved")["data"]["is_open"] is False

        order = lan.order(SOUP)
        paid = {"tender": "cash", "amount_minor": order["due_minor"], "tendered_minor": order["due_minor"]}
        assert lan.post(f"orders/{order['id']}/payments", paid).status_code == 201
        assert till.until("drawer_moved")["data"]["is_open"] is True
        until(lambda: len(virtual.printed()) == 1)
        assert virtual.counts()["kicks"] == 1
        virtual.push_in_drawer()
        assert till.until("drawer_moved")["data"]["is_open"] is False

        act(lan.node.host, edit_printer, printer["id"], {"name": "Counter"})
        lan.node.printing.nudge()
        opened, why = f"devices/{drawer['id']}/open", {"reason": "Change for the bar"}
        for _ in range(2):
            assert lan.post(opened, why, key="no-sale-1").status_code == 201
        assert virtual.counts()["kicks"] == 2
        virtual.paper_out()
        refused = lan.post(opened, why)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "DEVICE_AWAY")
        assert refused.json()["error"]["message"] == "The drawer was not opened. The printer is out of paper."
        assert virtual.counts()["kicks"] == 2
