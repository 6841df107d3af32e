"""How slips name things: what must not be overlooked, and which copy this is."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from devices.documents import Align, Size, Text
from devices.printer import Trouble
from devices.spool import Job
from web.paper.paper import Paper

_REMOVAL = re.compile(r"(no|without|hold|minus|less|kein\w*|ohne|sans|sin|geen|sonder)\b", re.IGNORECASE)
_ALLERGY = ("allerg", "alerg", "anaphyla", "epipen", "intoleran", "unverträg", "coeliac", "celiac", "zöliak")
_WHY = {
    Trouble.PAPER_OUT: "because the paper ran out",
    Trouble.COVER_OPEN: "because the cover was open",
    Trouble.NODE_STOPPED: "because the node was restarted",
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


def reprint_words(job: Job, now: datetime, paper: Paper, *, kind: str, asked_by: str | None) -> str:
    """What stands under REPRINT: which copy, when and who asked for it or why it is made (R7)."""
    when = paper.clock(now.astimezone(ZoneInfo(paper.zone)))
    lines = [paper.say("Copy {number}, {time}").format(number=job.copy_number, time=when)]
    if asked_by:
        lines.append(paper.say("asked by {name}").format(name=asked_by))
    elif job.trouble:
        lines.append(paper.say(_WHY.get(job.trouble, "because the printer did not answer")))
    if kind != "receipt":
        lines.append(paper.say("You may have this already."))
    return "\n".join(lines)
