"""The writer: acts are whole, those that wait share a commit, and nobody is told before it is durable (C-9, C-10)."""

from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

import edge.writer
from edge.database import CannotOpen
from hospitality.ground.errors import Refused, Unavailable
from hospitality.ground.host import Once
from hospitality.ground.journal import verify_chain
from hospitality.ground.once import run_once
from hospitality.ground.work import Work
from hospitality.menu.models import Station
from hospitality.menu.service import add_station
from hospitality.orders.rules import NewLine, NewOrder
from hospitality.orders.service import place_order
from sync.wire import TRANSACTION_CHANGES_MAX
from tests.edge.failing_disk import Bench, Disk, bench, io_error
from tests.edge.node_fixture import BEER, SOUP, WAIT_SECONDS, manager

ORDER = NewOrder("dine_in", (NewLine(SOUP, 1), NewLine(BEER, 2)), "12", 2)


@pytest.fixture
def at(node_folder: Path) -> Iterator[Bench]:
    with bench(node_folder) as running:
        yield running


def place(work: Work) -> dict[str, Any]:
    return place_order(work, ORDER)


def place_and_fail(work: Work) -> None:
    place_order(work, ORDER)
    raise Refused("SECOND_THOUGHTS", "Never mind.")


def numbers(at: Bench) -> list[str]:
    return [row["number"] for row in at.rows("SELECT number FROM orders ORDER BY rowid")]


def assert_whole(at: Bench, orders: int) -> None:
    """So many orders, each with its lines, journal and outbox; numbers and the journal's chain without a gap."""
    assert numbers(at) == [f"A1-{n}" for n in range(1, orders + 1)]
    assert at.count("order_lines") == 2 * orders
    entries = at.rows("SELECT * FROM journal WHERE node = 1 AND incarnation = 1 ORDER BY number")
    verify_chain(entries)
    assert sum(entry["kind"] == "orders.order_placed" for entry in entries) == orders
    outbox = at.rows("SELECT tbl, count(*) AS n, count(DISTINCT hlc) AS acts FROM sync_outbox GROUP BY tbl")
    captured = {row["tbl"]: (row["n"], row["acts"]) for row in outbox}
    assert captured.get("orders", (0, 0)) == (orders, orders)
    assert captured.get("order_lines", (0, 0)) == (2 * orders, orders)


def outcome(promise: Future[Any]) -> str:
    """What a waiter was told: an order's number, or the refusal's code."""
    error = promise.exception(WAIT_SECONDS)
    return getattr(error, "code", repr(error)) if error else promise.result()["number"]


# --- whole acts


def test_an_act_that_fails_takes_nothing_with_it_and_the_others_in_its_commit_stand(at: Bench) -> None:
    with at.held():
        promises = [at.writer.act(manager(), verb) for verb in (place, place_and_fail, place, place_and_fail, place)]
    assert [outcome(promise) for promise in promises] == ["A1-1", "SECOND_THOUGHTS", "A1-2", "SECOND_THOUGHTS", "A1-3"]
    assert_whole(at, 3)


def test_a_bug_in_a_verb_is_its_callers_alone(at: Bench) -> None:
    def bug(work: Work) -> None:
        place(work)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        at.act(bug)
    at.act(place)
    assert_whole(at, 1)


def test_those_that_wait_share_a_commit(at: Bench) -> None:
    before = at.disk.commits()
    with at.held():
        promises = [at.writer.act(manager(), place) for _ in range(40)]
    assert [outcome(promise) for promise in promises] == [f"A1-{n}" for n in range(1, 41)]
    assert at.disk.commits() - before == 2, "the one that held the writer, and one for all that waited"
    assert_whole(at, 40)


def test_no_commit_grows_beyond_its_bound(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.writer, "GROUP_MAX", 4)
    before = at.disk.commits()
    with at.held():
        promises = [at.writer.act(manager(), place) for _ in range(10)]
    assert [outcome(promise) for promise in promises][-1] == "A1-10"
    assert at.disk.commits() - before == 4


