"""The reader of the journal: which facts become slips, once, and where it begins."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog.testing

from devices.documents import Document, from_json
from devices.layout import to_text
from devices.virtual_printer import VirtualPrinter
from edge.host import EdgeHost
from edge.printing import reader as reading
from edge.printing.asked import release
from edge.printing.documents import ticket
from edge.printing.printers import add_printer
from edge.printing.reader import ENTRIES_MAX, Batch, Reader, next_batch
from hospitality.checks.service import pay, void_line
from hospitality.checks.service.floor import change
from hospitality.checks.service.receipts import reopen
from hospitality.days.service.close import close_day
from hospitality.ground.host import KeptAnswer
from hospitality.ground.ids import new_id
from hospitality.ground.money import written
from hospitality.ground.work import Work
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from hospitality.orders.service.change import NewHead
from hospitality.paper.service import edit_paper_settings
from hospitality.payments.rules import NewPayment, NewRefund
from hospitality.payments.service.refund import refund_payment
from tests.edge.node_fixture import BAR, BEER, KITCHEN, SOUP, STEAK, act, ask, node, seed
from tests.edge.printing.evening import jobs, kept_place, order, printing, set_up, settle, states, texts, wait_for
from web.paper.paper import Paper


def setup(host: EdgeHost, name: str, port: int, *stations: str, receipts: bool = False) -> str:
    made = act(
        host, add_printer, name=name, address=f"127.0.0.1:{port}", station_ids=stations, receipts=receipts, columns=42
    )
    return str(made["id"])


def read_all(reader: Reader) -> None:
    more = True
    while more:
        _, more = reader.step()


def begun(host: EdgeHost) -> Reader:
    reader = Reader(host)
    reader.begin()
    return reader


def batch_after(host: EdgeHost, after: int) -> Batch:
    return ask(host, next_batch, after, host.place)


def test_a_ticket_is_queued_for_each_printer_of_its_station(host: EdgeHost) -> None:
    first, second = setup(host, "Grill", 9101, KITCHEN), setup(host, "Pass", 9102, KITCHEN, BAR)
    reader = begun(host)
    order(host, STEAK, BEER)
    read_all(reader)
    assert [(row["kind"], row["printer_id"]) for row in jobs(host)] == [
        ("ticket", first),
        ("ticket", second),
        ("ticket", second),
    ]
    assert len({row["cause_id"] for row in jobs(host)}) == 2


def test_a_station_may_name_its_printer_itself(host: EdgeHost) -> None:
    seed(host, ("stations", {"id": new_id(), "name": "Grill", "sort": 2, "printer": "Hot pass"}))
    printer = setup(host, "Hot pass", 9101)
    reader = begun(host)
    act(host, lambda work: work.run("UPDATE stations SET printer = 'Hot pass' WHERE id = :id", id=KITCHEN))
    order(host, SOUP)
    read_all(reader)
    assert [row["printer_id"] for row in jobs(host)] == [printer]


def test_reading_again_queues_nothing_twice(host: EdgeHost) -> None:
    setup(host, "Grill", 9101, KITCHEN, receipts=True)
    reader = begun(host)
    placed = order(host, STEAK, SOUP)
    act(host, void_line, placed["id"], placed["lines"][0]["id"], reason="Guest left")
    settle(host, placed["id"])
    read_all(reader)
    assert [row["kind"] for row in jobs(host)] == ["ticket", "void", "receipt"]
    act(host, lambda work: work.run("UPDATE reader_places SET place = 0"))
    read_all(begun(host))
    assert len(jobs(host)) == 3


def test_a_refund_and_a_days_z_come_out_where_receipts_do(host: EdgeHost) -> None:
    till = setup(host, "Till", 9101, receipts=True)
    setup(host, "Grill", 9102, KITCHEN)
    reader = begun(host)
    placed = order(host, SOUP)
    paid = settle(host, placed["id"])["payment"]
    back = act(host, refund_payment, paid["id"], NewRefund(100, "a fly in it"))
    closed = act(host, close_day, placed["business_date"])
    read_all(reader)
    found = {row["kind"]: row for row in jobs(host) if row["printer_id"] == till}
    assert list(found) == ["receipt", "refund", "report"]
    slip = to_text(from_json(found["refund"]["document"]), 42)
    assert "a fly in it" in slip
    assert f"Order{placed['number']:>37}" in slip
    assert f"Given back{written(100, back['currency']):>32}" in slip
    report = to_text(from_json(found["report"]["document"]), 42)
    assert f"Z report {closed['reports'][0]['number']}" in report
    assert Paper("UTC").day(placed["business_date"]) in report
    assert f"Cash{'1 ' + written(paid['amount_minor'], paid['currency']):>38}" in report.splitlines()


def test_a_receipt_that_is_withdrawn_has_its_slip_and_the_next_one_names_it(host: EdgeHost) -> None:
    setup(host, "Till", 9101, receipts=True)
    reader = begun(host)
    placed = order(host, SOUP)
    first = settle(host, placed["id"])["receipt"]["number"]
    read_all(reader)
    act(host, reopen, placed["id"], reason="forgot a beer")
    act(host, pay, placed["id"], NewPayment("cash", 0))
    read_all(reader)
    shown = [(row["kind"], to_text(from_json(row["document"]), 42)) for row in jobs(host)]
    assert [kind for kind, _ in shown] == ["receipt", "withdrawal", "receipt"]
    slip, receipt = shown[1][1], shown[2][1]
    assert f"Receipt {first} counts no more." in slip
    assert "forgot a beer" in slip
    assert f"In place of {first}, withdrawn" in receipt


def test_the_place_moves_with_the_jobs_in_one_act(host: EdgeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    setup(host, "Grill", 9101, KITCHEN)
    reader = begun(host)
    before = kept_place(host)
    order(host, STEAK)

    def breaks(work: Work, place: int) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(reading, "_move", breaks)
        with pytest.raises(RuntimeError, match="the power went"):
            reader.step()
    assert (jobs(host), kept_place(host)) == ([], before)
    read_all(reader)
    assert len(jobs(host)) == 1
    assert kept_place(host) > before


def test_a_first_start_begins_at_the_journals_head(host: EdgeHost) -> None:
    setup(host, "Grill", 9101, KITCHEN)
    order(host, STEAK, table="before")
    reader = begun(host)
    order(host, STEAK, table="after")
    read_all(reader)
    assert len(jobs(host)) == 1
    assert "after" in jobs(host)[0]["document"]


def test_facts_of_other_nodes_and_of_former_lives_are_not_printed(host: EdgeHost) -> None:
    setup(host, "Grill", 9101, KITCHEN)
    reader = begun(host)
    order(host, STEAK)
    read_all(reader)
    entry = ask(host, lambda r: dict(r.one("SELECT * FROM journal WHERE kind = 'orders.order_placed'") or {}))

    def elsewhere(number: int, **whose: int) -> tuple[str, dict[str, Any]]:
        data = {**msgspec.json.decode(entry["data"]), "ticket_ids": [new_id()]}
        fresh = {"id": new_id(), "number": number, "data": msgspec.json.encode(data).decode(), **whose}
        engine = ("_hlc", "_node", "_fv", "_deleted", "_x")
        return "journal", {**{k: v for k, v in entry.items() if k not in engine}, **fresh}

    seed(host, elsewhere(901, node=2), elsewhere(902, incarnation=7))
    after = reader.place
    assert batch_after(host, after).slips == ()
    assert batch_after(host, after).place == after + 2


def test_after_a_restore_what_waited_asks_first_and_comes_out_marked(tmp_path: Path, grill: VirtualPrinter) -> None:
    with node(tmp_path) as host:
        set_up(host, grill, "Grill", KITCHEN)
        grill.go_offline()
        with printing(host):
            order(host, STEAK)
            wait_for(lambda: states(host) == ["failed"])
        order(host, SOUP)  # in the journal of the former life, read by nobody
        host.writer.apply(
            lambda connection: connection.execute("UPDATE sync_meta SET v = '2' WHERE k = 'incarnation'")
        ).result(30)
    grill.go_online()
    with node(tmp_path) as host, printing(host) as found:
        wait_for(lambda: found.states()[0]["state"] == "jobs_held")
        assert states(host) == ["held"]
        assert texts(grill) == []
        act(host, release, jobs(host)[0]["id"])
        found.nudge()
        wait_for(lambda: states(host) == ["confirmed"])
    assert ["REPRINT" in slip for slip in texts(grill)] == [True]


def test_what_was_ordered_long_before_it_is_read_asks_before_it_prints(tmp_path: Path, grill: VirtualPrinter) -> None:
    moment = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
    with node(tmp_path, now=lambda: moment) as host:
        set_up(host, grill, "Grill", KITCHEN)
        begun(host)
        order(host, STEAK)
    later = moment + timedelta(hours=9)
    with node(tmp_path, now=lambda: later) as host, printing(host):
        wait_for(lambda: states(host) == ["held"])
    assert texts(grill) == []


def test_a_place_that_brought_no_job_is_kept_when_it_is_saved_or_far_behind(
    host: EdgeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = begun(host)
    before = kept_place(host)
    order(host, STEAK)
    read_all(reader)
    assert reader.unsaved
    assert kept_place(host) == before
    reader.save()
    assert not reader.unsaved
    assert kept_place(host) == reader.place
    monkeypatch.setattr(reading, "UNSAVED_MAX", 1)
    order(host, STEAK)
    order(host, STEAK)
    read_all(reader)
    assert not reader.unsaved


def test_a_long_journal_is_read_in_batches_by_its_row_number(host: EdgeHost) -> None:
    setup(host, "Grill", 9101, KITCHEN)
    reader = begun(host)
    for _ in range(60):
        placed = order(host, SOUP)
        settle(host, placed["id"])
    batch = batch_after(host, reader.place)
    assert batch.full
    assert batch.place == reader.place + ENTRIES_MAX
    read_all(reader)
    assert len(jobs(host)) == 60
    plan = ask(
        host, lambda r: [row["detail"] for row in r.rows(f"EXPLAIN QUERY PLAN {reading._ENTRIES}", after=1, limit=2)]
    )
    assert plan == ["SEARCH journal USING INTEGER PRIMARY KEY (rowid>?)"]


def test_a_slip_that_can_not_be_laid_out_says_so_on_paper_and_holds_up_nothing(
    host: EdgeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup(host, "Grill", 9101, KITCHEN)
    reader = begun(host)
    order(host, STEAK, table="bad")
    order(host, STEAK, table="good")

    def breaks(view: dict[str, Any], paper: Paper, *, added: bool) -> Document:
        if view["table"] == "bad":
            raise KeyError("table")
        return ticket(view, paper, added=added)

    monkeypatch.setattr(reading, "ticket", breaks)
    with structlog.testing.capture_logs() as logs:
        read_all(reader)
    assert ["NOT PRINTED" in row["document"] for row in jobs(host)] == [True, False]
    assert [entry["event"] for entry in logs] == ["slip_not_laid_out"]


def test_reading_costs_the_writer_nothing_where_there_is_no_printer(host: EdgeHost) -> None:
    reader = begun(host)
    order(host, STEAK)
    commits: list[object] = []
    host.on_commit.append(commits.append)
    read_all(reader)
    assert commits == []
    act(host, lambda work: work.run(f"DELETE FROM {KeptAnswer.__tablename__}"))
    assert len(commits) == 1


def test_what_goes_to_another_table_is_told_once_each_time_and_no_more_when_it_is_served(host: EdgeHost) -> None:
    setup(host, "Grill", 9101, KITCHEN)
    reader = begun(host)
    placed = order(host, STEAK, table="12")
    read_all(reader)
    for table in ("7", "8"):
        act(host, change, placed["id"], NewHead(table=table))
    act(host, change, placed["id"], NewHead(covers=3))
    read_all(reader)
    assert [row["kind"] for row in jobs(host)] == ["ticket", "changed", "changed"]
    assert [f"Table {table}" in jobs(host)[-1]["document"] for table in ("7", "8")] == [False, True]


def test_a_tray_gets_a_slip_where_receipts_come_out_unless_the_house_wants_none(host: EdgeHost) -> None:
    setup(host, "Desk", 9102, receipts=True)
    reader = begun(host)

    def tray() -> None:
        act(host, place_order, NewOrder("room_service", (NewLine(STEAK, 1),), table="204"))
        read_all(reader)

    tray()
    assert [(row["kind"], "Room 204" in row["document"]) for row in jobs(host)] == [("room_service", True)]
    act(host, edit_paper_settings, {"left_out": ["room_service_slip"]})
    tray()
    order(host, STEAK)
    read_all(reader)
    assert len(jobs(host)) == 1


def test_a_receipts_code_leads_to_the_receipt_itself_where_the_property_wants_that(host: EdgeHost) -> None:
    setup(host, "Till", 9101, receipts=True)
    setup(host, "Bar", 9102, receipts=True)
    act(host, edit_paper_settings, {"receipt_link": True})
    reader = Reader(host, guests_url="https://office.example")
    reader.begin()
    settle(host, order(host, SOUP)["id"])
    read_all(reader)
    (row,) = ask(host, lambda reading: reading.rows("SELECT token FROM receipt_links"))
    papers = [to_text(from_json(found["document"]), 42) for found in jobs(host) if found["kind"] == "receipt"]
    assert len(papers) == 2
    assert all(f"[QR https://office.example/r/{row['token']}]" in paper for paper in papers)
