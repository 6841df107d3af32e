"""A node's writer on a disk that loses power or fails: nothing acknowledged is lost, nothing is half (R1, C-9, C-10).

A seed brings its history back: `History(seed, content).run()`.
"""

from itertools import count
from pathlib import Path

import pytest

from edge.database import PRAGMAS
from edge.database import connect as connect_file
from tests.torture.apsw_connection import connect
from tests.torture.crash_disk import FSYNC, FULL, WRITE, trouble
from tests.torture.crashes import LIVES, History

SEEDS_A_TEST = 5
CRASHES = 1_000
TESTS = CRASHES // LIVES // SEEDS_A_TEST


@pytest.mark.parametrize("part", range(TESTS))
def test_nothing_acknowledged_is_lost_however_the_power_goes(content: bytes, part: int) -> None:
    verdicts = [History(seed, content).run() for seed in range(part * SEEDS_A_TEST, (part + 1) * SEEDS_A_TEST)]
    assert [problem for verdict in verdicts for problem in verdict.problems] == []
    assert sum(verdict.crashes for verdict in verdicts) == LIVES * SEEDS_A_TEST
    assert sum(verdict.acknowledged for verdict in verdicts) > LIVES * SEEDS_A_TEST


def test_without_waiting_for_the_disk_answers_are_lost_and_this_is_seen(content: bytes) -> None:
    verdicts = [History(seed, content, "NORMAL").run() for seed in range(10)]
    assert sum(bool(verdict.lost) for verdict in verdicts) >= 5


def test_without_any_sync_the_file_breaks_and_this_is_seen(content: bytes) -> None:
    verdicts = [History(seed, content, "OFF").run() for seed in range(10)]
    assert sum(bool(verdict.broken) for verdict in verdicts) >= 3


def test_the_file_is_opened_with_the_nodes_own_pragmas(content: bytes, tmp_path: Path) -> None:
    history = History(1, content)
    ours, real = connect(history.disk), connect_file(tmp_path / "real.db", "ab" * 32)
    wanted = [pragma.partition(" = ")[0] for pragma in PRAGMAS if "mmap" not in pragma]  # which this disk can't do
    try:
        for name in ("journal_mode", *wanted):
            assert ours.execute(f"PRAGMA {name}").fetchone()[0] == real.execute(f"PRAGMA {name}").fetchone()[0], name
    finally:
        ours.close()
        real.close()
        history.close()


def evening(history: History) -> list[str]:
    """An order, its payment, a slice of the feed and a push; what the tills were told."""
    told = [history.order()]
    if history.known.unpaid:
        told.append(history.pay())
    history.feed()
    history.push()
    return told


@pytest.mark.parametrize(
    ("kinds", "code", "expected"),
    [
        (("write", "truncate"), WRITE, "NODE_STORAGE_FAILED"),
        (("write", "truncate"), FULL, "DISK_FULL"),
        (("sync",), FSYNC, "NODE_STORAGE_FAILED"),
    ],
    ids=["a write fails", "the disk is full", "a sync fails"],
)
def test_whichever_write_or_sync_fails_nothing_breaks_and_service_goes_on(
    content: bytes, kinds: tuple[str, ...], code: int, expected: str
) -> None:
    """C-10: the n-th one fails, for every n of an evening; then the power goes."""
    refused = 0
    for failing in count(1):
        history = History(failing, content)
        assert history.begin()
        left = failing

        def before(number: int, kind: str) -> None:
            nonlocal left
            left -= kind in kinds
            if left == 0 and kind in kinds:
                left = -1
                raise trouble(code)

        with history.writing():
            history.disk.before = before
            told = evening(history)
            assert set(told) <= {"A1-1", "paid", expected}, told
            refused += expected in told
            history.disk.before = lambda number, kind: None
            assert history.order().startswith("A1-"), "the next order is taken"
            history.disk.is_off = True
        history.disk.power_cut()
        history.begin()
        assert history.verdict.problems == []
        history.close()
        if left > 0:
            break
    assert refused >= 2
    assert failing > (3 if code == FSYNC else 30), "an evening takes more than that"


def test_a_disk_that_is_full_for_a_while_refuses_and_takes_orders_again_when_there_is_space(content: bytes) -> None:
    history = History(1, content)

    def full(number: int, kind: str) -> None:
        if kind == "write":
            raise trouble(FULL)

    assert history.begin()
    with history.writing():
        assert history.order() == "A1-1"
        history.disk.before = full
        assert [history.order() for _ in range(3)] == ["DISK_FULL"] * 3
        history.disk.before = lambda number, kind: None
        assert [history.order() for _ in range(2)] == ["A1-2", "A1-3"]
        history.disk.is_off = True
    history.disk.power_cut()
    assert history.begin(), history.verdict.problems
    history.close()
