"""A thread that is nudged: what comes meanwhile makes another turn, and what goes wrong ends nothing."""

import threading
from queue import SimpleQueue

from edge.errand import Errand

SECONDS_MAX = 20.0


def test_news_make_turns_a_failure_ends_none_and_a_stop_waits_for_the_turn_under_way() -> None:
    turns: SimpleQueue[int] = SimpleQueue()
    go_on = threading.Event()
    count = 0

    def turn() -> None:
        nonlocal count
        count += 1
        turns.put(count)
        if count == 1:
            raise OSError("the disk is full")
        if count == 2:
            errand.nudge()  # comes while the turn is under way
        if count == 3:
            assert go_on.wait(SECONDS_MAX)
            turns.put(0)

    errand = Errand("trial", turn)
    errand.start()
    assert turns.get(timeout=SECONDS_MAX) == 1
    errand.nudge()
    assert [turns.get(timeout=SECONDS_MAX) for _ in range(2)] == [2, 3]
    threading.Timer(0.0, go_on.set).start()
    errand.stop()
    assert (turns.get_nowait(), turns.empty(), errand.stopping) == (0, True, True)
