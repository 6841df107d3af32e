"""Devices at a whole node: what they say reaches their terminal, and how they are is told everywhere."""

from typing import Any

from devices.input_events import events_of
from edge.live import OF_DEVICES
from tests.edge.hardware.plugs import plugged, until
from tests.edge.node_fixture import ask
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
