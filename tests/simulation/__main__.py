"""`make sim SEEDS=n`: plays seeds on all cores; the first that breaks a promise is made short and told."""

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from functools import partial
from multiprocessing import get_context

from tests.simulation.happenings import KINDS
from tests.simulation.run import Outcome, run, shrink

CHUNK = 20


def main() -> int:
    """1 when a promise was broken."""
    asked = _arguments()
    if asked.seed is not None:
        return _tell(run(asked.seed, of=asked.of), short=asked.short)
    begun = time.monotonic()
    seeds = range(asked.first, asked.first + asked.seeds)
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for n, outcome in enumerate(pool.imap_unordered(partial(run, of=asked.of), seeds, CHUNK), start=1):
            if outcome.wrong:
                pool.terminate()
                print(f"\nSeed {outcome.seed} broke a promise.")
                return _tell(outcome, short=True)
            if sys.stdout.isatty() and n % CHUNK == 0:
                print(f"\r{n} of {len(seeds)} seeds", end="", flush=True)
    print(f"{len(seeds)} seeds from {asked.first}: every promise held. {time.monotonic() - begun:.0f} s")
    return 0


def _tell(outcome: Outcome, *, short: bool) -> int:
    if outcome.wrong and short:
        outcome = shrink(outcome)
    print("\n".join(outcome.story))
    print(f"\nSeed {outcome.seed}, {len(outcome.steps)} steps, trace {outcome.trace}")
    print("\n".join(outcome.wrong) or "Every promise held.")
    return 1 if outcome.wrong else 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="one alone, with its story")
    parser.add_argument("--of", choices=list(KINDS), default="all", help="what may happen")
    parser.add_argument("--short", action="store_true", help="make its story short when it fails")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
