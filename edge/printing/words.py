"""How slips name things: what must not be overlooked, and which copy this is."""

import re

from devices.documents import Align, Size, Text
from devices.printer import Trouble
from devices.spool import Job

_REMOVAL = re.compile(r"(no|without|hold|minus|less|kein\w*|ohne|sans|sin|geen|sonder)\b", re.IGNORECASE)
_ALLERGY = ("allerg", "alerg", "anaphyla", "epipen", "intoleran", "coeliac", "celiac")
_WHY = {
    Trouble.PAPER_OUT: "the paper ran out",
    Trouble.COVER_OPEN: "the cover was open",
    Trouble.NODE_STOPPED: "the node was restarted",
}


def is_removal(name: str) -> bool:
    """Whether an option takes something off the dish."""
    return _REMOVAL.match(name.strip()) is not None


def is_allergy(text: str) -> bool:
    """Whether a text speaks of an allergy."""
    folded = text.casefold()
    return any(sign in folded for sign in _ALLERGY)


def bar(text: str, size: Size = Size.TALL) -> Text:
    """White on black across the whole paper."""
    return Text(text, bold=True, size=size, align=Align.CENTER, inverse=True)


def reprint_words(job: Job, when: str, *, kind: str, asked_by: str | None) -> str:
    """What stands under REPRINT: which copy, when and who asked for it or why it is made (R7)."""
    lines = [f"Copy {job.copy_number}, {when}"]
    if asked_by:
        lines.append(f"asked by {asked_by}")
    elif job.trouble:
        lines.append(f"because {_WHY.get(job.trouble, 'the printer did not answer')}")
    if kind != "receipt":
        lines.append("You may have this already.")
    return "\n".join(lines)
