"""Text catalogues: English is the source, and `web/catalogues/<locale>.po` translates it.

The .po files that translators edit are read as they are, so that no compile step stands between a translation
and the page. A text without a translation appears in English. Where one English word stands for two things, the text says
which before it (`about`, msgctxt in the file), as gettext keeps it.
"""

import ast
import gettext
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

CATALOGUES = Path(__file__).parent / "catalogues"
CATALOGUES_MAX = 64
CONTEXT_END = "\x04"


class CatalogueBroken(Exception):
    """A .po file that cannot be read; says which line to mend."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language: what a template calls as `_()` and `ngettext()`."""

    locale: str
    messages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    plural_of: Callable[[int], int] = lambda count: int(count != 1)

    def gettext(self, message: str) -> str:
        """The translation of `message`, or `message` itself."""
        return self.messages.get(message, (message.rpartition(CONTEXT_END)[2],))[0]

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The translation that fits `count` things."""
        forms = self.messages.get(one)
        if forms is None or len(forms) < 2:
            return one if count == 1 else many
        return forms[min(self.plural_of(count), len(forms) - 1)]


def about(what: str, message: str) -> str:
    """`message` where it is about `what`, for a catalogue that says it otherwise there."""
    return f"{what}{CONTEXT_END}{message}"


@lru_cache(maxsize=CATALOGUES_MAX)
def load_texts(locale: str, folder: Path = CATALOGUES) -> Texts:
    """The texts of `locale`, else of its language, else English."""
    tag = locale.replace("_", "-")
    for name in (tag, tag.split("-")[0]):
        path = folder / f"{name}.po"
        # A locale can come from a request: only a plain tag may become a file name.
        if name.replace("-", "").isalnum() and path.is_file():
            return parse_catalogue(path.read_text(encoding="utf-8"), locale=tag)
    return Texts(locale=tag)


def parse_catalogue(text: str, *, locale: str) -> Texts:
    """Read the text of a .po file; entries marked fuzzy or left empty count as untranslated."""
    messages: dict[str, tuple[str, ...]] = {}
    header = ""
    for entry in _entries(text):
        if entry.get("msgid") == "":
            header = entry.get("msgstr", "")
            continue
        forms = tuple(value for key, value in entry.items() if key.startswith("msgstr"))
        if "msgid" in entry and forms and all(forms) and "fuzzy" not in entry:
            messages[_asked(entry)] = forms
    rule = _plural_rule(header)
    return Texts(locale=locale, messages=messages, plural_of=rule) if rule else Texts(locale, messages)


def _asked(entry: Mapping[str, str]) -> str:
    """What a text is asked for by."""
    return about(entry["msgctxt"], entry["msgid"]) if "msgctxt" in entry else entry["msgid"]


def _entries(text: str) -> Iterator[dict[str, str]]:
    entry: dict[str, str] = {}
    key = ""
    # Not splitlines: a text may hold the other separators that Unicode knows.
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if line.startswith("#"):
            if line.startswith("#,") and "fuzzy" in line:
                if any(name.startswith("msgstr") for name in entry):
                    yield entry
                    entry = {}
                entry["fuzzy"] = "yes"
            continue
        if not line:
            continue
        if not line.startswith('"'):
            key, _, line = line.partition(" ")
            if key in ("msgctxt", "msgid") and "msgid" in entry:
                yield entry
                entry = {}
            entry[key] = ""
        if not key:
            raise CatalogueBroken(f"line {number}: a text stands before any msgid")
        entry[key] += _unquoted(line.strip(), number)
    if entry:
        yield entry


def _unquoted(quoted: str, number: int) -> str:
    try:
        value = ast.literal_eval(quoted)
    except (SyntaxError, ValueError) as error:
        raise CatalogueBroken(f"line {number}: not a quoted text") from error
    if not isinstance(value, str):
        raise CatalogueBroken(f"line {number}: not a quoted text")
    return value


def _plural_rule(header: str) -> Callable[[int], int] | None:
    for line in header.splitlines():
        if line.lower().startswith("plural-forms:") and "plural=" in line:
            return _compiled(line.partition("plural=")[2].strip().rstrip(";"))
    return None


def _compiled(rule: str) -> Callable[[int], int]:
    # The standard library's reader of the C expression in Plural-Forms; it checks what it compiles.
    compile_rule: Callable[[str], Callable[[int], int]] = gettext.c2py
    try:
        return compile_rule(rule)
    except ValueError as error:
        raise CatalogueBroken(f"the plural rule cannot be read: {rule}") from error
