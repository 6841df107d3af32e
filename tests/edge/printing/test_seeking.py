"""Routers give printers other addresses overnight: each is found again, and prints what is its own alone (R20)."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from devices.conversation import Patience
from devices.finding import this_machine
from devices.recognising import Identity
from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing import Printing
from edge.printing.printers import add_printer, edit_printer, keep_identity, printers_of, relocate
from tests.devices.networks import lan
from tests.edge.node_fixture import BAR, BEER, KITCHEN, STEAK, act, ask, node
from tests.edge.printing.evening import EAGER, order, states, texts, wait_for

SWIFT = Patience(connect_seconds=0.5, answer_seconds=1.5, write_seconds=1.0, finish_seconds=20.0, poll_seconds=0.05)
OLD = {"Bar": "10.77.0.11", "Grill": "10.77.0.10"}


def known(host: EdgeHost) -> dict[str, Identity]:
    return {one.name: one.known_by for one in ask(host, printers_of)}


def addresses(host: EdgeHost) -> dict[str, str]:
    return {one.name: one.address for one in ask(host, printers_of)}


def test_printers_that_changed_their_addresses_are_found_and_none_is_taken_for_another(tmp_path: Path) -> None:
    with lan() as net, ExitStack() as stack:
        places = {name: net.plug_in(host) for name, host in OLD.items()}
        paper = {
            name: stack.enter_context(place.at(VirtualPrinter, host="0.0.0.0", port=9100))
            for name, place in places.items()
        }
        host = net.node.at(stack.enter_context, node(tmp_path))
        for name, station in (("Grill", KITCHEN), ("Bar", BAR)):
            act(host, add_printer, name=name, address=OLD[name], station_ids=[station])
        sight = replace(this_machine(), announced=list)
        found = Printing(host, policy=EAGER, patience=SWIFT, status_seconds=0.2, sight=sight)
        net.node.at(found.start)
        stack.callback(found.stop)
        wait_for(lambda: all(one.hardware for one in known(host).values()))

        net.move(places["Grill"], "10.77.0.29")
        net.move(places["Bar"], OLD["Grill"])  # where a ticket of the kitchen's would come out now
        order(host, STEAK)
        order(host, BEER)
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
        assert addresses(host) == {"Grill": "10.77.0.29:9100", "Bar": "10.77.0.10:9100"}
        assert [["Rump steak" in slip for slip in texts(paper[name])] for name in ("Grill", "Bar")] == [[True], [False]]
        wait_for(lambda: [one["state"] for one in found.states()] == ["found", "found"])
        assert found.states()[1]["detail"] == "Found at 10.77.0.29:9100, its new address."
        kinds = ask(
            host,
            lambda r: [row["kind"] for row in r.rows("SELECT kind FROM journal WHERE kind LIKE '%.printer_found'")],
        )
        assert kinds == ["printing.printer_found"] * 2

        spare = net.plug_in("10.77.0.20")
        with spare.at(VirtualPrinter, host="0.0.0.0", port=9100) as other:
            paper["Bar"].go_offline()
            net.move(places["Bar"], "10.77.0.21")
            net.move(spare, OLD["Grill"])  # a person's own word: this is the bar's printer now
            order(host, BEER)
            wait_for(lambda: states(host) == ["confirmed"] * 3)
            assert (len(texts(other)), addresses(host)["Bar"]) == (1, "10.77.0.10:9100")


def test_an_address_that_a_person_gives_is_learned_anew_and_none_is_moved_onto_another(tmp_path: Path) -> None:
    with node(tmp_path) as host:
        grill, bar = (act(host, add_printer, name=n, address=OLD[n])["id"] for n in ("Grill", "Bar"))
        act(host, keep_identity, grill, Identity("00:26:ab:00:00:01"), address="10.77.0.10:9100")
        act(host, keep_identity, bar, Identity("00:26:ab:00:00:02"), address="10.77.0.99:9100")
        act(host, edit_printer, grill, {"receipts": True})
        assert known(host) == {"Grill": Identity("00:26:ab:00:00:01"), "Bar": Identity()}
        assert act(host, relocate, {grill: ("10.77.0.10:9100", "10.77.0.11:9100")}) == []
        assert act(host, relocate, {bar: ("10.77.0.99:9100", "10.77.0.12:9100")}) == []
        act(host, edit_printer, grill, {"address": "10.77.0.10"})
        assert known(host)["Grill"] == Identity()
        assert addresses(host) == {name: f"{address}:9100" for name, address in OLD.items()}
