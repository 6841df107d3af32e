"""`buffr edge run`, which also notes when each commit was durable: `… -m tests.benchmarks.timed_node FILE edge run …`.

The file gets, when the node stops, a JSON list of [last journal row of the commit, monotonic nanoseconds].
"""

import sys
import time
from pathlib import Path
from typing import Self

import msgspec

import edge.command
from buffr.main import run
from edge.node import Node
from edge.writer import Committed


class TimedNode(Node):
    """A node with one more listener to its commits."""

    file: Path

    def __enter__(self) -> Self:
        """Opens the node; its first listener to commits is ours."""
        super().__enter__()
        self._times: list[tuple[int, int]] = []
        self.host.on_commit.insert(0, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.file.write_bytes(msgspec.json.encode(self._times))

    def _note(self, done: Committed) -> None:
        self._times.append((done.journal, time.monotonic_ns()))


def main() -> None:
    """Runs the command with our node in the place of its own."""
    TimedNode.file = Path(sys.argv.pop(1))
    setattr(edge.command, "Node", TimedNode)  # noqa: B010  (the type checker knows the module's own)
    sys.argv[0] = "buffr"
    run()


if __name__ == "__main__":
    main()
