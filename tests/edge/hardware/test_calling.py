"""Guests are called by the pagers that they hold, and whoever carries plates by pager and buzzer."""

from contextlib import ExitStack

from devices.heard import Buzz, Page
from devices.virtual.pager import VirtualBuzzer, VirtualPager
from edge.hardware.calling import Guest, Ready, wish_of
from tests.edge.hardware.plugs import plugged, until
from tests.edge.hardware.test_hardware import added, state_of
from tests.edge.node_fixture import BAR, KITCHEN, SOUP
from tests.edge.served_node import ServedNode


def test_what_is_called_by_which_device() -> None:
    soup, guest = Ready(KITCHEN, "Kitchen", "A1-7", "12"), Guest("5", "Amara")
    assert wish_of(soup, "buzzer", None, {"times": 3}, str) == Buzz(3)
    assert wish_of(soup, "buzzer", BAR, {}, str) is None
    assert wish_of(soup, "pager", KITCHEN, {"runner": 90}, str) == Page("90", "Kitchen: A1-7 12")
    assert wish_of(soup, "pager", None, {}, str) is None
    assert wish_of(guest, "pager", None, {}, str) == Page("5", "Amara, your table is ready.")
    assert wish_of(guest, "buzzer", None, {}, str) is None
    assert wish_of(guest, "scale", None, {}, str) is None


def test_a_bumped_ticket_calls_its_runner_and_a_ready_table_the_party_that_waits(lan: ServedNode) -> None:
    pagers, bell, bar = VirtualPager(), VirtualBuzzer(), VirtualBuzzer()
    with ExitStack() as stack:
        paths = [stack.enter_context(plugged(virtual.hear)).path for virtual in (pagers, bell, bar)]
        none = {"terminal_id": None}
        made = added(lan, name="Pagers", kind="pager", address=f"serial:{paths[0]}", settings={"runner": 90}, **none)
        added(lan, name="Pass", kind="buzzer", address=f"serial:{paths[1]}", settings={"times": 2}, **none)
        added(lan, name="Bar bell", kind="buzzer", address=f"serial:{paths[2]}", station_id=BAR, **none)
        until(lambda: all(state_of(lan, name)["state"] == "live" for name in ("Pagers", "Pass", "Bar bell")))
        number = lan.order(SOUP)["number"]
        (ticket,) = lan.get(f"tickets?station_id={KITCHEN}").json()["items"]
        assert lan.post(f"tickets/{ticket['id']}/bump", {}).status_code == 201
        until(lambda: len(pagers.paged) == 1)
        assert (pagers.paged[0][0], number in pagers.paged[0][1]) == ("90", True)
        until(lambda: bell.sounded == [2])

        party = {"name": "Amara", "covers": 2}
        assert lan.post("parties", {**party, "pager": "five"}).json()["error"]["code"] == "PAGER_INVALID"
        waiting = lan.post("parties", {**party, "pager": " 5 "}).json()
        assert waiting["pager"] == "5"
        assert lan.post(f"parties/{waiting['id']}/steps", {"step": "told"}).status_code == 201
        until(lambda: pagers.paged[1:] == [("5", "Amara, your table is ready.")])
        assert bar.sounded == []

        pagers.knows = frozenset()
        assert lan.post(f"devices/{made['id']}/page", {"pager": "7"}).json()["error"]["code"] == "DEVICE_AWAY"
        until(lambda: "pager 7" in state_of(lan, "Pagers")["detail"])
