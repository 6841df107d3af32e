"""`make torture ROUNDS=n`: crashes, power cuts and killed processes, until something is lost or the rounds are done.

A round is a hundred crashes of the disk in memory, three power cuts of a loop device, and an evening of real processes.
Everything that is started is stopped, and what is written lies in one folder that is removed at the end.
"""

import asyncio
import random
import shutil
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

import structlog

from buffr.demo.household import clear
from tests.edge.node_fixture import node
from tests.torture.crashes import LIVES, History, plain_file
from tests.torture.loop_disk import why_not
from tests.torture.power_cuts import cuts
from tests.torture.rounds import Torture

SEEDS_A_ROUND = 5
CUTS_A_ROUND = 3
ROUNDS = 10
Part = Callable[[Namespace, Path], list[str]]


def main() -> int:
    """Runs the parts that were asked for; 1 when anything was lost, doubled or damaged."""
    asked = _arguments()
    # the writer tells of each failed commit, and here most of them are made to fail
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"seed {asked.seed}", flush=True)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        for name in asked.only or PARTS:
            begun = time.monotonic()
            found = PARTS[name](asked, Path(folder))
            print(f"{name}: {'nothing lost' if not found else 'WRONG'}, {time.monotonic() - begun:.0f} s", flush=True)
            wrong += found
    for one in wrong:
        print(one, file=sys.stderr)
    if wrong:
        print(f"Once more: python -m tests.torture --rounds {asked.rounds} --seed {asked.seed}", file=sys.stderr)
    return 1 if wrong else 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--only", nargs="+", choices=PARTS, help="which parts")
    return parser.parse_args()


def _crashes(asked: Namespace, folder: Path) -> list[str]:
    """A disk in memory; with a control that must lose."""
    content = plain_file(_furnished(folder), folder)
    count = SEEDS_A_ROUND * asked.rounds
    verdicts = [History(asked.seed + n, content).run() for n in range(count)]
    acknowledged = sum(verdict.acknowledged for verdict in verdicts)
    print(f"{count * LIVES} crashes of the disk in memory, {acknowledged} answers to keep", flush=True)
    control = [History(asked.seed + n, content, "NORMAL").run() for n in range(SEEDS_A_ROUND)]
    blind = [] if any(verdict.lost for verdict in control) else ["the control without syncs lost nothing"]
    return [problem for verdict in verdicts for problem in verdict.problems] + blind


def _power_cuts(asked: Namespace, folder: Path) -> list[str]:
    """A loop device; with a control that must lose."""
    missing = why_not(folder)
    if missing is not None:
        print(f"no power cuts here: {missing}", flush=True)
        return []
    furnished, count = _furnished(folder), CUTS_A_ROUND * asked.rounds
    found: list[str] = []
    for synchronous, rounds in (("FULL", count), ("NORMAL", CUTS_A_ROUND * 2)):
        verdicts = list(cuts(furnished, folder, count=rounds, seed=asked.seed, synchronous=synchronous))
        bad = [verdict for verdict in verdicts if verdict.problems]
        lost = max(len(verdict.lost) for verdict in verdicts)
        print(f"{rounds} power cuts, synchronous = {synchronous}: {len(bad)} lost, {lost} answers at most", flush=True)
        if synchronous == "FULL":
            found += [problem for verdict in bad for problem in verdict.problems]
        elif not bad:
            found.append("the control without syncs lost nothing")
    return found


def _processes(asked: Namespace, folder: Path) -> list[str]:
    """Nodes, head office and PostgreSQL."""
    house = folder / "house"

    def say(text: object) -> None:
        print(text, flush=True)

    try:
        torture = Torture(house, asked.seed, say)
        rounds = asyncio.run(torture.run(asked.rounds, say))
    finally:
        clear(house)
    return [problem for one in rounds for problem in one.wrong]


def _furnished(folder: Path) -> Path:
    furnished = folder / "furnished"
    if furnished.exists():
        shutil.rmtree(furnished)
    furnished.mkdir()
    with node(furnished):
        pass
    return furnished


PARTS: dict[str, Part] = {"disk": _crashes, "cuts": _power_cuts, "processes": _processes}

if __name__ == "__main__":
    sys.exit(main())
