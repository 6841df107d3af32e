"""What a measurement found, round by round, and how it is told: a table for people, a list of objects for programs.

Absolutes move with whatever else the machine does, ratios taken inside one round hold; so a figure stands for the round
whose ratio is the median, and the spread of all rounds is told beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Round:
    """One round: what was measured and, back to back, its yardstick in the same unit."""

    value: float
    yardstick: float

    @property
    def ratio(self) -> float:
        """The value in yardsticks."""
        return self.value / self.yardstick


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio and a value should reach. `at_most` is for what had better be small."""

    ratio: float
    at_most: bool = False
    value_over: float | None = None

    def met(self, found: Round) -> bool:
        """Whether the round reaches it."""
        enough = found.ratio <= self.ratio if self.at_most else found.ratio >= self.ratio
        return enough and (self.value_over is None or found.value > self.value_over)

    def __str__(self) -> str:
        """As the table shows it."""
        value = f", > {self.value_over:,.0f}" if self.value_over is not None else ""
        return f"{'≤' if self.at_most else '≥'} {self.ratio:g} ×{value}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the result."""

    name: str
    unit: str
    yardstick: str
    rounds: Sequence[Round]
    goal: Goal | None = None

    @property
    def median(self) -> Round:
        """The round whose ratio is the (lower) median."""
        return sorted(self.rounds, key=lambda found: found.ratio)[(len(self.rounds) - 1) // 2]

    def as_object(self) -> dict[str, Any]:
        """{name, value, unit, yardstick, yardstick_value, ratio}."""
        found = self.median
        return {
            "name": self.name,
            "value": _rounded(found.value),
            "unit": self.unit,
            "yardstick": self.yardstick,
            "yardstick_value": _rounded(found.yardstick),
            "ratio": round(found.ratio, 4),
        }


def table(figures: Sequence[Figure]) -> str:
    """The figures in aligned columns, each with its goal and the spread of its rounds."""
    head = ("", "measured", "yardstick", "ratio", "rounds", "goal", "", "the yardstick")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head) - 1)]
    return "\n".join(
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:4], widths[1:4], strict=True)),
                *(cell.ljust(width) for cell, width in zip(row[4:-1], widths[4:], strict=True)),
                row[-1],
            ]
        ).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    found = figure.median
    ratios = [each.ratio for each in figure.rounds]
    values = [each.value for each in figure.rounds]
    goal = figure.goal
    return (
        figure.name,
        f"{_shown(found.value)} {figure.unit}",
        f"{_shown(found.yardstick)} {figure.unit}",
        f"{found.ratio:.2f}",
        f"{min(ratios):.2f} to {max(ratios):.2f} ({_shown(min(values))} to {_shown(max(values))})",
        str(goal) if goal else "",
        ("met" if goal.met(found) else "MISSED") if goal else "",
        figure.yardstick,
    )


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that this share of all lies at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(percent / 100 * len(ordered)))]
