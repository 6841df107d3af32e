"""A short run of `make devices-torture`, and that the reading of its paper would see what must not be."""

from pathlib import Path

import pytest

from devices.conversation import Patience
from tests.torture.kinds import KINDS, suffered
from tests.torture.paper import copies_on, judged
from tests.torture.printing import Run, tortured

WHOLE = "KITCHEN\nA1-{n}\nTable 1\n 1 Soup\n─────\nSelma          Fri 6 Mar, 20:42"


def test_failing_printers_and_a_killed_node_lose_no_ticket_and_double_none_unmarked(tmp_path: Path) -> None:
    run = Run(tickets=60, kills=2, seed=20_261_127)
    paper = tortured(run, tmp_path)
    assert (paper.missing, paper.doubles) == ((), ())
    assert (run.killed, paper.tickets) == (2, 60)
    assert paper.marked > 0, "nothing ever failed"


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_fault_loses_a_ticket_or_doubles_one_unseen(kind: str) -> None:
    count = suffered(kind, 3, seed=20_261_127)
    assert (count.times, count.lost, count.unmarked) == (3, 0, 0)
    assert count.told > 0 or kind == "slow", "it never struck"


def test_a_dead_line_is_told_within_five_seconds_as_it_ships() -> None:
    shipped = Patience()
    assert shipped.connect_seconds + shipped.answer_seconds < 5


def test_the_paper_tells_what_is_missing_and_what_is_double() -> None:
    one, two = WHOLE.format(n=1), WHOLE.format(n=2)
    cut_short = two.split("\n 1 Soup")[0]
    marked = f"    REPRINT\nCopy 2\n\n   INSTEAD OF GRILL\n{two}"
    paper = judged(["A1-1", "A1-2", "A1-3"], [one, cut_short + "\n" + marked, one])
    assert (paper.missing, paper.doubles) == (("A1-3",), ("A1-1",))
    assert (paper.copies, paper.marked, paper.elsewhere) == (4, 1, 1)
    assert [(copy.whole, copy.marked) for copy in copies_on(cut_short + "\n" + marked)] == [
        (False, False),
        (True, True),
    ]
