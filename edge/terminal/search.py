"""Finds menu items from whatever letters are typed. Pure: names in, an order out.

A number before the words is a quantity ("3 burger", "3x burger"); one digit after them, or alone, picks a
row of the list ("bur2").
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

QUANTITY_MAX = 999

_QUANTITY = re.compile(r"^\s*(\d{1,3})(?:\s*[x\u00d7*]\s*|\s+)(.*)$", re.IGNORECASE)
_PICK = re.compile(r"^(.*?)\s*([1-9])$")


@dataclass(frozen=True)
class Named:
    """A thing that can be searched for: its name and other words that lead to it (its category)."""

    name: str
    also: str = ""


@dataclass(frozen=True)
class Found:
    """What the typed text means: rows of the list in order of fit, how many to add, the row picked (from 0)."""

    order: tuple[int, ...]
    quantity: int = 1
    pick: int = 0


def plain(text: str) -> str:
    """Small letters without accents, so that "creme" finds "Crème"."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def find(typed: str, things: Sequence[Named]) -> Found:
    """Read `typed` against `things`; every letter in any order is the last resort, so that slips still find."""
    everything = tuple(range(len(things)))
    text = typed.strip()
    if not text:
        return Found(everything)
    if re.fullmatch(r"[1-9]", text) and int(text) <= len(things):
        return Found(everything, pick=int(text) - 1)
    for quantity, words, pick in _readings(text):
        order = _ranked(words, things) if words else everything
        if order and pick < len(order):
            return Found(order, quantity, pick)
    return Found(_letters_in_any_order(text, things))


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


def _ranked(words: str, things: Sequence[Named]) -> tuple[int, ...]:
    tokens = plain(words).split()
    if not tokens:
        return ()
    scored = []
    for place, thing in enumerate(things):
        scores = [_score(token, plain(thing.name), plain(thing.also)) for token in tokens]
        if all(score is not None for score in scores):
            scored.append((max(score for score in scores if score), len(thing.name), place))
    return tuple(place for _score, _length, place in sorted(scored))


def _score(token: str, name: str, also: str) -> tuple[int, int] | None:
    """How well one word fits, lower is better; None where even its letters in order are not there."""
    words = name.split()
    if name.startswith(token):
        return (0, 0)
    if any(word.startswith(token) for word in words):
        return (1, 0)
    if token in name:
        return (2, name.index(token))
    if token in "".join(word[0] for word in words):
        return (3, 0)
    if any(word.startswith(token) for word in also.split()):
        return (3, 1)
    spread = _spread(token, name)
    return None if spread is None else (4, spread)


def _spread(token: str, name: str) -> int | None:
    """Over how many letters of `name` those of `token` are strewn, in order; None where they are not."""
    first, place = None, -1
    for letter in token:
        place = name.find(letter, place + 1)
        if place < 0:
            return None
        first = place if first is None else first
    return place - (first or 0)


def _letters_in_any_order(text: str, things: Sequence[Named]) -> tuple[int, ...]:
    wanted = Counter(plain(text).replace(" ", ""))
    fits = [(len(thing.name), place) for place, thing in enumerate(things) if wanted <= Counter(plain(thing.name))]
    return tuple(place for _length, place in sorted(fits))
