"""A printer that is away: its backup prints for it, staff move slips, and what is on no paper is cried out."""

from datetime import timedelta

import pytest

from devices.conversation import Patience
from devices.spool import DEFAULT_POLICY
from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing import Printing
from edge.printing.asked import jobs_page, move, release
from edge.printing.printers import BACKUP_SECONDS_LEAST, edit_printer
from edge.printing.printing import STATUS_SECONDS
from edge.tables import Printer
from hospitality.ground.clock import utc_now
from hospitality.ground.errors import Invalid, NotFound
from hospitality.ground.ids import new_id
from hospitality.paper.service import edit_paper_settings
from tests.edge.node_fixture import BAR, BEER, KITCHEN, STEAK, act, ask
from tests.edge.printing.evening import EAGER, HASTY, jobs, order, printing, set_up, states, texts, wait_for


def at_once(host: EdgeHost, printer: str, backup: str) -> None:
    """The backup takes over as soon as the printer is in trouble."""
    act(host, lambda work: work.edit(Printer, printer, backup_id=backup, backup_after_seconds=0))


def test_the_backup_prints_what_a_dead_printer_can_not_and_says_for_whom(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    at_grill, at_bar = set_up(host, grill, "Grill", KITCHEN), set_up(host, bar, "Bar", BAR)
    at_once(host, at_grill, at_bar)
    grill.go_offline()
    with printing(host):
        for _ in range(3):
            order(host, STEAK)
        order(host, BEER)
        wait_for(lambda: states(host) == ["confirmed"] * 4)
    slips = texts(bar)
    assert sorted("INSTEAD OF GRILL" in slip for slip in slips) == [False, True, True, True]
    assert not any("REPRINT" in slip for slip in slips)
    told = ask(host, lambda r: r.value("SELECT count(*) FROM journal WHERE kind = 'printing.slips_rerouted'"))
    assert told >= 1


def test_what_may_be_on_the_first_printers_paper_is_marked_on_the_seconds(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    at_grill, at_bar = set_up(host, grill, "Grill", KITCHEN), set_up(host, bar, "Bar")
    at_once(host, at_grill, at_bar)
    grill.paper_out(after_lines=3)
    with printing(host):
        order(host, STEAK)
        wait_for(lambda: states(host) == ["confirmed"])
    (slip,) = texts(bar)
    assert "REPRINT" in slip
    assert "INSTEAD OF GRILL" in slip


@pytest.mark.parametrize("fault", ["cutter", "overheated"])
def test_a_printer_that_says_what_ails_it_gets_no_slip_until_it_is_mended(
    host: EdgeHost, grill: VirtualPrinter, fault: str
) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    ail = grill.jam_cutter if fault == "cutter" else grill.overheat
    ail()
    with printing(host) as found:
        order(host, STEAK)
        wait_for(lambda: found.states()[0]["state"] == fault)
        wait_for(lambda: states(host) == ["failed"])
        ail(on=False)
        wait_for(lambda: states(host) == ["confirmed"])
    assert len(texts(grill)) == 1


def test_staff_move_a_slip_to_another_printer(host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN)
    at_bar = set_up(host, bar, "Bar", BAR)
    grill.go_offline()
    with printing(host) as found:
        order(host, STEAK)
        wait_for(lambda: states(host) == ["failed"])
        (job,) = jobs(host)
        with pytest.raises(NotFound):
            act(host, move, job["id"], new_id())
        moved = act(host, move, job["id"], at_bar)
        assert (moved["printer_name"], moved["home_name"]) == ("Bar", "Grill")
        found.nudge()
        wait_for(lambda: states(host) == ["confirmed"])
    assert "INSTEAD OF GRILL" in texts(bar)[0]
    assert ask(host, jobs_page)["items"][0]["home_name"] == "Grill"


def test_a_ticket_on_no_paper_is_cried_out_until_it_is_there(host: EdgeHost, grill: VirtualPrinter) -> None:
    set_up(host, grill, "Grill", KITCHEN, receipts=True)
    grill.go_offline()
    cried: list[object] = []
    found = Printing(
        host,
        on_change=lambda: cried.append(1),
        policy=EAGER,
        patience=HASTY,
        status_seconds=0.1,
    )
    found.start()
    try:
        order(host, STEAK)
        host.now = lambda: utc_now() + timedelta(seconds=30)
        found.nudge()
        wait_for(lambda: found.waiting() == 1)
        assert found.alarms() == []
        act(host, edit_paper_settings, {"alarm_after_seconds": 20})
        found.nudge()
        wait_for(lambda: len(found.alarms()) == 1)
        (alarm,) = found.alarms()
        assert (alarm["title"], alarm["printer"]) == ("Ticket A1-1 Kitchen", "Grill")
        assert cried
        grill.go_online()
        wait_for(lambda: states(host) == ["confirmed"])
        found.nudge()
        wait_for(lambda: found.alarms() == [])
    finally:
        found.stop()


def test_a_backup_is_another_printer_and_takes_over_in_good_time(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    at_grill, at_bar = set_up(host, grill, "Grill"), set_up(host, bar, "Bar")
    set_to = {"backup_id": at_bar, "backup_after_seconds": 30}
    assert act(host, edit_printer, at_grill, set_to)["backup_id"] == at_bar
    for wrong in (at_grill, new_id()):
        with pytest.raises(NotFound):
            act(host, edit_printer, at_grill, {"backup_id": wrong})
    with pytest.raises(Invalid):
        act(host, edit_printer, at_grill, {"backup_after_seconds": 1})


def test_nobody_waits_for_a_dead_printer_and_its_slips_are_told_of_printed_elsewhere_and_ask_after_a_night(
    host: EdgeHost, grill: VirtualPrinter, bar: VirtualPrinter
) -> None:
    assert STATUS_SECONDS + Patience().connect_seconds <= 10, (
        "an idle printer that is pulled out is told of within this"
    )
    at_grill, at_bar = set_up(host, grill, "Grill", KITCHEN), set_up(host, bar, "Bar", BAR)
    minute = timedelta(minutes=1)  # more than the test takes: what was ordered is stamped by the clock on the wall
    grill.go_offline()
    with printing(host) as found:
        number = order(host, STEAK, BEER)["number"]
        wait_for(lambda: [state["state"] for state in found.states()] == ["ready", "unreachable"])
        wait_for(lambda: states(host) == ["failed", "confirmed"])
        assert [len(texts(bar)), number in texts(bar)[0]] == [1, True], "the bar's own waits for nobody"
        act(host, edit_printer, at_grill, {"backup_id": at_bar, "backup_after_seconds": BACKUP_SECONDS_LEAST})
        host.now = lambda: utc_now() + minute
        found.nudge()
        wait_for(lambda: states(host) == ["confirmed"] * 2)
        assert "INSTEAD OF GRILL" in texts(bar)[1]
        act(host, edit_printer, at_grill, {"backup_id": None})
        found.nudge()
        host.now = utc_now
        order(host, STEAK)
        wait_for(lambda: states(host)[2:] == ["failed"])
        host.now = lambda: utc_now() + 2 * minute + DEFAULT_POLICY.expires_after
        found.nudge()
        wait_for(lambda: states(host)[2:] == ["held"])
        grill.go_online()
        wait_for(lambda: found.states()[1]["state"] == "jobs_held")
        assert (texts(grill), len(texts(bar))) == ([], 2), "nothing of last night comes out by itself"
        host.now = utc_now
        act(host, release, jobs(host)[2]["id"])
        found.nudge()
        wait_for(lambda: len(texts(grill)) == 1)
        assert number not in texts(grill)[0]
    assert DEFAULT_POLICY.expires_after == timedelta(hours=8)
