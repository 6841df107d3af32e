"""Reads a tab-separated export of order lines; refuses malformed ones by number and reason, and goes on.

Amounts are hundredths of the currency unit, as integers from the text on: the export's price is the LINE's
total (`$16.98 ` for two), so that a unit price is that total divided by the quantity and never the other way
round.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from unicodedata import category

from buffr.replay.choices import NOTHING, Choices, ChoicesMalformed, format_choices, parse_choices

COLUMNS = ("order_id", "quantity", "item_name", "choice_description", "item_price")
LINE_BYTES_MAX = 16_384
LINES_MAX = 1_000_000
ORDER_ID_CHARS_MAX = 64
# A node takes names of 120; the name of a drink's group is the drink's with a few words behind it.
NAME_CHARS_MAX = 100
CHOICES_CHARS_MAX = 2_000
QUANTITY_MAX = 999
PRICE_MINOR_MAX = 99_999_999
_CONTROLS = ("Cc", "Zl", "Zp")
_BOM = b"\xef\xbb\xbf"
_PRICE = re.compile(r"\$?(?P<units>[0-9]{1,12})(?:\.(?P<hundredths>[0-9]{2}))?")


class ExportUnreadable(Exception):
    """The file as a whole can't be read: no usable header, or too long. The message says what to mend."""


class LineMalformed(ValueError):
    """One line can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order line. `line_total_minor` is for the whole quantity and divides by it without remainder."""

    order_id: str
    quantity: int
    item_name: str
    choices: Choices
    line_total_minor: int

    @property
    def unit_price_minor(self) -> int:
        """The price of one, choices included."""
        return self.line_total_minor // self.quantity


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was left out: its number in the file, from 1 with the header, and the reason."""

    line_no: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an export held."""

    lines: tuple[Line, ...]
    refusals: tuple[Refusal, ...]

    @property
    def orders(self) -> int:
        """How many orders the lines belong to."""
        return len({line.order_id for line in self.lines})

    @property
    def revenue_minor(self) -> int:
        """The sum of the lines' totals, in hundredths."""
        return sum(line.line_total_minor for line in self.lines)


def read_export(path: Path) -> Reading:
    """Reads the file. Raises ExportUnreadable for no usable header or more than LINES_MAX lines; OSError."""
    with path.open("rb") as stream:
        return parse_export(stream)


def parse_export(stream: BinaryIO) -> Reading:
    """Reads UTF-8 text with or without a byte order mark, lines ended by LF or CRLF, columns in any order.

    Raises ExportUnreadable when the header misses, doubles or adds a column, or the file has more than
    LINES_MAX lines.
    """
    lines: list[Line] = []
    refusals: list[Refusal] = []
    numbered = enumerate(_raw_lines(stream), start=1)
    places = _places_of_columns(next(numbered, (1, b""))[1])
    for line_no, raw in numbered:
        if line_no > LINES_MAX:
            raise ExportUnreadable(f"The file has more than {LINES_MAX:,} lines; split it.")
        try:
            lines.append(_line(raw, places))
        except (LineMalformed, ChoicesMalformed) as malformed:
            refusals.append(Refusal(line_no, str(malformed)))
    return Reading(tuple(lines), tuple(refusals))


