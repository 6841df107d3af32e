"""From an order to paper: a node's database, its threads, and printers on real sockets."""

import threading
from pathlib import Path

import pytest
import structlog.testing

from devices.documents import Cut, Document, Text, to_json
from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing.asked import cancel, print_again, release
from edge.printing.printers import edit_printer
from hospitality.checks.reading import order_view
from hospitality.checks.service import add_lines, void_line
from hospitality.checks.service.receipts import reopen
from hospitality.ground.errors import Unavailable
from hospitality.orders.rules import NewLine
from tests.edge.failing_disk import Disk, disk_full
from tests.edge.node_fixture import BAR, BEER, KITCHEN, SOUP, STEAK, act, ask, node
from tests.edge.printing.evening import (
    jobs,
    journal_end,
    kept_place,
    order,
    printing,
    set_up,
    settle,
    slips_of,
    states,
    texts,
    wait_for,
)


def test_an_order_comes_out_at_each_of_its_stations(host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    set_up(host, bar, "Bar", BAR)
    with printing(host):
        order(host, STEAK, BEER)
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
    (at_grill,), (at_bar,) = texts(grill), texts(bar)
    assert at_grill.startswith("KITCHEN\nA1-1\nTable 12")
    assert at_bar.startswith("BAR\nA1-1\nTable 12")
    assert ["Rump steak" in at_grill, "Draught" in at_grill] == [True, False]
    assert ["Rump steak" in at_bar, "Draught" in at_bar] == [False, True]


def test_settling_prints_the_receipt_at_the_receipt_printers_alone(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    set_up(host, bar, "Front desk", receipts=True)
    with printing(host):
        placed = order(host, SOUP)
        paid = settle(host, placed["id"])
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
    assert len(texts(grill)) == 1
    (receipt,) = texts(bar)
    assert f"Receipt {paid['receipt']['number']}" in receipt
    assert "75.00 NAD" in receipt


def test_a_voided_line_and_an_added_one_follow_the_ticket(host: EdgeHost, grill: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    with printing(host):
        placed = order(host, STEAK, SOUP)
        act(host, void_line, placed["id"], placed["lines"][0]["id"], reason="Guest left")
        act(host, add_lines, placed["id"], [NewLine(SOUP, 2)])
        wait_for(lambda: states(host) == ["confirmed"] * 3)
    _, void, more = texts(grill)
    assert [word in void for word in ("VOID", "Rump steak", "Reason: Guest left")] == [True] * 3
    assert "Butternut" not in void
    assert [word in more for word in ("Added to the order", " 2 Butternut soup")] == [True] * 2
    assert "Rump steak" not in more


def test_a_station_without_a_printer_has_no_job_and_the_order_stands(host: EdgeHost, bar: VirtualPrinter) -> None:
    set_up(host, bar, "Bar", BAR)
    with printing(host) as found:
        placed = order(host, STEAK)
        order(host, BEER)
        wait_for(lambda: states(host) == ["confirmed"] and found.waiting() == 0)
    assert ask(host, order_view, placed["id"])["lines"][0]["name"] == "Rump steak 300 g"


def test_paper_that_runs_out_in_the_middle_brings_the_ticket_again_marked(
    host: EdgeHost, grill: VirtualPrinter
) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    with printing(host) as found:
        grill.paper_out(after_lines=3)
        placed = order(host, STEAK)
        wait_for(lambda: found.states()[0]["state"] == "paper_out" and found.states()[0]["jobs_waiting"] == 1)
        assert ask(host, order_view, placed["id"])["number"] == placed["number"]
        assert texts(grill) == []
        grill.refill()
        wait_for(lambda: states(host) == ["confirmed"])
        wait_for(lambda: found.states()[0]["state"] == "ready")
    first, *copies = slips_of(texts(grill), placed["number"])
    assert "REPRINT" not in first
    assert copies
    assert all("REPRINT" in copy and "the paper ran out" in copy for copy in copies)
    assert "Rump steak" in copies[-1]


def test_a_printer_that_is_down_holds_up_no_other_and_prints_once_it_is_back(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    set_up(host, bar, "Bar", BAR)
    grill.go_offline()
    with printing(host) as found:
        for table in ("1", "2"):
            order(host, STEAK, BEER, table=table)
        wait_for(lambda: len(texts(bar)) == 2)
        wait_for(lambda: [state["jobs_waiting"] for state in found.states()] == [0, 2])
        assert [state["state"] for state in found.states()] == ["ready", "unreachable"]
        grill.go_online()
        wait_for(lambda: found.waiting() == 0)
    assert ["REPRINT" in slip for slip in texts(grill)] == [False, False]
    assert ["Table 1" in slip.split("\n") for slip in texts(grill)] == [True, False]


def test_a_ticket_that_was_being_sent_when_the_node_died_comes_again_marked(
    tmp_path: Path, grill: VirtualPrinter
) -> None:
    with node(tmp_path) as host:
        set_up(host, grill, "Grill", KITCHEN)
        grill.slow_down(0.5)
        with printing(host):
            order(host, STEAK)
            order(host, SOUP)
            wait_for(lambda: grill.unfinished() != "")
        assert states(host) == ["sending", "queued"]
    grill.slow_down(0.0)
    with node(tmp_path) as host, printing(host):
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
    steaks = [slip for slip in texts(grill) if "Rump steak" in slip]
    assert ["REPRINT" in slip for slip in steaks] == [False, True]
    assert "the node was restarted" in steaks[1]
    assert ["REPRINT" in slip for slip in texts(grill) if "Butternut" in slip] == [False]


def test_a_restart_prints_nothing_again_and_what_came_meanwhile_once(tmp_path: Path, grill: VirtualPrinter) -> None:
    with node(tmp_path) as host:
        set_up(host, grill, "Grill", KITCHEN)
        with printing(host):
            order(host, STEAK, table="1")
            wait_for(lambda: states(host) == ["confirmed"])
        order(host, STEAK, table="2")
    with node(tmp_path) as host, printing(host):
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
        order(host, SOUP, table="3")
        wait_for(lambda: len(states(host)) == 3 and states(host)[-1] == "confirmed")
    found = [line for slip in texts(grill) for line in slip.split("\n") if line.startswith("Table")]
    assert found == ["Table 1", "Table 2", "Table 3"]
    assert "REPRINT" not in "".join(texts(grill))


def test_many_orders_at_once_come_out_once_each_and_in_order(host: EdgeHost, grill: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)

    def serve(server: int) -> None:
        for n in range(5):
            order(host, SOUP, table=f"{server}{n}")

    with printing(host) as found:
        servers = [threading.Thread(target=serve, args=(server,)) for server in range(1, 5)]
        for server in servers:
            server.start()
        for server in servers:
            server.join()
        wait_for(lambda: len(texts(grill)) == 20 and found.waiting() == 0)
    numbers = [int(line.removeprefix("A1-")) for slip in texts(grill) for line in slip.split() if line[:3] == "A1-"]
    assert numbers == list(range(1, 21))


def test_a_withdrawn_receipt_that_is_printed_again_says_that_it_counts_no_more(
    host: EdgeHost, bar: VirtualPrinter
) -> None:
    set_up(host, bar, "Front desk", receipts=True)
    with printing(host) as found:
        placed = order(host, SOUP)
        settle(host, placed["id"])
        wait_for(lambda: states(host) == ["confirmed"])
        act(host, reopen, placed["id"], reason="one more soup")
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
        act(host, print_again, jobs(host)[0]["id"])
        found.nudge()
        wait_for(lambda: len(texts(bar)) == 3)
    first, _, again = texts(bar)
    assert ("WITHDRAWN" in first, again.count("WITHDRAWN"), "REPRINT" in again) == (False, 2, True)


def test_a_copy_that_a_person_asks_for_says_so_and_stands_in_the_journal(host: EdgeHost, grill: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    with printing(host) as found:
        order(host, STEAK)
        wait_for(lambda: states(host) == ["confirmed"])
        (job,) = jobs(host)
        act(host, print_again, job["id"])
        found.nudge()
        wait_for(lambda: len(texts(grill)) == 2)
    assert "REPRINT" in texts(grill)[1]
    assert "asked by Selma" in texts(grill)[1]
    entry = ask(host, lambda r: r.one("SELECT data FROM journal WHERE kind = 'printing.reprint_asked'"))
    assert entry is not None
    assert job["id"] in entry["data"]
    assert job["cause_id"] in entry["data"]


def test_a_waiting_slip_can_be_cancelled_and_comes_back_unmarked_when_wanted(
    host: EdgeHost, grill: VirtualPrinter
) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    grill.go_offline()
    with printing(host) as found:
        order(host, STEAK)
        wait_for(lambda: states(host) == ["failed"])
        act(host, cancel, jobs(host)[0]["id"])
        found.nudge()
        grill.go_online()
        well = {"name": "Grill", "state": "ready", "jobs_waiting": 0, "detail": "", "found_at": ""}
        wait_for(lambda: found.states()[0] == well)
        assert texts(grill) == []
        act(host, print_again, jobs(host)[0]["id"])
        found.nudge()
        wait_for(lambda: len(texts(grill)) == 1)
    assert "REPRINT" not in texts(grill)[0]
    assert ask(host, lambda r: r.one("SELECT id FROM journal WHERE kind = 'printing.reprint_asked'")) is None


def test_what_waits_goes_to_the_printers_new_address(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    printer_id = set_up(host, grill, "Grill", KITCHEN)
    grill.go_offline()
    with printing(host) as found:
        order(host, STEAK)
        wait_for(lambda: states(host) == ["failed"])
        act(host, edit_printer, printer_id, {"address": f"{bar.host}:{bar.port}"})
        found.nudge()
        wait_for(lambda: states(host) == ["confirmed"])
    assert len(texts(bar)) == 1


def test_a_printer_added_while_the_node_runs_prints_from_then_on(host: EdgeHost, grill: VirtualPrinter) -> None:
    changes = threading.Event()
    with printing(host, on_change=changes.set) as found:
        order(host, STEAK, table="1")
        assert found.states() == []
        wait_for(lambda: kept_place(host) == journal_end(host))
        set_up(host, grill, "Grill", KITCHEN)
        found.nudge()
        assert changes.wait(30)
        wait_for(lambda: [state["state"] for state in found.states()] == ["ready"])
        order(host, STEAK, table="2")
        wait_for(lambda: states(host) == ["confirmed"])
    assert "Table 2" in texts(grill)[0]


def test_trouble_is_seen_while_nothing_is_printed(host: EdgeHost, grill: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    changes: list[None] = []
    with printing(host, on_change=lambda: changes.append(None)) as found:
        wait_for(lambda: found.states()[0]["state"] == "ready")
        before = len(changes)
        grill.open_cover()
        wait_for(lambda: found.states()[0]["state"] == "cover_open")
        assert "cover is open" in found.states()[0]["detail"]
        grill.close_cover()
        grill.paper_low()
        wait_for(lambda: found.states()[0]["state"] == "paper_low")
        assert "nearly at its end" in found.states()[0]["detail"]
        wait_for(lambda: len(changes) >= before + 2)


def test_a_full_disk_keeps_what_waits_and_says_so(host: EdgeHost, grill: VirtualPrinter, tmp_path: Path) -> None:
    disk = Disk(tmp_path / "node.db", (tmp_path / "database.key").read_text())

    def full(sql: str) -> None:
        if sql == "COMMIT":
            raise disk_full()

    set_up(host, grill, "Grill", KITCHEN)
    grill.go_offline()
    with printing(host) as found:
        order(host, STEAK)
        wait_for(lambda: len(states(host)) == 1)
        act(host, lambda work: disk.stand_in(host.writer))
        disk.before = full
        wait_for(lambda: found.states()[0]["state"] == "node_disk")
        assert found.states()[0]["detail"].startswith("The node's disk is full: slips wait")
        grill.go_online()
        with pytest.raises(Unavailable, match="disk is full"):
            act(host, print_again, jobs(host)[0]["id"])
        assert (len(states(host)), texts(grill)) == (1, [])
        disk.heal()
        found.nudge()
        wait_for(lambda: states(host) == ["confirmed"])
        wait_for(lambda: found.states()[0]["state"] == "ready")
    assert len(texts(grill)) == 1


def test_a_document_that_can_not_be_read_asks_and_holds_up_nothing(host: EdgeHost, grill: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    grill.go_offline()
    with printing(host) as found:
        order(host, STEAK)
        order(host, SOUP)
        wait_for(lambda: len(states(host)) == 2)
        first = jobs(host)[0]["id"]
        act(host, lambda work: work.run("UPDATE print_jobs SET document = '{' WHERE id = :id", id=first))
        grill.go_online()
        wait_for(lambda: states(host) == ["held", "confirmed"])
        wait_for(lambda: found.states()[0]["state"] == "jobs_held")
        better = to_json(Document((Text("mended"), Cut()))).decode()
        act(host, lambda work: work.run("UPDATE print_jobs SET document = :better", better=better))
        act(host, release, first)
        found.nudge()
        wait_for(lambda: states(host) == ["confirmed", "confirmed"])
    assert texts(grill)[-1].endswith("mended")


def test_a_slip_that_takes_too_long_at_the_stop_is_left_to_the_next_start(
    host: EdgeHost, grill: VirtualPrinter
) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    grill.slow_down(2.0)
    with structlog.testing.capture_logs() as logs, printing(host):
        order(host, STEAK)
        wait_for(lambda: states(host) == ["sending"])
    assert [entry["event"] for entry in logs] == ["left_while_printing"]
    assert states(host) == ["sending"]
