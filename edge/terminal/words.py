"""The one catalogue of this app's texts: every word that staff read goes through `_()`.

The language is the property's, as on its paper and its pages; until that is known, the machine's. Reads nothing when
imported: `app.run` and the desk call `speak`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from web.locales import manner
from web.texts import Texts, about, load_texts

__all__ = ["CATALOGUES", "_", "about", "later", "machine_locale", "n_", "speak", "spoken"]

CATALOGUES = Path(__file__).parent / "catalogues"

# where a machine says its language, in the order in which gettext asks
MACHINES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

_texts = Texts("")


def speak(locale: str) -> bool:
    """Take the texts of `locale`, English where there is no catalogue of its language; whether staff read otherwise now."""
    global _texts
    before, _texts = _texts, load_texts(locale, CATALOGUES)
    return (before.messages, manner(before.locale)) != (_texts.messages, manner(_texts.locale))


def spoken() -> str:
    """The locale that staff read, as HTTP names it; empty where none is asked for."""
    return _texts.locale


def machine_locale(environment: Mapping[str, str] = os.environ) -> str:
    """What the machine is set to; empty where it asks for none."""
    return next((tag for name in MACHINES if (tag := _tag(environment.get(name)))), "")


def _tag(said: str | None) -> str:
    """`de_DE` of `de_DE.UTF-8:en`."""
    tag = (said or "").partition(":")[0].partition(".")[0].partition("@")[0]
    return "" if tag in ("C", "POSIX") else tag


def _(text: str) -> str:
    """`text` in the language that staff read."""
    return _texts.gettext(text)


def n_(one: str, many: str, count: int) -> str:
    """The form of a text that fits `count`, with `{n}` filled in."""
    return _texts.ngettext(one, many, count).format(n=count)


def later(text: str) -> str:
    """Marks a text for the catalogue where it stands before a language is known (key names, table heads)."""
    return text