def format_export(lines: Iterable[Line]) -> bytes:
    """Writes lines as an export; the inverse of `parse_export`."""
    rows = ["\t".join(COLUMNS)]
    for line in lines:
        units, hundredths = divmod(line.line_total_minor, 100)
        price = f"${units}.{hundredths:02d} "
        choices = format_choices(line.choices)
        rows.append("\t".join((line.order_id, str(line.quantity), line.item_name, choices, price)))
    return ("\n".join(rows) + "\n").encode()


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines without their ends; of one that is too long only its first LINE_BYTES_MAX + 1 bytes."""
    while raw := stream.readline(LINE_BYTES_MAX + 2):
        yield raw.removesuffix(b"\n").removesuffix(b"\r")
        ended = raw.endswith(b"\n")
        while raw and not ended:
            raw = stream.readline(LINE_BYTES_MAX)
            ended = raw.endswith(b"\n")


def _places_of_columns(header: bytes) -> tuple[int, ...]:
    """Where each of COLUMNS stands in a row."""
    try:
        names = [name.strip() for name in header.removeprefix(_BOM).decode("utf-8").split("\t")]
    except UnicodeDecodeError as undecodable:
        raise ExportUnreadable("The header is not UTF-8 text.") from undecodable
    problems = [f"misses the column {name}" for name in COLUMNS if name not in names]
    problems += [f"has the column {name} twice" for name in COLUMNS if names.count(name) > 1]
    problems += [f"has the unknown column {name[:NAME_CHARS_MAX]!r}" for name in names if name not in COLUMNS]
    if problems:
        wanted = ", ".join(COLUMNS)
        raise ExportUnreadable(f"The header {problems[0]}; it needs, separated by tabs: {wanted}.")
    return tuple(names.index(name) for name in COLUMNS)


def _line(raw: bytes, places: tuple[int, ...]) -> Line:
    if len(raw) > LINE_BYTES_MAX:
        raise LineMalformed(f"longer than {LINE_BYTES_MAX} bytes")
    try:
        cells = raw.decode("utf-8").split("\t")
    except UnicodeDecodeError as undecodable:
        raise LineMalformed(f"not UTF-8 text at byte {undecodable.start + 1}") from undecodable
    if len(cells) != len(places):
        raise LineMalformed(f"{len(cells)} columns instead of {len(places)}")
    order_id, quantity, item_name, choices, price = (cells[place].strip() for place in places)
    _check_text(choices, "choice_description", CHOICES_CHARS_MAX)
    chosen = parse_choices(choices)
    for name in (*chosen.leading, *chosen.several):
        _text(name, "a choice", NAME_CHARS_MAX)
    line = Line(
        order_id=_text(order_id, "order_id", ORDER_ID_CHARS_MAX),
        quantity=_quantity(quantity),
        item_name=_text(item_name, "item_name", NAME_CHARS_MAX),
        choices=chosen,
        line_total_minor=_price_minor(price),
    )
    if line.line_total_minor % line.quantity:
        raise LineMalformed(f"price {price} can't be divided by quantity {line.quantity} into whole minor units")
    return line


def _text(text: str, column: str, chars_max: int) -> str:
    if text in ("", NOTHING):
        raise LineMalformed(f"{column} is empty")
    _check_text(text, column, chars_max)
    return text


def _check_text(text: str, column: str, chars_max: int) -> None:
    if len(text) > chars_max:
        raise LineMalformed(f"{column} is longer than {chars_max} characters")
    if any(category(letter) in _CONTROLS for letter in text):
        raise LineMalformed(f"{column} has a control character")


def _quantity(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise LineMalformed(f"quantity {_shown(text)} is not a whole number")
    quantity = int(text)
    if quantity < 1:
        raise LineMalformed(f"quantity {quantity} is less than 1")
    if quantity > QUANTITY_MAX:
        raise LineMalformed(f"quantity {quantity} is more than {QUANTITY_MAX}")
    return quantity


def _price_minor(text: str) -> int:
    found = _PRICE.fullmatch(text)
    if found is None:
        raise LineMalformed(f"price {_shown(text)} is not an amount like $16.98")
    price_minor = int(found["units"]) * 100 + int(found["hundredths"] or 0)
    if price_minor > PRICE_MINOR_MAX:
        raise LineMalformed(f"price {_shown(text)} is more than {PRICE_MINOR_MAX} minor units")
    return price_minor


def _shown(text: str) -> str:
    """The text as a message can carry it: quoted, escaped and cut."""
    return ascii(text[:40])
