"""What a kitchen holds in its hands at the end: each ticket on the strips of all printers, whole or not, marked or not."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# A strip may hold the remains of one slip above another: a copy begins at its station's line, with its marks before it.
_COPY = re.compile(r"^KITCHEN\n(?P<number>\S+)$", re.MULTILINE)
_FOOT = re.compile(r"^Selma +.*\d\d:\d\d$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """One copy of a ticket on paper. `whole` down to its foot; `marked` REPRINT; `elsewhere`: in place of another's."""

    number: str
    whole: bool
    marked: bool
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """The sum: `missing` are nowhere whole, `doubles` stand more than once without a mark."""

    tickets: int
    copies: int
    marked: int
    elsewhere: int
    missing: tuple[str, ...]
    doubles: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is missing and every second copy is marked."""
        return not self.missing and not self.doubles


def copies_on(strip: str) -> list[Found]:
    """The copies on one strip, from top to bottom."""
    begins = list(_COPY.finditer(strip))
    found = []
    for at, begin in enumerate(begins):
        above = strip[begins[at - 1].end() if at else 0 : begin.start()]
        # What belongs to the copy above ends with its foot.
        head = _FOOT.split(above)[-1]
        body = strip[begin.end() : begins[at + 1].start() if at + 1 < len(begins) else len(strip)]
        whole = _FOOT.search(body) is not None
        found.append(Found(begin["number"], whole, "REPRINT" in head, "INSTEAD OF" in head))
    return found


def judged(numbers: Iterable[str], strips: Iterable[str]) -> Paper:
    """What came out of the tickets that were ordered."""
    wanted = list(numbers)
    found = [copy for strip in strips for copy in copies_on(strip)]
    whole = {copy.number for copy in found if copy.whole}
    unmarked = Counter(copy.number for copy in found if not copy.marked)
    return Paper(
        tickets=len(wanted),
        copies=len(found),
        marked=sum(copy.marked for copy in found),
        elsewhere=sum(copy.elsewhere for copy in found),
        missing=tuple(number for number in wanted if number not in whole),
        doubles=tuple(number for number, times in unmarked.items() if times > 1),
    )
