"""`make bench JSON=out.json`: the product beside its yardsticks, on this machine, in one run.

Everything that is started is stopped, and what is written lies in one folder that is removed at the end.
"""

import os
import shutil
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

import msgspec

from cloud.postgres import remove as remove_cluster
from tests.benchmarks import (
    busy_kitchen,
    catching_up,
    draining,
    joining,
    news,
    paper,
    returning,
    screen_delay,
    taking_orders,
)
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.plan import QUICK, Plan
from tests.benchmarks.processes import BenchFailed

Measurement = Callable[[Plan, Path, Callable[[str], None]], list[Figure]]
MEASUREMENTS: dict[str, Measurement] = {
    "orders": taking_orders.measure,
    "screen": screen_delay.measure,
    "kitchen": busy_kitchen.measure,
    "paper": paper.measure,
    "sync": draining.measure,
    "week": draining.measure_week,
    "news": news.measure,
    "catching-up": catching_up.measure,
    "joining": joining.measure,
    "returning": returning.measure,
}


def main() -> int:
    """Runs the measurements that were asked for; 1 when one could not be made."""
    asked = _arguments()
    plan = QUICK if asked.quick else Plan()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    figures: list[Figure] = []
    try:
        _clear(asked.data)
        asked.data.mkdir(parents=True)
        for name in asked.only or MEASUREMENTS:
            figures += MEASUREMENTS[name](plan, asked.data, _say)
    except BenchFailed as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    finally:
        _clear(asked.data)
    print(f"\nMedian of {plan.rounds} rounds by ratio, with the spread of all; load {os.getloadavg()[0]:.1f}.\n")
    print(table(figures))
    print(f"\n{draining.OF_RECORD}")
    if asked.json is not None:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode([f.as_object() for f in figures]), indent=2))
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, help="where to write the figures as a list of objects")
    parser.add_argument("--data", type=Path, default=Path(".bench"), help="folder to work in; removed at the end")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, help="which measurements to make")
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: only shows that all runs")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, flush=True)


def _clear(folder: Path) -> None:
    for cluster in folder.glob("*cloud/postgres"):
        remove_cluster(cluster)
    if folder.exists():
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
