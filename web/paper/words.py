"""How paper names things: where an order goes, how many guests, how often."""

from collections.abc import Mapping
from typing import Any

from devices.documents import Size, Text
from web.paper.paper import ENGLISH
from web.texts import Texts

CHANNELS = {
    "dine_in": "Dine in",
    "takeaway": "Takeaway",
    "delivery": "Delivery",
    "room_service": "Room service",
    "counter": "Counter",
}
_BEFORE_LABEL = {"dine_in": "Table", "room_service": "Room"}
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


def headline(text: str) -> Text:
    """As large as the paper allows."""
    words = text.split()
    fits = len(text) <= _HUGE_TEXT_MAX and all(len(word) <= _HUGE_WORD_MAX for word in words)
    return Text(text, bold=True, size=Size.HUGE if fits else Size.BIG)
