"""Days and moments as staff read them: in English words, in figures in the order of any other language."""

from datetime import date, datetime, tzinfo

from edge.terminal.words import _, spoken
from web.locales import manner


def weekday(day: date) -> str:
    """ "Sun", "So"."""
    return _("Mon,Tue,Wed,Thu,Fri,Sat,Sun").split(",")[day.weekday()]


def day_words(day: date) -> str:
    """ "22 Nov", "22.11."."""
    return f"{day:%d %b}" if _in_words() else f"{day:{manner(spoken()).date.replace('%Y', '').strip('-/')}}"


def long_day_words(day: date) -> str:
    """ "22 Nov 2026", "22.11.2026"."""
    return f"{day:%d %b %Y}" if _in_words() else f"{day:{manner(spoken()).date}}"


def business_day_words(text: str, *, long: bool = False) -> str:
    """A business date with its weekday: "Sun 22 Nov", and with the year where there is room."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{weekday(day)} {long_day_words(day) if long else day_words(day)}"


def moment_words(moment: datetime, zone: tzinfo | None) -> str:
    """ "22 Nov 19:42" on the clock of `zone`."""
    there = moment.astimezone(zone)
    return f"{day_words(there)} {there:%H:%M}"


def _in_words() -> bool:
    return spoken().split("-")[0] in ("", "en")
