"""Devices at a whole node: what they say reaches their terminal, and how they are is told everywhere."""

from contextlib import ExitStack
from typing import Any

from devices.input_events import events_of
from devices.virtual.counter import VirtualDisplay, VirtualDrawer, VirtualScale
from edge.events import OF_DEVICES
from tests.edge.hardware.plugs import plugged, until
from tests.edge.node_fixture import SOUP, ask
from tests.edge.served_node import Lan, ServedNode, screen

NOWHERE = "0198a000-0000-7000-8000-000000000099"


def added(lan: Lan, **device: Any) -> dict[str, Any]:
    answer = lan.post("devices", {"terminal_id": lan.tokens["till_id"], **device})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def state_of(lan: ServedNode, name: str) -> dict[str, Any]:
    return next((one for one in lan.node.status()["devices"] if one["name"] == name), {"state": ""})


def told_at_head_office(lan: ServedNode) -> list[tuple[str, str]]:
    """What the node writes for head office."""
    rows = ask(lan.node.host, lambda r: r.rows("SELECT name, state FROM device_states WHERE active"))
    return [(row["name"], row["state"]) for row in rows]


def test_a_code_reaches_its_terminal_alone_and_a_scanner_put_back_goes_on(lan: ServedNode) -> None:
    with plugged() as plug, screen(lan, *OF_DEVICES, token=lan.token) as till, screen(lan, *OF_DEVICES) as kitchen:
        for ear in (till, kitchen):
            ear.until("hello")
        scanner = added(lan, name="Counter scanner", kind="scanner", address=f"serial:{plug.path}")
        until(lambda: state_of(lan, "Counter scanner")["state"] == "live")
        plug.say(b"5449000000996\r\n")
        said = till.until("barcode_scanned")
        assert (said["position"], said["data"]["device_id"], said["data"]["code"]) == (
            None,
            scanner["id"],
            "5449000000996",
        )
        assert kitchen.next()["event"] == "heartbeat"  # and no code

        plug.pull_out()
        until(lambda: state_of(lan, "Counter scanner")["state"] == "lost")
        until(lambda: told_at_head_office(lan) == [("Counter scanner", "lost")])
        assert 'buffr_device_up{kind="scanner",name="Counter scanner"} 0.0' in lan.get("/metrics").text
        plug.plug_in()
        until(lambda: state_of(lan, "Counter scanner")["state"] == "live")
        plug.say(b"7\r\n")
        assert till.until("barcode_scanned")["data"]["code"] == "7"
        until(lambda: told_at_head_office(lan) == [("Counter scanner", "live")])
        (listed,) = lan.get("devices").json()["items"]
        assert (listed["lost_count"], listed["driver"]) == (1, "serial")
        assert lan.post(f"devices/{scanner['id']}/take-away", {}).status_code == 201
        until(lambda: told_at_head_office(lan) == [])
        assert lan.get("devices").json()["items"] == []


def test_a_bump_bar_presses_keys_of_its_screen_and_another_takes_its_place(lan: ServedNode) -> None:
    with plugged() as first, plugged() as second, screen(lan, *OF_DEVICES, token=lan.token) as till:
        till.until("hello")
        bar = added(lan, name="Grill bar", kind="bump_bar", address=f"input:{first.path}")
        until(lambda: state_of(lan, "Grill bar")["state"] == "live")
        first.say(events_of("1"))
        assert till.until("key_pressed")["data"]["key"] == "1"
        answer = lan.client.patch(
            f"/api/v1/properties/{lan.node.identity.property_id}/devices/{bar['id']}",
            json={"address": f"input:{second.path}"},
            headers={"Authorization": f"Bearer {lan.token}"},
        )
        assert answer.json()["address"] == f"input:{second.path}"
        second.say(events_of("2"))  # waits in its line until it is opened
        assert till.until("key_pressed")["data"]["key"] == "2"


def test_a_device_gone_mad_does_not_drown_its_terminal(lan: ServedNode) -> None:
    with plugged() as plug, screen(lan, *OF_DEVICES, token=lan.token) as till:
        till.until("hello")
        added(lan, name="Mad", kind="scanner", address=f"serial:{plug.path}")
        until(lambda: state_of(lan, "Mad")["state"] == "live")
        plug.say(b"1\r" * 3_000)
        until(lambda: state_of(lan, "Mad")["state"] == "garbled")
        assert "anybody can scan" in state_of(lan, "Mad")["detail"]
        assert till.until("barcode_scanned")["data"]["code"] == "1"


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "toaster"}, "DEVICE_KIND_INVALID"),
    ({"driver": "keyboard"}, "DEVICE_ADDRESS_INVALID"),
    ({"address": "serial:/etc/passwd"}, "DEVICE_ADDRESS_INVALID"),
    ({"settings": {"baud": 31_337}}, "DEVICE_SETTING_INVALID"),
    ({"terminal_id": None}, "DEVICE_TERMINAL_NEEDED"),
    ({"terminal_id": NOWHERE}, "TERMINAL_NOT_FOUND"),
    ({"station_id": NOWHERE}, "STATION_NOT_FOUND"),
    ({"name": " ONE "}, "DEVICE_NAME_TAKEN"),
    ({"address": "serial:/dev/ttyS90"}, "DEVICE_ADDRESS_TAKEN"),
)


