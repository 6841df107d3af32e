"""`make devices-torture`: each kind of printer fault FAULTS times, then TICKETS tickets through printers that fail at random
bytes, then as many with the node killed."""

import random
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from devices.conversation import Patience
from tests.torture.kinds import KINDS, suffered
from tests.torture.printing import Run, tortured


def main() -> int:
    """Runs both; 1 when a ticket is missing or a second copy not marked."""
    parser = ArgumentParser(prog="python -m tests.torture.devices", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=40, help="how often the node is killed in the second run")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--faults", type=int, default=100, help="how often each kind of fault strikes one ticket")
    asked = parser.parse_args()
    well = not [kind for kind in KINDS if not _struck(kind, asked.faults, asked.seed)]
    for name, kills in (("printers that fail", 0), ("and a node that is killed", asked.kills)):
        run = Run(asked.tickets, kills, asked.seed)
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="devices-torture-") as folder:
            paper = tortured(run, Path(folder))
        well = well and paper.is_well
        print(
            f"{name}: {paper.tickets} tickets, {len(paper.missing)} missing, {len(paper.doubles)} unmarked doubles,"
            f" {paper.copies} copies of which {paper.marked} marked REPRINT, {run.rerouted} rerouted to the backup,"
            f" {sum(run.faults.values())} faults, {run.killed} kills, {time.monotonic() - begun:.0f} s, seed {run.seed}",
            flush=True,
        )
        for number in (*paper.missing, *paper.doubles):
            print(f"look at {number}", file=sys.stderr)
    return 0 if well else 1


def _struck(kind: str, times: int, seed: int) -> bool:
    """One kind of fault, and once more with the patience that ships: how long until it is told."""
    count, shipped = suffered(kind, times, seed), suffered(kind, 1, seed, Patience())
    print(
        f"{kind}: {count.times} tickets, {count.lost} lost, {count.unmarked} unmarked doubles, {count.marked} copies marked,"
        f" told {count.told} times, as it ships within {shipped.seconds_most:.1f} s",
        flush=True,
    )
    return count.is_well and shipped.is_well


if __name__ == "__main__":
    sys.exit(main())