def test_nobody_is_told_anything_before_the_commit_is_durable_refusals_included(at: Bench) -> None:
    promises: list[Future[Any]] = []
    told_early: list[bool] = []

    def look(sql: str) -> None:
        if sql == "COMMIT" and promises:
            told_early.extend(promise.done() for promise in promises)

    at.disk.before = look
    with at.held():
        promises += [at.writer.act(manager(), verb) for verb in (place, place_and_fail, place)]
    assert [outcome(promise) for promise in promises] == ["A1-1", "SECOND_THOUGHTS", "A1-2"]
    assert told_early
    assert not any(told_early)


def test_a_commit_tells_listeners_how_far_outbox_and_journal_reach(at: Bench) -> None:
    at.act(place)
    last = at.committed[-1]
    assert last.outbox == at.rows("SELECT max(seq) FROM sync_outbox")[0][0]
    assert last.journal == at.rows("SELECT max(rowid) FROM journal")[0][0]


def test_a_listener_that_breaks_keeps_nobody_waiting(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(done: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(at.writer, "_committed", broken)
    assert [at.act(place)["number"] for _ in range(2)] == ["A1-1", "A1-2"]


def test_an_act_too_large_for_the_wire_is_refused_before_its_commit(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.capture_sqlite.TRANSACTION_CHANGES_MAX", 50)
    rows = [{"name": f"Station {n}", "sort": n, "printer": None} for n in range(51)]
    assert TRANSACTION_CHANGES_MAX > 50
    with pytest.raises(Unavailable) as refused:
        at.act(lambda work: work.add_all(Station, rows))
    assert refused.value.code == "TOO_MUCH_AT_ONCE"
    at.act(place)
    assert_whole(at, 1)
    assert at.count("stations") == 2


# --- waiters


def test_what_was_called_off_before_it_began_is_not_done(at: Bench) -> None:
    with at.held():
        called_off, kept = (at.writer.act(manager(), place) for _ in range(2))
        assert called_off.cancel()
    assert outcome(kept) == "A1-1"
    with pytest.raises(CancelledError):
        called_off.result(0)
    assert_whole(at, 1)


def test_what_has_begun_can_not_be_called_off(at: Bench) -> None:
    promise: Future[Any]

    def look(work: Work) -> dict[str, Any]:
        assert not promise.cancel()
        return place(work)

    with at.held():
        promise = at.writer.act(manager(), look)
    assert outcome(promise) == "A1-1"


def test_a_full_queue_turns_people_away_at_once(node_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.writer, "QUEUE_MAX", 3)
    with bench(node_folder) as at:
        with at.held():
            promises = [at.writer.act(manager(), place) for _ in range(5)]
            assert [outcome(promise) for promise in promises[3:]] == ["NODE_BUSY", "NODE_BUSY"]
        assert [outcome(promise) for promise in promises[:3]] == ["A1-1", "A1-2", "A1-3"]
        assert_whole(at, 3)


def test_a_writer_that_stops_finishes_what_waits_and_takes_nothing_more(node_folder: Path) -> None:
    with bench(node_folder) as at, at.held():
        promises = [at.writer.act(manager(), place) for _ in range(3)]
    assert [outcome(promise) for promise in promises] == ["A1-1", "A1-2", "A1-3"]
    assert outcome(at.writer.act(manager(), place)) == "NODE_STOPPING"


# --- a disk that fails


@pytest.mark.parametrize("statement", ["COMMIT", "BEGIN", "RELEASE", "SAVEPOINT"])
def test_when_a_commit_fails_everybody_in_it_is_told_and_nothing_of_it_is_kept(at: Bench, statement: str) -> None:
    at.act(place)
    promises: list[Future[Any]] = []
    with at.held():
        promises = [at.writer.act(manager(), verb) for verb in (place, place_and_fail, place)]
        fail_in_the_next_group(at.disk, statement)
    assert {outcome(promise) for promise in promises} == {"NODE_STORAGE_FAILED"}
    assert at.writer.trouble == "disk I/O error"
    assert_whole(at, 1)
    assert at.act(place)["number"] == "A1-2", "the service goes on, and the number was not lost"
    assert at.writer.trouble is None
    assert_whole(at, 2)


def fail_in_the_next_group(disk: Disk, statement: str) -> None:
    """Lets the group that is under way end first."""

    def before(sql: str) -> None:
        if sql.startswith("BEGIN"):
            disk.fail_once(statement)
            disk.before(sql)

    disk.before = before


def test_a_full_disk_is_called_one_and_service_resumes_when_there_is_space(at: Bench) -> None:
    """A real one, as far as SQLite knows: the file may not grow."""
    at.act(place)
    pages = at.disk.real.execute("PRAGMA page_count").fetchone()[0]
    at.disk.real.execute(f"PRAGMA max_page_count = {pages}")
    told: list[str] = []
    kept = 1
    while "DISK_FULL" not in told:
        told.append(outcome(at.writer.act(manager(), place)))
        kept += told[-1] != "DISK_FULL"
        assert kept < 1_000, "the disk never filled up"
    assert_whole(at, kept)
    # the connection was opened anew, without the bound: there is space again
    assert at.act(place)["number"] == f"A1-{kept + 1}"
    assert_whole(at, kept + 1)


def test_every_single_statement_of_an_order_may_fail(at: Bench) -> None:
    """The first one opens the business day, the second finds it open."""
    for orders in range(2):
        for failing in count(1):
            at.disk.fail_at(failing)
            told = outcome(at.writer.act(manager(), place))
            if told != "NODE_STORAGE_FAILED":
                break
            assert_whole(at, orders)
        assert told == f"A1-{orders + 1}"
        assert failing > 10, "an order takes more statements than that"
        at.disk.heal()
        assert_whole(at, orders + 1)
    assert at.rows("PRAGMA integrity_check")[0][0] == "ok"
    assert at.rows("PRAGMA foreign_key_check") == []


def test_a_commit_that_failed_in_name_only_is_found_done_by_who_tries_again(at: Bench) -> None:
    """The worst case of a lost answer: it is on the disk, and its caller was told that it is not."""
    once = Once("key", "till POST orders", "body")

    def keyed(work: Work) -> Any:
        return run_once(work, once, place)

    def lose_the_answer() -> None:
        at.disk.after_commit = lambda: None
        raise io_error()

    at.disk.after_commit = lose_the_answer
    with pytest.raises(Unavailable):
        at.act(keyed)
    answer = at.act(keyed)
    assert answer.replayed
    assert msgspec.json.decode(answer.body)["number"] == "A1-1"
    assert at.act(place)["number"] == "A1-2"
    assert_whole(at, 2)


def test_a_disk_that_is_gone_for_a_while_stops_service_and_not_the_writer(at: Bench) -> None:
    gone = 3

    def opening() -> None:
        nonlocal gone
        gone -= 1
        if gone >= 0:
            raise CannotOpen("the disk is not there")

    at.act(place)
    at.disk.opening = opening
    at.disk.fail_once("COMMIT")
    told = [outcome(at.writer.act(manager(), place)) for _ in range(5)]
    assert told == ["NODE_STORAGE_FAILED"] * 4 + ["A1-2"]
    assert_whole(at, 2)


# --- stamps


def test_stamps_grow_from_act_to_act_over_a_restart_and_with_a_clock_put_back(node_folder: Path) -> None:
    wall = 1_800_000_000_000
    for hours_back in (0, 5, 24):
        with bench(node_folder, wall_ms=lambda hours_back=hours_back: wall - hours_back * 3_600_000) as at:  # type: ignore[misc]
            for _ in range(3):
                at.act(place)
            stamps = [row["_hlc"] for row in at.rows("SELECT _hlc FROM orders ORDER BY rowid")]
            assert stamps == sorted(set(stamps))
            outbox = [row["hlc"] for row in at.rows("SELECT hlc FROM sync_outbox ORDER BY seq")]
            assert outbox == sorted(outbox)
    with bench(node_folder) as at:
        assert_whole(at, 9)


def test_one_act_has_one_stamp_and_two_never_share_one(at: Bench) -> None:
    before = len(at.rows("SELECT DISTINCT hlc FROM sync_outbox"))
    with at.held():
        promises = [at.writer.act(manager(), place) for _ in range(2)]
        promises.append(at.writer.act(manager(), lambda work: add_station(work, name="Terrace")))
    for promise in promises:
        promise.result(WAIT_SECONDS)
    assert len(at.rows("SELECT DISTINCT hlc FROM sync_outbox")) - before == 3
    lines = "SELECT count(DISTINCT l._hlc) FROM order_lines l JOIN orders o ON o.id = l.order_id AND o._hlc = l._hlc"
    assert at.rows(lines)[0][0] == 2
