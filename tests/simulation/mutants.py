"""`make sim-mutants`: faults put into the engine on purpose; the simulation must see each of them.

A mutant is a line of the engine's source that reads otherwise; it is altered as the module is imported, in a process of
its own.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import cast

from typing_extensions import Buffer

SEEDS_MAX = 2_000


@dataclass(frozen=True)
class Mutant:
    """`before` stands once in the module and is read as `after`; `of` is what the runs that hunt it are of."""

    name: str
    module: str
    before: str
    after: str
    of: str = "all"


MUTANTS = [
    Mutant("the watermark is dropped", "sync.hub.receive", "if change.s > node.acked]", "]"),
    Mutant(
        "another history goes unnoticed",
        "sync.hub.receive",
        "if _is_another_history(",
        "if False and _is_another_history(",
    ),
    Mutant(
        "wall clocks decide",
        "sync.merge",
        "(stage, *version.stamp,",
        "(stage, version.stamp[0] >> 16, version.stamp[1],",
    ),
    Mutant(
        "half a transaction is applied at a node",
        "sync.node.apply",
        "for change in entry.changes:\n            _apply_change",
        "for change in entry.changes[:1]:\n            _apply_change",
    ),
    Mutant(
        "half a transaction is received",
        "sync.hub.receive",
        "Transaction(h, list(part), life)",
        "Transaction(h, list(part)[:2], life)",
    ),
    Mutant(
        "losers are not written down", "sync.hub.application", "if not known and mine.value != sent.value:", "if False:"
    ),
    Mutant(
        "every edit is held to have seen what it meets",
        "sync.hub.application",
        "known = tuple(seen.get(name, NEVER)) == mine.stamp\n",
        "known = True\n",
    ),
    Mutant("stages go back", "sync.merge", 'if spec.merge == "furthest_stage":', "if False:"),
    Mutant(
        "a push counts as taken before its answer",
        "sync.node.pushing",
        "        ahead, answer = self._send(link, body, draft)\n",
        "        terms.acknowledge(draft.last)\n        ahead, answer = self._send(link, body, draft)\n",
    ),
    Mutant(
        "a rolled back disk goes unnoticed",
        "sync.node.greeting",
        "if terms.store.read(lambda c: is_ours(c, answer.acked, answer.mark, answer.stamp)):",
        "if True:",
    ),
    Mutant("its author is not told what the hub changed", "sync.hub.application", "if final != sent:", "if False:"),
    Mutant(
        "an answer undoes newer edits",
        "sync.node.apply",
        " and mine.stamp == (entry.h if change.w is None else change.w, entry.n)",
        "",
    ),
    Mutant(
        "the cursor runs ahead of a page",
        "sync.node.apply",
        "(page.scope, page.to, page.epoch,",
        "(page.scope, page.head, page.epoch,",
    ),
    Mutant("equal keys go unnoticed", "sync.hub.application", "if table.keys and not", "if False and not"),
    Mutant(
        "an element takes the whole set's place",
        "sync.merge",
        "set_text(elements(value) | element if new else",
        "set_text(element if new else",
    ),
    Mutant(
        "what reaches another scope is not told",
        "sync.hub.application",
        "return self._sender.org_id if group else",
        "return",
    ),
    Mutant(
        "that head office was put back goes unnoticed",
        "sync.hub.put_back",
        "forgot = _forgot_life(store, node, life) or any(",
        "forgot = False and any(",
    ),
    Mutant(
        "the end of dealings is not told",
        "sync.hub.interest",
        'if row["property_id"] is not None or (has and had):',
        'if row["property_id"] is not None or had:',
    ),
    Mutant("a share is spent without a look", "sync.node.allowance", "if amount > known.left + risk:", "if False:"),
    Mutant(
        "a copy of a disk that only listens goes unnoticed",
        "sync.hub.visits",
        "return 0 < visit < node.visit",
        "return False",
    ),
    Mutant(
        "more is granted than is left",
        "sync.allowance",
        "return max(0, min(asked, rest))",
        "return max(0, asked)",
        of="allowances",
    ),
]


def text_of(module: str) -> str:
    """A module's source."""
    spec = PathFinder.find_spec(module, [str(Path(*module.split(".")[:-1]))])
    assert spec is not None
    return Path(cast(str, spec.origin)).read_text()


class _Loader(SourceFileLoader):
    mutant: Mutant

    def get_data(self, path: str) -> bytes:
        data = super().get_data(path)
        if path.endswith(".py"):
            text = data.decode()
            if text.count(self.mutant.before) != 1:
                raise SystemExit(f"{self.mutant.name}: {self.mutant.module} no longer reads so")
            return text.replace(self.mutant.before, self.mutant.after).encode()
        raise OSError("no cached code of a mutant")

    def set_data(self, path: str, data: Buffer, *, _mode: int = 0o666) -> None:
        """Nothing of it is kept."""


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        loader = _Loader(fullname, cast(str, spec.origin))
        loader.mutant = self._mutant
        spec.loader = loader
        return spec


def hunt(mutant: Mutant) -> str:
    """In this process, which has not imported the engine yet: what saw the mutant, and at which seed."""
    sys.meta_path.insert(0, _Finder(mutant))
    from tests.simulation.run import run

    for seed in range(SEEDS_MAX):
        outcome = run(seed, of=mutant.of)
        if outcome.wrong:
            of = "" if mutant.of == "all" else f" of {mutant.of}"
            return f"seed {seed}{of}: {outcome.wrong[0][:100]}"
    return ""


def main() -> int:
    """1 when a mutant lives."""
    if len(sys.argv) > 1:
        print(hunt(MUTANTS[int(sys.argv[1])]))
        return 0
    alive = 0
    running: list[tuple[Mutant, subprocess.Popen[str]]] = []
    waiting = list(enumerate(MUTANTS))
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            n, mutant = waiting.pop(0)
            command = [sys.executable, "-m", "tests.simulation.mutants", str(n)]
            running.append((mutant, subprocess.Popen(command, stdout=subprocess.PIPE, text=True)))
        mutant, process = running.pop(0)
        found = process.communicate()[0].strip()
        alive += not found or process.returncode != 0
        print(f"{mutant.name}: {found or 'LIVES'}", flush=True)
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