def test_what_cannot_be_a_device_is_refused(lan: ServedNode) -> None:
    added(lan, name="One", kind="scanner", address="serial:/dev/ttyS90")
    right = {"name": "Two", "kind": "scanner", "address": "serial:/dev/ttyS91", "terminal_id": lan.tokens["till_id"]}
    said = [lan.post("devices", {**right, **wrong}).json()["error"]["code"] for wrong, _ in WRONG]
    assert said == [code for _, code in WRONG]
    assert [one["name"] for one in lan.get("devices").json()["items"]] == ["One"]
    until(lambda: "can't be reached at serial:/dev/ttyS90" in state_of(lan, "One")["detail"])


def test_cash_opens_the_drawer_of_its_terminal_and_the_guest_sees_the_sums(lan: ServedNode) -> None:
    glass, cash, other = VirtualDisplay(), VirtualDrawer(), VirtualDrawer()
    with ExitStack() as stack:
        plugs = [stack.enter_context(plugged(hear)) for hear in (glass.hear, cash.hear, other.hear)]
        till = stack.enter_context(screen(lan, *OF_DEVICES, token=lan.token))
        till.until("hello")
        kinds = (("Glass", "display"), ("Cash", "drawer"), ("Other", "drawer"))
        made = [added(lan, name=n, kind=k, address=f"serial:{p.path}") for (n, k), p in zip(kinds, plugs, strict=True)]
        headers = {"Authorization": f"Bearer {lan.token}"}
        path = f"/api/v1/properties/{lan.node.identity.property_id}/devices/{made[2]['id']}"
        assert lan.client.patch(path, json={"terminal_id": None}, headers=headers).json()["terminal_id"] is None
        until(lambda: all(state_of(lan, name)["state"] == "live" for name, _ in kinds))
        order = lan.order(SOUP)
        until(lambda: glass.rows == ["1 Butternut soup", "TOTAL        N$75.00"])
        due = order["due_minor"]
        paid = {"tender": "cash", "amount_minor": due, "tendered_minor": due + 500}
        assert lan.post(f"orders/{order['id']}/payments", paid).status_code == 201
        until(lambda: glass.rows == ["PAID         N$75.00", "CHANGE        N$5.00"])
        while not till.until("drawer_moved")["data"]["is_open"]:
            pass
        assert (cash.opened, other.opened) == (1, 0)

        opened = f"devices/{made[1]['id']}/open"
        assert lan.post(opened, {"reason": " "}).json()["error"]["code"] == "REASON_MISSING"
        assert lan.post(opened, {"reason": "Float is counted"}).status_code == 201
        until(lambda: cash.opened == 2)
        assert lan.post(f"devices/{made[1]['id']}/weigh", {}).json()["error"]["code"] == "DEVICE_CANT"

        lan.client.patch(
            path.replace(made[2]["id"], made[1]["id"]), json={"settings": {"left_open_seconds": 1}}, headers=headers
        )
        until(lambda: told_at_head_office(lan).count(("Cash", "left_open")))
        listed = {one["name"]: one for one in lan.get("devices").json()["items"]}
        assert (listed["Cash"]["state"], listed["Cash"]["is_open"]) == ("left_open", True)
        assert 'buffr_device_up{kind="drawer",name="Cash"} 1.0' in lan.get("/metrics").text
        cash.is_open = False
        until(lambda: ("Cash", "live") in told_at_head_office(lan))
    reasons = ask(lan.node.host, lambda r: r.rows("SELECT reason FROM journal WHERE kind = 'equipment.drawer_asked'"))
    assert [row["reason"] for row in reasons] == ["Float is counted"]


def test_a_scale_is_asked_over_the_api_and_one_that_is_away_says_so(lan: ServedNode) -> None:
    virtual = VirtualScale(grams=1_250)
    with plugged(virtual.hear_8217) as plug:
        scale = added(lan, name="Deli", kind="scale", address=f"serial:{plug.path}", terminal_id=None)
        path = f"devices/{scale['id']}/weigh"
        until(lambda: state_of(lan, "Deli")["state"] == "live")
        assert lan.post(path, {}).json() == {"grams": 1250, "net": False}
        virtual.moving = True
        refused = lan.post(path, {}).json()["error"]
        assert (refused["code"], refused["details"]) == ("SCALE_NOT_READY", {"why": "moving"})
        virtual.answers = b"\xff" * 40 + b"\r"
        assert lan.post(path, {}).status_code == 503
        until(lambda: state_of(lan, "Deli")["state"] == "garbled")
        plug.pull_out()
        until(lambda: state_of(lan, "Deli")["state"] == "lost")
        away = lan.post(path, {})
        assert (away.status_code, away.json()["error"]["code"]) == (503, "DEVICE_AWAY")
