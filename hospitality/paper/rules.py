"""What may stand on paper. Values in, a decision out."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hospitality.ground.errors import Invalid
from hospitality.ground.texts import one_line

PARTS = (
    "logo",
    "head",
    "served_by",
    "guests",
    "options",
    "tax_table",
    "foot",
    "code",
    "allergens",
    "room_service_slip",
)
ALARM_SECONDS, ALARM_SECONDS_LEAST, ALARM_SECONDS_MOST = 120, 20, 3_600
LINES_MAX = 8
LINE_LENGTH_MAX = 80
LINK_LENGTH_MAX = 200
LOGO_BYTES_MAX = 64 * 1024
NUMBER = "{number}"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are kept, each of those given; Invalid where one can't be."""
    checks: dict[str, Callable[[Any], Any]] = {
        "language": kept_language,
        "kitchen_language": kept_language,
        "head": _lines,
        "foot": _lines,
        "feedback_link": _link,
        "logo": _logo,
        "left_out": _parts,
        "buzzes": bool,
        "receipt_link": bool,
        "alarm_after_seconds": _alarm,
    }
    return {name: None if value is None else checks[name](value) for name, value in fields.items()}


def _alarm(seconds: int) -> int:
    if seconds not in range(ALARM_SECONDS_LEAST, ALARM_SECONDS_MOST + 1):
        message = f"Slips are cried out after {ALARM_SECONDS_LEAST} to {ALARM_SECONDS_MOST} seconds."
        raise Invalid("ALARM_SECONDS_INVALID", message, seconds=seconds)
    return seconds


def kept_language(tag: str) -> str | None:
    """The tag of a language, None for an empty one; Invalid LANGUAGE_INVALID."""
    if tag and _LANGUAGE.fullmatch(tag) is None:
        raise Invalid("LANGUAGE_INVALID", "Name the language as in en, de or pt-BR.", language=tag)
    return tag or None


def _lines(text: str) -> str | None:
    """Each line by itself, as `one_line` has it; none are lost."""
    lines = [one_line(line) for line in text.strip().splitlines()]
    if len(lines) > LINES_MAX or any(len(line) > LINE_LENGTH_MAX for line in lines):
        raise Invalid(
            "PAPER_TEXT_TOO_LONG",
            f"Shorten the text to {LINES_MAX} lines of {LINE_LENGTH_MAX} characters.",
            lines=len(lines),
            length=max(map(len, lines)),
        )
    return "\n".join(lines) or None


def _link(link: str) -> str | None:
    link = link.strip()
    if link and (len(link) > LINK_LENGTH_MAX or _LINK.fullmatch(link) is None):
        raise Invalid(
            "LINK_INVALID",
            "Give a link such as https://example.com/feedback?receipt={number}; {number} is the receipt's.",
            link=link,
        )
    return link or None


def _logo(logo: str) -> str | None:
    """base64 of a PNG, a JPEG or a WebP; whether it can be drawn is found out where it is printed."""
    if not logo:
        return None
    try:
        picture = b64decode(logo, validate=True) if len(logo) <= LOGO_BYTES_MAX * 4 // 3 + 4 else b""
    except (NotBase64, ValueError):
        picture = b""
    if not picture.startswith(_PICTURES) or len(picture) > LOGO_BYTES_MAX:
        raise Invalid("LOGO_INVALID", f"Give a PNG, a JPEG or a WebP of at most {LOGO_BYTES_MAX // 1024} kB as base64.")
    return logo


def _parts(parts: Sequence[str]) -> list[str]:
    for part in parts:
        if part not in PARTS:
            raise Invalid("PART_UNKNOWN", f"Paper has the parts {', '.join(PARTS)}.", part=part)
    return sorted(set(parts))
