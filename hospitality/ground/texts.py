"""What people type, made fit to keep, print and send: one line, no control characters, a bounded length."""

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from hospitality.ground.errors import Invalid

IN_SET = "/"  # between a set's field and its element, where sync names one
ADDRESS_LENGTH_MAX, BOX_LENGTH_MAX = 254, 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL_ADDRESS = re.compile(rf"(?P<box>{_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+{_LABEL}")


def one_line(text: str) -> str:
    """The text with control characters as spaces and none around it.

    PostgreSQL keeps no NUL, and a printer obeys control characters; joiners that scripts need are kept.
    """
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    return text.strip()


def kept_text(text: str | None, *, what: str, length_max: int) -> str | None:
    """The text as `one_line` has it, None when nothing is left; Invalid TEXT_TOO_LONG beyond `length_max`."""
    if text is None:
        return None
    text = one_line(text)
    if len(text) > length_max:
        raise Invalid(
            "TEXT_TOO_LONG",
            f"Shorten the {what} to {length_max} characters.",
            length=len(text),
            length_max=length_max,
        )
    return text or None


def kept_name(name: str, *, what: str, length_max: int = 120) -> str:
    """A name as `one_line` has it; Invalid NAME_INVALID when nothing is left or it is too long."""
    name = one_line(name)
    if not 1 <= len(name) <= length_max:
        raise Invalid("NAME_INVALID", f"Give the {what} a name of 1 to {length_max} characters.", length=len(name))
    return name


def kept_mail_address(text: str) -> str:
    """A mail address without what stands around it; Invalid EMAIL_INVALID unless it has the plain form that every server
    takes, in which nothing can end a header or begin another."""
    address = text.strip(" ")
    found = _MAIL_ADDRESS.fullmatch(address)
    if found is None or len(address) > ADDRESS_LENGTH_MAX or len(found["box"]) > BOX_LENGTH_MAX:
        raise Invalid("EMAIL_INVALID", "Give a mail address such as owner@example.com.")
    return address


def set_text(words: Iterable[str]) -> str:
    """A set of words as its column holds it: a JSON array, sorted, so that equal sets are equal texts."""
    return msgspec.json.encode(sorted(set(words))).decode()


def words_of(text: str) -> list[str]:
    """What `set_text` wrote."""
    return msgspec.json.decode(text, type=list[str])
