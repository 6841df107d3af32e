"""The one catalogue of this app's texts: every word that staff read goes through `_()`.

Reads nothing when imported; `speak` is called once by `app.run`.
"""

import gettext
import os
from collections.abc import Sequence
from pathlib import Path

DOMAIN = "buffr-terminal"
FOLDER = Path(__file__).parent / "locale"

# what gettext asks the machine, in its order
MACHINES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_spoken = ""


def speak(languages: Sequence[str] | None = None, folder: Path = FOLDER) -> None:
    """Take the texts from `folder` in the first of `languages` that it holds; English where it holds none.

    Without `languages`, the machine's own setting decides (LANGUAGE, LC_ALL, LC_MESSAGES, LANG).
    """
    global _catalogue, _spoken
    _catalogue = gettext.translation(DOMAIN, str(folder), languages=languages, fallback=True)
    _spoken = languages[0] if languages else next((tag for name in MACHINES if (tag := _tag(os.environ.get(name)))), "")


def spoken() -> str:
    """The language that staff read, as HTTP names it, for what the node says; empty where none is asked for."""
    return _spoken.replace("_", "-")


def _tag(said: str | None) -> str:
    """`de_DE` of `de_DE.UTF-8:en`."""
    tag = (said or "").partition(":")[0].partition(".")[0].partition("@")[0]
    return "" if tag in ("C", "POSIX") else tag


def _(text: str) -> str:
    """`text` in the language that staff read."""
    return _catalogue.gettext(text)


def n_(one: str, many: str, count: int) -> str:
    """The form of a text that fits `count`, with `{n}` filled in."""
    return _catalogue.ngettext(one, many, count).format(n=count)


def later(text: str) -> str:
    """Marks a text for the catalogue where it stands before a language is known (key names, table heads)."""
    return text
