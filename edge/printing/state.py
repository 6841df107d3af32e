"""What is told of a printer: one word for screens, and a sentence beside it."""

from dataclasses import dataclass, replace
from typing import Any

from devices.printer import Outcome, Paper, PrinterStatus, Trouble, Verdict
from edge.printing.jobs import Count

NOTHING = Count()


@dataclass(frozen=True, slots=True)
class PrinterState:
    """A printer as last heard of. `status` is None until it was asked. `unkept`: why the node's own disk can't keep what
    becomes of its slips; none is sent meanwhile, and all stay. `found_at`: where it was found a while ago, after its address
    changed; empty else."""

    name: str
    status: PrinterStatus | None = None
    printing: bool = False
    count: Count = NOTHING
    unkept: str = ""
    found_at: str = ""

    @property
    def answered(self) -> bool:
        """Whether it said how it is when it was asked last."""
        return self.status is not None and self.status.ready

    @property
    def is_lost(self) -> bool:
        """Whether nobody, or another device, answers at its address."""
        return self.status is not None and self.status.trouble is Trouble.UNREACHABLE

    def told(self, outcome: Outcome) -> "PrinterState":
        """The state after a sending: its trouble, or that all is well with the paper as it was last seen."""
        if outcome.verdict is Verdict.CONFIRMED:
            paper = self.status.paper if self.status is not None and self.status.ready else None
            detail = self.status.detail if paper is Paper.LOW and self.status is not None else "Ready."
            return replace(self, printing=False, status=PrinterStatus(None, detail, paper))
        return replace(self, printing=False, status=PrinterStatus(outcome.trouble, outcome.detail))

    @property
    def word(self) -> str:
        """`ready`, `found` (again, and ready), `printing`, `paper_low`, `jobs_held`, `checking`, `node_disk`, or the trouble
        (`paper_out` …)."""
        if self.unkept:
            return "node_disk"
        if self.status is not None and self.status.trouble is not None:
            return self.status.trouble.value  # also while a slip is tried again, until one came out
        if self.printing:
            return "printing"
        if self.status is None:
            return "checking"
        if self.count.held:
            return "jobs_held"
        if self.status.paper is Paper.LOW:
            return "paper_low"
        return "found" if self.found_at else "ready"

    @property
    def detail(self) -> str:
        """A sentence for people; empty when there is nothing to say."""
        word = self.word
        if word == "node_disk":
            return self.unkept
        if word == "jobs_held":
            many = f"{self.count.held} slips wait" if self.count.held > 1 else "1 slip waits"
            return f"{many} for someone to say whether to print."
        if word == "found":
            return f"Found at {self.found_at}, its new address."
        return "" if self.status is None or word in ("ready", "printing") else self.status.detail

    def shown(self) -> dict[str, Any]:
        """{name, state, jobs_waiting, detail, found_at}."""
        return {
            "name": self.name,
            "state": self.word,
            "jobs_waiting": self.count.waiting,
            "detail": self.detail,
            "found_at": self.found_at if self.word == "found" else "",
        }
