"""`make devices-torture`: TICKETS tickets through printers that fail at random bytes, then as many with the node killed."""

import random
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path

from tests.torture.printing import Run, tortured


def main() -> int:
    """Runs both; 1 when a ticket is missing or a second copy not marked."""
    parser = ArgumentParser(prog="python -m tests.torture.devices", description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=40, help="how often the node is killed in the second run")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    well = True
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


if __name__ == "__main__":
    sys.exit(main())
