"""Finds menu items from whatever letters are typed. Pure: names in, an order out.

A number before the words is a quantity ("3 burger", "3x burger"); one digit after them, or alone, picks a
row of the list ("bur2"). "@2" anywhere is seat 2 and "#2" course 2, from here on; "@" or "#" alone ends it.
A whole PLU or barcode finds its item ("4011", "3x4011", or what a scanner types), its first digits those that begin so.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

QUANTITY_MAX = 999
NAMES_REMEMBERED_MAX = 65_536
# how well a word fits, from the name's own beginning to letters strewn over it
_BY_WORD, _INSIDE, _BY_INITIALS, _BY_ALSO, _STREWN, _FARTHEST = 1000, 2000, 3000, 3001, 4000, 999

_QUANTITY = re.compile(r"^\s*(\d{1,3})(?:\s*[x\u00d7*]\s*|\s+)(.*)$", re.IGNORECASE)
_PLACE = re.compile(r"([@#])(\d{0,2})(?=\s|$)")
_PICK = re.compile(r"^(.*?)\s*([1-9])$")


@dataclass(frozen=True)
class Named:
    """A thing that can be searched for: its name, other words that lead to it (its category), and its numbers."""

    name: str
    also: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What the typed text means: rows of the list in order of fit, how many to add, the row picked (from 0)."""

    order: tuple[int, ...]
    quantity: int = 1
    pick: int = 0
    seat: int | None = None
    """The seat and course that were named: 0 is none, None says nothing of it."""
    course: int | None = None


def plain(text: str) -> str:
    """Small letters without accents, so that "creme" finds "Crème"."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


class _Row(NamedTuple):
    name: str
    spaced: str
    initials: str
    also: str
    letters: int
    length: int


class Catalogue:
    """Things made ready to be searched with every key that is typed: 20,000 of them in well under 100 ms."""

    def __init__(self, things: Sequence[Named]) -> None:
        self.rows = tuple(_row(thing) for thing in things)
        self.also = frozenset(row.also for row in self.rows)
        self.codes: dict[str, tuple[int, ...]] = {}
        for place, thing in enumerate(things):
            for code in thing.codes:
                self.codes[code] = (*self.codes.get(code, ()), place)


@lru_cache(maxsize=NAMES_REMEMBERED_MAX)
def _row(thing: Named) -> _Row:
    name = plain(thing.name)
    initials = "".join(word[0] for word in name.split())
    return _Row(name, f" {name}", initials, plain(thing.also), _letters(name), len(thing.name))


def _letters(text: str) -> int:
    """A bit for each letter (several may share one): what lacks a bit of another text can't hold its letters."""
    found = 0
    for letter in set(text):
        found |= 1 << ord(letter) % 64
    return found


def find(typed: str, things: Sequence[Named] | Catalogue) -> Found:
    """Read `typed` against `things`; every letter in any order is the last resort, so that slips still find."""
    catalogue = things if isinstance(things, Catalogue) else Catalogue(things)
    named = {sign: int(digits or 0) for sign, digits in _PLACE.findall(typed)}
    found = _find(_PLACE.sub(" ", typed).strip(), catalogue)
    return replace(found, seat=named.get("@"), course=named.get("#")) if named else found


def _find(text: str, catalogue: Catalogue) -> Found:
    everything = tuple(range(len(catalogue.rows)))
    if not text:
        return Found(everything)
    if re.fullmatch(r"[1-9]", text) and int(text) <= len(everything):
        return Found(everything, pick=int(text) - 1)
    if by_code := _by_code(text, catalogue):
        return by_code
    for quantity, words, pick in _readings(text):
        order = _ranked(words, catalogue) if words else everything
        if order and pick < len(order):
            return Found(order, quantity, pick)
    if text.isdecimal():
        begin = {place for code, places in catalogue.codes.items() if code.startswith(text) for place in places}
        return Found(tuple(sorted(begin)))
    return Found(_letters_in_any_order(text, catalogue))


def _by_code(text: str, catalogue: Catalogue) -> Found | None:
    """What a whole number means, with a quantity before it or without; None where nothing has it."""
    counted = _QUANTITY.match(text)
    for quantity, code in ((1, text), (int(counted[1]), counted[2].strip()) if counted else (0, "")):
        places = catalogue.codes.get(code.replace(" ", "")) if code else None
        if places and 0 < quantity <= QUANTITY_MAX:
            return Found(places, quantity)
    return None


def _readings(text: str) -> list[tuple[int, str, int]]:
    """The ways to read a text, most literal first: as it stands, with a quantity, with a picked row, with both."""
    readings = [(1, text, 0)]
    counted = _QUANTITY.match(text)
    if counted and 0 < int(counted[1]) <= QUANTITY_MAX:
        readings.append((int(counted[1]), counted[2].strip(), 0))
    for quantity, words, _pick in list(readings):
        picked = _PICK.match(words)
        if picked and picked[1]:
            readings.append((quantity, picked[1], int(picked[2]) - 1))
    return readings


def _ranked(words: str, catalogue: Catalogue) -> tuple[int, ...]:
    """The rows that every word fits, by the word that fits worst; of equals the shorter name, then the menu's order."""
    fits: dict[int, int] | None = None
    for token in plain(words).split():
        fits = _fitting(token, catalogue, fits)
    rows = catalogue.rows
    return tuple(
        place for _, _, place in sorted((fit, rows[place].length, place) for place, fit in (fits or {}).items())
    )


def _fitting(token: str, catalogue: Catalogue, before: Mapping[int, int] | None) -> dict[int, int]:
    """How well one word fits each row that is left, lower is better; rows without its letters in order are not there."""
    rows, wanted, spaced = catalogue.rows, _letters(token), f" {token}"
    by_also = {also for also in catalogue.also if spaced in f" {also}"}
    fits: dict[int, int] = {}
    for place in range(len(rows)) if before is None else before:
        name, spaced_name, initials, also, letters, _ = rows[place]
        if wanted & ~letters:
            fit = _BY_ALSO if also in by_also else None
        elif name.startswith(token):
            fit = 0
        elif spaced in spaced_name:
            fit = _BY_WORD
        elif (at := name.find(token)) >= 0:
            fit = _INSIDE + min(at, _FARTHEST)
        elif token in initials:
            fit = _BY_INITIALS
        elif also in by_also:
            fit = _BY_ALSO
        else:
            spread = _spread(token, name)
            fit = None if spread is None else _STREWN + min(spread, _FARTHEST)
        if fit is not None:
            fits[place] = fit if before is None else max(fit, before[place])
    return fits


def _spread(token: str, name: str) -> int | None:
    """Over how many letters of `name` those of `token` are strewn, in order; None where they are not."""
    first, place = None, -1
    for letter in token:
        place = name.find(letter, place + 1)
        if place < 0:
            return None
        first = place if first is None else first
    return place - (first or 0)


def _letters_in_any_order(text: str, catalogue: Catalogue) -> tuple[int, ...]:
    wanted = Counter(plain(text).replace(" ", ""))
    letters = _letters("".join(wanted))
    rows = enumerate(catalogue.rows)
    fits = [(row.length, place) for place, row in rows if not letters & ~row.letters and wanted <= Counter(row.name)]
    return tuple(place for _length, place in sorted(fits))
