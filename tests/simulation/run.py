"""Running seeds: one, many on all cores, and a failing one made short."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tests.simulation.checks import broken
from tests.simulation.office import SqliteOffice
from tests.simulation.world import Elsewhere, World

STEPS = 140


@dataclass(frozen=True)
class Outcome:
    """What came of a seed: what was broken, the story, and a digest of it that is the same for the same run."""

    seed: int
    steps: tuple[int, ...]
    wrong: tuple[str, ...]
    story: tuple[str, ...]
    of: str = "all"

    @property
    def trace(self) -> str:
        """Equal for equal runs."""
        return sha256("\n".join(self.story).encode()).hexdigest()[:16]


def run(
    seed: int, steps: Iterable[int] = range(1, STEPS + 1), office: Elsewhere = SqliteOffice, of: str = "all"
) -> Outcome:
    """Plays these steps of a seed, heals, and checks. of: what may happen (`happenings.KINDS`)."""
    steps = tuple(steps)
    world = World(seed, office, of)
    try:
        for number in steps:
            world.step(number)
        world.heal()
        wrong = broken(world)
    except Exception as error:  # the engine's own trouble is a finding like any other
        wrong = [f"failed: {type(error).__name__}: {error}"]
    return Outcome(seed, steps, tuple(wrong), tuple(world.story), of)


def shrink(outcome: Outcome) -> Outcome:
    """The same kind of failure with as few steps as leaving out can give."""
    kind, best, size = _kind(outcome), outcome, max(1, len(outcome.steps) // 2)
    while True:
        shorter = _without_some(best, kind, size)
        if shorter is not None:
            best = shorter
        elif size == 1:
            return best
        else:
            size //= 2


def _without_some(outcome: Outcome, kind: str, size: int) -> Outcome | None:
    for at in range(0, len(outcome.steps), size):
        tried = run(outcome.seed, _left(outcome.steps, at, size), of=outcome.of)
        if tried.wrong and _kind(tried) == kind:
            return tried
    return None


def _left(steps: Sequence[int], at: int, size: int) -> tuple[int, ...]:
    return (*steps[:at], *steps[at + size :])


def _kind(outcome: Outcome) -> str:
    return outcome.wrong[0].partition(":")[0]
