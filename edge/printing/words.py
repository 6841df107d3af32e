"""How paper names things: where an order goes, when it was, what must not be overlooked."""

import re
from collections.abc import Mapping
from typing import Any

from devices.documents import Align, Size, Text
from devices.printer import Trouble
from devices.spool import Job
from edge.printing.paper import ENGLISH
from web.texts import Texts

CHANNELS = {
    "dine_in": "Dine in",
    "takeaway": "Takeaway",
    "delivery": "Delivery",
    "room_service": "Room service",
    "counter": "Counter",
}
_BEFORE_LABEL = {"dine_in": "Table", "room_service": "Room"}
_REMOVAL = re.compile(r"(no|without|hold|minus|less|kein\w*|ohne|sans|sin|geen|sonder)\b", re.IGNORECASE)
_ALLERGY = ("allerg", "alerg", "anaphyla", "epipen", "intoleran", "coeliac", "celiac")
_WHY = {
    Trouble.PAPER_OUT: "the paper ran out",
    Trouble.COVER_OPEN: "the cover was open",
    Trouble.NODE_STOPPED: "the node was restarted",
}
# A word this long still fits one line of 58 mm paper at the largest size, and two lines are enough of it.
_HUGE_WORD_MAX = 10
_HUGE_TEXT_MAX = 20


def channel_words(channel: str, texts: Texts = ENGLISH) -> str:
    """The channel as people say it."""
    return texts.gettext(CHANNELS.get(channel, channel.replace("_", " ").capitalize()))


def where_words(of: Mapping[str, Any], texts: Texts = ENGLISH) -> str:
    """Where a ticket or order goes: `Table 12`, `Room 204`, `Takeaway`, `Takeaway, Anna`."""
    channel, label = of["channel"], of["table"]
    if not label:
        return channel_words(channel, texts)
    noun = texts.gettext(_BEFORE_LABEL.get(channel, ""))
    if not noun:
        return f"{channel_words(channel, texts)}, {label}"
    return str(label) if label.casefold().startswith(noun.casefold()) else f"{noun} {label}"


def guests_words(covers: int | None, texts: Texts = ENGLISH) -> str:
    """`4 guests`, or nothing where nobody counted them."""
    return "" if covers is None else texts.ngettext("{n} guest", "{n} guests", covers).format(n=covers)


def times_words(name: str, quantity: int) -> str:
    """An option, with how often it was taken when that is more than once."""
    return name if quantity == 1 else f"{quantity} × {name}"


def is_removal(name: str) -> bool:
    """Whether an option takes something off the dish."""
    return _REMOVAL.match(name.strip()) is not None


def is_allergy(text: str) -> bool:
    """Whether a text speaks of an allergy."""
    folded = text.casefold()
    return any(sign in folded for sign in _ALLERGY)


def headline(text: str) -> Text:
    """As large as the paper allows."""
    words = text.split()
    fits = len(text) <= _HUGE_TEXT_MAX and all(len(word) <= _HUGE_WORD_MAX for word in words)
    return Text(text, bold=True, size=Size.HUGE if fits else Size.BIG)


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
