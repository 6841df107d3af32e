"""Characters on a grid: which ones a slip can show, how many columns each takes, where lines break.

Whatever is left after `tidy` takes one or two columns and leaves ink, so nothing a guest or a cook should
read can vanish, and nothing in a text can act as a command of the printer.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from wcwidth import wcwidth

# Typographic forms whose plain twins every printer has; printing the whole line as a picture for these would
# make names with an apostrophe look unlike their neighbours.
PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "−": "-",
        "…": "...",
        "•": "·",
        "\t": " ",
        "\u3000": "  ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\v": "\n",
        "\f": "\n",
        "\x85": "\n",
    }
)
_SPACES_AND_WORDS = re.compile(r" +|[^ ]+")


def tidy(text: str) -> str:
    """The text as it is printed: composed, plain quotes and dashes, `\\n` for every line end.

    Invisible format characters are dropped; control characters become their visible pictures (␛), so that no
    text can smuggle a command into the printer.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_shown(character) for character in composed.translate(PLAIN))


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if character == "\n":
        return character
    if category == "Zs":
        return " "
    if category == "Cf" or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    if category == "Cc":
        return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
    return "\ufffd" if category == "Cs" else character


def letters(text: str) -> Iterator[str]:
    """A tidied text letter by letter: a character with the marks that stand on it."""
    letter = ""
    for character in text:
        if letter and _is_mark(character):
            letter += character
            continue
        if letter:
            yield letter
        letter = character
    if letter:
        yield letter


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return wcwidth(character) == 0


@lru_cache(maxsize=4096)
def width_of(letter: str) -> int:
    """Columns that one letter of `letters` takes: 2 for East Asian wide ones and emoji, else 1, whatever marks it has."""
    return 2 if wcwidth(letter[0]) == 2 else 1


def width(text: str) -> int:
    """Columns that a tidied text takes at normal size."""
    return len(text) if text.isascii() else sum(width_of(letter) for letter in letters(text))


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` columns, broken between words, and inside a word only where it must be.

    `columns` is at least 2, so that every character fits. Blanks at a break are dropped, nothing else is.
    """
    if columns < 2:
        raise ValueError("a line needs at least 2 columns")
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrapped(paragraph, columns))
    return lines


def _wrapped(paragraph: str, columns: int) -> list[str]:
    if width(paragraph) <= columns:
        return [paragraph.rstrip()]
    lines: list[str] = []
    line = ""
    for token in _SPACES_AND_WORDS.findall(paragraph):
        if width(line) + width(token) <= columns:
            line += token
            continue
        if line.strip():
            lines.append(line.rstrip())
            line = ""
        if token.isspace():
            continue
        *whole, line = _split(token, columns)
        lines.extend(whole)
    if line.strip():
        lines.append(line.rstrip())
    return lines or [""]


def _split(word: str, columns: int) -> list[str]:
    parts = [""]
    for letter in letters(word):
        if width(parts[-1]) + width_of(letter) > columns:
            parts.append("")
        parts[-1] += letter
    return parts
