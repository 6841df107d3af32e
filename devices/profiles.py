"""What a printer can do: how wide it is, which letters it has, and what must be drawn for it instead.

Three families are ours, made to be safe on printers that nobody has looked up. A model by name is taken from the
collection that python-escpos brings along. What that does not say (a reverse print, a buzzer) follows from the kind.
"""

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from escpos import capabilities

from devices.documents import COLUMNS_58_MM, COLUMNS_80_MM
from devices.layout import COLUMNS_MAX, COLUMNS_MIN

# python-escpos makes a temporary folder in each process that loads it, reads it no more, and never removes it
if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
LETTER_DOTS = 12
# Pages in the order in which a line tries them: one page for most of what a house writes, then its neighbours'.
_PAGES = (
    "CP858",
    "CP1252",
    "CP850",
    "CP437",
    "CP852",
    "CP1250",
    "CP866",
    "CP1251",
    "CP737",
    "CP1253",
    "CP857",
    "CP862",
)


class Drawing(StrEnum):
    """How dots are sent: whole rows of a thermal head (`GS v 0`), or columns of eight pins (`ESC *`)."""

    ROWS = "rows"
    PINS = "pins"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of printer. `code_pages` are (codec, number of `ESC t`); `letter_dots` is how wide one column is."""

    name: str
    columns: int
    letter_dots: int = LETTER_DOTS
    code_pages: tuple[tuple[str, int], ...] = (("cp858", 19),)
    drawing: Drawing = Drawing.ROWS
    qr: bool = True
    barcode: bool = True
    red: bool = False
    cutter: bool = True

    @property
    def dots(self) -> int:
        """How many dots a line has."""
        return self.columns * self.letter_dots

    @property
    def is_impact(self) -> bool:
        """Whether pins strike a ribbon: no white on black, and letters at most twice as large."""
        return self.drawing is Drawing.PINS

    @property
    def largest(self) -> int:
        """How many times a letter can be enlarged."""
        return 2 if self.is_impact else 3

    def page_for(self, text: str) -> tuple[str, int] | None:
        """The first code page that shows all of this tidied text; None when it must be drawn."""
        for codec, number in self.code_pages:
            try:
                text.encode(codec)
            except UnicodeEncodeError:
                continue
            return codec, number
        return None


def thermal(columns: int = COLUMNS_80_MM) -> Profile:
    """A thermal printer of which nothing else is known."""
    return Profile(f"thermal-{columns}", columns)


THERMAL_80 = Profile("thermal-80", COLUMNS_80_MM)
THERMAL_58 = Profile("thermal-58", COLUMNS_58_MM)
IMPACT_76 = Profile(
    "impact-76",
    columns=40,
    letter_dots=10,
    code_pages=(("cp858", 19), ("cp437", 0)),
    drawing=Drawing.PINS,
    qr=False,
    barcode=False,
    red=True,
)
FAMILIES = {profile.name: profile for profile in (THERMAL_80, THERMAL_58, IMPACT_76)}


def profile_named(name: str) -> Profile:
    """The family or model of that name, or LookupError."""
    if name in FAMILIES:
        return FAMILIES[name]
    return _models()[name]


def profile_names() -> list[str]:
    """Our families, then the models that are known."""
    return [*FAMILIES, *sorted(_models())]


@cache
def _models() -> dict[str, Profile]:
    known = capabilities.CAPABILITIES["profiles"]
    return {name: _model(name, known[name]) for name in known if _speaks_our_language(known[name])}


def _speaks_our_language(said: dict[str, Any]) -> bool:
    """Whether it draws dots, is wide enough for a slip, has pages that we know, and no other maker's commands."""
    features = said["features"]
    draws = features["bitImageRaster"] or features["bitImageColumn"]
    wide = COLUMNS_MIN <= said["fonts"]["0"]["columns"] <= COLUMNS_MAX
    return bool(draws and wide and _pages(said) and not features["starCommands"]) and said["vendor"] != "Generic"


def _model(name: str, said: dict[str, Any]) -> Profile:
    features, columns = said["features"], said["fonts"]["0"]["columns"]
    width = said["media"]["width"]["pixels"]
    impact = not features["bitImageRaster"] and "alternate" in said["colors"].values()
    if impact:
        columns = min(columns, IMPACT_76.columns)
    return Profile(
        name,
        columns,
        letter_dots=LETTER_DOTS if width == "Unknown" else width // columns,
        code_pages=_pages(said),
        drawing=Drawing.ROWS if features["bitImageRaster"] else Drawing.PINS,
        qr=features["qrCode"],
        barcode=features["barcodeB"],
        red=bool({"red", "alternate"} & set(said["colors"].values())),
        cutter=features["paperFullCut"] or features["paperPartCut"],
    )


def _pages(said: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    numbers: dict[str, int] = {}
    for number, page in said["codePages"].items():
        numbers.setdefault(page, int(number))
    return tuple((page.lower(), numbers[page]) for page in _PAGES if page in numbers)
