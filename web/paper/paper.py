"""What a property says on paper, made ready for the templates: words in its readers' language, times, amounts, logo."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from devices.pictures import PictureRefused, black_and_white
from hospitality.ground.clock import instant
from hospitality.ground.money import written
from hospitality.ground.statements import Reading
from hospitality.paper.service import paper_settings
from hospitality.properties.service import property_view
from web.locales import manner
from web.texts import Texts, load_texts

CATALOGUES = Path(__file__).parent / "catalogues"
LOGO_DOTS = 320
UNITS = {"kg": "kg", "lb": "lb", "litre": "l"}
ENGLISH = Texts("en")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Paper:
    """How slips look for one kind of readers. `zone` is the property's, `logo` a picture for `documents.Picture`."""

    zone: str
    texts: Texts = ENGLISH
    head: str = ""
    foot: str = ""
    feedback_link: str = ""
    logo: bytes | None = None
    left_out: frozenset[str] = field(default_factory=frozenset)
    buzzes: bool = False
    receipt_link: bool = False

    def say(self, words: str) -> str:
        """The words in the readers' language."""
        return self.texts.gettext(words)

    def shows(self, part: str) -> bool:
        """Whether a part of `hospitality.paper.rules.PARTS` shows."""
        return part not in self.left_out

    def local(self, text: str) -> datetime:
        """A stored instant on the property's own clock."""
        return instant(text).astimezone(ZoneInfo(self.zone))

    def clock(self, moment: datetime) -> str:
        """`Sun 1 Mar, 19:42`: the day too, since a slip may come out the next morning. In figures in other languages."""
        return f"{moment:%a} {moment.day} {moment:%b, %H:%M}" if self._is_english else self._figures(moment)

    def day(self, text: str) -> str:
        """A date without its time: `2 Mar 2026`, `02.03.2026`."""
        day = date.fromisoformat(text)
        return f"{day.day} {day:%b %Y}" if self._is_english else f"{day:{manner(self.texts.locale).date}}"

    def dated(self, moment: datetime) -> str:
        """`2 Mar 2026, 00:05`, in figures in other languages."""
        return f"{moment.day} {moment:%b %Y, %H:%M}" if self._is_english else self._figures(moment)

    def amount(self, amount_minor: int, currency: str) -> str:
        """An amount with its currency and the language's decimal sign: `12,50 NAD`."""
        return written(amount_minor, currency).replace(".", manner(self.texts.locale).decimal)

    def plain(self, amount_minor: int, currency: str) -> str:
        """An amount without its currency, which the total names."""
        return self.amount(amount_minor, currency).removesuffix(f" {currency}")

    def measure(self, sold_as: Mapping[str, Any]) -> str:
        """How much of something was weighed or measured: `0.312 kg`."""
        whole, part = divmod(sold_as["thousandths"], 1000)
        return f"{whole}{manner(self.texts.locale).decimal}{part:03} {UNITS.get(sold_as['kind'], sold_as['kind'])}"

    def chosen(self, taken: Mapping[str, Any]) -> str:
        """An option as it is read: how often, left out, on which half, under what."""
        name = str(taken["name"])
        if taken["quantity"] == 0:
            return self.say("no {item}").format(item=name)
        words = name if taken["quantity"] == 1 else f"{taken['quantity']} × {name}"
        half = taken.get("half")
        if half:
            words = self.say("left half: {item}" if half == "left" else "right half: {item}").format(item=words)
        return f"{'› ' * taken.get('depth', 0)}{words}"

    def percent(self, basis_points: int) -> str:
        """`15`, `2.5`."""
        whole, part = divmod(basis_points, 100)
        sign = manner(self.texts.locale).decimal
        return f"{whole}{f'{sign}{part:02}'.rstrip('0') if part else ''}"

    @property
    def _is_english(self) -> bool:
        return self.texts.locale.split("-")[0] == "en"

    def _figures(self, moment: datetime) -> str:
        return f"{moment:{manner(self.texts.locale).date}}, {moment:%H:%M}"


@dataclass(frozen=True, slots=True)
class Papers:
    """Paper for guests and managers, and for those who cook."""

    guests: Paper
    kitchen: Paper


def papers_of(reading: Reading, zone: str) -> Papers:
    """As the property set it, or as it ships."""
    said = paper_settings(reading)
    guests = paper_from(said, zone, language=said["language"] or property_view(reading)["locale"])
    return Papers(guests, paper_from(said, zone, language=said["kitchen_language"] or "en"))


def paper_of_guests(reading: Reading) -> Paper:
    """That of guests and managers alone."""
    return papers_of(reading, property_view(reading)["zone"]).guests


def paper_from(said: Mapping[str, Any], zone: str, *, language: str) -> Paper:
    """The paper of `hospitality.paper.service.paper_settings` in a language."""
    left_out = frozenset(said["left_out"])
    return Paper(
        zone,
        load_texts(language, CATALOGUES),
        said["head"] or "",
        said["foot"] or "",
        said["feedback_link"] or "",
        None if "logo" in left_out else _logo(said["logo"]),
        left_out,
        said["buzzes"],
        said["receipt_link"],
    )


@lru_cache(maxsize=8)
def _logo(given: str | None) -> bytes | None:
    """The logo as black dots; one that can't be drawn is left out, and holds up no receipt."""
    if given is None:
        return None
    try:
        return black_and_white(b64decode(given), width=LOGO_DOTS)
    except (PictureRefused, NotBase64, ValueError) as error:
        log.warning("logo_not_drawn", error=str(error))
        return None
